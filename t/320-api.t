# rush_api: each call, what it answers and what it leaves in Redis, and all
# that may come between.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Real-IP;

    rush_user $arg_u;

    location /rush/ { rush_api; }
    location /ops { rush_api remote; }

    location = /confirm { rush_confirm; }
    location = /redeem { rush_ref $arg_shop; rush_redeem; }
    location ~ ^/claim/(?<c>\w+)$ { rush_item $arg_i; rush_claim $c; }
    location ~ ^/state/(?<c>\w+)$ { rush_state $c; }
_EOC_

run_tests();

__DATA__

=== TEST 1: a campaign is made, read, listed and removed
--- config
--- steps
~GET /rush/campaigns
200 {"campaigns":[],"outcome":"found","now":<now>}
Content-Type: application/json
Cache-Control: no-store
! ETag
PUT /rush/campaigns/sale
| {"kind":"sale","stock":3}
201 {"campaign":"sale","version":<any>,"outcome":"made","now":<now>}
Content-Type: application/json
Cache-Control: no-cache
ETag: "<V>"
GET /rush/campaigns/sale
200 {"campaign":"sale","kind":"sale","stock":3,"per_user":1,"tries":6,"paused":false,"keep":604800000,"lease":500,"hold":0,"version":<now>,"made":<now>,"total":3,"out":0,"seq":0,"held":0,"void":0,"left":3,"users":0,"events":0,"outcome":"found","now":<now>}
Content-Type: application/json
Cache-Control: no-cache
ETag: "<V>"
GET /rush/campaigns/sale
200 ~ "version":<V>,
HEAD /rush/campaigns/sale
200
Content-Type: application/json
Content-Length: ~ ^2\d\d$
ETag: "<V>"
GET /rush/campaigns/
200 {"campaigns":[{"campaign":"sale","kind":"sale","stock":3,"per_user":1,"tries":6,"paused":false,"keep":604800000,"lease":500,"hold":0,"version":<now>,"made":<now>,"total":3,"out":0,"seq":0,"held":0,"void":0,"left":3}],"outcome":"found","now":<now>}
HEAD /rush/campaigns
200
POST /claim/sale?u=ann
200 {"outcome":"won","left":2,...}
DELETE /rush/campaigns/sale
200 {"campaign":"sale","outcome":"deleted","now":<now>}
Cache-Control: no-store
POST /claim/sale?u=ann
404 {"outcome":"unknown",...}
GET /rush/campaigns/sale
404 {"campaign":"sale","error":"there is no such campaign","outcome":"unknown","now":<now>}
DELETE /rush/campaigns/sale
404 {"campaign":"sale","error":"there is no such campaign","outcome":"unknown","now":<now>}
GET /rush/campaigns
200 {"campaigns":[],...}
# a new one knows nothing of it
PUT /rush/campaigns/sale
| {"kind":"coupon","stock":5}
201 {"outcome":"made",...}
GET /rush/campaigns/sale
200 {"kind":"coupon","out":0,"users":0,"events":0,...}



=== TEST 2: every member of a sale, with its type
--- config
--- steps
~PUT /rush/campaigns/sale
| {"kind":"sale","stock":500,"items":{"red-M":200,"red-L":0},
|  "per_user":2,"tries":9,"starts":<now-1h>,"ends":<now+1h>,
|  "paused":true,"keep":"1d","lease":"1s","audience":["vip","staff"],
|  "info":{"title":"Lip\"stick\"","n":[1,2.50,1e2,null,true],"a":{}},
|  "hold":"15m"}
201 {"outcome":"made",...}
GET /rush/campaigns/sale
200 {"campaign":"sale","kind":"sale","stock":500,"items":{"red-M":{"stock":200,"total":200,"out":0,"left":200},"red-L":{"stock":0,"total":0,"out":0,"left":0}},"per_user":2,"tries":9,"starts":<now-1h>,"ends":<now+1h>,"paused":true,"keep":86400000,"lease":1000,"audience":["vip","staff"],"info":{"title":"Lip\"stick\"","n":[1,2.50,1e2,null,true],"a":{}},"hold":900000,"version":<now>,"made":<now>,"total":500,"out":0,"seq":0,"held":0,"void":0,"left":500,"users":0,"events":0,"outcome":"found","now":<now>}
# numbers stay as they were written
GET /rush/campaigns/sale
200 ~ "info":\{"title":"Lip\\"stick\\"","n":\[1,2.50,1e2,null,true\],"a":\{\}\},
GET /state/sale
200 ~ "info":\{"title":"Lip\\"stick\\"","n":\[1,2.50,1e2,null,true\],"a":\{\}\},



=== TEST 3: every member of a coupon, and no secret
--- config
--- steps
~PUT /rush/campaigns/drop
| {"kind":"coupon","stock":5,"codes":"pool","valid":"7d","per_day":2,
|  "zone":"+08:00"}
201 {"outcome":"made",...}
GET /rush/campaigns/drop
200 {"campaign":"drop","kind":"coupon","stock":5,"per_user":1,"tries":6,"paused":false,"keep":604800000,"lease":500,"codes":"pool","valid":604800000,"per_day":2,"zone":"+08:00","version":<now>,"made":<now>,"total":0,"supply":0,"out":0,"seq":0,"held":0,"void":0,"left":0,"users":0,"events":0,"outcome":"found","now":<now>}
PUT /rush/campaigns/round
| {"kind":"coupon","stock":5}
201 {"outcome":"made",...}
GET /rush/campaigns/round
200 {"campaign":"round","kind":"coupon","stock":5,"per_user":1,"tries":6,"paused":false,"keep":604800000,"lease":500,"codes":"sequence","valid":0,"zone":"+00:00","version":<now>,"made":<now>,"total":5,"out":0,"seq":0,"held":0,"void":0,"left":5,"users":0,"events":0,"outcome":"found","now":<now>}
redis HSTRLEN rush:{round} secret
= 32



