# What COUPON must find, if it were so: faults of coupons are made in Redis, in
# what users were told, and in a copy of the play.

. "$top/util/scenarios/COUPON.sh"

about='faults of coupons that the audit must find'

scenario() {
    start

    drop pool more upload more
    pool
    told

    another
    drop sequence more
    fault codes true HSET 'rush:{sequence}' secret 0123456789abcdef

    another
    twice
    drop pool more
    audit_finds codes
    audit_finds sums

    echo 'audit: all faults found' >"$dir/audit"
}


# drop ID CHANGE...

drop() {
    id=$1
    shift
    short=yes
    sizes
    users=600 rate=1000 size=60 batch=200 stock=100
    plan=("$@")

    create
    sleep 0.8            # a loss before the first claim has no reason then

    load --users $users --tries 4 --connections 16 --rate $rate \
        --path "/grab/$id" --key half --drop 4 --retry --retry-wait 4ms \
        --redeem 30 --void 12 --restock 50 --by-code 50 \
        --void-path /refund --settle-copies 2 --settle-wait 0-100 \
        --ticks $((${#plan[@]} + 2))

    answered
    [ -n "$play" ] || audit
}


another() {
    redis_cli flushall >/dev/null
    rm -f "$dir"/ledger "$dir"/changes "$dir"/uploads
}


# fault CHECK SAID COMMAND...: the audit finds what this does to Redis, the API
# says of it that it is consistent or not (or "-"), and then Redis is as before

fault() {
    local check=$1 said=$2 key=$4 was
    shift 2

    redis_cli copy "$key" 'rush:{'"$id"'}:was' replace >/dev/null
    was=$(redis_cli "$@") || fail "$*"
    [[ $was != *ERR* ]] || fail "$*: $was"
    audit_finds "$check"

    api a GET "campaigns/$id/check"
    [ "$said" = - ] || [ "$(member consistent)" = "$said" ] \
        || fail "$*: $answer"

    redis_cli rename 'rush:{'"$id"'}:was' "$key" >/dev/null
}


pool() {
    local key='rush:{pool}' free user code owner record event

    free=$(redis_cli lindex "$key:free" 0)

    [ -n "$free" ] || fail 'no code is free'

    read -r user code < <(awk "$keeps" "$dir/ledger")

    owner=$(redis_cli hget "$key:codes" "$code")
    record=$(redis_cli hget "$key:users" "$user")

    fault codes false RPUSH "$key:free" "$free"
    fault codes false RPUSH "$key:free" "$code"
    fault codes false LPOP "$key:free"
    fault codes false HSET "$key:codes" "$code" ''
    fault codes false HSET "$key:codes" "$code" "nobody,${owner#*,}"
    fault codes false HDEL "$key:codes" "$code"
    fault codes false HSET "$key:codes" another ''
    fault codes false HSET "$key:users" "$user" "${record//$code/$free}"
    fault history false HSET "$key:users" "$user" "${record/,[id],/,w,}"
    fault sums false HINCRBY "$key" out 1
    fault sums false HINCRBY "$key" supply -1
    fault sums - HINCRBY "$key" void 1
    fault sums false HINCRBY "$key" total 1

    # shellcheck disable=SC2046
    event=$(redis_cli xrange "$key:events" - + | events redeemed)
    fault history true XADD "$key:events" '*' $event

    noted codes uploads 'eof and $_ = ""'
    noted codes uploads '$. == 2 and s/(\d+) (\d+)/$1 + 6e4 . " $2"/e'
    noted stock changes '$. > 1 and s/(\d+)/$1 + 6e4/e'
    noted lease changes '$. == 2 and s/(\d+)/$1 + 400/e'

    audit
}


# who has won, and does nothing with it, and one of his codes

keeps='
    $1 != "claim" { spent[$4] = 1 }
    $9 == "won" && $17 !~ /%/ { code[$4] = $17 }

    END {
        for (user in code) {
            if (!spent[user]) { print user, code[user]; exit }
        }
    }
'


# noted CHECK FILE PERL: what was noted of changes or uploads is not so

noted() {
    local file=$dir/$2

    cp "$file" "$file.was"
    perl -i -pe "$3" "$file"
    audit_finds "$1"
    mv "$file.was" "$file"
}


# the members of the first event with this word

events() {
    awk -v word="$1" '
        /^[0-9]+-[0-9]+$/ { if (found) exit; line = ""; next }
        { line = line " " $0; if ($0 == word) found = 1 }
        END { print line }'
}


told() {
    doctor codes '$F[8] eq "won" and $F[16] =~ s/.$/-/'
    doctor codes '$F[8] eq "again" and $F[16] = "-"'
    doctor codes '$F[17] =~ s/,(.*)/,$1x/'
    doctor redeem '$F[0] eq "redeem" and $F[7] == 409 and $F[7] = 200'
    doctor redeem '$F[0] eq "redeem" and $F[7] == 200 and $F[7] = 409'
    doctor redeem '$F[8] eq "redeemed" and $F[18] = "nobody"'
    doctor redeem '$F[8] eq "redeemed" and @F[12, 16] = @l;
                   @l = @F[9, 16] if $F[8] eq "won"'
    doctor settled '$F[0] eq "void" and $F[8] eq "void"
                    and $F[8] = "redeemed"'
    doctor opens '$F[8] eq "won" and $F[2] += 3e6; eof and $F[1] += 9e6'
    doctor wins '$F[8] eq "won" && !$done++ and $F[9] =~ s/~\d+~/~99999~/'
    doctor left '$first //= $F[1]; $F[8] eq "sold_out"
                 and @F[1, 2] = ($first - 2e5, $first - 1e5)'
}


# a play that gives the last code of a batch once more

twice() {
    local name

    play=$dir/twice.lua
    sed -e '/^-- @play/s/coupon/faulty/' \
        -e "/'LTRIM', free/s/(taken), /(taken - 1), /" \
        "$top/src/plays/coupon.lua" >"$play"

    for name in a b; do
        kill -TERM "${masters[$name]}"
        wait "${masters[$name]}"
        rm -f "$dir/$name/http.sock"
        nginx_start $name
    done
}
