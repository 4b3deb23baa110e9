
/*
 * Copyright (C) 2026, the Rush authors
 *
 * $rush_… variables.  They are not cacheable, because a request may claim
 * twice, and they stay after internal redirects.  To add one, add a row, a
 * case and its entry in docs/variables.md.
 */


#include "handlers/ngx_http_rush_scan.h"


enum {
    ngx_http_rush_var_outcome = 0,
    ngx_http_rush_var_campaign,
    ngx_http_rush_var_kind,
    ngx_http_rush_var_user,
    ngx_http_rush_var_item,
    ngx_http_rush_var_ref,
    ngx_http_rush_var_ticket,
    ngx_http_rush_var_seq,
    ngx_http_rush_var_units,
    ngx_http_rush_var_left,
    ngx_http_rush_var_redis_time,
    ngx_http_rush_var_batch,
    ngx_http_rush_var_code,
    ngx_http_rush_var_link,
    ngx_http_rush_var_target,
    ngx_http_rush_var_hold_until
};


static ngx_int_t ngx_http_rush_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_rush_variable_client(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void ngx_http_rush_variable_text(ngx_http_rush_ctx_t *ctx,
    uintptr_t data, ngx_str_t *value);
static ngx_int_t ngx_http_rush_variable_number(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, uintptr_t data, ngx_str_t *value);


static ngx_http_variable_t  ngx_http_rush_vars[] = {

    { ngx_string("rush_outcome"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_outcome, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_campaign"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_campaign, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_kind"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_kind, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_user"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_user, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_item"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_item, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_ref"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_ref, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_ticket"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_ticket, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_seq"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_seq, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_units"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_units, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_left"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_left, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_redis_time"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_redis_time, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_batch"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_batch, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_code"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_code, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_link"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_link, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_target"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_target, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("rush_client"), NULL, ngx_http_rush_variable_client,
      0, 0, 0 },

    { ngx_string("rush_hold_until"), NULL, ngx_http_rush_variable,
      ngx_http_rush_var_hold_until, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_rush_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_rush_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_int_t             rc;
    ngx_str_t             value;
    ngx_http_rush_ctx_t  *ctx;

    ngx_str_null(&value);

    ctx = ngx_http_rush_get_ctx(r);

    if (ctx && ctx->done) {

        if (data == ngx_http_rush_var_left
            || data == ngx_http_rush_var_redis_time
            || data == ngx_http_rush_var_batch)
        {
            rc = ngx_http_rush_variable_number(r, ctx, data, &value);
            if (rc != NGX_OK) {
                return rc;
            }

        } else {
            ngx_http_rush_variable_text(ctx, data, &value);
        }
    }

    if (value.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = value.len;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    v->data = value.data;

    return NGX_OK;
}


static void
ngx_http_rush_variable_text(ngx_http_rush_ctx_t *ctx, uintptr_t data,
    ngx_str_t *value)
{
    static ngx_str_t  code = ngx_string("code");
    static ngx_str_t  hold_until = ngx_string("hold_until");

    switch (data) {

    case ngx_http_rush_var_outcome:
        if (ctx->outcome) {
            *value = ctx->outcome->word;
        }

        break;

    case ngx_http_rush_var_campaign:
        *value = ctx->campaign;
        break;

    case ngx_http_rush_var_kind:
        *value = ctx->query.kind;
        break;

    case ngx_http_rush_var_user:
        *value = ctx->user;
        break;

    case ngx_http_rush_var_item:
        *value = ctx->nwon ? ctx->won.item : ctx->item;
        break;

    case ngx_http_rush_var_ref:
        *value = ctx->ref;
        break;

    case ngx_http_rush_var_ticket:
        *value = ctx->won.text;
        break;

    case ngx_http_rush_var_seq:
        *value = ctx->won.seq;
        break;

    case ngx_http_rush_var_units:
        *value = ctx->won.units;
        break;

    case ngx_http_rush_var_code:
        (void) ngx_http_rush_attribute(&ctx->won.shown, &code, value);
        break;

    case ngx_http_rush_var_link:
        if (ctx->visit) {
            *value = ctx->visit->scan.code;
        }

        break;

    case ngx_http_rush_var_target:
        if (ctx->visit) {
            *value = ctx->visit->url;
        }

        break;

    default: /* ngx_http_rush_var_hold_until */
        (void) ngx_http_rush_attribute(&ctx->won.shown, &hold_until, value);
        break;
    }
}


static ngx_int_t
ngx_http_rush_variable_number(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    uintptr_t data, ngx_str_t *value)
{
    u_char  *p;

    value->data = ngx_pnalloc(r->pool, NGX_INT64_LEN + 4);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    p = value->data;

    if (data == ngx_http_rush_var_left && ctx->query.kind.len) {
        p = ngx_sprintf(p, "%L", ctx->query.left);

    } else if (data == ngx_http_rush_var_redis_time && ctx->asked) {
        p = ngx_sprintf(p, "%T.%03M", (time_t) ctx->redis_time / 1000,
                        ctx->redis_time % 1000);

    } else if (data == ngx_http_rush_var_batch && ctx->query.size) {
        p = ngx_sprintf(p, "%ui", ctx->query.size);
    }

    value->len = p - value->data;

    return NGX_OK;
}


/* for all of nginx, whether something is scanned or not */

static ngx_int_t
ngx_http_rush_variable_client(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_rush_client_t  *client;

    client = ngx_http_rush_agent(r);

    v->len = client->name.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = client->name.data;

    return NGX_OK;
}
