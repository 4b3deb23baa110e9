
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A JSON object, read as it arrives: its members, in their order, each as a
 * text.  Depth, size and the number of members are bounded, and no member may
 * be there twice.
 */


#include "campaign/ngx_http_rush_definition.h"


static void ngx_http_rush_definition_cleanup(void *data);
static ngx_int_t ngx_http_rush_definition_status(
    ngx_http_rush_definition_t *def, yajl_status status, size_t before);
static ngx_int_t ngx_http_rush_definition_surrogates(
    ngx_http_rush_definition_t *def, u_char *data, size_t len);
static int ngx_http_rush_definition_refuse(ngx_http_rush_definition_t *def,
    const char *error);
static int ngx_http_rush_definition_scalar(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type, const void *data, size_t len);
static int ngx_http_rush_definition_open(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type);
static int ngx_http_rush_definition_close(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type);
static int ngx_http_rush_definition_text(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type, const void *data, size_t len);

static int ngx_http_rush_definition_null(void *ctx);
static int ngx_http_rush_definition_boolean(void *ctx, int value);
static int ngx_http_rush_definition_number(void *ctx, const char *data,
    size_t len);
static int ngx_http_rush_definition_string(void *ctx,
    const unsigned char *data, size_t len);
static int ngx_http_rush_definition_map(void *ctx);
static int ngx_http_rush_definition_key(void *ctx, const unsigned char *data,
    size_t len);
static int ngx_http_rush_definition_map_end(void *ctx);
static int ngx_http_rush_definition_array(void *ctx);
static int ngx_http_rush_definition_array_end(void *ctx);


static yajl_callbacks  ngx_http_rush_definition_callbacks = {
    ngx_http_rush_definition_null,
    ngx_http_rush_definition_boolean,
    NULL,
    NULL,
    ngx_http_rush_definition_number,
    ngx_http_rush_definition_string,
    ngx_http_rush_definition_map,
    ngx_http_rush_definition_key,
    ngx_http_rush_definition_map_end,
    ngx_http_rush_definition_array,
    ngx_http_rush_definition_array_end
};


ngx_http_rush_definition_t *
ngx_http_rush_definition_create(ngx_pool_t *pool)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_rush_definition_t  *def;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_http_rush_definition_t));
    if (cln == NULL) {
        return NULL;
    }

    def = cln->data;
    ngx_memzero(def, sizeof(ngx_http_rush_definition_t));

    def->pool = pool;
    def->yajl = yajl_alloc(&ngx_http_rush_definition_callbacks, NULL, def);
    if (def->yajl == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_rush_definition_cleanup;

    return def;
}


static void
ngx_http_rush_definition_cleanup(void *data)
{
    ngx_http_rush_definition_t *def = data;

    yajl_free(def->yajl);

    if (def->gen) {
        yajl_gen_free(def->gen);
    }
}


ngx_int_t
ngx_http_rush_definition_feed(ngx_http_rush_definition_t *def, u_char *data,
    size_t len)
{
    size_t  before;

    before = def->size;
    def->size += len;

    if (ngx_http_rush_definition_surrogates(def, data, len) != NGX_OK) {
        (void) ngx_http_rush_definition_refuse(def, "the body has half of a "
                                               "surrogate pair");
        return NGX_DECLINED;
    }

    return ngx_http_rush_definition_status(def,
                                           yajl_parse(def->yajl, data, len),
                                           before);
}


/*
 * yajl turns an escape such as \ud800, which is no character without another
 * one after it, into "?".  That it is an escape within a string, and has hex
 * digits, is seen by yajl.
 */

