# Winners go on to upstream, losers do not; and everything that nginx can do
# with a request around a claim.

use lib '.';
use t::Rush 'no_plan';

my $port = server_port();

config_preamble(<<"_EOC_");
    location = /order {
        access_log logs/upstream.log upstream;
        proxy_pass http://127.0.0.1:$port/done;
    }

    location = /done { return 200 "ordered"; }
_EOC_

run_tests();

__DATA__

=== TEST 1: the winner goes on, with his body and his ticket
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Ticket $rush_ticket;
        proxy_set_header X-Outcome $rush_outcome;
    }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
POST /claim?u=ann
| the order
200 ordered
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"confirmed"}],...}
--- upstream
POST /order ticket=<T> outcome=won body=the order
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 2: again goes on, too, with the same ticket
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Ticket $rush_ticket;
        proxy_set_header X-Outcome $rush_outcome;
    }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
POST /claim?u=ann
200 ordered
POST /claim?u=ann
200 ordered
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"confirmed"}],...}
--- upstream
POST /order ticket=<T> outcome=won body=-
POST /order ticket=<T> outcome=again body=-



=== TEST 3: losers never do
--- campaign
sale stock=1 per_user=2
soon stock=1 starts=+1h
halt stock=1 paused=1
--- config
    location = /claim {
        rush_user $arg_u; rush_units $arg_n; rush_claim $arg_c;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann&c=sale&n=3
409 {"outcome":"limit",...}
POST /claim?u=ann&c=soon
425 {"outcome":"early",...}
POST /claim?u=ann&c=halt
423 {"outcome":"paused",...}
POST /claim?u=ann&c=none
404 {"outcome":"unknown",...}
POST /claim?c=sale
401 {"outcome":"anonymous",...}
POST /claim?u=ann&c=sale&n=x
400 {"outcome":"invalid",...}
GET /claim?u=ann&c=sale
405 {"outcome":"method",...}
POST /claim?u=ann&c=sale&n=2
409 {"outcome":"sold_out",...}
--- upstream
--- redis_after
> counters sale
total 1, out 0, seq 0, held 0, void 0



=== TEST 4: a loser's body is not taken for the next request
--- campaign
sale stock=0
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
| GET /done HTTP/1.1
| Host: smuggled
|
|
409 {"outcome":"sold_out",...}
+GET /done
200 ordered
+POST /claim?u=bob
| more
409 {"outcome":"sold_out",...}
+GET /done
200 ordered
--- upstream



=== TEST 5: a large body of a loser
--- campaign
sale stock=0
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
| <x*3000000>
409 {"outcome":"sold_out",...}
+GET /done
200 ordered
--- upstream



=== TEST 6: a loser without a content handler, too
--- campaign
sale stock=0
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
| some body
409 {"outcome":"sold_out",...}
+GET /done
200 ordered



=== TEST 7: refusals before Redis discard the body, too
--- campaign
sale stock=9
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
PUT /claim?u=ann
| some body
405 {"outcome":"method",...}
+POST /claim
| some body
401 {"outcome":"anonymous",...}
+POST /claim?u=a%20b
| some body
400 {"outcome":"invalid",...}
+GET /done
200 ordered



=== TEST 8: a winner without a content handler discards the body
--- campaign
sale stock=9
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
| some body
200 {"outcome":"won",...}
+POST /claim?u=ann
| some body
200 {"outcome":"again",...}
+GET /done
200 ordered



=== TEST 9: a chunked body, of a winner and of a loser
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Outcome $rush_outcome;
    }
--- steps
$ o='-s -o /dev/null -w %{http_code}:%{num_connects}\n -d abcdef'
  h='Transfer-Encoding: chunked'
  curl $o -H "$h" "$U/claim?u=ann" --next $o -H "$h" "$U/claim?u=bob" \
      --next $o "$U/done"
= 200:1
= 409:0
= 200:0
--- upstream
POST /order ticket=- outcome=won body=abcdef



=== TEST 10: Expect: 100-continue, of a winner and of a loser
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Outcome $rush_outcome;
    }
--- steps
POST /claim?u=ann
Expect: 100-continue
| abcdef
200 ordered
+POST /claim?u=bob
Expect: 100-continue
| abcdef
409 {"outcome":"sold_out",...}
+GET /done
200 ordered
--- upstream
POST /order ticket=- outcome=won body=abcdef



