
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The answers of rush_api: JSON by yajl, which owns the text until the request
 * is gone.
 */


#include "handlers/ngx_http_rush_api.h"


static void ngx_http_rush_api_end(ngx_http_rush_api_t *api,
    ngx_http_rush_api_e outcome);


static ngx_http_rush_outcome_t  ngx_http_rush_api_outcomes[] = {
    { ngx_string("found"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("made"), NGX_HTTP_CREATED, 0, ngx_null_string },
    { ngx_string("changed"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("deleted"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("unknown"), NGX_HTTP_NOT_FOUND, 0, ngx_null_string },
    { ngx_string("invalid"), NGX_HTTP_BAD_REQUEST, 0, ngx_null_string },
    { ngx_string("conflict"), NGX_HTTP_CONFLICT, 0, ngx_null_string },
    { ngx_string("stale"), NGX_HTTP_PRECONDITION_FAILED, 0,
      ngx_null_string },
    { ngx_string("large"), NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, 0,
      ngx_null_string },
    { ngx_string("method"), NGX_HTTP_NOT_ALLOWED, 0, ngx_null_string },
    { ngx_string("denied"), NGX_HTTP_FORBIDDEN, 0, ngx_null_string },
    { ngx_string("pending"), NGX_HTTP_SERVICE_UNAVAILABLE, 1,
      ngx_null_string }
};


yajl_gen
ngx_http_rush_api_open(ngx_http_rush_api_t *api)
{
    if (api->gen) {
        yajl_gen_clear(api->gen);
        yajl_gen_reset(api->gen, NULL);

    } else {
        api->gen = yajl_gen_alloc(NULL);

        if (api->gen == NULL) {
            ngx_http_rush_api_fail(api);
            return NULL;
        }
    }

    yajl_gen_map_open(api->gen);

    if (api->ctx->campaign.len) {
        ngx_http_rush_api_string(api->gen, "campaign", &api->ctx->campaign);
    }

    if (api->code.len) {
        ngx_http_rush_api_string(api->gen, "code", &api->code);
    }

    return api->gen;
}


void
ngx_http_rush_api_name(yajl_gen gen, const char *name)
{
    ngx_http_rush_api_text(gen, name);
}


void
ngx_http_rush_api_text(yajl_gen gen, const char *text)
{
    yajl_gen_string(gen, (u_char *) text, ngx_strlen(text));
}


void
ngx_http_rush_api_string(yajl_gen gen, const char *name, ngx_str_t *value)
{
    ngx_http_rush_api_name(gen, name);
    yajl_gen_string(gen, value->data, value->len);
}


void
ngx_http_rush_api_number(yajl_gen gen, const char *name, int64_t n)
{
    ngx_http_rush_api_name(gen, name);
    yajl_gen_integer(gen, n);
}


/* a version as a strong validator; what is damaged is in no header */

ngx_int_t
ngx_http_rush_api_etag(ngx_http_rush_api_t *api, ngx_str_t *version)
{
    u_char   *p;
    int64_t   n;

    if (ngx_http_rush_look_number(version, &n) != NGX_OK) {
        return NGX_OK;
    }

    p = ngx_pnalloc(api->request->pool, version->len + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    api->ctx->etag.data = p;
    api->ctx->etag.len = version->len + 2;

    *p++ = '"';
    p = ngx_cpymem(p, version->data, version->len);
    *p = '"';

    return NGX_OK;
}


/* ends the object that is open, and the call */

void
ngx_http_rush_api_done(ngx_http_rush_api_t *api, ngx_http_rush_api_e outcome)
{
    size_t                len;
    const u_char         *text;
    ngx_http_rush_ctx_t  *ctx;

    ctx = api->ctx;

    ngx_http_rush_api_end(api, outcome);

    ngx_http_rush_api_string(api->gen, "outcome",
                             (ngx_str_t *) &ctx->outcome->word);
    ngx_http_rush_api_number(api->gen, "now", ctx->query.now);

    if (yajl_gen_map_close(api->gen) != yajl_gen_status_ok
        || yajl_gen_get_buf(api->gen, &text, &len) != yajl_gen_status_ok)
    {
        ngx_http_rush_api_fail(api);
        return;
    }

    ctx->text.data = (u_char *) text;
    ctx->text.len = len;

    ngx_http_finalize_request(api->request,
                              ngx_http_rush_answer_handler(api->request));
}


static void
ngx_http_rush_api_end(ngx_http_rush_api_t *api, ngx_http_rush_api_e outcome)
{
    ngx_http_rush_ctx_t  *ctx;

    ctx = api->ctx;

    ctx->outcome = &ngx_http_rush_api_outcomes[outcome];
    ctx->status = ctx->outcome->status;
    ctx->done = 1;
    ctx->query.now = ngx_http_rush_redis_now(api->place->calls->redis);
    ctx->query.now = ngx_max(ctx->query.now, api->since);
}


void
ngx_http_rush_api_made_body(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_end(api, ngx_http_rush_api_found);

    ngx_http_finalize_request(api->request,
                              ngx_http_rush_answer_handler(api->request));
}


ngx_int_t
ngx_http_rush_api_outcome(ngx_str_t *word, ngx_http_rush_api_e *outcome)
{
    ngx_str_t            *name;
    ngx_http_rush_api_e   i;

    for (i = ngx_http_rush_api_found; i <= ngx_http_rush_api_pending; i++) {
        name = (ngx_str_t *) &ngx_http_rush_api_outcomes[i].word;

        if (name->len == word->len
            && ngx_strncmp(name->data, word->data, word->len) == 0)
        {
            *outcome = i;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


void
ngx_http_rush_api_error(ngx_http_rush_api_t *api, ngx_http_rush_api_e outcome,
    ngx_str_t *error, ngx_str_t *member)
{
    yajl_gen  gen;

    gen = ngx_http_rush_api_open(api);

    if (gen == NULL) {
        return;
    }

    api->ctx->etag.len = 0;
    ngx_http_rush_api_string(gen, "error", error);

    if (member->len) {
        ngx_http_rush_api_string(gen, "member", member);
    }

    ngx_http_rush_api_done(api, outcome);
}


/* of literals; member may be NULL */

void
ngx_http_rush_api_refuse(ngx_http_rush_api_t *api,
    ngx_http_rush_api_e outcome, const char *error, const char *member)
{
    ngx_str_t  text, name;

    text.data = (u_char *) error;
    text.len = ngx_strlen(error);

    name.data = (u_char *) member;
    name.len = member ? ngx_strlen(member) : 0;

    ngx_http_rush_api_error(api, outcome, &text, &name);
}


void
ngx_http_rush_api_unwell(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_refuse(api, ngx_http_rush_api_pending,
                             "Redis did not do it, or it is not known whether "
                             "it did: the error log says why, look and try "
                             "again", NULL);
}


void
ngx_http_rush_api_fail(ngx_http_rush_api_t *api)
{
    ngx_http_finalize_request(api->request,
                              NGX_HTTP_INTERNAL_SERVER_ERROR);
}


void
ngx_http_rush_api_line(ngx_http_rush_api_t *api)
{
    ngx_http_request_t  *r;

    r = api->request;

    ngx_http_finalize_request(r,
                              ngx_http_rush_answer_parse(r, api->ctx) == NGX_OK
                              ? ngx_http_rush_answer_handler(r)
                              : NGX_HTTP_INTERNAL_SERVER_ERROR);
}
