# The play coupon with codes of a sequence: claims, days, validity, redeeming
# by ticket and by code, void, who has a code, the audit.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $arg_u;
    rush_units $arg_n;

    location = /claim { rush_claim drop; }
    location ~ ^/claim/(?<c>\w+)$ { rush_claim $c; }
    location = /mine { rush_result drop; }
    location = /state { rush_state drop; }
    location = /redeem { rush_ref $arg_shop; rush_redeem; }
    location = /void { rush_void; }
    location = /confirm { rush_confirm; }
    location = /release { rush_release; }
_EOC_

run_tests();

__DATA__

=== TEST 1: a win is issued at once, with a code; a repeat is the same
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"drop","ticket":"<T>","seq":1,"units":1,"left":9,"code":"<C>","now":<now>}
Content-Type: application/json
Cache-Control: no-store
POST /claim?u=ann
200 {"outcome":"again","campaign":"drop","ticket":"<T>","seq":1,"units":1,"left":9,"code":"<C>","now":<now>}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","ticket":"<T>","code":"<C>",...}
GET /mine?u=ann
200 {"outcome":"found","campaign":"drop","user":"ann","tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"issued","code":"<C>"}],"now":<now>}
$ echo '<C>'
= ~ ^[0-9a-f]{12}0001$
redis check drop
= true
--- redis_after
> counters drop
total 10, out 1, seq 1, held 0, void 0
> tickets drop ann
given 1; 1 issued 1
> events drop
won ann 1 units=1 code=<C>



=== TEST 2: a code is of its campaign, its number and nothing else
--- campaign
drop kind=coupon stock=10
other kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"code":"<A>","seq":1,...}
POST /claim?u=bob
200 {"code":"<B>","seq":2,...}
POST /claim/other?u=ann
200 {"code":"<C>","seq":1,...}
$ printf '%s\n' <A> <B> <C> | cut -c1-12 | sort -u | wc -l
= 3
$ echo <B> | cut -c13-
= 0002



=== TEST 3: what util/campaign stores
--- campaign
drop kind=coupon stock=10
full kind=coupon stock=10 valid=7d per_day=2 per_user=5 zone=+08:00
--- steps
redis HMGET rush:{drop} codes valid zone per_day supply
= sequence
= 0
= +00:00
=
=
redis HMGET rush:{full} codes valid zone per_day
= sequence
= 604800000
= +08:00
= 2
redis HGET rush:{drop} secret
= ~ ^[0-9a-f]{32}$
$ util/campaign -r unix:$TEST_NGINX_REDIS get drop | grep -c secret
= 0
$ util/campaign -r unix:$TEST_NGINX_REDIS set drop codes=pool 2>&1
= util/campaign: codes can be set only when the campaign is made
$ util/campaign -r unix:$TEST_NGINX_REDIS set drop zone=+01:00 2>&1
= util/campaign: zone can be set only when the campaign is made
$ util/campaign -r unix:$TEST_NGINX_REDIS set drop zone=Asia 2>&1; echo $?
= ~ ^util/campaign: zone must be .*\n2$
$ util/campaign -r unix:$TEST_NGINX_REDIS set drop per_day=0 2>&1; echo $?
= ~ ^util/campaign: per_day must be .*\n2$
$ util/campaign -r unix:$TEST_NGINX_REDIS set drop codes=sequence valid=1h
= ~ ^drop changed
--- redis_after
> HGET rush:{drop} valid
3600000



=== TEST 4: keys, with more than one for each user
--- campaign
drop kind=coupon stock=10 per_user=3
--- config
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","ticket":"<A>","code":"<C>","seq":1,...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"won","code":"<D>","seq":2,...}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","ticket":"<A>","code":"<C>","seq":1,...}
POST /claim?u=ann
200 {"outcome":"won","seq":3,...}
POST /claim?u=ann
409 {"outcome":"limit","may":0,...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"again","code":"<D>","seq":2,...}
--- redis_after
> tickets drop ann
given 3; 1 issued 1; 2 issued 1; 3 issued 1