=== TEST 11: HTTP/1.0, of a winner and of a loser
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Outcome $rush_outcome;
    }
--- steps
POST /claim?u=ann HTTP/1.0
| abcdef
200 ordered
POST /claim?u=bob HTTP/1.0
| abcdef
409 {"outcome":"sold_out",...}
--- upstream
POST /order ticket=- outcome=won body=abcdef



=== TEST 12: pipelined requests are answered in order
--- campaign
sale stock=2
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
&POST /claim?u=ann
| one
200 {"outcome":"won","ticket":"<A>","seq":1,...}
&+POST /claim?u=bob
| two
200 {"outcome":"won","ticket":"<B>","seq":2,...}
&+POST /claim?u=ann
| three
200 {"outcome":"again","ticket":"<A>","seq":1,...}
&+POST /claim?u=cat
| four
409 {"outcome":"sold_out",...}
&+GET /done
200 ordered
+POST /claim?u=bob
200 {"outcome":"again","ticket":"<B>","seq":2,...}



=== TEST 13: pipelined requests that go upstream
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Outcome $rush_outcome;
    }
--- steps
&POST /claim?u=ann
| one
200 ordered
&+POST /claim?u=bob
| two
409 {"outcome":"sold_out",...}
+POST /claim?u=ann
| three
200 ordered
--- upstream
POST /order ticket=- outcome=won body=one
POST /order ticket=- outcome=again body=three



=== TEST 14: HTTP/2, bodies of losers and the next requests
--- h2
--- campaign
sale stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ head -c 300000 /dev/zero >$D/body
  h2load -n 30 -c 1 -m 1 -d $D/body "$H/claim?u=ann" "$H/done" \
      "$H/claim?u=bob" | sed -n 's/^status codes: //p'
= 20 2xx, 0 3xx, 10 4xx, 0 5xx
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0



=== TEST 15: HTTP/2, an answer in JSON
--- h2
--- campaign
sale stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ curl -s --http2-prior-knowledge -X POST "$H/claim?u=ann"
= {"outcome":"won","campaign":"sale","ticket":"<ticket>","seq":1,"units":1,"left":0,"now":<now>}
$ curl -s --http2-prior-knowledge -X POST "$H/claim?u=bob"
= {"outcome":"sold_out","campaign":"sale","left":0,"now":<now>}
$ curl -s --http2-prior-knowledge -D - -o /dev/null "$H/claim?u=bob" |
      grep -i -e ^HTTP -e ^allow | tr -d '\r' | sed 's/ *$//'
= HTTP/2 405
= allow: POST



=== TEST 16: HTTP/2, many streams of one connection
--- h2
--- campaign
sale stock=3
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ echo abc >$D/body
  nghttp -s -n -d $D/body $(seq -f "$H/claim?u=u%.0f" 8) |
      grep -o ' [24][0-9][0-9] ' | sort | uniq -c | tr -d ' '
= 3200
= 5409
--- redis_after
> counters sale
total 3, out 3, seq 3, held 0, void 0



=== TEST 17: Redis is asked before the body is there
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
Content-Length: 10
abort 0.5
--- upstream
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 18: a file is no content handler: the winner is answered here
--- campaign
sale stock=10
--- user_files
>>> claim
a file
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        root $TEST_NGINX_SERVER_ROOT/html;
    }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 19: return runs before the claim
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; return 200 "bye"; }
--- steps
POST /claim?u=ann
200 bye
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 20: access control runs before the claim
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; deny all; }
--- steps
POST /claim?u=ann
403
--- error_log
access forbidden by rule
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 21: the user comes from auth_request
--- campaign
sale stock=10
--- config
    location = /claim {
        auth_request /auth;
        auth_request_set $who $upstream_http_x_user;
        rush_user $who; rush_claim sale;
    }
    location = /auth {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/who;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header X-Cookie $http_cookie;
    }
    location = /who { add_header X-User $cookie_user; return 204; }
--- steps
POST /claim
Cookie: user=ann
200 {"outcome":"won",...}
POST /claim
401 {"outcome":"anonymous",...}
--- redis_after
> events sale
won ann 1 units=1



