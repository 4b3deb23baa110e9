# One user on 64 connections and two nginx: four campaigns, with limits 1 and 3,
# with and without keys; or a link.

about='one user from everywhere at once'

scenario() {
    local limit key

    start

    if [ "$kind" = link ]; then
        goods 100 0
        ask
        expect 'places of one user' "$(places_told)" = 1
        sold
        audit
        logs
        return
    fi

    for limit in 1 3; do
        for key in none try; do
            redis_cli flushall >/dev/null
            rm -f "$dir/ledger" "$dir/changes" "$dir/uploads"
            goods 100 100 per_user=$limit
            sleep 1.5

            # shellcheck disable=SC2046
            ask $([ $key = none ] || echo "--key $key")

            expect "tickets, limit $limit, key $key" \
                "$(tickets)" = $limit
            audit
        done
    done

    logs
}


ask() {
    sell 0 --hot-user joe --tries 20000 --connections 64 --retry "$@"
    answered
}


# different tickets that were told

tickets() {
    awk '$10 != "-" { print $10 }
         $13 != "-" { n = split($13, t, ","); while (n) print t[n--] }' \
        "$dir/ledger" | sort -u | wc -l
}


places_told() {
    awk '$7 == "pool" { print $17 }' "$dir/ledger" | sort -u | wc -l
}
