# What was counted of scans: exactly those that were answered with a target,
# whatever becomes of workers, nginx and Redis meanwhile.

use lib '.';
use t::Rush 'no_plan';

workers(2);

# scans on 64 connections, and where each has led
$ENV{SCANS} = 'curl -s --no-progress-meter -Z --parallel-max 64 -o /dev/null'
              . ' -w %{redirect_url}\n';

# all that was counted of the link $1
$ENV{SCANNED} = 'curl -s $U/rush/links/$1/stats | grep -o'
                . ' "\"scans\":[0-9]*,\"visitors\":[0-9]*" | tail -n 1';

# scans of a link by users from one number to another, many at once
$ENV{FLOOD} = <<'_EOC_';
    flood() {
        perl -MIO::Socket::INET -e '
            my ($port, $link, $first, $last) = @ARGV;
            my @users = $first .. $last;
            while (@users) {
                my @sent;
                for (1 .. 4) {
                    my @some = splice @users, 0, 200 or last;
                    my $c = IO::Socket::INET->new("127.0.0.1:$port") or die;
                    print $c map
                        "GET /q/$link?u=u$_ HTTP/1.1\r\nHost: a\r\n\r\n",
                        @some;
                    push @sent, [$c, scalar @some];
                }
                for (@sent) {
                    my ($c, $n) = @$_;
                    for (my $answers = ""; $n > 0; ) {
                        sysread $c, $answers, 65536, length $answers or die;
                        $n -= () = $answers =~ /\r\n\r\n/g;
                        $answers = substr $answers, 1 + rindex $answers, "\n";
                    }
                }
            }
        ' ${U##*:} "$@"
    }
_EOC_

# begins another nginx with the same Redis, at $H
$ENV{SECOND} = <<'_EOC_';
    mkdir -p $D/two/logs $D/two/conf
    sed "s/listen *${U##*:};/listen ${H##*:};/; s#$R/#$D/two/#g" \
        $R/conf/nginx.conf >$D/two/conf/nginx.conf
    (R=$D/two; start)
    for i in $(seq 100); do
        ! curl -sI -o /dev/null $H/q/a || break
        sleep 0.05
    done
_EOC_

# ends it, and tells what it has to complain about
$ENV{END} = <<'_EOC_';
    kill -QUIT $(cat $D/two/logs/nginx.pid)
    while [ -e $D/two/logs/nginx.pid ]; do sleep 0.05; done
    grep -E '\[(warn|error|crit|alert|emerg)\]' $D/two/logs/error.log
_EOC_

config_preamble(<<'_EOC_');
    rush_user $arg_u;
    rush_ref $arg_r;
    rush_scan_hosts m\.example\.com;

    location ~ ^/q/(?<code>[^/]+)$ { rush_scan $code; }
    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: by client, day and ref
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
GET /rush/links/a/stats
200 {"link":"a","scans":0,"visitors":0,"clients":{},"refs":{},"days":[],...}
many 5 GET /q/a?u=u%d
= 302 5
many 3 GET /q/a?u=u%d&r=till-1
= 302 3
GET /q/a?u=u9&r=till-2
User-Agent: MicroMessenger/8.0
302
GET /q/a?u=u9&r=no%20id
User-Agent: MicroMessenger/8.0
302
wait 1
GET /rush/links/a/stats
200 {"scans":10,"visitors":6,"clients":{"desktop":8,"wechat":2},"refs":{"till-1":3,"till-2":1},"days":[{"day":"<any>","scans":10,"visitors":6,"clients":{"desktop":8,"wechat":2},"refs":{"till-1":3,"till-2":1}}],...}
$ curl -s $U/rush/links/a/stats | grep -c "\"days\":\[{\"day\":\"$(date +%F)\""
= 1



=== TEST 2: a day is one of nginx's local time
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
# one of them has another day than UTC
$ for zone in EAST-14 WEST+12; do
      kill -QUIT $(pid)
      while [ -e $R/logs/nginx.pid ]; do sleep 0.05; done
      export TZ=$zone
      start
      until curl -s -o /dev/null $U/q/a; do sleep 0.05; done
      sleep 1
      d=$(date +%F)
      curl -s "$U/rush/links/a/stats?from=$d" |
          sed "s/$d/today/g; s/.*\"from/from/; s/,\"clients.*//"
      echo
  done
= from":"today","to":"today","days":[{"day":"today","scans":1,"visitors":1
= from":"today","to":"today","days":[{"day":"today","scans":1,"visitors":1



