-- pick: places in a pool of a link, and scans of a link that has a "max".  It
-- stands alone: no frame, no play.
--
-- KEYS  1 link (hash), 2 users (hash: visitor, ids of his targets, the newest
--       last), 3 not used, 4 pool (hash: id of a target, how many took it;
--       "max", the scans)
-- ARGV  1 contract version, 2 batch number, 3 not_after (ms of Redis TIME,
--       past it nothing is taken), 4 not used, 5 the pool: "fill", "rotate" or
--       "weight", 1 if it is sticky, how many scans the link may have, 0 for
--       any number, then a word "ID,CAP,UNTIL,WEIGHT" for each target, 0 for no
--       cap (units) and no end (ms), and no word if only scans are counted;
--       then two a call: visitor, and "peek" if nothing is to be taken
-- reply batch number, status, now (ms), six zeros, then a string a call: the
--       id of a target, or "any" if there are none; "full"; or "over" if there
--       were as many scans as there may be.  status: ok; late (nothing was
--       taken); gone (there is no such link); or a sentence
--
-- A visitor of a sticky pool who has a target of it keeps that until its end.

local CONTRACT = '1'
local REMEMBERED = 32             -- targets of a visitor, in all pools

local link, users, pool = KEYS[1], KEYS[2], KEYS[4]
local call, tonumber = redis.call, tonumber
local gmatch, match = string.gmatch, string.match

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)


local function reply(status)
    return { tonumber(ARGV[2]), status, now, 0, 0, 0, 0, 0, 0 }
end


if ARGV[1] ~= CONTRACT then
    return reply('contract ' .. ARGV[1] .. ' is not ' .. CONTRACT)
end

if now > tonumber(ARGV[3]) then
    return reply('late')
end

if call('HEXISTS', link, 'json') == 0 then
    return reply('gone')
end


local how, sticky, max, rest = match(ARGV[5], '^(%a+) ([01]) (%d+)(.*)$')
local targets, ids, by = {}, { 'max' }, { max = {} }

sticky, max = sticky == '1', tonumber(max)

for id, cap, ends, weight in gmatch(rest, '([^ ,]+),(%d+),(%d+),(%d+)') do
    local t = { id = id, cap = tonumber(cap), weight = tonumber(weight) }

    t.ends = tonumber(ends)
    t.over = t.ends > 0 and now >= t.ends

    if not by[id] then
        ids[#ids + 1] = id
        by[id] = t
    end

    targets[#targets + 1] = by[id]
end

for i, n in ipairs(call('HMGET', pool, unpack(ids))) do
    by[ids[i]].taken = tonumber(n) or 0
end

local scans = by.max.taken


-- what the visitors of this batch have
local has, names = {}, {}

if sticky then
    for i = 6, #ARGV, 2 do
        names[#names + 1] = ARGV[i]
    end

    for i, list in ipairs(call('HMGET', users, unpack(names))) do
        has[names[i]] = list
    end
end


local function kept(list)
    for id in gmatch(list, '%S+') do
        local t = by[id]

        if t and not t.over then
            return t
        end
    end
end


local ANY = { id = 'any', taken = 0 }

local function choose()
    local best, least

    if #targets == 0 then
        return ANY
    end

    for _, t in ipairs(targets) do
        if not t.over and (t.cap == 0 or t.taken < t.cap) then
            local n = how == 'fill' and 0
                      or how == 'rotate' and t.taken
                      or (t.taken + 1) / t.weight

            if not best or n < least then
                best, least = t, n
            end
        end
    end

    return best
end


local function append(list, id)
    local words = {}

    for word in gmatch(list or '', '%S+') do
        words[#words + 1] = word
    end

    words[#words + 1] = id

    return table.concat(words, ' ', math.max(1, #words - REMEMBERED + 1))
end


local answer, news, took = reply('ok'), {}, {}

local function take(visitor, t)
    if t ~= ANY then
        t.taken = t.taken + 1
        took[t.id] = t.taken
    end

    if sticky then
        has[visitor] = append(has[visitor], t.id)
        news[visitor] = has[visitor]
    end
end


local function pick(visitor, peek)
    if max > 0 and scans >= max then
        return 'over'
    end

    local old = has[visitor] and kept(has[visitor])
    local t = old or choose()

    if t and not peek then

        if max > 0 then
            scans = scans + 1
            took.max = scans
        end

        if not old then
            take(visitor, t)
        end
    end

    return t and t.id or 'full'
end


for i = 6, #ARGV, 2 do
    answer[#answer + 1] = pick(ARGV[i], ARGV[i + 1] == 'peek')
end


local function store(key, values, form)
    local args = {}

    for k, v in pairs(values) do
        args[#args + 1] = k
        args[#args + 1] = string.format(form, v)
    end

    if #args > 0 then
        call('HSET', key, unpack(args))
    end
end

store(pool, took, '%d')
store(users, news, '%s')

return answer
