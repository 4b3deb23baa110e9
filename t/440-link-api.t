# rush_api: links, one by one, in bulk, and what is told of them.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location /rush/ { rush_api; client_max_body_size 64m; }
_EOC_

run_tests();

__DATA__

=== TEST 1: a link is made, read, and removed
--- config
--- steps
~GET /rush/links/door-7
404 {"code":"door-7","error":"there is no such link","outcome":"unknown","now":<now>}
Cache-Control: no-store
PUT /rush/links/door-7
| {"fallback":"https://m.example.com/welcome"}
201 {"code":"door-7","version":<any>,"outcome":"made","now":<now>}
Content-Type: application/json
Cache-Control: no-cache
ETag: "<V>"
GET /rush/links/door-7
200 {"code":"door-7","fallback":"https://m.example.com/welcome","version":<now>,"made":<now>,"signed":"<S>","outcome":"found","now":<now>}
ETag: "<V>"
HEAD /rush/links/door-7
200
ETag: "<V>"
Content-Length: ~ ^1\d\d$
PUT /rush/links/door-7
| {"fallback":"https://m.example.com/other","status":307}
200 {"code":"door-7","version":<any>,"outcome":"changed","now":<now>}
ETag: "<W>"
$ test <W> -gt <V> && echo newer
= newer
GET /rush/links/door-7
200 ~ "fallback":"https://m.example.com/other","status":307,"version":<W>,
DELETE /rush/links/door-7
200 {"code":"door-7","outcome":"deleted","now":<now>}
Cache-Control: no-store
! ETag
GET /rush/links/door-7
404 {"outcome":"unknown",...}
DELETE /rush/links/door-7
404 {"code":"door-7","error":"there is no such link","outcome":"unknown","now":<now>}
# a tombstone, for a minute
redis HKEYS rush:link:{door-7}
= deleted
redis TTL rush:link:{door-7}
= ~ ^(?:59|60)$
# one that is made again has a version of its own
PUT /rush/links/door-7
| {"fallback":"https://m.example.com/again"}
201 {"outcome":"made",...}
ETag: "<X>"
$ test <X> -gt <W> && echo newer
= newer
redis TTL rush:link:{door-7}
= -1
redis HGET rush:link:{door-7} json
= {"fallback":"https://m.example.com/again"}



=== TEST 2: all members, as they were given
--- config
    set $geoip_city "";
    location /vars/ { rush_api; rush_scan_vars geoip_city; }
--- steps
~PUT /vars/links/door-7
| {"rules":[
|   {"client":["wechat","wecom"],"to":"https://m.example.com/a?g={ref}"},
|   {"member":"vip","to":"https://m.example.com/vip"},
|   {"from":"2026-11-11T00:00:00+08:00","until":1795290000000,
|    "to":"https://m.example.com/b"},
|   {"arg":"src","is":["tv","a\"b\\"],"to":"https://m.example.com/c"},
|   {"var":"geoip_city","is":["Xian"],"to":"https://m.example.com/d"},
|   {"pool":[{"to":"https://m.example.com/1","cap":200,
|             "until":"2026-12-01T00:00:00+08:00"},
|            {"to":"https://m.example.com/2","weight":3}],
|    "pick":"weight","sticky":true}],
|  "fallback":"https://m.example.com/","starts":<now-1h>,"ends":<now+1h>,
|  "before":"https://m.example.com/soon","after":"https://m.example.com/over",
|  "max":100,"ref":"cashier-7","bind":"autumn","claim":"welcome",
|  "query":"pass","status":301}
201 {"outcome":"made",...}
GET /rush/links/door-7
200 {"code":"door-7","rules":[{"client":["wechat","wecom"],"to":"https://m.example.com/a?g={ref}"},{"member":"vip","to":"https://m.example.com/vip"},{"from":"2026-11-11T00:00:00+08:00","until":1795290000000,"to":"https://m.example.com/b"},{"arg":"src","is":["tv","a\"b\\"],"to":"https://m.example.com/c"},{"var":"geoip_city","is":["Xian"],"to":"https://m.example.com/d"},{"pool":[{"to":"https://m.example.com/1","cap":200,"until":"2026-12-01T00:00:00+08:00"},{"to":"https://m.example.com/2","weight":3}],"pick":"weight","sticky":true}],"fallback":"https://m.example.com/","starts":<now-1h>,"ends":<now+1h>,"before":"https://m.example.com/soon","after":"https://m.example.com/over","max":100,"ref":"cashier-7","bind":"autumn","claim":"welcome","query":"pass","status":301,"version":<now>,"made":<now>,"signed":"<S>","counted":0,"taken":[{"to":"https://m.example.com/1","n":0},{"to":"https://m.example.com/2","n":0}],"outcome":"found","now":<now>}



