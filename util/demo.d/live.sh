# The second part of util/demo, which sources this: a live show on two nodes
# of nginx.  The merchant has curl and the API, and edits no nginx.conf.
#
#   drop       coupons in two rounds, with codes that are made from a secret:
#              1,000 at an instant, then, when they are gone and the crowd
#              still taps on one node, 500 more by way of the other node
#   coffee     coupons with codes of the shop's own, 100,000 of them, uploaded
#              twice; the crowd takes some until the merchant pauses it
#   breakfast  one coupon, which nobody redeems in time
#
# Then shops redeem some (till.sh), and what viewers were told, what tills were
# told, the events, Redis and the API must all agree (books.sh).
#
# Both nodes run conf/examples/live-coupon.conf, with show.conf added.

first=1000 second=500
rounds=$((first + second))
viewers=6000
codes=100000
least=1000                     # ms, within which a top-up must be felt


# a line of the story

note() {
    printf '%-52s %8s\n' "$1" "$2"
}


# A call of the API: api STATUS METHOD PATH [OPTION OF CURL]...  What it says
# is in $dir/answer; any other status ends the demo.

api() {
    local status=$1 method=$2 path=$3 got
    shift 3

    got=$(curl -sS -m 60 -X "$method" -o "$dir/answer" -w '%{http_code}' "$@" \
        "http://127.0.0.1:$node1/rush/$path") || die "no answer to $path"

    [ "$got" = "$status" ] \
        || die "$method $path is $got: $(cat "$dir/answer")"
}


# a member of the last answer

member() {
    perl -MJSON::PP -0777 -sne '
        $value = decode_json($_)->{$name} // "none";
        print ref $value ? JSON::PP->new->allow_nonref->encode($value) : $value
    ' -- -name="$1" "$dir/answer"
}


# What was just changed, for the auditor; a version is when, by Redis' clock:
# changed MEMBER=VALUE

changed() {
    version=$(member version)
    echo "$version $1" >>"$dir/$id.changes"
}


# nginx stays that of the sale, which is waited for

nodes() {
    local node nginx

    for node in node1 node2; do
        mkdir "$dir/$node"
        nginx_conf live-coupon "${!node}" \
            -e "s|^ *rush_user .*|&\n\n        include $parts/show.conf;|" \
            >"$dir/$node/nginx.conf"
        nginx_start "$node"
    done
}


# ---- the coupons of the rounds ----

drop() {
    local at both=("127.0.0.1:$node1" "127.0.0.1:$node2" --user-prefix v)

    id=drop
    at=$(date -u -d "@$(($(date +%s) + countdown))" +%FT%TZ)

    api 201 PUT campaigns/drop \
        -d '{"kind":"coupon","stock":'$first',"valid":"7d","starts":"'"$at"'"}'
    note "PUT drop: $first coupons, starts $at" "$(member outcome)"
    changed stock=$first

    api 200 GET campaigns/drop
    starts=$(member starts)
    opened=$starts

    load before "${both[@]}" --connections 64 --users 2000 --tries 1 \
        --rate 1000 --seed 4

    wait_for 150

    load round1 "${both[@]}" --connections $connections --preconnect \
        --users $viewers --tries $taps --seed 5

    progress
    api 200 GET campaigns/drop
    left=$(member left)

    note '  told to come back, because it was early' \
        "$(cat "$dir/before" "$dir/round1" | grep -c ' early ')"
    note '  ms from the start to the first coupon' \
        "$(($(event_ms xrange - +) - starts))"
    note "  ms from the start to the last of $first" \
        "$(($(event_ms xrevrange + -) - starts))"
}


# the time of the first event, by Redis' clock: event_ms COMMAND FROM TO

event_ms() {
    redis_cli "$1" "rush:{$id}:events" "$2" "$3" count 1 \
        | sed -n '1s/-.*//p'
}


# People who were not there before tap on one node, and the merchant talks to
# the other one.

top_up() {
    load_start round2 "127.0.0.1:$node2" --user-prefix w --connections 64 \
        --users 4000 --tries 1 --rate 2000 --seed 6

    sleep 0.5

    api 200 PATCH campaigns/drop -d '{"stock":'$rounds'}'
    changed stock=$rounds

    load_wait
    progress

    felt=$(awk -v from="$version" '
        $9 == "won" && (!ms || $3 / 1000 - from < ms) { ms = $3 / 1000 - from }
        END { printf ms ? "%d" : "never", ms }' "$dir/round2")

    note "PATCH drop: stock $rounds, while they tap" "$(member outcome)"
    note '  ms until the other node gave one of them' "$felt"
}


# ---- the coupons with the shop's codes ----

# a line each, in no order that can be guessed

pool_file() {
    awk -v n=$codes 'BEGIN {
        srand()

        for (i = 0; i < n; i++)
            printf "BEAN-%06d-%06d\n", i, rand() * 1000000
    }' >"$dir/codes.txt"
}


upload() {
    local from

    from=$(now)
    api 200 POST campaigns/coffee/codes -T "$dir/codes.txt"

    note "$1" "$(awk -v ms=$(($(now) - from)) 'BEGIN {
        printf "%.1f s", ms / 1000 }')"
    note '  added' "$(member added)"
    note '  duplicate' "$(member duplicate)"
}


coffee() {
    id=coffee starts=0

    api 201 PUT campaigns/coffee \
        -d '{"kind":"coupon","codes":"pool","stock":'$codes',"valid":"30d"}'
    note "PUT coffee: codes of the shop's own" "$(member outcome)"
    changed stock=$codes

    pool_file
    upload "POST a file of $codes codes"
    added=$(member added)

    # without codes it was closed, so it opens when the lease is over
    sleep 0.6

    load_start taken "127.0.0.1:$node1" "127.0.0.1:$node2" --user-prefix v \
        --path /grab/coffee --connections 128 --users $viewers --tries 2 \
        --rate 3000 --seed 7

    upload 'POST the same file again, while viewers claim'
    added=$((added + $(member added)))

    sleep 0.5

    api 200 PATCH campaigns/coffee -d '{"paused":true}'
    changed paused=on
    paused=$version

    api 200 GET campaigns/coffee
    paused_seq=$(member seq)

    load_wait
    progress

    note 'PATCH coffee: paused' changed
    note '  coupons until then' "$paused_seq"
    note '  told that it is paused' "$(grep -c ' paused ' "$dir/taken")"
}


live() {
    local left version felt added paused paused_seq opened late

    nodes

    echo
    echo "a live show on two nodes: $viewers viewers, and a merchant with curl"
    echo

    breakfast
    drop
    top_up
    coffee

    echo
    shop
    redeem_more
    coupon_books
}
