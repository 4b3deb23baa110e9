# Shared memory is only a cache: small, full or lost it costs speed.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: the smallest zone, flooded with unknown ids
--- campaign
sale stock=1000
soon stock=1000 starts=+1h
--- http_config
    rush_zone zone=small:64k;
--- config
    location ~ ^/claim/(?<c>.*)$ { rush_user $arg_u; rush_claim $c; }
--- log_level: warn
--- steps
POST /claim/sale?u=ann
200 {"outcome":"won",...}
row 3000 POST /claim/nothing-%d?u=u
= 404 unknown 3000
POST /claim/sale?u=ann
200 {"outcome":"again",...}
POST /claim/sale?u=bob
200 {"outcome":"won",...}
POST /claim/soon?u=bob
425 {"outcome":"early",...}
$ grep -c -e '\[warn' -e '\[error' $R/logs/error.log | awk '{ print ($1 < 20) }'
= 1
--- error_log
--- timeout: 30



=== TEST 2: more campaigns than the zone can hold
--- campaign
sale stock=10
--- http_config
    rush_zone zone=small:64k;
--- config
    location ~ ^/claim/(?<c>.*)$ { rush_user $arg_u; rush_claim $c; }
--- log_level: warn
--- steps
$ for i in $(seq 1000); do
      for k in '' :users :events; do
          echo "COPY rush:{sale}$k rush:{s$i}$k"
      done
      echo "ZADD rush:campaigns inf s$i"
  done | redis-cli -s $TEST_NGINX_REDIS >$D/out
row 1000 POST /claim/s%d?u=u
= 200 won 1000
row 1000 POST /claim/s%d?u=u
= 200 again 1000
redis HGET rush:{s1} out
= 1
redis HGET rush:{s1000} out
= 1
--- error_log
--- timeout: 30



=== TEST 3: long ids, flooded
--- campaign
sale stock=10
--- http_config
    rush_zone zone=small:64k;
--- config
    location ~ ^/claim/(?<c>.*)$ { rush_user $arg_u; rush_claim $c; }
--- log_level: warn
--- steps
row 2000 POST /claim/<x*60>%04d?u=u
= 404 unknown 2000
POST /claim/sale?u=ann
200 {"outcome":"won",...}
--- error_log
--- timeout: 30



=== TEST 4: a zone of another size after a reload
--- campaign
sale stock=10
soon stock=10 starts=+1h
--- http_config
    rush_zone zone=mine:1m;
--- config
    location ~ ^/claim/(?<c>.*)$ { rush_user $arg_u; rush_claim $c; }
--- steps
POST /claim/sale?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim/soon?u=ann
425 {"outcome":"early",...}
reload s/mine:1m/mine:2m/
POST /claim/sale?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /claim/soon?u=ann
425 {"outcome":"early",...}
--- error_log



=== TEST 5: a zone by another name after a reload
--- campaign
sale stock=10
--- http_config
    rush_zone zone=mine:1m;
--- config
    location ~ ^/claim/(?<c>.*)$ { rush_user $arg_u; rush_claim $c; }
--- steps
POST /claim/sale?u=ann
200 {"outcome":"won","ticket":"<A>",...}
reload s/mine:1m/other:1m/
POST /claim/sale?u=ann
200 {"outcome":"again","ticket":"<A>",...}



=== TEST 6: a worker that is killed costs nothing
--- campaign
sale stock=10
--- http_config
    rush_zone zone=mine:1m;
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
$ kill -9 $(pgrep -P $(pid)); sleep 0.4
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log
exited on signal 9
--- no_error_log
[emerg]
