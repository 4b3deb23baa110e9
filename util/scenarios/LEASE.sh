# While nothing is left the gate refuses from memory, and who has won must not
# be refused: stock comes back all the time, by hand, by releases and because
# holds expire.  Winners ask twice more at once, and one answer in ten is lost.

about='restocks and expiries all along, most losers answered from memory'

scenario() {
    local users=20000 tries=16 stock=2000 restocker

    [ -z "$short" ] || { users=6000 tries=7 stock=500; }

    start
    campaign stock=$stock hold=700ms tries=4

    restock $stock &
    restocker=$!

    load --users $users --tries $tries --connections 64 --rate 8000 \
        --drop 10 --retry --retry-wait 2ms --again 2 \
        --confirm 35 --release 25 --settle-wait 0-600

    : >"$dir/stop"
    wait "$restocker" || fail 'the campaign cannot be changed'

    answered
    holds_end
    audit
    counters
    figures
    logs
}


# from STOCK on: more of it, a pause or an end, till the load is over

restock() {
    local stock=$1 more

    RANDOM=$seed

    while [ ! -e "$dir/stop" ]; do
        sleep 0.$((300 + RANDOM % 400))
        more=$((RANDOM % 2 ? 20 : 50))

        case $((RANDOM % 8)) in
            0)
                campaign paused=1
                sleep 0.$((100 + RANDOM % 400))
                campaign paused=0
                ;;
            1)
                campaign ends="$(date +%s%3N)"
                sleep 0.$((100 + RANDOM % 400))
                campaign ends="$(($(date +%s%3N) + 3600000))"
                ;;
            *)
                campaign stock=$((stock += more))
                ;;
        esac
    done
}


# what both nginx have counted, against the ledger

counters() {
    local one

    for one in a b; do
        curl -s --unix-socket "$dir/$one/http.sock" http://stress/status
        echo
    done >"$dir/status"

    perl -MJSON::PP -e "$count" "$dir/status" "$dir/ledger" \
        || fail 'the counters are wrong, or too few were told from memory'
}


figures() {
    local restocks

    restocks=$(($(grep -c ' stock=' "$dir/changes") - 1))

    expect restocks "$restocks" -gt 2
    expect expired "$(expired)" -gt 100

    echo "        $(awk '$1 == "losses" { print $3 }' "$dir/audit") false" \
        "losses; $(redis_cli hget 'rush:{stress}' seq) wins," \
        "$restocks restocks," \
        "$(($(grep -vc ' stock=' "$dir/changes") / 2)) pauses and ends," \
        "$(expired) expired"
}


expired() {
    redis_cli xrange 'rush:{stress}:events' - + | grep -cx expired
}


count='
    my ($status, $ledger) = @ARGV;
    my (%all, %memory, %told);
    my ($sum, $lines, $lost, $gone, $losses, $cheap, $bad) = (0) x 7;

    open my $in, "<", $status or die;

    for my $nginx (map { decode_json($_) } <$in>) {
        for my $row (@{$nginx->{campaigns}}, $nginx->{other}) {
            $all{$_}    += $row->{outcomes}{$_} for keys %{$row->{outcomes}};
            $memory{$_} += $row->{memory}{$_}   for keys %{$row->{memory}};
        }
    }

    open $in, "<", $ledger or die;

    while (<$in>) {
        my ($status, $word, $end) = (split)[7, 8, 15];

        $lines++;
        $status ? $told{$word}++ : $lost++;
        $gone++ if !$status && $end ne "drop";
    }

    for (sort keys %{{ %all, %told }}) {
        my ($all, $told) = ($all{$_} // 0, $told{$_} // 0);

        $sum += $all;
        next if $all >= $told && $all <= $told + $lost;
        print "        $_: $all counted, $told told, $lost lost\n";
        $bad = 1;
    }

    for (qw(sold_out ended paused)) {
        $losses += $all{$_}    // 0;
        $cheap  += $memory{$_} // 0;
    }

    printf "        %d answers counted, %d requests; %d losses, %d (%.1f %%) "
           . "from memory\n", $sum, $lines, $losses, $cheap,
           100 * $cheap / ($losses || 1);

    exit($bad || $sum > $lines || $sum < $lines - $gone
         || $cheap * 2 <= $losses);
'
