-- The peer's claim, in nginx: one EVALSHA a request on a connection out of a
-- pool, a signed ticket, the answer that Rush gives.  Written as one does for
-- speed in OpenResty: compiled once, all names local, regex and calls of C
-- that the JIT compiles, headers by nginx's own directives.
--
-- peer.conf calls it, peer-claim.lua is what Redis runs.

local ffi = require "ffi"
local redis = require "nginx.redis"      -- Debian's name of lua-resty-redis
local encode_base64url = require("ngx.base64").encode_base64url

local ngx, var, find = ngx, ngx.var, ngx.re.find
local print, discard_body = ngx.print, ngx.req.discard_body
local get_method = ngx.req.get_method
local sub, match, C = string.sub, string.match, ffi.C

local CAMPAIGN = 'bench'
local KEY = 'peer:{' .. CAMPAIGN .. '}'
local USERS, EVENTS = KEY .. ':users', KEY .. ':events'
local PURPOSE = 'rush ticket\npeer:\n'
local ID = [[^[A-Za-z0-9_.:@-]{1,64}\z]]
local REPLY = '^(%a+)\t(%d+)\t(%d+)\t(%d+)\t(%d+)\t(%d*)$'
local TIMEOUT, IDLE, POOL = 5000, 60000, 4096

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

local address, script, sha, kid

local _M = {}


local function slurp(name)
    local file = assert(io.open(name))
    local text = file:read('*a')

    file:close()

    return text
end


-- before nginx forks: where Redis is, the key of tickets, Redis' script
function _M.init(socket, keys, name)
    local secret

    address = socket
    kid, secret = slurp(keys):match('^([^:\n]+):([^\n]+)')

    assert(C.HMAC_Init_ex(mac, secret, #secret, C.EVP_sha256(), nil) == 1)

    script = slurp(name)
    sha = ngx.sha1_bin(script):gsub('.', function (c)
        return ('%02x'):format(c:byte())
    end)
end


local function ticket(user, made, seq)
    local body = CAMPAIGN .. '~' .. made .. '~' .. user .. '~' .. seq
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
local function ask(user)
    local red = redis:new()

    red:set_timeout(TIMEOUT)

    local ok, err = red:connect(address)

    if not ok then
        return nil, err
    end

    local reply

    reply, err = red:evalsha(sha, 3, KEY, USERS, EVENTS, user)

    if not reply and err and sub(err, 1, 8) == 'NOSCRIPT' then
        reply, err = red:eval(script, 3, KEY, USERS, EVENTS, user)
    end

    if not reply then
        red:close()

        return nil, err
    end

    red:set_keepalive(IDLE, POOL)

    return reply
end


function _M.claim()
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

    local reply, err = ask(user)

    if not reply then
        ngx.log(ngx.ERR, 'redis: ', err)

        return refuse('pending')
    end

    local outcome, made, seq, left, now, till = match(reply, REPLY)

    if not outcome then
        return refuse(reply)
    end

    return send(outcome, '{"outcome":"' .. outcome .. '","campaign":"'
                .. CAMPAIGN .. '","ticket":"' .. ticket(user, made, seq)
                .. '","seq":' .. seq .. ',"units":1,"left":' .. left
                .. (till ~= '' and ',"hold_until":' .. till or '')
                .. ',"now":' .. now .. '}')
end


return _M
