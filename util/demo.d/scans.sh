# The third part of util/demo, which sources this: printed codes, on two nodes
# of nginx, and phones that scan them.
#
#   poster     one code for all apps, which is led elsewhere while it hangs
#   till       members and newcomers
#   group      chat groups that fill up one after another, while many scan at
#              once on both nodes; a cashier has brought these people
#
# Both nodes run conf/examples/qr-scan.conf.

groups=5 room=200
crowd=1200                     # more than there is room for

wechat='Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.49'
alipay='Mozilla/5.0 (Linux; Android 14) AliApp(AP/10.5.88) AlipayClient/10.5.88'
safari='Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1'
googlebot='Mozilla/5.0 (compatible; Googlebot/2.1)'


scan_nodes() {
    local node nginx

    for node in scan1 scan2; do
        mkdir "$dir/$node"
        nginx_conf qr-scan "${!node}" >"$dir/$node/nginx.conf"
        nginx_start "$node"
    done
}


# where it leads: scan PORT CODE [OPTION OF CURL]...

scan() {
    local port=$1 code=$2
    shift 2

    curl -sS -m 60 -o "$dir/answer" -w '%{redirect_url}' "$@" \
        "http://127.0.0.1:$port/q/$code" || die 'no answer to a scan'
}


# one of the story, and of the sums, by path or by the scheme of an app:
# led WHO EXPECTED PORT CODE [OPTION]...

led() {
    local who=$1 expected=$2 to
    shift 2

    to=$(scan "$@")
    to=${to#https://m.example.com}
    to=${to%%://*}
    sum "  $who is led to" "$to" "$expected"
}


# ms until the other node has heard of a change

heard() {
    local from

    from=$(now)

    until [ "$(scan "$scan2" poster -A "$safari")" = "$1" ]; do
        [ $(($(now) - from)) -lt 5000 ] || die 'the other node hears nothing'
        sleep 0.02
    done

    note '  ms until the other node leads there' $(($(now) - from))
}


poster() {
    id=poster

    api 201 PUT links/poster -d '{"rules":[
        {"client":["wechat","wecom"],"to":"https://m.example.com/wx"},
        {"client":"alipay","to":"alipays://platformapi/startapp?appId=7"}],
        "fallback":"https://m.example.com/soon"}'
    note 'PUT poster: one code for all apps' "$(member outcome)"

    led WeChat /wx "$scan1" poster -A "$wechat"
    led Alipay alipays "$scan2" poster -A "$alipay"
    led Safari /soon "$scan2" poster -A "$safari"
    led 'a bot, which is not counted,' /soon "$scan1" poster -A "$googlebot"

    api 200 PATCH links/poster -d '{"fallback":"https://m.example.com/sale"}'
    note 'PATCH poster: the sale has begun' "$(member outcome)"
    led Safari /sale "$scan1" poster -A "$safari"
    heard https://m.example.com/sale
}


till_code() {
    id=till

    api 201 PUT links/till -d '{"rules":[
        {"member":"vip","to":"https://m.example.com/points"}],
        "fallback":"https://m.example.com/join"}'
    note 'PUT till: members and newcomers' "$(member outcome)"

    echo ann >"$dir/members"
    api 200 POST tags/vip --data-binary "@$dir/members"

    led 'ann, a member,' /points "$scan1" till -A "$wechat" -H 'X-User: ann'
    led 'bob, a newcomer,' /join "$scan2" till -A "$alipay" -H 'X-User: bob'
}


# a link with so many groups

group_json() {
    local i sep=''

    printf '{"ref":"cashier-7","fallback":"https://m.example.com/full",'
    printf '"rules":[{"pick":"fill","sticky":true,"pool":['

    for ((i = 1; i <= groups; i++)); do
        printf '%s{"to":"https://m.example.com/group-%d","cap":%d}' \
            "$sep" "$i" "$room"
        sep=,
    done

    printf ']}]}'
}


# all of them scan, each on one of the nodes, and back to front those who do it
# again on the other one: crowd_scans FIRST-PORT SECOND-PORT

crowd_scans() {
    awk -v n=$crowd -v one="$1" -v two="$2" -v agent="$wechat" 'BEGIN {
        for (i = 1; i <= n; i++) {
            print sep "silent\nshow-error\nmax-time = 60"
            print "output = /dev/null\nuser-agent = \"" agent "\""
            print "url = \"http://127.0.0.1:" (i % 2 ? one : two) "/q/group\""
            print "header = \"X-User: w" i "\""
            print "write-out = \"w" i " %{redirect_url}\\n\""
            sep = "next\n"
        }
    }' | curl -Z --no-progress-meter --parallel-max 64 -K - | sort \
        || die 'no answer to a scan'
}


crowd_groups() {
    local from

    id=group

    api 201 PUT links/group -d "$(group_json)"
    note "PUT group: $groups groups with room for $room" "$(member outcome)"

    from=$(now)
    crowd_scans "$scan1" "$scan2" >"$dir/first"
    note "  ms until $crowd people have scanned it" $(($(now) - from))
    crowd_scans "$scan2" "$scan1" >"$dir/second"
}


# ---- what came of it ----

scan_sums() {
    local i

    echo
    printf '%-52s %8s\n' 'the books of the codes' scans

    id=group

    for ((i = 1; i <= groups; i++)); do
        sum "people in group $i" "$(grep -c "/group-$i\$" "$dir/first")" $room
    done

    sum 'told that all are full' "$(grep -c '/full$' "$dir/first")" \
        $((crowd - groups * room))
    sum 'led elsewhere when they scanned again' \
        "$(differ "$dir/first" "$dir/second")" 0

    api 200 GET links/group/stats
    sum 'scans, say the counters of both nodes' "$(member scans)" \
        $((2 * crowd))
    note 'visitors, about' "$(member visitors)"
    sum 'people that cashier-7 has brought' "$(member brought)" $crowd
    sum 'events of that, each with a number of its own' \
        "$(redis_cli xrange 'rush:refs:{refs}:events' - + \
               | grep -A 1 '^n$' | grep '^[0-9]' | sort -u | lines)" $crowd

    id=poster

    api 200 GET links/poster/stats
    sum 'scans of the poster by WeChat' "$(class wechat)" 1
    sum 'scans of the poster by Alipay' "$(class alipay)" 1
    sum 'scans of the poster by bots' "$(class bot)" 0
}


# scans by a class of clients

class() {
    perl -MJSON::PP -0777 -sne '
        print decode_json($_)->{clients}{$class} // 0
    ' -- -class="$1" "$dir/answer"
}



scans() {
    # the calls of the API go to the first of them
    local node1=$scan1

    scan_nodes

    echo
    echo 'printed codes on two nodes, and phones that scan them'
    echo

    poster
    till_code
    crowd_groups

    # what was counted is written within a second
    sleep 1.2
    scan_sums
}