=== TEST 5: more units than one
--- campaign
drop kind=coupon stock=10 per_user=5
single kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann&n=2
400 {"outcome":"invalid","error":"units must be 1: a coupon is one","member":"units","campaign":"drop","now":<now>}
POST /claim?u=ann&n=1
200 {"outcome":"won",...}
POST /claim?u=ann&n=2
400 {"outcome":"invalid","member":"units",...}
POST /claim/single?u=ann&n=2
409 {"outcome":"limit","may":1,...}
--- redis_after
> counters drop
total 10, out 1, seq 1, held 0, void 0



=== TEST 6: sold out, and who has one
--- campaign
drop kind=coupon stock=2
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","code":"<C>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
POST /claim?u=cat
409 {"outcome":"sold_out","campaign":"drop","left":0,"now":<now>}
POST /claim?u=ann
200 {"outcome":"again","code":"<C>",...}
campaign drop paused=yes
POST /claim?u=ann
200 {"outcome":"again","code":"<C>",...}
campaign drop ends=-1s
POST /claim?u=ann
200 {"outcome":"again","code":"<C>",...}



=== TEST 7: items
--- campaign
drop kind=coupon stock=3 per_user=2 items=cup:1,hat:2
--- config
    location = /item { rush_item $arg_i; rush_claim drop; }
--- steps
POST /item?u=ann&i=cup
200 {"outcome":"won","item":"cup","code":"<C>",...}
POST /item?u=bob&i=cup
409 {"outcome":"sold_out",...}
POST /redeem?campaign=drop&code=<C>
200 {"outcome":"redeemed","campaign":"drop","user":"ann","ticket":"<ticket>","seq":1,"units":1,"item":"cup","state":"redeemed","code":"<C>","by":"","at":<now>,"now":<now>}
redis claims drop 1 x
= 1 invalid
redis check drop
= true
--- redis_after
> counters drop
total 3, out 1, seq 1, held 0, void 0; cup 1/1; hat 0/2



=== TEST 8: so many a day, and the next day
--- campaign
drop kind=coupon stock=20 per_user=5 per_day=2
--- config
--- steps
# made 90 minutes ago: midnight was before that, and then it was in between
redis HSET rush:{drop} made <now-90m>
redis midnight drop 120
POST /claim?u=ann
200 {"outcome":"won","code":"<A>","seq":1,...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"won","code":"<B>","seq":2,...}
POST /claim?u=ann
409 {"outcome":"limit","campaign":"drop","left":18,"may":0,"tickets":[{"ticket":"<any>","seq":2,"units":1,"state":"issued","code":"<B>"},{"ticket":"<any>","seq":1,"units":1,"state":"issued","code":"<A>"}],"now":<now>}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"again","code":"<B>",...}
POST /claim?u=bob
200 {"outcome":"won","seq":3,...}
redis midnight drop 30
POST /claim?u=ann
200 {"outcome":"won","seq":4,...}
POST /claim?u=ann
200 {"outcome":"won","seq":5,...}
POST /claim?u=ann
409 {"outcome":"limit","may":0,...}
redis midnight drop 120
POST /claim?u=ann
409 {"outcome":"limit",...}
redis check drop
= true
--- redis_after
> tickets drop ann
given 4; 1 issued 1; 2 issued 1; 4 issued 1; 5 issued 1
> counters drop
total 20, out 5, seq 5, held 0, void 0



=== TEST 9: per_user bounds what days give
--- campaign
drop kind=coupon stock=20 per_user=2 per_day=1
--- config
--- steps
redis HSET rush:{drop} made <now-3h>
redis midnight drop 240
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=ann
409 {"outcome":"limit",...}
redis midnight drop 120
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=ann
409 {"outcome":"limit",...}
redis midnight drop 60
POST /claim?u=ann
409 {"outcome":"limit","may":0,...}



=== TEST 10: a coupon of today that is void gives its place in the day back
--- campaign
drop kind=coupon stock=20 per_user=5 per_day=1
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
409 {"outcome":"limit",...}
POST /redeem?ticket=<A>
200 {"outcome":"redeemed",...}
POST /claim?u=ann
409 {"outcome":"limit",...}
POST /void?ticket=<A>
409 {"outcome":"redeemed",...}
campaign drop per_day=2
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
POST /claim?u=ann
409 {"outcome":"limit",...}
POST /void?ticket=<B>
200 {"outcome":"void",...}
POST /claim?u=ann
200 {"outcome":"won","seq":3,...}



