-- claim: the operation behind rush_claim.
--
-- Fields of a call: units TAB item TAB idempotency key (hashed) TAB ref TAB
-- data, then "TAB name TAB value" for each argument; empty if all are default.
-- A campaign with an audience has two arguments more: "audience", the tags that
-- were asked, and "member", 1 if the user has one of them.
-- One batch may hold a user twice: later calls see what earlier ones took.
--
-- Calls that are repeated because their reply was lost find the ticket that
-- they were given, by key or because a user can have one only.  Else nothing
-- tells whose ticket it is: who has had one before is told "pending".
--
-- Most claims of a flash sale are plain (one unit, nothing else said) and by
-- users who have no record.  What these win is alike but for a number, and
-- perhaps a code, so the play is asked about the first of them; this path is
-- short.  All others are for claim(), which others() makes when there is one.

local argv, n = ARGV, (#ARGV - 5) / 2     -- n calls
local parsed = {}                 -- fields -> claim, one for all that are alike
local had                         -- users with a record, if calls are repeated
local claim


-- a table with room for some entries, because growing costs; what is in it is
-- to be overwritten
local function room(size)
    return { unpack(argv, 6, 5 + size) }
end


local function parse(s)
    local a = { units = 1, item = '', key = '', ref = '', data = '',
                plain = true }

    if s ~= '' then
        local f, k = {}, 0

        for v in gmatch(s .. '\t', '([^\t]*)\t') do
            k = k + 1
            f[k] = v
        end

        a.units, a.item, a.key = tonumber(f[1]), f[2], f[3]
        a.ref, a.data = f[4], f[5]
        a.plain = sub(s, 1, 5) == '1\t\t\t\t' and f[5] == ''
                  and (k == 5 or f[6] == 'audience')

        for i = 6, k, 2 do
            a[f[i]] = f[i + 1]
        end
    end

    if a.plain and c.audience ~= '' then
        a.plain = a.audience == c.audience and (a.member == '1' or 'denied')
    end

    parsed[s] = a

    return a
end


-- makes claim(); returns a status other than ok, if there is one
local function others()
    -- the word that closes the campaign to everybody now, if one does
    local function closed()
        if c.over > 0 then
            return 'ended\tends:' .. whole(c.ends)
        end

        if now < c.starts then
            return 'early\tstarts:' .. whole(c.starts)
        end

        if c.paused > 0 then
            return 'paused'
        end

        if c.reopen > now then
            return c.closed == 'ended' and 'ended\tends:' .. whole(c.ends)
                   or c.closed
        end
    end


    -- a refusal; who holds a live ticket gets that instead
    local function refuse(rec, outcome)
        if rec and newest(rec) then
            return 'again' .. lines(rec, true)
        end

        return outcome
    end


    local function find_key(rec, key)
        for i = #rec, 1, -1 do
            if rec[i].key == key and LIVE[rec[i].state] then
                return rec[i]
            end
        end
    end


    local function limit(rec, may)
        if may < 0 or rec.given >= c.tries then
            may = 0
        end

        return 'limit\tmay:' .. whole(may) .. lines(rec, true)
    end


    local function take(user, a)
        local rec = record(user)
        local t = { seq = whole(c.seq + 1), state = 'c', units = a.units,
                    item = a.item, till = 0, kid = kid, key = a.key,
                    extra = '' }
        local outcome = play.take(t, a, user, rec)

        if outcome == 'limit' then
            return limit(rec, 0)
        end

        if outcome then
            return sub(outcome, 1, 7) == 'invalid' and outcome
                   or refuse(rec, outcome)
        end

        c.seq = c.seq + 1
        rec.given = rec.given + 1
        rec.live = rec.live + t.units
        rec[#rec + 1] = t

        count(t.item, t.units, 0)

        if t.state == 'h' then
            c.held = c.held + t.units

            if c.due == 0 then
                c.due = t.till
            end
        end

        local more = {}

        if a.ref ~= '' then
            more[#more + 1], more[#more + 2] = 'ref', a.ref
        end

        if a.data ~= '' then
            more[#more + 1], more[#more + 2] = 'data', a.data
        end

        change(user)
        event('won', user, t, more)

        return 'won' .. line(t)
    end


    function claim(user, a)
        local rec = recs[user] and record(user)

        if items and a.item == '' then
            return 'invalid\terror=item is needed, the campaign has items'
                   .. '\tmember=item'
        end

        if left(a.item) == nil or not items and a.item ~= '' then
            return 'unknown\tmember=item'
        end

        if rec and a.key ~= '' then
            local t = find_key(rec, a.key)

            if t and (t.units ~= a.units or t.item ~= a.item) then
                return 'mismatch'
            end

            if t then
                return 'again' .. line(t)
            end
        end

        if rec and c.per_user == 1 and newest(rec) then
            return 'again' .. line(newest(rec))
        end

        if had and had[user] and a.key == '' and c.per_user > 1 then
            return 'pending'
        end

        local word = closed()

        if word then
            -- early is no loss: who holds tickets finds them by rush_result
            return sub(word, 1, 5) == 'early' and word or refuse(rec, word)
        end

        if c.audience ~= '' then
            if a.audience ~= c.audience then
                return 'audience' -- of another version: to be asked anew
            end

            if a.member ~= '1' then
                return refuse(rec, 'denied')
            end
        end

        if a.units > c.per_user - (rec and rec.live or 0)
           or rec and rec.given >= c.tries
        then
            rec = rec or record(user)

            return limit(rec, c.per_user - rec.live)
        end

        if left(a.item) < a.units then
            sweep()

            -- what has just come back is not for this one: see count()
            if left(a.item) < a.units or c.reopen > now then
                return refuse(recs[user] and record(user), 'sold_out')
            end
        end

        return take(user, a)
    end


    local names = {}

    for i = 1, n do
        local s = argv[5 + 2 * i]

        names[(parsed[s] or parse(s)).item] = true
    end

    tickets()

    return load_items(names)
end


local list, out = room(n), room(9 + n)

for i = 1, n do
    list[i] = argv[4 + 2 * i]
end

local status = load_users(list)

if status then
    return reply(status)
end

if repeated then
    had = {}

    for user, rec in pairs(recs) do
        had[user] = rec
    end
end

set, seqs = room(2 * n), room(n)

-- what can be won by plain claims; 0 while the campaign is closed to everybody
local open = play.alike and not items and c.over == 0 and now >= c.starts
             and c.paused == 0 and c.per_user > 0 and c.tries > 0
local left = open and c.reopen <= now and c.total - c.out or 0

-- fields of plain claims, what their wins have in common (see play.alike), and
-- how many of them c does not know of yet
local known, own, extra, ending, line, after
local seq, new, held = c.seq, 0, 0

for i = 1, n do
    local user, s = list[i], argv[5 + 2 * i]

    if s == known and left > 0 and not recs[user] then
        seq, new, left, wins = seq + 1, new + 1, left - 1, wins + 1

        local number = format('%d', seq)
        local rec = '1;' .. number .. ending

        if own then
            local code, more = own(seq, number, user)

            rec = extra and rec or rec .. more
            gifts[wins] = code
        end

        recs[user] = rec
        set[2 * wins - 1], set[2 * wins], seqs[wins] = user, rec, number
        out[9 + i] = seq

    else
        local a = parsed[s] or parse(s)
        local plain = left > 0 and not recs[user] and a.plain

        if plain == 'denied' then
            out[9 + i] = 'denied'

        elseif plain and not known then
            local t = { seq = whole(seq + 1), state = 'c', units = 1,
                        item = '', till = 0, kid = kid, key = '', extra = '' }
            local outcome = play.take(t, a, user, { given = 0, live = 0 })

            if outcome then
                out[9 + i] = outcome == 'limit' and 'limit\tmay:0' or outcome

            else
                seq, new, left, wins = seq + 1, 1, left - 1, 1
                known, gift, ending = s, play.event(t, 'won'), tail(t)
                recs[user] = '1;' .. t.seq .. ending .. rest('', t.extra)
                set[1], set[2], seqs[1] = user, recs[user], t.seq
                line = told(t)
                out[9 + i] = 'won\n' .. t.seq .. line

                if t.state == 'h' then
                    held = 1
                    c.due = c.due > 0 and c.due or t.till
                end

                if play.alike == true then
                    ending = ending .. rest('', t.extra)

                else
                    own, extra, line, after = play.alike()
                    ending = ending .. (extra and rest('', extra) or ',,')
                    line, gifts = told(t, line), { '' }

                    for k = 1, #gift, 2 do
                        if gift[k] == 'code' then
                            place, gifts[1] = k + 1, gift[k + 1]
                        end
                    end
                end
            end

        else
            if not claim then
                status = others()

                if status then
                    return reply(status)
                end
            end

            c.seq, c.out, c.held = seq, c.out + new, c.held + new * held
            logs, new = logs + new, 0
            out[9 + i] = claim(user, a)
            seq = c.seq
            left = open and c.reopen <= now and c.total - c.out or 0
        end
    end
end

c.seq, c.out, c.held = seq, c.out + new, c.held + new * held
logs, sets = logs + new, 2 * wins
commit()
reply('ok', out)

if wins > 1 then
    out[n + 10] = line
    out[n + 11] = own and concat(gifts, '\t', 2, wins) or ''
    out[n + 12] = after or ''
end

return out
