# Pools of links: what each target gets, exactly, and who gets which.

use lib '.';
use t::Rush 'no_plan';

workers(2);

# scans on 64 connections, and where each has led
$ENV{SCANS} = 'curl -s --no-progress-meter -Z --parallel-max 64 -o /dev/null'
              . ' -w %{redirect_url}\n';

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
    rush_scan_hosts m\.example\.com;

    location ~ ^/q/(?<code>[^/]+)$ { rush_scan $code; }
    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: fill: the first with room, one without a cap has room for ever
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":2},
|                    {"to":"https://m.example.com/2","cap":1},
|                    {"to":"https://m.example.com/3"}],"pick":"fill"}]}
201
GET /q/a
302
Location: https://m.example.com/1
! Set-Cookie
GET /q/a
302
Location: https://m.example.com/1
GET /q/a
302
Location: https://m.example.com/2
GET /q/a
302
Location: https://m.example.com/3
GET /q/a
302
Location: https://m.example.com/3
GET /rush/links/a
200 {"taken":[{"to":"https://m.example.com/1","n":2},{"to":"https://m.example.com/2","n":1},{"to":"https://m.example.com/3","n":2}],...}



=== TEST 2: a pool without room does not fit: the next rule, then the fallback
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1}]},
|           {"pool":[{"to":"https://m.example.com/2","cap":1}]}],
|  "fallback":"https://m.example.com/none"}
201
PUT /rush/links/b
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1}]}]}
201
GET /q/a
302
Location: https://m.example.com/1
GET /q/a
302
Location: https://m.example.com/2
GET /q/a
302
Location: https://m.example.com/none
# places of the one are not those of the other
GET /q/b
302
Location: https://m.example.com/1
GET /q/b
404 {"outcome":"unknown",...}



=== TEST 3: rotate with caps: all in turn, and on when one is full
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":3},
|                    {"to":"https://m.example.com/2","cap":1},
|                    {"to":"https://m.example.com/3"}],"pick":"rotate"}],
|  "fallback":"https://m.example.com/none"}
201
$ for i in 1 2 3 4 5 6 7 8; do $SCANS "$U/q/a"; done | sed 's/.*\///'
= 1
= 2
= 3
= 1
= 3
= 1
= 3
= 3



=== TEST 4: rotate without a cap: all in turn, on all workers
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/2"},
|                    {"to":"https://m.example.com/3"}],"pick":"rotate"}]}
201
$ $SCANS "$U/q/a?u=u[1-900]" | sort | uniq -c | tr -s ' '
=  300 https://m.example.com/1
=  300 https://m.example.com/2
=  300 https://m.example.com/3



=== TEST 5: rotate in two pools of one link: each has its own turn
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"arg":"src","is":["tv"],"pick":"rotate",
|            "pool":[{"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/2"}]},
|           {"pick":"rotate",
|            "pool":[{"to":"https://m.example.com/3"},
|                    {"to":"https://m.example.com/4"}]}]}
201
$ for i in $(seq 20); do
      $SCANS "$U/q/a?src=tv"
      $SCANS "$U/q/a?src=web"
  done | sort | uniq -c | tr -s ' '
=  10 https://m.example.com/1
=  10 https://m.example.com/2
=  10 https://m.example.com/3
=  10 https://m.example.com/4



=== TEST 6: weight with caps: in their ratio all along
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","weight":3,"cap":60},
|                    {"to":"https://m.example.com/2","cap":100}],
|            "pick":"weight"}],
|  "fallback":"https://m.example.com/none"}
201
$ $SCANS "$U/q/a?u=u[1-40]" | sort | uniq -c | tr -s ' '
=  30 https://m.example.com/1
=  10 https://m.example.com/2
$ $SCANS "$U/q/a?u=u[1-40]" | sort | uniq -c | tr -s ' '
=  30 https://m.example.com/1
=  10 https://m.example.com/2
$ $SCANS "$U/q/a?u=u[1-100]" | sort | uniq -c | tr -s ' '
=  80 https://m.example.com/2
=  20 https://m.example.com/none



