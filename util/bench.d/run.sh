# The rates of util/bench: rates has rounds of runs, and one run is
#
#   run NAME CONNECTIONS [PATH]
#
# It puts figures under PATH, "connections/CONNECTIONS/NAME" if none is said:
#
#   rate            answers a second
#   worker, redis   CPU for an answer, us
#   wrk             CPU of wrk for it
#   busy            share of a core that the worker had
#   p50, p99        ms, as wrk saw them
#   commands, scripts
#                   that Redis ran a second, and EVALSHAs among them
#   batch           answers for an EVALSHA
#   bytes           that Redis' memory grew by for a ticket


rates() {
    local round n name

    bench_start

    for ((round = 1; round <= rounds; round++)); do
        for n in ${connections//,/ }; do
            check_all

            for name in "${names[@]}"; do
                progress "round $round of $rounds, $n connections: $name"
                run "$name" "$n"
            done
        done
    done

    check_all
}


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


# where the wins of a run are

key_of() {
    case $1 in
        won) echo 'rush:{bench}' ;;
        peer | dict | node) echo 'peer:{bench}' ;;
        sequence) echo 'rush:{drops}' ;;
        pool) echo 'rush:{codes}' ;;
        small | large) echo "rush:{$1}" ;;
    esac
}


prepare() {
    local key wait=1.2

    # whatever nginx remembers of a campaign that has changed is a second old
    # before the run
    case $1 in
        won | peer | dict | node) fresh; redis_idle ;;
        sequence) fresh_drops 1000000000; redis_idle ;;
        pool) fresh_codes $((seconds * POOL)); redis_idle ;;
        early) soon ;;
        scan_sticky) fresh_sticky; redis_idle ;;
        small) ;;
        *_hot) links_idle; wait=0 ;;
        *) wait=0.2 ;;
    esac

    sleep $wait
    check_all "$1"
    scan_before "$1"

    key=$(key_of "$1")
    checked=0
    [ -z "$key" ] || checked=$(redis_cli hget "$key" out)
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
        out | *_out | early | ended)
            expect "$1: answers over 399" "$status" "$requests" ;;
        *) expect "$1: other answers than 200" "$status" 0 ;;
    esac

    case $1 in
        won | peer | dict | node | small | large)
            believe "$(key_of "$1")" "$requests" "$2" ;;
        sequence) believe 'rush:{drops}' "$requests" "$2" 0 ;;
        pool) believe 'rush:{codes}' "$requests" "$2" 0; pool_fits ;;
        out) lost 'rush:{gone}' 1 ;;
        *_out) lost 'peer:{gone}' 1 ;;
        early) lost 'rush:{soon}' 0 ;;
        ended) lost 'rush:{past}' 0 ;;
        scan_hot) links_answered "$requests" "$2" ;;
        scan*) scan_verify "$1" "$requests" "$2" ;;
    esac
}


run() {
    local path method url script process w r memory at
    local done1 done2 sha1 sha2
    local requests us status errors bytes p50 p99 wrk won=

    at=${3:-connections/$2/$1}
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

    case $1 in
        won | sequence | scan_sticky)
            memory=$(($(redis_info memory used_memory) - memory))
            put "$at/bytes" "$memory / $((won - checked))"
            ;;
    esac

    check_all "$1"
    as_long "$1" "$bytes" "$requests"

    put "$at/rate" "$requests / $us * 1e6"
    put "$at/worker" "$w / $requests / 1e3"
    put "$at/wrk" "$wrk / $requests"
    put "$at/busy" "$w / $us / 1e3"
    put "$at/p50" "$p50 / 1e3"
    put "$at/p99" "$p99 / 1e3"

    # the first INFO counts as well
    put "$at/commands" "($done2 - $done1 - 1) / $us * 1e6"
    put "$at/scripts" "($sha2 - $sha1) / $us * 1e6"

    # of what asks no Redis, that is nginx looking after its campaigns
    [[ $1 == plain* || $1 == redirect* ]] \
        || put "$at/redis" "$r / $requests / 1e3"

    case $1 in
        won | sequence | pool | small | large | scan_sticky)
            put "$at/batch" "$requests / ($sha2 - $sha1)" ;;
    esac
}
