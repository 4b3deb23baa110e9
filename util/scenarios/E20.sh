# More comes than Redis, which sleeps nearly all the time, can decide: what is
# over "max_pending" is told "busy" at once, and nothing of it is sent.  When
# Redis is well again, so is all in a second.

about='4,000 connections while Redis is slow, max_pending 1000'

scenario() {
    local slower=() well= rss=()

    workers=1 timeout=3s redis_lines='max_pending 1000;'

    start --enable-debug-command local
    campaign stock=200000 per_user=1

    tick() {
        case $1 in
            3) slow ;;
            15) end_slow ;;
        esac

        [ "$1" -lt 5 ] || [ "$1" -gt 14 ] || rss+=("$(memory)")
    }

    # what is allocated once, and kept
    flood warm 16000 1

    flood u 96000 20

    answered
    expect 'answers "busy"' "$(ledger '$9 == "busy"')" -gt 5000
    expect 'wins meanwhile' "$(ledger '$9 == "won" && $3 - $2 > 50000')" \
        -gt 5000
    expect 'answers of 503 more than a second after' \
        "$(ledger "\$8 == 503 && \$2 > $well + 1000000")" = 0
    expect 'answers after, to what was asked a second later' \
        "$(ledger "\$9 == \"won\" && \$2 > $well + 1000000")" -gt 5000
    nothing_sent
    flat
    audit
    logs
}


# flood PREFIX USERS TICKS: nobody asks twice

flood() {
    load --users "$2" --user-prefix "$1" --connections 4000 --preconnect \
        --rate 12000 --timeout 10s --ticks "$3"
}


# two clients keep Redis asleep, 50 ms at a time

slow() {
    local i

    for i in 1 2; do
        "$redis_client" -s "$dir/redis.sock" -r -1 debug sleep 0.05 \
            >/dev/null &
        slower+=($!)
    done
}


end_slow() {
    kill "${slower[@]}"
    wait "${slower[@]}" 2>/dev/null
    well=$(($(date +%s%N) / 1000))
}


# KB of all workers

memory() {
    local pids

    mapfile -t pids < <(nginx_workers)
    ps -o rss= -p "$(IFS=,; echo "${pids[*]}")" | awk '{ n += $1 }
                                                       END { print n }'
}


flat() {
    local first=${rss[0]} last=${rss[-1]}

    expect 'KB that workers have grown by' $((last - first)) -lt 1024
    echo "        $(ledger '$9 == "busy"') busy;" \
        "workers $first KB, and $last KB in the end of it"
}


# who was told "busy" has no record

nothing_sent() {
    redis_cli hkeys 'rush:{stress}:users' >"$dir/known"

    expect 'users told "busy" whom Redis knows' "$(
        awk 'NR == FNR { known[$1] = 1; next }
             $9 == "busy" && known[$4] { n++ }
             END { print n + 0 }' "$dir/known" "$dir/ledger")" = 0
}
