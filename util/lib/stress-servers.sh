# What util/stress runs: Redis and two nginx on Unix sockets in $dir, and what
# is done to them.  It sources this, and says what the variables are; none of
# these functions knows a scenario.


# ---- Redis ----

# redis_start [OPTION VALUE]...

redis_start() {
    local i

    [ $# -eq 0 ] || redis_options=("$@")

    "$redis_server" --port 0 --unixsocket "$dir/redis.sock" --dir "$dir" \
        --save '' --appendonly yes --appendfsync always \
        --slowlog-max-len 100000 \
        --logfile "$dir/redis.log" "${redis_options[@]}" &

    redis=$!

    for ((i = 0; i < 200; i++)); do
        [ "$(redis_cli ping 2>/dev/null)" != PONG ] || return 0
        sleep 0.05
    done

    die "Redis does not start: $(tail -n 3 "$dir/redis.log")"
}


redis_cli() {
    "$redis_client" -s "$dir/redis.sock" "$@"
}


# what took it 10 ms or more, which it forgets when it dies

redis_slow() {
    perl -I "$top/util/lib" -MRush::Redis -e '
        my $redis = Rush::Redis->new($ARGV[0]);

        print "$_->[1] $_->[2]\n" for @{$redis->call(qw(SLOWLOG GET -1))};
        $redis->call(qw(SLOWLOG RESET));
    ' "unix:$dir/redis.sock" >>"$dir/slow"
}


redis_kill() {
    redis_slow
    kill -9 "$redis"
    wait "$redis" 2>/dev/null
    redis=
}


# ---- nginx ----

# nginx_start NAME: a is the first, b the second; with "daemon on", it is a
# stray

nginx_start() {
    local name=$1 i

    mkdir -p "$dir/$name"
    rm -f "$dir/$name/nginx.pid"
    nginx_conf "$name" >"$dir/$name/nginx.conf"

    "$nginx" -p "$dir/$name/" -c "$dir/$name/nginx.conf" \
        -e "$dir/$name/error.log" &

    masters[$name]=$!

    for ((i = 0; i < 200; i++)); do
        [ ! -s "$dir/$name/nginx.pid" ] || break
        [ $daemon = on ] || kill -0 "${masters[$name]}" 2>/dev/null || break
        sleep 0.05
    done

    [ -s "$dir/$name/nginx.pid" ] \
        || die "nginx does not start: $(tail -n 3 "$dir/$name/error.log")"

    [ $daemon = off ] || nginx_stray "$name"
}


# the master that its file names, which is no child of ours

nginx_stray() {
    masters[$1]=$(cat "$dir/$1/nginx.pid")
    strays+=("${masters[$1]}")
}


nginx_conf() {
    local here=$dir/$1

    [ "$(id -u)" != 0 ] || echo "user $(id -un);"
    [ -n "$static" ] || echo "load_module $module;"

    cat <<END
daemon $daemon;
worker_processes $workers;
worker_shutdown_timeout 10s;
pid $here/nginx.pid;

events {
    worker_connections 8192;
}

http {
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path $here/body;
    proxy_temp_path $here/proxy;
    fastcgi_temp_path $here/fastcgi;
    uwsgi_temp_path $here/uwsgi;
    scgi_temp_path $here/scgi;

    rush_redis main {
        server unix:$dir/$asked.sock;
        timeout $timeout;
        $redis_lines
    }

    rush_secret_file $dir/keys;
    ${play:+rush_play faulty $play;}
    $http

    server {
        listen unix:$here/http.sock backlog=4096;
        $server

        rush_user \$http_x_user;
        rush_units \$arg_units;
        rush_item \$arg_item;

        location = /grab { rush_claim stress; }
        location = /mine { rush_result stress; }
        location = /paid { rush_confirm; }
        location = /cancel { rush_release; }
        location = /refund { rush_void; }
        location = /status { rush_status; }

        location ~ ^/grab/(?<drop>[a-z]+)\$ { rush_claim \$drop; }

        location ~ ^/q/(?<code>[^/]+)\$ {
            rush_scan_hosts m\\.example\\.com;
            rush_scan \$code;
        }

        location = /redeem {
            rush_ref \$http_idempotency_key;
            rush_redeem;
        }

        location /rush/ {
            client_max_body_size 0;
            rush_api;
        }
    }
}
END
}


nginx_reload() {
    kill -HUP "${masters[$1]}"
    reloads=$((reloads + 1))
}


# the workers of all

nginx_workers() {
    local pid

    for pid in "${masters[@]}"; do
        ps -o stat= -o pid= --ppid "$pid"
    done | awk '$1 !~ /^Z/ { print $2 }'
}


worker_kill() {
    local pids i

    # an old worker may go by itself meanwhile

    for ((i = 0; i < 50; i++)); do
        mapfile -t pids < <(nginx_workers)

        if [ ${#pids[@]} -gt 0 ] \
            && kill -9 "${pids[RANDOM % ${#pids[@]}]}" 2>/dev/null
        then
            kills=$((kills + 1))
            deaths=$((deaths + 1))
            return
        fi

        sleep 0.02
    done
}
