# What becomes of claims, and of Redis' memory, when a campaign has many
# tickets.
#
# The campaign "large" gets TICKETS of them first, then there are runs of it in
# turn with "small", which is new each time and has FEW_TICKETS.  Figures are
# under "growth/CONNECTIONS/small" and "large", as those of a run; and
# "growth/tickets", "memory/tickets" and "memory/bytes" (for each ticket, by
# used_memory).

FEW_TICKETS=1000
TICKETS=1500000
MEMORY_TICKETS=100000


growth() {
    local round n name names=(small large)

    # less would be no measure of either
    [ "$coupons" -ge $TICKETS ] || TICKETS=$((coupons * 2))

    redis_ready
    progress "$TICKETS tickets"
    grown large "$TICKETS" big
    grown small "$MEMORY_TICKETS" usual

    rush_start 1
    put growth/few $FEW_TICKETS
    put growth/tickets "$TICKETS"

    for ((round = 1; round <= rounds; round++)); do
        for n in ${connections//,/ }; do
            for name in "${names[@]}"; do
                progress "round $round of $rounds, $n connections: $name"
                [ "$name" = large ] || grown small $FEW_TICKETS
                run "$name" "$n" "growth/$n/$name"
            done
        done
    done
}


# A new campaign with so many tickets.  What they take is put under
# "memory/PATH", if one is given: grown NAME TICKETS [PATH]

grown() {
    local before

    renew "$1" kind=sale stock=1000000000 hold=15m
    redis_idle
    leased
    before=$(allocated)

    "$parts/wins" "unix:$dir/redis.sock" "$1" 1 "$2" || die 'no tickets'

    [ -n "${3:-}" ] || return 0

    put "memory/$3/tickets" "$2"
    put "memory/$3/bytes" "($(allocated) - $before) / $2"
}
