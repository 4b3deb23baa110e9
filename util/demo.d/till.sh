# The shops of the live show: see live.sh.  $dir/tills has what tills were told,
# a line each: the answer, with its status behind it.

more=100                       # of each campaign are redeemed in bulk


# one for whom the coupon is over before he comes to the shop

breakfast() {
    api 201 PUT campaigns/breakfast \
        -d '{"kind":"coupon","stock":10,"valid":"1s"}'
    note 'PUT breakfast: 10 coupons, valid 1 s' "$(member outcome)"

    curl -sS -m 60 -X POST -H 'X-User: v0' -o "$dir/answer" \
        "http://127.0.0.1:$node2/grab/breakfast" || die 'no answer to a claim'

    [ "$(member outcome)" = won ] || die "no coupon: $(cat "$dir/answer")"

    late=$(member code)
}


# somebody shows a code, and the status is one of the sums:
# till WHAT PORT SHOP RECEIPT CAMPAIGN CODE STATUS

till() {
    local got

    got=$(curl -sS -m 60 -X POST -H "X-Shop: $3" -H "Idempotency-Key: $4" \
        -o "$dir/answer" -w '%{http_code}' \
        "http://127.0.0.1:$2/shop/redeem?campaign=$5&code=$6") \
        || die 'no answer to a till'

    echo "$(cat "$dir/answer")$got" >>"$dir/tills"
    sum "$1" "$got" "$7"
}


# what nginx told viewers of a campaign: number, user, code

told_of() {
    awk -v id="$1" '$1 == id && $2 ~ /^(won|again)$/ { print $3, $4, $5 }' \
        "$dir/node1/told.log" "$dir/node2/told.log" | sort -u
}


shop() {
    local code typed

    id=drop
    code=$(told_of drop | sort -n | sed -n '1s/.* //p')

    # as it is read from a screen: in capitals and groups of four
    typed=$(printf %s "$code" | tr a-f A-F | sed 's/..../&-/g; s/-$//')

    echo "a viewer shows the code $typed"
    till 'shop-7 redeems it' "$node1" shop-7 receipt-0 drop "$typed" 200
    till 'and once more, because the answer was lost' "$node2" shop-7 \
        receipt-0 drop "$typed" 200
    till 'shop-9 cannot' "$node2" shop-9 receipt-1 drop "$typed" 409
    sum 'and is told who was first' "$(member by)" shop-7
    till 'a code that nobody has' "$node1" shop-7 receipt-2 drop \
        0123-4567-89AB-0001 404
    till 'the breakfast, too late' "$node1" shop-7 receipt-3 breakfast \
        "$late" 410
}


# many by one curl: tills PORT SHOP CAMPAIGN

tills() {
    told_of "$3" | sort -n | sed -n "2,$((more + 1))p" \
        | awk -v url="http://127.0.0.1:$1" -v shop="$2" -v id="$3" '
            {
                print sep "silent\nshow-error\nmax-time = 60"
                print "request = POST"
                print "url = \"" url "/shop/redeem?campaign=" id \
                      "&code=" $3 "\""
                print "header = \"X-Shop: " shop "\""
                print "header = \"Idempotency-Key: " shop "-" id "-" $1 "\""
                print "write-out = \"%{http_code}\\n\""
                sep = "next\n"
            }' | curl -K - >"$dir/many" || die 'no answer to a till'

    cat "$dir/many" >>"$dir/tills"
}


redeem_more() {
    for id in drop coffee; do
        tills "$node1" shop-7 $id
        sum "shop-7 redeems $more more of $id" \
            "$(grep -c '"by":"shop-7".*}200$' "$dir/many")" $more

        tills "$node2" shop-9 $id
        sum 'shop-9 cannot, and is told who was first' \
            "$(grep -c '"by":"shop-7".*}409$' "$dir/many")" $more
    done
}
