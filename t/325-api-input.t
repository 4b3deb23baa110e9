# rush_api: definitions that are not as they should be are refused, by name,
# and nothing is made; and all ways in which a good one may be written.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location /rush/ { rush_api; }
    location /big/ { rush_api; client_max_body_size 2g; }
_EOC_

run_tests();

__DATA__

=== TEST 1: not JSON, or no object
--- config
--- steps
~PUT /rush/campaigns/a
400 {"outcome":"invalid","campaign":"a","error":"the body must be a JSON object, and it is empty","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5
400 {"outcome":"invalid","campaign":"a","error":"the body is no JSON, by byte 24: parse error: premature EOF","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5} x
400 {"outcome":"invalid","error":"the body is no JSON, by byte 27: parse error: trailing garbage",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5}{}
400 ~ by byte 2[67]: parse error: trailing garbage
PUT /rush/campaigns/a
| {"kind":"sale","stock":05}
400 ~ the body is no JSON, by byte 24: \w
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,}
400 ~ the body is no JSON, by byte 26: \w
PUT /rush/campaigns/a
| {'kind':'sale'}
400 ~ the body is no JSON, by byte 2: lexical error
PUT /rush/campaigns/a
| kind=sale&stock=5
400 ~ the body is no JSON, by byte
PUT /rush/campaigns/a
|
|
400 ~ the body is no JSON, by byte 1: parse error: premature EOF
PUT /rush/campaigns/a
| [{"kind":"sale","stock":5}]
400 {"outcome":"invalid","campaign":"a","error":"the body must be a JSON object","now":<now>}
PUT /rush/campaigns/a
| "sale"
400 {"error":"the body must be a JSON object",...}
PUT /rush/campaigns/a
| 17
400 {"error":"the body must be a JSON object",...}
PUT /rush/campaigns/a
| null
400 {"error":"the body must be a JSON object",...}
PUT /rush/campaigns/a
| true
400 {"error":"the body must be a JSON object",...}
--- redis_after
> DBSIZE
0



=== TEST 2: bytes that are no UTF-8, and NUL
--- config
--- steps
~GET /rush/tags/none
200
$ p() { printf "$1" | curl -sX PUT --data-binary @- $U/rush/campaigns/a; }
  p '{"kind":"sale","stock":5,"info":{"a":"\377"}}'
= ~ no JSON, by byte \d+: lexical error: invalid bytes in UTF8 string\."
$ p() { printf "$1" | curl -sX PUT --data-binary @- $U/rush/campaigns/a; }
  p '{"kind":"sale","stock":5,"audience":["\303"]}'
= ~ "outcome":"invalid"
$ p() { printf "$1" | curl -sX PUT --data-binary @- $U/rush/campaigns/a; }
  p '{"kind":"sale","stock":5,"\355\240\200":1}'
= ~ "outcome":"invalid"
$ p() { printf "$1" | curl -sX PUT --data-binary @- $U/rush/campaigns/a; }
  p '{"kind":"sale","stock":5}\000'
= ~ "outcome":"invalid"
$ p() { printf "$1" | curl -sX PUT --data-binary @- $U/rush/campaigns/a; }
  p '{"kind":"sale","stock":5,"info":{"a":"\001"}}'
= ~ "error":"the body is no JSON, by byte \d+: lexical error
PUT /rush/campaigns/a
| {"kind":"sale\u0000","stock":5}
400 {"error":"kind must be one of coupon, sale","member":"kind",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock\u0000":5}
400 ~ "error":"unknown member .*"member":"stock\\u0000"
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":["vip\u0000"]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red\u0000":1}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T00:00:00Z\u0000"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":"15m\u0000"}
400 {"outcome":"invalid","member":"hold",...}
--- redis_after
> DBSIZE
0



