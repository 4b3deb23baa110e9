# rush_api: the code of a link as a picture, which is read back by zbarimg.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location /rush/ { rush_api; }
_EOC_

# what makes a PGM of an SVG

$ENV{TEST_NGINX_QR} = write_pgm();

run_tests();


# SVG of our own into a PGM: rectangles, in modules of 8 pixels

sub write_pgm {
    my $file = "$ENV{TEST_NGINX_DIR}/qr";

    open my $out, '>', $file or die "$file: $!";
    print $out <<'_EOC_';
my $svg = join '', <STDIN>;
my ($n, $m) = $svg =~ /viewBox="0 0 (\d+) (\d+)"/ or die "no viewBox: $svg";
my @rows = map { "\xff" x $n } 1 .. $m;

while ($svg =~ /M(\d+) (\d+)h(\d+)v1h-(\d+)z/g) {
    die "outside: $&" if $1 + $3 > $n || $2 >= $m || $3 != $4;
    substr($rows[$2], $1, $3) = "\0" x $3;
}

binmode STDOUT;
print "P5 ", 8 * $n, " ", 8 * $m, " 255\n";
print s/(.)/$1 x 8/gesr x 8 for @rows;
_EOC_
    close $out;

    return $file;
}

__DATA__

=== TEST 1: what is in the picture
--- config
--- steps
~PUT /rush/links/door-7
| {"fallback":"https://m.example.com/welcome"}
201 {"outcome":"made",...}
$ curl -s "$U/rush/links/door-7/qr.svg?base=https://m.example.com/q/" |
      perl $TEST_NGINX_QR >$D/qr.pgm; zbarimg -q --raw $D/qr.pgm 2>$D/err
= https://m.example.com/q/door-7
# of any level, with any margin that can be read
$ for a in level=L level=M level=Q level=H margin=2 margin=16 size=32; do
      curl -s "$U/rush/links/door-7/qr.svg?base=http://a.example/?c=&$a" |
          perl $TEST_NGINX_QR >$D/qr.pgm; zbarimg -q --raw $D/qr.pgm 2>$D/err
  done
= http://a.example/?c=door-7
= http://a.example/?c=door-7
= http://a.example/?c=door-7
= http://a.example/?c=door-7
= http://a.example/?c=door-7
= http://a.example/?c=door-7
= http://a.example/?c=door-7
# an argument of its own, percent-encoded
$ curl -sG --data-urlencode 'base=https://m.example.com/?a=1&code=' \
      $U/rush/links/door-7/qr.svg | perl $TEST_NGINX_QR >$D/qr.pgm
  zbarimg -q --raw $D/qr.pgm 2>$D/err
= https://m.example.com/?a=1&code=door-7



=== TEST 2: where the request was sent to, by default
--- config
--- steps
~PUT /rush/links/door-7
| {"fallback":"https://m.example.com/welcome"}
201 {"outcome":"made",...}
$ curl -s -H 'Host: qr.example.com:8081' $U/rush/links/door-7/qr.svg |
      perl $TEST_NGINX_QR >$D/qr.pgm; zbarimg -q --raw $D/qr.pgm 2>$D/err
= http://qr.example.com:8081/door-7
$ curl -s -0 -H 'Host:' $U/rush/links/door-7/qr.svg
= {"code":"door-7","member":"base","outcome":"invalid",...}



=== TEST 3: signed codes
--- config
--- steps
~PUT /rush/links/door-7
| {"fallback":"https://m.example.com/welcome"}
201 {"outcome":"made",...}
$ for e in '' '&expires=0' '&expires=4102444800'; do
      curl -s "$U/rush/links/door-7/qr.svg?base=https://a.example/&signed=1$e" |
          perl $TEST_NGINX_QR >$D/qr.pgm
      t=$(curl -s "$U/rush/links/door-7?${e#&}" |
          sed 's/.*"signed":"\([^"]*\)".*/\1/')
      test "$(zbarimg -q --raw $D/qr.pgm 2>$D/err)" = https://a.example/$t &&
          echo ${t%.*}
  done
= door-7.0
= door-7.0
= door-7.4102444800
$ curl -s "$U/rush/links/door-7/qr.svg?base=https://a.example/&signed=0" |
      perl $TEST_NGINX_QR >$D/qr.pgm; zbarimg -q --raw $D/qr.pgm 2>$D/err
= https://a.example/door-7



