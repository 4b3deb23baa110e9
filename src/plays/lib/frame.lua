-- frame: what every call of every play shares.
--
-- The C side joins three parts into one script: this frame, the play, and
-- one operation, which is another file of lib/.  A script first reads and
-- checks, then writes, because Redis does not roll a failed script back;
-- commit() is the only place that writes.
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
--
-- A user's record: tickets ever given, then ";seq,state,units,item,deadline,
-- key id,idempotency key,extra" for each live ticket and the last 4 dead ones.
-- Units are empty for 1, the deadline is in ms after made (below 0, if the clock
-- has gone back behind that) and empty for none, and what is empty at the end
-- is left out.
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

local WORDS = { h = 'held', c = 'confirmed', i = 'issued', d = 'redeemed',
                r = 'released', x = 'expired', v = 'void', w = 'void' }
local LIVE = { h = true, c = true, i = true, d = true }

local campaign, users, events = KEYS[1], KEYS[2], KEYS[3]
local call, match, gmatch = redis.call, string.match, string.gmatch
local sub, gsub = string.sub, string.gsub
local concat, floor, format = table.concat, math.floor, string.format

local time = call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)
local kid = ARGV[5]
local last, fence = match(ARGV[3], '^(%d+) ?(%d*)$')
local repeated = fence ~= ''      -- these calls may have been run before

local play                        -- set by the play's own part
local c = {}                      -- the campaign's numbers
local items                       -- its variants: name -> {total, out}
local recs = {}                   -- user -> record, as text or as a table
local changed, changes = {}, 0    -- users whose record is to be written
local set, sets = {}, 0           -- users and records of plain wins
local log, logs = {}, 0           -- events to be written, in order: XADD's
                                  -- arguments, or the user of a plain win
local like, likes = nil, {}       -- what plain wins share, and their seqs
local unlike = {}                 -- and what each has of its own, if it has
local dirty = false               -- some number of the campaign has changed
local walked = false              -- the sweep has had its turn in this call


-- of whole numbers as text; much cheaper than what ".." does
local function whole(n)
    return format('%d', n)
end


-- a counter as text, nil if it is none
local function number(text)
    local n = tonumber(text)

    return n and n >= 0 and n <= MAX and n == floor(n) and n or nil
end


local function reply(status)
    return { tonumber(ARGV[2]), status, now, c.version or 0, c.made or 0,
             c.total or 0, c.out or 0, c.seq or 0, c.due or 0 }
end


local FIELDS = { 'made', 'version', 'starts', 'ends', 'hold', 'due', 'reopen',
                 'total', 'out', 'seq', 'per_user', 'tries', 'paused', 'held',
                 'stock', 'void', 'lease', 'over', 'kind', 'deleted', 'swept',
                 'items', 'closed', 'audience', 'supply' }
local TIMES, NUMBERS = 7, 18      -- the first are times, then whole numbers
local ABSENT = { reopen = '0', lease = '0', over = '0' }
                                  -- of a campaign that knows no leases

-- reads the campaign; returns a status other than ok, if there is one
local function load_campaign()
    if ARGV[1] ~= CONTRACT then
        return 'contract ' .. ARGV[1] .. ' is not ' .. CONTRACT
    end

    if now > tonumber(last) then
        return 'late'
    end

    if repeated and now <= tonumber(fence) then
        return 'soon'
    end

    local v = call('HMGET', campaign, unpack(FIELDS))

    if v[20] then
        return 'deleted'
    end

    if not v[1] then
        return 'gone'
    end

    if v[19] ~= ARGV[4] then
        return 'kind'
    end

    for i = 1, NUMBERS do
        local n = tonumber(v[i] or ABSENT[FIELDS[i]])
        local max = i <= TIMES and 1e14 or MAX

        if not n or n < 0 or n > max or n ~= floor(n) then
            return 'bad ' .. FIELDS[i]
        end

        c[FIELDS[i]] = n
    end

    c.swept = v[21] or '0-0'
    c.closed = v[23] or ''
    c.audience = v[24] or ''
    c.supply = not v[25] and math.huge or number(v[25])

    if not c.supply then
        return 'bad supply'
    end

    if v[22] and v[22] ~= '' then
        items = {}
    end

    -- the clock may step back: a campaign that is over stays so, and nobody
    -- waits longer than a lease
    if c.ends > 0 and now >= c.ends and c.over == 0 then
        c.over = 1
        dirty = true
    end

    if c.reopen > now + c.lease then
        c.reopen = now + c.lease
        dirty = true
    end
end


