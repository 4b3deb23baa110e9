# 500 clients send a byte a second, which is too slow for client_header_timeout,
# and 200 read a byte a second of the answers to claims that they send in a
# row.  The others must not notice: the slowest hundredth of their answers
# takes no more than twice the time that it took without the slow, or 200 ms
# if that is less.  How many calls may wait for Redis is bounded so that the
# bound is met.

about='slow clients beside a sale'

scenario() {
    local before with seen

    http='
        client_header_timeout 3s;
        map $status $timed_out { 408 1; default 0; }'
    server="access_log $dir/access.log combined if=\$timed_out;"
    redis_lines='max_pending 50;'

    start
    campaign stock=5000

    sell u
    before=$(slowest)
    [ ! -s "$dir/access.log" ] || fail 'time-outs without the slow'

    campaign stock=11000

    "$top/util/load/slow" "$dir/a/http.sock" 500 200 15 >"$dir/cut" &
    slow=$!

    watch_pending &
    watch=$!

    # by then some have been cut off

    sleep 4
    sell v
    with=$(slowest)
    wait $slow || fail 'the slow clients have failed'

    kill $watch
    wait $watch 2>/dev/null

    seen=$(sort -n "$dir/pending" | tail -n 1)

    echo "        slowest hundredth $before ms without, $with ms with" \
        "slow clients; up to $seen calls waited; the slow:" $(cat "$dir/cut")

    expect 'ms of the slowest hundredth' "$with" \
        -le $((before * 2 > 200 ? before * 2 : 200))
    expect 'calls that waited' "$seen" -le $((50 * workers))
    expect 'lines of 408' "$(wc -l <"$dir/access.log")" -ge 500
    expect 'senders cut off' \
        "$(awk '$1 == "senders" { print $2 }' "$dir/cut")" -ge 500
    expect 'bytes read slowly' \
        "$(awk '$1 == "bytes" { print $2 }' "$dir/cut")" -gt 1000
    expect 'others without an answer' "$(ledger '$8 == 0 || $8 == 408')" = 0
    audit
    logs
}


# 5,000 units to 20,000 users PREFIX...

sell() {
    load --users 20000 --user-prefix "$1" --connections 128 --key try \
        --rate 4000 --retry --retry-wait 500ms

    answered
}


slowest() {
    awk '$1 == "outcome" {
             for (i = 3; $i != "p99"; i += 2) { }
             column = (i + 3) / 2
         }
         $1 == "all" { ms = $column }
         END { printf "%d", ms }' "$dir/load"
}


# how many calls wait for Redis, again and again

watch_pending() {
    while sleep 0.2; do
        for one in a b; do
            curl -s --unix-socket "$dir/$one/http.sock" http://stress/status \
                | grep -o '"pending":[0-9]*,"connects"' | tr -dc '0-9\n'
        done >>"$dir/pending"
    done
}