=== TEST 3: PATCH changes some members, and null takes one out
--- config
--- steps
~PUT /rush/links/door-7
| {"fallback":"https://m.example.com/a","ref":"cashier-7","max":5,"status":301}
201 {"outcome":"made",...}
ETag: "<V>"
PATCH /rush/links/door-7
| {"fallback":"https://m.example.com/b","ref":null,"query":"pass"}
200 {"code":"door-7","version":<any>,"outcome":"changed","now":<now>}
ETag: "<W>"
GET /rush/links/door-7
200 {"code":"door-7","fallback":"https://m.example.com/b","max":5,"status":301,"query":"pass","version":<any>,"made":<now>,"signed":"<S>","counted":0,"outcome":"found","now":<now>}
ETag: "<W>"
# a null of what is not there
PATCH /rush/links/door-7
| {"ref":null,"max":null}
200 {"outcome":"changed",...}
GET /rush/links/door-7
200 {"code":"door-7","fallback":"https://m.example.com/b","status":301,"query":"pass","version":<any>,"made":<now>,"signed":"<S>","outcome":"found","now":<now>}
# what comes of it has to be a link
PATCH /rush/links/door-7
| {"fallback":null}
400 {"code":"door-7","error":"fallback must be there if a link has no rules","member":"fallback","outcome":"invalid","now":<now>}
PATCH /rush/links/door-7
| {"nope":null}
400 {"member":"nope","outcome":"invalid",...}
PATCH /rush/links/door-7
| {}
200 {"outcome":"changed",...}
PATCH /rush/links/none
| {"max":1}
404 {"code":"none","error":"there is no such link","outcome":"unknown","now":<now>}
# PUT takes what PATCH has left
PUT /rush/links/door-7
| {"fallback":"https://m.example.com/c","max":null}
200 {"outcome":"changed",...}
redis HGET rush:link:{door-7} json
= {"fallback":"https://m.example.com/c"}



=== TEST 4: If-Match
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
ETag: "<V>"
PUT /rush/links/a
If-Match: "<V>"
| {"fallback":"https://m.example.com/1"}
200 {"outcome":"changed",...}
ETag: "<W>"
PUT /rush/links/a
If-Match: "<V>"
| {"fallback":"https://m.example.com/2"}
412 ~ ^\{"code":"a","version":<W>,"outcome":"stale","now":\d+\}$
ETag: "<W>"
PATCH /rush/links/a
If-Match: <V>
| {"max":1}
412 ~ ^\{"code":"a","version":<W>,"outcome":"stale","now":\d+\}$
ETag: "<W>"
DELETE /rush/links/a
If-Match: "<V>"
412 ~ ^\{"code":"a","version":<W>,"outcome":"stale","now":\d+\}$
PATCH /rush/links/a
If-Match: <W>
| {"max":1}
200 {"outcome":"changed",...}
ETag: "<X>"
# what is not there has no version
PUT /rush/links/b
If-Match: "<V>"
| {"fallback":"https://m.example.com/"}
412 {"code":"b","version":0,"outcome":"stale","now":<now>}
PATCH /rush/links/b
If-Match: "<V>"
| {"max":1}
404 {"outcome":"unknown",...}
DELETE /rush/links/b
If-Match: "<V>"
404 {"outcome":"unknown",...}
PUT /rush/links/a
If-Match: *
| {"fallback":"https://m.example.com/"}
400 {"code":"a","error":"If-Match must be the version of the link, once, a number or a number in quotes","member":"If-Match","outcome":"invalid","now":<now>}
PATCH /rush/links/a
If-Match: W/"<X>"
| {}
400 {"member":"If-Match",...}
DELETE /rush/links/a
If-Match: "<X>"
200 {"outcome":"deleted",...}
--- redis_after
> EXISTS rush:link:{b}
0



