# Directives of links: what nginx does not start with.

use lib '.';
use t::Rush 'no_plan';

run_tests();

__DATA__

=== TEST 1: rush_scan without rush_scan_hosts
--- config
    location /q { rush_scan $arg_c; }
--- dies
"rush_scan" needs "rush_scan_hosts", which says where links may lead to



=== TEST 2: rush_scan_hosts in another location does not do
--- config
    location /q { rush_scan $arg_c; }
    location /p { rush_scan_hosts m\.example\.com; }
--- dies: "rush_scan" needs "rush_scan_hosts"



=== TEST 3: without an argument
--- config
    rush_scan_hosts m\.example\.com;
    location /q { rush_scan; }
--- dies: invalid number of arguments in "rush_scan" directive



=== TEST 4: rush_scan outside of a location
--- config
    rush_scan_hosts m\.example\.com;
    rush_scan $arg_c;
--- dies: "rush_scan" directive is not allowed here



=== TEST 5: rush_scan twice
--- config
    rush_scan_hosts m\.example\.com;
    location /q { rush_scan $arg_c; rush_scan $arg_d; }
--- dies: "rush_scan" directive is duplicate



=== TEST 6: rush_scan and another one
--- config
    rush_scan_hosts m\.example\.com;
    location /q { rush_user a; rush_scan $arg_c; rush_claim sale; }
--- dies: "rush_scan" and "rush_claim" cannot share a location



=== TEST 7: rush_scan without a Redis
--- no_redis
--- config
    rush_scan_hosts m\.example\.com;
    location /q { rush_scan $arg_c; }
--- dies: rush_redis



=== TEST 8: a variable that there is not
--- config
    rush_scan_hosts m\.example\.com;
    location /q { rush_scan $nothing; }
--- dies: unknown "nothing" variable



=== TEST 9: rush_scan_hosts without an argument
--- config
    rush_scan_hosts;
--- dies: invalid number of arguments in "rush_scan_hosts" directive



