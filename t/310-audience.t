# The member audience: tags of users, which are asked for before a claim.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $arg_u;

    location = /claim { rush_claim sale; }
    location ~ ^/claim/(?<c>\w+)$ { rush_claim $c; }
    location = /cancel { rush_release; }
    location = /state { rush_state sale; }
_EOC_

run_tests();

__DATA__

=== TEST 1: who has the tag, and who has not
--- campaign
sale stock=10 audience=vip
--- redis
SADD rush:tag:vip ann bob
SADD rush:tag:staff cat
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"sale","ticket":"<T>","seq":1,"units":1,"left":9,"now":<now>}
POST /claim?u=cat
403 {"outcome":"denied","campaign":"sale","now":<now>}
Content-Type: application/json
Cache-Control: no-store
asked
= LOOK rush:{sale} ann
= SMISMEMBER rush:tag:vip ann
= CLAIM rush:{sale} ann
= SMISMEMBER rush:tag:vip cat
= CLAIM rush:{sale} cat
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>",...}
GET /state
200 {"campaign":"sale","kind":"sale","phase":"open","left":8,"total":10,"outcome":"found","now":<now>}
--- redis_after
> counters sale
total 10, out 2, seq 2, held 0, void 0
> HEXISTS rush:{sale}:users cat
0



=== TEST 2: any of two tags
--- campaign
sale stock=10 audience=vip,staff
--- redis
SADD rush:tag:vip ann both
SADD rush:tag:staff bob both
SADD rush:tag:other cat
--- proxy
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
200 {"outcome":"won",...}
POST /claim?u=both
200 {"outcome":"won",...}
POST /claim?u=cat
403 {"outcome":"denied",...}
$ grep '^SMISMEMBER.* cat' $D/proxy.log
= SMISMEMBER rush:tag:vip cat
= SMISMEMBER rush:tag:staff cat
redis HGET rush:{sale} audience
= vip staff



=== TEST 3: a tag that nobody has, and one that somebody gets
--- campaign
sale stock=10 audience=vip
--- config
--- steps
POST /claim?u=ann
403 {"outcome":"denied",...}
redis EXISTS rush:tag:vip
= 0
redis SADD rush:tag:vip ann
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 4: a tag of the wrong type: pending, and nothing is taken
--- campaign
sale stock=10 audience=vip,staff
--- redis
SET rush:tag:vip x
SADD rush:tag:staff ann
--- config
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
Retry-After: ~ ^[123]$
redis DEL rush:tag:vip
POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
WRONGTYPE
--- no_error_log
[emerg]
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 5: who holds a ticket keeps it without the tag
--- campaign
sale stock=10 audience=vip hold=10m
--- redis
SADD rush:tag:vip ann
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
redis SREM rush:tag:vip ann
POST /claim?u=ann
200 {"outcome":"again","ticket":"<T>",...}
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
POST /claim?u=ann
403 {"outcome":"denied",...}



=== TEST 6: with more than one for each user
--- campaign
sale stock=10 audience=vip per_user=3
--- redis
SADD rush:tag:vip ann
--- config
--- steps
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=ann
Idempotency-Key: two
200 {"outcome":"won","ticket":"<B>",...}
redis SREM rush:tag:vip ann
POST /claim?u=ann
Idempotency-Key: one
200 {"outcome":"again","campaign":"sale","ticket":"<A>","seq":1,"units":1,"left":8,"now":<now>}
POST /claim?u=ann
Idempotency-Key: three
200 {"outcome":"again","campaign":"sale","ticket":"<B>","seq":2,"units":1,"left":8,"tickets":[{"ticket":"<B>","seq":2,"units":1,"state":"confirmed"},{"ticket":"<A>","seq":1,"units":1,"state":"confirmed"}],"now":<now>}
POST /claim?u=bob
Idempotency-Key: one
403 {"outcome":"denied",...}
redis SADD rush:tag:vip ann
POST /claim?u=ann
Idempotency-Key: three
200 {"outcome":"won","seq":3,...}



=== TEST 7: a node that knows another audience asks anew
--- campaign
sale stock=10
--- redis
SADD rush:tag:vip ann
SADD rush:tag:staff bob
--- proxy
--- config
--- steps
POST /claim?u=u1
200 {"outcome":"won",...}
campaign sale audience=vip
asked
= LOOK rush:{sale} u1
= CLAIM rush:{sale} u1
POST /claim?u=bob
403 {"outcome":"denied",...}
asked
= CLAIM rush:{sale} bob
= LOOK rush:{sale} bob
= SMISMEMBER rush:tag:vip bob
= CLAIM rush:{sale} bob
POST /claim?u=ann
200 {"outcome":"won",...}
campaign sale audience=staff
POST /claim?u=bob
200 {"outcome":"won",...}
campaign sale audience=vip
POST /claim?u=cat
403 {"outcome":"denied",...}
--- redis_after
> counters sale
total 10, out 3, seq 3, held 0, void 0



