
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Tickets: CAMPAIGN~MADE~USER~SEQ~KEY~SIGNATURE.  The signature is HMAC-SHA256
 * (RFC 2104, FIPS 180-4), in base64url, over three lines: "rush ticket", the
 * prefix, and the ticket as far as SEQ.  No clock is in it, so the same claim
 * gives the same bytes for ever.  The parts hold no "~" and no line feed.
 *
 * A key is configuration; the MAC contexts are scratch of the worker.
 */


#include "campaign/ngx_http_rush_campaign.h"
#include <ngx_event_openssl.h>
#include <openssl/hmac.h>


#define NGX_HTTP_RUSH_SIGNATURE_LEN  43    /* base64url of 32 bytes */


#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)
#define ngx_http_rush_mac_t  EVP_MAC_CTX
#else
#define ngx_http_rush_mac_t  HMAC_CTX
#endif


struct ngx_http_rush_macs_s {
    ngx_uint_t                n;
    ngx_http_rush_mac_t     **macs;     /* by the index of the key */
};


static void ngx_http_rush_macs_cleanup(void *data);
static ngx_http_rush_mac_t *ngx_http_rush_mac_create(ngx_str_t *secret);
static ngx_int_t ngx_http_rush_mac(ngx_http_rush_mac_t *mac, u_char *text,
    size_t len, u_char *digest);
static ngx_int_t ngx_http_rush_ticket_mac(ngx_http_rush_macs_t *macs,
    ngx_http_rush_key_t *key, ngx_str_t *prefix, ngx_str_t *body,
    u_char *signature);
static ngx_http_rush_key_t *ngx_http_rush_ticket_key(
    ngx_http_rush_keys_t *keys, ngx_str_t *kid);
static ngx_int_t ngx_http_rush_ticket_parse(ngx_str_t *text,
    ngx_http_rush_ticket_t *ticket, ngx_str_t *signature);