=== TEST 7: weight without a cap: in their ratio
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","weight":3},
|                    {"to":"https://m.example.com/2"}],"pick":"weight"}]}
201
# 3000, with a deviation of 27
$ $SCANS "$U/q/a?u=u[1-4000]" | sort | uniq -c |
      awk '{ print ($1 > 2840 && $1 < 3160 ? "3" : $1), $2 } NR > 1 { exit }' |
      head -n 1
= 3 https://m.example.com/1



=== TEST 8: until, without a cap, and a pool in which all are over
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","until":<now-1s>},
|                    {"to":"https://m.example.com/2","until":<now+2s>},
|                    {"to":"https://m.example.com/3","until":<now+4s>}]}],
|  "fallback":"https://m.example.com/none"}
201
GET /q/a
302
Location: https://m.example.com/2
wait 2.1
GET /q/a
302
Location: https://m.example.com/3
wait 2
GET /q/a
302
Location: https://m.example.com/none



=== TEST 9: until, with a cap: who has it comes to the next one
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":5,"until":<now+2s>},
|                    {"to":"https://m.example.com/2","cap":1,"until":<now+1h>},
|                    {"to":"https://m.example.com/3","cap":5,"until":<now-1h>}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
GET /q/a?u=ann
302
Location: https://m.example.com/1
GET /q/a?u=bob
302
Location: https://m.example.com/1
wait 2.1
GET /q/a?u=ann
302
Location: https://m.example.com/2
GET /q/a?u=ann
302
Location: https://m.example.com/2
GET /q/a?u=bob
302
Location: https://m.example.com/none



=== TEST 10: sticky: the same target, and counted once
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":2}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
$ for u in ann bob ann cat dan bob cat ann dan; do $SCANS "$U/q/a?u=$u"; done |
      sed 's/.*\///'
= 1
= 2
= 1
= 2
= none
= 2
= 2
= 1
= none
GET /rush/links/a
200 {"taken":[{"to":"https://m.example.com/1","n":1},{"to":"https://m.example.com/2","n":2}],...}



=== TEST 11: without sticky who comes again is counted again
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":1}]}],
|  "fallback":"https://m.example.com/none"}
201
GET /q/a?u=ann
302
Location: https://m.example.com/1
GET /q/a?u=ann
302
Location: https://m.example.com/2
GET /q/a?u=ann
302
Location: https://m.example.com/none



=== TEST 12: sticky without a user: a cookie, set once
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":1},
|                    {"to":"https://m.example.com/3","cap":9}],
|            "sticky":true}]}
201
GET /q/a
302
Location: https://m.example.com/1
Set-Cookie: rush_v=<V>; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax
GET /q/a
Cookie: other=1; rush_v=<V>; more=2
302
Location: https://m.example.com/1
! Set-Cookie
GET /q/a
302
Location: https://m.example.com/2
Set-Cookie: rush_v=<W>; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax
GET /q/a
Cookie: rush_v=<W>
302
Location: https://m.example.com/2
! Set-Cookie
# ann is ann, whatever her cookie is
GET /q/a?u=ann
Cookie: rush_v=<W>
302
Location: https://m.example.com/3
! Set-Cookie
GET /q/a?u=<W>
302
Location: https://m.example.com/3
! Set-Cookie
GET /rush/links/a
200 {"taken":[{"to":"https://m.example.com/1","n":1},{"to":"https://m.example.com/2","n":1},{"to":"https://m.example.com/3","n":2}],...}
$ [ "<V>" != "<W>" ] && expr length "<V>"
= 22



