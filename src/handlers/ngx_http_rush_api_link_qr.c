
/*
 * Copyright (C) 2026, the Rush authors
 *
 * GET /links/CODE/qr.svg: the code of a link to be printed, drawn by
 * libqrencode, which the module may be built without.
 */


#include "handlers/ngx_http_rush_api.h"

#if (NGX_HTTP_RUSH_QR)

#include <qrencode.h>


#define NGX_HTTP_RUSH_QR_BASE  900     /* bytes, more than anybody can scan */
#define NGX_HTTP_RUSH_QR_CODE  100     /* of a signed one, which are 93 */

#define NGX_HTTP_RUSH_QR_HEAD  512     /* bytes of SVG */
#define NGX_HTTP_RUSH_QR_RUN   (sizeof("M000 000h000v1h-000z") - 1)


typedef struct {
    ngx_str_t                    base;
    int64_t                      size;      /* pixels */
    int64_t                      margin;    /* modules */
    ngx_str_t                    color;
    QRecLevel                    level;
    int64_t                      signing;
    int64_t                      expires;
    ngx_str_t                    svg;
} ngx_http_rush_qr_t;


static ngx_int_t ngx_http_rush_qr_args(ngx_http_rush_api_t *api,
    ngx_http_rush_qr_t *qr);
static ngx_int_t ngx_http_rush_qr_base(ngx_http_rush_api_t *api,
    ngx_http_rush_qr_t *qr);
static ngx_int_t ngx_http_rush_qr_default(ngx_http_request_t *r,
    ngx_str_t *base);
static ngx_int_t ngx_http_rush_qr_color(ngx_http_rush_api_t *api,
    ngx_http_rush_qr_t *qr);
static ngx_int_t ngx_http_rush_qr_level(ngx_http_rush_api_t *api,
    ngx_http_rush_qr_t *qr);
static void ngx_http_rush_qr_link(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_qr_draw(ngx_pool_t *pool,
    ngx_http_rush_qr_t *qr, QRcode *code);
static u_char *ngx_http_rush_qr_runs(u_char *p, QRcode *code,
    ngx_uint_t margin);


void
ngx_http_rush_api_link_qr(ngx_http_rush_api_t *api)
{
    ngx_http_rush_qr_t  *qr;

    qr = ngx_pcalloc(api->request->pool, sizeof(ngx_http_rush_qr_t));

    if (qr == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    api->data = qr;

    if (ngx_http_rush_qr_args(api, qr) != NGX_OK) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_read(api->place, &api->code),
               ngx_http_rush_qr_link);
}


static ngx_int_t
ngx_http_rush_qr_args(ngx_http_rush_api_t *api, ngx_http_rush_qr_t *qr)
{
    qr->size = 256;
    qr->margin = 4;

    if (ngx_http_rush_qr_base(api, qr) != NGX_OK
        || ngx_http_rush_api_arg_number(api, "size", "size must be pixels, a "
                                        "whole number from 32 to 4096, once",
                                        32, 4096, &qr->size)
           != NGX_OK
        || ngx_http_rush_api_arg_number(api, "margin", "margin must be "
                                        "modules, a whole number from 0 to 16, "
                                        "once", 0, 16, &qr->margin)
           != NGX_OK
        || ngx_http_rush_qr_color(api, qr) != NGX_OK
        || ngx_http_rush_qr_level(api, qr) != NGX_OK
        || ngx_http_rush_api_arg_number(api, "signed", "signed must be 0 or 1, "
                                        "once", 0, 1, &qr->signing)
           != NGX_OK
        || ngx_http_rush_api_expires(api, qr->signing, &qr->expires) != NGX_OK)
    {
        return NGX_DONE;
    }

    if (qr->expires && !qr->signing) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "expires is for a code with signed=1",
                                 "expires");
        return NGX_DONE;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_qr_base(ngx_http_rush_api_t *api, ngx_http_rush_qr_t *qr)
{
    u_char                  *last;
    const char              *why;
    ngx_http_rush_target_t   target;

    static const char  *error = "base must be a URL that the code is put "
                                "behind, such as https://m.example.com/q/, "
                                "once, of http or https, with a path and up "
                                "to 900 bytes";

    if (ngx_http_rush_api_arg(api, "base", error, &qr->base) != NGX_OK) {
        return NGX_DONE;
    }

    if (qr->base.len == 0
        && ngx_http_rush_qr_default(api->request, &qr->base) != NGX_OK)
    {
        ngx_http_rush_api_fail(api);
        return NGX_DONE;
    }

    last = qr->base.data + qr->base.len;

    if (qr->base.len <= NGX_HTTP_RUSH_QR_BASE
        && ngx_http_rush_target_parse(&qr->base, &target, &why) == NGX_OK
        && target.plain && target.host.len
        && ngx_http_rush_target_path(qr->base.data, last) != last)
    {
        return NGX_OK;
    }

    ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid, error, "base");

    return NGX_DONE;
}


/* where the request was sent to */

