# What is done on the way of a scan: a campaign is claimed, and who brought whom
# is remembered.

use lib '.';
use t::Rush 'no_plan';

# the entries of a book: when (0 if it was not now), then all fields

$ENV{TEST_NGINX_BOOK} = <<'_EOC_' =~ s/\s+/ /gr;
    local out, now = {}, tonumber(redis.call('TIME')[1]) * 1000
    for i, e in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
        local f, s = e[2], ''
        for k = 1, #f, 2 do
            local v = f[k + 1]
            if f[k] == 't' then
                v = math.abs(tonumber(v) - now) < 10000 and 'now' or v
            end
            s = s .. (k > 1 and ' ' or '') .. f[k] .. '=' .. v
        end
        out[i] = s
    end
    return out
_EOC_

config_preamble(<<'_EOC_');
    rush_user $http_x_user;
    rush_ref $arg_r;
    rush_scan_hosts m\.example\.com;

    location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
    location ~ ^/u/(?<code>.*)$ { rush_user $arg_u; rush_scan $code; }
    location ~ ^/mine/(?<c>.*)$ { rush_result $c; }
    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: won on the way, and again with the same ticket
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/?o={outcome}&t={ticket}","claim":"sale"}'
--- config
--- steps
GET /q/a
X-User: ann
Accept: application/json
200 {"outcome":"found","link":"a","client":"desktop","claim":"won","ticket":"<T>","target":"<any>","now":<now>}
GET /q/a
X-User: ann
302
Location: https://m.example.com/?o=again&t=<T>
Cache-Control: no-store
GET /mine/sale
X-User: ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"confirmed"}],...}
GET /q/a
X-User: bob
302
Location: ~ ^https://m\.example\.com/\?o=won&t=sale~\d+~bob~2~k1~[\w-]{43}$
--- redis_after
> counters sale
total 5, out 2, seq 2, held 0, void 0
> events sale
won ann 1 units=1
won bob 2 units=1



=== TEST 2: scanning again gives the same ticket, also if he may have more
--- campaign
sale stock=5 per_user=3
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
--- config
--- steps
GET /q/a
X-User: ann
Accept: application/json
200 {"claim":"won","ticket":"<T>",...}
GET /q/a
X-User: ann
302
Location: https://m.example.com/again/<T>
GET /q/a
X-User: ann
Accept: application/json
200 {"claim":"again","ticket":"<T>",...}
GET /q/a?x=1
X-User: ann
User-Agent: iPhone
302
Location: https://m.example.com/again/<T>
--- redis_after
> counters sale
total 5, out 1, seq 1, held 0, void 0
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 3: another link of the same campaign
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/b/{outcome}/{ticket}","claim":"sale"}'
--- config
--- steps
GET /q/a
X-User: ann
Accept: application/json
200 {"claim":"won","ticket":"<T>",...}
GET /q/b
X-User: ann
302
Location: https://m.example.com/b/again/<T>
--- redis_after
> counters sale
total 5, out 1, seq 1, held 0, void 0



=== TEST 4: sold_out: he is led on, without a ticket
--- campaign
sale stock=1
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
--- config
--- steps
GET /q/a
X-User: ann
302
Location: ~ /won/sale~
GET /q/a
X-User: bob
302
Location: https://m.example.com/sold_out/
Cache-Control: no-store
! Retry-After
GET /q/a
X-User: bob
Accept: application/json
200 {"outcome":"found","link":"a","client":"desktop","claim":"sold_out","target":"https://m.example.com/sold_out/","now":<now>}
GET /q/a
X-User: ann
302
Location: ~ /again/sale~
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0



=== TEST 5: every other outcome of a claim
--- campaign
soon stock=1 starts=+1h
over stock=1 ends=-1h
halt stock=1 paused=yes
club stock=1 audience=vip
--- redis
HSET rush:link:{soon} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"soon"}'
HSET rush:link:{over} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"over"}'
HSET rush:link:{halt} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"halt"}'
HSET rush:link:{club} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"club"}'
HSET rush:link:{none} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"none"}'
--- config
--- steps
$ for code in soon over halt club none; do
      curl -s -H 'X-User: ann' -o /dev/null "$U/q/$code" \
          -w '%{http_code} %{redirect_url}\n'
  done
= 302 https://m.example.com/early/
= 302 https://m.example.com/ended/
= 302 https://m.example.com/paused/
= 302 https://m.example.com/denied/
= 302 https://m.example.com/unknown/
GET /q/soon
X-User: ann
Accept: application/json
200 {"outcome":"found","link":"soon","client":"desktop","claim":"early","target":"https://m.example.com/early/","now":<now>}



