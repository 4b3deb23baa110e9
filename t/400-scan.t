# rush_scan: what a scan is answered: redirects and JSON, each outcome, what is
# put into a target, the mini-program's q, variables, HTTP/2.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    rush_user $http_x_user;
    rush_scan_hosts m\.example\.com;

    location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
    location = /scan { rush_scan ""; }
    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: a redirect
--- redis
HSET rush:link:{door-7} version 1 json '{"fallback":"https://m.example.com/welcome"}'
--- config
--- steps
GET /q/door-7
302
Location: https://m.example.com/welcome
Cache-Control: no-store
Content-Length: 0
! Content-Type
! Retry-After
! Set-Cookie
! ETag
|
# from memory, the same
GET /q/door-7
302
Location: https://m.example.com/welcome
Cache-Control: no-store



=== TEST 2: HEAD, the same but for the body that there is not
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
--- config
--- steps
HEAD /q/a
302
Location: https://m.example.com/
Cache-Control: no-store
HEAD /q/a
Accept: application/json
200
Content-Type: application/json
Cache-Control: no-store
Content-Length: ~ ^[1-9]\d+$
! Location
HEAD /q/none
404
Content-Type: application/json
Cache-Control: no-store
HEAD /q/a HTTP/1.0
302
Location: https://m.example.com/



=== TEST 3: the status of the redirect; 301 and 308 may be kept
--- redis
HSET rush:link:{s301} version 1 json '{"fallback":"https://m.example.com/","status":301}'
HSET rush:link:{s302} version 1 json '{"fallback":"https://m.example.com/","status":302}'
HSET rush:link:{s303} version 1 json '{"fallback":"https://m.example.com/","status":303}'
HSET rush:link:{s307} version 1 json '{"fallback":"https://m.example.com/","status":307}'
HSET rush:link:{s308} version 1 json '{"fallback":"https://m.example.com/","status":308}'
--- config
--- steps
GET /q/s301
301
Location: https://m.example.com/
! Cache-Control
GET /q/s302
302
Location: https://m.example.com/
Cache-Control: no-store
GET /q/s303
303
Location: https://m.example.com/
Cache-Control: no-store
GET /q/s307
307
Location: https://m.example.com/
Cache-Control: no-store
GET /q/s308
308
Location: https://m.example.com/
! Cache-Control
# JSON is no redirect, and never kept
GET /q/s301
Accept: application/json
200 {"outcome":"found","link":"s301","client":"desktop","target":"https://m.example.com/","now":<now>}
Cache-Control: no-store
! Location



