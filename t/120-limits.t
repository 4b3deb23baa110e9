# How much one user gets: per_user, tries, keys, items, units.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: with per_user 1 a repeat is again, with and without a key
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>",...}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","ticket":"<T>",...}
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 2: the same key is again, another key is another ticket
--- campaign
sale stock=10 per_user=3
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","ticket":"<A>","seq":1,...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"won","ticket":"<B>","seq":2,...}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","ticket":"<A>","seq":1,...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"again","ticket":"<B>","seq":2,...}
--- redis_after
> tickets sale ann
given 2; 1 confirmed 1; 2 confirmed 1
> events sale
won ann 1 units=1
won ann 2 units=1



=== TEST 3: without a key each claim is a new one, until the limit
--- campaign
sale stock=10 per_user=2
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
POST /claim?u=ann
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
409 {"outcome":"limit","may":0,...}
--- redis_after
> counters sale
total 10, out 2, seq 2, held 0, void 0



=== TEST 4: one key, two users
--- campaign
sale stock=10 per_user=2
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","seq":1,...}
POST /claim?u=bob
Idempotency-Key: one
200 {"outcome":"won","seq":2,...}



=== TEST 5: a key again after the limit is reached
--- campaign
sale stock=10 per_user=2
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","ticket":"<A>",...}
POST /claim?u=ann
Idempotency-Key: three
409 {"outcome":"limit",...}



=== TEST 6: a key is compared as given
--- campaign
sale stock=10 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","seq":1,...}
POST /claim?u=ann
Idempotency-Key: One
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
Idempotency-Key: "one"
200 {"outcome":"won","seq":3,...}
POST /claim?u=ann
Idempotency-Key: a,b;c|d~e
200 {"outcome":"won","seq":4,...}
POST /claim?u=ann
Idempotency-Key: a,b;c|d~e
200 {"outcome":"again","seq":4,...}



=== TEST 7: mismatch by units and by item, and nothing is taken
--- campaign
sale stock=10 per_user=5 items=red:5,blue:5
--- config
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n; rush_claim sale;
    }
--- steps
POST /claim?u=ann&i=red&n=2
Idempotency-Key: one
200 {"outcome":"won",...}
POST /claim?u=ann&i=red&n=1
Idempotency-Key: one
422 {"outcome":"mismatch",...}
POST /claim?u=ann&i=blue&n=2
Idempotency-Key: one
422 {"outcome":"mismatch",...}
POST /claim?u=ann&i=red&n=2
Idempotency-Key: one
200 {"outcome":"again",...}
--- redis_after
> counters sale
total 10, out 2, seq 1, held 0, void 0; blue 0/5; red 2/5



