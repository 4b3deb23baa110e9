# The play coupon with codes of a pool, which were uploaded: each is given to
# one ticket, once.  "codes" stands for the upload, "check" for the audit.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $arg_u;

    location = /claim { rush_claim drop; }
    location ~ ^/claim/(?<c>\w+)$ { rush_claim $c; }
    location = /mine { rush_result drop; }
    location = /state { rush_state drop; }
    location = /redeem { rush_ref $arg_shop; rush_redeem; }
    location = /void { rush_void; }
_EOC_

run_tests();

__DATA__

=== TEST 1: codes are given in their order, each once
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop AAA BBB CCC
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"drop","ticket":"<T>","seq":1,"units":1,"left":2,"code":"AAA","now":<now>}
POST /claim?u=bob
200 {"outcome":"won","code":"BBB","left":1,...}
POST /claim?u=ann
200 {"outcome":"again","campaign":"drop","ticket":"<T>","seq":1,"units":1,"left":1,"code":"AAA","now":<now>}
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"issued","code":"AAA"}],...}
redis check drop
= true
= the stock is 10, but codes run out 7 units before: upload more
--- redis_after
> counters drop
total 3, out 2, seq 2, held 0, void 0
> HGET rush:{drop} supply
3
> HGET rush:{drop}:codes AAA
ann,1
> HGET rush:{drop}:codes CCC

> LRANGE rush:{drop}:free 0 -1
CCC
> events drop
won ann 1 units=1 code=AAA
won bob 2 units=1 code=BBB



=== TEST 2: a batch takes as many as it gives
--- campaign
drop kind=coupon codes=pool stock=2000 lease=0 valid=1d
--- redis
codes drop 700 c%d
--- config
--- steps
redis claims drop 650 u%d
= 650 won
redis claims drop 650 u%d
= 650 again
redis claims drop 100 v%d
= 50 sold_out, 50 won
redis found drop
= 700 of 700
redis settles drop redeem 3
= 234 redeemed
redis settles drop void 2
= 117 redeemed, 233 void
redis found drop
= 700 of 700
redis claims drop 3 w%d
= 3 sold_out
redis check drop
= true
= the stock is 2000, but codes run out 1300 units before: upload more
--- redis_after
> counters drop
total 467, out 467, seq 700, held 0, void 233
> LLEN rush:{drop}:free
0



=== TEST 3: dry is sold out, though stock says more; codes open it again
--- campaign
drop kind=coupon codes=pool stock=10
--- config
--- steps
POST /claim?u=ann
409 {"outcome":"sold_out","campaign":"drop","left":0,"now":<now>}
GET /state
200 {"campaign":"drop","kind":"coupon","phase":"sold_out","left":0,"total":0,"outcome":"found","now":<now>}
redis codes drop AAA BBB
= 2 added, 0 duplicate
redis closed drop
= sold_out for 1s
POST /claim?u=ann
409 {"outcome":"sold_out",...}
wait 0.55
POST /claim?u=ann
200 {"outcome":"won","code":"AAA",...}
POST /claim?u=bob
200 {"outcome":"won","code":"BBB","left":0,...}
POST /claim?u=cat
409 {"outcome":"sold_out","left":0,...}
POST /claim?u=ann
200 {"outcome":"again","code":"AAA",...}
GET /state
200 {"phase":"sold_out","left":0,"total":2,...}
redis codes drop CCC
= 1 added, 0 duplicate
wait 0.55
POST /claim?u=cat
200 {"outcome":"won","code":"CCC",...}
GET /state
200 {"phase":"sold_out","left":0,"total":3,...}



=== TEST 4: more codes while some are left are there at once
--- campaign
drop kind=coupon codes=pool stock=10
--- redis
codes drop AAA
--- config
--- steps
wait 0.55
redis codes drop BBB
redis closed drop
= over
POST /claim?u=ann
200 {"outcome":"won","left":1,...}
POST /claim?u=bob
200 {"outcome":"won","left":0,...}



=== TEST 5: fewer units than codes: the stock is the end
--- campaign
drop kind=coupon codes=pool stock=2 lease=0
--- redis
codes drop AAA BBB CCC DDD
--- config
--- steps
redis claims drop 5 u%d
= 3 sold_out, 2 won
GET /state
200 {"phase":"sold_out","left":0,"total":2,...}
campaign drop stock=3
POST /claim?u=ann
200 {"outcome":"won","code":"CCC","left":0,...}
redis check drop
= true
--- redis_after
> LRANGE rush:{drop}:free 0 -1
DDD
> counters drop
total 3, out 3, seq 3, held 0, void 0



