# rush_scan and hostile input: codes that are guessed, targets that lead astray,
# values that break out, links that are damaged.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $http_x_user;

    location /rush/ { rush_api; }
_EOC_

add_block_preprocessor(sub {
    my $block = shift;

    return if defined $block->dies;

    my $config = $block->config;

    $config = "rush_scan_hosts m\\.example\\.com;\n$config"
        unless $config =~ /^\s*rush_scan_hosts\b/m;

    $block->set_value('config', $config . <<'_EOC_');
    location ~ (?s)^/q/(?<code>.*)$ { rush_scan $code; }
    location = /scan { rush_scan ""; }
_EOC_
});

run_tests();

__DATA__

=== TEST 1: codes that are none are not looked up
--- proxy
--- config
--- steps
GET /q/a%0d%0ab
404 {"outcome":"unknown","now":<now>}
GET /q/a%00b
400
GET /q/%7Ba%7D
404 {"outcome":"unknown","now":<now>}
GET /q/a*
404 {"outcome":"unknown","now":<now>}
GET /q/a%20FLUSHALL
404 {"outcome":"unknown","now":<now>}
GET /q/<x*65>
404 {"outcome":"unknown","now":<now>}
GET /q/<x*4000>
404 {"outcome":"unknown","now":<now>}
GET /scan?q=https%3A%2F%2Fm.example.com%2F%257B%257D
404 {"outcome":"unknown","now":<now>}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%250d%250ab
404 {"outcome":"unknown","now":<now>}
GET /q/
404 {"outcome":"unknown","now":<now>}
$ grep -c HMGET $D/proxy.log
= 0



=== TEST 2: a code that is unknown is looked up once, and not for each guess
--- proxy
--- config
--- steps
GET /q/none
404 {"outcome":"unknown",...}
wait 0.5
row 40 GET /q/none
= 404 unknown 40
$ grep -c 'HMGET rush:link:{none}' $D/proxy.log
= ~ ^[12]$



=== TEST 3: guesses evict only guesses
--- http_config
    rush_zone zone=small:1m links=1m;
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
--- proxy
--- config
--- steps
GET /q/a
302
wait 0.5
GET /q/a
302
$ grep -c 'HMGET rush:link:{a}' $D/proxy.log
= <N>
row 6000 GET /q/guess-%d
= 404 unknown 6000
GET /q/a
302
Location: https://m.example.com/
$ grep -c 'HMGET rush:link:{a}' $D/proxy.log
= <N>



=== TEST 4: HEAD, bots and prefetch take nothing
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"pool":[{"to":"https://m.example.com/1","cap":1},{"to":"https://m.example.com/2","cap":1}]}]}'
--- config
--- steps
HEAD /q/a
302
Location: https://m.example.com/1
GET /q/a
User-Agent: facebookexternalhit/1.1
302
Location: https://m.example.com/1
GET /q/a
Sec-Purpose: prefetch
302
Location: https://m.example.com/1
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
404
GET /q/a
404 {"outcome":"unknown",...}



=== TEST 5: targets in Redis that no link may have: nobody is led there
--- config
    rush_scan_hosts .* http: weixin:;
--- no_audit
--- steps
GET /q/none
404
$ set -- 'https://m.example.com/\r\nX-Evil: 1' 'https://m.example.com/\n' \
      '\nhttps://m.example.com/' ' https://m.example.com/' \
      'https://m.example.com/\u0001' 'https://m.example.com/\u0000' \
      'https://m.example.com/a b' 'https://m.example.com/\t' \
      'https://m.example.com/\u007f' 'https://m.example.com/\u00e9' \
      'https://m.ex\u0430mple.com/' '//evil.net' '/\\evil.net' '/q/a' \
      'evil.net' 'https:evil.net' 'https:/evil.net' 'https:///evil.net' \
      'https://' 'http:\\\\evil.net' 'https://m.example.com\\@evil.net/' \
      'https://m.example.com@evil.net/' 'https://u:p@m.example.com/' \
      'https://m.example.com:80@evil.net/' 'https://m.example.com:99999/' \
      'https://m.example.com:/' 'https://m.example.com:a/' 'https://[::1]/' \
      'https://m.example.com%2eevil.net/' 'https://m.example.com./' \
      'javascript:alert(1)' 'JaVaScRiPt:alert(1)' 'data:text/html,x' \
      'vbscript:x' 'file:///etc/passwd' 'blob:x' 'about:blank' \
      'java\tscript:alert(1)' '\u0001javascript:alert(1)' '{arg.a}' \
      'https://{arg.a}/' 'https://m.example.com{arg.a}/' '{arg.a}:x' \
      'https://m.example.com:{arg.a}/' 'https://m.example.com/{host}' \
      'weixin://{arg.a}/' 'weixin:'
  n=0
  for to; do
      n=$((n + 1))
      printf 'HSET rush:link:{t%d} version 1 ' $n
      printf 'json "{\\"fallback\\":\\"%s\\"}"\n' \
          "$(printf %s "$to" | sed 's/\\/\\\\/g')"
  done >$D/commands
  redis-cli -s $TEST_NGINX_REDIS <$D/commands | sort | uniq -c | tr -s ' '
  for i in $(seq $n); do
      curl -s -D $D/head -o /dev/null -w '%{http_code} (%{redirect_url})\n' \
          "$U/q/t$i?a=evil.net"
      grep -i -e location -e evil $D/head
  done | sort | uniq -c | tr -s ' '