=== TEST 22: a mirror gets winners only
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale; mirror /mirror;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/done;
    }
    location = /mirror {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
| abc
200 ordered
POST /claim?u=bob
| abc
409 {"outcome":"sold_out",...}
wait 0.1
--- upstream
POST /order ticket=- outcome=- body=abc
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0



=== TEST 23: a mirror that is a claim is refused
--- campaign
sale stock=10
--- config
    location = /main {
        mirror /claim;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/done;
    }
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /main?u=ann
200 ordered
wait 0.1
--- error_log eval: qr/\[error\] .*subrequest.*\/claim/
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 24: SSI cannot claim
--- campaign
sale stock=10
--- user_files
>>> page.html
before <!--# include virtual="/claim?u=ann" --> after
--- config
    location = /page.html { ssi on; ssi_types text/plain; }
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
GET /page.html
200 ~ (?s)^before .*500.* after
--- error_log eval: qr/\[error\] .*subrequest/
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 25: auth_request cannot claim
--- campaign
sale stock=10
--- config
    location = /page { auth_request /claim; }
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /page?u=ann
500
--- error_log eval: qr/\[error\] .*subrequest/
--- redis_after
> counters sale
total 10, out 0, seq 0, held 0, void 0



=== TEST 26: try_files, a loser does not get the file
--- campaign
sale stock=1
--- user_files
>>> prize
the file
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        try_files /prize =404;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
200
POST /claim?u=bob
409 {"outcome":"sold_out",...}
--- redis_after
> counters sale
total 1, out 1, seq 1, held 0, void 0



=== TEST 27: try_files to a named location keeps the variables
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        try_files /nothing @order;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/done;
    }
    location @order {
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT;
        rewrite ^ /order break;
        proxy_set_header X-Outcome $rush_outcome-$rush_user-$rush_seq;
    }
--- steps
POST /claim?u=ann
200 ordered
POST /claim?u=bob
409 {"outcome":"sold_out",...}
--- upstream
POST /order ticket=- outcome=won-ann-1 body=-



=== TEST 28: error_page takes over a loss, and the variables are there
--- campaign
sale stock=1
--- config
    rush_answer status;
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        error_page 409 /lost;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
    location = /lost {
        internal;
        return 409 "$rush_outcome $rush_campaign $rush_user left $rush_left";
    }
--- steps
POST /claim?u=ann
200 ordered
POST /claim?u=bob
| a body
409 sold_out sale bob left 0
+GET /done
200 ordered
--- upstream
POST /order ticket=- outcome=- body=-



=== TEST 29: error_page to a file and to another status
--- campaign
sale stock=0
--- user_files
>>> lost.html
Sorry, all gone.
--- config
    rush_answer status;
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        error_page 409 =200 /lost.html;
    }
--- steps
POST /claim?u=bob
200 Sorry, all gone.



=== TEST 30: error_page with a redirect
--- campaign
sale stock=0
--- config
    rush_answer status;
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        error_page 409 =302 /sorry?why=$rush_outcome;
    }
    location = /sorry { return 302 /gone?why=$arg_why; }
--- steps
POST /claim?u=bob
302
Location: ~ /gone\?why=sold_out$



=== TEST 31: error_page to a named location, also of early and anonymous
--- campaign
sale stock=1 starts=+1h
--- config
    rush_answer status;
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        error_page 401 409 425 = @lost;
    }
    location @lost { return 200 "$rush_outcome of ($rush_user)"; }
--- steps
POST /claim?u=bob
200 early of (bob)
POST /claim
200 anonymous of ()


=== TEST 32: error_page leaves JSON alone
--- campaign
sale stock=0
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        error_page 409 =200 /done;
    }
--- steps
POST /claim?u=bob
409 {"outcome":"sold_out",...}



=== TEST 33: a second campaign, if the first is sold out
--- campaign
first stock=1
second stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_answer status; rush_claim first;
        error_page 409 = @second;
    }
    location @second { rush_user $arg_u; rush_claim second; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","campaign":"first",...}
POST /claim?u=bob
| a body
200 {"outcome":"won","campaign":"second",...}
+POST /claim?u=bob
200 {"outcome":"again","campaign":"second",...}
POST /claim?u=cat
409 {"outcome":"sold_out","campaign":"second","left":0,"now":<now>}
--- redis_after
> events first
won ann 1 units=1
> events second
won bob 1 units=1



=== TEST 34: a second campaign that sends upstream
--- campaign
first stock=0
second stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_answer status; rush_claim first;
        error_page 409 = @second;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/done;
    }
    location @second {
        rush_user $arg_u; rush_claim second;
        rewrite ^ /order break;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT;
        proxy_set_header X-Outcome $rush_outcome-$rush_campaign;
    }