static ngx_int_t
ngx_http_rush_definition_surrogates(ngx_http_rush_definition_t *def,
    u_char *data, size_t len)
{
    u_char      ch;
    size_t      i;
    ngx_uint_t  low;

    for (i = 0; i < len; i++) {
        ch = data[i];

        if (def->escape > 1) {
            def->unit = def->unit * 16
                        + (ch <= '9' ? ch - '0' : (ch | 0x20) - 'a' + 10);

            if (++def->escape < 6) {
                continue;
            }

            def->escape = 0;
            low = (def->unit >= 0xdc00 && def->unit < 0xe000);

            if (low != def->high) {
                return NGX_DECLINED;
            }

            def->high = (def->unit >= 0xd800 && def->unit < 0xdc00);

        } else if (def->escape == 0 && ch == '\\') {
            def->escape = 1;

        } else if (def->escape == 1 && ch == 'u') {
            def->escape = 2;
            def->unit = 0;

        } else {
            def->escape = 0;

            if (def->high) {
                return NGX_DECLINED;
            }
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_definition_end(ngx_http_rush_definition_t *def)
{
    if (def->size == 0) {
        (void) ngx_http_rush_definition_refuse(def, "the body must be a JSON "
                                               "object, and it is empty");
        return NGX_DECLINED;
    }

    return ngx_http_rush_definition_status(def,
                                           yajl_complete_parse(def->yajl),
                                           def->size);
}


static ngx_int_t
ngx_http_rush_definition_status(ngx_http_rush_definition_t *def,
    yajl_status status, size_t before)
{
    u_char  *p, *text;
    size_t   at, len;

    if (status == yajl_status_ok) {
        return NGX_OK;
    }

    if (def->error.len) {
        return NGX_DECLINED;
    }

    if (status == yajl_status_client_canceled) {
        /* no memory */
        return NGX_ERROR;
    }

    at = before + yajl_get_bytes_consumed(def->yajl);
    at = ngx_min(at, def->size);

    text = yajl_get_error(def->yajl, 0, NULL, 0);
    if (text == NULL) {
        return NGX_ERROR;
    }

    len = ngx_strlen(text);

    while (len && text[len - 1] <= ' ') {
        len--;
    }

    p = ngx_pnalloc(def->pool, len + 64);

    if (p) {
        def->error.data = p;
        def->error.len = ngx_sprintf(p, "the body is no JSON, by byte %uz: "
                                     "%*s", at, len, text) - p;
    }

    yajl_free_error(def->yajl, text);

    return p ? NGX_DECLINED : NGX_ERROR;
}


static int
ngx_http_rush_definition_refuse(ngx_http_rush_definition_t *def,
    const char *error)
{
    def->error.data = (u_char *) error;
    def->error.len = ngx_strlen(error);

    return 0;
}


ngx_int_t
ngx_http_rush_definition_error(ngx_http_rush_definition_t *def,
    ngx_str_t *name, const char *what)
{
    u_char  *p;
    size_t   len;

    len = ngx_strlen(what);

    p = ngx_pnalloc(def->pool, name->len + len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    def->member = *name;
    def->error.data = p;
    def->error.len = ngx_sprintf(p, "%V %s", name, what) - p;

    return NGX_DECLINED;
}


ngx_http_rush_datum_t *
ngx_http_rush_definition_find(ngx_http_rush_definition_t *def,
    ngx_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < def->n; i++) {
        if (def->members[i].name.len == name->len
            && ngx_memcmp(def->members[i].name.data, name->data, name->len)
               == 0)
        {
            return &def->members[i];
        }
    }

    return NULL;
}


/* the member that has just been named gets its text */

static int
ngx_http_rush_definition_text(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type, const void *data, size_t len)
{
    ngx_http_rush_datum_t  *json;

    json = &def->members[def->n - 1];
    json->type = type;
    json->text.len = len;
    json->text.data = ngx_pnalloc(def->pool, len + 1);

    if (json->text.data == NULL) {
        return 0;
    }

    (void) ngx_cpymem(json->text.data, data, len);

    return 1;
}


static int
ngx_http_rush_definition_scalar(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type, const void *data, size_t len)
{
    if (def->depth == 0) {
        return ngx_http_rush_definition_refuse(def, "the body must be a JSON "
                                               "object");
    }

    if (def->depth == 1) {
        return ngx_http_rush_definition_text(def, type, data, len);
    }

    if (type == ngx_http_rush_datum_string) {
        return yajl_gen_string(def->gen, data, len) == yajl_gen_status_ok;
    }

    return yajl_gen_number(def->gen, data, len) == yajl_gen_status_ok;
}


static int
ngx_http_rush_definition_open(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type)
{
    if (def->depth == NGX_HTTP_RUSH_DEFINITION_DEPTH) {
        return ngx_http_rush_definition_refuse(def, "the body must not be "
                                               "deeper than 16 levels");
    }

    if (def->depth == 0 && type == ngx_http_rush_datum_array) {
        return ngx_http_rush_definition_refuse(def, "the body must be a JSON "
                                               "object");
    }

    def->depth++;

    if (def->depth == 1) {
        return 1;
    }

    if (def->depth == 2) {
        def->gen = yajl_gen_alloc(NULL);
        if (def->gen == NULL) {
            return 0;
        }
    }

    return (type == ngx_http_rush_datum_object ? yajl_gen_map_open(def->gen)
                                              : yajl_gen_array_open(def->gen))
           == yajl_gen_status_ok;
}


static int
ngx_http_rush_definition_close(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_e type)
{
    int                   ok;
    size_t                len;
    const unsigned char  *data;

    if (--def->depth == 0) {
        return 1;
    }

    ok = (type == ngx_http_rush_datum_object ? yajl_gen_map_close(def->gen)
                                            : yajl_gen_array_close(def->gen))
         == yajl_gen_status_ok;

    if (!ok || def->depth > 1) {
        return ok;
    }

    ok = yajl_gen_get_buf(def->gen, &data, &len) == yajl_gen_status_ok
         && ngx_http_rush_definition_text(def, type, data, len);

    yajl_gen_free(def->gen);
    def->gen = NULL;

    return ok;
}


static int
ngx_http_rush_definition_key(void *ctx, const unsigned char *data, size_t len)
{
    ngx_http_rush_definition_t *def = ctx;

    ngx_str_t              name;
    ngx_http_rush_datum_t  *json;

    if (def->depth > 1) {
        return yajl_gen_string(def->gen, data, len) == yajl_gen_status_ok;
    }

    name.len = len;

    if (len > NGX_HTTP_RUSH_ID_LEN) {
        /* no such member: what names it ends with a whole character */

        name.len = NGX_HTTP_RUSH_ID_LEN;

        while (name.len && (data[name.len] & 0xc0) == 0x80) {
            name.len--;
        }
    }

    name.data = ngx_pnalloc(def->pool, name.len + 1);
    if (name.data == NULL) {
        return 0;
    }

    (void) ngx_cpymem(name.data, data, name.len);

    if (ngx_http_rush_definition_find(def, &name)) {
        (void) ngx_http_rush_definition_error(def, &name,
                                              "must not be there twice");
        return 0;
    }

    if (def->n == NGX_HTTP_RUSH_MEMBERS_MAX) {
        (void) ngx_http_rush_definition_error(def, &name,
                                              "is one of more than 32 members");
        return 0;
    }

    json = &def->members[def->n++];
    json->name = name;

    return 1;
}


static int
ngx_http_rush_definition_null(void *ctx)
{
    return ngx_http_rush_definition_scalar(ctx, ngx_http_rush_datum_null,
                                           "null", 4);
}


static int
ngx_http_rush_definition_boolean(void *ctx, int value)
{
    return ngx_http_rush_definition_scalar(ctx, ngx_http_rush_datum_boolean,
                                           value ? "true" : "false",
                                           value ? 4 : 5);
}


static int
ngx_http_rush_definition_number(void *ctx, const char *data, size_t len)
{
    return ngx_http_rush_definition_scalar(ctx, ngx_http_rush_datum_number,
                                           data, len);
}


static int
ngx_http_rush_definition_string(void *ctx, const unsigned char *data,
    size_t len)
{
    return ngx_http_rush_definition_scalar(ctx, ngx_http_rush_datum_string,
                                           data, len);
}


static int
ngx_http_rush_definition_map(void *ctx)
{
    return ngx_http_rush_definition_open(ctx, ngx_http_rush_datum_object);
}


static int
ngx_http_rush_definition_map_end(void *ctx)
{
    return ngx_http_rush_definition_close(ctx, ngx_http_rush_datum_object);
}


static int
ngx_http_rush_definition_array(void *ctx)
{
    return ngx_http_rush_definition_open(ctx, ngx_http_rush_datum_array);
}


static int
ngx_http_rush_definition_array_end(void *ctx)
{
    return ngx_http_rush_definition_close(ctx, ngx_http_rush_datum_array);
}
