# rush_api: uploads of codes, of any size, in any shape, broken off and
# repeated; and the whole story of a pool on two nodes.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location /rush/ { rush_api; client_max_body_size 64m; }
_EOC_

run_tests();

__DATA__

=== TEST 1: codes, one a line
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- config
--- steps
~POST /rush/campaigns/drop/codes
| AAA
| BBB
| CCC
|
200 {"campaign":"drop","added":3,"duplicate":0,"bad":0,"outcome":"found","now":<now>}
Content-Type: application/json
Cache-Control: no-store
GET /rush/campaigns/drop
200 {"stock":10,"supply":3,"total":3,"left":3,...}
# once more, and others
POST /rush/campaigns/drop/codes
| CCC
| DDD
| AAA
| EEE
| DDD
200 {"added":2,"duplicate":3,"bad":0,...}
redis claims drop 6 u%d
= 1 sold_out, 5 won
# what is given is not given again
POST /rush/campaigns/drop/codes
| AAA
| FFF
200 {"added":1,"duplicate":1,...}
--- redis_after
> LRANGE rush:{drop}:free 0 -1
FFF
> HGET rush:{drop} supply
6



=== TEST 2: line ends, empty lines, and no end
--- campaign
drop kind=coupon codes=pool stock=10
--- config
--- steps
~GET /rush/tags/none
200
$ printf 'AAA\r\n\r\n\n\nBBB\n\rCCC\r\r\nDDD' |
      curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"campaign":"drop","added":3,"duplicate":0,"bad":1,"error":"a code must be from 1 to 64 bytes of UTF-8 without control characters","lines":[6],"outcome":"found","now":<now>}
$ printf '\n\r\n\n' | curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"campaign":"drop","added":0,"duplicate":0,"bad":0,"outcome":"found","now":<now>}
POST /rush/campaigns/drop/codes
200 {"campaign":"drop","added":0,"duplicate":0,"bad":0,"outcome":"found","now":<now>}
POST /rush/campaigns/drop/codes
Content-Length: 0
200 {"added":0,...}
--- redis_after
> LRANGE rush:{drop}:free 0 -1
AAA
BBB
DDD



=== TEST 3: lines that are no codes, by number
--- campaign
drop kind=coupon codes=pool stock=10 lease=0
--- config
--- steps
~GET /rush/tags/none
200
$ {
      printf 'ok1\n\001x\na\tb\nx\177\n\302\205\n'
      printf '\377\n\303\nx\000\n\355\240\200\n'
      printf '%064d\n%065d\n%010000d\nsp ace\n"q",;%%\\\n' 1 2 3
      printf '\346\227\245\346\234\254\nok2\n'
  } | curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"added":6,"duplicate":0,"bad":10,"error":"a code must be from 1 to 64 bytes of UTF-8 without control characters","lines":[2,3,4,5,6,7,8,9,11,12],...}
redis claims drop 6 u%d
= 6 won
redis found drop
= 6 of 6
--- redis_after
> events drop
won u1 1 units=1 code=ok1
won u2 2 units=1 code=<0*63>1
won u3 3 units=1 code=sp ace
won u4 4 units=1 code="q",;%\
won u5 5 units=1 code=日本
won u6 6 units=1 code=ok2



=== TEST 4: the first hundred of them
--- campaign
drop kind=coupon codes=pool stock=10
--- config
--- steps
~GET /rush/tags/none
200
$ { echo AAA; seq 250 | sed 's/$/\t/'; echo BBB; } >$D/codes
  curl -sT $D/codes -X POST $U/rush/campaigns/drop/codes |
      sed 's/"lines":\[\(.*\),\(.*\)\]/"from":[\1],"to":\2/; s/,3,.*,100\]/]/'
= {"added":2,"duplicate":0,"bad":250,"from":[2],"to":101,...}



=== TEST 5: several slices, and duplicates across them
--- campaign
drop kind=coupon codes=pool stock=10000 lease=0
--- proxy
--- config
--- steps
~GET /rush/tags/none
200
$ seq -f code-%g 2100 >$D/codes; seq -f code-%g 2001 2200 >>$D/codes
  curl -sT $D/codes -X POST $U/rush/campaigns/drop/codes
