# What scenarios of util/stress call: campaigns, load, and what must hold
# after it.  They are sourced after this, and may define tick() anew.


# Redis, two nginx

start() {
    (umask 077; echo 'k1:stress secret of sixteen' >"$dir/keys")

    redis_start "$@"
    nginx_start a
    nginx_start b
}


# campaign MEMBER=VALUE..., times as ms since 1970: the auditor reads it, too

campaign() {
    local told

    told=$("${tools:-$top}/util/campaign" -r "unix:$dir/redis.sock" \
        ${play:+-P "$play"} set "$id" \
        kind="$([ -n "$play" ] && echo faulty || echo "$sort")" "$@") \
        || die "no campaign"

    echo "${told##* } $*" >>"$files/changes"
}


# api NODE METHOD PATH [OPTION OF CURL]...: the answer is left in $answer, its
# status in $status

api() {
    local sock=$dir/$1/http.sock method=$2 path=$3
    shift 3

    answer=$(curl -s --max-time 60 --unix-socket "$sock" -X "$method" \
        -w '\n%{http_code}' "$@" "http://stress/rush/$path")

    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
}


# a number or a word of an answer

member() {
    sed -n "s/.*\"$1\":\([^],}]*\).*/\1/p" <<<"$answer"
}


# a number of rush_status, of all nginx

counted() {
    local name

    for name in "${!masters[@]}"; do
        curl -s --unix-socket "$dir/$name/http.sock" http://stress/status
    done | grep -o "\"$1\":[0-9]*" | awk -F: '{ n += $2 } END { print n + 0 }'
}


# api_campaign NODE METHOD MEMBER=VALUE...: makes or changes $id, and notes it

api_campaign() {
    local node=$1 method=$2 one body=
    shift 2

    for one in "$@"; do
        body="$body,\"${one%%=*}\":${one#*=}"
    done

    api "$node" "$method" "campaigns/$id" "${conditions[@]}" \
        -d "{${body#,}}"

    [ "$status" != 200 ] && [ "$status" != 201 ] && return 1

    echo "$(member version) $*" >>"$files/changes"
}


# Claims; lines "tick N" become calls of tick N.  The status of claimload is
# left in $loaded.

load() {
    local line= part status loader

    rm -f "$files/fifo"
    mkfifo "$files/fifo"

    [ ${#targets[@]} -gt 0 ] \
        || targets=("unix:$dir/a/http.sock" "unix:$dir/b/http.sock")

    "$claimload" --seed "$seed" --ledger "$files/ledger" "$@" \
        "${targets[@]}" >"$files/fifo" &

    loader=$!

    # with a time-out, so that signals are seen; it may cut a line in two

    while true; do
        IFS= read -t 1 -r part
        status=$?
        line=$line$part

        [ $status -le 128 ] || continue
        [ $status = 0 ] || break

        case $line in
            'tick '*) tick "${line#tick }" ;;
            *)        echo "$line" >>"$files/load" ;;
        esac

        line=
    done <"$files/fifo"

    wait "$loader"
    loaded=$?

    [ "$loaded" != 2 ] || die 'claimload failed'
}


tick() {
    :
}


# either of the two nginx; not in a subshell, where $RANDOM begins anew

pick() {
    node=a
    [ $((RANDOM % 2)) = 0 ] || node=b
}


# is true: expect WHAT TEST...

expect() {
    local what=$1
    shift

    test "$@" || fail "$what: not $*"
}


fail() {
    say "$name: $*"
    failed=1
}


# every try came to an end

answered() {
    expect 'tries without an answer' "$loaded" = 0
}


# lines of the ledger for which an expression of awk holds

ledger() {
    awk "$1 { n++ } END { print n + 0 }" "$files/ledger"
}


audit() {
    if ! auditor "$@" "$files/ledger"; then
        fail 'the audit is not clean'
        cat "$files/audit"
    fi
}


# all run on one machine, and by one clock

auditor() {
    [ ! -f "$files/uploads" ] || set -- --uploads "$files/uploads" "$@"

    redis_slow

    "$top/util/audit" --redis "unix:$dir/redis.sock" --campaign "$id" \
        --changes "$files/changes" --slow "$dir/slow" --clock 0 \
        "$@" >"$files/audit" 2>&1
}


# audit_finds CHECK,... [LEDGER]: it must have problems of these kinds

audit_finds() {
    local check

    auditor "${2:-$files/ledger}"

    for check in ${1//,/ }; do
        if ! awk -v check="$check" '$1 == check && $3 > 0 { found = 1 }
                                    END { exit !found }' "$files/audit"
        then
            fail "the audit does not find the fault, $check"
            cat "$files/audit"
        fi
    done
}


# doctor CHECK,... PERL: the audit must find what that does to each line, @F are
# its columns

doctor() {
    perl -lane "$2;"' print "@F"' "$files/ledger" >"$files/doctored"
    audit_finds "$1" "$files/doctored"
}


# old workers are gone, and new ones are there, in so many seconds

workers_settle() {
    local i n

    for ((i = 0; i < $1 * 10; i++)); do
        n=$(nginx_workers | wc -l)
        [ "$n" != $((workers * ${#masters[@]})) ] || return
        sleep 0.1
    done

    fail "$n workers, not $((workers * ${#masters[@]})), after $1 s"
}


# no unit is held any more; the sweep comes once a second

holds_end() {
    local i

    for ((i = 0; i < 50; i++)); do
        [ "$(redis_cli hget "rush:{$id}" held)" != 0 ] || return
        sleep 0.1
    done

    fail "$(redis_cli hget "rush:{$id}" held) units are held after 5 s"
}


# no line in error.log of these levels, but those that are expected, and that a
# lock was held by a worker that was killed, and by no other

logs() {
    local found

    found=$(cat "$dir"/*/error.log | grep -E '\[(alert|crit|emerg)\]' \
            | awk '/ exited on signal 9$/ { killed[$(NF - 4)] = 1 }
                   / was locked by [0-9]+$/ && killed[$NF] { next }
                   { print }' \
            | grep -vE "${1:-^$}")

    [ -z "$found" ] || fail "error.log: $(head -n 5 <<<"$found")"

    # sanitizers; nginx itself leaves its connections when it exits

    found=$(cat "$dir"/*/error.log | awk '
        /detected memory leaks/ { leaks = 1 }
        /ERROR: AddressSanitizer|runtime error:/ { print }
        leaks && / in (ngx_http_rush|redis|yajl)/ { print }')

    [ -z "$found" ] || fail "error.log: $(head -n 5 <<<"$found")"
}
