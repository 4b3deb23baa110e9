
/*
 * Copyright (C) 2026, the Rush authors
 *
 * POST /links: links, one a line, each as a PUT of its own would make it.  A
 * line is parsed and checked in a pool that is gone with it; its JSON waits in
 * a slice, and the next slice is read when Redis has answered.  So an upload of
 * any size takes the memory of a slice.  What was written stays if the upload
 * breaks off, and it is repeated.
 */


#include "handlers/ngx_http_rush_api.h"


#define NGX_HTTP_RUSH_BULK_LINKS   200       /* of a slice */
#define NGX_HTTP_RUSH_BULK_SLICE   131072    /* bytes of it */
#define NGX_HTTP_RUSH_BULK_ERRORS  100       /* that are told */


typedef struct {
    ngx_uint_t                   line;
    ngx_str_t                    code;
    ngx_str_t                    member;
    ngx_str_t                    error;
} ngx_http_rush_bulk_error_t;


typedef struct {
    ngx_http_rush_link_env_t     env;

    ngx_uint_t                   line;      /* its number */
    size_t                       len;       /* one more if it is too long */
    u_char                       text[NGX_HTTP_RUSH_API_LINK + 1];

    /* the slice */
    ngx_uint_t                   n;
    ngx_http_rush_link_row_t     rows[NGX_HTTP_RUSH_BULK_LINKS];
    u_char                      *last;
    u_char                       slice[NGX_HTTP_RUSH_BULK_SLICE];

    ngx_uint_t                   made;
    ngx_uint_t                   changed;
    ngx_uint_t                   bad;
    ngx_http_rush_bulk_error_t   errors[NGX_HTTP_RUSH_BULK_ERRORS];

    unsigned                     odd:1;     /* a reply made no sense */
    unsigned                     ended:1;   /* the body has */
} ngx_http_rush_bulk_t;


static ngx_int_t ngx_http_rush_bulk_sink(ngx_http_rush_api_t *api,
    ngx_buf_t *b);
static void ngx_http_rush_bulk_eof(ngx_http_rush_api_t *api);
static ngx_int_t ngx_http_rush_bulk_line(ngx_http_rush_api_t *api);
static ngx_int_t ngx_http_rush_bulk_parse(ngx_http_rush_bulk_t *bulk,
    ngx_http_rush_definition_t *def, ngx_str_t *line, ngx_str_t *code,
    ngx_str_t *json);
static ngx_int_t ngx_http_rush_bulk_code(ngx_http_rush_definition_t *def,
    ngx_str_t *code);
static void ngx_http_rush_bulk_add(ngx_http_rush_bulk_t *bulk,
    ngx_str_t *code, ngx_str_t *json);
static ngx_int_t ngx_http_rush_bulk_bad(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_str_t *code);
static ngx_int_t ngx_http_rush_bulk_copy(ngx_http_rush_api_t *api,
    ngx_str_t *dst, ngx_str_t *src);
