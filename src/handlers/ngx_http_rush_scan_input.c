
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What a scan brings: the code, the arguments, also those of the URL in "q",
 * who it is, and whether it is somebody at all or only something that looks.
 */


#include "handlers/ngx_http_rush_scan.h"
#include <openssl/rand.h>


/* a header whose value has this word in it, in any of its lines */

typedef struct {
    ngx_str_t                    name;
    char                        *value;
    ngx_uint_t                   json;       /* or it only looks */
} ngx_http_rush_scan_header_t;


static ngx_int_t ngx_http_rush_scan_q(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_path(ngx_http_rush_visit_t *visit,
    u_char *p, u_char *last);
static ngx_int_t ngx_http_rush_scan_code(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_signed(ngx_http_rush_visit_t *visit);
static void ngx_http_rush_scan_headers(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_user(ngx_http_rush_visit_t *visit);
static void ngx_http_rush_scan_cookie(ngx_http_rush_visit_t *visit);


static ngx_http_rush_scan_header_t  ngx_http_rush_scan_headers_in[] = {
    { ngx_string("Accept"), "application/json", 1 },
    { ngx_string("Purpose"), "prefetch", 0 },
    { ngx_string("Sec-Purpose"), "prefetch", 0 },
    { ngx_string("X-Moz"), "prefetch", 0 },
    { ngx_string("X-Purpose"), "preview", 0 },
    { ngx_null_string, NULL, 0 }
};


ngx_int_t
ngx_http_rush_scan_input(ngx_http_rush_visit_t *visit)
{
    ngx_int_t             rc;
    ngx_http_rush_ctx_t  *ctx;
    ngx_http_request_t   *r;

    r = visit->request;
    ctx = visit->ctx;

    visit->args = r->args;
    visit->client = ngx_http_rush_agent(r);

    if (ngx_http_complex_value(r, ctx->conf->campaign, &visit->scan.code)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = r->args.len ? ngx_http_rush_scan_q(visit) : NGX_OK;

    if (rc == NGX_OK) {
        rc = ngx_http_rush_scan_code(visit);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_scan_user(visit);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    visit->json = visit->q;
    visit->quiet = (r->method == NGX_HTTP_HEAD
                    || (visit->client->name.len == 3
                        && ngx_strncmp(visit->client->name.data, "bot", 3)
                           == 0));

    ngx_http_rush_scan_headers(visit);
    ngx_http_rush_scan_cookie(visit);

    return NGX_OK;
}


/* what a mini-program is given: the URL that was printed, and when */

static ngx_int_t
ngx_http_rush_scan_q(ngx_http_rush_visit_t *visit)
{
    u_char     *p, *last, *end;
    size_t      len;
    ngx_int_t   rc;
    ngx_str_t   q, args;

    static ngx_str_t  q_name = ngx_string("q");
    static ngx_str_t  time_name = ngx_string("scancode_time");

    args = visit->request->args;
    rc = ngx_http_rush_input_find(visit->request, &args, &q_name, &q);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED || q.len == 0) {
        return NGX_OK;
    }

    visit->q = 1;

    p = q.data;
    last = p + q.len;

    for (end = p; end < last; end++) {
        if (*end <= ' ' || *end == 0x7f) {
            goto invalid;
        }
    }

    if (q.len > 8 && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0) {
        p += 8;

    } else if (q.len > 7 && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0) {
        p += 7;

    } else {
        goto invalid;
    }

    end = ngx_strlchr(p, last, '#');
    if (end) {
        last = end;
    }

    end = ngx_strlchr(p, last, '?');

    visit->args.data = end ? end + 1 : last;
    visit->args.len = last - visit->args.data;

    last = end ? end : last;

    while (p < last && *p != '/') {
        p++;
    }

    args = visit->request->args;

    if (ngx_http_rush_input_find(visit->request, &args, &time_name,
                                 &visit->time)
        == NGX_ERROR)
    {
        return NGX_ERROR;
    }

    for (len = 0; len < visit->time.len; len++) {
        if (visit->time.data[len] < '0' || visit->time.data[len] > '9') {
            visit->time.len = 0;
        }
    }

    return visit->scan.code.len ? NGX_OK
                                : ngx_http_rush_scan_path(visit, p, last);

invalid:

    return ngx_http_rush_invalid(visit->ctx, "q must be the URL of a code, "
                                 "percent-encoded", "q");
}


/* the code is the last part of the path */

static ngx_int_t
ngx_http_rush_scan_path(ngx_http_rush_visit_t *visit, u_char *p, u_char *last)
{
    u_char  *dst, *src;

    src = last;

    while (src > p && src[-1] != '/') {
        src--;
    }

    dst = ngx_pnalloc(visit->request->pool, last - src + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    visit->scan.code.data = dst;
    ngx_unescape_uri(&dst, &src, last - src, 0);
    visit->scan.code.len = dst - visit->scan.code.data;

    return NGX_OK;
}


/* whatever is wrong with it: there is no such code */

static ngx_int_t
ngx_http_rush_scan_code(ngx_http_rush_visit_t *visit)
{
    ngx_int_t  rc;

    rc = NGX_OK;

    if (visit->ctx->conf->scan_sign) {
        rc = ngx_http_rush_scan_signed(visit);
    }

    if (rc == NGX_OK && !ngx_http_rush_is_id(&visit->scan.code)) {
        rc = NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        visit->scan.code.len = 0;

        if (visit->ctx->query.line.len == 0) {
            ngx_str_set(&visit->ctx->query.line, "unknown");
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_rush_scan_signed(ngx_http_rush_visit_t *visit)
{
    time_t                expires;
    ngx_int_t             rc;
    ngx_str_t             code;
    ngx_http_rush_ctx_t  *ctx;

    ctx = visit->ctx;

    rc = ngx_http_rush_link_verify(ctx->main->worker->macs, ctx->conf->keys,
                                   &ctx->main->prefix, &visit->scan.code,
                                   &code, &expires);
    if (rc != NGX_OK) {
        return rc;
    }

    visit->scan.code = code;

    if (expires && (int64_t) expires * 1000 <= ctx->query.now) {
        ngx_str_set(&ctx->query.line, "ended");
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* one that is ill-formed is nobody's: a shopper is led on all the same */

static ngx_int_t
ngx_http_rush_scan_user(ngx_http_rush_visit_t *visit)
{
    ngx_http_rush_ctx_t       *ctx;
    ngx_http_rush_loc_conf_t  *rlcf;

    ctx = visit->ctx;
    rlcf = ctx->conf;

    if (rlcf->user
        && ngx_http_complex_value(visit->request, rlcf->user, &ctx->user)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (rlcf->ref
        && ngx_http_complex_value(visit->request, rlcf->ref, &ctx->ref)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!ngx_http_rush_is_id(&ctx->user)) {
        ngx_str_set(&ctx->user, "");
    }

    if (!ngx_http_rush_is_id(&ctx->ref)) {
        ngx_str_set(&ctx->ref, "");
    }

    return NGX_OK;
}


/* what it accepts, and whether it only looks what is there */

static void
ngx_http_rush_scan_headers(ngx_http_rush_visit_t *visit)
{
    ngx_uint_t                     i;
    ngx_list_part_t               *part;
    ngx_table_elt_t               *h;
    ngx_http_rush_scan_header_t   *s;

    part = &visit->request->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        for (s = ngx_http_rush_scan_headers_in; s->name.len; s++) {

            if (h[i].key.len != s->name.len
                || ngx_strncasecmp(h[i].key.data, s->name.data, s->name.len)
                   != 0
                || ngx_strcasestrn(h[i].value.data, s->value,
                                   ngx_strlen(s->value) - 1)
                   == NULL)
            {
                continue;
            }

            visit->json |= s->json;
            visit->quiet |= !s->json;
        }
    }
}


static void
ngx_http_rush_scan_cookie(ngx_http_rush_visit_t *visit)
{
    size_t               i;
    u_char               ch;
    ngx_str_t            value;
    ngx_http_request_t  *r;

    static ngx_str_t  name = ngx_string("rush_v");

    r = visit->request;

    ngx_str_set(&visit->cookie, "");

#if (nginx_version >= 1029006)
    if (ngx_http_parse_cookie_lines(r, r->headers_in.cookie, &name, &value)
        == NULL)
#elif (nginx_version >= 1023000)
    if (ngx_http_parse_multi_header_lines(r, r->headers_in.cookie, &name,
                                          &value)
        == NULL)
#else
    if (ngx_http_parse_multi_header_lines(&r->headers_in.cookies, &name,
                                          &value)
        == NGX_DECLINED)
#endif
    {
        return;
    }

    if (value.len != NGX_HTTP_RUSH_VISITOR_LEN) {
        return;
    }

    for (i = 0; i < value.len; i++) {
        ch = value.data[i];

        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
              || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_'))
        {
            return;
        }
    }

    visit->cookie = value;
}


ngx_int_t
ngx_http_rush_scan_visitor(ngx_http_rush_visit_t *visit)
{
    u_char      bytes[16], *p;
    ngx_str_t   src, dst;

    if (visit->visitor.len) {
        return NGX_OK;
    }

    if (visit->ctx->user.len) {
        visit->visitor = visit->ctx->user;
        return NGX_OK;
    }

    /* "~" is in no user */

    p = ngx_pnalloc(visit->request->pool, 1 + NGX_HTTP_RUSH_VISITOR_LEN + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    *p = '~';
    visit->visitor.data = p;
    visit->visitor.len = 1 + NGX_HTTP_RUSH_VISITOR_LEN;

    if (visit->cookie.len) {
        ngx_memcpy(p + 1, visit->cookie.data, NGX_HTTP_RUSH_VISITOR_LEN);
        return NGX_OK;
    }

    if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
        return NGX_ERROR;
    }

    src.data = bytes;
    src.len = sizeof(bytes);
    dst.data = p + 1;

    ngx_encode_base64url(&dst, &src);

    visit->cookie = dst;
    visit->marked = !visit->quiet;

    return NGX_OK;
}


/* whom the visitors of a day are told apart by */

uint64_t
ngx_http_rush_scan_hash(ngx_http_rush_visit_t *visit)
{
    uint64_t             hash;
    ngx_str_t            sign;
    ngx_http_request_t  *r;

    r = visit->request;

    if (visit->ctx->user.len) {
        return ngx_http_rush_hash(NGX_HTTP_RUSH_HASH, &visit->ctx->user);
    }

    ngx_str_set(&sign, "~");
    hash = ngx_http_rush_hash(NGX_HTTP_RUSH_HASH, &sign);

    if (visit->cookie.len) {
        return ngx_http_rush_hash(hash, &visit->cookie);
    }

    hash = ngx_http_rush_hash(hash, &r->connection->addr_text);

    if (r->headers_in.user_agent) {
        hash = ngx_http_rush_hash(hash, &r->headers_in.user_agent->value);
    }

    return hash;
}


ngx_int_t
ngx_http_rush_scan_arg(ngx_http_rush_visit_t *visit, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_str_t  args;

    if (visit->time.len && name->len == sizeof("scancode_time") - 1
        && ngx_strncmp(name->data, "scancode_time", name->len) == 0)
    {
        *value = visit->time;
        return NGX_OK;
    }

    args = visit->args;

    return ngx_http_rush_input_find(visit->request, &args, name, value);
}
