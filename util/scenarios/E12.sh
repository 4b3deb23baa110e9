# A proxy between nginx and Redis mixes replies up.  A client that believes
# what comes after a fault gives one user the answer of another.  So nginx has
# to close the connection, each time; the users of what was under way are told
# "pending", and the truth when they ask again.
#
# Two things may change places and leave the connection open, because no user
# waits for them, and what comes after them is in order: the two replies that a
# filter of holders begins with, which is thrown away and read once more; and
# the hashes of two scripts that were loaded.

about='replies twice, not at all, in the wrong order, and unasked'

scenario() {
    local fault left
    local marks='^open swap (\*2 +\$13 +[0-9]{13} +\$[0-9]+ +[0-9]+ *$|\$40 )'

    timeout=500ms

    proxy_start
    start
    campaign stock=5000 tries=1000 hold=10m

    proxy 'duplicate one-in 500' 'drop one-in 500' 'swap one-in 100' \
        'surplus one-in 100' 'lose one-in 500' 'greet one-in 12'

    load --users 20000 --connections 128 --key try --retry \
        --retry-wait 800ms --again 1 --rate 5000 --release 80 --timeout 1s

    answered
    proxy none

    # half a reply, and nothing after it, is seen when the next one comes

    load --users 1000 --user-prefix v --connections 32 --per-request --retry \
        --rate 1000
    answered
    sleep 1

    for fault in duplicate drop swap surplus lose greet; do
        expect "$fault" "$(proxy_count $fault)" -gt 0
    done

    left=$(grep -cE "$marks" "$dir/counters")
    grep ^open "$dir/counters" | grep -vE "$marks" \
        && fail 'connections that are still open'

    echo "        $(proxy_told faulty) connections with a fault, closed" \
        "$(proxy_told closed); $(counted odd_replies) odd replies"

    expect 'connections closed' "$(proxy_told closed)" \
        = $(($(proxy_told faulty) - left))
    expect 'connections lost' \
        $(($(counted lost) + $(counted connect_failures))) \
        -ge "$(proxy_told closed)"
    audit
    logs 'redis answered "ERR surplus"'
}
