# rush_status: what is counted, for people and for Prometheus.

use lib '.';
use t::Rush 'no_plan';
use t::Rush::Metrics;

config_preamble(<<'_EOC_');
    rush_user $arg_u;

    location = /claim { rush_claim sale; }
    location ~ ^/claim/(?<c>[^/]+)$ { rush_item $arg_i; rush_claim $c; }
    location = /mine { rush_result sale; }
    location = /state { rush_state sale; }
    location = /cancel { rush_release; }
    location = /status { rush_status; }
    location = /json { rush_status json; }
    location = /metrics { rush_status prometheus; }
_EOC_

# the reader of metrics finds what is wrong, and nothing else

my $good = <<'END';
# HELP a_total Things.
# TYPE a_total counter
a_total{x="1"} 1
a_total{x="\\\"\n"} 2.5e3
# HELP b Things.
# TYPE b gauge
b -1
# HELP s Things.
# TYPE s summary
s_sum 1
s_count 2
# HELP h Things.
# TYPE h histogram
h_bucket{x="1",le="1"} 1
h_bucket{x="1",le="4"} 3
h_bucket{x="1",le="+Inf"} 3
h_sum{x="1"} 9
h_count{x="1"} 3
END

is(t::Rush::Metrics::wrong($good), '', 'the reader of metrics - good');

my @spoil = ([ qr/\n\z/, '' ], [ qr/Things/, "Caf\xe9" ], [ qr/b -1/, 'b' ],
             [ qr/b -1/, 'b{} -1 17' ], [ qr/# TYPE b gauge\n/, '' ],
             [ qr/# HELP b Things.\n/, '' ], [ qr/gauge/, 'gaug' ],
             [ qr/(# HELP b .*\n)/, "# HELP b Other.\n# HELP b Things.\n" ],
             [ qr/(# TYPE b .*\n)b -1\n/, "b -1\n# TYPE b gauge\n" ],
             [ qr/gauge/, 'counter' ], [ qr/counter/, 'gauge' ],
             [ qr/x="1"} 1/, 'x="1",} 1' ], [ qr/x="1"} 1/, 'x=1} 1' ],
             [ qr/x="1"} 1/, 'x="1",x="2"} 1' ], [ qr/x="1"} 1/, '1="1"} 1' ],
             [ qr/x="1"} 1/, 'x="\t"} 1' ], [ qr/x="1"} 1/, 'x="1"} -1' ],
             [ qr/x="1"} 1/, 'x="1"} one' ], [ qr/b -1/, "b -1\nb -1" ],
             [ qr/b -1/, "b -1\na_total 7" ], [ qr/b -1/, 'b-c 1' ],
             [ qr/le="4"} 3/, 'le="4"} 0' ], [ qr/le="4"/, 'le="0.5"' ],
             [ qr/le="[+]Inf"} 3/, 'le="+Inf"} 4' ], [ qr/,le="1"/, '' ],
             [ qr/h_bucket.*Inf.*\n/, '' ], [ qr/h_sum.*\n/, '' ],
             [ qr/h_count.*\n/, '' ], [ qr/s_count/, 's_counts' ]);

for (@spoil) {
    my ($from, $to) = @$_;
    my $bad = $good;

    $bad =~ s/$from/$to/ or die "nothing to spoil: $from";
    isnt(t::Rush::Metrics::wrong($bad), '',
         "the reader of metrics - $from spoilt by \"$to\"");
}

run_tests();

__DATA__

=== TEST 1: what is there when nobody has asked for anything
--- config
--- steps
GET /status
200 {"version":"<V>","redis":[{"redis":"main","connections":{"down":"<any>","connecting":"<any>","greeting":"<any>","ready":"<any>","suspended":0},"pending":0,"connects":"<any>","connect_failures":0,"lost":0,"timeouts":0,"odd_replies":0,"batches":0,"looks":0,"calls":0,"again":0,"unknown":0,"settled":0,"busy":0,"round_trips_us":0,"slowest_us":0,"sizes":{"1":0,"4":0,"16":0,"64":0,"256":0},"errors":{}}],"campaigns":[],"other":{"outcomes":{},"memory":{}},"leases":0,"zone":{"campaigns":{"used":0,"size":<any>},"unknown":{"used":0,"size":<any>},"holders":{"used":0,"size":<any>},"states":{"used":0,"size":<any>},"counters":{"used":0,"size":256},"filter":{"used":0,"size":<any>}},"outcome":"found","now":<now>}
Content-Type: application/json
Cache-Control: no-store
GET /json
200 {"campaigns":[],"outcome":"found","version":"<V>",...}
$ curl -s $U/metrics |
      perl -I. -Mt::Rush::Metrics -e 'print t::Rush::Metrics::wrong(<STDIN>)'
