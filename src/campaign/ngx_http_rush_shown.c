
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_state: what everybody may know of a campaign, from shared memory.
 *
 * What is there is no older than OLD.  Somebody who asks after AGE has it read
 * anew, one for all workers, and does not wait for it; only who finds nothing,
 * or something too old, waits, and all of them in a worker for one read.  The
 * members that do not change by time are kept as the JSON that they become.
 */


#include "campaign/ngx_http_rush_zone.h"
#include <yajl/yajl_parse.h>


#define NGX_HTTP_RUSH_SHOWN_OLD   200000    /* us */
#define NGX_HTTP_RUSH_SHOWN_AGE   175000
#define NGX_HTTP_RUSH_SHOWN_ITEM  32        /* quotes and a number */


static ngx_int_t ngx_http_rush_shown_memory(ngx_http_rush_query_t *query,
    ngx_uint_t *refresh);
static ngx_int_t ngx_http_rush_shown_copy(ngx_http_rush_query_t *query,
    ngx_http_rush_shown_t *state);
static ngx_int_t ngx_http_rush_shown_ask(ngx_http_rush_query_t *query);
static void ngx_http_rush_shown_refresh(ngx_http_rush_query_t *query);
static void ngx_http_rush_shown_refreshed(ngx_http_rush_query_t *query);
static void ngx_http_rush_shown_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static ngx_int_t ngx_http_rush_shown_read(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer);
static ngx_str_t *ngx_http_rush_shown_field(ngx_http_rush_answer_t *answer,
    const char *prefix, ngx_str_t *name);
static u_char *ngx_http_rush_shown_text(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer, u_char *p, u_char *last);
static u_char *ngx_http_rush_shown_items(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer, u_char *p, u_char *last);
static void ngx_http_rush_shown_put(ngx_http_rush_query_t *query);


ngx_int_t
ngx_http_rush_shown(ngx_http_rush_query_t *query)
{
    ngx_int_t   rc;
    ngx_uint_t  refresh;

    refresh = 0;
    rc = ngx_http_rush_shown_memory(query, &refresh);

    if (refresh) {
        ngx_http_rush_shown_refresh(query);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_rush_shown_ask(query);
    }

    query->memory = 1;

    return rc;
}


/* NGX_DECLINED: memory does not know */