=== TEST 6: duplicates, in an upload and from before, given or not
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- config
--- steps
redis codes drop AAA BBB AAA AAA
= 2 added, 2 duplicate
POST /claim?u=ann
200 {"outcome":"won","code":"AAA",...}
redis codes drop AAA BBB CCC
= 1 added, 2 duplicate
redis codes drop AAA BBB CCC
= 0 added, 3 duplicate
redis claims drop 5 u%d
= 3 sold_out, 2 won
redis codes drop AAA BBB CCC
= 0 added, 3 duplicate
redis HGET rush:{drop} supply
= 3
POST /claim?u=bob
409 {"outcome":"sold_out",...}
# a code is the very bytes
redis codes drop aaa
= 1 added, 0 duplicate



=== TEST 7: many codes, uploaded twice
--- campaign
drop kind=coupon codes=pool stock=5000 lease=0
--- steps
redis codes drop 1700 x%d
= 1700 added, 0 duplicate
redis codes drop 2000 x%d
= 300 added, 1700 duplicate
redis claims drop 1100 u%d
= 1100 won
redis codes drop 2000 x%d
= 0 added, 2000 duplicate
redis check drop
= true
= the stock is 5000, but codes run out 3000 units before: upload more
redis check drop somebody
= null
--- redis_after
> LLEN rush:{drop}:free
899
> HLEN rush:{drop}:codes
2000



=== TEST 8: the code of a void ticket is spent, also with restock
--- campaign
drop kind=coupon codes=pool stock=3 lease=0
--- redis
codes drop AAA BBB CCC DDD
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>","code":"AAA","left":2,...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>","code":"BBB","left":1,...}
POST /void?ticket=<A>
200 {"outcome":"void","campaign":"drop","user":"ann","ticket":"<A>","seq":1,"units":1,"state":"void","code":"AAA","now":<now>}
redis counters drop
= total 2, out 1, seq 2, held 0, void 1
POST /void?ticket=<B>&restock=1
200 {"outcome":"void","code":"BBB",...}
redis counters drop
= total 2, out 0, seq 2, held 0, void 1
redis codes drop AAA BBB
= 0 added, 2 duplicate
redis claims drop 5 u%d
= 3 sold_out, 2 won
POST /void?ticket=<A>&restock=1
200 {"outcome":"void",...}
# a unit is there again, and no code for it
redis check drop
= true
= the stock is 3, but codes run out 1 units before: upload more
redis claims drop 5 v%d
= 5 sold_out
POST /redeem?campaign=drop&code=AAA
409 {"outcome":"void","user":"ann","state":"void",...}
redis codes drop EEE
= 1 added, 0 duplicate
POST /claim?u=ann
200 {"outcome":"won","code":"EEE","left":0,...}
redis check drop
= true
--- redis_after
> events drop
won ann 1 units=1 code=AAA
won bob 2 units=1 code=BBB
void ann 1 units=1
void bob 2 units=1 restock=1
won u1 3 units=1 code=CCC
won u2 4 units=1 code=DDD
void ann 1 units=1 restock=1
won ann 5 units=1 code=EEE



