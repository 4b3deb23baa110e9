# What a claim is answered: every outcome with its status, members, headers.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: won
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"sale","ticket":"<ticket>","seq":1,"units":1,"left":9,"now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Retry-After
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0
> tickets sale ann
given 1; 1 confirmed 1
> events sale
won ann 1 units=1



=== TEST 2: won, with a hold
--- campaign
sale stock=10 hold=15m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"sale","ticket":"<ticket>","seq":1,"units":1,"left":9,"hold_until":<now+15m>,"now":<now>}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 1, void 0
> tickets sale ann
given 1; 1 held 1
> events sale
won ann 1 units=1 until



=== TEST 3: won, an item and several units
--- campaign
sale stock=10 per_user=3 items=red-M:5,red-L:5
--- config
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n; rush_claim sale;
    }
--- steps
POST /claim?u=ann&i=red-M&n=3
200 {"outcome":"won","campaign":"sale","ticket":"<ticket>","seq":1,"units":3,"item":"red-M","left":7,"now":<now>}
--- redis_after
> counters sale
total 10, out 3, seq 1, held 0, void 0; red-L 0/5; red-M 3/5
> events sale
won ann 1 units=3 item=red-M



=== TEST 4: sequence numbers go up, tickets differ
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>","seq":1,"left":9,...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>","seq":2,"left":8,...}
POST /claim?u=cat
200 {"outcome":"won","ticket":"<C>","seq":3,"left":7,...}
$ printf '%s\n' '<A>' '<B>' '<C>' | sort -u | wc -l
= 3
--- redis_after
> events sale
won ann 1 units=1
won bob 2 units=1
won cat 3 units=1



=== TEST 5: a ticket says campaign, birth, user, number and key
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
redis HGET rush:{sale} made
= <MADE>
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
$ echo '<T>' | sed 's/~[A-Za-z0-9_-]\{43\}$//'
= sale~<MADE>~ann~1~k1



=== TEST 6: again, byte for byte
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
POST /claim?u=ann
200 {"outcome":"again","campaign":"sale","ticket":"<T>","seq":1,"units":1,"left":8,"now":<now>}
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> counters sale
total 10, out 2, seq 2, held 0, void 0
> events sale
won ann 1 units=1
won bob 2 units=1



=== TEST 7: again, while it is held
--- campaign
sale stock=10 hold=10m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","hold_until":<H>,...}
POST /claim?u=ann
200 {"outcome":"again","campaign":"sale","ticket":"<T>","seq":1,"units":1,"left":9,"hold_until":<H>,"now":<now>}