=== TEST 3: the ref is the link's, if it has one
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1","ref":"cashier-7"}
201
many 4 GET /q/a?r=till-1
= 302 4
wait 1
GET /rush/links/a/stats
200 {"scans":4,"refs":{"cashier-7":4},...}



=== TEST 4: whatever target it is, and as a redirect or as JSON
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"arg":"n","is":["1"],"to":"https://m.example.com/1"}],
|  "fallback":"https://m.example.com/none"}
201
PUT /rush/links/b
| {"rules":[{"to":"https://m.example.com/1"}],"starts":<now+1h>,
|  "before":"https://m.example.com/before"}
201
PUT /rush/links/c
| {"rules":[{"to":"https://m.example.com/1"}],"ends":<now-1h>,
|  "after":"https://m.example.com/after"}
201
GET /q/a?n=1
302
GET /q/a
302
GET /q/a
Accept: application/json
200
GET /q/a?q=https%3A%2F%2Fm.example.com%2Fq%2Fa
200
GET /q/b
302
Location: https://m.example.com/before
GET /q/c
302
Location: https://m.example.com/after
wait 1
GET /rush/links/a/stats
200 {"scans":4,...}
GET /rush/links/b/stats
200 {"scans":1,...}
GET /rush/links/c/stats
200 {"scans":1,...}



=== TEST 5: what is not counted: HEAD, bots, prefetch, and what has no target
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
PUT /rush/links/b
| {"rules":[{"to":"https://m.example.com/1"}],"starts":<now+1h>}
201
PUT /rush/links/c
| {"rules":[{"to":"https://m.example.com/1"}],"ends":<now-1h>}
201
PUT /rush/links/d
| {"rules":[{"client":"wechat","to":"https://m.example.com/1"}]}
201
PUT /rush/links/e
| {"fallback":"https://m.example.com/{arg.x}?x={arg.x}","query":"pass"}
201
HEAD /q/a
302
GET /q/a
User-Agent: Googlebot/2.1
302
GET /q/a
Purpose: prefetch
302
GET /q/a
Sec-Purpose: prefetch
302
GET /q/a
X-Moz: prefetch
302
GET /q/a
X-Purpose: preview
302
POST /q/a
405
GET /q/a?q=nonsense
400
GET /q/b
425
GET /q/c
410
GET /q/d
404
GET /q/e?x=<x*3000>
400
GET /q/none
404
wait 1
$ for l in a b c d e; do set $l; eval "$SCANNED"; done | uniq -c | tr -s ' '
=  5 "scans":0,"visitors":0
redis KEYS *:day:*
=
redis KEYS *:seen:*
=



=== TEST 6: visitors: by the user, the cookie, or address and User-Agent
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
PUT /rush/links/b
| {"fallback":"https://m.example.com/1"}
201
many 20 GET /q/a?u=ann
= 302 20
GET /q/a?u=ann
User-Agent: one
Cookie: rush_v=<x*22>
302
wait 1
GET /rush/links/a/stats
200 {"scans":21,"visitors":1,...}
GET /q/a
Cookie: rush_v=<x*22>
User-Agent: one
302
GET /q/a
Cookie: rush_v=<x*22>
User-Agent: two
302
wait 1
GET /rush/links/a/stats
200 {"scans":23,"visitors":2,...}
GET /q/a
User-Agent: one
302
GET /q/a
User-Agent: one
302
GET /q/a
User-Agent: two
302
GET /q/a
302
wait 1
GET /rush/links/a/stats
200 {"scans":27,"visitors":5,...}
# of a user or cookie that is ill-formed, the rest
GET /q/a?u=no%20id
User-Agent: one
302
GET /q/a
User-Agent: one
Cookie: rush_v=<x*21>
302
# once, whoever brought him, and each link has its own
GET /q/a?u=ann&r=till-1
302
GET /q/b?u=ann
302
wait 1
GET /rush/links/a/stats
200 {"scans":30,"visitors":5,"refs":{"till-1":1},...}
GET /rush/links/b/stats
200 {"scans":1,"visitors":1,...}



=== TEST 7: the cookie that is set is that of a visitor
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/2"}],"sticky":true}]}
201
GET /q/a
302
Set-Cookie: rush_v=<V>; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax
GET /q/a
Cookie: rush_v=<V>
302
wait 1
GET /rush/links/a/stats
200 {"scans":2,"visitors":1,...}



