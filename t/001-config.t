# Every directive: right use, and one block for each message of wrong use.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: ten lines are a flash sale
--- campaign
lipstick stock=1000
--- config
    location = /grab { rush_user $http_x_user; rush_claim lipstick; }
    location = /mine { rush_user $http_x_user; rush_result lipstick; }
    location = /paid { rush_confirm; }
    location = /cancel { rush_release; }
    location = /refund { rush_void; }
--- steps
POST /grab
X-User: ann
200 {"outcome":"won",...}
--- redis_after
> counters lipstick
total 1000, out 1, seq 1, held 0, void 0



=== TEST 2: every directive of rush_redis
--- campaign
sale stock=1
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS;
        server 127.0.0.1:1;
        database 0;
        connect_timeout 500ms;
        timeout 500ms;
        max_pending 100;
        batch 16;
        durability none;
    }
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; rush_pass main; }
--- steps
POST /claim?u=ann
200 {"outcome":"won",...}



=== TEST 3: directives of http, inherited by a location
--- campaign
sale stock=10 items=red:10
--- http_config
    rush_pass main;
    rush_zone zone=tests:1m;
    rush_prefix rush:;
    rush_user $arg_u;
    rush_item $arg_i;
    rush_units $arg_n;
    rush_ref $arg_r;
    rush_key $arg_k;
    rush_data $arg_d;
    rush_answer status;
    rush_outage open;
    rush_ticket $arg_t;
--- config
    location = /claim { rush_claim sale; }
--- steps
POST /claim?u=ann&i=red&n=2&r=guide-7&k=one&d=room
409 ~ Conflict
POST /claim?u=ann&i=red&n=1&r=guide-7&k=one&d=room
200 {"outcome":"won","units":1,"item":"red",...}
--- redis_after
> events sale
won ann 1 units=1 item=red ref=guide-7 data=room



=== TEST 4: a location overrides what is above it
--- campaign
sale stock=10
--- http_config
    rush_user nobody;
    rush_answer status;
--- config
    rush_user $arg_u;
    location = /claim {
        rush_user $arg_v; rush_answer json; rush_units 1; rush_claim sale;
    }
--- steps
POST /claim?u=ann&v=bob
200 {"outcome":"won",...}
POST /claim?u=ann
401 {"outcome":"anonymous","campaign":"sale","now":<now>}
--- redis_after
> events sale
won bob 1 units=1



=== TEST 5: rush_redis without a name
--- http_config
    rush_redis { server unix:$TEST_NGINX_REDIS; }
--- dies: invalid number of arguments in "rush_redis" directive



=== TEST 6: rush_redis twice by one name
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; }
    rush_redis main { server unix:$TEST_NGINX_REDIS; }
--- dies: duplicate "rush_redis" "main"



=== TEST 7: rush_redis without a server
--- http_config
    rush_redis main { timeout 1s; }
--- dies: "rush_redis" "main" has no "server"



=== TEST 8: rush_redis in a server
--- config
    rush_redis other { server unix:$TEST_NGINX_REDIS; }
--- dies: "rush_redis" directive is not allowed here



=== TEST 9: an unknown directive in rush_redis
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; pool 5; }
--- dies: unknown directive "pool" in "rush_redis"



=== TEST 10: server without an address
--- http_config
    rush_redis main { server; }
--- dies: invalid number of arguments in "server" directive of "rush_redis"



=== TEST 11: server with a port that is none
--- http_config
    rush_redis main { server 127.0.0.1:99999; }
--- dies: invalid port in "server" "127.0.0.1:99999" of "rush_redis"



=== TEST 12: server with a unix socket that has no path
--- http_config
    rush_redis main { server unix:; }
--- dies: no path in the unix domain socket in "server" "unix:" of "rush_redis"



=== TEST 13: a host that does not exist
--- http_config
    rush_redis main { server no.such.host.invalid:6379; }
--- dies: host not found in "server" "no.such.host.invalid:6379" of "rush_redis"



=== TEST 14: batch is too small
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; batch 0; }
--- dies: "batch" must be a whole number from 1 to 256, not "0"



=== TEST 15: batch is too large
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; batch 257; }
--- dies: "batch" must be a whole number from 1 to 256, not "257"



=== TEST 16: batch is no number
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; batch many; }
--- dies: "batch" must be a whole number from 1 to 256, not "many"



=== TEST 17: batch twice
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; batch 1; batch 2; }
--- dies: "batch" is duplicate



=== TEST 18: max_pending is zero
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; max_pending 0; }
--- dies: "max_pending" must be a whole number from 1 to 1000000, not "0"



=== TEST 19: database is negative
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; database -1; }
--- dies: "database" must be a whole number from 0 to 65535, not "-1"