static ngx_int_t
ngx_http_rush_shown_memory(ngx_http_rush_query_t *query, ngx_uint_t *refresh)
{
    int64_t                    now;
    ngx_int_t                  rc;
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_shown_slot_t     *shown;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    rc = NGX_DECLINED;
    now = ngx_http_rush_monotonic();

    ngx_http_rush_zone_key(query, &key, 0);

    ngx_shmtx_lock(&zone->shpool->mutex);

    shown = ngx_http_rush_table_find(&zone->sh->shown, &key);

    if (shown && now < shown->state.read + NGX_HTTP_RUSH_SHOWN_OLD) {
        shown->slot.used = ngx_current_msec;
        query->row = ngx_http_rush_row_get(zone->sh, &key);
        rc = ngx_http_rush_shown_copy(query, &shown->state);

        if (now >= shown->state.read + NGX_HTTP_RUSH_SHOWN_AGE
            && now >= shown->refresh)
        {
            shown->refresh = now + NGX_HTTP_RUSH_SHOWN_OLD;
            *refresh = 1;
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    if (rc == NGX_DECLINED) {
        ngx_http_rush_zone_get(query);

        if (query->campaign.state != ngx_http_rush_campaign_known
            && ngx_http_rush_gate(query) == ngx_http_rush_gate_refuse)
        {
            return NGX_OK;
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_rush_shown_copy(ngx_http_rush_query_t *query,
    ngx_http_rush_shown_t *state)
{
    u_char  *p;

    p = ngx_palloc(query->pool, sizeof(ngx_http_rush_shown_t) + state->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    query->shown = (ngx_http_rush_shown_t *) p;
    *query->shown = *state;

    query->shown->text = p + sizeof(ngx_http_rush_shown_t);
    ngx_memcpy(query->shown->text, state->text, state->len);

    ngx_str_set(&query->line, "found");

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_shown_ask(ngx_http_rush_query_t *query)
{
    ngx_http_rush_route_t  route;

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));
    ngx_str_set(&route.item, "");
    ngx_str_set(&route.common, "");

    query->call.handler = ngx_http_rush_shown_looked;

    return ngx_http_rush_query_call(query, &route);
}


/* for all, and for none in particular */

static void
ngx_http_rush_shown_refresh(ngx_http_rush_query_t *query)
{
    u_char                 *id;
    ngx_http_rush_query_t  *own;

    own = ngx_calloc(sizeof(ngx_http_rush_query_t) + query->id.len,
                     ngx_cycle->log);
    if (own == NULL) {
        return;
    }

    id = (u_char *) own + sizeof(ngx_http_rush_query_t);
    ngx_memcpy(id, query->id.data, query->id.len);

    own->place = query->place;
    own->op = query->op;
    own->log = ngx_cycle->log;
    own->handler = ngx_http_rush_shown_refreshed;
    own->id.data = id;
    own->id.len = query->id.len;

    ngx_str_set(&own->item, "");
    ngx_str_set(&own->call.user, "");
    ngx_str_set(&own->call.fields, "");

    if (ngx_http_rush_shown_ask(own) != NGX_AGAIN) {
        ngx_free(own);
    }
}


static void
ngx_http_rush_shown_refreshed(ngx_http_rush_query_t *query)
{
    ngx_free(query);
}


static void
ngx_http_rush_shown_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_query_t  *query;

    query = call->data;

    if (answer->rc != NGX_OK) {
        (void) ngx_http_rush_query_unknown(query, answer->rc);

    } else {
        query->now = answer->now;
        query->size = answer->size;
        query->sent = answer->sent;

        if (ngx_http_rush_shown_read(query, answer) == NGX_ERROR) {
            (void) ngx_http_rush_query_unknown(query, NGX_ERROR);
        }
    }

    query->handler(query);
}


/* NGX_DECLINED: there is none, and the line says so */

static ngx_int_t
ngx_http_rush_shown_read(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer)
{
    u_char                 *p;
    size_t                  size;
    ngx_int_t               rc;
    ngx_str_t               values[NGX_HTTP_RUSH_FIELDS_MAX], *value;
    ngx_uint_t              i;
    ngx_http_rush_shown_t  *state;

    static ngx_str_t  items = ngx_string("items");

    ngx_memzero(values, sizeof(values));

    for (i = 0; ngx_http_rush_look_fields[i].len; i++) {
        value = ngx_http_rush_shown_field(answer, "", (ngx_str_t *)
                                          &ngx_http_rush_look_fields[i]);
        if (value) {
            values[i] = *value;
        }
    }

    rc = ngx_http_rush_look_parse(query, values);
    if (rc != NGX_OK) {
        return rc;
    }

    value = ngx_http_rush_shown_field(answer, "", &items);

    size = 128 + NGX_HTTP_RUSH_INFO_MAX;

    for (i = 0; value && i < value->len; i++) {
        size += 1 + (value->data[i] == ' ') * NGX_HTTP_RUSH_SHOWN_ITEM;
    }

    size += NGX_HTTP_RUSH_SHOWN_ITEM;

    size += sizeof(ngx_http_rush_shown_t);

    p = query->pool ? ngx_palloc(query->pool, size)
                    : ngx_alloc(size, query->log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    state = (ngx_http_rush_shown_t *) p;
    state->text = p + sizeof(ngx_http_rush_shown_t);

    state->len = ngx_http_rush_shown_text(query, answer, state->text, p + size)
                 - state->text;

    ngx_sprintf(state->etag, "%08xD", ngx_crc32_long(state->text, state->len));

    state->campaign = query->campaign;
    state->read = answer->sent;

    query->shown = state;

    ngx_http_rush_zone_put(query);
    ngx_http_rush_shown_put(query);

    if (query->pool == NULL) {
        ngx_free(state);
    }

    ngx_str_set(&query->line, "found");

    return NGX_OK;
}


/* the value of a field that is called like prefix and name together */

static ngx_str_t *
ngx_http_rush_shown_field(ngx_http_rush_answer_t *answer, const char *prefix,
    ngx_str_t *name)
{
    size_t       len;
    ngx_str_t   *field;
    ngx_uint_t   i;

    len = ngx_strlen(prefix);

    for (i = 0; i + 1 < answer->nvalues; i += 2) {
        field = &answer->values[i];

        if (field->len == len + name->len
            && ngx_memcmp(field->data, prefix, len) == 0
            && ngx_memcmp(field->data + len, name->data, name->len) == 0)
        {
            return field + 1;
        }
    }

    return NULL;
}


static u_char *
ngx_http_rush_shown_text(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer, u_char *p, u_char *last)
{
    ngx_str_t                 *info;
    ngx_http_rush_campaign_t  *c;

    static ngx_str_t  name = ngx_string("info");

    c = &query->campaign;

    p = ngx_slprintf(p, last, "\"left\":%L,\"total\":%L", query->left,
                     c->total);

    if (c->items) {
        p = ngx_http_rush_shown_items(query, answer, p, last);
    }

    if (c->starts) {
        p = ngx_slprintf(p, last, ",\"starts\":%L", c->starts);
    }

    if (c->ends) {
        p = ngx_slprintf(p, last, ",\"ends\":%L", c->ends);
    }

    info = ngx_http_rush_shown_field(answer, "", &name);

    if (info == NULL || info->len == 0) {
        return p;
    }

    if (!ngx_http_rush_shown_object(info)) {

        if (query->pool) {
            /* those who refresh come by all the time and do not complain */
            ngx_http_rush_query_damaged(query, "no JSON object in", &name);
        }

        return p;
    }

    return ngx_slprintf(p, last, ",\"info\":%V", info);
}


/* what is left of each; a campaign whose items are gone is sold out */

static u_char *
ngx_http_rush_shown_items(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer, u_char *p, u_char *last)
{
    u_char                    *s, *end, *space;
    int64_t                    total, out, left, sum;
    ngx_str_t                 *list, *field, item;
    ngx_http_rush_campaign_t  *c;

    static ngx_str_t  name = ngx_string("items");

    c = &query->campaign;
    sum = 0;

    list = ngx_http_rush_shown_field(answer, "", &name);
    end = list->data + list->len;

    p = ngx_slprintf(p, last, ",\"items\":{");

    for (s = list->data; s < end; s += item.len + 1) {
        space = ngx_strlchr(s, end, ' ');

        item.data = s;
        item.len = (space ? space : end) - s;

        total = 0;
        out = 0;

        field = ngx_http_rush_shown_field(answer, "total:", &item);
        if (field) {
            (void) ngx_http_rush_look_number(field, &total);
        }

        field = ngx_http_rush_shown_field(answer, "out:", &item);
        if (field) {
            (void) ngx_http_rush_look_number(field, &out);
        }

        left = ngx_max(ngx_min(total - out, c->total - c->out), 0);
        sum += left;

        p = ngx_slprintf(p, last, "%s\"%V\":%L", s == list->data ? "" : ",",
                         &item, left);
    }

    if (sum == 0) {
        c->sold_out = 1;
    }

    return ngx_slprintf(p, last, "}");
}


ngx_uint_t
ngx_http_rush_shown_object(ngx_str_t *json)
{
    ngx_uint_t   ok;
    yajl_handle  yajl;

    if (json->len > NGX_HTTP_RUSH_INFO_MAX || json->data[0] != '{') {
        return 0;
    }

    yajl = yajl_alloc(NULL, NULL, NULL);
    if (yajl == NULL) {
        return 0;
    }

    ok = yajl_parse(yajl, json->data, json->len) == yajl_status_ok
         && yajl_complete_parse(yajl) == yajl_status_ok;

    yajl_free(yajl);

    return ok;
}


/* one that is too long for the zone is read for each batch of requests */

static void
ngx_http_rush_shown_put(ngx_http_rush_query_t *query)
{
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_shown_slot_t     *shown;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;

    ngx_http_rush_zone_key(query, &key, 0);

    ngx_shmtx_lock(&zone->shpool->mutex);

    shown = NULL;

    if (query->shown->len <= NGX_HTTP_RUSH_SHOWN_TEXT) {
        shown = ngx_http_rush_table_add(&zone->sh->shown, &key);
    }

    if (shown) {
        shown->slot.valid = 0;
        ngx_memory_barrier();

        shown->state = *query->shown;
        shown->state.text = shown->text;
        shown->refresh = 0;
        ngx_memcpy(shown->text, query->shown->text, query->shown->len);

        ngx_http_rush_table_valid(shown, &key);
    }

    query->row = ngx_http_rush_row_get(zone->sh, &key);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
