
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A request's way through the module: start a handler in the PRECONTENT
 * phase, wait for Redis, resume, and send winners on and losers home.
 *
 * The context lives in the request's pool; its cleanup detaches the query of
 * a request that dies while it waits.  Internal redirects forget r->ctx, so
 * variables find the context by that cleanup.
 */


#include "handlers/ngx_http_rush_handler.h"


static ngx_int_t ngx_http_rush_start(ngx_http_request_t *r,
    ngx_http_rush_loc_conf_t *rlcf);
static ngx_int_t ngx_http_rush_wait(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
static void ngx_http_rush_asked(ngx_http_rush_query_t *query);
static ngx_int_t ngx_http_rush_finish(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
static void ngx_http_rush_cleanup(void *data);


ngx_int_t
ngx_http_rush_phase_handler(ngx_http_request_t *r)
{
    ngx_http_rush_ctx_t       *ctx;
    ngx_http_rush_loc_conf_t  *rlcf;

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_rush_module);

    if (rlcf->handler == NULL || rlcf->handler->content) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_rush_module);

    if (ctx && ctx->conf == rlcf) {
        return ctx->done ? ngx_http_rush_finish(r, ctx) : NGX_AGAIN;
    }

    if (r != r->main) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" serves main requests only, not subrequests",
                      &rlcf->handler->directive);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_rush_start(r, rlcf);
}


static ngx_int_t
ngx_http_rush_start(ngx_http_request_t *r, ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_int_t             rc;
    ngx_http_rush_ctx_t  *ctx;

    if (r->internal) {
        ngx_http_rush_answer_clear(r);
    }

    ctx = ngx_http_rush_create_ctx(r, rlcf);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!(r->method & rlcf->handler->methods)) {
        ngx_str_set(&ctx->query.line, "method");
        rc = NGX_OK;

    } else {
        rc = rlcf->handler->handler(r, ctx, rlcf);
    }

    if (rc == NGX_AGAIN) {
        return ngx_http_rush_wait(r, ctx);
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_rush_answer_parse(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_rush_finish(r, ctx);
}


ngx_http_rush_ctx_t *
ngx_http_rush_create_ctx(ngx_http_request_t *r,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_pool_cleanup_t   *cln;
    ngx_http_rush_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_rush_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_rush_ctx_t));

    ctx->request = r;
    ctx->conf = rlcf;
    ctx->handler = rlcf->handler;
    ctx->main = ngx_http_get_module_main_conf(r, ngx_http_rush_module);
    ctx->start = ngx_current_msec;

    /* empty, and not NULL: they are copied and compared */

    ngx_str_set(&ctx->user, "");
    ngx_str_set(&ctx->item, "");
    ngx_str_set(&ctx->ref, "");
    ngx_str_set(&ctx->restock, "");
    ngx_str_set(&ctx->query.kid, "");
    ngx_str_set(&ctx->query.call.fields, "");

    ctx->query.place = &ctx->main->worker->places[rlcf->redis];
    ctx->query.pool = r->pool;
    ctx->query.log = r->connection->log;
    ctx->query.handler = ngx_http_rush_asked;
    ctx->query.data = ctx;
    ctx->query.now = ngx_http_rush_redis_now(ctx->query.place->calls->redis);

    cln->handler = ngx_http_rush_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_rush_module);

    return ctx;
}


/* called by handlers when the query is complete */

ngx_int_t
ngx_http_rush_ask(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_int_t             rc;
    ngx_http_rush_ask_pt  ask;

    ctx->query.id = ctx->campaign;
    ctx->query.item = ctx->item;
    ctx->query.call.user = ctx->user;

    ask = ctx->handler->ask;
    rc = ask ? ask(&ctx->query) : ngx_http_rush_query(&ctx->query);

    if (rc == NGX_AGAIN) {
        ctx->asked = 1;
    }

    return rc;
}


static ngx_int_t
ngx_http_rush_wait(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_event_t  *rev;

    rev = r->connection->read;

    if (rev->ready) {
        ngx_post_event(rev, &ngx_posted_events);

    } else if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    ctx->waiting = 1;

    return NGX_AGAIN;
}


static void
ngx_http_rush_asked(ngx_http_rush_query_t *query)
{
    ngx_http_rush_resume(query->data, NGX_OK);
}


void
ngx_http_rush_resume(ngx_http_rush_ctx_t *ctx, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    ctx->waiting = 0;
    ctx->redis_time = ngx_current_msec - ctx->start;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, c->log, 0, "rush answered: \"%V\"",
                   &ctx->query.line);

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_core_run_phases;

    if (rc != NGX_OK
        || ngx_http_rush_answer_parse(r, ctx) != NGX_OK
        || ngx_handle_read_event(c->read, 0) != NGX_OK)
    {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);

    } else {
        ngx_http_core_run_phases(r);
    }

    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_rush_finish(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_uint_t  on;

    on = 0;

    if (ctx->handler->claim && r->content_handler) {
        on = ngx_http_rush_answer_is(ctx, won)
             || ngx_http_rush_answer_is(ctx, again)
             || (ngx_http_rush_answer_is(ctx, pending)
                 && ctx->conf->outage == NGX_HTTP_RUSH_OUTAGE_OPEN);
    }

    if (on) {
        return NGX_DECLINED;
    }

    if (ctx->conf->answer == NGX_HTTP_RUSH_ANSWER_STATUS
        && ctx->status != NGX_HTTP_OK)
    {
        if (ngx_http_rush_answer_headers(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ctx->status;
    }

    /* skips try_files, mirror and whatever answers here otherwise */

    r->content_handler = ctx->handler->answer ? ctx->handler->answer
                                              : ngx_http_rush_answer_handler;

    return NGX_OK;
}


ngx_http_rush_ctx_t *
ngx_http_rush_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t   *cln;
    ngx_http_rush_ctx_t  *ctx;

    /* a subrequest tells of its main request */

    r = r->main;
    ctx = ngx_http_get_module_ctx(r, ngx_http_rush_module);

    if (ctx == NULL && (r->internal || r->filter_finalize)) {

        for (cln = r->pool->cleanup; cln; cln = cln->next) {
            if (cln->handler == ngx_http_rush_cleanup) {
                return cln->data;
            }
        }
    }

    return ctx;
}


static void
ngx_http_rush_cleanup(void *data)
{
    ngx_http_rush_ctx_t *ctx = data;

    if (ctx->waiting) {
        ctx->waiting = 0;
        ngx_http_rush_query_cancel(&ctx->query);
    }
}
