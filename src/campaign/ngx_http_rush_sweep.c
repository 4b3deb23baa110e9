
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The sweep: once a second one worker walks the index of campaigns in slices,
 * looks at each and calls the sweep script where holds are due, where the
 * time to keep the campaign is over, and now and then to trim the events.
 * Several nginx may do so at once, it does no harm.  Its timer is cancelable:
 * it never keeps an old worker.
 */


#include "campaign/ngx_http_rush_campaign.h"


#define NGX_HTTP_RUSH_SWEEP_INTERVAL  1000    /* ms */
#define NGX_HTTP_RUSH_SWEEP_SLICE     256     /* campaigns a turn */
#define NGX_HTTP_RUSH_SWEEP_TRIM      60      /* walks between two trims */
#define NGX_HTTP_RUSH_SWEEP_AGAIN     64      /* calls in a row for one */


typedef struct {
    ngx_http_rush_place_t     *place;
    ngx_log_t                 *log;
    ngx_event_t                timer;
    ngx_http_rush_command_t    command;
    ngx_uint_t                 rank;      /* of the next campaign */
    ngx_uint_t                 walks;
} ngx_http_rush_sweep_t;


typedef struct {
    ngx_http_rush_query_t      query;
    ngx_http_rush_sweep_t     *sweep;
    ngx_uint_t                 again;
    u_char                     id[NGX_HTTP_RUSH_ID_LEN];
} ngx_http_rush_swept_t;


static void ngx_http_rush_sweep_timer(ngx_event_t *ev);
static ngx_int_t ngx_http_rush_sweep_command(ngx_http_rush_sweep_t *sweep,
    const char *name, ngx_str_t *first, ngx_str_t *second,
    ngx_http_rush_command_t *cmd);
static void ngx_http_rush_sweep_listed(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_sweep_one(ngx_http_rush_sweep_t *sweep,
    ngx_str_t *id);
static void ngx_http_rush_sweep_done(ngx_http_rush_query_t *query);
static void ngx_http_rush_sweep_forget(ngx_http_rush_sweep_t *sweep,
    ngx_str_t *id);
static void ngx_http_rush_sweep_forgotten(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);


ngx_int_t
ngx_http_rush_sweep_start(ngx_http_rush_place_t *place, ngx_pool_t *pool,
    ngx_log_t *log)
{
    ngx_http_rush_sweep_t  *sweep;

    sweep = ngx_pcalloc(pool, sizeof(ngx_http_rush_sweep_t));
    if (sweep == NULL) {
        return NGX_ERROR;
    }

    sweep->place = place;
    sweep->log = log;

    sweep->timer.handler = ngx_http_rush_sweep_timer;
    sweep->timer.data = sweep;
    sweep->timer.log = log;
    sweep->timer.cancelable = 1;

    ngx_add_timer(&sweep->timer, NGX_HTTP_RUSH_SWEEP_INTERVAL);

    return NGX_OK;
}


static void
ngx_http_rush_sweep_timer(ngx_event_t *ev)
{
    u_char                  first[NGX_INT_T_LEN], last[NGX_INT_T_LEN];
    ngx_str_t               from, to;
    ngx_http_rush_sweep_t  *sweep;

    sweep = ev->data;

    if (ngx_exiting) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_RUSH_SWEEP_INTERVAL);

    if (sweep->command.replies
        || ngx_http_rush_redis_usable(sweep->place->calls->redis) != NGX_OK)
    {
        return;
    }

    from.data = first;
    from.len = ngx_sprintf(first, "%ui", sweep->rank) - first;
    to.data = last;
    to.len = ngx_sprintf(last, "%ui", sweep->rank
                                      + NGX_HTTP_RUSH_SWEEP_SLICE - 1)
             - last;

    ngx_memzero(&sweep->command, sizeof(ngx_http_rush_command_t));
    sweep->command.handler = ngx_http_rush_sweep_listed;
    sweep->command.data = sweep;

    (void) ngx_http_rush_sweep_command(sweep, "ZRANGE", &from, &to,
                                       &sweep->command);
}


