# A definite answer after the unknown: a reply is lost, and who still waits is
# told what became of his call.  "ghost" is a command that Redis runs when its
# connection is long gone.

use lib '.';
use t::Rush 'no_plan';

our $redis = <<'_EOC_';
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 500ms; }
_EOC_

config_preamble(<<'_EOC_');
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /mine { rush_user $arg_u; rush_result sale; }
    location = /paid { rush_confirm; }
    location = /cancel { rush_release; }
    location = /refund { rush_void; }
    location = /redeem { rush_redeem; }
    location = /status { rush_status; }
_EOC_

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value(http_config => $redis) if !defined $block->http_config;
});

run_tests();

__DATA__

=== TEST 1: a claim that was carried out
--- campaign
sale stock=10
--- proxy
CLAIM 1 lose
--- config
--- steps
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=ann"
= ~ ^200 0\.[5678]
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
GET /status
200 ~ "pending":0,.*"unknown":1,"settled":1,
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1



=== TEST 2: a claim that never came to Redis
--- campaign
sale stock=10
--- proxy
CLAIM 1 close
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1



=== TEST 3: one that Redis runs when the connection is gone, in time
--- campaign
sale stock=10
--- proxy
CLAIM 1 ghost 0.3
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1



=== TEST 4: one that Redis runs too late takes nothing
--- campaign
sale stock=10
--- proxy
CLAIM 1 ghost 0.9
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
wait 0.8
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1
won bob 2 units=1
> counters sale
total 10, out 2, seq 2, held 0, void 0



=== TEST 5: a loss is told when the late claim cannot take any more
--- campaign
sale stock=1 hold=1m lease=0
--- proxy
CLAIM 1 ghost 1.6
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 1s; }
--- config
--- steps
$ curl -s -X POST "$U/claim?u=ann" >$D/ann &
wait 0.2
POST /claim?u=bob
200 {"outcome":"won","seq":1,"ticket":"<T>",...}
wait 0.9
$ for i in $(seq 50); do [ -s $D/ann ] && break; sleep 0.1; done
  cut -c2-21 $D/ann
= "outcome":"sold_out"
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
wait 0.8
GET /mine?u=ann
200 {"outcome":"found","tickets":[],...}
--- error_log
closed
--- redis_after
> events sale
won bob 1 units=1 until
released bob 1 units=1



=== TEST 6: others do not wait for it
--- campaign
sale stock=10
--- proxy
CLAIM 1 lose
--- config
--- steps
$ curl -s -X POST "$U/claim?u=ann" >$D/ann &
wait 0.1
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=bob"
= ~ ^200 0\.[01]
wait 0.6
$ for i in $(seq 50); do [ -s $D/ann ] && break; sleep 0.1; done
  cut -c2-18 $D/ann
= "outcome":"again"
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1
won bob 2 units=1



=== TEST 7: several units for a user: by key
--- campaign
sale stock=10 per_user=3
--- proxy
CLAIM 1 lose
CLAIM 3 close
CLAIM 5 lose
--- config
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","seq":1,...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
Idempotency-Key: three
200 {"outcome":"again","seq":3,...}
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1
won ann 2 units=1
won ann 3 units=1



