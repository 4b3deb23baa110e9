-- list: a page of the index of campaigns.  It stands alone.
--
-- KEYS  1 the index (zset: id -> end)
-- ARGV  the id after which the page begins, or "", and how many ids it has at
--       most
-- reply the ids, by end; nil if there is no such id to begin after

local from = 0

if ARGV[1] ~= '' then
    from = redis.call('ZRANK', KEYS[1], ARGV[1])

    if not from then
        return false
    end

    from = from + 1
end

return redis.call('ZRANGE', KEYS[1], from, from + ARGV[2] - 1)
