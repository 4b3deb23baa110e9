# Holds: how they end, who sees that they have ended, what comes back.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n; rush_claim sale;
    }

    location = /mine { rush_user $arg_u; rush_result sale; }
    location = /paid { rush_confirm; }
    location = /cancel { rush_release; }
_EOC_

run_tests();

__DATA__

=== TEST 1: what is held is not there for others
--- campaign
sale stock=1 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","left":0,...}
POST /claim?u=bob
409 {"outcome":"sold_out","left":0,...}
--- redis_after
> counters sale
total 1, out 1, seq 1, held 1, void 0



=== TEST 2: expired by the claim that wants the unit
--- campaign
sale stock=1 hold=200ms lease=0
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 0.3
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
--- redis_after
> tickets sale ann
given 1; 1 expired 1
> counters sale
total 1, out 1, seq 2, held 1, void 0



=== TEST 3: the order of events: expired, then won
--- campaign
sale stock=1 hold=200ms lease=0
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 0.3
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
redis events sale
= won ann 1 units=1 until
= expired ann 1 units=1
= won bob 2 units=1 until



=== TEST 4: expired by the sweep, when nobody claims
--- campaign
sale stock=3 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
200 {"outcome":"won",...}
wait 1.8
--- redis_after
> counters sale
total 3, out 0, seq 2, held 0, void 0
> events sale
won ann 1 units=1 until
won bob 2 units=1 until
expired ann 1 units=1
expired bob 2 units=1



=== TEST 5: the sweep finds campaigns that this nginx has not seen
--- campaign
sale stock=3 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
restart
wait 2.2
--- redis_after
> counters sale
total 3, out 0, seq 1, held 0, void 0



=== TEST 6: not before its time
--- campaign
sale stock=1 hold=3s
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","hold_until":<now+3s>,...}
wait 1.5
POST /claim?u=bob
409 {"outcome":"sold_out",...}
--- redis_after
> tickets sale ann
given 1; 1 held 1



=== TEST 7: what is confirmed does not expire
--- campaign
sale stock=1 hold=300ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
wait 1.8
POST /claim?u=bob
409 {"outcome":"sold_out",...}
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 8: a late confirm gets the unit back, if it is still there
--- campaign
sale stock=1 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 1.6
redis tickets sale ann
= given 1; 1 expired 1
POST /paid?ticket=<T>
200 {"outcome":"confirmed","ticket":"<T>","state":"confirmed",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0
> events sale
won ann 1 units=1 until
expired ann 1 units=1
retaken ann 1 units=1



=== TEST 9: a confirm after the time, before anybody has swept
--- campaign
sale stock=1 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 0.25
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0



=== TEST 10: a late confirm when the unit is gone
--- campaign
sale stock=1 hold=200ms lease=0
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 0.3
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
POST /paid?ticket=<B>
200 {"outcome":"confirmed",...}
POST /paid?ticket=<T>
410 {"outcome":"expired","state":"expired",...}
--- redis_after
> counters sale
total 1, out 1, seq 2, held 0, void 0



=== TEST 11: a late confirm when the campaign is paused
--- campaign
sale stock=1 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 1.6
campaign sale paused=yes
POST /paid?ticket=<T>
410 {"outcome":"expired",...}
campaign sale paused=no
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}



=== TEST 12: a late confirm when the user has another ticket by now
--- campaign
sale stock=5 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
wait 1.6
campaign sale hold=1m
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
POST /paid?ticket=<A>
410 {"outcome":"expired",...}
POST /paid?ticket=<B>
200 {"outcome":"confirmed",...}
--- redis_after
> counters sale
total 5, out 1, seq 2, held 0, void 0



=== TEST 13: a late confirm after the end of the campaign
--- campaign
sale stock=5 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
wait 1.6
campaign sale ends=-1s
POST /paid?ticket=<A>
200 {"outcome":"confirmed",...}



=== TEST 14: a late release
--- campaign
sale stock=5 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
wait 1.6
POST /cancel?ticket=<A>
410 {"outcome":"expired",...}
--- redis_after
> counters sale
total 5, out 0, seq 1, held 0, void 0
> events sale
won ann 1 units=1 until
expired ann 1 units=1



=== TEST 15: held units and items come back
--- campaign
sale stock=10 per_user=5 hold=200ms items=red:5,blue:5
--- config
--- steps
POST /claim?u=ann&i=red&n=3
200 {"outcome":"won",...}
POST /claim?u=bob&i=blue&n=5
200 {"outcome":"won",...}
redis counters sale
= total 10, out 8, seq 2, held 8, void 0; blue 5/5; red 3/5
wait 1.8
--- redis_after
> counters sale
total 10, out 0, seq 2, held 0, void 0; blue 0/5; red 0/5
> events sale
won ann 1 units=3 item=red until
won bob 2 units=5 item=blue until
expired ann 1 units=3 item=red
expired bob 2 units=5 item=blue