=== TEST 13: cookies that nobody has set are ignored, and others set
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":9}],
|            "sticky":true}]}
201
GET /q/a?u=ann
302
Location: https://m.example.com/1
GET /q/a
Cookie: rush_v=ann
302
Location: https://m.example.com/2
Set-Cookie: ~ ^rush_v=[\w-]{22}; Path=
GET /q/a
Cookie: rush_v=<x*21>
302
Set-Cookie: ~ ^rush_v=(?!xxxx)[\w-]{22};
GET /q/a
Cookie: rush_v=<x*23>
302
Set-Cookie: ~ ^rush_v=(?!xxxx)[\w-]{22};
GET /q/a
Cookie: rush_v=<x*21>~
302
Set-Cookie: ~ ^rush_v=(?!xxxx)[\w-]{22};
GET /q/a
Cookie: rush_v=
302
Set-Cookie: ~ ^rush_v=[\w-]{22};
GET /q/a
Cookie: rush_v=<x*4000>
302
Set-Cookie: ~ ^rush_v=(?!xxxx)[\w-]{22};
redis HLEN rush:link:{a}:users
= 7



=== TEST 14: sticky without a cap: a cookie, too, and none of who has a name
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/2"}],
|            "pick":"rotate","sticky":true}]}
201
GET /q/a
302
Location: <L>
Set-Cookie: rush_v=<V>; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax
$ for i in $(seq 20); do $SCANS -b rush_v=<V> "$U/q/a"; done | sort -u
= <L>
GET /q/a
Cookie: rush_v=<V>
302
Location: <L>
! Set-Cookie
GET /q/a?u=ann
302
! Set-Cookie



=== TEST 15: HEAD, bots and prefetch have the same answer, and take nothing
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":1}]}],
|  "fallback":"https://m.example.com/none"}
201
many 20 HEAD /q/a
= 302 20
HEAD /q/a
302
Location: https://m.example.com/1
GET /q/a
User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)
302
Location: https://m.example.com/1
GET /q/a
Purpose: prefetch
302
Location: https://m.example.com/1
GET /q/a
Sec-Purpose: prefetch;prerender
302
Location: https://m.example.com/1
GET /q/a
X-Moz: prefetch
302
Location: https://m.example.com/1
GET /q/a
X-Purpose: preview
302
Location: https://m.example.com/1
redis EXISTS rush:link:{a}:pool
= 0
GET /q/a
302
Location: https://m.example.com/1
HEAD /q/a
302
Location: https://m.example.com/2
GET /q/a
302
Location: https://m.example.com/2
HEAD /q/a
302
Location: https://m.example.com/none



=== TEST 16: HEAD of who has a target tells that one
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":1}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
HEAD /q/a?u=ann
302
Location: https://m.example.com/1
GET /q/a?u=bob
302
Location: https://m.example.com/1
GET /q/a?u=ann
302
Location: https://m.example.com/2
HEAD /q/a?u=bob
302
Location: https://m.example.com/1
HEAD /q/a?u=ann
302
Location: https://m.example.com/2
HEAD /q/a?u=cat
302
Location: https://m.example.com/none
redis HLEN rush:link:{a}:users
= 2



=== TEST 17: 1000 users on 64 connections and two nginx, 5 targets of 100
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":100},
|                    {"to":"https://m.example.com/2","cap":100},
|                    {"to":"https://m.example.com/3","cap":100},
|                    {"to":"https://m.example.com/4","cap":100},
|                    {"to":"https://m.example.com/5","cap":100}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
$ eval "$SECOND"
  $SCANS -w '%{url_effective} %{redirect_url}\n' "$U/q/a?u=u[1-1000]" >$D/one &
  $SCANS -w '%{url_effective} %{redirect_url}\n' "$H/q/a?u=u[1-1000]" >$D/other
  wait
  # each user once on each, at about the same time
  cat $D/one $D/other | sed 's/.*?//' | sort -u >$D/all
  wc -l <$D/all
  sed 's/.* //' $D/all | sort | uniq -c | tr -s ' '
= 1000
=  100 https://m.example.com/1
=  100 https://m.example.com/2
=  100 https://m.example.com/3
=  100 https://m.example.com/4
=  100 https://m.example.com/5
=  500 https://m.example.com/none
# and again, on the first one and on the other one
$ for n in $U $H; do
      $SCANS -w '%{url_effective} %{redirect_url}\n' "$n/q/a?u=u[1-1000]" |
          sed 's/.*?//' | sort -u | cmp - $D/all
  done
  eval "$END"
