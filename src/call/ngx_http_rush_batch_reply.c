
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What comes back for a batch, spread to its calls.
 *
 * A batch that Redis did not run goes back to its group, in its old order and
 * with its old deadlines.  A batch of which nothing is known is asked for once
 * more (ngx_http_rush_batch_lost.c), or ends in NGX_ERROR for each call, which
 * a client sees as pending, never as a loss.
 */


#include "call/ngx_http_rush_call.h"


#define NGX_HTTP_RUSH_REPLY_HEAD  9
#define NGX_HTTP_RUSH_AGAIN       3    /* times that a call goes back */


static void ngx_http_rush_batch_count(ngx_http_rush_batch_t *batch);
static void ngx_http_rush_batch_error(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_batch_scripted(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_batch_shape(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply, ngx_http_rush_batch_wins_t *wins);
static void ngx_http_rush_batch_part(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_batch_keep(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_batch_looked(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_batch_records(ngx_http_rush_reply_t *reply);
static void ngx_http_rush_batch_next(ngx_http_rush_batch_t *batch);
static void ngx_http_rush_batch_unknown(ngx_http_rush_batch_t *batch);
static void ngx_http_rush_batch_again(ngx_http_rush_batch_t *batch);


void
ngx_http_rush_batch_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_batch_t  *batch;

    batch = cmd->data;

    if (reply && cmd->replies) {
        ngx_http_rush_batch_part(batch, reply);
        return;
    }

    if (reply) {
        ngx_http_rush_batch_count(batch);
    }

    if (reply == NULL) {
        if (cmd->sent && batch->group->route.play) {
            ngx_http_rush_batch_unknown(batch);

        } else {
            /* it was not run, or it only reads */
            ngx_http_rush_batch_again(batch);
        }

    } else if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        ngx_http_rush_batch_error(batch, reply);

    } else if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY) {
        ngx_http_rush_redis_odd(batch->group->calls->redis,
                                "a reply of the wrong type");
        ngx_http_rush_batch_unknown(batch);

    } else if (batch->group->route.play) {
        ngx_http_rush_batch_scripted(batch, reply);

    } else {
        ngx_http_rush_batch_looked(batch, reply);
    }

    if (!batch->waits) {
        ngx_http_rush_batch_done(batch);
    }
}


static void
ngx_http_rush_batch_count(ngx_http_rush_batch_t *batch)
{
    ngx_uint_t                   usec, i, top;
    ngx_http_rush_call_stats_t  *stats;

    stats = batch->group->calls->stats;
    usec = (ngx_uint_t) (ngx_http_rush_monotonic() - batch->sent);

    (void) ngx_atomic_fetch_add(&stats->batches, 1);
    (void) ngx_atomic_fetch_add(&stats->calls, batch->n);
    (void) ngx_atomic_fetch_add(&stats->usec, usec);

    if (batch->group->route.play == NULL) {
        (void) ngx_atomic_fetch_add(&stats->looks, 1);
    }

    if (usec > stats->slowest) {
        stats->slowest = usec;
    }

    for (i = 0, top = 1; i < NGX_HTTP_RUSH_CALL_SIZES - 1; i++, top *= 4) {
        if (batch->n <= top) {
            break;
        }
    }

    (void) ngx_atomic_fetch_add(&stats->sizes[i], 1);
}


static void
ngx_http_rush_batch_error(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_calls_t              *calls;
    ngx_http_rush_script_t             *script;
    const ngx_http_rush_redis_error_t  *e;

    calls = batch->group->calls;
    e = ngx_http_rush_redis_error(calls->redis, reply);

    if (batch->group->route.play && ngx_strncmp(reply->str.data, "NOSCRIPT", 8)
                                    == 0)
    {
        script = &batch->group->route.play
                                       ->scripts[batch->group->route.op];
        calls->loaded[script->index] = 0;
        ngx_http_rush_batch_again(batch);

    } else if (e->not_run && (e->suspend || e->close)) {
        ngx_http_rush_batch_again(batch);

    } else {
        ngx_http_rush_batch_fail(batch, NGX_ERROR);
    }
}


static void
ngx_http_rush_batch_scripted(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply)
{
    ngx_uint_t                   i;
    ngx_http_rush_calls_t       *calls;
    ngx_http_rush_reply_t       *e;
    ngx_http_rush_answer_t       answer;
    ngx_http_rush_batch_wins_t   wins;

    calls = batch->group->calls;
    e = reply->elts;

    if (ngx_http_rush_batch_shape(batch, reply, &wins) != NGX_OK) {
        ngx_http_rush_redis_odd(calls->redis, "a reply of the wrong shape");
        ngx_http_rush_batch_unknown(batch);
        return;
    }

    ngx_http_rush_redis_set_clock(calls->redis, e[2].integer);

    if (e[1].str.len == 4 && ngx_strncmp(e[1].str.data, "late", 4) == 0) {
        /* Redis' clock has stepped: nothing was taken, and now it is known */
        ngx_http_rush_batch_again(batch);
        return;
    }

    if (e[1].str.len == 4 && ngx_strncmp(e[1].str.data, "soon", 4) == 0) {
        /* what is asked for might still run */
        if (ngx_http_rush_batch_lost(batch, batch->fence - e[2].integer + 1)
            != NGX_OK)
        {
            ngx_http_rush_batch_fail(batch, NGX_ERROR);
        }

        return;
    }

    ngx_http_rush_redis_good(calls->redis);

    if (batch->fence) {
        (void) ngx_atomic_fetch_add(&calls->stats->settled, batch->n);
    }

    ngx_memzero(&answer, sizeof(ngx_http_rush_answer_t));

    answer.rc = NGX_OK;
    answer.sent = batch->sent;
    answer.status = e[1].str;
    answer.now = e[2].integer;
    answer.version = e[3].integer;
    answer.made = e[4].integer;
    answer.total = e[5].integer;
    answer.out = e[6].integer;
    answer.seq = e[7].integer;
    answer.due = e[8].integer;
    answer.size = batch->n;

    ngx_http_rush_batch_next(batch);

    for (i = 0; i < batch->n; i++) {
        if (reply->n > NGX_HTTP_RUSH_REPLY_HEAD) {
            ngx_http_rush_batch_line(&wins, &e[NGX_HTTP_RUSH_REPLY_HEAD + i],
                                     &answer.line);
        }

        ngx_http_rush_batch_answer(batch, i, &answer);
    }
}


/* the head, and behind an "ok" a line for each call */

static ngx_int_t
ngx_http_rush_batch_shape(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply, ngx_http_rush_batch_wins_t *wins)
{
    ngx_uint_t              i, n;
    ngx_http_rush_reply_t  *e;

    e = reply->elts;

    if (reply->n < NGX_HTTP_RUSH_REPLY_HEAD
        || e[0].type != NGX_HTTP_RUSH_REPLY_INTEGER
        || (ngx_uint_t) e[0].integer != batch->number
        || e[1].type != NGX_HTTP_RUSH_REPLY_STRING)
    {
        return NGX_ERROR;
    }

    for (i = 2; i < NGX_HTTP_RUSH_REPLY_HEAD; i++) {
        if (e[i].type != NGX_HTTP_RUSH_REPLY_INTEGER) {
            return NGX_ERROR;
        }
    }

    n = reply->n - NGX_HTTP_RUSH_REPLY_HEAD;

    if (e[1].str.len == 2 && ngx_strncmp(e[1].str.data, "ok", 2) == 0) {
        return ngx_http_rush_batch_wins(batch, &e[i], n, wins);
    }

    return n ? NGX_ERROR : NGX_OK;
}


/* what comes before the last reply of a look, and decides nothing alone */

static void
ngx_http_rush_batch_part(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_redis_t  *redis;

    redis = batch->group->calls->redis;

    if (batch->group->route.tags) {
        ngx_http_rush_batch_tagged(batch, reply);
        return;
    }

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(redis, reply);
        return;
    }

    switch (batch->command.replies) {

    case 3: /* TIME */
        batch->now = ngx_http_rush_redis_time(reply);

        if (batch->now == 0) {
            ngx_http_rush_redis_odd(redis, "a TIME of the wrong shape");
        }

        break;

    case 2: /* UNLINK */
        if (reply->type != NGX_HTTP_RUSH_REPLY_INTEGER) {
            ngx_http_rush_redis_odd(redis, "a reply of the wrong shape");
        }

        break;

    default: /* the campaign */
        (void) ngx_http_rush_batch_keep(batch, reply);
    }
}


/* the values of the campaign, which outlive their reply */

static ngx_int_t
ngx_http_rush_batch_keep(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply)
{
    u_char      *p;
    size_t       size;
    ngx_uint_t   i;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY
        || (batch->group->route.fields && reply->n != batch->nvalues))
    {
        ngx_http_rush_redis_odd(batch->group->calls->redis,
                                "a reply of the wrong shape");
        return NGX_ERROR;
    }

    size = (reply->n + 1) * sizeof(ngx_str_t);

    for (i = 0; i < reply->n; i++) {
        size += reply->elts[i].str.len;
    }

    batch->values = ngx_calloc(size, batch->group->calls->log);
    if (batch->values == NULL) {
        return NGX_ERROR;
    }

    batch->nvalues = reply->n;
    p = (u_char *) &batch->values[reply->n];

    for (i = 0; i < reply->n; i++) {
        if (reply->elts[i].type != NGX_HTTP_RUSH_REPLY_STRING) {
            continue;
        }

        batch->values[i].data = p;
        batch->values[i].len = reply->elts[i].str.len;
        p = ngx_cpymem(p, reply->elts[i].str.data, reply->elts[i].str.len);
    }

    return NGX_OK;
}