= ~ \A *47 2\n *47 503 \(\)\z
--- wait: 0.1
--- error_log eval
qr/is damaged/
--- no_error_log
[emerg]
exited on signal



=== TEST 6: a host that rush_scan_hosts does not name is not led to
--- config
    rush_scan_hosts m\.example\.com|shop\.example\.org (?:a|b)\.example\.net;
--- no_audit
--- steps
~GET /q/none
404
$ for to in https://m.example.com.evil.net/ https://evilm.example.com/ \
      https://m.example.comevil.net/ https://xm.example.com/ \
      https://evil.net/m.example.com https://evil.net?m.example.com \
      'https://evil.net#m.example.com' https://mxexample.com/ \
      https://m.example.com.cn/ https://shop.example.orgs/ \
      https://evil.net/https://m.example.com/ https://c.example.net/ \
      https://a.example.net.evil.net/ https://xn--m-0xa.example.com/ \
      https://m.example.com-evil.net/ https://example.com/ \
      https://shop.example.org.m.example.co/ http://m.example.com/ \
      HTTP://m.example.com/ ftp://m.example.com/ weixin://m.example.com/ \
      alipays:m.example.com intent://m.example.com/ https://127.0.0.1/; do
      n=$((n + 1))
      curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/a \
          -d "{\"fallback\":\"$to\"}"
      redis-cli -s $TEST_NGINX_REDIS HSET "rush:link:{t$n}" version 1 \
          json "{\"fallback\":\"$to\"}"
      curl -s -o /dev/null -w '%{http_code} (%{redirect_url})\n' "$U/q/t$n"
  done | sort | uniq -c | tr -s ' '
= ~ \A *24 2\n *24 400\n *24 404 \(\)\z
--- error_log
does not allow



=== TEST 7: a host that it names is, as a whole and in any case
--- config
    rush_scan_hosts m\.example\.com|m\.example\.com\.cn ^shop\.example\.org$
                    (?:[a-z0-9-]+\.)?xn--fiqs8s http: weixin:;
--- no_audit
--- steps
~GET /q/none
404
$ for to in https://m.example.com https://M.Example.COM/ \
      HTTPS://m.example.com:8443/a https://m.example.com.cn/ \
      https://shop.example.org/ https://xn--fiqs8s/ https://a.xn--fiqs8s/ \
      'https://m.example.com?a@b' 'https://m.example.com#@b' \
      https://m.example.com/@evil.net https://m.example.com//evil.net \
      http://m.example.com/ weixin://dl/business WEIXIN:a; do
      n=$((n + 1))
      curl -s -o /dev/null -w '%{http_code}\n' -X PUT $U/rush/links/t$n \
          -d "{\"fallback\":\"$to\"}"
      curl -s -D - -o /dev/null "$U/q/t$n" | tr -d '\r' |
          grep -x "Location: $to" | cut -c 1-8
  done | sort | uniq -c | tr -s ' '
= ~ \A *14 201\n *14 Location\z



=== TEST 8: a target that was changed by hand, while it is in memory
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201
GET /q/a
302
Location: https://m.example.com/
redis HSET rush:link:{a} version 9999999999999 json '{"fallback":"https://m.example.com.evil.net/"}'
redis XADD rush:links * codes a
wait 1.2
GET /q/a
404
! Location
GET /q/a
Accept: application/json
404 ~ ^(?!.*evil)
redis HSET rush:link:{a} version 9999999999999 json '{"fallback":"https://m.example.com/2"}'
redis XADD rush:links * codes a
wait 1.2
GET /q/a
302
Location: https://m.example.com/2
--- error_log
link "a" leads to "https://m.example.com.evil.net/", which "rush_scan_hosts"



