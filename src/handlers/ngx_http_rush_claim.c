
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_claim: one user's try to take units of a campaign.
 */


#include "handlers/ngx_http_rush_handler.h"


static ngx_int_t ngx_http_rush_claim(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);


const ngx_http_rush_handler_t  ngx_http_rush_claim_handler = {
    .directive = ngx_string("rush_claim"),
    .handler = ngx_http_rush_claim,
    .methods = NGX_HTTP_POST,
    .allow = ngx_string("POST"),
    .claim = 1,
    .user = 1,
    .keys = 1
};


static ngx_int_t
ngx_http_rush_claim(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_int_t             rc;
    ngx_http_rush_key_t  *key;

    rc = ngx_http_rush_input_campaign(r, ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_user(r, ctx);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_claim(r, ctx);
    }

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    key = rlcf->keys->keys.elts;

    ctx->query.op = ngx_http_rush_op_claim;
    ctx->query.kid = key->id;

    return ngx_http_rush_ask(r, ctx);
}
