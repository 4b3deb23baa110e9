# Two rush_redis: the same campaign id is two campaigns.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: two campaigns by one id, in two databases
--- campaign
sale stock=1
--- redis
COPY rush:{sale} rush:{sale} DB 1
COPY rush:{sale}:users rush:{sale}:users DB 1
COPY rush:{sale}:events rush:{sale}:events DB 1
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; database 1; }
--- config
    rush_user $arg_u;
    location = /one { rush_pass one; rush_claim sale; }
    location = /two { rush_pass two; rush_claim sale; }
    location = /mine { rush_pass two; rush_result sale; }
--- steps
POST /one?u=ann
200 {"outcome":"won","seq":1,...}
POST /one?u=bob
409 {"outcome":"sold_out",...}
POST /two?u=bob
200 {"outcome":"won","seq":1,...}
POST /two?u=ann
409 {"outcome":"sold_out",...}
POST /one?u=ann
200 {"outcome":"again",...}
GET /mine?u=bob
200 {"tickets":[{"ticket":"<ticket>","seq":1,"units":1,"state":"confirmed"}],...}
GET /mine?u=ann
200 {"tickets":[],...}
--- redis_after
> events sale
won ann 1 units=1



=== TEST 2: early here, open there, from memory, too
--- campaign
sale stock=1 starts=+1h
--- redis
COPY rush:{sale} rush:{sale} DB 1
COPY rush:{sale}:users rush:{sale}:users DB 1
COPY rush:{sale}:events rush:{sale}:events DB 1
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; database 1; }
--- config
    rush_user $arg_u;
    location = /one { rush_pass one; rush_claim sale; }
    location = /two { rush_pass two; rush_claim sale; }
--- steps
campaign sale starts=-1h
POST /two?u=ann
425 {"outcome":"early",...}
POST /one?u=ann
200 {"outcome":"won",...}
POST /two?u=ann
425 {"outcome":"early",...}
POST /one?u=ann
200 {"outcome":"again",...}



=== TEST 3: unknown here does not mean unknown there
--- campaign
sale stock=1
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; database 1; }
--- config
    rush_user $arg_u;
    location = /one { rush_pass one; rush_claim sale; }
    location = /two { rush_pass two; rush_claim sale; }
--- steps
POST /two?u=ann
404 {"outcome":"unknown",...}
POST /one?u=ann
200 {"outcome":"won",...}
POST /two?u=ann
404 {"outcome":"unknown",...}
POST /one?u=ann
200 {"outcome":"again",...}



=== TEST 4: one is away, the other sells
--- campaign
sale stock=1
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_DIR/nothing.sock; }
--- config
    rush_user $arg_u;
    location = /one { rush_pass one; rush_claim sale; }
    location = /two { rush_pass two; rush_claim sale; }
--- steps
POST /two?u=ann
503 {"outcome":"pending",...}
POST /one?u=ann
200 {"outcome":"won",...}
POST /two?u=ann
503 {"outcome":"pending",...}
POST /one?u=bob
409 {"outcome":"sold_out",...}
--- error_log
nothing.sock
--- no_error_log
[alert]



=== TEST 5: a prefix: its keys, and only they
--- campaign
sale stock=1
--- http_config
    rush_prefix shop-7:;
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
redis EXISTS rush:{sale}
= 0
--- redis_after
> HGET shop-7:{sale} out
1
> HLEN shop-7:{sale}:users
2
> ZCARD shop-7:campaigns
1



=== TEST 6: an empty prefix
--- campaign
--- http_config
    rush_prefix "";
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ util/campaign -r unix:$TEST_NGINX_REDIS -p '' set sale kind=sale stock=5
= ~ made
POST /claim?u=ann
200 {"outcome":"won",...}
--- redis_after
> HGET {sale} out
1



=== TEST 7: rush_pass of a server, and of a location in it
--- campaign
sale stock=1
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; database 1; }
    rush_pass two;
--- config
    rush_user $arg_u;
    location = /one { rush_pass one; rush_claim sale; }
    location = /two { rush_claim sale; }
--- steps
POST /two?u=ann
404
POST /one?u=ann
200