static ngx_int_t ngx_http_rush_bulk_send(ngx_http_rush_api_t *api);
static void ngx_http_rush_bulk_written(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_bulk_count(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n);
static void ngx_http_rush_bulk_tell(ngx_http_rush_api_t *api);


void
ngx_http_rush_api_link_bulk(ngx_http_rush_api_t *api)
{
    ngx_http_rush_bulk_t  *bulk;

    bulk = ngx_palloc(api->request->pool, sizeof(ngx_http_rush_bulk_t));

    if (bulk == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    ngx_memzero(bulk, sizeof(ngx_http_rush_bulk_t));

    ngx_http_rush_link_env(api->ctx, &bulk->env);
    bulk->last = bulk->slice;

    api->data = bulk;

    ngx_http_rush_api_read(api, ngx_http_rush_bulk_sink,
                           ngx_http_rush_bulk_eof);
}


static ngx_int_t
ngx_http_rush_bulk_sink(ngx_http_rush_api_t *api, ngx_buf_t *b)
{
    u_char                *eol;
    size_t                 len;
    ngx_http_rush_bulk_t  *bulk;

    bulk = api->data;

    while (b->pos < b->last) {

        eol = ngx_strlchr(b->pos, b->last, LF);

        len = (eol ? eol : b->last) - b->pos;
        len = ngx_min(len, sizeof(bulk->text) - bulk->len);

        ngx_memcpy(bulk->text + bulk->len, b->pos, len);
        bulk->len += len;

        if (eol == NULL) {
            b->pos = b->last;
            break;
        }

        b->pos = eol + 1;

        if (ngx_http_rush_bulk_line(api) != NGX_OK) {
            ngx_http_rush_api_fail(api);
            return NGX_DONE;
        }

        if (bulk->n == NGX_HTTP_RUSH_BULK_LINKS
            || bulk->slice + NGX_HTTP_RUSH_BULK_SLICE - bulk->last
               < NGX_HTTP_RUSH_API_LINK + NGX_HTTP_RUSH_ID_LEN)
        {
            return ngx_http_rush_bulk_send(api);
        }
    }

    return NGX_OK;
}


static void
ngx_http_rush_bulk_eof(ngx_http_rush_api_t *api)
{
    ngx_http_rush_bulk_t  *bulk;

    bulk = api->data;

    if (ngx_http_rush_bulk_line(api) != NGX_OK) {
        ngx_http_rush_api_fail(api);
        return;
    }

    bulk->ended = 1;

    if (bulk->n) {
        (void) ngx_http_rush_bulk_send(api);
        return;
    }

    ngx_http_rush_bulk_tell(api);
}


static ngx_int_t
ngx_http_rush_bulk_line(ngx_http_rush_api_t *api)
{
    ngx_int_t                    rc;
    ngx_str_t                    line, code, json;
    ngx_pool_t                  *pool;
    ngx_http_rush_bulk_t        *bulk;
    ngx_http_rush_definition_t  *def;

    bulk = api->data;

    line.data = bulk->text;
    line.len = bulk->len;

    bulk->line++;
    bulk->len = 0;

    if (line.len && line.data[line.len - 1] == CR) {
        line.len--;
    }

    if (line.len == 0) {
        return NGX_OK;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE,
                           api->request->connection->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;
    def = ngx_http_rush_definition_create(pool);

    if (def) {
        ngx_str_set(&code, "");

        rc = ngx_http_rush_bulk_parse(bulk, def, &line, &code, &json);

        if (rc == NGX_OK) {
            ngx_http_rush_bulk_add(bulk, &code, &json);

        } else if (rc == NGX_DECLINED) {
            rc = ngx_http_rush_bulk_bad(api, def, &code);
        }
    }

    ngx_destroy_pool(pool);

    return rc;
}


static ngx_int_t
ngx_http_rush_bulk_parse(ngx_http_rush_bulk_t *bulk,
    ngx_http_rush_definition_t *def, ngx_str_t *line, ngx_str_t *code,
    ngx_str_t *json)
{
    ngx_int_t              rc;
    ngx_http_rush_link_t  *link;

    rc = NGX_OK;
    json->len = line->len;

    if (line->len <= NGX_HTTP_RUSH_API_LINK) {
        rc = ngx_http_rush_definition_feed(def, line->data, line->len);

        if (rc == NGX_OK) {
            rc = ngx_http_rush_definition_end(def);
        }

        if (rc == NGX_OK) {
            rc = ngx_http_rush_bulk_code(def, code);
        }

        if (rc == NGX_OK) {
            rc = ngx_http_rush_link_compile(def, &bulk->env, &link);
        }

        if (rc == NGX_OK) {
            rc = ngx_http_rush_link_json(def, json);
        }
    }

    if (rc == NGX_OK && json->len > NGX_HTTP_RUSH_API_LINK) {
        ngx_str_set(&def->error, "a link must not have more than 32768 bytes");
        rc = NGX_DECLINED;
    }

    return rc;
}


static ngx_int_t
ngx_http_rush_bulk_code(ngx_http_rush_definition_t *def, ngx_str_t *code)
{
    ngx_http_rush_datum_t  *json;

    static ngx_str_t  name = ngx_string("code");

    json = ngx_http_rush_definition_find(def, &name);

    if (json == NULL || json->type != ngx_http_rush_datum_string
        || !ngx_http_rush_is_id(&json->text))
    {
        return ngx_http_rush_definition_error(def, &name,
                                              "must be an id, from 1 to 64 "
                                              "bytes of A-Z a-z 0-9 _ . : "
                                              "@ -");
    }

    *code = json->text;

    return NGX_OK;
}


static void
ngx_http_rush_bulk_add(ngx_http_rush_bulk_t *bulk, ngx_str_t *code,
    ngx_str_t *json)
{
    ngx_http_rush_link_row_t  *row;

    row = &bulk->rows[bulk->n++];

    row->code.data = bulk->last;
    row->code.len = code->len;
    bulk->last = ngx_cpymem(bulk->last, code->data, code->len);

    row->json.data = bulk->last;
    row->json.len = json->len;
    bulk->last = ngx_cpymem(bulk->last, json->data, json->len);
}


static ngx_int_t
ngx_http_rush_bulk_bad(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_str_t *code)
{
    ngx_http_rush_bulk_t        *bulk;
    ngx_http_rush_bulk_error_t  *error;

    bulk = api->data;

    if (bulk->bad++ >= NGX_HTTP_RUSH_BULK_ERRORS) {
        return NGX_OK;
    }

    error = &bulk->errors[bulk->bad - 1];
    error->line = bulk->line;

    if (ngx_http_rush_bulk_copy(api, &error->code, code) != NGX_OK
        || ngx_http_rush_bulk_copy(api, &error->member, &def->member) != NGX_OK
        || ngx_http_rush_bulk_copy(api, &error->error, &def->error) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_bulk_copy(ngx_http_rush_api_t *api, ngx_str_t *dst,
    ngx_str_t *src)
{
    dst->len = src->len;

    if (src->len == 0) {
        return NGX_OK;
    }

    dst->data = ngx_pstrdup(api->request->pool, src);

    return dst->data ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_rush_bulk_send(ngx_http_rush_api_t *api)
{
    ngx_http_rush_bulk_t  *bulk;

    bulk = api->data;

    return ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_bulk(api->place, bulk->rows, bulk->n),
               ngx_http_rush_bulk_written);
}


/* the script, the links, the stream of changes */

static void
ngx_http_rush_bulk_written(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_bulk_t  *bulk;

    bulk = api->data;

    if (n > 0 && n <= bulk->n) {
        ngx_http_rush_bulk_count(api, reply, n - 1);

    } else if (n > bulk->n && reply->type == NGX_HTTP_RUSH_REPLY_STRING) {
        ngx_http_rush_link_told(api->place, &reply->str);
    }

    if (!last) {
        return;
    }

    if (bulk->odd) {
        ngx_http_rush_api_unwell(api);
        return;
    }

    bulk->n = 0;
    bulk->last = bulk->slice;

    if (bulk->ended) {
        ngx_http_rush_bulk_tell(api);
        return;
    }

    ngx_http_rush_api_body(api);
}


static void
ngx_http_rush_bulk_count(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n)
{
    ngx_str_t              word;
    ngx_http_rush_api_e    outcome;
    ngx_http_rush_bulk_t  *bulk;

    bulk = api->data;

    ngx_str_set(&word, "");

    if (reply->type == NGX_HTTP_RUSH_REPLY_ARRAY && reply->n
        && reply->elts[0].type == NGX_HTTP_RUSH_REPLY_STRING)
    {
        word = reply->elts[0].str;
    }

    if (ngx_http_rush_api_outcome(&word, &outcome) != NGX_OK) {
        bulk->odd = 1;
        return;
    }

    if (outcome == ngx_http_rush_api_made) {
        bulk->made++;

    } else {
        bulk->changed++;
    }

    ngx_http_rush_link_changed(api->place, &bulk->rows[n].code, 0);
}


static void
ngx_http_rush_bulk_tell(ngx_http_rush_api_t *api)
{
    yajl_gen                     gen;
    ngx_uint_t                   i;
    ngx_http_rush_bulk_t        *bulk;
    ngx_http_rush_bulk_error_t  *error;

    bulk = api->data;
    gen = ngx_http_rush_api_open(api);

    if (gen == NULL) {
        return;
    }

    ngx_http_rush_api_number(gen, "made", bulk->made);
    ngx_http_rush_api_number(gen, "changed", bulk->changed);
    ngx_http_rush_api_number(gen, "bad", bulk->bad);

    ngx_http_rush_api_name(gen, "errors");
    yajl_gen_array_open(gen);

    for (i = 0; i < ngx_min(bulk->bad, NGX_HTTP_RUSH_BULK_ERRORS); i++) {
        error = &bulk->errors[i];

        yajl_gen_map_open(gen);
        ngx_http_rush_api_number(gen, "line", error->line);

        if (error->code.len) {
            ngx_http_rush_api_string(gen, "code", &error->code);
        }

        if (error->member.len) {
            ngx_http_rush_api_string(gen, "member", &error->member);
        }

        ngx_http_rush_api_string(gen, "error", &error->error);
        yajl_gen_map_close(gen);
    }

    yajl_gen_array_close(gen);

    ngx_http_rush_api_done(api, ngx_http_rush_api_found);
}
