# Two drops of coupons at a time, one with codes of a pool and one with a
# sequence.  While users claim and shops redeem, a merchant tops up, lowers,
# uploads, pauses and audits, all by the API of either nginx.

about='coupons, changed by the API all along'

scenario() {
    local sold=() one

    start

    for one in pool sequence; do
        parts+=("$dir/$one")
        mkdir "$dir/$one"
        touch "$dir/$one/ledger" "$dir/$one/load" "$dir/$one/audit"
        sell "$one" &
        sold+=($!)
    done

    for one in "${sold[@]}"; do
        wait "$one" || failed=1
    done

    logs
}


# one drop, in a shell of its own

sell() {
    local loader=

    trap '[ -z "$loader" ] || kill "$loader"; exit 143' TERM

    id=$1
    files=$dir/$id
    sizes
    make_plan
    create

    load --users "$users" --tries 4 --connections 32 --rate "$rate" \
        --path "/grab/$id" --key half --drop 4 --retry --retry-wait 4ms \
        --redeem 25 --void 12 --restock 50 --by-code 50 \
        --void-path /refund --settle-copies 2 --settle-wait 0-400 \
        --ticks $((${#plan[@]} + 3))

    answered
    consistent true
    audit
    figures
    [ -z "$failed" ]
}


# how much of each; the sequence gives a user one, and knows no uploads

sizes() {
    RANDOM=$((seed * 2 + ${#id}))

    users=$((claims / 4)) rate=$((claims / 77))
    size=$((claims / 220)) batch=$((claims / 44))
    mores=14 races=2 uploads=3 lesses=5 pauses=4 checks=3 per_user=3

    if [ -n "$short" ]; then
        users=1000 rate=320 size=40 batch=250
        mores=2 races=1 uploads=3 lesses=2 pauses=1 checks=1
    fi

    if [ "$id" = sequence ]; then
        mores=$((mores + uploads)) uploads=0 per_user=1
    fi

    stock=$size uploaded=0
}


# changes in a random order, uploads among them, and a top-up as the last

make_plan() {
    local i k n swap

    plan=()
    repeat "$mores" more
    repeat "$races" race
    repeat "$lesses" less
    repeat "$pauses" pause
    repeat "$checks" consistent

    n=${#plan[@]}

    for ((i = n - 1; i > 0; i--)); do
        k=$((RANDOM % (i + 1)))
        swap=${plan[i]}
        plan[i]=${plan[k]}
        plan[k]=$swap
    done

    for ((i = uploads; i > 0; i--)); do
        k=$((n * i / (uploads + 1)))
        plan=("${plan[@]:0:k}" upload "${plan[@]:k}")
    done

    plan+=(more)
}


repeat() {
    local i

    for ((i = 0; i < $1; i++)); do
        plan+=("$2")
    done
}


tick() {
    pick
    ${plan[$1 - 1]:-:}
}


create() {
    local kind=coupon

    [ -z "$play" ] || kind=faulty

    pick
    api_campaign $node PUT kind="\"$kind\"" codes="\"$id\"" valid='"1h"' \
        per_user="$per_user" stock="$stock" || die "no campaign: $answer"

    [ "$id" = pool ] || return

    codes 0
    send $node "$files/codes.0" || die "no codes: $answer"
}


# ---- what the merchant does ----

change() {
    api_campaign $node PATCH "$@" || fail "PATCH $*: $status $answer"
    pick
}


more() {
    sold_out
    change stock=$((stock += size / 2 + RANDOM % size))
}


less() {
    change stock=$((stock -= 1 + RANDOM % (size / 2)))
}


pause() {
    change paused=true
    sleep 0.$((1 + RANDOM % 5))
    change paused=false
}


# of two that change one version on two nodes, one is too late

race() {
    local version one

    sold_out
    version=$(member version)
    conditions=(-H "If-Match: \"$version\"")

    race_on a $((stock + size)) &
    one=$!
    race_on b $((stock + size + 7))
    wait $one

    conditions=()
    one=$(sort "$files/race.a" "$files/race.b" | tr '\n' ' ')

    [[ $one =~ ^200\ ([0-9]+)\ 412\  ]] || fail "a race: $one"
    stock=${BASH_REMATCH[1]:-$stock}
}


race_on() {
    api_campaign "$1" PATCH stock="$2"
    echo "$status $2" >"$files/race.$1"
}


# More stock than there are codes, till the pool is dry; then codes: as they
# are, broken off and once more, and on two nodes at once.

upload() {
    local file=$files/codes.$((uploaded += 1)) one

    codes "$uploaded"
    change stock=$((stock += $(redis_cli llen "rush:{$id}:free") + size))
    dry

    case $uploaded in
        1)
            send $node "$file"
            ;;
        2)
            break_off $node "$file"
            pick
            send $node "$file"
            ;;
        *)
            send a "$file" &
            one=$!
            send b "$file"
            wait $one || fail "an upload on two nodes"
            ;;
    esac
}


# the K-th file: new codes first, then all that came before

codes() {
    perl -e "$codes" "$1" "$batch" "$seed" >"$files/codes.$1"
}


codes='
    my ($k, $batch, $seed) = @ARGV;

    for my $i (reverse 0 .. ($k + 1) * $batch - 1) {
        my $code = sprintf "c%d-%06d", $seed, $i;

        $code .= ", \xc3\xa9;%2C %" if $i % 50 == 3;
        $code .= "x" x (64 - length $code) if $i % 50 == 4;

        print $code, $i % 7 ? "\n" : "\r\n";
        print "$code\n\n" if $i % 90 == 5;           # twice
    }

    print "y" x 65, "\n", "a\tb\n", "\xff\n";        # not codes
'


send() {
    local node=$1 file=$2 sent lines

    sent=$(date +%s%3N)
    api "$node" POST "campaigns/$id/codes" --data-binary "@$file"
    lines=$(($(member added) + $(member duplicate) + $(member bad)))

    if [ "$status:$(member bad)" != 200:3 ] \
        || [ $lines != "$(LC_ALL=C grep -c '[^[:space:]]' "$file")" ]
    then
        fail "an upload: $status $answer"
        return 1
    fi

    echo "$sent $(date +%s%3N) $(member added) $file" >>"$files/uploads"
}


# nine tenths of it; what came of that is not told

break_off() {
    local sent before now was=-1

    sent=$(date +%s%3N)
    before=$(redis_cli hlen "rush:{$id}:codes")

    perl -MIO::Socket::UNIX -e "$broken" "$dir/$1/http.sock" \
        "/rush/campaigns/$id/codes" "$2" || fail 'no upload in part'

    while now=$(redis_cli hlen "rush:{$id}:codes"); [ "$now" != $was ]; do
        was=$now
        sleep 0.2
    done

    expect 'added before it broke' "$now" -gt "$before"
    echo "$sent $(date +%s%3N) $((now - before)) $2" >>"$files/uploads"
}


broken='
    my ($sock, $path, $file) = @ARGV;
    my $body = do { local (@ARGV, $/) = $file; <> };
    my $to   = IO::Socket::UNIX->new(Peer => $sock) or die "$sock: $!\n";

    print $to "POST $path HTTP/1.1\r\nHost: stress\r\nContent-Length: ",
              length $body, "\r\n\r\n", substr $body, 0, 0.9 * length $body;
    $to->flush();
    select undef, undef, undef, 0.2;
'


# waits till nothing is left, by the API, but not for ever

sold_out() {
    local i

    for ((i = 0; i < 40; i++)); do
        api $node GET "campaigns/$id"
        [ "$(member left)" != 0 ] || return 0
        sleep 0.05
    done
}


# waits till no code is left

dry() {
    local i

    for ((i = 0; i < 100; i++)); do
        [ "$(redis_cli llen "rush:{$id}:free")" != 0 ] || return 0
        sleep 0.05
    done
}


# what both nodes say of it; while it changes they need not know

consistent() {
    local one said

    for one in a b; do
        api $one GET "campaigns/$id/check"
        said=$(member consistent)

        [ "$said" = true ] || [ "$said:${1:-}" = null: ] \
            || fail "node $one: $status $answer"
    done
}


# ---- what came of it ----

figures() {
    local ups downs last opens

    read -r ups downs last < <(awk "$counts" "$files/changes")

    expect top-ups "$ups" = $((mores + races + uploads + 1))
    expect lowerings "$downs" = "$lesses"
    expect 'claims after the last change' \
        "$(ledger "\$1 == \"claim\" && \$2 > $last * 1000")" -gt 0
    expect 'redemptions of what was redeemed' \
        "$(ledger '$1 == "redeem" && $8 == 409')" -gt "$size"
    opens=$(awk '$1 == "opens" { print $2 }' "$files/audit")
    expect 'measured openings' "$opens" -ge $((ups + pauses))

    echo "        $id: $(ledger '$1 == "claim"') claims," \
        "$(redis_cli hget "rush:{$id}" seq) wins," \
        "$(ledger '$1 == "redeem" && $8 == 200') redeemed," \
        "$(ledger '($1 == "void" || $1 == "restock") && $8 == 200') void;" \
        "$ups top-ups, $downs lowerings, $uploads uploads, $pauses pauses"

    sed -n "s/^opened */        $id opens at /p" "$files/audit"
}


# how often the stock was raised and lowered, and the last change

counts='
    match($0, / stock=[0-9]+/) {
        n = substr($0, RSTART + 7, RLENGTH - 7) + 0
        if (NR > 1 && n > stock) ups++
        if (NR > 1 && n < stock) downs++
        stock = n
    }

    { last = $1 }

    END { print ups + 0, downs + 0, last }
'
