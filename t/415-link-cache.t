# Links in shared memory: when Redis is asked and when not, changes by this
# nginx and by others, and a Redis that is away or has lost its data.

use lib '.';
use t::Rush 'no_plan';

workers(3);

# scans on 64 connections, and where each has led
$ENV{SCANS} = 'curl -s --no-progress-meter -Z --parallel-max 64 -o /dev/null'
              . ' -w %{redirect_url}\n';

# how often links were asked for so far, of codes that begin with $1
$ENV{LOOKS} = 'grep -c "^HMGET rush:link:{$1" "$D/proxy.log"';

config_preamble(<<'_EOC_');
    rush_user $arg_u;
    rush_scan_hosts m\.example\.com;

    location ~ ^/q/(?<code>[^/]+)$ { rush_scan $code; }
    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: a link is asked for once, for all workers
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
--- config
--- steps
wait 0.5
GET /q/a
302
Location: https://m.example.com/1
many 60 GET /q/a
= 302 60
row 60 HEAD /q/a
= 302 60
$ set a; eval "$LOOKS"
= 1



=== TEST 2: a code that is none is asked for once, and found when it is made
--- proxy
--- config
--- steps
wait 0.5
GET /q/a
404 {"outcome":"unknown",...}
many 60 GET /q/a
= 404 unknown 60
$ set a; eval "$LOOKS"
= 1
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
redis XADD rush:links * codes a
wait 1
GET /q/a
302
many 60 GET /q/a
= 302 60
$ set a; eval "$LOOKS"
= 2



=== TEST 3: codes that can be none are not asked for
--- proxy
--- config
--- steps
wait 0.5
GET /q/a
404 {"outcome":"unknown",...}
GET /q/a,b
404 {"outcome":"unknown",...}
GET /q/%20
404 {"outcome":"unknown",...}
GET /q/<x*65>
404 {"outcome":"unknown",...}
$ set ''; eval "$LOOKS"
= 1



=== TEST 4: a change by the API is seen at once, by all workers
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/0"}
201
# others scan all the time
$ $SCANS "$U/q/a?u=u[1-6000]" >$D/others &
  for i in $(seq 40); do
      curl -s -o /dev/null -X PUT $U/rush/links/a \
          -d "{\"fallback\":\"https://m.example.com/$i\"}"
      $SCANS "$U/q/a?n=[1-12]" | sed 's/.*\///' | sort | uniq -c
  done | awk '$1 == 12 && $2 == NR { n++ } END { print n, NR }'
  wait
  wc -l <$D/others
= 40 40
= 6000
--- timeout: 30



=== TEST 5: PATCH and DELETE, too, and one that is made again
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 30 GET /q/a
= 302 30
PATCH /rush/links/a
| {"fallback":"https://m.example.com/2"}
200
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
DELETE /rush/links/a
200
many 30 GET /q/a
= 404 unknown 30
PUT /rush/links/a
| {"fallback":"https://m.example.com/3"}
201
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/3
POST /rush/links
| {"code":"a","fallback":"https://m.example.com/4"}
| {"code":"b","fallback":"https://m.example.com/5"}
200
$ $SCANS "$U/q/a?n=[1-30]" "$U/q/b?n=[1-30]" | sort -u
= https://m.example.com/4
= https://m.example.com/5



=== TEST 6: a change by another node is seen within a second
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; }
    rush_pass one;
--- config
    location /two/ { rush_pass two; rush_api; }
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
PUT /rush/links/b
| {"fallback":"https://m.example.com/1"}
201
many 30 GET /q/a
= 302 30
many 30 GET /q/b
= 302 30
~PUT /two/links/a
| {"fallback":"https://m.example.com/2"}
200
DELETE /two/links/b
200
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
many 30 GET /q/b
= 404 unknown 30
PUT /two/links/b
| {"fallback":"https://m.example.com/3"}
201
wait 1
$ $SCANS "$U/q/b?n=[1-30]" | sort -u
= https://m.example.com/3



=== TEST 7: many codes in one entry, and entries that make no sense
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
HSET rush:link:{b} json '{"fallback":"https://m.example.com/1"}' version 1
--- config
--- steps
~GET /q/a
302
GET /q/b
302
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis HSET rush:link:{b} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * code a
redis XADD rush:links * codes ''
redis XADD rush:links * codes "a  x <x*65> b"
redis XADD rush:links * codes a other b
wait 1
$ $SCANS "$U/q/a?n=[1-30]" "$U/q/b?n=[1-30]" | sort | uniq -c | tr -s ' '
=  60 https://m.example.com/2



