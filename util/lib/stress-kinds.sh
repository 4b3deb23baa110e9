# What scenarios sell that leave it open, which is $kind:
#
#   sale       a sale whose tickets are held
#   sequence   coupons, with codes of a sequence
#   pool       the same, with codes that are uploaded
#   link       places of a link's pool with caps, and a link with a max
#
# For another kind, give goods() and sell() what it takes.


# goods STOCK GIVEN MEMBER=VALUE...: there are STOCK of it, and no more than
# GIVEN tickets come of it, with those that come back

goods() {
    local stock=$1 given=$2 one members=()
    shift 2

    [ "$kind" != sale ] || { campaign stock="$stock" "$@"; return; }
    [ "$kind" != link ] || { goods_link "$stock"; return; }

    for one in "$@"; do
        [[ $one = hold=* ]] || members+=("$one")
    done

    sort=coupon
    campaign stock="$stock" codes="$kind" valid=1h "${members[@]}"

    [ "$kind" != pool ] || goods_codes "$given"
}


goods_codes() {
    local sent file=$files/codes

    seq -f 'c%07.0f' "$1" >"$file"

    sent=$(date +%s%3N)
    api a POST "campaigns/$id/codes" --data-binary "@$file"
    expect 'codes that were uploaded' "$(member added)" = "$1"
    echo "$sent $(date +%s%3N) $1 $file" >>"$files/uploads"

    # it opens when its lease is over
    sleep 0.6
}


goods_link() {
    local cap=$(($1 / 8)) max=$(($1 * 2))

    # shellcheck source=/dev/null
    . "$top/util/lib/stress-links.sh"

    codes=pool,few
    : >"$files/notes"
    note pool pool "$cap" 8
    note max few "$max"

    link PUT pool "{\"rules\":[{\"sticky\":true,\"pick\":\"fill\",
        \"pool\":$(places 0 ",\"cap\":$cap" pool)}],
        \"fallback\":$(target pool-none)}"
    link PUT few "{\"rules\":[{\"to\":$(target few)}],\"max\":$max,
        \"after\":$(target few-after)}"

    # both know that there are changes to be heard of
    sleep 1
}


# sell BACK OPTION...: load; of 100 tickets BACK come back, if it can be

sell() {
    local back=$1 more=()
    shift

    case $kind in
        sale) more=(--release "$back") ;;
        link) more=(--scan --path /q --items "$codes") ;;
        *)    more=(--void "$back" --restock 100 --void-path /refund) ;;
    esac

    load "${more[@]}" "$@"
}


# what the audit of links needs to know in the end

sold() {
    [ "$kind" = link ] || return 0

    note kills "$deaths"
    sleep 1.5
    stats
}
