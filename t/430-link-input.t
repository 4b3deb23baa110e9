# rush_api: links that are not as they should be are refused, by name, and
# nothing is made; what targets may be, and what they may not.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_scan_hosts m\.example\.com http: weixin:;
    rush_scan_vars scheme;
    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: members of a link
--- config
--- steps
~PUT /rush/links/a
| {}
400 {"outcome":"invalid","error":"fallback must be there if a link has no rules","member":"fallback",...}
PUT /rush/links/a
| {"rules":[],"fallback":null}
400 {"outcome":"invalid","member":"fallback",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","price":1}
400 {"error":"unknown member \"price\": a link has rules, fallback, starts, ends, before, after, max, ref, bind, claim, query, status","member":"price",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","price":null}
400 {"outcome":"invalid","member":"price",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","max":1000000001}
400 {"error":"max must be a whole number from 0 to 1000000000","member":"max",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","status":304}
400 {"error":"status must be 301, 302, 303, 307 or 308","member":"status",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","query":"keep"}
400 {"error":"query must be \"pass\" or \"drop\"","member":"query",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","starts":"tomorrow"}
400 {"outcome":"invalid","member":"starts",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","ref":"a b"}
400 {"outcome":"invalid","member":"ref",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/","claim":["a"]}
400 {"outcome":"invalid","member":"claim",...}
PUT /rush/links/a
| {"fallback":"https://m.example.com/\u0000"}
400 {"error":"fallback must not have \\u0000 in its text","member":"fallback",...}
--- redis_after
> DBSIZE
0



=== TEST 2: rules
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/"},{}]}
400 {"error":"rules[1] must have either to or pool","member":"rules[1]",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","pool":[{"to":"https://m.example.com/"}]}]}
400 {"error":"rules[0] must have either to or pool",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","clinet":"wechat"}]}
400 {"error":"unknown member \"rules[0].clinet\": a rule has client, member, from, until, arg, var, is, to, pool, pick, sticky","member":"rules[0].clinet",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","to":"https://m.example.com/"}]}
400 {"error":"rules[0].to must not be there twice","member":"rules[0].to",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","client":"netscape"}]}
400 ~ rules\[0\]\.client must be one of the classes of clients: bot, wecom,
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","client":[]}]}
400 {"outcome":"invalid","member":"rules[0].client",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","arg":"src"}]}
400 {"outcome":"invalid","member":"rules[0].is",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","is":["tv"]}]}
400 {"error":"rules[0].is must not be there without arg or var",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","arg":"src","var":"scheme","is":["tv"]}]}
400 {"error":"rules[0] must have arg or var, and not both",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","arg":"src","is":["a\nb"]}]}
400 {"outcome":"invalid","member":"rules[0].is",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","var":"host","is":["a"]}]}
400 {"error":"rules[0].var must be one of rush_scan_vars: scheme","member":"rules[0].var",...}
PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/","sticky":true}]}
400 {"error":"rules[0].sticky must not be there without pool",...}
--- redis_after
> DBSIZE
0



=== TEST 3: pools
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"pool":[]}]}
400 {"outcome":"invalid","member":"rules[0].pool",...}
PUT /rush/links/a
| {"rules":[{"pool":[{"cap":1}]}]}
400 {"outcome":"invalid","member":"rules[0].pool[0].to",...}
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/","cap":0}]}]}
400 {"error":"rules[0].pool[0].cap must be a whole number from 1 to 1000000000","member":"rules[0].pool[0].cap",...}
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/","weight":101}]}]}
400 {"error":"rules[0].pool[0].weight must be a whole number from 1 to 100",...}
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/"},{"to":"https://m.example.com/"}]}]}
400 {"error":"rules[0].pool[1].to must not be in the pool twice",...}
PUT /rush/links/a
| {"rules":[{"pool":[{"to":"https://m.example.com/"}],"pick":"any"}]}
400 {"error":"rules[0].pick must be \"fill\" or \"rotate\" or \"weight\"",...}
--- redis_after
> DBSIZE
0



=== TEST 4: targets that lead astray
--- config
--- steps
$ for to in //evil '/\\\\evil' https:evil https:/x https:///x https://evil/ \
      https://m.example.com.evil/ https://m.example.com@evil/ \
      https://m.example.com:80@evil/ 'https://evil\\\\@m.example.com/' \
      https://m.example.com:0/ https://m.example.com:65536/ \
      https://m.example.com:/ https://m.example.com./ 'https://[::1]/' \
      https://m.example.com%2eevil/ 'https://{arg.a}/' '{arg.a}' \
      'https://m.example.com{arg.a}/' 'https://m.example.com/{arg.}' \
      'https://m.example.com/{host}' 'https://m.example.com/{code' \
      https://m.example.com/%zz 'https://m.example.com/ a' \
      'javascript:alert(1)' data:text/html,a vbscript:a file:///etc/passwd \
      blob:a about:blank alipays:a weixin: 'weixin://{arg.a}/'; do
      curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
          -d "{\"fallback\":\"$to\"}"
  done | sort | uniq -c | tr -s ' '
= ~ \A\s*33 400\s*\z
--- redis_after
> DBSIZE
0



=== TEST 5: targets that are allowed
--- config
--- no_audit
--- steps
$ for to in https://m.example.com HTTPS://m.example.com:65535/ \
      http://m.example.com/ https://m.example.com/%2f#a \
      'https://m.example.com/{code}/{ref}{user}?a={arg.a-b_9}#{client}' \
      weixin://dl/business/?t=1 'WeiXin:{ticket}{outcome}'; do
      curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
          -d "{\"fallback\":\"$to\"}"
  done | sort | uniq -c | tr -s ' '
= ~ \A\s*6 200\s+1 201\s*\z
