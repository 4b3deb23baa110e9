# Several workers: one Redis, one shared memory, one sweep.

use lib '.';
use t::Rush 'no_plan';

workers(3);

config_preamble(<<'_EOC_');
    location = /claim {
        rush_user $arg_u; rush_claim $arg_c;
        add_header X-Worker $pid always;
    }

    location = /paid { rush_confirm; }
    location = /mine { rush_user $arg_u; rush_result $arg_c; }
    location = /status { rush_status; }
_EOC_

run_tests();

__DATA__

=== TEST 1: no more than there are, whoever answers
--- campaign
sale stock=30
--- config
--- steps
many 60 POST /claim?c=sale&u=u%d
= 200 won 30
= 409 sold_out 30
many 30 POST /claim?c=sale&u=same
= 409 sold_out 30
--- redis_after
> counters sale
total 30, out 30, seq 30, held 0, void 0



=== TEST 2: one user at all workers at once has one ticket
--- campaign
sale stock=30
--- config
--- steps
$ for i in $(seq 30); do
      curl -s -D - -X POST "$U/claim?c=sale&u=ann" | tr -d '\r' &
  done >$D/answers
  wait
  grep -c '"outcome":"again"' $D/answers
  grep -o '"ticket":"[^"]*"' $D/answers | sort -u | wc -l
= 29
= 1
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 3: unknown at one worker, and soon known to all
--- config
--- steps
many 30 POST /claim?c=sale&u=u%d
= 404 unknown 30
campaign sale stock=30
wait 1.1
many 30 POST /claim?c=sale&u=u%d
= 200 won 30



=== TEST 4: a change is seen by all within a second
--- campaign
sale stock=100 starts=+1h
--- config
--- steps
many 30 POST /claim?c=sale&u=u%d
= 425 early 30
campaign sale starts=-1h
wait 1.1
many 30 POST /claim?c=sale&u=u%d
= 200 won 30
campaign sale paused=yes
many 30 POST /claim?c=sale&u=other%d
= 423 paused 30
many 30 POST /claim?c=sale&u=u%d
= 200 again 30



=== TEST 5: only one worker sweeps
--- campaign
sale stock=10 hold=300ms
--- proxy
--- config
--- steps
POST /claim?c=sale&u=ann
200
wait 2.6
$ grep -c ^ZRANGE $D/proxy.log
= ~ ^[123]$
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0
> events sale
won ann 1 units=1 until
expired ann 1 units=1



=== TEST 6: a worker is killed, the others go on
--- campaign
sale stock=100
--- config
--- steps
many 10 POST /claim?c=sale&u=u%d
= 200 won 10
$ kill -9 $(pgrep -P $(pid) | head -n 1); sleep 0.3
many 20 POST /claim?c=sale&u=u%d
= 200 again 10
= 200 won 10
--- error_log
exited on signal 9
--- no_error_log
[emerg]



=== TEST 7: the worker that sweeps is killed
--- campaign
sale stock=100 hold=1500ms
--- config
--- steps
POST /claim?c=sale&u=ann
200
$ for w in $(pgrep -P $(pid)); do kill -9 $w; done; sleep 0.5
wait 3
--- error_log
exited on signal 9
--- no_error_log
[emerg]
--- redis_after
> counters sale
total 100, out 0, seq 1, held 0, void 0



=== TEST 8: a lease is for all workers, and ends for all
--- campaign
sale stock=30 lease=10s
--- proxy
RESULT 1 close
--- config
--- steps
many 30 POST /claim?c=sale&u=u%d
= 200 won 30
many 30 POST /claim?c=sale&u=other%d
= 409 sold_out 30
# those may all have been on their way at once; who looks has holders read
POST /claim?c=sale&u=other1
409 {"outcome":"sold_out",...}
wait 0.5
asked
many 60 POST /claim?c=sale&u=other%d
= 409 sold_out 60
asked
=
many 30 POST /claim?c=sale&u=u%d
= 200 again 30
asked
# one of them loses its connection
GET /mine?c=sale&u=u1
503 {"outcome":"pending",...}
asked
many 60 POST /claim?c=sale&u=other%d
= 409 sold_out 60
wait 0.5
asked
= ~ ^LOOK rush:\{sale\} other(?s:.*)\nHSCAN(?s:.*)
many 30 POST /claim?c=sale&u=u%d
= 200 again 30
asked
many 60 POST /claim?c=sale&u=other%d
= 409 sold_out 60
asked
=
--- error_log



=== TEST 9: what all workers have counted, whoever tells
--- campaign
sale stock=20 lease=10s
--- config
--- steps
many 40 POST /claim?c=sale&u=u%d
= 200 won 20
= 409 sold_out 20
$ for i in $(seq 12); do
      curl -s $U/status |
          grep -o '"ready":[0-9]*\|"campaign":"sale","outcomes":{[^}]*}'
  done | sort | uniq -c | tr -s ' '
=  12 "campaign":"sale","outcomes":{"won":20,"sold_out":20}
=  12 "ready":3
reload s/worker_processes.*/worker_processes 1;/
$ curl -s $U/status | grep -o '"ready":[0-9]*'
= "ready":1



=== TEST 10: one reads a state for all of them
--- campaign
sale stock=20
--- proxy
--- config
    location = /state { rush_state sale; }
--- steps
GET /state
200 {"left":20,...}
asked
= HGETALL rush:{sale}
many 60 GET /state
= 200 found 60
asked
=
