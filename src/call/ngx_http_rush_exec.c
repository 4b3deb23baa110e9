
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Commands for administration.
 */


#include "call/ngx_http_rush_exec.h"


static void ngx_http_rush_exec_timer(ngx_event_t *ev);
static void ngx_http_rush_exec_end(ngx_http_rush_exec_t *exec);
static void ngx_http_rush_exec_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);


ngx_http_rush_exec_t *
ngx_http_rush_exec_create(ngx_http_rush_calls_t *calls)
{
    ngx_http_rush_exec_t  *exec;

    exec = ngx_calloc(sizeof(ngx_http_rush_exec_t), calls->log);
    if (exec == NULL) {
        return NULL;
    }

    exec->calls = calls;
    exec->command.handler = ngx_http_rush_exec_reply;
    exec->command.data = exec;

    return exec;
}


ngx_int_t
ngx_http_rush_exec_add(ngx_http_rush_exec_t *exec, ngx_str_t *args,
    ngx_uint_t n)
{
    size_t       *len;
    ngx_int_t     rc;
    ngx_uint_t    i;
    const char  **argv;

    argv = ngx_alloc(n * (sizeof(char *) + sizeof(size_t)), exec->calls->log);
    if (argv == NULL) {
        return NGX_ERROR;
    }

    len = (size_t *) &argv[n];

    for (i = 0; i < n; i++) {
        argv[i] = (const char *) args[i].data;
        len[i] = args[i].len;
    }

    exec->command.replies++;
    rc = ngx_http_rush_redis_format(&exec->command, n, argv, len);

    ngx_free(argv);

    return rc;
}


ngx_int_t
ngx_http_rush_exec_send(ngx_http_rush_exec_t *exec,
    ngx_http_rush_exec_pt handler, void *data)
{
    ngx_http_rush_redis_t  *redis;

    redis = exec->calls->redis;

    exec->handler = handler;
    exec->data = data;

    ngx_http_rush_redis_connect(redis);

    if (ngx_http_rush_redis_usable(redis) == NGX_DECLINED) {
        ngx_http_rush_exec_free(exec);
        return NGX_ERROR;
    }

    exec->sent = 1;
    redis->others++;

    /*
     * not from here: a write that fails calls handlers at once, and the
     * caller does not know yet that it waits
     */

    ngx_queue_insert_tail(&exec->calls->execs, &exec->queue);

    exec->timer.handler = ngx_http_rush_exec_timer;
    exec->timer.data = exec;
    exec->timer.log = exec->calls->log;

    ngx_add_timer(&exec->timer, redis->conf->timeout);
    ngx_post_event(&exec->calls->flush, &ngx_posted_events);

    return NGX_AGAIN;
}


void
ngx_http_rush_execs_ready(ngx_http_rush_calls_t *calls)
{
    ngx_queue_t           *q;
    ngx_http_rush_exec_t  *exec;

    while (!ngx_queue_empty(&calls->execs)) {
        q = ngx_queue_head(&calls->execs);
        exec = ngx_queue_data(q, ngx_http_rush_exec_t, queue);

        ngx_queue_remove(q);
        ngx_del_timer(&exec->timer);

        if (exec->handler) {
            ngx_http_rush_redis_send(calls->redis, &exec->command);

        } else {
            ngx_http_rush_exec_free(exec);
        }
    }
}


void
ngx_http_rush_execs_fail(ngx_http_rush_calls_t *calls)
{
    ngx_queue_t           *q;
    ngx_http_rush_exec_t  *exec;

    while (!ngx_queue_empty(&calls->execs)) {
        q = ngx_queue_head(&calls->execs);
        exec = ngx_queue_data(q, ngx_http_rush_exec_t, queue);

        ngx_del_timer(&exec->timer);
        ngx_http_rush_exec_timer(&exec->timer);
    }
}


/* it was never sent */

static void
ngx_http_rush_exec_timer(ngx_event_t *ev)
{
    void                   *data;
    ngx_http_rush_exec_t   *exec;
    ngx_http_rush_exec_pt   handler;

    exec = ev->data;
    handler = exec->handler;
    data = exec->data;

    ngx_queue_remove(&exec->queue);
    ngx_http_rush_exec_free(exec);

    if (handler) {
        handler(data, NULL, 0, 1);
    }
}


void
ngx_http_rush_exec_cancel(ngx_http_rush_exec_t *exec)
{
    exec->handler = NULL;
}


/* one that was not sent, or NULL */

void
ngx_http_rush_exec_free(ngx_http_rush_exec_t *exec)
{
    if (exec == NULL) {
        return;
    }

    if (exec->command.text) {
        ngx_free(exec->command.text);
    }

    ngx_http_rush_exec_end(exec);
}


static void
ngx_http_rush_exec_end(ngx_http_rush_exec_t *exec)
{
    if (exec->sent) {
        exec->calls->redis->others--;
    }

    ngx_free(exec);
}


static void
ngx_http_rush_exec_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    void                   *data;
    ngx_uint_t              n, last;
    ngx_http_rush_exec_t   *exec;
    ngx_http_rush_exec_pt   handler;

    exec = cmd->data;
    handler = exec->handler;
    data = exec->data;
    n = exec->n++;
    last = (reply == NULL || cmd->replies == 0);

    if (reply && reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(exec->calls->redis, reply);

        if (!exec->each) {
            reply = NULL;
        }
    }

    if (reply == NULL || last) {
        exec->handler = NULL;
    }

    if (last) {
        ngx_http_rush_exec_end(exec);
    }

    if (handler) {
        handler(data, reply, n, last || reply == NULL);
    }
}
