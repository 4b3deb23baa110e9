
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_confirm, rush_release and rush_void: upstream services and shops tell
 * what becomes of a ticket.  A verb is a row here and in the play's Lua.
 */


#include "handlers/ngx_http_rush_handler.h"


static ngx_int_t ngx_http_rush_settle(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);
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
    u_char                  *p;
    ngx_int_t                rc;
    ngx_str_t                text, *fields;
    ngx_http_rush_ticket_t   ticket;

    rc = ngx_http_rush_input_ticket(r, ctx, &text);

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    rc = ngx_http_rush_ticket_verify(ctx->main->worker->macs, rlcf->keys,
                                     &ctx->main->prefix, &text, &ticket);
    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED
        || !ngx_http_rush_is_id(&ticket.campaign)
        || !ngx_http_rush_is_id(&ticket.user)
        || !ngx_http_rush_is_number(&ticket.made, 15)
        || !ngx_http_rush_is_number(&ticket.seq, 10))
    {
        ngx_str_set(&ctx->query.line, "forged");
        return NGX_OK;
    }

    ctx->campaign = ticket.campaign;
    ctx->user = ticket.user;

    fields = &ctx->query.call.fields;

    fields->data = ngx_pnalloc(r->pool, rlcf->handler->verb.len
                                        + ticket.seq.len + ticket.made.len
                                        + ctx->restock.len + 3);
    if (fields->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(fields->data, "%V\t%V\t%V\t%V", &rlcf->handler->verb,
                    &ticket.seq, &ticket.made, &ctx->restock);
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