=== TEST 11: a day's limit holds inside a batch, too
--- campaign
drop kind=coupon stock=20 per_user=5 per_day=2
--- config
--- steps
redis claims drop 5 ann
= 3 limit, 2 won
redis claims drop 300 u%d
= 282 sold_out, 18 won
redis check drop
= true



=== TEST 12: valid for some time; then it is expired, and is out still
--- campaign
drop kind=coupon stock=2 valid=500ms
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"drop","ticket":"<T>","seq":1,"units":1,"left":1,"code":"<C>","valid_until":<V>,"now":<now>}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>","seq":1,"units":1,"left":1,"code":"<C>","valid_until":<V>,...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
POST /redeem?ticket=<B>&shop=s1
200 {"outcome":"redeemed",...}
wait 0.55
POST /redeem?ticket=<T>&shop=s1
410 {"outcome":"expired","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"code":"<C>","valid_until":<V>,"state":"expired","now":<now>}
POST /redeem?campaign=drop&code=<C>&shop=s1
410 {"outcome":"expired","campaign":"drop","user":"ann","state":"expired",...}
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"expired","code":"<C>","valid_until":<V>}],...}
GET /mine?u=bob
200 {"tickets":[{"ticket":"<B>","seq":2,"units":1,"state":"redeemed","code":"<D>","valid_until":<any>,"by":"s1","at":<now>}],...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>","code":"<C>","valid_until":<V>,...}
POST /confirm?ticket=<T>
410 {"outcome":"expired",...}
redis found drop
= 2 of 2
redis check drop
= true
--- redis_after
> counters drop
total 2, out 2, seq 2, held 0, void 0
> tickets drop ann
given 1; 1 issued 1
> events drop
won ann 1 units=1 code=<C> until
won bob 2 units=1 code=<D> until
redeemed bob 2 units=1 given=2 ref=s1



=== TEST 13: what has expired can be void, and comes back
--- campaign
drop kind=coupon stock=1 valid=100ms lease=0
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 0.15
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /void?ticket=<T>&restock=1
200 {"outcome":"void","state":"void",...}
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /redeem?ticket=<T>
409 {"outcome":"void","state":"void",...}
redis check drop
= true



=== TEST 14: a change of valid is for coupons to come
--- campaign
drop kind=coupon stock=5
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
campaign drop valid=1h
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>","valid_until":<now+1h>,...}
POST /claim?u=ann
200 {"outcome":"again","campaign":"drop","ticket":"<A>","seq":1,"units":1,"left":3,"code":"<any>","now":<now>}
campaign drop valid=0
POST /claim?u=bob
200 {"outcome":"again","ticket":"<B>","valid_until":<now+1h>,...}



=== TEST 15: redeem by ticket, once
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"<C>",...}
POST /redeem?ticket=<T>&shop=shop-7
Idempotency-Key: till-1
200 {"outcome":"redeemed","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"redeemed","code":"<C>","by":"shop-7","at":<A>,"now":<now>}
Content-Type: application/json
Cache-Control: no-store
# the same key: the same
POST /redeem?ticket=<T>&shop=shop-7
Idempotency-Key: till-1
200 {"outcome":"redeemed","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"redeemed","code":"<C>","by":"shop-7","at":<A>,"now":<now>}
POST /redeem?ticket=<T>&shop=shop-8
Idempotency-Key: till-1
200 {"outcome":"redeemed","by":"shop-7","at":<A>,...}
# another key, and no key
POST /redeem?ticket=<T>&shop=shop-8
Idempotency-Key: till-2
409 {"outcome":"redeemed","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"code":"<C>","by":"shop-7","at":<A>,"state":"redeemed","now":<now>}
POST /redeem?ticket=<T>&shop=shop-7
409 {"outcome":"redeemed","by":"shop-7","at":<A>,"state":"redeemed",...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>","code":"<C>","by":"shop-7","at":<A>,...}
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"redeemed","code":"<C>","by":"shop-7","at":<A>}],...}
redis check drop
= true
--- redis_after
> counters drop
total 10, out 1, seq 1, held 0, void 0
> tickets drop ann
given 1; 1 redeemed 1
> events drop
won ann 1 units=1 code=<C>
redeemed ann 1 units=1 given=1 ref=shop-7



=== TEST 16: redeemed without a key, a repeat is another redemption
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /redeem?ticket=<T>
200 {"outcome":"redeemed","by":"","at":<A>,...}
POST /redeem?ticket=<T>
409 {"outcome":"redeemed","by":"","at":<A>,"state":"redeemed",...}
POST /redeem?ticket=<T>
Idempotency-Key: one
409 {"outcome":"redeemed","state":"redeemed",...}



=== TEST 17: many at once, one redemption
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"<C>",...}
many 20 POST /redeem?ticket=<T>&shop=s%d
= 200 redeemed 1
= 409 redeemed 19
many 20 POST /redeem?campaign=drop&code=<C>&shop=s%d
= 409 redeemed 20
redis XLEN rush:{drop}:events
= 2