= {"campaign":"drop","added":2200,"duplicate":100,"bad":0,"outcome":"found","now":<now>}
GET /rush/campaigns/drop
200 {"supply":2200,"total":2200,...}
redis LINDEX rush:{drop}:free 2199
= code-2200
redis claims drop 2300 u%d
= 100 sold_out, 2200 won
GET /rush/campaigns/drop/check
200 {"consistent":true,"problems":["the stock is 10000, but codes run out 7800 units before: upload more"],...}
# 500 in each
--- sent: ~ \n(?!EVALSHA).*\n(?:EVALSHA rush:\{drop\} ?\n){5}HGETALL



=== TEST 6: exactly one slice, and one code more
--- campaign
drop kind=coupon codes=pool stock=10000
--- proxy
--- config
--- steps
~GET /rush/tags/none
200
$ seq 500 | curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"added":500,...}
$ { seq 501; echo; } | curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"added":1,"duplicate":500,...}
--- sent: ~ \n(?!EVALSHA).*\n(?:EVALSHA rush:\{drop\} ?\n?){3}$



=== TEST 7: chunked, and byte by byte
--- campaign
drop kind=coupon codes=pool stock=10
--- config
--- steps
~GET /rush/tags/none
200
$ seq 1500 | curl -sT - -X POST $U/rush/campaigns/drop/codes
= {"added":1500,"duplicate":0,"bad":0,...}
.POST /rush/campaigns/drop/codes
| 日本
| x
| <y*65>
| 1500
200 {"added":2,"duplicate":1,"bad":1,"lines":[3],...}
+GET /rush/campaigns/drop
200 {"supply":1502,...}



=== TEST 8: the next request on the connection
--- campaign
drop kind=coupon codes=pool stock=10
--- config
--- steps
~GET /rush/tags/none
200
&POST /rush/campaigns/drop/codes
| AAA
200 {"added":1,...}
&+POST /rush/campaigns/drop/codes
| AAA
| BBB
200 {"added":1,"duplicate":1,...}
+GET /rush/campaigns/drop
200 {"supply":2,...}
$ seq 3000 >$D/codes
  curl -sT $D/codes -X POST $U/rush/campaigns/drop/codes \
      --next -s $U/rush/campaigns/drop | grep -o '"\(added\|supply\)":[0-9]*'
= "added":3000
= "supply":3002



=== TEST 9: campaigns that take no codes
--- campaign
round kind=coupon stock=10
sale stock=10
--- config
--- steps
~POST /rush/campaigns/round/codes
| AAA
409 {"campaign":"round","error":"the campaign takes no codes","member":"codes","outcome":"conflict","now":<now>}
POST /rush/campaigns/sale/codes
| AAA
409 {"campaign":"sale","error":"the campaign takes no codes","member":"codes","outcome":"conflict","now":<now>}
POST /rush/campaigns/none/codes
| AAA
404 {"campaign":"none","outcome":"unknown","now":<now>}
# told with the first slice, before the rest is read
$ seq 100000 >$D/codes; for c in round none; do
      curl -so $D/out -w '%{http_code}\n' -T $D/codes -X POST \
          $U/rush/campaigns/$c/codes
  done
= 409
= 404



=== TEST 10: too large for client_max_body_size
--- campaign
drop kind=coupon codes=pool stock=10
--- config
    location /small/ { rush_api; client_max_body_size 1k; }
--- steps
~GET /rush/tags/none
200
POST /small/campaigns/drop/codes
Content-Length: 1025
| AAA
413 ~ 413 Request Entity Too Large
$ seq 2000 | curl -sT - -X POST $U/small/campaigns/drop/codes
= ~ 413 Request Entity Too Large
POST /rush/campaigns/drop/codes
Content-Length: 1073741824
| AAA
413 ~ 413 Request Entity Too Large
--- error_log
client intended to send too large



