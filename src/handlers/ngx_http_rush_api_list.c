
/*
 * Copyright (C) 2026, the Rush authors
 *
 * GET of one campaign, and of a page of all.
 */


#include "handlers/ngx_http_rush_api.h"


#define NGX_HTTP_RUSH_API_LIMIT      50     /* campaigns a page */
#define NGX_HTTP_RUSH_API_LIMIT_MAX  100


typedef struct {
    ngx_uint_t                   limit;
    ngx_uint_t                   n;
    ngx_str_t                   *ids;
} ngx_http_rush_api_page_t;


static void ngx_http_rush_api_shown(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_api_page(ngx_http_rush_api_t *api,
    ngx_http_rush_api_page_t *page, ngx_str_t *after);
static void ngx_http_rush_api_listed(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_api_rows(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_api_page_end(ngx_http_rush_api_t *api);
static ngx_str_t *ngx_http_rush_api_print(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_str_t *id);


void
ngx_http_rush_api_show(ngx_http_rush_api_t *api)
{
    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_show(api->place, &api->ctx->campaign),
               ngx_http_rush_api_shown);
}


/* the hash, the number of users, the number of events */

static void
ngx_http_rush_api_shown(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t   none = ngx_string(""), *version;
    ngx_uint_t  failed;

    switch (n) {

    case 0:
        if (ngx_http_rush_api_open(api) == NULL) {
            return;
        }

        version = ngx_http_rush_api_print(api, reply, &none);
        api->size = (version != NULL);

        if (version && ngx_http_rush_api_etag(api, version) != NGX_OK) {
            api->size = 0;
        }

        return;

    case 1:
        /* one of them is the sentinel */
        ngx_http_rush_api_number(api->gen, "users",
                                 ngx_max(reply->integer - 1, 0));
        return;

    default: /* 2 */
        failed = (api->size == 0);

        if (failed) {
            ngx_http_rush_api_refuse(api, ngx_http_rush_api_unknown,
                                     "there is no such campaign", NULL);
            return;
        }

        ngx_http_rush_api_number(api->gen, "events", reply->integer);
        ngx_http_rush_api_done(api, ngx_http_rush_api_found);
    }
}


/* prints a campaign; its version, or NULL if there is none */

static ngx_str_t *
ngx_http_rush_api_print(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_str_t *id)
{
    ngx_str_t             *kind, *version;
    ngx_http_rush_play_t  *play;

    static ngx_str_t  kind_name = ngx_string("kind");
    static ngx_str_t  version_name = ngx_string("version");

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY) {
        return NULL;
    }

    kind = ngx_http_rush_print_field(reply, "", &kind_name);
    version = ngx_http_rush_print_field(reply, "", &version_name);

    if (kind == NULL || version == NULL) {
        return NULL;
    }

    play = ngx_http_rush_play_find(api->place->plays, kind);

    if (id->len) {
        yajl_gen_map_open(api->gen);
        ngx_http_rush_api_string(api->gen, "campaign", id);
    }

    ngx_http_rush_print(api->gen, play, reply);

    if (id->len) {
        yajl_gen_map_close(api->gen);
    }

    return version;
}


void
ngx_http_rush_api_list(ngx_http_rush_api_t *api)
{
    ngx_str_t                  after;
    ngx_http_rush_api_page_t  *page;

    page = ngx_pcalloc(api->request->pool, sizeof(ngx_http_rush_api_page_t));

    if (page == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    api->data = page;

    if (ngx_http_rush_api_page(api, page, &after) != NGX_OK) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_list(api->place, &after, page->limit),
               ngx_http_rush_api_listed);
}


static ngx_int_t
ngx_http_rush_api_page(ngx_http_rush_api_t *api,
    ngx_http_rush_api_page_t *page, ngx_str_t *after)
{
    int64_t     n;
    ngx_int_t   rc;
    ngx_str_t   limit;

    static ngx_str_t  limit_arg = ngx_string("limit");
    static ngx_str_t  after_arg = ngx_string("after");

    page->limit = NGX_HTTP_RUSH_API_LIMIT;

    rc = ngx_http_rush_input_arg(api->request, &limit_arg, &limit);

    if (rc == NGX_OK && limit.len) {
        rc = ngx_http_rush_look_number(&limit, &n);

        if (rc != NGX_OK || n < 1 || n > NGX_HTTP_RUSH_API_LIMIT_MAX) {
            rc = NGX_DECLINED;

        } else {
            page->limit = n;
        }
    }

    if (rc == NGX_DECLINED) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "limit must be a whole number from 1 to 100, "
                                 "once", "limit");
        return NGX_DECLINED;
    }

    rc = ngx_http_rush_input_arg(api->request, &after_arg, after);

    if (rc == NGX_ERROR) {
        ngx_http_rush_api_fail(api);
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED || (after->len && !ngx_http_rush_is_id(after))) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "after must be the id of a campaign, once",
                                 "after");
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static void
ngx_http_rush_api_listed(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_uint_t                 i;
    ngx_http_rush_api_page_t  *page;

    page = api->data;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "after must be an id that the list has: begin "
                                 "again", "after");
        return;
    }

    if (ngx_http_rush_api_open(api) == NULL) {
        return;
    }

    ngx_http_rush_api_name(api->gen, "campaigns");
    yajl_gen_array_open(api->gen);

    page->ids = ngx_palloc(api->request->pool,
                           (reply->n + 1) * sizeof(ngx_str_t));

    for (i = 0; page->ids && i < reply->n; i++) {
        page->ids[i].len = reply->elts[i].str.len;
        page->ids[i].data = ngx_pstrdup(api->request->pool,
                                        &reply->elts[i].str);

        if (page->ids[i].data == NULL) {
            page->ids = NULL;
        }
    }

    if (page->ids == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    page->n = reply->n;

    if (page->n == 0) {
        ngx_http_rush_api_page_end(api);
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_rows(api->place, page->ids, page->n),
               ngx_http_rush_api_rows);
}


/* an id in the index whose campaign is gone is left out */

static void
ngx_http_rush_api_rows(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_api_page_t  *page;

    page = api->data;

    (void) ngx_http_rush_api_print(api, reply, &page->ids[n]);

    if (last) {
        ngx_http_rush_api_page_end(api);
    }
}


static void
ngx_http_rush_api_page_end(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_page_t  *page;

    page = api->data;

    yajl_gen_array_close(api->gen);

    if (page->n == page->limit) {
        ngx_http_rush_api_string(api->gen, "next", &page->ids[page->n - 1]);
    }

    ngx_http_rush_api_done(api, ngx_http_rush_api_found);
}
