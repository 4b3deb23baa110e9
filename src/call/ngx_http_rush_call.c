
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Calls that wait: groups, the flush at the end of a turn, the timer.  What
 * happens to calls that have left is in ngx_http_rush_batch.c.
 *
 * A call that waits longer than the reply time-out ends as not known, or busy
 * if Redis said so; it was never sent.  The timer is not cancelable: an old
 * worker stays until its last call is answered.
 */


#include "call/ngx_http_rush_exec.h"


/* two made smaller batches and dearer claims: docs/benchmarks.md */

#define NGX_HTTP_RUSH_UNDER_WAY  1


static void ngx_http_rush_call_leave(ngx_http_rush_call_t *call);
static ngx_uint_t ngx_http_rush_group_same(ngx_http_rush_route_t *one,
    ngx_http_rush_route_t *two);
static void ngx_http_rush_calls_ready(void *data);
static void ngx_http_rush_calls_flush_handler(ngx_event_t *ev);
static void ngx_http_rush_calls_outage(void *data);
static void ngx_http_rush_calls_timer_handler(ngx_event_t *ev);
static void ngx_http_rush_calls_expire(ngx_http_rush_calls_t *calls,
    ngx_msec_t timeout);


ngx_http_rush_calls_t *
ngx_http_rush_calls_create(ngx_pool_t *pool, ngx_http_rush_redis_conf_t *conf,
    ngx_array_t *plays, ngx_http_rush_call_stats_t *stats, ngx_log_t *log)
{
    ngx_uint_t              n;
    ngx_http_rush_calls_t  *calls;

    calls = ngx_pcalloc(pool, sizeof(ngx_http_rush_calls_t));
    if (calls == NULL) {
        return NULL;
    }

    calls->stats = stats;
    calls->redis = ngx_http_rush_redis_create(pool, conf, &stats->redis, log);
    if (calls->redis == NULL) {
        return NULL;
    }

    calls->redis->on_ready = ngx_http_rush_calls_ready;
    calls->redis->on_outage = ngx_http_rush_calls_outage;
    calls->redis->data = calls;

    calls->nscripts = ngx_http_rush_job_n
                      + plays->nelts * ngx_http_rush_op_n;
    calls->loaded = ngx_pcalloc(pool, calls->nscripts * sizeof(ngx_uint_t));
    if (calls->loaded == NULL) {
        return NULL;
    }

    /* EVALSHA, hash, key count, keys, head, and two for each call */

    n = 3 + 3 + NGX_HTTP_RUSH_PLAY_KEYS + 5 + 2 * conf->batch;
    n = ngx_max(n, 2 + NGX_HTTP_RUSH_FIELDS_MAX);

    calls->argv = ngx_palloc(pool, n * sizeof(char *));
    calls->argl = ngx_palloc(pool, n * sizeof(size_t));
    if (calls->argv == NULL || calls->argl == NULL) {
        return NULL;
    }

    calls->log = log;

    ngx_queue_init(&calls->dirty);
    ngx_queue_init(&calls->waiting);
    ngx_queue_init(&calls->execs);
    ngx_queue_init(&calls->lost);

    calls->flush.handler = ngx_http_rush_calls_flush_handler;
    calls->flush.data = calls;
    calls->flush.log = log;

    calls->timer.handler = ngx_http_rush_calls_timer_handler;
    calls->timer.data = calls;
    calls->timer.log = log;

    calls->settle.handler = ngx_http_rush_batch_settle;
    calls->settle.data = calls;
    calls->settle.log = log;

    return calls;
}


void
ngx_http_rush_calls_destroy(ngx_http_rush_calls_t *calls)
{
    ngx_http_rush_redis_destroy(calls->redis);
}


