
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Values that are objects or arrays: items and tags.  They have been read
 * once as JSON, so only what stands in them is checked here.
 */


#include "campaign/ngx_http_rush_definition.h"


typedef struct {
    ngx_pool_t               *pool;
    ngx_http_rush_member_t   *member;
    ngx_array_t               names;    /* ngx_str_t, of items or tags */
    ngx_array_t              *args;     /* of items */
    ngx_str_t                 name;
    ngx_uint_t                depth;
    ngx_uint_t                failed;   /* no memory */
} ngx_http_rush_nested_t;


static ngx_int_t ngx_http_rush_nested_parse(ngx_http_rush_nested_t *nested,
    yajl_callbacks *callbacks, ngx_str_t *text);
static int ngx_http_rush_nested_name(ngx_http_rush_nested_t *nested,
    const unsigned char *data, size_t len);
static int ngx_http_rush_nested_open(void *ctx);
static int ngx_http_rush_nested_item(void *ctx, const unsigned char *data,
    size_t len);
static int ngx_http_rush_nested_stock(void *ctx, const char *data,
    size_t len);
static int ngx_http_rush_nested_tag(void *ctx, const unsigned char *data,
    size_t len);
static int ngx_http_rush_nested_null(void *ctx);
static int ngx_http_rush_nested_boolean(void *ctx, int value);
static int ngx_http_rush_nested_number(void *ctx, const char *data,
    size_t len);
static int ngx_http_rush_nested_string(void *ctx, const unsigned char *data,
    size_t len);


static yajl_callbacks  ngx_http_rush_nested_items = {
    ngx_http_rush_nested_null,
    ngx_http_rush_nested_boolean,
    NULL,
    NULL,
    ngx_http_rush_nested_stock,
    ngx_http_rush_nested_string,
    ngx_http_rush_nested_open,
    ngx_http_rush_nested_item,
    NULL,
    ngx_http_rush_nested_null,
    NULL
};


static yajl_callbacks  ngx_http_rush_nested_tags = {
    ngx_http_rush_nested_null,
    ngx_http_rush_nested_boolean,
    NULL,
    NULL,
    ngx_http_rush_nested_number,
    ngx_http_rush_nested_tag,
    ngx_http_rush_nested_null,
    NULL,
    NULL,
    ngx_http_rush_nested_open,
    NULL
};


ngx_int_t
ngx_http_rush_value_items(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_array_t *args)
{
    ngx_int_t               rc;
    ngx_str_t               none = ngx_string("");
    ngx_http_rush_nested_t  nested;

    if (json->type != ngx_http_rush_datum_object) {
        return NGX_DECLINED;
    }

    ngx_memzero(&nested, sizeof(ngx_http_rush_nested_t));

    nested.pool = pool;
    nested.member = member;
    nested.args = args;

    rc = ngx_http_rush_nested_parse(&nested, &ngx_http_rush_nested_items,
                                    &json->text);

    if (rc != NGX_OK || nested.names.nelts) {
        return rc;
    }

    return ngx_http_rush_value_push(pool, args, "", &member->name, &none);
}


/* ["a","b"] becomes "a b" */

ngx_int_t
ngx_http_rush_value_list(ngx_pool_t *pool, ngx_str_t *text, ngx_str_t *list)
{
    u_char                  *p;
    ngx_int_t                rc;
    ngx_str_t               *name;
    ngx_uint_t               i;
    ngx_http_rush_nested_t   nested;

    ngx_memzero(&nested, sizeof(ngx_http_rush_nested_t));

    nested.pool = pool;

    rc = ngx_http_rush_nested_parse(&nested, &ngx_http_rush_nested_tags, text);

    if (rc != NGX_OK) {
        return rc;
    }

    /* quotes and commas give room */

    p = ngx_pnalloc(pool, text->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    list->data = p;
    name = nested.names.elts;

    for (i = 0; i < nested.names.nelts; i++) {

        if (i) {
            *p++ = ' ';
        }

        p = ngx_cpymem(p, name[i].data, name[i].len);
    }

    list->len = p - list->data;

    return list->len <= NGX_HTTP_RUSH_TAGS_LEN ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_rush_nested_parse(ngx_http_rush_nested_t *nested,
    yajl_callbacks *callbacks, ngx_str_t *text)
{
    yajl_handle  yajl;
    yajl_status  status;

    if (ngx_array_init(&nested->names, nested->pool, 8, sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    yajl = yajl_alloc(callbacks, NULL, nested);
    if (yajl == NULL) {
        return NGX_ERROR;
    }

    status = yajl_parse(yajl, text->data, text->len);

    if (status == yajl_status_ok) {
        status = yajl_complete_parse(yajl);
    }

    yajl_free(yajl);

    if (status == yajl_status_ok) {
        return NGX_OK;
    }

    return nested->failed ? NGX_ERROR : NGX_DECLINED;
}


/* a name that is well formed, and is not there yet */

static int
ngx_http_rush_nested_name(ngx_http_rush_nested_t *nested,
    const unsigned char *data, size_t len)
{
    ngx_str_t   *name;
    ngx_uint_t   i;

    nested->name.data = (u_char *) data;
    nested->name.len = len;

    if (nested->names.nelts == NGX_HTTP_RUSH_ITEMS_MAX
        || !ngx_http_rush_is_id(&nested->name))
    {
        return 0;
    }

    name = nested->names.elts;

    for (i = 0; i < nested->names.nelts; i++) {
        if (name[i].len == len && ngx_memcmp(name[i].data, data, len) == 0) {
            return 0;
        }
    }

    name = ngx_array_push(&nested->names);
    nested->name.data = ngx_pstrdup(nested->pool, &nested->name);

    if (name == NULL || nested->name.data == NULL) {
        nested->failed = 1;
        return 0;
    }

    *name = nested->name;

    return 1;
}


static int
ngx_http_rush_nested_open(void *ctx)
{
    ngx_http_rush_nested_t *nested = ctx;

    return nested->depth++ == 0;
}


static int
ngx_http_rush_nested_item(void *ctx, const unsigned char *data, size_t len)
{
    return ngx_http_rush_nested_name(ctx, data, len);
}


static int
ngx_http_rush_nested_stock(void *ctx, const char *data, size_t len)
{
    ngx_http_rush_nested_t *nested = ctx;

    int64_t    n;
    ngx_str_t  value;

    value.data = (u_char *) data;
    value.len = len;

    if (ngx_http_rush_look_number(&value, &n) != NGX_OK
        || n < nested->member->min || n > nested->member->max)
    {
        return 0;
    }

    if (ngx_http_rush_value_push(nested->pool, nested->args, "item:",
                                 &nested->name, &value)
        != NGX_OK)
    {
        nested->failed = 1;
        return 0;
    }

    return 1;
}


static int
ngx_http_rush_nested_tag(void *ctx, const unsigned char *data, size_t len)
{
    return ngx_http_rush_nested_name(ctx, data, len);
}


static int
ngx_http_rush_nested_null(void *ctx)
{
    return 0;
}


static int
ngx_http_rush_nested_boolean(void *ctx, int value)
{
    return 0;
}


static int
ngx_http_rush_nested_number(void *ctx, const char *data, size_t len)
{
    return 0;
}


static int
ngx_http_rush_nested_string(void *ctx, const unsigned char *data, size_t len)
{
    return 0;
}