=== TEST 3: members that are unknown, or there twice
--- config
--- steps
~PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"price":100}
400 {"outcome":"invalid","campaign":"a","error":"unknown member \"price\": a sale has kind, stock, items, per_user, tries, starts, ends, paused, keep, lease, audience, info, hold","member":"price","now":<now>}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"hold":"15m"}
400 {"outcome":"invalid","error":"unknown member \"hold\": a coupon has kind, stock, items, per_user, tries, starts, ends, paused, keep, lease, audience, info, codes, valid, per_day, zone","member":"hold",...}
# counters and what else stands in Redis are no members
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"out":0}
400 {"outcome":"invalid","member":"out",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"secret":"0123456789abcdef"}
400 {"outcome":"invalid","member":"secret",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"supply":5}
400 {"outcome":"invalid","member":"supply",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"":1}
400 ~ unknown member \\"\\":
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"Stock":1}
400 {"outcome":"invalid","member":"Stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"<x*70>":1}
400 {"outcome":"invalid","member":"<x*64>",...}
# what names it ends with a whole character
PUT /rush/campaigns/a
| {"kind":"sale","<x*63>日本":1}
400 {"outcome":"invalid","member":"<x*63>",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"stock":5}
400 {"outcome":"invalid","campaign":"a","error":"stock must not be there twice","member":"stock","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","st\u006fck":5,"stock":5}
400 {"error":"stock must not be there twice","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","kind":"sale","stock":5}
400 {"error":"kind must not be there twice","member":"kind",...}
$ m=$(seq -s, 40 | sed 's/[0-9]*/"m&":1/g'); curl -sX PUT -d "{$m}" \
      $U/rush/campaigns/a
= ~ "m33 is one of more than 32 members","member":"m33","outcome":"invalid"
--- redis_after
> DBSIZE
0



=== TEST 4: kind
--- config
--- steps
~PUT /rush/campaigns/a
| {"stock":5}
400 {"outcome":"invalid","campaign":"a","error":"kind must be one of coupon, sale","member":"kind","now":<now>}
PUT /rush/campaigns/a
| {"kind":"auction","stock":5}
400 {"error":"kind must be one of coupon, sale","member":"kind",...}
PUT /rush/campaigns/a
| {"kind":"","stock":5}
400 {"outcome":"invalid","member":"kind",...}
PUT /rush/campaigns/a
| {"kind":1,"stock":5}
400 {"outcome":"invalid","member":"kind",...}
PUT /rush/campaigns/a
| {"kind":null,"stock":5}
400 {"outcome":"invalid","member":"kind",...}
PUT /rush/campaigns/a
| {"kind":{"sale":1},"stock":5}
400 {"outcome":"invalid","member":"kind",...}
PUT /rush/campaigns/a
| {"kind":"sale"}
400 {"error":"stock must be a whole number from 0 to 1000000000","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":null}
400 {"outcome":"invalid","member":"stock",...}
--- redis_after
> DBSIZE
0



=== TEST 5: whole numbers
--- config
--- steps
~PUT /rush/campaigns/a
| {"kind":"sale","stock":1000000001}
400 {"outcome":"invalid","campaign":"a","error":"stock must be a whole number from 0 to 1000000000","member":"stock","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","stock":1e400}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":99999999999999999999}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":<9*5000>}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":18446744073709551621}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":1.5}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":1.0}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":-1}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":-0}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":1e3}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":"5"}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":[5]}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":{"5":5}}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":true}
400 {"outcome":"invalid","member":"stock",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"per_user":0}
400 {"error":"per_user must be a whole number from 1 to 100","member":"per_user",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"per_user":101}
400 {"outcome":"invalid","member":"per_user",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"per_user":"1"}
400 {"outcome":"invalid","member":"per_user",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"tries":0}
400 {"error":"tries must be a whole number from 1 to 1000000","member":"tries",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"tries":false}
400 {"outcome":"invalid","member":"tries",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"per_day":101}
400 {"error":"per_day must be a whole number from 1 to 100","member":"per_day",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"per_day":[]}
400 {"outcome":"invalid","member":"per_day",...}
--- redis_after
> DBSIZE
0



