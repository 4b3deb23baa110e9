
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The connection's life: connect, fail, back off, suspend, close.  Writing,
 * reading and time-outs are in ngx_http_rush_redis_io.c.
 *
 * down -> connecting -> greeting -> ready <-> suspended, and from everywhere
 * back to down.  Commands wait in "out" until they are written and in "owed"
 * until they are answered; a reply belongs to the oldest command owed, and
 * anything else closes the connection.  Closing tells every command that its
 * reply will not come.  While nothing is pending the connection is idle: it
 * and its timers do not keep an old worker alive.
 */


#include "redis/ngx_http_rush_redis.h"
#include <ngx_event_connect.h>


#define NGX_HTTP_RUSH_BACKOFF_MIN  50       /* ms */
#define NGX_HTTP_RUSH_BACKOFF_MAX  1000


static void ngx_http_rush_redis_drop(ngx_http_rush_redis_t *redis,
    ngx_queue_t *queue);
static void ngx_http_rush_redis_retry_handler(ngx_event_t *ev);
static ngx_msec_t ngx_http_rush_redis_backoff(ngx_http_rush_redis_t *redis);
static u_char *ngx_http_rush_redis_log_error(ngx_log_t *log, u_char *buf,
    size_t len);


ngx_http_rush_redis_t *
ngx_http_rush_redis_create(ngx_pool_t *pool, ngx_http_rush_redis_conf_t *conf,
    ngx_http_rush_redis_stats_t *stats, ngx_log_t *log)
{
    ngx_http_rush_redis_t  *redis;

    redis = ngx_pcalloc(pool, sizeof(ngx_http_rush_redis_t));
    if (redis == NULL) {
        return NULL;
    }

    redis->buffer = ngx_palloc(pool, NGX_HTTP_RUSH_BUFFER);
    if (redis->buffer == NULL) {
        return NULL;
    }

    redis->conf = conf;
    redis->stats = stats;

    redis->log = *log;
    redis->log.handler = ngx_http_rush_redis_log_error;
    redis->log.data = redis;

    ngx_queue_init(&redis->out);
    ngx_queue_init(&redis->owed);

    if (ngx_http_rush_redis_durable_init(redis, pool) != NGX_OK) {
        return NULL;
    }

    redis->retry.handler = ngx_http_rush_redis_retry_handler;
    redis->retry.data = redis;
    redis->retry.log = &redis->log;
    redis->retry.cancelable = 1;

    return redis;
}


/* the process exits: nobody is told of what is still owed */

void
ngx_http_rush_redis_destroy(ngx_http_rush_redis_t *redis)
{
    if (redis->connection) {
        ngx_close_connection(redis->connection);
        redis->connection = NULL;
    }

    ngx_http_rush_reply_done(redis);
}


ngx_int_t
ngx_http_rush_redis_usable(ngx_http_rush_redis_t *redis)
{
    if (redis->state == ngx_http_rush_redis_ready) {
        return NGX_OK;
    }

    /* the first failure may be a restart, the second is an outage */

    return redis->failures < 2 ? NGX_AGAIN : NGX_DECLINED;
}


