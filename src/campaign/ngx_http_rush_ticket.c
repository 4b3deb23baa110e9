
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Tickets: CAMPAIGN~MADE~USER~SEQ~KEY~SIGNATURE.  The signature is HMAC-SHA256
 * (RFC 2104, FIPS 180-4), in base64url, over three lines: "rush ticket", the
 * prefix, and the ticket as far as SEQ.  No clock is in it, so the same claim
 * gives the same bytes for ever.  The parts hold no "~" and no line feed.
 *
 * A key is configuration; the states that are derived from it are made once a
 * worker.
 */


/* the digest itself, twice a ticket: EVP costs more than the hashing does */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "campaign/ngx_http_rush_campaign.h"
#include <ngx_event_openssl.h>
#include <openssl/sha.h>


#define NGX_HTTP_RUSH_SIGNATURE_LEN  43    /* base64url of 32 bytes */


#define NGX_HTTP_RUSH_SHA256_BLOCK   64


/* HMAC with a key: the states after the inner and the outer pad */

typedef struct {
    SHA256_CTX                inner;
    SHA256_CTX                outer;
} ngx_http_rush_mac_t;


struct ngx_http_rush_macs_s {
    ngx_http_rush_mac_t      *macs;     /* by the index of the key */
};


static ngx_int_t ngx_http_rush_mac_init(ngx_http_rush_mac_t *mac,
    ngx_str_t *secret);
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

    if (text->len > NGX_HTTP_RUSH_TICKET_LEN) {
        return NGX_DECLINED;
    }

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

    if (body->len > NGX_HTTP_RUSH_TICKET_LEN) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, "rush ticket\n", sizeof("rush ticket\n") - 1);
    p = ngx_cpymem(p, prefix->data, prefix->len);
    *p++ = LF;
    p = ngx_cpymem(p, body->data, body->len);

    if (ngx_http_rush_mac(macs, key, text, p - text, digest) != NGX_OK) {
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
    ngx_uint_t              i, k, n;
    ngx_http_rush_key_t    *key;
    ngx_http_rush_macs_t   *macs;
    ngx_http_rush_keys_t  **keys;

    macs = ngx_palloc(pool, sizeof(ngx_http_rush_macs_t));
    if (macs == NULL) {
        return NULL;
    }

    keys = all->elts;
    n = 0;

    for (i = 0; i < all->nelts; i++) {
        n += keys[i]->keys.nelts;
    }

    macs->macs = ngx_palloc(pool, n * sizeof(ngx_http_rush_mac_t));
    if (macs->macs == NULL) {
        return NULL;
    }

    for (i = 0; i < all->nelts; i++) {
        key = keys[i]->keys.elts;

        for (k = 0; k < keys[i]->keys.nelts; k++) {
            if (ngx_http_rush_mac_init(&macs->macs[key[k].index],
                                       &key[k].secret)
                != NGX_OK)
            {
                return NULL;
            }
        }
    }

    return macs;
}


static ngx_int_t
ngx_http_rush_mac_init(ngx_http_rush_mac_t *mac, ngx_str_t *secret)
{
    int         ok;
    u_char      key[NGX_HTTP_RUSH_SHA256_BLOCK];
    u_char      inner[NGX_HTTP_RUSH_SHA256_BLOCK];
    u_char      outer[NGX_HTTP_RUSH_SHA256_BLOCK];
    ngx_uint_t  i;

    ngx_memzero(key, sizeof(key));

    if (secret->len > sizeof(key)) {
        SHA256(secret->data, secret->len, key);

    } else {
        ngx_memcpy(key, secret->data, secret->len);
    }

    for (i = 0; i < sizeof(key); i++) {
        inner[i] = key[i] ^ 0x36;
        outer[i] = key[i] ^ 0x5c;
    }

    ok = SHA256_Init(&mac->inner)
         && SHA256_Update(&mac->inner, inner, sizeof(inner))
         && SHA256_Init(&mac->outer)
         && SHA256_Update(&mac->outer, outer, sizeof(outer));

    ngx_explicit_memzero(key, sizeof(key));
    ngx_explicit_memzero(inner, sizeof(inner));
    ngx_explicit_memzero(outer, sizeof(outer));

    return ok ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_rush_mac(ngx_http_rush_macs_t *macs, ngx_http_rush_key_t *key,
    u_char *text, size_t len, u_char *digest)
{
    SHA256_CTX            inner, outer;
    ngx_http_rush_mac_t  *mac;

    mac = &macs->macs[key->index];

    inner = mac->inner;
    outer = mac->outer;

    if (!SHA256_Update(&inner, text, len)
        || !SHA256_Final(digest, &inner)
        || !SHA256_Update(&outer, digest, NGX_HTTP_RUSH_MAC_LEN)
        || !SHA256_Final(digest, &outer))
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}
