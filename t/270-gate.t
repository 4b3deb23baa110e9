# Leases: what a campaign closed to all may be refused from memory, for how
# long, and to whom.  "asked" shows what Redis was asked for.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $arg_u;
    rush_item $arg_i;
    rush_units $arg_n;

    location = /claim { rush_claim sale; }
    location ~ ^/claim/(?<c>\w+)$ { rush_claim $c; }
    location = /cancel { rush_release; }
    location = /refund { rush_void; }
    location = /status { rush_status; }
_EOC_

run_tests();

__DATA__

=== TEST 1: sold out: losers from memory, a holder from Redis
--- campaign
sale stock=1 lease=10s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.1
asked
= LOOK rush:{sale} ann
= CLAIM rush:{sale} ann
= LOOK rush:{sale} bob
= XREVRANGE rush:{sale}:events + - COUNT 1
= HMGET rush:{sale} made seq
= HSCAN rush:{sale}:users 0 COUNT 512
POST /claim?u=bob
409 {"outcome":"sold_out","campaign":"sale","left":0,"now":<now>}
row 20 POST /claim?u=u%d
= 409 sold_out 20
many 100 POST /claim?u=m%d
= 409 sold_out 100
POST /claim?u=ann
200 {"outcome":"again","left":0,...}
wait 0.05
asked
= LOOK rush:{sale} ann
= CLAIM rush:{sale} ann
GET /status
200 {"leases":1,"campaigns":[{"redis":"main","prefix":"rush:","campaign":"sale","outcomes":{"won":1,"again":1,"sold_out":122},"memory":{"sold_out":121}}],...}



=== TEST 2: nobody ever won: there is nothing to read
--- campaign
sale stock=0 lease=10s
--- proxy
--- config
--- steps
row 20 POST /claim?u=u%d
= 409 sold_out 20
wait 0.1
asked
= LOOK rush:{sale} u1



=== TEST 3: paused
--- campaign
sale stock=5 lease=10s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
campaign sale paused=yes
row 2 POST /claim?u=u%d
= 423 paused 2
wait 0.1
asked
POST /claim?u=bob
423 {"outcome":"paused","campaign":"sale","now":<now>}
row 20 POST /claim?u=u%d
= 423 paused 20
asked
=
POST /claim?u=ann
200 {"outcome":"again",...}
asked
= LOOK rush:{sale} ann
= CLAIM rush:{sale} ann



=== TEST 4: ended, and the script has seen that
--- campaign
sale stock=5 lease=10s
past stock=5 lease=10s ends=-1s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
campaign sale ends=-1s
row 2 POST /claim?u=u%d
= 410 ended 2
wait 0.1
asked
POST /claim?u=bob
410 {"outcome":"ended","campaign":"sale","ends":<now-1s>,"now":<now>}
row 20 POST /claim?u=u%d
= 410 ended 20
asked
=
POST /claim?u=ann
200 {"outcome":"again",...}
asked
= LOOK rush:{sale} ann
= CLAIM rush:{sale} ann
# an end that came by itself, and that no script has seen
redis HGET rush:{past} over
= 1
redis HSET rush:{past} over 0
= 0
POST /claim/past?u=bob
410 {"outcome":"ended","ends":<now-1s>,...}
redis HGET rush:{past} over
= 1
POST /claim/past?u=bob
410 {"outcome":"ended","ends":<now-1s>,...}
row 20 POST /claim/past?u=u%d
= 410 ended 20
asked
= LOOK rush:{past} bob
= CLAIM rush:{past} bob
= LOOK rush:{past} bob
# the clock steps back, and it is over all the same
redis HSET rush:{past} ends <now+1h>
redis claims past 1 bob
= 1 ended



=== TEST 5: early is no lease, it may be any time now
--- campaign
sale stock=5 lease=10s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
campaign sale starts=+1h
POST /claim?u=bob
425
asked
row 2 POST /claim?u=u%d
= 425 early 2
asked
= LOOK rush:{sale} u1
= LOOK rush:{sale} u2
GET /status
200 {"leases":0,...}



=== TEST 6: lease=0, or a campaign of an older version: none is granted
--- campaign
sale stock=1 lease=0 hold=1m
old stock=1 hold=1m
--- redis
HDEL rush:{old} lease reopen closed
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim/old?u=ann
200 {"outcome":"won","ticket":"<B>",...}
asked
row 2 POST /claim?u=u%d
= 409 sold_out 2
row 2 POST /claim/old?u=u%d
= 409 sold_out 2
wait 0.05
asked
= LOOK rush:{sale} u1
= LOOK rush:{sale} u2
= LOOK rush:{old} u1
= LOOK rush:{old} u2
GET /status
200 {"leases":0,...}
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
POST /cancel?ticket=<B>
200 {"outcome":"released",...}
POST /claim?u=bob
200 {"outcome":"won",...}
POST /claim/old?u=bob
200 {"outcome":"won",...}