=== TEST 4: JSON for who accepts it
--- redis
HSET rush:link:{door-7} version 1 json '{"fallback":"https://m.example.com/a?b=1&c=%22#d"}'
--- config
--- steps
GET /q/door-7
Accept: application/json
200 {"outcome":"found","link":"door-7","client":"desktop","target":"https://m.example.com/a?b=1&c=%22#d","now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Location
GET /q/door-7
Accept: text/html, application/json;q=0.9, */*;q=0.1
200 {"outcome":"found",...}
# in two lines
GET /q/door-7
Accept: text/html
Accept: application/json
200 {"outcome":"found",...}
GET /q/door-7
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
302
GET /q/door-7
Accept: */*
302
GET /q/door-7
Accept:
302



=== TEST 5: q, the URL that was printed
--- redis
HSET rush:link:{door-7} version 1 json '{"rules":[{"arg":"src","is":["tv"],"to":"https://m.example.com/tv?t={arg.scancode_time}&x={arg.x}"}],"fallback":"https://m.example.com/welcome?t={arg.scancode_time}"}'
--- config
--- steps
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fdoor-7&scancode_time=1638613721
200 {"outcome":"found","link":"door-7","client":"desktop","target":"https://m.example.com/welcome?t=1638613721","now":<now>}
! Location
# arguments are those of q, and not of the request
GET /scan?q=https%3A//a.b/door-7%3Fsrc%3Dtv%26x%3D1%252F2&scancode_time=7&x=9
200 {"target":"https://m.example.com/tv?t=7&x=1%2F2",...}
GET /scan?src=tv&q=https%3A%2F%2Fm.example.com%2Fq%2Fdoor-7%3Fsrc%3Dweb
200 {"target":"https://m.example.com/welcome?t=",...}
# what is behind a # is neither code nor argument
GET /scan?q=http%3a%2f%2fm.example.com%2fdoor-7%23src%3dtv
200 {"link":"door-7","target":"https://m.example.com/welcome?t=",...}
GET /scan?q=HTTPS%3A%2F%2Fm.example.com%2Fa%2Fb%2Fdoor%2D7%3F
200 {"link":"door-7",...}
# a code that is encoded in the URL, which is encoded once more
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fdoor%252D7
200 {"link":"door-7",...}
# scancode_time is a time
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fdoor-7&scancode_time=%3Cb%3E
200 {"target":"https://m.example.com/welcome?t=",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fdoor-7&scancode_time=-1
200 {"target":"https://m.example.com/welcome?t=",...}



=== TEST 6: q, and a code that rush_scan knows
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a?x={arg.x}"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/b?x={arg.x}"}'
--- config
--- steps
GET /q/a?x=1&q=https%3A%2F%2Fm.example.com%2Fq%2Fb%3Fx%3D2
200 {"outcome":"found","link":"a","client":"desktop","target":"https://m.example.com/a?x=2","now":<now>}
# a URL without a path
GET /q/a?q=https%3A%2F%2Fm.example.com
200 {"link":"a","target":"https://m.example.com/a?x=",...}
GET /q/a?q=https%3A%2F%2Fm.example.com%3Fx%3D3
200 {"link":"a","target":"https://m.example.com/a?x=3",...}
# no q: a redirect
GET /q/a?x=1&q=
302
Location: https://m.example.com/a?x=1
GET /q/a?x=1&Q2=https%3A%2F%2Fm.example.com%2Fq%2Fb
302
Location: https://m.example.com/a?x=1



=== TEST 7: q passes its own arguments on
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a","query":"pass"}'
--- config
--- steps
GET /scan?q=https%3A%2F%2Fa.b%2Fa%3Fx%3D1%26y%3D2&scancode_time=5&z=3
200 {"target":"https://m.example.com/a?x=1&y=2&scancode_time=5",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fa&scancode_time=5
200 {"target":"https://m.example.com/a?scancode_time=5",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fa
200 {"target":"https://m.example.com/a",...}



=== TEST 8: q is no URL
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a"}'
--- config
--- steps
GET /scan?q=a
400 {"outcome":"invalid","member":"q","error":"<any>","now":<now>}
Content-Type: application/json
Cache-Control: no-store
GET /scan?q=%2Fq%2Fa
400 {"outcome":"invalid","member":"q",...}
GET /scan?q=ftp%3A%2F%2Fm.example.com%2Fa
400 {"outcome":"invalid","member":"q",...}
GET /scan?q=javascript%3Aa%2Fa
400 {"outcome":"invalid","member":"q",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%0d%0ab%2Fa
400 {"outcome":"invalid","member":"q",...}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fa%20b%2Fa
400 {"outcome":"invalid","member":"q",...}
GET /scan?q=https%3A%2F%2F
400 {"outcome":"invalid","member":"q",...}
# no code in it
GET /scan?q=https%3A%2F%2Fm.example.com
404 {"outcome":"unknown","now":<now>}
GET /scan?q=https%3A%2F%2Fm.example.com%2F
404 {"outcome":"unknown","now":<now>}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fa%252Fb
404 {"outcome":"unknown","now":<now>}
GET /scan
404 {"outcome":"unknown","now":<now>}
GET /scan?q=
404 {"outcome":"unknown","now":<now>}



=== TEST 9: unknown
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"client":"wechat","to":"https://m.example.com/"}]}'
--- config
--- steps
# there is none
GET /q/none
404 {"outcome":"unknown","now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Location
! Retry-After
# none that could be
GET /q/
404 {"outcome":"unknown","now":<now>}
GET /q/a%20b
404 {"outcome":"unknown","now":<now>}
GET /q/a/b
404 {"outcome":"unknown","now":<now>}
GET /q/%E4%BD%A0
404 {"outcome":"unknown","now":<now>}
GET /q/<x*65>
404 {"outcome":"unknown","now":<now>}
GET /q/<x*64>
404 {"outcome":"unknown","now":<now>}
# no rule fits, and there is no fallback
GET /q/a
404 {"outcome":"unknown","now":<now>}



=== TEST 10: codes are compared as they are
--- redis
HSET rush:link:{A.b:c@d-e_9} version 1 json '{"fallback":"https://m.example.com/{code}"}'
--- config
--- steps
GET /q/A.b:c@d-e_9
302
Location: https://m.example.com/A.b%3Ac%40d-e_9
GET /q/A.b:c%40d-e_9
302
Location: https://m.example.com/A.b%3Ac%40d-e_9
GET /q/a.b:c@d-e_9
404 {"outcome":"unknown",...}



=== TEST 11: early
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/f","before":"https://m.example.com/b","starts":<now+1h>}
201
PUT /rush/links/b
| {"fallback":"https://m.example.com/f","starts":<now+1h>}
201
PUT /rush/links/c
| {"rules":[{"to":"https://m.example.com/r"}],"starts":<now+1h>}
201
GET /q/a
302
Location: https://m.example.com/b
Cache-Control: no-store
GET /q/b
302
Location: https://m.example.com/f
GET /q/c
425 {"outcome":"early","starts":<now+1h>,"now":<now>}
Retry-After: ~ ^36\d\d$
Content-Type: application/json
Cache-Control: no-store
! Location
HEAD /q/c
425
Retry-After: ~ ^36\d\d$



=== TEST 12: ended
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/f","after":"https://m.example.com/a","ends":<now-1h>}
201
PUT /rush/links/b
| {"fallback":"https://m.example.com/f","ends":<now-1h>}
201
PUT /rush/links/c
| {"rules":[{"to":"https://m.example.com/r"}],"ends":<now-1h>}
201
GET /q/a
302
Location: https://m.example.com/a
Cache-Control: no-store
GET /q/b
302
Location: https://m.example.com/f
GET /q/c
410 {"outcome":"ended","now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Location
! Retry-After



=== TEST 13: the times pass while nginx runs
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/r"}],"starts":<now+1s>,"ends":<now+2s>}
201
GET /q/a
425 {"outcome":"early",...}
wait 1.2
GET /q/a
302
Location: https://m.example.com/r
wait 1
GET /q/a
410 {"outcome":"ended",...}



=== TEST 14: times in words
--- config
--- steps
~PUT /rush/links/a
| {"rules":[{"to":"https://m.example.com/r"}],"starts":"2020-01-01T00:00:00+08:00","ends":"2099-01-01T00:00:00Z"}
201
PUT /rush/links/b
| {"rules":[{"to":"https://m.example.com/r"}],"starts":"2099-01-01T00:00:00+08:00"}
201
GET /q/a
302
Location: https://m.example.com/r
GET /q/b
425 {"outcome":"early","starts":4070880000000,"now":<now>}



=== TEST 15: max, the scans that are counted
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"to":"https://m.example.com/r"}],"max":2}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/f","after":"https://m.example.com/a","max":1}'
HSET rush:link:{c} version 1 json '{"fallback":"https://m.example.com/f","max":0}'
--- config
--- steps
HEAD /q/a
302
GET /q/a
302
GET /q/a
User-Agent: Googlebot/2.1
302
GET /q/a
302
GET /q/a
410 {"outcome":"ended","now":<now>}
HEAD /q/a
410
GET /q/b
302
Location: https://m.example.com/f
GET /q/b
302
Location: https://m.example.com/a
row 5 GET /q/c
= 302 5



