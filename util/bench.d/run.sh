# One run of util/bench: run NAME CONNECTIONS ROUND.  It adds a line to
# $dir/runs: name, connections, round, requests, us, worker ns, Redis ns,
# EVALSHAs, commands of Redis, bytes a ticket, p50 us, p99 us, CPU of wrk in
# us.


# what the kernel counted for all threads of processes, in ns: cpu PID...

cpu() {
    local pid

    for pid in "$@"; do
        cat /proc/"$pid"/task/*/schedstat
    done | awk '{ n += $1 } END { printf "%.0f", n }'
}


# all commands that Redis has run, and its EVALSHAs, both before this one

commands() {
    redis_cli info everything | tr -d '\r' | awk -F '[:=,]' '
        $1 == "total_commands_processed" { n = $2 }
        $1 == "cmdstat_evalsha" { e = $3 }
        END { printf "%.0f %.0f\n", n, e }'
}


# nothing is left to be freed in the background

redis_idle() {
    while [ "$(redis_info memory lazyfree_pending_objects)" != 0 ]; do
        sleep 0.1
    done
}


prepare() {
    case $1 in
        won | peer) fresh; redis_idle ;;
        sequence) fresh_drops 1000000000; redis_idle ;;
        pool) fresh_codes $((seconds * POOL)); redis_idle ;;
        early) soon ;;
        scan_sticky) fresh_sticky; redis_idle ;;
        *_hot) links_idle ;;
    esac

    # whatever nginx remembers of the campaign is a second old by then
    sleep 1.2
    check_all
    scan_before "$1"
}


# wrk fills $dir/wrk.out: drive CONNECTIONS, after target

drive() {
    local loader

    count=$((count + 1))
    [ $count -lt 1000 ] || die 'too many runs: users would come again'

    LUA_PATH="$parts/?.lua;;" wrk -t 1 -c "$1" -d "${seconds}s" --timeout 10s \
        -s "$parts/$script" "$url" -- "$method" "$path" "$count" \
        "$dir/agents" "$dir/hot" >"$dir/wrk.out" &

    loader=$!
    wait "$loader" || die 'wrk failed'
}


# reads $dir/wrk.out into the caller's variables

loaded() {
    read -r _ requests us status errors bytes p50 p99 wrk \
        < <(grep '^result ' "$dir/wrk.out") || die 'wrk says nothing'

    [ "$requests" != 0 ] || die 'wrk had no answer'
    expect 'errors of connections' "$errors" 0
}


# what was answered and what Redis has fit: verify NAME CONNECTIONS

verify() {
    [ "$1" != pool ] || pool_lasted

    case $1 in
        out | early) expect "$1: answers over 399" "$status" "$requests" ;;
        *) expect "$1: other answers than 200" "$status" 0 ;;
    esac

    case $1 in
        won) believe 'rush:{bench}' "$requests" "$2" ;;
        peer) believe 'peer:{bench}' "$requests" "$2" ;;
        sequence) believe 'rush:{drops}' "$requests" "$2" 0 ;;
        pool) believe 'rush:{codes}' "$requests" "$2" 0; pool_fits ;;
        out) lost 'rush:{gone}' 1 ;;
        early) lost 'rush:{soon}' 0 ;;
        scan_hot) links_answered "$requests" "$2" ;;
        scan*) scan_verify "$1" "$requests" "$2" ;;
    esac
}


run() {
    local path method url script process w r memory ticket=0
    local done1 done2 sha1 sha2
    local requests us status errors bytes p50 p99 wrk won=

    prepare "$1"
    target "$1"

    memory=$(redis_info memory used_memory)
    read -r done1 sha1 < <(commands)
    w=$(cpu "$process")
    r=$(cpu "$redis")

    drive "$2"

    w=$(($(cpu "$process") - w))
    r=$(($(cpu "$redis") - r))
    read -r done2 sha2 < <(commands)
    loaded

    # answers that wrk did not wait for are on their way
    sleep 0.3
    verify "$1" "$2"

    if [ -n "$won" ] && [ "$1" != peer ] && [ "$1" != pool ]; then
        ticket=$((($(redis_info memory used_memory) - memory) / won))
    fi

    check_all
    as_long "$1" "$bytes" "$requests"

    # the first INFO counts as well
    echo "$1 $2 $3 $requests $us $w $r $((sha2 - sha1))" \
        "$((done2 - done1 - 1)) $ticket $p50 $p99 $wrk" >>"$dir/runs"
}
