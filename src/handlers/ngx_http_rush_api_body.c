
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The body of a call, read without buffering: the sink of the call takes a
 * piece, and the next one is read when it has done with that, so that an
 * upload of any size takes the memory of one buffer.
 */


#include "handlers/ngx_http_rush_api.h"


static void ngx_http_rush_api_body_init(ngx_http_request_t *r);
static void ngx_http_rush_api_body_event(ngx_http_request_t *r);
static ngx_http_rush_api_t *ngx_http_rush_api_get(ngx_http_request_t *r);


void
ngx_http_rush_api_read(ngx_http_rush_api_t *api,
    ngx_http_rush_api_sink_pt sink, ngx_http_rush_api_pt eof)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = api->request;

    api->sink = sink;
    api->eof = eof;
    api->reading = 1;

    r->request_body_no_buffering = 1;

    /* the call has counted the request already */

    r->main->count--;

    rc = ngx_http_read_client_request_body(r, ngx_http_rush_api_body_init);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        r->main->count++;
        ngx_http_finalize_request(r, rc);
    }
}


ngx_int_t
ngx_http_rush_api_feed(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_buf_t *b, size_t max,
    const char *large)
{
    size_t  len;

    len = b->last - b->pos;

    if (len == 0) {
        return NGX_OK;
    }

    if (def->size + len > max) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_large, large, NULL);
        return NGX_DONE;
    }

    return ngx_http_rush_api_valid(api, def,
                                   ngx_http_rush_definition_feed(def, b->pos,
                                                                 len));
}


ngx_int_t
ngx_http_rush_api_valid(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_int_t rc)
{
    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        ngx_http_rush_api_error(api, ngx_http_rush_api_invalid, &def->error,
                                &def->member);

    } else {
        ngx_http_rush_api_fail(api);
    }

    return NGX_DONE;
}


static ngx_http_rush_api_t *
ngx_http_rush_api_get(ngx_http_request_t *r)
{
    ngx_http_rush_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_rush_module);

    return ctx->api;
}


static void
ngx_http_rush_api_body_init(ngx_http_request_t *r)
{
    ngx_http_rush_api_t  *api;

    api = ngx_http_rush_api_get(r);

    api->in = r->request_body->bufs;
    r->request_body->bufs = NULL;

    ngx_http_rush_api_body(api);
}


static void
ngx_http_rush_api_body_event(ngx_http_request_t *r)
{
    ngx_connection_t  *c;

    c = r->connection;

    if (c->read->timedout) {
        c->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    ngx_http_rush_api_body(ngx_http_rush_api_get(r));
}


void
ngx_http_rush_api_body(ngx_http_rush_api_t *api)
{
    ngx_int_t            rc;
    ngx_chain_t         *cl;
    ngx_event_t         *rev;
    ngx_http_request_t  *r;

    r = api->request;
    rev = r->connection->read;

    for ( ;; ) {

        while (api->in) {
            cl = api->in;

            if (cl->buf->in_file) {
                ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                              "another module has read the body of "
                              "\"rush_api\" into a file");
                ngx_http_rush_api_fail(api);
                return;
            }

            rc = api->sink(api, cl->buf);

            if (rc == NGX_DONE) {
                return;
            }

            if (rc == NGX_AGAIN) {
                /* Redis has a time-out of its own */

                if (rev->timer_set) {
                    ngx_del_timer(rev);
                }

                r->read_event_handler = ngx_http_block_reading;
                return;
            }

            cl->buf->pos = cl->buf->last;
            api->in = cl->next;
            ngx_free_chain(r->pool, cl);
        }

        if (!r->reading_body) {
            api->reading = 0;
            api->eof(api);
            return;
        }

        rev->timedout = 0;
        rc = ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            ngx_http_finalize_request(r, rc);
            return;
        }

        api->in = r->request_body->bufs;
        r->request_body->bufs = NULL;

        if (api->in == NULL && r->reading_body) {
            r->read_event_handler = ngx_http_rush_api_body_event;
            return;
        }
    }
}
