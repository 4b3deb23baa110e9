# The tables and the JSON of util/bench --coupons, from the lines that crowd.sh
# writes; it needs figures.awk.  Set with -v: out, where the JSON goes; number,
# load, machine, when.

BEGIN {
    nnames = split("sequence peer_sequence", names, " ")

    title["sequence"] = "Rush"
    title["peer_sequence"] = "the peer"

    goal("sequence peer_speed", "least", 2, "coupons a second ÷ the peer's")
}

{
    at = $2 " " $1 " "
    seconds[$1] = $5 / 1e6
    cost[$1] = ($6 + $7) / $4 / 1000
    redis[$1] = $7 / $4 / 1000

    put(at "seconds", seconds[$1])
    put(at "rate", $4 / seconds[$1])
    put(at "worker", $6 / $4 / 1000)
    put(at "redis", redis[$1])
    put(at "bytes", $8 / $4)
    put(at "keys", $9 / $4)
    put(at "p50", $10)
    put(at "p99", $11)

    if (!($2 in seen)) {
        seen[$2] = 1
        conns[++nconns] = $2
    }

    rounds = $3 > rounds ? $3 : rounds

    # the peer's line is the last of a round
    if ($1 == "peer_sequence") {
        at = $2 " sequence peer_"
        put(at "speed", seconds[$1] / seconds["sequence"])
        put(at "cost", cost["sequence"] / cost[$1])
        put(at "redis", redis["sequence"] / redis[$1])
    }
}

END {
    table()
    peers()
    goals()
    json()
}


function table(  i, k, at) {
    print "| conn. | | seconds | a second | worker µs | Redis µs | p50 ms |" \
          " p99 ms | bytes a ticket | of its keys |"
    print "|---|---|---|---|---|---|---|---|---|---|"

    for (i = 1; i <= nconns; i++)
        for (k = 1; k <= nnames; k++) {
            at = conns[i] " " names[k] " "

            print "| " conns[i] " | " title[names[k]] \
                  " | " text(at "seconds", 1) " | " text(at "rate", 0) \
                  " | " text(at "worker", 2) " | " text(at "redis", 2) \
                  " | " text(at "p50", 1) " | " text(at "p99", 1) \
                  " | " text(at "bytes", 0) " | " text(at "keys", 0) " |"
        }
}


function peers(  i, at) {
    print "\n| conn. | coupons a second ÷ the peer's | CPU ÷ | Redis CPU ÷ |"
    print "|---|---|---|---|"

    for (i = 1; i <= nconns; i++) {
        at = conns[i] " sequence peer_"
        print "| " conns[i] " | " text(at "speed", 2) \
              " | " text(at "cost", 2) " | " text(at "redis", 2) " |"
    }
}


function json(  i, k, s) {
    s = "{\"when\":\"" when "\",\"machine\":{" machine "},\"load\":" load \
        ",\"rounds\":" rounds ",\"coupons\":" number ",\"connections\":{"

    for (i = 1; i <= nconns; i++) {
        s = s (i > 1 ? "," : "") "\"" conns[i] "\":{"

        for (k = 1; k <= nnames; k++)
            s = s (k > 1 ? "," : "") json_run(conns[i], names[k])

        s = s "}"
    }

    print s "},\"goals\":[" json_goals() "]}" >out
}


function json_run(n, name) {
    return "\"" name "\":{" \
           members(n " " name " ", "seconds:3 rate:0 worker:3 redis:3 p50:3" \
                   " p99:3 bytes:1 keys:1 peer_speed:3 peer_cost:3" \
                   " peer_redis:3") "}"
}