=
GET /rush/links/a
200 {"taken":[{"to":"https://m.example.com/1","n":100},{"to":"https://m.example.com/2","n":100},{"to":"https://m.example.com/3","n":100},{"to":"https://m.example.com/4","n":100},{"to":"https://m.example.com/5","n":100}],...}
--- timeout: 60



=== TEST 18: the same for those who have no name, by 1000 scans of nobody
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":100},
|                    {"to":"https://m.example.com/2","cap":150}],
|            "pick":"rotate","sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
$ $SCANS "$U/q/a?n=[1-1000]" | sort | uniq -c | tr -s ' '
=  100 https://m.example.com/1
=  150 https://m.example.com/2
=  750 https://m.example.com/none
redis HLEN rush:link:{a}:users
= 250
--- timeout: 30



=== TEST 19: a hundred targets
--- config
--- steps
$ p=; for i in $(seq 100); do
      p="$p,{\"to\":\"https://m.example.com/$i\",\"cap\":1}"
  done
  for i in 1 2 3 4 5 6 7 8 9 10; do
      curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
          -d "{\"rules\":[{\"sticky\":true,\"pool\":[${p#,}]}]}" | grep 20 &&
          break
      sleep 0.2
  done
= 201
$ $SCANS -w '%{http_code} %{redirect_url}\n' "$U/q/a?u=u[1-150]" | sort |
      uniq -c | awk '{ n[$1 " " $2]++ } END { for (i in n) print n[i], i }' |
      sort
= 1 50 404
= 100 1 302



=== TEST 20: max: exactly so many, then after
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/","after":"https://m.example.com/over",
|  "max":100}
201
$ eval "$SECOND"
  $SCANS "$U/q/a?u=u[1-150]" >$D/one &
  $SCANS "$H/q/a?u=u[1-150]" >$D/other
  wait
  cat $D/one $D/other | sort | uniq -c | tr -s ' '
=  100 https://m.example.com/
=  200 https://m.example.com/over
GET /rush/links/a
200 {"max":100,"counted":100,...}
# more of it: by another node, too
PATCH /rush/links/a
| {"max":150}
200
wait 1
$ $SCANS "$U/q/a?u=u[1-100]" >$D/one &
  $SCANS "$H/q/a?u=u[1-100]" >$D/other
  wait
  cat $D/one $D/other | sort | uniq -c | tr -s ' '
=  50 https://m.example.com/
=  150 https://m.example.com/over
PATCH /rush/links/a
| {"max":0}
200
wait 1
$ for n in $U $H; do $SCANS "$n/q/a?u=u[1-10]"; done | sort | uniq -c
  eval "$END"
= ~ ^ +20 https://m.example.com/$
--- timeout: 30



=== TEST 21: max: with no after the fallback, with neither 410
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/1"}],
|  "fallback":"https://m.example.com/none","max":2}
201
PUT /rush/links/b
| {"rules":[{"to":"https://m.example.com/1"}],"max":2}
201
$ for i in 1 2 3 4; do $SCANS "$U/q/a"; done | sed 's/.*\///'
= 1
= 1
= none
= none
many 20 GET /q/b
= 302 2
= 410 ended 18
GET /q/b
410 {"outcome":"ended",...}
Cache-Control: no-store
PATCH /rush/links/b
| {"max":3}
200
many 20 GET /q/b
= 302 1
= 410 ended 19
# less than were counted
PATCH /rush/links/b
| {"max":1}
200
many 20 GET /q/b
= 410 ended 20



=== TEST 22: max: HEAD and bots take nothing of it, and are told when it is over
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; }
    rush_pass one;
--- config
    location ~ ^/two/(?<code>[^/]+)$ { rush_pass two; rush_scan $code; }
--- steps
~PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/1"}],"max":1}
201
many 10 HEAD /q/a
= 302 10
many 10 HEAD /two/a
= 302 10
GET /q/a
User-Agent: bingbot/2.0
302
GET /q/a
302
GET /q/a
410
HEAD /q/a
410
GET /q/a
User-Agent: bingbot/2.0
410
# nor where nobody has been told yet
HEAD /two/a
410



