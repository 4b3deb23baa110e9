# The variables: in logs, in answers, in headers, after internal redirects.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: all of them in an access log, of a winner
--- campaign
sale stock=10 hold=15m items=red:10
--- http_config
    log_format all '$rush_outcome|$rush_campaign|$rush_kind|$rush_user|'
                   '$rush_item|$rush_ticket|$rush_seq|$rush_units|'
                   '$rush_code|$rush_left|$rush_hold_until|$rush_ref|'
                   '$rush_redis_time|$rush_batch';
--- config
    location = /claim {
        access_log logs/variables.log all;
        rush_user $arg_u; rush_item red; rush_ref guide-7; rush_claim sale;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>","hold_until":<H>,...}
wait 0.1
$ cat $R/logs/variables.log
= ~ ^won\|sale\|sale\|ann\|red\|<T>\|1\|1\|-?\|9\|<H>\|guide-7\|0\.\d{3}\|1$



=== TEST 2: of losers
--- campaign
sale stock=0
soon stock=1 starts=+1h
--- http_config
    log_format all '$rush_outcome|$rush_campaign|$rush_user|$rush_ticket|'
                   '$rush_seq|$rush_left|$rush_hold_until';
--- config
    location = /claim {
        access_log logs/variables.log all;
        rush_user $arg_u; rush_claim $arg_c;
    }
--- steps
POST /claim?u=ann&c=sale
409
POST /claim?u=ann&c=soon
425
POST /claim?u=ann&c=none
404
POST /claim?c=sale
401
POST /claim?u=a%20b&c=sale
400
GET /claim?u=ann&c=sale
405
wait 0.1
$ sed 's/|-/|/g' $R/logs/variables.log
= sold_out|sale|ann|||0|
= early|soon|ann|||1|
= unknown|none|ann||||
= anonymous|sale|||||
= invalid|sale|||||
= method||||||



=== TEST 3: where there is no claim they are empty
--- config
    location = /t {
        set $a "$rush_outcome$rush_campaign$rush_kind$rush_user$rush_item";
        set $b "$rush_ticket$rush_seq$rush_units$rush_code$rush_left";
        set $c "$rush_hold_until$rush_ref$rush_redis_time$rush_batch";
        return 200 "[$a$b$c]";
    }
--- steps
GET /t
200 []



=== TEST 4: in a header of the answer
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        add_header X-Outcome "$rush_outcome $rush_left" always;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
X-Outcome: won 0
POST /claim?u=bob
409 {"outcome":"sold_out",...}
X-Outcome: sold_out 0



=== TEST 5: not cached: a rewrite before the claim has seen them empty
--- campaign
sale stock=1
--- config
    location = /claim {
        set $before "[$rush_outcome]";
        rush_user $arg_u; rush_claim sale;
        add_header X-Outcome "$before $rush_outcome" always;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
X-Outcome: [] won



=== TEST 6: after X-Accel-Redirect from upstream
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/accel;
    }
    location = /accel { add_header X-Accel-Redirect /page; return 200; }
    location = /page {
        internal;
        return 200 "$rush_outcome $rush_user $rush_seq of $rush_campaign";
    }
--- steps
POST /claim?u=ann
200 won ann 1 of sale



=== TEST 7: after error_page of upstream's failure
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:1/;
        error_page 502 = @sorry;
    }
    location @sorry { return 200 "$rush_outcome $rush_ticket"; }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
POST /claim?u=ann
200 won <T>
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"confirmed"}],...}
--- error_log
connect() failed



=== TEST 8: a second claim in a named location replaces them
--- campaign
first stock=0
second stock=7
--- config
    location = /claim {
        rush_user $arg_u; rush_answer status; rush_claim first;
        error_page 409 = @second;
    }
    location @second {
        rush_user $arg_v; rush_claim second;
        add_header X-Now "$rush_outcome $rush_campaign $rush_user $rush_left";
    }
--- steps
POST /claim?u=ann&v=bob
200 {"outcome":"won","campaign":"second",...}
X-Now: won second bob 6



=== TEST 9: in the answer of rush_result and of settling
--- campaign
sale stock=5 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /mine {
        rush_user $arg_u; rush_result sale;
        add_header X-Now "$rush_outcome $rush_campaign $rush_user";
    }
    location = /paid {
        rush_confirm;
        add_header X-Now "$rush_outcome $rush_campaign $rush_user $rush_seq";
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
GET /mine?u=ann
200 {"outcome":"found",...}
X-Now: found sale ann
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
X-Now: confirmed sale ann 1



=== TEST 10: $rush_ticket is the newest of the holder of several, in limit
--- campaign
sale stock=10 per_user=2
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        add_header X-Ticket $rush_ticket always;
    }
--- steps
POST /claim?u=ann
200 {"ticket":"<A>",...}
X-Ticket: <A>
POST /claim?u=ann
200 {"ticket":"<B>",...}
X-Ticket: <B>
POST /claim?u=ann
409 {"outcome":"limit",...}
X-Ticket: <B>



=== TEST 11: $rush_batch says with how many others the claim travelled
--- campaign
sale stock=100
--- proxy
CLAIM 1+ delay 0.2
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        access_log logs/variables.log all;
    }
--- http_config
    log_format all '$rush_batch';
--- steps
many 40 POST /claim?u=u%d
= 200 won 40
wait 0.1
$ awk '$1 > 1 { more++ } $1 < 1 { bad++ } END { print (more > 0), bad + 0 }' \
      $R/logs/variables.log
= 1 0
--- redis_after
> counters sale
total 100, out 40, seq 40, held 0, void 0



=== TEST 12: $rush_redis_time grows with Redis
--- campaign
sale stock=100
--- proxy
CLAIM 1 delay 0.2
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        add_header X-Time $rush_redis_time always;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
X-Time: ~ ^0\.[23]\d\d$



=== TEST 13: early from memory took no time in Redis
--- campaign
soon stock=1 starts=+1h
--- config
    location = /claim {
        rush_user $arg_u; rush_claim soon;
        add_header X-Now "$rush_outcome $rush_campaign $rush_user" always;
    }
--- steps
POST /claim?u=ann
425 {"outcome":"early",...}
X-Now: early soon ann
POST /claim?u=bob
425 {"outcome":"early",...}
X-Now: early soon bob



=== TEST 14: in map and in if of a log
--- campaign
sale stock=1
--- http_config
    map $rush_outcome $won { won 1; again 1; default 0; }
    log_format one '$rush_user';
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        access_log logs/winners.log one if=$won;
    }
--- steps
POST /claim?u=ann
200
POST /claim?u=bob
409
POST /claim?u=ann
200
wait 0.1
$ cat $R/logs/winners.log
= ann
= ann



=== TEST 15: $rush_units and $rush_ref are what was asked for
--- campaign
sale stock=10 per_user=5
--- config
    location = /claim {
        rush_user $arg_u; rush_units $arg_n; rush_ref $arg_r; rush_claim sale;
        add_header X-Now "$rush_units $rush_ref" always;
    }
--- steps
POST /claim?u=ann&n=3&r=shop-1
200 {"outcome":"won","units":3,...}
X-Now: 3 shop-1