=== TEST 5: PATCH while others write
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/","max":1}' version 5 made 5
--- proxy
EVALSHA 1 reply *2\r\n$5\r\nstale\r\n$1\r\n6\r\n
EVALSHA 3 reply *2\r\n$5\r\nstale\r\n$1\r\n6\r\n
EVALSHA 4 reply *2\r\n$5\r\nstale\r\n$1\r\n6\r\n
EVALSHA 5 reply *2\r\n$5\r\nstale\r\n$1\r\n6\r\n
EVALSHA 6 reply *2\r\n$5\r\nstale\r\n$1\r\n6\r\n
EVALSHA 7 reply *2\r\n$5\r\nstale\r\n$1\r\n6\r\n
--- config
--- steps
~GET /rush/links/a
200 {"version":5,...}
# read again, and written then
PATCH /rush/links/a
| {"max":2}
200 {"outcome":"changed",...}
PATCH /rush/links/a
| {"max":3}
409 {"code":"a","error":"others change the link all the time, try again","outcome":"conflict","now":<now>}
PATCH /rush/links/a
| {"max":4}
200 {"outcome":"changed",...}
GET /rush/links/a
200 {"max":4,...}



=== TEST 6: what is no link
--- config
    location /hosts/ { rush_api; rush_scan_hosts m\.example\.com; }
