# Commands that were sent to a stopped Redis are run when it goes on, long
# after their users were told "pending".

about='Redis stopped for 3 s, time-out 500 ms'

scenario() {
    timeout=500ms

    start
    goods 5000 80000 tries=1000 hold=10m

    tick() {
        [ $(($1 % 2)) = 1 ] || return

        kill -STOP "$redis"
        sleep 3
        kill -CONT "$redis"
        kills=$((kills + 1))
    }

    sell 80 --users 20000 --tries 4 --connections 128 --key try --retry \
        --timeout 1s --retry-wait 1s --rate 8000 --ticks 5

    answered
    expect stops "$kills" = 3
    expect 'answers of 503' "$(ledger '$8 == 503')" -gt 0
    expect '503 after more than 650 ms' \
        "$(ledger '$8 == 503 && $3 - $2 > 650000')" = 0
    sold
    audit
    logs
}
