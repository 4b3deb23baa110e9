# So many connections are open and idle, and all users tap in one moment.
#
# claimload opens all, waits, then sends one claim on each at once; there are
# OPEN_STOCK units.  Every user must be answered, by a win or by sold_out, and
# Redis must have just these wins.  Figures are under "open": connections,
# answered (a share), p50, p99, max (ms); resident memory of the worker in
# bytes, of the first time: before, idle (all are open), peak, after; grown
# (after the last time divided by after the first) and crest (the same of the
# peak).  What is freed goes back to the kernel if it is at the end of the heap,
# so "after" is by chance small or nearly the peak, and the peak is not.

OPEN=10000
OPEN_STOCK=1000
OPEN_TIMES=3
OPEN_WAIT=1


open_many() {
    local round first= crest=

    # a connection has a descriptor in nginx and one in claimload
    ulimit -Sn "$(ulimit -Hn)"
    open_most=$((OPEN + 1024))

    if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt $open_most ]
    then
        die "$OPEN connections need ulimit -n $open_most"
    fi

    redis_ready
    rush_start 1
    put open/connections $OPEN

    for ((round = 1; round <= OPEN_TIMES; round++)); do
        progress "$OPEN connections, $round of $OPEN_TIMES"
        tapped $round
        first=${first:-$after}
        crest=${crest:-$peak}
    done

    put open/grown "$after / $first"
    put open/crest "$peak / $crest"
}


# memory of the worker, in bytes: resident VmRSS, or VmHWM which is the most

resident() {
    awk -v name="$1:" '$1 == name { print $2 * 1024 }' "/proc/$worker/status"
}


# the kernel forgets what was the most

resident_anew() {
    echo 5 2>/dev/null >"/proc/$worker/clear_refs" \
        || die "cannot write /proc/$worker/clear_refs"
}


# tapped ROUND; sets peak and after

tapped() {
    local loader i before idle

    renew small kind=sale stock=$OPEN_STOCK hold=15m
    sleep 1.2
    resident_anew
    before=$(resident VmRSS)

    "$top/build/claimload" --connections $OPEN --preconnect \
        --preconnect-wait ${OPEN_WAIT}s --users $OPEN --json \
        --user-prefix "oUpF8uMuAJO_M2pxb1$1o" --path /small --timeout 30s \
        "127.0.0.1:$port" >"$dir/tapped" &

    loader=$!

    for ((i = 0; i < 600; i++)); do
        ! grep -qs '^open' "$dir/tapped" || break
        kill -0 $loader 2>/dev/null || break
        sleep 0.05
    done

    idle=$(resident VmRSS)
    wait $loader || die "claimload failed: $(cat "$dir/tapped")"
    peak=$(resident VmHWM)

    # claimload has closed all, and nginx gets to know it
    sleep 0.5
    after=$(resident VmRSS)

    tapped_right
    tapped_put $1
}


tapped_right() {
    local member

    cp "$dir/tapped" "$dir/paced"

    for member in unknown refused timeouts odd; do
        expect "$member, of $OPEN connections" "$(of_load $member)" 0
    done

    expect 'connections opened' "$(of_load opened)" $OPEN
    expect 'users answered' "$(of_load answered)" $OPEN
    expect 'wins answered' \
        "$(sed -n 's/.*"won":{"count":\([0-9]*\).*/\1/p' "$dir/tapped")" \
        $OPEN_STOCK
    expect 'losses answered' \
        "$(sed -n 's/.*"sold_out":{"count":\([0-9]*\).*/\1/p' "$dir/tapped")" \
        $((OPEN - OPEN_STOCK))

    checked=0
    believe 'rush:{small}' $OPEN_STOCK 0
}


tapped_put() {
    local member

    put open/answered "$(of_load answered) / $OPEN"

    for member in p50 p99 max; do
        put "open/$member" "$(of_all "${member}_ms")"
    done

    [ "$1" = 1 ] || return 0

    put open/before "$before"
    put open/idle "$idle"
    put open/peak "$peak"
    put open/after "$after"
}