=== TEST 4: counters of what has happened
--- config
--- steps
~PUT /rush/campaigns/sale
| {"kind":"sale","stock":9,"items":{"red":5,"blue":5},"hold":"15m"}
201 {"outcome":"made",...}
POST /claim/sale?u=ann&i=red
200 {"outcome":"won","ticket":"<T>",...}
POST /claim/sale?u=bob&i=red
200 {"outcome":"won",...}
POST /claim/sale?u=cid&i=blue
200 {"outcome":"won",...}
POST /confirm?ticket=<T>
200 {"outcome":"confirmed",...}
GET /rush/campaigns/sale
200 {"items":{"red":{"stock":5,"total":5,"out":2,"void":0,"left":3},"blue":{"stock":5,"total":5,"out":1,"void":0,"left":4}},"total":9,"out":3,"seq":3,"held":2,"void":0,"left":6,"users":3,"events":4,...}
GET /rush/campaigns/sale/check
200 {"outcome":"found","campaign":"sale","consistent":true,"problems":[],"now":<now>}
Cache-Control: no-store



=== TEST 5: PUT replaces the definition and nothing else
--- config
--- steps
~PUT /rush/campaigns/sale
| {"kind":"sale","stock":10,"per_user":3,"tries":50,"hold":"15m",
|  "starts":<now-1h>,"ends":<now+1h>,"keep":"1d","audience":["vip"],
|  "info":{"a":1},"lease":"250ms"}
201 {"outcome":"made",...}
ETag: "<V>"
POST /rush/tags/vip
| ann
200 {"added":1,...}
POST /claim/sale?u=ann
200 {"outcome":"won","ticket":"<T>",...}
GET /rush/campaigns/sale
200 {"made":"<M>",...}
PUT /rush/campaigns/sale
| {"kind":"sale","stock":20,"hold":"15m"}
200 {"campaign":"sale","version":<any>,"outcome":"changed","now":<now>}
ETag: "<W>"
$ test '<W>' -gt '<V>' && echo newer
= newer
GET /rush/campaigns/sale
200 {"campaign":"sale","kind":"sale","stock":20,"per_user":1,"tries":6,"paused":false,"keep":604800000,"lease":250,"hold":900000,"version":<now>,"made":"<M>","total":20,"out":1,"seq":1,"held":1,"void":0,"left":19,"users":1,"events":1,"outcome":"found","now":<now>}
# the ticket is good, and its holder known
POST /claim/sale?u=ann
200 {"outcome":"again","ticket":"<T>",...}
POST /confirm?ticket=<T>
200 {"outcome":"confirmed",...}
--- redis_after
> events sale
won ann 1 units=1 until
confirmed ann 1 units=1



=== TEST 6: PUT keeps what is fixed when it is not named
--- config
--- steps
~PUT /rush/campaigns/drop
| {"kind":"coupon","stock":5,"codes":"pool","zone":"+08:00","lease":"250ms"}
201 {"outcome":"made",...}
POST /rush/campaigns/drop/codes
| AAA
| BBB
200 {"added":2,...}
redis HGET rush:{drop} secret
= <S>
PUT /rush/campaigns/drop
| {"kind":"coupon","stock":6}
200 {"outcome":"changed",...}
GET /rush/campaigns/drop
200 {"codes":"pool","zone":"+08:00","lease":250,"stock":6,"total":2,"supply":2,...}
redis HGET rush:{drop} secret
= <S>
PUT /rush/campaigns/drop
| {"kind":"coupon","stock":7,"codes":"pool","zone":"+08:00","lease":250}
200 {"outcome":"changed",...}



=== TEST 7: what cannot change
--- campaign
drop kind=coupon stock=5 codes=pool
sale stock=5 hold=15m
--- config
--- steps
~PUT /rush/campaigns/drop
| {"kind":"sale","stock":5}
409 {"outcome":"conflict","campaign":"drop","error":"kind is coupon and cannot change","member":"kind","now":<now>}
PATCH /rush/campaigns/drop
| {"kind":"sale"}
409 {"outcome":"conflict","member":"kind",...}
PUT /rush/campaigns/drop
| {"kind":"coupon","stock":5,"codes":"sequence"}
409 {"outcome":"conflict","campaign":"drop","error":"codes can be set only when the campaign is made","member":"codes","now":<now>}
PATCH /rush/campaigns/drop
| {"codes":"sequence"}
409 {"outcome":"conflict","member":"codes",...}
PATCH /rush/campaigns/drop
| {"stock":6,"zone":"+08:00"}
409 {"outcome":"conflict","member":"zone",...}
PATCH /rush/campaigns/drop
| {"stock":6,"lease":"1s"}
409 {"outcome":"conflict","member":"lease",...}
PATCH /rush/campaigns/drop
| {"codes":"pool","zone":"+00:00","lease":500,"kind":"coupon"}
200 {"outcome":"changed",...}
GET /rush/campaigns/drop
200 {"kind":"coupon","codes":"pool","zone":"+00:00","lease":500,"stock":5,...}
POST /claim/sale?u=ann
200 {"outcome":"won","ticket":"<T>",...}
PATCH /rush/campaigns/sale
| {"hold":"30m"}
409 {"outcome":"conflict","campaign":"sale","error":"hold can change only while nothing is held","member":"hold","now":<now>}
PUT /rush/campaigns/sale
| {"kind":"sale","stock":5}
409 {"outcome":"conflict","member":"hold",...}
PATCH /rush/campaigns/sale
| {"hold":"15m","stock":6}
200 {"outcome":"changed",...}
POST /confirm?ticket=<T>
200 {"outcome":"confirmed",...}
PATCH /rush/campaigns/sale
| {"hold":"30m"}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"hold":1800000,"stock":6,...}



