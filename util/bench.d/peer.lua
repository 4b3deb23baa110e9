-- The peer's claim, in nginx: one EVALSHA a request on a connection out of a
-- pool, a signed ticket, the answer that Rush gives.  Written as one does for
-- speed in OpenResty: compiled once, all names local, regex and calls of C
-- that the JIT compiles, headers by nginx's own directives.
--
-- peer.conf calls it, peer-claim.lua and peer-coupon.lua are what Redis runs.

local ffi = require "ffi"
local redis = require "nginx.redis"      -- Debian's name of lua-resty-redis
local encode_base64url = require("ngx.base64").encode_base64url

local ngx, var, find = ngx, ngx.var, ngx.re.find
local sold = ngx.shared.sold
local print, discard_body = ngx.print, ngx.req.discard_body
local get_method = ngx.req.get_method
local sub, match, C = string.sub, string.match, ffi.C

-- id -> the script in Redis, and what stands around the last of its reply
local CAMPAIGNS = {
    bench = { file = 'peer-claim.lua', before = ',"hold_until":', after = '' },
    gone = { file = 'peer-claim.lua', before = ',"hold_until":', after = '' },
    drops = { file = 'peer-coupon.lua', before = ',"code":"', after = '"' },
}

local PURPOSE = 'rush ticket\npeer:\n'
local ID = [[^[A-Za-z0-9_.:@-]{1,64}\z]]
local REPLY = '^(%a+)\t(%d+)\t(%d+)\t(%d+)\t(%d+)\t(%w*)$'
local TIMEOUT, IDLE, POOL = 5000, 60000, 4096
local SOLD = 1                           -- seconds that sold_out is believed

local STATUS = { won = 200, again = 200, sold_out = 409, early = 425,
                 ended = 410, paused = 423, unknown = 404, method = 405,
                 anonymous = 401, invalid = 400, pending = 503 }

ffi.cdef[[
typedef struct hmac_ctx_st HMAC_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct engine_st ENGINE;

HMAC_CTX *HMAC_CTX_new(void);
const EVP_MD *EVP_sha256(void);
int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md,
    ENGINE *impl);
int HMAC_Update(HMAC_CTX *ctx, const unsigned char *data, size_t len);
int HMAC_Final(HMAC_CTX *ctx, unsigned char *md, unsigned int *len);
]]

local mac = C.HMAC_CTX_new()             -- keyed once, used again and again
local digest = ffi.new('unsigned char[32]')
local length = ffi.new('unsigned int[1]')

local address, kid

local _M = {}


local function slurp(name)
    local file = assert(io.open(name))
    local text = file:read('*a')

    file:close()

    return text
end


-- before nginx forks: where Redis is, the key of tickets, Redis' scripts
function _M.init(socket, keys, scripts)
    local secret

    address = socket
    kid, secret = slurp(keys):match('^([^:\n]+):([^\n]+)')

    assert(C.HMAC_Init_ex(mac, secret, #secret, C.EVP_sha256(), nil) == 1)

    for id, c in pairs(CAMPAIGNS) do
        c.id, c.key = id, 'peer:{' .. id .. '}'
        c.users, c.events = c.key .. ':users', c.key .. ':events'

        c.script = slurp(scripts .. c.file)
        c.sha = ngx.sha1_bin(c.script):gsub('.', function (byte)
            return ('%02x'):format(byte:byte())
        end)
    end
end


local function ticket(id, user, made, seq)
    local body = id .. '~' .. made .. '~' .. user .. '~' .. seq
    local text = PURPOSE .. body

    if C.HMAC_Init_ex(mac, nil, 0, nil, nil) ~= 1
       or C.HMAC_Update(mac, text, #text) ~= 1
       or C.HMAC_Final(mac, digest, length) ~= 1
    then
        error('no HMAC')
    end

    return body .. '~' .. kid .. '~'
           .. encode_base64url(ffi.string(digest, 32))
end


local function send(outcome, text)
    ngx.status = STATUS[outcome]
    ngx.header.content_length = #text
    print(text)
end


local function refuse(outcome)
    return send(outcome, '{"outcome":"' .. outcome .. '","now":'
                         .. ngx.now() * 1000 .. '}')
end


-- what the script says, or nil and why not
local function ask(c, user)
    local red = redis:new()

    red:set_timeout(TIMEOUT)

    local ok, err = red:connect(address)

    if not ok then
        return nil, err
    end

    local reply

    reply, err = red:evalsha(c.sha, 3, c.key, c.users, c.events, user)

    if not reply and err and sub(err, 1, 8) == 'NOSCRIPT' then
        reply, err = red:eval(c.script, 3, c.key, c.users, c.events, user)
    end

    if not reply then
        red:close()

        return nil, err
    end

    red:set_keepalive(IDLE, POOL)

    return reply
end


-- with a dict, sold_out is remembered in it, and told to all who come then,
-- also to those who have a ticket
local function claim(id, dict)
    local c = CAMPAIGNS[id]

    discard_body()

    if get_method() ~= 'POST' then
        return refuse('method')
    end

    local user = var.http_x_user

    if not user then
        return refuse('anonymous')
    end

    if not find(user, ID, 'jo') then
        return refuse('invalid')
    end

    if dict and dict:get(id) then
        return refuse('sold_out')
    end

    local reply, err = ask(c, user)

    if not reply then
        ngx.log(ngx.ERR, 'redis: ', err)

        return refuse('pending')
    end

    local outcome, made, seq, left, now, last = match(reply, REPLY)

    if not outcome then
        if dict and reply == 'sold_out' then
            dict:set(id, true, SOLD)
        end

        return refuse(reply)
    end

    return send(outcome, '{"outcome":"' .. outcome .. '","campaign":"'
                .. id .. '","ticket":"' .. ticket(id, user, made, seq)
                .. '","seq":' .. seq .. ',"units":1,"left":' .. left
                .. (last ~= '' and c.before .. last .. c.after or '')
                .. ',"now":' .. now .. '}')
end


function _M.claim(id)
    return claim(id)
end


function _M.guarded(id)
    return claim(id, sold)
end


return _M