--- steps
POST /claim?u=ann
| abc
200 ordered
POST /claim?u=bob
| abc
409 {"outcome":"sold_out","campaign":"second",...}
--- upstream
POST /order ticket=- outcome=won-second body=abc



=== TEST 35: upstream is down, the ticket stays
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:1/;
    }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
POST /claim?u=ann
502
POST /claim?u=ann
502
GET /mine?u=ann
200 {"tickets":[{"ticket":"<ticket>","seq":1,"units":1,"state":"confirmed"}],...}
--- error_log
connect() failed
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0



=== TEST 36: a body that is passed on unbuffered
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_request_buffering off; proxy_http_version 1.1;
        proxy_set_header X-Outcome $rush_outcome;
    }
--- steps
POST /claim?u=ann
| abc
200 ordered
+POST /claim?u=bob
| abc
409 {"outcome":"sold_out",...}
--- upstream
POST /order ticket=- outcome=won body=abc



=== TEST 37: an outage goes upstream with rush_outage open
--- proxy
CONNECT * close
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale; rush_outage open;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Ticket "$rush_ticket";
        proxy_set_header X-Outcome $rush_outcome;
    }
    location = /closed {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
| abc
200 ordered
POST /closed?u=ann
503 {"outcome":"pending",...}
--- error_log
--- upstream
POST /order ticket=- outcome=pending body=abc



=== TEST 38: busy does not go upstream
--- campaign
sale stock=10
--- proxy
CLAIM * reply -LOADING Redis is loading the dataset in memory\r\n
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale; rush_outage open;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /claim?u=ann
503 {"outcome":"busy",...}
--- error_log
--- upstream



=== TEST 39: an outage with rush_outage open and no content handler
--- proxy
CONNECT * close
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; rush_outage open; }
--- steps
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log



=== TEST 40: rewrite to the claim, and a claim inside if
--- campaign
sale stock=10
--- config
    location = /go { rewrite ^ /claim last; }
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        if ($arg_stop) { return 204; }
    }
--- steps
POST /go?u=ann
200 {"outcome":"won",...}
POST /go?u=bob&stop=1
204
--- redis_after
> events sale
won ann 1 units=1



=== TEST 41: a hundred requests on one connection, all with bodies
--- campaign
sale stock=30
--- config
    keepalive_requests 1000;
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
$ perl -MIO::Socket::INET -e '
      $s = IO::Socket::INET->new(shift);
      print $s map { "POST /claim?u=u$_ HTTP/1.1\r\nHost: x\r\n"
                     . ($_ == 100 ? "Connection: close\r\n" : "")
                     . "Content-Length: 5\r\n\r\nGET /" } 1 .. 100;
      print <$s>' "${U#http://}" | grep -o 'HTTP/1.1 [0-9]*' | sort | uniq -c |
      tr -s ' '
=  30 HTTP/1.1 200
=  70 HTTP/1.1 409
--- redis_after
> counters sale
total 30, out 30, seq 30, held 0, void 0



=== TEST 42: after limit_req has kept the request waiting
--- campaign
sale stock=10
--- http_config
    limit_req_zone $arg_z zone=slow:64k rate=5r/s;
--- config
    location = /claim {
        limit_req zone=slow burst=2;
        rush_user $arg_u; rush_claim sale;
    }
--- steps
&POST /claim?u=ann&z=1
200 {"outcome":"won",...}
&POST /claim?u=bob&z=1
200 {"outcome":"won",...}
&POST /claim?u=cat&z=1
200 {"outcome":"won",...}
--- log_level: error
--- redis_after
> counters sale
total 10, out 3, seq 3, held 0, void 0



=== TEST 43: gzip and other filters of the answer
--- campaign
sale stock=10
--- config
    location = /claim {
        gzip on; gzip_types application/json; gzip_min_length 0;
        rush_user $arg_u; rush_claim sale;
    }
--- steps
$ curl -s --compressed -X POST "$U/claim?u=ann"
= {"outcome":"won","campaign":"sale","ticket":"<ticket>","seq":1,"units":1,"left":9,"now":<now>}



=== TEST 44: the stock is one, and a hundred want it through upstream
--- campaign
sale stock=1
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
        proxy_set_header X-Outcome $rush_outcome;
    }
--- steps
many 100 POST /claim?u=u%d
= 200 1
= 409 sold_out 99
--- upstream
POST /order ticket=- outcome=won body=-