=
GET /metrics
200 ~ \nrush_batch_calls_bucket\{redis="main",le="1"\} 0\n



=== TEST 2: a known sequence of requests
--- campaign
sale stock=2 lease=10s hold=1h
--- redis
DEL rush:campaigns
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /claim?u=bob
200 {"outcome":"won",...}
POST /claim?u=cat
409 {"outcome":"sold_out",...}
wait 0.1
row 5 POST /claim?u=u%d
= 409 sold_out 5
POST /claim?u=ann
200 {"outcome":"again",...}
GET /state
200
GET /state
200
GET /mine?u=bob
200
GET /status
200 {"redis":[{"redis":"main","connections":{"down":0,"connecting":0,"greeting":0,"ready":1,"suspended":0},"pending":0,"connects":1,"connect_failures":0,"lost":0,"timeouts":0,"odd_replies":0,"batches":8,"looks":4,"calls":8,"again":0,"unknown":0,"settled":0,"busy":0,"round_trips_us":<S>,"slowest_us":<M>,"sizes":{"1":8,"4":0,"16":0,"64":0,"256":0},"errors":{}}],"campaigns":[{"redis":"main","prefix":"rush:","campaign":"sale","outcomes":{"won":2,"again":1,"sold_out":6,"found":3},"memory":{"sold_out":5,"found":1}}],"other":{"outcomes":{},"memory":{}},"leases":1,"zone":{"campaigns":{"used":1,"size":<any>},"unknown":{"used":0,"size":<any>},"holders":{"used":1,"size":<any>},"states":{"used":1,"size":<any>},"counters":{"used":1,"size":256},"filter":{"used":<F>,"size":<any>}},...}
$ test <S> -ge <M> && test <M> -gt 0 && test <F> -gt 6 && test <F> -le 18 &&
      echo so it is
= so it is
POST /cancel?ticket=<T>
200 {"outcome":"released",...}
GET /status
200 {"campaigns":[{"redis":"main","prefix":"rush:","campaign":"sale","outcomes":{"won":2,"again":1,"sold_out":6,"found":3,"released":1},"memory":{"sold_out":5,"found":1}}],...}
$ curl -s $U/metrics | grep -v '^#' | grep -e answers -e batch -e _total \
      -e leases -e connections | grep -v errors |
      sed 's/,campaign="sale"//' | sort
= rush_answers_total{redis="main",prefix="rush:",outcome="again"} 1
= rush_answers_total{redis="main",prefix="rush:",outcome="found"} 3
= rush_answers_total{redis="main",prefix="rush:",outcome="released"} 1
= rush_answers_total{redis="main",prefix="rush:",outcome="sold_out"} 6
= rush_answers_total{redis="main",prefix="rush:",outcome="won"} 2
= rush_batch_calls_bucket{redis="main",le="+Inf"} 9
= rush_batch_calls_bucket{redis="main",le="1"} 9
= rush_batch_calls_bucket{redis="main",le="16"} 9
= rush_batch_calls_bucket{redis="main",le="256"} 9
= rush_batch_calls_bucket{redis="main",le="4"} 9
= rush_batch_calls_bucket{redis="main",le="64"} 9
= rush_batch_calls_count{redis="main"} 9
= rush_batch_calls_sum{redis="main"} 9
= rush_batches_total{redis="main"} 9
= rush_calls_again_total{redis="main"} 0
= rush_calls_busy_total{redis="main"} 0
= rush_calls_settled_total{redis="main"} 0
= rush_calls_total{redis="main"} 9
= rush_calls_unknown_total{redis="main"} 0
= rush_leases 1
= rush_looks_total{redis="main"} 4
= rush_memory_answers_total{redis="main",prefix="rush:",outcome="found"} 1
= rush_memory_answers_total{redis="main",prefix="rush:",outcome="sold_out"} 5
= rush_redis_connect_failures_total{redis="main"} 0
= rush_redis_connections{redis="main",state="connecting"} 0
= rush_redis_connections{redis="main",state="down"} 0
= rush_redis_connections{redis="main",state="greeting"} 0
= rush_redis_connections{redis="main",state="ready"} 1
= rush_redis_connections{redis="main",state="suspended"} 0
= rush_redis_connects_total{redis="main"} 1
= rush_redis_lost_total{redis="main"} 0
= rush_redis_odd_replies_total{redis="main"} 0
= rush_redis_timeouts_total{redis="main"} 0