=== TEST 6: booleans, durations and times
--- config
--- steps
~PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"paused":"yes"}
400 {"outcome":"invalid","campaign":"a","error":"paused must be true or false","member":"paused","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"paused":1}
400 {"outcome":"invalid","member":"paused",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":"15 minutes"}
400 {"error":"hold must be a duration from 0 to 2592000000 ms, a number of ms or such as \"90s\", \"15m\", \"2h\" or \"7d\"","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":"31d"}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":2592000001}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":1.5}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":-1}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":""}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":"99999999999999999999d"}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":true}
400 {"outcome":"invalid","member":"hold",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"keep":["7d"]}
400 {"error":"keep must be a duration from 0 to 315360000000 ms, a number of ms or such as \"90s\", \"15m\", \"2h\" or \"7d\"","member":"keep",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"lease":"11s"}
400 {"outcome":"invalid","member":"lease",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"valid":"3651d"}
400 {"outcome":"invalid","member":"valid",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"tomorrow"}
400 {"error":"starts must be a time: ms since 1970, or RFC 3339 such as \"2026-11-11T00:00:00+08:00\"","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2027-02-29T00:00:00Z"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-13-01T00:00:00Z"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T24:00:00Z"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T00:00:60Z"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T00:00:00"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11 00:00:00Z"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T00:00:00.Z"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T00:00:00+0800"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"2026-11-11T00:00:00+08:60"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":"1970-01-01T00:00:00+08:00"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":-1}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":100000000000001}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"ends":"1795290000000"}
400 {"outcome":"invalid","member":"ends",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"ends":{}}
400 {"outcome":"invalid","member":"ends",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"starts":2000,"ends":2000}
400 {"outcome":"invalid","campaign":"a","error":"ends must be after starts","member":"ends","now":<now>}
--- redis_after
> ZCARD rush:campaigns
0
> EXISTS rush:{a}
0



=== TEST 7: items, tags, objects, words and zones
--- config
--- steps
~PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":["red"]}
400 {"outcome":"invalid","campaign":"a","error":"items must be an object of up to 500 different names, from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -, with whole numbers from 0 to 1000000000","member":"items","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":"red"}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red":1.5}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red":"1"}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red":null}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red":{"stock":1}}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red":[1]}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"red":1,"red":1}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"":1}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"dark red":1}}
400 {"outcome":"invalid","member":"items",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"items":{"<x*65>":1}}
400 {"outcome":"invalid","member":"items",...}
$ m=$(seq -s, 501 | sed 's/[0-9]*/"i&":1/g')
  curl -sX PUT -d '{"kind":"sale","stock":5,"items":{'$m'}}' \
      $U/rush/campaigns/a