=== TEST 8: null is the default
--- config
--- steps
~PUT /rush/campaigns/sale
| {"kind":"sale","stock":5,"items":{"red":5},"per_user":3,"tries":50,
|  "starts":<now-1h>,"ends":<now+1h>,"paused":true,"keep":0,"hold":"15m",
|  "audience":["vip"],"info":{"a":1},"lease":null}
201 {"outcome":"made",...}
PATCH /rush/campaigns/sale
| {"items":null,"per_user":null,"tries":null,"starts":null,"ends":null,
|  "paused":null,"keep":null,"hold":null,"audience":null,"info":null,
|  "lease":null}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"campaign":"sale","kind":"sale","stock":5,"per_user":1,"tries":6,"paused":false,"keep":604800000,"lease":500,"hold":0,"version":<now>,"made":<now>,"total":5,"out":0,"seq":0,"held":0,"void":0,"left":5,"users":0,"events":0,"outcome":"found","now":<now>}
PUT /rush/campaigns/drop
| {"kind":"coupon","stock":5,"valid":"7d","per_day":2,"zone":"+08:00"}
201 {"outcome":"made",...}
PATCH /rush/campaigns/drop
| {"valid":null,"per_day":null,"zone":null,"codes":null}
200 {"outcome":"changed",...}
GET /rush/campaigns/drop
200 ~ "codes":"sequence","valid":0,"zone":"\+08:00","version"
# tries follows per_user until it is set
PATCH /rush/campaigns/sale
| {"per_user":4}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"per_user":4,"tries":9,...}
# an empty list is none, too
PATCH /rush/campaigns/sale
| {"items":{},"audience":[],"info":{}}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 ~ ^(?!.*(?:items|audience))
# and no member is no change
PATCH /rush/campaigns/sale
| {}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"stock":5,"per_user":4,"tries":9,...}



=== TEST 9: items come, change and go
--- campaign
sale stock=20 items=red:5,blue:5
--- config
--- steps
~GET /rush/tags/none
200
POST /claim/sale?u=ann&i=red
200 {"outcome":"won",...}
PATCH /rush/campaigns/sale
| {"items":{"red":7,"green":1}}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"items":{"red":{"stock":7,"total":7,"out":1,"void":0,"left":6},"green":{"stock":1,"total":1,"out":0,"left":1}},"stock":20,...}
POST /claim/sale?u=bob&i=blue
404 {"outcome":"unknown",...}
POST /claim/sale?u=bob&i=green
200 {"outcome":"won",...}
PATCH /rush/campaigns/sale
| {"items":{"red":0,"blue":5}}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"items":{"red":{"stock":0,"total":0,"out":1,"void":0,"left":0},"blue":{"stock":5,"total":5,"out":0,"left":5}},...}
POST /claim/sale?u=cid&i=red
409 {"outcome":"sold_out",...}
--- no_audit



=== TEST 10: If-Match
--- campaign
sale stock=5
--- config
--- steps
~GET /rush/campaigns/sale
200
ETag: "<V>"
PATCH /rush/campaigns/sale
If-Match: "<V>"
| {"stock":6}
200 {"outcome":"changed",...}
ETag: "<W>"
PATCH /rush/campaigns/sale
If-Match: "<V>"
| {"stock":7}
412 {"campaign":"sale","version":<any>,"outcome":"stale","now":<now>}
ETag: "<W>"
PATCH /rush/campaigns/sale
If-Match: <W>
| {"stock":7}
200 {"outcome":"changed",...}
ETag: "<X>"
PUT /rush/campaigns/sale
If-Match: "<W>"
| {"kind":"sale","stock":8}
412 {"outcome":"stale",...}
DELETE /rush/campaigns/sale
If-Match: "<W>"
412 {"outcome":"stale",...}
ETag: "<X>"
GET /rush/campaigns/sale
200 {"stock":7,...}
ETag: "<X>"
# nginx itself does not judge by it
GET /rush/campaigns/sale
If-Match: "<V>"
200 {"stock":7,...}
PUT /rush/campaigns/sale
If-Match: "<X>"
| {"kind":"sale","stock":8}
200 {"outcome":"changed",...}
ETag: "<Y>"
DELETE /rush/campaigns/sale
If-Match: "<Y>"
200 {"outcome":"deleted",...}
# there is none of any version
PATCH /rush/campaigns/sale
If-Match: "<Y>"
| {"stock":9}
404 {"outcome":"unknown",...}
PUT /rush/campaigns/sale
If-Match: "<Y>"
| {"kind":"sale","stock":9}
412 {"outcome":"stale",...}
--- redis_after
> ZRANGE rush:campaigns 0 -1




=== TEST 11: of two who have read the same version, one writes
--- campaign
sale stock=5
--- config
--- steps
~GET /rush/campaigns/sale
200
ETag: "<V>"
$ for i in 1 2 3 4 5 6; do
      curl -sX PATCH -H 'If-Match: "<V>"' -d '{"stock":6}' \
          $U/rush/campaigns/sale &
  done | grep -o '"outcome":"[a-z]*"' | sort | uniq -c | tr -d ' "'
= 1outcome:changed
= 5outcome:stale



=== TEST 12: a campaign that there is not
--- config
--- steps
~PATCH /rush/campaigns/sale
| {"stock":5}
404 {"outcome":"unknown","campaign":"sale","error":"there is no such campaign","now":<now>}
PATCH /rush/campaigns/sale
| {"kind":"sale","stock":5}
404 {"outcome":"unknown","campaign":"sale","error":"there is no such campaign","now":<now>}
HEAD /rush/campaigns/sale
404
GET /rush/campaigns/sale/check
404 {"outcome":"unknown","campaign":"sale","now":<now>}
GET /rush/campaigns/sale/users/ann
404 {"outcome":"unknown","campaign":"sale","user":"ann","now":<now>}
--- redis_after
> DBSIZE
0