=== TEST 8: the audience is taken away
--- campaign
sale stock=10 audience=vip
--- proxy
--- config
--- steps
POST /claim?u=ann
403 {"outcome":"denied",...}
campaign sale audience=
asked
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
200 {"outcome":"won",...}
wait 0.01
asked
= ~ \{sale\} ann\n(?:LOOK rush:\{sale\} bob\n)?CLAIM rush:\{sale\} bob$
redis HGET rush:{sale} audience
=



=== TEST 9: many at once, with and without the tag
--- campaign
sale stock=30 audience=vip
--- redis
SADD rush:tag:vip u1 u3 u5 u7 u9 u11 u13 u15 u17 u19
--- config
--- steps
many 20 POST /claim?u=u%d
= 200 won 10
= 403 denied 10
many 20 POST /claim?u=u%d
= 200 again 10
= 403 denied 10



=== TEST 10: who can see that it is over is told that first
--- campaign
sale stock=1 audience=vip
early stock=1 audience=vip starts=+1h
paused stock=1 audience=vip paused=yes
ended stock=1 audience=vip ends=-1s
--- redis
SADD rush:tag:vip ann
--- config
--- steps
POST /claim/early?u=bob
425 {"outcome":"early",...}
POST /claim/paused?u=bob
423 {"outcome":"paused",...}
POST /claim/ended?u=bob
410 {"outcome":"ended",...}
POST /claim?u=bob
403 {"outcome":"denied",...}
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
409 {"outcome":"sold_out",...}



=== TEST 11: denied is before limit and before what a play says
--- campaign
sale stock=10 audience=vip
drop kind=coupon codes=pool stock=10 audience=vip lease=0
--- redis
codes drop AAA
SADD rush:tag:vip ann
--- config
    location = /units { rush_units 2; rush_claim sale; }
--- steps
POST /units?u=bob
403 {"outcome":"denied",...}
POST /units?u=ann
409 {"outcome":"limit","may":1,...}
POST /claim/drop?u=bob
403 {"outcome":"denied",...}
POST /claim/drop?u=ann
200 {"outcome":"won","code":"AAA",...}



=== TEST 12: with an item, a key and a ref
--- campaign
sale stock=10 audience=vip items=red:5 per_user=2
--- redis
SADD rush:tag:vip ann
--- config
    location = /item { rush_item $arg_i; rush_ref guide; rush_claim sale; }
--- steps
POST /item?u=ann&i=red
Idempotency-Key: one
200 {"outcome":"won","item":"red",...}
POST /item?u=bob&i=red
Idempotency-Key: one
403 {"outcome":"denied",...}
POST /item?u=bob&i=blue
404 {"outcome":"unknown",...}
--- redis_after
> events sale
won ann 1 units=1 item=red ref=guide



=== TEST 13: rush_answer status
--- campaign
sale stock=10 audience=vip
--- config
    location = /page {
        rush_claim sale; rush_answer status; error_page 403 @no;
    }
    location @no { return 200 "$rush_outcome $rush_campaign $rush_left"; }
    location = /bare { rush_claim sale; rush_answer status; }
--- steps
POST /page?u=ann
403 denied sale 10
POST /bare?u=ann
403
Cache-Control: no-store



=== TEST 14: a prefix is before tags, too
--- http_config
    rush_prefix shop:;
--- campaign
sale stock=10 audience=vip
--- redis
SADD shop:tag:vip ann
SADD rush:tag:vip bob
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
403 {"outcome":"denied",...}



=== TEST 15: Redis fails while tags are asked for
--- campaign
sale stock=10 audience=vip
--- redis
SADD rush:tag:vip ann
--- proxy
SMISMEMBER 1 close
SMISMEMBER 2 reply -LOADING Redis is loading\r\n
SMISMEMBER 3 reply :1\r\n
SMISMEMBER 4 reply *2\r\n:1\r\n:1\r\n
--- config
--- steps
~POST /claim?u=ann
200 {"outcome":"won","seq":1,...}
--- error_log
--- no_error_log
[emerg]
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 16: what an audience may be
--- campaign
sale stock=10
--- steps
$ define() {
    util/campaign -r unix:$TEST_NGINX_REDIS set sale "audience=$1" 2>&1
    echo $?
  }
  for tags in vip,vip 'a b' vip, , <a*65> <a*64>,<b*64>; do
    define "$tags"
  done | sed 's/ must be .*//' | sort | uniq -c | sed 's/^ *//'
= 6 2
= 6 util/campaign: audience
redis HGET rush:{sale} audience
=
campaign sale audience=<a*63>,<b*64>
redis HGET rush:{sale} audience
= <a*63> <b*64>



=== TEST 17: the longest audience
--- config
--- steps
campaign sale stock=10 audience=<a*63>,<b*64>
campaign many stock=10 audience=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v
redis SADD rush:tag:v ann
redis SADD rush:tag:<b*64> ann
POST /claim?u=ann
200 {"outcome":"won",...}
POST /claim?u=bob
403 {"outcome":"denied",...}
POST /claim/many?u=ann
200 {"outcome":"won",...}
POST /claim/many?u=bob
403 {"outcome":"denied",...}
