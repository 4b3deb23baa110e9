# The replies that tell the last winners of it are lost, and so is one answer in
# ten on its way to the user; and it is sold out.
# Both nginx may refuse from memory now, but not them: whoever has a ticket
# gets it when he asks again, by the other nginx and by the one that he asked
# before.

about='the last winners have lost their answers, and ask again'

scenario() {
    local stock=2000

    proxy_start
    start
    goods $stock $stock per_user=1 hold=10m
    codes=pool

    if [ "$kind" = link ]; then
        proxy 'lose one-in 60'
    else
        proxy 'lose left 50'
    fi

    round first a
    proxy none

    round second b
    round third a

    if [ "$kind" = link ]; then
        expect 'replies lost' "$(proxy_count lose)" -gt 0
    else
        expect 'winners lost' "$(proxy_count wins)" -ge 50
    fi

    sold
    audit
    logs

    echo "        $(proxy_count lose) replies lost, $(proxy_count wins)" \
        "winners; $(ledger '$8 == 503') told to ask again"
}


# round WHICH NODE: all users once; but for the first time, every unit there is
# has somebody who gets it again

round() {
    local before=0 lost=(--retry)

    [ "$1" != first ] || lost=(--drop 10)
    [ ! -f "$dir/ledger" ] || before=$(wc -l <"$dir/ledger")
    targets=("unix:$dir/$2/http.sock")

    sell 0 --users 6000 --tries 1 --connections 64 --rate 4000 \
        "${lost[@]}"

    [ "$1" = first ] || expect "tickets told again, $1 round" \
        "$(ledger "NR > $before && $had")" = $stock
}


# a user had it before, as the ledger tells

had='($9 == "again" || $1 == "scan" && $8 == 200 && $17 !~ /none$/)'
