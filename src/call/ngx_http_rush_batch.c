
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Batches on their way out: one EVALSHA, or one look, for all calls that
 * waited in a group.  What comes back is in ngx_http_rush_batch_reply.c, what
 * does not in ngx_http_rush_batch_lost.c.
 */


#include "call/ngx_http_rush_call.h"


#define NGX_HTTP_RUSH_CONTRACT  "1"


static ngx_http_rush_batch_t *ngx_http_rush_batch_create(
    ngx_http_rush_group_t *group);
static ngx_int_t ngx_http_rush_batch_look(ngx_http_rush_batch_t *batch);
static ngx_int_t ngx_http_rush_batch_fields(ngx_http_rush_batch_t *batch);
static ngx_int_t ngx_http_rush_batch_users(ngx_http_rush_batch_t *batch);
static ngx_int_t ngx_http_rush_batch_load(ngx_http_rush_calls_t *calls,
    ngx_http_rush_script_t *script);
static void ngx_http_rush_batch_loaded(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);


ngx_int_t
ngx_http_rush_batch_send(ngx_http_rush_group_t *group)
{
    ngx_int_t               rc;
    ngx_uint_t              i;
    ngx_queue_t            *q;
    ngx_http_rush_call_t   *call;
    ngx_http_rush_batch_t  *batch;

    batch = ngx_http_rush_batch_create(group);
    if (batch == NULL) {
        return NGX_ERROR;
    }

    if (group->route.play) {
        rc = ngx_http_rush_batch_script(batch);

    } else if (group->route.tags) {
        rc = ngx_http_rush_batch_tags(batch);

    } else {
        rc = ngx_http_rush_batch_look(batch);
    }

    if (rc != NGX_OK) {
        ngx_free(batch->command.text);
        ngx_free(batch);
        return NGX_ERROR;
    }

    for (i = 0; i < batch->n; i++) {
        q = ngx_queue_head(&group->waiting);
        call = ngx_queue_data(q, ngx_http_rush_call_t, queue);

        ngx_queue_remove(q);
        ngx_queue_remove(&call->wait);

        call->group = NULL;
        call->batch = batch;
        call->index = i;
    }

    group->n -= batch->n;
    group->under_way++;

    ngx_http_rush_redis_send(group->calls->redis, &batch->command);

    return NGX_OK;
}


static ngx_http_rush_batch_t *
ngx_http_rush_batch_create(ngx_http_rush_group_t *group)
{
    ngx_uint_t              i, n;
    ngx_queue_t            *q;
    ngx_http_rush_calls_t  *calls;
    ngx_http_rush_batch_t  *batch;

    calls = group->calls;
    n = ngx_min(group->n, calls->redis->conf->batch);

    batch = ngx_alloc(sizeof(ngx_http_rush_batch_t)
                      + n * (sizeof(ngx_http_rush_call_t *) + 1), calls->log);
    if (batch == NULL) {
        return NULL;
    }

    ngx_memzero(batch, sizeof(ngx_http_rush_batch_t));

    if (group->route.tags) {
        batch->tagged = (u_char *) &batch->calls[n];
        ngx_memzero(batch->tagged, n);
    }

    batch->command.handler = ngx_http_rush_batch_reply;
    batch->command.data = batch;
    batch->group = group;
    batch->number = ++calls->number;
    batch->start = ngx_current_msec;
    batch->sent = ngx_http_rush_monotonic();
    batch->n = n;

    q = ngx_queue_head(&group->waiting);

    for (i = 0; i < n; i++) {
        batch->calls[i] = ngx_queue_data(q, ngx_http_rush_call_t, queue);
        q = ngx_queue_next(q);
    }

    return batch;
}


#define ngx_http_rush_arg(s, l)                                               \
    calls->argv[n] = (const char *) (s);                                      \
    calls->argl[n++] = (l)


/*
 * A batch that is asked for once more says when it might have run at the
 * latest: the script sees to it that this is over.
 */

