-- The peer's claim of a coupon, in Redis: peer-claim.lua for a campaign whose
-- wins take a code of a sequence, made as Rush makes it.
--
-- KEYS  1 campaign (hash), 2 users (hash), 3 events (stream)
-- ARGV  1 user
-- reply an outcome and, for won and again, after tabs: made, seq, left, now
--       and the code
--
-- A user's record is tickets ever given, then ";seq" for each.

local call, format = redis.call, string.format
local campaign, users, user = KEYS[1], KEYS[2], ARGV[1]

local c = call('HMGET', campaign, 'made', 'starts', 'ends', 'paused',
               'per_user', 'total', 'out', 'seq', 'secret')

if not c[1] then
    return 'unknown'
end

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local total, out = tonumber(c[6]), tonumber(c[7])
local rec = call('HGET', users, user)
local given = rec and tonumber(rec:match('^%d+')) or 0

local function code(seq)
    local at = seq % 3
    local hash = redis.sha1hex(c[9] .. format('%d', seq - at))

    return hash:sub(at * 12 + 1, at * 12 + 12) .. format('%04x', seq)
end

local function ticket(outcome, seq, left, its)
    return format('%s\t%s\t%s\t%d\t%d\t%s', outcome, c[1], seq, left, now, its)
end

if given >= tonumber(c[5]) then
    local seq = rec:match('%d+$')

    return ticket('again', seq, total - out, code(seq))
end

if c[3] ~= '0' and now >= tonumber(c[3]) then
    return 'ended'
end

if c[2] ~= '0' and now < tonumber(c[2]) then
    return 'early'
end

if c[4] ~= '0' then
    return 'paused'
end

if out >= total then
    return 'sold_out'
end

local seq = format('%d', c[8] + 1)
local its = code(seq)

call('XADD', KEYS[3], '*', 't', 'won', 'user', user, 'seq', seq, 'units', '1',
     'code', its)
call('HSET', users, user, format('%d%s;%s', given + 1,
                                 rec and rec:match(';.*') or '', seq))
call('HSET', campaign, 'out', format('%d', out + 1), 'seq', seq)

return ticket('won', seq, total - out - 1, its)
