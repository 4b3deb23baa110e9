# When a campaign sells: window, pause, removal, change of its definition.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: early, far ahead, with Retry-After
--- campaign
sale stock=10 starts=+2h
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
425 {"outcome":"early","starts":<now+2h>,...}
Retry-After: ~ ^[1-9]\d*$
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 2: Retry-After is no earlier than the start, and has jitter
--- campaign
sale stock=10 starts=+20s
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ for i in $(seq 20); do
      curl -s -D - -o /dev/null -X POST "$U/claim?u=u$i" | tr -d '\r' |
          sed -n 's/^Retry-After: //p'
  done | awk '$1 < 18 || $1 > 60 { bad++ }
              { seen[$1] = 1 }
              END { for (i in seen) n++; print NR, bad + 0, (n > 1) }'
= 20 0 1



=== TEST 3: it opens by itself
--- campaign
sale stock=10 starts=+1500ms
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
425 {"outcome":"early",...}
wait 1.7
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 4: early is answered from memory
--- campaign
sale stock=10 starts=+1h
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
425 {"outcome":"early",...}
redis SET marker here
proxy off
POST /claim?u=bob
425 {"outcome":"early","starts":<now+1h>,...}
POST /claim?u=cat
425 {"outcome":"early",...}
--- error_log



=== TEST 5: it ends by itself
--- campaign
sale stock=10 ends=+1500ms
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
wait 1.7
POST /claim?u=bob
410 {"outcome":"ended","campaign":"sale","ends":<now>,"now":<now>}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 6: who holds a ticket gets it while it is paused
--- campaign
sale stock=10 per_user=3
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
campaign sale paused=yes
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /claim?u=bob
423 {"outcome":"paused",...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 7: several tickets while it is paused
--- campaign
sale stock=10 per_user=3
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
campaign sale paused=yes
POST /claim?u=ann
200 {"outcome":"again","ticket":"<B>","tickets":[{"ticket":"<B>","seq":2,"units":1,"state":"confirmed"},{"ticket":"<A>","seq":1,"units":1,"state":"confirmed"}],...}



=== TEST 8: paused and on again
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
campaign sale paused=yes
POST /claim?u=bob
423 {"outcome":"paused",...}
campaign sale paused=no
wait 1.1
POST /claim?u=bob
200 {"outcome":"won",...}



=== TEST 9: an end that is moved
--- campaign
sale stock=10 ends=-1s
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
410 {"outcome":"ended",...}
campaign sale ends=+1h
wait 1.1
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 10: a start that is moved is seen within a second
--- campaign
sale stock=10 starts=+1h
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
425 {"outcome":"early",...}
campaign sale starts=-1s
wait 1.1
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 11: a start that is put off is seen at once
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
campaign sale starts=+1h
POST /claim?u=bob
425 {"outcome":"early","starts":<now+1h>,...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 12: one that is made is seen within a second
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
404 {"outcome":"unknown",...}
campaign sale stock=10
wait 1.1
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 13: unknown is answered from memory, for a while
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
404 {"outcome":"unknown",...}
proxy off
POST /claim?u=bob
404 {"outcome":"unknown",...}
--- error_log



=== TEST 14: deleted
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
delete sale
POST /claim?u=ann
404 {"outcome":"unknown","campaign":"sale","now":<now>}
POST /claim?u=bob
404 {"outcome":"unknown",...}
--- redis_after
> HKEYS rush:{sale}
deleted
lease
> HGET rush:{sale} lease
500
> ZCARD rush:campaigns
0



=== TEST 15: deleted and made again
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
delete sale
POST /claim?u=ann
404 {"outcome":"unknown",...}
campaign sale stock=10
wait 1.1
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>","seq":1,...}
$ test '<A>' != '<B>' && echo another
= another
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 16: vanished without DELETE is pending, and logged once
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis FLUSHALL
POST /claim?u=ann
503 {"outcome":"pending","campaign":"sale","now":<now>}
Retry-After: ~ ^\d+$
POST /claim?u=bob
503 {"outcome":"pending",...}
wait 1.1
POST /claim?u=cat
503 {"outcome":"pending",...}
--- grep_error_log eval: qr/campaign "sale"[^,]* (?:vanished|is gone)/
--- grep_error_log_out eval: qr/\A[^\n]+\n\z/
--- error_log
sale
--- redis_after
> DBSIZE
0



=== TEST 17: vanished, and back from a backup
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
redis RENAME rush:{sale} backup
POST /claim?u=ann
503 {"outcome":"pending",...}
redis RENAME backup rush:{sale}
wait 1.1
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>",...}
--- error_log



=== TEST 18: one that ended long ago is removed when keep is over
--- campaign
sale stock=10 ends=-10s keep=1s lease=700ms
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
wait 2.5
POST /claim?u=ann
404 {"outcome":"unknown",...}
--- redis_after
> HKEYS rush:{sale}
deleted
lease
> HGET rush:{sale} lease
700
> EXISTS rush:{sale}:users rush:{sale}:events
0
> ZCARD rush:campaigns
0



=== TEST 19: one that ended is kept as long as keep says
--- campaign
sale stock=10 ends=-10s keep=1h
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
wait 2.5
POST /claim?u=ann
410 {"outcome":"ended",...}
--- redis_after
> ZCARD rush:campaigns
1



=== TEST 20: an unknown kind
--- campaign
sale stock=10
--- redis
HSET rush:{sale} kind lottery
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
lottery
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 21: a campaign whose numbers are damaged
--- campaign
sale stock=10
--- redis
HSET rush:{sale} total abc
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- no_audit
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis HSET rush:{sale} total -1
POST /claim?u=ann
503 {"outcome":"pending",...}
redis HSET rush:{sale} total 9223372036854775808
POST /claim?u=ann
503 {"outcome":"pending",...}
redis HSET rush:{sale} total 10
wait 1.1
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
total
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 22: keys of a wrong type
--- campaign
one stock=10
two stock=10
three stock=10
--- redis
DEL rush:{one}:events
SET rush:{one}:events x
DEL rush:{two}:users
LPUSH rush:{two}:users x
DEL rush:{three}
SET rush:{three} x
--- config
    location = /claim { rush_user $arg_u; rush_claim $arg_c; }
--- no_audit
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann&c=one
503 {"outcome":"pending",...}
POST /claim?u=ann&c=two
503 {"outcome":"pending",...}
POST /claim?u=ann&c=three
503 {"outcome":"pending",...}
--- error_log
WRONGTYPE
--- redis_after
> HGET rush:{one} out
0
> HLEN rush:{one}:users
1
> HGET rush:{two} out
0



=== TEST 23: a lease is for good, and no longer than ten seconds
--- campaign
sale stock=1 lease=1s
--- config
--- steps
$ c="util/campaign -r unix:$TEST_NGINX_REDIS set"
  $c sale lease=2s 2>&1; echo $?
  $c sale lease=1s stock=2 | sed 's/ version.*//'
  $c new kind=sale stock=1 lease=10001 2>&1; echo $?
  $c new kind=sale stock=1 lease=-1 2>/dev/null; echo $?
= ~ ^util/campaign: lease can be .*\n1\nsale changed\n.*lease.*10s.*\n2\n2$
redis HGET rush:{sale} lease
= 1000
redis EXISTS rush:{new}
= 0



=== TEST 24: numbers of an item that are damaged are no reason to refuse
--- campaign
sale stock=10 items=red:5,blue:5 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
    location = /cancel { rush_release; }
--- no_audit
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won","ticket":"<T>",...}
redis HSET rush:{sale} total:red abc
POST /claim?u=bob&i=red
503 {"outcome":"pending",...}
redis HSET rush:{sale} total:red -1
POST /claim?u=bob&i=red
503 {"outcome":"pending",...}
POST /claim?u=bob&i=blue
200 {"outcome":"won",...}
redis HSET rush:{sale} total:red 9223372036854775808
POST /claim?u=cid&i=red
503 {"outcome":"pending",...}
redis HSET rush:{sale} total:red 5 out:red -1
POST /claim?u=cid&i=red
503 {"outcome":"pending",...}
POST /cancel?ticket=<T>
503 {"outcome":"pending",...}
redis HSET rush:{sale} out:red 1
wait 1.1
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
POST /claim?u=cid&i=red
200 {"outcome":"won",...}
POST /claim?u=dan&i=green
404 {"outcome":"unknown",...}
--- error_log
its script says "bad total:red"
bad out:red
--- redis_after
> HMGET rush:{sale} out out:red out:blue held
2
1
1
2



=== TEST 25: users that have been deleted are no strangers
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /mine { rush_user $arg_u; rush_result sale; }
    location = /cancel { rush_release; }
--- no_audit
--- no_error_log
[emerg]
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
redis RENAME rush:{sale}:users was
POST /claim?u=ann
503 {"outcome":"pending",...}
POST /claim?u=bob
503 {"outcome":"pending",...}
GET /mine?u=ann
503 {"outcome":"pending",...}
POST /cancel?ticket=<T>
503 {"outcome":"pending",...}
redis RENAME was rush:{sale}:users
wait 1.1
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
--- error_log
its script says "no users"
--- redis_after
> HMGET rush:{sale} out seq held
2
2
2
