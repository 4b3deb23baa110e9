
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A target becomes a URL: values and arguments are put in.  Whatever they are,
 * they stay within their segment of the path, the query or the fragment, and
 * the URL within its bound.
 */


#include "campaign/ngx_http_rush_link.h"


#define NGX_HTTP_RUSH_URL_LEN  8192


typedef enum {
    ngx_http_rush_url_path = 0,
    ngx_http_rush_url_query,
    ngx_http_rush_url_fragment
} ngx_http_rush_url_e;


typedef struct {
    ngx_http_rush_url_e    in;
    ngx_uint_t             full;       /* something found no room */
    ngx_uint_t             put;        /* a value is in this segment */
    u_char                *segment;    /* of the path: where it begins */
    u_char                *last;
    u_char                 buf[NGX_HTTP_RUSH_URL_LEN];
} ngx_http_rush_url_t;


static void ngx_http_rush_url_byte(ngx_http_rush_url_t *url, u_char ch);
static void ngx_http_rush_url_escape(ngx_http_rush_url_t *url, u_char ch);
static void ngx_http_rush_url_literal(ngx_http_rush_url_t *url, u_char ch,
    ngx_str_t *args);
static ngx_int_t ngx_http_rush_url_value(ngx_http_rush_url_t *url,
    ngx_str_t *name, ngx_http_rush_place_pt value, void *data);
static void ngx_http_rush_url_segment(ngx_http_rush_url_t *url);
static void ngx_http_rush_url_args(ngx_http_rush_url_t *url,
    ngx_str_t *args);


ngx_int_t
ngx_http_rush_target_expand(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_rush_place_pt value, void *data, ngx_str_t *args,
    ngx_str_t *url)
{
    size_t                n;
    u_char               *p, *last;
    ngx_int_t             rc;
    ngx_str_t             name;
    ngx_http_rush_url_t   u;

    p = text->data;
    last = p + text->len;

    u.in = ngx_http_rush_url_path;
    u.full = 0;
    u.put = 0;
    u.last = u.buf;

    for (n = ngx_http_rush_target_path(p, last) - p; n; n--) {
        ngx_http_rush_url_byte(&u, *p++);
    }

    u.segment = u.last;

    while (p < last && !u.full) {
        n = (*p == '{') ? ngx_http_rush_target_place(p, last) : 0;

        if (n == 0) {
            ngx_http_rush_url_literal(&u, *p++, args);
            continue;
        }

        name.data = p + 1;
        name.len = n - 2;

        rc = ngx_http_rush_url_value(&u, &name, value, data);
        if (rc != NGX_OK) {
            return rc;
        }

        p += n;
    }

    if (u.in != ngx_http_rush_url_fragment) {
        ngx_http_rush_url_segment(&u);
        ngx_http_rush_url_args(&u, args);
    }

    if (u.full) {
        return NGX_DECLINED;
    }

    url->len = u.last - u.buf;
    url->data = ngx_pnalloc(pool, url->len + 1);

    if (url->data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpymem(url->data, u.buf, url->len);

    return NGX_OK;
}


static void
ngx_http_rush_url_byte(ngx_http_rush_url_t *url, u_char ch)
{
    if (url->last == url->buf + NGX_HTTP_RUSH_URL_LEN) {
        url->full = 1;
        return;
    }

    *url->last++ = ch;
}


static void
ngx_http_rush_url_escape(ngx_http_rush_url_t *url, u_char ch)
{
    static u_char  hex[] = "0123456789ABCDEF";

    ngx_http_rush_url_byte(url, '%');
    ngx_http_rush_url_byte(url, hex[ch >> 4]);
    ngx_http_rush_url_byte(url, hex[ch & 0xf]);
}


static void
ngx_http_rush_url_literal(ngx_http_rush_url_t *url, u_char ch,
    ngx_str_t *args)
{
    if (ch == '#' && url->in != ngx_http_rush_url_fragment) {
        ngx_http_rush_url_segment(url);
        ngx_http_rush_url_args(url, args);
        url->in = ngx_http_rush_url_fragment;

    } else if (ch == '?' && url->in == ngx_http_rush_url_path) {
        ngx_http_rush_url_segment(url);
        url->in = ngx_http_rush_url_query;

    } else if (ch == '/') {
        ngx_http_rush_url_segment(url);
    }

    ngx_http_rush_url_byte(url, ch);

    if (ch == '/') {
        url->segment = url->last;
        url->put = 0;
    }
}


static ngx_int_t
ngx_http_rush_url_value(ngx_http_rush_url_t *url, ngx_str_t *name,
    ngx_http_rush_place_pt value, void *data)
{
    u_char     *p, *last;
    ngx_int_t   rc;
    ngx_str_t   s;

    ngx_str_null(&s);

    url->put = 1;
    rc = value(data, name, &s);

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    p = s.data;
    last = p + s.len;

    while (url->in == ngx_http_rush_url_path && p < last && *p == '.') {
        p++;
    }

    for ( /* void */ ; p < last && !url->full; p++) {

        if (*p == '.' || *p == '~' || ngx_http_rush_target_letter(*p)) {
            ngx_http_rush_url_byte(url, *p);

        } else {
            ngx_http_rush_url_escape(url, *p);
        }
    }

    return NGX_OK;
}


/*
 * Values have lost their leading dots, but if they are empty what was written
 * around them may be "." or ".." now: it is left out.
 */

static void
ngx_http_rush_url_segment(ngx_http_rush_url_t *url)
{
    u_char      *p;
    ngx_uint_t   dots;

    if (url->in != ngx_http_rush_url_path || !url->put) {
        return;
    }

    for (p = url->segment, dots = 0; p < url->last; dots++) {

        if (*p == '.') {
            p++;

        } else if (url->last - p >= 3 && p[0] == '%' && p[1] == '2'
                   && (p[2] | 0x20) == 'e')
        {
            p += 3;

        } else {
            return;
        }
    }

    if (dots <= 2) {
        url->last = url->segment;
    }
}


/* behind the query, if there is one, and before the fragment */

static void
ngx_http_rush_url_args(ngx_http_rush_url_t *url, ngx_str_t *args)
{
    u_char  ch;
    size_t  i;

    if (args->len == 0) {
        return;
    }

    ch = (url->last > url->buf) ? url->last[-1] : '\0';

    if (url->in == ngx_http_rush_url_path) {
        ngx_http_rush_url_byte(url, '?');

    } else if (ch != '?' && ch != '&') {
        ngx_http_rush_url_byte(url, '&');
    }

    for (i = 0; i < args->len && !url->full; i++) {
        ch = args->data[i];

        if (ch <= ' ' || ch > '~' || ch == '"' || ch == '<' || ch == '>'
            || ch == '\\' || ch == '^' || ch == '`' || ch == '{' || ch == '|'
            || ch == '}' || ch == '#')
        {
            ngx_http_rush_url_escape(url, ch);

        } else {
            ngx_http_rush_url_byte(url, ch);
        }
    }
}
