-- settle: the operation behind rush_confirm, rush_release, rush_redeem and
-- rush_void.
--
-- Fields of a call: verb TAB seq TAB made TAB "1" if a void gives the units
-- back TAB idempotency key (hashed) TAB ref TAB code.  With a code there is no
-- user, seq and made: the play finds them.  The answer's outcome is the word of
-- the new state; a "state" beside it says that the state forbids the verb, and
-- "user", which is the first then, whose ticket a code is.  A redeem without a
-- key that is repeated because its reply was lost, and finds the ticket
-- redeemed, cannot tell by whom: "pending".

-- a confirm after expiry takes the units once more, if that hurts nobody
local function may_retake(rec, t)
    if c.paused > 0 or rec.live + t.units > c.per_user then
        return false
    end

    need(load_items({ [t.item] = true }))

    if (left(t.item) or 0) < t.units then
        sweep()
    end

    return (left(t.item) or 0) >= t.units
end


local function void(rec, user, t, restock)
    if t.state == 'w' or t.state == 'v' and not restock then
        return
    end

    if t.state == 'v' then
        -- voided before, and now the units come back to the stock
        t.state = 'w'
        count(t.item, 0, -t.units)
        change(user)
        event('void', user, t, { 'restock', '1' })

    elseif restock then
        move(rec, user, t, 'w', 'void', { 'restock', '1' })

    else
        move(rec, user, t, 'v', 'void', nil, t.units)
    end
end


-- once; a repeat under the same key is no other redemption
local function redeem(rec, user, t, call)
    if t.state == 'd' then
        local at, key = play.redeemed(t)

        return key ~= '' and key == call.key
    end

    play.redeem(t, whole(now), call.key, call.ref)
    move(rec, user, t, 'd', 'redeemed', { 'ref', call.ref })

    return true
end


-- returns the outcome
local function meet(rec, user, t, call)
    local verbs = play.verbs[call.verb] or {}
    local to = verbs[t.state]

    if call.verb == 'void' and (to or t.state == 'v' or t.state == 'w') then
        void(rec, user, t, call.restock == '1')

        return WORDS[t.state]
    end

    if expired(t) or t.state == 'x' and (not to or not may_retake(rec, t)) then
        return 'expired', 'expired'
    end

    if repeated and call.verb == 'redeem' and t.state == 'd'
       and call.key == ''
    then
        return
    end

    if call.verb == 'redeem' and (to or t.state == 'd') then
        return 'redeemed', not redeem(rec, user, t, call) and 'redeemed'
    end

    if to then
        move(rec, user, t, to, t.state == 'x' and 'retaken' or WORDS[to])

        return WORDS[to]
    end

    for _, target in pairs(verbs) do
        if t.state == target then
            return WORDS[target]  -- a repeat
        end
    end

    return WORDS[t.state], WORDS[t.state]
end


local function settle(call)
    local rec = call.user and recs[call.user] and record(call.user)

    for _, t in ipairs(rec or {}) do
        if t.seq == call.seq and tonumber(call.made) == c.made then
            local outcome, state = meet(rec, call.user, t, call)

            if not outcome then
                return 'pending'
            end

            return outcome .. (call.code ~= '' and '\tuser=' .. call.user or '')
                   .. (state and '\tstate=' .. state or '') .. line(t)
        end
    end

    return 'unknown\tmember=' .. (call.code ~= '' and 'code' or 'ticket')
end


local function parse(user, s)
    local f = {}

    for v in gmatch(s .. '\t', '([^\t]*)\t') do
        f[#f + 1] = v
    end

    local one = { user = user, verb = f[1], seq = f[2], made = f[3],
                  restock = f[4], key = f[5], ref = f[6], code = f[7] }

    if one.code ~= '' then
        one.user, one.made = nil, c.made

        if play.find then
            one.user, one.seq = play.find(one.code)
        end
    end

    return one
end


tickets()

local list, names = {}, {}

for i = 6, #ARGV, 2 do
    list[#list + 1] = parse(ARGV[i], ARGV[i + 1])
    names[#list] = list[#list].user or ''
end

local status = load_users(names)

if status then
    return reply(status)
end

local out = {}

for i = 1, #list do
    out[i] = settle(list[i])
end

return finish(out)