=== TEST 23: max counts scans that are answered with a target, and no others
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"client":"wechat","to":"https://m.example.com/1"}],"max":2}
201
many 5 GET /q/a
= 404 unknown 5
GET /q/a
User-Agent: MicroMessenger/8.0
302
GET /q/a
404
GET /q/a
User-Agent: MicroMessenger/8.0
302
GET /q/a
User-Agent: MicroMessenger/8.0
410



=== TEST 24: a target that is taken out and put back goes on where it was
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":3},
|                    {"to":"https://m.example.com/2","cap":9}]}]}
201
$ for i in 1 2; do $SCANS "$U/q/a"; done | sed 's/.*\///'
= 1
= 1
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/2","cap":9},
|                    {"to":"https://m.example.com/3","cap":1}]}]}
200
GET /q/a
302
Location: https://m.example.com/2
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/3","cap":1},
|                    {"to":"https://m.example.com/1","cap":3},
|                    {"to":"https://m.example.com/2","cap":9}]}]}
200
$ for i in 1 2 3 4; do $SCANS "$U/q/a"; done | sed 's/.*\///'
= 3
= 1
= 2
= 2
GET /rush/links/a
200 {"taken":[{"to":"https://m.example.com/3","n":1},{"to":"https://m.example.com/1","n":3},{"to":"https://m.example.com/2","n":3}],...}



=== TEST 25: sticky: a target that is taken out, and caps that change
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":2},
|                    {"to":"https://m.example.com/2","cap":2}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
$ for u in a b c; do $SCANS "$U/q/a?u=$u"; done | sed 's/.*\///'
= 1
= 1
= 2
# a cap below what was taken: who has it keeps it
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":2}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
200
$ for u in a b c d e; do $SCANS "$U/q/a?u=$u"; done | sed 's/.*\///'
= 1
= 1
= 2
= 2
= none
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":3},
|                    {"to":"https://m.example.com/2","cap":2}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
200
$ for u in a b c d e f; do $SCANS "$U/q/a?u=$u"; done | sed 's/.*\///'
= 1
= 1
= 2
= 2
= 1
= none
# those of a target that is gone go where there is room
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/2","cap":2},
|                    {"to":"https://m.example.com/3","cap":1}],
|            "sticky":true}],
|  "fallback":"https://m.example.com/none"}
200
$ for u in a b c d a; do $SCANS "$U/q/a?u=$u"; done | sed 's/.*\///'
= 3
= none
= 2
= 2
= 3



=== TEST 26: sticky in many pools of a link: all are remembered
--- config
--- steps
$ r=; for i in $(seq 12); do
      r="$r,{\"arg\":\"n\",\"is\":[\"$i\"],\"sticky\":true,
             \"pool\":[{\"to\":\"https://m.example.com/$i\",\"cap\":2}]}"
  done
  for i in 1 2 3 4 5 6 7 8 9 10; do
      curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
          -d "{\"rules\":[${r#,}]}" | grep 20 && break
      sleep 0.2
  done
= 201
$ for i in 1 2 3; do
      for n in $(seq 12); do $SCANS "$U/q/a?u=ann&n=$n"; done
  done | sort | uniq -c | awk '{ n[$1]++ } END { for (i in n) print n[i], i }'
  curl -s $U/rush/links/a | grep -o '"n":[0-9]*' | sort | uniq -c | tr -s ' '
= 12 3
=  12 "n":1



=== TEST 27: sticky without a cap: only those of a target that goes are moved
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/2"},
|                    {"to":"https://m.example.com/3"},
|                    {"to":"https://m.example.com/4"}],
|            "pick":"rotate","sticky":true}]}
201
$ $SCANS -w '%{url_effective} %{redirect_url}\n' "$U/q/a?u=u[1-800]" |
      sort >$D/before
  # 200, with a deviation of 12
  sed 's/.*\///' $D/before | sort | uniq -c |
      awk '{ print ($1 > 135 && $1 < 265 ? "some" : $1), $2 }'
