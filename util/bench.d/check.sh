# Whether a run of util/bench may be believed: check_all looks at one answer
# of each kind, believe at what is in Redis.


expect() {
    [ "$2" = "$3" ] || die "$1: $2, and not $3"
}


# the answer to somebody new must be this: check NAME STATUS PATTERN

check() {
    users=$((users + 1))
    sample "$1" "$(printf 'oUpF8uMuAJO_M2pxb1Q9z%07d' "$users")"

    head -n 1 "$dir/sample.$1" | grep -q "^HTTP/1.1 $2 " \
        && grep -q "$3" "$dir/sample.$1" \
        || die "$1 answers $(tr '\r\n' '  ' <"$dir/sample.$1")"
}


# all runs, or those named: check_all [NAME]...

check_all() {
    local name

    [ $# -gt 0 ] || set -- "${names[@]}"

    for name in "$@"; do
        check_one "$name"
    done
}


check_one() {
    local won='^{"outcome":"won","campaign":"bench","ticket":'
    local coupon='^{"outcome":"won",.*,"code":"'

    case $1 in
        plain) check plain 200 "$won" ;;
        won) check won 200 "$won"; signed won rush: ;;
        peer | dict | node) check "$1" 200 "$won"; signed "$1" peer: ;;
        sequence | pool)
            check "$1" 200 "$coupon"
            signed "$1" rush:
            coded "$1"
            ;;
        out) check out 409 '^{"outcome":"sold_out","campaign":"gone",' ;;
        *_out) check "$1" 409 '^{"outcome":"sold_out","now":' ;;
        early) check early 425 '^{"outcome":"early","campaign":"soon",' ;;
        ended) check ended 410 '^{"outcome":"ended","campaign":"past",' ;;
        small | large)
            check "$1" 200 "^{\"outcome\":\"won\",\"campaign\":\"$1\""
            signed "$1" rush:
            ;;
        *_hot) links_check "$1" ;;
        redirect | scan* | peer_*) scan_check "$1" ;;
        *) check "$1" 200 '^{.*"outcome":"found"' ;;
    esac
}


# the ticket in an answer bears the right signature: signed NAME PREFIX

signed() {
    perl -MDigest::SHA=hmac_sha256_base64 -ne '
        BEGIN { ($prefix, $secret) = splice @ARGV, 0, 2 }

        my ($body, $signature) = /"ticket":"([^"]*)~k1~([^"]*)"/ or next;
        my $mac = hmac_sha256_base64("rush ticket\n$prefix\n$body", $secret);

        $mac =~ tr{+/}{-_};
        $good = $mac eq $signature;

        END { $? = !$good }
    ' "$2" "$SECRET" "$dir/sample.$1" || die "$1: a ticket is forged"
}


# Redis has as many wins as were answered, and at most one more a connection,
# whose answer wrk no longer waited for, and one of each check that was made of
# this campaign before, all of which are in "checked"; where there is a hold,
# it has as many holds: believe KEY ANSWERS CONNECTIONS [HELD]

believe() {
    local n
    won=$(redis_cli hget "$1" out)

    expect "tickets given, $1" "$(redis_cli hget "$1" seq)" "$won"
    expect "units held, $1" "$(redis_cli hget "$1" held)" "${4:-$won}"
    expect "users, $1" "$(($(redis_cli hlen "$1:users") - 1))" "$won"
    expect "events, $1" "$(redis_cli xlen "$1:events")" "$won"

    n=$((won - checked))

    if [ $n -lt "$2" ] || [ $n -gt $(($2 + $3)) ]; then
        die "$2 wins were answered, and $won are in Redis"
    fi
}


# nobody has won: lost KEY OUT

lost() {
    expect "out, $1" "$(redis_cli hget "$1" out)" "$2"
    expect "tickets given, $1" "$(redis_cli hget "$1" seq)" "$2"
    expect "events, $1" "$(redis_cli xlen "$1:events")" "$2"
}


# The answers had the length of the sample, but for numbers of fewer digits:
# as_long NAME BYTES ANSWERS

as_long() {
    local sample

    sample=$(wc -c <"$dir/sample.$1")

    [ $(($2 * 100)) -ge $((sample * $3 * 97)) ] \
        && [ $(($2 * 100)) -le $((sample * $3 * 103)) ] \
        || die "$1: answers of $(($2 / $3)) bytes, and not of $sample"
}
