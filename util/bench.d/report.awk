# The tables and the JSON of util/bench, from the lines that run.sh writes; it
# needs figures.awk.  Set with -v: out, where the JSON goes; seconds, load,
# machine, when.  A ratio is made of two runs of one round.

BEGIN {
    nnames = split("plain won sequence pool peer out early plain_get state",
                   names, " ")

    title["plain"] = "return 200"
    title["won"] = "claim, won"
    title["sequence"] = "claim of a sequence, won"
    title["pool"] = "claim of a pool, won"
    title["peer"] = "claim, won, by the peer"
    title["out"] = "claim, sold_out"
    title["early"] = "claim, early"
    title["plain_get"] = "return 200, GET"
    title["state"] = "rush_state, GET"

    base["won"] = base["peer"] = base["out"] = base["early"] = "plain"
    base["sequence"] = base["pool"] = "plain"
    base["state"] = "plain_get"

    goal("won speed", "least", 0.78, "claims a second ÷ return 200")
    goal("won cost", "most", 1.75, "CPU of a claim ÷ of a return 200")
    goal("won peer_speed", "least", 1.8, "claims a second ÷ the peer's")
    goal("won peer_cost", "most", 0.45, "CPU of a claim ÷ of the peer's")
    goal("sequence sale_speed", "least", 0.9,
         "claims of a sequence a second ÷ of a sale")
    goal("pool sale_speed", "least", 0.9,
         "claims of a pool a second ÷ of a sale")
    goal("out speed", "least", 0.9, "sold_out a second ÷ return 200")
    goal("early speed", "least", 0.9, "early a second ÷ return 200")
    goal("state speed", "least", 0.9, "rush_state a second ÷ return 200")
}

{
    run = $2 " " $3 " " $1
    rate[run] = $4 / $5 * 1e6
    worker[run] = $6 / $4 / 1000
    redis[run] = $1 ~ /^plain/ ? 0 : $7 / $4 / 1000

    at = $2 " " $1 " "
    put(at "rate", rate[run])
    put(at "worker", worker[run])
    put(at "redis", redis[run])
    put(at "busy", $6 / $5 / 1000)
    put(at "commands", $9 / $5 * 1e6)
    put(at "scripts", $8 / $5 * 1e6)
    put(at "p50", $11 / 1000)
    put(at "p99", $12 / 1000)
    put(at "wrk", $13 / $4)

    if ($1 ~ /^(won|sequence|pool)$/)
        put(at "batch", $8 ? $4 / $8 : 0)

    if ($10)
        put($1 == "won" ? "bytes" : "bytes_" $1, $10)

    if (!($2 in seen)) {
        seen[$2] = 1
        conns[++nconns] = $2
    }

    rounds = $3 > rounds ? $3 : rounds
}

END {
    for (i = 1; i <= nconns; i++)
        for (r = 1; r <= rounds; r++)
            ratios(conns[i], r)

    table()
    coupons()
    peers()
    goals()

    memory("bytes", "ticket")
    memory("bytes_sequence", "ticket of a sequence")

    json()
}


function ratios(n, round,  name, run, to) {
    for (name in base) {
        run = n " " round " " name
        to = n " " round " " base[name]

        if ((run in rate) && (to in rate)) {
            put(n " " name " speed", rate[run] / rate[to])
            put(n " " name " cost", (worker[run] + redis[run]) / worker[to])
        }
    }

    run = n " " round " won"
    to = n " " round " peer"

    if ((run in rate) && (to in rate)) {
        put(n " won peer_speed", rate[run] / rate[to])
        put(n " won peer_cost", (worker[run] + redis[run]) \
                                / (worker[to] + redis[to]))
        put(n " won peer_redis", redis[run] / redis[to])
    }

    coupon_ratios(n, round, "sequence")
    coupon_ratios(n, round, "pool")
}


