
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Signed codes: CODE.EXPIRES.MAC.  The MAC is the first 96 bits of HMAC-SHA256
 * in base64url, over three lines: "rush link", the prefix, and CODE.EXPIRES.
 * What is printed names no key, so each of the list is tried; a code may have
 * dots, so it is read from its end.
 */


#include "campaign/ngx_http_rush_link.h"
#include <ngx_event_openssl.h>


#define NGX_HTTP_RUSH_LINK_MAC      16    /* base64url of 12 bytes */
#define NGX_HTTP_RUSH_LINK_EXPIRES  11    /* digits */

#define NGX_HTTP_RUSH_LINK_SIGNED  (NGX_HTTP_RUSH_ID_LEN                      \
                                    + NGX_HTTP_RUSH_LINK_EXPIRES              \
                                    + NGX_HTTP_RUSH_LINK_MAC + 2)


static ngx_int_t ngx_http_rush_link_mac(ngx_http_rush_macs_t *macs,
    ngx_http_rush_key_t *key, ngx_str_t *prefix, ngx_str_t *body, u_char *mac);
static ngx_int_t ngx_http_rush_link_split(ngx_str_t *text, ngx_str_t *code,
    time_t *expires);


ngx_int_t
ngx_http_rush_link_sign(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix, ngx_str_t *code,
    time_t expires, ngx_pool_t *pool, ngx_str_t *text)
{
    u_char     *p;
    ngx_str_t   body;

    p = ngx_pnalloc(pool, NGX_HTTP_RUSH_LINK_SIGNED);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body.data = p;
    body.len = ngx_snprintf(p, NGX_HTTP_RUSH_LINK_SIGNED, "%V.%T", code,
                            expires)
               - p;

    p += body.len;
    *p++ = '.';

    text->data = body.data;
    text->len = body.len + 1 + NGX_HTTP_RUSH_LINK_MAC;

    return ngx_http_rush_link_mac(macs, keys->keys.elts, prefix, &body, p);
}


ngx_int_t
ngx_http_rush_link_verify(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix, ngx_str_t *text,
    ngx_str_t *code, time_t *expires)
{
    u_char                expected[NGX_HTTP_RUSH_LINK_MAC], *mac;
    ngx_str_t             body;
    ngx_uint_t            i;
    ngx_http_rush_key_t  *key;

    if (ngx_http_rush_link_split(text, code, expires) != NGX_OK) {
        return NGX_DECLINED;
    }

    body.data = text->data;
    body.len = text->len - NGX_HTTP_RUSH_LINK_MAC - 1;

    mac = body.data + body.len + 1;
    key = keys->keys.elts;

    for (i = 0; i < keys->keys.nelts; i++) {

        if (ngx_http_rush_link_mac(macs, &key[i], prefix, &body, expected)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (CRYPTO_memcmp(mac, expected, NGX_HTTP_RUSH_LINK_MAC) == 0) {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_rush_link_mac(ngx_http_rush_macs_t *macs, ngx_http_rush_key_t *key,
    ngx_str_t *prefix, ngx_str_t *body, u_char *mac)
{
    u_char     *p, text[16 + NGX_HTTP_RUSH_PREFIX_LEN
                        + NGX_HTTP_RUSH_LINK_SIGNED];
    u_char      digest[NGX_HTTP_RUSH_MAC_LEN];
    ngx_str_t   src, dst;

    p = ngx_cpymem(text, "rush link\n", sizeof("rush link\n") - 1);
    p = ngx_cpymem(p, prefix->data, prefix->len);
    *p++ = LF;
    p = ngx_cpymem(p, body->data, body->len);

    if (ngx_http_rush_mac(macs, key, text, p - text, digest) != NGX_OK) {
        return NGX_ERROR;
    }

    /* of 12 bytes there is no rest that would be another character */

    src.data = digest;
    src.len = NGX_HTTP_RUSH_LINK_MAC * 3 / 4;
    dst.data = mac;

    ngx_encode_base64url(&dst, &src);

    return NGX_OK;
}


/* a text has one form only: EXPIRES is decimal, without zeros before it */

static ngx_int_t
ngx_http_rush_link_split(ngx_str_t *text, ngx_str_t *code, time_t *expires)
{
    u_char     *p, *dot;
    ngx_str_t   number;

    if (text->len <= NGX_HTTP_RUSH_LINK_MAC
        || text->len > NGX_HTTP_RUSH_LINK_SIGNED)
    {
        return NGX_DECLINED;
    }

    dot = text->data + text->len - NGX_HTTP_RUSH_LINK_MAC - 1;

    for (p = dot; p > text->data && p[-1] >= '0' && p[-1] <= '9'; p--) {
        /* void */
    }

    number.data = p;
    number.len = dot - p;

    if (*dot != '.' || number.len == 0
        || number.len > NGX_HTTP_RUSH_LINK_EXPIRES
        || (number.len > 1 && *p == '0')
        || p == text->data || p[-1] != '.')
    {
        return NGX_DECLINED;
    }

    code->data = text->data;
    code->len = p - 1 - text->data;

    if (!ngx_http_rush_is_id(code)) {
        return NGX_DECLINED;
    }

    *expires = ngx_atotm(number.data, number.len);

    return NGX_OK;
}
