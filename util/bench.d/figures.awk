# Figures of util/bench, their medians and goals, for report.awk and crowd.awk.
#
# v[key, 1 .. count[key]] are the values of a figure, key is "CONNECTIONS RUN
# FIGURE"; what is printed is their median.  conns[1 .. nconns] are the numbers
# of connections.

function goal(figure, kind, limit, text) {
    goal_figure[++ngoals] = figure
    goal_kind[ngoals] = kind
    goal_limit[ngoals] = limit
    goal_text[ngoals] = text
}


function put(key, value) {
    v[key, ++count[key]] = value
}


function has(key) {
    return key in count
}


function median(key,  i, j, t, n) {
    n = count[key]

    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[key, j - 1] > v[key, j]; j--) {
            t = v[key, j]
            v[key, j] = v[key, j - 1]
            v[key, j - 1] = t
        }

    i = int((n + 1) / 2)

    return (v[key, i] + v[key, n + 1 - i]) / 2
}


# a figure as text, and nothing if there is none
function text(key, digits) {
    return has(key) ? sprintf("%." digits "f", median(key)) : ""
}


function met(g, key) {
    return goal_kind[g] == "least" ? median(key) >= goal_limit[g] \
                                   : median(key) <= goal_limit[g]
}


function goals(  g, i, line, rule) {
    line = "\n| | goal |"
    rule = "\n|---|---|"

    for (i = 1; i <= nconns; i++) {
        line = line " " conns[i] " connections | |"
        rule = rule "---|---|"
    }

    for (g = 1; g <= ngoals; g++)
        if (has(conns[1] " " goal_figure[g])) {
            if (line != "")
                print line rule

            line = ""
            print goal_line(g)
        }
}


function goal_line(g,  i, key, line) {
    line = "| " goal_text[g] " | " \
           (goal_kind[g] == "least" ? "≥ " : "≤ ") goal_limit[g] " |"

    for (i = 1; i <= nconns; i++) {
        key = conns[i] " " goal_figure[g]
        line = line " " text(key, 2) " | " (met(g, key) ? "met |" : "missed |")
    }

    return line
}


# members of an object: those of "NAME:DIGITS ..." that there are
function members(at, list,  i, n, part, of, s) {
    n = split(list, part, " ")

    for (i = 1; i <= n; i++) {
        split(part[i], of, ":")

        if (has(at of[1]))
            s = s (s == "" ? "" : ",") "\"" of[1] "\":" text(at of[1], of[2])
    }

    return s
}


function json_goals(  g, i, key, of, s) {
    for (g = 1; g <= ngoals; g++)
        for (i = 1; i <= nconns; i++) {
            key = conns[i] " " goal_figure[g]

            if (!has(key))
                continue

            split(goal_figure[g], of, " ")
            s = s (s == "" ? "" : ",") \
                "{\"connections\":" conns[i] ",\"run\":\"" of[1] \
                "\",\"figure\":\"" of[2] "\",\"" goal_kind[g] "\":" \
                goal_limit[g] ",\"measured\":" text(key, 3) \
                ",\"met\":" (met(g, key) ? "true" : "false") "}"
        }

    return s
}
