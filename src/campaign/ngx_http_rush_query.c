
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A query: one request's way to a campaign.  The gate may refuse it at once;
 * a campaign that is not known, or closed, is looked at first (a batched
 * read); if it has an audience, the user's tags are looked at; then the script
 * decides.  A campaign that was made again as another kind, or whose audience
 * has changed, is looked at once more.
 */


#include "campaign/ngx_http_rush_campaign.h"


static ngx_int_t ngx_http_rush_query_look(ngx_http_rush_query_t *query);
static void ngx_http_rush_query_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static void ngx_http_rush_query_scripted(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static ngx_int_t ngx_http_rush_query_again(ngx_http_rush_query_t *query);
static ngx_int_t ngx_http_rush_query_status(ngx_http_rush_query_t *query,
    ngx_str_t *status);
static void ngx_http_rush_query_learn(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer);


ngx_int_t
ngx_http_rush_query(ngx_http_rush_query_t *query)
{
    query->looks = 0;
    query->size = 0;
    query->deleted = 0;
    query->memory = 0;
    query->tagged = 0;
    query->kind.len = 0;
    query->asked = query->call.fields;
    query->now = ngx_http_rush_redis_now(query->place->calls->redis);

    ngx_http_rush_zone_get(query);

    switch (ngx_http_rush_gate(query)) {

    case ngx_http_rush_gate_refuse:
        query->memory = 1;
        return NGX_OK;

    case ngx_http_rush_gate_claim:
        return ngx_http_rush_query_script(query);

    default: /* ngx_http_rush_gate_look */
        return ngx_http_rush_query_look(query);
    }
}


void
ngx_http_rush_query_cancel(ngx_http_rush_query_t *query)
{
    ngx_http_rush_call_cancel(&query->call);
}


static ngx_int_t
ngx_http_rush_query_look(ngx_http_rush_query_t *query)
{
    ngx_http_rush_route_t  route;

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));
    ngx_str_set(&route.common, "");

    route.item = query->item;
    route.fields = ngx_http_rush_look_fields;
    route.item_fields = ngx_http_rush_look_item_fields;
    route.users = (query->op == ngx_http_rush_op_claim);

    query->looks++;
    query->lost = query->place->stats->redis.lost;
    query->call.handler = ngx_http_rush_query_looked;

    return ngx_http_rush_query_call(query, &route);
}


ngx_int_t
ngx_http_rush_query_script(ngx_http_rush_query_t *query)
{
    ngx_http_rush_route_t  route;

    if (query->op == ngx_http_rush_op_claim && query->campaign.audience_len
        && !query->tagged)
    {
        return ngx_http_rush_audience(query);
    }

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));
    ngx_str_set(&route.item, "");

    query->kind.data = query->campaign.kind;
    query->kind.len = query->campaign.kind_len;

    route.play = ngx_http_rush_play_find(query->place->plays, &query->kind);

    if (route.play == NULL) {
        if (query->op != ngx_http_rush_op_sweep) {
            ngx_log_error(NGX_LOG_ERR, query->log, 0,
                          "campaign \"%V\" in redis \"%V\" is of kind \"%V\", "
                          "which is no play here: set \"rush_play\"",
                          &query->id, &query->place->redis, &query->kind);
        }

        return ngx_http_rush_query_unknown(query, NGX_ERROR);
    }

    route.op = query->op;
    route.common = query->kid;
    route.definite = (query->op == ngx_http_rush_op_claim
                      || query->op == ngx_http_rush_op_settle);

    query->call.handler = ngx_http_rush_query_scripted;

    return ngx_http_rush_query_call(query, &route);
}


ngx_int_t
ngx_http_rush_query_call(ngx_http_rush_query_t *query,
    ngx_http_rush_route_t *route)
{
    u_char     *p, key[NGX_HTTP_RUSH_PREFIX_LEN + NGX_HTTP_RUSH_ID_LEN + 2];
    ngx_int_t   rc;

    p = ngx_cpymem(key, query->place->prefix.data,
                   query->place->prefix.len);

    if (route->tags) {
        p = ngx_cpymem(p, "tag:", sizeof("tag:") - 1);

    } else {
        *p++ = '{';
        p = ngx_cpymem(p, query->id.data, query->id.len);
        *p++ = '}';
    }

    route->key.data = key;
    route->key.len = p - key;

    query->call.data = query;

    rc = ngx_http_rush_call(query->place->calls, &query->call, route);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    return ngx_http_rush_query_unknown(query, rc);
}


