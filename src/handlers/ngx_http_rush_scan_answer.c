
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Where a scan leads: the target with what belongs into it, checked once more,
 * told as a redirect or as JSON, and counted.
 */


#include "handlers/ngx_http_rush_scan.h"


#define NGX_HTTP_RUSH_SCAN_FIXED  160    /* names, quotes and a number */


static ngx_uint_t ngx_http_rush_scan_allowed(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_expand(ngx_http_rush_visit_t *visit,
    ngx_str_t *to);
static ngx_int_t ngx_http_rush_scan_args(ngx_http_rush_visit_t *visit,
    ngx_str_t *args);
static ngx_int_t ngx_http_rush_scan_place(void *data, ngx_str_t *name,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_scan_redirect(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_cookies(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_text(ngx_http_rush_visit_t *visit,
    ngx_str_t *text);


static ngx_str_t  ngx_http_rush_location = ngx_string("Location");
static ngx_str_t  ngx_http_rush_set_cookie = ngx_string("Set-Cookie");


ngx_int_t
ngx_http_rush_scan_target(ngx_http_rush_visit_t *visit)
{
    ngx_int_t              rc;
    ngx_str_t              to;
    ngx_http_rush_ctx_t   *ctx;
    ngx_http_rush_link_t  *link;

    ctx = visit->ctx;
    link = visit->scan.link;

    ngx_http_rush_link_text(link, visit->target->to, &to);

    if (!ngx_http_rush_scan_allowed(visit)) {
        ngx_log_error(NGX_LOG_ERR, visit->request->connection->log, 0,
                      "link \"%V\" leads to \"%V\", which \"rush_scan_hosts\" "
                      "does not allow here", &visit->scan.code, &to);
        return ngx_http_rush_scan_end(visit, "unknown");
    }

    rc = ngx_http_rush_scan_expand(visit, &to);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        (void) ngx_http_rush_invalid(ctx, "the arguments are too long for "
                                     "where this leads", "args");
        return NGX_DONE;
    }

    return ngx_http_rush_scan_end(visit, "found");
}


static ngx_uint_t
ngx_http_rush_scan_allowed(ngx_http_rush_visit_t *visit)
{
    ngx_str_t                 scheme, host, key;
    ngx_http_rush_memo_t     *memo;
    ngx_http_rush_hosts_t   **hosts;
    ngx_http_rush_entry_t    *entry;

    ngx_http_rush_link_text(visit->scan.link, visit->target->to, &scheme);
    ngx_http_rush_link_text(visit->scan.link, visit->target->host, &host);

    scheme.len = visit->target->scheme;

    hosts = visit->ctx->conf->scan_hosts->elts;
    memo = visit->ctx->main->worker->memo;

    /* from the scheme to the end of the host, which are side by side */

    key.data = scheme.data;
    key.len = host.len ? (size_t) (host.data + host.len - scheme.data)
                       : scheme.len;

    entry = ngx_http_rush_memo_get(memo, hosts[0], &key);

    if (entry == NULL) {
        return ngx_http_rush_hosts_allow(hosts[0], &scheme, &host);
    }

    if (!entry->known) {
        entry->value = ngx_http_rush_hosts_allow(hosts[0], &scheme, &host);
        entry->known = 1;
    }

    return entry->value;
}


static ngx_int_t
ngx_http_rush_scan_expand(ngx_http_rush_visit_t *visit, ngx_str_t *to)
{
    ngx_str_t  args;

    ngx_str_set(&args, "");

    if (visit->scan.link->pass
        && ngx_http_rush_scan_args(visit, &args) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (visit->target->plain && args.len == 0) {
        visit->url = *to;
        return NGX_OK;
    }

    return ngx_http_rush_target_expand(visit->request->pool, to,
                                       ngx_http_rush_scan_place, visit, &args,
                                       &visit->url);
}


static ngx_int_t
ngx_http_rush_scan_args(ngx_http_rush_visit_t *visit, ngx_str_t *args)
{
    u_char  *p;

    if (visit->time.len == 0) {
        *args = visit->args;
        return NGX_OK;
    }

    p = ngx_pnalloc(visit->request->pool,
                    visit->args.len + sizeof("&scancode_time=") - 1
                    + visit->time.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    args->data = p;
    args->len = ngx_sprintf(p, "%V%sscancode_time=%V", &visit->args,
                            visit->args.len ? "&" : "", &visit->time)
                - p;

    return NGX_OK;
}


/* a value for a target */

static ngx_int_t
ngx_http_rush_scan_place(void *data, ngx_str_t *name, ngx_str_t *value)
{
    ngx_http_rush_visit_t *visit = data;

    size_t                i;
    ngx_str_t             arg;
    ngx_http_rush_ctx_t  *ctx;

    ctx = visit->ctx;

    struct {
        ngx_str_t   name;
        ngx_str_t  *value;
    } places[] = {
        { ngx_string("code"), &visit->scan.code },
        { ngx_string("ref"), &ctx->ref },
        { ngx_string("user"), &ctx->user },
        { ngx_string("client"), &visit->client->name },
        { ngx_string("ticket"), &ctx->won.text },
        { ngx_string("outcome"), &visit->claim }
    };

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (places[i].name.len == name->len
            && ngx_strncmp(places[i].name.data, name->data, name->len) == 0)
        {
            *value = *places[i].value;
            return NGX_OK;
        }
    }

    if (name->len <= 4 || ngx_strncmp(name->data, "arg.", 4) != 0) {
        return NGX_DECLINED;
    }

    arg.data = name->data + 4;
    arg.len = name->len - 4;

    return ngx_http_rush_scan_arg(visit, &arg, value);
}


/* the content handler of all scans that end here */

ngx_int_t
ngx_http_rush_scan_answer(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ngx_http_rush_ctx_t    *ctx;
    ngx_http_rush_visit_t  *visit;

    ctx = ngx_http_rush_get_ctx(r);
    visit = ctx->visit;

    if (!ngx_http_rush_answer_is(ctx, found)) {
        return ngx_http_rush_answer_handler(r);
    }

    if (visit->marked && ngx_http_rush_scan_cookies(visit) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!visit->json) {
        rc = ngx_http_rush_scan_redirect(visit);

    } else if (ngx_http_rush_scan_text(visit, &ctx->text) == NGX_OK) {
        rc = ngx_http_rush_answer_handler(r);

    } else {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* behind the answer: a worker that dies counts too few, and never more */

    if (!visit->quiet && (rc == NGX_OK || rc == NGX_AGAIN)) {
        ngx_http_rush_link_count(visit->scan.query->place, &visit->scan.code,
                                 visit->client->bit, &ctx->ref,
                                 ngx_http_rush_scan_hash(visit));
    }

    return rc;
}


static ngx_int_t
ngx_http_rush_scan_redirect(ngx_http_rush_visit_t *visit)
{
    ngx_int_t             rc;
    ngx_http_request_t   *r;
    ngx_http_rush_ctx_t  *ctx;

    r = visit->request;
    ctx = visit->ctx;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx->status = visit->scan.link->status;

    if (ctx->status != NGX_HTTP_MOVED_PERMANENTLY
        && ctx->status != NGX_HTTP_PERMANENT_REDIRECT
        && ngx_http_rush_answer_headers(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.location = ngx_http_rush_answer_header(r,
                                                      &ngx_http_rush_location,
                                                      &visit->url);
    if (r->headers_out.location == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = ctx->status;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


static ngx_int_t
ngx_http_rush_scan_cookies(ngx_http_rush_visit_t *visit)
{
    u_char              *p;
    ngx_str_t            value;
    ngx_http_request_t  *r;

    r = visit->request;

    p = ngx_pnalloc(r->pool, 128);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_snprintf(p, 128, "rush_v=%V; Path=/; Max-Age=31536000; "
                             "HttpOnly; SameSite=Lax%s", &visit->cookie,
#if (NGX_HTTP_SSL)
                             r->connection->ssl ? "; Secure" : ""
#else
                             ""
#endif
                             )
                - p;

    return ngx_http_rush_answer_header(r, &ngx_http_rush_set_cookie, &value)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_rush_scan_text(ngx_http_rush_visit_t *visit, ngx_str_t *text)
{
    u_char               *p;
    ngx_http_rush_ctx_t  *ctx;

    ctx = visit->ctx;

    p = ngx_pnalloc(visit->request->pool,
                    NGX_HTTP_RUSH_SCAN_FIXED + visit->scan.code.len
                    + visit->client->name.len + visit->claim.len
                    + ctx->won.text.len + 6 * visit->url.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    p = ngx_http_rush_json_name(p, "{\"outcome\":");
    p = ngx_http_rush_json_word(p, &ctx->outcome->word);
    p = ngx_http_rush_json_name(p, ",\"link\":");
    p = ngx_http_rush_json_word(p, &visit->scan.code);
    p = ngx_http_rush_json_name(p, ",\"client\":");
    p = ngx_http_rush_json_word(p, &visit->client->name);

    if (visit->claim.len) {
        p = ngx_http_rush_json_name(p, ",\"claim\":");
        p = ngx_http_rush_json_word(p, &visit->claim);
    }

    if (ctx->won.text.len) {
        p = ngx_http_rush_json_name(p, ",\"ticket\":");
        p = ngx_http_rush_json_word(p, &ctx->won.text);
    }

    p = ngx_http_rush_json_name(p, ",\"target\":");
    p = ngx_http_rush_json_text(p, &visit->url);
    p = ngx_http_rush_json_name(p, ",\"now\":");
    p = ngx_http_rush_digits(p, ctx->query.now);
    *p++ = '}';

    text->len = p - text->data;

    return NGX_OK;
}
