# Two nginx on one port, each with shared memory of its own.  Both get another
# binary while they sell.  Then the master of one is killed, whose workers live
# on, and one more is started beside them.  All that they share is Redis.

about='upgrades of the binary, and nginx started twice, on one port'

# shellcheck source=/dev/null
. "$top/util/lib/free-port.sh"

scenario() {
    local port orphans=() one

    port=$(free_port) || exit 2
    nginx=$(command -v "$nginx")
    server="listen 127.0.0.1:$port reuseport;" daemon=on
    targets=("127.0.0.1:$port")

    start
    campaign stock=5000 tries=1000 hold=10m

    tick() {
        case $1 in
            2) upgrade a ;;
            4) upgrade b ;;
            6) upgrade a ;;
            8) kill_master a ;;
            9) nginx_start c ;;
            13) kill -QUIT "${orphans[@]}" ;;
        esac
    }

    load --users 20000 --tries 3 --connections 64 --key try --retry \
        --per-request --rate 6000 --release 80 --ticks 16

    answered
    expect upgrades "$kills" = 3

    # by what the memory of each has counted
    unset 'masters[a]'
    for one in b c; do
        expect "wins by $one" "$(wins $one)" -gt 0
    done

    gone "${orphans[@]}"
    workers_settle 12
    audit
    logs
}


# a new master and its workers, then the old workers go, and their master

upgrade() {
    local old=${masters[$1]} i

    rm -f "$dir/$1/nginx.pid.oldbin"
    kill -USR2 "$old"

    for ((i = 0; i < 100; i++)); do
        [ ! -s "$dir/$1/nginx.pid" ] || [ ! -s "$dir/$1/nginx.pid.oldbin" ] \
            || break
        sleep 0.05
    done

    nginx_stray "$1"
    expect "another master of $1" "${masters[$1]}" != "$old"

    kill -WINCH "$old"
    sleep 0.5
    kill -QUIT "$old"
    gone "$old"
    kills=$((kills + 1))
}


kill_master() {
    mapfile -t orphans < <(ps -o pid= --ppid "${masters[$1]}" | tr -d ' ')
    strays+=("${orphans[@]}")
    kill -9 "${masters[$1]}"
}


gone() {
    local i

    for ((i = 0; i < 120; i++)); do
        kill -0 "$@" 2>/dev/null || return 0
        sleep 0.1
    done

    fail "still there: $*"
}


wins() {
    curl -s --unix-socket "$dir/$1/http.sock" http://stress/status \
        | grep -o '"won":[0-9]*' | awk -F: '{ n += $2 } END { print n + 0 }'
}
