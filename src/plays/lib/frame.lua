-- frame: what every call of every play shares.
--
-- The C side joins four parts into one script: this frame, its second half
-- (tickets.lua), the play, and one operation, which is another file of lib/.  A
-- script first reads and checks, then writes, because Redis does not roll a
-- failed script back; commit() is the only place that writes.
--
-- All of it runs anew with each call, so what is here is paid by each batch:
-- what only some calls need is made where they need it.
--
-- KEYS  1 campaign (hash), 2 users (hash), 3 events (stream), then those that
--       the play names in its "@keys" line
-- ARGV  1 contract version, 2 batch number, 3 not_after (ms of Redis TIME,
--       past it nothing is taken), and if the reply to the same calls was
--       lost, a space and the not_after that they had then, 4 kind, 5 id of
--       the key that signs tickets, then two a call: user, and the
--       operation's own fields joined by tabs
-- reply batch number, status, now (ms), version, made, total, out, seq, due,
--       then a string a call: "outcome TAB name=text TAB name:number ...",
--       and a line a ticket: "seq TAB state TAB units TAB item TAB key id",
--       again followed by what the play shows.  status: ok; late (nothing was
--       taken); soon (nor was it, and what was sent before may still run);
--       gone, deleted (no such campaign); kind (the campaign is of another kind
--       now); or a sentence that says what is damaged.
--       Wins that are alike: a number a call, its seq, and at the end of all
--       three strings: what follows seq in their lines, their codes in order
--       and joined by tabs, and what follows those.
--
-- A user's record: tickets ever given, then ";seq,state,units,item,deadline,
-- key id,idempotency key,extra" for each live ticket and the last 4 dead ones.
-- Units are empty for 1, the deadline is in ms after made (below 0, if the
-- clock has gone back behind that) and empty for none, and what is empty at the
-- end is left out.
--
-- Definition members that all plays share:
-- @member stock     integer  0 1000000000  required
-- @member items     items    0 1000000000
-- @member per_user  integer  1 100         1
-- @member tries     integer  1 1000000
-- @member starts    time
-- @member ends      time
-- @member paused    boolean
-- @member keep      duration 0 3650d       7d
-- @member lease     duration 0 10s         500
-- @member audience  tags
-- @member info      object
-- @fixed  lease
--
-- Without tries a user has per_user + 5 of them: see define.lua.
--
-- What can still be given is total - out: total is the stock without what was
-- voided for good, and no more than "supply", which a play sets whose wins take
-- something of which there may be less (codes of a pool).
--
-- A lease is how long a node may refuse from its own memory, by what it has
-- read: so units that come back to a campaign that had none are given only
-- from "reopen" (ms) on, that much later, and until then everybody is told what
-- he was told before, which is "closed".  See docs/architecture.md.

local CONTRACT = '1'
local MAX = 1000000000            -- of stock, counters and sequence numbers
local DEAD = 4                    -- dead tickets that a record remembers
local SWEEP = 512                 -- events that one call looks at
local SLICE = 500                 -- records or events that an audit looks at
local PROBLEMS = 20               -- that it tells

local WORDS = { h = 'held', c = 'confirmed', i = 'issued' }
local LIVE                        -- the rest of them: see tickets.lua

local campaign, users, events = KEYS[1], KEYS[2], KEYS[3]
local call, match, gmatch = redis.call, string.match, string.gmatch
local sub, gsub = string.sub, string.gsub
local concat, floor, format = table.concat, math.floor, string.format

local time = call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)
local kid = ARGV[5]
local last, fence = match(ARGV[3], '^(%d+) ?(%d*)$')
local repeated = fence ~= ''      -- these calls may have been run before

local c                           -- the campaign's numbers
local items                       -- its variants: name -> {total, out}
local play                        -- set by the play's own part
local recs = {}                   -- user -> record, as text or as a table
local changed, changes = {}, 0    -- users whose record is to be written
local set, sets = {}, 0           -- users and records of plain wins
local log, logs = {}, 0           -- events to be written, in order: XADD's
                                  -- arguments, or nil for a plain win
local wins, seqs = 0, nil         -- plain wins; their numbers, as text
local gift, gifts, place          -- what play.event says of them; their codes,
                                  -- and where in gift these belong
local dirty = false               -- a number of the campaign has changed, but
                                  -- for out, seq, held, due

-- made when they are needed: see tickets.lua; the last two by check.lua
local tickets, record, newest, change, line, lines, load_items, need, count
local left, event, move, text, seldom, finish, sweep, problem, add


-- of whole numbers as text; much cheaper than what ".." does
local function whole(n)
    return format('%d', n)
end


-- a counter as text, nil if it is none
local function number(text)
    local n = tonumber(text)

    return n and n >= 0 and n <= MAX and n % 1 == 0 and n or nil
end


-- the head of a reply, in the table that has the rest of it
local function reply(status, out)
    out = out or {}
    out[1], out[2], out[3] = tonumber(ARGV[2]), status, now

    if c then
        out[4], out[5], out[6] = c.version, c.made, c.total
        out[7], out[8], out[9] = c.out, c.seq, c.due
    else
        out[4], out[5], out[6], out[7], out[8], out[9] = 0, 0, 0, 0, 0, 0
    end

    return out
end


if ARGV[1] ~= CONTRACT then
    return reply('contract ' .. ARGV[1] .. ' is not ' .. CONTRACT)
end

