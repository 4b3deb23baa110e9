# Redis: the greeting, all that it can answer, and being away.  What is not
# known is pending, never a loss, and the next claim finds the truth.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /claim { rush_user $arg_u; rush_claim sale; }
_EOC_

run_tests();

__DATA__

=== TEST 1: the greeting, in one flight, and the script
--- campaign
sale stock=10
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
--- greeting: ~ ^CONNECT\n(?!AUTH|SELECT)(?:.+\n)*CLIENT SETNAME \S*rush\S*\n



=== TEST 2: over TCP
--- campaign
sale stock=10
--- proxy
--- http_config
    rush_redis main { server 127.0.0.1:$TEST_NGINX_PROXY_PORT; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
--- sent: ~ CLAIM rush:\{sale\} ann$



=== TEST 3: by a host name
--- campaign
sale stock=10
--- proxy
--- http_config
    rush_redis main { server localhost:$TEST_NGINX_PROXY_PORT; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
--- no_error_log
[alert]
[emerg]



=== TEST 4: a password
--- user_files
>>> password
hunter2 and more
a second line
--- campaign
sale stock=10
--- proxy
AUTH * reply +OK\r\n
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY;
        password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
--- greeting: ~ ^CONNECT\nAUTH hunter2 and more\n



=== TEST 5: a user of the ACL, with a password
--- user_files
>>> password
hunter2
--- campaign
sale stock=10
--- redis
ACL SETUSER shop reset on >hunter2 ~rush:* +@all -@admin -@dangerous +info
--- proxy
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY;
        user shop; password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis ACL DELUSER shop
--- error_log
--- greeting: ~ ^CONNECT\nAUTH shop hunter2\n



=== TEST 6: a wrong password, which is not logged
--- user_files
>>> password
hunter3
--- campaign
sale stock=10
--- redis
ACL SETUSER shop reset on >hunter2 ~rush:* +@all
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS;
        user shop; password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis ACL DELUSER shop
--- error_log
WRONGPASS
password_file
--- no_error_log
hunter3
[alert]
[emerg]



=== TEST 7: a user who may not
--- user_files
>>> password
hunter2
--- campaign
sale stock=10
--- redis
ACL SETUSER shop reset on >hunter2 ~rush:* +@all -evalsha -script
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS;
        user shop; password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis ACL DELUSER shop
--- error_log
NOPERM
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 8: another database
--- campaign
sale stock=10
--- redis
MOVE rush:{sale} 3
MOVE rush:{sale}:users 3
MOVE rush:{sale}:events 3
--- proxy
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; database 3; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis EXISTS rush:{sale}
= 0
--- greeting: ~ ^CONNECT\nSELECT 3\n



=== TEST 9: a database that does not exist
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; database 12345; }
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
# or it would go on to say so in the next block, if that begins by a reload
reload s/database 12345;//
wait 0.2
--- error_log
DB index is out of range
--- no_error_log
[emerg]



=== TEST 10: the second server, if the first is away
--- campaign
sale stock=10
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_DIR/nothing.sock;
        server unix:$TEST_NGINX_REDIS;
        connect_timeout 200ms;
    }
--- config
--- steps
~POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log
nothing.sock
--- no_error_log
[alert]



=== TEST 11: a Redis that is too old
--- campaign
sale stock=10
--- proxy
INFO * after $22\r\nredis_version:6.2.14\r\n\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log eval: qr/\[error\] .*"6\.2\.14".*7\.0/
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 12: version 10 is newer than 7
--- campaign
sale stock=10
--- proxy
INFO * after $22\r\nredis_version:10.0.1\r\n\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 13: Redis is away, and comes back: no reload is needed
--- campaign
sale stock=10
--- proxy
--- config
--- steps
proxy off
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=ann"
= ~ ^503 0\.[0-4]
POST /claim?u=ann
503 {"outcome":"pending",...}
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
connect