=== TEST 8: mismatch with per_user 1
--- campaign
sale stock=10 items=red:5,blue:5
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=red
Idempotency-Key: one
200 {"outcome":"won",...}
POST /claim?u=ann&i=blue
Idempotency-Key: one
422 {"outcome":"mismatch",...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0; blue 0/5; red 1/5



=== TEST 9: the key whose ticket was released is free again
--- campaign
sale stock=10 per_user=3 hold=10m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /cancel { rush_release; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","ticket":"<A>","seq":1,...}
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","ticket":"<B>","seq":2,...}
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","ticket":"<B>","seq":2,...}
--- redis_after
> tickets sale ann
given 2; 1 released 1; 2 held 1



=== TEST 10: the key whose ticket has expired is free again
--- campaign
sale stock=10 per_user=3 hold=300ms
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","seq":1,...}
wait 1.8
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","seq":2,...}



=== TEST 11: rush_key from elsewhere
--- campaign
sale stock=10 per_user=3
--- config
    location = /claim {
        rush_user $arg_u; rush_key $arg_order; rush_claim sale;
    }
--- steps
POST /claim?u=ann&order=7
Idempotency-Key: one
200 {"outcome":"won","seq":1,...}
POST /claim?u=ann&order=8
Idempotency-Key: one
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann&order=7
200 {"outcome":"again","seq":1,...}



=== TEST 12: per_user counts units
--- campaign
sale stock=20 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=3
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann&n=3
409 {"outcome":"limit","campaign":"sale","left":17,"may":2,"tickets":[{"ticket":"<A>","seq":1,"units":3,"state":"confirmed"}],"now":<now>}
POST /claim?u=ann&n=2
200 {"outcome":"won",...}
POST /claim?u=ann&n=1
409 {"outcome":"limit","may":0,...}
--- redis_after
> counters sale
total 20, out 5, seq 2, held 0, void 0



=== TEST 13: more units at once than the limit
--- campaign
sale stock=20 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=6
409 {"outcome":"limit","campaign":"sale","left":20,"may":5,"tickets":[],"now":<now>}
POST /claim?u=ann&n=100
409 {"outcome":"limit","may":5,"tickets":[],...}
--- redis_after
> counters sale
total 20, out 0, seq 0, held 0, void 0
> HEXISTS rush:{sale}:users ann
0



=== TEST 14: the limit is over all items
--- campaign
sale stock=20 per_user=2 items=red:10,blue:10
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won","item":"red",...}
POST /claim?u=ann&i=blue
200 {"outcome":"won","item":"blue",...}
POST /claim?u=ann&i=red
409 {"outcome":"limit",...}
--- redis_after
> counters sale
total 20, out 2, seq 2, held 0, void 0; blue 1/10; red 1/10



=== TEST 15: tickets in limit say their item and their hold
--- campaign
sale stock=20 hold=10m items=red:10
--- config
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n; rush_claim sale;
    }
--- steps
POST /claim?u=ann&i=red&n=2
409 {"outcome":"limit","may":1,"tickets":[],...}
campaign sale per_user=2
POST /claim?u=ann&i=red
200 {"outcome":"won","ticket":"<A>","hold_until":<H>,...}
POST /claim?u=ann&i=red&n=2
409 {"outcome":"limit","campaign":"sale","left":19,"may":1,"tickets":[{"ticket":"<A>","seq":1,"units":1,"item":"red","state":"held","hold_until":<H>}],"now":<now>}



=== TEST 16: sold out by item, the others are still there
--- campaign
sale stock=10 per_user=5 items=red:1,blue:9
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won",...}
POST /claim?u=bob&i=red
409 {"outcome":"sold_out","campaign":"sale","left":9,"now":<now>}
POST /claim?u=bob&i=blue
200 {"outcome":"won","item":"blue",...}
--- redis_after
> counters sale
total 10, out 2, seq 2, held 0, void 0; blue 1/9; red 1/1



=== TEST 17: sold out as a whole, though the item is there
--- campaign
sale stock=1 items=red:5,blue:5
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=red
200 {"outcome":"won","left":0,...}
POST /claim?u=bob&i=blue
409 {"outcome":"sold_out","left":0,...}



=== TEST 18: more units than are left
--- campaign
sale stock=5 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=3
200 {"outcome":"won","left":2,...}
POST /claim?u=bob&n=3
409 {"outcome":"sold_out","campaign":"sale","left":2,"now":<now>}
POST /claim?u=bob&n=2
200 {"outcome":"won","left":0,...}
--- redis_after
> counters sale
total 5, out 5, seq 2, held 0, void 0



=== TEST 19: who holds a ticket gets it when the rest is sold out
--- campaign
sale stock=3 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<C>",...}
POST /claim?u=ann
200 {"outcome":"again","campaign":"sale","ticket":"<B>","seq":2,"units":1,"left":0,"tickets":[{"ticket":"<B>","seq":2,"units":1,"state":"confirmed"},{"ticket":"<A>","seq":1,"units":1,"state":"confirmed"}],"now":<now>}
POST /claim?u=bob
200 {"outcome":"again","campaign":"sale","ticket":"<C>","seq":3,"units":1,"left":0,"now":<now>}
POST /claim?u=cat
409 {"outcome":"sold_out",...}
--- redis_after
> counters sale
total 3, out 3, seq 3, held 0, void 0



=== TEST 20: tries bounds claim and release in a loop
--- campaign
sale stock=100 tries=3 hold=10m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /cancel { rush_release; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
POST /cancel?ticket=<B>
200 {"outcome":"released",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<C>",...}
POST /cancel?ticket=<C>
200 {"outcome":"released",...}
POST /claim?u=ann
409 {"outcome":"limit","campaign":"sale","left":100,"may":0,"tickets":[],"now":<now>}
--- redis_after
> counters sale
total 100, out 0, seq 3, held 0, void 0



=== TEST 21: tries is per_user and five more, if nobody says
--- campaign
sale stock=100 per_user=2
--- steps
redis HGET rush:{sale} tries
= 7
campaign sale per_user=4
redis HGET rush:{sale} tries
= 9
campaign sale tries=20 per_user=10
redis HGET rush:{sale} tries
= 20



=== TEST 22: a higher limit works at once
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
campaign sale per_user=2
POST /claim?u=ann
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
409 {"outcome":"limit",...}



=== TEST 23: a lower limit takes nothing from anybody
--- campaign
sale stock=10 per_user=3
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
POST /claim?u=ann&n=3
200 {"outcome":"won","ticket":"<A>",...}
campaign sale per_user=2
POST /claim?u=ann
409 {"outcome":"limit","may":0,...}
GET /mine?u=ann
200 {"outcome":"found","tickets":[{"ticket":"<A>","seq":1,"units":3,"state":"confirmed"}],...}



=== TEST 24: more stock works at once
--- campaign
sale stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
campaign sale stock=2
wait 1.1
POST /claim?u=bob
200 {"outcome":"won","left":0,...}



=== TEST 25: less stock than is out takes nothing from anybody
--- campaign
sale stock=3
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- no_audit
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
campaign sale stock=1
POST /claim?u=cat
409 {"outcome":"sold_out","left":0,...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>","left":0,...}
--- redis_after
> counters sale
total 1, out 2, seq 2, held 0, void 0



=== TEST 26: one user, many claims at once, one ticket
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
&POST /claim?u=ann
200 {"ticket":"<T>",...}
&POST /claim?u=ann
200 {"ticket":"<T>",...}
&POST /claim?u=ann
200 {"ticket":"<T>",...}
&POST /claim?u=ann
200 {"ticket":"<T>",...}
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 27: many users at once, no more than there are
--- campaign
sale stock=3
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
many 9 POST /claim?u=u%d
= 200 won 3
= 409 sold_out 6
--- redis_after
> counters sale
total 3, out 3, seq 3, held 0, void 0



=== TEST 28: who can only lose costs a look, and no script
--- campaign
sale stock=1
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
many 30 POST /claim?u=u%d
= 409 sold_out 30
POST /claim?u=ann
200 {"outcome":"again",...}
$ grep ^CLAIM $D/proxy.log
= ~ ^CLAIM rush:\{sale\} ann(?:\nCLAIM rush:\{sale\} ann)?$



=== TEST 29: who can only lose, but a hold has run out
--- campaign
sale stock=1 hold=300ms lease=0
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.35
POST /claim?u=bob
200 {"outcome":"won",...}



=== TEST 30: the same, when the leases of all nodes are over
--- campaign
sale stock=1 hold=300ms
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
wait 0.55
POST /claim?u=bob
409 {"outcome":"sold_out",...}
redis events sale
= won ann 1 units=1 until
= expired ann 1 units=1
wait 0.55
POST /claim?u=bob
200 {"outcome":"won",...}
