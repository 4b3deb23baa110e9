# Rules of a link: what each of them asks for, and their order.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $http_x_user;
    rush_scan_hosts m\.example\.com;
    rush_scan_vars $city sky;

    set $sky $http_x_sky;
    set $moon $http_x_moon;

    location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
    location = /scan { rush_scan ""; }
    location /rush/ { rush_api; }
_EOC_

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('http_config', ($block->http_config // '') . <<'_EOC_');
    map $http_x_city $city { default $http_x_city; none ""; }
_EOC_
});

run_tests();

__DATA__

=== TEST 1: the first rule that fits wins
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"arg":"a","is":["1"],"to":"https://m.example.com/1"},{"arg":"b","is":["1"],"to":"https://m.example.com/2"},{"to":"https://m.example.com/3"},{"arg":"c","is":["1"],"to":"https://m.example.com/4"}],"fallback":"https://m.example.com/f"}'
--- config
--- steps
GET /q/a?a=1&b=1&c=1
302
Location: https://m.example.com/1
GET /q/a?b=1&c=1
302
Location: https://m.example.com/2
# a rule with nothing but "to" always fits
GET /q/a?c=1
302
Location: https://m.example.com/3
GET /q/a
302
Location: https://m.example.com/3



=== TEST 2: 32 rules, the last one
--- config
--- steps
$ printf '{"rules":[' >$D/rules
  for i in $(seq 32); do
      [ $i = 1 ] || printf ,
      printf '{"arg":"n","is":["%d"],"to":"https://m.example.com/%d"}' $i $i
  done >>$D/rules
  printf '],"fallback":"https://m.example.com/f"}' >>$D/rules
  curl -s -o /dev/null -w '%{http_code}' --retry 5 --retry-delay 1 \
      -X PUT -d @$D/rules $U/rush/links/a
= 201
GET /q/a?n=1
302
Location: https://m.example.com/1
GET /q/a?n=32
302
Location: https://m.example.com/32
GET /q/a?n=33
302
Location: https://m.example.com/f
$ sed -i 's/{"rules":\[/&{"to":"https:\/\/m.example.com\/0"},/' $D/rules
  curl -s -o /dev/null -w '%{http_code}' -X PUT -d @$D/rules $U/rush/links/b
= 400



=== TEST 3: arg, one of these strings, and exactly
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"arg":"src","is":["tv","Web","a b","1/2","","中文"],"to":"https://m.example.com/y"}],"fallback":"https://m.example.com/n"}'
--- config
--- steps
GET /q/a?src=tv
302
Location: https://m.example.com/y
GET /q/a?x=1&src=Web&y=2
302
Location: https://m.example.com/y
# decoded before
GET /q/a?src=%74v
302
Location: https://m.example.com/y
GET /q/a?src=a%20b
302
Location: https://m.example.com/y
GET /q/a?src=1%2F2
302
Location: https://m.example.com/y
GET /q/a?src=%E4%B8%AD%E6%96%87
302
Location: https://m.example.com/y
# there, and empty
GET /q/a?src=
302
Location: https://m.example.com/y
# not there
GET /q/a
302
Location: https://m.example.com/n
GET /q/a?src
302
Location: https://m.example.com/n
GET /q/a?xsrc=tv&srcx=tv
302
Location: https://m.example.com/n
# another
GET /q/a?src=web
302
Location: https://m.example.com/n
GET /q/a?src=tv2
302
Location: https://m.example.com/n
GET /q/a?src=t
302
Location: https://m.example.com/n
GET /q/a?src=tv%00
302
Location: https://m.example.com/n
GET /q/a?src=tv%0AWeb
302
Location: https://m.example.com/n



=== TEST 4: arg, of q
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"arg":"src","is":["tv"],"to":"https://m.example.com/y"}],"fallback":"https://m.example.com/n"}'
--- config
--- steps
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fa%3Fsrc%3Dtv
200 {"target":"https://m.example.com/y",...}
GET /scan?src=tv&q=https%3A%2F%2Fm.example.com%2Fq%2Fa
200 {"target":"https://m.example.com/n",...}



=== TEST 5: 64 strings of 256 bytes
--- config
--- steps
$ { printf '{"rules":[{"arg":"a","is":['
    for i in $(seq 10 63); do printf '"%0256d",' $i; done
    printf '"%0256d"],"to":"https://m.example.com/y"}],' 64
    printf '"fallback":"https://m.example.com/n"}'; } >$D/is
  curl -s -o /dev/null -w '%{http_code}' --retry 5 --retry-delay 1 \
      -X PUT -d @$D/is $U/rush/links/a