=== TEST 20: timeout is no time
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; timeout soon; }
--- dies: "timeout" must be a time above 0, like 500ms or 1s



=== TEST 21: timeout is zero
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; timeout 0; }
--- dies: "timeout" must be a time above 0, like 500ms or 1s



=== TEST 22: connect_timeout is zero
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; connect_timeout 0; }
--- dies: "connect_timeout" must be a time above 0, like 500ms or 1s



=== TEST 23: password_file is not there
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS;
        password_file $TEST_NGINX_DIR/nothing;
    }
--- dies: open() "$TEST_NGINX_DIR/nothing" failed (2: No such file or directory)



=== TEST 24: password_file is empty
--- user_files
>>> password
--- http_config
    rush_redis main {
        server unix:$TEST_NGINX_REDIS;
        password_file $TEST_NGINX_SERVER_ROOT/html/password;
    }
--- dies
the first line of "password_file" "$TEST_NGINX_SERVER_ROOT/html/password" must
have from 1 to 512 bytes



=== TEST 25: user without password_file
--- http_config
    rush_redis main { server unix:$TEST_NGINX_REDIS; user shop; }
--- dies: "user" in "rush_redis" "main" needs "password_file"



=== TEST 26: rush_pass to a Redis that is not there
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; rush_pass other; }
--- dies: "rush_pass" "other" is no "rush_redis"



=== TEST 27: two Redis servers and no rush_pass
--- http_config
    rush_redis one { server unix:$TEST_NGINX_REDIS; }
    rush_redis two { server unix:$TEST_NGINX_REDIS; }
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- dies
there are several "rush_redis", and "rush_claim" needs "rush_pass" to say
which



=== TEST 28: a claim and no Redis at all
--- no_redis
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- dies: "rush_claim" needs a "rush_redis" block



=== TEST 29: rush_pass twice
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale; rush_pass main; rush_pass main;
    }
--- dies: "rush_pass" directive is duplicate



=== TEST 30: rush_zone without a size
--- http_config
    rush_zone zone=rush;
--- dies: invalid parameter "zone=rush" of "rush_zone", write "zone=name:size"



=== TEST 31: rush_zone without a name
--- http_config
    rush_zone zone=:1m;
--- dies: invalid parameter "zone=:1m" of "rush_zone", write "zone=name:size"



=== TEST 32: rush_zone that is too small
--- http_config
    rush_zone zone=rush:4k;
--- dies: ~ zone.*(?:too small|is small)



=== TEST 33: rush_zone with a size that is none
--- http_config
    rush_zone zone=rush:large;
--- dies: invalid size "large" of "rush_zone"



=== TEST 34: an unknown parameter of rush_zone
--- http_config
    rush_zone zone=rush:1m fast;
--- dies: invalid parameter "fast" of "rush_zone", write "links=size"



=== TEST 35: rush_zone twice
--- http_config
    rush_zone zone=one:1m;
    rush_zone zone=two:1m;
--- dies: "rush_zone" directive is duplicate



=== TEST 36: rush_prefix with a brace
--- http_config
    rush_prefix {a};
--- dies: ~ rush_prefix|unexpected "\{"



=== TEST 37: rush_prefix with a brace, in quotes
--- http_config
    rush_prefix "shop{a}:";
--- dies
"rush_prefix" must be up to 64 bytes of A-Z a-z 0-9 _ . : @ -, not "shop{a}:"



=== TEST 38: rush_prefix twice
--- http_config
    rush_prefix a:;
    rush_prefix b:;
--- dies: "rush_prefix" directive is duplicate



=== TEST 39: rush_secret_file is not there
--- http_config
    rush_secret_file $TEST_NGINX_DIR/nothing;
--- dies: open() "$TEST_NGINX_DIR/nothing" failed (2: No such file or directory)



=== TEST 40: rush_secret_file is empty
--- user_files
>>> keys
# nothing but a comment

--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- dies
"rush_secret_file" "$TEST_NGINX_SERVER_ROOT/html/keys" has no key, write a
line "id:secret"



=== TEST 41: a line of rush_secret_file without a colon
--- user_files
>>> keys
a-secret-without-an-id-before-it
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- dies
line 1 of "rush_secret_file" "$TEST_NGINX_SERVER_ROOT/html/keys" must be
"id:secret", with an id from 1 to 32 bytes



=== TEST 42: a secret that is too short
--- user_files
>>> keys
k1:a-secret-of-16-b
k2:a-secret-of-15b
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- dies
line 2 of "rush_secret_file" "$TEST_NGINX_SERVER_ROOT/html/keys" has a secret
shorter than 16 bytes