static ngx_int_t
ngx_http_rush_sweep_command(ngx_http_rush_sweep_t *sweep, const char *name,
    ngx_str_t *first, ngx_str_t *second, ngx_http_rush_command_t *cmd)
{
    u_char      key[NGX_HTTP_RUSH_PREFIX_LEN + 16];
    ngx_str_t   args[4];
    ngx_uint_t  n;

    args[0].data = (u_char *) name;
    args[0].len = ngx_strlen(name);
    args[1].data = key;
    args[1].len = ngx_snprintf(key, sizeof(key), "%Vcampaigns",
                               &sweep->place->prefix) - key;
    args[2] = *first;
    n = 3;

    if (second) {
        args[n++] = *second;
    }

    if (ngx_http_rush_redis_args(cmd, n, args) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_rush_redis_send_now(sweep->place->calls->redis, cmd);

    return NGX_OK;
}


static void
ngx_http_rush_sweep_listed(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_uint_t              i;
    ngx_http_rush_sweep_t  *sweep;

    sweep = cmd->data;

    if (reply == NULL) {
        return;
    }

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(sweep->place->calls->redis, reply);
        return;
    }

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY) {
        ngx_http_rush_redis_odd(sweep->place->calls->redis,
                                "an index of the wrong type");
        return;
    }

    for (i = 0; i < reply->n; i++) {
        if (reply->elts[i].type == NGX_HTTP_RUSH_REPLY_STRING
            && reply->elts[i].str.len
            && reply->elts[i].str.len <= NGX_HTTP_RUSH_ID_LEN)
        {
            ngx_http_rush_sweep_one(sweep, &reply->elts[i].str);
        }
    }

    if (reply->n == NGX_HTTP_RUSH_SWEEP_SLICE) {
        sweep->rank += NGX_HTTP_RUSH_SWEEP_SLICE;

    } else {
        sweep->rank = 0;
        sweep->walks++;
    }
}


static void
ngx_http_rush_sweep_one(ngx_http_rush_sweep_t *sweep, ngx_str_t *id)
{
    ngx_http_rush_query_t  *query;
    ngx_http_rush_swept_t  *swept;

    swept = ngx_calloc(sizeof(ngx_http_rush_swept_t), sweep->log);
    if (swept == NULL) {
        return;
    }

    swept->sweep = sweep;
    ngx_memcpy(swept->id, id->data, id->len);

    query = &swept->query;

    query->place = sweep->place;
    query->op = ngx_http_rush_op_sweep;
    query->log = sweep->log;
    query->id.data = swept->id;
    query->id.len = id->len;
    query->handler = ngx_http_rush_sweep_done;

    ngx_str_set(&query->item, "");
    ngx_str_set(&query->kid, "");
    ngx_str_set(&query->call.user, "");
    ngx_str_set(&query->call.fields, "");

    if (sweep->walks % NGX_HTTP_RUSH_SWEEP_TRIM == 0) {
        ngx_str_set(&query->call.fields, "1");
    }

    if (ngx_http_rush_query(query) != NGX_AGAIN) {
        ngx_http_rush_sweep_done(query);
    }
}


static void
ngx_http_rush_sweep_done(ngx_http_rush_query_t *query)
{
    ngx_http_rush_swept_t  *swept;

    swept = (ngx_http_rush_swept_t *) query;

    if (query->line.len == sizeof("swept\tmore:1") - 1
        && ngx_strncmp(query->line.data, "swept\tmore:1", query->line.len) == 0
        && ++swept->again < NGX_HTTP_RUSH_SWEEP_AGAIN
        && ngx_http_rush_query(query) == NGX_AGAIN)
    {
        return;
    }

    if (query->deleted
        || (query->line.len == 7
            && ngx_strncmp(query->line.data, "removed", 7) == 0))
    {
        ngx_http_rush_sweep_forget(swept->sweep, &query->id);
    }

    ngx_free(swept);
}


/* takes an id out of the index; its campaign is gone */

static void
ngx_http_rush_sweep_forget(ngx_http_rush_sweep_t *sweep, ngx_str_t *id)
{
    ngx_http_rush_command_t  *cmd;

    if (ngx_http_rush_redis_usable(sweep->place->calls->redis) != NGX_OK) {
        return;
    }

    cmd = ngx_calloc(sizeof(ngx_http_rush_command_t), sweep->log);
    if (cmd == NULL) {
        return;
    }

    cmd->handler = ngx_http_rush_sweep_forgotten;
    cmd->data = sweep;

    if (ngx_http_rush_sweep_command(sweep, "ZREM", id, NULL, cmd) != NGX_OK) {
        ngx_free(cmd);
    }
}


static void
ngx_http_rush_sweep_forgotten(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_sweep_t  *sweep;

    sweep = cmd->data;

    if (reply && reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(sweep->place->calls->redis, reply);
    }

    ngx_free(cmd);
}