static void
ngx_http_rush_batch_looked(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply)
{
    ngx_uint_t               i, users;
    ngx_http_rush_calls_t   *calls;
    ngx_http_rush_answer_t   answer;

    calls = batch->group->calls;
    users = batch->group->route.users;

    if (batch->tagged) {
        ngx_http_rush_batch_tagged(batch, reply);

    } else if (!users) {
        (void) ngx_http_rush_batch_keep(batch, reply);

    } else if (reply->n != batch->n
               || ngx_http_rush_batch_records(reply) != NGX_OK)
    {
        ngx_http_rush_redis_odd(calls->redis, "a reply of the wrong shape");
    }

    if (calls->redis->closing || batch->failed
        || (batch->values == NULL && batch->tagged == NULL)
        || (users && batch->now == 0))
    {
        ngx_http_rush_batch_fail(batch, NGX_ERROR);
        return;
    }

    ngx_http_rush_redis_good(calls->redis);

    ngx_memzero(&answer, sizeof(ngx_http_rush_answer_t));

    answer.rc = NGX_OK;
    answer.sent = batch->sent;
    answer.values = batch->values;
    answer.nvalues = batch->nvalues;
    answer.size = batch->n;

    if (users) {
        ngx_http_rush_redis_set_clock(calls->redis, batch->now);
        answer.now = batch->now;

    } else {
        answer.now = ngx_http_rush_redis_now(calls->redis);
    }

    ngx_http_rush_batch_next(batch);

    for (i = 0; i < batch->n; i++) {
        answer.found = batch->tagged
                       ? batch->tagged[i]
                       : (users && reply->elts[i].type
                                   != NGX_HTTP_RUSH_REPLY_NIL);
        ngx_http_rush_batch_answer(batch, i, &answer);
    }
}


