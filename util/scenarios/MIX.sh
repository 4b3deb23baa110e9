# Variants, several units, limit 3, short holds that are confirmed or given
# back, clients who leave, and 40 faults in the order that the seed says.

about='all kinds of faults in a sale with variants and holds'

scenario() {
    timeout=500ms

    start
    campaign stock=3000 items=red:1200,blue:2400 per_user=3 tries=1000 \
        hold=400ms

    tick() {
        case $((RANDOM % 8)) in
            0 | 1 | 2) worker_kill ;;
            3 | 4) nginx_reload a ;;
            5) nginx_reload b ;;
            6)
                kill -STOP "$redis"
                sleep 0.7
                kill -CONT "$redis"
                ;;
            7)
                redis_kill
                redis_start
                ;;
        esac
    }

    load --users 8000 --tries 10 --connections 128 --key try --retry \
        --units 1,2,3 --items red,blue --rate 8000 --timeout 1s \
        --abort 5 --drop 3 --confirm 40 --release 30 --settle-wait 0-500 \
        --ticks 40

    answered
    holds_end
    workers_settle 12
    audit
    logs 'exited on signal 9'
}