=== TEST 8: a stream that is cut: nothing is missed
--- redis
XADD rush:links * codes x
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
HSET rush:link:{b} json '{"fallback":"https://m.example.com/1"}' version 1
--- config
--- steps
~GET /q/a
302
GET /q/b
302
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis HSET rush:link:{b} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes a
redis XADD rush:links * codes b
redis XTRIM rush:links MAXLEN 1
= 2
wait 1
$ $SCANS "$U/q/a?n=[1-30]" "$U/q/b?n=[1-30]" | sort | uniq -c | tr -s ' '
=  60 https://m.example.com/2
# all of it
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/3"}' version 3
redis XADD rush:links * codes a
redis XTRIM rush:links MAXLEN 0
= 2
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/3
--- no_error_log
[alert]
[error]



=== TEST 9: a stream that is lost, and one that begins anew
--- redis
XADD rush:links * codes x
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- config
--- steps
~GET /q/a
302
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis DEL rush:links
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
# by a clock that was wrong before, or is now
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/3"}' version 3
redis XADD rush:links 5-1 codes a
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/3
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/4"}' version 4
redis DEL rush:links
redis XADD rush:links 3-1 codes a
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/4



=== TEST 10: more changes at once than are read in one go
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
HSET rush:link:{b} json '{"fallback":"https://m.example.com/1"}' version 1
--- config
--- steps
~GET /q/a
302
GET /q/b
302
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis HSET rush:link:{b} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes a
redis EVAL "for i=1,3e3 do redis.call(unpack(ARGV)) end" 0 XADD rush:links * x y
redis XADD rush:links * codes b
wait 1
$ $SCANS "$U/q/a?n=[1-30]" "$U/q/b?n=[1-30]" | sort | uniq -c | tr -s ' '
=  60 https://m.example.com/2



=== TEST 11: Redis has lost all: served as before, with one alert
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
HSET rush:link:{b} json '{"fallback":"https://m.example.com/1"}' version 1
XADD rush:links * codes "a b"
--- config
--- steps
~GET /q/a
302
GET /q/b
302
redis FLUSHALL
many 30 GET /q/a
= 302 30
wait 1
many 30 GET /q/a
= 302 30
wait 0.5
many 30 GET /q/a
= 302 30
GET /q/none
404 {"outcome":"unknown",...}
$ grep -c '\[alert\].*link "a" has vanished' $R/logs/error.log
  grep -c '\[alert\]' $R/logs/error.log
= 1
= 1
# it is made again
PUT /rush/links/a
| {"fallback":"https://m.example.com/2"}
201
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
# and is gone, by DELETE
DELETE /rush/links/a
200
GET /q/a
404
# and by DELETE of one that is not there any more
DELETE /rush/links/b
404
--- error_log
--- no_error_log
[emerg]



=== TEST 12: one that vanished, too, is served for rush_scan_stale
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
XADD rush:links * codes a
--- config
    rush_scan_stale 3s;
--- steps
wait 0.5
GET /q/a
302
# it was known to be there all along
wait 3.5
GET /q/a
302
redis FLUSHALL
wait 0.7
many 30 GET /q/a
= 302 30
wait 1.2
many 30 GET /q/a
= 302 30
wait 2
many 30 GET /q/a
= 404 unknown 30
--- error_log
link "a" has vanished
--- no_error_log
[emerg]



=== TEST 13: Redis away: served as before, for rush_scan_stale
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
--- config
    rush_scan_stale 3s;
--- steps
wait 0.5
GET /q/a
302
GET /q/none
404
wait 3.5
proxy off
many 30 GET /q/a
= 302 30
wait 1.5
many 30 GET /q/a
= 302 30
# nobody knows whether there is such a link
GET /q/b
503 {"outcome":"pending",...}
Retry-After: ~ ^\d+$
GET /q/none
503 {"outcome":"pending",...}
wait 2
many 30 GET /q/a
= 503 pending 30
# what was changed meanwhile
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes a
proxy
~GET /q/none
404
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
--- error_log
--- no_error_log
[alert]



=== TEST 14: the same if it goes when all links are in doubt
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
XADD rush:links * codes a
--- proxy
--- config
    rush_scan_stale 3s;
--- steps
wait 0.5
GET /q/a
302
wait 3.5
redis XTRIM rush:links MAXLEN 0
wait 0.7
proxy off
many 30 GET /q/a
= 302 30
wait 1
many 30 GET /q/a
= 302 30
wait 2.5
many 30 GET /q/a
= 503 pending 30
--- error_log
--- no_error_log
[alert]