=== TEST 14: Redis goes away while nobody asks
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
redis CLIENT KILL TYPE normal SKIPME yes
wait 0.1
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log



=== TEST 15: the scripts are lost
--- campaign
sale stock=10 hold=1m
--- config
    location = /paid { rush_confirm; }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
redis SCRIPT FLUSH
POST /claim?u=bob
200 {"outcome":"won",...}
redis SCRIPT FLUSH
POST /paid?ticket=<A>
200 {"outcome":"confirmed",...}
redis SCRIPT FLUSH
GET /mine?u=ann
200 {"outcome":"found",...}
--- redis_after
> counters sale
total 10, out 2, seq 2, held 1, void 0



=== TEST 16: the scripts are lost under many claims
--- campaign
sale stock=1000
--- config
--- steps
$ (for i in 1 2 3 4 5 6 7 8; do
       redis-cli -s $TEST_NGINX_REDIS SCRIPT FLUSH
       sleep 0.05
   done) >/dev/null 2>&1 &
row 400 POST /claim?u=u%d
= 200 won 400
--- redis_after
> counters sale
total 1000, out 400, seq 400, held 0, void 0



=== TEST 17: NOSCRIPT again and again is no endless loop
--- campaign
sale stock=10
--- proxy
CLAIM * reply -NOSCRIPT No matching script. Please use EVAL.\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
$ grep -c ^CLAIM $D/proxy.log | awk '{ print ($1 < 5) }'
= 1
--- error_log
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 18: too slow, and nothing was taken twice
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 1
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=ann"
= ~ ^503 0\.[345]
wait 1.2
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
in time
--- redis_after
> events sale
won ann 1 units=1
won bob 2 units=1



=== TEST 19: a claim that reaches Redis too late takes nothing
--- campaign
sale stock=10
--- proxy
CLAIM 1 hold 0.9
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
wait 1.5
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
in time



=== TEST 20: no answer at all
--- campaign
sale stock=10
--- proxy
CLAIM 1 never
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
in time



=== TEST 21: a connection that is taken and never spoken on
--- campaign
sale stock=10
--- proxy
CONNECT * never
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY; connect_timeout 300ms; timeout 300ms;
    }
--- config
--- steps
$ curl -s -o /dev/null -w '%{http_code} %{time_total}' -X POST "$U/claim?u=ann"
= ~ ^503 0\.[0123]
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
timed out



=== TEST 22: the connection is closed instead of an answer, not carried out
--- campaign
sale stock=10
--- proxy
CLAIM 1 close
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
closed



=== TEST 23: the answer is lost: the ticket is there, and comes again
--- campaign
sale stock=1
--- proxy
CLAIM 1 lose
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
closed
--- redis_after
> events sale
won ann 1 units=1



=== TEST 24: the answer is cut, at many places
--- campaign
sale stock=10
--- proxy
CLAIM 1 cut 1
CLAIM 3 cut 4
CLAIM 5 cut 5
CLAIM 7 cut 20
CLAIM 9 cut 60
CLAIM 11 cut 100
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=u1
200 {"outcome":"again","seq":1,...}
POST /claim?u=u2
200 {"outcome":"again","seq":2,...}
POST /claim?u=u3
200 {"outcome":"again","seq":3,...}
POST /claim?u=u4
200 {"outcome":"again","seq":4,...}
POST /claim?u=u5
200 {"outcome":"again","seq":5,...}
POST /claim?u=u6
200 {"outcome":"again","seq":6,...}
--- error_log
closed
--- redis_after
> counters sale
total 10, out 6, seq 6, held 0, void 0



=== TEST 25: the answer comes byte by byte
--- campaign
sale stock=10
--- proxy
CLAIM * dribble
INFO * dribble
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY;
        connect_timeout 5s;
        timeout 5s;
    }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}



=== TEST 26: LOADING
--- campaign
sale stock=10
--- proxy
CLAIM * reply -LOADING Redis is loading the dataset in memory\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
LOADING