=== TEST 3: the text for Prometheus, by its grammar
--- campaign
sale stock=2 lease=10s
other stock=1
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; database 1; }
--- config
    rush_pass one;
    location = /two { rush_pass two; rush_claim sale; }
--- steps
many 30 POST /claim?u=u%d
= 200 won 2
= 409 sold_out 28
POST /claim/other?u=ann
200
POST /claim/unknown?u=ann
404
POST /claim
401
POST /two?u=ann
404
GET /metrics
200
Content-Type: text/plain; version=0.0.4; charset=utf-8
Cache-Control: no-store
+HEAD /metrics
200
Content-Type: text/plain; version=0.0.4; charset=utf-8
+GET /status
200
$ curl -s $U/metrics >$D/metrics
  perl -I. -Mt::Rush::Metrics -e 'print t::Rush::Metrics::wrong(<STDIN>)' \
      <$D/metrics
  grep -c '^# TYPE' $D/metrics
= ~ ^\d\d\z
$ sed -n 's/^rush_answers_total\(.*\)campaign="other"/\1/p' $D/metrics | sort
= {redis="",prefix="",,outcome="anonymous"} 1
= {redis="",prefix="",,outcome="unknown"} 2
= {redis="one",prefix="rush:",,outcome="won"} 1
$ command -v promtool >/dev/null || { echo fine; exit; }
  promtool check metrics <$D/metrics 2>&1 && echo fine
= fine



=== TEST 4: what belongs to no campaign
--- campaign
sale stock=2 items=red:2
--- config
--- steps
row 50 POST /claim/made-up-%d?u=ann
= 404 unknown 50
row 3 POST /claim/made-up-1?u=ann
= 404 unknown 3
POST /claim
401
GET /claim
405
POST /claim?u=a%20b
400
POST /cancel?ticket=none
403
GET /status
200 {"campaigns":[],"other":{"outcomes":{"unknown":53,"anonymous":1,"method":1,"invalid":1,"forged":1},"memory":{"unknown":3}},...}
POST /claim/sale?u=ann&i=red
200 {"outcome":"won",...}
row 3 POST /claim/sale?u=ann&i=made-up-%d
= 404 unknown 3
GET /status
200 {"campaigns":[{"redis":"main","prefix":"rush:","campaign":"sale","outcomes":{"won":1},"memory":{}}],"other":{"outcomes":{"unknown":56,"anonymous":1,"method":1,"invalid":1,"forged":1},"memory":{"unknown":3}},...}



=== TEST 5: more campaigns than rows
--- campaign
sale stock=10
--- config
--- steps
$ for i in $(seq 300); do
      for k in '' :users :events; do
          echo "COPY rush:{sale}$k rush:{c$i}$k"
      done
  done | redis-cli -s $TEST_NGINX_REDIS | uniq
= 1
row 300 POST /claim/c%d?u=ann
= 200 won 300
row 300 POST /claim/c%d?u=ann
= 200 again 300
$ curl -s $U/status | perl -MJSON::PP -e '
      my $s = decode_json(join "", <STDIN>);
      my $rows = @{ $s->{campaigns} };
      my %n;

      for my $row (@{ $s->{campaigns} }, $s->{other}) {
          $n{$_} += $row->{outcomes}{$_} for keys %{ $row->{outcomes} };
      }

      print join " ", $rows > 200 && $rows <= 256, $n{won}, $n{again},
                $s->{other}{outcomes}{won} == 300 - $rows,
                $s->{zone}{counters}{used} == $rows'
= 1 300 300 1 1
$ curl -s $U/metrics |
      perl -I. -Mt::Rush::Metrics -e 'print t::Rush::Metrics::wrong(<STDIN>)'
