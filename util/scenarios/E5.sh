# First a connection for each request, where nothing may be lost.  Then
# keep-alive connections: a reload closes the idle ones, and a request that
# crosses this gets no answer and must get the same ticket when it is asked
# again.

about='50 reloads under load'

scenario() {
    local reloader

    start
    goods 20000 20000 per_user=1

    reloads=50
    reload_often &
    reloader=$!

    sell 0 --users 60000 --tries 10 --connections 64 --per-request \
        --duration 5500

    wait "$reloader"

    expect 'requests without an answer' "$(ledger '$8 == 0')" = 0
    expect 'answers of 5xx' "$(ledger '$8 >= 500')" = 0
    workers_settle 12

    reload_often &
    reloader=$!

    sell 0 --users 60000 --tries 10 --connections 64 --key user --retry \
        --duration 5500

    wait "$reloader"

    answered
    workers_settle 12
    sold
    audit
    logs
}


reload_often() {
    local i

    for ((i = 0; i < 25; i++)); do
        kill -HUP "${masters[a]}"
        sleep 0.1
        kill -HUP "${masters[b]}"
        sleep 0.1
    done
}