=== TEST 8: sold_out
--- campaign
sale stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","left":0,...}
POST /claim?u=bob
409 {"outcome":"sold_out","campaign":"sale","left":0,"now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Retry-After
POST /claim?u=bob
409 {"outcome":"sold_out","campaign":"sale","left":0,"now":<now>}
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0
> HEXISTS rush:{sale}:users bob
0
> events sale
won ann 1 units=1



=== TEST 9: a holder of a ticket is never told sold_out
--- campaign
sale stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>","left":0,...}



=== TEST 10: nothing to sell
--- campaign
sale stock=0
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
409 {"outcome":"sold_out","campaign":"sale","left":0,"now":<now>}
--- redis_after
> counters sale
total 0, out 0, seq 0, held 0, void 0



=== TEST 11: limit
--- campaign
sale stock=10 per_user=2
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
POST /claim?u=ann
409 {"outcome":"limit","campaign":"sale","left":8,"may":0,"tickets":[{"ticket":"<B>","seq":2,"units":1,"state":"confirmed"},{"ticket":"<A>","seq":1,"units":1,"state":"confirmed"}],"now":<now>}
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> counters sale
total 10, out 2, seq 2, held 0, void 0



=== TEST 12: early
--- campaign
sale stock=10 starts=+60s
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
425 {"outcome":"early","campaign":"sale","starts":<now+60s>,"now":<now>}
Retry-After: ~ ^\d+$
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 13: ended
--- campaign
sale stock=10 ends=-60s
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
410 {"outcome":"ended","campaign":"sale","ends":<now-60s>,"now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Retry-After
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 14: paused
--- campaign
sale stock=10 paused=yes
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
423 {"outcome":"paused","campaign":"sale","now":<now>}
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 15: unknown, there is no such campaign
--- config
    location = /claim { rush_user $arg_u; rush_claim nothing; }
--- steps
POST /claim?u=ann
404 {"outcome":"unknown","campaign":"nothing","now":<now>}
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> DBSIZE
0



=== TEST 16: unknown, there is no such item
--- campaign
sale stock=10 items=red:10
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=green
404 {"outcome":"unknown","campaign":"sale",...}
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0; red 0/10
> HLEN rush:{sale}:users
1



=== TEST 17: unknown, an item of a campaign that has none
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=green
404 {"outcome":"unknown","campaign":"sale",...}
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 18: anonymous
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim
401 {"outcome":"anonymous","campaign":"sale","now":<now>}
Content-Type: application/json
Cache-Control: no-store
POST /claim?u=
401 {"outcome":"anonymous","campaign":"sale","now":<now>}
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 19: invalid
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=0
400 {"outcome":"invalid","error":"units must be a whole number from 1 to 100","member":"units","now":<now>,...}
Content-Type: application/json
Cache-Control: no-store



=== TEST 20: method
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
GET /claim?u=ann
405 {"outcome":"method","now":<now>,...}
Allow: POST
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 21: mismatch
--- campaign
sale stock=10 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=2
Idempotency-Key: one
200 {"outcome":"won",...}
POST /claim?u=ann&n=3
Idempotency-Key: one
422 {"outcome":"mismatch","campaign":"sale","now":<now>}
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> tickets sale ann
given 1; 1 confirmed 2



=== TEST 22: pending, Redis is not there
--- http_config
    rush_redis main { server unix:$TEST_NGINX_DIR/nothing.sock; }
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
503 {"outcome":"pending","campaign":"sale","now":<now>}
Retry-After: ~ ^\d+$
Content-Type: application/json
Cache-Control: no-store
--- error_log
nothing.sock
--- no_error_log
[alert]
[emerg]



=== TEST 23: busy, Redis is loading
--- campaign
sale stock=10
--- proxy
CLAIM * reply -LOADING Redis is loading the dataset in memory\r\n
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
503 {"outcome":"busy","campaign":"sale","now":<now>}
Retry-After: ~ ^\d+$
Content-Type: application/json
Cache-Control: no-store
--- error_log
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 24: ref and data travel into the event
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_ref $arg_r; rush_data $http_x_data;
        rush_claim sale;
    }
--- steps
POST /claim?u=ann&r=cashier-7
X-Data: room 12, "é" and 50% more
200 {"outcome":"won",...}
--- redis_after
> events sale
won ann 1 units=1 ref=cashier-7 data=room 12, "é" and 50% more



=== TEST 25: a HEAD request is refused without a body
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
HEAD /claim?u=ann
405
Allow: POST
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 26: rush_answer status, the bare status
--- campaign
sale stock=1
soon stock=1 starts=+1h
over stock=1 ends=-1h
halt stock=1 paused=1
--- config
    rush_answer status;
    location ~ ^/claim/(.*) { rush_user $arg_u; rush_claim $1; }
--- steps
POST /claim/sale?u=ann
200 {"outcome":"won",...}
POST /claim/sale?u=bob
409 ~ ^<html>
Content-Type: text/html
POST /claim/soon?u=bob
425
Retry-After: ~ ^\d+$
POST /claim/over?u=bob
410 ~ ^<html>
POST /claim/halt?u=bob
423
POST /claim/none?u=bob
404 ~ ^<html>
POST /claim/sale
401 ~ ^<html>
GET /claim/sale?u=bob
405 ~ ^<html>
Allow: POST
POST /claim/sale?u=b%20b
400 ~ ^<html>
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0



=== TEST 27: an answer with HTTP/1.0
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann HTTP/1.0
200 {"outcome":"won",...}
GET /claim?u=ann HTTP/1.0
405 {"outcome":"method",...}



=== TEST 28: the campaign comes from the request
--- campaign
one stock=1
two stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim $arg_c; }
--- steps
POST /claim?u=ann&c=one
200 {"outcome":"won","campaign":"one",...}
POST /claim?u=ann&c=two
200 {"outcome":"won","campaign":"two",...}
POST /claim?u=bob&c=two
409 {"outcome":"sold_out","campaign":"two","left":0,...}
--- redis_after
> counters one
total 1, out 1, seq 1, held 0, void 0
> counters two
total 1, out 1, seq 1, held 0, void 0



=== TEST 29: ids with every sign that is allowed, case counts
--- campaign
A.b:c@d-e_9 stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim A.b:c@d-e_9; }
--- steps
POST /claim?u=Ann.B:c@d-e_9
200 {"outcome":"won","campaign":"A.b:c@d-e_9","ticket":"<T>","seq":1,...}
POST /claim?u=ann.b:c@d-e_9
200 {"outcome":"won","seq":2,...}
POST /claim?u=Ann.B:c@d-e_9
200 {"outcome":"again","ticket":"<T>","seq":1,...}
--- redis_after
> HLEN rush:{A.b:c@d-e_9}:users
3



=== TEST 30: numbers as users stay text
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=9007199254740993
200 {"outcome":"won","seq":1,...}
POST /claim?u=9007199254740992
200 {"outcome":"won","seq":2,...}
POST /claim?u=007
200 {"outcome":"won","seq":3,...}
POST /claim?u=7
200 {"outcome":"won","seq":4,...}
POST /claim?u=1e3
200 {"outcome":"won","seq":5,...}
POST /claim?u=1000
200 {"outcome":"won","seq":6,...}
--- redis_after
> counters sale
total 10, out 6, seq 6, held 0, void 0
