# Coupons of util/bench: codes uploaded, codes in answers looked at.
#
#   upload ID NUMBER         codes into the pool of a campaign
#   coded NAME               the code in $dir/sample.NAME is the right one
#   pool_lasted, pool_fits   after a run: what is left of the pool

# codes that a run of the pool has for each of its seconds, more than wrk can
# ask for
POOL=150000


upload() {
    local answer

    answer=$(awk -v n="$2" 'BEGIN {
        for (i = 1; i <= n; i++) printf "LIVE%012d\n", i
    }' | curl -sS --data-binary @- \
        "http://127.0.0.1:$port/rush/campaigns/$1/codes") || die 'no upload'

    grep -q "\"added\":$2,\"duplicate\":0,\"bad\":0" <<<"$answer" \
        || die "the upload is answered by $answer"

    expect "codes that are free, $1" "$(redis_cli llen "rush:{$1}:free")" "$2"
    expect "codes, $1" "$(redis_cli hlen "rush:{$1}:codes")" "$2"
}


# user, seq and code of answers in files: coupons_in FILE...

coupons_in() {
    cat "$@" | sed -n 's/.*"ticket":"[^~]*~[^~]*~\([^~]*\)~\([0-9]*\)~.*'`
        `'"code":"\([^"]*\)".*/\1 \2 \3/p'
}


# Reads lines of user, seq and code; fails at the first code that is not what
# the campaign's secret makes of seq: derived KEY

derived() {
    perl -MDigest::SHA=sha1_hex -ne '
        BEGIN { $secret = shift }

        my ($user, $seq, $code) = split;
        my $at   = $seq % 3;
        my $hash = sha1_hex($secret . ($seq - $at));
        my $must = substr($hash, $at * 12, 12) . sprintf "%04x", $seq;

        $code eq $must or print "$user has $code and not $must\n" and exit 1;
    ' "$(redis_cli hget "$1" secret)"
}


coded() {
    local line user seq code

    line=$(coupons_in "$dir/sample.$1")
    read -r user seq code <<<"$line"

    if [ "$1" = pool ]; then
        expect "owner of a code" \
            "$(redis_cli hget 'rush:{codes}:codes' "$code")" "$user,$seq"
    else
        derived 'rush:{drops}' <<<"$line" || die "$1: a code is wrong"
    fi
}


pool_lasted() {
    [ "$(redis_cli llen 'rush:{codes}:free')" != 0 ] \
        || die 'the pool ran dry: a larger POOL is needed'
}


# each ticket has taken a code off the list, and no code has gone

pool_fits() {
    local all

    all=$(redis_cli hlen 'rush:{codes}:codes')

    expect 'codes that are free' "$(redis_cli llen 'rush:{codes}:free')" \
        $((all - won))
    expect 'the supply' "$(redis_cli hget 'rush:{codes}' supply)" "$all"
}