=== TEST 4: the SVG
--- config
--- steps
~PUT /rush/links/door-7
| {"fallback":"https://m.example.com/welcome"}
201 {"outcome":"made",...}
GET /rush/links/door-7/qr.svg
200 ~ ^<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox
Content-Type: image/svg+xml
Cache-Control: no-store
! ETag
GET /rush/links/door-7/qr.svg
200 ~ viewBox="0 0 33 33" shape-rendering="crispEdges"><rect width="33" height=
GET /rush/links/door-7/qr.svg
200 ~ height="33" fill="#ffffff"/><path fill="#000000" d="M4 4h7v1h-7zM1\d 4h\d
GET /rush/links/door-7/qr.svg
200 ~ "><rect [^<>]+/><path [^<>]+ d="(?:M\d+ \d+h\d+v1h-\d+z)+"/></svg>$
GET /rush/links/door-7/qr.svg?size=4096&margin=0&color=C0ffee
200 ~ width="4096" height="4096" viewBox="0 0 25 25".* fill="#C0ffee" d="M0 0h7v
HEAD /rush/links/door-7/qr.svg
200
Content-Type: image/svg+xml
Content-Length: ~ ^\d{4}$
# as large as it gets
$ curl -s "$U/rush/links/door-7/qr.svg?level=H&base=https://a.example/<b*882>" |
      perl $TEST_NGINX_QR >$D/qr.pgm; zbarimg -q --raw $D/qr.pgm 2>$D/err
= https://a.example/<b*882>door-7



=== TEST 5: arguments that are not as they should be
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/welcome"}
201 {"outcome":"made",...}
GET /rush/links/a/qr.svg?size=31
400 {"code":"a","error":"size must be pixels, a whole number from 32 to 4096, once","member":"size","outcome":"invalid","now":<now>}
Content-Type: application/json
GET /rush/links/a/qr.svg?size=4097
400 {"member":"size",...}
GET /rush/links/a/qr.svg?size=64px
400 {"member":"size",...}
GET /rush/links/a/qr.svg?size=64&size=64
400 {"member":"size",...}
GET /rush/links/a/qr.svg?margin=17
400 {"code":"a","error":"margin must be modules, a whole number from 0 to 16, once","member":"margin","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg?margin=-1
400 {"member":"margin",...}
GET /rush/links/a/qr.svg?color=red
400 {"code":"a","error":"color must be six hex digits, RRGGBB, once","member":"color","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg?color=%23123456
400 {"member":"color",...}
GET /rush/links/a/qr.svg?color=12345%22
400 {"member":"color",...}
GET /rush/links/a/qr.svg?level=l
400 {"code":"a","error":"level must be L, M, Q or H, once","member":"level","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg?signed=yes
400 {"code":"a","error":"signed must be 0 or 1, once","member":"signed","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg?signed=1&expires=x
400 {"member":"expires",...}
GET /rush/links/a/qr.svg?expires=4102444800
400 {"code":"a","error":"expires is for a code with signed=1","member":"expires","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg?base=m.example.com/
400 {"code":"a","error":"base must be a URL that the code is put behind, such as https://m.example.com/q/, once, of http or https, with a path and up to 900 bytes","member":"base","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg?base=https://m.example.com
400 {"member":"base",...}
GET /rush/links/a/qr.svg?base=https://u@m.example.com/
400 {"member":"base",...}
GET /rush/links/a/qr.svg?base=https://m.example.com/%7bcode%7d/
400 {"member":"base",...}
GET /rush/links/a/qr.svg?base=https://m.example.com/%22%3E
400 {"member":"base",...}
GET /rush/links/a/qr.svg?base=javascript:alert(1)//
400 {"member":"base",...}
GET /rush/links/a/qr.svg?base=weixin://dl/business/
400 {"member":"base",...}
GET /rush/links/a/qr.svg?base=https://a.example/<b*883>
400 {"member":"base",...}
GET /rush/links/none/qr.svg
404 {"code":"none","error":"there is no such link","outcome":"unknown","now":<now>}
GET /rush/links/a%20b/qr.svg
400 {"member":"code",...}



=== TEST 6: no keys, no signed codes
--- no_secret_file
--- config
--- steps
~PUT /rush/links/a
| {"fallback":"https://m.example.com/"}
201 {"outcome":"made",...}
GET /rush/links/a/qr.svg?signed=1
400 {"code":"a","error":"a code can be signed only where rush_api has a rush_secret_file","member":"signed","outcome":"invalid","now":<now>}
GET /rush/links/a/qr.svg
200