=== TEST 15: an echo of its own change is none
--- proxy
--- config
--- steps
wait 0.5
PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 30 GET /q/a
= 302 30
wait 1
proxy off
many 30 GET /q/a
= 302 30
--- error_log
--- no_error_log
[alert]



=== TEST 16: changed, and nobody has scanned it since, when Redis goes away
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
XADD rush:links * codes x
--- proxy
--- config
--- steps
wait 0.5
GET /q/a
302
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes a
wait 1
proxy off
many 30 GET /q/a
= 302 30
proxy
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
--- error_log
--- no_error_log
[alert]



=== TEST 17: a Redis that comes back: changes that were missed
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
--- config
--- steps
~GET /q/a
302
proxy off
GET /q/a
302
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes a
redis HSET rush:link:{b} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes b
GET /q/a
302
Location: https://m.example.com/1
proxy
~GET /q/b
302
Location: https://m.example.com/2
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
--- error_log
--- no_error_log
[alert]



=== TEST 18: a Redis that does not answer holds up nobody who can be served
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
~GET /q/a
302
proxy HMGET * never
XRANGE * never
XREVRANGE * never
wait 2
many 30 GET /q/a
= 302 30
GET /q/b
503 {"outcome":"pending",...}
--- error_log
--- no_error_log
[alert]



=== TEST 19: a look that is lost, and the next one
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
HMGET * close
--- config
--- steps
wait 0.3
GET /q/a
503 {"outcome":"pending",...}
proxy HMGET 1 close
~GET /q/a
302
Location: https://m.example.com/1
--- error_log
--- no_error_log
[alert]



=== TEST 20: an answer that comes after the link was changed is not kept
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
HMGET 1 delay 0.6
--- config
--- steps
wait 0.3
$ $SCANS "$U/q/a" >$D/first &
  sleep 0.2
  curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
      -d '{"fallback":"https://m.example.com/2"}'
  $SCANS "$U/q/a?n=[1-30]" | sort -u
  wait
  $SCANS "$U/q/a?n=[1-30]" | sort -u
= ~ ^20[01]\nhttps://m.example.com/2\nhttps://m.example.com/2$



=== TEST 21: a small zone and thousands of links: all answers are right
--- http_config
    rush_zone zone=small:1m links=512k;
--- config
--- steps
$ for i in $(seq 3000); do
      echo "{\"code\":\"c$i\",\"fallback\":\"https://m.example.com/c$i\"}"
  done >$D/links
  until curl -s -X POST $U/rush/links --data-binary @$D/links |
            grep -o '"outcome":"[a-z]*"' | grep -v pending; do sleep 0.1; done
= "outcome":"found"
$ for n in 1 2; do
      $SCANS -w '%{url_effective} %{redirect_url}\n' "$U/q/c[1-3000]" |
          sed 's/[^ ]*\///g' |
          awk '$1 == $2 { n++ } END { print n, NR }'
  done
  $SCANS -w '%{http_code}\n' "$U/q/d[1-3000]" | sort | uniq -c | tr -s ' '
= 3000 3000
= 3000 3000
=  3000 404
$ sed -i 's/com\/c\([0-9]*\)5"/com\/new\15"/' $D/links
  curl -s -o /dev/null -X POST $U/rush/links --data-binary @$D/links
  $SCANS -w '%{url_effective} %{redirect_url}\n' "$U/q/c[1-3000]" |
      sed 's/[^ ]*\///g; s/\([0-9]\) new/\1 c/' |
      awk '$1 == $2 { n++ } END { print n, NR }'
  $SCANS "$U/q/c[1-3000]" | grep -c new
= 3000 3000
= 300
--- timeout: 60



=== TEST 22: guesses evict guesses, and no links
--- http_config
    rush_zone zone=guess:1m links=512k;
--- proxy
--- config
--- steps
wait 0.5
$ for i in $(seq 40); do
      echo "{\"code\":\"c$i\",\"fallback\":\"https://m.example.com/c$i\"}"
  done >$D/links
  until curl -s -X POST $U/rush/links --data-binary @$D/links |
            grep -o '"outcome":"[a-z]*"' | grep -v pending; do sleep 0.1; done
= "outcome":"found"
wait 1
$ for n in 1 2; do $SCANS "$U/q/c[1-40]" | wc -l; done
  set c; eval "$LOOKS"
= 40
= 40
= 40
$ $SCANS -w '%{http_code}\n' "$U/q/d[1-6000]" | sort | uniq -c | tr -s ' '
  sleep 1
  $SCANS "$U/q/c[1-40]" | wc -l
  set c; eval "$LOOKS"
=  6000 404
= 40
= 40
--- timeout: 30



