-- The peer's scans, in nginx, each of them one way to do it in OpenResty:
--
--   ready    an address from a shared dict, which something else has put there
--   rules    rules in a table of the worker, as a cache would have them
--   ask      one HGET a request, on a connection out of a pool
--
-- Written for speed as peer.lua is.  None of them counts, nor looks whether the
-- rules are still those of Redis.

local redis = require "nginx.redis"      -- Debian's name of lua-resty-redis

local ngx, var, shared = ngx, ngx.var, ngx.shared
local find, unescape, now = ngx.re.find, ngx.unescape_uri, ngx.now
local sub = string.sub

local TIMEOUT, IDLE, POOL = 5000, 60000, 4096
local SITE = 'https://m.example.com/'

-- tried in this order; the last one is everybody else
local CLIENTS = {
    { 'bot', [[bot\b|spider|crawler|slurp|preview|facebookexternalhit]] },
    { 'wecom', 'wxwork/' },
    { 'miniprogram', 'miniProgram' },
    { 'wechat', 'MicroMessenger/' },
    { 'alipay', 'AlipayClient/' },
    { 'douyin', 'aweme|ToutiaoMicroApp' },
    { 'ios', 'iPhone|iPad|iPod' },
    { 'android', 'Android' },
}

local LINKS = {
    ['door-3'] = {
        rules = {
            { client = { alipay = true, douyin = true },
              to = SITE .. 'alipays' },
            { arg = 'arg_src', is = { tv = true, web = true },
              to = SITE .. 'channel' },
            { from = 1577836800, till = 4070908800,
              to = SITE .. 'evening' },
        },
        fallback = SITE .. 'welcome',
    },
}

local address

local _M = {}


-- before nginx forks: where Redis is
function _M.init(socket)
    address = socket
    shared.links:set('door-1', SITE .. 'welcome')
end


local function client_of(agent)
    if agent then
        for i = 1, #CLIENTS do
            local class = CLIENTS[i]

            if find(agent, class[2], 'ijo') then
                return class[1]
            end
        end
    end

    return 'desktop'
end


local function argument(name)
    local value = var[name]

    if value and find(value, '[%+]', 'jo') then
        return unescape(value)
    end

    return value
end


-- where a link leads
local function target(link)
    local rules, client = link.rules, nil

    for i = 1, #rules do
        local rule = rules[i]
        local fits = true

        if rule.client then
            client = client or client_of(var.http_user_agent)
            fits = rule.client[client]
        end

        if fits and rule.arg then
            local value = argument(rule.arg)

            fits = value and rule.is[value]
        end

        if fits and rule.from then
            local time = now()

            fits = time >= rule.from and time < rule.till
        end

        if fits then
            return rule.to
        end
    end

    return link.fallback
end


-- ngx.redirect() would be slower, and make a body
local function answer(to)
    if not to then
        return ngx.exit(404)
    end

    local header = ngx.header

    ngx.status = 302
    header['Location'] = to
    header['Content-Length'] = 0

    return ngx.send_headers()
end


-- all after "/x/"
local function code()
    return sub(var.uri, 4)
end


function _M.ready()
    return answer(shared.links:get(code()))
end


function _M.rules()
    local link = LINKS[code()]

    return answer(link and target(link))
end


function _M.ask()
    local red = redis:new()

    red:set_timeout(TIMEOUT)

    local ok, err = red:connect(address)
    local to

    if ok then
        to, err = red:hget('peer:link:' .. code(), 'to')
    end

    if not to then
        red:close()
        ngx.log(ngx.ERR, 'redis: ', err)

        return ngx.exit(503)
    end

    red:set_keepalive(IDLE, POOL)

    return answer(to ~= ngx.null and to)
end


return _M
