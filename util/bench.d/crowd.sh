# The headline run of util/bench: so many users and as many coupons, by Rush
# and by the peer, with 256 connections.  Figures are "coupons/256/sequence" and
# "peer_sequence": seconds, rate, worker, redis, bytes (a ticket, by
# used_memory), keys (the same by MEMORY USAGE), p50, p99.
#
# claimload brings all users but a few, whom curl brings at the same time: of
# these the answers are kept as they came, of all others a line in a ledger.

USER_ID=oUpF8uMuAJO_M2pxb1Q9       # and a letter and a number: 28 bytes
FEW=1000


CROWD=256


# crowds NUMBER

crowds() {
    local round

    crowd_start
    put coupons/number "$1"

    for ((round = 1; round <= rounds; round++)); do
        progress "round $round of $rounds"
        crowd_run sequence 'rush:{drops}' "$1" $CROWD
        crowd_run peer_sequence 'peer:{drops}' "$1" $CROWD
    done
}


# what Redis has allocated, but for buffers of connections

allocated() {
    redis_cli info memory | tr -d '\r' | awk -F : '
        $1 == "used_memory" { n += $2 }
        $1 == "mem_clients_normal" { n -= $2 }
        END { printf "%.0f", n }'
}


# of all keys of a campaign: usage KEY

usage() {
    local key n=0

    for key in "$1" "$1:users" "$1:events"; do
        n=$((n + $(redis_cli memory usage "$key" samples 0)))
    done

    echo "$n"
}


# the few, one after the other on one connection: few NUMBER URL

few() {
    awk -v n="$1" -v url="$2" -v user="${USER_ID}y" '
        BEGIN {
            for (i = 1; i <= n; i++) {
                if (i > 1)
                    print "next"

                print "url = " url
                print "request = POST"
                printf "header = \"X-User: %s%07d\"\n", user, i
                print "include"
                print "silent"
                print "show-error"
                print "write-out = \"\\n\""
            }
        }'
}


# crowd_drive NUMBER CONNECTIONS FEW, after target; sets us

crowd_drive() {
    local few load begin

    rm -f "$dir/ledger"
    few "$3" "${url%/}$path" >"$dir/few.conf"
    begin=${EPOCHREALTIME//[!0-9]/}

    curl -K "$dir/few.conf" >"$dir/few" &
    few=$!

    "$top/build/claimload" --connections "$2" --users $(($1 - $3)) \
        --user-prefix "${USER_ID}z" --path "$path" --timeout 30s \
        --ledger "$dir/ledger" "${url:7:-1}" >"$dir/load" &
    load=$!

    wait "$load" || die "claimload failed: $(tail -n 3 "$dir/load")"
    wait "$few" || die 'curl failed'
    us=$((${EPOCHREALTIME//[!0-9]/} - begin))
}


# user, seq and code of each event, in their order: given KEY

given() {
    local from=-

    while redis_cli xrange "$1:events" "$from" + count 50000 >"$dir/page" \
        && [ "$(wc -l <"$dir/page")" -gt 1 ]
    do
        awk '
            NR % 11 == 3 && $0 != "won" { bad = 1 }
            NR % 11 == 5 { user = $0 }
            NR % 11 == 7 { seq = $0 }
            NR % 11 == 10 && $0 != "code" { bad = 1 }
            NR % 11 == 0 { print user, seq, $0 }
            END { exit bad || NR % 11 }' "$dir/page" || die "$1: odd events"

        from="($(tail -n 11 "$dir/page" | head -n 1)"
    done
}


# user, seq and code of each answer, if all of them were wins

told() {
    awk '$1 != "claim" || $8 != 200 || $9 != "won" || $16 != "ok" {
             print "an answer: " $0 >"/dev/stderr"
             exit 1
         }
         { print $4, $11, $17 }' "$dir/ledger" || die 'somebody was told else'

    coupons_in "$dir/few"
}


different() {
    cut -d ' ' -f "$1" "$dir/given" | LC_ALL=C sort -u | wc -l
}


# Rush's own audit of a campaign finds nothing: audited ID

audited() {
    curl -sS "http://127.0.0.1:$port/rush/campaigns/$1/check" >"$dir/audit" \
        && grep -q '"consistent":true' "$dir/audit" \
        || die "the audit says $(head -c 500 "$dir/audit")"
}


# All there was to give was given, to different users, in different codes, and
# that is what they were told: crowd_check NAME KEY NUMBER FEW

crowd_check() {
    expect "$1: out" "$(redis_cli hget "$2" out)" "$3"
    expect "$1: tickets" "$(redis_cli hget "$2" seq)" "$3"
    expect "$1: users" "$(($(redis_cli hlen "$2:users") - 1))" "$3"

    given "$2" >"$dir/given"
    expect "$1: events" "$(wc -l <"$dir/given")" "$3"
    expect "$1: events in the order of seq" \
        "$(awk '$2 == NR' "$dir/given" | wc -l)" "$3"
    expect "$1: users in events" "$(different 1)" "$3"
    expect "$1: codes" "$(different 3)" "$3"
    derived "$2" <"$dir/given" || die "$1: a code is wrong"

    told >"$dir/told" || exit 2
    expect "$1: answers" "$(wc -l <"$dir/told")" "$3"
    LC_ALL=C sort "$dir/given" >"$dir/given.sorted"
    LC_ALL=C sort "$dir/told" | cmp -s - "$dir/given.sorted" \
        || die "$1: users were told other coupons than those in Redis"

    expect "$1: good answers of the few" \
        "$(grep -c '^HTTP/1.1 200 ' "$dir/few")" "$4"

    [ "$1" != sequence ] || audited drops
    sample "$1" "${USER_ID}x0000001"
    grep -q '^{"outcome":"sold_out",' "$dir/sample.$1" \
        || die "$1: one coupon too many"
}


# crowd_run NAME KEY NUMBER CONNECTIONS

crowd_run() {
    local path method url script process w r us used keys p50 p99 some
    local at=coupons/$4/$1

    # curl waits its turn, too: so few that claimload is not done before
    some=$(($3 / (4 * $4)))
    [ $some -le $FEW ] || some=$FEW
    [ $some -gt 0 ] || die "too few coupons for $4 connections"

    fresh_drops "$3"
    redis_idle
    sleep 1.2
    target "$1"

    used=$(allocated)
    w=$(cpu "$process")
    r=$(cpu "$redis")

    crowd_drive "$3" "$4" $some

    w=$(($(cpu "$process") - w))
    r=$(($(cpu "$redis") - r))
    used=$(($(allocated) - used))
    keys=$(usage "$2")

    crowd_check "$1" "$2" "$3" $some
    read -r p50 p99 < <(awk '$1 == "won" { print $3, $4 }' "$dir/load")

    put "$at/seconds" "$us / 1e6"
    put "$at/rate" "$3 / $us * 1e6"
    put "$at/worker" "$w / $3 / 1e3"
    put "$at/redis" "$r / $3 / 1e3"
    put "$at/bytes" "$used / $3"
    put "$at/keys" "$keys / $3"
    put "$at/p50" "$p50"
    put "$at/p99" "$p99"
}
