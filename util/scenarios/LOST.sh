# A reply that is lost is asked for once more: users who come once, and never
# again, are told what became of their claims, and few that nobody knows.

about='replies lost all along, users who do not ask again'

scenario() {
    timeout=500ms

    proxy_start
    start
    campaign stock=18000 tries=1000 hold=10m

    tick() {
        proxy 'lose next 1'
    }

    load --users 20000 --connections 128 --key try --timeout 5s --rate 2500 \
        --ticks 30

    answered
    expect 'replies lost' "$(proxy_count lose)" -ge 25
    expect 'calls settled' "$(counted settled)" -gt 25
    expect 'of them not settled' \
        $(($(counted unknown) - $(counted settled))) \
        -lt $(($(counted unknown) / 5 + 1))
    expect 'told a win or a loss after half a second' \
        "$(ledger '$3 - $2 > 450000 && $8 != 503')" -gt 25
    expect 'answers of 503' "$(ledger '$8 == 503')" -lt 200
    audit
    logs
}
