# A play of one's own: one Lua file, an argument, an answer field.

use lib '.';
use t::Rush 'no_plan';

our $HttpConfig = <<'_EOC_';
    rush_play room $TEST_NGINX_SERVER_ROOT/html/room.lua;
_EOC_

our $Room = <<'_EOC_';
>>> room.lua
-- room: a sale of seats, each win gets a door for the room it asks for.
--
-- @play   room
-- @member hold      duration 0 30d         0
-- @arg    room

play = {
    verbs = { confirm = { h = 'c', x = 'c' }, release = { h = 'r' },
              void = { c = 'v' } },
}

function play.take(t, claim)
    if (claim.room or '') == '' then
        return 'denied'
    end

    if claim.room == 'none' then
        return 'sold_out'
    end

    t.till, t.state = 0, 'c'
    t.extra = claim.room
end

function play.give()
end

function play.show(t)
    return '\troom=' .. t.extra .. '\tdoor:' .. t.seq * 10
end

function play.event(t)
    return { 'room', t.extra }
end

function play.store()
end
_EOC_

run_tests();

__DATA__

=== TEST 1: an argument in, fields out
--- user_files eval: $::Room
--- http_config eval: $::HttpConfig
--- redis
--- config
    location = /claim {
        rush_user $arg_u; rush_arg room $arg_room; rush_claim seats;
    }
    location = /mine { rush_user $arg_u; rush_result seats; }
--- steps
campaign -P $TEST_NGINX_SERVER_ROOT/html/room.lua seats kind=room stock=10
POST /claim?u=ann&room=blue
200 {"outcome":"won","campaign":"seats","ticket":"<T>","seq":1,"units":1,"room":"blue","door":10,"left":9,"now":<now>}
POST /claim?u=ann&room=red
200 {"outcome":"again","ticket":"<T>","room":"blue","door":10,...}
GET /mine?u=ann
200 {"tickets":[{"ticket":"<T>","seq":1,"units":1,"state":"confirmed","room":"blue","door":10}],...}
--- redis_after
> events seats
won ann 1 units=1 room=blue



=== TEST 2: outcomes of the play: denied
--- user_files eval: $::Room
--- http_config eval: $::HttpConfig
--- config
    location = /claim {
        rush_user $arg_u; rush_arg room $arg_room; rush_claim seats;
    }
--- steps
campaign -P $TEST_NGINX_SERVER_ROOT/html/room.lua seats kind=room stock=10
POST /claim?u=ann
403 {"outcome":"denied","campaign":"seats","now":<now>}
POST /claim?u=ann&room=none
409 {"outcome":"sold_out","campaign":"seats","left":10,"now":<now>}
POST /claim?u=ann&room=blue
200 {"outcome":"won",...}
--- redis_after
> counters seats
total 10, out 1, seq 1, held 0, void 0



=== TEST 3: a value of an argument that would break the call
--- user_files eval: $::Room
--- http_config eval: $::HttpConfig
--- config
    location ~ "(?s)^/claim/(?<room>.*)$" {
        rush_user $arg_u; rush_arg room $room; rush_claim seats;
    }
--- steps
campaign -P $TEST_NGINX_SERVER_ROOT/html/room.lua seats kind=room stock=10
POST /claim/a%09units%0999?u=ann
400 {"outcome":"invalid","member":"room",...}
POST /claim/a%0ab?u=ann
400 {"outcome":"invalid","member":"room",...}
--- redis_after
> HLEN rush:{seats}:users
1



=== TEST 4: a sale beside it does not get the argument
--- user_files eval: $::Room
--- http_config eval: $::HttpConfig
--- campaign
sale stock=10
--- config
    location = /claim {
        rush_user $arg_u; rush_arg room $arg_room; rush_claim sale;
    }
--- steps
POST /claim?u=ann&room=blue
200 {"outcome":"won",...}
--- redis_after
> events sale
won ann 1 units=1



=== TEST 5: the play is fixed with a reload
--- user_files eval: $::Room
--- http_config eval: $::HttpConfig
--- config
    location = /claim {
        rush_user $arg_u; rush_arg room $arg_room; rush_claim seats;
    }
--- steps
campaign -P $TEST_NGINX_SERVER_ROOT/html/room.lua seats kind=room stock=10
POST /claim?u=ann&room=blue
200 {"outcome":"won","door":10,...}
$ sed -i 's/seq \* 10/seq * 100/' $R/html/room.lua
reload
POST /claim?u=bob&room=blue
200 {"outcome":"won","door":200,...}



=== TEST 6: a play whose Lua is wrong: pending, nothing taken, and logged
--- user_files
>>> bad.lua
-- @play bad
play = { verbs = {} }

function play.take(t) error('boom') end
function play.give() end
function play.show() return '' end
function play.event() return {} end
function play.store() end
--- http_config
    rush_play bad $TEST_NGINX_SERVER_ROOT/html/bad.lua;
--- config
    location = /claim { rush_user $arg_u; rush_claim seats; }
--- steps
campaign -P $TEST_NGINX_SERVER_ROOT/html/bad.lua seats kind=bad stock=10
POST /claim?u=ann
503 {"outcome":"pending",...}
--- error_log
boom
--- no_error_log
[emerg]
--- redis_after
> counters seats
total 10, out 0, seq 0, held 0, void 0



=== TEST 7: settling goes by the verbs of the play
--- user_files eval: $::Room
--- http_config eval: $::HttpConfig
--- config
    location = /claim {
        rush_user $arg_u; rush_arg room $arg_room; rush_claim seats;
    }
    location = /refund { rush_void; }
--- steps
campaign -P $TEST_NGINX_SERVER_ROOT/html/room.lua seats kind=room stock=10
POST /claim?u=ann&room=blue
200 {"ticket":"<T>",...}
POST /refund?ticket=<T>&restock=1
200 {"outcome":"void","campaign":"seats","user":"ann","ticket":"<T>","seq":1,"units":1,"room":"blue","door":10,"state":"void","now":<now>}
--- redis_after
> counters seats
total 10, out 0, seq 1, held 0, void 0
