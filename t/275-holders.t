# Who holds tickets: the filter that a lease needs, and how it is read.  It may
# say of nobody who holds one that he does not.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $arg_u;

    location = /claim { rush_claim sale; }
    location ~ ^/claim/(?<c>\w+)$ { rush_claim $c; }
    location = /status { rush_status; }
_EOC_

run_tests();

__DATA__

=== TEST 1: who won through another nginx holds a ticket here, too
--- campaign
sale stock=3 lease=10s
--- proxy
--- http_config
    rush_redis one { server unix:$TEST_NGINX_PROXY; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; }
--- config
    rush_pass one;
    location = /two { rush_pass two; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /two?u=bob
200 {"outcome":"won",...}
redis claims sale 1 cat
= 1 won
row 2 POST /claim?u=u%d
= 409 sold_out 2
row 2 POST /two?u=u%d
= 409 sold_out 2
wait 0.1
asked
row 20 POST /claim?u=u%d
= 409 sold_out 20
row 20 POST /two?u=u%d
= 409 sold_out 20
asked
=
POST /claim?u=bob
200 {"outcome":"again","seq":2,...}
POST /claim?u=cat
200 {"outcome":"again","seq":3,...}
POST /two?u=ann
200 {"outcome":"again","seq":1,...}
POST /two?u=cat
200 {"outcome":"again","seq":3,...}
asked
= LOOK rush:{sale} bob
= CLAIM rush:{sale} bob
= LOOK rush:{sale} cat
= CLAIM rush:{sale} cat



=== TEST 2: many holders are read in slices
--- campaign
sale stock=1300 lease=10s
--- proxy
--- config
--- steps
redis claims sale 1300 h%d
= 1300 won
many 20 POST /claim?u=u%d
= 409 sold_out 20
wait 0.3
# one reads them
$ grep -c ^XREVRANGE $D/proxy.log
= 1
asked
= ~ \nXREVRANGE .*\nHMGET .*(?:(?:\nLOOK .*)*\nHSCAN .*){3,}(?:\nLOOK .*)*\z
row 200 POST /claim?u=u%d
= 409 sold_out 200
asked
=
many 300 POST /claim?u=h%d
= 200 again 300



=== TEST 3: those who win later are read from the events
--- campaign
sale stock=1 lease=1s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
campaign sale stock=1301
wait 1.1
redis claims sale 1300 h%d
= 1300 won
asked
row 2 POST /claim?u=u%d
= 409 sold_out 2
wait 0.3
asked
= ~ (?:XRANGE rush:\{sale\}:events \(\S+ \+ COUNT 512(?:\n|$)){3}\z
row 5 POST /claim?u=u%d
= 409 sold_out 5
asked
=
many 300 POST /claim?u=h%d
= 200 again 300



=== TEST 4: events that were trimmed: all users are read once more
--- campaign
sale stock=1 lease=1s
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
campaign sale stock=3
wait 1.1
redis claims sale 2 h%d
= 2 won
redis XTRIM rush:{sale}:events MAXLEN 1
row 2 POST /claim?u=u%d
= 409 sold_out 2
wait 0.1
asked
= ~ \nXRANGE .*\z
POST /claim?u=u1
409 {"outcome":"sold_out",...}
wait 0.1
asked
= ~ ^LOOK .*\nXREVRANGE .*\nHMGET .*\nHSCAN .*\z
row 10 POST /claim?u=u%d
= 409 sold_out 10
asked
=
row 2 POST /claim?u=h%d
= 200 again 2
--- no_audit



=== TEST 5: lost in the middle of reading the holders
--- campaign
sale stock=1300 lease=10s
--- proxy
HSCAN 2 close
--- config
--- steps
redis claims sale 1300 h%d
= 1300 won
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.2
asked
= ~ ^LOOK .*\nXREVRANGE .*\nHMGET .*\nHSCAN .*\nHSCAN .*\z
many 300 POST /claim?u=h%d
= 200 again 300
wait 0.2
asked
row 10 POST /claim?u=u%d
= 409 sold_out 10
asked
=
many 300 POST /claim?u=h%d
= 200 again 300
--- error_log



=== TEST 6: an ACL user who may not read the holders
--- user_files
>>> password
hunter2
--- campaign
sale stock=1 lease=10s
--- redis
ACL SETUSER shop reset on >hunter2 ~rush:* +@all -hscan
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
row 3 POST /claim?u=u%d
= 409 sold_out 3
wait 0.1
asked
row 10 POST /claim?u=u%d
= 409 sold_out 10
POST /claim?u=ann
200 {"outcome":"again",...}
wait 0.1
$ grep '\[error\]' $R/logs/error.log | grep -vcP "$GONE"
= 1
$ grep -c 'does not let the gate .*NOPERM' $R/logs/error.log
= 1
asked
= ~ ^(?:LOOK rush:\{sale\} u\d+\n){10}LOOK .* ann\nCLAIM .* ann\z
GET /status
200 ~ "ready":1,.*"lost":0,
redis ACL DELUSER shop
--- error_log
does not let the gate



=== TEST 7: replies to HSCAN that are no slice: the next one is asked for
--- campaign
sale stock=1 lease=10s
--- proxy
HSCAN 1 reply *0\r\n
HSCAN 2 reply *3\r\n$1\r\n0\r\n*0\r\n*0\r\n
HSCAN 3 reply *2\r\n:0\r\n*0\r\n
HSCAN 4 reply *2\r\n$0\r\n\r\n*0\r\n
HSCAN 5 reply *2\r\n$22\r\n0000000000000000000000\r\n*0\r\n
HSCAN 6 reply *2\r\n$1\r\n0\r\n$3\r\nann\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
$ for i in 1 2 3 4 5 6 7; do
      curl -s -X POST "$U/claim?u=bob" "$U/claim?u=ann"
      sleep 0.05
  done | grep -o 'again\|sold_out' | sort | uniq -c | tr -s ' '
=  7 again
=  7 sold_out
asked
= ~ (?s:HSCAN.*){7}
row 10 POST /claim?u=u%d
= 409 sold_out 10
asked
=
GET /status
200 ~ "ready":1,.*"lost":0,



=== TEST 8: a user without a record, names that are none: no holder is lost
--- campaign
sale stock=1 lease=10s
--- proxy
HSCAN 1 reply *2\r\n$1\r\n0\r\n*1\r\n$3\r\nann\r\n
HSCAN 2 reply *2\r\n$1\r\n0\r\n*2\r\n*1\r\n$3\r\nann\r\n$1\r\n1\r\n
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.1
POST /claim?u=ann
200 {"outcome":"again",...}
wait 0.1
POST /claim?u=ann
200 {"outcome":"again",...}
wait 0.1
POST /claim?u=ann
200 {"outcome":"again",...}
--- error_log



=== TEST 9: replies to XREVRANGE that are no event
--- campaign
sale stock=1 lease=10s
--- proxy
XREVRANGE 1 reply *1\r\n*1\r\n$3\r\n1-1\r\n
XREVRANGE 2 reply *1\r\n$3\r\n1-1\r\n
XREVRANGE 3 reply *2\r\n*2\r\n$3\r\n1-1\r\n*0\r\n*2\r\n$3\r\n1-1\r\n*0\r\n
XREVRANGE 4 edit \$15\r\n $49\r\n1111111111111111111111111111111111
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
$ for i in 1 2 3 4 5; do
      curl -s -X POST "$U/claim?u=bob" "$U/claim?u=ann"
      sleep 0.05
  done | grep -o 'again\|sold_out' | sort | uniq -c | tr -s ' '
=  5 again
=  5 sold_out
asked
= ~ (?s:XREVRANGE.*){5}
$ grep -c HSCAN $D/proxy.log
= 1



=== TEST 10: events that say nothing, or a number too many
--- campaign
one stock=1 lease=400ms
two stock=1 lease=400ms
three stock=1 lease=400ms
four stock=1 lease=400ms
--- proxy
XRANGE 1 edit \nuser\r \nresu\r
XRANGE 2 edit \nseq\r\n\$1\r\n2 \nseq\r\n$1\r\n3
XRANGE 3 reply *0\r\n
XRANGE 4 reply -ERR no\r\n
--- config
--- steps
$ for c in one two three four; do
      curl -s -X POST "$U/claim/$c?u=ann" "$U/claim/$c?u=bob"
  done | grep -o 'won\|sold_out' | sort | uniq -c | tr -s ' '
=  4 sold_out
=  4 won
wait 0.05
redis HSET rush:{one} stock 2 total 2
redis HSET rush:{two} stock 2 total 2
redis HSET rush:{three} stock 2 total 2
redis HSET rush:{four} stock 2 total 2
wait 0.4
redis claims one 1 cat
= 1 won
redis claims two 1 cat
= 1 won
redis claims three 1 cat
= 1 won
redis claims four 1 cat
= 1 won
$ for c in one two three four; do
      for u in x y cat cat; do
          curl -s -X POST "$U/claim/$c?u=$u"
          sleep 0.03
      done
  done | grep -o 'again\|sold_out' | sort | uniq -c | tr -s ' '
=  8 again
=  8 sold_out
$ grep -c ^XRANGE $D/proxy.log
= 4
--- error_log
does not let the gate read who holds tickets: "ERR no"
--- no_error_log
[emerg]
[alert]



=== TEST 11: older data is put back, and others win
--- campaign
sale stock=3 lease=300ms
more stock=9 lease=300ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
POST /claim/more?u=ann
200 {"outcome":"won","seq":1,...}
$ for c in sale more; do
      for k in '' :users :events; do
          echo "COPY rush:{$c}$k $c$k"
      done
  done | redis-cli -s $TEST_NGINX_REDIS | uniq
= 1
row 2 POST /claim?u=old%d
= 200 won 2
row 2 POST /claim/more?u=old%d
= 200 won 2
campaign more paused=yes
row 3 POST /claim?u=x%d
= 409 sold_out 3
row 3 POST /claim/more?u=x%d
= 423 paused 3
wait 0.35
$ for c in sale more; do
      for k in '' :users :events; do
          echo "COPY $c$k rush:{$c}$k REPLACE"
      done
  done | redis-cli -s $TEST_NGINX_REDIS | uniq
= 1
row 2 POST /claim?u=new%d
= 200 won 2
row 3 POST /claim/more?u=new%d
= 200 won 3
campaign more paused=yes
row 3 POST /claim?u=y%d
= 409 sold_out 3
row 3 POST /claim/more?u=y%d
= 423 paused 3
wait 0.05
row 2 POST /claim?u=new%d
= 200 again 2
row 3 POST /claim/more?u=new%d
= 200 again 3



=== TEST 12: more holders than the filter takes: all are asked for
--- campaign
sale stock=12000 lease=10s
--- proxy
--- http_config
    rush_zone zone=small:64k;
--- config
--- steps
redis claims sale 12000 h%d
= 12000 won
row 2 POST /claim?u=u%d
= 409 sold_out 2
wait 0.1
row 2 POST /claim?u=u%d
= 409 sold_out 2
POST /claim?u=h7777
200 {"outcome":"again","seq":7777,...}
wait 0.1
asked
= LOOK rush:{sale} u1
= LOOK rush:{sale} u2
= LOOK rush:{sale} u1
= LOOK rush:{sale} u2
= LOOK rush:{sale} h7777
= CLAIM rush:{sale} h7777