--- steps
~GET /rush/links/a
404
PUT /rush/links/a
400 {"code":"a","error":"the body must be a JSON object, and it is empty","outcome":"invalid","now":<now>}
PUT /rush/links/a
| {"fallback":
400 {"error":"the body is no JSON, by byte 12: parse error: premature EOF",...}
PUT /rush/links/a
| []
400 {"error":"the body must be a JSON object",...}
PUT /rush/links/a
| {}
400 {"member":"fallback",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","fallback":"https://m.example.com/"}
400 {"error":"fallback must not be there twice","member":"fallback",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","colour":"red"}
400 {"member":"colour","outcome":"invalid",...}
PUT /rush/links/a
| {"fallback":"javascript:alert(1)"}
400 {"member":"fallback","outcome":"invalid",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","rules":[{"client":"ie6","to":"https://m.example.com/"}]}
400 ~ "error":"rules\[0\]\.client must be one of
PUT /rush/links/a
| {"fallback":"https://m.example.com/","rules":[{"var":"city","is":["x"],"to":"https://m.example.com/"}]}
400 {"outcome":"invalid",...}
PUT /hosts/links/a
| {"fallback":"https://m.example.org/"}
400 {"member":"fallback","outcome":"invalid",...}
PUT /hosts/links/a
| {"fallback":"https://m.example.com/","rules":[{"to":"https://m.example.com.evil.org/"}]}
400 {"outcome":"invalid",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","code":"b"}
400 {"code":"a","error":"code must be that of the path, or not be there","member":"code","outcome":"invalid","now":<now>}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","ref":"<x*32768>"}
413 {"code":"a","error":"a link must not have more than 32768 bytes","outcome":"large","now":<now>}
PATCH /rush/links/a
| {"max":-1}
404 {"outcome":"unknown",...}
PUT /rush/links/a
| {"code":"a","fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
PATCH /rush/links/a
| {"max":-1}
400 {"member":"max","outcome":"invalid",...}
PATCH /rush/links/a
| {"status":200}
400 {"member":"status","outcome":"invalid",...}
--- redis_after
> HGET rush:link:{a} json
{"fallback":"https://m.example.com/"}



=== TEST 7: codes, calls and methods that there are not
--- config
--- steps
~PUT /rush/links/<a*65>
| {}
400 {"error":"an id must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -","member":"code","outcome":"invalid","now":<now>}
GET /rush/links/a%20b
400 {"member":"code",...}
PUT /rush/links/<a*64>
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
GET /rush/links/<a*64>
200 {"code":"<a*64>",...}
PUT /rush/links/A.b:c@d_e-0
| {"fallback":"https://m.example.com/"}
201 {"code":"A.b:c@d_e-0",...}
POST /rush/links/a
405 {"error":"this call has other methods","outcome":"method","now":<now>}
Allow: GET, HEAD, PUT, PATCH, DELETE
GET /rush/links
405 {"outcome":"method",...}
Allow: POST
PUT /rush/links/a/stats
405 {"outcome":"method",...}
Allow: GET, HEAD
POST /rush/links/a/qr.svg
405 {"outcome":"method",...}
Allow: GET, HEAD
GET /rush/links/a/qr.png
404 {"error":"there is no such call","outcome":"unknown","now":<now>}
GET /rush/links/a/stats/b
404 {"error":"there is no such call",...}



=== TEST 8: what pools have given
--- redis
HSET rush:link:{a}:pool max 17 n-JQRk2dRjw 1 gone 5
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":9},{"to":"https://m.example.com/2"}]},
|           {"pool":[{"to":"https://m.example.com/3"}]},{"to":"https://m.example.com/4"}],"max":20}
201 {"outcome":"made",...}
GET /rush/links/a
200 {"counted":17,"taken":[{"to":"https://m.example.com/1","n":0},{"to":"https://m.example.com/2","n":0}],...}
# a target's name there is the beginning of its SHA-1
$ perl -MDigest::SHA=sha1 -MMIME::Base64 -e '
      print encode_base64(substr(sha1($ARGV[0]), 0, 8), "")
            =~ tr{+/}{-_}r =~ s/=//r' https://m.example.com/2
= <ID>
redis HSET rush:link:{a}:pool <ID> 4
= 1
GET /rush/links/a
200 {"taken":[{"to":"https://m.example.com/1","n":0},{"to":"https://m.example.com/2","n":4}],...}
# of what changes it stays, and goes with the link
PATCH /rush/links/a
| {"max":0}
200 {"outcome":"changed",...}
redis EXISTS rush:link:{a}:pool
= 1
redis HSET rush:link:{a}:users ann x
= 1
DELETE /rush/links/a
200 {"outcome":"deleted",...}
redis EXISTS rush:link:{a}:pool rush:link:{a}:users
= 0



=== TEST 9: signed codes
--- config
--- steps
~PUT /rush/links/door.7
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
$ mac() {
      printf 'rush link\nrush:\n%s' "$1" |
          openssl dgst -sha256 -hmac 'a secret of the tests, and no other' \
                       -binary | base64 | tr +/ -_ | cut -c 1-16
  }
  echo door.7.0.$(mac door.7.0) door.7.4102444800.$(mac door.7.4102444800)
= ~ ^door.7.0.[\w-]{16} door.7.4102444800.[\w-]{16}$
$ mac() {
      printf 'rush link\nrush:\n%s' "$1" |
          openssl dgst -sha256 -hmac 'a secret of the tests, and no other' \
                       -binary | base64 | tr +/ -_ | cut -c 1-16
  }
  for e in 0 4102444800 99999999999; do
      curl -s "$U/rush/links/door.7?expires=$e" |
          grep -qF "\"signed\":\"door.7.$e.$(mac door.7.$e)\"" && echo $e
  done
= 0
= 4102444800
= 99999999999
GET /rush/links/door.7
200 ~ "signed":"door\.7\.0\.[\w-]{16}"
GET /rush/links/door.7?expires=00
200 ~ "signed":"door\.7\.0\.[\w-]{16}"
GET /rush/links/door.7?expires=100000000000
400 {"code":"door.7","error":"expires must be seconds since 1970, up to 99999999999, or 0 for ever, once","member":"expires","outcome":"invalid","now":<now>}
GET /rush/links/door.7?expires=-1
400 {"member":"expires",...}
GET /rush/links/door.7?expires=1&expires=1
400 {"member":"expires",...}



=== TEST 10: no keys, no signed codes
--- no_secret_file
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
GET /rush/links/a
200 {"code":"a","fallback":"https://m.example.com/","version":<now>,"made":<now>,"outcome":"found","now":<now>}
GET /rush/links/a?expires=0
400 {"code":"a","error":"a code can be signed only where rush_api has a rush_secret_file","member":"expires","outcome":"invalid","now":<now>}



=== TEST 11: changes are told to other nodes
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
PATCH /rush/links/a
| {"max":1}
200 {"outcome":"changed",...}
DELETE /rush/links/a
200 {"outcome":"deleted",...}
$ printf '{"code":"b%s","fallback":"https://m.example.com/"}\n' 1 2 3 |
      curl -s --data-binary @- $U/rush/links
= {"made":3,...}
redis XREVRANGE rush:links + - COUNT 1
= ~ ^\d+-\d+\ncodes\nb1 b2 b3$
redis XRANGE rush:links - + COUNT 3
= ~ ^\d+-\d+\ncodes\na\n\d+-\d+\ncodes\na\n\d+-\d+\ngone\na$
redis XLEN rush:links
= 4



=== TEST 12: another prefix
--- http_config
    rush_prefix shop:;
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
GET /rush/links/a
200 {"fallback":"https://m.example.com/",...}
redis EXISTS shop:link:{a} shop:links
= 2



=== TEST 13: an upload, and its errors by line
--- config
--- steps
~GET /rush/links/a
404
$ {
      echo '{"code":"a","fallback":"https://m.example.com/1"}'
      printf '\r\n\n'
      printf '{"ref":"x","code":"b","fallback":"https://m.example.com/2"}\r\n'
      echo '{"fallback":"https://m.example.com/"}'
      echo '{"code":"c d","fallback":"https://m.example.com/"}'
      echo '{"code":7,"fallback":"https://m.example.com/"}'
      echo '{"code":"d","fallback":"m.example.com"}'
      echo '{"code":"e","fallback":"https://m.example.com/","colour":1}'
      echo '{"code":"f"'
      echo 'nonsense'
      echo '{"code":"a","fallback":"https://m.example.com/3"}'
      printf '{"code":"g","fallback":"https://m.example.com/","ref":"%032768d"}' 1
      printf '\n{"code":"h","fallback":"https://m.example.com/4"}'
  } >$D/links
  curl -sT $D/links -X POST $U/rush/links >$D/out
  sed 's/"errors":.*"outcome"/"outcome"/' $D/out
= {"made":3,"changed":1,"bad":8,"outcome":"found","now":<now>}
$ perl -MJSON::PP -0777 -ne '
      print map { join(" ", $_->{line}, $_->{code} // "-", $_->{member} // "-")
                  . "\n" } @{ decode_json($_)->{errors} }' $D/out
= 5 - code
= 6 - code
= 7 - code
= 8 d fallback
= 9 e colour
= 10 - -
= 11 - -
= 13 - -
$ perl -MJSON::PP -0777 -ne '
      my @e = @{ decode_json($_)->{errors} };
      print "$e[0]{error}\n$e[5]{error}\n$e[7]{error}"' $D/out
= code must be an id, from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -
= the body is no JSON, by byte 11: parse error: premature EOF
= a link must not have more than 32768 bytes
GET /rush/links/a
200 {"fallback":"https://m.example.com/3",...}
GET /rush/links/b
200 {"ref":"x",...}
GET /rush/links/h
200 {"fallback":"https://m.example.com/4",...}
POST /rush/links
200 {"made":0,"changed":0,"bad":0,"errors":[],"outcome":"found","now":<now>}
# a hundred errors are told
$ seq 250 | curl -s --data-binary @- $U/rush/links |
      perl -MJSON::PP -0777 -ne '
          my $a = decode_json($_);
          print "$a->{bad}, ", scalar @{ $a->{errors} }, " are told: ",
                join ", ", map { $a->{errors}[$_]{line} } 0, 99'
= 250, 100 are told: 1, 100
--- redis_after
> HGET rush:link:{b} json
{"ref":"x","fallback":"https://m.example.com/2"}



=== TEST 14: many slices, in any pieces
--- config
--- steps
~GET /rush/links/a
404
$ perl -e 'printf "{\"code\":\"c%d\",\"fallback\":\"https://m.example.com/%d\"}\n",
                  $_, $_ for 1 .. 20001' >$D/links
  curl -sT $D/links -X POST $U/rush/links
= {"made":20001,"changed":0,"bad":0,...}
$ curl -sT - -X POST $U/rush/links <$D/links
= {"made":0,"changed":20001,"bad":0,...}
GET /rush/links/c20001
200 {"fallback":"https://m.example.com/20001",...}
redis XLEN rush:links
= 202
# entries of up to 2048 bytes
$ for i in $(seq 63); do
      printf '{"code":"%064d","fallback":"https://m.example.com/"}\n' $i
  done | curl -s --data-binary @- $U/rush/links
= {"made":63,"changed":0,"bad":0,...}
redis XLEN rush:links
= 205
redis EVAL "return #redis.call('XRANGE','rush:links','-','+')[204][2][2]" 0
= 2014
.POST /rush/links
| {"code":"x","fallback":"https://m.example.com/"}
|
| {"code":"y","fallback":"https://m.example.com/"}
200 {"made":2,"changed":0,"bad":0,...}
+GET /rush/links/y
200 {"fallback":"https://m.example.com/",...}
# as long as a line may be
$ for i in 1 2 3 4 5 6 7 8 9; do
      printf '{"code":"l%d","fallback":"https://m.example.com/"%32719s}\n' $i ''
  done | tee $D/long | curl -sT - -X POST $U/rush/links
= {"made":9,"changed":0,"bad":0,...}
$ head -n 1 $D/long | tr -d '\n' | wc -c
= 32768



=== TEST 15: broken off, and repeated
--- config
--- steps
~GET /rush/links/a
404
$ perl -MIO::Socket::INET -e '
      my $s = IO::Socket::INET->new(shift =~ m{//(.*)}) or die;
      $s->autoflush(1);
      print $s "POST /rush/links HTTP/1.1\r\nHost: h\r\n",
               "Content-Length: 1000000\r\n\r\n",
               map { qq({"code":"c$_","fallback":"https://m.example.com/"}\n) }
                   1 .. 500;
      sleep 1' $U
$ perl -e 'print qq({"code":"c$_","fallback":"https://m.example.com/"}\n)
               for 1 .. 500' |
      curl -s --data-binary @- $U/rush/links
= {"made":100,"changed":400,"bad":0,...}



=== TEST 16: Redis is away, refuses, and is damaged
--- proxy
EVALSHA 201 reply -OOM command not allowed when used memory > 'maxmemory'.\r\n
--- redis
HSET rush:link:{bad} json '{"fallback":' version 1 made 1
SET rush:link:{text} x
--- config
--- steps
~GET /rush/links/a
404
$ perl -e 'print qq({"code":"c$_","fallback":"https://m.example.com/"}\n)
               for 1 .. 500' |
      curl -s -w ' %{http_code}' --data-binary @- $U/rush/links
= ~ "outcome":"pending".* 503$
~GET /rush/links/c200
200
GET /rush/links/c201
404
GET /rush/links/bad
503 {"outcome":"pending",...}
PATCH /rush/links/bad
| {"max":1}
503 {"outcome":"pending",...}
GET /rush/links/text
503 {"outcome":"pending",...}
PUT /rush/links/text
| {"fallback":"https://m.example.com/"}
503 {"outcome":"pending",...}
# what is damaged can be replaced
PUT /rush/links/bad
| {"fallback":"https://m.example.com/"}
200 {"outcome":"changed",...}
GET /rush/links/bad
200 {"fallback":"https://m.example.com/",...}
proxy off
GET /rush/links/a
503 {"code":"a","outcome":"pending","error":"Redis did not do it, or it is not known whether it did: the error log says why, look and try again","now":<now>}
Retry-After: ~ ^[123]$
PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
503 {"outcome":"pending",...}
GET /rush/links/a/stats
503 {"outcome":"pending",...}
POST /rush/links
| {"code":"a","fallback":"https://m.example.com/"}
503 {"outcome":"pending",...}
--- no_error_log
[emerg]
--- no_shutdown_error_log
[emerg]
--- error_log
has damaged JSON of the link "bad"



=== TEST 17: scans by day, client and ref
--- redis eval
# what is damaged is left out
"HSET rush:link:{a}:day:20260228 'n1\twechat\tcashier-7' '1 5 2'\n"
. "HSET rush:link:{a}:day:20260228 'n2\twechat\tcashier-7' '1 5 0'\n"
. "HSET rush:link:{a}:day:20260228 'n1\tios\t' '3 1 0'\n"
. "HSET rush:link:{a}:day:20260302 'n1\tandroid\tcashier-8' '1 9 0'\n"
. "HSET rush:link:{a}:day:20260302 broken x 'n1\tios\tbad ref' '1 1 1'\n"
. "HSET rush:link:{a}:day:20260302 'n1\tios\tr' '3 x 0' 'n1\tios\ts' 7\n"
. "HSET rush:link:{a}:day:20260302 'n1\tios' '1 2 3' '' '1 2 3'\n"
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/","ref":"cashier-7"}
201 {"outcome":"made",...}
GET /rush/links/a/stats?from=2026-01-30&to=2026-01-31
200 {"link":"a","from":"2026-01-30","to":"2026-01-31","days":[],"scans":0,"visitors":0,"clients":{},"refs":{},"brought":0,"outcome":"found","now":<now>}
Cache-Control: no-store
! ETag
redis PFADD rush:link:{a}:seen:20260228 ann bob cid
= 1
redis PFADD rush:link:{a}:seen:20260302 bob dan
= 1
redis HSET rush:refs:{refs}:counts cashier-7 42 cashier-8 9
= 2
redis HSET rush:refs:{autumn}:counts cashier-8 7
= 1
GET /rush/links/a/stats?from=2026-02-28&to=2026-03-02
200 {"link":"a","from":"2026-02-28","to":"2026-03-02","days":[{"day":"2026-02-28","scans":13,"visitors":3,"clients":{"wechat":12,"ios":1},"refs":{"cashier-7":12}},{"day":"2026-03-02","scans":9,"visitors":2,"clients":{"android":9},"refs":{"cashier-8":9}}],"scans":22,"visitors":4,"clients":{"wechat":12,"ios":1,"android":9},"refs":{"cashier-7":12,"cashier-8":9},"brought":42,"outcome":"found","now":<now>}
GET /rush/links/a/stats?from=2026-03-01&to=2026-03-01
200 {"days":[],"scans":0,"visitors":0,...}
HEAD /rush/links/a/stats?to=2026-03-02
200
# a month, and a whole year
GET /rush/links/a/stats?to=2026-03-02
200 {"from":"2026-02-01","to":"2026-03-02","scans":22,...}
GET /rush/links/a/stats?from=2025-03-02&to=2026-03-02
200 {"from":"2025-03-02","scans":22,"visitors":4,...}
GET /rush/links/a/stats?from=2024-02-29&to=2025-02-28
200 {"from":"2024-02-29","to":"2025-02-28","scans":0,...}
PATCH /rush/links/a
| {"ref":"cashier-8","bind":"autumn"}
200 {"outcome":"changed",...}
GET /rush/links/a/stats?to=2026-03-02
200 {"brought":7,...}
GET /rush/links/none/stats
404 {"error":"there is no such link","outcome":"unknown","now":<now>}
# today is a day of local time
$ d=$(date +%Y-%m-%d); f=$(date -d '29 days ago' +%Y-%m-%d)
  curl -s $U/rush/links/a/stats | grep -cF "\"from\":\"$f\",\"to\":\"$d\""
= 1



=== TEST 18: days that there are not
--- config
--- steps
~GET /rush/links/a/stats?from=2026-02-30
400 {"error":"from must be a day, YYYY-MM-DD from 1970 to 9999, once","member":"from","outcome":"invalid","now":<now>}
GET /rush/links/a/stats?to=2025-02-29
400 {"error":"to must be a day, YYYY-MM-DD from 1970 to 9999, once","member":"to","outcome":"invalid","now":<now>}
GET /rush/links/a/stats?to=today
400 {"member":"to",...}
GET /rush/links/a/stats?to=2026-13-01
400 {"member":"to",...}
GET /rush/links/a/stats?to=2026-00-01
400 {"member":"to",...}
GET /rush/links/a/stats?to=2026-01-00
400 {"member":"to",...}
GET /rush/links/a/stats?to=2026-1-01
400 {"member":"to",...}
GET /rush/links/a/stats?to=20260101
400 {"member":"to",...}
GET /rush/links/a/stats?to=1969-12-31
400 {"member":"to",...}
GET /rush/links/a/stats?to=2026-01-01&to=2026-01-01
400 {"member":"to",...}
GET /rush/links/a/stats?from=2026-01-02&to=2026-01-01
400 {"error":"from must be a day up to \"to\", which is today by default, and with it not more than 366 days","member":"from","outcome":"invalid","now":<now>}
GET /rush/links/a/stats?from=2025-03-01&to=2026-03-02
400 {"member":"from",...}
GET /rush/links/a/stats?from=1970-01-01
400 {"member":"from",...}
# the bounds
GET /rush/links/a/stats?from=1970-01-01&to=1970-01-01
404 {"outcome":"unknown",...}
GET /rush/links/a/stats?to=1970-01-02
404 {"outcome":"unknown",...}
GET /rush/links/a/stats?from=9999-12-31&to=9999-12-31
404 {"outcome":"unknown",...}



=== TEST 19: more counters than one reply has, and more refs than are told
--- redis eval
"HSET rush:link:{a} version 1 made 1\n"
. qq(HSET rush:link:{a} json '{"fallback":"https://m.example.com/"}'\n)
. CORE::join '', map { my $n = $_; map {
      "HSET rush:link:{a}:day:20260301 'n$n\tios\tr$_' '1 1 1'\n"
  } 1 .. 4000 } 1 .. 3
--- config
--- steps
~GET /rush/links/a
200
$ curl -s "$U/rush/links/a/stats?to=2026-03-02" | perl -MJSON::PP -0777 -ne '
      my $a = decode_json($_);
      for ($a, @{ $a->{days} }) {
          my ($n, $sum) = (0, 0);
          $_->{refs} and $n = %{ $_->{refs} };
          $sum += $_ for values %{ $_->{refs} };
          print "$_->{scans} $_->{clients}{ios} $n $sum\n";
      }'
= 24000 24000 1001 24000
= 24000 24000 1001 24000



=== TEST 20: what is stored and signed here is scanned, counted and told
--- config
    location ~ ^/q/(?<code>[^/]+)$ {
        rush_scan_hosts m\.example\.com;
        rush_scan_sign on;
        rush_scan $code;
    }
--- steps
~PUT /rush/links/door.7
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2"}]}],"max":3}
201 {"outcome":"made",...}
$ for e in 0 4102444800 1000; do
      curl -s "$U/rush/links/door.7?expires=$e" |
          grep -o '"signed":"[^"]*' | cut -d '"' -f 4
  done >$D/codes
  for c in $(cat $D/codes) door.7 $(sed 's/^/x/;q' $D/codes); do
      curl -so $D/out -w '%{http_code}:%{redirect_url}\n' $U/q/$c
  done
= 302:https://m.example.com/1
= 302:https://m.example.com/2
= 410:
= 404:
= 404:
GET /rush/links/door.7
200 {"counted":2,"taken":[{"to":"https://m.example.com/1","n":1},{"to":"https://m.example.com/2","n":1}],...}
# a change is seen at once
PATCH /rush/links/door.7
| {"rules":null,"fallback":"https://m.example.com/3"}
200 {"outcome":"changed",...}
$ curl -so $D/out -w '%{redirect_url}\n' $U/q/$(sed q $D/codes)
= https://m.example.com/3
$ for i in $(seq 30); do
      sleep 0.1
      curl -s $U/rush/links/door.7/stats | grep -q '"scans":3,' && break
  done
  curl -s $U/rush/links/door.7/stats | sed 's/.*\(\],"scans\)/\1/'
= ~ ^\],"scans":3,"visitors":1,"clients":\{"desktop":3\},"refs":\{\},"brought":0,
$ printf '{"code":"door.7","fallback":"https://m.example.com/4"}' |
      curl -s --data-binary @- $U/rush/links
= {"changed":1,...}
$ curl -so $D/out -w '%{redirect_url}\n' $U/q/$(sed q $D/codes)
= https://m.example.com/4
DELETE /rush/links/door.7
200 {"outcome":"deleted",...}
$ curl -so $D/out -w '%{http_code}\n' $U/q/$(sed q $D/codes)
= 404



=== TEST 21: Redis answers what has not left yet
--- proxy
SCRIPT 1 hold 0.3
EVALSHA 186+ hold 0.002
--- config
--- steps
# slices of 126, 20 and 126 kB, and nobody reads: the last one does not all
# leave before the commands that it begins with are answered
$ lines() {
      for i in $(seq $2); do
          printf '{"code":"%s%d","fallback":"https://m.example.com/%0600d"}\n' \
                 $1 $i $i
      done | curl -s --data-binary @- $U/rush/links
  }
  lines a 160 >$D/first &
  sleep 0.1
  lines b 25 >$D/second &
  sleep 0.1
  lines c 160
  wait
= {"made":160,"changed":0,"bad":0,...}
$ cat $D/first
= {"made":160,"changed":0,"bad":0,...}
$ cat $D/second
= {"made":25,"changed":0,"bad":0,...}
--- no_error_log
[error]
