# Claims that are not well formed: refused by name, and nothing changes.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: other methods than POST
--- campaign
sale stock=10
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
GET /claim?u=ann
405 {"outcome":"method",...}
Allow: POST
HEAD /claim?u=ann
405
PUT /claim?u=ann
| 1
405 {"outcome":"method",...}
Allow: POST
DELETE /claim?u=ann
405 {"outcome":"method",...}
Allow: POST
OPTIONS /claim?u=ann
405 {"outcome":"method",...}
Allow: POST
PATCH /claim?u=ann
405 {"outcome":"method",...}
Allow: POST
BREW /claim?u=ann
405 {"outcome":"method",...}
Allow: POST
--- sent
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 2: user ids
--- campaign
sale stock=10
--- proxy
--- config
    location = /claim { rush_user $http_x_user; rush_claim sale; }
--- steps
POST /claim
X-User: a b
400 {"outcome":"invalid","error":"<E>","member":"user","now":<now>,...}
$ echo '<E>'
= user must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -
POST /claim
X-User: a/b
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: a~b
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: {other}tag
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: *
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: a,b
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: a;b
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: café
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: a%40b
400 {"outcome":"invalid","member":"user",...}
POST /claim
X-User: "ann"
400 {"outcome":"invalid","member":"user",...}
--- sent
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 3: user ids that are decoded on the way
--- campaign
sale stock=10
--- proxy
--- config
    location ~ "(?s)^/claim/(?<who>.*)$" { rush_user $who; rush_claim sale; }
--- steps
POST /claim/x%0d%0a*1%0d%0a$8%0d%0aFLUSHALL
400 {"outcome":"invalid","member":"user",...}
POST /claim/a%0ab
400 {"outcome":"invalid","member":"user",...}
POST /claim/a%09b
400 {"outcome":"invalid","member":"user",...}
POST /claim/a%7f
400 {"outcome":"invalid","member":"user",...}
POST /claim/%c3%a9
400 {"outcome":"invalid","member":"user",...}
POST /claim/
401 {"outcome":"anonymous",...}
--- sent
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 4: user ids of 64 bytes and of 65
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=<a*64>
200 {"outcome":"won",...}
POST /claim?u=<a*65>
400 {"outcome":"invalid","member":"user",...}
--- redis_after
> HLEN rush:{sale}:users
2



=== TEST 5: campaign ids that come from the request
--- campaign
sale stock=10
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim $arg_c; }
--- steps
POST /claim?u=ann
400 {"outcome":"invalid","member":"campaign",...}
POST /claim?u=ann&c=
400 {"outcome":"invalid","member":"campaign",...}
POST /claim?u=ann&c=%7bsale%7d
400 {"outcome":"invalid","member":"campaign",...}
POST /claim?u=ann&c={sale}
400 {"outcome":"invalid","member":"campaign",...}
POST /claim?u=ann&c=<a*65>
400 {"outcome":"invalid","error":"<E>","member":"campaign",...}
$ echo '<E>'
= campaign must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -
--- sent
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 6: items
--- campaign
sale stock=10 items=red:10
--- config
    location = /claim { rush_user $arg_u; rush_item $arg_i; rush_claim sale; }
--- steps
POST /claim?u=ann&i=a%20b
400 {"outcome":"invalid","member":"item",...}
POST /claim?u=ann&i=red,blue
400 {"outcome":"invalid","member":"item",...}
POST /claim?u=ann&i=<a*65>
400 {"outcome":"invalid","member":"item",...}
POST /claim?u=ann
400 {"outcome":"invalid","error":"<E>","member":"item",...}
$ echo '<E>'
= ~ ^item
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0; red 0/10



=== TEST 7: units
--- campaign
sale stock=1000 per_user=100
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=0
400 {"outcome":"invalid","error":"units must be a whole number from 1 to 100","member":"units","now":<now>,...}
POST /claim?u=ann&n=-1
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=101
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=1.5
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=1e9
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=%201
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=+1
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=0x10
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=two
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=9223372036854775808
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=18446744073709551617
400 {"outcome":"invalid","member":"units",...}
POST /claim?u=ann&n=<0*65>
400 {"outcome":"invalid","member":"units",...}
--- sent
--- redis_after
> counters sale
total 1000, out 0, seq 0, held 0, void 0



=== TEST 8: 1 unit and 100 units are units
--- campaign
sale stock=1000 per_user=100
--- config
    location = /claim { rush_user $arg_u; rush_units $arg_n; rush_claim sale; }
--- steps
POST /claim?u=ann&n=1
200 {"outcome":"won","units":1,...}
POST /claim?u=bob&n=100
200 {"outcome":"won","units":100,...}
--- redis_after
> counters sale
total 1000, out 101, seq 2, held 0, void 0



=== TEST 9: idempotency keys
--- campaign
sale stock=10 per_user=5
--- proxy
--- config
    location ~ "(?s)^/claim/(?<k>.*)$" {
        rush_user $arg_u; rush_key $k; rush_claim sale;
    }
