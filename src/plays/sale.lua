-- sale: a win takes units of the stock; with a hold it waits to be confirmed.
--
-- A play says what a win takes and what is given back; the frame does the
-- rest for a whole batch.  Adding a play is adding a file like this one.
--
--   take(t, claim, user, rec)  sets state, till (deadline, ms) and extra of the
--                   new ticket t, which is confirmed and has none before;
--                   returns an outcome if there is nothing to take
--   give(t)         t is no longer live; returns how many units of the supply
--                   went with it, if the campaign has a supply
--   show(t)         what an answer says of t: "TAB name=text TAB name:number"
--   event(t, word)  members of an event of t, beside those of the frame
--   store()         writes of the play's own keys
--   verbs           verb -> { state it needs = state it gives }
--   alike           wins of plain claims (one unit, nothing else said) in one
--                   batch differ only in seq: lets the frame copy the first;
--                   or a function, called once a batch, if they differ by a
--                   code, too.  It returns a function of seq (number and text)
--                   and user, which returns the code and, unless all have the
--                   same, the extra; the extra that all have, or nil; and what
--                   is shown before the code and after it
--
-- and those that only some plays need:
--
--   more()          makes what wins of plain claims need not, such as verbs and
--                   give, before any of that is needed: making it costs a call
--   redeem(t, at, key, by)  notes in t who redeemed it, when (ms), and the hash
--                   of his idempotency key, or ''
--   redeemed(t)     returns these three
--   find(code)      user and seq of the ticket that has this code, or nothing
--   put(list)       adds codes to the pool; returns how many were new
--   span()          how long a ticket lives after it was given, ms: so long its
--                   events and its campaign stay
--   auditor()       parts of an audit: see check.lua
--
-- @play   sale
-- @member hold      duration 0 30d         0
-- @state  held confirmed released expired void
-- @verb   confirm release void

play = { alike = true }

function play.take(t)
    if c.hold > 0 then
        t.state, t.till = 'h', now + c.hold
    end
end


function play.show(t)
    return t.state == 'h' and '\thold_until:' .. whole(t.till) or ''
end


function play.event(t, word)
    return word == 'won' and t.state == 'h' and { 'until', whole(t.till) }
           or {}
end


function play.store()
end


function play.more()
    play.verbs = {
        confirm = { h = 'c', x = 'c' },
        release = { h = 'r' },
        void = { c = 'v' },
    }

    function play.give()
    end
end
