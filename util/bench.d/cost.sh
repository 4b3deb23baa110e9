# Instructions of a request, by callgrind: those of the worker, and those of
# Redis for a win.  Unlike times they are the same on a busy machine.
#
# A count is the difference of two: for FEW rounds and for three times as many,
# of the same requests, so that what the process does by itself drops out, and
# start-up is in neither.  Figures are "cost/worker/NAME/instructions" and
# "batch", and "cost/redis/BATCH/instructions".

COST_ROUNDS=12          # of so many requests at once as there are connections
COST_BATCHES='1 16 64 128'
COST_WINS=1920


# callgrind stops counting for a moment, and writes what it has counted:
# instructions PID DIRECTORY, prints the number

instructions() {
    local i n

    n=$(find "$2" -name "callgrind.$1.*" | wc -l)

    callgrind_control -d "$1" >"$dir/control" 2>&1 \
        || die "callgrind_control fails: $(cat "$dir/control")"

    for ((i = 0; i < 200; i++)); do
        if [ "$(find "$2" -name "callgrind.$1.*" | wc -l)" -gt "$n" ]; then
            break
        fi

        sleep 0.05
    done

    find "$2" -name "callgrind.$1.*" -printf '%T@ %p\n' | sort -n | tail -n 1 \
        | cut -d ' ' -f 2 | xargs sed -n 's/^totals: //p'
}


cost() {
    bench_start
    cost_worker
    cost_redis
}


# a process under callgrind, in the background: grinded DIRECTORY COMMAND...

grinded() {
    local out=$1

    shift
    exec valgrind --tool=callgrind --callgrind-out-file="$out/callgrind.%p" \
        "$@" >"$out/valgrind" 2>&1
}


# nginx under callgrind, which is told what to do by the process it began with:
# so the master is the worker; sets port and worker

cost_nginx() {
    local i

    mkdir "$dir/cost"
    port=$(free_port) || exit 2
    conf rush 1 "$port" | sed '/^worker_processes/s/$/ master_process off;/' \
        >"$dir/cost/nginx.conf"
    cp "$dir/base.conf" "$dir/scan.conf" "$dir/cost/"

    grinded "$dir/cost" "$(program nginx)" -p "$dir/cost/" \
        -c "$dir/cost/nginx.conf" -e "$dir/cost/error.log" &

    worker=$!

    for ((i = 0; i < 600; i++)); do
        [ ! -s "$dir/cost/nginx.pid" ] || break
        kill -0 $worker 2>/dev/null || die "$(cat "$dir/cost/valgrind")"
        sleep 0.05
    done
}


cost_worker() {
    local n=1 name status

    nginx_stop
    cost_nginx

    # whatever is made at first has been made
    sleep 2
    cost_of plain 200 32

    while read -r name status connections; do
        progress "$name"
        cost_of "$name" "$status" "$connections" yes
    done <<'RUNS'
plain 200 32
won 200 60
won_many 200 200
out 409 32
early 425 32
ended 410 32
plain_get 200 32
state 200 32
redirect 302 32
scan 302 32
RUNS
}


# cost_of NAME STATUS CONNECTIONS [PUT]

cost_of() {
    local path method url script process sha1 sha2 one three k=$COST_ROUNDS

    target "${1%_many}"
    instructions "$worker" "$dir/cost" >/dev/null

    cost_ask "$2" "$3" $k
    one=$(instructions "$worker" "$dir/cost") || exit 2

    read -r _ sha1 < <(commands)
    cost_ask "$2" "$3" $((3 * k))
    three=$(instructions "$worker" "$dir/cost") || exit 2
    read -r _ sha2 < <(commands)

    [ -n "${4:-}" ] || return 0

    put "cost/worker/$1/instructions" "($three - $one) / (2 * $k * $3)"
    [[ $1 != won* ]] \
        || put "cost/worker/$1/batch" "3 * $k * $3 / ($sha2 - $sha1)"
}


cost_ask() {
    "$parts/ask" "$port" "$method" "$path" "$1" "$2" "$3" "$n" "$agent" \
        || die "$path is not answered as it must be"

    n=$((n + $2 * $3))
}


# Redis for a win, with no nginx: batches of these sizes, in a Redis of its own

cost_redis() {
    local server grind batch n=1 one three rounds

    server=$(program redis-server valkey-server) || exit 2
    end "$redis"
    mkdir "$dir/grind"

    grinded "$dir/grind" "$server" --port 0 --unixsocket "$dir/redis.sock" \
        --dir "$dir" --save '' --logfile "$dir/redis.log" &

    grind=$!

    for ((n = 0; n < 600; n++)); do
        [ "$(redis_cli ping 2>/dev/null)" != PONG ] || break
        sleep 0.05
    done

    for batch in $COST_BATCHES; do
        progress "Redis, $batch together"
        renew bench kind=sale stock=1000000000 hold=15m
        leased

        # not more than a second each
        rounds=$((COST_WINS / batch))
        [ $batch != 1 ] || rounds=200
        n=1

        cost_wins $rounds
        instructions $grind "$dir/grind" >/dev/null
        cost_wins $rounds
        one=$(instructions $grind "$dir/grind") || exit 2
        cost_wins $((3 * rounds))
        three=$(instructions $grind "$dir/grind") || exit 2

        put "cost/redis/$batch/instructions" \
            "($three - $one) / (2 * $rounds * $batch)"
    done

    end $grind
}


cost_wins() {
    "$parts/wins" "unix:$dir/redis.sock" bench "$n" $(($1 * batch)) "$batch" \
        || die 'no wins'

    n=$((n + $1 * batch))
}