= 201
$ for i in 10 63 64 65; do
      curl -s -o /dev/null -w '%{redirect_url}\n' \
          "$U/q/a?a=$(printf '%0256d' $i)"
  done
= https://m.example.com/y
= https://m.example.com/y
= https://m.example.com/y
= https://m.example.com/n



=== TEST 6: var, a variable that rush_scan_vars names
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"var":"city","is":["Xian","Xi an",""],"to":"https://m.example.com/y"},{"var":"sky","is":["blue"],"to":"https://m.example.com/s"}],"fallback":"https://m.example.com/n"}'
--- config
--- steps
GET /q/a
X-City: Xian
302
Location: https://m.example.com/y
GET /q/a
X-City: Xi an
302
Location: https://m.example.com/y
GET /q/a
X-City: none
302
Location: https://m.example.com/y
GET /q/a
X-City: xian
302
Location: https://m.example.com/n
GET /q/a
X-City: Xi%20an
302
Location: https://m.example.com/n
GET /q/a
X-City: Beijing
X-Sky: blue
302
Location: https://m.example.com/s



=== TEST 7: var, one that is not named is not there
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"var":"moon","is":["full"],"to":"https://m.example.com/y"},{"var":"nothing","is":[""],"to":"https://m.example.com/y"}],"fallback":"https://m.example.com/n"}'
--- config
    location ~ ^/moon/(?<code>.*)$ {
        rush_scan_vars moon;
        rush_scan $code;
    }
--- steps
GET /q/a
X-Moon: full
302
Location: https://m.example.com/n
GET /moon/a
X-Moon: full
302
Location: https://m.example.com/y
GET /moon/a
302
Location: https://m.example.com/n



=== TEST 8: from and until
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"until":<now-1h>,"to":"https://m.example.com/past"},{"from":<now+1h>,"to":"https://m.example.com/future"},{"from":<now-1h>,"until":<now+1h>,"arg":"a","is":["1"],"to":"https://m.example.com/between"},{"from":<now-1h>,"arg":"a","is":["2"],"to":"https://m.example.com/since"},{"until":<now+1h>,"arg":"a","is":["3"],"to":"https://m.example.com/till"},{"from":"2020-01-01T00:00:00+08:00","until":"2099-01-01T00:00:00Z","arg":"a","is":["4"],"to":"https://m.example.com/words"}],"fallback":"https://m.example.com/n"}
201
GET /q/a
302
Location: https://m.example.com/n
GET /q/a?a=1
302
Location: https://m.example.com/between
GET /q/a?a=2
302
Location: https://m.example.com/since
GET /q/a?a=3
302
Location: https://m.example.com/till
GET /q/a?a=4
302
Location: https://m.example.com/words



=== TEST 9: from and until pass while nginx runs
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"from":<now+1s>,"until":<now+2s>,"to":"https://m.example.com/y"}],"fallback":"https://m.example.com/n"}
201
GET /q/a
302
Location: https://m.example.com/n
wait 1.2
GET /q/a
302
Location: https://m.example.com/y
wait 1
GET /q/a
302
Location: https://m.example.com/n



=== TEST 10: member, who has this tag
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/vip?{user}"},{"member":"staff","to":"https://m.example.com/staff"}],"fallback":"https://m.example.com/n"}'
--- config
--- steps
~POST /rush/tags/vip
| ann
| bob
200
POST /rush/tags/staff
| bob
| cat
200
GET /q/a
X-User: ann
302
Location: https://m.example.com/vip?ann
GET /q/a
X-User: bob
302
Location: https://m.example.com/vip?bob
GET /q/a
X-User: cat
302
Location: https://m.example.com/staff
GET /q/a
X-User: dan
302
Location: https://m.example.com/n
# nobody has none
GET /q/a
302
Location: https://m.example.com/n
GET /q/a
X-User: a b
302
Location: https://m.example.com/n
GET /q/a
X-User: ANN
302
Location: https://m.example.com/n
# it is looked up each time, for bots, too
POST /rush/tags/vip
| dan
200
GET /q/a
X-User: dan
302
Location: https://m.example.com/vip?dan
GET /q/a
X-User: dan
User-Agent: Googlebot/2.1
302
Location: https://m.example.com/vip?dan
HEAD /q/a
X-User: dan
302
Location: https://m.example.com/vip?dan



