# Wins go on all the time, because most are released at once.

about='workers killed in the midst of batches'

scenario() {
    start
    goods 5000 100000 tries=1000 hold=10m

    tick() {
        worker_kill
    }

    sell 80 --users 20000 --tries 5 --connections 128 --key try --retry \
        --ticks 20

    answered
    expect kills "$kills" = 20
    workers_settle 12
    sold
    audit
    logs 'exited on signal 9'
}