=== TEST 8: many visitors, by two nginx, and each comes again
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ eval "$SECOND"
  for n in 1 2; do
      $SCANS "$U/q/a?u=u[1-3000]" >$D/one &
      $SCANS "$H/q/a?u=u[1001-4000]" >$D/other
      wait
  done
  eval "$END"
  sleep 1
  set a; eval "$SCANNED" | tr ':,' '  ' |
      awk '{ print $2, ($4 > 3850 && $4 < 4150 ? "about 4000" : $4) }'
= 12000 about 4000
--- timeout: 60



=== TEST 9: workers are killed: nothing is lost, nothing counted twice
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ for n in 1 2 3 4; do
      $SCANS "$U/q/a?u=u[1-250]" >/dev/null
      kill -9 $(pgrep -P $(pid))
      sleep 0.$((n * 2))
  done
  sleep 1
  set a; eval "$SCANNED" | tr ':,' '  ' |
      awk '{ print $2, ($4 > 240 && $4 < 260 ? "about 250" : $4) }'
= 1000 about 250
--- error_log
exited on signal 9
--- no_error_log
[emerg]



=== TEST 10: reloads while others scan, and old workers that go on
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ (for i in 1 2 3 4 5 6; do sleep 0.2; kill -HUP $(pid); done) &
  for i in $(seq 40); do
      curl -s --no-progress-meter -Z --parallel-max 64 -o /dev/null \
          -H 'Connection: close' -w '%{redirect_url}\n' \
          "$U/q/a?u=u[1-64]&i=$i"
  done | grep -c https >$D/answered
  wait
  sleep 1.5
  set a; eval "$SCANNED" | sed 's/,.*//'
  echo "\"scans\":$(cat $D/answered)"
= "scans":2560
= "scans":2560
--- timeout: 30



=== TEST 11: nginx is stopped by quit, and writes first
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
row 50 GET /q/a?u=u%d
= 302 50
restart
$ set a; eval "$SCANNED"
= "scans":50,"visitors":50
row 50 GET /q/a?u=u%d
= 302 50
restart
$ set a; eval "$SCANNED"
= "scans":100,"visitors":50



=== TEST 12: quit writes all there is
--- config
--- steps
$ for i in $(seq 1500); do
      echo "{\"code\":\"c$i\",\"fallback\":\"https://m.example.com/c$i\"}"
  done >$D/links
  until curl -s -X POST $U/rush/links --data-binary @$D/links |
            grep -o '"outcome":"[a-z]*"' | grep -v pending; do sleep 0.1; done
= "outcome":"found"
$ $SCANS "$U/q/c[1-1500]" | wc -l
= 1500
restart
redis EVAL "return #redis.call('KEYS', '*:day:*')" 0
= 1500



=== TEST 13: a scan that was answered while nginx was about to quit
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1 made 1
--- proxy
HMGET * delay 0.8
--- config
--- steps
wait 0.5
$ (sleep 0.3; kill -QUIT $(pid)) &
  curl -s -o /dev/null -w '%{http_code}\n' "$U/q/a?u=ann"
  while [ -e $R/logs/nginx.pid ]; do sleep 0.05; done
  wait
  start
= 302
proxy
$ until curl -s $U/rush/links/a/stats | grep -q found; do sleep 0.1; done
  set a; eval "$SCANNED"
= "scans":1,"visitors":1
--- error_log
--- no_error_log
[alert]



=== TEST 14: quit does not wait for a Redis that is away, or does not answer
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
row 50 GET /q/a?u=u%d
= 302 50
wait 1
proxy off
row 50 GET /q/a?u=u%d
= 302 50
$ t=$(date +%s); kill -QUIT $(pid)
  while [ -e $R/logs/nginx.pid ]; do sleep 0.05; done
  [ $(($(date +%s) - t)) -le 3 ] || echo late
  start
  until curl -sI -o /dev/null $U/q/a; do sleep 0.05; done
=
proxy
~GET /rush/links/a
200
row 50 GET /q/a?u=u%d
= 302 50
proxy EVALSHA * never
wait 1
row 50 GET /q/a?u=u%d
= 302 50
$ t=$(date +%s); kill -QUIT $(pid)
  while [ -e $R/logs/nginx.pid ]; do sleep 0.05; done
  [ $(($(date +%s) - t)) -le 4 ] || echo late
  start
  until curl -sI -o /dev/null $U/q/a; do sleep 0.05; done
