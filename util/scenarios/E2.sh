# What Redis has answered is on the disk; what it has not answered may be
# there, too, and is given to its user when he asks again.

about='Redis killed and started again, appendfsync always'

scenario() {
    start
    goods 5000 100000 tries=1000 hold=10m

    tick() {
        redis_kill
        sleep 0.3
        redis_start
        kills=$((kills + 1))
    }

    sell 80 --users 20000 --tries 5 --connections 128 --key try --retry \
        --ticks 5

    answered
    expect kills "$kills" = 5
    sold
    audit
    logs
}
