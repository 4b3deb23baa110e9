# Classes of clients: $rush_client, rush_client, rules with "client", and who
# only looks: bots, HEAD, prefetch.
#
# A section "agents" has the name of a class and, in the lines below that are
# indented, a User-Agent that is of it, or none.

use lib '.';
use t::Rush 'no_plan';

config_preamble(<<'_EOC_');
    location = /c { return 200 $rush_client; }
_EOC_

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', $block->config . <<'_EOC_')
    rush_scan_hosts m\.example\.com;
    location ~ ^/q/(?<code>.*)$ { rush_scan $code; }
    location /rush/ { rush_api; }
_EOC_
        if defined $block->redis;

    my $agents = $block->agents // return;
    my @steps;

    for (grep { !/^#/ } split /\n(?! )/, $agents) {
        my ($class, @words) = split;

        push @steps, 'GET /c', (@words ? "User-Agent: @words" : ()),
                     "200 $class";
    }

    $block->set_value('steps', join "\n", @steps);
});

run_tests();

__DATA__

=== TEST 1: WeChat
--- config
--- agents
# a phone of each kind
wechat
    Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148
    MicroMessenger/8.0.38(0x1800262c) NetType/WIFI Language/zh_CN
wechat
    Mozilla/5.0 (Linux; Android 13; V2148A Build/TP1A.220624.014; wv)
    AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/107.0.5304.141
    Mobile Safari/537.36 XWEB/5043 MMWEBSDK/20221011 MMWEBID/1234
    MicroMessenger/8.0.30.2260(0x28001E3B) WeChat/arm64 Weixin NetType/WIFI
    Language/zh_CN ABI/arm64
# on Windows
wechat
    Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like
    Gecko) Chrome/81.0.4044.138 Safari/537.36 NetType/WIFI
    MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090551)
    XWEB/8379 Flue



=== TEST 2: WeChat's mini-programs
--- config
--- agents
# a page in one
miniprogram
    Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148
    MicroMessenger/8.0.38(0x1800262c) NetType/WIFI Language/zh_CN
    miniProgram/wx1234567890abcdef
miniprogram
    Mozilla/5.0 (Linux; Android 12; M2102J2SC Build/SKQ1.211006.001; wv)
    AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/107.0.5304.141
    Mobile Safari/537.36 XWEB/5049 MMWEBSDK/20230202 MMWEBID/9516
    MicroMessenger/8.0.33.2320(0x28002151) WeChat/arm64 Weixin NetType/WIFI
    Language/zh_CN ABI/arm64 MiniProgramEnv/android
# on Windows, where the word comes first
miniprogram
    Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML,
    like Gecko) Chrome/107.0.0.0 Safari/537.36
    MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI
    MiniProgramEnv/Windows WindowsWechat/WMPF
    WindowsWechat(0x63090819)XWEB/8531



=== TEST 3: WeCom, which says that it is WeChat, too
--- config
--- agents
wecom
    Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxwork/4.0.8
    MicroMessenger/7.0.1 Language/zh ColorScheme/Light
wecom
    Mozilla/5.0 (Linux; Android 10; ELE-AL00 Build/HUAWEIELE-AL00; wv)
    AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/77.0.3865.120
    MQQBrowser/6.2 TBS/045713 Mobile Safari/537.36 wxwork/3.1.16
    MicroMessenger/7.0.1 NetType/WIFI Language/zh Lang/zh



=== TEST 4: Alipay, and others of its house, which are not
--- config
--- agents
alipay
    Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20B82 Ariver/1.1.0
    AliApp(AP/10.3.70.6000) Nebula WK RVKType(1)
    AlipayDefined(nt:WIFI,ws:390|780|3.0) AlipayClient/10.3.70.6000
    Language/zh-Hans Region/CN NebulaX/1.0.0
alipay
    Mozilla/5.0 (Linux; U; Android 11; zh-CN; M2007J3SC
    Build/RKQ1.200826.002) AppleWebKit/537.36 (KHTML, like Gecko)
    Version/4.0 Chrome/69.0.3497.100 UWS/3.22.2.28 Mobile Safari/537.36
    UCBS/3.22.2.28_220402182010 NebulaSDK/1.8.100112 Nebula
    AlipayDefined(nt:WIFI,ws:393|0|2.75,ac:T) AliApp(AP/10.2.56.8000)
    AlipayClient/10.2.56.8000 Language/zh-Hans
ios
    Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 AliApp(TB/9.22.0)
    WindVane/8.7.2 1125x2436 WK



=== TEST 5: Douyin
--- config
--- agents
douyin
    Mozilla/5.0 (Linux; Android 10; MI 9 Build/QKQ1.190825.002; wv)
    AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/75.0.3770.156
    Mobile Safari/537.36 aweme_230400 JsSdk/1.0 NetType/WIFI AppName/aweme
    app_version/23.4.0 ByteLocale/zh-CN Region/CN AppSkin/white
    AppTheme/light BytedanceWebview/d8a21c6 WebView/075113004008
douyin
    Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 aweme_22.4.0
    JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/zh Region/CN



