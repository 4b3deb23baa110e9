# The stock is changed while it sells: from 5000 to 5200 when half is sold, to
# 100 when there are 3640, and to 6000 when all are told that it is sold out.
# Nobody loses what he has, nobody wins above the stock of the moment, and the
# first wins after the last change when the leases are over.  If the stock had
# been lowered before the last 20 that were sold until then, the audit would
# have to find that.

about='stock up, far down and up again'

scenario() {
    local steps=(2500:5200 3640:100) lowered=0 raised=0

    start
    campaign stock=5000

    # by what is sold; a second later all is over for those who ask

    tick() {
        if [ ${#steps[@]} -gt 0 ] && [ "$(sold)" -ge "${steps[0]%:*}" ]; then
            campaign stock="${steps[0]#*:}"
            steps=("${steps[@]:1}")
            lowered=$1

        elif [ ${#steps[@]} = 0 ] && [ $(($1 - lowered)) = 20 ]; then
            raised=$(sold)
            campaign stock=6000
        fi
    }

    load --users 20000 --connections 128 --rate 1500 --retry \
        --again 1 --ticks 160

    answered
    expect 'changes' "$(wc -l <"$dir/changes")" = 4
    expect 'sold, of a stock of 100,' "$raised" -ge 3640
    expect 'sold' "$(sold)" = 6000
    expect 'tickets' "$(redis_cli hget 'rush:{stress}' seq)" = 6000
    expect 'ms until wins went on' "$(resumed)" -ge 499
    expect 'ms until wins went on' "$(resumed)" -lt 1000
    audit

    echo "        lowered to 100 with $raised sold; wins went on" \
        "$(resumed) ms after it was raised"

    awk -v ms="$(before_it)" '$2 == "stock=100" { $1 = ms } { print }' \
        "$dir/changes" >"$dir/changes.new"
    mv "$dir/changes.new" "$dir/changes"
    audit_finds stock
    echo 'audit: clean, and with a wrong change not' >"$dir/audit"
    logs
}


sold() {
    redis_cli hget 'rush:{stress}' out
}


# a ms before the last 20 wins before the stock was lowered

before_it() {
    local ms

    ms=$(redis_cli xrevrange 'rush:{stress}:events' \
             "$(awk '$2 == "stock=100" { print $1 }' "$dir/changes")" - \
             count 20 | grep -E '^[0-9]+-[0-9]+$' | tail -n 1)

    echo $((${ms%-*} - 1))
}


# from the last change to the first win after it

resumed() {
    local last first

    last=$(tail -n 1 "$dir/changes" | cut -d' ' -f1)
    first=$(redis_cli xrange 'rush:{stress}:events' "$last" + count 1 \
            | head -n 1)

    echo $((${first%-*} - last))
}
