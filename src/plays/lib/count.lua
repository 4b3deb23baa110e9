-- count: scans of a link on a day, as one nginx has counted them, and who was
-- seen.  It stands alone: no frame, no play.
--
-- KEYS  1 the day (hash: "NODE TAB CLIENT TAB REF", and "SERIAL COUNT BEFORE"),
--       2 visitors of the day (HyperLogLog)
-- ARGV  1 serial, 2 how long to keep the day (s), 3 number of visitors, up to
--       4096, and so many of them, then two a counter: field, and the count of
--       this life of the counter
-- reply OK
--
-- A count is the total of a counter's life, so writing it twice changes
-- nothing.  The life of a counter ends when shared memory needs its place; the
-- next one has a higher serial, and what the one before had counted is added
-- to "before".  The scans are count + before.

local day, seen = KEYS[1], KEYS[2]
local call, tonumber = redis.call, tonumber
local serial, visitors = tonumber(ARGV[1]), tonumber(ARGV[3])
local first = 4 + visitors
local fields, out = {}, {}

for i = first, #ARGV, 2 do
    fields[#fields + 1] = ARGV[i]
end

for i, old in ipairs(call('HMGET', day, unpack(fields))) do
    local count = tonumber(ARGV[first + 2 * i - 1])
    local life, last, before = string.match(old or '0 0 0',
                                            '^(%d+) (%d+) (%d+)$')

    life, before = tonumber(life) or 0, tonumber(before) or 0
    last = tonumber(last) or 0

    if life < serial then
        before = before + last

    elseif life > serial then
        -- a message from before
        count = nil

    else
        count = math.max(count, last)
    end

    if count then
        out[#out + 1] = fields[i]
        out[#out + 1] = string.format('%d %d %d', serial, count, before)
    end
end

if #out > 0 then
    call('HSET', day, unpack(out))
    call('EXPIRE', day, ARGV[2])
end

if visitors > 0 then
    call('PFADD', seen, unpack(ARGV, 4, first - 1))
    call('EXPIRE', seen, ARGV[2])
end

return redis.status_reply('OK')