=== TEST 11: member, many at once
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/vip"}]}'
--- config
    location ~ ^/u/(?<code>.*)$ { rush_user $arg_u; rush_scan $code; }
--- steps
$ seq -f u%.0f 1 2 59 | curl -s -o /dev/null -w '%{http_code}' --retry 5 \
      --retry-delay 1 --data-binary @- $U/rush/tags/vip
= 200
many 60 GET /u/a?u=u%d
= 302 30
= 404 unknown 30



=== TEST 12: all that a rule names must be so
--- config
--- steps
~POST /rush/tags/vip
| ann
200
PUT /rush/links/a
| {"rules":[{"client":"ios","member":"vip","from":<now-1h>,"until":<now+1h>,"arg":"src","is":["tv"],"to":"https://m.example.com/all"},{"client":["ios","android"],"var":"city","is":["Xian"],"to":"https://m.example.com/two"}],"fallback":"https://m.example.com/n"}
201
GET /q/a?src=tv
X-User: ann
User-Agent: iPhone
302
Location: https://m.example.com/all
GET /q/a?src=tv
X-User: ann
User-Agent: Android
302
Location: https://m.example.com/n
GET /q/a?src=tv
X-User: bob
User-Agent: iPhone
302
Location: https://m.example.com/n
GET /q/a?src=web
X-User: ann
User-Agent: iPhone
302
Location: https://m.example.com/n
GET /q/a
X-User: ann
User-Agent: iPhone
302
Location: https://m.example.com/n
GET /q/a?src=web
X-User: ann
X-City: Xian
User-Agent: iPhone
302
Location: https://m.example.com/two
GET /q/a
X-City: Xian
302
Location: https://m.example.com/n



=== TEST 13: member, Redis does not answer: 503
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"client":"ios","to":"https://m.example.com/ios"},{"member":"vip","to":"https://m.example.com/vip"}],"fallback":"https://m.example.com/n"}'
--- proxy
--- config
--- steps
GET /q/a
302
Location: https://m.example.com/n
proxy off
GET /q/a
X-User: ann
503 {"outcome":"pending","now":<now>}
Retry-After: ~ ^\d+$
Cache-Control: no-store
! Location
# who needs no answer of Redis does not wait for it
GET /q/a
302
Location: https://m.example.com/n
GET /q/a
X-User: ann
User-Agent: iPhone
302
Location: https://m.example.com/ios
--- error_log



=== TEST 14: member, Redis says nothing in time: pending
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/vip"}],"fallback":"https://m.example.com/n"}'
--- proxy
SMISMEMBER * never
--- config
--- steps
GET /q/a
X-User: ann
503 {"outcome":"pending","now":<now>}
Retry-After: ~ ^\d+$
--- error_log



=== TEST 15: member, and rush_outage open: the rule does not fit
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/vip"},{"arg":"a","is":["1"],"to":"https://m.example.com/1"}],"fallback":"https://m.example.com/n"}'
SADD rush:tag:vip ann
--- proxy
--- config
    rush_outage open;
--- steps
GET /q/a
302
Location: https://m.example.com/n
proxy off
GET /q/a
X-User: ann
302
Location: https://m.example.com/n
GET /q/a?a=1
X-User: ann
302
Location: https://m.example.com/1
--- error_log



=== TEST 16: a pool with no room does not fit, and the next rule is tried
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},{"to":"https://m.example.com/old","until":<now-1s>}]},{"arg":"a","is":["1"],"pool":[{"to":"https://m.example.com/older","until":<now-1h>}]},{"arg":"a","is":["1"],"to":"https://m.example.com/2"}],"fallback":"https://m.example.com/n"}
201
GET /q/a
302
Location: https://m.example.com/1
GET /q/a
302
Location: https://m.example.com/n
GET /q/a?a=1
302
Location: https://m.example.com/2



=== TEST 17: rules and times of the link: only inside of them
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/r"}],"before":"https://m.example.com/b","starts":<now+1h>}
201
PUT /rush/links/b
| {"rules":[{"to":"https://m.example.com/r"}],"after":"https://m.example.com/a","ends":<now-1h>}
201
GET /q/a
302
Location: https://m.example.com/b
GET /q/b
302
Location: https://m.example.com/a
