-- define: makes, changes and removes a campaign.  It stands alone: no frame,
-- no play; util/campaign calls it by EVAL.
--
-- KEYS  1 campaign, 2 users, 3 events, then the other keys of the campaign
-- ARGV  "set", the version that it must have or "", kind, then name and value
--       for each member; values are checked by the caller.  Members that are
--       not named keep their value; an item is the name "item:NAME" and its
--       stock, and naming one replaces the whole set; "items" with an empty
--       value means no items.  "default:NAME" is for a new campaign only, and
--       "fixed:NAME" cannot differ from what an old one has.
--       "patch" is the same, for a campaign that exists.
--       "del", the version or ""
-- reply { "made" or "changed", version, ends, now }, { "deleted" },
--       { "unknown" }, { "stale", version, ends }, or
--       { "conflict" or "invalid", why, member }
--
-- A change that opens a campaign which was closed does so when the leases of
-- all nodes are over: see "lease" in frame.lua.
--
-- Counters (out, seq, held, void, and out of items) are never touched.  All
-- keys are made here, with an entry that stays: the empty field of users, the
-- stream by XGROUP.

local campaign, users, events = KEYS[1], KEYS[2], KEYS[3]
local call = redis.call
local TOMBSTONE = 60000           -- ms: longer than any node trusts its memory
local LEASE = '500'               -- ms

-- Over 64 bytes on purpose: Redis then keeps the campaign as a hash table, and
-- scripts need not search a list for each of the fields that they read.
local ABOUT = 'A campaign of Rush, the nginx module: change it by util/campaign'
              .. ' only, see docs/redis.md'

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)


local function whole(n)
    return string.format('%d', n)
end


local old = {}

for i, v in ipairs(call('HGETALL', campaign)) do
    if i % 2 == 1 then
        old.name = v
    else
        old[old.name] = v
    end
end

local exists = old.made ~= nil

if not exists and ARGV[1] ~= 'set' then
    return { 'unknown' }
end

if ARGV[2] ~= '' and ARGV[2] ~= old.version then
    return { 'stale', old.version or '0', old.ends or '0' }
end

if ARGV[1] == 'del' then

    call('UNLINK', unpack(KEYS))
    call('HSET', campaign, 'deleted', whole(math.max(now, tonumber(old.made))),
         'lease', old.lease or '0')
    call('PEXPIRE', campaign, TOMBSTONE)

    return { 'deleted' }
end


local kind = ARGV[3]
local given, list, listed = {}, {}, false

for i = 4, #ARGV, 2 do
    local item = ARGV[i]:match('^item:(.*)$')
    local first = ARGV[i]:match('^default:(.*)$')
    local fixed = ARGV[i]:match('^fixed:(.*)$')

    if first then
        given[first] = not exists and ARGV[i + 1] or nil
    elseif fixed then
        if exists and (old[fixed] or '') ~= ARGV[i + 1] then
            return { 'conflict', fixed .. ' can be set only when the campaign '
                                 .. 'is made', fixed }
        end

        given[fixed] = ARGV[i + 1]
    elseif item then
        list[#list + 1] = item
        given['stock:' .. item] = ARGV[i + 1]
        given['total:' .. item] = whole(math.max(0, tonumber(ARGV[i + 1])
            - (tonumber(old['void:' .. item]) or 0)))
        listed = true
    elseif ARGV[i] == 'items' then
        listed = true
    else
        given[ARGV[i]] = ARGV[i + 1]
    end
end

if exists and kind ~= '' and kind ~= old.kind then
    return { 'conflict', 'kind is ' .. old.kind .. ' and cannot change',
             'kind' }
end

if not exists and (kind == '' or not given.stock) then
    return { 'conflict', 'a new campaign needs kind and stock', 'stock' }
end

local hold = given.hold and given.hold ~= old.hold

if exists and hold and tonumber(old.held) > 0 then
    return { 'conflict', 'hold can change only while nothing is held',
             'hold' }
end

local set = { about = ABOUT, kind = exists and old.kind or kind,
              made = old.made or whole(math.max(now, (tonumber(old.deleted)
                                                      or 0) + 1)),
              version = whole(now > (tonumber(old.version) or 0) and now
                              or tonumber(old.version) + 1),
              out = old.out or '0', seq = old.seq or '0',
              held = old.held or '0', void = old.void or '0',
              due = old.due or '0', swept = old.swept or '0-0',
              starts = old.starts or '0', ends = old.ends or '0',
              paused = old.paused or '0', hold = old.hold or '0',
              keep = old.keep or '604800000', reopen = old.reopen or '0',
              closed = old.closed or '',
              over = old.over or '0',
              lease = exists and (old.lease or '0') or LEASE,
              audience = old.audience or '',
              per_user = old.per_user or '1', tries = old.tries,
              items = old.items or '', stock = old.stock }

for name, value in pairs(given) do
    set[name] = value
end

if tonumber(set.ends) > 0 and tonumber(set.ends) <= tonumber(set.starts) then
    return { 'invalid', 'ends must be after starts', 'ends' }
end

-- an end that has come stands, until there is another one
if given.ends then
    local ends = tonumber(given.ends)

    set.over = ends > 0 and now >= ends and '1' or '0'
end

set.supply = set.supply or old.supply
set.total = whole(math.min(math.max(0, tonumber(set.stock)
                                       - tonumber(set.void)),
                           tonumber(set.supply or math.huge)))

-- what everybody is told, if the campaign is closed to all; a node may have a
-- lease that says so
local function closed(def)
    local starts, ends = tonumber(def.starts), tonumber(def.ends)

    if def.over == '1' or ends > 0 and now >= ends then
        return 'ended'
    end

    if now >= starts then
        return def.paused == '1' and 'paused'
               or tonumber(def.total) <= tonumber(def.out) and 'sold_out'
               or nil
    end
end


-- sets when the campaign opens, if it was closed and now is not
local function reopen(lease)
    local was

    if exists then
        was = closed(old)
    elseif old.deleted and now < old.deleted + (old.lease or 0) then
        -- leases of the campaign that had this id: no shorter than those
        was = 'paused'
        lease = math.max(lease, tonumber(old.lease))
        set.lease = whole(lease)
    end

    if was and not closed(set) and lease > 0 then
        set.reopen = whole(now + lease)
        set.closed = was
    end
end


reopen(tonumber(set.lease))

-- tries follows per_user until somebody sets it
if given.tries == '' or not given.tries
   and (not exists or tonumber(old.tries) == tonumber(old.per_user) + 5)
then
    set.tries = whole(tonumber(set.per_user) + 5)
end

if hold then
    -- nothing is held: what stands in the stream has no deadline any more
    local last = exists and call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]

    set.swept = last and last[1] or '0-0'
    set.due = '0'
end

if listed then
    for name in (old.items or ''):gmatch('%S+') do
        if not given['total:' .. name] then
            call('HDEL', campaign, 'total:' .. name, 'stock:' .. name)
        end
    end

    for _, name in ipairs(list) do
        set['out:' .. name] = old['out:' .. name] or '0'
    end

    set.items = table.concat(list, ' ')
end

if not exists then
    call('UNLINK', unpack(KEYS))
    call('HSET', users, '', '')
    call('XGROUP', 'CREATE', events, 'rush', '$', 'MKSTREAM')
    call('XGROUP', 'DESTROY', events, 'rush')
end

for name, value in pairs(set) do
    call('HSET', campaign, name, value)
end

return { exists and 'changed' or 'made', set.version, set.ends, whole(now) }
