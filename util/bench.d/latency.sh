# Latency of util/bench at fixed rates: a quarter and half of the rate that
# claims had in the part "rates".
#
# claimload sends at even distances whatever the server does, and measures from
# when a request was to be sent: one that had to wait because answers before it
# were late has waited (no coordinated omission).
#
# Figures are under "latency/CONNECTIONS/quarter/NAME" and "half": asked (the
# rate), rate (what became of it), p50, p90, p99, p999 and max in ms.

LATENCY_RUNS='plain won peer'


latency() {
    local round n name share names

    read -r -a names <<<"$LATENCY_RUNS"
    bench_start

    for ((round = 1; round <= rounds; round++)); do
        for n in ${connections//,/ }; do
            for share in quarter half; do
                for name in "${names[@]}"; do
                    progress "round $round of $rounds," \
                        "$n connections, $share: $name"
                    paced "$name" "$n" $share
                done
            done
        done
    done
}


# a quarter or half of the claims a second that were measured: share_of
# CONNECTIONS SHARE

share_of() {
    local divide=4

    [ "$2" = quarter ] || divide=2

    known "connections/$1/won/rate" | awk -v d=$divide '
        { printf "%d", $1 / d }
        END { exit !NR }' || die 'part "rates" comes before "latency"'
}


# a member of claimload's answers in $dir/paced: of_all MEMBER

of_all() {
    sed -n "s/.*\"all\":{[^}]*\"$1\":\([0-9.]*\).*/\1/p" "$dir/paced"
}


of_load() {
    sed -n "s/^{.*\"$1\":\([0-9.]*\).*/\1/p" "$dir/paced"
}


# every user was answered, and by a win: paced_right NAME ASKED

paced_right() {
    local member

    grep -q "\"won\":{\"count\":$2," "$dir/paced" \
        || die "$1: others than $2 wins: $(cat "$dir/paced")"

    for member in unknown refused timeouts odd; do
        expect "$1: $member" "$(of_load $member)" 0
    done
}


# paced NAME CONNECTIONS SHARE

paced() {
    local path method url script process asked users_now at loader member won=

    asked=$(share_of "$2" "$3") || exit 2
    users_now=$((asked * seconds))
    at=latency/$2/$3/$1

    prepare "$1"
    target "$1"
    count=$((count + 1))

    "$top/build/claimload" --connections "$2" --preconnect --json \
        --users $users_now --user-prefix "oUpF8uMuAJO_M2px$((1000 + count))p" \
        --rate "$asked" --path "$path" --timeout 30s \
        "${url:7:-1}" >"$dir/paced" &

    loader=$!
    wait "$loader" || die "claimload failed: $(cat "$dir/paced")"

    paced_right "$1" "$users_now"
    [ "$1" = plain ] || believe "$(key_of "$1")" "$users_now" 0
    check_all "$1"

    put "$at/asked" "$asked"
    put "$at/rate" "$(of_load per_second)"

    for member in p50 p90 p99 p999 max; do
        put "$at/$member" "$(of_all "${member}_ms")"
    done
}
