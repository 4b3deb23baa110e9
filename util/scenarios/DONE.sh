# The run that the product is measured by: two nginx on one Redis, 64
# connections, 5,000 units, 20,000 users who try three times each.  Most
# units go in the first tenth of the tries, so half of the kills are there.

about='10 workers killed and one reload in a sale to 20,000 users'

scenario() {
    start
    campaign stock=5000

    tick() {
        case $1 in
            1 | 2 | 3 | 4 | 6 | 10 | 15 | 25 | 35 | 45) worker_kill ;;
            5) nginx_reload a ;;
        esac
    }

    load --users 20000 --tries 3 --connections 64 --key try --retry \
        --ticks 60

    answered
    expect kills "$kills" = 10
    expect reloads "$reloads" = 1
    expect wins "$(redis_cli hget 'rush:{stress}' seq)" = 5000
    workers_settle 12
    audit
    logs 'exited on signal 9'
}
