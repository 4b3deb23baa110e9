
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What a scan asks Redis on its way, one thing after the other, each together
 * with all others who wait for the same: a tag, a place in a pool, who brought
 * the user first.
 */


#include "campaign/ngx_http_rush_link_zone.h"


#define NGX_HTTP_RUSH_POOL_WORD  (NGX_HTTP_RUSH_TARGET_ID + 3                 \
                                  + 3 * NGX_INT64_LEN)


static ngx_int_t ngx_http_rush_link_step(ngx_http_rush_scan_t *scan,
    ngx_http_rush_route_t *route, const char *form, ngx_str_t *id,
    ngx_http_rush_call_pt handler);
static void ngx_http_rush_link_has_tag(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static ngx_int_t ngx_http_rush_link_pool(ngx_http_rush_scan_t *scan,
    ngx_http_rush_rule_t *rule, int64_t max, ngx_str_t *spec);
static void ngx_http_rush_link_got(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static void ngx_http_rush_link_is_bound(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static uint64_t ngx_http_rush_link_book(ngx_http_rush_place_t *place,
    ngx_str_t *book, ngx_str_t *user);


ngx_int_t
ngx_http_rush_link_tagged(ngx_http_rush_scan_t *scan, ngx_str_t *user,
    ngx_str_t *tag)
{
    ngx_http_rush_route_t  route;

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));

    route.tags = 1;
    route.item = *tag;
    ngx_str_set(&route.common, "");

    scan->query->call.user = *user;

    return ngx_http_rush_link_step(scan, &route, "%Vtag:", NULL,
                                   ngx_http_rush_link_has_tag);
}


static void
ngx_http_rush_link_has_tag(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_scan_t  *scan;

    scan = call->data;

    scan->rc = answer->rc;

    if (answer->rc == NGX_OK && !answer->found) {
        scan->rc = NGX_DECLINED;
    }

    scan->query->handler(scan->query);
}


ngx_int_t
ngx_http_rush_link_pick(ngx_http_rush_scan_t *scan,
    ngx_http_rush_rule_t *rule, int64_t max, ngx_str_t *visitor,
    ngx_uint_t peek)
{
    ngx_http_rush_call_t   *call;
    ngx_http_rush_route_t   route;

    call = &scan->query->call;

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));

    route.play = &scan->query->place->jobs[ngx_http_rush_job_pick];
    ngx_str_set(&route.item, "");

    if (ngx_http_rush_link_pool(scan, rule, max, &route.common) != NGX_OK) {
        return NGX_ERROR;
    }

    call->user = *visitor;
    ngx_str_set(&call->fields, "");

    if (peek) {
        ngx_str_set(&call->fields, "peek");
    }

    return ngx_http_rush_link_step(scan, &route, "%Vlink:{%V}", &scan->code,
                                   ngx_http_rush_link_got);
}


/* a pool as plays/lib/pick.lua reads it */

