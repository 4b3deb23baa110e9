
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The other end of connections to Redis.  There is no socket but for its
 * number: what is written is kept and read as commands, and what is answered
 * is handed out by recv().
 */


#include "fuzz.h"
#include <ngx_event_connect.h>


ngx_int_t __wrap_ngx_event_connect_peer(ngx_peer_connection_t *pc);

static ssize_t fuzz_redis_recv(ngx_connection_t *c, u_char *buf, size_t size);
static ngx_chain_t *fuzz_redis_send(ngx_connection_t *c, ngx_chain_t *in,
    off_t limit);
static ngx_uint_t fuzz_redis_command(fuzz_redis_t *redis);
static size_t fuzz_redis_number(fuzz_redis_t *redis, u_char type);
static void fuzz_redis_reply(fuzz_redis_t *redis);
static void fuzz_redis_campaign(fuzz_redis_t *redis);


fuzz_redis_t  fuzz_redis;


ngx_int_t
__wrap_ngx_event_connect_peer(ngx_peer_connection_t *pc)
{
    int                fd;
    ngx_connection_t  *c;

    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    fuzz_assert(fd != -1);

    c = ngx_get_connection(fd, pc->log);
    fuzz_assert(c);

    c->recv = fuzz_redis_recv;
    c->send_chain = fuzz_redis_send;
    c->log = pc->log;
    c->read->log = pc->log;
    c->write->log = pc->log;
    c->write->ready = 1;

    pc->connection = c;

    return NGX_OK;
}


static ssize_t
fuzz_redis_recv(ngx_connection_t *c, u_char *buf, size_t size)
{
    size_t  n;

    n = ngx_min(size, fuzz_redis.in.len);

    if (n == 0) {
        c->read->ready = 0;
        return NGX_AGAIN;
    }

    ngx_memcpy(buf, fuzz_redis.in.data, n);

    fuzz_redis.in.data += n;
    fuzz_redis.in.len -= n;

    return n;
}


static ngx_chain_t *
fuzz_redis_send(ngx_connection_t *c, ngx_chain_t *in, off_t limit)
{
    for ( /* void */ ; in; in = in->next) {

        /* at the start of the worker nobody reads the greeting */

        if (fuzz_redis.redis && fuzz_redis.redis->connection == c) {
            fuzz_add(&fuzz_redis.out, in->buf->pos,
                     in->buf->last - in->buf->pos);
        }
    }

    return NULL;
}


/* a new connection, whatever became of the one before */

void
fuzz_redis_open(ngx_http_rush_redis_t *redis, ngx_pool_t *pool,
    fuzz_command_pt command, void *data)
{
    ngx_http_rush_redis_close(redis);
    fuzz_run();

    if (redis->retry.timer_set) {
        ngx_del_timer(&redis->retry);
    }

    redis->server = 0;
    redis->failures = 0;
    redis->unwell = 0;
    redis->busy = 0;
    redis->clocked = 0;

    fuzz_redis.redis = redis;
    fuzz_redis.command = command;
    fuzz_redis.data = data;
    fuzz_redis.seen = 0;
    ngx_str_null(&fuzz_redis.in);
    fuzz_text(&fuzz_redis.out, pool);

    ngx_http_rush_redis_connect(redis);

    if (redis->connection == NULL
        || redis->state == ngx_http_rush_redis_connecting)
    {
        fuzz_fail("connected", __FILE__, __LINE__);
    }
}


void
fuzz_redis_close(void)
{
    ngx_http_rush_redis_close(fuzz_redis.redis);
    fuzz_run();

    fuzz_redis.redis = NULL;
}


void
fuzz_redis_say(ngx_str_t *bytes)
{
    ngx_connection_t  *c;

    c = fuzz_redis.redis->connection;

    if (c == NULL) {
        return;
    }

    fuzz_redis.in = *bytes;

    c->read->ready = 1;
    c->read->handler(c->read);

    fuzz_run();
}


ngx_uint_t
fuzz_redis_serve(ngx_pool_t *pool)
{
    fuzz_text_t  reply;

    if (fuzz_redis.redis->connection == NULL) {
        return 0;
    }

    fuzz_text(&reply, pool);
    fuzz_redis.reply = &reply;

    while (fuzz_redis_command(&fuzz_redis)) {

        if (fuzz_redis.command == NULL
            || !fuzz_redis.command(&fuzz_redis, fuzz_redis.data))
        {
            fuzz_redis_reply(&fuzz_redis);
        }
    }

    if (reply.text.len == 0) {
        return 0;
    }

    fuzz_redis_say(&reply.text);

    return 1;
}


/* the next command; what was written of it is all there or nothing */