=== TEST 16: max, a scan that leads nowhere is not counted
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"arg":"a","is":["1"],"to":"https://m.example.com/r"}],"max":1}'
--- config
--- steps
GET /q/a
404 {"outcome":"unknown","now":<now>}
GET /q/a
404 {"outcome":"unknown","now":<now>}
GET /q/a?a=1
302
Location: https://m.example.com/r
GET /q/a?a=1
410 {"outcome":"ended","now":<now>}



=== TEST 17: method
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
--- config
--- steps
POST /q/a
405 {"outcome":"method","now":<now>,...}
Allow: GET, HEAD
Content-Type: application/json
Cache-Control: no-store
! Location
PUT /q/a
| {}
405 {"outcome":"method",...}
DELETE /q/a
405 {"outcome":"method",...}
OPTIONS /q/a
405 {"outcome":"method",...}



=== TEST 18: arguments that are too long for the target
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/?a={arg.a}{arg.a}{arg.a}{arg.a}{arg.a}"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/{arg.a}{arg.a}{arg.a}{arg.a}{arg.a}","query":"pass"}'
--- config
--- steps
GET /q/a?a=<x*1600>
302
Location: https://m.example.com/?a=<x*8000>
GET /q/a?a=<x*3000>
400 {"outcome":"invalid","member":"args","error":"<any>","now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Location
GET /q/b?a=<x*1700>
400 {"outcome":"invalid","member":"args",...}



=== TEST 19: query pass and drop
--- redis
HSET rush:link:{none} version 1 json '{"fallback":"https://m.example.com/a"}'
HSET rush:link:{drop} version 1 json '{"fallback":"https://m.example.com/a","query":"drop"}'
HSET rush:link:{pass} version 1 json '{"fallback":"https://m.example.com/a","query":"pass"}'
HSET rush:link:{more} version 1 json '{"fallback":"https://m.example.com/a?b=1#c?d","query":"pass"}'
HSET rush:link:{open} version 1 json '{"fallback":"https://m.example.com?","query":"pass"}'
HSET rush:link:{host} version 1 json '{"fallback":"https://m.example.com","query":"pass"}'
HSET rush:link:{frag} version 1 json '{"fallback":"https://m.example.com/a#b?c","query":"pass"}'
--- config
--- steps
GET /q/none?x=1
302
Location: https://m.example.com/a
GET /q/drop?x=1
302
Location: https://m.example.com/a
GET /q/pass?x=1&y=%2F&z
302
Location: https://m.example.com/a?x=1&y=%2F&z
GET /q/pass
302
Location: https://m.example.com/a
GET /q/pass?
302
Location: https://m.example.com/a
GET /q/more?x=1
302
Location: https://m.example.com/a?b=1&x=1#c?d
GET /q/open?x=1
302
Location: https://m.example.com?x=1
GET /q/host?x=1
302
Location: https://m.example.com?x=1
GET /q/frag?x=1
302
Location: https://m.example.com/a?x=1#b?c



=== TEST 20: what is put into a target
--- redis
HSET rush:link:{a:1} version 1 json '{"fallback":"https://m.example.com/{code}/{ref}/{user}/{client}/x{ticket}x{outcome}x?a={arg.a-b}&b={arg.B_9}#{code}","ref":"guide@7"}'
--- config
--- steps
GET /q/a:1?a-b=1%2B1&B_9=%E4%BD%A0
X-User: ann:1@x
302
Location: https://m.example.com/a%3A1/guide%407/ann%3A1%40x/desktop/xxx?a=1%2B1&b=%E4%BD%A0#a%3A1
# what is not there is empty
GET /q/a:1
302
Location: https://m.example.com/a%3A1/guide%407//desktop/xxx?a=&b=#a%3A1



=== TEST 21: values are percent-encoded, all but a few
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/?a={arg.a}"}'
--- config
--- steps
GET /q/a?a=AZaz09-._~
302
Location: https://m.example.com/?a=AZaz09-._~
GET /q/a?a=!"$'()*+,/:;<=>?@[\]^`{|}
302
Location: https://m.example.com/?a=%21%22%24%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D
GET /q/a?a=%00%01%0D%0A%20%7F%80%FF%26%23%25
302
Location: https://m.example.com/?a=%00%01%0D%0A%20%7F%80%FF%26%23%25
# the first of a name, and only of that name
GET /q/a?aa=1&b=2&a=3&a=4
302
Location: https://m.example.com/?a=3



=== TEST 22: ref, the link's and that of the request
--- http_config
    log_format scan '$rush_ref';
--- redis
HSET rush:link:{own} version 1 json '{"fallback":"https://m.example.com/?r={ref}","ref":"cashier-7"}'
HSET rush:link:{not} version 1 json '{"fallback":"https://m.example.com/?r={ref}"}'
--- config
    access_log logs/upstream.log scan;
    rush_ref $arg_r;
--- steps
GET /q/own?r=me
302
Location: https://m.example.com/?r=cashier-7
GET /q/not?r=me
302
Location: https://m.example.com/?r=me
GET /q/not
302
Location: https://m.example.com/?r=
GET /q/not?r=%3Cb%3E
302
Location: https://m.example.com/?r=
--- upstream
cashier-7
me
-
-



=== TEST 23: variables
--- http_config
    log_format scan '$rush_outcome|$rush_link|$rush_client|$rush_ref|'
                    '$rush_user|$rush_target';
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/?a={arg.a}","ref":"till-1"}'
--- config
    access_log logs/upstream.log scan;
--- steps
GET /q/a?a=%2F
X-User: ann
User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X)
302
GET /q/a?a=1
Accept: application/json
200
GET /q/none
404
GET /q/a%20b
404
POST /q/a
405
HEAD /q/a
302
--- upstream
found|a|ios|till-1|ann|https://m.example.com/?a=%2F
found|a|desktop|till-1|-|https://m.example.com/?a=1
unknown|none|desktop|-|-|-
unknown|-|desktop|-|-|-
method|-|desktop|-|-|-
found|a|desktop|till-1|-|https://m.example.com/?a=