ngx_int_t
ngx_http_rush_ticket_sign(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix,
    ngx_http_rush_ticket_t *ticket, ngx_pool_t *pool, ngx_str_t *text)
{
    u_char               *p;
    ngx_str_t             body;
    ngx_http_rush_key_t  *key;

    key = ngx_http_rush_ticket_key(keys, &ticket->kid);

    if (key == NULL) {
        /* the key that signed has left the list: the first one signs */
        key = keys->keys.elts;
    }

    p = ngx_pnalloc(pool, ticket->campaign.len + ticket->made.len
                          + ticket->user.len + ticket->seq.len + key->id.len
                          + 5 + NGX_HTTP_RUSH_SIGNATURE_LEN + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    p = ngx_cpymem(p, ticket->campaign.data, ticket->campaign.len);
    *p++ = '~';
    p = ngx_cpymem(p, ticket->made.data, ticket->made.len);
    *p++ = '~';
    p = ngx_cpymem(p, ticket->user.data, ticket->user.len);
    *p++ = '~';
    p = ngx_cpymem(p, ticket->seq.data, ticket->seq.len);

    body.data = text->data;
    body.len = p - text->data;

    *p++ = '~';
    p = ngx_cpymem(p, key->id.data, key->id.len);
    *p++ = '~';

    text->len = p + NGX_HTTP_RUSH_SIGNATURE_LEN - text->data;

    return ngx_http_rush_ticket_mac(macs, key, prefix, &body, p);
}


ngx_int_t
ngx_http_rush_ticket_verify(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix, ngx_str_t *text,
    ngx_http_rush_ticket_t *ticket)
{
    u_char                expected[NGX_HTTP_RUSH_SIGNATURE_LEN + 1];
    ngx_str_t             signature, body;
    ngx_http_rush_key_t  *key;

    if (ngx_http_rush_ticket_parse(text, ticket, &signature) != NGX_OK) {
        return NGX_DECLINED;
    }

    key = ngx_http_rush_ticket_key(keys, &ticket->kid);
    if (key == NULL) {
        return NGX_DECLINED;
    }

    body.data = text->data;
    body.len = ticket->seq.data + ticket->seq.len - text->data;

    if (ngx_http_rush_ticket_mac(macs, key, prefix, &body, expected)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (CRYPTO_memcmp(signature.data, expected, NGX_HTTP_RUSH_SIGNATURE_LEN)
        != 0)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_ticket_parse(ngx_str_t *text, ngx_http_rush_ticket_t *ticket,
    ngx_str_t *signature)
{
    u_char      *p, *last, *tilde;
    ngx_str_t   *part[5];
    ngx_uint_t   i;

    part[0] = &ticket->campaign;
    part[1] = &ticket->made;
    part[2] = &ticket->user;
    part[3] = &ticket->seq;
    part[4] = &ticket->kid;

    p = text->data;
    last = p + text->len;

    for (i = 0; i < 5; i++) {
        tilde = ngx_strlchr(p, last, '~');

        if (tilde == NULL || tilde == p) {
            return NGX_DECLINED;
        }

        part[i]->data = p;
        part[i]->len = tilde - p;
        p = tilde + 1;
    }

    signature->data = p;
    signature->len = last - p;

    if (signature->len != NGX_HTTP_RUSH_SIGNATURE_LEN) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_http_rush_key_t *
ngx_http_rush_ticket_key(ngx_http_rush_keys_t *keys, ngx_str_t *kid)
{
    ngx_uint_t            i;
    ngx_http_rush_key_t  *key;

    key = keys->keys.elts;

    for (i = 0; i < keys->keys.nelts; i++) {
        if (key[i].id.len == kid->len
            && ngx_strncmp(key[i].id.data, kid->data, kid->len) == 0)
        {
            return &key[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_rush_ticket_mac(ngx_http_rush_macs_t *macs, ngx_http_rush_key_t *key,
    ngx_str_t *prefix, ngx_str_t *body, u_char *signature)
{
    u_char     *p, text[16 + NGX_HTTP_RUSH_PREFIX_LEN
                        + NGX_HTTP_RUSH_TICKET_LEN];
    u_char      digest[NGX_HTTP_RUSH_MAC_LEN];
    ngx_str_t   src, dst;

    p = ngx_cpymem(text, "rush ticket\n", sizeof("rush ticket\n") - 1);
    p = ngx_cpymem(p, prefix->data, prefix->len);
    *p++ = LF;
    p = ngx_cpymem(p, body->data, body->len);

    if (ngx_http_rush_mac(macs->macs[key->index], text, p - text, digest)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    src.data = digest;
    src.len = NGX_HTTP_RUSH_MAC_LEN;
    dst.data = signature;

    ngx_encode_base64url(&dst, &src);

    return NGX_OK;
}


ngx_http_rush_macs_t *
ngx_http_rush_macs_create(ngx_pool_t *pool, ngx_array_t *all)
{
    ngx_uint_t              i, k;
    ngx_pool_cleanup_t     *cln;
    ngx_http_rush_key_t    *key;
    ngx_http_rush_macs_t   *macs;
    ngx_http_rush_keys_t  **keys;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_http_rush_macs_t));
    if (cln == NULL) {
        return NULL;
    }

    macs = cln->data;
    macs->n = 0;

    keys = all->elts;

    for (i = 0; i < all->nelts; i++) {
        macs->n += keys[i]->keys.nelts;
    }

    macs->macs = ngx_pcalloc(pool, macs->n * sizeof(ngx_http_rush_mac_t *));
    if (macs->macs == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_rush_macs_cleanup;

    for (i = 0; i < all->nelts; i++) {
        key = keys[i]->keys.elts;

        for (k = 0; k < keys[i]->keys.nelts; k++) {
            macs->macs[key[k].index] = ngx_http_rush_mac_create(
                                                              &key[k].secret);
            if (macs->macs[key[k].index] == NULL) {
                return NULL;
            }
        }
    }

    return macs;
}


#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)

static ngx_http_rush_mac_t *
ngx_http_rush_mac_create(ngx_str_t *secret)
{
    EVP_MAC       *hmac;
    OSSL_PARAM     params[2];
    EVP_MAC_CTX   *ctx;

    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (hmac == NULL) {
        return NULL;
    }

    ctx = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);

    if (ctx == NULL) {
        return NULL;
    }

    params[0] = OSSL_PARAM_construct_utf8_string("digest", "SHA256", 0);
    params[1] = OSSL_PARAM_construct_end();

    if (EVP_MAC_init(ctx, secret->data, secret->len, params) != 1) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


static ngx_int_t
ngx_http_rush_mac(ngx_http_rush_mac_t *mac, u_char *text, size_t len,
    u_char *digest)
{
    size_t  n;

    if (EVP_MAC_init(mac, NULL, 0, NULL) != 1
        || EVP_MAC_update(mac, text, len) != 1
        || EVP_MAC_final(mac, digest, &n, NGX_HTTP_RUSH_MAC_LEN) != 1)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}

#else

static ngx_http_rush_mac_t *
ngx_http_rush_mac_create(ngx_str_t *secret)
{
    HMAC_CTX  *ctx;

    ctx = HMAC_CTX_new();
    if (ctx == NULL) {
        return NULL;
    }

    if (HMAC_Init_ex(ctx, secret->data, secret->len, EVP_sha256(), NULL)
        != 1)
    {
        HMAC_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


static ngx_int_t
ngx_http_rush_mac(ngx_http_rush_mac_t *mac, u_char *text, size_t len,
    u_char *digest)
{
    unsigned int  n;

    if (HMAC_Init_ex(mac, NULL, 0, NULL, NULL) != 1
        || HMAC_Update(mac, text, len) != 1
        || HMAC_Final(mac, digest, &n) != 1)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}

#endif


static void
ngx_http_rush_macs_cleanup(void *data)
{
    ngx_uint_t             i;
    ngx_http_rush_macs_t  *macs = data;

    for (i = 0; i < macs->n; i++) {
#if (OPENSSL_VERSION_NUMBER >= 0x30000000L)
        EVP_MAC_CTX_free(macs->macs[i]);
#else
        HMAC_CTX_free(macs->macs[i]);
#endif
    }
}