=== TEST 43: two secrets by one id
--- user_files
>>> keys
k1:one-secret-of-more-than-16-bytes
k1:two-secret-of-more-than-16-bytes
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- dies
line 2 of "rush_secret_file" "$TEST_NGINX_SERVER_ROOT/html/keys" has an id
that was there before



=== TEST 44: an id of a secret that would break tickets
--- user_files
>>> keys
k~1:one-secret-of-more-than-16-bytes
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- dies
line 1 of "rush_secret_file" "$TEST_NGINX_SERVER_ROOT/html/keys" has an id
with other bytes than A-Z a-z 0-9 _ . -



=== TEST 45: a secret is never in the error log
--- user_files
>>> keys
k1:brief-secret
--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- must_die
--- no_error_log
brief-secret



=== TEST 46: comments, blank lines and colons in rush_secret_file
--- campaign
sale stock=1
--- user_files
>>> keys

# the newest one first
k2:a:secret:with:colons:in:it
# and the one before
k1:one-secret-of-more-than-16-bytes

--- http_config
    rush_secret_file $TEST_NGINX_SERVER_ROOT/html/keys;
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- steps
POST /claim?u=ann
200 {"outcome":"won","ticket":"<T>",...}
$ echo '<T>' | cut -d '~' -f 5
= k2



=== TEST 47: rush_claim without rush_user
--- config
    location = /claim { rush_claim sale; }
--- dies: "rush_claim" needs "rush_user", which says who asks



=== TEST 48: rush_claim without rush_secret_file
--- no_secret_file
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; }
--- dies
"rush_claim" needs "rush_secret_file": make a file with a line "id:secret" and
name it here



=== TEST 49: rush_claim with an id that is none
--- config
    location = /claim { rush_user $arg_u; rush_claim a/b; }
--- dies
the campaign in "rush_claim" must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @
-, not "a/b"



=== TEST 50: rush_claim with an id that is too long
--- config
    location = /claim {
        rush_user $arg_u;
rush_claim a234567890123456789012345678901234567890123456789012345678901234x;
    }
--- dies
the campaign in "rush_claim" must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @
-, not "a234567890123456789012345678901234567890123456789012345678901234x"



=== TEST 51: rush_claim with an empty id
--- config
    location = /claim { rush_user $arg_u; rush_claim ""; }
--- dies
the campaign in "rush_claim" must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @
-, not ""



=== TEST 52: rush_claim twice
--- config
    location = /claim { rush_user $arg_u; rush_claim a; rush_claim b; }
--- dies: "rush_claim" directive is duplicate



=== TEST 53: rush_claim in a server
--- config
    rush_user $arg_u;
    rush_claim sale;
--- dies: "rush_claim" directive is not allowed here



=== TEST 54: rush_claim without a campaign
--- config
    location = /claim { rush_user $arg_u; rush_claim; }
--- dies: invalid number of arguments in "rush_claim" directive



=== TEST 55: rush_user with an unknown variable
--- config
    location = /claim { rush_user $no_such_variable; rush_claim sale; }
--- dies: unknown "no_such_variable" variable



=== TEST 56: rush_user twice
--- config
    location = /claim { rush_user a; rush_user b; rush_claim sale; }
--- dies: "rush_user" directive is duplicate



=== TEST 57: rush_item twice
--- config
    rush_item a;
    rush_item b;
--- dies: "rush_item" directive is duplicate



=== TEST 58: rush_units twice
--- config
    rush_units 1;
    rush_units 2;
--- dies: "rush_units" directive is duplicate



=== TEST 59: rush_ref twice
--- config
    rush_ref a;
    rush_ref b;
--- dies: "rush_ref" directive is duplicate



=== TEST 60: rush_key twice
--- config
    rush_key a;
    rush_key b;
--- dies: "rush_key" directive is duplicate



=== TEST 61: rush_data twice
--- config
    rush_data a;
    rush_data b;
--- dies: "rush_data" directive is duplicate



=== TEST 62: rush_ticket twice
--- config
    rush_ticket a;
    rush_ticket b;
--- dies: "rush_ticket" directive is duplicate



=== TEST 63: rush_answer with another word
--- config
    rush_answer html;
--- dies: invalid value "html"



=== TEST 64: rush_answer twice
--- config
    rush_answer json;
    rush_answer json;
--- dies: "rush_answer" directive is duplicate



=== TEST 65: rush_outage with another word
--- config
    rush_outage half;
--- dies: invalid value "half"



=== TEST 66: rush_outage twice
--- config
    rush_outage open;
    rush_outage open;
--- dies: "rush_outage" directive is duplicate



=== TEST 67: rush_arg without a value
--- config
    rush_arg room;
--- dies: invalid number of arguments in "rush_arg" directive



=== TEST 68: rush_arg twice by one name
--- config
    location = /claim {
        rush_user $arg_u; rush_claim sale; rush_arg room 1; rush_arg room 2;
    }
