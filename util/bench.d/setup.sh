# What util/bench starts: Redis with the campaigns, nginx with Rush, and an
# nginx with the peer if a run needs it.  Their files stand beside this one.
#
#   bench_start              all of it
#   poll_start               what --poll needs: two workers, one campaign
#   crowd_start              what --coupons needs: Rush and the peer
#   target NAME              what a run asks and of whom: path, method, url,
#                            script of wrk and process are set for the caller
#   sample NAME USER         one answer, headers and body: $dir/sample.NAME
#   fresh                    sales where nobody has won yet
#   fresh_drops STOCK        coupons of a sequence, the same, the peer's too
#   fresh_codes NUMBER       coupons of a pool of so many codes, the same
#   soon                     a campaign that starts in an hour
#
# SECRET signs tickets with the key k1.

SECRET='the secret of a measurement'

worker= port= peer_worker= peer_port=
links_zone=16m


# a configuration: conf NAME WORKERS PORT

conf() {
    local user=

    [ "$(id -u)" != 0 ] || user="user $(id -un);"

    sed -e "s|@user@|$user|; s|@workers@|$2|; s|@port@|$3|" \
        -e "s|@links@|$links_zone|" \
        -e "s|@top@|$top|g; s|@dir@|$dir|g; s|@module@|$module|" \
        "$parts/$1.conf"
}


# campaign VERB ID MEMBER=VALUE...; prefix is that of its keys

campaign() {
    "$top/util/campaign" -r "unix:$dir/redis.sock" -p "${prefix:-rush:}" \
        "$@" >/dev/null || die 'no campaign'
}


# a campaign that nobody knows yet, whatever had its id: renew ID MEMBER...

renew() {
    [ "$(redis_cli exists "${prefix:-rush:}{$1}")" = 0 ] || campaign del "$1"
    campaign set "$@"
}


fresh() {
    local prefix

    for prefix in rush: peer:; do
        renew bench kind=sale stock=1000000000 hold=15m
    done
}


fresh_drops() {
    local prefix

    for prefix in rush: peer:; do
        renew drops kind=coupon "stock=$1"
    done
}


fresh_codes() {
    renew codes kind=coupon codes=pool stock=1000000000
    upload codes "$1"
}


soon() {
    campaign set soon kind=sale stock=1000000000 hold=15m \
        "starts=$((($(date +%s) + 3600) * 1000))"
}


# all paths are equally long: nginx reads them byte by byte

target() {
    method=POST url=http://127.0.0.1:$port/ process=$worker script=load.lua

    case $1 in
        *_hot) links_target "$1" ;;
        redirect | scan* | peer_ready | peer_rules | peer_ask)
            scan_target "$1" ;;
        won | peer) path=/claim ;;
        sequence | peer_sequence) path=/drops ;;
        pool) path=/codes ;;
        out) path=/empty ;;
        state) path=/state method=GET ;;
        plain_get) path=/fixed method=GET ;;
        *) path=/$1 ;;
    esac

    case $1 in
        peer*) url=http://127.0.0.1:$peer_port/ process=$peer_worker ;;
    esac
}


sample() {
    local path method url script process

    target "$1"

    curl -sS -i -X "$method" -A "$agent" -H "X-User: $2" \
        "${url%/}${path/\%s/$(head -n 1 "$dir/hot")}" \
        >"$dir/sample.$1" || die "no answer from nginx"
}


# a location that answers what a sample has: base NAME SAMPLE

base() {
    local path method url script process

    target "$1"
    echo "location = $path {"

    awk '
        { sub(/\r$/, "") }
        NR == 1 { next }
        $0 == "" { body = 1; next }
        body { print "return 200 '\''" $0 "'\'';"; next }

        /^(Server|Date|Content-Length|Connection):/ { next }
        /^Content-Type: / { sub(/^[^ ]* /, ""); print "default_type " $0 ";" }
        /^[^ ]*: / {
            name = $1
            sub(/:$/, "", name)
            sub(/^[^ ]* /, "")
            gsub(/"/, "\\\"")
            print "add_header " name " \"" $0 "\";"
        }' "$dir/sample.$2"

    echo '}'
}


# the workers of an nginx, when all of them are there: workers PID NUMBER

workers() {
    local i list

    for ((i = 0; i < 100; i++)); do
        list=$(ps -o pid= --ppid "$1" | tr -d ' ')

        if [ "$(wc -w <<<"$list")" = "$2" ]; then
            echo "$list"
            return
        fi

        sleep 0.02
    done

    die 'no worker'
}


peer_start() {
    mkdir "$dir/peer"
    peer_port=$(free_port) || exit 2
    conf peer 1 "$peer_port" >"$dir/peer/nginx.conf"

    LD_LIBRARY_PATH=$top/build/peer/lib nginx_start peer
    peer_worker=$(workers "$nginx" 1) || exit 2
}


# keys and Redis, which all need

redis_ready() {
    agents
    : >"$dir/scan.conf"

    (umask 077; echo "k1:$SECRET" >"$dir/keys")

    redis_start --appendonly no --tcp-backlog 4096
    campaign set shown kind=sale stock=1000000000 hold=15m
}


bench_start() {
    redis_ready
    campaign set gone kind=sale stock=1 hold=1d
    fresh
    fresh_drops 1000000000
    soon

    [[ " ${names[*]} " != *' peer'* ]] || peer_start

    port=$(free_port) || exit 2
    conf rush 1 "$port" >"$dir/nginx.conf"
    cp "$parts/scan.conf" "$dir/"
    : >"$dir/base.conf"
    nginx_start

    # most answers of a run have a number of six digits
    redis_cli hset 'rush:{bench}' seq 123456 >/dev/null
    sample won oUpF8uMuAJO_M2pxb1Q9zN000000
    sample out oUpF8uMuAJO_M2pxb1Q9zN000000
    sample state oUpF8uMuAJO_M2pxb1Q9zN000000
    nginx_stop

    { base plain won; base plain_get state; } >"$dir/base.conf"
    nginx_start
    worker=$(workers "$nginx" 1) || exit 2

    fresh_codes 1000
    scan_start
}


# Rush alone, without "return 200": rush_start WORKERS

rush_start() {
    port=$(free_port) || exit 2
    conf rush "$1" "$port" >"$dir/nginx.conf"
    : >"$dir/base.conf"
    nginx_start
    worker=$(workers "$nginx" "$1") || exit 2
}


poll_start() {
    redis_ready
    rush_start 2
}


crowd_start() {
    redis_ready
    peer_start
    rush_start 1
}
