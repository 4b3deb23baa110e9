-- settle: the operation behind rush_confirm, rush_release and rush_void.
--
-- Fields of a call: verb TAB seq TAB made TAB "1" if a void gives the units
-- back.  The answer's outcome is the word of the new state; a "state" beside
-- it says that the state forbids the verb.

-- a confirm after expiry takes the units once more, if that hurts nobody
local function may_retake(rec, t)
    if c.paused > 0 or rec.live + t.units > c.per_user then
        return false
    end

    load_items({ [t.item] = true })

    if (left(t.item) or 0) < t.units then
        sweep()
    end

    return (left(t.item) or 0) >= t.units
end


local function done(t)
    return WORDS[t.state] .. line(t)
end


local function void(rec, user, t, restock)
    if t.state == 'w' or t.state == 'v' and not restock then
        return done(t)
    end

    if t.state == 'v' then
        -- voided before, and now the units come back to the stock
        t.state = 'w'
        count(t, 0, -t.units)
        change(user)
        event('void', user, t, { 'restock', '1' })

        return done(t)
    end

    if restock then
        move(rec, user, t, 'w', 'void', { 'restock', '1' })
    else
        move(rec, user, t, 'v', 'void', nil, t.units)
    end

    return done(t)
end


local function settle(user, fields)
    local verb, seq, made, restock =
        match(fields, '^(%a+)\t(%d+)\t(%d+)\t(.*)$')
    local rec = recs[user] and record(user)
    local t

    for _, v in ipairs(tonumber(made) == c.made and rec or {}) do
        if v.seq == seq then
            t = v
        end
    end

    if not t then
        return 'unknown\tmember=ticket'
    end

    local to = (play.verbs[verb] or {})[t.state]

    if verb == 'void' and (to or t.state == 'v' or t.state == 'w') then
        return void(rec, user, t, restock == '1')
    end

    if t.state == 'x' and (not to or not may_retake(rec, t)) then
        return 'expired\tstate=expired' .. line(t)
    end

    if to then
        move(rec, user, t, to, t.state == 'x' and 'retaken' or WORDS[to])

        return done(t)
    end

    for _, target in pairs(play.verbs[verb] or {}) do
        if t.state == target then
            return done(t)        -- a repeat
        end
    end

    return WORDS[t.state] .. '\tstate=' .. WORDS[t.state] .. line(t)
end


local status = load_campaign()

if status then
    return reply(status)
end

local list = {}

for i = 6, #ARGV, 2 do
    list[#list + 1] = ARGV[i]
end

load_users(list)

local answers = {}

for i = 1, #list do
    answers[i] = settle(list[i], ARGV[5 + i * 2])
end

commit()

local out = reply('ok')

for i = 1, #list do
    out[9 + i] = answers[i]
end

return out
