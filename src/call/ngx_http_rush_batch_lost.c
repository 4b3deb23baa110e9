
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Batches whose reply will not come.  Redis may have run such a batch, and as
 * long as its not_after has not passed it may still do so: a command that was
 * sent is run even if its connection is gone.  So the batch waits until then,
 * and its calls are sent once more, with that not_after as a fence: a script
 * that sees a later TIME knows that the first try has run, or never will, and
 * who has his ticket by then has it from there.  Whoever is not settled within
 * another time-out is told that nothing is known.
 *
 * A lost batch is kept in calls->lost, with its calls, and no longer counts as
 * under way: new batches of its group do not wait for it.
 */


#include "call/ngx_http_rush_call.h"


#define NGX_HTTP_RUSH_LOST_RETRY  10    /* ms, until there is a connection */


static void ngx_http_rush_batch_ask(ngx_http_rush_batch_t *batch);
static void ngx_http_rush_batch_pack(ngx_http_rush_batch_t *batch);
static void ngx_http_rush_batch_give_up(ngx_http_rush_batch_t *batch);
static void ngx_http_rush_lost_timer(ngx_http_rush_calls_t *calls);


ngx_int_t
ngx_http_rush_batch_lost(ngx_http_rush_batch_t *batch, ngx_msec_t delay)
{
    ngx_msec_t              timeout, age;
    ngx_queue_t            *q;
    ngx_http_rush_batch_t  *other;
    ngx_http_rush_group_t  *group;
    ngx_http_rush_calls_t  *calls;

    group = batch->group;
    calls = group->calls;
    timeout = calls->redis->conf->timeout;
    age = ngx_current_msec - batch->start;

    if (!group->route.definite || calls->redis->leaving) {
        return NGX_DECLINED;
    }

    if (batch->fence == 0) {

        if (age >= timeout) {
            /* its clients have waited long enough */
            return NGX_DECLINED;
        }

        batch->fence = batch->not_after;
        batch->answered = 1;
        group->answered++;
        group->under_way--;

        (void) ngx_atomic_fetch_add(&calls->stats->unknown, batch->n);

        ngx_http_rush_group_dirty(group);

        delay = timeout - age + 1;

    } else if (delay == 0) {
        delay = NGX_HTTP_RUSH_LOST_RETRY;
    }

    if (age + delay >= 2 * timeout) {
        return NGX_DECLINED;
    }

    batch->wait = ngx_current_msec + delay;
    batch->waits = 1;

    for (q = ngx_queue_last(&calls->lost);
         q != ngx_queue_sentinel(&calls->lost);
         q = ngx_queue_prev(q))
    {
        other = ngx_queue_data(q, ngx_http_rush_batch_t, queue);

        if ((ngx_msec_int_t) (batch->wait - other->wait) >= 0) {
            break;
        }
    }

    ngx_queue_insert_after(q, &batch->queue);
    ngx_http_rush_lost_timer(calls);

    return NGX_OK;
}


void
ngx_http_rush_batch_settle(ngx_event_t *ev)
{
    ngx_int_t               rc;
    ngx_queue_t            *q;
    ngx_http_rush_batch_t  *batch;
    ngx_http_rush_calls_t  *calls;

    calls = ev->data;

    while (!ngx_queue_empty(&calls->lost)) {
        q = ngx_queue_head(&calls->lost);
        batch = ngx_queue_data(q, ngx_http_rush_batch_t, queue);

        if ((ngx_msec_int_t) (batch->wait - ngx_current_msec) > 0) {
            break;
        }

        ngx_queue_remove(q);
        batch->waits = 0;

        rc = ngx_http_rush_redis_usable(calls->redis);

        if (rc == NGX_OK) {
            ngx_http_rush_batch_ask(batch);

        } else if (rc == NGX_DECLINED
                   || ngx_http_rush_batch_lost(batch, 0) != NGX_OK)
        {
            ngx_http_rush_batch_give_up(batch);
        }
    }

    ngx_http_rush_lost_timer(calls);

    if (ngx_http_rush_redis_usable(calls->redis) == NGX_OK) {
        ngx_http_rush_redis_flush(calls->redis);
    }
}


static void
ngx_http_rush_batch_ask(ngx_http_rush_batch_t *batch)
{
    ngx_http_rush_calls_t  *calls;

    calls = batch->group->calls;

    ngx_http_rush_batch_pack(batch);

    if (batch->n == 0) {
        ngx_http_rush_batch_done(batch);
        return;
    }

    ngx_memzero(&batch->command, sizeof(ngx_http_rush_command_t));
    batch->command.handler = ngx_http_rush_batch_reply;
    batch->command.data = batch;

    batch->number = ++calls->number;
    batch->sent = ngx_http_rush_monotonic();

    if (ngx_http_rush_batch_script(batch) != NGX_OK) {
        ngx_free(batch->command.text);
        ngx_http_rush_batch_give_up(batch);
        return;
    }

    ngx_http_rush_redis_send(calls->redis, &batch->command);
}


/* whose client has gone is not asked for */

static void
ngx_http_rush_batch_pack(ngx_http_rush_batch_t *batch)
{
    ngx_uint_t             i, n;
    ngx_http_rush_call_t  *call;

    for (i = 0, n = 0; i < batch->n; i++) {
        call = batch->calls[i];

        if (call == NULL) {
            batch->group->calls->redis->pending--;
            continue;
        }

        call->index = n;
        batch->calls[n++] = call;
    }

    batch->n = n;
}


static void
ngx_http_rush_batch_give_up(ngx_http_rush_batch_t *batch)
{
    ngx_http_rush_batch_fail(batch, NGX_ERROR);
    ngx_http_rush_batch_done(batch);
}


static void
ngx_http_rush_lost_timer(ngx_http_rush_calls_t *calls)
{
    ngx_msec_int_t          left;
    ngx_http_rush_batch_t  *batch;

    if (calls->settle.timer_set) {
        ngx_del_timer(&calls->settle);
    }

    if (ngx_queue_empty(&calls->lost)) {
        return;
    }

    batch = ngx_queue_data(ngx_queue_head(&calls->lost),
                           ngx_http_rush_batch_t, queue);

    left = (ngx_msec_int_t) (batch->wait - ngx_current_msec);

    ngx_add_timer(&calls->settle, (ngx_msec_t) ngx_max(left, 1));
}
