# A file may grow to 256 kB only: with "always" Redis exits before it answers
# what it cannot write.  With room again it has all that was answered.

about='the disk of Redis is full, appendfsync always'

scenario() {
    local program=$redis_server restarted=

    redis_lines='durability disk;'
    small_disk

    start
    campaign stock=20000 tries=1000 hold=10m

    # from the first tick on, till Redis is gone, and then it is away for 1 s

    tick() {
        local i

        [ "$1" = 1 ] || return

        for ((i = 0; i < 200; i++)); do
            [ "$(redis_cli ping 2>/dev/null)" = PONG ] || break
            sleep 0.05
        done

        wait "$redis" 2>/dev/null
        sleep 1

        restarted=$(date +%s%6N)
        redis_server=$program
        redis_start
        kills=$((kills + 1))
    }

    load --users 6000 --connections 128 --key try --retry \
        --retry-wait 400ms --ticks 200

    answered
    expect 'times that Redis had no room' \
        "$(grep -c "Can't recover from AOF write error" "$dir/redis.log")" = 1
    wins
    audit
    logs
}


small_disk() {
    redis_server=$dir/small-disk

    printf '%s\n' '#!/bin/bash' 'trap "" XFSZ' 'ulimit -f 256' \
        "exec '$program' \"\$@\"" >"$redis_server"
    chmod +x "$redis_server"
}


# who asked after the first error, and was answered before Redis was back

wins() {
    local error

    error=$(awk '$8 == 503 { print $3 }' "$dir/ledger" | sort -n | head -n 1)

    expect 'an error' -n "$error"
    expect 'wins before it' "$(ledger "\$9 == \"won\" && \$3 < $error")" -gt 0
    expect 'answers while Redis was away, but 503' \
        "$(ledger "\$2 > $error && \$3 < $restarted && \$8 != 503")" = 0
    expect 'wins afterwards' \
        "$(ledger "\$9 == \"won\" && \$2 > $restarted")" -gt 0
}