-- reads what the calls name, records of users; returns a status other than ok,
-- if there is one: the empty field is always there
local function load_users(list)
    local v = call('HMGET', users, '', unpack(list))

    if not v[1] then
        return 'no users'
    end

    for i = 1, #list do
        recs[list[i]] = v[i + 1]
    end
end


-- the same of items: their numbers
local function load_items(names)
    local want, n = {}, 0

    if not items then
        return
    end

    for name in pairs(names) do
        if not items[name] then
            want[n + 1] = 'total:' .. name
            want[n + 2] = 'out:' .. name
            want[n + 3] = 'stock:' .. name
            want[n + 4] = 'void:' .. name
            n = n + 4
        end
    end

    if n == 0 then
        return
    end

    local v = call('HMGET', campaign, unpack(want))

    for i = 1, n, 4 do
        local it = { total = v[i], out = v[i + 1], stock = v[i + 2],
                     void = v[i + 3] or '0' }

        -- of an item that was taken out, only "out" stays
        for field, text in pairs(it) do
            it[field] = text and number(text) or nil

            if text and not it[field] then
                return 'bad ' .. field .. ':' .. want[i]:sub(7)
            end
        end

        items[want[i]:sub(7)] = it.out and it
    end
end


-- the same while a call is decided, when nothing is written yet
local function need(bad)
    if bad then
        error({ err = 'ERR ' .. bad })
    end
end


local function record(user)
    local rec = recs[user]

    if type(rec) == 'table' then
        return rec
    end

    local t = { given = 0, live = 0 }

    if rec then
        t.given = tonumber(match(rec, '^%d+'))

        for seq, state, units, item, till, id, key, extra in
            gmatch(rec, ';(%d+),(%a),(%d*),([^,;]*),(-?%d*),([^,;]*),?([^,;]*)'
                        .. ',?([^;]*)')
        do
            units = units == '' and 1 or tonumber(units)
            till = till == '' and 0 or c.made + tonumber(till)

            t[#t + 1] = { seq = seq, state = state, units = units,
                          item = item, till = till, kid = id, key = key,
                          extra = extra }

            if LIVE[state] then
                t.live = t.live + units
            end
        end
    end

    recs[user] = t

    return t
end


-- the newest live ticket
local function newest(rec)
    for i = #rec, 1, -1 do
        if LIVE[rec[i].state] then
            return rec[i]
        end
    end
end


local function change(user)
    if not changed[user] then
        changes = changes + 1
        changed[user] = true
        changed[changes] = user
    end
end


-- a deadline that has passed needs no change and no event, but for a hold's
local function expired(t)
    return t.state == 'i' and t.till > 0 and now >= t.till
end


-- the line of a ticket in an answer, after its seq, and with it
local function told(t, shown)
    return '\t' .. (expired(t) and 'expired' or WORDS[t.state])
           .. '\t' .. whole(t.units) .. '\t' .. t.item .. '\t' .. t.kid
           .. (shown or play.show(t))
end


local function line(t)
    return '\n' .. t.seq .. told(t)
end