ngx_int_t
ngx_http_rush_call(ngx_http_rush_calls_t *calls, ngx_http_rush_call_t *call,
    ngx_http_rush_route_t *route)
{
    ngx_http_rush_redis_t  *redis;
    ngx_http_rush_group_t  *group;

    redis = calls->redis;

    if (redis->pending >= redis->conf->max_pending) {
        (void) ngx_atomic_fetch_add(&calls->stats->busy, 1);
        return NGX_BUSY;
    }

    if (ngx_http_rush_redis_usable(redis) == NGX_DECLINED) {
        return redis->busy ? NGX_BUSY : NGX_ERROR;
    }

    group = ngx_http_rush_group_get(calls, route);
    if (group == NULL) {
        return NGX_ERROR;
    }

    call->calls = calls;
    call->group = group;
    call->batch = NULL;
    call->again = 0;
    call->start = ngx_current_msec;

    ngx_queue_insert_tail(&group->waiting, &call->queue);
    ngx_queue_insert_tail(&calls->waiting, &call->wait);

    group->n++;
    redis->pending++;

    ngx_http_rush_group_dirty(group);
    ngx_http_rush_calls_timer(calls);
    ngx_http_rush_redis_connect(redis);

    return NGX_AGAIN;
}


void
ngx_http_rush_call_cancel(ngx_http_rush_call_t *call)
{
    if (call->batch) {
        call->batch->calls[call->index] = NULL;
        call->batch = NULL;
        return;
    }

    if (call->group) {
        ngx_http_rush_call_leave(call);
        ngx_http_rush_calls_answered(call->calls);
    }
}


static void
ngx_http_rush_call_leave(ngx_http_rush_call_t *call)
{
    ngx_queue_remove(&call->queue);
    ngx_queue_remove(&call->wait);

    call->group->n--;
    call->calls->redis->pending--;

    ngx_http_rush_group_put(call->group);
    call->group = NULL;
}


ngx_http_rush_group_t *
ngx_http_rush_group_get(ngx_http_rush_calls_t *calls,
    ngx_http_rush_route_t *route)
{
    u_char                 *p;
    ngx_uint_t              bucket;
    ngx_http_rush_group_t  *group;

    bucket = ngx_murmur_hash2(route->key.data, route->key.len)
             & (NGX_HTTP_RUSH_BUCKETS - 1);

    for (group = calls->groups[bucket]; group; group = group->next) {
        if (ngx_http_rush_group_same(&group->route, route)) {
            return group;
        }
    }

    group = ngx_calloc(sizeof(ngx_http_rush_group_t) + route->key.len
                       + route->common.len + route->item.len, calls->log);
    if (group == NULL) {
        return NULL;
    }

    group->calls = calls;
    group->bucket = bucket;
    group->next = calls->groups[bucket];
    calls->groups[bucket] = group;

    ngx_queue_init(&group->waiting);

    /* the strings of the route are the caller's: keep copies */

    group->route = *route;
    p = (u_char *) group + sizeof(ngx_http_rush_group_t);

    group->route.key.data = p;
    p = ngx_cpymem(p, route->key.data, route->key.len);
    group->route.common.data = p;
    p = ngx_cpymem(p, route->common.data, route->common.len);
    group->route.item.data = p;
    ngx_memcpy(p, route->item.data, route->item.len);

    return group;
}


static ngx_uint_t
ngx_http_rush_group_same(ngx_http_rush_route_t *one,
    ngx_http_rush_route_t *two)
{
    return one->play == two->play && one->op == two->op
           && one->fields == two->fields && one->users == two->users
           && one->tags == two->tags
           && one->key.len == two->key.len
           && one->common.len == two->common.len
           && one->item.len == two->item.len
           && ngx_memcmp(one->key.data, two->key.data, one->key.len) == 0
           && ngx_memcmp(one->common.data, two->common.data, one->common.len)
              == 0
           && ngx_memcmp(one->item.data, two->item.data, one->item.len) == 0;
}


/* frees the group if nobody is in it */

void
ngx_http_rush_group_put(ngx_http_rush_group_t *group)
{
    ngx_http_rush_group_t  **link;

    if (group->n || group->under_way || group->answered) {
        return;
    }

    if (group->dirty) {
        ngx_queue_remove(&group->queue);
    }

    for (link = &group->calls->groups[group->bucket];
         *link != group;
         link = &(*link)->next)
    {
        /* void */
    }

    *link = group->next;

    ngx_free(group);
}