--- steps
POST /claim/a%20b?u=ann
400 {"outcome":"invalid","error":"<E>","member":"key",...}
$ echo '<E>'
= key must be from 1 to 128 visible ASCII characters
POST /claim/a%0ab?u=ann
400 {"outcome":"invalid","member":"key",...}
POST /claim/a%09b?u=ann
400 {"outcome":"invalid","member":"key",...}
POST /claim/%c3%a9?u=ann
400 {"outcome":"invalid","member":"key",...}
POST /claim/%7f?u=ann
400 {"outcome":"invalid","member":"key",...}
--- sent
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 10: an idempotency key of 128 bytes and one of 129
--- campaign
sale stock=10 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: <k*128>
200 {"outcome":"won",...}
POST /claim?u=ann
Idempotency-Key: <k*129>
400 {"outcome":"invalid","member":"key",...}
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 11: two headers Idempotency-Key
--- campaign
sale stock=10 per_user=5
--- proxy
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key: one
Idempotency-Key: two
400 {"outcome":"invalid","member":"key",...}
POST /claim?u=ann
Idempotency-Key: one
idempotency-key: one
400 {"outcome":"invalid","member":"key",...}
--- sent
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 12: an empty Idempotency-Key is refused, an empty rush_key is none
--- campaign
sale stock=10 per_user=5
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /order { rush_user $arg_u; rush_key $arg_k; rush_claim sale; }
--- steps
POST /claim?u=ann
Idempotency-Key:
400 {"outcome":"invalid","member":"key",...}
POST /order?u=ann
200 {"outcome":"won","seq":1,...}
POST /order?u=ann&k=
200 {"outcome":"won","seq":2,...}
POST /order?u=ann&k=one
200 {"outcome":"won","seq":3,...}
POST /order?u=ann&k=one
200 {"outcome":"again","seq":3,...}
--- redis_after
> counters sale
total 10, out 3, seq 3, held 0, void 0



=== TEST 13: ref
--- campaign
sale stock=10
--- proxy
--- config
    location ~ "(?s)^/claim/(?<r>.*)$" {
        rush_user $arg_u; rush_ref $r; rush_claim sale;
    }
--- steps
POST /claim/a%20b?u=ann
400 {"outcome":"invalid","member":"ref",...}
POST /claim/a%09b?u=ann
400 {"outcome":"invalid","member":"ref",...}
POST /claim/a%0ab?u=ann
400 {"outcome":"invalid","member":"ref",...}
POST /claim/<a*65>?u=ann
400 {"outcome":"invalid","member":"ref",...}
--- sent
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 14: data of 256 bytes and of 257
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_data $http_x_data; rush_claim sale;
    }
--- steps
POST /claim?u=ann
X-Data: <d*256>
200 {"outcome":"won",...}
POST /claim?u=bob
X-Data: <d*257>
400 {"outcome":"invalid","error":"<E>","member":"data",...}
$ echo '<E>'
= ~ ^data must be .*256
--- redis_after
> HLEN rush:{sale}:users
2
> events sale
won ann 1 units=1 data=<d*256>



=== TEST 15: data with tabs and line ends cannot pass for other members
--- campaign
sale stock=10 per_user=3
--- config
    location ~ "(?s)^/claim/(?<d>.*)$" {
        rush_user $arg_u; rush_data $d; rush_claim sale;
    }
--- steps
POST /claim/a%09units%092?u=ann
400 {"outcome":"invalid","member":"data",...}
POST /claim/a%0ab?u=ann
400 {"outcome":"invalid","member":"data",...}
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 16: what is wrong is named in the order user, campaign, the rest
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_item $arg_i; rush_units $arg_n;
        rush_claim $arg_c;
    }
--- steps
GET /claim?c=a%20b&n=0
405 {"outcome":"method",...}
POST /claim?c=sale&n=0
401 {"outcome":"anonymous",...}
POST /claim?u=a%20b&c=sale&n=0
400 {"outcome":"invalid","member":"user",...}



=== TEST 17: unknown parameters and a body are not read
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann&units=9&user=bob
Content-Type: application/json
| {"units":9,"user":"bob"}
200 {"outcome":"won","units":1,...}
--- redis_after
> events sale
won ann 1 units=1



=== TEST 18: a body that is too large
--- campaign
sale stock=10
--- config
    location = /claim {
        client_max_body_size 10; rush_user $arg_u; rush_claim sale;
    }
--- steps
POST /claim?u=ann
| 12345678901
413 ~ Too Large
--- error_log
client intended to send too large body
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 19: a bad Content-Length
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Content-Length: -5
400 ~ Bad Request
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 20: a chunked body that is broken, after a win
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
Transfer-Encoding: chunked
| zz
400
--- error_log
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 21: a long URI is refused by nginx, before Redis
--- campaign
sale stock=10
--- config
    large_client_header_buffers 2 1k;
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann&x=<x*2000>
414 ~ Too Large
--- redis_after
> HLEN rush:{sale}:users
1



=== TEST 22: secrets and tickets are not in the error log
--- log_level: info
--- campaign
sale stock=1 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_ticket $http_x_ticket; rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /paid
X-Ticket: <T>x
403 {"outcome":"forged",...}
POST /paid
X-Ticket: <T>
200 {"outcome":"confirmed",...}
$ grep -c -e 'secret of the tests' -e '~ann~1~' $R/logs/error.log
= 0



=== TEST 23: secrets are not in what nginx -T prints
--- user_files
>>> password
hunter2
--- campaign
sale stock=1
--- proxy
AUTH * reply +OK\r\n
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_PROXY;
        password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
$ $TEST_NGINX_BINARY -T -p $R/ -e $D/T.log -c $R/conf/nginx.conf >$D/T 2>&1
  grep -c -e 'secret of the tests' -e hunter2 $D/T
  grep -c rush_secret_file $D/T
= 0
= 1