=== TEST 10: an expression that is none
--- config
    rush_scan_hosts m\.example\.com (shop;
    location /q { rush_scan $arg_c; }
--- dies: ~ (?:pcre2?_compile|regex).* in "\(shop"



=== TEST 11: brackets that would open what is put around it
--- config
    rush_scan_hosts "m\.example\.com)|(?:evil";
    location /q { rush_scan $arg_c; }
--- dies: ~ (?:pcre2?_compile|regex).* in "m\\.example\\.com\)\|\(\?:evil"



=== TEST 12: an empty one, which would fit every host
--- config
    rush_scan_hosts "";
    location /q { rush_scan $arg_c; }
--- dies: an empty name in "rush_scan_hosts"



=== TEST 13: schemes that run a script or read a file
--- config
    rush_scan_hosts m\.example\.com javascript:;
--- dies: "javascript:" in "rush_scan_hosts" is no scheme that a link may have



=== TEST 14: in any case, and with slashes
--- config
    rush_scan_hosts DATA://;
--- dies: "DATA://" in "rush_scan_hosts" is no scheme that a link may have



=== TEST 15: vbscript, file, blob, about
--- config
    location /a { rush_scan_hosts weixin: vbscript:; }
--- dies: "vbscript:" in "rush_scan_hosts" is no scheme



=== TEST 16: file
--- config
    location /a { rush_scan_hosts file://; }
--- dies: "file://" in "rush_scan_hosts" is no scheme



=== TEST 17: a scheme that is none
--- config
    rush_scan_hosts 1app:;
--- dies: "1app:" in "rush_scan_hosts" is no scheme



=== TEST 18: nothing but a colon
--- config
    rush_scan_hosts :;
--- dies: ":" in "rush_scan_hosts" is no scheme



=== TEST 19: rush_scan_hosts twice
--- config
    rush_scan_hosts m\.example\.com;
    rush_scan_hosts shop\.example\.com;
--- dies: "rush_scan_hosts" directive is duplicate



=== TEST 20: rush_scan_sign without rush_secret_file
--- no_secret_file
--- config
    rush_scan_hosts m\.example\.com;
    location /q { rush_scan_sign on; rush_scan $arg_c; }
--- dies
"rush_scan_sign" needs "rush_secret_file": make a file with a line "id:secret"
and name it here



=== TEST 21: rush_scan_sign, from above
--- no_secret_file
--- config
    rush_scan_hosts m\.example\.com;
    rush_scan_sign on;
    location /q { rush_scan $arg_c; }
--- dies: "rush_scan_sign" needs "rush_secret_file"



=== TEST 22: rush_scan_sign is a flag
--- config
    rush_scan_sign yes;
--- dies
invalid value "yes" in "rush_scan_sign" directive, it must be "on" or "off"



=== TEST 23: rush_scan_stale
--- config
    rush_scan_stale soon;
--- dies: "rush_scan_stale" directive invalid value



=== TEST 24: rush_scan_vars twice
--- config
    rush_scan_vars $host;
    rush_scan_vars $scheme;
--- dies: "rush_scan_vars" directive is duplicate



=== TEST 25: rush_scan_vars, a name that is empty
--- config
    rush_scan_vars $;
--- dies: an empty name in "rush_scan_vars"



=== TEST 26: rush_scan_vars, a variable that there is not
--- config
    rush_scan_hosts m\.example\.com;
    rush_scan_vars nothing;
    location /q { rush_scan $arg_c; }
--- dies: unknown "nothing" variable



=== TEST 27: rush_client, a name that is none
--- http_config
    rush_client "a b" "x";
--- config
--- dies
the name in "rush_client" must be from 1 to 32 bytes of A-Z a-z 0-9 _ . : @ -,
not "a b"



=== TEST 28: a name that is empty
--- http_config
    rush_client "" "x";
--- config
--- dies: the name in "rush_client" must be from 1 to 32 bytes



=== TEST 29: a name that is too long
--- http_config
    rush_client a23456789012345678901234567890123 "x";
--- config
--- dies: the name in "rush_client" must be from 1 to 32 bytes



=== TEST 30: a class twice
--- http_config
    rush_client shop "x";
    rush_client shop "y";
--- config
--- dies: duplicate "rush_client" "shop"



=== TEST 31: one that replaces, twice
--- http_config
    rush_client wechat "x";
    rush_client wechat "y";
--- config
--- dies: duplicate "rush_client" "wechat"



=== TEST 32: too many
--- http_config
    rush_client a1 "1"; rush_client a2 "2"; rush_client a3 "3";
    rush_client a4 "4"; rush_client a5 "5"; rush_client a6 "6";
    rush_client a7 "7"; rush_client a8 "8"; rush_client a9 "9";
--- config
--- dies: there are more than 8 "rush_client"



=== TEST 33: an expression that is none
--- http_config
    rush_client shop "(x";
--- config
--- dies: ~ (?:pcre2?_compile|regex).* in "\(x"



=== TEST 34: rush_client in a server
--- config
    rush_client shop "x";
--- dies: "rush_client" directive is not allowed here



=== TEST 35: one argument
--- http_config
    rush_client shop;
--- config
--- dies: invalid number of arguments in "rush_client" directive



=== TEST 36: rush_zone links= is no size
--- http_config
    rush_zone zone=rush:16m links=many;
--- config
--- dies: invalid size "many"



=== TEST 37: rush_zone links= is empty
--- http_config
    rush_zone zone=rush:16m links=;
--- config
--- dies: invalid parameter "links=" of "rush_zone", write "links=size"



=== TEST 38: rush_zone, a parameter that there is not
--- http_config
    rush_zone zone=rush:16m link=16m;
--- config
--- dies: invalid parameter "link=16m" of "rush_zone", write "links=size"



=== TEST 39: rush_zone links= alone
--- http_config
    rush_zone links=16m;
--- config
--- dies: invalid parameter "links=16m" of "rush_zone"



=== TEST 40: rush_zone links= is too small
--- http_config
    rush_zone zone=rush:16m links=511k;
--- config
--- dies: "rush_zone" of "511k" is too small



=== TEST 41: eight classes, two of them built in, and a small zone
--- http_config
    rush_zone zone=rush:1m links=512k;
    rush_client a1 "1"; rush_client a2 "2"; rush_client a3 "3";
    rush_client a4 "4"; rush_client a5 "5"; rush_client a6 "6";
    rush_client bot "7";
    rush_client A2345678901234567890123456789_32 "8";
--- config
    rush_scan_hosts m\.example\.com;
    location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
--- redis
HSET rush:link:{a} version 1 json '{"fallback":"https://m.example.com/{client}"}'
--- steps
GET /q/a
User-Agent: 8
302
Location: https://m.example.com/A2345678901234567890123456789_32