=== TEST 16: some confirmed, some released, some expired
--- campaign
sale stock=10 hold=1s
--- config
--- steps
POST /claim?u=ann
200 {"ticket":"<A>",...}
POST /claim?u=bob
200 {"ticket":"<B>",...}
POST /claim?u=cat
200 {"ticket":"<C>",...}
POST /paid?ticket=<A>
200
POST /cancel?ticket=<B>
200
wait 2.5
--- redis_after
> counters sale
total 10, out 1, seq 3, held 0, void 0
> events sale
won ann 1 units=1 until
won bob 2 units=1 until
won cat 3 units=1 until
confirmed ann 1 units=1
released bob 2 units=1
expired cat 3 units=1



=== TEST 17: many holds, one sweep after another
--- campaign
sale stock=2000 per_user=1 hold=1500ms
--- config
--- steps
row 700 POST /claim?u=u%d
= 200 won 700
wait 3.5
--- redis_after
> counters sale
total 2000, out 0, seq 700, held 0, void 0



=== TEST 18: an expired holder claims again
--- campaign
sale stock=1 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>","seq":1,...}
wait 1.6
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>","seq":2,...}
--- redis_after
> tickets sale ann
given 2; 1 expired 1; 2 held 1



=== TEST 19: a holder whose time is over, before anybody has swept
--- campaign
sale stock=1 hold=200ms lease=0
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
wait 0.3
GET /mine?u=ann
200 {"outcome":"found",...}
POST /claim?u=bob
200 {"outcome":"won",...}
POST /claim?u=ann
409 {"outcome":"sold_out",...}



=== TEST 20: events older than keep are trimmed
--- campaign
sale stock=10 keep=1s
--- config
--- steps
POST /claim?u=ann
200
POST /claim?u=bob
200
redis XLEN rush:{sale}:events
= 2
wait 1.2
restart
wait 1.5
redis XLEN rush:{sale}:events
= 0
--- no_audit



=== TEST 21: but not what a group has not got, or not acknowledged
--- campaign
sale stock=10 keep=1s
--- config
--- redis
XGROUP CREATE rush:{sale}:events orders 0
XGROUP CREATE rush:{sale}:events mails 0
--- steps
POST /claim?u=ann
200
POST /claim?u=bob
200
redis XREADGROUP GROUP orders one COUNT 9 STREAMS rush:{sale}:events >
redis XREADGROUP GROUP mails one COUNT 9 NOACK STREAMS rush:{sale}:events >
wait 1.2
restart
wait 1.5
redis XLEN rush:{sale}:events
= 2



=== TEST 22: nor what the sweep itself has not seen
--- campaign
sale stock=10 keep=1s hold=1h
--- config
--- steps
POST /claim?u=ann
200
wait 1.2
restart
wait 1.5
redis XLEN rush:{sale}:events
= 1



=== TEST 23: nothing of what is younger
--- campaign
sale stock=10 keep=1h
--- config
--- steps
POST /claim?u=ann
200
restart
wait 1.5
redis XLEN rush:{sale}:events
= 1



=== TEST 24: what has expired comes back when the leases are over
--- campaign
sale stock=1 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 0.3
POST /claim?u=bob
409 {"outcome":"sold_out","left":1,...}
redis events sale
= won ann 1 units=1 until
= expired ann 1 units=1
redis tickets sale ann
= given 1; 1 expired 1
wait 0.55
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
--- redis_after
> events sale
won ann 1 units=1 until
expired ann 1 units=1
won bob 2 units=1 until
> counters sale
total 1, out 1, seq 2, held 1, void 0



=== TEST 25: a late confirm is no claim: it need not wait for leases
--- campaign
sale stock=1 hold=200ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 0.3
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed","ticket":"<T>",...}
wait 0.55
POST /claim?u=bob
409 {"outcome":"sold_out","left":0,...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>",...}
--- redis_after
> events sale
won ann 1 units=1 until
expired ann 1 units=1
retaken ann 1 units=1



=== TEST 26: what expires in a batch is for nobody in it
--- campaign
sale stock=2 hold=300ms lease=1s
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 0.35
redis claims sale 3 u%d
= 2 sold_out, 1 won
redis closed sale
= sold_out for 1s
--- redis_after
> events sale
won ann 1 units=1 until
won u1 2 units=1 until
expired ann 1 units=1



=== TEST 27: the clock goes back behind the making of the campaign
--- campaign
sale stock=2 hold=1m lease=0
--- config
--- steps
redis HSET rush:{sale} made 1999999999999
= 0
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>","seq":1,...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>","seq":1,...}
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>","seq":2,...}
POST /paid?ticket=<B>
200 {"outcome":"confirmed",...}
--- redis_after
> tickets sale ann
given 1; 1 released 1
> counters sale
total 2, out 1, seq 2, held 0, void 0



=== TEST 28: an id that stands in the index before its campaign is made
--- config
--- steps
redis ZADD rush:campaigns inf sale
= 1
wait 2.3
campaign sale kind=sale stock=1
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
