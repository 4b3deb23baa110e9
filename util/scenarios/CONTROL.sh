# The auditor proves something only if it sees faults.  Some are made in a
# copy of the play; the others in what users were told, and in Redis.

about='faults that the audit must find'

scenario() {
    start

    campaign stock=500 tries=20 hold=10m
    load --users 2000 --tries 2 --connections 32 --key try --release 20 \
        --drop 10 --retry --retry-wait 4ms
    audit
    told
    taken
    stop_nginx

    fault oversell 'c.out = c.out - 1'
    audit_finds stock
    audit_finds sums

    fault lost 'c.out = c.out + 1'
    audit_finds sums
    audit_finds left

    fault twice 'c.seq = c.seq - 1'
    audit_finds owners

    no_lease
    audit_finds losses
    audit_finds lease

    echo 'audit: all faults found' >"$dir/audit"
}


# a sale by a play that does something wrong every 50th time; "alike" would
# let the frame go without the play

fault() {
    awk -v fault="$2" '
        /^-- @play/ { $3 = "faulty" }
        { sub("alike = true", "alike = false"); print }
        /^function play.take/ {
            print "    if (c.seq + 1) % 50 == 0 then " fault " end"
        }' "$top/src/plays/sale.lua" >"$dir/$1.lua"

    another "$1"
    campaign stock=500
    load --users 2000 --tries 2 --connections 32
    stop_nginx
}


# begins again, with another play

another() {
    play=$dir/$1.lua

    redis_cli flushall >/dev/null
    rm -f "$dir/ledger"
    nginx_start a
    nginx_start b
}


# What comes back is given at once, while others are refused from memory: no
# reopen, neither by the frame nor by who changes the campaign.

no_lease() {
    local stock=200

    tools=$dir/tools
    mkdir -p "$tools/util" "$tools/src"
    cp "$top/util/campaign" "$tools/util/"
    ln -s "$top/util/lib" "$tools/util/lib"
    cp -r "$top/src/plays" "$tools/src/"
    sed -i '/^reopen(/d' "$tools/src/plays/lib/define.lua"

    {
        sed '/^-- @play/s/sale/faulty/' "$top/src/plays/sale.lua"
        echo 'local write = commit'
        echo 'commit = function() c.reopen = 0; write() end'
    } >"$dir/no_lease.lua"

    another no_lease

    tick() {
        campaign stock=$((stock += 50))
    }

    campaign stock=$stock hold=700ms
    load --users 2000 --tries 4 --connections 32 --rate 6000 --drop 10 \
        --retry --retry-wait 2ms --retry-limit 2s --again 2 --release 30 \
        --ticks 6
    answered
    stop_nginx
}


stop_nginx() {
    local pid

    for pid in "${masters[@]}"; do
        kill -TERM "$pid"
        wait "$pid"
    done

    masters=()
    rm -f "$dir"/*/http.sock
}


# answers that nobody gave

told() {
    doctor wins '$done++ || $F[8] ne "won"
                 or $F[9] =~ s/~\d+~/~99999~/'
    doctor owners '$F[8] eq "again" and $F[8] = "won"'
    doctor losses '$F[8] eq "again"
                   and @F[7, 8, 9, 10, 11] = (409, "sold_out", ("-") x 3)'
    doctor losses '$F[8] eq "again" && $F[13] =~ /\.1$/
                   and @F[7, 8, 9, 10, 11] = (409, "sold_out", ("-") x 3)'
    doctor left '$first //= $F[1]; $F[8] eq "sold_out"
                 and @F[1, 2] = ($first - 1e6, $first - 9e5)'
    doctor same '$F[8] eq "again" and $F[9] =~ s/.$/-/'
    doctor answers '$F[8] eq "won" and $F[3] = "u0"'
    doctor status '$F[8] eq "sold_out" and $F[7] = 502'
    doctor settled '$F[0] eq "release" and $F[8] = "confirmed"'
}


# what Redis has lost

taken() {
    local user event

    event=$(redis_cli xrange 'rush:{stress}:events' - + \
            | awk '/^[0-9]+-[0-9]+$/ { id = $0 }
                   $0 == "released" { print id; exit }')
    redis_cli xdel 'rush:{stress}:events' "$event" >/dev/null
    audit_finds history

    user=$(awk '$9 == "won" { print $4; exit }' "$dir/ledger")
    redis_cli hdel 'rush:{stress}:users' "$user" >/dev/null
    audit_finds wins
    audit_finds events
}