--- dies: "rush_arg" "room" is an argument of no play



=== TEST 69: rush_arg with a name that is none
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; rush_arg "a b" 1; }
--- dies: "rush_arg" "a b" is an argument of no play



=== TEST 70: rush_result without rush_user
--- config
    location = /mine { rush_result sale; }
--- dies: "rush_result" needs "rush_user", which says who asks



=== TEST 71: rush_result without rush_secret_file
--- no_secret_file
--- config
    location = /mine { rush_user $arg_u; rush_result sale; }
--- dies
"rush_result" needs "rush_secret_file": make a file with a line "id:secret"
and name it here



=== TEST 72: rush_result with an id that is none
--- config
    location = /mine { rush_user $arg_u; rush_result "{sale}"; }
--- dies
the campaign in "rush_result" must be from 1 to 64 bytes of A-Z a-z 0-9 _ . :
@ -, not "{sale}"



=== TEST 73: rush_confirm without rush_secret_file
--- no_secret_file
--- config
    location = /paid { rush_confirm; }
--- dies
"rush_confirm" needs "rush_secret_file": make a file with a line "id:secret"
and name it here



=== TEST 74: rush_release without rush_secret_file
--- no_secret_file
--- config
    location = /cancel { rush_release; }
--- dies
"rush_release" needs "rush_secret_file": make a file with a line "id:secret"
and name it here



=== TEST 75: rush_void without rush_secret_file
--- no_secret_file
--- config
    location = /refund { rush_void; }
--- dies
"rush_void" needs "rush_secret_file": make a file with a line "id:secret" and
name it here



=== TEST 76: rush_confirm with an argument
--- config
    location = /paid { rush_confirm now; }
--- dies: invalid number of arguments in "rush_confirm" directive



=== TEST 77: rush_confirm in a server
--- config
    rush_confirm;
--- dies: "rush_confirm" directive is not allowed here



=== TEST 78: rush_claim and rush_result in one location
--- config
    location = /claim { rush_user $arg_u; rush_claim sale; rush_result sale; }
--- dies: "rush_claim" and "rush_result" cannot share a location



=== TEST 79: rush_confirm and rush_release in one location
--- config
    location = /paid { rush_confirm; rush_release; }
--- dies: "rush_confirm" and "rush_release" cannot share a location



=== TEST 80: rush_confirm and rush_claim in one location
--- config
    location = /paid { rush_user $arg_u; rush_claim sale; rush_confirm; }
--- dies: "rush_claim" and "rush_confirm" cannot share a location



=== TEST 81: rush_play without its file
--- http_config
    rush_play raffle $TEST_NGINX_DIR/nothing.lua;
--- dies
open() "$TEST_NGINX_DIR/nothing.lua" failed (2: No such file or directory)



=== TEST 82: rush_play with a file that is no play
--- user_files
>>> raffle.lua
return 1
--- http_config
    rush_play raffle $TEST_NGINX_SERVER_ROOT/html/raffle.lua;
--- dies: ~ raffle



=== TEST 83: rush_play under another name than the file's
--- user_files
>>> raffle.lua
-- @play lottery
play = {}
--- http_config
    rush_play raffle $TEST_NGINX_SERVER_ROOT/html/raffle.lua;
--- dies: ~ raffle



=== TEST 84: rush_play by the name of a built-in one
--- user_files
>>> sale.lua
-- @play sale
play = {}
--- http_config
    rush_play sale $TEST_NGINX_SERVER_ROOT/html/sale.lua;
--- dies: "rush_play" "sale" is there already



=== TEST 85: rush_play twice by one name
--- user_files
>>> raffle.lua
-- @play raffle
play = {}
--- http_config
    rush_play raffle $TEST_NGINX_SERVER_ROOT/html/raffle.lua;
    rush_play raffle $TEST_NGINX_SERVER_ROOT/html/raffle.lua;
--- dies: "rush_play" "raffle" is there already



=== TEST 86: rush_state and rush_status need no rush_user and no secret
--- campaign
sale stock=1
--- no_secret_file
--- config
    location = /state { rush_state sale; }
    location = /status { rush_status; }
    location = /metrics { rush_status prometheus; }
--- steps
GET /state
200 {"phase":"open",...}
GET /status
200 {"outcome":"found",...}
GET /metrics
200 ~ ^# HELP



=== TEST 87: rush_status without rush_redis
--- no_redis
--- no_secret_file
--- config
    location = /status { rush_status; }
--- dies
"rush_status" needs a "rush_redis" block



=== TEST 88: rush_state without rush_redis
--- no_redis
--- no_secret_file
--- config
    location = /state { rush_state sale; }
--- dies
"rush_state" needs a "rush_redis" block