=== TEST 9: each location has its own hosts
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://b.example.com/"}'
--- config
    rush_scan_hosts (?:m|b)\.example\.com;
    location ~ ^/b/(?<code>.*)$ {
        rush_scan_hosts b\.example\.com;
        rush_scan $code;
    }
--- steps
GET /q/a
302
Location: https://m.example.com/
GET /b/a
404
! Location
GET /b/b
302
Location: https://b.example.com/
GET /q/b
302
Location: https://b.example.com/
# and what one has found is not what the other has
GET /q/a
302
GET /b/a
404
! Location
--- error_log
does not allow



=== TEST 10: hosts after a reload
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
--- config
    rush_scan_hosts m\.example\.com;
--- steps
GET /q/a
302
Location: https://m.example.com/
reload s/rush_scan_hosts .*;/rush_scan_hosts shop\\.example\\.com;/
GET /q/a
404
! Location
--- error_log
does not allow



=== TEST 11: any target of a link: rules, pools, before, after
--- config
--- steps
redis HSET rush:link:{a} version 1 json '{"rules":[{"to":"https://evil.net/"}]}'
redis HSET rush:link:{b} version 1 json '{"rules":[{"pool":[{"to":"https://evil.net/"}]}]}'
redis HSET rush:link:{c} version 1 json '{"rules":[{"pool":[{"to":"https://evil.net/","cap":9}]}]}'
redis HSET rush:link:{d} version 1 json '{"fallback":"https://m.example.com/","before":"https://evil.net/","starts":<now+1h>}'
redis HSET rush:link:{e} version 1 json '{"fallback":"https://m.example.com/","after":"https://evil.net/","ends":<now-1h>}'
$ for code in a b c d e; do
      curl -s -o /dev/null -w '%{http_code} (%{redirect_url})\n' "$U/q/$code"
  done
= 404 ()
= 404 ()
= 404 ()
= 404 ()
= 404 ()
--- error_log
does not allow



=== TEST 12: no value makes a way up in the path
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a/{arg.x}/b?q={arg.x}#{arg.x}"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/a/{arg.x}{arg.y}/b"}'
HSET rush:link:{c} version 1 json '{"fallback":"https://m.example.com/a/.{arg.x}/b"}'
HSET rush:link:{d} version 1 json '{"fallback":"https://m.example.com/a/%2e{arg.x}/b"}'
HSET rush:link:{e} version 1 json '{"fallback":"https://m.example.com/a/{arg.x}."}'
HSET rush:link:{f} version 1 json '{"fallback":"https://m.example.com/a/{arg.x}../b"}'
HSET rush:link:{g} version 1 json '{"fallback":"https://m.example.com/a/v{arg.x}.html"}'
--- config
--- steps
GET /q/a?x=..
302
Location: https://m.example.com/a//b?q=..#..
GET /q/a?x=%2e%2E
302
Location: https://m.example.com/a//b?q=..#..
GET /q/a?x=../../etc
302
Location: https://m.example.com/a/%2F..%2Fetc/b?q=..%2F..%2Fetc#..%2F..%2Fetc
GET /q/a?x=%252e%252e
302
Location: https://m.example.com/a/%252e%252e/b?q=%252e%252e#%252e%252e
GET /q/a?x=..%5C..%5C
302
Location: https://m.example.com/a/%5C..%5C/b?q=..%5C..%5C#..%5C..%5C
GET /q/a?x=...hidden
302
Location: https://m.example.com/a/hidden/b?q=...hidden#...hidden
GET /q/b?x=.&y=.
302
Location: https://m.example.com/a//b
GET /q/b?x=&y=..
302
Location: https://m.example.com/a//b
GET /q/b?x=a&y=..
302
Location: https://m.example.com/a/a/b
$ for i in c d e f; do for x in '' . .. %2e a; do
      curl -s -o /dev/null -w '%{redirect_url}\n' --path-as-is "$U/q/$i?x=$x"
  done; done | sed 's/%2[eE]/./g' >$D/urls
  grep -c '^https://m\.example\.com/a/' $D/urls
  grep -c -e '/\.\.\?/' -e '/\.\.\?$' $D/urls
= 20
= 0
GET /q/g?x=1.2
302
Location: https://m.example.com/a/v1.2.html



