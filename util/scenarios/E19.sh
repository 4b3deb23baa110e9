# Error replies of all kinds, each for 300 ms, in an order that the seed says:
# those that Redis gives by itself, and not of a cluster.  The second nginx
# asks as a user of the ACL.  Every kind must be seen in the counters.

about='a storm of error replies of 13 kinds'

kinds='noreplicas oom busy noscript readonly masterdown misconf loading
       noauth wrongpass noperm script_acl maxclients'

scenario() {
    local kind

    begin
    make_plan

    tick() {
        storm "${plan[$1 - 1]}"
    }

    load --users 20000 --tries 2 --connections 64 --key try --retry \
        --retry-wait 800ms --rate 2500 --release 80 --ticks ${#plan[@]}

    answered

    for kind in $kinds; do
        seen "$kind"
    done

    audit
    logs 'redis answered "(OOM|MISCONF|ERR The user executing)|failed \(2: '
    echo "        $(for kind in $kinds; do echo "$kind $(count "$kind")"; done \
                    | paste -sd, | sed 's/,/, /g')"
}


# as start(), but for the users; no replica is there, so "replicaof" names
# a port that nobody listens on

begin() {
    (umask 077
     echo 'k1:stress secret of sixteen' >"$dir/keys"
     echo 'a word' >"$dir/password")

    redis_start --replica-announce-port 1
    redis_cli acl setuser shop on '>a word' '~*' '&*' +@all >/dev/null

    nginx_start a
    redis_lines="user shop; password_file $dir/password;"
    nginx_start b

    campaign stock=5000 tries=1000 hold=10m
}


# each kind twice, in a random order

make_plan() {
    local i k swap

    # shellcheck disable=SC2206
    plan=($kinds $kinds)

    for ((i = ${#plan[@]} - 1; i > 0; i--)); do
        k=$((RANDOM % (i + 1)))
        swap=${plan[i]}
        plan[i]=${plan[k]}
        plan[k]=$swap
    done
}


storm() {
    kills=$((kills + 1))

    case $1 in
        noreplicas)
            during 'config set min-replicas-to-write 1' \
                'config set min-replicas-to-write 0'
            ;;
        oom)
            during 'config set maxmemory 1mb' 'config set maxmemory 0'
            ;;
        noscript)
            during 'script flush' 'script flush'
            ;;
        readonly)
            during 'replicaof 127.0.0.1 1' 'replicaof no one'
            ;;
        masterdown)
            during $'config set replica-serve-stale-data no\n'\
'replicaof 127.0.0.1 1' $'replicaof no one\n'\
'config set replica-serve-stale-data yes'
            ;;
        noauth)
            during $'acl setuser default resetpass >other\n'"$leave" \
                'acl setuser default nopass'
            ;;
        wrongpass)
            during $'acl setuser shop resetpass >other\n'"$leave" \
                'acl setuser shop resetpass ">a word"'
            ;;
        noperm)
            during $'acl setuser default -evalsha\nacl setuser shop -evalsha' \
                $'acl setuser default +evalsha\nacl setuser shop +evalsha'
            ;;
        script_acl)
            during $'acl setuser default -xadd\nacl setuser shop -xadd' \
                $'acl setuser default +xadd\nacl setuser shop +xadd'
            ;;
        maxclients)
            during $'config set maxclients 1\n'"$leave" \
                'config set maxclients 10000'
            ;;
        busy)    busy ;;
        misconf) misconf ;;
        loading) loading ;;
    esac
}


leave='client kill type normal skipme yes'


# what begins it, and what ends it, on one connection, which is let in

during() {
    {
        echo "$1"
        sleep 0.3
        echo "$2"
    } | redis_cli >"$dir/storm"

    expect "$1: errors" "$(grep -c '^ERR\|^NO\|^(error)' "$dir/storm")" = 0
}


busy() {
    local script

    redis_cli config set busy-reply-threshold 100 >/dev/null
    redis_cli eval 'while true do end' 0 >/dev/null 2>&1 &
    script=$!
    sleep 0.4
    redis_cli script kill >/dev/null
    wait $script
}


# the child that saves dies

misconf() {
    local child

    redis_cli config set save '3600 1000000' rdb-key-save-delay 1000000 \
        >/dev/null
    redis_cli bgsave >/dev/null

    child=$(ps -o pid= --ppid "$redis" | tr -d ' ')
    expect 'children of Redis that save' "$(wc -w <<<"$child")" = 1
    kill -9 "$child"

    sleep 0.3
    redis_cli config set save '' rdb-key-save-delay 0 >/dev/null
}


# it reads so slowly that it is seen: with -N, it rests for 60 us or so after
# one command in N

loading() {
    local options=("${redis_options[@]}") commands

    commands=$(cat "$dir"/appendonlydir/*.incr.aof | grep -ac '^\*')

    redis_kill
    redis_start --key-load-delay -$((commands / 5000 + 1)) \
        --loading-process-events-interval-bytes 1024 "${options[@]}"
    redis_options=("${options[@]}")
    redis_cli acl setuser shop on '>a word' '~*' '&*' +@all >/dev/null
}


# count KIND: error replies; "counted" would count answers, too

count() {
    local one

    for one in a b; do
        curl -s --unix-socket "$dir/$one/http.sock" http://stress/status \
            | grep -o '"errors":{[^}]*}' \
            | grep -o "\"$1\":[0-9]*" | cut -d: -f2
    done | awk '{ n += $1 } END { print n + 0 }'
}


seen() {
    expect "replies \"$1\"" "$(count "$1")" -gt 0
}
