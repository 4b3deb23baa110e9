# Links on two nginx: a pool with caps and one without, a max that is raised,
# tills that bring customers, and news that change all along, while workers are
# killed, nginx is reloaded and Redis restarted.

about='scans: pools, max, refs, counts and changes under faults'

# shellcheck source=/dev/null
. "$top/util/lib/stress-links.sh"

scenario() {
    sizes
    make_plan
    start
    make_links

    load --scan --path /q --items "$codes" --users "$users" --tries "$tries" \
        --connections 64 --rate "$rate" --retry --retry-wait 20ms --abort 1 \
        --ticks ${#plan[@]}

    answered
    expect kills "$kills" = "$faults"
    note kills "$kills"
    workers_settle 12
    sleep 1.5
    stats
    audit
    figures
    controls
    logs 'exited on signal 9'
}


sizes() {
    users=7000 tries=6 rate=2400 cap=300 max=2500 more=1500 faults=6

    [ -z "$short" ] || users=1300 tries=4 rate=2000 cap=40 max=300 more=100 \
        faults=2

    codes=pool,even,few,till-1,till-2,till-3,till-4,news version=1
}


# what is done, in a random order, and the rest of the time there are news;
# Redis goes in the middle, and is left alone around that

make_plan() {
    local i k n swap

    plan=()

    for ((i = 0; i < faults; i++)); do
        plan+=(worker_kill)
        [ $((i % 2)) = 0 ] || plan+=(reload)
        plan+=(order counted)
    done

    n=${#plan[@]}

    for ((i = n - 1; i > 0; i--)); do
        k=$((RANDOM % (i + 1)))
        swap=${plan[i]}
        plan[i]=${plan[k]}
        plan[k]=$swap
    done

    k=$((n / 2))
    plan=("${plan[@]:0:k}" news : restart_redis : raise
          "${plan[@]:k}" news)
}


tick() {
    ${plan[$1 - 1]}

    case ${plan[$1 - 1]} in
        worker_kill | reload | order) news ;;
    esac
}


pool() {
    link PUT pool "{\"rules\":[{\"sticky\":true,\"pick\":\"$2\",
        \"pool\":$(places "$1" ",\"cap\":$cap" pool)}],
        \"fallback\":$(target pool-none)}"
}


even() {
    link PUT even "{\"rules\":[{\"sticky\":true,\"pick\":\"rotate\",
        \"pool\":$(places "$1" '' even)}]}"
}


make_links() {
    local i

    note pool pool "$cap" 8
    note sticky even 8
    note max few "$max"
    note news news

    pool 0 fill
    even 0
    link PUT few "{\"rules\":[{\"to\":$(target few)}],\"max\":$max,
        \"after\":$(target few-after)}"
    link PUT news "{\"fallback\":$(target news-1)}"

    for i in 1 2 3 4; do
        note ref "till-$i" "cashier-$i"
        link PUT "till-$i" "{\"fallback\":$(target "till-$i"),
            \"ref\":\"cashier-$i\"}"
    done

    # both know that there are changes to be heard of
    sleep 1
}


# ---- what is done meanwhile ----

reload() {
    pick
    nginx_reload $node
}


# changed CODE FROM N, just now, by $node

changed() {
    local address=0

    [ "$node" = a ] || address=1
    note change "$1" "$address" "$2" "$(now)" "$3"
}


news() {
    local from

    from=$(now)
    version=$((version + 1))
    link PUT news "{\"fallback\":$(target "news-$version")}"
    changed news "$from" "$version"
}


raise() {
    local from

    from=$(now)
    link PATCH few "{\"max\":$((max + more))}"
    changed few "$from" $((max + more))
}


# the same targets in another order, or picked in another way

order() {
    local ways=(fill rotate weight)

    pool $((RANDOM % 8)) "${ways[RANDOM % 3]}"
    even $((RANDOM % 8))
}


restart_redis() {
    local from

    from=$(now)
    redis_kill
    sleep 0.3
    redis_start
    # till all workers have connected
    note away "$from" $(($(now) + 1500))
}


counted() {
    pick
    stats_by "$node"
}


# ---- what came of it ----

figures() {
    expect 'led to the fallback of the pool' \
        "$(ledger '$17 ~ /pool-none/')" -gt 0
    expect 'led elsewhere after max' "$(ledger '$17 ~ /few-after/')" -gt 0
    expect 'scans without an answer' "$(ledger '$8 == 0')" -gt 0
    expect news "$version" -gt 3

    echo "        $(ledger '$8 == 200') led on, $(ledger '$8 == 503') told to" \
        "wait, $(ledger '$8 == 0') lost;" \
        "$(redis_cli hlen 'rush:link:{pool}:users') places of a pool," \
        "$(redis_cli hget 'rush:link:{few}:pool' max) of max," \
        "$(redis_cli xlen 'rush:refs:{refs}:events') bound, $version news"
}


# The audit proves something only if it sees faults: in what was told, and in
# what Redis has.

controls() {
    cp "$files/audit" "$files/audit.clean"

    doctor answers,sticky,max,news '
        $F[16] =~ s/till-2$/till-9/;
        $F[16] =~ s/even-1$/even-2/ if rand() < 0.5;
        $F[16] =~ s/few-after$/few/;
        $F[16] =~ s/news-[0-9]+$/news-1/'

    doctor sticky,counts,seen '
        $F[16] =~ s/pool-1$/pool-2/ if rand() < 0.5;
        $F[7] = 503 if $F[6] eq "news";
        $F[3] = "u0" if $F[6] eq "till-1" && rand() < 0.5'

    doctor caps,rising '
        $F[16] =~ s/pool-none$/pool-3/;
        $F[1] += 60e6 if $F[6] eq "even"'

    spoil hincrby 'rush:link:{pool}:pool' \
        "$(redis_cli hkeys 'rush:link:{pool}:pool' | head -n 1)" 1
    spoil hincrby 'rush:link:{few}:pool' max 100000
    spoil xdel 'rush:refs:{refs}:events' \
        "$(redis_cli xrange 'rush:refs:{refs}:events' - + count 1 | head -n 1)"
    audit_finds caps,max,books

    spoil hdel 'rush:refs:{refs}:users' \
        "$(awk '$7 == "till-2" && $8 == 200 { print $4; exit }' \
            "$files/ledger")"
    audit_finds bound

    mv "$files/audit.clean" "$files/audit"
}


spoil() {
    redis_cli "$@" >/dev/null
}