=== TEST 18: redeem by the code that somebody types
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","code":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<T>","code":"<B>",...}
$ echo <B> | tr a-f A-F | sed 's/..../&-/g; s/-$//; s/-/%20/2'
= <D>
POST /redeem?campaign=drop&code=<D>&shop=s1
Idempotency-Key: one
200 {"outcome":"redeemed","campaign":"drop","user":"bob","ticket":"<T>","seq":2,"units":1,"state":"redeemed","code":"<B>","by":"s1","at":<W>,"now":<now>}
POST /redeem?campaign=drop&code=<B>&shop=s1
Idempotency-Key: one
200 {"outcome":"redeemed","user":"bob","ticket":"<T>","by":"s1","at":<W>,...}
POST /redeem?campaign=drop&code=<B>&shop=s2
Idempotency-Key: two
409 {"outcome":"redeemed","campaign":"drop","user":"bob","ticket":"<T>","seq":2,"units":1,"code":"<B>","by":"s1","at":<W>,"state":"redeemed","now":<now>}
# and by the ticket it is the same one
POST /redeem?ticket=<T>&shop=s1
Idempotency-Key: one
200 {"outcome":"redeemed","by":"s1","at":<W>,...}
redis tickets drop ann
= given 1; 1 issued 1



=== TEST 19: codes that nobody has
--- campaign
drop kind=coupon stock=10
other kind=coupon stock=10
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","code":"<A>",...}
POST /claim/other?u=ann
200 {"outcome":"won","code":"<B>",...}
POST /redeem?campaign=drop&code=hello
404 {"outcome":"unknown","member":"code","campaign":"drop","now":<now>}
# of another campaign
POST /redeem?campaign=drop&code=<B>
404 {"outcome":"unknown","member":"code",...}
# damaged, cut, too long, of a ticket that there is not
$ echo <A> | tr 0-9a-f 1-9a-f0 | cut -c1-12 | sed 's/$/0001/'
= <C>
POST /redeem?campaign=drop&code=<C>
404 {"outcome":"unknown","member":"code",...}
$ echo <A> | cut -c1-15
= <D>
POST /redeem?campaign=drop&code=<D>
404 {"outcome":"unknown","member":"code",...}
POST /redeem?campaign=drop&code=<A>0
404 {"outcome":"unknown","member":"code",...}
POST /redeem?campaign=drop&code=<A><A>
404 {"outcome":"unknown","member":"code",...}
$ echo <A> | sed 's/0001$/00001/'
= <E>
POST /redeem?campaign=drop&code=<E>
404 {"outcome":"unknown","member":"code",...}
$ echo <A> | sed 's/0001$/0002/'
= <G>
POST /redeem?campaign=drop&code=<G>
404 {"outcome":"unknown","member":"code",...}
$ echo <A> | sed 's/0001$/0000/'
= <F>
POST /redeem?campaign=drop&code=<F>
404 {"outcome":"unknown","member":"code",...}
POST /redeem?campaign=nobody&code=<A>
404 {"outcome":"unknown","campaign":"nobody","now":<now>}
# a sale has no codes
POST /redeem?campaign=sale&code=<A>
404 {"outcome":"unknown","member":"code",...}
redis tickets drop ann
= given 1; 1 issued 1