# a claim of a coupon against one of a sale
function coupon_ratios(n, round, name,  run, to) {
    run = n " " round " " name
    to = n " " round " won"

    if ((run in rate) && (to in rate)) {
        put(n " " name " sale_speed", rate[run] / rate[to])
        put(n " " name " sale_cost", (worker[run] + redis[run]) \
                                     / (worker[to] + redis[to]))
        put(n " " name " sale_redis", redis[run] / redis[to])
    }
}


function table(  i, k, name, at) {
    print "| conn. | | a second | ÷ return 200 | worker µs | Redis µs |" \
          " CPU ÷ return 200 | a batch | commands a second | EVALSHA |" \
          " wrk µs |"
    print "|---|---|---|---|---|---|---|---|---|---|---|"

    for (i = 1; i <= nconns; i++)
        for (k = 1; k <= nnames; k++) {
            name = names[k]
            at = conns[i] " " name " "

            if (!has(at "rate"))
                continue

            print "| " conns[i] " | " title[name] " | " text(at "rate", 0) \
                  " | " ((name in base) ? text(at "speed", 2) : 1) \
                  " | " text(at "worker", 2) \
                  " | " ((name in base) ? text(at "redis", 2) : "") \
                  " | " ((name in base) ? text(at "cost", 2) : 1) \
                  " | " text(at "batch", 1) " | " text(at "commands", 0) \
                  " | " text(at "scripts", 0) " | " text(at "wrk", 2) " |"
        }
}


function coupons(  i, k, at, head) {
    for (i = 1; i <= nconns; i++)
        for (k = 1; k <= nnames; k++) {
            at = conns[i] " " names[k] " sale_"

            if (!has(at "speed"))
                continue

            if (!head++) {
                print "\n| conn. | | claims a second ÷ a sale\047s | CPU ÷" \
                      " | Redis CPU ÷ |"
                print "|---|---|---|---|---|"
            }

            print "| " conns[i] " | " title[names[k]] \
                  " | " text(at "speed", 2) " | " text(at "cost", 2) \
                  " | " text(at "redis", 2) " |"
        }
}


function memory(key, of) {
    if (has(key))
        printf "\nRedis memory: %.0f bytes a %s\n", median(key), of
}


function peers(  i, at) {
    if (!has(conns[1] " won peer_speed"))
        return

    print "\n| conn. | claims a second ÷ the peer's | CPU ÷ | Redis CPU ÷ |"
    print "|---|---|---|---|"

    for (i = 1; i <= nconns; i++) {
        at = conns[i] " won peer_"
        printf("| %s | %s | %s | %s |\n", conns[i], text(at "speed", 2),
               text(at "cost", 2), text(at "redis", 2))
    }
}


function json(  i, k, s) {
    s = "{\"when\":\"" when "\",\"machine\":{" machine "},\"load\":" load \
        ",\"rounds\":" rounds ",\"seconds\":" seconds ",\"connections\":{"

    for (i = 1; i <= nconns; i++) {
        s = s (i > 1 ? "," : "") "\"" conns[i] "\":{"

        for (k = 1; k <= nnames; k++)
            if (has(conns[i] " " names[k] " rate"))
                s = s (s ~ /[{]$/ ? "" : ",") json_run(conns[i], names[k])

        s = s "}"
    }

    print s "},\"goals\":[" json_goals() "]" \
          (has("bytes") ? "," members("", "bytes:0") : "") \
          (has("bytes_sequence") ? "," members("", "bytes_sequence:0") : "") \
          "}" >out
}


function json_run(n, name) {
    return "\"" name "\":{" \
           members(n " " name " ", "rate:0 worker:3 redis:3 busy:3 p50:3" \
                   " p99:3 wrk:3 commands:1 scripts:1 speed:3 cost:3" \
                   " peer_speed:3 peer_cost:3 peer_redis:3" \
                   " sale_speed:3 sale_cost:3 sale_redis:3 batch:1") "}"
}
