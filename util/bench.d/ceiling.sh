# What Redis does on this machine when nothing stands before it: redis-benchmark
# on the same socket, with commands that cost next to nothing, and with the
# claims of Rush in batches.  No server of claims can be faster.
#
# Figures are "ceiling/set/rate" and "ceiling/incr/rate" (commands a second, 64
# in a write), and "ceiling/BATCH/rate" (wins a second) and "redis" (us of
# Redis' CPU for a win).

CEILING_BATCHES='1 16 64 128'
CEILING_RANGE=2000000000        # users are any of so many


ceiling() {
    local round name batch

    redis_ready

    for ((round = 1; round <= rounds; round++)); do
        progress "round $round of $rounds"

        for name in set incr; do
            put "ceiling/$name/rate" "$(benchmark -P 64 -c 8 -t $name \
                -n $((seconds * 500000)) -r 100000)"
        done

        for batch in $CEILING_BATCHES; do
            ceiling_claims "$batch"
        done
    done
}


# requests a second: benchmark OPTION...

benchmark() {
    "$(program redis-benchmark valkey-benchmark)" -s "$dir/redis.sock" --csv \
        "$@" 2>"$dir/benchmark.err" \
        | awk -F '"' '$2 != "test" && $4 + 0 { rate = $4 }
                      END { print rate; exit !rate }' \
        || die "redis-benchmark fails: $(cat "$dir/benchmark.err")"
}


# as many batches as are some 100,000 wins a second: ceiling_claims BATCH

ceiling_claims() {
    local i calls=() number sha rate r n won

    number=$((seconds * 100000 / $1))
    [ "$1" != 1 ] || number=$((seconds * 20000))

    for ((i = 0; i < $1; i++)); do
        calls+=(oUpF8uMuAJO_M2px__rand_int__ '')
    done

    renew bench kind=sale stock=1000000000 hold=15m
    redis_idle
    leased
    sha=$("$parts/wins" "unix:$dir/redis.sock" bench 1 0) || die 'no script'

    r=$(cpu "$redis")
    rate=$(benchmark -c 4 -n $number -r $CEILING_RANGE EVALSHA "$sha" 3 \
        'rush:{bench}' 'rush:{bench}:users' 'rush:{bench}:events' \
        1 0 9999999999999 sale k1 "${calls[@]}") || exit 2
    r=$(($(cpu "$redis") - r))

    # a user who came twice by chance was told so, and has not won again
    won=$(redis_cli hget 'rush:{bench}' out)
    n=$((number * $1))
    expect 'users' "$(($(redis_cli hlen 'rush:{bench}:users') - 1))" "$won"

    if [ "$won" -gt $n ] || [ "$won" -lt $((n * 99 / 100)) ]; then
        die "of $n claims by redis-benchmark $won have won"
    fi

    put "ceiling/$1/rate" "$rate * $won / $number"
    put "ceiling/$1/redis" "$r / $won / 1e3"
}