=== TEST 6: anonymous
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
--- config
--- steps
GET /q/a
302
Location: https://m.example.com/anonymous/
GET /q/a
X-User: a b
302
Location: https://m.example.com/anonymous/
GET /q/a
Accept: application/json
200 {"outcome":"found","link":"a","client":"desktop","claim":"anonymous","target":"https://m.example.com/anonymous/","now":<now>}
--- redis_after
> counters sale
total 5, out 0, seq 0, held 0, void 0



=== TEST 7: without rush_secret_file: pending, and an error
--- no_secret_file
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_H2_PORT;
        rush_user $http_x_user;
        rush_scan_hosts m\.example\.com;
        location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
    }
--- config
    rush_secret_file $TEST_NGINX_KEYS;
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
--- steps
$ curl -s -H 'X-User: ann' -o /dev/null -w '%{http_code} %{redirect_url}\n' \
      "$H/q/a"
= 302 https://m.example.com/pending/
$ curl -s -H 'X-User: ann' -H 'Accept: application/json' "$H/q/a"
= {"outcome":"found","link":"a","client":"desktop","claim":"pending","target":"https://m.example.com/pending/","now":<now>}
--- error_log
link "a" claims, and that needs "rush_secret_file" where "rush_scan" is
--- redis_after
> counters sale
total 5, out 0, seq 0, held 0, void 0



=== TEST 8: HEAD, bots and prefetch claim nothing
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
--- config
--- steps
HEAD /q/a
X-User: ann
302
Location: https://m.example.com//
GET /q/a
X-User: ann
User-Agent: Mozilla/5.0 (compatible; Bytespider)
302
Location: https://m.example.com//
GET /q/a
X-User: ann
Sec-Purpose: prefetch
302
Location: https://m.example.com//
GET /q/a
X-User: ann
X-Purpose: preview
Accept: application/json
200 {"outcome":"found","link":"a","client":"desktop","target":"https://m.example.com//","now":<now>}
--- redis_after
> counters sale
total 5, out 0, seq 0, held 0, void 0
> HLEN rush:{sale}:users
1



=== TEST 9: nobody knows: pending, and the next scan has the ticket
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}/{ticket}","claim":"sale"}'
--- proxy
CLAIM 1 delay 1
--- config
--- steps
GET /q/a
X-User: ann
302
Location: https://m.example.com/pending/
wait 1.2
GET /q/a
X-User: ann
302
Location: ~ ^https://m\.example\.com/again/sale~
--- error_log
--- redis_after
> counters sale
total 5, out 1, seq 1, held 0, void 0



=== TEST 10: no target, no claim; and no binding
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"arg":"a","is":["1"],"to":"https://m.example.com/{outcome}"}],"claim":"sale","ref":"till-1"}'
--- config
--- steps
GET /q/a
X-User: ann
404 {"outcome":"unknown",...}
redis EXISTS rush:refs:{refs}:users
= 0
GET /q/a?a=1
X-User: ann
302
Location: https://m.example.com/won
redis HGET rush:refs:{refs}:users ann
= till-1
--- redis_after
> counters sale
total 5, out 1, seq 1, held 0, void 0



=== TEST 11: outside of its times nothing is claimed, and nobody is bound
--- campaign
sale stock=5
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/f?{outcome}{ticket}","starts":<now+1h>,"claim":"sale","ref":"till-1"}
201
PUT /rush/links/b
| {"fallback":"https://m.example.com/f","before":"https://m.example.com/b?{outcome}","starts":<now+1h>,"claim":"sale","ref":"till-1"}
201
PUT /rush/links/c
| {"fallback":"https://m.example.com/f","after":"https://m.example.com/a?{outcome}","ends":<now-1h>,"claim":"sale","ref":"till-1"}
201
PUT /rush/links/d
| {"rules":[{"to":"https://m.example.com/r"}],"ends":<now-1h>,"claim":"sale","ref":"till-1"}
201
PUT /rush/links/e
| {"fallback":"https://m.example.com/f?{outcome}","after":"https://m.example.com/a?{outcome}","max":1,"claim":"sale","ref":"till-1"}
201
GET /q/a
X-User: ann
302
Location: https://m.example.com/f?
GET /q/b
X-User: ann
Accept: application/json
200 {"outcome":"found","link":"b","client":"desktop","target":"https://m.example.com/b?","now":<now>}
GET /q/c
X-User: ann
302
Location: https://m.example.com/a?
GET /q/d
X-User: ann
410
redis EXISTS rush:refs:{refs}:users rush:refs:{refs}:events
= 0
# all of its scans are used up
GET /q/e
X-User: ann
302
Location: https://m.example.com/f?won
GET /q/e
X-User: bob
302
Location: https://m.example.com/a?
redis HGETALL rush:refs:{refs}:users
= ann
= till-1
--- redis_after
> counters sale
total 5, out 1, seq 1, held 0, void 0
> events sale
won ann 1 units=1 ref=till-1