local function lines(rec, live)
    local s = {}

    for i = #rec, 1, -1 do
        if not live or LIVE[rec[i].state] then
            s[#s + 1] = line(rec[i])
        end
    end

    return concat(s)
end


-- Adds units to what is out, to what is void (out of the stock for good) and to
-- the supply; of the campaign and of the item.  If units have come back to a
-- campaign that had none, it stays closed until every lease that says so is
-- over.
local function count(item, out, void, supply)
    local before = c.total - c.out

    c.out = c.out + out
    c.void = c.void + void
    c.supply = c.supply + (supply or 0)
    c.total = math.min(math.max(0, c.stock - c.void), c.supply)
    dirty = true

    if before <= 0 and c.total - c.out > 0 and c.lease > 0 then
        c.reopen = now + c.lease
        c.closed = 'sold_out'
    end

    need(load_items({ [item] = true }))

    local it = items and items[item]

    if it then
        it.out = it.out + out
        it.void = it.void + void
        it.total = it.stock and math.max(0, it.stock - it.void)
    end
end


-- units that can be taken, of the item if there are items; nil: no such item
local function left(item)
    local n = c.total - c.out

    if items then
        local it = items[item]

        if not it or not it.total then
            return nil
        end

        return math.min(n, it.total - it.out)
    end

    return n
end


-- one event for one change: t, user, seq, units, then what there is
local function event(word, user, t, own)
    local e = { 'XADD', events, '*', 't', word, 'user', user, 'seq', t.seq,
                'units', whole(t.units) }
    local n = 11

    if t.item ~= '' then
        e[n + 1], e[n + 2] = 'item', t.item
        n = n + 2
    end

    for _, more in ipairs({ play.event(t, word), own }) do
        for i = 1, #more do
            e[n + i] = more[i]
        end

        n = n + #more
    end

    logs = logs + 1
    log[logs] = e

    return e
end


-- Moves a ticket to another state, and the numbers with it; own: more members
-- of the event; void: units that leave the stock for good.
local function move(rec, user, t, state, word, own, void)
    local was = t.state

    if was == 'h' then
        c.held = c.held - t.units
        dirty = true
    end

    if LIVE[was] and not LIVE[state] then
        rec.live = rec.live - t.units
        count(t.item, -t.units, void or 0, -(play.give(t) or 0))

    elseif LIVE[state] and not LIVE[was] then
        rec.live = rec.live + t.units
        count(t.item, t.units, 0)
    end

    t.state = state

    change(user)
    event(word, user, t, own)
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


-- the text of a record: live tickets and the last dead ones, oldest first
local function text(rec)
    if type(rec) == 'string' then
        return rec
    end

    local s, n, dead = { rec.given }, 1, 0

    for i = #rec, 1, -1 do
        if not LIVE[rec[i].state] then
            dead = dead + 1
            rec[i].drop = dead > DEAD
        end
    end

    for i = 1, #rec do
        local t = rec[i]

        if not t.drop then
            n = n + 1
            s[n] = t.seq .. tail(t) .. rest(t.key, t.extra)
        end
    end

    return concat(s, ';')
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

    local shared = like and like.event

    for i = 1, logs do
        local e = log[i]

        if likes[i] then
            shared[7], shared[9] = e, likes[i]

            if like.code then
                shared[like.code] = unlike[i]
            end

            e = shared
        end

        call(unpack(e))
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

    local own = { 'total', whole(c.total), 'out', whole(c.out),
                  'seq', whole(c.seq), 'held', whole(c.held),
                  'due', whole(c.due), 'void', whole(c.void),
                  'reopen', whole(c.reopen), 'closed', c.closed,
                  'over', whole(c.over),
                  'swept', c.swept }

    if c.supply < math.huge then
        own[#own + 1], own[#own + 2] = 'supply', whole(c.supply)
    end

    for name, it in pairs(items or {}) do
        for field, value in pairs(it) do
            own[#own + 1] = field .. ':' .. name
            own[#own + 1] = whole(value)
        end
    end

    call('HSET', campaign, unpack(own))
    play.store()
end


-- the end of an operation: changes are written, and a line answers each call
local function finish(lines)
    commit()

    local out = reply('ok')

    for i = 1, #lines do
        out[9 + i] = lines[i]
    end

    return out
end


-- An audit notes what is wrong, or, as an advice, what is not as it should be;
-- and adds up what it sees: see check.lua.
local function problem(s, text, advice)
    if #s.problems < PROBLEMS then
        s.problems[#s.problems + 1] = text
    end

    s.wrong = s.wrong or not advice
end


local function add(t, name, n)
    t[name] = (t[name] or 0) + n
end


-- Expires holds that are due.  Holds all last as long, so the order of the
-- won events is the order of the deadlines: walk them from the cursor to the
-- first that is not due yet; once a call, so that a call stays short.
-- Returns true if there may be more.
local function sweep()
    if walked or c.due == 0 or c.due > now then
        return false
    end

    walked = true

    if c.held == 0 then
        local last = call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]

        c.swept = last and last[1] or c.swept
        c.due = 0
        dirty = true

        return false
    end

    local found = call('XRANGE', events, '(' .. c.swept, '+', 'COUNT', SWEEP)
    local want, due = {}, {}

    c.due = 0
    dirty = true

    for _, entry in ipairs(found) do
        local f, e = entry[2], {}

        for i = 1, #f, 2 do
            e[f[i]] = f[i + 1]
        end

        if e.t == 'won' and e['until'] then
            if tonumber(e['until']) > now then
                c.due = tonumber(e['until'])
                break
            end

            due[#due + 1] = e

            if recs[e.user] == nil then
                want[#want + 1] = e.user
            end
        end

        c.swept = entry[1]
    end

    if #want > 0 then
        need(load_users(want))
    end

    for _, e in ipairs(due) do
        local rec = record(e.user)

        for _, t in ipairs(rec) do
            if t.seq == e.seq and t.state == 'h' and t.till <= now then
                move(rec, e.user, t, 'x', 'expired')
            end
        end
    end

    if c.due == 0 and #found == SWEEP then
        c.due = 1                 -- there are more: due at once

        return true
    end

    return false
end
