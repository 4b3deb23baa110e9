
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A link by its code: from shared memory, or else from Redis, where all who ask
 * for it in a worker travel together.  What Redis says is compiled once and
 * kept; JSON is not met again until the link has changed.
 */


#include "campaign/ngx_http_rush_link_zone.h"


static void ngx_http_rush_link_refresh(ngx_http_rush_scan_t *scan);
static void ngx_http_rush_link_refreshed(ngx_http_rush_query_t *query);
static ngx_int_t ngx_http_rush_link_look(ngx_http_rush_scan_t *scan);
static void ngx_http_rush_link_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static ngx_int_t ngx_http_rush_link_found(ngx_http_rush_scan_t *scan,
    ngx_http_rush_answer_t *answer);
static ngx_int_t ngx_http_rush_link_read(ngx_http_rush_scan_t *scan,
    ngx_http_rush_answer_t *answer);


static const ngx_str_t  ngx_http_rush_link_fields[] = {
    ngx_string("json"),
    ngx_string("version"),
    ngx_string("deleted"),
    ngx_null_string
};


ngx_int_t
ngx_http_rush_link_get(ngx_http_rush_scan_t *scan)
{
    ngx_int_t   rc;
    ngx_uint_t  refresh;

    refresh = 0;
    scan->link = NULL;

    scan->rc = ngx_http_rush_link_zone_get(scan, &refresh);

    if (refresh) {
        ngx_http_rush_link_refresh(scan);
    }

    if (scan->rc != NGX_AGAIN) {
        return scan->rc;
    }

    rc = NGX_ERROR;

    /* who can be served does not wait for a connection */

    if (scan->link == NULL
        || ngx_http_rush_redis_usable(scan->query->place->calls->redis)
           == NGX_OK)
    {
        rc = ngx_http_rush_link_look(scan);
    }

    if (rc != NGX_AGAIN) {
        scan->rc = scan->link ? NGX_OK : rc;
        return scan->rc;
    }

    return NGX_AGAIN;
}


/* for all, and for none in particular */

static void
ngx_http_rush_link_refresh(ngx_http_rush_scan_t *scan)
{
    ngx_pool_t             *pool;
    ngx_http_rush_scan_t   *own;
    ngx_http_rush_query_t  *query;

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    own = ngx_pcalloc(pool, sizeof(ngx_http_rush_scan_t));
    query = ngx_pcalloc(pool, sizeof(ngx_http_rush_query_t));

    if (own == NULL || query == NULL) {
        ngx_destroy_pool(pool);
        return;
    }

    own->pool = pool;
    own->query = query;
    own->env = scan->env;
    own->stale = scan->stale;
    own->code.len = scan->code.len;
    own->code.data = ngx_pstrdup(pool, &scan->code);

    query->place = scan->query->place;
    query->pool = pool;
    query->log = ngx_cycle->log;
    query->scan = own;
    query->handler = ngx_http_rush_link_refreshed;

    if (own->code.data == NULL || ngx_http_rush_link_look(own) != NGX_AGAIN) {
        ngx_destroy_pool(pool);
    }
}


static void
ngx_http_rush_link_refreshed(ngx_http_rush_query_t *query)
{
    ngx_destroy_pool(query->scan->pool);
}


static ngx_int_t
ngx_http_rush_link_look(ngx_http_rush_scan_t *scan)
{
    u_char                  *p, key[NGX_HTTP_RUSH_PREFIX_LEN
                                    + NGX_HTTP_RUSH_ID_LEN + 8];
    ngx_http_rush_call_t    *call;
    ngx_http_rush_route_t    route;

    call = &scan->query->call;

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));

    ngx_str_set(&route.item, "");
    ngx_str_set(&route.common, "");
    ngx_str_set(&call->user, "");
    ngx_str_set(&call->fields, "");

    p = ngx_snprintf(key, sizeof(key), "%Vlink:{%V}",
                     &scan->query->place->prefix, &scan->code);

    route.fields = ngx_http_rush_link_fields;
    route.key.data = key;
    route.key.len = p - key;

    call->handler = ngx_http_rush_link_looked;
    call->data = scan;

    return ngx_http_rush_call(scan->query->place->calls, call, &route);
}


static void
ngx_http_rush_link_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_scan_t  *scan;

    scan = call->data;

    scan->rc = (answer->rc == NGX_OK)
               ? ngx_http_rush_link_found(scan, answer) : answer->rc;

    if (scan->link && (scan->rc == NGX_ERROR || scan->rc == NGX_BUSY)) {
        /* the one that memory had */
        scan->rc = NGX_OK;
    }

    scan->query->handler(scan->query);
}


static ngx_int_t
ngx_http_rush_link_found(ngx_http_rush_scan_t *scan,
    ngx_http_rush_answer_t *answer)
{
    ngx_int_t   rc;
    ngx_uint_t  deleted;

    if (answer->values[0].data) {
        rc = ngx_http_rush_link_read(scan, answer);

        if (rc == NGX_OK || scan->damaged) {
            ngx_http_rush_link_zone_put(scan, rc == NGX_OK ? scan->link : NULL,
                                        answer->sent);
        }

        return rc;
    }

    deleted = (answer->values[2].data != NULL);

    if (ngx_http_rush_link_zone_gone(scan, answer->sent, deleted)
        == NGX_DECLINED)
    {
        return scan->link ? NGX_OK : NGX_ERROR;
    }

    return NGX_DECLINED;
}


/* a link that is damaged is as good as none that is known */

static ngx_int_t
ngx_http_rush_link_read(ngx_http_rush_scan_t *scan,
    ngx_http_rush_answer_t *answer)
{
    int64_t                      version;
    ngx_int_t                    rc;
    ngx_str_t                   *json;
    ngx_http_rush_link_t        *link;
    ngx_http_rush_definition_t  *def;

    json = &answer->values[0];
    version = 0;
    link = NULL;

    def = ngx_http_rush_definition_create(scan->query->pool);
    if (def == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_rush_definition_feed(def, json->data, json->len);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_definition_end(def);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_link_compile(def, scan->env, &link);
    }

    if (rc == NGX_OK
        && (answer->values[1].data == NULL
            || ngx_http_rush_look_number(&answer->values[1], &version)
               != NGX_OK))
    {
        ngx_str_set(&def->error, "it has no version");
        rc = NGX_DECLINED;
    }

    scan->damaged = (rc == NGX_DECLINED);

    if (scan->damaged) {
        ngx_log_error(NGX_LOG_ALERT, scan->query->log, 0,
                      "link \"%V\" in redis \"%V\" is damaged: %V",
                      &scan->code, &scan->query->place->redis, &def->error);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    link->version = version;

    scan->link = link;
    scan->spent = 0;

    return NGX_OK;
}
