-- check: the operation behind GET /campaigns/ID/check.  Reads, a slice a call.
--
-- The field of a call is what the last answer said to be the "state"; empty to
-- begin.  Answer: "more" and the state, or "found" and
--   consistent  true; false; null, if the campaign has changed meanwhile
--   problems    a JSON array of sentences, the first few
--
-- A stage is a function of the state s, which lasts from call to call: its
-- s.cursor begins as "0", and it returns true when it is done.  A play may have
-- more: play.auditor() returns a function of s, user and record, that sees
-- every record, or nil, and a list of stages.

local audit_more, stages_more


-- An audit notes what is wrong, or, as an advice, what is not as it should be;
-- and adds up what it sees.
function problem(s, text, advice)
    if #s.problems < PROBLEMS then
        s.problems[#s.problems + 1] = text
    end

    s.wrong = s.wrong or not advice
end


function add(t, name, n)
    t[name] = (t[name] or 0) + n
end


local function audit(s, user, rec)
    local last = 0

    for _, t in ipairs(rec) do
        local seq = tonumber(t.seq)

        if not WORDS[t.state] or seq <= last or seq > c.seq then
            problem(s, 'the record of ' .. user .. ' is damaged at ticket '
                       .. t.seq)
        end

        if t.state == 'h' then
            add(s, 'held', t.units)
        end

        if LIVE[t.state] and t.item ~= '' then
            add(s.items, t.item, t.units)
        end

        last = seq
    end

    add(s, 'given', rec.given)
    add(s, 'live', rec.live)

    if audit_more then
        audit_more(s, user, rec)
    end
end


local stages = {}


stages[1] = function(s)
    local found = call('HSCAN', users, s.cursor, 'COUNT', SLICE)

    for i = 1, #found[2], 2 do
        if found[2][i] ~= '' then
            recs[found[2][i]] = found[2][i + 1]
            audit(s, found[2][i], record(found[2][i]))
        end

        add(s, 'users', 1)
    end

    s.cursor = found[1]

    return s.cursor == '0'
end


-- won events that are still there: one for each ticket, in order
stages[2] = function(s)
    local from = s.cursor == '0' and '-' or '(' .. s.cursor
    local found = call('XRANGE', events, from, '+', 'COUNT', SLICE)

    for _, entry in ipairs(found) do
        local f = entry[2]

        if f[2] == 'won' then
            local seq = tonumber(f[6])

            if s.won and seq ~= s.won + 1 then
                problem(s, 'the event of ticket ' .. whole(s.won + 1)
                           .. ' is missing')
            end

            s.won = seq
        end

        s.cursor = entry[1]
    end

    return #found < SLICE
end


local function equal(s, what, is, name, must)
    if is ~= must then
        problem(s, name .. ' is ' .. whole(must) .. ', but ' .. what .. ' '
                   .. whole(is))
    end
end


local function sums(s)
    equal(s, 'live tickets have', s.live, 'out', c.out)
    equal(s, 'holds have', s.held, 'held', c.held)
    equal(s, 'users were given', s.given, 'seq', c.seq)
    equal(s, 'the stock without what is void, as far as there is a supply, is',
          math.min(math.max(0, c.stock - c.void), c.supply), 'total', c.total)

    if s.won then
        equal(s, 'the last win that has an event is', s.won, 'seq', c.seq)
    end

    for item in gmatch(call('HGET', campaign, 'items') or '', '%S+') do
        s.items[item] = s.items[item] or 0
    end

    for item, live in pairs(s.items) do
        equal(s, 'live tickets have', live, 'out of ' .. item,
              tonumber(call('HGET', campaign, 'out:' .. item)) or 0)
    end
end


-- what no slice may see changed
local function mark()
    local last = call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]

    return concat({ c.made, c.version, c.out, c.seq, c.held, c.void,
                    tostring(c.supply), last and last[1] or '' }, ' ')
end


local function answer(consistent, problems)
    return 'found\tconsistent:' .. consistent .. '\tproblems:'
           .. (#problems == 0 and '[]' or cjson.encode(problems))
end


local function check(text)
    local s = text ~= '' and cjson.decode(text)
              or { mark = mark(), stage = 1, cursor = '0', problems = {},
                   items = {}, users = 0, live = 0, held = 0, given = 0 }

    if s.mark ~= mark() then
        return answer('null', {})
    end

    if stages[s.stage](s) then
        s.stage, s.cursor = s.stage + 1, '0'
    end

    if s.stage <= #stages then
        return 'more\tstate=' .. cjson.encode(s)
    end

    if s.users ~= call('HLEN', users) then
        return answer('null', {})
    end

    sums(s)

    return answer(s.wrong and 'false' or 'true', s.problems)
end


tickets()

if play.auditor then
    audit_more, stages_more = play.auditor()

    for _, stage in ipairs(stages_more) do
        stages[#stages + 1] = stage
    end
end

local out = {}

for i = 6, #ARGV, 2 do
    out[#out + 1] = check(ARGV[i + 1])
end

return finish(out)