=== TEST 12: who brought him travels into the event of the claim
--- campaign
sale stock=5
--- redis
HSET rush:link:{own} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1","claim":"sale"}'
HSET rush:link:{not} version 1 json '{"fallback":"https://m.example.com/","claim":"sale"}'
--- config
--- steps
GET /q/own?r=guide-2
X-User: ann
302
GET /q/not?r=guide-2
X-User: bob
302
GET /q/not?r=%20
X-User: cat
302
--- redis_after
> events sale
won ann 1 units=1 ref=till-1
won bob 2 units=1 ref=guide-2
won cat 3 units=1



=== TEST 13: many at once
--- campaign
sale stock=10 per_user=3
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}","claim":"sale","ref":"till-1"}'
--- config
--- steps
many 30 GET /u/a?u=ann
= 302 30
many 40 GET /u/a?u=u%d
= 302 40
redis HGET rush:refs:{refs}:counts till-1
= 41
redis XLEN rush:refs:{refs}:events
= 41
redis HLEN rush:refs:{refs}:users
= 41
--- redis_after
> counters sale
total 10, out 10, seq 10, held 0, void 0
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 14: variables of a scan that claims are those of the scan
--- http_config
    log_format scan '$rush_outcome $rush_link $rush_ticket';
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}","claim":"sale"}'
--- config
    access_log logs/upstream.log scan;
--- steps
GET /q/a
X-User: ann
Accept: application/json
200 {"ticket":"<T>",...}
+GET /q/a
X-User: ann
302
Location: https://m.example.com/again
$ tail -1 $R/logs/upstream.log
= found a <T>



=== TEST 15: who brought him first: once in the whole book
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/","ref":"till-2"}'
HSET rush:link:{a2} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1"}'
--- config
--- steps
GET /q/a
X-User: ann
302
# it is there before the answer is sent
redis HGET rush:refs:{refs}:users ann
= till-1
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{refs}:events
= t=now user=ann ref=till-1 n=1 link=a
# again, by the same cashier and by another one
GET /q/a
X-User: ann
302
GET /q/a2
X-User: ann
302
GET /q/b
X-User: ann
302
Location: https://m.example.com/
redis HGETALL rush:refs:{refs}:counts
= till-1
= 1
# the running number is that of the ref
GET /q/b
X-User: bob
302
GET /q/a2
X-User: cat
302
GET /q/a
X-User: dan
302
GET /q/a
X-User: bob
302
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{refs}:events
= t=now user=ann ref=till-1 n=1 link=a
= t=now user=bob ref=till-2 n=1 link=b
= t=now user=cat ref=till-1 n=2 link=a2
= t=now user=dan ref=till-1 n=3 link=a
redis HMGET rush:refs:{refs}:counts till-1 till-2
= 3
= 1



=== TEST 16: another book
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1","bind":"spring"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/","ref":"till-2","bind":"autumn"}'
HSET rush:link:{c} version 1 json '{"fallback":"https://m.example.com/","ref":"till-3"}'
HSET rush:link:{d} version 1 json '{"fallback":"https://m.example.com/","ref":"till-4","bind":"spring"}'
--- config
--- steps
GET /q/a
X-User: ann
302
GET /q/b
X-User: ann
302
GET /q/c
X-User: ann
302
GET /q/d
X-User: ann
302
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{spring}:events
= t=now user=ann ref=till-1 n=1 link=a
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{autumn}:events
= t=now user=ann ref=till-2 n=1 link=b
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{refs}:events
= t=now user=ann ref=till-3 n=1 link=c



=== TEST 17: rush_ref, with a book and without one
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{ref}","bind":"guides"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/{ref}"}'
HSET rush:link:{c} version 1 json '{"fallback":"https://m.example.com/{ref}","ref":"till-1","bind":"guides"}'
--- config
--- steps
GET /q/a?r=guide-7
X-User: ann
302
Location: https://m.example.com/guide-7
# neither a ref nor a book of its own: nobody is bound
GET /q/b?r=guide-7
X-User: bob
302
Location: https://m.example.com/guide-7
# the link's ref, whatever the scan says
GET /q/c?r=guide-7
X-User: cat
302
Location: https://m.example.com/till-1
# nobody has brought him, or it cannot be told who
GET /q/a
X-User: dan
302
GET /q/a?r=
X-User: dan
302
GET /q/a?r=%20
X-User: dan
302
GET /q/a?r=<x*65>
X-User: dan
302
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{guides}:events
= t=now user=ann ref=guide-7 n=1 link=a
= t=now user=cat ref=till-1 n=1 link=c
redis HLEN rush:refs:{guides}:users
= 2
redis EXISTS rush:refs:{refs}:users rush:refs:{refs}:counts
= 0
# now somebody has
GET /q/a?r=guide-8
X-User: dan
302
redis HGET rush:refs:{guides}:users dan
= guide-8