=== TEST 13: other methods
--- proxy
--- config
--- steps
~POST /rush/campaigns
| {}
405 {"outcome":"method","error":"this call has other methods","now":<now>}
Allow: GET, HEAD
DELETE /rush/campaigns
405 {"outcome":"method",...}
Allow: GET, HEAD
POST /rush/campaigns/sale
| {}
405 {"outcome":"method",...}
Allow: GET, HEAD, PUT, PATCH, DELETE
OPTIONS /rush/campaigns/sale
405 {"outcome":"method",...}
Allow: GET, HEAD, PUT, PATCH, DELETE
BREW /rush/campaigns/sale
405 {"outcome":"method",...}
Allow: GET, HEAD, PUT, PATCH, DELETE
GET /rush/campaigns/sale/codes
405 {"outcome":"method",...}
Allow: POST
PUT /rush/campaigns/sale/codes
| AAA
405 {"outcome":"method",...}
Allow: POST
HEAD /rush/campaigns/sale/codes
405
Allow: POST
POST /rush/campaigns/sale/users/ann
405 {"outcome":"method",...}
Allow: GET, HEAD
DELETE /rush/campaigns/sale/check
405 {"outcome":"method",...}
Allow: GET, HEAD
PUT /rush/tags/vip
| ann
405 {"outcome":"method",...}
Allow: GET, HEAD, POST, DELETE
--- sent



=== TEST 14: who may call
--- campaign
sale stock=5
--- config
    location /closed/ { rush_api remote; deny 10.1.2.3; }
--- steps
~GET /rush/campaigns/sale
X-Real-IP: 10.1.2.3
403 {"outcome":"denied","error":"the API answers the machine only that it is on","now":<now>}
Cache-Control: no-store
PUT /rush/campaigns/new
X-Real-IP: 192.168.0.1
| {"kind":"sale","stock":5}
403 {"outcome":"denied",...}
DELETE /rush/campaigns/sale
X-Real-IP: 2001:db8::1
403 {"outcome":"denied",...}
GET /rush/nothing
X-Real-IP: 128.0.0.1
403 {"outcome":"denied",...}
GET /rush/campaigns/sale
X-Real-IP: ::ffff:10.0.0.1
403 {"outcome":"denied",...}
GET /rush/campaigns/sale
X-Real-IP: 127.255.0.9
200 {"outcome":"found",...}
GET /rush/campaigns/sale
X-Real-IP: ::1
200 {"outcome":"found",...}
GET /rush/campaigns/sale
X-Real-IP: ::ffff:127.0.0.1
200 {"outcome":"found",...}
# what is in front may say more
GET /ops/campaigns/sale
X-Real-IP: 10.1.2.3
200 {"outcome":"found",...}
PATCH /ops/campaigns/sale
X-Real-IP: 10.1.2.3
| {"stock":6}
200 {"outcome":"changed",...}
GET /closed/campaigns/sale
X-Real-IP: 10.1.2.3
403 ~ <html>
GET /closed/campaigns/sale
X-Real-IP: 10.1.2.4
200 {"outcome":"found",...}
--- redis_after
> ZRANGE rush:campaigns 0 -1
sale
--- error_log
"rush_api" answers this machine only, set "remote" and say who may call
say who may call, client: 10.1.2.3,
say who may call, client: 192.168.0.1,



=== TEST 15: by a unix socket
--- campaign
sale stock=5
--- http_config
    server {
        listen unix:$TEST_NGINX_DIR/api.sock;
        location /rush/ { rush_api; }
    }
--- config
--- steps
~GET /rush/tags/none
200
$ curl -s --unix-socket $D/api.sock http://rush/rush/campaigns/sale
= {"outcome":"found","stock":5,...}



=== TEST 16: the index, by end
--- config
--- steps
~PUT /rush/campaigns/b
| {"kind":"sale","stock":5}
201
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"ends":"2040-01-01T00:00:00Z"}
201
PUT /rush/campaigns/c
| {"kind":"sale","stock":5,"ends":2000000000000}
201
redis ZRANGE rush:campaigns 0 -1 WITHSCORES
= c
= 2000000000000
= a
= 2208988800000
= b
= inf
PATCH /rush/campaigns/b
| {"ends":1000}
200
PATCH /rush/campaigns/c
| {"stock":6}
200
PUT /rush/campaigns/a
| {"kind":"sale","stock":5}
200
redis ZRANGE rush:campaigns 1 -1 WITHSCORES
= c
= 2000000000000
= a
= inf
DELETE /rush/campaigns/a
200
DELETE /rush/campaigns/none
404
PATCH /rush/campaigns/none
| {"kind":"sale","stock":5}
404
redis ZRANGE rush:campaigns 1 -1
= c



=== TEST 17: pages
--- campaign
c1 stock=1
c2 stock=1 ends=+3h
c3 stock=1 ends=+1h
c4 kind=coupon stock=1
c5 stock=1 ends=+2h
c6 stock=1
c7 stock=1
--- config
--- steps
~GET /rush/tags/none
200
$ ids() { curl -s "$U/rush/campaigns?$1" |
      grep -o '"campaign":"[^"]*"\|"next":"[^"]*"' | cut -d'"' -f2,4 |
      sed 's/campaign"//; s/next"/next /' | paste -sd ' '; }
  ids; ids limit=3; ids 'limit=3&after=c2'; ids 'limit=3&after=c6'
  ids limit=7; ids 'limit=7&after=c7'; ids limit=100; ids after=c5