=== TEST 8: several units, and no key: who had none has none, else nobody knows
--- campaign
sale stock=10 per_user=3
--- proxy
CLAIM 1 close
CLAIM 3 lose
CLAIM 5 close
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
POST /claim?u=ann
503 {"outcome":"pending",...}
POST /claim?u=ann
503 {"outcome":"pending",...}
GET /mine?u=ann
200 ~ "tickets":\[\{"ticket":"[^"]*","seq":2,.*\{"ticket":"[^"]*","seq":1,
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1
won ann 2 units=1



=== TEST 9: confirm, release and void, carried out or not
--- campaign
sale stock=10 hold=1m
--- proxy
SETTLE 1 lose
SETTLE 3 close
SETTLE 5 lose
SETTLE 7 close
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
POST /paid?ticket=<A>
200 {"outcome":"confirmed",...}
POST /cancel?ticket=<B>
200 {"outcome":"released",...}
POST /refund?ticket=<A>&restock=1
200 {"outcome":"void",...}
POST /cancel?ticket=<A>
409 {"outcome":"void","state":"void",...}
--- error_log
closed
--- redis_after
> counters sale
total 10, out 0, seq 2, held 0, void 0



=== TEST 10: redeem: the same only under the same key
--- campaign
sale kind=coupon stock=10
--- proxy
SETTLE 1 lose
SETTLE 3 lose
SETTLE 5 close
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
POST /claim?u=cat
200 {"outcome":"won","ticket":"<C>",...}
POST /redeem?ticket=<A>
Idempotency-Key: till
200 {"outcome":"redeemed",...}
POST /redeem?ticket=<B>
503 {"outcome":"pending",...}
POST /redeem?ticket=<C>
200 {"outcome":"redeemed",...}
POST /redeem?ticket=<B>
409 {"outcome":"redeemed","state":"redeemed",...}
--- error_log
closed



=== TEST 11: lost twice, and a third time
--- campaign
sale stock=10
--- proxy
CLAIM 1 close
CLAIM 2 lose
CLAIM 3 lose
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
closed



=== TEST 12: lost again and again has an end
--- campaign
sale stock=10
--- proxy
CLAIM * lose
--- config
--- steps
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=ann"
= ~ ^503 (?:0\.[5-9]|1\.[0-2])
GET /status
200 ~ "pending":0,.*"unknown":1,"settled":0,
--- error_log
closed



=== TEST 13: Redis is gone when it is to be asked
--- campaign
sale stock=10
--- proxy
CLAIM 1 lose
--- config
--- steps
$ curl -s -X POST "$U/claim?u=ann" >$D/ann &
wait 0.15
proxy off
wait 0.6
$ for i in $(seq 50); do [ -s $D/ann ] && break; sleep 0.1; done
  cut -c2-20 $D/ann
= "outcome":"pending"
--- error_log
--- no_error_log
[emerg]



=== TEST 14: Redis was gone, and is back in time
--- campaign
sale stock=10
--- proxy
CLAIM 1 lose
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 2s; }
--- config
--- steps
$ curl -s -X POST "$U/claim?u=ann" >$D/ann &
wait 0.15
proxy off
wait 0.2
proxy
wait 2
$ for i in $(seq 50); do [ -s $D/ann ] && break; sleep 0.1; done
  cut -c2-18 $D/ann
= "outcome":"again"
--- error_log
--- no_error_log
[emerg]



=== TEST 15: Redis' clock is behind what was believed, a little
--- campaign
sale stock=10
--- proxy
CLAIM 1 ahead 200
CLAIM 2 lose
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=bob"
= ~ ^200 0\.[789]
POST /claim?u=bob
200 {"outcome":"again","seq":2,...}
--- error_log
closed



=== TEST 16: or so much that nothing is known in time
--- campaign
sale stock=10
--- proxy
CLAIM 1 ahead 2000
CLAIM 2 lose
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
POST /claim?u=bob
503 {"outcome":"pending",...}
POST /claim?u=bob
200 {"outcome":"again","seq":2,...}
--- error_log
closed



=== TEST 17: clients that go while they wait
--- campaign
sale stock=10
--- proxy
CLAIM 1 lose
CLAIM 3 close
--- config
--- steps
$ curl -s -m 0.2 -X POST "$U/claim?u=ann"; echo $?
= 28
wait 0.6
GET /status
200 ~ "pending":0,.*"unknown":1,"settled":0,
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
$ curl -s -m 0.2 -X POST "$U/claim?u=bob" >/dev/null &
  curl -s -X POST "$U/claim?u=cat" | cut -c2-16; wait
= "outcome":"won"
wait 0.6
GET /status
200 ~ "pending":0,
--- error_log
closed
--- redis_after
> HEXISTS rush:{sale}:users cat
1



=== TEST 18: a worker that is told to quit waits for the truth
--- campaign
sale stock=10
--- proxy
CLAIM 1 lose
--- config
--- steps
$ curl -s -X POST "$U/claim?u=ann" >$D/ann &
wait 0.15
$ kill -HUP $(pid)
wait 0.7
$ for i in $(seq 50); do [ -s $D/ann ] && break; sleep 0.1; done
  cut -c2-18 $D/ann
= "outcome":"again"
--- error_log
closed



=== TEST 19: reads are repeated at once
--- campaign
sale stock=10
--- proxy
HMGET 1 close
--- config
--- steps
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=ann"
= ~ ^200 0\.[01]
--- error_log
closed