=== TEST 27: LOADING in the greeting
--- campaign
sale stock=10
--- proxy
PING * reply -LOADING Redis is loading the dataset in memory\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
LOADING



=== TEST 28: BUSY
--- campaign
sale stock=10
--- proxy
CLAIM * reply -BUSY Redis is busy running a script. You can only wait.\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
BUSY



=== TEST 29: a script of somebody else that runs too long
--- campaign
sale stock=10
--- config
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; timeout 400ms; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis CONFIG SET busy-reply-threshold 100
$ redis-cli -s $TEST_NGINX_REDIS EVAL 'while true do end' 0 >$D/out 2>&1 &
wait 0.4
POST /claim?u=bob
503 {"outcome":"busy",...}
$ redis-cli -s $TEST_NGINX_REDIS SCRIPT KILL
= OK
redis CONFIG SET busy-reply-threshold 5000
~POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log
BUSY



=== TEST 30: NOREPLICAS
--- campaign
sale stock=10
--- config
--- steps
redis CONFIG SET min-replicas-to-write 1
POST /claim?u=ann
503 {"outcome":"busy",...}
redis CONFIG SET min-replicas-to-write 0
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
NOREPLICAS



=== TEST 31: OOM
--- campaign
sale stock=10
--- config
--- steps
redis CONFIG SET maxmemory 1
POST /claim?u=ann
503 {"outcome":"pending",...}
redis CONFIG SET maxmemory 0
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
OOM
--- no_error_log
[emerg]
--- redis_after
> CONFIG GET maxmemory
maxmemory
0



=== TEST 32: MISCONF
--- campaign
sale stock=10
--- proxy
CLAIM * reply -MISCONF Redis is unable to persist to disk.\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
MISCONF
--- no_error_log
[emerg]



=== TEST 33: READONLY, a replica
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis REPLICAOF 127.0.0.1 1
POST /claim?u=bob
503 {"outcome":"pending",...}
redis REPLICAOF NO ONE
~POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
--- error_log
replica



=== TEST 34: NOAUTH
--- campaign
sale stock=10
--- proxy
CLAIM * reply -NOAUTH Authentication required.\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
NOAUTH



=== TEST 35: CLUSTERDOWN
--- campaign
sale stock=10
--- proxy
CLAIM * reply -CLUSTERDOWN The cluster is down\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
proxy
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
CLUSTERDOWN



=== TEST 36: MOVED, a cluster is not supported
--- campaign
sale stock=10
--- proxy
CLAIM * reply -MOVED 3999 127.0.0.1:6381\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
proxy
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
MOVED



=== TEST 37: what was not carried out is tried again within the time-out
--- campaign
sale stock=10
--- proxy
CLAIM 1 reply -LOADING Redis is loading the dataset in memory\r\n
CLAIM 3 reply -TRYAGAIN Multiple keys request during rehashing of slot\r\n
CLAIM 5 reply -BUSY Redis is busy running a script.\r\n
CLAIM 7 reply -NOREPLICAS Not enough good replicas to write.\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /claim?u=cat
200 {"outcome":"won","seq":3,...}
POST /claim?u=dan
200 {"outcome":"won","seq":4,...}
--- error_log
LOADING
TRYAGAIN
BUSY
NOREPLICAS
--- redis_after
> counters sale
total 10, out 4, seq 4, held 0, void 0



=== TEST 38: too many clients: said before anything is asked
--- campaign
sale stock=10
--- proxy
CONNECT * reply -ERR max number of clients reached\r\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
redis counters sale
= total 10, out 0, seq 0, held 0, void 0
proxy
~POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
max number of clients



