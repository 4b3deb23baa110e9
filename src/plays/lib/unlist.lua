-- unlist: takes an id out of the index of campaigns that was put there for a
-- campaign which was not made, unless somebody else has made it since.  It
-- stands alone.
--
-- KEYS  1 the index (zset: id -> end)
-- ARGV  the id, the score of those that are being made
-- reply 1 if it is out

if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then
    return redis.call('ZREM', KEYS[1], ARGV[1])
end

return 0
