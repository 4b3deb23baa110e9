# Tickets: what signs them, what verifies them, and what does not.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: the first key signs, the others verify
--- campaign
sale stock=10 hold=1m
--- user_files
>>> old
k1:the first secret of this test
>>> new
k2:the second secret of this test
k1:the first secret of this test
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/old;
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /new {
        rush_secret_file $TEST_NGINX_SERVER_ROOT/html/new;
        rush_user $arg_u; rush_claim sale;
    }
    location = /paid {
        rush_secret_file $TEST_NGINX_SERVER_ROOT/html/new; rush_confirm;
    }
    location = /oldpaid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
$ echo '<A>' | cut -d '~' -f 5
= k1
POST /new?u=bob
200 {"outcome":"won","ticket":"<B>",...}
$ echo '<B>' | cut -d '~' -f 5
= k2
POST /new?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /paid?ticket=<A>
200 {"outcome":"confirmed","ticket":"<A>",...}
POST /oldpaid?ticket=<B>
403 {"outcome":"forged",...}
POST /paid?ticket=<B>
200 {"outcome":"confirmed","ticket":"<B>",...}



=== TEST 2: a key that is gone: again is signed with the newest
--- campaign
sale stock=10
--- user_files
>>> old
k1:the first secret of this test
>>> new
k2:the second secret of this test
--- config
    location = /old {
        rush_secret_file $TEST_NGINX_SERVER_ROOT/html/old;
        rush_user $arg_u; rush_claim sale;
    }
    location = /new {
        rush_secret_file $TEST_NGINX_SERVER_ROOT/html/new;
        rush_user $arg_u; rush_claim sale;
    }
--- steps
POST /old?u=ann
200 {"outcome":"won","ticket":"<A>",...}
POST /new?u=ann
200 {"outcome":"again","ticket":"<B>",...}
$ echo '<B>' | cut -d '~' -f 5
= k2



=== TEST 3: rotation by a reload, and again byte for byte
--- campaign
sale stock=10 hold=1m
--- user_files
>>> keys
k1:the first secret of this test
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
$ printf '%s\n' 'k2:the second secret of this test' \
      'k1:the first secret of this test' >$R/html/keys
reload
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}
POST /claim?u=bob
200 {"outcome":"won","ticket":"<B>",...}
$ echo '<B>' | cut -d '~' -f 5
= k2
POST /paid?ticket=<A>
200 {"outcome":"confirmed","ticket":"<A>",...}



=== TEST 4: one byte off, in each part of a ticket
--- campaign
sale stock=10 hold=1m
sald stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
$ for s in 's/^sale/sald/' 's/~ann~/~anm~/' 's/~ann~1~/~ann~2~/' \
      's/~k1~/~k2~/' 's/^\(sale~[0-9]*\)./\10/' 's/~ann~1~/~ann~01~/' \
      's/~ann~/~Ann~/'; do
      curl -s -o /dev/null -w '%{http_code}\n' -X POST \
          "$U/paid?ticket=$(echo '<T>' | sed "$s")"
  done
= ~ ^(?:40[03]\n?){7}$
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
--- redis_after
> counters sale
total 10, out 1, seq 1, held 0, void 0
> counters sald
total 10, out 0, seq 0, held 0, void 0



=== TEST 5: one byte off, at every place of the signature
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
$ perl -e '
      for $i (1 .. 43) {
          $t = shift // $t;
          $u = $t;
          $c = substr $u, -$i, 1;
          substr $u, -$i, 1, $c eq "A" ? "Q" : "A";
          print "$u\n";
      }' '<T>' | while read t; do
      curl -s -o /dev/null -w '%{http_code}\n' -X POST "$U/paid?ticket=$t"
  done | sort | uniq -c | tr -s ' '
=  43 403
--- redis_after
> counters sale
total 10, out 1, seq 1, held 1, void 0



