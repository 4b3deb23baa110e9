# With "everysec" and a slow disk Redis holds back what it has answered, and a
# kill loses it.  So "durability disk" sells nothing there.  Without it wins are
# lost, and the auditor must find that: otherwise it proves nothing elsewhere.

about='Redis killed with everysec and a slow fsync: refused, or losses found'

scenario() {
    redis_lines='durability disk;'

    start --appendfsync everysec
    campaign stock=1000000 tries=1000

    refused
    stop_nginx

    redis_lines=

    nginx_start a
    nginx_start b

    lost
}


refused() {
    load --users 4000 --connections 64 --key try

    expect 'requests' "$(ledger 1)" = 4000
    expect 'answers but 503' "$(ledger '$8 != 503')" = 0
    expect 'tickets' "$(redis_cli hget 'rush:{stress}' seq)" = 0
    expect 'workers that say why' \
        "$(cat "$dir"/*/error.log | grep -c "$why")" = 4
    logs "$why"
}

why='\[crit\].* is not durable: "appendfsync" is "everysec", must be "always"'


lost() {
    local killer

    slow_disk || return

    kill_late &
    killer=$!

    load --users 1000000 --connections 64 --key try --rate 10000 \
        --duration 4000

    wait "$killer" || fail 'Redis held nothing back'
    redis_kill
    kills=1

    expect wins "$(ledger '$9 == "won"')" -gt 0
    redis_start
    audit_finds wins
    logs "$why"

    awk '$1 == "wins" { print "audit: " $3 " lost wins are found" }' \
        "$dir/audit" >"$dir/lost"
    mv "$dir/lost" "$dir/audit"
}


# each fdatasync() begins 5 s late; there is no other way to make it slow, so
# without ptrace this fails

slow_disk() {
    local i

    command -v strace >/dev/null || die 'no strace: run util/deps --stress'

    strace -f -qq -o "$dir/strace" -p "$redis" -e trace=fdatasync \
        -e inject=fdatasync:delay_enter=5000000 2>"$dir/strace.err" &

    for ((i = 0; i < 100; i++)); do
        grep -q '^TracerPid:.*\<0$' /proc/"$redis"/task/*/status || return 0
        sleep 0.05
    done

    fail "strace cannot slow Redis down: $(head -n 3 "$dir/strace.err")"
    return 1
}


# when an fsync() is under way, and what is answered meanwhile is held back

kill_late() {
    local i seen=0

    for ((i = 0; i < 60; i++)); do
        if redis_cli info persistence | tr -d '\r' | awk -F: '
            $1 == "aof_pending_bio_fsync" && $2 > 0 { n++ }
            $1 == "aof_buffer_length" && $2 > 0 { n++ }
            END { exit n != 2 }'
        then
            seen=$((seen + 1))
        else
            seen=0
        fi

        if [ $seen = 3 ]; then
            sleep 0.3
            kill -9 "$redis"
            return 0
        fi

        sleep 0.05
    done

    return 1
}


stop_nginx() {
    local pid

    for pid in "${masters[@]}"; do
        kill -TERM "$pid"
        wait "$pid"
    done

    masters=()
    rm -f "$dir"/*/http.sock
}