=== TEST 20: what is no code, and no campaign
--- campaign
drop kind=coupon stock=10
--- proxy
--- config
--- steps
POST /redeem
400 {"outcome":"invalid","member":"ticket",...}
POST /redeem?campaign=drop
400 {"outcome":"invalid","member":"ticket",...}
POST /redeem?campaign=drop&code=
400 {"outcome":"invalid","member":"ticket",...}
POST /redeem?code=abc
400 {"outcome":"invalid","error":"campaign must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -","member":"campaign","now":<now>}
POST /redeem?campaign=a%20b&code=abc
400 {"outcome":"invalid","member":"campaign",...}
POST /redeem?campaign=drop&campaign=drop&code=abc
400 {"outcome":"invalid","member":"campaign",...}
POST /redeem?campaign=drop&code=abc&code=abc
400 {"outcome":"invalid","error":"code is given twice","member":"code","now":<now>}
POST /redeem?campaign=drop&code=a%09b
400 {"outcome":"invalid","error":"code must be from 1 to 64 bytes of UTF-8 without control characters","member":"code","now":<now>}
POST /redeem?campaign=drop&code=a%0Ab
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=a%00
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=a%7Fb
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=%C2%85
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=<c*65>
400 {"outcome":"invalid","member":"code",...}
# not UTF-8, cut off, too long a form, a surrogate, beyond the last
POST /redeem?campaign=drop&code=%FF
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=a%E4%BD
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=%C1%81
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=%ED%A0%80
400 {"outcome":"invalid","member":"code",...}
POST /redeem?campaign=drop&code=%F4%90%80%80
400 {"outcome":"invalid","member":"code",...}
# who and the key
POST /redeem?campaign=drop&code=abc&shop=a/b
400 {"outcome":"invalid","member":"ref",...}
POST /redeem?campaign=drop&code=abc
Idempotency-Key: a b
400 {"outcome":"invalid","member":"key",...}
POST /redeem?campaign=drop&code=abc
Idempotency-Key: a
Idempotency-Key: a
400 {"outcome":"invalid","member":"key",...}
asked
=
# the longest
POST /redeem?campaign=drop&code=<c*64>
404 {"outcome":"unknown","member":"code",...}



=== TEST 21: methods and tickets that are refused
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"<C>",...}
GET /redeem?ticket=<T>
405 {"outcome":"method",...}
Allow: POST
HEAD /redeem?campaign=drop&code=<C>
405
Allow: POST
PUT /redeem?ticket=<T>
| body
405 {"outcome":"method",...}
POST /redeem?ticket=<T>x
403 {"outcome":"forged","now":<now>}
$ echo '<T>' | sed 's/~ann~/~bob~/'
= <F>
POST /redeem?ticket=<F>
403 {"outcome":"forged",...}
POST /redeem?ticket=<T>&ticket=<T>
400 {"outcome":"invalid","member":"ticket",...}
# with a code the ticket does not count
POST /redeem?ticket=<F>&campaign=drop&code=<C>
200 {"outcome":"redeemed",...}
--- redis_after
> tickets drop ann
given 1; 1 redeemed 1