=== TEST 39: errors that nobody has heard of
--- campaign
sale stock=10
--- proxy
CLAIM 1 reply -ERR something new\r\n
CLAIM 3 reply -WHAT is this\r\n
CLAIM 5 reply -\r\n
CLAIM 7 after -ERR Error running script (call to f_1): @user_script:1: boom\r\n
--- config
--- steps
POST /claim?u=u1
503 {"outcome":"pending",...}
~POST /claim?u=u1
200 {"outcome":"won","seq":1,...}
POST /claim?u=u2
503 {"outcome":"pending",...}
~POST /claim?u=u2
200 {"outcome":"won","seq":2,...}
POST /claim?u=u3
503 {"outcome":"pending",...}
~POST /claim?u=u3
200 {"outcome":"won","seq":3,...}
POST /claim?u=u4
503 {"outcome":"pending",...}
~POST /claim?u=u4
200 {"outcome":"again","seq":4,...}
--- error_log
something new
WHAT is this
boom
--- no_error_log
[emerg]



=== TEST 40: answers of another type
--- campaign
sale stock=100
--- proxy
CLAIM 1 after +OK\r\n
CLAIM 3 after :1\r\n
CLAIM 5 after $5\r\nhello\r\n
CLAIM 7 after $-1\r\n
CLAIM 9 after *-1\r\n
CLAIM 11 after *0\r\n
CLAIM 13 after *2\r\n:1\r\n$2\r\nok\r\n
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=u1
200 {"outcome":"again","seq":1,...}
POST /claim?u=u2
200 {"outcome":"again","seq":2,...}
POST /claim?u=u3
200 {"outcome":"again","seq":3,...}
POST /claim?u=u4
200 {"outcome":"again","seq":4,...}
POST /claim?u=u5
200 {"outcome":"again","seq":5,...}
POST /claim?u=u6
200 {"outcome":"again","seq":6,...}
POST /claim?u=u7
200 {"outcome":"again","seq":7,...}
--- error_log
closing
--- no_error_log
[emerg]



=== TEST 41: answers that are no RESP2
--- campaign
sale stock=100
--- proxy
CLAIM 1 after %1\r\n+a\r\n+b\r\n
CLAIM 3 after _\r\n
CLAIM 5 after ~1\r\n+a\r\n
CLAIM 7 after >1\r\n+a\r\n
CLAIM 9 after HTTP/1.1 400 Bad Request\r\n\r\n
CLAIM 11 after \x00\x00\x00\r\n
CLAIM 13 after $abc\r\n
CLAIM 15 after :12x\r\n
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=u1
200 {"outcome":"again","seq":1,...}
POST /claim?u=u2
200 {"outcome":"again","seq":2,...}
POST /claim?u=u3
200 {"outcome":"again","seq":3,...}
POST /claim?u=u4
200 {"outcome":"again","seq":4,...}
POST /claim?u=u5
200 {"outcome":"again","seq":5,...}
POST /claim?u=u6
200 {"outcome":"again","seq":6,...}
POST /claim?u=u7
200 {"outcome":"again","seq":7,...}
POST /claim?u=u8
200 {"outcome":"again","seq":8,...}
--- error_log
closing
--- no_error_log
[emerg]



=== TEST 42: headers of arrays and strings that are too large
--- campaign
sale stock=100
--- proxy
CLAIM 1 after *2147483647\r\n
CLAIM 3 after *1000000\r\n:1\r\n
CLAIM 5 after $536870913\r\n
CLAIM 7 after $9223372036854775807\r\n
CLAIM 9 after *1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=u1
200 {"outcome":"again","seq":1,...}
POST /claim?u=u2
200 {"outcome":"again","seq":2,...}
POST /claim?u=u3
503 {"outcome":"pending",...}
~POST /claim?u=u3
200 {"outcome":"again","seq":3,...}
POST /claim?u=u4
503 {"outcome":"pending",...}
~POST /claim?u=u4
200 {"outcome":"again","seq":4,...}
POST /claim?u=u5
200 {"outcome":"again","seq":5,...}
--- error_log
closing
--- no_error_log
[emerg]