=== TEST 11: broken off, and repeated
--- campaign
drop kind=coupon codes=pool stock=10000 lease=0
--- config
--- steps
~POST /rush/campaigns/drop/codes
Content-Length: 100000
| <A*5>
| <B*5>
reset 0.05
# nothing: a slice was not full
GET /rush/campaigns/drop
200 {"supply":0,...}
$ perl -MIO::Socket::INET -e '
      my $s = IO::Socket::INET->new(shift =~ m{//(.*)}) or die;
      $s->autoflush(1);
      print $s "POST /rush/campaigns/drop/codes HTTP/1.1\r\nHost: h\r\n",
               "Content-Length: 100000\r\n\r\n", map { "code-$_\n" } 1 .. 1200;
      sleep 1' $U
GET /rush/campaigns/drop
200 {"supply":1000,...}
$ seq -f code-%g 1200 | curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"added":200,"duplicate":1000,...}
redis claims drop 1201 u%d
= 1 sold_out, 1200 won
redis found drop
= 1200 of 1200



=== TEST 12: two at once, of the same codes, while people claim
--- campaign
drop kind=coupon codes=pool stock=100000 lease=0
--- config
    location ~ ^/claim$ { rush_user $arg_u; rush_claim drop; }
--- steps
~GET /rush/tags/none
200
$ seq -f code-%g 6000 >$D/codes; seq -f code-%g 6000 -1 1 >$D/other
  for f in codes other; do
      curl -sT $D/$f -X POST $U/rush/campaigns/drop/codes >$D/$f.out &
  done
  for i in $(seq 20); do curl -sX POST "$U/claim?u=u$i" >/dev/null; done; wait
  cat $D/codes.out $D/other.out | grep -o '"added":[0-9]*' | cut -d: -f2 |
      awk '{ n += $1 } END { print n }'
= 6000
GET /rush/campaigns/drop
200 {"supply":6000,...}
redis claims drop 6100 v%d
= ~ won$
GET /rush/campaigns/drop
200 {"out":6000,"left":0,...}



=== TEST 13: Redis is slow, goes away, and comes back
--- campaign
drop kind=coupon codes=pool stock=10000
--- proxy
EVALSHA 2 lose
--- config
--- steps
~GET /rush/tags/none
200
# carried out, and its answer lost: not known
$ seq 1200 >$D/codes
  curl -sT $D/codes -X POST $U/rush/campaigns/drop/codes
= {"campaign":"drop","outcome":"pending","now":<now>}
~GET /rush/campaigns/drop
200 {"supply":1000,...}
$ curl -sT $D/codes -X POST $U/rush/campaigns/drop/codes
= {"added":200,"duplicate":1000,...}
proxy EVALSHA * delay 0.1
~GET /rush/campaigns/drop
200 {"supply":1200,...}
$ seq 1400 >$D/codes
  curl -sT $D/codes -X POST $U/rush/campaigns/drop/codes
= {"added":200,"duplicate":1200,...}
# who goes away meanwhile
POST /rush/campaigns/drop/codes
| last
abort 0.02
wait 0.2
GET /rush/campaigns/drop
200 {"supply":1401,...}
proxy off
POST /rush/campaigns/drop/codes
| more
503 {"campaign":"drop","outcome":"pending","now":<now>}
Retry-After: ~ ^[123]$
--- error_log



=== TEST 14: Redis refuses a slice
--- campaign
drop kind=coupon codes=pool stock=10000
--- proxy
EVALSHA 2+ reply -OOM command not allowed when used memory > 'maxmemory'.\r\n
--- config
--- steps
~GET /rush/tags/none
200
$ seq 1200 >$D/codes
  curl -so- -w ' %{http_code}' -T $D/codes -X POST \
      $U/rush/campaigns/drop/codes
= ~ "outcome":"pending".* 503$
~GET /rush/campaigns/drop
200 {"supply":500,...}
--- no_error_log
[emerg]
--- error_log
OOM



=== TEST 15: keys of another type
--- campaign
drop kind=coupon codes=pool stock=10
--- redis
SET rush:{drop}:free text
--- config
--- steps
~POST /rush/campaigns/drop/codes
| AAA
503 {"outcome":"pending",...}
redis HLEN rush:{drop}:codes
= 0
--- no_error_log
[emerg]
--- error_log
WRONGTYPE
--- no_audit



=== TEST 16: users of a tag, in slices
--- config
--- steps
~GET /rush/tags/none
200
$ { seq -f user-%g 2300; seq -f user-%g 100; } |
      curl -sT - -X POST $U/rush/tags/vip
= {"tag":"vip","added":2300,"duplicate":100,"bad":0,"outcome":"found","now":<now>}
$ { seq -f user-%g 2301; echo a,b; echo é; printf '%065d\n\n' 1; } |
      curl -sT - -X POST $U/rush/tags/vip
= {"added":1,"duplicate":2300,"bad":3,"lines":[2302,2303,2304],...}
GET /rush/tags/vip
200 {"users":2301,...}



=== TEST 17: a round, a second one, and all is told by the API
--- campaign
drop kind=coupon codes=pool stock=10
--- http_config
    server {
        listen $TEST_NGINX_H2_PORT;
        location = /claim { rush_user $arg_u; rush_claim drop; }
    }
--- config
    location = /claim { rush_user $arg_u; rush_claim drop; }
    location = /redeem {
        rush_ref $arg_shop; rush_key $arg_key; rush_redeem;
    }
--- steps
~GET /rush/tags/none
200
POST /claim?u=ann
409 {"outcome":"sold_out","left":0,...}
POST /rush/campaigns/drop/codes
| AAA
200 {"added":1,...}
wait 0.55
POST /claim?u=ann
200 {"outcome":"won","code":"AAA","left":0,...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}
POST /rush/campaigns/drop/codes
| BBB
200 {"added":1,...}
wait 0.55
$ curl -sX POST "$H/claim?u=bob"
= {"outcome":"won","code":"BBB",...}
POST /redeem?campaign=drop&code=AAA&shop=shop-7&key=1
200 {"outcome":"redeemed","user":"ann","by":"shop-7",...}
POST /redeem?campaign=drop&code=AAA&shop=shop-7&key=1
200 {"outcome":"redeemed","by":"shop-7",...}
POST /redeem?campaign=drop&code=AAA&shop=shop-9&key=2
409 {"outcome":"redeemed","state":"redeemed","by":"shop-7",...}
GET /rush/campaigns/drop/users/ann
200 {"tickets":[{"ticket":<ticket>,"seq":1,"units":1,"state":"redeemed","code":"AAA","by":"shop-7","at":<now>}],...}
GET /rush/campaigns/drop/check
200 {"consistent":true,"problems":["the stock is 10, but codes run out 8 units before: upload more"],...}



=== TEST 18: without a secret there are no signed tickets, and all else
--- campaign
sale stock=9
--- redis
claims sale 1 ann
--- no_secret_file
--- config
--- steps
~GET /rush/campaigns/sale/users/ann
200 {"outcome":"found","campaign":"sale","user":"ann","tickets":[{"seq":1,"units":1,"state":"confirmed"}],"now":<now>}
PUT /rush/campaigns/drop
| {"kind":"coupon","stock":5,"codes":"pool"}
201 {"outcome":"made",...}



=== TEST 19: no code and no secret in the log
--- campaign
drop kind=coupon codes=pool stock=10
--- log_level: info
--- config
--- steps
~GET /rush/tags/none
200
$ stat -c %s $R/logs/error.log >$D/size
$ printf 'CODE-TO-KEEP\n%065d\nBAD\tCODE' 1 | tr 0 C |
      curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"added":1,"bad":2,...}