= ~ "member":"items","outcome":"invalid"
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":"vip"}
400 {"error":"audience must be an array of different tags, each from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -, and not more than 128 bytes together","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":["vip",1]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":["vip","vip"]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":[["vip"]]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":["a b"]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":[""]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":{"vip":1}}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"audience":["<x*64>","<y*64>"]}
400 {"outcome":"invalid","member":"audience",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":[]}
400 {"error":"info must be an object of at most 4096 bytes","member":"info",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":"<x*4089>"}}
400 {"outcome":"invalid","member":"info",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"codes":"list"}
400 {"error":"codes must be \"sequence\" or \"pool\"","member":"codes",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"codes":"sequence|pool"}
400 {"outcome":"invalid","member":"codes",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"codes":""}
400 {"outcome":"invalid","member":"codes",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"codes":["pool"]}
400 {"outcome":"invalid","member":"codes",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"zone":"Asia/Shanghai"}
400 {"error":"zone must be hours and minutes from UTC, such as \"+08:00\"","member":"zone",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"zone":"+15:00"}
400 {"outcome":"invalid","member":"zone",...}
PUT /rush/campaigns/a
| {"kind":"coupon","stock":5,"zone":8}
400 {"outcome":"invalid","member":"zone",...}
--- redis_after
> DBSIZE
0



=== TEST 8: bad input of PATCH changes nothing
--- campaign
sale stock=5 hold=15m
--- config
--- steps
~GET /rush/campaigns/sale
200 {"stock":5,"hold":900000,...}
ETag: "<V>"
PATCH /rush/campaigns/sale
| {"stock":6,"hold":"long"}
400 {"outcome":"invalid","member":"hold",...}
PATCH /rush/campaigns/sale
| {"stock":6,"codes":"pool"}
400 {"outcome":"invalid","member":"codes",...}
PATCH /rush/campaigns/sale
| {"stock":null}
400 {"error":"stock must be a whole number from 0 to 1000000000","member":"stock",...}
PATCH /rush/campaigns/sale
| {"stock":6,"kind":null}
400 {"outcome":"invalid","member":"kind",...}
PATCH /rush/campaigns/sale
| {"stock":6,"starts":<now+1h>,"ends":<now+1m>}
400 {"error":"ends must be after starts","member":"ends",...}
PATCH /rush/campaigns/sale
400 {"error":"the body must be a JSON object, and it is empty",...}
PATCH /rush/campaigns/sale
| {"stock":6
400 {"outcome":"invalid",...}
GET /rush/campaigns/sale
200 {"stock":5,"hold":900000,...}
ETag: "<V>"



=== TEST 9: depth
--- config
--- steps
~GET /rush/tags/none
200
$ perl -e 'print q({"kind":"sale","stock":5,"info":{"a":),
                 "[" x 10000, "]" x 10000, "}}"' |
      curl -sX PUT --data-binary @- $U/rush/campaigns/a
= {"outcome":"invalid","campaign":"a","error":"the body must not be deeper than 16 levels","now":<now>}
$ perl -e 'print q({"a":) x 10000' |
      curl -sX PUT --data-binary @- $U/rush/campaigns/a
= {"outcome":"invalid","campaign":"a","error":"the body must not be deeper than 16 levels","now":<now>}
$ perl -e 'print "[" x 10000' |
      curl -sX PUT --data-binary @- $U/rush/campaigns/a
= {"error":"the body must be a JSON object",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}}
201 {"outcome":"made",...}
GET /rush/campaigns/a
200 {"info":{"a":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]},...}
PUT /rush/campaigns/b
| {"kind":"sale","stock":5,"info":{"a":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}}
400 {"outcome":"invalid",...}



=== TEST 10: size: 1 GB is not read
--- config
--- steps
~PUT /rush/campaigns/a
Content-Length: 1073741824
| {"kind":"sale"
413 ~ 413 Request Entity Too Large
PUT /big/campaigns/a
Content-Length: 1073741824
| {"kind":"sale","info":{"a":"<x*131072>
413 {"outcome":"large","campaign":"a","error":"a campaign must not have more than 131072 bytes","now":<now>}
PATCH /big/campaigns/a
Content-Length: 1073741824
| {"kind":"sale","info":{"a":"<x*131072>
413 {"outcome":"large",...}
PUT /rush/campaigns/a
Expect: 100-continue
Content-Length: 1073741824
413
--- no_error_log
[alert]
[crit]
--- error_log
client intended to send too large body: 1073741824 bytes



=== TEST 11: a definition of just the size that is allowed
--- config
--- steps
$ p() { perl -e 'print "{\"kind\":\"sale\",\"stock\":5", " " x (131071 - 24),
                 $ARGV[0]' "$1" |
      curl -sX PUT --data-binary @- $U/big/campaigns/a; }
  p '}'; p ' }'
= ~ "outcome":"made".*\n?.*"outcome":"large"



=== TEST 12: byte by byte, with characters and escapes in pieces
--- config
--- steps
~GET /rush/tags/none
200
.PUT /rush/campaigns/a
| {"kind":"sale","stock":125,"info":{"t\u00e9":"日本 \ud83d\ude00 é\n"}}
201 {"outcome":"made",...}
GET /rush/campaigns/a
200 {"stock":125,"info":{"té":"日本 😀 é\n"},...}
.PUT /rush/campaigns/b
| {"kind":"sale","stock":5,"stock":5}
400 {"error":"stock must not be there twice",...}
.PATCH /rush/campaigns/a
| {"stock":99999
400 ~ by byte 14: parse error: premature EOF
GET /rush/campaigns/a
200 {"stock":125,...}



=== TEST 13: in chunks, and chunks byte by byte
--- config
--- steps
~GET /rush/tags/none
200
$ d='{"kind":"sale","stock":7,"info":{"a":"日本"}}'
  printf '%s' "$d" | curl -sT - $U/rush/campaigns/a
= {"outcome":"made",...}
$ perl -MIO::Socket::INET -e '
      my ($host, $in) = (shift =~ m{//(.*)}, "");
      my $s = IO::Socket::INET->new($host) or die;
      my $body = q({"stock":8,"info":{"a":"\u65e5\u672c"}});
      $s->autoflush(1);
      print $s "PATCH /rush/campaigns/a HTTP/1.1\r\nHost: h\r\n",
               "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
      print $s "1\r\n$_\r\n" for split //, $body;
      print $s "0\r\n\r\n";
      print <$s>' $U | tail -1
= {"outcome":"changed",...}
GET /rush/campaigns/a
200 {"stock":8,"info":{"a":"日本"},...}



=== TEST 14: chunks that are none
--- config
--- steps
~PUT /rush/campaigns/a
Transfer-Encoding: chunked
| x
400
--- error_log
client sent invalid chunked body
--- redis_after
> DBSIZE
0



=== TEST 15: durations and times, in all ways
--- config
--- steps
~PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"hold":"90s","keep":"1d","lease":"250ms","starts":"2026-11-11T00:00:00+08:00","ends":"2040-02-29T12:34:56.789Z"}
201 {"outcome":"made",...}
GET /rush/campaigns/a
200 {"hold":90000,"keep":86400000,"lease":250,"starts":1794326400000,"ends":2214131696789,...}
PATCH /rush/campaigns/a
| {"hold":90500,"keep":"2h","starts":1794326400001,"ends":"2040-02-29t12:34:56.1-05:30"}
200 {"outcome":"changed",...}
GET /rush/campaigns/a
200 {"hold":90500,"keep":7200000,"starts":1794326400001,"ends":2214151496100,...}
PATCH /rush/campaigns/a
| {"hold":"15m","starts":"2026-11-11T00:00:00.1239999999999z","ends":"2040-02-29T12:34:56-00:00"}
200 {"outcome":"changed",...}
GET /rush/campaigns/a
200 {"hold":900000,"starts":1794355200123,"ends":2214131696000,...}
# 0, like null, is none
PATCH /rush/campaigns/a
| {"hold":0,"starts":0,"ends":null}
200 {"outcome":"changed",...}
GET /rush/campaigns/a
200 ~ "hold":0,(?!.*"(?:starts|ends)":)
PUT /rush/campaigns/b
| {"kind":"sale","stock":5,"starts":"2000-02-29T23:59:59+23:59","ends":100000000000000}
201 {"outcome":"made",...}
GET /rush/campaigns/b
200 {"starts":951782459000,"ends":100000000000000,...}



=== TEST 16: the most that there may be
--- config
--- steps
~PUT /rush/campaigns/<x*64>
| {"kind":"coupon","stock":1000000000,"per_user":100,"tries":1000000,"per_day":100,"valid":"3650d","keep":"3650d","lease":"10s","zone":"-14:59","audience":["<x*64>","<y*63>"],"info":{"a":"<x*4088>"}}
201 {"outcome":"made","campaign":"<x*64>",...}
GET /rush/campaigns/<x*64>
200 {"stock":1000000000,"per_user":100,"tries":1000000,"per_day":100,"valid":315360000000,"keep":315360000000,"lease":10000,"zone":"-14:59","audience":["<x*64>","<y*63>"],"info":{"a":"<x*4088>"},...}
$ m=$(seq -s, 500 | sed 's/[0-9]*/"i&":1000000000/g')
  curl -sX PUT -d '{"kind":"sale","stock":0,"items":{'$m'}}' \
      $U/rush/campaigns/b
= {"outcome":"made",...}
$ curl -s $U/rush/campaigns/b | grep -o '"i[0-9]*":{"stock":1000000000' | wc -l
= 500



=== TEST 17: ids in the path, and paths that are no call
--- proxy
--- config
    location /other { rush_api; }
--- steps
~GET /rush/campaigns/a%20b
400 {"outcome":"invalid","error":"an id must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -","member":"campaign","now":<now>}
PUT /rush/campaigns/a%20b
| {"kind":"sale","stock":5}
400 {"outcome":"invalid","member":"campaign",...}
GET /rush/campaigns/%7bother%7d
400 {"outcome":"invalid","member":"campaign",...}
GET /rush/campaigns/a%0d%0ab
400 {"outcome":"invalid","member":"campaign",...}
GET /rush/campaigns/<x*65>
400 {"outcome":"invalid","member":"campaign",...}
DELETE /rush/campaigns/*
400 {"outcome":"invalid","member":"campaign",...}
POST /rush/campaigns/a~b/codes
| AAA
400 {"outcome":"invalid","member":"campaign",...}
GET /rush/campaigns/a,b/check
400 {"outcome":"invalid","member":"campaign",...}
GET /rush/campaigns/a/users/a%2cb
400 {"outcome":"invalid","member":"user",...}
GET /rush/campaigns/a/users/
404 {"outcome":"unknown","error":"there is no such call","now":<now>}
POST /rush/tags/a%20b
| ann
400 {"outcome":"invalid","member":"tag",...}
GET /rush/
404 {"outcome":"unknown","error":"there is no such call","now":<now>}
GET /rush/tags
404 {"outcome":"unknown",...}
GET /rush/campaign
404 {"outcome":"unknown",...}
GET /rush/Campaigns
404 {"outcome":"unknown",...}
GET /rush/campaigns/a/b
404 {"outcome":"unknown",...}
GET /rush/campaigns/a/users
404 {"outcome":"unknown",...}
GET /rush/campaigns/a/users/ann/x
404 {"outcome":"unknown",...}
GET /rush/campaigns/a/users/ann/x/y/z
404 {"outcome":"unknown",...}
GET /rush/campaigns/a/check/x
404 {"outcome":"unknown",...}
GET /otherwise
404 {"outcome":"unknown",...}
--- sent



=== TEST 18: arguments
--- proxy
--- config
--- steps
~GET /rush/campaigns?limit=0
400 {"outcome":"invalid","error":"limit must be a whole number from 1 to 100, once","member":"limit","now":<now>}
GET /rush/campaigns?limit=101
400 {"outcome":"invalid","member":"limit",...}
GET /rush/campaigns?limit=-1
400 {"outcome":"invalid","member":"limit",...}
GET /rush/campaigns?limit=3&limit=3
400 {"outcome":"invalid","member":"limit",...}
GET /rush/campaigns?limit=99999999999999999999
400 {"outcome":"invalid","member":"limit",...}
GET /rush/campaigns?after=a%20b
400 {"outcome":"invalid","error":"after must be the id of a campaign, once","member":"after","now":<now>}
GET /rush/campaigns?after=a&after=b
400 {"outcome":"invalid","member":"after",...}
--- sent



=== TEST 19: If-Match
--- proxy
--- config
--- steps
~PUT /rush/campaigns/a
If-Match: *
| {"kind":"sale","stock":5}
400 {"outcome":"invalid","campaign":"a","error":"If-Match must be the version of the campaign, once, a number or a number in quotes","member":"If-Match","now":<now>}
PATCH /rush/campaigns/a
If-Match: W/"1795290000000"
| {"stock":5}
400 {"outcome":"invalid","member":"If-Match",...}
PATCH /rush/campaigns/a
If-Match: "1795290000000", "1795290000001"
| {"stock":5}
400 {"outcome":"invalid","member":"If-Match",...}
PATCH /rush/campaigns/a
If-Match: 1795290000000
If-Match: 1795290000000
| {"stock":5}
400
PATCH /rush/campaigns/a
If-Match: ""
| {"stock":5}
400 {"outcome":"invalid","member":"If-Match",...}
DELETE /rush/campaigns/a
If-Match: "1
400 {"outcome":"invalid","member":"If-Match",...}
DELETE /rush/campaigns/a
If-Match:
400 {"outcome":"invalid","member":"If-Match",...}
--- sent



=== TEST 20: half of a surrogate pair
--- config
--- steps
~PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":"\ud800"}}
400 {"outcome":"invalid","campaign":"a","error":"the body has half of a surrogate pair","now":<now>}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":"\udc00\ud800"}}
400 {"outcome":"invalid","error":"the body has half of a surrogate pair",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":"\uD83Dx\uDE00"}}
400 {"outcome":"invalid","error":"the body has half of a surrogate pair",...}
PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":"\uD83D\n"}}
400 {"outcome":"invalid","error":"the body has half of a surrogate pair",...}
.PUT /rush/campaigns/a
| {"kind":"sale","stock":5,"info":{"a":"\uD83D\uDE00\\ud800\u00e9"}}
201 {"outcome":"made",...}
redis hget rush:{a} info
{"a":"😀\\ud800é"}