static void
ngx_http_rush_query_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_int_t               rc;
    ngx_http_rush_gate_e    gate;
    ngx_http_rush_query_t  *query;

    query = call->data;

    if (answer->rc != NGX_OK) {
        (void) ngx_http_rush_query_unknown(query, answer->rc);
        query->handler(query);
        return;
    }

    query->now = answer->now;
    query->size = answer->size;
    query->sent = answer->sent;

    switch (ngx_http_rush_look_parse(query, answer->values)) {

    case NGX_OK:
        gate = ngx_http_rush_gate_looked(query, answer);

        ngx_http_rush_zone_put(query);
        ngx_http_rush_fill(query);

        rc = NGX_OK;

        if (gate == ngx_http_rush_gate_claim) {
            rc = ngx_http_rush_query_script(query);
        }

        break;

    case NGX_DECLINED:
        /* no such campaign, or item: the line says so */
        rc = NGX_OK;
        break;

    default: /* NGX_ERROR */
        rc = ngx_http_rush_query_unknown(query, NGX_ERROR);
        break;
    }

    if (rc != NGX_AGAIN) {
        query->handler(query);
    }
}


static void
ngx_http_rush_query_scripted(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_query_t  *query;

    query = call->data;

    if (answer->rc != NGX_OK) {
        (void) ngx_http_rush_query_unknown(query, answer->rc);
        query->handler(query);
        return;
    }

    query->now = answer->now;
    query->size = answer->size;
    query->sent = answer->sent;

    if (answer->status.len == 2) {
        /* "ok", the only status of two bytes */
        query->line = answer->line;
        query->made = answer->made;
        query->left = ngx_max(answer->total - answer->out, 0);

        ngx_http_rush_query_learn(query, answer);

        if (query->line.len == 8
            && ngx_strncmp(query->line.data, "audience", 8) == 0
            && ngx_http_rush_query_again(query) == NGX_AGAIN)
        {
            return;
        }

    } else if (ngx_http_rush_query_status(query, &answer->status)
               == NGX_AGAIN)
    {
        return;
    }

    query->handler(query);
}


static ngx_int_t
ngx_http_rush_query_status(ngx_http_rush_query_t *query, ngx_str_t *status)
{
    if (ngx_strcmp(status->data, "gone") == 0) {
        ngx_http_rush_zone_gone(query, 0);
        return NGX_OK;
    }

    if (ngx_strcmp(status->data, "deleted") == 0) {
        ngx_http_rush_zone_gone(query, 1);
        return NGX_OK;
    }

    if (ngx_strcmp(status->data, "kind") == 0 && query->looks < 3) {
        return ngx_http_rush_query_again(query);
    }

    ngx_http_rush_query_damaged(query, "its script says", status);

    return ngx_http_rush_query_unknown(query, NGX_ERROR);
}


/* what was known of the campaign is true no more */

static ngx_int_t
ngx_http_rush_query_again(ngx_http_rush_query_t *query)
{
    query->tagged = 0;
    query->call.fields = query->asked;

    return query->looks < 3 ? ngx_http_rush_query_look(query)
                            : ngx_http_rush_query_unknown(query, NGX_ERROR);
}


/* the sweep comes by every second, so it does not complain */

void
ngx_http_rush_query_damaged(ngx_http_rush_query_t *query, const char *why,
    const ngx_str_t *what)
{
    if (query->op != ngx_http_rush_op_sweep) {
        ngx_log_error(NGX_LOG_ALERT, query->log, 0,
                      "campaign \"%V\" in redis \"%V\" is damaged: %s \"%V\"",
                      &query->id, &query->place->redis, why, what);
    }
}


/* what every answer of a script tells of the campaign */

static void
ngx_http_rush_query_learn(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;

    if (c->version != answer->version || c->made != answer->made) {
        /* what it says now is read by the next claim */
        c->checked = 0;
    }

    c->total = answer->total;
    c->out = answer->out;
    c->seq = answer->seq;
    c->due = answer->due;

    c->none = (answer->out >= answer->total);
    c->sold_out = (c->none
                   || ngx_strncmp(answer->line.data, "sold_out", 8) == 0);

    /* once a batch is enough, unless it is news */

    if (query->call.index == 0 || c->sold_out || c->checked == 0) {
        ngx_http_rush_zone_put(query);
    }
}


ngx_int_t
ngx_http_rush_query_unknown(ngx_http_rush_query_t *query, ngx_int_t rc)
{
    if (rc == NGX_BUSY) {
        ngx_str_set(&query->line, "busy");

    } else {
        ngx_str_set(&query->line, "pending");
    }

    return NGX_OK;
}
