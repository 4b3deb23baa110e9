
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_result: this user's tickets of a campaign, and their states.
 */


#include "handlers/ngx_http_rush_handler.h"


static ngx_int_t ngx_http_rush_result(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);


const ngx_http_rush_handler_t  ngx_http_rush_result_handler = {
    .directive = ngx_string("rush_result"),
    .handler = ngx_http_rush_result,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD"),
    .user = 1,
    .keys = 1,
    .all = 1
};


static ngx_int_t
ngx_http_rush_result(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_int_t  rc;

    rc = ngx_http_rush_input_campaign(r, ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_user(r, ctx);
    }

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    ctx->query.op = ngx_http_rush_op_result;

    return ngx_http_rush_ask(r, ctx);
}