=== TEST 6: phones, tablets, and everybody else
--- config
--- agents
ios
    Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X)
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148
    Safari/604.1
ios
    Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15
    (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1
android
    Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like
    Gecko) Chrome/118.0.0.0 Mobile Safari/537.36
android
    Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00; HMSCore 6.13.0.302)
    AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88
    HuaweiBrowser/14.0.3.300 Mobile Safari/537.36
# HarmonyOS without Android in it
android
    Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like
    Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile
desktop
    Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML,
    like Gecko) Chrome/118.0.0.0 Safari/537.36
desktop
    Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15
    (KHTML, like Gecko) Version/17.1 Safari/605.1.15
desktop
    curl/7.88.1
desktop
desktop



=== TEST 7: bots, whatever phone they say they are
--- config
--- agents
bot
    Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
bot
    Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P)
    AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Mobile
    Safari/537.36 (compatible; Googlebot/2.1;
    +http://www.google.com/bot.html)
bot
    Mozilla/5.0 (compatible; Baiduspider/2.0;
    +http://www.baidu.com/search/spider.html)
bot
    Mozilla/5.0 (iPhone; CPU iPhone OS 9_1 like Mac OS X)
    AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13B143
    Safari/601.1 (compatible; Baiduspider-render/2.0;
    +http://www.baidu.com/search/spider.html)
bot
    Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko)
    Mobile Safari/537.36 (compatible; Bytespider;
    spider-feedback@bytedance.com)
bot
    Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible;
    bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76
    Safari/537.36
bot
    Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)
bot
    facebookexternalhit/1.1
    (+http://www.facebook.com/externalhit_uatext.php)
bot
    TelegramBot (like TwitterBot)
bot
    Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)
bot
    WhatsApp/2.23.20.0



=== TEST 8: what sounds like a bot and is none
--- config
--- agents
android
    Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 (KHTML,
    like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36
android
    Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) AppleWebKit/537.36 (KHTML,
    like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36
wechat
    Mozilla/5.0 (Linux; Android 11; CUBOT X50 Build/RP1A; wv)
    AppleWebKit/537.36 Version/4.0 Chrome/107.0 Mobile Safari/537.36
    MicroMessenger/8.0.30 WeChat/arm64 Weixin
android
    Mozilla/5.0 (Linux; Android 12; P40) AppleWebKit/537.36 (KHTML, like
    Gecko) Version/4.0 Chrome/97.0 Mobile Safari/537.36 T7/13.58
    baiduboxapp/13.58.0.11 (Baidu; P1 12) NABar/1.0
android
    Mozilla/5.0 (Linux; Android 8; bottom) Mobile



=== TEST 9: rush_client adds, and what is added is tried first
--- http_config
    rush_client shop "shop-app/\d+";
    rush_client till "^till$";
--- config
--- steps
GET /c
User-Agent: Shop-App/12 iPhone MicroMessenger/8.0.38 Googlebot/2.1
200 shop
GET /c
User-Agent: till
200 till
GET /c
User-Agent: till 2
200 desktop
GET /c
User-Agent: MicroMessenger/8.0.38
200 wechat



=== TEST 10: the first one that was added wins
--- http_config
    rush_client b "app";
    rush_client a "app";
--- config
--- steps
GET /c
User-Agent: app
200 b



=== TEST 11: rush_client replaces, where it stands
--- http_config
    rush_client wechat "wx-new";
    rush_client ios "fruit";
--- config
--- steps
GET /c
User-Agent: wx-new android
200 wechat
# wecom and mini-programs are tried before, as ever
GET /c
User-Agent: wx-new wxwork
200 wecom
# the old ones are gone
GET /c
User-Agent: MicroMessenger/8.0.38 Android
200 android
GET /c
User-Agent: iPhone
200 desktop
GET /c
User-Agent: fruit android
200 ios
GET /c
User-Agent: fruit aweme
200 douyin



=== TEST 12: rush_client bot, who counts as one
--- http_config
    rush_client bot "^scanner$";
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"to":"https://m.example.com/r"}],"max":1}'
--- config
--- steps
row 3 HEAD /q/a
= 302 3
GET /q/a
User-Agent: scanner
302
# it is none any more
GET /q/a
User-Agent: Googlebot/2.1
302
GET /q/a
410 {"outcome":"ended",...}



=== TEST 13: desktop is everybody else, whatever it is replaced by
--- http_config
    rush_client desktop "windows";
--- config
--- steps
GET /c
User-Agent: Windows
200 desktop
GET /c
User-Agent: something
200 desktop
GET /c
User-Agent: android
200 android



