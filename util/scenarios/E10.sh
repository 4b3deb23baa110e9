# Closed while the request is sent, or after it, by FIN and by RST.

about='clients who leave before the answer'

scenario() {
    start
    goods 5000 100000 tries=1000 hold=10m

    sell 80 --users 20000 --tries 5 --connections 128 --key try --retry \
        --abort 30 --drop 5

    answered
    expect 'aborted' "$(ledger '$16 ~ /cut|fin|rst/')" -gt 5000
    workers_settle 1
    sold
    audit
    logs
}
