# Clocks jump by a second and by an hour, to and fro.
#
# That of Redis decides.  Nobody loses what he has; a hold ends when Redis says
# that it is due, which may be early, and none ends before that; no claim is
# told "pending" because of it.  Event ids do not go back with the clock, so
# the audit compares no times here, and there are no leases, for which a step
# forward is the known limit.
#
# Those of the nodes do not matter, and here the audit compares all times.
#
# At last the clocks jump while Redis is stopped: who waits is told "pending"
# after the time-out, and neither before nor long after it; and what Redis finds
# when it goes on, an hour later by its clock, is late and takes nothing.

about='clocks that jump, of Redis and of nginx'

scenario() {
    local program

    make -s -C "$top" build/skew.so || die 'no build/skew.so'

    for program in redis nginx; do
        head -c 8 /dev/zero >"$dir/$program.skew"
    done

    redis_server=$(skewed redis "$redis_server")
    nginx=$(skewed nginx "$nginx")

    start
    redis_jumps
    nginx_jumps
    stopped
    logs
}


# a program under a clock of its own

skewed() {
    cat >"$dir/$1-skewed" <<END
#!/bin/sh
SKEW=$dir/$1.skew LD_PRELOAD=$top/build/skew.so exec $(command -v "$2") "\$@"
END
    chmod +x "$dir/$1-skewed"
    echo "$dir/$1-skewed"
}


# jump PROGRAM SECONDS: off by so much from now on

jump() {
    perl -e 'open my $f, "+<", $ARGV[0] or die; print $f pack "q", $ARGV[1]' \
        "$dir/$1.skew" "${2}000000"

    jumps=$((jumps + 1))
}


redis_jumps() {
    jumps=0
    campaign stock=9600 tries=1000 hold=10m lease=0

    tick() {
        case $1 in
            4) jump redis 1 ;;
            8) jump redis 0 ;;
            12) jump redis -3600 ;;
            16) jump redis 0 ;;
            20)
                early=$(events expired)
                jump redis 3600
                sleep 1.5
                jump redis 0
                ;;
        esac
    }

    load --users 16000 --connections 64 --key try --rate 5000 --retry \
        --again 1 --release 40 --confirm 30 --ticks 24

    answered
    expect jumps "$jumps" = 6
    expect 'expired before its time' "$early" = 0
    expect 'expired when the clock said so' "$(events expired)" -gt 100
    quiet
    told
    audit --slack -1 --clock -1

    echo "        Redis: $jumps jumps, $(events won) wins," \
        "$(events expired) expired"
}


nginx_jumps() {
    jumps=0
    "$top/util/campaign" -r "unix:$dir/redis.sock" del stress >/dev/null
    rm "$dir/ledger"
    sleep 1.1
    campaign stock=4000 tries=1000 hold=700ms

    tick() {
        case $1 in
            4 | 12) jump nginx 1 ;;
            6 | 14) jump nginx -3600 ;;
            8 | 16) jump nginx 3600 ;;
            10 | 18) jump nginx 0 ;;
        esac
    }

    load --users 16000 --connections 64 --key try --rate 5000 --retry \
        --release 40 --confirm 30 --settle-wait 0-300 --ticks 20

    answered
    expect jumps "$jumps" = 8
    holds_end
    quiet
    told
    audit

    echo "        nginx: $jumps jumps, $(events won) wins," \
        "$(events expired) expired"
}


# of what was not known there is none

told() {
    expect 'answers of 503' "$(ledger '$8 == 503')" = 0
}


events() {
    redis_cli xrange 'rush:{stress}:events' - + | grep -cx "$1"
}


# a timer that is due at once, always, asks Redis all the time

quiet() {
    local before

    sleep 0.3
    before=$(commands)
    sleep 1
    expect 'commands in a second' $(($(commands) - before)) -lt 100
}


commands() {
    redis_cli info stats | tr -d '\r' \
        | awk -F: '/^total_commands_processed/ { print $2 }'
}


stopped() {
    local first

    for first in nginx redis; do
        rm "$dir/ledger"

        tick() {
            [ "$1" = 2 ] || return
            kill -STOP "$redis"
            since=$(date +%s%6N)
            jump $first 3600
            sleep 2
            kill -CONT "$redis"
        }

        load --users 4000 --user-prefix "$first" --connections 64 --key try \
            --rate 2000 --retry --retry-wait 300ms --timeout 4s --ticks 4

        answered
        expect 'answers of 503' "$(ledger '$8 == 503')" -gt 20
        expect 'before the time-out' \
            "$(ledger "\$8 == 503 && \$3 < $since + 800000")" = 0
        expect 'after more than 1500 ms' \
            "$(ledger '$8 == 503 && $3 - $2 > 1500000')" = 0

        jump $first 0
    done

    audit --slack -1 --clock -1
}