=== TEST 23: links outlive a reload, and so does what was counted of them
--- redis
HSET rush:link:{kept} json '{"fallback":"https://m.example.com/1"}' version 1 made 1
--- proxy
--- config
--- steps
wait 0.5
GET /q/kept
302
many 30 GET /q/kept
= 302 30
reload
many 30 GET /q/kept
= 302 30
reload s/worker_processes.*/worker_processes 1;/
many 30 GET /q/kept
= 302 30
$ set kept; eval "$LOOKS"
= 1
wait 1
GET /rush/links/kept/stats
200 {"scans":91,...}



=== TEST 24: reloads while others scan: all answers are right
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ (for i in 1 2 3 4 5 6; do sleep 0.15; kill -HUP $(pid); done) &
  for i in $(seq 60); do
      curl -s -o /dev/null -w '%{redirect_url}\n' -H 'Connection: close' \
          "$U/q/a?n=[1-4]"
  done | sort | uniq -c | tr -s ' '
  wait
=  240 https://m.example.com/1
--- timeout: 30



=== TEST 25: two rush_redis: one code is two links
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; database 1; }
    rush_pass one;
--- config
    location ~ ^/two/(?<code>[^/]+)$ { rush_pass two; rush_scan $code; }
    location /rush2/ { rush_pass two; rush_api; }
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
GET /two/a
404 {"outcome":"unknown",...}
~PUT /rush2/links/a
| {"fallback":"https://m.example.com/2"}
201
$ for i in 1 2 3; do
      $SCANS "$U/q/a?n=[1-20]"
      $SCANS "$U/two/a?n=[1-20]"
  done | uniq -c | tr -s ' '
=  20 https://m.example.com/1
=  20 https://m.example.com/2
=  20 https://m.example.com/1
=  20 https://m.example.com/2
=  20 https://m.example.com/1
=  20 https://m.example.com/2
DELETE /rush2/links/a
200
many 20 GET /two/a
= 404 unknown 20
many 20 GET /q/a
= 302 20
wait 1
GET /rush/links/a/stats
200 {"scans":80,...}



=== TEST 26: another prefix
--- http_config
    rush_prefix shop-7:;
--- config
--- steps
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/0"}' version 1
~GET /q/a
404
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
GET /q/a
302
Location: https://m.example.com/1
redis HSET shop-7:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD shop-7:links * codes a
wait 1
GET /q/a
302
Location: https://m.example.com/2
wait 1
GET /rush/links/a/stats
200 {"scans":2,...}
--- redis_after
> KEYS rush:*
rush:link:{a}



=== TEST 27: another prefix, or another Redis, after a reload
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
HSET shop:link:{a} json '{"fallback":"https://m.example.com/2"}' version 1
COPY shop:link:{a} shop:link:{b} DB 1
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; database 0; }
    rush_prefix rush:;
--- config
--- steps
~GET /q/a
302
Location: https://m.example.com/1
reload s/rush_prefix rush:/rush_prefix shop:/
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
reload s/rush_prefix shop:/rush_prefix rush:/
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/1
reload s/rush_prefix rush:/rush_prefix shop:/;s/database 0/database 1/
$ $SCANS -w '%{http_code}%{redirect_url}\n' "$U/q/a?n=[1-30]" | sort -u
= 404
$ $SCANS -w '%{http_code}%{redirect_url}\n' "$U/q/b?n=[1-30]" | sort -u
= 302https://m.example.com/2



=== TEST 28: the largest links are kept, too
--- proxy
--- config
--- steps
$ p=; for i in $(seq 60); do
      p="$p,{\"to\":\"https://m.example.com/$(printf '%0150d' $i)\"}"
  done
  until curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
            -d "{\"rules\":[{\"pick\":\"rotate\",\"pool\":[${p#,}]}]}" |
            grep -v 503; do sleep 0.1; done
= 201
$ $SCANS "$U/q/a?n=[1-6]" >/dev/null; $SCANS "$U/q/a?n=[1-600]" | sort |
      uniq -c | awk '{ print $1 }' | uniq -c | tr -s ' '
=  60 10
$ set a; eval "$LOOKS"
= ~ ^[123]$



=== TEST 29: a worker is killed: what all know stays
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1
--- proxy
--- config
--- steps
wait 0.5
GET /q/a
302
$ kill -9 $(pgrep -P $(pid)); sleep 0.5
many 30 GET /q/a
= 302 30
$ set a; eval "$LOOKS"
= 1
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/2"}' version 2
redis XADD rush:links * codes a
wait 1
$ $SCANS "$U/q/a?n=[1-30]" | sort -u
= https://m.example.com/2
--- error_log
exited on signal 9
--- no_error_log
[emerg]
