# Each key of a campaign is replaced by one of another type, the users by no
# key at all, and each number by what is none: nobody is told that he has won or
# lost, nothing is taken, and the log says so.  Mended, the campaign goes on.

about='keys and numbers of a campaign that somebody else has written'

scenario() {
    local key command field value nth=0

    start
    campaign stock=2000 items=red:1500,blue:1500 per_user=2 hold=10m

    load --users 200 --items red,blue --key try --release 20 --retry
    answered

    # the same error is logged once a second

    for command in 'set x' 'rpush x' 'zadd 1 x'; do
        for key in '' :users :events; do
            # shellcheck disable=SC2086
            poison_key "$key" $command
        done

        sleep 1
    done

    # which asks, and so leaves none

    poison_key :users exists

    for field in total out seq held stock void per_user starts ends due \
        reopen lease over made total:red out:red
    do
        for value in abc -1 9223372036854775808; do
            poison_field $field $value
        done
    done

    audit
    logs 'redis answered "WRONGTYPE|is damaged'

    echo "        $nth faults, $(ledger '$8 == 503') answers of 503," \
        "$(redis_cli hget 'rush:{stress}' seq) wins"
}


# in one step: a campaign that is not there has vanished

replace='
    redis.call("RENAME", KEYS[1], KEYS[1] .. ":was")
    return redis.call(unpack(ARGV))
'


# poison_key SUFFIX COMMAND ARG...

poison_key() {
    local key="rush:{stress}$1" command=$2
    shift 2

    redis_cli eval "$replace" 1 "$key" "$command" "$key" "$@" >/dev/null
    refused "$key, $command"
    redis_cli rename "$key:was" "$key" >/dev/null
    sells "$key, $command"
}


poison_field() {
    local was

    was=$(redis_cli hget 'rush:{stress}' "$1")
    redis_cli hset 'rush:{stress}' "$1" "$2" >/dev/null
    refused "$1 $2"
    redis_cli hset 'rush:{stress}' "$1" "$was" >/dev/null
    sells "$1 $2"
}


# users who are new ask once, and all are told to ask again

refused() {
    local alerts

    nth=$((nth + 1))
    alerts=$(cat "$dir"/*/error.log | grep -c '\[alert\]')

    load --users 12 --user-prefix "p$nth-" --items red --connections 12

    expect "$1: answers other than 503" \
        "$(ledger "\$4 ~ /^p$nth-/ && \$8 != 503")" = 0
    expect "$1: alerts in error.log" \
        "$(cat "$dir"/*/error.log | grep -c '\[alert\]')" -gt "$alerts"
}


# and win when they do

sells() {
    load --users 12 --user-prefix "p$nth-" --items red --connections 12 --retry

    answered
    expect "$1, mended: wins" \
        "$(ledger "\$4 ~ /^p$nth-/ && \$9 == \"won\"")" = 12
}
