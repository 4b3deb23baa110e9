# Scans of util/bench: links, what they are answered by, what is counted.
#
#   scan_start          the links that runs ask, and what wrk says it is
#   scan_target NAME    as target of setup.sh
#   fresh_sticky        the link of the sticky pool, with nobody in it
#   scan_check NAME     all that a run can be answered by is right
#   scan_before NAME, scan_verify NAME ANSWERS CONNECTIONS
#                       around a run: each answer was counted once, and nothing
#                       else was
#
# All targets are as long as that of "return 302", and so are all paths.

SITE=https://m.example.com

agent= before=0


# the call and the link, which must be made by it: link CODE JSON

link() {
    curl -sS -X PUT -d "$2" "http://127.0.0.1:$port/rush/links/$1" \
        >"$dir/link" || die 'no link'

    grep -q '"outcome":"\(made\|changed\)"' "$dir/link" \
        || die "link $1 is answered by $(cat "$dir/link")"
}


agents() {
    awk 'BEGIN { RS = "" } { $1 = $1; print }' "$parts/agents.txt" \
        >"$dir/agents"

    agent=$(head -n 1 "$dir/agents")
    : >"$dir/hot"
}


fresh_sticky() {
    curl -sS -X DELETE "http://127.0.0.1:$port/rush/links/door-6" >/dev/null

    link door-6 '{"rules":[{"pool":[{"to":"'$SITE'/group-1","cap":1000000000},
        {"to":"'$SITE'/group-2","cap":1000000000}],"sticky":true}]}'
}


scan_start() {
    redis_cli hset peer:link:door-1 to $SITE/welcome >/dev/null

    link door-1 '{"fallback":"'$SITE'/welcome"}'

    link door-3 '{"rules":[
        {"client":["alipay","douyin"],"to":"'$SITE'/alipays"},
        {"arg":"src","is":["tv","web"],"to":"'$SITE'/channel"},
        {"from":"2020-01-01T00:00:00Z","until":"2099-01-01T00:00:00Z",
         "to":"'$SITE'/evening"}],
        "fallback":"'$SITE'/welcome"}'

    link door-5 '{"rules":[{"pool":[{"to":"'$SITE'/group-1"},
        {"to":"'$SITE'/group-2"},{"to":"'$SITE'/group-3"}],
        "pick":"rotate"}]}'

    fresh_sticky
}


scan_target() {
    method=GET script=load-scan.lua

    case $1 in
        redirect) path=/r/door-1 ;;
        scan) path=/q/door-1 ;;
        scan_rules) path=/q/door-3 ;;
        scan_pool) path=/q/door-5 ;;
        scan_sticky) path=/q/door-6 ;;
        peer_ready) path=/s/door-1 ;;
        peer_rules) path=/t/door-3 ;;
        peer_ask) path=/u/door-1 ;;
    esac

    path=$path?src=till
}


# leads NAME AGENT SRC TARGET

leads() {
    local path method url script process answer

    target "$1"
    answer=$(curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' -A "$2" \
        "${url%/}${path%=*}=$3")

    expect "$1 for $3" "$answer" "302 $SITE/$4"
}


scan_check() {
    local to=welcome

    case $1 in
        scan_rules | peer_rules)
            to=evening
            leads "$1" "$agent" web channel
            leads "$1" "$(tail -n 1 "$dir/agents")" tv alipays
            ;;
        scan_pool) to='group-[123]' ;;
        scan_sticky) to=group-1 ;;
    esac

    check "$1" 302 "^Location: $SITE/$to.\$"
    grep -q '^Cache-Control: no-store' "$dir/sample.$1" \
        || die "$1: may be cached"
}


# scans of a link, as they have been written so far: scans_of CODE

scans_of() {
    curl -sS "http://127.0.0.1:$port/rush/links/$1/stats" \
        | sed -n 's/.*"scans":\([0-9]*\).*/\1/p'
}


code_of() {
    local path method url script process

    target "$1"
    path=${path##*/}
    echo "${path%\?*}"
}


# counts are written 10 times a second

scan_before() {
    [[ $1 == scan* ]] && [ "$1" != scan_hot ] || return 0

    sleep 0.3
    before=$(scans_of "$(code_of "$1")")
}


# A run has been counted, and those that wrk did not wait for in the end.

scan_verify() {
    local i n

    for ((i = 0; i < 30; i++)); do
        n=$(($(scans_of "$(code_of "$1")") - before))
        [ $n -lt "$2" ] || break
        sleep 0.1
    done

    if [ $n -lt "$2" ] || [ $n -gt $(($2 + $3)) ]; then
        die "$1: $2 scans were answered, and $n are counted"
    fi

    [ "$1" = scan_sticky ] || return 0

    won=$(redis_cli hlen 'rush:link:{door-6}:users')
}