static ngx_uint_t
fuzz_redis_command(fuzz_redis_t *redis)
{
    size_t      len;
    ngx_str_t  *out;
    ngx_uint_t  i;

    out = &redis->out.text;

    if (redis->seen == out->len) {
        return 0;
    }

    redis->n = fuzz_redis_number(redis, '*');
    fuzz_assert(redis->n >= 1 && redis->n <= FUZZ_ARGS);

    for (i = 0; i < redis->n; i++) {
        len = fuzz_redis_number(redis, '$');
        fuzz_assert(redis->seen + len + 2 <= out->len);

        redis->args[i].data = out->data + redis->seen;
        redis->args[i].len = len;
        redis->seen += len + 2;

        fuzz_assert(ngx_memcmp(out->data + redis->seen - 2, CRLF, 2) == 0);
    }

    return 1;
}


static size_t
fuzz_redis_number(fuzz_redis_t *redis, u_char type)
{
    size_t      n;
    u_char     *p, *last;

    p = redis->out.text.data + redis->seen;
    last = redis->out.text.data + redis->out.text.len;

    fuzz_assert(p < last && *p == type);

    for (n = 0, p++; p < last && isdigit(*p); p++) {
        n = n * 10 + (*p - '0');
    }

    fuzz_assert(last - p >= 2 && ngx_memcmp(p, CRLF, 2) == 0);
    redis->seen = p + 2 - redis->out.text.data;

    return n;
}


ngx_uint_t
fuzz_redis_is(fuzz_redis_t *redis, const char *name)
{
    return redis->args[0].len == ngx_strlen(name)
           && ngx_memcmp(redis->args[0].data, name, redis->args[0].len) == 0;
}


/* what Redis says to whom the target does not want to answer itself */

static void
fuzz_redis_reply(fuzz_redis_t *redis)
{
    ngx_uint_t  i;

    static ngx_str_t  kind = ngx_string("kind");
    static ngx_str_t  info = ngx_string("redis_version:7.0.0\r\n"
                                        "run_id:fuzz\r\n");

    if (fuzz_redis_is(redis, "INFO")) {
        fuzz_redis_bulk(redis->reply, &info);

    } else if (fuzz_redis_is(redis, "TIME")) {
        fuzz_print(redis->reply, "*2\r\n$10\r\n1800000000\r\n$1\r\n0\r\n");

    } else if (fuzz_redis_is(redis, "PING")) {
        fuzz_print(redis->reply, "+PONG\r\n");

    } else if (fuzz_redis_is(redis, "UNLINK")) {
        fuzz_print(redis->reply, ":0\r\n");

    } else if (fuzz_redis_is(redis, "HMGET")
               && fuzz_same(&redis->args[2], &kind))
    {
        fuzz_redis_campaign(redis);

    } else if (fuzz_redis_is(redis, "HMGET")
               || fuzz_redis_is(redis, "SMISMEMBER"))
    {
        fuzz_print(redis->reply, "*%ui\r\n", redis->n - 2);

        for (i = 2; i < redis->n; i++) {
            fuzz_print(redis->reply, "%s\r\n",
                       fuzz_redis_is(redis, "HMGET") ? "$-1" : ":0");
        }

    } else {
        fuzz_print(redis->reply, "+OK\r\n");
    }
}


/* a sale that is open, by the fields that a look reads, and of an item two */

static void
fuzz_redis_campaign(fuzz_redis_t *redis)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    static const char  *values[] = {
        "sale", NULL, "1", "1700000000000", "10", "3", "3", "0", "0", "0",
        "604800000", "0", "0", "500", "0", NULL, NULL, NULL, "5", "1"
    };

    fuzz_assert(redis->n - 2 <= sizeof(values) / sizeof(values[0]));
    fuzz_print(redis->reply, "*%ui\r\n", redis->n - 2);

    for (i = 0; i < redis->n - 2; i++) {

        if (values[i] == NULL) {
            fuzz_print(redis->reply, "$-1\r\n");
            continue;
        }

        value.data = (u_char *) values[i];
        value.len = ngx_strlen(values[i]);
        fuzz_redis_bulk(redis->reply, &value);
    }
}


void
fuzz_redis_bulk(fuzz_text_t *t, ngx_str_t *s)
{
    fuzz_print(t, "$%uz\r\n", s->len);
    fuzz_add(t, s->data, s->len);
    fuzz_print(t, "\r\n");
}


void
fuzz_redis_head(fuzz_redis_t *redis, ngx_uint_t n)
{
    ngx_uint_t  at;

    (void) fuzz_redis_calls(redis, &at);

    /* the number of the batch, ok, now, version, made, total, out, seq, due */

    fuzz_print(redis->reply, "*%ui\r\n:%V\r\n$2\r\nok\r\n:1800000000000\r\n"
               ":1\r\n:1700000000000\r\n:10\r\n:3\r\n:3\r\n:0\r\n", 9 + n,
               &redis->args[at - 4]);
}


/* EVALSHA sha1 n key..., then contract, number, time, play, and what is common
 * to the calls, and of each its user and its fields */

ngx_uint_t
fuzz_redis_calls(fuzz_redis_t *redis, ngx_uint_t *at)
{
    fuzz_assert(redis->n > 8);

    *at = 3 + ngx_atoi(redis->args[2].data, redis->args[2].len) + 5;

    fuzz_assert(*at < redis->n && (redis->n - *at) % 2 == 0);

    return (redis->n - *at) / 2;
}
