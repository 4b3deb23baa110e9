
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The gate: what can be refused without a script, and why that is certain.
 *
 * From memory alone: an id that Redis did not know, and a campaign that has
 * not started and never gave a ticket, both read less than a second ago.
 * After a look: a user without a record holds nothing, so a campaign that is
 * sold out, ended, paused or not started may refuse him; whoever has a record
 * is answered by the script.  Near an edge of the window, and where holds are
 * due, the script decides.
 */


#include "campaign/ngx_http_rush_campaign.h"


static ngx_uint_t ngx_http_rush_gate_closed(ngx_http_rush_query_t *query);
static ngx_int_t ngx_http_rush_gate_number(ngx_str_t *value, int64_t *n);


enum {
    ngx_http_rush_look_kind = 0,
    ngx_http_rush_look_deleted,
    ngx_http_rush_look_version,
    ngx_http_rush_look_made,
    ngx_http_rush_look_total,
    ngx_http_rush_look_out,
    ngx_http_rush_look_seq,
    ngx_http_rush_look_starts,
    ngx_http_rush_look_ends,
    ngx_http_rush_look_due,
    ngx_http_rush_look_keep,
    ngx_http_rush_look_paused,
    ngx_http_rush_look_item_total,
    ngx_http_rush_look_item_out
};


const ngx_str_t  ngx_http_rush_look_fields[] = {
    ngx_string("kind"),
    ngx_string("deleted"),
    ngx_string("version"),
    ngx_string("made"),
    ngx_string("total"),
    ngx_string("out"),
    ngx_string("seq"),
    ngx_string("starts"),
    ngx_string("ends"),
    ngx_string("due"),
    ngx_string("keep"),
    ngx_string("paused"),
    ngx_null_string
};


const ngx_str_t  ngx_http_rush_look_item_fields[] = {
    ngx_string("total"),
    ngx_string("out"),
    ngx_null_string
};


ngx_http_rush_gate_e
ngx_http_rush_gate(ngx_http_rush_query_t *query)
{
    u_char                    *p;
    ngx_uint_t                 fresh;
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;
    fresh = c->checked
            && ngx_current_msec - c->checked < NGX_HTTP_RUSH_FRESH;

    if (c->state != ngx_http_rush_campaign_known) {

        if (!fresh) {
            return ngx_http_rush_gate_look;
        }

        if (c->state == ngx_http_rush_campaign_vanished) {
            ngx_str_set(&query->line, "pending");

        } else {
            ngx_str_set(&query->line, "unknown");
        }

        return ngx_http_rush_gate_refuse;
    }

    query->left = ngx_max(c->total - c->out, 0);
    query->made = c->made;

    if (query->op != ngx_http_rush_op_claim) {
        return query->op == ngx_http_rush_op_sweep
               ? ngx_http_rush_gate_look : ngx_http_rush_gate_claim;
    }

    if (fresh && c->seq == 0
        && query->now + NGX_HTTP_RUSH_MARGIN < c->starts)
    {
        p = ngx_sprintf(query->buf, "early\tstarts:%L", c->starts);

        query->line.data = query->buf;
        query->line.len = p - query->buf;
        query->kind.data = c->kind;
        query->kind.len = c->kind_len;

        return ngx_http_rush_gate_refuse;
    }

    if (c->checked == 0 || ngx_http_rush_gate_closed(query)) {
        return ngx_http_rush_gate_look;
    }

    return ngx_http_rush_gate_claim;
}


ngx_http_rush_gate_e
ngx_http_rush_gate_looked(ngx_http_rush_query_t *query, ngx_uint_t found)
{
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;

    if (query->op == ngx_http_rush_op_sweep) {

        if ((c->due && c->due <= query->now)
            || (c->ends && c->keep && c->ends + c->keep <= query->now)
            || query->call.fields.len)
        {
            return ngx_http_rush_gate_claim;
        }

        ngx_str_set(&query->line, "idle");

        return ngx_http_rush_gate_refuse;
    }

    if (query->op == ngx_http_rush_op_claim && !found
        && ngx_http_rush_gate_closed(query))
    {
        query->kind.data = c->kind;
        query->kind.len = c->kind_len;

        return ngx_http_rush_gate_refuse;
    }

    return ngx_http_rush_gate_claim;
}


