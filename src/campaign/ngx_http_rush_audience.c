
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The audience of a campaign: users that have one of its tags.  A tag is a set
 * in a slot of its own, which the campaign's script cannot read, so it is read
 * before, for all users that wait, and what was found travels with the claim,
 * and the audience that it was found for: the script knows what the audience
 * is now, and has it done again if that is another one.
 *
 * So a claim is judged by the tags that its user had at some instant between
 * its arrival and the take.
 */


#include "campaign/ngx_http_rush_campaign.h"


static void ngx_http_rush_audience_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static ngx_int_t ngx_http_rush_audience_fields(ngx_http_rush_query_t *query,
    ngx_uint_t member);


ngx_int_t
ngx_http_rush_audience(ngx_http_rush_query_t *query)
{
    ngx_http_rush_route_t  route;

    ngx_memzero(&route, sizeof(ngx_http_rush_route_t));
    ngx_str_set(&route.common, "");

    route.tags = 1;
    route.item.data = query->campaign.audience;
    route.item.len = query->campaign.audience_len;

    query->call.handler = ngx_http_rush_audience_looked;

    return ngx_http_rush_query_call(query, &route);
}


static void
ngx_http_rush_audience_looked(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer)
{
    ngx_int_t               rc;
    ngx_http_rush_query_t  *query;

    query = call->data;
    rc = answer->rc;

    if (rc == NGX_OK) {
        rc = ngx_http_rush_audience_fields(query, answer->found);
    }

    if (rc == NGX_OK) {
        query->tagged = 1;
        rc = ngx_http_rush_query_script(query);

    } else {
        rc = ngx_http_rush_query_unknown(query, rc);
    }

    if (rc != NGX_AGAIN) {
        query->handler(query);
    }
}


/* two arguments more: see plays/lib/claim.lua */

static ngx_int_t
ngx_http_rush_audience_fields(ngx_http_rush_query_t *query,
    ngx_uint_t member)
{
    u_char     *p;
    size_t      size;
    ngx_str_t   none = ngx_string("1\t\t\t\t"), *fields;

    fields = query->asked.len ? &query->asked : &none;

    size = fields->len + query->campaign.audience_len
           + sizeof("\taudience\t\tmember\t1") - 1;

    p = ngx_pnalloc(query->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    query->call.fields.data = p;
    query->call.fields.len = size;

    p = ngx_cpymem(p, fields->data, fields->len);
    p = ngx_cpymem(p, "\taudience\t", sizeof("\taudience\t") - 1);
    p = ngx_cpymem(p, query->campaign.audience, query->campaign.audience_len);
    p = ngx_cpymem(p, "\tmember\t", sizeof("\tmember\t") - 1);
    *p = member ? '1' : '0';

    return NGX_OK;
}
