# Shared memory is a cache.  First it is far too small for all that is asked
# for.  Then workers die while they hold its lock, in the midst of what they
# write: util/lib/failpoint.c.  What is left serves those who come after.

about='a zone too small for 100,000 ids; workers that die with its lock'

scenario() {
    [ -z "$static" ] || die 'E21 needs the module in a file of its own'
    make -s -C "$top" build/failpoint.so || die 'no build/failpoint.so'

    full
    locks
}


# a sale, while as many campaigns and links are asked for that are not there

full() {
    local flood

    http='rush_zone zone=rush:64k links=512k;'
    server='
        location = /each { rush_claim $http_x_user; }

        location = /code/id {
            rush_scan_hosts m.example.com;
            rush_scan $http_x_user;
        }'

    start
    campaign stock=2000 hold=700ms

    floods &
    flood=$!
    load --users 10000 --tries 4 --connections 32 --key try --retry \
        --rate 4000 --again 1 --release 20 --confirm 30
    wait "$flood" || failed=1

    answered
    holds_end
    audit
    logs
}


floods() {
    local what

    files=$dir/flood
    mkdir "$files"

    for what in '--path /each' '--scan --path /code --items id'; do
        # shellcheck disable=SC2086
        load --users 50000 --connections 16 --retry --rate 10000 $what
        answered
    done

    expect 'ids told unknown' \
        "$(ledger '$8 == 404 && $9 == "unknown"')" = 100000
    expect 'answers but that, and to ask again' \
        "$(ledger '$8 != 404 && $8 != 503')" = 0
    [ -z "$failed" ]
}


# a worker lives for some 3000 locks
locks() {
    local one deaths

    for one in a b; do
        kill -QUIT "${masters[$one]}"
        wait "${masters[$one]}"
        rm -f "$dir/$one/http.sock"
    done

    redis_cli flushall >/dev/null
    rm -f "$dir"/*/error.log "$dir/ledger"

    http= module=$top/build/failpoint.so
    server='location = /state { rush_state stress; }'
    export RUSH_FAILPOINT=$dir/locks

    echo 3000 >"$RUSH_FAILPOINT"
    nginx_start a
    nginx_start b
    campaign stock=1000 hold=700ms tries=8

    tick() {
        [ "$1" -lt 9 ] || rm -f "$RUSH_FAILPOINT"
    }

    load --users 10000 --tries 6 --connections 64 --key try --retry \
        --again 2 --rate 5000 --release 25 --confirm 35 --ticks 10

    answered
    workers_settle 12

    kills=$(deaths 'exited on signal 9')
    echo "        $kills deaths, $(deaths 'was locked by') with a lock;" \
        "$(memory) losses told from memory"
    expect deaths "$kills" -gt 20
    expect 'deaths with the lock' "$(deaths 'was locked by')" = "$kills"

    heals
    holds_end
    audit
    logs 'exited on signal 9'
}


deaths() {
    cat "$dir"/*/error.log | grep -c "$1"
}


memory() {
    local one

    for one in a b; do
        curl -s --unix-socket "$dir/$one/http.sock" http://stress/status
    done | grep -o '"memory":{[^}]*}' | grep -o '"sold_out":[0-9]*' \
        | awk -F: '{ n += $2 } END { print n + 0 }'
}


# nobody dies any more, and memory refuses as before
heals() {
    local one before after

    for one in a b; do
        kill -HUP "${masters[$one]}"
    done

    sleep 1
    workers_settle 12
    before=$(memory)
    after=$(deaths 'exited on signal 9')

    load --users 10000 --user-prefix w --tries 3 --connections 64 \
        --key try --rate 10000

    expect 'answers but wins and losses' \
        "$(ledger '$4 ~ /^w/ && $8 != 200 && $8 != 409')" = 0
    expect 'deaths' "$(deaths 'exited on signal 9')" = "$after"
    expect 'losses told from memory' "$(memory)" -gt $((before + 10000))
}