=== TEST 43: another batch's number
--- campaign
sale stock=100
--- proxy
CLAIM 1 edit (?<=\n):\d+ :4711
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
closing
--- no_error_log
[emerg]



=== TEST 44: an answer too few, an answer too many
--- campaign
sale stock=100
--- proxy
CLAIM 1 edit ^\*10 *9
CLAIM 3 edit ^\*10 *11
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 400ms; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
# an answer to a sweep would be the one too many; it ends with SWEEP, and the
# next is in a second
$ : >$D/proxy.log; until grep -q ^SWEEP $D/proxy.log; do sleep 0.02; done
POST /claim?u=bob
503 {"outcome":"pending",...}
~POST /claim?u=bob
200 {"outcome":"again","seq":2,...}
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
closing
--- no_error_log
[emerg]



=== TEST 45: a surplus answer is given to nobody
--- campaign
sale stock=100
--- proxy
CLAIM 1 append +OK\r\n
CLAIM 3 append *1\r\n:1\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
~POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /claim?u=cat
200 {"outcome":"won","seq":3,...}
~POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
closing



=== TEST 46: an outcome that nobody knows
--- campaign
sale stock=100
--- proxy
CLAIM 1 edit won\n lost\n
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
~POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- error_log
--- no_error_log
[emerg]



=== TEST 47: max_pending: over it is busy, and nothing of it is sent
--- campaign
sale stock=100
--- proxy
CLAIM 1 delay 0.6
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; max_pending 3; }
--- config
--- steps
many 12 POST /claim?u=u%d
= ~ ^200 won \d\n503 busy \d+$
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log



=== TEST 48: batch 1: every claim travels alone
--- campaign
sale stock=100
--- proxy
CLAIM * delay 0.05
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; batch 1; }
--- config
--- steps
many 12 POST /claim?u=u%d
= 200 won 12
$ awk '/^CLAIM/ { calls++; users += NF - 2 } END { print calls, users }' \
      $D/proxy.log
= 12 12



=== TEST 49: batch: no more than that travel together
--- campaign
sale stock=100
--- proxy
CLAIM * delay 0.1
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; batch 4; timeout 3s; }
--- config
--- steps
many 40 POST /claim?u=u%d
= 200 won 40
$ awk '/^CLAIM/ { users += NF - 2; if (NF > 6) bad++ }
       END { print users, bad + 0 }' $D/proxy.log
= 40 0
--- redis_after
> counters sale
total 100, out 40, seq 40, held 0, void 0



=== TEST 50: one in a batch asks twice, others beside him
--- campaign
sale stock=100
--- proxy
CLAIM 1 delay 0.3
--- config
--- steps
&POST /claim?u=first
200 {"outcome":"won",...}
&POST /claim?u=ann
200 {"ticket":"<A>",...}
&POST /claim?u=bob
200 {"ticket":"<B>",...}
&POST /claim?u=ann
200 {"ticket":"<A>",...}
&POST /claim?u=bob
200 {"ticket":"<B>",...}
--- redis_after
> counters sale
total 100, out 3, seq 3, held 0, void 0



=== TEST 51: an answer belongs to who asked, however it is glued
--- campaign
sale stock=1000
--- proxy
CLAIM * delay 0.05
--- config
--- steps
$ for i in $(seq 60); do
      echo "u$i $(curl -s -X POST "$U/claim?u=u$i" |
                 grep -o '"sale~[^"]*' | cut -d '~' -f 3)" &
  done | awk '$1 == $2 { same++ } $1 != $2 { bad++ }
              END { print same, bad + 0 }'
= 60 0



=== TEST 52: without a campaign Redis is not asked for it again and again
--- proxy
--- config
--- steps
POST /claim?u=ann
404 {"outcome":"unknown",...}
POST /claim?u=bob
404
POST /claim?u=cat
404
--- sent
~ \AUNLINK (rush:\{sale\}):none\nHMGET \1 kind .*\nHMGET \1:users ann\z



