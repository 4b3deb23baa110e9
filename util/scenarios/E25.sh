# Rounds, each with a campaign of its own, which is audited and removed.  All
# along holds end and clients leave, and there is a fault each second or so, in
# an order that the seed says: it is written down before the first.  Workers
# are killed, and nginx is reloaded, at the first nginx only; those of the
# second live as long as the run, and must not grow.

about='faults of all kinds for half an hour, in an order of the seed'

# shellcheck disable=SC2034
long=yes

scenario() {
    local round=0 nth=0 faults samples=$dir/samples

    timeout=500ms
    make_plan
    start

    while [ $SECONDS -lt $((minutes * 60)) ] && [ -z "$failed" ]; do
        round=$((round + 1))
        sell_round
    done

    echo "        $round rounds, $nth faults:" \
        "$(head -n $nth "$faults" | sort | uniq -c | awk '{ print $2, $1 }' \
            | paste -sd, | sed 's/,/, /g')"

    stands
    logs 'exited on signal 9'
}


# more faults than there is time for

make_plan() {
    local i words=(kill kill redis reload stop more less none)

    faults=$dir/faults

    for ((i = 0; i < minutes * 120; i++)); do
        echo "${words[RANDOM % ${#words[@]}]}"
    done >"$faults"

    echo "        faults, in this order: $(head -n 24 "$faults" | paste -sd' ')"
}


tick() {
    nth=$((nth + 1))

    case $(sed -n "${nth}p" "$faults") in
        kill)   kill_worker ;;
        reload) nginx_reload a ;;
        more)   campaign stock=$((stock += 100)) ;;
        less)   campaign stock=$((stock -= 70)) ;;

        redis)
            redis_kill
            redis_start
            ;;

        stop)
            kill -STOP "$redis"
            sleep 1
            kill -CONT "$redis"
            ;;
    esac
}


kill_worker() {
    local first=${masters[a]}
    local -A masters=([a]=$first)

    worker_kill
}


# a campaign has a name of letters

sell_round() {
    local stock=800 begun=$SECONDS

    id=soak$(tr 0-9 a-j <<<"$round")
    files=$dir/$id
    mkdir "$files"
    touch "$files/ledger" "$files/load" "$files/audit"

    campaign stock=$stock tries=1000 hold=300ms

    load --users 4000 --tries 8 --connections 64 --key try --retry \
        --rate 2000 --path "/grab/$id" --timeout 1s --retry-wait 200ms \
        --abort 5 --drop 3 --confirm 2 --release 60 --settle-wait 0-500 \
        --settle-copies 2 --ticks 16

    answered
    holds_end
    workers_settle 12
    audit
    sample

    echo "        round $round: $(awk 'END { print NR }' "$files/ledger")" \
        "requests, $(redis_cli hget "rush:{$id}" seq) wins," \
        "$(tail -n 1 "$files/audit"), $((SECONDS - begun)) s;" \
        "$(tail -n 1 "$samples")"

    parts=("$files")
    [ -n "$failed" ] || clear_round
}


clear_round() {
    [ $SECONDS -lt $((minutes * 60)) ] || return

    "$top/util/campaign" -r "unix:$dir/redis.sock" del "$id" >/dev/null \
        || fail "$id cannot be removed"
    redis_cli bgrewriteaof >/dev/null
    rm -rf "$files"
}


# of what lives as long as the run, while nothing is asked: when, KB that its
# workers have for themselves, its descriptors, slots of its shared memory

sample() {
    local workers

    sleep 1
    mapfile -t workers < <(ps -o pid= --ppid "${masters[b]}" | tr -d ' ')

    echo "$SECONDS s:" \
        "$(memory "${workers[@]}") KB," \
        "$(descriptors "${workers[@]}" "${masters[@]}") descriptors," \
        "$(curl -s --unix-socket "$dir/b/http.sock" http://stress/status \
            | grep -o '"used":[0-9]*' \
            | awk -F: '{ n += $2 } END { print n }') slots" >>"$samples"
}


memory() {
    local pid

    for pid in "$@"; do
        cat "/proc/$pid/status"
    done | awk '$1 == "RssAnon:" { n += $2 } END { print n }'
}


descriptors() {
    local pid

    for pid in "$@"; do
        ls "/proc/$pid/fd"
    done | wc -l
}


# when the first rounds are over, all that is kept is there

stands() {
    local first last slope

    expect rounds $round -gt 4
    first=$(sed -n 1p "$samples" | awk '{ print $5 }')
    last=$(sed -n '$p' "$samples" | awk '{ print $5 }')
    slope=$(awk "$slope_of" "$samples")

    echo "        $first descriptors after the first round, $last after the" \
        "last; workers grow by $slope KB in an hour"
    expect 'descriptors in the end' "$last" = "$first"
    expect 'KB that workers grow by in an hour' "$slope" -lt 1024
}


# by least squares, from the third round on

slope_of='
    NR > 2 { n++; x += $1; y += $3; xx += $1 * $1; xy += $1 * $3 }
    END { printf "%d", 3600 * (n * xy - x * y) / (n * xx - x * x) }'
