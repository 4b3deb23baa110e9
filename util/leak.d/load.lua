-- What wrk sends for util/leak: wrk -s load.lua URL -- KIND FIRST SIGNED, where
-- FIRST is the first number, and SIGNED a signed code.  "done" prints how many
-- answers had which status.
--
-- A kind is what is asked: it gets a number that comes only once.  What it
-- gives back is method, path, user, body.  A kind that settles gives first
-- the claim, and then the path for what was won, as soon as there is any.

local format = string.format

local n, kind, signed, settle
local won, threads = {}, {}

-- of the thread, which "done" gets from it
answers = {}

local agents = { "Mozilla/5.0 MicroMessenger/8.0", "AlipayClient/10.2",
                 "Mozilla/5.0 (X11; Linux x86_64)" }


local function user(i)
    return format("oUpF8uMuAJO_M2pxb1%010d", i)
end


local function claim(campaign)
    return function(i) return "POST", "/grab/" .. campaign, user(i) end
end


local function get(path)
    return function() return "GET", path end
end


local function scan(path)
    return function(i) return "GET", path, user(i) end
end


local function lines(path, form)
    return function(i)
        local list = {}

        for k = 1, 8 do
            list[k] = format(form, i, k)
        end

        return "POST", path, nil, table.concat(list, "\n")
    end
end


local function write(method, path, body)
    return function(i) return method, format(path, i), nil, format(body, i) end
end


local kinds = {
    won = claim("sale"),
    again = function(i) return "POST", "/grab/sale", user(i % 50) end,
    lost = claim("asked"),
    refused = claim("out"),
    early = claim("soon"),
    denied = claim("members"),
    unknown = claim("none"),
    invalid = function() return "POST", "/grab/sale", "a b" end,
    anonymous = function() return "POST", "/grab/sale" end,
    method = get("/grab/sale"),
    bodies = function(i)
        return "POST", "/grab/sale", user(i), string.rep("x", 20000)
    end,
    pass = function(i) return "POST", "/pass", user(i) end,
    close = claim("sale"),
    lose = claim("sale"),
    hasty = function(i) return "POST", "/hasty", user(i) end,
    away = function(i) return "POST", "/away", user(i) end,

    result = function(i) return "GET", "/mine", user(i % 50) end,
    state = get("/state"),
    status = get("/status"),
    metrics = get("/metrics"),

    confirm = claim("sale"),
    release = claim("sale"),
    void = claim("plain"),
    redeem = claim("codes"),
    forged = write("POST", "/paid?ticket=sale~1~ann~%d~k1~x", ""),

    scan = scan("/q/door"),
    rules = scan("/q/rules"),
    fill = scan("/q/group"),
    rotate = scan("/q/turns"),
    member = scan("/q/member"),
    book = scan("/q/till"),
    prize = scan("/q/prize"),
    nothing = scan("/q/nothing"),
    signed = function(i) return "GET", "/s/" .. signed, user(i) end,

    patch = write("PATCH", "/rush/campaigns/edit", '{"stock":%d}'),
    campaign = get("/rush/campaigns/sale"),
    campaigns = get("/rush/campaigns"),
    check = get("/rush/campaigns/edit/check"),
    users = get("/rush/campaigns/sale/users/" .. user(1)),
    bad = write("PATCH", "/rush/campaigns/edit", '{"stock":"%d"}'),
    codes = lines("/rush/campaigns/pool/codes", "A-%d-%d"),
    tags = lines("/rush/tags/many", "u-%d-%d"),
    link = write("PUT", "/rush/links/edit",
                 '{"fallback":"https://m.example.com/%d","rules":[{"client":'
                 .. '"wechat","to":"https://m.example.com/w"}]}'),
    links = lines("/rush/links", '{"code":"l-%d-%d","fallback":'
                                 .. '"https://m.example.com/"}'),
    read = get("/rush/links/rules"),
    stats = get("/rush/links/till/stats"),
    picture = get("/rush/links/door/qr.svg?base=https://m.example.com/q/"),
}

local settled = { confirm = "/paid", release = "/cancel", void = "/refund",
                  redeem = "/redeem" }


function setup(thread)
    threads[#threads + 1] = thread
end


function init(args)
    kind, settle = kinds[args[1]], settled[args[1]]
    n, signed = tonumber(args[2]), args[3]

    if args[1] == "close" then
        wrk.headers["Connection"] = "close"
    end
end


function request()
    local method, path, who, body

    n = n + 1

    if settle and #won > 0 then
        method, path = "POST", settle .. table.remove(won)
    else
        method, path, who, body = kind(n)
    end

    wrk.headers["X-User"] = who
    wrk.headers["User-Agent"] = agents[n % 3 + 1]

    return wrk.format(method, path, nil, body)
end


function response(status, headers, body)
    answers[status] = (answers[status] or 0) + 1

    if settle and body:find('"outcome":"won"', 1, true) then
        local code = body:match('"code":"([^"]*)"')

        won[#won + 1] = code and "?campaign=codes&code=" .. code
                        or "?ticket=" .. body:match('"ticket":"([^"]*)"')
    end
end


function done(summary)
    local e = summary.errors

    for _, thread in ipairs(threads) do
        for status, times in pairs(thread:get("answers")) do
            io.write(format("answers %d %d\n", status, times))
        end
    end

    io.write(format("errors %d\n", e.connect + e.read + e.write + e.timeout))
end