=== TEST 24: rush_answer status leaves all but found to error_page
--- config
    rush_answer status;
    error_page 404 /lost;
    error_page 410 = /over;
    error_page 425 @soon;

    location = /lost { return 200 "lost $rush_outcome $rush_link"; }
    location = /over { return 200 "over $rush_outcome"; }
    location @soon { return 503 "soon $rush_outcome"; }
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201
PUT /rush/links/b
| {"rules":[{"to":"https://m.example.com/r"}],"ends":<now-1h>}
201
PUT /rush/links/c
| {"rules":[{"to":"https://m.example.com/r"}],"starts":<now+1h>}
201
GET /q/a
302
Location: https://m.example.com/
GET /q/a
Accept: application/json
200 {"outcome":"found","link":"a",...}
GET /q/none
404 lost unknown none
GET /q/b
200 over ended
GET /q/c
425 soon early
POST /q/a
405 ~ ^<html>
Allow: GET, HEAD
GET /scan?q=a
400 ~ ^<html>



=== TEST 25: one after the other on a connection, and pipelined
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/b"}'
--- config
    location = /end { return 200 "end"; }
--- steps
GET /q/a
302
Location: https://m.example.com/a
+GET /q/none
404 {"outcome":"unknown",...}
+GET /q/b
| a body that nobody asked for
302
Location: https://m.example.com/b
+HEAD /q/a
302
+GET /q/a
Accept: application/json
200 {"outcome":"found",...}
+GET /end
200 end
&GET /q/new-1
404 {"outcome":"unknown",...}
&+GET /q/b
302
Location: https://m.example.com/b
&+POST /q/a
| body
405
&+GET /q/a
Accept: application/json
200 {"outcome":"found","link":"a",...}
&+GET /q/a
302
Location: https://m.example.com/a
&+GET /end
200 end



