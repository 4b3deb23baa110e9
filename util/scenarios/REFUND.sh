# Tickets become void: first their units leave the stock for good, then they
# come back to it.

about='tickets made void, with and without restock, workers killed'

scenario() {
    start
    campaign stock=6000 tries=1000

    tick() {
        worker_kill
    }

    load --users 3000 --tries 3 --connections 64 --key try --retry \
        --release 30 --release-path /refund --ticks 5

    answered
    expect 'units void' "$(redis_cli hget 'rush:{stress}' void)" -gt 100

    load --users 10000 --tries 4 --connections 64 --key try --retry \
        --user-prefix v --release 60 --release-path '/refund?restock=1' \
        --settle-copies 2 --ticks 5

    answered
    audit
    logs 'exited on signal 9'
}