/*
 * Nil, or "GIVEN;...": the values of the campaign, as many by chance, would
 * say of a user that he has no record.
 */

static ngx_int_t
ngx_http_rush_batch_records(ngx_http_rush_reply_t *reply)
{
    ngx_str_t   *s;
    ngx_uint_t   i;

    for (i = 0; i < reply->n; i++) {
        s = &reply->elts[i].str;

        if (reply->elts[i].type == NGX_HTTP_RUSH_REPLY_NIL) {
            continue;
        }

        if (reply->elts[i].type != NGX_HTTP_RUSH_REPLY_STRING
            || ngx_strlchr(s->data, s->data + s->len, ';') == NULL)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Redis has done this batch.  The next one leaves before this one is spread:
 * Redis works on it while the clients of this one are written to.
 */

static void
ngx_http_rush_batch_next(ngx_http_rush_batch_t *batch)
{
    ngx_http_rush_group_t  *group;

    group = batch->group;

    if (!batch->answered) {
        batch->answered = 1;
        group->answered++;
        group->under_way--;
    }

    ngx_http_rush_group_dirty(group);

    if (group->dirty) {
        ngx_http_rush_calls_flush(group->calls);
    }
}


void
ngx_http_rush_batch_answer(ngx_http_rush_batch_t *batch, ngx_uint_t i,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_call_t  *call;

    batch->group->calls->redis->pending--;

    call = batch->calls[i];

    if (call) {
        batch->calls[i] = NULL;
        call->batch = NULL;
        call->handler(call, answer);
    }
}


void
ngx_http_rush_batch_fail(ngx_http_rush_batch_t *batch, ngx_int_t rc)
{
    ngx_uint_t              i;
    ngx_http_rush_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_rush_answer_t));
    answer.rc = rc;

    for (i = 0; i < batch->n; i++) {
        ngx_http_rush_batch_answer(batch, i, &answer);
    }
}


