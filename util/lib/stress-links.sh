# Links for scenarios of util/stress: how they are made, and the audit of their
# scans, which reads what was noted of them (util/lib/Rush/Scans.pm).  $codes
# are those that are asked for.


note() {
    echo "$*" >>"$files/notes"
}


now() {
    date +%s%3N
}


# link METHOD CODE JSON, by either of them; again if nobody knows whether it
# was done

link() {
    local i

    pick

    for ((i = 0; i < 20; i++)); do
        api $node "$1" "links/$2" -d "$3"
        [ "$status" = 503 ] || break
        sleep 0.1
    done

    [[ $status = 20[01] ]] || fail "$1 $2: $status $answer"
}


target() {
    echo "\"https://m.example.com/$1\""
}


# places FIRST MEMBERS: eight targets of a pool, from that one on

places() {
    local i list=

    for ((i = 0; i < 8; i++)); do
        list="$list,{\"to\":$(target "$3-$((($1 + i) % 8 + 1))")$2}"
    done

    echo "[${list#,}]"
}


stats() {
    stats_by a
    stats_by b
}


stats_by() {
    local code from

    for code in ${codes//,/ }; do
        from=$(now)
        api "$1" GET "links/$code/stats"
        [ "$status" = 200 ] || fail "stats of $code: $status $answer"
        note stats "$code" "$from" "$(now)" "$answer"
    done
}


auditor() {
    "$top/util/audit-scans" --redis "unix:$dir/redis.sock" \
        --notes "$files/notes" "$@" >"$files/audit" 2>&1
}