=== TEST 13: no value leaves its place
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{arg.x}?a={arg.x}&b=1"}'
HSET rush:link:{p} version 1 json '{"fallback":"https://m.example.com/a","query":"pass"}'
--- config
--- steps
GET /q/a?x=//evil.net
302
Location: https://m.example.com/%2F%2Fevil.net?a=%2F%2Fevil.net&b=1
GET /q/a?x=@evil.net
302
Location: https://m.example.com/%40evil.net?a=%40evil.net&b=1
GET /q/a?x=%26b=2%23c%3Fd
302
Location: https://m.example.com/%26b%3D2%23c%3Fd?a=%26b%3D2%23c%3Fd&b=1
GET /q/a?x=%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a<b>
302
Location: https://m.example.com/%0D%0ASet-Cookie%3A%20a%3Db%0D%0A%0D%0A%3Cb%3E?a=%0D%0ASet-Cookie%3A%20a%3Db%0D%0A%0D%0A%3Cb%3E&b=1
! Set-Cookie
# passed on as it came, and nothing that would end it
GET /q/p?x=%0d%0aSet-Cookie:a=b&y="<>\^`{|}
302
Location: https://m.example.com/a?x=%0d%0aSet-Cookie:a=b&y=%22%3C%3E%5C%5E%60%7B%7C%7D
! Set-Cookie
GET /q/p?x=1#https://evil.net
302
Location: ~ ^https://m\.example\.com/a\?x=1(?:%23.*)?$
$ curl -s -o /dev/null -w '%{redirect_url}' "$U/q/p?$(printf '\303\251\377')"
= https://m.example.com/a?%C3%A9%FF



=== TEST 14: what q brings is no header, and no JSON
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{arg.x}?y={arg.x}","query":"pass"}'
--- config
--- steps
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%3Fx%3D%0d%0aX:1
400 {"outcome":"invalid","member":"q",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%3Fx%3D%250d%250aX:1
200 {"target":"https://m.example.com/%0D%0AX%3A1?y=%0D%0AX%3A1&x=%0d%0aX:1",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%3Fx%3D%22,%22outcome%22:%22won
200 {"outcome":"found","link":"a","client":"desktop","target":"https://m.example.com/%22%2C%22outcome%22%3A%22won?y=%22%2C%22outcome%22%3A%22won&x=%22,%22outcome%22:%22won","now":<now>}
# its host is nowhere that is led to
GET /scan?q=https%3A%2F%2Fevil.net%2Fa
200 {"target":"https://m.example.com/?y=",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%3F%C3%A9%FF&scancode_time=1%0d%0a
200 {"target":"https://m.example.com/?y=&%C3%A9%FF",...}



=== TEST 15: the User-Agent, the user and the cookie are no headers
--- http_config
    rush_client app "app";
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"pool":[{"to":"https://m.example.com/{user}{client}"}],"sticky":true}]}'
--- config
--- steps
GET /q/a
User-Agent: app"><script>{"a":1}
Cookie: rush_v="><script>alert(1)<
302
Location: https://m.example.com/app
Set-Cookie: ~ ^rush_v=[\w-]{22}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax$
GET /q/a
Cookie: rush_v=aaaaaaaaaaaaaaaaaaaaa%0a
302
Set-Cookie: ~ ^rush_v=[\w-]{22};
GET /q/a
Cookie: rush_v=<x*500>
302
Set-Cookie: ~ ^rush_v=[\w-]{22};
GET /q/a
Cookie: a=b; rush_v=abcdefghijklmnopqrst-_; c=d
302
! Set-Cookie
GET /q/a
X-User: <b>
302
Location: https://m.example.com/desktop
GET /q/a
X-User: ann:1
302
Location: https://m.example.com/ann%3A1desktop
! Set-Cookie