= c3 c5 c2 c1 c4 c6 c7
= c3 c5 c2 next c2
= c1 c4 c6 next c6
= c7
= c3 c5 c2 c1 c4 c6 c7 next c7
=
= c3 c5 c2 c1 c4 c6 c7
= c2 c1 c4 c6 c7
GET /rush/campaigns?limit=3&after=gone
400 {"outcome":"invalid","error":"after must be an id that the list has: begin again","member":"after","now":<now>}
GET /rush/campaigns?limit=&after=
200 {"outcome":"found",...}
# a campaign that went without DELETE is left out, and does not end the page
redis UNLINK rush:{c5}
GET /rush/campaigns?limit=2
200 ~ ^\{"campaigns":\[\{"campaign":"c3",[^{]*\}\],"next":"c5"
--- no_audit



=== TEST 18: a page of 50
--- config
--- steps
~GET /rush/tags/none
200
$ for i in $(seq 51); do
      printf '%s' '{"kind":"sale","stock":1}' |
          curl -sX PUT -d @- $U/rush/campaigns/c$i
  done | grep -o '"made"' | wc -l
  curl -s $U/rush/campaigns | grep -o '"campaign":' | wc -l
  curl -s "$U/rush/campaigns?limit=51" | grep -o '"campaign":' | wc -l
= 51
= 50
= 51



=== TEST 19: more stock opens it again when the lease is over
--- campaign
sale stock=1
--- config
--- steps
~GET /rush/tags/none
200
POST /claim/sale?u=ann
200 {"outcome":"won",...}
POST /claim/sale?u=bob
409 {"outcome":"sold_out",...}
PATCH /rush/campaigns/sale
| {"stock":3}
200 {"outcome":"changed",...}
redis closed sale
= sold_out for 1s
POST /claim/sale?u=bob
409 {"outcome":"sold_out",...}
wait 0.55
POST /claim/sale?u=bob
200 {"outcome":"won","left":1,...}
# less than is out only means that nothing is left
PATCH /rush/campaigns/sale
| {"stock":0}
200 {"outcome":"changed",...}
GET /rush/campaigns/sale
200 {"stock":0,"total":0,"out":2,"left":0,...}
POST /claim/sale?u=cid
409 {"outcome":"sold_out","left":0,...}
POST /claim/sale?u=bob
200 {"outcome":"again",...}
--- no_audit



=== TEST 20: paused at once, and open again
--- campaign
sale stock=5
--- config
--- steps
~GET /rush/tags/none
200
POST /claim/sale?u=ann
200 {"outcome":"won",...}
PATCH /rush/campaigns/sale
| {"paused":true}
200 {"outcome":"changed",...}
POST /claim/sale?u=bob
423 {"outcome":"paused",...}
GET /state/sale
200 {"phase":"paused",...}
PATCH /rush/campaigns/sale
| {"paused":false}
200 {"outcome":"changed",...}
POST /claim/sale?u=bob
423 {"outcome":"paused",...}
wait 0.55
POST /claim/sale?u=bob
200 {"outcome":"won",...}



=== TEST 21: starts and ends move
--- campaign
sale stock=9 lease=0
--- config
--- steps
~GET /rush/tags/none
200
POST /claim/sale?u=ann
200 {"outcome":"won",...}
PATCH /rush/campaigns/sale
| {"ends":<now-1s>}
200 {"outcome":"changed",...}
POST /claim/sale?u=bob
410 {"outcome":"ended",...}
PATCH /rush/campaigns/sale
| {"ends":<now+1h>}
200 {"outcome":"changed",...}
POST /claim/sale?u=bob
200 {"outcome":"won",...}
PATCH /rush/campaigns/sale
| {"starts":<now+10m>}
200 {"outcome":"changed",...}
POST /claim/sale?u=cid
425 {"outcome":"early","starts":<now+10m>,...}
PATCH /rush/campaigns/sale
| {"starts":<now-1s>}
200 {"outcome":"changed",...}
wait 1.05
POST /claim/sale?u=cid
200 {"outcome":"won",...}



=== TEST 22: per_user, and an audience
--- campaign
sale stock=9
--- config
--- steps
~GET /rush/tags/none
200
POST /claim/sale?u=ann
200 {"outcome":"won",...}
PATCH /rush/campaigns/sale
| {"per_user":2,"audience":["vip"]}
200 {"outcome":"changed",...}
POST /claim/sale?u=bob
403 {"outcome":"denied",...}
POST /rush/tags/vip
| bob
200 {"tag":"vip","added":1,...}
wait 1.05
POST /claim/sale?u=bob
200 {"outcome":"won",...}
POST /claim/sale?u=bob
200 {"outcome":"won",...}



=== TEST 23: what a user holds
--- campaign
sale stock=9 per_user=2 hold=15m
drop kind=coupon stock=9
--- config
--- steps
~GET /rush/tags/none
200
POST /claim/sale?u=a:b@c
200 {"outcome":"won","ticket":"<T>",...}
POST /claim/drop?u=ann
200 {"outcome":"won","ticket":"<U>","code":"<C>",...}
POST /redeem?ticket=<U>&shop=shop-7
200 {"outcome":"redeemed",...}
GET /rush/campaigns/sale/users/a:b@c
200 {"outcome":"found","campaign":"sale","user":"a:b@c","tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"held","hold_until":<now+15m>}],"now":<now>}
GET /rush/campaigns/sale/users/a%3Ab%40c
200 {"user":"a:b@c","tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"held","hold_until":<now+15m>}],...}
GET /rush/campaigns/drop/users/ann
200 {"outcome":"found","campaign":"drop","user":"ann","tickets":[{"ticket":"<U>","seq":1,"units":1,"state":"redeemed","code":"<C>","by":"shop-7","at":<now>}],"now":<now>}
GET /rush/campaigns/sale/users/ann
200 {"outcome":"found","campaign":"sale","user":"ann","tickets":[],"now":<now>}
HEAD /rush/campaigns/sale/users/ann
200



=== TEST 24: the audit finds what is wrong
--- campaign
sale stock=9
drop kind=coupon codes=pool stock=9
--- redis
claims sale 3 u%d
codes drop AAA BBB
--- config
--- steps
~GET /rush/campaigns/sale/check
200 {"consistent":true,"problems":[],...}
HEAD /rush/campaigns/sale/check
200
# advice, and no inconsistency
GET /rush/campaigns/drop/check
200 {"outcome":"found","campaign":"drop","consistent":true,"problems":["the stock is 9, but codes run out 7 units before: upload more"],"now":<now>}
redis HSET rush:{sale} out 2
GET /rush/campaigns/sale/check
200 {"outcome":"found","campaign":"sale","consistent":false,"problems":["out is 2, but live tickets have 3"],"now":<now>}
redis LPOP rush:{drop}:free
GET /rush/campaigns/drop/check
200 {"consistent":false,...}
--- no_audit



=== TEST 25: the audit of many, slice by slice
--- campaign
sale stock=5000
--- redis
claims sale 3000 u%d
--- proxy
--- config
--- steps
~GET /rush/campaigns/sale/check
200 {"outcome":"found","campaign":"sale","consistent":true,"problems":[],"now":<now>}
redis forget sale 1234
GET /rush/campaigns/sale/check
200 {"outcome":"found","campaign":"sale","consistent":false,"problems":["the event of ticket 1234 is missing"],"now":<now>}
--- sent: ~ (?:EVALSHA rush:\{sale\} ?\n){10}
--- no_audit



=== TEST 26: the audit of a campaign that changes meanwhile
--- campaign
sale stock=5000
--- redis
claims sale 3000 u%d
--- proxy
EVALSHA * delay 0.05
--- config
--- steps
~GET /rush/tags/none
200
&GET /rush/campaigns/sale/check
200 {"outcome":"found","campaign":"sale","consistent":null,"problems":[],"now":<now>}
&POST /claim/sale?u=late1
200 {"outcome":"won",...}
GET /rush/campaigns
200



=== TEST 27: tags
--- config
--- steps
~GET /rush/tags/vip
200 {"tag":"vip","users":0,"outcome":"found","now":<now>}
Cache-Control: no-store
POST /rush/tags/vip
| ann
| bob
200 {"tag":"vip","added":2,"duplicate":0,"bad":0,"outcome":"found","now":<now>}
POST /rush/tags/vip
| bob
| a b
| cid
200 {"tag":"vip","added":1,"duplicate":1,"bad":1,"error":"a user must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -","lines":[2],"outcome":"found","now":<now>}
GET /rush/tags/vip
200 {"tag":"vip","users":3,...}
HEAD /rush/tags/vip
200
POST /rush/tags/none
200 {"tag":"none","added":0,"duplicate":0,"bad":0,"outcome":"found","now":<now>}
redis SORT rush:tag:vip ALPHA
= ann
= bob
= cid
DELETE /rush/tags/vip
200 {"tag":"vip","outcome":"deleted","now":<now>}
DELETE /rush/tags/vip
200 {"tag":"vip","outcome":"deleted","now":<now>}
GET /rush/tags/vip
200 {"tag":"vip","users":0,...}
--- redis_after
> DBSIZE
0



=== TEST 28: the next request on a connection, after each kind of answer
--- campaign
sale stock=5
--- config
--- steps
~GET /rush/campaigns/sale
200 {"outcome":"found",...}
+HEAD /rush/campaigns/sale
200
+PUT /rush/campaigns/a
| {"kind":"sale","stock":5}
201 {"outcome":"made",...}
+PUT /rush/campaigns/a
| {"kind":"sale","stock":5}}
400 {"outcome":"invalid",...}
+PUT /rush/campaigns/a
| {"kind":"sale","stock":
400 {"outcome":"invalid",...}
+PATCH /rush/campaigns/none
| {"stock":5}
404 {"outcome":"unknown",...}
+PATCH /rush/campaigns/a
If-Match: 1
| {"stock":5}
412 {"outcome":"stale",...}
+PATCH /rush/campaigns/a
If-Match: x
| {"stock":5}
400 {"outcome":"invalid","member":"If-Match",...}
+PATCH /rush/campaigns/a
| {"kind":"coupon"}
409 {"outcome":"conflict",...}
+POST /rush/campaigns/a
| {"kind":"coupon"}
405 {"outcome":"method",...}
+POST /rush/nothing
| {"kind":"coupon"}
404 {"outcome":"unknown",...}
+POST /rush/campaigns/a/codes
| AAA
409 {"outcome":"conflict",...}
+POST /rush/tags/vip
| ann
200 {"added":1,...}
+GET /rush/campaigns/a/check
| a body that nobody wants
200 {"consistent":true,...}
+GET /rush/campaigns/a/users/ann
| a body that nobody wants
200 {"tickets":[],...}
+PUT /rush/campaigns/b
X-Real-IP: 10.0.0.1
| {"kind":"sale","stock":5}
403 {"outcome":"denied",...}
+DELETE /rush/campaigns/a
| a body that nobody wants
200 {"outcome":"deleted",...}
+DELETE /rush/tags/vip
200 {"outcome":"deleted",...}
+GET /rush/campaigns
200 {"outcome":"found",...}
--- error_log
answers this machine only



=== TEST 29: pipelined
--- config
--- steps
~GET /rush/tags/none
200
&PUT /rush/campaigns/a
| {"kind":"sale","stock":5}
201 {"campaign":"a","outcome":"made",...}
&+PATCH /rush/campaigns/a
| {"stock":6}
200 {"campaign":"a","outcome":"changed",...}
&+PUT /rush/campaigns/a
| {"kind":"sale","stock":-1}
400 {"outcome":"invalid",...}
&+POST /rush/tags/vip
| ann
200 {"tag":"vip","added":1,...}
&+GET /rush/campaigns/a
200 {"stock":6,...}
&+DELETE /rush/campaigns/a
200 {"outcome":"deleted",...}
+GET /rush/campaigns/a
404 {"outcome":"unknown",...}
GET /rush/campaigns
200 {"campaigns":[],...}



=== TEST 30: HTTP/1.0 and HTTP/2
--- h2
--- config
--- steps
~PUT /rush/campaigns/a HTTP/1.0
| {"kind":"sale","stock":5}
201 {"outcome":"made",...}
$ curl -s --http2-prior-knowledge -X PATCH -d '{"stock":6}' \
      $H/rush/campaigns/a
= {"outcome":"changed",...}
$ seq 3000 | curl -s --http2-prior-knowledge --data-binary @- $H/rush/tags/t
= {"tag":"t","added":3000,"duplicate":0,"bad":0,"outcome":"found","now":<now>}
GET /rush/campaigns/a
200 {"stock":6,...}



=== TEST 31: who goes away
--- campaign
sale stock=5
--- proxy
EVALSHA * delay 0.3
HGETALL * delay 0.3
--- config
--- steps
~GET /rush/campaigns/sale
abort 0.05
GET /rush/campaigns/sale/check
reset 0.05
PATCH /rush/campaigns/sale
| {"kind":"sale","stock":6}
reset 0.15
PUT /rush/campaigns/a
Content-Length: 100
| {"kind":"sale","stock"
abort 0.05
PUT /rush/campaigns/a
Content-Length: 100
| {"kind":"sale","stock"
reset 0.05
POST /rush/tags/vip
Content-Length: 100
| ann
abort 0.05
proxy
wait 0.05
# what Redis has got is done; half a body is nothing
~GET /rush/campaigns/sale
200 {"stock":6,...}
GET /rush/campaigns
200 ~ ^(?!.*"campaign":"a")
GET /rush/tags/vip
200 {"users":0,...}
--- error_log



=== TEST 32: Redis is away
--- campaign
sale stock=5
--- proxy
--- config
--- steps
~GET /rush/campaigns/sale
200
proxy off
GET /rush/campaigns/sale
503 {"outcome":"pending","campaign":"sale","error":"Redis did not do it, or it is not known whether it did: the error log says why, look and try again","now":<now>}
Retry-After: ~ ^[123]$
Cache-Control: no-store
! ETag
GET /rush/campaigns
503 {"outcome":"pending",...}
PUT /rush/campaigns/sale
| {"kind":"sale","stock":6}
503 {"outcome":"pending",...}
PATCH /rush/campaigns/sale
| {"stock":6}
503 {"outcome":"pending",...}
Retry-After: ~ ^[123]$
DELETE /rush/campaigns/sale
503 {"outcome":"pending",...}
GET /rush/campaigns/sale/check
503 {"outcome":"pending",...}
Retry-After: ~ ^[123]$
GET /rush/campaigns/sale/users/ann
503 {"outcome":"pending",...}
POST /rush/campaigns/sale/codes
| AAA
503 {"outcome":"pending",...}
POST /rush/tags/vip
| ann
503 {"outcome":"pending",...}
GET /rush/tags/vip
503 {"outcome":"pending",...}
# what is wrong without Redis is wrong
PATCH /rush/campaigns/sale
| {"stock":
400 {"outcome":"invalid",...}
proxy
~GET /rush/campaigns/sale
200 {"stock":5,...}
--- no_error_log
[alert]
--- error_log



=== TEST 33: Redis is being connected to
--- campaign
sale stock=5
--- proxy
INFO 2+ delay 0.2
--- config
--- steps
~GET /rush/campaigns/sale
200
redis CLIENT KILL TYPE normal
wait 0.02
&GET /rush/campaigns/sale
200 {"stock":5,...}
&PATCH /rush/campaigns/sale
| {"per_user":2}
200 {"outcome":"changed",...}
&POST /rush/tags/vip
| ann
200 {"added":1,...}
GET /rush/campaigns
200 {"outcome":"found",...}
# who goes away before that is forgotten
redis CLIENT KILL TYPE normal
wait 0.02
GET /rush/campaigns/sale
reset 0.05
PATCH /rush/campaigns/sale
| {"stock":6}
abort 0.05
~GET /rush/campaigns/sale
200 {"stock":5,...}
--- error_log
redis closed the connection



=== TEST 34: Redis refuses a step: a definition
--- campaign
sale stock=5
--- proxy
HGET 1 reply -ERR step kind\r\n
ZADD 1 reply -ERR step add\r\n
EVALSHA 3 reply -ERR step script\r\n
ZADD 4 reply -ERR step index\r\n
ZREM 1+ reply -ERR step remove\r\n
--- config
--- steps
~GET /rush/tags/none
200
PATCH /rush/campaigns/sale
| {"stock":6}
503 {"outcome":"pending","campaign":"sale",...}
Retry-After: ~ ^[123]$
! ETag
# the index, then the script, of a call; then the index again
PUT /rush/campaigns/a
| {"kind":"sale","stock":1}
503 {"outcome":"pending",...}
PUT /rush/campaigns/b
| {"kind":"sale","stock":1}
201 {"outcome":"made",...}
PUT /rush/campaigns/c
| {"kind":"sale","stock":1}
503 {"outcome":"pending",...}
PUT /rush/campaigns/c
| {"kind":"sale","stock":1}
201 {"outcome":"made",...}
DELETE /rush/campaigns/b
503 {"outcome":"pending",...}
# it is gone all the same
GET /rush/campaigns/b
404 {"outcome":"unknown",...}
--- no_error_log
[emerg]
--- error_log
step kind
step add
step script
step remove



=== TEST 35: Redis refuses a step: what is read
--- campaign
sale stock=5
--- proxy
HGETALL 1 reply -ERR step hash\r\n
HLEN 2 reply -ERR step users\r\n
XLEN 3 reply -ERR step events\r\n
EVALSHA 1 reply -ERR step list\r\n
HGETALL 4 reply -ERR step row\r\n
EVALSHA 3 reply -ERR step check\r\n
SADD 1 reply -ERR step add\r\n
SCARD 2 reply -ERR step count\r\n
--- config
--- steps
~GET /rush/tags/none
200
GET /rush/campaigns/sale
503 {"outcome":"pending","campaign":"sale",...}
! ETag
GET /rush/campaigns/sale
503 {"outcome":"pending","campaign":"sale",...}
! ETag
GET /rush/campaigns/sale
503 {"outcome":"pending","campaign":"sale",...}
! ETag
GET /rush/campaigns
503 {"outcome":"pending",...}
GET /rush/campaigns
503 {"outcome":"pending",...}
GET /rush/campaigns/sale/check
503 {"outcome":"pending",...}
POST /rush/tags/vip
| ann
503 {"outcome":"pending",...}
GET /rush/tags/vip
503 {"outcome":"pending",...}
GET /rush/campaigns/sale
200 {"outcome":"found","stock":5,...}
ETag: ~ ^"\d+"$
GET /rush/campaigns
200 {"outcome":"found",...}
GET /rush/campaigns/sale/check
200 {"consistent":true,...}
--- no_error_log
[emerg]
--- error_log
step hash
step users
step events
step list
step row
step check
step add
step count



=== TEST 36: keys of another type
--- campaign
sale stock=5
--- redis
SET rush:{plain} text
SET rush:tag:vip text
HSET rush:{half} kind sale
HSET rush:{odd} kind auction version 17 made 17 total 5 out 1
--- config
--- steps
~GET /rush/campaigns/plain
503 {"outcome":"pending",...}
PUT /rush/campaigns/plain
| {"kind":"sale","stock":5}
503 {"outcome":"pending",...}
POST /rush/tags/vip
| ann
503 {"outcome":"pending",...}
GET /rush/tags/vip
503 {"outcome":"pending",...}
GET /rush/campaigns/half
404 {"outcome":"unknown",...}
# of a play that is not here: what all plays have
GET /rush/campaigns/odd
200 {"campaign":"odd","kind":"auction","version":17,"made":17,"total":5,"out":1,"left":4,"users":0,"events":0,"outcome":"found","now":<now>}
PATCH /rush/campaigns/odd
| {"stock":5}
400 {"outcome":"invalid","error":"kind must be one of coupon, sale","member":"kind",...}
--- no_error_log
[emerg]
--- error_log
WRONGTYPE
--- no_audit



=== TEST 37: what is damaged is left out
--- campaign
sale stock=5 items=red:5
--- redis
HSET rush:{sale} per_user x out 1e3 info [] out:red -1 held 5.5
--- config
--- steps
~GET /rush/campaigns/sale
200 {"campaign":"sale","kind":"sale","stock":5,"items":{"red":{"stock":5,"total":5,"left":5}},"tries":6,"paused":false,"keep":604800000,"lease":500,"hold":0,"version":<now>,"made":<now>,"total":5,"seq":0,"void":0,"left":5,"users":0,"events":0,"outcome":"found","now":<now>}
--- no_audit



=== TEST 38: another prefix, and a play of the operator's own
--- user_files
>>> gift.lua
-- @play gift
-- @member hold duration 0 1h 5m
-- @member wrap choice paper|box paper
-- @state held confirmed
-- @verb confirm
play = {}
--- http_config
    rush_prefix shop:;
    rush_play gift $TEST_NGINX_SERVER_ROOT/html/gift.lua;
--- config
--- steps
~PUT /rush/campaigns/g
| {"kind":"gift","stock":5,"wrap":"box"}
201 {"outcome":"made",...}
GET /rush/campaigns/g
200 {"kind":"gift","stock":5,"hold":300000,"wrap":"box",...}
PUT /rush/campaigns/g
| {"kind":"gift","stock":5}
200 {"outcome":"changed",...}
GET /rush/campaigns/g
200 {"wrap":"paper",...}
POST /rush/tags/vip
| ann
200 {"added":1,...}
--- redis_after
> ZRANGE shop:campaigns 0 -1
g
> SCARD shop:tag:vip
1
> EXISTS rush:campaigns
0



=== TEST 39: two rush_redis, by location
--- campaign
sale stock=5
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; }
    rush_redis other { server unix:$TEST_NGINX_REDIS; database 1; }
    rush_pass main;
--- config
    location /second/ { rush_api; rush_pass other; }
--- steps
~GET /second/campaigns/sale
404 {"outcome":"unknown",...}
GET /rush/campaigns/sale
200 {"outcome":"found",...}



=== TEST 40: a regex location
--- config
    location ~ ^/api { rush_api; }
--- dies: "rush_api" needs a location of a prefix, such as "location /rush/"



=== TEST 41: an exact location
--- config
    location = /api { rush_api; }
--- dies: "rush_api" needs a location of a prefix, such as "location /rush/"



=== TEST 42: a named location
--- config
    location @api { rush_api; }
--- dies: "rush_api" needs a location of a prefix, such as "location /rush/"



=== TEST 43: a parameter that is none
--- config
    location /api/ { rush_api local; }
--- dies: "rush_api" takes "remote", not "local"



=== TEST 44: too many parameters
--- config
    location /api/ { rush_api remote remote; }
--- dies: invalid number of arguments in "rush_api" directive



=== TEST 45: no rush_redis
--- no_redis
--- config
    location /api/ { rush_api; }
--- dies: ~ rush_redis



=== TEST 46: twice, and with another directive
--- config
    location /api/ { rush_api; rush_status; }
--- dies: ~ "rush_(?:api|status)"



=== TEST 47: a version that is damaged is in no header
--- campaign
sale stock=5
--- config
--- steps
~GET /rush/campaigns/sale
200
ETag: ~ ^"\d+"$
redis HSET rush:{sale} version 1.5
GET /rush/campaigns/sale
200 {"campaign":"sale",...}
! ETag
--- no_audit
