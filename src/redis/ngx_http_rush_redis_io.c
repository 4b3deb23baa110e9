
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Bytes out and replies in: commands leave in one writev, a reply belongs to
 * the oldest command that is owed one, and the timer runs for that command.
 * Handlers are called while redis->reading is set: what they find wrong is
 * noted in redis->closing and done when they have returned.
 */


#include "redis/ngx_http_rush_redis.h"


#define NGX_HTTP_RUSH_WRITE_BUFS  16


static void ngx_http_rush_redis_written(ngx_http_rush_redis_t *redis,
    size_t sent);
static ngx_int_t ngx_http_rush_redis_connected(ngx_http_rush_redis_t *redis);
static ngx_int_t ngx_http_rush_redis_read(ngx_http_rush_redis_t *redis);
static ngx_int_t ngx_http_rush_redis_replies(ngx_http_rush_redis_t *redis);
static ngx_http_rush_command_t *ngx_http_rush_redis_oldest(
    ngx_http_rush_redis_t *redis);
static void ngx_http_rush_redis_timer(ngx_http_rush_redis_t *redis);


void
ngx_http_rush_redis_send(ngx_http_rush_redis_t *redis,
    ngx_http_rush_command_t *cmd)
{
    cmd->pos = 0;
    cmd->sent = 0;
    cmd->deadline = ngx_current_msec + (cmd->internal
                                        ? redis->conf->connect_timeout
                                        : redis->conf->timeout);

    ngx_queue_insert_tail(&redis->out, &cmd->queue);
}


void
ngx_http_rush_redis_send_now(ngx_http_rush_redis_t *redis,
    ngx_http_rush_command_t *cmd)
{
    ngx_http_rush_redis_send(redis, cmd);

    if (!redis->reading) {
        ngx_http_rush_redis_flush(redis);
    }
}


void
ngx_http_rush_redis_flush(ngx_http_rush_redis_t *redis)
{
    off_t                     size;
    ngx_buf_t                 bufs[NGX_HTTP_RUSH_WRITE_BUFS];
    ngx_uint_t                n;
    ngx_chain_t               links[NGX_HTTP_RUSH_WRITE_BUFS], *rest;
    ngx_queue_t              *q;
    ngx_connection_t         *c;
    ngx_http_rush_command_t  *cmd;

    c = redis->connection;

    while (!ngx_queue_empty(&redis->out) && c->write->ready) {

        n = 0;
        size = 0;

        for (q = ngx_queue_head(&redis->out);
             q != ngx_queue_sentinel(&redis->out)
                 && n < NGX_HTTP_RUSH_WRITE_BUFS;
             q = ngx_queue_next(q))
        {
            cmd = ngx_queue_data(q, ngx_http_rush_command_t, queue);

            ngx_memzero(&bufs[n], sizeof(ngx_buf_t));
            bufs[n].pos = cmd->text + cmd->pos;
            bufs[n].last = cmd->text + cmd->len;
            bufs[n].memory = 1;

            links[n].buf = &bufs[n];
            links[n].next = NULL;

            if (n) {
                links[n - 1].next = &links[n];
            }

            size += cmd->len - cmd->pos;
            n++;
        }

        rest = c->send_chain(c, links, 0);

        if (rest == NGX_CHAIN_ERROR) {
            ngx_http_rush_redis_fail(redis);
            return;
        }

        for ( /* void */ ; rest; rest = rest->next) {
            size -= ngx_buf_size(rest->buf);
        }

        ngx_http_rush_redis_written(redis, (size_t) size);
    }

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    ngx_http_rush_redis_timer(redis);
}


static void
ngx_http_rush_redis_written(ngx_http_rush_redis_t *redis, size_t sent)
{
    size_t                    size;
    ngx_queue_t              *q;
    ngx_http_rush_command_t  *cmd;

    while (sent) {
        q = ngx_queue_head(&redis->out);
        cmd = ngx_queue_data(q, ngx_http_rush_command_t, queue);

        size = ngx_min(sent, cmd->len - cmd->pos);

        cmd->sent = 1;
        cmd->pos += size;
        sent -= size;

        if (cmd->pos == cmd->len) {
            ngx_free(cmd->text);
            cmd->text = NULL;

            ngx_queue_remove(q);
            ngx_queue_insert_tail(&redis->owed, q);
        }
    }
}