=== TEST 9: redeem by code, as it was uploaded and not otherwise
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop "Ab-1 2" zz
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"Ab-1 2",...}
POST /redeem?campaign=drop&code=ab-1%202
404 {"outcome":"unknown","member":"code",...}
POST /redeem?campaign=drop&code=Ab12
404 {"outcome":"unknown","member":"code",...}
# nobody has this one
POST /redeem?campaign=drop&code=zz
404 {"outcome":"unknown","member":"code",...}
POST /redeem?campaign=drop&code=yy
404 {"outcome":"unknown","member":"code",...}
POST /redeem?campaign=drop&code=Ab-1%202&shop=s1
Idempotency-Key: one
200 {"outcome":"redeemed","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"redeemed","code":"Ab-1 2","by":"s1","at":<W>,"now":<now>}
POST /redeem?campaign=drop&code=Ab-1%202&shop=s1
Idempotency-Key: one
200 {"outcome":"redeemed","by":"s1","at":<W>,...}
POST /redeem?campaign=drop&code=Ab-1%202&shop=s2
409 {"outcome":"redeemed","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"code":"Ab-1 2","by":"s1","at":<W>,"state":"redeemed","now":<now>}
POST /redeem?ticket=<T>
409 {"outcome":"redeemed","by":"s1","state":"redeemed",...}
redis check drop
= true
= the stock is 10, but codes run out 8 units before: upload more
--- redis_after
> HGET rush:{drop}:codes "Ab-1 2"
ann,1
> events drop
won ann 1 units=1 code=Ab-1 2
redeemed ann 1 units=1 ref=s1



=== TEST 10: codes with signs that records and JSON use, and UTF-8
--- campaign
drop kind=coupon codes=pool stock=20 lease=0 per_user=20 per_day=20 valid=1h
--- redis
codes drop a;b,c%d %3b %% "\"\\" 优惠券 ;;; , won
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","code":"a;b,c%d",...}
POST /claim?u=ann
200 {"outcome":"won","code":"%3b",...}
POST /claim?u=ann
200 {"outcome":"won","code":"%%",...}
POST /claim?u=ann
200 {"outcome":"won","code":"\"\\",...}
POST /claim?u=ann
200 {"outcome":"won","code":"优惠券",...}
POST /claim?u=ann
200 {"outcome":"won","code":";;;",...}
POST /claim?u=ann
200 {"outcome":"won","code":",",...}
POST /claim?u=ann
200 {"outcome":"won","code":"won",...}
POST /redeem?campaign=drop&code=a;b,c%25d&shop=s1
200 {"outcome":"redeemed","seq":1,"code":"a;b,c%d","by":"s1",...}
POST /redeem?campaign=drop&code=%253b&shop=s2
200 {"outcome":"redeemed","seq":2,"code":"%3b","by":"s2",...}
POST /redeem?campaign=drop&code=%22%5C
200 {"outcome":"redeemed","seq":4,"code":"\"\\",...}
POST /redeem?campaign=drop&code=%E4%BC%98%E6%83%A0%E5%88%B8
200 {"outcome":"redeemed","seq":5,"code":"优惠券",...}
POST /redeem?campaign=drop&code=;;;
200 {"outcome":"redeemed","seq":6,"code":";;;",...}
GET /mine?u=ann
200 {"tickets":[{"ticket":"<any>","seq":8,"units":1,"state":"issued","code":"won","valid_until":<now+1h>},{"ticket":"<any>","seq":7,"units":1,"state":"issued","code":",","valid_until":<now+1h>},{"ticket":"<any>","seq":6,"units":1,"state":"redeemed","code":";;;","valid_until":<now+1h>,"by":"","at":<now>},{"ticket":"<any>","seq":5,"units":1,"state":"redeemed","code":"优惠券","valid_until":<now+1h>,"by":"","at":<now>},{"ticket":"<any>","seq":4,"units":1,"state":"redeemed","code":"\"\\","valid_until":<now+1h>,"by":"","at":<now>},{"ticket":"<any>","seq":3,"units":1,"state":"issued","code":"%%","valid_until":<now+1h>},{"ticket":"<any>","seq":2,"units":1,"state":"redeemed","code":"%3b","valid_until":<now+1h>,"by":"s2","at":<now>},{"ticket":"<any>","seq":1,"units":1,"state":"redeemed","code":"a;b,c%d","valid_until":<now+1h>,"by":"s1","at":<now>}],...}
redis check drop
= true
= the stock is 20, but codes run out 12 units before: upload more



=== TEST 11: codes that are words of an event
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
timed kind=coupon codes=pool stock=10 lease=0 valid=1h
--- redis
codes drop code until code2
codes timed code until code2
--- steps
redis claims drop 3 u%d
= 3 won
redis claims timed 3 u%d
= 3 won
redis events timed
= won u1 1 units=1 code=code until
= won u2 2 units=1 code=until until
= won u3 3 units=1 code=code2 until
redis check drop
= true
= the stock is 10, but codes run out 7 units before: upload more
--- redis_after
> events drop
won u1 1 units=1 code=code
won u2 2 units=1 code=until
won u3 3 units=1 code=code2



=== TEST 12: keys of the wrong type: pending, and nothing has changed
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop AAA BBB CCC
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"AAA",...}
redis RENAME rush:{drop}:free keep
redis SET rush:{drop}:free x
POST /claim?u=bob
503 {"outcome":"pending",...}
redis codes drop EEE
= ~ WRONGTYPE
redis RENAME keep rush:{drop}:free
redis RENAME rush:{drop}:codes keep
redis SET rush:{drop}:codes x
POST /claim?u=bob
503 {"outcome":"pending",...}
redis claims drop 2 u%d
= ~ WRONGTYPE
redis codes drop EEE
= ~ WRONGTYPE
POST /redeem?campaign=drop&code=AAA
503 {"outcome":"pending",...}
redis RENAME keep rush:{drop}:codes
redis events drop
= won ann 1 units=1 code=AAA
redis counters drop
= total 3, out 1, seq 1, held 0, void 0
redis tickets drop bob
= none
redis check drop
= true
= the stock is 10, but codes run out 7 units before: upload more
POST /claim?u=bob
200 {"outcome":"won","code":"BBB","seq":2,...}
--- error_log
WRONGTYPE
--- no_error_log
[emerg]



=== TEST 13: a record, and the key of the campaign, of the wrong type
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop AAA
RENAME rush:{drop}:events keep
SET rush:{drop}:events x
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
redis RENAME keep rush:{drop}:events
redis check drop
= true
= the stock is 10, but codes run out 9 units before: upload more
--- error_log
WRONGTYPE
--- no_error_log
[emerg]
--- redis_after
> counters drop
total 1, out 0, seq 0, held 0, void 0
> LRANGE rush:{drop}:free 0 -1
AAA



=== TEST 14: fewer free codes than the supply says: pending, nothing given
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop AAA BBB
DEL rush:{drop}:free
--- config
--- no_audit
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
it has fewer free codes than its supply says
--- no_error_log
[emerg]
--- redis_after
> counters drop
total 2, out 0, seq 0, held 0, void 0
> XLEN rush:{drop}:events
0



=== TEST 15: who takes no codes
--- campaign
drop kind=coupon stock=10
sale stock=10
--- steps
redis codes drop AAA
= conflict error=the campaign takes no codes member=codes
redis codes sale AAA
= conflict error=the campaign takes no codes member=codes
redis EXISTS rush:{drop}:codes rush:{drop}:free rush:{sale}:codes
= 0



=== TEST 16: deleted and made again: old codes are unknown, and free
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop AAA BBB
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","code":"AAA",...}
delete drop
redis EXISTS rush:{drop}:codes rush:{drop}:free
= 0
campaign drop kind=coupon codes=pool stock=10 lease=0
wait 1.1
POST /redeem?campaign=drop&code=AAA
404 {"outcome":"unknown","member":"code",...}
redis codes drop AAA
= 1 added, 0 duplicate
POST /claim?u=bob
200 {"outcome":"won","code":"AAA","seq":1,...}
POST /redeem?campaign=drop&code=AAA
200 {"outcome":"redeemed","user":"bob",...}



=== TEST 17: $rush_code, as it was uploaded
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop a;b,c%3b
--- config
    location = /grab {
        rush_claim drop;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/echo;
        proxy_set_header X-Code $rush_code;
    }
    location = /echo { return 200 $http_x_code; }
--- steps
POST /grab?u=ann
200 a;b,c%3b
POST /grab?u=ann
200 a;b,c%3b



=== TEST 18: who can only lose is refused from memory while it is dry
--- campaign
drop kind=coupon codes=pool stock=10 lease=10s
--- proxy
--- config
--- steps
row 20 POST /claim?u=u%d
= 409 sold_out 20
asked
= LOOK rush:{drop} u1



=== TEST 19: several for each user, a limit a day, and items
--- campaign
drop kind=coupon codes=pool stock=9 lease=0 per_user=4 per_day=2 items=cup:3,h:3
--- redis
codes drop 9 c%d
--- config
    location = /item { rush_item $arg_i; rush_claim drop; }
--- steps
POST /item?u=ann&i=cup
Idempotency-Key: one
200 {"outcome":"won","item":"cup","code":"c1",...}
POST /item?u=ann&i=h
200 {"outcome":"won","item":"h","code":"c2",...}
POST /item?u=ann&i=h
409 {"outcome":"limit",...}
POST /item?u=ann&i=cup
Idempotency-Key: one
200 {"outcome":"again","code":"c1",...}
POST /item?u=bob&i=h
200 {"outcome":"won","code":"c3",...}
redis check drop
= true
--- redis_after
> counters drop
total 9, out 3, seq 3, held 0, void 0; cup 1/3; h 2/3



=== TEST 20: the audit finds each damage
--- campaign
drop kind=coupon codes=pool stock=4 lease=0
--- redis
codes drop AAA BBB CCC DDD
claims drop 2 u%d
--- no_audit
--- steps
redis check drop
= true
redis HINCRBY rush:{drop} out 1
redis check drop
= false
= supply is 4, but free and out are 5
= out is 3, but live tickets have 2
redis HINCRBY rush:{drop} out -1
redis HINCRBY rush:{drop} supply 1
redis check drop
= false
= supply is 5, but free and out are 4
redis HINCRBY rush:{drop} supply -1
redis HINCRBY rush:{drop} void 1
redis check drop
= ~ ^false\ntotal is 4, but the stock without what is void, .*, is 3$
redis HINCRBY rush:{drop} void -1
# a record
redis HGET rush:{drop}:users u2
= <R>
redis HDEL rush:{drop}:users u2
redis check drop
= false
= out is 2, but live tickets have 1
= seq is 2, but users were given 1
redis HSET rush:{drop}:users u2 <R>
# a code that was given is free again
redis HSET rush:{drop}:codes AAA ""
redis RPUSH rush:{drop}:free AAA
redis check drop
= false
= ticket 1 of u1 has no code of its own
= 1 codes were given, but 2 tickets
= supply is 4, but free and out are 5
redis LREM rush:{drop}:free 0 AAA
redis check drop
= false
= ticket 1 of u1 has no code of its own
= 3 codes are free, but the list of them has 2 or others
= 1 codes were given, but 2 tickets
= supply is 4, but free and out are 5
# or is somebody else's
redis HSET rush:{drop}:codes AAA u2,2
redis check drop
= false
= ticket 1 of u1 has no code of its own
redis HSET rush:{drop}:codes AAA u1,1
# the list has one twice; one that was given; another number of them
redis RPUSH rush:{drop}:free CCC
redis check drop
= false
= 2 codes are free, but the list of them has 3 or others
redis LREM rush:{drop}:free 1 DDD
redis check drop
= false
= 2 codes are free, but the list of them has 2 or others
redis DEL rush:{drop}:free
redis RPUSH rush:{drop}:free AAA CCC
redis check drop
= false
= 2 codes are free, but the list of them has 2 or others
redis DEL rush:{drop}:free
redis RPUSH rush:{drop}:free DDD CCC
redis check drop
= true
redis HDEL rush:{drop}:codes DDD
redis check drop
= false
= 1 codes are free, but the list of them has 2 or others
= supply is 4, but free and out are 3
redis HSET rush:{drop}:codes DDD ""
# events
redis claims drop 1 u3
= 1 won
redis check drop
= true
redis forget drop 2
redis check drop
= false
= the event of ticket 2 is missing
redis forget drop 3
redis check drop
= false
= seq is 3, but the last win that has an event is 1



=== TEST 21: a user of Redis with the rights that docs/redis.md names
--- user_files
>>> password
hunter2
--- campaign
drop kind=coupon codes=pool stock=10 lease=0 audience=vip
list kind=coupon stock=10 per_user=2
hold stock=1 hold=100ms lease=0 ends=+1500ms keep=1ms
--- redis
codes drop AAA BBB
SADD rush:tag:vip ann
user shop hunter2
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS;
        user shop; password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>","code":"AAA",...}
POST /claim?u=bob
403 {"outcome":"denied",...}
POST /redeem?campaign=drop&code=AAA
200 {"outcome":"redeemed",...}
many 5 POST /claim/list?u=u%d
= 200 won 5
POST /claim/list?u=ann
200 {"outcome":"won","code":"<C>","ticket":"<T>",...}
POST /redeem?campaign=list&code=<C>
200 {"outcome":"redeemed",...}
POST /claim/list?u=ann
200 {"outcome":"won","ticket":"<D>",...}
POST /void?ticket=<D>&restock=1
200 {"outcome":"void",...}
GET /mine?u=ann
200 {"outcome":"found",...}
GET /state
200 {"outcome":"found",...}
POST /claim/hold?u=ann
200 {"outcome":"won",...}
# the sweep expires it, and removes the campaign
wait 3.4
redis HEXISTS rush:{hold} deleted
= 1
redis ACL DELUSER shop
--- error_log
redis closed the connection
--- no_error_log
NOPERM
can't run this command
[alert]
[emerg]



=== TEST 22: a user of Redis who may not take codes: nothing has changed
--- user_files
>>> password
hunter2
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- redis
codes drop AAA BBB
user shop hunter2
ACL SETUSER shop -ltrim -lpop
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
--- no_error_log
[emerg]
--- redis_after
> counters drop
total 2, out 0, seq 0, held 0, void 0
> XLEN rush:{drop}:events
0
