# rush_state: what everybody may know of a campaign, and how old it may be.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /state { rush_state sale; }
    location ~ ^/state/(?<c>.*)$ { rush_state $c; }
    location = /cancel { rush_release; }
    location = /status { rush_status; }

    location ~ ^/claim/(?<c>\w+)$ {
        rush_user $arg_u; rush_item $arg_i; rush_claim $c;
    }
_EOC_

run_tests();

__DATA__

=== TEST 1: everything
--- campaign
sale stock=5 starts=-1h ends=+1h items=red:3,blue:2 info='{"a":"x\ty","b":[1]}'
--- config
--- steps
GET /state
200 {"campaign":"sale","kind":"sale","phase":"open","left":5,"total":5,"items":{"red":3,"blue":2},"starts":<now-1h>,"ends":<now+1h>,"info":{"a":"x\ty","b":[1]},"outcome":"found","now":<now>}
Content-Type: application/json
Cache-Control: no-cache
ETag: ~ ^W/"[\w-]+"$



=== TEST 2: and nothing that is not set
--- campaign
sale stock=5
--- config
--- steps
GET /state
200 {"campaign":"sale","kind":"sale","phase":"open","left":5,"total":5,"outcome":"found","now":<now>}
# from memory, the same
GET /state
200 {"campaign":"sale","kind":"sale","phase":"open","left":5,"total":5,"outcome":"found","now":<now>}
GET /state/sale
200 {"campaign":"sale","phase":"open",...}



=== TEST 3: every phase
--- campaign
open stock=1
early stock=1 starts=+1h
paused stock=1 paused=yes
none stock=0
ended stock=1 ends=-1s
all stock=0 paused=yes starts=-2s ends=-1s
soon stock=0 paused=yes starts=+1h
items stock=5 items=red:1,blue:0
stood stock=5 ends=+1h
hold stock=1 hold=200ms
--- redis
HSET rush:{stood} over 1
--- config
--- steps
GET /state/open
200 {"phase":"open","left":1,...}
GET /state/early
200 {"phase":"early","left":1,"starts":<now+1h>,...}
GET /state/paused
200 {"phase":"paused","left":1,...}
GET /state/none
200 {"phase":"sold_out","left":0,"total":0,...}
GET /state/ended
200 {"phase":"ended","left":1,"ends":<now-1s>,...}
GET /state/all
200 {"phase":"ended","left":0,...}
GET /state/soon
200 {"phase":"early","left":0,...}
GET /state/stood
200 {"phase":"ended",...}
POST /claim/hold?u=ann
200 {"outcome":"won",...}
POST /claim/items?u=ann&i=red
200 {"outcome":"won",...}
# no item is left, though the campaign has units
GET /state/items
200 {"phase":"sold_out","left":4,"items":{"red":0,"blue":0},...}
POST /claim/open?u=ann
200 {"outcome":"won",...}
wait 0.25
GET /state/open
200 {"phase":"sold_out","left":0,"total":1,...}
# what has run out must come back first
GET /state/hold
200 {"phase":"sold_out",...}



=== TEST 4: it is not open before it can be won
--- campaign
sale stock=1 hold=1h lease=1s
pause stock=1 lease=1s paused=yes
--- config
--- steps
POST /claim/sale?u=ann
200 {"outcome":"won","ticket":"<T>",...}
GET /state
200 {"phase":"sold_out","left":0,...}
GET /state/pause
200 {"phase":"paused",...}
campaign pause paused=no
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
wait 0.25
GET /state
200 {"phase":"sold_out","left":1,...}
GET /state/pause
200 {"phase":"paused",...}
wait 0.85
GET /state
200 {"phase":"open","left":1,...}
GET /state/pause
200 {"phase":"open",...}



=== TEST 5: what an item cannot give, because the campaign has no more
--- campaign
sale stock=3 items=red:3,blue:2,green:0
--- config
--- steps
POST /claim/sale?u=ann&i=red
200
POST /claim/sale?u=bob&i=red
200
GET /state
200 {"phase":"open","left":1,"items":{"red":1,"blue":1,"green":0},...}



=== TEST 6: by the clock, without another look
--- campaign
sale stock=3 starts=+1h
--- proxy
--- config
--- steps
redis HSET rush:{sale} starts <now+100ms>
GET /state
200 {"phase":"early",...}
wait 0.11
GET /state
200 {"phase":"open",...}
asked
= HGETALL rush:{sale}