void
ngx_http_rush_redis_write_handler(ngx_event_t *wev)
{
    ngx_connection_t       *c;
    ngx_http_rush_redis_t  *redis;

    c = wev->data;
    redis = c->data;

    if (redis->state == ngx_http_rush_redis_connecting
        && ngx_http_rush_redis_connected(redis) != NGX_OK)
    {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    ngx_http_rush_redis_flush(redis);
}


static ngx_int_t
ngx_http_rush_redis_connected(ngx_http_rush_redis_t *redis)
{
    ngx_err_t          err;
    socklen_t          len;
    ngx_addr_t        *addr;
    ngx_connection_t  *c;

    c = redis->connection;
    err = 0;
    len = sizeof(ngx_err_t);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    addr = redis->conf->servers.elts;
    addr += redis->server;

    if (err) {
        ngx_log_error(NGX_LOG_ERR, &redis->log, err,
                      "connect to redis at %V failed", &addr->name);
        redis->busy = 0;
        return NGX_ERROR;
    }

    if (addr->sockaddr->sa_family != AF_UNIX && ngx_tcp_nodelay(c) != NGX_OK) {
        return NGX_ERROR;
    }

    redis->state = ngx_http_rush_redis_greeting;

    return ngx_http_rush_redis_greet(redis);
}


void
ngx_http_rush_redis_read_handler(ngx_event_t *rev)
{
    ngx_int_t               rc;
    ngx_connection_t       *c;
    ngx_http_rush_redis_t  *redis;

    c = rev->data;
    redis = c->data;

    if (c->close) {
        /* an old worker leaves: nothing is pending, or its time is over */
        redis->leaving = 1;
        ngx_http_rush_redis_close(redis);
        return;
    }

    if (rev->timedout) {
        rev->timedout = 0;
        ngx_http_rush_redis_timer(redis);
        return;
    }

    if (redis->state == ngx_http_rush_redis_connecting) {
        /* refused, perhaps: the write handler finds out */
        ngx_http_rush_redis_write_handler(c->write);
        return;
    }

    redis->reading = 1;
    rc = ngx_http_rush_redis_read(redis);
    redis->reading = 0;

    if (rc != NGX_OK || redis->closing) {
        redis->closing = 0;
        ngx_http_rush_redis_fail(redis);
        return;
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    /* handlers may have sent something */
    ngx_http_rush_redis_flush(redis);
    ngx_http_rush_redis_idle(redis);
}


static ngx_int_t
ngx_http_rush_redis_read(ngx_http_rush_redis_t *redis)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = redis->connection;

    do {
        n = c->recv(c, redis->buffer, NGX_HTTP_RUSH_BUFFER);

        if (n == NGX_AGAIN) {
            return NGX_OK;
        }

        if (n == 0) {
            ngx_log_error(NGX_LOG_ERR, &redis->log, 0,
                          "redis closed the connection");
            return NGX_ERROR;
        }

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (ngx_http_rush_reply_feed(redis, n) != NGX_OK) {
            ngx_http_rush_redis_odd(redis, "a reply that is too large");
            return NGX_ERROR;
        }

        if (ngx_http_rush_redis_replies(redis) != NGX_OK) {
            return NGX_ERROR;
        }

    } while (c->read->ready && !redis->closing);

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_redis_replies(ngx_http_rush_redis_t *redis)
{
    ngx_int_t                 rc;
    ngx_http_rush_reply_t    *reply;
    ngx_http_rush_command_t  *cmd;

    while (!redis->closing) {

        rc = ngx_http_rush_reply_next(redis, &reply);

        if (rc == NGX_AGAIN) {
            return NGX_OK;
        }

        if (rc == NGX_ERROR) {
            ngx_http_rush_redis_odd(redis, "what is no RESP2 reply");
            return NGX_ERROR;
        }

        cmd = ngx_http_rush_redis_oldest(redis);

        if (cmd == NULL) {

            if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
                (void) ngx_http_rush_redis_error(redis, reply);
            }

            ngx_http_rush_redis_odd(redis, "a reply that nothing waits for");
            return NGX_ERROR;
        }

        if (--cmd->replies == 0) {
            ngx_queue_remove(&cmd->queue);
        }

        cmd->handler(cmd, reply);
    }

    return NGX_ERROR;
}


/*
 * The command that is answered next.  One that is owed several replies may get
 * the first while its end waits for room in the socket, but not the last.
 */

static ngx_http_rush_command_t *
ngx_http_rush_redis_oldest(ngx_http_rush_redis_t *redis)
{
    ngx_queue_t              *q;
    ngx_http_rush_command_t  *cmd;

    if (!ngx_queue_empty(&redis->owed)) {
        q = ngx_queue_head(&redis->owed);
        return ngx_queue_data(q, ngx_http_rush_command_t, queue);
    }

    if (!ngx_queue_empty(&redis->out)) {
        q = ngx_queue_head(&redis->out);
        cmd = ngx_queue_data(q, ngx_http_rush_command_t, queue);

        if (cmd->sent && cmd->replies > 1) {
            return cmd;
        }
    }

    return NULL;
}


/* the timer runs for the oldest command, or for the connect */

static void
ngx_http_rush_redis_timer(ngx_http_rush_redis_t *redis)
{
    ngx_msec_int_t            left;
    ngx_queue_t              *q;
    ngx_event_t              *rev;
    ngx_http_rush_command_t  *cmd;

    if (redis->connection == NULL) {
        return;
    }

    rev = redis->connection->read;

    ngx_http_rush_redis_gauge(redis);

    redis->connection->idle = !ngx_http_rush_redis_owes(redis);
    rev->cancelable = redis->connection->idle;

    if (redis->state == ngx_http_rush_redis_connecting) {

        if (!rev->timer_set) {
            ngx_log_error(NGX_LOG_ERR, &redis->log, NGX_ETIMEDOUT,
                          "connect to redis timed out");
            redis->busy = 0;
            ngx_http_rush_redis_fail(redis);
        }

        return;
    }

    if (ngx_queue_empty(&redis->owed) && ngx_queue_empty(&redis->out)) {

        if (rev->timer_set) {
            ngx_del_timer(rev);
        }

        return;
    }

    q = ngx_queue_empty(&redis->owed) ? ngx_queue_head(&redis->out)
                                      : ngx_queue_head(&redis->owed);
    cmd = ngx_queue_data(q, ngx_http_rush_command_t, queue);

    left = (ngx_msec_int_t) (cmd->deadline - ngx_current_msec);

    if (left > 0) {
        ngx_add_timer(rev, (ngx_msec_t) left);
        return;
    }

    ngx_log_error(NGX_LOG_ERR, &redis->log, NGX_ETIMEDOUT,
                  "redis did not answer in time, closing");

    (void) ngx_atomic_fetch_add(&redis->stats->timeouts, 1);

    /* what answers nobody in time is not waited for once more */

    redis->failures++;
    redis->busy = 0;
    ngx_http_rush_redis_fail(redis);
}
