-- tickets: the second half of the frame, for all but wins of new users.
--
-- Making functions costs a call, so these are made when they are needed: in a
-- claim by the first user who has a record, or wants more than one plain unit;
-- in all other operations at the beginning.

function tickets()

    local walked = false          -- the sweep has had its turn in this call

    if record then
        return
    end

    LIVE = { h = true, c = true, i = true, d = true }
    WORDS.d, WORDS.r, WORDS.x = 'redeemed', 'released', 'expired'
    WORDS.v, WORDS.w = 'void', 'void'


    function record(user)
        local rec = recs[user]

        if type(rec) == 'table' then
            return rec
        end

        local t = { given = 0, live = 0 }

        if rec then
            t.given = tonumber(match(rec, '^%d+'))

            for seq, state, units, item, till, id, key, extra in
                gmatch(rec, ';(%d+),(%a),(%d*),([^,;]*),(-?%d*),([^,;]*)'
                            .. ',?([^,;]*),?([^;]*)')
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
    function newest(rec)
        for i = #rec, 1, -1 do
            if LIVE[rec[i].state] then
                return rec[i]
            end
        end
    end


    function change(user)
        if not changed[user] then
            changes = changes + 1
            changed[user] = true
            changed[changes] = user
        end
    end


    function line(t)
        return '\n' .. t.seq .. told(t)
    end


    function lines(rec, live)
        local s = {}

        for i = #rec, 1, -1 do
            if not live or LIVE[rec[i].state] then
                s[#s + 1] = line(rec[i])
            end
        end

        return concat(s)
    end


    -- reads the numbers of items; returns a status other than ok, as
    -- load_users() does
    function load_items(names)
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


    -- for what is read while a call is decided, when nothing is written yet
    function need(bad)
        if bad then
            error({ err = 'ERR ' .. bad })
        end
    end


    -- Adds units to what is out, to what is void (out of the stock for good),
    -- and to the supply; of the campaign and of the item.  If units have come
    -- back to a campaign that had none, it stays closed until every lease that
    -- says so is over.
    function count(item, out, void, supply)
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


    -- units that can be taken, of the item if there are items; nil: no such one
    function left(item)
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
    function event(word, user, t, own)
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


    -- Moves a ticket to another state, and the numbers with it; own: more
    -- members of the event; void: units that leave the stock for good.
    function move(rec, user, t, state, word, own, void)
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


    -- the text of a record: live tickets and the last dead ones, oldest first
    function text(rec)
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


    -- numbers of the campaign that change seldom, for commit()
    function seldom(own)
        local n = #own

        for name, old in pairs({ due = was[6], total = was[8],
                                 reopen = was[7], void = was[16],
                                 over = was[18], supply = was[25],
                                 closed = was[23] or '', swept = was[21] })
        do
            if c[name] ~= old then
                own[n + 1] = name
                own[n + 2] = type(c[name]) == 'number' and whole(c[name])
                             or c[name]
                n = n + 2
            end
        end

        for name, it in pairs(items or {}) do
            for field, value in pairs(it) do
                own[n + 1], own[n + 2] = field .. ':' .. name, whole(value)
                n = n + 2
            end
        end
    end


    -- the end of an operation: changes are written, a line answers each call
    function finish(lines)
        commit()

        local out = reply('ok')

        for i = 1, #lines do
            out[9 + i] = lines[i]
        end

        return out
    end


    -- Expires holds that are due.  Holds all last as long, so the order of the
    -- won events is the order of the deadlines: walk them from the cursor to
    -- the first that is not due yet; once a call, so that a call stays short.
    -- Returns true if there may be more.
    function sweep()
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

        local found = call('XRANGE', events, '(' .. c.swept, '+', 'COUNT',
                           SWEEP)
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


    if play.more then
        play.more()
    end
end