=== TEST 7: what comes back is for nobody until all leases are over
--- campaign
sale stock=2 hold=1m lease=1s
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
POST /claim?u=cat
409 {"outcome":"sold_out",...}
redis closed sale
= no
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
redis closed sale
= sold_out for 1s
redis HGET rush:{sale} reopen
= <R>
POST /claim?u=cat
409 {"outcome":"sold_out",...}
wait 0.4
# a second return does not make it later
POST /cancel?ticket=<B>
200 {"outcome":"released",...}
redis HGET rush:{sale} reopen
= <R>
POST /claim?u=dan
409 {"outcome":"sold_out",...}
wait 0.65
redis closed sale
= over
POST /claim?u=dan
200 {"outcome":"won","seq":3,...}
POST /claim?u=cat
200 {"outcome":"won","seq":4,...}



=== TEST 8: restocked, more stock, unpaused, a later end
--- campaign
void stock=1 lease=1s
pause stock=1 lease=1s paused=yes
end stock=1 lease=1s ends=-1s
both stock=0 lease=1s paused=yes
more stock=0 lease=1s
--- config
--- steps
POST /claim/void?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim/void?u=bob
409 {"outcome":"sold_out",...}
POST /claim/pause?u=bob
423 {"outcome":"paused",...}
POST /claim/end?u=bob
410 {"outcome":"ended",...}
POST /claim/both?u=bob
423 {"outcome":"paused",...}
POST /claim/more?u=bob
409 {"outcome":"sold_out",...}
POST /refund?ticket=<T>&restock=1
200 {"outcome":"void",...}
redis closed void
= sold_out for 1s
POST /claim/void?u=cat
409 {"outcome":"sold_out",...}
campaign pause paused=no
redis closed pause
= paused for 1s
POST /claim/pause?u=cat
423 {"outcome":"paused",...}
campaign end ends=+1h
redis closed end
= ended for 1s
POST /claim/end?u=cat
410 {"outcome":"ended","ends":<any>,...}
# closed for two reasons: it opens when the second is gone
campaign both paused=no
redis closed both
= no
campaign both stock=1
redis closed both
= sold_out for 1s
campaign both paused=yes
campaign both paused=no
redis closed both
= ~ ^(?:sold_out|paused) for 1s$
redis claims both 1 cat
= ~ ^1 (?:sold_out|paused)$
campaign more stock=1
redis closed more
= sold_out for 1s
wait 0.7
# a lease that begins now ends when it opens
POST /claim/more?u=cat
409 {"outcome":"sold_out",...}
wait 0.35
POST /claim/more?u=cat
200 {"outcome":"won",...}
POST /claim/void?u=cat
200 {"outcome":"won",...}
POST /claim/pause?u=cat
200 {"outcome":"won",...}
POST /claim/end?u=cat
200 {"outcome":"won",...}
POST /claim/both?u=cat
200 {"outcome":"won",...}



=== TEST 9: what was not closed to all need not wait
--- campaign
sale stock=2 hold=1m lease=10s items=red:1,blue:1
soon stock=2 lease=10s starts=+1h
--- config
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob&i=red
409 {"outcome":"sold_out",...}
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
redis closed sale
= no
POST /claim?u=bob&i=red
200 {"outcome":"won",...}
campaign sale stock=5
redis closed sale
= no
campaign soon starts=-1s stock=5
redis closed soon
= no
wait 1.1
POST /claim/soon?u=bob
200 {"outcome":"won",...}



=== TEST 10: reopen far ahead, because the clock has stepped back
--- campaign
sale stock=2 lease=500ms
--- redis
HSET rush:{sale} closed sold_out
--- config
--- steps
redis claims sale 1 ann
= 1 won
redis HSET rush:{sale} reopen <now+1h>
redis closed sale
= sold_out for 3600s
POST /claim?u=ann
200 {"outcome":"again",...}
redis closed sale
= sold_out for 1s
wait 0.55
POST /claim?u=bob
200 {"outcome":"won",...}



=== TEST 11: and nobody comes who holds a ticket
--- campaign
sale stock=1 lease=500ms
--- redis
HSET rush:{sale} closed sold_out
--- config
--- steps
redis HSET rush:{sale} reopen <now+1h>
POST /claim?u=bob
409 {"outcome":"sold_out",...}
redis closed sale
= sold_out for 1s
wait 0.55
POST /claim?u=bob
200 {"outcome":"won",...}



=== TEST 12: a lease is counted from before the question, not the answer
--- campaign
sale stock=0 lease=1s
--- proxy
TIME 2 delay 0.7
TIME 3+ delay 0.2
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 3s; }
--- config
--- steps
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.35
asked
&POST /claim?u=cat
409 {"outcome":"sold_out",...}
&POST /claim?u=dan
409 {"outcome":"sold_out",...}
asked
= ~ cat(?s:.*)dan



=== TEST 13: in the middle of a lease one asks, for all
--- campaign
sale stock=0 lease=1s
--- proxy
--- config
--- steps
POST /claim?u=bob
409 {"outcome":"sold_out",...}
asked
row 10 POST /claim?u=u%d
= 409 sold_out 10
asked
=
wait 0.55
many 10 POST /claim?u=u%d
= 409 sold_out 10
asked
= ~ ^LOOK rush:\{sale\} u\d+$
wait 0.4
# this would be the end of the first
row 10 POST /claim?u=u%d
= 409 sold_out 10
asked
=



