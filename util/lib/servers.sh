# A Redis and an nginx that belong to one script, for util/demo and util/bench,
# which are of bash, set "top" and "me", and source this.
#
#   servers_dir        makes $dir, which is removed, with all that runs in it,
#                      when the script ends, however it ends
#   free_port          prints a port of 127.0.0.1 that nobody listens on
#   redis_start [OPTION VALUE]...
#                      Redis on $dir/redis.sock, its process is $redis
#   redis_cli ARG...   asks it
#   redis_info SECTION FIELD
#                      one value of INFO
#   nginx_start [SUB]  nginx with nginx.conf of $dir or $dir/SUB, which has
#                      "daemon off" and nginx.pid there; its process is $nginx
#   nginx_stop         ends it

# shellcheck source=/dev/null
. "$top/util/lib/free-port.sh"

module=$top/build/ngx_http_rush_module.so
dir= redis= nginx=


die() {
    echo "$me: $*" >&2
    exit 2
}


# a program that goes by either of two names

program() {
    command -v "$1" || command -v "${2:-$1}" \
        || die "no $1${2:+ and no $2}: run util/deps"
}


servers_dir() {
    dir=$(mktemp -d "${TMPDIR:-/tmp}/rush.XXXXXX") || die 'no directory'

    trap 'servers_end $?' EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM
}


# all that was started here: loads first, Redis last, so that none of them
# finds the others gone

servers_end() {
    local status=$1 pid

    trap - EXIT
    trap '' INT HUP TERM

    for pid in $(jobs -p); do
        case $pid in
            "$nginx" | "$redis") ;;
            *) end "$pid" ;;
        esac
    done

    end "$nginx"
    end "$redis"
    rm -rf "$dir"

    exit "$status"
}


# a process of ours, by force if it does not go within 2 seconds

end() {
    local i

    [ -n "$1" ] && kill "$1" 2>/dev/null || return 0

    for ((i = 0; i < 100; i++)); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.02
    done

    kill -9 "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}


redis_start() {
    local i server

    server=$(program redis-server valkey-server) || exit 2
    redis_client=$(program redis-cli valkey-cli) || exit 2

    "$server" --port 0 --unixsocket "$dir/redis.sock" --dir "$dir" \
        --save '' --logfile "$dir/redis.log" "$@" &

    redis=$!

    for ((i = 0; i < 200; i++)); do
        [ "$(redis_cli ping 2>/dev/null)" != PONG ] || return 0
        kill -0 "$redis" 2>/dev/null || break
        sleep 0.05
    done

    die "Redis does not start: $(tail -n 3 "$dir/redis.log")"
}


redis_cli() {
    "$redis_client" -s "$dir/redis.sock" "$@"
}


redis_info() {
    redis_cli info "$1" | tr -d '\r' | sed -n "s/^$2://p"
}


nginx_start() {
    local i server at=$dir${1:+/$1}

    server=$(program nginx) || exit 2
    [ -f "$module" ] || die "no $module: run make"

    "$server" -p "$at/" -c "$at/nginx.conf" -e "$at/error.log" \
        2>"$at/nginx.err" &

    nginx=$!

    for ((i = 0; i < 200; i++)); do
        [ ! -s "$at/nginx.pid" ] || return 0
        kill -0 "$nginx" 2>/dev/null || break
        sleep 0.05
    done

    die "nginx does not start: $(cat "$at/nginx.err")"
}


nginx_stop() {
    end "$nginx"
    nginx=
}
