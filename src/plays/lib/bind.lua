-- bind: who brought whom first.  It stands alone: no frame, no play.
--
-- KEYS  1 not used, 2 users (hash: user, the ref that brought him), 3 events
--       (stream), 4 counts (hash: ref, how many it has brought)
-- ARGV  1 contract version, 2 batch number, 3 not_after (ms of Redis TIME,
--       past it nothing is written), 4 and 5 not used, then two a call: user,
--       and ref TAB code of the link
-- reply batch number, status, now (ms), six zeros, then a string a call:
--       "first", or "again" if somebody brought him before.  status: ok; late
--       (nothing was written); or a sentence
--
-- An event: t (ms), user, ref, n (the running number of that ref), link.

local CONTRACT = '1'
local KEEP = 90 * 86400000        -- ms, of an event

local users, events, counts = KEYS[2], KEYS[3], KEYS[4]
local call, tonumber = redis.call, tonumber

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


local names, known = {}, {}

for i = 6, #ARGV, 2 do
    names[#names + 1] = ARGV[i]
end

for i, ref in ipairs(call('HMGET', users, unpack(names))) do
    known[names[i]] = ref
end


local answer = reply('ok')

for i = 6, #ARGV, 2 do
    local user = ARGV[i]

    if known[user] then
        answer[#answer + 1] = 'again'

    else
        local ref, link = string.match(ARGV[i + 1], '^([^\t]+)\t([^\t]+)$')
        local n = call('HINCRBY', counts, ref, 1)

        call('HSET', users, user, ref)
        call('XADD', events, 'MINID', '~', string.format('%d', now - KEEP),
             '*', 't', string.format('%d', now), 'user', user, 'ref', ref,
             'n', string.format('%d', n), 'link', link)

        known[user] = ref
        answer[#answer + 1] = 'first'
    end
end

return answer
