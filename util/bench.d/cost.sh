# Instructions of a request, by callgrind: those of the worker, and those of
# Redis for a win.  Unlike times they are nearly the same on a busy machine.
#
# A count is the difference of two: for some requests, and for three times as
# many, so that what comes once drops out; start-up is in neither.  What a
# process does by the clock is counted for a second after each, and taken off.
# Figures are "cost/worker/NAME/instructions" and "batch", and
# "cost/redis/BATCH/instructions".

COST_WINS=640

grind= grinds= ir= took= since=0


cost() {
    bench_start
    cost_worker
    cost_redis
}


# a process under callgrind, in the background: grinded COMMAND... sets grind,
# which is its id, and grinds, where the counts are

grinded() {
    grinds=$dir/grind.$1
    mkdir "$grinds"

    shift
    valgrind --tool=callgrind --callgrind-out-file="$grinds/callgrind.%p" \
        "$@" >"$grinds/valgrind" 2>&1 &

    grind=$!
}


# Callgrind writes what it has counted since it did so last, and goes on: sets
# ir to that, and took to the us since.

instructions() {
    local i n now

    n=$(find "$grinds" -name "callgrind.$grind.*" | wc -l)

    callgrind_control -d "$grind" >"$dir/control" 2>&1 \
        || die "callgrind_control fails: $(cat "$dir/control")"

    # parts are numbered from 1
    for ((i = 0; i < 500; i++)); do
        ! grep -qs '^totals: ' "$grinds/callgrind.$grind.$((n + 1))" || break
        sleep 0.02
    done

    now=${EPOCHREALTIME//[!0-9]/}
    took=$((now - since))
    since=$now

    ir=$(sed -n 's/^totals: //p' "$grinds/callgrind.$grind.$((n + 1))")
    [ -n "$ir" ] || die 'callgrind has not counted'
}


# What three times as many cost more than once: spent ROUNDS COMMAND..., which
# gets a number of rounds as its last argument; sets ir.  What the process does
# meanwhile by the clock it also does while it has nothing to do.

spent() {
    local rounds=$1 more time

    shift
    instructions
    "$@" "$rounds"
    instructions
    more=-$ir time=-$took

    "$@" $((3 * rounds))
    instructions
    more=$((ir + more)) time=$((took + time))

    sleep 0.5
    instructions
    ir=$((more - ir * time / took))
}


# nginx under callgrind, which is told what to do by the process it began with:
# so the master is the worker

cost_nginx() {
    local i

    mkdir "$dir/cost"
    port=$(free_port) || exit 2
    conf rush 1 "$port" | sed '/^worker_processes/s/$/ master_process off;/' \
        >"$dir/cost/nginx.conf"
    cp "$dir/base.conf" "$dir/scan.conf" "$dir/cost/"

    grinded nginx "$(program nginx)" -p "$dir/cost/" \
        -c "$dir/cost/nginx.conf" -e "$dir/cost/error.log"

    for ((i = 0; i < 600; i++)); do
        [ ! -s "$dir/cost/nginx.pid" ] || return 0
        kill -0 "$grind" 2>/dev/null || break
        sleep 0.05
    done

    die "nginx does not start: $(cat "$grinds/valgrind")"
}


cost_worker() {
    local n=1 name status conns times

    nginx_stop
    cost_nginx

    # whatever is made at first has been made
    sleep 2
    cost_ask plain 200 32 1

    while read -r name status conns times; do
        progress "$name"
        cost_of "$name" "$status" "$conns" "$times"
    done <<'RUNS'
plain 200 32 8
won 200 60 6
won_many 200 200 2
out 409 32 8
early 425 32 8
ended 410 32 8
plain_get 200 32 8
state 200 32 8
redirect 302 32 8
scan 302 32 8
RUNS

    end "$grind"
}


# cost_of NAME STATUS CONNECTIONS ROUNDS

cost_of() {
    local sha1 sha2

    # what memory may refuse it knows by then
    cost_ask "$1" "$2" "$3" 2

    read -r _ sha1 < <(commands)
    spent "$4" cost_ask "$1" "$2" "$3"
    read -r _ sha2 < <(commands)

    put "cost/worker/$1/instructions" "$ir / (2 * $3 * $4)"
    [[ $1 != won* ]] \
        || put "cost/worker/$1/batch" "4 * $3 * $4 / ($sha2 - $sha1)"
}


# cost_ask NAME STATUS CONNECTIONS ROUNDS

cost_ask() {
    local path method url script process as=()

    # as wrk does: only scans say who they are
    target "${1%_many}"
    [ $script = load.lua ] || as=("$agent")

    "$parts/ask" "$port" "$method" "$path" "$2" "$3" "$4" "$n" "${as[@]}" \
        || die "$path is not answered as it must be"

    n=$((n + $3 * $4))
}


# Redis for a win, with no nginx: batches of these sizes, in a Redis of its own

cost_redis() {
    local server batch i n rounds

    server=$(program redis-server valkey-server) || exit 2
    end "$redis"

    grinded redis "$server" --port 0 --unixsocket "$dir/redis.sock" \
        --dir "$dir" --save '' --logfile "$dir/redis.log"

    for ((i = 0; i < 600; i++)); do
        [ "$(redis_cli ping 2>/dev/null)" != PONG ] || break
        kill -0 "$grind" 2>/dev/null \
            || die "Redis does not start: $(cat "$grinds/valgrind")"
        sleep 0.05
    done

    for batch in 1 16 64 128; do
        progress "Redis, $batch together"
        renew bench kind=sale stock=1000000000 hold=15m
        leased

        rounds=$((COST_WINS / batch))
        [ $batch != 1 ] || rounds=60
        n=1

        # so many users that their hash is one
        "$parts/wins" "unix:$dir/redis.sock" bench 900000000 $COST_WINS \
            || die 'no wins'
        spent $rounds cost_wins
        put "cost/redis/$batch/instructions" "$ir / (2 * $rounds * $batch)"
    done

    end "$grind"
}


# cost_wins ROUNDS, each a batch

cost_wins() {
    "$parts/wins" "unix:$dir/redis.sock" bench "$n" $(($1 * batch)) "$batch" \
        || die 'no wins'

    n=$((n + $1 * batch))
}
