-- sweep: the operation of the one worker that looks after idle campaigns.
--
-- Expires holds that are due, trims the events that nobody needs any more and
-- removes a campaign when its time is over.  Fields of the one call: "1" to
-- trim.  Answer: "swept", "more:1" if another call is worth it at once, or
-- "removed" (the caller takes the id out of the index, another slot).

local function less(a, b)
    local ams, aseq = match(a, '^(%d+)%-(%d+)$')
    local bms, bseq = match(b, '^(%d+)%-(%d+)$')

    ams, bms = tonumber(ams), tonumber(bms)

    return ams < bms or ams == bms and tonumber(aseq) < tonumber(bseq)
end


-- Events older than keep, but never past what a group has not got or not
-- acknowledged, nor past the sweep's cursor while holds are out, nor those that
-- the play finds its tickets by.
local function trim(keep)
    local id = string.format('%d-0', math.max(0, now - keep))

    if c.due > 0 and less(c.swept, id) then
        id = c.swept
    end

    for _, group in ipairs(call('XINFO', 'GROUPS', events)) do
        local g = {}

        for i = 1, #group, 2 do
            g[group[i]] = group[i + 1]
        end

        local last = g['last-delivered-id']

        if g.pending > 0 then
            last = call('XPENDING', events, g.name)[2]
        end

        if less(last, id) then
            id = last
        end
    end

    call('XTRIM', events, 'MINID', id)
end


tickets()

local keep = tonumber(call('HGET', campaign, 'keep')) or 0
local span = play.span and play.span() or 0    -- ms; of tickets that are valid
local more = sweep()
local out

commit()

if c.ends > 0 and keep > 0 and c.held == 0
   and now >= c.ends + math.max(keep, span < math.huge and span or 0)
then
    call('UNLINK', unpack(KEYS))
    call('HSET', campaign, 'deleted', whole(now), 'lease', whole(c.lease))
    call('PEXPIRE', campaign, 60000)

    out = reply('ok')
    out[10] = 'removed'

    return out
end

if ARGV[7] == '1' and keep > 0 and span < math.huge
   and call('EXISTS', events) == 1
then
    trim(math.max(keep, span))
end

out = reply('ok')
out[10] = 'swept\tmore:' .. (more and 1 or 0)

return out
