
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_confirm, rush_release, rush_redeem and rush_void: upstream services and
 * shops tell what becomes of a ticket, or of the one that has a typed code.  A
 * verb is a row here and in the play's Lua.
 */


#include "handlers/ngx_http_rush_handler.h"


static ngx_int_t ngx_http_rush_settle(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);
static ngx_int_t ngx_http_rush_settle_ticket(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_ticket_t *ticket);
static ngx_int_t ngx_http_rush_settle_ask(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_ticket_t *ticket,
    ngx_str_t *code);
static ngx_uint_t ngx_http_rush_is_number(ngx_str_t *s, size_t max);


const ngx_http_rush_handler_t  ngx_http_rush_confirm_handler = {
    .directive = ngx_string("rush_confirm"),
    .handler = ngx_http_rush_settle,
    .methods = NGX_HTTP_POST,
    .allow = ngx_string("POST"),
    .keys = 1,
    .verb = ngx_string("confirm")
};


const ngx_http_rush_handler_t  ngx_http_rush_release_handler = {
    .directive = ngx_string("rush_release"),
    .handler = ngx_http_rush_settle,
    .methods = NGX_HTTP_POST,
    .allow = ngx_string("POST"),
    .keys = 1,
    .verb = ngx_string("release")
};


const ngx_http_rush_handler_t  ngx_http_rush_redeem_handler = {
    .directive = ngx_string("rush_redeem"),
    .handler = ngx_http_rush_settle,
    .methods = NGX_HTTP_POST,
    .allow = ngx_string("POST"),
    .keys = 1,
    .code = 1,
    .verb = ngx_string("redeem")
};


const ngx_http_rush_handler_t  ngx_http_rush_void_handler = {
    .directive = ngx_string("rush_void"),
    .handler = ngx_http_rush_settle,
    .methods = NGX_HTTP_POST,
    .allow = ngx_string("POST"),
    .keys = 1,
    .verb = ngx_string("void")
};


static ngx_int_t
ngx_http_rush_settle(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_int_t                rc;
    ngx_str_t                code;
    ngx_http_rush_ticket_t   ticket;

    rc = NGX_OK;

    ngx_str_set(&code, "");
    ngx_memzero(&ticket, sizeof(ngx_http_rush_ticket_t));

    if (rlcf->handler->code) {
        rc = ngx_http_rush_input_code(r, ctx, &code);
    }

    if (rc == NGX_OK && code.len == 0) {
        rc = ngx_http_rush_settle_ticket(r, ctx, &ticket);
    }

    if (rc == NGX_OK) {
        return ngx_http_rush_settle_ask(r, ctx, &ticket, &code);
    }

    return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_rush_settle_ticket(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_ticket_t *ticket)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = ngx_http_rush_input_ticket(r, ctx, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_rush_ticket_verify(ctx->main->worker->macs, ctx->conf->keys,
                                     &ctx->main->prefix, &text, ticket);
    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED
        || !ngx_http_rush_is_id(&ticket->campaign)
        || !ngx_http_rush_is_id(&ticket->user)
        || !ngx_http_rush_is_number(&ticket->made, 15)
        || !ngx_http_rush_is_number(&ticket->seq, 10))
    {
        ngx_str_set(&ctx->query.line, "forged");
        return NGX_DECLINED;
    }

    ctx->campaign = ticket->campaign;
    ctx->user = ticket->user;

    return NGX_OK;
}


/* the fields of a settlement: see plays/lib/settle.lua */

static ngx_int_t
ngx_http_rush_settle_ask(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_ticket_t *ticket, ngx_str_t *code)
{
    u_char     *p;
    size_t      size;
    ngx_int_t   rc;
    ngx_str_t   key, *verb, *fields;

    ngx_str_set(&key, "");
    verb = (ngx_str_t *) &ctx->handler->verb;

    if (ctx->handler->code) {
        rc = ngx_http_rush_input_ref(r, ctx);

        if (rc == NGX_OK) {
            rc = ngx_http_rush_input_key(r, ctx, &key);
        }

        if (rc != NGX_OK) {
            return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
        }
    }

    fields = &ctx->query.call.fields;

    size = verb->len + ticket->seq.len + ticket->made.len + ctx->restock.len
           + key.len + ctx->ref.len + code->len + 6;

    fields->data = ngx_pnalloc(r->pool, size);
    if (fields->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_snprintf(fields->data, size, "%V\t%V\t%V\t%V\t%V\t%V\t%V",
                     verb, &ticket->seq, &ticket->made, &ctx->restock, &key,
                     &ctx->ref, code);
    fields->len = p - fields->data;

    ctx->query.op = ngx_http_rush_op_settle;

    return ngx_http_rush_ask(r, ctx);
}


static ngx_uint_t
ngx_http_rush_is_number(ngx_str_t *s, size_t max)
{
    size_t  i;

    if (s->len == 0 || s->len > max || s->data[0] == '0') {
        return 0;
    }

    for (i = 0; i < s->len; i++) {
        if (s->data[i] < '0' || s->data[i] > '9') {
            return 0;
        }
    }

    return 1;
}