=== TEST 53: an outage costs one line, not one a request
--- campaign
sale stock=10
--- proxy
CONNECT * close
--- config
--- steps
row 50 POST /claim?u=u%d
= 503 pending 50
$ grep -c '\[error\].*redis' $R/logs/error.log | awk '{ print ($1 < 25) }'
= 1
--- error_log
redis



=== TEST 54: an old worker does not wait for an idle connection
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200
$ w=$(pgrep -P $(pid))
  kill -HUP $(pid)
  sleep 0.5
  kill -0 $w 2>/dev/null || echo gone
= gone
POST /claim?u=bob
200 {"outcome":"won",...}



=== TEST 55: several campaigns and kinds of calls in flight
--- campaign
one stock=9 hold=1m
two stock=9 hold=1m
--- proxy
CLAIM 3+ delay 0.2
RESULT * delay 0.1
SETTLE * delay 0.3
--- config
    location = /any { rush_user $arg_u; rush_claim $arg_c; }
    location = /mine { rush_user $arg_u; rush_result $arg_c; }
    location = /paid { rush_confirm; }
--- steps
POST /any?c=one&u=ann
200 {"outcome":"won","campaign":"one","ticket":"<A>",...}
POST /any?c=two&u=ann
200 {"outcome":"won","campaign":"two","ticket":"<B>",...}
&POST /any?c=one&u=bob
200 {"outcome":"won","campaign":"one","seq":2,...}
&GET /mine?c=two&u=ann
200 {"campaign":"two","tickets":[{"ticket":"<B>","seq":1,"units":1,"state":"held","hold_until":<any>}],...}
&POST /paid?ticket=<A>
200 {"outcome":"confirmed","campaign":"one","ticket":"<A>",...}
&POST /any?c=two&u=cat
200 {"outcome":"won","campaign":"two","seq":2,...}
&GET /mine?c=one&u=dan
200 {"campaign":"one","user":"dan","tickets":[],...}
POST /any?c=none&u=ann
404 {"outcome":"unknown","campaign":"none",...}
--- redis_after
> counters one
total 9, out 2, seq 2, held 1, void 0
> counters two
total 9, out 2, seq 2, held 2, void 0



=== TEST 56: slow, and then all at once
--- campaign
sale stock=50
--- proxy
CLAIM 1 hold 0.5
--- config
--- steps
many 100 POST /claim?u=u%d
= 200 won 50
= 409 sold_out 50
--- redis_after
> counters sale
total 50, out 50, seq 50, held 0, void 0



=== TEST 57: it is away while many ask, and none is told a loss
--- campaign
sale stock=5
--- proxy
CLAIM * lose
--- config
--- steps
many 40 POST /claim?u=u%d
= 503 pending 40
proxy
~POST /claim?u=u1
200
many 40 POST /claim?u=u%d
= ~ ^(?:200 again \d\n)(?:200 won \d\n)?409 sold_out 35$
--- error_log
--- redis_after
> counters sale
total 5, out 5, seq 5, held 0, void 0



=== TEST 58: a look whose first two answers change places
--- campaign
sale stock=10
--- proxy
TIME 2 reply :0\r\n
UNLINK 1 reply *2\r\n$10\r\n1795289100\r\n$1\r\n0\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
redis sent a TIME of the wrong shape, closing



=== TEST 59: a look without the answer to its second command
--- campaign
sale stock=10
--- proxy
UNLINK 1 reply +OK\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
redis sent a reply of the wrong shape, closing



=== TEST 60: a look that has something else for the records of users
--- campaign
sale stock=1 lease=0
--- proxy
HMGET 4 reply *1\r\n$4\r\nsale\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=ann
503 {"outcome":"pending",...}
~POST /claim?u=ann
200 {"outcome":"again",...}
--- error_log
redis sent a reply of the wrong shape, closing