void
ngx_http_rush_redis_connect(ngx_http_rush_redis_t *redis)
{
    ngx_int_t               rc;
    ngx_addr_t             *addr;
    ngx_connection_t       *c;
    ngx_peer_connection_t   pc;

    if (redis->state != ngx_http_rush_redis_down || redis->retry.timer_set) {
        return;
    }

    addr = redis->conf->servers.elts;
    addr += redis->server;

    ngx_memzero(&pc, sizeof(ngx_peer_connection_t));

    pc.sockaddr = addr->sockaddr;
    pc.socklen = addr->socklen;
    pc.name = &addr->name;
    pc.get = ngx_event_get_peer;
    pc.log = &redis->log;
    pc.log_error = NGX_ERROR_ERR;

    if (ngx_http_rush_reply_init(redis) != NGX_OK) {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    rc = ngx_event_connect_peer(&pc);

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, &redis->log, 0,
                   "rush redis \"%V\" connect %V: %i",
                   &redis->conf->name, &addr->name, rc);

    redis->connection = pc.connection;

    if (rc == NGX_ERROR || rc == NGX_BUSY || rc == NGX_DECLINED) {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    c = pc.connection;
    c->data = redis;
    c->read->handler = ngx_http_rush_redis_read_handler;
    c->write->handler = ngx_http_rush_redis_write_handler;
    c->idle = !ngx_http_rush_redis_owes(redis);

    redis->generation++;
    redis->state = ngx_http_rush_redis_connecting;

    ngx_add_timer(c->read, redis->conf->connect_timeout);
    c->read->cancelable = c->idle;

    if (rc == NGX_OK) {
        ngx_http_rush_redis_write_handler(c->write);
    }
}


/* called when nothing may be pending any more */

void
ngx_http_rush_redis_idle(ngx_http_rush_redis_t *redis)
{
    ngx_connection_t  *c;

    c = redis->connection;

    if (c == NULL || ngx_http_rush_redis_owes(redis) || redis->reading) {
        return;
    }

    c->idle = 1;
    c->read->cancelable = 1;

    if (ngx_exiting) {
        ngx_http_rush_redis_close(redis);
    }
}


void
ngx_http_rush_redis_good(ngx_http_rush_redis_t *redis)
{
    redis->failures = 0;
    redis->unwell = 0;
}


void
ngx_http_rush_redis_odd(ngx_http_rush_redis_t *redis, const char *what)
{
    ngx_log_error(NGX_LOG_ERR, &redis->log, 0,
                  "redis sent %s, closing", what);

    redis->closing = 1;

    (void) ngx_atomic_fetch_add(&redis->stats->odd, 1);
}


void
ngx_http_rush_redis_fail(ngx_http_rush_redis_t *redis)
{
    if (redis->reading) {
        redis->closing = 1;
        return;
    }

    if (redis->state == ngx_http_rush_redis_ready && redis->failures == 0) {
        redis->server = 0;

    } else {
        redis->server = (redis->server + 1) % redis->conf->servers.nelts;
    }

    redis->failures++;

    if (redis->state < ngx_http_rush_redis_ready) {
        (void) ngx_atomic_fetch_add(&redis->stats->failures, 1);
    }

    if (!redis->retry.timer_set
        && (!ngx_exiting || ngx_http_rush_redis_owes(redis)))
    {
        ngx_add_timer(&redis->retry, ngx_http_rush_redis_backoff(redis));
    }

    ngx_http_rush_redis_close(redis);

    if (ngx_http_rush_redis_usable(redis) == NGX_DECLINED) {
        redis->on_outage(redis->data);
    }
}


void
ngx_http_rush_redis_close(ngx_http_rush_redis_t *redis)
{
    ngx_queue_t        out, owed;
    ngx_connection_t  *c;

    c = redis->connection;

    if (redis->state >= ngx_http_rush_redis_ready && !ngx_exiting) {
        /* at once: what nodes believe for a while ends with a connection */
        (void) ngx_atomic_fetch_add(&redis->stats->lost, 1);
    }

    redis->connection = NULL;
    redis->state = ngx_http_rush_redis_down;
    redis->closing = 0;

    if (c) {
        ngx_close_connection(c);
    }

    if (redis->check.timer_set) {
        ngx_del_timer(&redis->check);
    }

    ngx_http_rush_reply_done(redis);

    ngx_queue_init(&out);
    ngx_queue_init(&owed);

    if (!ngx_queue_empty(&redis->owed)) {
        ngx_queue_add(&owed, &redis->owed);
        ngx_queue_init(&redis->owed);
    }

    if (!ngx_queue_empty(&redis->out)) {
        ngx_queue_add(&out, &redis->out);
        ngx_queue_init(&redis->out);
    }

    ngx_http_rush_redis_drop(redis, &owed);
    ngx_http_rush_redis_drop(redis, &out);

    ngx_http_rush_redis_gauge(redis);
}


static void
ngx_http_rush_redis_drop(ngx_http_rush_redis_t *redis, ngx_queue_t *queue)
{
    ngx_queue_t              *q;
    ngx_http_rush_command_t  *cmd;

    while (!ngx_queue_empty(queue)) {
        q = ngx_queue_head(queue);
        cmd = ngx_queue_data(q, ngx_http_rush_command_t, queue);

        ngx_queue_remove(q);

        if (cmd->text) {
            ngx_free(cmd->text);
            cmd->text = NULL;
        }

        cmd->replies = 0;
        cmd->handler(cmd, NULL);
    }
}


void
ngx_http_rush_redis_greeted(ngx_http_rush_redis_t *redis)
{
    if (redis->state == ngx_http_rush_redis_greeting) {
        (void) ngx_atomic_fetch_add(&redis->stats->connects, 1);
    }

    redis->state = ngx_http_rush_redis_ready;
    redis->busy = 0;

    if (!redis->unwell) {
        redis->failures = 0;
    }

    redis->on_ready(redis->data);
}


/* Redis answers, but not now: ask PING until it does */

void
ngx_http_rush_redis_suspend(ngx_http_rush_redis_t *redis, ngx_uint_t busy)
{
    if (redis->state != ngx_http_rush_redis_suspended) {
        redis->failures++;
    }

    redis->state = ngx_http_rush_redis_suspended;
    redis->unwell = 1;
    redis->busy = busy;

    if (!redis->retry.timer_set) {
        ngx_add_timer(&redis->retry, ngx_http_rush_redis_backoff(redis));
    }
}


static void
ngx_http_rush_redis_retry_handler(ngx_event_t *ev)
{
    ngx_http_rush_redis_t  *redis;

    redis = ev->data;

    if (redis->state == ngx_http_rush_redis_suspended) {
        redis->failures++;
        ngx_http_rush_redis_probe(redis);
        return;
    }

    if (!ngx_exiting || ngx_http_rush_redis_owes(redis)) {
        ngx_http_rush_redis_connect(redis);
    }
}


static ngx_msec_t
ngx_http_rush_redis_backoff(ngx_http_rush_redis_t *redis)
{
    ngx_uint_t  ms, rounds;

    rounds = (redis->failures - 1) / redis->conf->servers.nelts;

    if (redis->failures == 1) {
        /* a restart, or a lost connection: soon, but not all at once */
        return 1 + ngx_random() % 10;
    }

    ms = NGX_HTTP_RUSH_BACKOFF_MIN << ngx_min(rounds, 5);
    ms = ngx_min(ms, NGX_HTTP_RUSH_BACKOFF_MAX);

    return ms * 3 / 4 + ngx_random() % (ms / 2);
}


void
ngx_http_rush_redis_set_clock(ngx_http_rush_redis_t *redis, int64_t now)
{
    redis->clock = now - (int64_t) ngx_current_msec;
    redis->clocked = 1;
}


int64_t
ngx_http_rush_redis_now(ngx_http_rush_redis_t *redis)
{
    ngx_time_t  *tp;

    if (redis->clocked) {
        return redis->clock + (int64_t) ngx_current_msec;
    }

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}


int64_t
ngx_http_rush_redis_time(ngx_http_rush_reply_t *reply)
{
    ngx_int_t  sec, usec;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY || reply->n != 2
        || reply->elts[0].type != NGX_HTTP_RUSH_REPLY_STRING
        || reply->elts[1].type != NGX_HTTP_RUSH_REPLY_STRING)
    {
        return 0;
    }

    sec = ngx_atoi(reply->elts[0].str.data, reply->elts[0].str.len);
    usec = ngx_atoi(reply->elts[1].str.data, reply->elts[1].str.len);

    if (sec == NGX_ERROR || usec == NGX_ERROR) {
        return 0;
    }

    return (int64_t) sec * 1000 + usec / 1000;
}


/* what this worker's connection is doing, for those who look at all workers */

void
ngx_http_rush_redis_gauge(ngx_http_rush_redis_t *redis)
{
    ngx_http_rush_redis_gauge_t  *gauge;

    if (ngx_exiting) {
        /* the place is the next worker's */
        return;
    }

    gauge = &redis->stats->gauges[ngx_worker % NGX_HTTP_RUSH_REDIS_WORKERS];

    gauge->pid = ngx_pid;
    gauge->state = redis->state;
    gauge->pending = (uint32_t) redis->pending;
}


static u_char *
ngx_http_rush_redis_log_error(ngx_log_t *log, u_char *buf, size_t len)
{
    ngx_http_rush_redis_t  *redis;

    redis = log->data;

    return ngx_snprintf(buf, len, ", rush_redis: \"%V\"",
                        &redis->conf->name);
}