=== TEST 22: rush_ticket, rush_ref and rush_key from elsewhere
--- campaign
drop kind=coupon stock=10
--- config
    location = /till {
        rush_ticket $http_x_ticket; rush_ref $http_x_staff;
        rush_key $http_x_receipt; rush_redeem;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /till?ticket=<T>
400 {"outcome":"invalid","member":"ticket",...}
POST /till
X-Ticket: <T>
X-Staff: s.smith@7
X-Receipt: 4711
Idempotency-Key: other
200 {"outcome":"redeemed","by":"s.smith@7",...}
POST /till
X-Ticket: <T>
X-Receipt: 4711
200 {"outcome":"redeemed","by":"s.smith@7",...}
POST /till
X-Ticket: <T>
X-Receipt: 4712
409 {"outcome":"redeemed","by":"s.smith@7",...}



=== TEST 23: void, then redeem
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"<C>",...}
POST /void?ticket=<T>
200 {"outcome":"void","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"void","code":"<C>","now":<now>}
POST /void?ticket=<T>
200 {"outcome":"void",...}
POST /redeem?ticket=<T>
409 {"outcome":"void","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"code":"<C>","state":"void","now":<now>}
POST /redeem?campaign=drop&code=<C>
409 {"outcome":"void","user":"ann","ticket":"<T>","state":"void",...}
redis counters drop
= total 9, out 0, seq 1, held 0, void 1
POST /void?ticket=<T>&restock=1
200 {"outcome":"void",...}
POST /claim?u=ann
200 {"outcome":"won","seq":2,"code":"<D>",...}
POST /redeem?campaign=drop&code=<C>
409 {"outcome":"void",...}
redis check drop
= true
--- redis_after
> counters drop
total 10, out 1, seq 2, held 0, void 0
> events drop
won ann 1 units=1 code=<C>
void ann 1 units=1 given=1
void ann 1 units=1 given=1 restock=1
won ann 2 units=1 code=<D>



=== TEST 24: redeem, then void; and verbs that a coupon does not know
--- campaign
drop kind=coupon stock=10
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"<C>",...}
POST /confirm?ticket=<T>
409 {"outcome":"issued","campaign":"drop","user":"ann","ticket":"<T>","seq":1,"units":1,"code":"<C>","state":"issued","now":<now>}
POST /release?ticket=<T>
409 {"outcome":"issued","state":"issued",...}
POST /redeem?ticket=<T>&shop=s1
200 {"outcome":"redeemed",...}
POST /void?ticket=<T>
409 {"outcome":"redeemed","by":"s1","at":<now>,"state":"redeemed",...}
POST /void?ticket=<T>&restock=1
409 {"outcome":"redeemed",...}
# and a sale cannot be redeemed
POST /claim/sale?u=ann
200 {"outcome":"won","ticket":"<S>",...}
POST /redeem?ticket=<S>
409 {"outcome":"confirmed","state":"confirmed",...}
--- redis_after
> counters drop
total 10, out 1, seq 1, held 0, void 0
> events drop
won ann 1 units=1 code=<C>
redeemed ann 1 units=1 given=1 ref=s1



=== TEST 25: redeeming goes on when the campaign is paused or over
--- campaign
drop kind=coupon stock=10 paused=no
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","code":"<B>",...}
campaign drop paused=yes
POST /redeem?ticket=<A>
200 {"outcome":"redeemed",...}
campaign drop paused=no ends=-1s
POST /redeem?campaign=drop&code=<B>
200 {"outcome":"redeemed",...}



=== TEST 26: who has a code: wins, redemptions and voids by the hundred
--- campaign
drop kind=coupon stock=2000
--- config
--- steps
POST /claim?u=first
200 {"outcome":"won","code":"<F>",...}
redis settles drop redeem 1
= 1 redeemed
redis found drop
= 1 of 1
redis claims drop 300 a%d
= 300 won
redis settles drop redeem 3
= 101 redeemed
redis claims drop 7 b%d
= 7 won
redis settles drop void 4
= 26 redeemed, 51 void
redis settles drop redeem 7
= 37 redeemed, 7 void
redis found drop
= 308 of 308
redis claims drop 400 c%d
= 400 won
redis settles drop void 200
= 1 redeemed, 3 void
POST /claim?u=last
200 {"outcome":"won","code":"<L>","seq":709,...}
redis found drop
= 709 of 709
POST /redeem?campaign=drop&code=<L>
200 {"user":"last","seq":709,...}
POST /redeem?campaign=drop&code=<F>
409 {"user":"first","seq":1,...}
redis check drop
= true



=== TEST 27: a code whose event is gone is unknown, and nobody else's
--- campaign
drop kind=coupon stock=100
--- config
--- no_audit
--- steps
redis claims drop 3 u%d
= 3 won
POST /claim?u=ann
200 {"outcome":"won","code":"<C>",...}
redis claims drop 3 v%d
= 3 won
redis forget drop 4
= 1
POST /redeem?campaign=drop&code=<C>
404 {"outcome":"unknown","member":"code",...}
redis found drop
= 6 of 6
redis check drop
= false
= the event of ticket 4 is missing
# and of the first one, too
redis forget drop 1
redis found drop
= 5 of 5



=== TEST 28: a campaign that was deleted and made again has other codes
--- campaign
drop kind=coupon stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","code":"<A>",...}
delete drop
POST /redeem?campaign=drop&code=<A>
404 {"outcome":"unknown",...}
campaign drop kind=coupon stock=10
# "unknown" is remembered for a second
wait 1.1
POST /claim?u=ann
200 {"outcome":"won","code":"<B>","seq":1,...}
POST /redeem?campaign=drop&code=<A>
404 {"outcome":"unknown","member":"code",...}
POST /redeem?ticket=<T>
404 {"outcome":"unknown","member":"ticket",...}
POST /redeem?campaign=drop&code=<B>
200 {"outcome":"redeemed",...}



=== TEST 29: $rush_code, for upstream and after a redemption
--- campaign
drop kind=coupon stock=10
--- config
    location = /grab {
        rush_claim drop;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/echo;
        proxy_set_header X-Code $rush_code;
        proxy_set_header X-Kind $rush_kind;
    }
    location = /echo { return 200 "$http_x_kind $http_x_code\n"; }
    location = /till {
        rush_ref $arg_shop; rush_answer status; rush_redeem;
        error_page 409 = @told;
    }
    location @told {
        return 200 "$rush_outcome $rush_user $rush_seq $rush_code $rush_ref";
    }
--- steps
POST /grab?u=ann
200 ~ ^coupon [0-9a-f]{12}0001$
POST /claim?u=ann
200 {"code":"<C>",...}
POST /grab?u=ann
200 coupon <C>
POST /till?campaign=drop&code=<C>&shop=s1
200 {"outcome":"redeemed",...}
POST /till?campaign=drop&code=<C>&shop=s2
200 redeemed ann 1 <C> s2



=== TEST 30: a damaged campaign gives nothing
--- campaign
drop kind=coupon stock=10
--- redis
HDEL rush:{drop} secret
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
POST /redeem?campaign=drop&code=abc
503 {"outcome":"pending",...}
--- error_log
the campaign is damaged: valid, zone or secret
--- no_error_log
[emerg]
--- redis_after
> counters drop
total 10, out 0, seq 0, held 0, void 0
> XLEN rush:{drop}:events
0



=== TEST 31: the audit finds what is wrong
--- campaign
drop kind=coupon stock=3000
--- config
--- no_audit
--- steps
redis claims drop 1200 u%d
= 1200 won
redis settles drop redeem 5
= 240 redeemed
redis settles drop void 7
= 35 redeemed, 137 void
redis check drop
= true
redis HINCRBY rush:{drop} out 1
redis check drop
= false
= out is 1064, but live tickets have 1063
redis HINCRBY rush:{drop} out -1
redis HINCRBY rush:{drop} total 5
redis check drop
= ~ ^false\ntotal is 2868, but the stock without what is void, .*, is 2863$
redis HINCRBY rush:{drop} total -5
redis HGET rush:{drop}:users u2
= <R>
redis HDEL rush:{drop}:users u2
redis check drop
= false
= out is 1063, but live tickets have 1062
= seq is 1200, but users were given 1199
redis HSET rush:{drop}:users u2 1;1201,i,,,,k1
redis check drop
= false
= the record of u2 is damaged at ticket 1201
redis HSET rush:{drop}:users u2 <R>
redis check drop
= true
# changed meanwhile
redis check drop somebody
= null
redis check drop
= true



=== TEST 32: rush_redeem without rush_secret_file
--- no_secret_file
--- config
--- dies
needs "rush_secret_file": make a file with a line "id:secret" and name it here



=== TEST 33: rush_redeem with an argument
--- config
    location = /till { rush_redeem drop; }
--- dies: invalid number of arguments in "rush_redeem" directive



=== TEST 34: rush_redeem in a server
--- config
    rush_redeem;
--- dies: "rush_redeem" directive is not allowed here



=== TEST 35: rush_redeem beside another
--- config
    location = /till { rush_void; rush_redeem; }
--- dies: "rush_void" and "rush_redeem" cannot share a location