=== TEST 7: info that is none is left out, and logged
--- campaign
text stock=1
array stock=1
cut stock=1
two stock=1
empty stock=1
long stock=1
short stock=1
--- redis
HSET rush:{text} info hello
HSET rush:{array} info '[1]'
HSET rush:{cut} info '{"a":1'
HSET rush:{two} info '{"a":1} {"b":2}'
HSET rush:{empty} info ''
EVAL "local x = ('x'):rep(4089) redis.call('HSET', 'rush:{long}', 'info', '{\"a\":\"' .. x .. '\"}')" 0
EVAL "local x = ('x'):rep(4088) redis.call('HSET', 'rush:{short}', 'info', '{\"a\":\"' .. x .. '\"}')" 0
--- config
--- steps
GET /state/text
200 {"campaign":"text","kind":"sale","phase":"open","left":1,"total":1,"outcome":"found","now":<now>}
GET /state/array
200 {"campaign":"array","kind":"sale","phase":"open","left":1,"total":1,"outcome":"found","now":<now>}
GET /state/cut
200 {"campaign":"cut","kind":"sale","phase":"open","left":1,"total":1,"outcome":"found","now":<now>}
GET /state/two
200 {"campaign":"two","kind":"sale","phase":"open","left":1,"total":1,"outcome":"found","now":<now>}
GET /state/empty
200 {"campaign":"empty","kind":"sale","phase":"open","left":1,"total":1,"outcome":"found","now":<now>}
GET /state/long
200 {"campaign":"long","kind":"sale","phase":"open","left":1,"total":1,"outcome":"found","now":<now>}
GET /state/short
200 {"info":{"a":"<x*4088>"},...}
$ grep -o 'campaign "[a-z]*" .*damaged: no JSON object in "info"' \
      $R/logs/error.log | cut -d '"' -f 2
= text
= array
= cut
= two
= long
--- error_log
no JSON object
--- no_error_log
[emerg]
[error]



=== TEST 8: ETag and If-None-Match
--- campaign
sale stock=5
--- config
--- steps
GET /state
200 {"left":5,"now":<N>,...}
ETag: <E>
wait 0.25
GET /state
If-None-Match: <E>
304
ETag: <E>
Cache-Control: no-cache
! Content-Type
+GET /state
If-None-Match: "other", <E>
304
+GET /state
If-None-Match: W/"other"
200 {"left":5,...}
ETag: <E>
+POST /claim/sale?u=ann
200 {"outcome":"won",...}
wait 0.25
GET /state
If-None-Match: <E>
200 {"left":4,...}
ETag: <F>
GET /state
If-None-Match: <F>
304
campaign sale paused=yes
wait 0.25
# no number has changed, but the phase has
GET /state
If-None-Match: <F>
200 {"phase":"paused","left":4,...}
$ test '<E>' != '<F>' && echo another
= another



=== TEST 9: the same ETag at another nginx
--- campaign
sale stock=5 items=a:2,b:3
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; timeout 2s; }
--- config
    rush_pass one;
    location = /two { rush_pass two; rush_state sale; }
--- steps
GET /state
200
ETag: <E>
GET /two
200
ETag: <E>



=== TEST 10: how old it may be, and who asks Redis
--- campaign
sale stock=100
--- proxy
--- config
--- steps
GET /state
200 {"left":100,...}
POST /claim/sale?u=ann
200 {"outcome":"won",...}
asked
= HGETALL rush:{sale}
= CLAIM rush:{sale} ann
wait 0.2
GET /state
200 {"left":99,...}
asked
= HGETALL rush:{sale}
row 20 GET /state
= 200 found 20
wait 0.2
row 20 GET /state
= 200 found 20
wait 0.2
row 20 GET /state
= 200 found 20
asked
= ~ ^(?:HGETALL rush:\{sale\}(?:\n|$)){2,6}\z
wait 0.3
many 60 GET /state
= 200 found 60
asked
= ~ ^(?:HGETALL rush:\{sale\}(?:\n|$)){1,3}\z
GET /status
200 ~ "found":122\},"memory":\{"found":\d+\}



=== TEST 11: HEAD, and other methods
--- campaign
sale stock=5
--- config
--- steps
HEAD /state
200
Content-Type: application/json
Cache-Control: no-cache
ETag: <E>
+GET /state
200 {"left":5,...}
ETag: <E>
+POST /state
| a body
405 {"outcome":"method",...}
Allow: GET, HEAD
Cache-Control: no-store
! ETag
+PUT /state
405
Allow: GET, HEAD
+GET /state
200 {"left":5,...}



=== TEST 12: unknown: asked for once a second
--- proxy
--- config
--- steps
GET /state
404 {"outcome":"unknown","campaign":"sale","now":<now>}
Cache-Control: no-store
! ETag
row 20 GET /state
= 404 unknown 20
POST /claim/sale?u=ann
404 {"outcome":"unknown",...}
asked
= HGETALL rush:{sale}
campaign sale stock=1
wait 1.05
GET /state
200 {"left":1,...}
delete sale
wait 0.25
row 20 GET /state
= 404 unknown 20



