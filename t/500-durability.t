# "durability disk": a Redis that may lose wins is refused, and the log says
# what to set.  What the private Redis is set to is put back after each block.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /status { rush_status; }
_EOC_

add_block_preprocessor(sub {
    my $block = shift;

    return if defined $block->dies;

    $block->set_value('config', '') unless defined $block->config;

    my $redis = defined $block->proxy ? 'PROXY' : 'REDIS';

    $block->set_value('http_config',
                      "    rush_redis main { server unix:\$TEST_NGINX_$redis;"
                      . ' durability disk; timeout 4s; connect_timeout 4s; }')
        unless defined $block->http_config;

    $block->set_value('redis_after', ($block->redis_after // '')
                                     . "> disk off\nOK\n");
});

run_tests();

__DATA__

=== TEST 1: all is as it must be
--- campaign
sale stock=10
--- redis
disk
--- proxy
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
GET /status
200 ~ "ready":1,.*"errors":\{\}
$ sed -n '/^CONFIG/ { s/.* GET //; p; q; }' $D/proxy.log
= appendonly appendfsync no-appendfsync-on-rewrite maxmemory-policy
--- greeting: ~ ^CONNECT\nCLIENT .*\nINFO server\nCONFIG .*\nINFO .*\nTIME\nPING



=== TEST 2: it is asked for once a second, and only that
--- campaign
sale stock=10
--- redis
disk
--- proxy
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 3.3
$ awk '/^CONFIG/ { n++ } END { print (n >= 3 && n <= 5) }' $D/proxy.log
= 1
$ grep -c -e CONNECT -e PING $D/proxy.log
= 2



=== TEST 3: durability none asks for nothing
--- campaign
sale stock=10
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; durability none; }
--- proxy
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 1.2
$ grep -c -e CONFIG -e persistence $D/proxy.log
= 0



=== TEST 4: no AOF
--- campaign
sale stock=10
--- redis
disk
CONFIG SET appendonly no
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log eval
[qr/\[crit\] .*redis at unix:\S+ is not durable: "appendonly" is "no", must/,
 'must be "yes" ("CONFIG SET appendonly yes", and in redis.conf), "durability'
 . ' disk" of "rush_redis" asks for it, rush_redis: "main"']
