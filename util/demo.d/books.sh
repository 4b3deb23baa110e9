# What came of the live show: books of drop and of coffee, see live.sh.


# events, ledgers and what nginx told, of $id: coupon_book LEDGER...

coupon_book() {
    "$top/util/consumer" --redis "unix:$dir/redis.sock" --campaign "$id" \
        --group books --until-idle 200 >"$dir/events" 2>"$dir/consumer" \
        || die "the consumer failed: $(cat "$dir/consumer")"

    events_only
    books "$@"

    told_of "$id" >"$dir/told"

    awk '$1 == "won" { sub("code=", "", $5); print $2, $3, $5 }' \
        "$dir/events" | sort -u >"$dir/coded"

    api 200 GET "campaigns/$id"
    tickets=$(member seq)

    echo
    told "told of $id"
    echo
    printf '%-52s %8s\n' "the books of $id" coupons
}


# what is the same for both

coupon_sums() {
    local redeemed stream out

    stream=$(member events)
    out=$(member out)
    redeemed=$(awk '$1 == "redeemed"' "$dir/events" | lines)

    sums_of_all "$tickets" viewers
    sum 'codes told to viewers, all different' \
        "$(cut -d ' ' -f 3 "$dir/told" | sort -u | lines)" "$tickets"
    sum 'viewers and events differ, by number and code, in' \
        "$(differ "$dir/told" "$dir/coded")" 0
    sum 'out, says the API' "$out" "$tickets"
    sum 'redeemed, told to tills and as events' \
        "$(redeemed_once | lines)" "$redeemed"
    sum 'refused, because another till was first' \
        "$(grep -c "\"campaign\":\"$id\".*\"by\":\"shop-7\".*}409$" \
               "$dir/tills")" "$redeemed"
    sum 'events in the stream, says the API' "$stream" \
        $((tickets + redeemed))
    sum 'problems that the auditor finds' \
        "$(audit --changes "$dir/$id.changes")" 0

    api 200 GET "campaigns/$id/check"
    sum 'is it consistent, by the check of the API' "$(member consistent)" true
}


# numbers of coupons that a till was told to be redeemed now

redeemed_once() {
    sed -n "s/.*\"campaign\":\"$id\".*\"seq\":\([0-9]*\),.*}200\$/\1/p" \
        "$dir/tills" | sort -u
}


# how many coupons were given from one time to another

given() {
    redis_cli xrange "rush:{$id}:events" "$1" "$2" | grep -cx won
}


coupon_books() {
    local tickets

    id=drop
    coupon_book before round1 round2
    sum "given, of a stock of $rounds" "$tickets" $rounds
    sum 'left after the first round' "$left" 0
    sum 'given before the start' "$(given - $((opened - 1)))" 0
    sum 'ms until the other node gave one of the top-up' "$felt" "$(in_time)"
    coupon_sums

    id=coffee
    coupon_book taken
    sum 'codes added by two uploads of a file' "$added" $codes
    sum 'told, but not in the file' \
        "$(comm -23 <(cut -d ' ' -f 3 "$dir/told" | sort -u) \
                    <(sort "$dir/codes.txt") | lines)" 0
    sum 'given after the pause' "$(given $((paused + 1)) +)" 0
    sum 'given when it was paused, and now' "$paused_seq" "$tickets"
    coupon_sums
}


in_time() {
    if [[ $felt =~ ^[0-9]+$ && $felt -lt $least ]]; then
        echo "$felt"
    else
        echo "less than $least"
    fi
}