PUT /rush/campaigns/round
| {"kind":"coupon","stock":5,"info":{"a":"CODE-TO-KEEP"},"x":1}
400
PUT /rush/campaigns/round
| {"kind":"coupon","stock":5}
201
redis HGET rush:{round} secret
= <S>
GET /rush/campaigns/round
200 ~ ^(?!.*<S>)
GET /rush/campaigns
200 ~ ^(?!.*<S>)
redis SET rush:{drop}:free text
POST /rush/campaigns/drop/codes
| CODE-TO-LOSE
503
$ tail -c +$(($(cat $D/size) + 1)) $R/logs/error.log |
      grep -c 'CODE\|CCC\|<S>'
= 0
--- no_error_log
CODE
--- error_log
WRONGTYPE
--- no_audit



=== TEST 20: bytes that look like UTF-8, and are none
--- campaign
drop kind=coupon codes=pool stock=10
--- config
--- steps
~GET /rush/tags/none
200
$ printf 'ok1\n\303\377\n\341\200\300\n\370\220\200\200\n\376\220\200\200\n' \
  | curl -s --data-binary @- $U/rush/campaigns/drop/codes
= {"added":1,"duplicate":0,"bad":4,"lines":[2,3,4,5],...}
--- redis_after
> LRANGE rush:{drop}:free 0 -1
ok1
