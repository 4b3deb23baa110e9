
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What calls of rush_api have in common, beside the body: headers, arguments,
 * and what a link is in Redis.  NGX_DONE: the call is done.
 */


#include "handlers/ngx_http_rush_api.h"


ngx_int_t
ngx_http_rush_api_if_match(ngx_http_rush_api_t *api, ngx_str_t *version)
{
    int64_t     n;
    ngx_int_t   rc;

    static ngx_str_t  name = ngx_string("If-Match");

    rc = ngx_http_rush_input_header(api->request, &name, version);

    if (rc == NGX_OK && version->data == NULL) {
        ngx_str_set(version, "");
        return NGX_OK;
    }

    if (rc == NGX_OK && version->len > 2 && version->data[0] == '"'
        && version->data[version->len - 1] == '"')
    {
        version->data++;
        version->len -= 2;
    }

    if (rc == NGX_OK && ngx_http_rush_look_number(version, &n) == NGX_OK) {
        return NGX_OK;
    }

    ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                             api->code.len
                             ? "If-Match must be the version of the link, "
                               "once, a number or a number in quotes"
                             : "If-Match must be the version of the campaign, "
                               "once, a number or a number in quotes",
                             "If-Match");

    return NGX_DONE;
}


ngx_int_t
ngx_http_rush_api_arg(ngx_http_rush_api_t *api, const char *name,
    const char *error, ngx_str_t *value)
{
    ngx_int_t  rc;
    ngx_str_t  arg;

    arg.data = (u_char *) name;
    arg.len = ngx_strlen(name);

    rc = ngx_http_rush_input_arg(api->request, &arg, value);

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid, error, name);

    } else {
        ngx_http_rush_api_fail(api);
    }

    return NGX_DONE;
}


ngx_int_t
ngx_http_rush_api_arg_number(ngx_http_rush_api_t *api, const char *name,
    const char *error, int64_t min, int64_t max, int64_t *n)
{
    ngx_str_t  value;

    if (ngx_http_rush_api_arg(api, name, error, &value) != NGX_OK) {
        return NGX_DONE;
    }

    if (value.len == 0) {
        return NGX_OK;
    }

    if (ngx_http_rush_look_number(&value, n) != NGX_OK || *n < min || *n > max)
    {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid, error, name);
        return NGX_DONE;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_api_copy(ngx_http_rush_api_t *api, ngx_http_rush_reply_t *reply,
    ngx_uint_t n, ngx_str_t *text)
{
    ngx_str_set(text, "");

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY || reply->n <= n
        || reply->elts[n].type != NGX_HTTP_RUSH_REPLY_STRING)
    {
        return NGX_OK;
    }

    text->len = reply->elts[n].str.len;
    text->data = ngx_pstrdup(api->request->pool, &reply->elts[n].str);

    return text->data ? NGX_OK : NGX_ERROR;
}


/* how long the code of a link is good, and whether it can be signed at all */

ngx_int_t
ngx_http_rush_api_expires(ngx_http_rush_api_t *api, ngx_uint_t keys,
    int64_t *expires)
{
    *expires = -1;

    if (ngx_http_rush_api_arg_number(api, "expires",
                                     "expires must be seconds since 1970, up "
                                     "to 99999999999, or 0 for ever, once",
                                     0, NGX_HTTP_RUSH_API_EXPIRES, expires)
        != NGX_OK)
    {
        return NGX_DONE;
    }

    if (api->ctx->conf->keys == NULL && (keys || *expires >= 0)) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "a code can be signed only where rush_api has "
                                 "a rush_secret_file",
                                 *expires >= 0 ? "expires" : "signed");
        return NGX_DONE;
    }

    *expires = ngx_max(*expires, 0);

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_api_sign(ngx_http_rush_api_t *api, int64_t expires,
    ngx_str_t *text)
{
    ngx_http_rush_ctx_t  *ctx;

    ctx = api->ctx;

    if (ngx_http_rush_link_sign(ctx->main->worker->macs, ctx->conf->keys,
                                &api->place->prefix, &api->words[1],
                                (time_t) expires, api->request->pool, text)
        != NGX_OK)
    {
        ngx_http_rush_api_fail(api);
        return NGX_DONE;
    }

    return NGX_OK;
}


/* a reply to ngx_http_rush_link_admin_read() */

ngx_int_t
ngx_http_rush_api_stored(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_http_rush_definition_t **def)
{
    ngx_int_t                    rc;
    ngx_str_t                   *json;
    ngx_http_rush_definition_t  *d;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY || reply->n < 3
        || reply->elts[0].type != NGX_HTTP_RUSH_REPLY_STRING
        || reply->elts[1].type != NGX_HTTP_RUSH_REPLY_STRING
        || reply->elts[2].type != NGX_HTTP_RUSH_REPLY_STRING)
    {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_unknown,
                                 "there is no such link", NULL);
        return NGX_DONE;
    }

    d = ngx_http_rush_definition_create(api->request->pool);

    if (d == NULL) {
        ngx_http_rush_api_fail(api);
        return NGX_DONE;
    }

    json = &reply->elts[0].str;

    rc = ngx_http_rush_definition_feed(d, json->data, json->len);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_definition_end(d);
    }

    if (rc != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, api->request->connection->log, 0,
                      "redis \"%V\" has damaged JSON of the link \"%V\": %V",
                      &api->place->redis, &api->words[1], &d->error);
        ngx_http_rush_api_unwell(api);
        return NGX_DONE;
    }

    *def = d;

    return NGX_OK;
}
