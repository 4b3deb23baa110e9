-- coupon: a win takes a code, issued at once and redeemed once.
--
-- What the hooks are stands in sale.lua.  A code of a "sequence" is made from
-- the number of the ticket:
--
--   12 hex digits of a SHA-1, then seq in hex, 4 digits at least
--
-- One SHA-1, of the secret and the first seq of three (a multiple of 3), has
-- the digits for these three, one after the other: it is what a code costs.
--
-- The secret has 128 bits and is the campaign's own, so that a code cannot be
-- guessed but with 2^48 tries for each ticket.  Who has it is not written down
-- beside the users: events are in the order of seq, because those that are no
-- win carry how many tickets were "given" before, and find() halves them until
-- it is at the win.  So events stay as long as tickets are valid.
--
-- A code of a "pool" was uploaded.  free (list) has those that nobody has,
-- codes (hash) has all of them: code -> user,seq; empty while free.  The supply
-- of the campaign is what is free and out; a code is never given twice, also if
-- its ticket is void.
--
-- A ticket's extra: code (of a pool), day (if there is a limit a day: of the
-- campaign's zone, counted from its first), at, key, by (if it is redeemed);
-- joined by commas, and what is empty at the end is left out.
--
-- @play   coupon
-- @member codes    choice    sequence|pool  sequence
-- @member valid    duration  0 3650d        0
-- @member per_day  integer   1 100
-- @member zone     zone      +00:00
-- @fixed  codes zone
-- @supply codes pool
-- @keys   codes free
-- @state  issued redeemed void
-- @verb   redeem void

play = {}

local DAY = 86400000              -- ms
local TAG = 12                    -- hex digits
local EACH = 3                    -- of these are in one SHA-1

local codes, free = KEYS[4], KEYS[5]
local m                           -- members of the campaign, read once a call
local taken = 0                   -- codes of the pool that are given now
local fields, nfields = {}, 0     -- of codes, to be written
local fresh = {}                  -- codes to be put into the pool, and by name


-- a code as it may stand in a record, in an extra
local function escape(code)
    return match(code, '[;,%%]') and gsub(code, '[;,%%]', function(ch)
        return format('%%%02x', ch:byte())
    end) or code
end


-- a function that makes the code of the n-th ticket, quick for those in a row
local function sequence()
    local sha1hex, secret, first, hash = redis.sha1hex, m.secret, nil, nil

    return function(n)
        local at = n % EACH

        if n - at ~= first then
            first = n - at
            hash = sha1hex(secret .. whole(first))
        end

        return sub(hash, at * TAG + 1, at * TAG + TAG) .. format('%04x', n)
    end
end


