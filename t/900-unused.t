# Loaded and not used, the module costs no handler, no zone, no connection.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: as many phase handlers as without it
--- no_redis
--- no_secret_file
--- config
--- log_level: debug
--- steps
$ : >$R/logs/error.log
GET /index.html
200 ~ It works
POST /index.html
| a body
405
wait 0.1
$ grep -c ' phase: ' $R/logs/error.log
= <N>
$ grep -c -e 'rush answered' -e 'rush_zone' -e 'redis' $R/logs/error.log
= 0
$ sed -i s/load_module[^\;]*\;// $R/conf/nginx.conf
  : >$R/logs/error.log
restart
GET /index.html
200 ~ It works
POST /index.html
| a body
405
wait 0.1
$ grep -c ' phase: ' $R/logs/error.log
= <N>



=== TEST 2: the counting finds one, if it is used
--- campaign
sale stock=1
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- log_level: debug
--- steps
$ : >$R/logs/error.log
GET /index.html
200 ~ It works
wait 0.1
$ grep -c ' phase: ' $R/logs/error.log
= <N>
$ sed -i -e s/load_module[^\;]*\;// -e /rush_/d $R/conf/nginx.conf
  : >$R/logs/error.log
restart
GET /index.html
200 ~ It works
wait 0.1
$ expr <N> - $(grep -c ' phase: ' $R/logs/error.log)
= 1
--- skip_eval: 1: `$Test::Nginx::Util::NginxBinary -V 2>&1` =~ /add-module=/



=== TEST 3: configured, and nobody claims: no connection, no file, no line
--- proxy
--- config
    location = /t { return 200 "fine"; }
--- log_level: info
--- steps
GET /t
200 fine
GET /index.html
200 ~ It works
--- greeting



=== TEST 4: the variables are there and empty
--- no_redis
--- no_secret_file
--- config
    location = /t { return 200 "($rush_outcome$rush_ticket)"; }
--- steps
GET /t
200 ()



=== TEST 5: a redis that is not there harms nobody who does not ask for it
--- http_config
    rush_redis main { server unix:$TEST_NGINX_DIR/nothing.sock; }
--- config
    location = /t { return 200 "fine"; }
--- log_level: info
--- steps
GET /t
200 fine
wait 1.5
GET /t
200 fine
--- error_log
