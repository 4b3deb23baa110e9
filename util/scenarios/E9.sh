# All data goes, first by FLUSHALL, then because Redis starts in an empty
# directory.  Nobody knows who has won, so everybody is told "pending", without
# a win and without a loss, for as long as it takes (a minute, and this is
# shorter).  Then the AOF is put back, as the log line asks for: the sale goes
# on, and the audit holds what users were told before, meanwhile and after it
# against what there is.  Of an AOF that lacks its end it has to complain.

about='FLUSHALL, and an empty directory, in the midst of a sale'

scenario() {
    start
    campaign stock=5000

    tick() {
        [ "$1" = 3 ] || return
        redis_cli flushall >/dev/null
        gone=$(date +%s%6N)
    }

    vanish u

    redis_kill
    perl -0777 -pi -e 's/\*1\r\n\$8\r\nflushall\r\n.*//is' \
        "$dir"/appendonlydir/*.incr.aof
    cp -r "$dir/appendonlydir" "$dir/saved"
    truncate -s -20000 "$dir"/appendonlydir/*.incr.aof
    redis_start
    audit_finds wins

    put_back
    sell_on u 5000
    campaign stock=10000
    sleep 1

    tick() {
        [ "$1" = 3 ] || return
        redis_kill
        mv "$dir/appendonlydir" "$dir/saved"
        redis_start
        gone=$(date +%s%6N)
    }

    vanish v
    put_back
    sell_on v 10000
    logs 'has vanished from redis'
}


put_back() {
    redis_kill
    rm -rf "$dir/appendonlydir"
    mv "$dir/saved" "$dir/appendonlydir"
    redis_start
}


# users PREFIX..., of whom the first win, until all is gone

vanish() {
    local after

    load --user-prefix "$1" --users 20000 --connections 64 --rate 10000 \
        --ticks 40

    after="\$1 == \"claim\" && \$4 ~ /^$1/ && \$2 > $gone"

    expect 'wins before it' \
        "$(ledger "\$9 == \"won\" && \$4 ~ /^$1/")" -gt 500
    expect 'answers after it' "$(ledger "$after && \$8 == 503")" -gt 5000
    expect 'answers after it that are not 503' \
        "$(ledger "$after && \$8 != 503")" = 0
    expect 'of them not pending' \
        "$(ledger "$after + 1000000 && \$9 != \"pending\"")" = 0
    expect 'alerts' "$(grep -c 'has vanished' "$dir"/[ab]/error.log \
                       | awk -F: '$2 > 0' | wc -l)" = 2
}


# to PREFIX..., until so many units were ever sold

sell_on() {
    load --user-prefix "$1" --users 20000 --connections 64 --retry
    answered
    expect wins "$(redis_cli hget 'rush:{stress}' seq)" = "$2"
    audit
}
