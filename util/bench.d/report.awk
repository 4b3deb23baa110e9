# The tables and the JSON of util/bench, from the lines that run.sh writes; it
# needs figures.awk.  Set with -v: out, where the JSON goes; seconds, load,
# machine, when; more, which is put into the JSON.  A ratio is made of two runs
# of one round.

BEGIN {
    nclaims = split("plain won sequence pool peer out early plain_get state",
                    names, " ")
    nnames = nclaims \
             + split("redirect scan scan_rules scan_pool scan_sticky" \
                     " peer_ready peer_rules peer_ask redirect_hot scan_hot",
                     scans, " ")

    for (i = nclaims + 1; i <= nnames; i++)
        names[i] = scans[i - nclaims]

    title["plain"] = "return 200"
    title["won"] = "claim, won"
    title["sequence"] = "claim of a sequence, won"
    title["pool"] = "claim of a pool, won"
    title["peer"] = "claim, won, by the peer"
    title["out"] = "claim, sold_out"
    title["early"] = "claim, early"
    title["plain_get"] = "return 200, GET"
    title["state"] = "rush_state, GET"
    title["redirect"] = "return 302"
    title["scan"] = "scan"
    title["scan_rules"] = "scan, three rules"
    title["scan_pool"] = "scan, pool in turn"
    title["scan_sticky"] = "scan, sticky pool with caps"
    title["peer_ready"] = "peer, ready in a dict"
    title["peer_rules"] = "peer, three rules"
    title["peer_ask"] = "peer, HGET"
    title["redirect_hot"] = "return 302, any of many"
    title["scan_hot"] = "scan, any of many"

    base["won"] = base["peer"] = base["out"] = base["early"] = "plain"
    base["sequence"] = base["pool"] = "plain"
    base["state"] = "plain_get"

    base["scan"] = base["scan_rules"] = base["scan_pool"] = "redirect"
    base["scan_sticky"] = base["peer_ready"] = "redirect"
    base["peer_rules"] = base["peer_ask"] = "redirect"
    base["scan_hot"] = "redirect_hot"

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
    goal("scan speed", "least", 0.9, "scans a second ÷ return 302")
    goal("scan_rules speed", "least", 0.9,
         "scans with three rules a second ÷ return 302")
    goal("scan_pool speed", "least", 0.75,
         "scans of a pool in turn a second ÷ return 302")
    goal("scan ready_speed", "least", 1,
         "scans a second ÷ the peer's, ready in a dict")
    goal("scan_rules rules_speed", "least", 1.5,
         "scans with three rules a second ÷ the peer's")
    goal("scan ask_speed", "least", 2, "scans a second ÷ the peer's, HGET")
}

{
    run = $2 " " $3 " " $1
    rate[run] = $4 / $5 * 1e6
    worker[run] = $6 / $4 / 1000
    redis[run] = $1 ~ /^(plain|redirect)/ ? 0 : $7 / $4 / 1000

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

    if ($1 ~ /^(won|sequence|pool|scan_sticky)$/)
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

    table(1, nclaims, "return 200")
    table(nclaims + 1, nnames, "return 302")
    coupons()
    peers()
    scan_peers()
    goals()

    memory("bytes", "ticket")
    memory("bytes_sequence", "ticket of a sequence")
    memory("bytes_scan_sticky", "visitor of a sticky pool")

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

    against(n, round, "won", "peer", "peer")
    against(n, round, "sequence", "won", "sale")
    against(n, round, "pool", "won", "sale")
    against(n, round, "scan", "peer_ready", "ready")
    against(n, round, "scan_rules", "peer_rules", "rules")
    against(n, round, "scan", "peer_ask", "ask")
}


# a run against another, which is no "return"
function against(n, round, name, other, figure,  run, to, at) {
    run = n " " round " " name
    to = n " " round " " other
    at = n " " name " " figure "_"

    if ((run in rate) && (to in rate)) {
        put(at "speed", rate[run] / rate[to])
        put(at "cost", (worker[run] + redis[run]) / (worker[to] + redis[to]))

        if (redis[to])
            put(at "redis", redis[run] / redis[to])
    }
}


# the runs names[first .. last]
function table(first, last, of,  i, k, name, at, head) {
    for (i = 1; i <= nconns; i++)
        for (k = first; k <= last; k++) {
            name = names[k]
            at = conns[i] " " name " "

            if (!has(at "rate"))
                continue

            if (!head++) {
                print (printed++ ? "\n" : "") "| conn. | | a second | ÷ " of \
                      " | worker µs | Redis µs | CPU ÷ " of " | a batch |" \
                      " commands a second | EVALSHA | wrk µs |"
                print "|---|---|---|---|---|---|---|---|---|---|---|"
            }

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


function scan_peers(  i, k, of, at, head) {
    split("scan ready scan_rules rules scan ask", of, " ")

    for (i = 1; i <= nconns; i++)
        for (k = 1; k <= 5; k += 2) {
            at = conns[i] " " of[k] " " of[k + 1] "_"

            if (!has(at "speed"))
                continue

            if (!head++) {
                print "\n| conn. | | against | a second ÷ | CPU ÷ |"
                print "|---|---|---|---|---|"
            }

            print "| " conns[i] " | " title[of[k]] \
                  " | " title["peer_" of[k + 1]] \
                  " | " text(at "speed", 2) " | " text(at "cost", 2) " |"
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
          (has("bytes_scan_sticky") \
           ? "," members("", "bytes_scan_sticky:0") : "") \
          more "}" >out
}


function json_run(n, name) {
    return "\"" name "\":{" \
           members(n " " name " ", "rate:0 worker:3 redis:3 busy:3 p50:3" \
                   " p99:3 wrk:3 commands:1 scripts:1 speed:3 cost:3" \
                   " peer_speed:3 peer_cost:3 peer_redis:3" \
                   " sale_speed:3 sale_cost:3 sale_redis:3" \
                   " ready_speed:3 ready_cost:3 rules_speed:3 rules_cost:3" \
                   " ask_speed:3 ask_cost:3 ask_redis:3 batch:1") "}"
}
