
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_status: what this nginx has counted, as JSON or for Prometheus.  All
 * workers count in shared memory, so any of them can tell.
 */


#include "handlers/ngx_http_rush_status.h"


#define NGX_HTTP_RUSH_STATUS_FIXED  16384
#define NGX_HTTP_RUSH_STATUS_PLACE  8192
#define NGX_HTTP_RUSH_STATUS_LINE   512    /* a number, its name and labels */


static ngx_int_t ngx_http_rush_status(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);
static ngx_int_t ngx_http_rush_status_body(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *text);
static size_t ngx_http_rush_status_size(ngx_http_rush_facts_t *facts);


const ngx_http_rush_handler_t  ngx_http_rush_status_handler = {
    .directive = ngx_string("rush_status"),
    .handler = ngx_http_rush_status,
    .body = ngx_http_rush_status_body,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD"),
    .local = 1
};


const ngx_http_rush_status_number_t  ngx_http_rush_status_numbers[] = {

    { "connects", "rush_redis_connects_total",
      "Connections made to Redis.",
      offsetof(ngx_http_rush_call_stats_t, redis.connects) },

    { "connect_failures", "rush_redis_connect_failures_total",
      "Connections to Redis that could not be made.",
      offsetof(ngx_http_rush_call_stats_t, redis.failures) },

    { "lost", "rush_redis_lost_total",
      "Connections to Redis that were lost.",
      offsetof(ngx_http_rush_call_stats_t, redis.lost) },

    { "timeouts", "rush_redis_timeouts_total",
      "Replies of Redis that did not come in time.",
      offsetof(ngx_http_rush_call_stats_t, redis.timeouts) },

    { "odd_replies", "rush_redis_odd_replies_total",
      "Replies of Redis that made no sense.",
      offsetof(ngx_http_rush_call_stats_t, redis.odd) },

    { "batches", "rush_batches_total",
      "Batches that Redis answered, looks among them.",
      offsetof(ngx_http_rush_call_stats_t, batches) },

    { "looks", "rush_looks_total",
      "Batches that only read.",
      offsetof(ngx_http_rush_call_stats_t, looks) },

    { "calls", "rush_calls_total",
      "Calls in these batches, one for each request that asked Redis.",
      offsetof(ngx_http_rush_call_stats_t, calls) },

    { "again", "rush_calls_again_total",
      "Calls sent once more, because Redis had not run them.",
      offsetof(ngx_http_rush_call_stats_t, again) },

    { "unknown", "rush_calls_unknown_total",
      "Calls whose reply was lost before its time was over.",
      offsetof(ngx_http_rush_call_stats_t, unknown) },

    { "settled", "rush_calls_settled_total",
      "Calls of these that Redis was asked for once more, and answered.",
      offsetof(ngx_http_rush_call_stats_t, settled) },

    { "busy", "rush_calls_busy_total",
      "Calls refused, because max_pending others were waiting.",
      offsetof(ngx_http_rush_call_stats_t, busy) },

    { NULL, NULL, NULL, 0 }
};


const char  *ngx_http_rush_status_states[] = {
    "down", "connecting", "greeting", "ready", "suspended"
};


static ngx_int_t
ngx_http_rush_status(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_str_set(&ctx->query.line, "found");

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_status_body(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *text)
{
    u_char                 *last;
    size_t                  size;
    ngx_http_rush_facts_t   facts;

    if (ngx_http_rush_facts(&ctx->main->zone, r->pool, &facts) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->main->scans) {
        ngx_http_rush_link_facts(&ctx->main->links, &facts);
    }

    size = ngx_http_rush_status_size(&facts);

    text->data = ngx_pnalloc(r->pool, size);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    last = text->data + size;

    if (ctx->conf->status == NGX_HTTP_RUSH_STATUS_PROMETHEUS) {
        ngx_str_set(&ctx->type, "text/plain; version=0.0.4; charset=utf-8");

        last = ngx_http_rush_status_prometheus(text->data, last, &facts);

    } else {
        last = ngx_http_rush_status_json(text->data, last, &facts);
        last = ngx_http_rush_json_name(last, ",\"outcome\":");
        last = ngx_http_rush_json_word(last, &ctx->outcome->word);
        last = ngx_http_rush_json_name(last, ",\"now\":");
        last = ngx_http_rush_digits(last, ctx->query.now);
        *last++ = '}';
    }

    text->len = last - text->data;

    return NGX_OK;
}


/* an upper bound: numbers of campaigns are written only if they are not 0 */

static size_t
ngx_http_rush_status_size(ngx_http_rush_facts_t *facts)
{
    size_t       size;
    ngx_uint_t   i, k;

    size = NGX_HTTP_RUSH_STATUS_FIXED
           + facts->nplaces * NGX_HTTP_RUSH_STATUS_PLACE
           + facts->nrows * NGX_HTTP_RUSH_STATUS_LINE;

    for (i = 0; i < facts->nrows; i++) {
        for (k = 0; k < NGX_HTTP_RUSH_OUTCOMES; k++) {
            size += NGX_HTTP_RUSH_STATUS_LINE
                    * ((facts->rows[i].outcomes[k] != 0)
                       + (facts->rows[i].memory[k] != 0));
        }
    }

    return size;
}


ngx_uint_t
ngx_http_rush_status_gauges(ngx_http_rush_redis_stats_t *stats,
    ngx_uint_t *states)
{
    ngx_uint_t                    i, pending;
    ngx_http_rush_redis_gauge_t  *gauge;

    pending = 0;

    for (i = 0; i < NGX_HTTP_RUSH_STATUS_STATES; i++) {
        states[i] = 0;
    }

    for (i = 0; i < NGX_HTTP_RUSH_REDIS_WORKERS; i++) {
        gauge = &stats->gauges[i];

        if (gauge->pid == 0 || gauge->state >= NGX_HTTP_RUSH_STATUS_STATES
            || (kill(gauge->pid, 0) == -1 && ngx_errno == NGX_ESRCH))
        {
            continue;
        }

        states[gauge->state]++;
        pending += gauge->pending;
    }

    return pending;
}
