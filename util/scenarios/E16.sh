# One user on 64 connections and two nginx: four sales, with limits 1 and 3,
# with and without keys.

about='one user from everywhere at once'

scenario() {
    local limit key

    start

    for limit in 1 3; do
        for key in none try; do
            redis_cli flushall >/dev/null
            rm -f "$dir/ledger"
            campaign stock=100 per_user=$limit
            sleep 1.5

            load --hot-user joe --tries 20000 --connections 64 --retry \
                $([ $key = none ] || echo "--key $key")

            answered
            expect "tickets, limit $limit, key $key" \
                "$(tickets)" = $limit
            audit
        done
    done

    logs
}


# different tickets that were told

tickets() {
    awk '$10 != "-" { print $10 }
         $13 != "-" { n = split($13, t, ","); while (n) print t[n--] }' \
        "$dir/ledger" | sort -u | wc -l
}