= some 1
= some 2
= some 3
= some 4
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/4"},
|                    {"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/3"}],
|            "pick":"rotate","sticky":true}]}
200
$ $SCANS -w '%{url_effective} %{redirect_url}\n' "$U/q/a?u=u[1-800]" |
      sort >$D/after
  join $D/before $D/after | sed 's/https[^ ]*\///g' |
      awk '{ if ($2 == $3) print "stays"; else n[$2 " " $3]++ }
           END { for (i in n) print (n[i] > 30 ? "some" : n[i]), i }' |
      sort -u
= some 2 1
= some 2 3
= some 2 4
= stays
# put back: all as it was, also after a restart
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/2"},
|                    {"to":"https://m.example.com/4"},
|                    {"to":"https://m.example.com/3"},
|                    {"to":"https://m.example.com/1"}],
|            "pick":"rotate","sticky":true}]}
200
restart
$ $SCANS -w '%{url_effective} %{redirect_url}\n' "$U/q/a?u=u[1-800]" | sort |
      cmp - $D/before
=
--- timeout: 30



=== TEST 28: sticky by weight without a cap: in their ratio
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1"},
|                    {"to":"https://m.example.com/2","weight":4}],
|            "pick":"weight","sticky":true}]}
201
# 200, with a deviation of 13
$ $SCANS "$U/q/a?u=u[1-1000]" | sort | uniq -c |
      awk '{ print ($1 > 130 && $1 < 270 ? "a fifth" : $1), $2; exit }'
= a fifth https://m.example.com/1



=== TEST 29: Redis away: pending, but for pools that need none
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":9}]}],
|  "fallback":"https://m.example.com/none"}
201
PUT /rush/links/b
| {"rules":[{"pool":[{"to":"https://m.example.com/2"}],"sticky":true}]}
201
PUT /rush/links/c
| {"fallback":"https://m.example.com/3","max":5}
201
many 10 GET /q/a
= 302 10
many 10 GET /q/b
= 302 10
many 4 GET /q/c
= 302 4
# they are known, and have not changed since
wait 1
HEAD /q/a
302
HEAD /q/b
302
HEAD /q/c
302
proxy off
GET /q/a
503 {"outcome":"pending",...}
Retry-After: ~ ^\d+$
GET /q/b
302
Location: https://m.example.com/2
GET /q/c
503 {"outcome":"pending",...}
proxy
~GET /q/a
302
Location: https://m.example.com/none
--- error_log
--- no_error_log
[alert]



=== TEST 30: Redis away: the next rule, with rush_outage open
--- proxy
--- config
    location ~ ^/open/(?<code>[^/]+)$ { rush_outage open; rush_scan $code; }
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":9}]},
|           {"arg":"src","is":["tv"],"to":"https://m.example.com/2"},
|           {"pool":[{"to":"https://m.example.com/3","cap":9}],"sticky":true}],
|  "fallback":"https://m.example.com/none"}
201
wait 1
GET /open/a
302
Location: https://m.example.com/1
GET /q/a
302
Location: https://m.example.com/1
proxy off
GET /q/a
503 {"outcome":"pending",...}
GET /open/a
302
Location: https://m.example.com/none
GET /open/a?src=tv
302
Location: https://m.example.com/2
proxy
~GET /q/a
302
Location: https://m.example.com/1
GET /open/a
302
Location: https://m.example.com/1
redis HVALS rush:link:{a}:pool
= 4
--- error_log
--- no_error_log
[alert]



=== TEST 31: an answer that was lost: the next one tells the same target
--- proxy
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},
|                    {"to":"https://m.example.com/2","cap":1},
|                    {"to":"https://m.example.com/3","cap":9}],
|            "sticky":true}]}
201
GET /q/a?u=ann
302
Location: https://m.example.com/1
proxy EVALSHA * lose
wait 0.5
GET /q/a?u=bob
503 {"outcome":"pending",...}
# he has it
redis HLEN rush:link:{a}:users
= 2
proxy
~GET /q/a?u=bob
302
Location: https://m.example.com/2
GET /q/a?u=cat
302
Location: https://m.example.com/3
redis HLEN rush:link:{a}:users
= 3
--- error_log
--- no_error_log
[alert]
