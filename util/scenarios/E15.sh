# A hold lasts 300 ms, and its confirm comes twice, 250 to 350 ms after it.

about='holds that expire while they are confirmed'

scenario() {
    start
    campaign stock=5000 tries=1000 hold=300ms lease=0

    load --users 20000 --tries 5 --connections 128 --key try --retry \
        --rate 12000 --confirm 60 --release 10 --settle-wait 250-350 \
        --settle-copies 2

    answered
    holds_end
    expect 'confirmed' "$(ledger '$1 == "confirm" && $8 == 200')" -gt 500
    expect 'expired' "$(ledger '$1 == "confirm" && $8 == 410')" -gt 50
    audit
    logs
}