=== TEST 14: an item is sold out, others are not
--- campaign
sale stock=6 lease=10s items=red:1,blue:5
--- proxy
--- config
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won",...}
POST /claim?u=bob&i=red
409 {"outcome":"sold_out",...}
asked
row 3 POST /claim?i=red&u=u%d
= 409 sold_out 3
asked
= LOOK rush:{sale} u1
= LOOK rush:{sale} u2
= LOOK rush:{sale} u3
POST /claim?i=blue&u=bob
200 {"outcome":"won",...}
GET /status
200 {"leases":0,...}



=== TEST 15: all items are: what memory may not answer under a lease
--- campaign
sale stock=2 lease=10s items=red:1,blue:1
plain stock=1 lease=10s
--- proxy
--- config
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won",...}
POST /claim?u=bob&i=blue
200 {"outcome":"won",...}
POST /claim/plain?u=ann
200 {"outcome":"won",...}
row 2 POST /claim?i=red&u=u%d
= 409 sold_out 2
row 2 POST /claim?i=blue&u=u%d
= 409 sold_out 2
row 2 POST /claim/plain?u=u%d
= 409 sold_out 2
wait 0.1
asked
POST /claim?u=dan&i=red
409 {"outcome":"sold_out",...}
POST /claim?u=dan&i=blue
409 {"outcome":"sold_out",...}
POST /claim/plain?u=dan
409 {"outcome":"sold_out",...}
asked
=
POST /claim?u=dan
400 {"outcome":"invalid","member":"item",...}
POST /claim?u=dan&i=green
404 {"outcome":"unknown",...}
POST /claim?u=bob&i=red
200 {"outcome":"again","item":"blue",...}
POST /claim/plain?u=dan&i=red
404 {"outcome":"unknown",...}
POST /claim/plain?u=dan&n=2
409 {"outcome":"limit","may":1,...}
POST /claim/plain
401
POST /claim/plain?u=dan&n=0
400



=== TEST 16: a hold runs out under a lease
--- campaign
sale stock=1 hold=200ms lease=800ms
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
row 2 POST /claim?u=u%d
= 409 sold_out 2
wait 0.2
asked
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.25
POST /claim?u=bob
409 {"outcome":"sold_out","left":1,...}
redis tickets sale ann
= given 1; 1 expired 1
redis closed sale
= sold_out for 1s
wait 0.85
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
--- redis_after
> events sale
won ann 1 units=1 until
expired ann 1 units=1
won bob 2 units=1 until



=== TEST 17: a connection that is lost ends all leases
--- campaign
sale stock=1 lease=10s
void stock=0 lease=10s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
row 2 POST /claim?u=u%d
= 409 sold_out 2
row 2 POST /claim/void?u=u%d
= 409 sold_out 2
wait 0.1
proxy
wait 0.1
asked
POST /claim?u=cat
409 {"outcome":"sold_out",...}
wait 0.1
POST /claim/void?u=cat
409 {"outcome":"sold_out",...}
asked
= LOOK rush:{sale} cat
= XREVRANGE rush:{sale}:events + - COUNT 1
= HMGET rush:{sale} made seq
= HSCAN rush:{sale}:users 0 COUNT 512
= LOOK rush:{void} cat
row 10 POST /claim?u=u%d
= 409 sold_out 10
POST /claim?u=ann
200 {"outcome":"again",...}
asked
= LOOK rush:{sale} ann
= CLAIM rush:{sale} ann
--- error_log



=== TEST 18: deleted, and made again within a lease
--- campaign
sale stock=1 lease=1s
other stock=1 lease=1s
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; timeout 2s; }
--- config
    rush_pass one;
    location = /two { rush_pass two; rush_claim sale; }
    location = /two/other { rush_pass two; rush_claim other; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /claim/other?u=ann
200 {"outcome":"won",...}
delete sale
delete other
campaign sale stock=5
# it cannot have a shorter one
campaign other stock=5 lease=0
redis HMGET rush:{sale} lease closed
= 1000
= paused
redis HMGET rush:{other} lease closed
= 1000
= paused
redis closed other
= paused for 1s
POST /two?u=cat
423 {"outcome":"paused",...}
POST /two/other?u=cat
423 {"outcome":"paused",...}
wait 1.05
POST /claim?u=bob
200 {"outcome":"won","seq":1,...}
POST /two?u=ann
200 {"outcome":"won","seq":2,...}
POST /two/other?u=ann
200 {"outcome":"won","seq":1,...}



=== TEST 19: all data is gone
--- campaign
sale stock=1 lease=10s
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
row 2 POST /claim?u=u%d
= 409 sold_out 2
wait 0.1
redis FLUSHALL
POST /claim?u=ann
503 {"outcome":"pending",...}
POST /claim?u=bob
503 {"outcome":"pending",...}
GET /status
200 {"leases":0,...}
--- error_log
has vanished
--- no_error_log
[emerg]
