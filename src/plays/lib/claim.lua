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

local parsed = {}                 -- fields -> claim, one for all that are alike
local had = {}                    -- users with a record, if calls are repeated
local args, names = {}, {}


local function parse(s)
    local f, n = {}, 0

    if s == '' then
        s = '1\t\t\t\t'
    end

    for v in gmatch(s .. '\t', '([^\t]*)\t') do
        n = n + 1
        f[n] = v
    end

    local a = { units = tonumber(f[1]), item = f[2], key = f[3], ref = f[4],
                data = f[5] }

    a.plain = sub(s, 1, 5) == '1\t\t\t\t' and (n == 5 or f[6] == 'audience')

    for i = 6, n, 2 do
        a[f[i]] = f[i + 1]
    end

    return a
end


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


-- what wins like this one have in common
local function alike(t, a, e)
    local l = { args = a, record = tail(t), line = told(t),
                event = { unpack(e) }, held = t.state == 'h' and 1 or 0 }

    if play.alike ~= true then
        local extra, before

        l.own, extra, before, l.after = play.alike()
        l.record = l.record .. (extra and rest('', extra) or ',,')
        l.line, l.differs = told(t, before), not extra

        for i = 4, #e, 2 do
            if e[i] == 'code' then
                l.code = i + 1
            end
        end

    else
        l.record = l.record .. rest('', t.extra)
    end

    return l
end


local function take(user, a)
    local rec = record(user)
    local t = { seq = whole(c.seq + 1), state = 'c',
                units = a.units, item = a.item, till = 0, kid = kid,
                key = a.key, extra = '' }
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

    local e = event('won', user, t, more)

    if a.plain and rec.given == 1 and play.alike then
        like = alike(t, a, e)
    end

    return 'won' .. line(t)
end


-- Plain claims of new users, from the i-th on, where a win like theirs is in
-- this batch already: seq differs, and what play.alike says.  This is the path
-- of a flash sale, so it is short.  Returns the first claim of another sort.
local function take_alike(list, i, out)
    local seq, left, own = c.seq, c.total - c.out, like.own
    local record, line, n = like.record, like.line, 0
    local after, differs = like.after, like.differs
    local user = list[i]

    while user and left > n and args[i] == like.args and not recs[user] do
        n = n + 1

        local s = format('%d', seq + n)
        local rec = '1;' .. s .. record

        if own then
            local code, extra = own(seq + n, s, user)

            rec = differs and rec .. extra or rec
            unlike[logs + n] = code
            out[9 + i] = 'won\n' .. s .. line .. code .. after

        else
            out[9 + i] = 'won\n' .. s .. line
        end

        recs[user] = rec
        set[sets + 1], set[sets + 2] = user, rec
        sets = sets + 2

        log[logs + n], likes[logs + n] = user, s

        i = i + 1
        user = list[i]
    end

    logs = logs + n
    c.seq = seq + n
    c.out = c.out + n
    c.held = c.held + like.held * n

    return i
end


local function claim(user, a)
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

    if had[user] and a.key == '' and c.per_user > 1 then
        return 'pending'
    end

    local word = closed()

    if word then
        -- early is no loss: who holds tickets finds them by rush_result
        return sub(word, 1, 5) == 'early' and word or refuse(rec, word)
    end

    if c.audience ~= '' then
        if a.audience ~= c.audience then
            return 'audience'     -- of another version: to be asked anew
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

        -- what has just come back is not for this one: see returned()
        if left(a.item) < a.units or c.reopen > now then
            return refuse(recs[user] and record(user), 'sold_out')
        end
    end

    return take(user, a)
end


local status = load_campaign()

if status then
    return reply(status)
end

local list, n = {}, 0

for i = 6, #ARGV, 2 do
    n = n + 1
    list[n] = ARGV[i]


    local s = ARGV[i + 1]
    local a = parsed[s]

    if not a then
        a = parse(s)
        parsed[s] = a
        names[a.item] = true
    end

    args[n] = a
end

status = load_users(list) or load_items(names)

if status then
    return reply(status)
end

if repeated then
    for user, rec in pairs(recs) do
        had[user] = rec
    end
end

local out = { 0, 0, 0, 0, 0, 0, 0, 0, 0 }
local i = 1

while i <= n do
    if like and c.reopen <= now then
        i = take_alike(list, i, out)
    end

    if i <= n then
        out[9 + i] = claim(list[i], args[i])
        i = i + 1
    end
end

commit()

for k, v in ipairs(reply('ok')) do
    out[k] = v
end

return out