static ngx_int_t
ngx_http_rush_qr_default(ngx_http_request_t *r, ngx_str_t *base)
{
    u_char     *p;
    ngx_str_t   host, scheme;

    ngx_str_set(&host, "");
    ngx_str_set(&scheme, "http");

    if (r->headers_in.host) {
        host = r->headers_in.host->value;
    }

#if (NGX_HTTP_SSL)
    if (r->connection->ssl) {
        ngx_str_set(&scheme, "https");
    }
#endif

    p = ngx_pnalloc(r->pool, scheme.len + host.len + sizeof(":///"));
    if (p == NULL) {
        return NGX_ERROR;
    }

    base->data = p;
    base->len = ngx_sprintf(p, "%V://%V/", &scheme, &host) - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_qr_color(ngx_http_rush_api_t *api, ngx_http_rush_qr_t *qr)
{
    size_t       i;
    u_char       ch;
    ngx_uint_t   bad;

    static const char  *error = "color must be six hex digits, RRGGBB, once";

    if (ngx_http_rush_api_arg(api, "color", error, &qr->color) != NGX_OK) {
        return NGX_DONE;
    }

    if (qr->color.len == 0) {
        ngx_str_set(&qr->color, "000000");
    }

    bad = (qr->color.len != 6);

    for (i = 0; i < qr->color.len && !bad; i++) {
        ch = qr->color.data[i] | 0x20;

        bad = !((qr->color.data[i] >= '0' && qr->color.data[i] <= '9')
                || (ch >= 'a' && ch <= 'f'));
    }

    if (bad) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid, error,
                                 "color");
        return NGX_DONE;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_qr_level(ngx_http_rush_api_t *api, ngx_http_rush_qr_t *qr)
{
    ngx_str_t  value;

    static const char  *error = "level must be L, M, Q or H, once";

    if (ngx_http_rush_api_arg(api, "level", error, &value) != NGX_OK) {
        return NGX_DONE;
    }

    switch (value.len == 1 ? value.data[0] : value.len ? '\0' : 'M') {

    case 'L':
        qr->level = QR_ECLEVEL_L;
        return NGX_OK;

    case 'M':
        qr->level = QR_ECLEVEL_M;
        return NGX_OK;

    case 'Q':
        qr->level = QR_ECLEVEL_Q;
        return NGX_OK;

    case 'H':
        qr->level = QR_ECLEVEL_H;
        return NGX_OK;

    default:
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid, error,
                                 "level");
        return NGX_DONE;
    }
}


static void
ngx_http_rush_qr_link(ngx_http_rush_api_t *api, ngx_http_rush_reply_t *reply,
    ngx_uint_t n, ngx_uint_t last)
{
    QRcode                      *code;
    u_char                      *p, text[NGX_HTTP_RUSH_QR_BASE
                                         + NGX_HTTP_RUSH_QR_CODE + 1];
    ngx_int_t                    rc;
    ngx_str_t                    behind;
    ngx_http_rush_qr_t          *qr;
    ngx_http_rush_definition_t  *def;

    qr = api->data;
    behind = api->code;

    if (ngx_http_rush_api_stored(api, reply, &def) != NGX_OK) {
        return;
    }

    if (qr->signing
        && ngx_http_rush_api_sign(api, qr->expires, &behind) != NGX_OK)
    {
        return;
    }

    p = ngx_cpymem(text, qr->base.data, qr->base.len);
    p = ngx_cpymem(p, behind.data, behind.len);
    *p = '\0';

    /* at most 1000 bytes, which every level has room for */

    code = QRcode_encodeString((char *) text, 0, qr->level, QR_MODE_8, 1);

    if (code == NULL) {
        ngx_log_error(NGX_LOG_ERR, api->request->connection->log, ngx_errno,
                      "QRcode_encodeString() failed");
        ngx_http_rush_api_fail(api);
        return;
    }

    rc = ngx_http_rush_qr_draw(api->request->pool, qr, code);

    QRcode_free(code);

    if (rc == NGX_OK) {
        ngx_http_rush_api_made_body(api);

    } else {
        ngx_http_rush_api_fail(api);
    }
}


static ngx_int_t
ngx_http_rush_qr_draw(ngx_pool_t *pool, ngx_http_rush_qr_t *qr, QRcode *code)
{
    u_char      *p;
    ngx_uint_t   width;

    width = code->width + 2 * qr->margin;

    /* in a row at most every other module begins a run */

    p = ngx_pnalloc(pool, NGX_HTTP_RUSH_QR_HEAD
                          + code->width * ((code->width + 1) / 2)
                            * NGX_HTTP_RUSH_QR_RUN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    qr->svg.data = p;

    p = ngx_sprintf(p, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                       "width=\"%L\" height=\"%L\" "
                       "viewBox=\"0 0 %ui %ui\" "
                       "shape-rendering=\"crispEdges\">"
                       "<rect width=\"%ui\" height=\"%ui\" "
                       "fill=\"#ffffff\"/><path fill=\"#%V\" d=\"",
                    qr->size, qr->size, width, width, width, width,
                    &qr->color);

    p = ngx_http_rush_qr_runs(p, code, (ngx_uint_t) qr->margin);
    p = ngx_sprintf(p, "\"/></svg>\n");

    qr->svg.len = p - qr->svg.data;

    return NGX_OK;
}


/* dark modules that lie side by side are one rectangle */

static u_char *
ngx_http_rush_qr_runs(u_char *p, QRcode *code, ngx_uint_t margin)
{
    u_char      *row;
    ngx_uint_t   x, y, n, width;

    width = code->width;
    row = code->data;

    for (y = 0; y < width; y++, row += width) {

        for (x = 0; x < width; x += n) {

            for (n = 0; x + n < width && (row[x + n] & 1); n++) {
                /* void */
            }

            if (n == 0) {
                n = 1;
                continue;
            }

            p = ngx_sprintf(p, "M%ui %uih%uiv1h-%uiz", margin + x, margin + y,
                            n, n);
        }
    }

    return p;
}


/* the body of the answer */

ngx_int_t
ngx_http_rush_api_link_svg(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *text)
{
    ngx_http_rush_qr_t  *qr;

    qr = ctx->api->data;

    ngx_str_set(&ctx->type, "image/svg+xml");
    *text = qr->svg;

    return NGX_OK;
}

#else

void
ngx_http_rush_api_link_qr(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_refuse(api, ngx_http_rush_api_unknown,
                             "this module was built without libqrencode",
                             NULL);
}

#endif