-- a function that takes the next code of the pool; returns the ticket's extra,
-- too
local function pool()
    local heap

    m.trim = redis.acl_check_cmd('LTRIM', free, '1', '-1')

    if not m.trim and not redis.acl_check_cmd('LPOP', free, '1') then
        error({ err = 'NOPERM the ACL user may not LTRIM' })
    end

    return function(_, seq, user)
        if not heap then
            call('HGET', codes, '')   -- or it is of the wrong type
            heap = call('LRANGE', free, 0, (#ARGV - 5) / 2 - 1)
        end

        local code = heap[taken + 1]

        if not code then
            error({ err = 'ERR the campaign is damaged: it has fewer free '
                          .. 'codes than its supply says' })
        end

        taken = taken + 1
        fields[nfields + 1], fields[nfields + 2] = code, user .. ',' .. seq
        nfields = nfields + 2

        return code, escape(code) .. m.day
    end
end


local function members()
    if m then
        return m
    end

    local v = call('HMGET', campaign, 'codes', 'valid', 'per_day', 'zone',
                   'secret')
    local sign, hours, minutes = match(v[4] or '', '^([+-])(%d%d):(%d%d)$')

    m = { pool = v[1] == 'pool', valid = tonumber(v[2]), secret = v[5],
          per_day = v[3] and tonumber(v[3]), day = '', till = 0, shown = '' }

    if not m.valid or not sign or not v[5] or #v[5] < 16 then
        error({ err = 'ERR the campaign is damaged: valid, zone or secret' })
    end

    m.code = m.pool and pool() or sequence()

    if m.valid > 0 then
        m.till = now + m.valid
        m.shown = '\tvalid_until:' .. whole(m.till)
    end

    -- a day has the number of days since the one when the campaign was made
    if m.per_day then
        local zone = tonumber(sign .. '1') * (hours * 60 + minutes) * 60000

        m.today = whole(floor((now + zone) / DAY)
                        - floor((c.made + zone) / DAY))
        m.day = ',' .. m.today
    end

    return m
end


function play.take(t, claim, user, rec)
    members()

    if claim.units > 1 then
        return 'invalid\terror=units must be 1: a coupon is one'
               .. '\tmember=units'
    end

    if m.per_day and #rec > 0 and play.today(rec) >= m.per_day then
        return 'limit'
    end

    t.code, t.extra = m.code(c.seq + 1, t.seq, user)
    t.state, t.till, t.extra = 'i', m.till, t.extra or m.day
end


function play.alike()
    return m.code, not m.pool and m.day or nil, '\tcode=', m.shown
end


function play.show(t)
    members()

    return '\tcode=' .. (t.code or play.code(t))
           .. (t.till == 0 and '' or t.till == m.till and m.shown
               or '\tvalid_until:' .. whole(t.till))
           .. (t.state == 'd' and play.used(t) or '')
end


function play.event(t, word)
    if word ~= 'won' then
        return members().pool and {} or { 'given', whole(c.seq) }
    end

    if t.till == 0 then
        return { 'code', t.code }
    end

    return { 'code', t.code, 'until', whole(t.till) }
end


function play.store()
    for i = 1, nfields, 1024 do
        call('HSET', codes, unpack(fields, i, math.min(i + 1023, nfields)))
    end

    if taken > 0 and m.trim then
        call('LTRIM', free, whole(taken), '-1')

    elseif taken > 0 then
        call('LPOP', free, whole(taken))
    end

    for i = 1, #fresh, 512 do
        local n = math.min(i + 511, #fresh)
        local new = {}

        for k = i, n do
            new[#new + 1] = fresh[k]
            new[#new + 1] = ''
        end

        call('HSET', codes, unpack(new))
        call('RPUSH', free, unpack(fresh, i, n))
    end
end


-- what a plain claim does not need

function play.more()
    play.verbs = { redeem = { i = 'd' }, void = { i = 'v' } }


    -- all parts of an extra
    local function parts(t)
        local f = {}

        for v in gmatch(t.extra .. ',', '([^,]*),') do
            f[#f + 1] = v
        end

        local code = gsub(f[1], '%%(%x%x)', function(hex)
            return string.char(tonumber(hex, 16))
        end)

        return code, f[2] or '', f[3] or '', f[4] or '', f[5] or ''
    end


    function play.code(t)
        return m.pool and (parts(t)) or m.code(tonumber(t.seq))
    end


    function play.used(t)
        local _, _, at, _, by = parts(t)

        return '\tby=' .. by .. '\tat:' .. at
    end


    -- units that a user has of today
    function play.today(rec)
        local n = 0

        for _, t in ipairs(rec) do
            local _, day = parts(t)

            if LIVE[t.state] and day == m.today then
                n = n + t.units
            end
        end

        return n
    end


    -- the code of a pool is spent, also if its unit comes back
    function play.give()
        return members().pool and 1 or 0
    end


    function play.redeem(t, at, key, by)
        local code, day = parts(t)

        t.extra = gsub(concat({ escape(code), day, at, key, by }, ','), ',+$',
                       '')
    end


    function play.redeemed(t)
        local _, _, at, key, by = parts(t)

        return at, key, by
    end


    local function finder()
        -- the first event from ms-n on by which so many tickets had been given
        local function event_at(ms, n)
            local e = call('XRANGE', events, whole(ms) .. '-' .. whole(n), '+',
                           'COUNT', 1)[1]

            if not e then
                return MAX + 1
            end

            local f = e[2]

            if f[2] == 'won' then
                return tonumber(f[6]), f[4], true
            end

            for i = 7, #f, 2 do
                if f[i] == 'given' then
                    return tonumber(f[i + 1])
                end
            end

            return 0
        end

        -- the least n from low to high for which there is nothing before seq
        local function halve(seq, low, high, at)
            while low < high do
                local middle = floor((low + high) / 2)

                if at(middle) < seq then
                    low = middle + 1
                else
                    high = middle
                end
            end

            return low
        end

        -- the user of a ticket: an id of an event is a time and a number, and
        -- the win may be in the ms before the one from which on there is
        -- nothing before it
        local function winner(seq)
            local first = call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
            local last = call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]

            if not first then
                return nil
            end

            local ms = halve(seq, tonumber(match(first[1], '^%d+')),
                             tonumber(match(last[1], '^%d+')) + 1, function(i)
                return (event_at(i, 0))
            end) - 1

            local top = call('XREVRANGE', events, whole(ms), '-', 'COUNT', 1)[1]
            local high = 0

            if top and match(top[1], '^%d+') == whole(ms) then
                high = tonumber(match(top[1], '%d+$')) + 1
            end

            local n = halve(seq, 0, high, function(i)
                return (event_at(ms, i))
            end)
            local is, user, won = event_at(ms, n)

            return won and is == seq and user or nil
        end

        return winner
    end


    function play.find(code)
        members()

        if m.pool then
            return match(call('HGET', codes, code) or '', '^([^,]+),(%d+)$')
        end

        code = gsub(string.lower(code), '[ -]', '')

        local seq = match(code, '^' .. ('%x'):rep(TAG) .. '(%x%x%x%x+)$')

        seq = seq and #seq < 9 and tonumber(seq, 16)

        if not seq or seq < 1 or seq > c.seq or m.code(seq) ~= code then
            return nil
        end

        return finder()(seq), whole(seq)
    end


    function play.put(list)
        if not members().pool then
            return nil
        end

        local v, n = call('HMGET', codes, unpack(list)), 0

        call('LLEN', free)            -- or it is of the wrong type

        for i, code in ipairs(list) do
            if not v[i] and not fresh[code] then
                n = n + 1
                fresh[#fresh + 1] = code
                fresh[code] = true
            end
        end

        return n
    end


    function play.span()
        members()

        return m.pool and 0 or m.valid > 0 and m.valid or math.huge
    end


    -- the audit: a ticket that is live has its code, each code is free or has
    -- been given to one ticket, and those that are free are in the list, once

    function play.auditor()
        if not members().pool then
            return nil, {}
        end

        local function audit(s, user, rec)
            for _, t in ipairs(rec) do
                local code = parts(t)

                if call('HGET', codes, code) ~= user .. ',' .. t.seq then
                    problem(s, 'ticket ' .. t.seq .. ' of ' .. user
                               .. ' has no code of its own')
                end
            end
        end

        -- of the same codes in any order the same number
        local function print_of(s, name, code)
            add(s, name, tonumber(sub(redis.sha1hex(code), 1, 8), 16) % 1000003)
        end

        local function all(s)
            local found = call('HSCAN', codes, s.cursor, 'COUNT', SLICE)

            for i = 1, #found[2], 2 do
                if found[2][i + 1] == '' then
                    add(s, 'free', 1)
                    print_of(s, 'free_print', found[2][i])
                else
                    add(s, 'used', 1)
                end
            end

            s.cursor = found[1]

            return s.cursor == '0'
        end

        local function listed(s)
            local from = tonumber(s.cursor)
            local list = call('LRANGE', free, from, from + SLICE - 1)

            for _, code in ipairs(list) do
                add(s, 'listed', 1)
                print_of(s, 'listed_print', code)
            end

            s.cursor = whole(from + #list)

            return #list < SLICE
        end

        local function sums(s)
            local unused, used, listed = s.free or 0, s.used or 0, s.listed or 0

            if unused ~= listed or s.free_print ~= s.listed_print then
                problem(s, whole(unused) .. ' codes are free, but the list of '
                           .. 'them has ' .. whole(listed) .. ' or others')
            end

            if used ~= c.seq then
                problem(s, whole(used) .. ' codes were given, but '
                           .. whole(c.seq) .. ' tickets')
            end

            if c.supply ~= unused + c.out then
                problem(s, 'supply is ' .. whole(c.supply) .. ', but free and '
                           .. 'out are ' .. whole(unused + c.out))
            end

            local short = math.max(0, c.stock - c.void) - c.supply

            if short > 0 then
                problem(s, 'the stock is ' .. whole(c.stock) .. ', but codes '
                           .. 'run out ' .. whole(short)
                           .. ' units before: upload more', true)
            end

            return true
        end

        return audit, { all, listed, sums }
    end
end