=== TEST 26: many at once for a link that nobody has read yet
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a"}'
--- proxy
--- config
--- steps
many 60 GET /q/a
= 302 60
many 40 GET /q/n%d
= 404 unknown 40



=== TEST 27: HTTP/2
--- h2
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/a?b={arg.b}"}'
HSET rush:link:{p} version 1 json '{"fallback":"https://m.example.com/p","status":308}'
--- config
--- steps
$ curl -s --http2-prior-knowledge -D - "$H/q/a?b=%0d%0aX:1" |
      grep -i -e ^HTTP -e ^location -e ^cache | tr -d '\r' | sed 's/ *$//'
= HTTP/2 302
= location: https://m.example.com/a?b=%0D%0AX%3A1
= cache-control: no-store
$ curl -s --http2-prior-knowledge -D - "$H/q/p" |
      grep -i -e ^HTTP -e ^location -e ^cache | tr -d '\r' | sed 's/ *$//'
= HTTP/2 308
= location: https://m.example.com/p
$ curl -s --http2-prior-knowledge -H 'Accept: application/json' "$H/q/a"
= {"outcome":"found","link":"a","client":"desktop","target":"https://m.example.com/a?b=","now":<now>}
$ curl -s --http2-prior-knowledge "$H/q/none"
= {"outcome":"unknown","now":<now>}
$ curl -s --http2-prior-knowledge -I -o /dev/null -w '%{http_code}' "$H/q/a"
= 302
$ nghttp -s -n $(seq -f "$H/q/a?b=%.0f" 20) |
      grep -o ' [2345][0-9][0-9] ' | sort | uniq -c | tr -d ' '
= 20302



=== TEST 28: a scan comes by an internal redirect
--- http_config
    log_format scan '$rush_outcome|$rush_link';
--- redis
HSET rush:link:{home} version 1 json '{"fallback":"https://m.example.com/"}'
--- config
    access_log logs/upstream.log scan;
    location = /short { rewrite ^ /q/home last; }
    location = /gone { error_page 404 = /q/home; return 404; }
--- steps
GET /short
302
Location: https://m.example.com/
GET /gone
302
Location: https://m.example.com/
--- upstream
found|home
found|home



=== TEST 29: Redis is not there
--- http_config
    rush_redis main { server unix:$TEST_NGINX_DIR/nothing.sock; }
--- config
--- steps
GET /q/a
503 {"outcome":"pending","now":<now>}
Retry-After: ~ ^\d+$
Content-Type: application/json
Cache-Control: no-store
! Location
# and not for what is no code
GET /q/a%20b
404 {"outcome":"unknown",...}
POST /q/a
405
--- error_log
nothing.sock
--- no_error_log
[alert]
[emerg]



=== TEST 30: Redis is busy
--- proxy
HMGET * reply -LOADING Redis is loading the dataset in memory\r\n
--- config
--- steps
GET /q/a
503 {"outcome":"busy","now":<now>}
Retry-After: ~ ^\d+$
--- error_log



=== TEST 31: a prefix of its own
--- http_config
    rush_prefix shop:;
--- redis
HSET shop:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/"}'
--- config
--- steps
GET /q/a
302
Location: https://m.example.com/
GET /q/b
404 {"outcome":"unknown",...}