=== TEST 6: the last sign of a signature has spare bits, they count, too
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
$ perl -e '
      $a = join "", "A" .. "Z", "a" .. "z", 0 .. 9, "-_";
      $t = shift;
      $c = chop $t;
      print $t, substr($a, index($a, $c) ^ $_, 1), "\n" for 1 .. 3;
      ' '<T>' | while read t; do
      curl -s -o /dev/null -w '%{http_code}\n' -X POST "$U/paid?ticket=$t"
  done
= 403
= 403
= 403



=== TEST 7: a ticket that is longer or shorter
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>A
403
POST /paid?ticket=<T>~A
403
$ echo '<T>' | sed 's/.$//'
= <S>
POST /paid?ticket=<S>
403
--- redis_after
> counters sale
total 10, out 1, seq 1, held 1, void 0



=== TEST 8: the signature of one user is not that of another
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=a
200 {"outcome":"won","ticket":"<A>",...}
POST /claim?u=b
200 {"outcome":"won","ticket":"<B>",...}
$ a='<A>'; b='<B>'; echo "${a%~*}~${b##*~}"
= <M>
POST /paid?ticket=<M>
403 {"outcome":"forged",...}



=== TEST 9: parts that are moved over a border
--- campaign
sale stock=100 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann1
200 {"outcome":"won","seq":1,"ticket":"<A>",...}
$ echo '<A>' | sed 's/~ann1~1~/~ann~11~/'
= <B>
POST /paid?ticket=<B>
403 {"outcome":"forged",...}



=== TEST 10: the ticket of another prefix
--- campaign
sale stock=10 hold=1m
--- http_config
    rush_prefix shop1:;
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed",...}
redis RENAME shop1:{sale} shop2:{sale}
redis RENAME shop1:{sale}:users shop2:{sale}:users
redis RENAME shop1:{sale}:events shop2:{sale}:events
reload s/shop1:;/shop2:;/
POST /paid?ticket=<T>
403 {"outcome":"forged",...}
POST /claim?u=ann
200 {"outcome":"again","ticket":"<U>",...}
$ test '<T>' != '<U>' && echo another
= another
--- no_audit



=== TEST 11: deleted and made again honours no old ticket
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
    location = /cancel { rush_release; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
delete sale
campaign sale stock=10 hold=1m
wait 1.1
POST /claim?u=ann
200 {"outcome":"won","ticket":"<B>","seq":1,...}
POST /paid?ticket=<A>
404 {"outcome":"unknown",...}
POST /cancel?ticket=<A>
404 {"outcome":"unknown",...}
POST /paid?ticket=<B>
200 {"outcome":"confirmed",...}
--- redis_after
> tickets sale ann
given 1; 1 confirmed 1



=== TEST 12: a good signature, and a user who has no such ticket
--- campaign
sale stock=10 hold=1m
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /paid { rush_confirm; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
redis HDEL rush:{sale}:users ann
POST /paid?ticket=<A>
404 {"outcome":"unknown",...}
--- no_audit



=== TEST 13: the longest ids
--- config
    location = /claim { rush_user $arg_u; rush_claim $arg_c; }
    location = /paid { rush_confirm; }
--- steps
campaign <c*64> stock=10 hold=1m
POST /claim?u=<u*64>&c=<c*64>
200 {"outcome":"won","ticket":"<T>",...}
POST /paid?ticket=<T>
200 {"outcome":"confirmed","campaign":"<c*64>","user":"<u*64>","ticket":"<T>",...}



=== TEST 14: the same in two nginx with the same keys
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<A>",...}
restart
POST /claim?u=ann
200 {"outcome":"again","ticket":"<A>",...}



=== TEST 15: a record that is damaged has no ticket, and nobody has lost
--- campaign
sale stock=10
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
    location = /mine { rush_user $arg_u; rush_result sale; }
--- steps
redis HSET rush:{sale}:users ann 1;<9*400>,i,,,,k1
GET /mine?u=ann
503 {"outcome":"pending",...}
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
is damaged: the number of a ticket "9999
--- no_error_log
[emerg]
exited on signal
--- no_audit