void
ngx_http_rush_group_dirty(ngx_http_rush_group_t *group)
{
    ngx_http_rush_calls_t  *calls;

    calls = group->calls;

    if (group->dirty || group->n == 0
        || group->under_way >= NGX_HTTP_RUSH_UNDER_WAY)
    {
        return;
    }

    group->dirty = 1;
    ngx_queue_insert_tail(&calls->dirty, &group->queue);

    ngx_post_event(&calls->flush, &ngx_posted_events);
}


static void
ngx_http_rush_calls_ready(void *data)
{
    ngx_http_rush_calls_t *calls = data;

    ngx_post_event(&calls->flush, &ngx_posted_events);
}


static void
ngx_http_rush_calls_flush_handler(ngx_event_t *ev)
{
    ngx_http_rush_calls_flush(ev->data);
}


void
ngx_http_rush_calls_flush(ngx_http_rush_calls_t *calls)
{
    ngx_queue_t            *q;
    ngx_http_rush_group_t  *group;

    if (ngx_http_rush_redis_usable(calls->redis) != NGX_OK) {
        return;
    }

    ngx_http_rush_execs_ready(calls);

    while (!ngx_queue_empty(&calls->dirty)) {
        q = ngx_queue_head(&calls->dirty);
        group = ngx_queue_data(q, ngx_http_rush_group_t, queue);

        ngx_queue_remove(q);
        group->dirty = 0;

        while (group->n && group->under_way < NGX_HTTP_RUSH_UNDER_WAY) {

            if (ngx_http_rush_batch_send(group) != NGX_OK) {
                /* no memory: the calls time out */
                break;
            }
        }
    }

    ngx_http_rush_calls_timer(calls);
    ngx_http_rush_redis_flush(calls->redis);
}


/* called when calls have been answered */

void
ngx_http_rush_calls_answered(ngx_http_rush_calls_t *calls)
{
    ngx_http_rush_calls_timer(calls);

    if (calls->redis->pending == 0) {
        ngx_http_rush_redis_idle(calls->redis);
    }
}


void
ngx_http_rush_calls_timer(ngx_http_rush_calls_t *calls)
{
    ngx_msec_int_t         left;
    ngx_http_rush_call_t  *call;

    if (ngx_queue_empty(&calls->waiting)) {

        if (calls->timer.timer_set) {
            ngx_del_timer(&calls->timer);
        }

        return;
    }

    if (calls->timer.timer_set) {
        return;
    }

    call = ngx_queue_data(ngx_queue_head(&calls->waiting),
                          ngx_http_rush_call_t, wait);

    left = (ngx_msec_int_t) (call->start + calls->redis->conf->timeout
                             - ngx_current_msec);

    ngx_add_timer(&calls->timer, (ngx_msec_t) ngx_max(left, 1));
}


/* a dead Redis: who waits is told as fast as who comes now */

static void
ngx_http_rush_calls_outage(void *data)
{
    ngx_http_rush_calls_expire(data, 0);
    ngx_http_rush_execs_fail(data);
}


static void
ngx_http_rush_calls_timer_handler(ngx_event_t *ev)
{
    ngx_http_rush_calls_t  *calls;

    calls = ev->data;

    ngx_http_rush_calls_expire(calls, calls->redis->conf->timeout);
}


/* ends the calls that have waited for so long */

static void
ngx_http_rush_calls_expire(ngx_http_rush_calls_t *calls, ngx_msec_t timeout)
{
    ngx_queue_t             *q;
    ngx_http_rush_call_t    *call;
    ngx_http_rush_answer_t   answer;

    ngx_memzero(&answer, sizeof(ngx_http_rush_answer_t));
    answer.rc = calls->redis->busy ? NGX_BUSY : NGX_ERROR;

    while (!ngx_queue_empty(&calls->waiting)) {
        q = ngx_queue_head(&calls->waiting);
        call = ngx_queue_data(q, ngx_http_rush_call_t, wait);

        if (ngx_current_msec - call->start < timeout) {
            break;
        }

        ngx_http_rush_call_leave(call);
        call->handler(call, &answer);
    }

    ngx_http_rush_calls_answered(calls);
}
