# Replies come byte by byte, and many in one write.  What one connection is
# told must be the same, line by line, as without that; what many are told must
# be clean; and a reply of 1 MB is one, too.  A worker that waits for the rest
# of a reply does not turn round and round: with a byte a millisecond it takes
# less than a tenth of a core.

about='replies in pieces of a byte, many in a piece, and one of 1 MB'

scenario() {
    local one

    workers=1
    timeout=5s

    proxy_start
    start

    # all workers are connected

    another stock=100
    load --users 64 --connections 64

    alone direct
    proxy 'pieces 1 0'
    alone bytes
    proxy none 'glue 100 2'
    alone glued

    expect pieces "$(proxy_count pieces)" -gt 50000

    for one in bytes glued; do
        cmp "$dir/direct" "$dir/$one" || fail "$one is not as direct"
    done

    rests
    crowd
    large

    echo "        $(proxy_count pieces) pieces; up to $(proxy_told glued)" \
        "replies in a write; the largest has $(proxy_told largest) bytes"

    expect 'odd replies' "$(counted odd_replies)" = 0
    expect 'connections lost' "$(counted lost)" = 0
    logs
}


# another campaign: not within a lease of the one before it, which it would
# take over

another() {
    if [ -s "$dir/changes" ]; then
        "$top/util/campaign" -r "unix:$dir/redis.sock" del stress >/dev/null
        sleep 0.8
    fi

    rm -f "$dir/ledger"
    campaign "$@"
}


# a campaign for one connection: what was told, but for what is new each time

alone() {
    another stock=100 hold=10m per_user=2 tries=4 lease=0
    expect lease "$(redis_cli hget 'rush:{stress}' lease)" = 0

    load --users 100 --tries 3 --connections 1 --key try --units 1,2 \
        --release 30 --settle-wait 0-0

    answered
    audit
    awk '{ print $1, $4, $6, $8, $9, $11, $14 }' "$dir/ledger" >"$dir/$1"
    expect lines "$(wc -l <"$dir/$1")" -gt 300
}


# hundredths of a second that the workers have used

used() {
    nginx_workers | while read -r pid; do
        cut -d' ' -f14,15 "/proc/$pid/stat"
    done | awk -v hz="$(getconf CLK_TCK)" \
        '{ n += $1 + $2 } END { print int(100 * n / hz) }'
}


rests() {
    local cpu wall i

    proxy none 'pieces 1 1'
    another stock=100

    cpu=$(used) wall=$(date +%s%N)

    for ((i = 0; i < 5; i++)); do
        curl -s --unix-socket "$dir/a/http.sock" -X POST -H "X-User: s$i" \
            http://stress/grab >"$dir/answer"
        grep -q '"won"' "$dir/answer" || fail "s$i did not win"
    done

    cpu=$(($(used) - cpu)) wall=$((($(date +%s%N) - wall) / 10000000))

    echo "        ${wall}0 ms for 5 claims, ${cpu}0 ms of it work"

    expect 'the time was' $wall -gt 50
    expect 'the work was' $cpu -lt $((wall / 10))
}


# many users, and looks at codes that are none, each a reply of its own

crowd() {
    proxy none 'pieces 3 0'
    another stock=5000
    load --users 20000 --connections 128 --key try --timeout 5s
    answered
    audit

    proxy none 'glue 100 20'
    another stock=5000

    mkdir "$dir/codes"
    (
        files=$dir/codes
        load --scan --path /q --items "$(seq -s, -f 'code%g' 64)" \
            --users 20000 --connections 256 --rate 10000
    ) &

    load --users 10000 --connections 128 --key try --again 1 --rate 5000 \
        --timeout 5s
    wait $!
    answered
    expect glued "$(proxy_count glued)" -ge 32
    audit
}


# claims of one who has 100 tickets already: each is told them all

large() {
    local item

    printf -v item '%064d' 1

    proxy none 'pieces 4000 0'
    another stock=1000 items="$item:1000" per_user=100 tries=100
    load --hot-user joe --items "$item" --tries 1500 --connections 500 \
        --timeout 5s
    answered
    expect 'the largest reply' "$(proxy_count largest)" -gt 1000000
    audit
}