ngx_int_t
ngx_http_rush_batch_script(ngx_http_rush_batch_t *batch)
{
    u_char                   number[NGX_INT_T_LEN];
    u_char                   late[2 * NGX_INT64_LEN + 1];
    u_char                   nkeys[NGX_INT_T_LEN], *p;
    u_char                   keys[2 + NGX_HTTP_RUSH_PLAY_KEYS][256];
    ngx_str_t               *key, *suffix;
    ngx_uint_t               i, n;
    ngx_http_rush_play_t    *play;
    ngx_http_rush_calls_t   *calls;
    ngx_http_rush_redis_t   *redis;
    ngx_http_rush_script_t  *script;

    static ngx_str_t  common[] = { ngx_string("users"), ngx_string("events") };

    calls = batch->group->calls;
    redis = calls->redis;
    play = batch->group->route.play;
    script = &play->scripts[batch->group->route.op];

    if (calls->loaded[script->index] != redis->generation
        && ngx_http_rush_batch_load(calls, script) != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = 0;
    key = &batch->group->route.key;

    ngx_http_rush_arg("EVALSHA", sizeof("EVALSHA") - 1);
    ngx_http_rush_arg(script->sha1, 40);
    p = ngx_sprintf(nkeys, "%ui", 3 + play->nkeys);
    ngx_http_rush_arg(nkeys, p - nkeys);
    ngx_http_rush_arg(key->data, key->len);

    for (i = 0; i < 2 + play->nkeys; i++) {
        suffix = i < 2 ? &common[i] : &play->keys[i - 2];
        p = ngx_snprintf(keys[i], sizeof(keys[i]), "%V:%V", key, suffix);
        ngx_http_rush_arg(keys[i], p - keys[i]);
    }

    ngx_http_rush_arg(NGX_HTTP_RUSH_CONTRACT,
                      sizeof(NGX_HTTP_RUSH_CONTRACT) - 1);
    p = ngx_sprintf(number, "%ui", batch->number);
    ngx_http_rush_arg(number, p - number);

    batch->not_after = ngx_http_rush_redis_now(redis)
                       + (int64_t) redis->conf->timeout;
    p = ngx_sprintf(late, "%L", batch->not_after);

    if (batch->fence) {
        p = ngx_sprintf(p, " %L", batch->fence);
    }

    ngx_http_rush_arg(late, p - late);
    ngx_http_rush_arg(play->name.data, play->name.len);
    ngx_http_rush_arg(batch->group->route.common.data,
                      batch->group->route.common.len);

    for (i = 0; i < batch->n; i++) {
        ngx_http_rush_arg(batch->calls[i]->user.data,
                          batch->calls[i]->user.len);
        ngx_http_rush_arg(batch->calls[i]->fields.data,
                          batch->calls[i]->fields.len);
    }

    return ngx_http_rush_batch_add(batch, n);
}


/*
 * In one write: TIME, the campaign, and the records of users.  TIME is first,
 * so that what is read is at least as new.  UNLINK of a key that is not there
 * does nothing, but a replica refuses it: a server that was a primary a moment
 * ago must not say what holds.
 */

static ngx_int_t
ngx_http_rush_batch_look(ngx_http_rush_batch_t *batch)
{
    u_char                  *p, none[256];
    ngx_uint_t               n;
    ngx_http_rush_calls_t   *calls;

    calls = batch->group->calls;
    n = 0;

    if (!batch->group->route.users) {
        return ngx_http_rush_batch_fields(batch);
    }

    ngx_http_rush_arg("TIME", sizeof("TIME") - 1);

    if (ngx_http_rush_batch_add(batch, n) != NGX_OK) {
        return NGX_ERROR;
    }

    n = 0;
    p = ngx_snprintf(none, sizeof(none), "%V:none", &batch->group->route.key);

    ngx_http_rush_arg("UNLINK", sizeof("UNLINK") - 1);
    ngx_http_rush_arg(none, p - none);

    if (ngx_http_rush_batch_add(batch, n) != NGX_OK
        || ngx_http_rush_batch_fields(batch) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_rush_batch_users(batch);
}


static ngx_int_t
ngx_http_rush_batch_fields(ngx_http_rush_batch_t *batch)
{
    u_char                  *p, item[2][NGX_HTTP_RUSH_ID_LEN + 16];
    ngx_uint_t               i, n;
    const ngx_str_t         *field;
    ngx_http_rush_calls_t   *calls;
    ngx_http_rush_route_t   *route;

    calls = batch->group->calls;
    route = &batch->group->route;
    n = 0;

    if (route->fields == NULL) {
        ngx_http_rush_arg("HGETALL", sizeof("HGETALL") - 1);
        ngx_http_rush_arg(route->key.data, route->key.len);

        return ngx_http_rush_batch_add(batch, n);
    }

    ngx_http_rush_arg("HMGET", sizeof("HMGET") - 1);
    ngx_http_rush_arg(route->key.data, route->key.len);

    for (field = route->fields; field->len; field++) {
        ngx_http_rush_arg(field->data, field->len);
    }

    if (route->item.len) {
        for (i = 0, field = route->item_fields; field->len; i++, field++) {
            p = ngx_snprintf(item[i], sizeof(item[i]), "%V:%V",
                             field, &route->item);
            ngx_http_rush_arg(item[i], p - item[i]);
        }
    }

    batch->nvalues = n - 2;

    return ngx_http_rush_batch_add(batch, n);
}


static ngx_int_t
ngx_http_rush_batch_users(ngx_http_rush_batch_t *batch)
{
    u_char                  *p, users[256];
    ngx_uint_t               i, n;
    ngx_http_rush_calls_t   *calls;

    calls = batch->group->calls;
    n = 0;

    p = ngx_snprintf(users, sizeof(users), "%V:users",
                     &batch->group->route.key);

    ngx_http_rush_arg("HMGET", sizeof("HMGET") - 1);
    ngx_http_rush_arg(users, p - users);

    for (i = 0; i < batch->n; i++) {
        ngx_http_rush_arg(batch->calls[i]->user.data,
                          batch->calls[i]->user.len);
    }

    return ngx_http_rush_batch_add(batch, n);
}


ngx_int_t
ngx_http_rush_batch_add(ngx_http_rush_batch_t *batch, ngx_uint_t n)
{
    ngx_http_rush_calls_t  *calls;

    calls = batch->group->calls;
    batch->command.replies++;

    return ngx_http_rush_redis_format(&batch->command, n, calls->argv,
                                      calls->argl);
}


static ngx_int_t
ngx_http_rush_batch_load(ngx_http_rush_calls_t *calls,
    ngx_http_rush_script_t *script)
{
    ngx_uint_t                n;
    ngx_http_rush_command_t  *cmd;

    cmd = ngx_calloc(sizeof(ngx_http_rush_command_t), calls->log);
    if (cmd == NULL) {
        return NGX_ERROR;
    }

    n = 0;

    ngx_http_rush_arg("SCRIPT", sizeof("SCRIPT") - 1);
    ngx_http_rush_arg("LOAD", sizeof("LOAD") - 1);
    ngx_http_rush_arg(script->text.data, script->text.len);

    if (ngx_http_rush_redis_format(cmd, n, calls->argv, calls->argl)
        != NGX_OK)
    {
        ngx_free(cmd);
        return NGX_ERROR;
    }

    cmd->handler = ngx_http_rush_batch_loaded;
    cmd->data = calls;
    cmd->replies = 1;

    calls->loaded[script->index] = calls->redis->generation;
    ngx_http_rush_redis_send(calls->redis, cmd);

    return NGX_OK;
}


static void
ngx_http_rush_batch_loaded(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_calls_t  *calls;

    calls = cmd->data;
    ngx_free(cmd);

    if (reply && reply->type == NGX_HTTP_RUSH_REPLY_ERROR
        && !ngx_http_rush_redis_error(calls->redis, reply)->suspend)
    {
        /* a script that does not compile, or may not be loaded */
        ngx_http_rush_redis_suspend(calls->redis, 0);
    }
}
