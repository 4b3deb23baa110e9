
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_state: the phase, the stock and the times of a campaign, for everybody
 * and for pages that poll.  The answer is the state that shared memory keeps,
 * and what goes by the clock: phase and now.
 */


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_STATE_FIXED  512    /* names, ids, phase and a number */
#define NGX_HTTP_RUSH_STATE_ETAG   8      /* hex digits */


static ngx_int_t ngx_http_rush_state_ask(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);
static ngx_int_t ngx_http_rush_state_body(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *text);
static ngx_int_t ngx_http_rush_state_etag(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_phase_e phase);


const ngx_http_rush_handler_t  ngx_http_rush_state_handler = {
    .directive = ngx_string("rush_state"),
    .handler = ngx_http_rush_state_ask,
    .ask = ngx_http_rush_shown,
    .body = ngx_http_rush_state_body,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD")
};


static ngx_int_t
ngx_http_rush_state_ask(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_int_t  rc;

    rc = ngx_http_rush_input_campaign(r, ctx);

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    ctx->query.op = ngx_http_rush_op_result;

    return ngx_http_rush_ask(r, ctx);
}


static ngx_int_t
ngx_http_rush_state_body(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *text)
{
    u_char                    *p;
    ngx_str_t                  kind;
    ngx_http_rush_phase_e      phase;
    ngx_http_rush_shown_t     *state;
    ngx_http_rush_campaign_t  *c;

    state = ctx->query.shown;
    c = &state->campaign;

    phase = ngx_http_rush_gate_phase(c, ctx->query.now);

    if (phase == ngx_http_rush_phase_open && c->sold_out) {
        /* holds that are due come back when they have been swept */
        phase = ngx_http_rush_phase_sold_out;
    }

    p = ngx_pnalloc(r->pool, NGX_HTTP_RUSH_STATE_FIXED + state->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    p = ngx_http_rush_json_name(p, "{\"campaign\":");
    p = ngx_http_rush_json_word(p, &ctx->campaign);

    kind.data = c->kind;
    kind.len = c->kind_len;

    p = ngx_http_rush_json_name(p, ",\"kind\":");
    p = ngx_http_rush_json_text(p, &kind);

    p = ngx_http_rush_json_name(p, ",\"phase\":");
    p = ngx_http_rush_json_word(p, &ngx_http_rush_phases[phase]);

    *p++ = ',';
    p = ngx_cpymem(p, state->text, state->len);

    p = ngx_http_rush_json_name(p, ",\"outcome\":");
    p = ngx_http_rush_json_word(p, &ctx->outcome->word);

    p = ngx_http_rush_json_name(p, ",\"now\":");
    p = ngx_http_rush_digits(p, ctx->query.now);
    *p++ = '}';

    text->len = p - text->data;

    return ngx_http_rush_state_etag(r, ctx, phase);
}


/* the same on all nodes; a weak one, because "now" is not in it */

static ngx_int_t
ngx_http_rush_state_etag(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_phase_e phase)
{
    u_char  *p;

    p = ngx_pnalloc(r->pool, sizeof("W/\"\"") + NGX_HTTP_RUSH_STATE_ETAG);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->etag.data = p;

    p = ngx_cpymem(p, "W/\"", 3);
    p = ngx_cpymem(p, ctx->query.shown->etag, NGX_HTTP_RUSH_STATE_ETAG);
    *p++ = (u_char) ('0' + phase);
    *p++ = '"';

    ctx->etag.len = p - ctx->etag.data;

    return NGX_OK;
}
