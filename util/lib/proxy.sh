# The proxy of util/stress, between nginx and Redis: build/respproxy, which
# tells what orders there are when it is called with nothing.
#
#   proxy_start          before start(): nginx asks Redis through it
#   proxy ORDER...       each a word, as 'lose left 50'; returns when they are
#                        in force
#   proxy_count NAME     one of its counters


proxy_start() {
    local i

    asked=proxy
    mkfifo "$dir/orders"

    "$top/build/respproxy" --seed "$seed" "$dir/proxy.sock" \
        "$dir/redis.sock" "$dir/orders" "$dir/counters" &

    proxy=$!

    for ((i = 0; i < 200; i++)); do
        [ ! -f "$dir/counters" ] || return 0
        sleep 0.05
    done

    die 'the proxy does not start'
}


proxy() {
    local order n=$(($(proxy_told said) + $#))

    for order in "$@"; do
        kill -0 "$proxy" 2>/dev/null || die 'the proxy is gone'
        echo "$order" >"$dir/orders"
    done

    while [ "$(proxy_told said)" -lt $n ]; do
        kill -0 "$proxy" 2>/dev/null || die 'the proxy is gone'
        sleep 0.01
    done
}


proxy_count() {
    proxy tell
    proxy_told "$1"
}


# as of the last order

proxy_told() {
    awk -v name="$1" '$1 == name { print $2 }' "$dir/counters"
}
