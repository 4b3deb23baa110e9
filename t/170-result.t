# rush_result: what a user holds.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n; rush_claim sale;
    }

    location = /mine { rush_user $arg_u; rush_result sale; }
    location = /paid { rush_confirm; }
    location = /cancel { rush_release; }
    location = /refund { rush_void; }
_EOC_

run_tests();

__DATA__

=== TEST 1: nothing
--- campaign
sale stock=10
--- config
--- steps
GET /mine?u=ann
200 {"outcome":"found","campaign":"sale","user":"ann","tickets":[],"now":<now>}
Content-Type: application/json
Cache-Control: no-store
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 2: a held ticket
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"ticket":"<T>","hold_until":<H>,...}
GET /mine?u=ann
200 {"outcome":"found","campaign":"sale","user":"ann","tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"held","hold_until":<H>}],"now":<now>}



=== TEST 3: several, the newest first, in every state
--- campaign
sale stock=20 per_user=10 hold=15m items=red:10,blue:10
--- config
--- steps
POST /claim?u=ann&i=red&n=2
200 {"ticket":"<A>",...}
POST /claim?u=ann&i=blue
200 {"ticket":"<B>",...}
POST /claim?u=ann&i=blue
200 {"ticket":"<C>",...}
POST /claim?u=ann&i=red
200 {"ticket":"<D>","hold_until":<H>,...}
POST /paid?ticket=<A>
200
POST /cancel?ticket=<B>
200
POST /paid?ticket=<C>
200
POST /refund?ticket=<C>
200
GET /mine?u=ann
200 {"outcome":"found","tickets":[{"ticket":"<D>","seq":4,"units":1,"item":"red","state":"held","hold_until":<H>},{"ticket":"<C>","seq":3,"units":1,"item":"blue","state":"void"},{"ticket":"<B>","seq":2,"units":1,"item":"blue","state":"released"},{"ticket":"<A>","seq":1,"units":2,"item":"red","state":"confirmed"}],...}



=== TEST 4: a restocked ticket is void
--- campaign
sale stock=20
--- config
--- steps
POST /claim?u=ann&i=
200 {"ticket":"<A>",...}
POST /refund?ticket=<A>&restock=1
200
GET /mine?u=ann
200 {"tickets":[{"ticket":"<A>","seq":1,"units":1,"state":"void"}],...}



=== TEST 5: an expired ticket
--- campaign
sale stock=20 hold=300ms
--- config
--- steps
POST /claim?u=ann
200 {"ticket":"<A>",...}
wait 1.8
GET /mine?u=ann
200 {"tickets":[{"ticket":"<A>","seq":1,"units":1,"state":"expired"}],...}
--- redis_after
> counters sale
total 20, out 0, seq 1, held 0, void 0



=== TEST 6: of this user only
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"ticket":"<A>",...}
POST /claim?u=bob
200 {"ticket":"<B>",...}
&GET /mine?u=ann
200 {"user":"ann","tickets":[{"ticket":"<A>","seq":1,"units":1,"state":"confirmed"}],...}
&GET /mine?u=bob
200 {"user":"bob","tickets":[{"ticket":"<B>","seq":2,"units":1,"state":"confirmed"}],...}
&GET /mine?u=cat
200 {"user":"cat","tickets":[],...}



=== TEST 7: early, ended and paused do not matter
--- campaign
sale stock=10 starts=+1h
--- config
--- steps
GET /mine?u=ann
200 {"outcome":"found","tickets":[],...}
campaign sale starts=-2s ends=-1s
GET /mine?u=ann
200 {"outcome":"found","tickets":[],...}
campaign sale ends=0 paused=yes
GET /mine?u=ann
200 {"outcome":"found","tickets":[],...}



=== TEST 8: unknown, anonymous, invalid, method
--- campaign
sale stock=10
--- config
    location = /other { rush_user $arg_u; rush_result other; }
--- steps
GET /other?u=ann
404 {"outcome":"unknown","campaign":"other",...}
GET /mine
401 {"outcome":"anonymous","campaign":"sale",...}
GET /mine?u=a%20b
400 {"outcome":"invalid","member":"user",...}
POST /mine?u=ann
| a body
405 {"outcome":"method",...}
Allow: ~ ^GET\b
+GET /mine?u=ann
200 {"outcome":"found",...}



=== TEST 9: HEAD
--- campaign
sale stock=10
--- config
--- steps
HEAD /mine?u=ann
200
Content-Type: application/json
Cache-Control: no-store



=== TEST 10: deleted, and vanished
--- campaign
sale stock=10
other stock=10
--- config
    location = /other { rush_user $arg_u; rush_result other; }
--- no_error_log
[emerg]
--- steps
GET /mine?u=ann
200
GET /other?u=ann
200
delete sale
GET /mine?u=ann
404 {"outcome":"unknown",...}
redis DEL rush:{other} rush:{other}:users rush:{other}:events
GET /other?u=ann
503 {"outcome":"pending",...}
Retry-After: ~ ^\d+$
--- error_log



=== TEST 11: Redis is away
--- campaign
sale stock=10
--- proxy
--- config
--- steps
GET /mine?u=ann
200
proxy off
GET /mine?u=ann
503 {"outcome":"pending","campaign":"sale",...}
Retry-After: ~ ^\d+$
--- error_log



=== TEST 12: many tickets of one user
--- campaign
sale stock=200 per_user=100 tries=200
--- config
--- steps
row 100 POST /claim?u=ann
= 200 won 100
$ curl -s "$U/mine?u=ann" | grep -o '"ticket":"[^"]*"' | sort -u | wc -l
= 100
POST /claim?u=ann
409 {"outcome":"limit","may":0,...}
--- redis_after
> counters sale
total 200, out 100, seq 100, held 0, void 0



=== TEST 13: not in a subrequest
--- campaign
sale stock=200
--- user_files
>>> page.html
<!--# include virtual="/mine?u=ann" -->
--- config
    location = /page.html { ssi on; ssi_types text/plain; }
--- steps
GET /page.html
200 ~ 500
--- error_log eval: qr/\[error\] .*subrequest/