/* the word is put into query->line */

static ngx_uint_t
ngx_http_rush_gate_closed(ngx_http_rush_query_t *query)
{
    u_char                    *p;
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;
    p = query->buf;

    if (c->ends && query->now >= c->ends + NGX_HTTP_RUSH_MARGIN) {
        p = ngx_sprintf(p, "ended\tends:%L", c->ends);

    } else if (query->now + NGX_HTTP_RUSH_MARGIN < c->starts) {
        p = ngx_sprintf(p, "early\tstarts:%L", c->starts);

    } else if (query->now < c->starts
               || (c->ends && query->now + NGX_HTTP_RUSH_MARGIN >= c->ends))
    {
        return 0;

    } else if (c->paused) {
        p = ngx_cpymem(p, "paused", 6);

    } else if (c->sold_out && (c->due == 0 || query->now < c->due)) {
        p = ngx_cpymem(p, "sold_out", 8);

    } else {
        return 0;
    }

    query->line.data = query->buf;
    query->line.len = p - query->buf;

    return 1;
}


/* NGX_DECLINED: there is none, and query->line says what to answer */

ngx_int_t
ngx_http_rush_gate_parse(ngx_http_rush_query_t *query, ngx_str_t *values)
{
    int64_t                    n[ngx_http_rush_look_item_out + 1];
    ngx_uint_t                 i, last;
    ngx_http_rush_campaign_t  *c;

    if (values[ngx_http_rush_look_kind].data == NULL) {
        ngx_http_rush_zone_gone(query,
                                values[ngx_http_rush_look_deleted].data
                                != NULL);
        return NGX_DECLINED;
    }

    last = query->item.len ? ngx_http_rush_look_item_out
                           : ngx_http_rush_look_paused;

    for (i = ngx_http_rush_look_version; i <= last; i++) {

        if (i >= ngx_http_rush_look_item_total && values[i].data == NULL) {
            /* no such item; a new one is found by the next look */
            ngx_http_rush_zone_gone(query, 1);
            return NGX_DECLINED;
        }

        if (ngx_http_rush_gate_number(&values[i], &n[i]) != NGX_OK) {
            ngx_http_rush_query_damaged(query, "no whole number in",
                                        i <= ngx_http_rush_look_paused
                                        ? &ngx_http_rush_look_fields[i]
                                        : &query->item);
            return NGX_ERROR;
        }
    }

    c = &query->campaign;

    c->state = ngx_http_rush_campaign_known;
    c->checked = ngx_current_msec;
    c->version = n[ngx_http_rush_look_version];
    c->made = n[ngx_http_rush_look_made];
    c->total = n[ngx_http_rush_look_total];
    c->out = n[ngx_http_rush_look_out];
    c->seq = n[ngx_http_rush_look_seq];
    c->starts = n[ngx_http_rush_look_starts];
    c->ends = n[ngx_http_rush_look_ends];
    c->due = n[ngx_http_rush_look_due];
    c->keep = n[ngx_http_rush_look_keep];
    c->paused = (n[ngx_http_rush_look_paused] != 0);

    c->sold_out = (c->out >= c->total
                   || (query->item.len
                       && n[ngx_http_rush_look_item_out]
                          >= n[ngx_http_rush_look_item_total]));

    c->kind_len = ngx_min(values[ngx_http_rush_look_kind].len,
                          NGX_HTTP_RUSH_KIND_LEN);
    ngx_memcpy(c->kind, values[ngx_http_rush_look_kind].data, c->kind_len);

    query->made = c->made;
    query->left = ngx_max(c->total - c->out, 0);

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_gate_number(ngx_str_t *value, int64_t *n)
{
    ngx_uint_t  i;

    if (value->len == 0 || value->len > 15) {
        return NGX_ERROR;
    }

    *n = 0;

    for (i = 0; i < value->len; i++) {
        if (value->data[i] < '0' || value->data[i] > '9') {
            return NGX_ERROR;
        }

        *n = *n * 10 + (value->data[i] - '0');
    }

    return NGX_OK;
}
