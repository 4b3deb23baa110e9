# rush_confirm, rush_release, rush_void: each verb in each state.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n; rush_claim sale;
    }

    location = /paid { rush_confirm; }
    location = /cancel { rush_release; }
    location = /refund { rush_void; }
_EOC_

run_tests();

__DATA__

=== TEST 1: confirm a held ticket, and again
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"confirmed","now":<now>}
Content-Type: application/json
Cache-Control: no-store
POST /paid?ticket=<T>
200 {"outcome":"confirmed","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"confirmed","now":<now>}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0
> tickets sale ann
given 1; 1 confirmed 1
> events sale
won ann 1 units=1 until
confirmed ann 1 units=1



=== TEST 2: release a held ticket, and again
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /cancel?ticket=<T>
200 {"outcome":"released","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"released","now":<now>}
POST /cancel?ticket=<T>
200 {"outcome":"released","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"released","now":<now>}
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0
> events sale
won ann 1 units=1 until
released ann 1 units=1



=== TEST 3: void a confirmed ticket, and again; the unit does not come back
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
POST /refund?ticket=<T>
200 {"outcome":"void","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"void","now":<now>}
POST /refund?ticket=<T>
200 {"outcome":"void","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"void","now":<now>}
--- redis_after
> counters sale
total 9, out 0, seq 1, held 0, void 1
> events sale
won ann 1 units=1 until
confirmed ann 1 units=1
void ann 1 units=1



=== TEST 4: void with restock=1 gives the unit back, once
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
POST /refund?ticket=<T>&restock=1
200 {"outcome":"void","state":"void",...}
POST /refund?ticket=<T>&restock=1
200 {"outcome":"void","state":"void",...}
POST /refund?ticket=<T>
200 {"outcome":"void","state":"void",...}
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0
> tickets sale ann
given 1; 1 restocked 1
> events sale
won ann 1 units=1 until
confirmed ann 1 units=1
void ann 1 units=1 restock=1



=== TEST 5: void first, restock later
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /refund?ticket=<T>
200 {"outcome":"void",...}
redis counters sale
= total 9, out 0, seq 1, held 0, void 1
POST /refund?ticket=<T>&restock=1
200 {"outcome":"void",...}
POST /refund?ticket=<T>&restock=1
200 {"outcome":"void",...}
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0
> events sale
won ann 1 units=1
void ann 1 units=1
void ann 1 units=1 restock=1



=== TEST 6: void with another restock than 1
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /refund?ticket=<T>&restock=2
400 {"outcome":"invalid","member":"restock",...}
POST /refund?ticket=<T>&restock=yes
400 {"outcome":"invalid","member":"restock",...}
POST /refund?ticket=<T>&restock=0
200 {"outcome":"void",...}
--- redis_after
> counters sale
total 9, out 0, seq 1, held 0, void 1



=== TEST 7: a ticket without a hold is confirmed from the start
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed","state":"confirmed",...}
POST /cancel?ticket=<T>
409 {"outcome":"confirmed","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"confirmed","now":<now>}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0
> events sale
won ann 1 units=1



=== TEST 8: release after confirm
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
POST /cancel?ticket=<T>
409 {"outcome":"confirmed","state":"confirmed",...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 9: confirm after release
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
POST /paid?ticket=<T>
409 {"outcome":"released","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"released","now":<now>}
POST /refund?ticket=<T>
409 {"outcome":"released","state":"released",...}
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0
> events sale
won ann 1 units=1 until
released ann 1 units=1



=== TEST 10: void of a held ticket
--- campaign
sale stock=10 hold=15m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","hold_until":<H>,...}
POST /refund?ticket=<T>
409 {"outcome":"held","state":"held",...}
POST /refund?ticket=<T>&restock=1
409 {"outcome":"held","state":"held",...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 1, void 0



=== TEST 11: confirm and release after void
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /refund?ticket=<T>
200 {"outcome":"void",...}
POST /paid?ticket=<T>
409 {"outcome":"void","state":"void",...}
POST /cancel?ticket=<T>
409 {"outcome":"void","state":"void",...}
--- redis_after
> counters sale
total 9, out 0, seq 1, held 0, void 1



=== TEST 12: expired
--- campaign
sale stock=1 hold=300ms lease=0
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
wait 0.4
POST /claim?u=bob
200 {"outcome":"won",...}
POST /cancel?ticket=<T>
410 {"outcome":"expired","campaign":"sale","user":"ann","ticket":"<T>","seq":1,"units":1,"state":"expired","now":<now>}
POST /paid?ticket=<T>
410 {"outcome":"expired","state":"expired",...}
POST /refund?ticket=<T>
410 {"outcome":"expired","state":"expired",...}



=== TEST 13: items and units are in the answer and come back
--- campaign
sale stock=10 per_user=5 hold=1m items=red:5,blue:5
--- config
--- steps
POST /claim?u=ann&i=red&n=3
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann&i=blue&n=2
200 {"outcome":"won","ticket":"<B>",...}
POST /cancel?ticket=<A>
200 {"outcome":"released","campaign":"sale","user":"ann","ticket":"<A>","seq":1,"units":3,"item":"red","state":"released","now":<now>}
POST /paid?ticket=<B>
200 {"outcome":"confirmed","units":2,"item":"blue",...}
redis counters sale
= total 10, out 2, seq 2, held 0, void 0; blue 2/5; red 0/5
POST /refund?ticket=<B>&restock=1
200 {"outcome":"void",...}
--- redis_after
> counters sale
total 10, out 0, seq 2, held 0, void 0; blue 0/5; red 0/5
> events sale
won ann 1 units=3 item=red until
won ann 2 units=2 item=blue until
released ann 1 units=3 item=red
confirmed ann 2 units=2 item=blue
void ann 2 units=2 item=blue restock=1



=== TEST 14: released units are sold again
--- campaign
sale stock=1 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
wait 1.1
POST /claim?u=bob
200 {"outcome":"won","left":0,...}



=== TEST 15: restocked units are sold again, others are not
--- campaign
sale stock=2
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
POST /refund?ticket=<A>
200 {"outcome":"void",...}
POST /claim?u=cat
409 {"outcome":"sold_out",...}
POST /refund?ticket=<B>&restock=1
200 {"outcome":"void",...}
wait 1.1
POST /claim?u=cat
200 {"outcome":"won","left":0,...}



=== TEST 16: only POST
--- campaign
sale stock=10 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
GET /paid?ticket=<T>
405 {"outcome":"method",...}
Allow: POST
HEAD /cancel?ticket=<T>
405
Allow: POST
PUT /refund?ticket=<T>
| a body
405 {"outcome":"method",...}
Allow: POST
--- redis_after
> counters sale
total 10, out 1, seq 1, held 1, void 0



=== TEST 17: no ticket, and tickets that are none
--- config
--- steps
POST /paid
400 {"outcome":"invalid","member":"ticket","error":"<E>","now":<now>}
Cache-Control: no-store
POST /paid?ticket=
400 {"outcome":"invalid","member":"ticket",...}
POST /paid?ticket=abc
403 {"outcome":"forged","now":<now>}
POST /paid?ticket=a%20b
400 {"outcome":"invalid","member":"ticket",...}
POST /paid?ticket=sale~1~ann~1~k1
403 {"outcome":"forged",...}
POST /paid?ticket=~~~~~
403 {"outcome":"forged",...}
POST /cancel?ticket=a/b
400 {"outcome":"invalid","member":"ticket",...}
POST /refund?ticket=a~b~c~d~e~f~g
403 {"outcome":"forged",...}
POST /paid?ticket=<t*300>
400 {"outcome":"invalid","member":"ticket",...}



=== TEST 18: rush_ticket from a header
--- campaign
sale stock=10 hold=1m
--- config
    location = /pay { rush_ticket $http_x_ticket; rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /pay?ticket=<T>
400 {"outcome":"invalid","member":"ticket",...}
POST /pay
X-Ticket: <T>
200 {"outcome":"confirmed",...}



=== TEST 19: the body of the request is not read
--- campaign
sale stock=10 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
| POST /refund HTTP/1.1
|
200 {"outcome":"confirmed",...}
+POST /paid?ticket=<T>
| more
200 {"outcome":"confirmed",...}



=== TEST 20: confirm of a campaign that was removed
--- campaign
sale stock=10 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
delete sale
POST /paid?ticket=<T>
404 {"outcome":"unknown",...}
POST /cancel?ticket=<T>
404 {"outcome":"unknown",...}



=== TEST 21: settling goes on when the campaign is paused or has ended
--- campaign
sale stock=10 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
campaign sale paused=yes
POST /paid?ticket=<A>
200 {"outcome":"confirmed",...}
campaign sale paused=no ends=-1s
POST /cancel?ticket=<B>
200 {"outcome":"released",...}
POST /refund?ticket=<A>
200 {"outcome":"void",...}
--- redis_after
> counters sale
total 9, out 0, seq 2, held 0, void 1



=== TEST 22: Redis is away
--- campaign
sale stock=10 hold=1m
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
proxy off
POST /paid?ticket=<T>
503 {"outcome":"pending",...}
Retry-After: ~ ^\d+$
Cache-Control: no-store
--- error_log
--- redis_after
> counters sale
total 10, out 1, seq 1, held 1, void 0



=== TEST 23: forged tickets do not get to Redis
--- campaign
sale stock=10 hold=1m
--- proxy
--- config
--- steps
POST /paid?ticket=sale~1~ann~1~k1~0123456789012345678901234567890123456789012
403 {"outcome":"forged","now":<now>,...}
Cache-Control: no-store
POST /paid?ticket=sale~1~ann~1~k9~0123456789012345678901234567890123456789012
403 {"outcome":"forged",...}
--- sent



=== TEST 24: many at once, one event
--- campaign
sale stock=10 hold=1m
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
&POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
&POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
&POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
--- redis_after
> events sale
won ann 1 units=1 until
confirmed ann 1 units=1



=== TEST 25: not in a subrequest
--- user_files
>>> page.html
<!--# include virtual="/paid?ticket=x" -->
--- config
    location = /page.html { ssi on; ssi_types text/plain; }
--- steps
GET /page.html
200 ~ 500
--- error_log eval: qr/\[error\] .*subrequest/



=== TEST 26: rush_answer status is for claims and settling alike
--- config
    location = /pay { rush_answer status; rush_confirm; error_page 403 = @no; }
    location @no { return 200 "outcome $rush_outcome"; }
--- steps
POST /pay?ticket=sale~1~ann~1~k1~0123456789012345678901234567890123456789012
200 outcome forged



=== TEST 27: a released ticket that is forgotten is unknown
--- campaign
sale stock=10 hold=1m tries=20
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>",...}
POST /cancel?ticket=<B>
200
POST /claim?u=ann
200 {"outcome":"won","ticket":"<C>",...}
POST /cancel?ticket=<C>
200
POST /claim?u=ann
200 {"outcome":"won","ticket":"<D>",...}
POST /cancel?ticket=<D>
200
POST /cancel?ticket=<A>
200 {"outcome":"released",...}
POST /claim?u=ann
200 {"outcome":"won","ticket":"<E>",...}
POST /cancel?ticket=<E>
200
POST /cancel?ticket=<A>
404 {"outcome":"unknown",...}
--- redis_after
> counters sale
total 10, out 0, seq 5, held 0, void 0



=== TEST 28: ticket twice, restock twice, in other order, encoded
--- campaign
sale stock=10
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /refund?ticket=<T>&ticket=<T>
400 {"outcome":"invalid","member":"ticket",...}
POST /refund?ticket=<T>&restock=1&restock=1
400 {"outcome":"invalid","member":"restock",...}
redis counters sale
= total 10, out 1, seq 1, held 0, void 0
$ echo '<T>' | sed 's/~/%7E/g'
= <E>
POST /refund?x=1&restock=1&&ticket=<E>&y
200 {"outcome":"void","ticket":"<T>","state":"void",...}
--- redis_after
> counters sale
total 10, out 0, seq 1, held 0, void 0