=
--- timeout: 40
--- error_log
--- no_error_log
[alert]



=== TEST 15: two nginx: all of both
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ eval "$SECOND"
  $SCANS "$U/q/a?u=u[1-300]&r=till-1" >$D/one &
  $SCANS "$H/q/a?u=u[1-300]&r=till-[1-2]" >$D/other
  wait
  eval "$END"
=
wait 1
GET /rush/links/a/stats
200 {"scans":900,"refs":{"till-1":600,"till-2":300},...}
--- timeout: 30



=== TEST 16: Redis away: counted meanwhile, and written when it is back
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 50 GET /q/a?u=u%d
= 302 50
proxy off
many 60 GET /q/a?u=u%d
= 302 60
wait 1.2
many 70 GET /q/a?u=u%d
= 302 70
proxy
~GET /rush/links/a
200
wait 1
$ set a; eval "$SCANNED"
= "scans":180,"visitors":70
--- error_log
--- no_error_log
[alert]



=== TEST 17: Redis comes back with nothing: all is written again
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 50 GET /q/a?u=u%d&r=till-1
= 302 50
wait 1
many 20 GET /q/a?u=u%d&r=till-2
= 302 20
wait 1
$ set a; eval "$SCANNED"
= "scans":70,"visitors":50
proxy off
redis FLUSHALL
redis HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1 made 1
many 30 GET /q/a?u=u%d&r=till-1
= 302 30
proxy
~GET /rush/links/a
200
wait 1
GET /rush/links/a/stats
200 {"scans":100,"visitors":50,"refs":{"till-1":80,"till-2":20},...}
many 30 GET /q/a?u=u%d&r=till-1
= 302 30
wait 1
GET /rush/links/a/stats
200 {"scans":130,"visitors":50,"refs":{"till-1":110,"till-2":20},...}
--- error_log
--- no_error_log
[alert]



=== TEST 18: written, and the answer lost, again and again: counted once
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 50 GET /q/a?u=u%d
= 302 50
wait 1
proxy EVALSHA * lose
many 50 GET /q/a?u=u%d
= 302 50
wait 1.5
many 50 GET /q/a?u=u%d
= 302 50
proxy EVALSHA * cut 2
many 50 GET /q/a?u=u%d
= 302 50
wait 1.5
proxy SCRIPT * lose
wait 1
many 50 GET /q/a?u=u%d
= 302 50
proxy
~GET /rush/links/a
200
wait 1
$ set a; eval "$SCANNED"
= "scans":250,"visitors":50
--- error_log
--- no_error_log
[alert]



=== TEST 19: a write that Redis refuses is written later
--- proxy
EVALSHA * reply -OOM no memory\r\n
--- redis
HSET rush:link:{a} json '{"fallback":"https://m.example.com/1"}' version 1 made 1
--- config
--- steps
~GET /q/a?u=u1
302
many 50 GET /q/a?u=u%d
= 302 50
wait 1
redis KEYS *:day:*
=
proxy
~GET /rush/links/a
200
wait 1
$ set a; eval "$SCANNED"
= "scans":51,"visitors":50
--- error_log
--- no_error_log
[emerg]



=== TEST 20: more refs than a small zone has room for: all is counted
--- http_config
    rush_zone zone=refs:1m links=512k;
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ $SCANS "$U/q/a?u=ann&r=r[1-3000]" | wc -l
  sleep 1.5
  set a; eval "$SCANNED"
= 3000
= "scans":3000,"visitors":1
--- timeout: 30



=== TEST 21: refs that make room for others, and come again
--- http_config
    rush_zone zone=again:1m links=512k;
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
$ for n in 1 2 3; do
      for k in 1 2 3 4 5 6 7 8; do
          $SCANS "$U/q/a?u=ann&r=r${k}-[1-40]" >/dev/null
          sleep 0.5
      done
  done
  sleep 0.5
  curl -s $U/rush/links/a/stats | grep -o '"scans":.*' | sed 's/"days.*//' |
      grep -o '"r[0-9]-[0-9]*":[0-9]*' | sort | uniq |
      awk -F: '{ n[$2]++ }
               END { for (i in n) print (n[i] > 300 ? "most" : i < 3), i }' |
      grep -v '^1'
  set a; eval "$SCANNED"
= most 3
= "scans":960,"visitors":1
--- timeout: 60



