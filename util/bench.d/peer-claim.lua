-- The peer's claim, in Redis: what Rush's script does for a batch, for one
-- user and no more than a sale without variants needs.
--
-- KEYS  1 campaign (hash), 2 users (hash), 3 events (stream)
-- ARGV  1 user
-- reply one string, which is read faster than a list: an outcome and, for won
--       and again, after tabs: made, seq, left, now and the end of the hold
--
-- A user's record is tickets ever given, then ";seq,deadline" for each.

local call, format = redis.call, string.format
local campaign, users, user = KEYS[1], KEYS[2], ARGV[1]

local c = call('HMGET', campaign, 'made', 'starts', 'ends', 'paused', 'hold',
               'per_user', 'total', 'out', 'seq', 'held')

if not c[1] then
    return 'unknown'
end

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hold, total, out = tonumber(c[5]), tonumber(c[7]), tonumber(c[8])
local rec = call('HGET', users, user)
local given = rec and tonumber(rec:match('^%d+')) or 0

local function ticket(outcome, seq, left, till)
    return format('%s\t%s\t%s\t%d\t%d\t%s', outcome, c[1], seq, left, now,
                  till)
end

if given >= tonumber(c[6]) then
    local seq, till = rec:match('(%d+),(%d*)$')

    return ticket('again', seq, total - out, till)
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

local seq = format('%d', c[9] + 1)
local till, held = '', c[10]

if hold > 0 then
    till, held = format('%d', now + hold), format('%d', held + 1)

    call('XADD', KEYS[3], '*', 't', 'won', 'user', user, 'seq', seq,
         'units', '1', 'until', till)
else
    call('XADD', KEYS[3], '*', 't', 'won', 'user', user, 'seq', seq,
         'units', '1')
end

call('HSET', users, user, format('%d%s;%s,%s', given + 1,
                                 rec and rec:match(';.*') or '', seq, till))
call('HSET', campaign, 'out', format('%d', out + 1), 'seq', seq, 'held', held)

return ticket('won', seq, total - out - 1, till)