=== TEST 13: ids that are none
--- config
--- steps
GET /state/a%20b
400 {"outcome":"invalid","member":"campaign",...}
GET /state/
400 {"outcome":"invalid","member":"campaign",...}
GET /state/<x*64>
404 {"outcome":"unknown","campaign":"<x*64>",...}
GET /state/<x*65>
400 {"outcome":"invalid","member":"campaign",...}



=== TEST 14: vanished
--- campaign
sale stock=5
--- config
--- steps
POST /claim/sale?u=ann
200 {"outcome":"won",...}
GET /state
200
redis FLUSHALL
GET /state
200 {"left":4,...}
wait 0.2
GET /state
503 {"outcome":"pending","campaign":"sale","now":<now>}
Retry-After: ~ ^[123]$
Cache-Control: no-store
! ETag
row 20 GET /state
= 503 pending 20
POST /claim/sale?u=ann
503 {"outcome":"pending",...}
--- error_log
has vanished
--- no_error_log
[emerg]



=== TEST 15: vanished, and nobody has ever claimed here
--- campaign
sale stock=5
--- config
--- steps
GET /state
200
redis FLUSHALL
wait 0.2
GET /state
503 {"outcome":"pending","campaign":"sale","now":<now>}
POST /claim/sale?u=ann
503 {"outcome":"pending",...}
--- error_log
has vanished
--- no_error_log
[emerg]



=== TEST 16: Redis is away
--- campaign
sale stock=5
other stock=5
--- proxy
--- config
--- steps
GET /state
200 {"left":5,...}
proxy off
GET /state
200 {"left":5,...}
wait 0.2
GET /state
503 {"outcome":"pending",...}
Retry-After: ~ ^[123]$
GET /state/other
503 {"outcome":"pending",...}
proxy
~GET /state
200 {"left":5,...}
--- error_log



=== TEST 17: Redis does not answer: what is old is not told
--- campaign
sale stock=5
--- proxy
HGETALL 2+ never
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
GET /state
200 {"left":5,...}
GET /state
200 {"left":5,...}
wait 0.2
many 20 GET /state
= 503 pending 20
--- error_log
did not answer



=== TEST 18: replies that are no campaign
--- campaign
one stock=5
two stock=5
three stock=5
four stock=5
--- proxy
HGETALL 1 reply *1\r\n$4\r\nkind\r\n
HGETALL 2 reply *4\r\n$4\r\nkind\r\n$4\r\nsale\r\n*0\r\n*0\r\n
HGETALL 3 reply *0\r\n
HGETALL 4 edit total tatol
--- config
--- steps
GET /state/one
404 {"outcome":"unknown",...}
GET /state/two
503 {"outcome":"pending",...}
~GET /state/three
404 {"outcome":"unknown",...}
GET /state/four
503 {"outcome":"pending",...}
GET /state/four
200 {"left":5,...}
--- error_log
no whole number in "total"
--- no_error_log
[emerg]



=== TEST 19: more than memory keeps: 500 items with long names
--- campaign
--- proxy
--- config
--- steps
$ for i in $(seq 500); do printf 'item-%03d-%053d:%d,' $i 0 $i; done |
      sed 's/,$//' >$D/items
  util/campaign -r unix:$TEST_NGINX_REDIS set sale kind=sale stock=200 \
      items=$(cat $D/items) | cut -d ' ' -f 1-2
= sale made
$ curl -s "$U/state" >$D/state
  wc -c <$D/state
  grep -o '"item-[-0-9]*":[0-9]*' $D/state | sort -u | wc -l
  grep -o '"item-500-0*":[0-9]*' $D/state | cut -d : -f 2
  grep -o '"item-050-0*":[0-9]*' $D/state | cut -d : -f 2
= ~ ^3\d{4}\n500\n200\n50$
many 40 GET /state
= 200 found 40
asked
= ~ ^(?:HGETALL rush:\{sale\}(?:\n|$)){2,41}\z



=== TEST 20: an id that is none, in the configuration
--- config
    location = /other { rush_state "a b"; }
--- dies
the campaign in "rush_state" must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @
-, not "a b"



=== TEST 21: without a campaign
--- config
    location = /other { rush_state; }
--- dies
invalid number of arguments in "rush_state" directive



=== TEST 22: beside rush_claim
--- config
    location = /other { rush_user $arg_u; rush_claim a; rush_state a; }
--- dies
"rush_claim" and "rush_state" cannot share a location