=== TEST 14: rules by client
--- http_config
    rush_client shop "shop-app";
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"client":["wechat","miniprogram","wecom"],"to":"https://m.example.com/wx"},{"client":"shop","to":"https://m.example.com/shop"},{"client":"bot","to":"https://m.example.com/bot"},{"client":["ios"],"to":"https://m.example.com/ios?{client}"}],"fallback":"https://m.example.com/{client}"}'
--- config
--- steps
GET /q/a
User-Agent: MicroMessenger/8.0.38 iPhone
302
Location: https://m.example.com/wx
GET /q/a
User-Agent: wxwork/4.0.8 MicroMessenger/7.0.1 iPhone
302
Location: https://m.example.com/wx
GET /q/a
User-Agent: shop-app iPhone
302
Location: https://m.example.com/shop
GET /q/a
User-Agent: Googlebot/2.1
302
Location: https://m.example.com/bot
GET /q/a
User-Agent: iPhone
302
Location: https://m.example.com/ios?ios
GET /q/a
User-Agent: Android
302
Location: https://m.example.com/android
GET /q/a
Accept: application/json
User-Agent: shop-app
200 {"outcome":"found","link":"a","client":"shop","target":"https://m.example.com/shop","now":<now>}



=== TEST 15: a class in Redis that this nginx does not know fits nobody
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"client":"kiosk","to":"https://m.example.com/kiosk"},{"client":["kiosk","ios"],"to":"https://m.example.com/ios"}],"fallback":"https://m.example.com/f"}'
--- config
--- steps
GET /q/a
302
Location: https://m.example.com/f
GET /q/a
User-Agent: iPhone
302
Location: https://m.example.com/ios



=== TEST 16: classes change with a reload, and links go by the new ones
--- http_config
    rush_client app "app-one";
--- redis
HSET rush:link:{a} version 1 json '{"rules":[{"client":"app","to":"https://m.example.com/app"}],"fallback":"https://m.example.com/{client}"}'
--- config
--- steps
GET /q/a
User-Agent: app-one
302
Location: https://m.example.com/app
reload s/app "app-one";/kiosk "app-one"; rush_client app "app-two";/
GET /q/a
User-Agent: app-one
302
Location: https://m.example.com/kiosk
GET /q/a
User-Agent: app-two
302
Location: https://m.example.com/app
GET /c
User-Agent: app-two
200 app



=== TEST 17: $rush_client is there for all of nginx
--- http_config
    map $rush_client $mobile { default 0; ios 1; android 1; }
    log_format client '$rush_client $mobile';
--- config
    access_log logs/upstream.log client;
    location = /m {
        if ($rush_client = wechat) { return 200 "wx"; }
        return 200 "$mobile";
    }
--- steps
GET /m
User-Agent: Android
200 1
GET /m
200 0
GET /m
User-Agent: MicroMessenger/8.0.38
200 wx
POST /nothing
User-Agent: iPhone
404
--- upstream
android 1
desktop 0
wechat 0
ios 1
--- error_log
nothing



=== TEST 18: $rush_client without a Redis, or anything else of this module
--- no_redis
--- no_secret_file
--- http_config
    rush_client shop "shop-app";
--- config
--- steps
GET /c
User-Agent: iPhone
200 ios
GET /c
User-Agent: shop-app
200 shop
GET /c
200 desktop



=== TEST 19: who only looks is answered alike, and is not counted
--- redis
HSET rush:link:{a} made 1 version 1 json '{"rules":[{"to":"https://m.example.com/r"}],"ref":"till-1"}'
--- config
--- steps
HEAD /q/a
302
Location: https://m.example.com/r
GET /q/a
Purpose: prefetch
302
Location: https://m.example.com/r
GET /q/a
Sec-Purpose: prefetch
302
GET /q/a
Sec-Purpose: prefetch;prerender
302
GET /q/a
sec-purpose: Prefetch;anonymous-client-ip
302
GET /q/a
X-Moz: prefetch
302
GET /q/a
X-Purpose: preview
302
GET /q/a
User-Agent: Mozilla/5.0 (compatible; Baiduspider/2.0)
Accept: application/json
200 {"outcome":"found","link":"a","client":"bot","target":"https://m.example.com/r","now":<now>}
# said twice
GET /q/a
Sec-Purpose: prefetch
Sec-Purpose: prefetch
302
GET /q/a
Purpose: buy
Purpose: prefetch
302
wait 1.5
GET /rush/links/a/stats
200 {"scans":0,"visitors":0,"clients":{},"refs":{},...}



=== TEST 20: and who does not only look is
--- redis
HSET rush:link:{a} made 1 version 1 json '{"rules":[{"to":"https://m.example.com/r"}],"ref":"till-1"}'
--- config
--- steps
GET /q/a
User-Agent: iPhone
302
GET /q/a
Purpose: buy
302
GET /q/a
X-Moz: preview
302
GET /q/a
X-Purpose: prefetch
302
# neither is this one led anywhere
GET /q/none
404
wait 1.5
GET /rush/links/a/stats
200 {"scans":4,"visitors":2,"clients":{"desktop":3,"ios":1},"refs":{"till-1":4},...}



=== TEST 21: a User-Agent that goes on and on, and odd bytes
--- config
--- steps
GET /c
User-Agent: <x*4000> iPhone
200 ios
GET /c
User-Agent: <(*2000>
200 desktop
$ curl -s -A "$(printf '\377\376\200') Android" $U/c
= android
