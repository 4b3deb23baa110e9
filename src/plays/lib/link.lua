-- link: makes, changes and removes a link.  It stands alone: no frame, no play.
--
-- KEYS  1 link (hash: json, version, made), 2 users, 3 pool
-- ARGV  "set", the version that it must have or "", its members as JSON, which
--       the caller has checked
--       "del", the version or ""
-- reply { "made" or "changed", version }, { "deleted" }, { "unknown" }, or
--       { "stale", version }
--
-- A version is never given twice, not even to a link that is made again: nodes
-- tell by it what they have.  Pools and users are left as they are, but for
-- "del", which leaves a tombstone.

local link, users, pool = KEYS[1], KEYS[2], KEYS[3]
local call, tonumber = redis.call, tonumber
local TOMBSTONE = 60000           -- ms

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)


local function whole(n)
    return string.format('%d', n)
end


local old = call('HMGET', link, 'made', 'version', 'deleted')
local made, version, deleted = old[1], old[2], old[3]

if not made and ARGV[1] ~= 'set' then
    return { 'unknown' }
end

if ARGV[2] ~= '' and ARGV[2] ~= (version or '') then
    return { 'stale', version or '0' }
end

-- the newest time that is known, if the clock has stepped back
local last = tonumber(version or deleted or 0)

if last >= now then
    now = last + 1
end

if ARGV[1] == 'del' then

    call('UNLINK', link, users, pool)
    call('HSET', link, 'deleted', whole(now))
    call('PEXPIRE', link, TOMBSTONE)

    return { 'deleted' }
end


if not made then
    call('HDEL', link, 'deleted')
    call('HSET', link, 'made', whole(now))
    call('PERSIST', link)
end

call('HSET', link, 'json', ARGV[3], 'version', whole(now))

return { made and 'changed' or 'made', whole(now) }