--- no_error_log
[alert]
[emerg]
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 5: everysec
--- campaign
sale stock=10
--- redis
disk
CONFIG SET appendfsync everysec
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
[crit]
is not durable: "appendfsync" is "everysec", must be "always" ("
must be "always" ("CONFIG SET appendfsync always", and in redis.conf)
--- no_error_log
[alert]
[emerg]
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 6: no fsync while the AOF is rewritten
--- campaign
sale stock=10
--- redis
disk
CONFIG SET no-appendfsync-on-rewrite yes
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
[crit]
is not durable: "no-appendfsync-on-rewrite" is "yes", must be "no" ("
must be "no" ("CONFIG SET no-appendfsync-on-rewrite no", and in redis.conf)
--- no_error_log
[alert]
[emerg]
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 7: eviction
--- campaign
sale stock=10
--- redis
disk
CONFIG SET maxmemory-policy volatile-lru
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
[crit]
is not durable: "maxmemory-policy" is "volatile-lru", must be "noeviction" ("
must be "noeviction" ("CONFIG SET maxmemory-policy noeviction", and in redis.
--- no_error_log
[alert]
[emerg]
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 8: all that is wrong is in one line, which is not said again
--- campaign
sale stock=10
--- redis
CONFIG SET maxmemory-policy allkeys-lru no-appendfsync-on-rewrite yes
--- steps
row 40 POST /claim?u=u%d
= 503 pending 40
wait 2.5
$ grep -c 'durable: ' $R/logs/error.log
= 1
GET /status
200 ~ "ready":0,.*"connects":0,.*"errors":\{"not_durable":[1-9]\d*\}
--- error_log eval
'is not durable: "appendonly" is "no", must be "yes"; '
. '"appendfsync" is "everysec", must be "always"; '
. '"no-appendfsync-on-rewrite" is "yes", must be "no"; '
. '"maxmemory-policy" is "allkeys-lru", must be "noeviction" ('
. '"CONFIG SET appendonly yes appendfsync always no-appendfsync-on-rewrite no '
. 'maxmemory-policy noeviction", and in redis.conf), "durability disk" of'
--- no_error_log
[alert]
[emerg]



=== TEST 9: what the line says is what mends it
--- campaign
sale stock=10
--- redis
CONFIG SET maxmemory-policy allkeys-lru no-appendfsync-on-rewrite yes
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
$ said=$(sed -n 's/.*"\(CONFIG SET [^"]*\)".*/\1/p' $R/logs/error.log |
      tail -n 1)
  redis-cli -s $TEST_NGINX_REDIS $said
= OK
~POST /claim?u=ann
200 {"outcome":"won",...}
# each worker says so once
$ sed -n 's/.*\[notice\] \([0-9]*\)#.*redis at unix:.* is durable, .*/\1/p' \
      $R/logs/error.log | sort | uniq -c | awk '{ print $1 }' | sort -u
= 1
--- error_log
--- no_error_log
[alert]
[emerg]



=== TEST 10: a setting is changed while Redis sells, and changed back, twice
--- campaign
sale stock=10
--- redis
disk
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
redis CONFIG SET appendfsync everysec
wait 2
POST /claim?u=bob
503 {"outcome":"pending",...}
POST /claim?u=ann
503 {"outcome":"pending",...}
redis CONFIG SET appendfsync always
~POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
redis CONFIG SET maxmemory-policy allkeys-random
wait 2
POST /claim?u=bob
503 {"outcome":"pending",...}
redis CONFIG SET maxmemory-policy noeviction
~POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
GET /status
200 ~ "ready":1,.*"connects":3,.*"lost":2,
$ grep -c 'not durable: ' $R/logs/error.log
= 2
$ grep -c ' is durable, ' $R/logs/error.log
= 2
--- error_log
--- no_error_log
[alert]
[emerg]
--- redis_after
> counters sale
total 10, out 2, seq 2, held 0, void 0



=== TEST 11: calls under way when it is found are not known, and not lost
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 2 delay 2.5
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY; durability disk;
        timeout 3s; connect_timeout 5s;
    }
--- steps
POST /claim?u=bob
200 {"outcome":"won","seq":1,...}
redis CONFIG SET appendfsync everysec
wait 1.2
POST /claim?u=ann
503 {"outcome":"pending",...}
redis counters sale
= total 10, out 2, seq 2, held 0, void 0
redis CONFIG SET appendfsync always
~POST /claim?u=ann
200 {"outcome":"again","seq":2,...}
--- error_log
"appendfsync" is "everysec"
--- no_error_log
[alert]
[emerg]



=== TEST 12: appendonly is not in force before the first rewrite is over
--- campaign
sale stock=10
--- redis
CONFIG SET appendfsync always rdb-key-save-delay 900000
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis CONFIG SET appendonly yes
redis CONFIG GET appendonly
= appendonly
= yes
wait 1.5
POST /claim?u=ann
503 {"outcome":"pending",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
~POST /claim?u=ann
200 {"outcome":"won",...}
$ redis-cli -s $TEST_NGINX_REDIS INFO persistence |
      grep -c aof_rewrite_in_progress:0
= 1
--- timeout: 15
--- error_log eval
['"appendonly" is "no"',
 'not known to be durable: "appendonly" comes into force with the end of the '
 . 'rewrite of the AOF that is under way, "durability disk"']
--- no_error_log
[alert]
[emerg]



=== TEST 13: who has not seen it without does not believe it before that
--- campaign
sale stock=10
--- redis
disk
CONFIG SET rdb-key-save-delay 1200000
BGREWRITEAOF
--- proxy
INFO * edit aof_base_size:\d aof_base_size:0
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
redis CONFIG SET rdb-key-save-delay 0 appendonly no
redis disk
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
not known to be durable: "appendonly" comes
--- no_error_log
[alert]
[emerg]



=== TEST 14: any other rewrite stops nobody, nor who comes while it goes on
--- campaign
sale stock=10
--- redis
disk
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis CONFIG SET rdb-key-save-delay 1200000
redis BGREWRITEAOF
wait 1.2
POST /claim?u=bob
200 {"outcome":"won",...}
reload
POST /claim?u=cat
200 {"outcome":"won",...}
$ redis-cli -s $TEST_NGINX_REDIS INFO persistence |
      grep -c aof_rewrite_in_progress:1
= 1
redis CONFIG SET rdb-key-save-delay 0 appendonly no
GET /status
200 ~ "lost":0,(?!.*"not_durable")



=== TEST 15: a user who may not ask
--- user_files
>>> password
hunter2
--- campaign
sale stock=10
--- redis
disk
user shop hunter2
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS; durability disk;
        timeout 4s; connect_timeout 4s;
        user shop; password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis ACL SETUSER shop +config|get
~POST /claim?u=ann
200 {"outcome":"won",...}
redis ACL SETUSER shop -info
wait 2
POST /claim?u=bob
503 {"outcome":"pending",...}
redis ACL SETUSER shop +info
~POST /claim?u=bob
200 {"outcome":"won",...}
redis ACL DELUSER shop
--- error_log eval
[qr/known to be durable: it answered "NOPERM .*" to CONFIG GET, give the ACL /,
 'to CONFIG GET, give the ACL user "+config|get", "durability disk"',
 qr/to be durable: it answered "NOPERM .*" to INFO persistence, give the ACL /,
 'to INFO persistence, give the ACL user "+info", "durability disk"']
--- no_error_log
[alert]
[emerg]



=== TEST 16: CONFIG has another name
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG * reply -ERR unknown command 'CONFIG', with args beginning\r\n
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
proxy
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
it answered "ERR unknown command 'CONFIG', with args beginning" to CONFIG GET,
--- no_error_log
[alert]
[emerg]



=== TEST 17: settings that it does not tell
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 1 after *0\r\n
CONFIG 2 after *2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n
CONFIG 3 after *1\r\n$10\r\nappendonly\r\n
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
$ grep -c 'sent a CONFIG GET of the wrong shape, closing' $R/logs/error.log
= 3
--- error_log



=== TEST 18: replies that are none of CONFIG GET
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 1 after +OK\r\n
CONFIG 2 after :1\r\n
CONFIG 3 after $-1\r\n
CONFIG 4 after *-1\r\n
CONFIG 5 after *4\r\n:1\r\n:2\r\n$10\r\nappendonly\r\n:4\r\n
CONFIG 6 after *2\r\n$10\r\nappendonly\r\n*1\r\n+yes\r\n
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
$ grep -c 'CONFIG GET of the wrong shape' $R/logs/error.log
= 6
--- timeout: 10
--- error_log
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 19: replies that are none of INFO
--- campaign
sale stock=10
--- redis
disk
--- proxy
INFO 2 after *0\r\n
INFO 4 after :1\r\n
INFO 6 after $-1\r\n
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
$ grep -c 'INFO of the wrong shape' $R/logs/error.log
= 3
--- error_log



=== TEST 20: a reply more, a reply less, and one that ends early
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 1 append +OK\r\n
CONFIG 2 cut 20
CONFIG 3 lose
CONFIG 4 close
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
wait 1.3
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
--- timeout: 10
--- error_log
not known to be durable
redis closed the connection
--- no_error_log
[alert]
[emerg]



=== TEST 21: byte by byte
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG * dribble
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- timeout: 10



=== TEST 22: an INFO without what matters
--- campaign
sale stock=10
--- redis
disk
--- proxy
INFO 2 after $0\r\n\r\n
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
not known to be durable
--- no_error_log
[alert]
[emerg]



=== TEST 23: a Redis that says BUSY to it in the greeting, and not to PING
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG * reply -BUSY Redis is busy running a script.\r\n
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
GET /status
200 ~ "ready":0,"suspended":1
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
BUSY



=== TEST 24: BUSY later on, with a setting that is wrong when it is over
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 2 reply -BUSY Redis is busy running a script.\r\n
CONFIG 3 edit noeviction unheard-of
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 2
~POST /claim?u=bob
200 {"outcome":"won",...}
$ sed -n 's/^[^[]*\[\(error\|crit\)\].*\(BUSY\|unheard-of\).*/\2/p' \
      $R/logs/error.log
= BUSY
= unheard-of
--- error_log
--- no_error_log
[alert]
[emerg]



=== TEST 25: LOADING
--- campaign
sale stock=10
--- redis
disk
--- proxy
PING * reply -LOADING Redis is loading the dataset in memory\r\n
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
LOADING



=== TEST 26: no answer to it while Redis sells: the time-out is that of calls
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 2 never
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY; durability disk;
        timeout 1s; connect_timeout 9s;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
wait 1.1
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=bob"
= ~ ^(?:200|503) [01]\.
~POST /claim?u=bob
200 {"outcome":"again","seq":2,...}
--- error_log
in time



=== TEST 27: the first server is not durable, the second is
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG * edit noeviction unheard-of
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY;
        server unix:$TEST_NGINX_REDIS;
        durability disk; timeout 4s; connect_timeout 4s;
    }
--- steps
~POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
200 {"outcome":"won",...}
$ grep -c ^CLAIM $D/proxy.log
= 0
GET /status
200 ~ "ready":1,.*"not_durable":1
--- error_log eval
qr/redis at \S*proxy\S* is not durable: "maxmemory-policy" is "unheard-of"/
--- no_error_log
[alert]
[emerg]



=== TEST 28: none of several is: a line for each
--- campaign
sale stock=10
--- redis
disk
CONFIG SET appendfsync no
--- proxy
CONFIG * edit noeviction unheard-of
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY;
        server unix:$TEST_NGINX_REDIS;
        durability disk; timeout 4s; connect_timeout 4s;
    }
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
wait 2.5
$ grep -c '"appendfsync" is "no", must be "always" (' $R/logs/error.log
= 1
$ grep -c '"appendfsync" is "no", must be "always"; "maxm' $R/logs/error.log
= 1
--- error_log
--- no_error_log
[alert]
[emerg]



=== TEST 29: an old worker does not stay for it, asked or about to be
--- campaign
sale stock=10
--- redis
disk
--- proxy
CONFIG 2 never
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY; durability disk;
        timeout 5s; connect_timeout 5s;
    }
--- steps
POST /claim?u=ann
200
wait 1.2
$ w=$(pgrep -P $(pid))
  kill -HUP $(pid)
  for i in $(seq 25); do sleep 0.1; kill -0 $w || break; done 2>/dev/null
  kill -0 $w 2>/dev/null || echo gone
= gone
POST /claim?u=bob
200 {"outcome":"won",...}
$ w=$(pgrep -P $(pid))
  kill -HUP $(pid)
  for i in $(seq 25); do sleep 0.1; kill -0 $w || break; done 2>/dev/null
  kill -0 $w 2>/dev/null || echo gone
= gone



=== TEST 30: an old worker goes on asking while an answer is owed
--- campaign
sale stock=10
--- redis
disk
--- proxy
CLAIM 1 delay 1.6
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY; durability disk;
        timeout 5s; connect_timeout 5s;
    }
--- steps
$ (sleep 0.3; kill -HUP $(pid)) &
  curl -s -X POST "$U/claim?u=ann"
  wait
= {"outcome":"won",...}
wait 0.5
$ pgrep -P $(pid) | wc -l
= 1



=== TEST 31: no such durability
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; durability replicas; }
--- dies: "durability" must be "none" or "disk", not "replicas"



=== TEST 32: durability twice
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS; durability disk; durability disk;
    }
--- dies: "durability" is duplicate



=== TEST 33: durability without a value
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; durability; }
--- dies: invalid number of arguments in "durability" directive of "rush_redis"



=== TEST 34: durability is for rush_redis only
--- http_config
    durability disk;
--- dies: unknown directive "durability"
