# util/bench --links: many links in Redis, of which a tenth is scanned.
#
#   links_all NUMBER        all of it, figures under "links"
#   links_start NUMBER      each hot link once in shared memory
#   links_target NAME       as scan_target
#   links_check NAME        as scan_check
#   links_answered ANSWERS CONNECTIONS
#                           after a run
#   links_idle              waits until all that was counted is written
#   links_verify            after all: each scan was counted once
#   links_told              what was measured beside the runs
#
# The hot links are any of all, and so is the one of each request.

HOT_BYTES=2600      # of shared memory for a hot link, counters included
HOT_SECONDS=20      # of scans before any that counts

stored=0 hot=0 store_s=0 link_bytes=0 answered=0 unheard=0
began= uncounted=0 slots=0 used=0 reads=0


links_all() {
    local round n name

    links_start "$1"

    for ((round = 1; round <= rounds; round++)); do
        for n in ${connections//,/ }; do
            for name in "${names[@]}"; do
                progress "round $round of $rounds, $n connections: $name"
                run "$name" "$n"
            done
        done
    done

    links_verify
    links_told
}


# all links as the API takes them, equally long: documents NUMBER

documents() {
    awk -v n="$1" -v site="$SITE" 'BEGIN {
        for (i = 1; i <= n; i++)
            printf "{\"code\":\"till-%08d\",\"fallback\":\"%s/shop/%08d\"}\n",
                   i, site, i
    }'
}


store() {
    local begin used

    documents "$1" >"$dir/documents"
    used=$(allocated)
    begin=${EPOCHREALTIME//[!0-9]/}

    curl -sS -X POST -T "$dir/documents" "http://127.0.0.1:$port/rush/links" \
        >"$dir/stored" || die 'no upload'

    printf -v store_s %.1f \
        "$((${EPOCHREALTIME//[!0-9]/} - begin))e-6"
    link_bytes=$((($(allocated) - used) / $1))
    rm "$dir/documents"

    grep -q "\"made\":$1,.*\"bad\":0" "$dir/stored" \
        || die "the upload is answered by $(head -c 500 "$dir/stored")"
}


links_start() {
    local path method url script process requests us status errors bytes p50
    local p99 wrk seconds=$HOT_SECONDS

    stored=$1 hot=$(($1 / 10)) began=$(date +%Y%m%d)
    links_zone=$((hot * HOT_BYTES / 1048576 + 8))m
    names=(redirect_hot scan_hot)

    redis_ready
    cp "$parts/scan.conf" "$dir/"
    rush_start 1
    store "$stored"

    shuf -i "1-$stored" -n "$hot" | awk '{ printf "till-%08d\n", $1 }' \
        >"$dir/hot"

    target scan_hot
    drive 256
    loaded
    links_answered "$requests" 256
}


links_target() {
    method=GET script=load-scan.lua

    case $1 in
        redirect_hot) path=/r/%s?src=till ;;
        scan_hot) path=/q/%s?src=till ;;
    esac
}


# one of them, which wrk also asks for

links_check() {
    local code path=/welcome

    code=$(head -n 1 "$dir/hot")
    [ "$1" = redirect_hot ] || path=/shop/${code#till-}

    check "$1" 302 "^Location: $SITE$path.\$"
    [ "$1" = redirect_hot ] || answered=$((answered + 1))
}


# links_answered ANSWERS CONNECTIONS: some that wrk did not wait for, too

links_answered() {
    answered=$((answered + $1))
    unheard=$((unheard + $2))
}


# scans of all hot links that Redis has, of all clients

links_sum() {
    local day

    for day in $(printf '%s\n' "$began" "$(date +%Y%m%d)" | sort -u); do
        sed "s/.*/hvals rush:link:{&}:day:$day/" "$dir/hot"
    done | redis_cli | awk '{ n += $2 + $3 } END { printf "%.0f\n", n }'
}


# all that was counted is written: Redis runs no script any more

links_idle() {
    local i last scripts=

    for ((i = 0; i < 120; i++)); do
        last=$scripts
        read -r _ scripts < <(commands)
        [ "$scripts" != "$last" ] || return 0
        sleep 1
    done

    die 'nginx does not end to write'
}


# one number of rush_status: fact MEMBER PATTERN

fact() {
    sed -n "s/.*\"$1\":{$2.*/\\1/p" "$dir/facts"
}


# Each scan was counted once, or nginx says that it had no room for it.

links_verify() {
    local counted

    links_idle
    counted=$(links_sum)

    curl -sS "http://127.0.0.1:$port/status" >"$dir/facts"
    uncounted=$(fact scans '[^}]*"uncounted":\([0-9]*\)')
    slots=$(fact links_256 '[^}]*"size":\([0-9]*\)')
    used=$(fact links_256 '"used":\([0-9]*\)')
    reads=$(fact scans '[^}]*"reads":\([0-9]*\)')
    counted=$((counted + uncounted))

    if [ $counted -lt $answered ] || [ $counted -gt $((answered + unheard)) ]
    then
        die "$answered scans were answered, and $counted are counted"
    fi
}


links_told() {
    put links/stored "$stored"
    put links/hot "$hot"
    put links/seconds "$store_s"
    put links/bytes "$link_bytes"
    put links/answered "$answered"
    put links/uncounted "$uncounted"
    put links/reads "$reads"
    put links/slots "$slots"
    put links/used "$used"
    put links/zone "${links_zone%m} * 1048576"
}