if now > tonumber(last) then
    return reply('late')
end

if repeated and now <= tonumber(fence) then
    return reply('soon')
end

-- what was read of the campaign: times, whole numbers from the 8th on, texts
-- from the 19th on, and the supply
local was = call('HMGET', campaign, 'made', 'version', 'starts', 'ends',
                 'hold', 'due', 'reopen', 'total', 'out', 'seq', 'per_user',
                 'tries', 'paused', 'held', 'stock', 'void', 'lease', 'over',
                 'kind', 'deleted', 'swept', 'items', 'closed', 'audience',
                 'supply')

if was[20] then
    return reply('deleted')
end

if not was[1] then
    return reply('gone')
end

if was[19] ~= ARGV[4] then
    return reply('kind')
end

for i = 1, 18 do
    local n = was[i]

    if n == '0' then
        was[i] = 0

    else
        -- of a campaign that knows no leases there is no reopen, lease, over
        n = tonumber(n or (i == 7 or i > 16) and 0)

        if not n or n < 0 or n > (i < 8 and 1e14 or MAX) or n % 1 ~= 0 then
            return reply('bad ' .. match('made version starts ends hold due '
                .. 'reopen total out seq per_user tries paused held stock '
                .. 'void lease over', ('%S+ '):rep(i - 1) .. '(%S+)'))
        end

        was[i] = n
    end
end

was[25] = not was[25] and math.huge or number(was[25])

if not was[25] then
    return reply('bad supply')
end

c = { made = was[1], version = was[2], starts = was[3], ends = was[4],
      hold = was[5], due = was[6], reopen = was[7], total = was[8],
      out = was[9], seq = was[10], per_user = was[11], tries = was[12],
      paused = was[13], held = was[14], stock = was[15], void = was[16],
      lease = was[17], over = was[18], swept = was[21] or '0-0',
      closed = was[23] or '', audience = was[24] or '', supply = was[25] }

if was[22] and was[22] ~= '' then
    items = {}
end

-- the clock may step back: a campaign that is over stays so, and nobody waits
-- longer than a lease
if c.ends > 0 and now >= c.ends and c.over == 0 then
    c.over = 1
    dirty = true
end

if c.reopen > now + c.lease then
    c.reopen = now + c.lease
    dirty = true
end


-- reads the records of users; returns a status other than ok, if there is one:
-- the empty field is always there
local function load_users(list)
    local v = call('HMGET', users, '', unpack(list))

    if not v[1] then
        return 'no users'
    end

    for i = 1, #list do
        local rec = v[i + 1]

        if rec then
            recs[list[i]] = rec
        end
    end
end


-- a deadline that has passed needs no change and no event, but for a hold's
local function expired(t)
    return t.state == 'i' and t.till > 0 and now >= t.till
end


-- the line of a ticket in an answer, after its seq
local function told(t, shown)
    return '\t' .. (expired(t) and 'expired' or WORDS[t.state])
           .. '\t' .. whole(t.units) .. '\t' .. t.item .. '\t' .. t.kid
           .. (shown or play.show(t))
end


-- a ticket in a record: what follows its seq, and what may follow that
local function tail(t)
    return ',' .. t.state .. ',' .. (t.units == 1 and '' or whole(t.units))
           .. ',' .. t.item .. ','
           .. (t.till == 0 and '' or whole(t.till - c.made)) .. ',' .. t.kid
end


local function rest(key, extra)
    if key == '' and extra == '' then
        return ''
    end

    return ',' .. key .. (extra == '' and '' or ',' .. extra)
end


-- The only writes.  Events go first, because a stream of the wrong type refuses
-- them; an ACL user who may not write the rest is found before that.
local function commit()
    if changes + sets == 0 and not dirty then
        return
    end

    if not redis.acl_check_cmd('HSET', users, 'user', 'record')
       or not redis.acl_check_cmd('HSET', campaign, 'out', '0')
    then
        error({ err = 'NOPERM the ACL user may not HSET' })
    end

    local set, seqs, codes, k = set, seqs, place and gifts, 0
    local name, value

    if gift and #gift == 2 then
        name, value = gift[1], gift[2]
    end

    for i = 1, logs do
        local e = log[i]

        if e then
            call(unpack(e))

        else
            k = k + 1

            if name then
                call('XADD', events, '*', 't', 'won', 'user', set[2 * k - 1],
                     'seq', seqs[k], 'units', '1', name, codes and codes[k]
                                                         or value)
            else
                if codes then
                    gift[place] = codes[k]
                end

                call('XADD', events, '*', 't', 'won', 'user', set[2 * k - 1],
                     'seq', seqs[k], 'units', '1', unpack(gift))
            end
        end
    end

    -- a user may stand here twice, then the last record is the right one
    for i = 1, changes do
        set[sets + 1] = changed[i]
        set[sets + 2] = text(recs[changed[i]])
        sets = sets + 2
    end

    -- slices, because a sweep may change more users than unpack() takes
    for i = 1, sets, 1024 do
        call('HSET', users, unpack(set, i, math.min(i + 1023, sets)))
    end

    local own = { 'out', whole(c.out), 'seq', whole(c.seq) }

    if c.held ~= was[14] then
        own[5], own[6] = 'held', whole(c.held)
    end

    if dirty or c.due ~= was[6] then
        tickets()
        seldom(own)
    end

    call('HSET', campaign, unpack(own))
    play.store()
end