static ngx_int_t
ngx_http_rush_link_pool(ngx_http_rush_scan_t *scan,
    ngx_http_rush_rule_t *rule, int64_t max, ngx_str_t *spec)
{
    u_char                  *p;
    ngx_uint_t               i;
    ngx_http_rush_link_t    *link;
    ngx_http_rush_target_t  *target;

    static const char  *picks[] = { "fill", "rotate", "weight" };

    link = scan->link;

    spec->data = ngx_pnalloc(scan->query->pool,
                             16 + NGX_INT64_LEN
                             + (rule ? rule->n : 0) * NGX_HTTP_RUSH_POOL_WORD);
    if (spec->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(spec->data, "%s %d %L", picks[rule ? rule->pick : 0],
                    rule ? rule->sticky : 0, max);

    if (rule == NULL) {
        spec->len = p - spec->data;
        return NGX_OK;
    }

    target = &ngx_http_rush_link_targets(link)[rule->first];

    for (i = 0; i < rule->n; i++) {
        p = ngx_sprintf(p, " %*s,%uD,%L,%ui",
                        (size_t) NGX_HTTP_RUSH_TARGET_ID, target[i].id,
                        target[i].cap, target[i].until,
                        (ngx_uint_t) target[i].weight);
    }

    spec->len = p - spec->data;

    return NGX_OK;
}


static void
ngx_http_rush_link_got(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_scan_t  *scan;

    scan = call->data;
    scan->rc = answer->rc;

    if (answer->rc != NGX_OK) {
        goto done;
    }

    scan->rc = NGX_ERROR;

    if (answer->status.len != 2) {
        /* the link is gone, and the next scan will know */
        goto done;
    }

    if (answer->line.len == 4 && ngx_strncmp(answer->line.data, "full", 4) == 0)
    {
        scan->rc = NGX_DECLINED;

    } else if (answer->line.len == 4
               && ngx_strncmp(answer->line.data, "over", 4) == 0)
    {
        ngx_http_rush_link_zone_spent(scan);
        scan->rc = NGX_ABORT;

    } else if (answer->line.len <= NGX_HTTP_RUSH_TARGET_ID) {
        ngx_memcpy(scan->buf, answer->line.data, answer->line.len);

        scan->picked.data = scan->buf;
        scan->picked.len = answer->line.len;
        scan->rc = NGX_OK;
    }

done:

    scan->query->handler(scan->query);
}


ngx_int_t
ngx_http_rush_link_bind(ngx_http_rush_scan_t *scan, ngx_str_t *book,
    ngx_str_t *user, ngx_str_t *ref)
{
    u_char                 *p;
    ngx_http_rush_call_t   *call;
    ngx_http_rush_route_t   route;
    ngx_http_rush_place_t  *place;

    place = scan->query->place;
    call = &scan->query->call;

    if (ngx_http_rush_link_bound(place,
                                 ngx_http_rush_link_book(place, book, user),
                                 0))
    {
        return NGX_OK;
    }

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));

    route.play = &place->jobs[ngx_http_rush_job_bind];
    ngx_str_set(&route.item, "");
    ngx_str_set(&route.common, "");

    p = ngx_pnalloc(scan->query->pool, ref->len + 1 + scan->code.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    call->user = *user;
    call->fields.data = p;

    p = ngx_cpymem(p, ref->data, ref->len);
    *p++ = '\t';
    p = ngx_cpymem(p, scan->code.data, scan->code.len);

    call->fields.len = p - call->fields.data;

    scan->picked = *book;

    return ngx_http_rush_link_step(scan, &route, "%Vrefs:{%V}", book,
                                   ngx_http_rush_link_is_bound);
}


static void
ngx_http_rush_link_is_bound(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_scan_t   *scan;
    ngx_http_rush_place_t  *place;

    scan = call->data;
    place = scan->query->place;
    scan->rc = answer->rc;

    if (answer->rc == NGX_OK && answer->status.len != 2) {
        scan->rc = NGX_ERROR;
    }

    if (scan->rc == NGX_OK) {
        (void) ngx_http_rush_link_bound(place,
                                        ngx_http_rush_link_book(place,
                                                          &scan->picked,
                                                          &call->user),
                                        1);
    }

    scan->query->handler(scan->query);
}


/* of a Redis that has not been lost since: who is in a book stays there */

static uint64_t
ngx_http_rush_link_book(ngx_http_rush_place_t *place, ngx_str_t *book,
    ngx_str_t *user)
{
    uint64_t   hash;
    ngx_str_t  s;
    struct {
        ngx_uint_t         index;
        ngx_atomic_uint_t  lost;
    } epoch;

    epoch.index = place->index;
    epoch.lost = place->stats->redis.lost;

    s.data = (u_char *) &epoch;
    s.len = sizeof(epoch);

    hash = ngx_http_rush_hash(NGX_HTTP_RUSH_HASH, &s);
    hash = ngx_http_rush_hash(hash, book);

    ngx_str_set(&s, "\t");
    hash = ngx_http_rush_hash(hash, &s);

    return ngx_http_rush_hash(hash, user);
}


static ngx_int_t
ngx_http_rush_link_step(ngx_http_rush_scan_t *scan,
    ngx_http_rush_route_t *route, const char *form, ngx_str_t *id,
    ngx_http_rush_call_pt handler)
{
    u_char  *p, key[NGX_HTTP_RUSH_PREFIX_LEN + NGX_HTTP_RUSH_ID_LEN + 8];

    p = ngx_snprintf(key, sizeof(key), form, &scan->query->place->prefix, id);

    route->key.data = key;
    route->key.len = p - key;

    scan->query->call.handler = handler;
    scan->query->call.data = scan;

    return ngx_http_rush_call(scan->query->place->calls, &scan->query->call,
                              route);
}
