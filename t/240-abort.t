# Clients that leave while they wait: nobody else notices, and what they won
# is there when they come again.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /claim { rush_user $arg_u; rush_claim sale; }
_EOC_

run_tests();

__DATA__

=== TEST 1: gone before the answer: 499
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.6
--- config
--- steps
POST /claim?u=ann
abort 0.2
wait 0.8
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- access_log eval: qr/POST \/claim\?u=ann HTTP\/1.1" 499 0/
--- redis_after
> events sale
won ann 1 units=1
won bob 2 units=1



=== TEST 2: gone with a reset
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.6
--- config
--- error_log
--- steps
POST /claim?u=ann
reset 0.2
wait 0.8
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}
--- access_log eval: qr/POST \/claim\?u=ann HTTP\/1.1" 499 0/



=== TEST 3: one of a batch is gone, the others get their answers
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.5
CLAIM 2 delay 0.5
--- config
--- steps
&POST /claim?u=ann
abort 0.1
&POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
&POST /claim?u=cat
abort 0.1
&POST /claim?u=dan
200 {"outcome":"won","ticket":"<D>",...}
POST /claim?u=bob
200 {"outcome":"again","ticket":"<B>",...}
POST /claim?u=dan
200 {"outcome":"again","ticket":"<D>",...}
POST /claim?u=ann
200 {"outcome":"again",...}
POST /claim?u=cat
200 {"outcome":"again",...}
--- redis_after
> counters sale
total 10, out 4, seq 4, held 0, void 0



=== TEST 4: gone with half a body
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.5
--- config
--- steps
POST /claim?u=ann
Content-Length: 100
| half
abort 0.2
wait 0.6
POST /claim?u=bob
200 {"outcome":"won","seq":2,...}



=== TEST 5: gone with a pipelined request behind it
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.5
--- config
--- steps
&POST /claim?u=ann
&+POST /claim?u=bob
abort 0.2
wait 0.8
POST /claim?u=cat
200 {"outcome":"won",...}
POST /claim?u=ann
200 {"outcome":"again","seq":1,...}



=== TEST 6: gone while Redis is away
--- campaign
sale stock=10
--- proxy
CLAIM 1 never
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 500ms; }
--- config
--- steps
POST /claim?u=ann
abort 0.1
wait 1.5
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
in time



=== TEST 7: gone while nginx connects to Redis
--- campaign
sale stock=10
--- proxy
CONNECT 1 never
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; connect_timeout 500ms; }
--- config
--- steps
POST /claim?u=ann
abort 0.1
wait 1.5
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log
timed out



=== TEST 8: proxy_ignore_client_abort is for upstream, a claim is not kept
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.5
--- config
    location = /order {
        access_log logs/upstream.log upstream; return 200 "ordered";
    }
    location = /buy {
        rush_user $arg_u; rush_claim sale; proxy_ignore_client_abort on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/order;
    }
--- steps
POST /buy?u=ann
abort 0.1
wait 0.8
POST /buy?u=ann
200 ordered
--- upstream
POST /order ticket=- outcome=- body=-



=== TEST 9: HTTP/2, gone before the answer
--- h2
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.8
--- config
--- steps
$ curl -s --http2-prior-knowledge -m 0.4 -X POST "$H/claim?u=ann"; echo $?
= 28
wait 1
$ curl -s --http2-prior-knowledge -X POST "$H/claim?u=bob"
= {"outcome":"won","seq":2,...}
$ curl -s --http2-prior-knowledge -X POST "$H/claim?u=ann"
= {"outcome":"again","seq":1,...}



=== TEST 10: HTTP/2, one stream is reset, the others go on
--- h2
--- campaign
sale stock=10
--- proxy
CLAIM 1 delay 0.6
--- config
--- steps
$ perl -MIO::Socket::INET -e '
      sub frame {
          my ($type, $flags, $id, $load) = @_;
          substr(pack("N", length $load), 1)
              . pack("CCN", $type, $flags, $id) . $load;
      }

      sub headers {
          my $path = "/claim?u=$_[0]";
          "\x83\x86\x04" . chr(length $path) . $path . "\x01\x01x";
      }

      $s = IO::Socket::INET->new(shift);
      syswrite $s, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, "")
          . frame(1, 5, 1, headers("ann")) . frame(1, 5, 3, headers("bob"));
      select undef, undef, undef, 0.2;
      syswrite $s, frame(3, 0, 1, pack "N", 8);

      vec($set, fileno $s, 1) = 1;
      while (select $ready = $set, undef, undef, 1) {
          sysread $s, $got, 65536, length $got or last;
      }

      print join " ", $got =~ /~(ann|bob)~/g;
      ' "${H#http://}"
= bob
$ curl -s --http2-prior-knowledge -X POST "$H/claim?u=ann"
= {"outcome":"again",...}



=== TEST 11: a hundred that leave
--- campaign
sale stock=1000
--- proxy
CLAIM 1 delay 0.5
--- log_level: info
--- config
--- steps
$ for i in $(seq 100); do
      curl -s -m 0.2 -o /dev/null -X POST "$U/claim?u=u$i" &
  done
  wait
  sleep 1
POST /claim?u=ann
200 {"outcome":"won",...}
--- error_log



=== TEST 12: leaving while confirming
--- campaign
sale stock=10 hold=1m
--- proxy
SETTLE 1 delay 0.5
--- config
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"ticket":"<T>",...}
POST /paid?ticket=<T>
abort 0.1
wait 0.6
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
--- redis_after
> events sale
won ann 1 units=1 until
confirmed ann 1 units=1
