
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Signed codes of links.  The input is a text that was scanned; and when it
 * expires, and a code, which is signed, is verified, and is forged by a byte.
 */


#include "fuzz.h"


static ngx_int_t code_verify(ngx_str_t *text, ngx_str_t *code,
    time_t *expires);
static void code_scanned(ngx_str_t *text, ngx_pool_t *pool);
static void code_signed(ngx_str_t *code, time_t expires, ngx_str_t *rest,
    ngx_pool_t *pool);


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    time_t      expires;
    ngx_str_t   text, code;
    ngx_uint_t  i;

    text = fuzz_copy(pool, input);
    code_scanned(&text, pool);

    /* 36 bits have no more than 11 digits */

    expires = fuzz_byte(input) & 0xf;

    for (i = 0; i < 4; i++) {
        expires = expires << 8 | fuzz_byte(input);
    }

    code = fuzz_line(input);

    if (fuzz_is_id(&code)) {
        code_signed(&code, expires, input, pool);
    }
}


static ngx_int_t
code_verify(ngx_str_t *text, ngx_str_t *code, time_t *expires)
{
    return ngx_http_rush_link_verify(fuzz_main->worker->macs,
                                     fuzz_server->keys, &fuzz_main->prefix,
                                     text, code, expires);
}


/* who is believed was given it, byte for byte, by one of the keys */

static void
code_scanned(ngx_str_t *text, ngx_pool_t *pool)
{
    time_t     expires;
    ngx_int_t  rc;
    ngx_str_t  code, again;

    rc = code_verify(text, &code, &expires);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED);
        return;
    }

    fuzz_assert(fuzz_is_id(&code));
    fuzz_assert(expires >= 0);

    rc = ngx_http_rush_link_sign(fuzz_main->worker->macs, fuzz_server->keys,
                                 &fuzz_main->prefix, &code, expires, pool,
                                 &again);

    fuzz_assert(rc == NGX_OK);
    fuzz_assert(again.len == text->len);
    fuzz_assert(ngx_memcmp(again.data, text->data, text->len - 16) == 0);
}


static void
code_signed(ngx_str_t *code, time_t expires, ngx_str_t *rest,
    ngx_pool_t *pool)
{
    u_char      was, *at;
    time_t      when;
    ngx_int_t   rc;
    ngx_str_t   text, shown;

    rc = ngx_http_rush_link_sign(fuzz_main->worker->macs, fuzz_server->keys,
                                 &fuzz_main->prefix, code, expires, pool,
                                 &text);
    fuzz_assert(rc == NGX_OK);

    fuzz_assert(code_verify(&text, &shown, &when) == NGX_OK);
    fuzz_assert(fuzz_same(&shown, code));
    fuzz_assert(when == expires);

    at = text.data + fuzz_byte(rest) % text.len;
    was = *at;
    *at = fuzz_byte(rest);

    rc = code_verify(&text, &shown, &when);
    fuzz_assert(rc == (*at == was ? NGX_OK : NGX_DECLINED));
}
