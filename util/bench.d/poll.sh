# util/bench --poll: what rush_state costs Redis while many clients poll it.

POLL_MOST=10               # commands a second


# commands that Redis has counted: each name and its number

counted() {
    redis_cli info commandstats | tr -d '\r' \
        | sed -n 's/^cmdstat_\([^:]*\):calls=\([0-9]*\),.*/\1 \2/p'
}


# INFO counts what scripts call, too; MONITOR tells which that were

monitor_start() {
    local i

    "$redis_client" -s "$dir/redis.sock" monitor >"$dir/monitor" &
    monitor=$!

    for ((i = 0; i < 100; i++)); do
        [ ! -s "$dir/monitor" ] || return 0
        sleep 0.02
    done

    die 'Redis does not answer MONITOR'
}


# each command that came over the wire, and its number: those in $dir/after
# that are not in $dir/before, nor in scripts, nor ours

wire() {
    awk '
        FILENAME ~ /before$/ { n[$1] -= $2; next }
        FILENAME ~ /after$/ { n[$1] += $2; next }
        $3 == "lua]" {
            name = tolower($4)
            gsub(/"/, "", name)
            n[name]--
        }
        END {
            n["info"]--

            for (name in n)
                if (n[name] > 0)
                    print n[name], name
        }' "$dir/before" "$dir/after" "$dir/monitor" | sort -rn
}


# wrk with all that is counted around it; each worker must have had its share

poll_drive() {
    local pid w monitor before=()

    monitor_start

    for pid in $process; do
        before+=("$(cpu "$pid")")
    done

    counted >"$dir/before"
    drive "$1"
    counted >"$dir/after"
    kill "$monitor"
    wait "$monitor" 2>/dev/null

    for pid in $process; do
        w=$(($(cpu "$pid") - before[0]))
        before=("${before[@]:1}")

        # one percent of the time
        [ "$w" -gt $((seconds * 10000000)) ] || die 'a worker had no work'
    done
}


# poll CONNECTIONS: exits 1 if Redis had too many commands

poll() {
    local path method url process total
    local requests us status errors bytes p50 p99 wrk

    prepare state
    target state
    poll_drive "$1"
    loaded
    verify state "$1"
    check_all
    as_long state "$bytes" "$requests"

    wire >"$dir/wire"
    total=$(awk '{ n += $1 } END { print n + 0 }' "$dir/wire")

    echo "$requests answers in $seconds s, $1 connections, 2 workers"

    awk -v s="$seconds" '
        { n += $1; printf "%8.1f %s a second\n", $1 / s, $2 }
        END { printf "%8.1f all\n", n / s }' "$dir/wire"

    [ "$total" -le $((POLL_MOST * seconds)) ] || {
        echo "$me: over $POLL_MOST commands a second" >&2
        exit 1
    }
}
