# rush_scan_sign: codes that are signed, forged, or over.

use lib '.';
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64);
use t::Rush 'no_plan';

my $secret = 'a secret of the tests, and no other';
my $other = 'another secret, which is as long';
my $old = 'the secret of the year before this';

# as docs/links.md says: CODE.EXPIRES.MAC

sub signed {
    my ($body, $key, $prefix) = @_;
    my $mac = hmac_sha256("rush link\n" . ($prefix // 'rush:') . "\n$body",
                          $key // $secret);

    return "$body." . substr(encode_base64($mac, '') =~ tr{+/}{-_}r, 0, 16);
}

my ($past, $soon) = (time - 1, time + 3600);

my %codes = (GOOD => signed('a.0'), SOON => signed("a.$soon"),
             PAST => signed("a.$past"), FIRST => signed('a.1'),
             OTHER => signed('a.0', $other), OLD => signed('a.0', $old),
             SHOP => signed('a.0', undef, 'shop:'),
             DOTS => signed('a.b.0.7.0'), LONG => signed('x' x 64 . '.0'),
             LONGER => signed('x' x 65 . '.0'), NONE => signed('none.0'),
             NONE_PAST => signed("none.$past"), FAR => signed('a.99999999999'),
             FARTHER => signed('a.999999999999'), ZEROS => signed('a.00'),
             ZERO_PAST => signed("a.0$past"), PLUS => signed('a.+1'),
             MINUS => signed('a.-1'), WORD => signed('a.b'),
             EMPTY => signed('a.'), ONLY => signed('.0'), BARE => signed('a'),
             SPACE => signed('a b.0'), SIGNS => signed('A:b@c_d-e.0'));

$ENV{"TEST_NGINX_$_"} = $codes{$_} for keys %codes;

$ENV{TEST_NGINX_MAC} = substr $codes{GOOD}, -16;
$ENV{TEST_NGINX_CUT} = substr $codes{GOOD}, 0, -1;
$ENV{TEST_NGINX_MORE} = "$codes{GOOD}A";
$ENV{TEST_NGINX_MOVED} = $codes{GOOD} =~ s/^a/b/r;
$ENV{TEST_NGINX_LATER} = $codes{SOON} =~ s/\.\d+\./'.' . ($soon + 1) . '.'/er;
$ENV{TEST_NGINX_EVER} = $codes{SOON} =~ s/\.\d+\./.0./r;
$ENV{TEST_NGINX_NO_MAC} = 'a.0.';
$ENV{TEST_NGINX_PAST_BAD} = $codes{PAST} =~ s/.{16}$/'A' x 16/er;

# each of the 16, one off
$ENV{TEST_NGINX_FLIPPED} = join ' ', map {
    my $code = $codes{GOOD};

    substr($code, 4 + $_, 1) = substr($codes{GOOD}, 4 + $_, 1) eq 'x'
                               ? 'y' : 'x';
    $code;
} 0 .. 15;

open my $keys, '>', "$ENV{TEST_NGINX_DIR}/two" or die "two: $!";
print $keys "k1:$secret\nk0:$old\n";
close $keys;

config_preamble(<<'_EOC_');
    rush_scan_hosts m\.example\.com;
    rush_scan_sign on;

    location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
    location = /scan { rush_scan ""; }

    location /rush/ { rush_api; }
_EOC_

run_tests();

__DATA__

=== TEST 1: good: for ever, and for some time
--- http_config
    log_format scan '$rush_outcome $rush_link';
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{code}"}'
--- config
    access_log logs/upstream.log scan;
--- steps
GET /q/$TEST_NGINX_GOOD
302
Location: https://m.example.com/a
Cache-Control: no-store
GET /q/$TEST_NGINX_SOON
302
Location: https://m.example.com/a
GET /q/$TEST_NGINX_FAR
302
HEAD /q/$TEST_NGINX_GOOD
302
Location: https://m.example.com/a
GET /q/$TEST_NGINX_GOOD
Accept: application/json
200 {"outcome":"found","link":"a","client":"desktop","target":"https://m.example.com/a","now":<now>}
--- upstream
found a
found a
found a
found a
found a



=== TEST 2: a signature that is not one of ours, wherever it is wrong
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
HSET rush:link:{b} version 1 json '{"fallback":"https://m.example.com/"}'
--- proxy
--- config
--- steps
$ for code in $TEST_NGINX_FLIPPED; do
      curl -s -w ' %{http_code}\n' "$U/q/$code"
  done | sed 's/,"now":[0-9]*//' | sort | uniq -c | tr -s ' '
= ~ ^ *16 \{"outcome":"unknown"\} 404$
GET /q/$TEST_NGINX_CUT
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_MORE
404 {"outcome":"unknown","now":<now>}
# of another code, of another time
GET /q/$TEST_NGINX_MOVED
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_LATER
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_EVER
404 {"outcome":"unknown","now":<now>}
# with another key, for another prefix
GET /q/$TEST_NGINX_OTHER
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_OLD
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_SHOP
404 {"outcome":"unknown","now":<now>}
# none
GET /q/a
404 {"outcome":"unknown","now":<now>}
GET /q/a.0
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_NO_MAC
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_MAC
404 {"outcome":"unknown","now":<now>}
GET /q/.$TEST_NGINX_MAC
404 {"outcome":"unknown","now":<now>}
GET /q/..$TEST_NGINX_MAC
404 {"outcome":"unknown","now":<now>}
GET /q/
404 {"outcome":"unknown","now":<now>}
GET /q/<x*4000>
404 {"outcome":"unknown","now":<now>}
# without a look at anything
$ grep -c HMGET $D/proxy.log
= 0



=== TEST 3: texts that nobody signs have one form only
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/"}'
--- config
--- steps
GET /q/$TEST_NGINX_ZEROS
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_ZERO_PAST
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_PLUS
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_MINUS
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_WORD
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_EMPTY
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_ONLY
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_BARE
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_FARTHER
404 {"outcome":"unknown","now":<now>}
$ curl -s "$U/q/$(echo "$TEST_NGINX_SPACE" | sed 's/ /%20/')"
= {"outcome":"unknown","now":<now>}



=== TEST 4: codes that are long, and with dots and signs in them
--- redis
HSET rush:link:{a.b.0.7} version 1 json '{"fallback":"https://m.example.com/dots"}'
HSET rush:link:{A:b@c_d-e} version 1 json '{"fallback":"https://m.example.com/signs"}'
HSET rush:link:{xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx} version 1 json '{"fallback":"https://m.example.com/long"}'
--- config
--- steps
GET /q/$TEST_NGINX_DOTS
302
Location: https://m.example.com/dots
GET /q/$TEST_NGINX_SIGNS
302
Location: https://m.example.com/signs
GET /q/$TEST_NGINX_LONG
302
Location: https://m.example.com/long
GET /q/$TEST_NGINX_LONGER
404 {"outcome":"unknown","now":<now>}
GET /q/$TEST_NGINX_NONE
404 {"outcome":"unknown","now":<now>}



=== TEST 5: over: 410, and only if it is one of ours
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/","after":"https://m.example.com/after"}'
--- config
--- steps
GET /q/$TEST_NGINX_PAST
410 {"outcome":"ended","now":<now>}
Content-Type: application/json
Cache-Control: no-store
! Location
! Retry-After
GET /q/$TEST_NGINX_FIRST
410 {"outcome":"ended","now":<now>}
GET /q/$TEST_NGINX_NONE_PAST
410 {"outcome":"ended","now":<now>}
GET /q/$TEST_NGINX_PAST_BAD
404 {"outcome":"unknown","now":<now>}
HEAD /q/$TEST_NGINX_PAST
410



=== TEST 6: its time passes while nginx runs
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201
$ curl -s "$U/rush/links/a?expires=$(($(date +%s) + 2))" |
      sed 's/.*"signed":"\([^"]*\)".*/\1/'
= <S>
GET /q/<S>
302
Location: https://m.example.com/
wait 2.5
GET /q/<S>
410 {"outcome":"ended","now":<now>}



=== TEST 7: the API tells the signed code
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201
GET /rush/links/a
200 {"signed":"$TEST_NGINX_GOOD",...}
POST /q/$TEST_NGINX_GOOD
405
GET /q/$TEST_NGINX_GOOD
302
Location: https://m.example.com/



=== TEST 8: keys come and go; the first signs, all verify
--- http_config
    rush_secret_file $TEST_NGINX_DIR/two;
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201
GET /q/$TEST_NGINX_GOOD
302
GET /q/$TEST_NGINX_OLD
302
GET /q/$TEST_NGINX_OTHER
404 {"outcome":"unknown",...}
GET /rush/links/a
200 {"signed":"$TEST_NGINX_GOOD",...}
# the other one is the first now
$ (umask 077; printf 'k0:the secret of the year before this\n' >$D/two)
reload
GET /q/$TEST_NGINX_GOOD
404 {"outcome":"unknown",...}
GET /q/$TEST_NGINX_OLD
302
GET /rush/links/a
200 {"signed":"$TEST_NGINX_OLD",...}



=== TEST 9: each prefix has signatures of its own
--- http_config
    rush_prefix shop:;
--- redis
HSET shop:link:{a} version 1 json '{"fallback":"https://m.example.com/shop"}'
--- config
--- steps
GET /q/$TEST_NGINX_SHOP
302
Location: https://m.example.com/shop
GET /q/$TEST_NGINX_GOOD
404 {"outcome":"unknown",...}



=== TEST 10: in q
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{arg.x}"}'
--- config
--- steps
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2F$TEST_NGINX_GOOD%3Fx%3D1
200 {"outcome":"found","link":"a","client":"desktop","target":"https://m.example.com/1","now":<now>}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2Fa
404 {"outcome":"unknown","now":<now>}
GET /scan?q=https%3A%2F%2Fm.example.com%2Fq%2F$TEST_NGINX_PAST
410 {"outcome":"ended","now":<now>}



=== TEST 11: where it is off, a signed code is a code like any other
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{code}"}'
--- config
    location ~ ^/u/(?<code>.*)$ { rush_scan_sign off; rush_scan $code; }
--- steps
redis HSET rush:link:{$TEST_NGINX_GOOD} version 1 json '{"fallback":"https://m.example.com/odd"}'
GET /u/a
302
Location: https://m.example.com/a
GET /u/$TEST_NGINX_GOOD
302
Location: https://m.example.com/odd
GET /q/$TEST_NGINX_GOOD
302
Location: https://m.example.com/a
GET /q/a
404



=== TEST 12: rush_answer status
--- config
    rush_answer status;
    error_page 404 410 /lost;
    location = /lost { return 200 "$rush_outcome"; }
--- steps
GET /q/$TEST_NGINX_PAST
410 ended
GET /q/$TEST_NGINX_CUT
404 unknown