=



=== TEST 6: what goes wrong
--- campaign
sale stock=9
--- redis
DEL rush:campaigns
--- proxy
CLAIM 1 reply -OOM command not allowed\r\n
CLAIM 3 never
CLAIM 4 reply +OK\r\n
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; timeout 300ms; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
GET /status
200 ~ "connects":1,.*"lost":0,.*"again":1,.*"errors":\{"oom":1\}
POST /claim?u=bob
503 {"outcome":"pending",...}
GET /status
200 ~ "lost":1,"timeouts":1,"odd_replies":0,
$ for i in $(seq 40); do
      curl -s $U/status | grep -q '"ready":1' && break
      sleep 0.05
  done
POST /claim?u=bob
200 {"outcome":"won",...}
redis SCRIPT FLUSH
POST /claim?u=cat
200 {"outcome":"won",...}
GET /status
200 ~ "ready":1,.*"connects":3,"connect_failures":0,"lost":2,"timeouts":1,"odd_replies":1,.*"again":2,"unknown":1,"settled":1,"busy":0,.*"errors":\{"noscript":1,"oom":1\}
GET /status
200 {"campaigns":[{"redis":"main","prefix":"rush:","campaign":"sale","outcomes":{"won":3,"pending":1},"memory":{}}],...}
proxy off
wait 0.1
POST /claim?u=dan
503
GET /status
200 ~ "down":1,.*"connect_failures":[1-9]\d*,"lost":3,
$ curl -s $U/metrics | grep -e noscript -e '"oom"' -e busy -e 'state="down"' |
      grep -v '^#' | sort
= rush_calls_busy_total{redis="main"} 0
= rush_redis_connections{redis="main",state="down"} 1
= rush_redis_errors_total{redis="main",kind="busy"} 0
= rush_redis_errors_total{redis="main",kind="noscript"} 1
= rush_redis_errors_total{redis="main",kind="oom"} 1
$ curl -s $U/metrics |
      perl -I. -Mt::Rush::Metrics -e 'print t::Rush::Metrics::wrong(<STDIN>)'
=
--- error_log
--- no_error_log
[emerg]



=== TEST 7: too many that wait, and batches by their size
--- campaign
sale stock=99
--- redis
DEL rush:campaigns
--- proxy
CLAIM 2 delay 0.8
--- http_config
    rush_redis main { server unix:$TEST_NGINX_PROXY; max_pending 20; }
--- config
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}
$ curl -s -X POST "$U/claim?u=bob" >$D/out 2>&1 &
  for i in $(seq 40); do
      curl -s $U/status | grep -o '"pending":[1-9]' && break
  done
= "pending":1
# what comes while bob's is under way makes up the next batch
many 40 POST /claim?u=u%d
= 200 won 19
= 503 busy 21
GET /status
200 ~ "pending":0,.*"batches":4,"looks":1,"calls":22,.*"busy":21,
$ curl -s $U/status | grep -o '"sizes":{[^}]*}'
= "sizes":{"1":3,"4":0,"16":0,"64":1,"256":0}
--- error_log
--- no_error_log
[alert]



=== TEST 8: counters outlive a reload, and not a restart
--- campaign
sale stock=9
--- config
--- steps
row 9 POST /claim?u=u%d
= 200 won 9
reload
POST /claim?u=u1
200 {"outcome":"again",...}
GET /status
200 ~ "ready":1,.*"campaign":"sale","outcomes":\{"won":9,"again":1\},
restart
GET /status
200 {"campaigns":[],...}



=== TEST 9: only GET and HEAD
--- config
--- steps
POST /status
| a body
405 {"outcome":"method",...}
Allow: GET, HEAD
+HEAD /status
200
Content-Type: application/json
+POST /metrics
405 {"outcome":"method",...}
+GET /status
200 {"other":{"outcomes":{},"memory":{}},...}



=== TEST 10: another format
--- config
    location = /other { rush_status xml; }
--- dies
"rush_status" writes "json" or "prometheus", not "xml"



=== TEST 11: twice
--- config
    location = /other { rush_status; rush_status json; }
--- dies
"rush_status" directive is duplicate



=== TEST 12: in a server
--- config
    rush_status;
--- dies
"rush_status" directive is not allowed here
