# Loaded and not used, the module costs no handler, no zone, no connection.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: no directive at all
--- no_redis
--- no_secret_file
--- config
    location = /t { return 200 "fine"; }
--- log_level: debug
--- steps
GET /t
200 fine
POST /t
| a body
200 fine
--- no_error_log
rush answered
rush redis
zone "rush"
[error]
[alert]



=== TEST 2: configured, and a location without a claim
--- proxy
--- config
    location = /t { return 200 "fine"; }
--- log_level: debug
--- steps
GET /t
200 fine
GET /index.html
200 ~ It works
wait 1.5
--- no_error_log
rush answered
[error]
[alert]
--- greeting: ~ \A(?!.*HMGET)



=== TEST 3: nothing of it in nginx -T of a server without it
--- no_redis
--- no_secret_file
--- config
    location = /t { return 200 "[$rush_outcome]"; }
--- steps
GET /t
200 []