=== TEST 16: ids as users, codes and refs do not reach key names
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/vip"}],"fallback":"https://m.example.com/f","ref":"till","bind":"book"}'
SADD rush:tag:vip ann
--- config
--- steps
GET /q/a
X-User: ann
302
Location: https://m.example.com/vip
GET /q/a
X-User: ann}x{
302
Location: https://m.example.com/f
GET /q/a
X-User: a b
302
Location: https://m.example.com/f
redis HGETALL rush:refs:{book}:users
= ann
= till



=== TEST 17: a link that is damaged: 503 and an alert, and others are well
--- no_audit
--- redis
HSET rush:link:{ok} version 1 json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{bad-1} version 1 json '{"fallback":"https://m.example.com/"'
HSET rush:link:{bad-2} version 1 json ''
HSET rush:link:{bad-3} version 1 json 'null'
HSET rush:link:{bad-4} version 1 json '[]'
HSET rush:link:{bad-5} version 1 json '{"fallback":"https://m.example.com/"} x'
HSET rush:link:{bad-6} version 1 json '{"fallback":"https://m.example.com/","price":1}'
HSET rush:link:{bad-7} version 1 json '{"fallback":{"to":"https://m.example.com/"}}'
HSET rush:link:{bad-8} version 1 json '{"rules":[{"to":1}]}'
HSET rush:link:{bad-9} version 1 json '{"rules":"https://m.example.com/"}'
HSET rush:link:{bad-10} version 1 json '{"fallback":"https://m.example.com/","fallback":"https://m.example.com/"}'
HSET rush:link:{bad-11} version 1 json '{}'
HSET rush:link:{bad-12} json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{bad-13} version x json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{bad-14} version 1 json '{"fallback":"https://m.example.com/","status":304}'
HSET rush:link:{bad-15} version 1 json '{"rules":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}'
HSET rush:link:{bad-16} version 1 json '{"fallback":"\ud800"}'
HSET rush:link:{bad-17} version 99999999999999999999 json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{bad-18} version '' json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{bad-19} version 1 json '{"fallback":"https://m.example.com/","max":-1}'
HSET rush:link:{bad-20} version 1 json '{"fallback":"https://m.example.com/","max":1e3}'
--- config
--- steps
row 20 GET /q/bad-%d
= 503 pending 20
GET /q/bad-1
503 {"outcome":"pending","now":<now>}
Retry-After: ~ ^\d+$
! Location
GET /q/bad-1
Accept: application/json
503 {"outcome":"pending",...}
GET /q/ok
302
Location: https://m.example.com/
# mended by hand, it is read again within a second
redis HSET rush:link:{bad-1} version 2 json '{"fallback":"https://m.example.com/1"}'
wait 1.1
GET /q/bad-1
302
Location: https://m.example.com/1
$ for i in $(seq 20); do
      grep -c "\[alert\].*link \"bad-$i\" in redis \"main\" is damaged" \
          $R/logs/error.log
  done | grep -c '[1-9]'
= 20
--- error_log
is damaged
--- no_error_log
[emerg]
exited on signal



=== TEST 18: a link that is no hash: 503, and an error
--- no_audit
--- redis
HSET rush:link:{ok} version 1 json '{"fallback":"https://m.example.com/"}'
SET rush:link:{s} '{"fallback":"https://m.example.com/"}'
RPUSH rush:link:{l} a
ZADD rush:link:{z} 1 a
XADD rush:link:{x} * a b
--- config
--- steps
$ for code in s l z x; do
      curl -s -o /dev/null -w '%{http_code}\n' "$U/q/$code"
  done
= 503
= 503
= 503
= 503
GET /q/ok
302
Location: https://m.example.com/
# together with others in one round trip
&GET /q/s
503
&GET /q/ok
302
&GET /q/none
404
--- error_log
WRONGTYPE
--- no_error_log
[emerg]
exited on signal



=== TEST 19: keys of a pool, of a book and of counters that are no hashes
--- no_audit
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"pool":[{"to":"https://m.example.com/","cap":1}]}]}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/","ref":"till"}'
HSET rush:link:{c} version 1 json '{"rules":[{"member":"vip","to":"https://m.example.com/"}]}'
SET rush:link:{a}:pool x
SET rush:refs:{refs}:users x
SET rush:tag:vip x
--- config
--- steps
GET /q/a
503 {"outcome":"pending",...}
! Location
# nobody is bound, and he is led on all the same
GET /q/b
X-User: ann
302
Location: https://m.example.com/
GET /q/c
X-User: ann
503 {"outcome":"pending",...}
! Location
--- error_log
WRONGTYPE
--- no_error_log
[emerg]
exited on signal



=== TEST 20: the stream of changes has odd entries
--- no_audit
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/1"}
201
GET /q/a
302
Location: https://m.example.com/1
redis XADD rush:links * x y
redis XADD rush:links * codes ''
redis XADD rush:links * codes '   '
redis XADD rush:links * codes <x*70>
redis XADD rush:links * codes '}{ \x00 *' more less
redis HSET rush:link:{a} version 9999999999999 json '{"fallback":"https://m.example.com/2"}'
redis XADD rush:links * codes 'b a c'
wait 1.2
GET /q/a
302
Location: https://m.example.com/2



=== TEST 21: arguments without end
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"arg":"z","is":["1"],"to":"https://m.example.com/z"}],"fallback":"https://m.example.com/f","query":"pass"}'
--- config
--- steps
$ printf '&%.0s' $(seq 7000) >$D/args
  curl -s -o /dev/null -w '%{redirect_url}' "$U/q/a?z=1$(cat $D/args)" |
      cut -c 1-27
= https://m.example.com/z?z=1
$ curl -s -o /dev/null -w '%{redirect_url}' "$U/q/a?$(cat $D/args)z=1" |
      cut -c 1-24
= https://m.example.com/z?
GET /q/a?=&&==&z&%&%zz&z=
302
Location: https://m.example.com/f?=&&==&z&%&%zz&z=