/* Redis may have run it, may run it yet, or not */

static void
ngx_http_rush_batch_unknown(ngx_http_rush_batch_t *batch)
{
    if (ngx_http_rush_batch_lost(batch, 0) != NGX_OK) {
        ngx_http_rush_batch_fail(batch, NGX_ERROR);
    }
}


/*
 * Not run: back to the head of the queues, the last call first.  A call whose
 * time or whose tries are over stays out, so that this has an end.
 */

static void
ngx_http_rush_batch_again(ngx_http_rush_batch_t *batch)
{
    ngx_uint_t               i;
    ngx_msec_t               timeout;
    ngx_http_rush_call_t    *call;
    ngx_http_rush_group_t   *group;
    ngx_http_rush_answer_t   answer;

    if (batch->fence) {
        /* what it asks for may have been run before */
        ngx_http_rush_batch_unknown(batch);
        return;
    }

    group = batch->group;
    timeout = group->calls->redis->conf->timeout;

    ngx_memzero(&answer, sizeof(ngx_http_rush_answer_t));
    answer.rc = group->calls->redis->busy ? NGX_BUSY : NGX_ERROR;

    for (i = batch->n; i > 0; i--) {
        call = batch->calls[i - 1];

        if (call == NULL || call->again == NGX_HTTP_RUSH_AGAIN
            || ngx_current_msec - call->start >= timeout)
        {
            ngx_http_rush_batch_answer(batch, i - 1, &answer);
            continue;
        }

        call->again++;
        (void) ngx_atomic_fetch_add(&group->calls->stats->again, 1);
        call->batch = NULL;
        call->group = group;

        ngx_queue_insert_head(&group->waiting, &call->queue);
        ngx_queue_insert_head(&group->calls->waiting, &call->wait);

        group->n++;
    }

    if (group->calls->timer.timer_set) {
        /* it ran for younger calls */
        ngx_del_timer(&group->calls->timer);
    }
}


void
ngx_http_rush_batch_done(ngx_http_rush_batch_t *batch)
{
    ngx_uint_t              answered;
    ngx_http_rush_calls_t  *calls;
    ngx_http_rush_group_t  *group;

    group = batch->group;
    calls = group->calls;

    if (batch->values) {
        ngx_free(batch->values);
    }

    answered = batch->answered;
    ngx_free(batch);

    if (answered) {
        group->answered--;

    } else {
        group->under_way--;
        ngx_http_rush_group_dirty(group);
    }

    ngx_http_rush_group_put(group);

    ngx_http_rush_calls_answered(calls);
}