=== TEST 18: bots, HEAD, prefetch, and who has no name bind nobody
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1"}'
--- config
--- steps
HEAD /q/a
X-User: ann
302
GET /q/a
X-User: ann
User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)
302
GET /q/a
X-User: ann
Purpose: prefetch
302
GET /q/a
X-User: ann
X-Moz: prefetch
302
GET /q/a
302
GET /q/a
X-User: a b
302
redis KEYS rush:refs:*
=
GET /q/a
X-User: ann
302
redis HGET rush:refs:{refs}:users ann
= till-1



=== TEST 19: stats tell how many were brought
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/","ref":"till-1"}
201
PUT /rush/links/b
| {"fallback":"https://m.example.com/","ref":"till-1","bind":"spring"}
201
PUT /rush/links/c
| {"fallback":"https://m.example.com/"}
201
many 7 GET /u/a?u=u%d
= 302 7
many 4 GET /u/a?u=u%d
= 302 4
many 3 GET /u/b?u=u%d
= 302 3
many 2 GET /u/c?u=u%d
= 302 2
wait 1.5
GET /rush/links/a/stats
200 {"scans":11,"visitors":7,"refs":{"till-1":11},"brought":7,...}
GET /rush/links/b/stats
200 {"scans":3,"visitors":3,"refs":{"till-1":3},"brought":3,...}
GET /rush/links/c/stats
200 {"scans":2,"visitors":2,"refs":{},"brought":0,...}



=== TEST 20: Redis does not answer: he is led on, and the next scan binds him
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1"}'
--- proxy
--- config
--- steps
GET /q/a
302
wait 0.5
GET /q/a
302
proxy off
GET /q/a
X-User: ann
302
Location: https://m.example.com/
redis EXISTS rush:refs:{refs}:users
= 0
proxy
wait 1.5
GET /q/a
X-User: ann
302
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{refs}:events
= t=now user=ann ref=till-1 n=1 link=a
--- error_log
--- no_error_log
[alert]
[emerg]



=== TEST 21: what Redis has lost is bound anew
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/","ref":"till-1"}'
--- proxy
--- config
--- steps
GET /q/a
X-User: ann
302
redis HGET rush:refs:{refs}:users ann
= till-1
# a restart without its data
redis DEL rush:refs:{refs}:users rush:refs:{refs}:events rush:refs:{refs}:counts
proxy off
wait 0.3
proxy
wait 1.5
GET /q/a
X-User: ann
302
redis EVAL "$TEST_NGINX_BOOK" 1 rush:refs:{refs}:events
= t=now user=ann ref=till-1 n=1 link=a
--- error_log
--- no_error_log
[alert]
[emerg]



=== TEST 22: each prefix has books of its own
--- http_config
    rush_prefix shop:;
--- redis
HSET shop:link:{a} version 1 json '{"fallback":"https://m.example.com/","ref":"a:b@c"}'
--- config
--- steps
GET /q/a
X-User: u.1:x@y
302
redis EVAL "$TEST_NGINX_BOOK" 1 shop:refs:{refs}:events
= t=now user=u.1:x@y ref=a:b@c n=1 link=a



=== TEST 23: a pool that is full on the way, a claim, and a binding
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/vip?{outcome}"},{"pool":[{"to":"https://m.example.com/1?{outcome}","cap":1}]}],"fallback":"https://m.example.com/f?{outcome}","claim":"sale","ref":"till-1"}'
SADD rush:tag:vip ann
--- config
--- steps
GET /q/a
X-User: ann
302
Location: https://m.example.com/vip?won
GET /q/a
X-User: bob
302
Location: https://m.example.com/1?won
GET /q/a
X-User: bob
302
Location: https://m.example.com/f?again
GET /q/a
302
Location: https://m.example.com/f?anonymous
redis HGET rush:refs:{refs}:counts till-1
= 2
--- redis_after
> counters sale
total 5, out 2, seq 2, held 0, void 0



=== TEST 24: who leaves while he is waited for
--- campaign
sale stock=5
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{outcome}","claim":"sale","ref":"till-1"}'
--- proxy
CLAIM 1 delay 0.4
EVALSHA * delay 0.2
--- config
--- steps
GET /q/a
X-User: ann
reset 0.1
GET /q/a
X-User: bob
abort 0.3
wait 1
GET /q/a
X-User: ann
302
Location: ~ ^https://m\.example\.com/(?:won|again)$
--- redis_after
> HEXISTS rush:refs:{refs}:users ann
1
