# What util/bench starts: Redis with the campaigns, nginx with Rush, and an
# nginx or a Node.js with a peer if a run needs it.  Their files stand beside
# this one.
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

worker= port= peer_worker= peer_port= node_worker= node_port=
links_zone=16m open_most=4096


# a configuration: conf NAME WORKERS PORT

conf() {
    local user=

    [ "$(id -u)" != 0 ] || user="user $(id -un);"

    sed -e "s|@user@|$user|; s|@workers@|$2|; s|@port@|$3|" \
        -e "s|@links@|$links_zone|; s|@slots@|$open_most|" \
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


# a campaign is closed at first where one of its id was: a lease may be about

leased() {
    sleep 0.6
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


# campaigns that have nothing to give: all sold, not begun, over

nothing() {
    local prefix

    soon
    campaign set past kind=sale stock=1000000000 hold=15m \
        "starts=$((($(date +%s) - 7200) * 1000))" \
        "ends=$((($(date +%s) - 3600) * 1000))"

    for prefix in rush: peer:; do
        renew gone kind=sale stock=1 hold=1d
    done
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
        won | peer | node) path=/claim ;;
        dict) path=/guard ;;
        sequence | peer_sequence) path=/drops ;;
        pool) path=/codes ;;
        out | peer_out | node_out) path=/empty ;;
        dict_out) path=/doors ;;
        state) path=/state method=GET ;;
        plain_get) path=/fixed method=GET ;;
        *) path=/$1 ;;
    esac

    case $1 in
        peer* | dict*)
            url=http://127.0.0.1:$peer_port/ process=$peer_worker ;;
        node*) url=http://127.0.0.1:$node_port/ process=$node_worker ;;
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


node_start() {
    local i

    node_port=$(free_port) || exit 2

    NODE_ENV=production NODE_PATH=$top/build/peer-node/node_modules \
        node "$parts/node/server.js" "$node_port" "$dir/redis.sock" \
        "$dir/keys" "$parts/peer-claim.lua" >"$dir/node.out" 2>&1 &

    node_worker=$!

    for ((i = 0; i < 200; i++)); do
        ! grep -qs '^listening' "$dir/node.out" || break
        kill -0 "$node_worker" 2>/dev/null \
            || die "Node.js does not start: $(cat "$dir/node.out")"
        sleep 0.05
    done

    # V8 compiles what has run often
    "$parts/ask" "$node_port" POST /claim 200 64 250 1 \
        || die 'Node.js does not answer'
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
    nothing
    fresh
    fresh_drops 1000000000

    ! wanted peer dict || peer_start
    ! wanted node || node_start

    port=$(free_port) || exit 2
    conf rush 1 "$port" >"$dir/nginx.conf"
    cp "$parts/scan.conf" "$dir/"
    : >"$dir/base.conf"
    nginx_start

    # most answers of a run have a number of six digits
    redis_cli hset 'rush:{bench}' seq 123456 >/dev/null
    sample won oUpF8uMuAJO_M2pxb1Q9zN000000
    sample out oUpF8uMuAJO_M2pxb1Q9zN000000
    ! wanted peer dict || sample peer_out oUpF8uMuAJO_M2pxb1Q9zN000000
    ! wanted node || sample node_out oUpF8uMuAJO_M2pxb1Q9zN000000
    sample state oUpF8uMuAJO_M2pxb1Q9zN000000
    nginx_stop

    { base plain won; base plain_get state; } >"$dir/base.conf"
    nginx_start
    worker=$(workers "$nginx" 1) || exit 2

    fresh_codes 1000
    leased
    scan_start
}


# is there a run whose name begins so: wanted BEGIN...

wanted() {
    local begin

    for begin in "$@"; do
        [[ " ${names[*]}" != *" $begin"* ]] || return 0
    done

    return 1
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