=== TEST 22: a link that is made again goes on with what was counted
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 20 GET /q/a?u=u%d
= 302 20
wait 1
PUT /rush/links/a
| {"fallback":"https://m.example.com/2"}
200
many 20 GET /q/a?u=u%d
= 302 20
wait 1
$ set a; eval "$SCANNED"
= "scans":40,"visitors":20



=== TEST 23: nothing is written if there is nothing new
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 20 GET /q/a?u=u%d
= 302 20
wait 1
redis CONFIG RESETSTAT
$ grep -c ':day:' $D/proxy.log >$D/writes; cat $D/writes
= ~ ^[1-3]$
wait 1.5
$ grep -c ':day:' $D/proxy.log | cmp - $D/writes
=
# and who comes again is no news
many 20 GET /q/a?u=u%d
= 302 20
wait 1
redis INFO commandstats
= ~ (?s)^(?!.*cmdstat_pfadd).*cmdstat_evalsha
$ set a; eval "$SCANNED"
= "scans":40,"visitors":20



=== TEST 24: nginx is killed: what was written stays, and it begins anew
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 50 GET /q/a?u=u%d
= 302 50
wait 1
$ kill -9 $(pid) $(pgrep -P $(pid)); sleep 0.2
  start
  until curl -sI -o /dev/null $U/q/a; do sleep 0.05; done
many 30 GET /q/a?u=u%d
= 302 30
wait 1
$ set a; eval "$SCANNED"
= "scans":80,"visitors":50



=== TEST 25: a worker is killed while it writes
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 50 GET /q/a?u=u%d
= 302 50
wait 1
proxy EVALSHA * delay 0.6
wait 0.5
many 40 GET /q/a?u=u%d
= 302 40
wait 0.4
$ kill -9 $(pgrep -P $(pid)); sleep 0.3
many 30 GET /q/a?u=u%d
= 302 30
proxy
~GET /rush/links/a
200
wait 1
$ set a; eval "$SCANNED"
= "scans":120,"visitors":50
--- error_log
exited on signal 9
--- no_error_log
[emerg]



=== TEST 26: reloads while many visitors are being written: none is lost
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
GET /q/a
302
proxy EVALSHA * delay 0.3
wait 0.5
$ $SCANS "$U/q/a?u=u[1-4000]" | wc -l
  for i in 1 2 3 4; do kill -HUP $(pid); sleep 0.35; done
= 4000
proxy
~GET /rush/links/a
200
wait 2.5
$ set a; eval "$SCANNED" | tr ':,' '  ' |
      awk '{ print $2, ($4 > 3850 && $4 < 4150 ? "about 4000" : $4) }'
= 4001 about 4000
--- timeout: 30
--- error_log
--- no_error_log
[alert]



=== TEST 27: classes of clients that come and go by reloads
--- http_config
    # one
    # two
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
many 5 GET /q/a
= 302 5
reload s/# one/rush_client one One;/
many 5 GET /q/a
= 302 5
GET /q/a
User-Agent: One
302
reload s/rush_client one One;//; s/# two/rush_client two Two;/
GET /q/a
User-Agent: One
302
GET /q/a
User-Agent: Two
302
wait 1
GET /rush/links/a/stats
200 {"scans":13,"clients":{"desktop":11,"one":1,"two":1},...}



=== TEST 28: more visitors of a link than go in one write, while others come
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
~PUT /rush/links/b
| {"fallback":"https://m.example.com/2"}
201
~PUT /rush/links/c
| {"fallback":"https://m.example.com/3"}
201
~PUT /rush/links/d
| {"fallback":"https://m.example.com/4"}
201
GET /q/a
302
GET /q/b
302
GET /q/c
302
GET /q/d
302
# nothing is written, so that more than 4,096 wait
proxy EVALSHA * never
$ eval "$FLOOD"
  for l in a b c d; do flood $l 1 6000 & done; wait
proxy
$ eval "$FLOOD"
  for l in a b c d; do flood $l 6001 20000 & done; wait
  sleep 0.5
# who had no place then has one now; who was written is not written again
$ eval "$FLOOD"
  for l in a b c d; do flood $l 1 20000 & done; wait
  sleep 1
$ for l in a b c d; do set $l; eval "$SCANNED"; done | tr ':,' '  ' |
      awk '{ print $2, ($4 > 19000 && $4 < 21000 ? "about 20000" : $4) }'
= 40001 about 20000
= 40001 about 20000
= 40001 about 20000
= 40001 about 20000
--- timeout: 60
--- error_log
--- no_error_log
[alert]
