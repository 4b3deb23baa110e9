
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What clients send, checked: nothing reaches a key name, a script or a
 * header that is not well formed.  Ids are A-Z a-z 0-9 _ . : @ - and compared
 * as given.
 */


#include "handlers/ngx_http_rush_handler.h"
#include <ngx_sha1.h>


#define NGX_HTTP_RUSH_KEY_HASH  12    /* base64url of 9 bytes of SHA-1 */

#define ngx_http_rush_code_rule                                               \
    " must be from 1 to 64 bytes of UTF-8 without control characters"

#define ngx_http_rush_id_rule                                                 \
    " must be from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -"


static ngx_int_t ngx_http_rush_input_id(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_complex_value_t *cv, ngx_str_t *value,
    char *error, char *member);
static ngx_int_t ngx_http_rush_input_units(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_uint_t *units);
static ngx_int_t ngx_http_rush_input_text(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_complex_value_t *cv, ngx_str_t *value,
    char *error, char *member);
static ngx_int_t ngx_http_rush_input_fields(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_uint_t units, ngx_str_t *key,
    ngx_str_t *data);


ngx_int_t
ngx_http_rush_invalid(ngx_http_rush_ctx_t *ctx, char *error, char *member)
{
    ngx_str_set(&ctx->query.line, "invalid");
    ctx->error = error;
    ctx->member = member;

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_rush_input_campaign(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    if (ngx_http_complex_value(r, ctx->conf->campaign, &ctx->campaign)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!ngx_http_rush_is_id(&ctx->campaign)) {
        ctx->campaign.len = 0;

        return ngx_http_rush_invalid(ctx, "campaign" ngx_http_rush_id_rule,
                                     "campaign");
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_input_user(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_rush_input_id(r, ctx, ctx->conf->user, &ctx->user,
                                "user" ngx_http_rush_id_rule, "user");

    if (rc == NGX_OK && ctx->user.len == 0) {
        ngx_str_set(&ctx->query.line, "anonymous");
        return NGX_DECLINED;
    }

    return rc;
}


ngx_int_t
ngx_http_rush_input_claim(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_str_t   key, data;
    ngx_uint_t  units;

    ngx_str_set(&key, "");
    ngx_str_set(&data, "");
    units = 1;

    rc = ngx_http_rush_input_id(r, ctx, ctx->conf->item, &ctx->item,
                                "item" ngx_http_rush_id_rule, "item");

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_units(r, ctx, &units);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_ref(r, ctx);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_key(r, ctx, &key);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_text(r, ctx, ctx->conf->data, &data,
                                      "data must be up to 256 bytes and no "
                                      "control characters", "data");
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_fields(r, ctx, units, &key, &data);
        ctx->query.units = units;
    }

    return rc;
}


ngx_int_t
ngx_http_rush_input_ref(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    return ngx_http_rush_input_id(r, ctx, ctx->conf->ref, &ctx->ref,
                                  "ref" ngx_http_rush_id_rule, "ref");
}


/* the arguments campaign and code; no code, and the other one does not count */

ngx_int_t
ngx_http_rush_input_code(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *code)
{
    ngx_int_t  rc;

    static ngx_str_t  campaign_arg = ngx_string("campaign");
    static ngx_str_t  code_arg = ngx_string("code");

    rc = ngx_http_rush_input_arg(r, &code_arg, code);

    if (rc == NGX_DECLINED) {
        return ngx_http_rush_invalid(ctx, "code is given twice", "code");
    }

    if (rc != NGX_OK || code->len == 0) {
        return rc;
    }

    if (!ngx_http_rush_is_code(code)) {
        return ngx_http_rush_invalid(ctx, "code" ngx_http_rush_code_rule,
                                     "code");
    }

    rc = ngx_http_rush_input_arg(r, &campaign_arg, &ctx->campaign);

    if (rc == NGX_DECLINED) {
        ctx->campaign.len = 0;
        return ngx_http_rush_invalid(ctx, "campaign is given twice",
                                     "campaign");
    }

    if (rc == NGX_OK && !ngx_http_rush_is_id(&ctx->campaign)) {
        ctx->campaign.len = 0;
        return ngx_http_rush_invalid(ctx, "campaign" ngx_http_rush_id_rule,
                                     "campaign");
    }

    return rc;
}


/* the default ticket is the argument, which may be percent-encoded */

ngx_int_t
ngx_http_rush_input_ticket(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *ticket)
{
    size_t      i;
    u_char      ch;
    ngx_int_t   rc;
    ngx_str_t  *restock;

    static ngx_str_t  ticket_arg = ngx_string("ticket");
    static ngx_str_t  restock_arg = ngx_string("restock");

    if (ctx->conf->ticket) {
        rc = ngx_http_complex_value(r, ctx->conf->ticket, ticket);

    } else {
        rc = ngx_http_rush_input_arg(r, &ticket_arg, ticket);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_rush_invalid(ctx, "ticket is given twice", "ticket");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    rc = (ticket->len == 0 || ticket->len > NGX_HTTP_RUSH_TICKET_LEN);

    for (i = 0; i < ticket->len && rc == 0; i++) {
        ch = ticket->data[i];
        rc = !((ch >= 'a' && ch <= 'z') || (ch >= '-' && ch <= ':'
                                            && ch != '/')
               || (ch >= '@' && ch <= 'Z') || ch == '_' || ch == '~');
    }

    if (rc) {
        return ngx_http_rush_invalid(ctx,
                                     "ticket must be from 1 to 256 bytes of "
                                     "A-Z a-z 0-9 _ . : @ ~ -", "ticket");
    }

    restock = &ctx->restock;
    rc = ngx_http_rush_input_arg(r, &restock_arg, restock);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED
        || (restock->len && (restock->len != 1
                             || (restock->data[0] != '0'
                                 && restock->data[0] != '1'))))
    {
        return ngx_http_rush_invalid(ctx, "restock must be 0 or 1, once",
                                     "restock");
    }

    return NGX_OK;
}


/* may be empty */

static ngx_int_t
ngx_http_rush_input_id(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_complex_value_t *cv, ngx_str_t *value, char *error, char *member)
{
    if (cv == NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, cv, value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (value->len && !ngx_http_rush_is_id(value)) {
        value->len = 0;
        return ngx_http_rush_invalid(ctx, error, member);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_input_units(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_uint_t *units)
{
    ngx_int_t  n;
    ngx_str_t  value;

    if (ctx->conf->units == NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, ctx->conf->units, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (value.len == 0) {
        return NGX_OK;
    }

    n = ngx_atoi(value.data, value.len);

    if (n < 1 || n > NGX_HTTP_RUSH_UNITS_MAX || value.data[0] == '0') {
        return ngx_http_rush_invalid(ctx, "units must be a whole number from "
                                     "1 to 100", "units");
    }

    *units = n;

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_input_key(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *hash)
{
    size_t     i;
    ngx_int_t  rc;
    ngx_str_t  value;

    static ngx_str_t  header = ngx_string("Idempotency-Key");

    if (ctx->conf->key) {
        rc = ngx_http_complex_value(r, ctx->conf->key, &value);

    } else {
        rc = ngx_http_rush_input_header(r, &header, &value);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_rush_invalid(ctx, "key is given twice", "key");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (value.data == NULL || (value.len == 0 && ctx->conf->key)) {
        return NGX_OK;
    }

    rc = (value.len == 0 || value.len > NGX_HTTP_RUSH_KEY_LEN);

    for (i = 0; i < value.len && rc == 0; i++) {
        rc = (value.data[i] <= ' ' || value.data[i] > '~');
    }

    if (rc) {
        return ngx_http_rush_invalid(ctx, "key must be from 1 to 128 visible "
                                     "ASCII characters", "key");
    }

    return ngx_http_rush_input_hash(r, &value, hash);
}


ngx_int_t
ngx_http_rush_input_hash(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *hash)
{
    u_char      digest[20];
    ngx_str_t   src;
    ngx_sha1_t  sha1;

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, key->data, key->len);
    ngx_sha1_final(digest, &sha1);

    hash->data = ngx_pnalloc(r->pool, NGX_HTTP_RUSH_KEY_HASH + 1);
    if (hash->data == NULL) {
        return NGX_ERROR;
    }

    src.data = digest;
    src.len = NGX_HTTP_RUSH_KEY_HASH * 3 / 4;

    ngx_encode_base64url(hash, &src);

    return NGX_OK;
}


/* $http_ would take the first of several, or join them */

ngx_int_t
ngx_http_rush_input_header(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    ngx_str_null(value);

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NGX_OK;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len != name->len
            || ngx_strncasecmp(h[i].key.data, name->data, name->len) != 0)
        {
            continue;
        }

        if (value->data) {
            return NGX_DECLINED;
        }

        *value = h[i].value;
    }
}


static ngx_int_t
ngx_http_rush_input_text(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_complex_value_t *cv, ngx_str_t *value, char *error, char *member)
{
    size_t      i;
    ngx_uint_t  bad;

    if (cv == NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, cv, value) != NGX_OK) {
        return NGX_ERROR;
    }

    bad = (value->len > NGX_HTTP_RUSH_DATA_LEN);

    for (i = 0; i < value->len && !bad; i++) {
        bad = (value->data[i] < ' ' || value->data[i] == 0x7f);
    }

    return bad ? ngx_http_rush_invalid(ctx, error, member) : NGX_OK;
}


/* the fields of a claim, joined for the script: see plays/lib/claim.lua */

static ngx_int_t
ngx_http_rush_input_fields(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_uint_t units, ngx_str_t *key, ngx_str_t *data)
{
    u_char               *p, *last;
    size_t                size;
    ngx_int_t             rc;
    ngx_str_t             value;
    ngx_uint_t            i, n;
    ngx_http_rush_arg_t  *arg;

    n = 0;
    arg = NULL;

    if (ctx->conf->args) {
        arg = ctx->conf->args->elts;
        n = ctx->conf->args->nelts;
    }

    if (units == 1 && n == 0
        && ctx->item.len + ctx->ref.len + key->len + data->len == 0)
    {
        return NGX_OK;
    }

    size = NGX_INT_T_LEN + ctx->item.len + ctx->ref.len + key->len
           + data->len + 4;

    for (i = 0; i < n; i++) {
        size += arg[i].name.len + NGX_HTTP_RUSH_DATA_LEN + 2;
    }

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = p + size;
    ctx->query.call.fields.data = p;

    p = ngx_slprintf(p, last, "%ui\t%V\t%V\t%V\t%V", units, &ctx->item, key,
                     &ctx->ref, data);

    for (i = 0; i < n; i++) {
        rc = ngx_http_rush_input_text(r, ctx, &arg[i].value, &value,
                                      "an argument must be up to 256 bytes "
                                      "and no control characters",
                                      (char *) arg[i].name.data);
        if (rc != NGX_OK) {
            return rc;
        }

        p = ngx_slprintf(p, last, "\t%V\t%V", &arg[i].name, &value);
    }

    ctx->query.call.fields.len = p - ctx->query.call.fields.data;

    return NGX_OK;
}


/* NGX_DECLINED: the argument is there twice */

ngx_int_t
ngx_http_rush_input_arg(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_int_t  rc;
    ngx_str_t  args, second;

    args = r->args;

    rc = ngx_http_rush_input_find(r, &args, name, value);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_input_find(r, &args, name, &second);

        if (rc == NGX_OK) {
            return NGX_DECLINED;
        }
    }

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


/* the first of this name, decoded; args begin behind it then */

ngx_int_t
ngx_http_rush_input_find(ngx_http_request_t *r, ngx_str_t *args,
    ngx_str_t *name, ngx_str_t *value)
{
    u_char  *p, *last, *end, *dst, *src;

    p = args->data;
    last = p + args->len;

    ngx_str_set(value, "");

    for ( /* void */ ; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '&');
        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) <= name->len || p[name->len] != '='
            || ngx_strncasecmp(p, name->data, name->len) != 0)
        {
            continue;
        }

        src = p + name->len + 1;

        dst = ngx_pnalloc(r->pool, end - src + 1);
        if (dst == NULL) {
            return NGX_ERROR;
        }

        value->data = dst;
        ngx_unescape_uri(&dst, &src, end - src, 0);
        value->len = dst - value->data;

        args->data = end;
        args->len = last - end;

        return NGX_OK;
    }

    return NGX_DECLINED;
}
