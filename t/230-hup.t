# Reloads under claims: none fails, none is lost.

use lib '.';
use t::Rush 'no_plan';

no_shuffle();

run_tests();

__DATA__

=== TEST 1: claims while nginx is reloaded again and again
--- campaign
sale stock=100 hold=1h
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ (for i in 1 2 3 4 5 6 7 8; do sleep 0.15; kill -HUP $(pid); done) &
  for i in $(seq 250); do
      curl -s -o /dev/null -w '%{http_code}\n' -X POST "$U/claim?u=u$i"
  done | sort | uniq -c | tr -s ' '
  wait
=  100 200
=  150 409
--- timeout: 30
--- error_log
--- redis_after
> counters sale
total 100, out 100, seq 100, held 100, void 0



=== TEST 2: an old worker stays for an answer that is owed
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.8
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ (sleep 0.3; kill -HUP $(pid)) &
  curl -s -X POST "$U/claim?u=ann"
  wait
= {"outcome":"won",...}
wait 0.5
$ pgrep -P $(pid) | wc -l
= 1



=== TEST 3: so it does when nginx is told to quit
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.8
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ (sleep 0.3; kill -QUIT $(pid)) &
  curl -s -o /dev/null -w '%{http_code}\n' -X POST "$U/claim?u=ann"
  sleep 0.4
  [ -e $R/logs/nginx.pid ] || echo gone
  start
= 200
= gone



=== TEST 4: worker_shutdown_timeout ends the waiting
--- main_config
    worker_shutdown_timeout 500ms;
--- campaign
sale stock=10
--- proxy
CLAIM 1 never
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 20s; }
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ w=$(pgrep -P $(pid))
  (sleep 0.2; kill -HUP $(pid)) &
  curl -s -o /dev/null -w '%{http_code}\n' -X POST "$U/claim?u=ann"
  sleep 0.7
  kill -0 $w 2>/dev/null || echo gone
= ~ ^(?:503|000)\ngone$
POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log



=== TEST 5: what is known of campaigns outlives a reload
--- campaign
soon stock=10 starts=+1h
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim soon; }
--- steps
POST /claim?u=ann
425 {"outcome":"early",...}
reload
POST /claim?u=ann
425 {"outcome":"early","starts":<now+1h>,...}



=== TEST 6: a reload with a mistake changes nothing
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
reload s/rush_user [^;]*;//
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log
rush_user
--- no_error_log
[alert]



=== TEST 7: the sweep goes on after reloads, in one worker
--- campaign
sale stock=10 hold=1s
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
$ for i in 1 2 3; do kill -HUP $(pid); sleep 0.3; done
wait 2
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0



=== TEST 8: another Redis after a reload
--- campaign
sale stock=10
--- redis
COPY rush:{sale} rush:{sale} DB 1
COPY rush:{sale}:users rush:{sale}:users DB 1
COPY rush:{sale}:events rush:{sale}:events DB 1
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; database 0; }
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
reload s/database 0/database 1/
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
