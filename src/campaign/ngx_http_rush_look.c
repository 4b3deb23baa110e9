
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What a look reads of a campaign, and of an item of it.
 */


#include "campaign/ngx_http_rush_campaign.h"


static void ngx_http_rush_look_set(ngx_http_rush_query_t *query,
    ngx_str_t *values, int64_t *n);
static ngx_http_rush_phase_e ngx_http_rush_look_phase(ngx_str_t *word);


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
    ngx_http_rush_look_reopen,
    ngx_http_rush_look_lease,
    ngx_http_rush_look_over,
    ngx_http_rush_look_closed,
    ngx_http_rush_look_audience,
    ngx_http_rush_look_items,
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
    ngx_string("reopen"),
    ngx_string("lease"),
    ngx_string("over"),
    ngx_string("closed"),
    ngx_string("audience"),
    ngx_string("items"),
    ngx_null_string
};


const ngx_str_t  ngx_http_rush_look_item_fields[] = {
    ngx_string("total"),
    ngx_string("out"),
    ngx_null_string
};


/* NGX_DECLINED: query->line says what to answer; NGX_ERROR: it is damaged */

ngx_int_t
ngx_http_rush_look_parse(ngx_http_rush_query_t *query, ngx_str_t *values)
{
    int64_t     n[ngx_http_rush_look_item_out + 1];
    ngx_uint_t  i;

    if (values[ngx_http_rush_look_kind].data == NULL) {
        ngx_http_rush_zone_gone(query,
                                values[ngx_http_rush_look_deleted].data
                                != NULL);
        return NGX_DECLINED;
    }

    for (i = ngx_http_rush_look_version; i <= ngx_http_rush_look_item_out;
         i++)
    {
        if (i == ngx_http_rush_look_closed) {
            i = ngx_http_rush_look_items;

            if (query->item.len == 0) {
                break;
            }

            continue;
        }

        if (i >= ngx_http_rush_look_item_total && values[i].data == NULL) {
            ngx_http_rush_zone_no_item(query);
            return NGX_DECLINED;
        }

        if (i >= ngx_http_rush_look_reopen && values[i].data == NULL) {
            /* it knows no leases */
            n[i] = 0;
            continue;
        }

        if (ngx_http_rush_look_number(&values[i], &n[i]) != NGX_OK) {
            ngx_http_rush_query_damaged(query, "no whole number in",
                                        i <= ngx_http_rush_look_items
                                        ? &ngx_http_rush_look_fields[i]
                                        : &query->item);
            return NGX_ERROR;
        }
    }

    ngx_http_rush_look_set(query, values, n);

    return NGX_OK;
}


static void
ngx_http_rush_look_set(ngx_http_rush_query_t *query, ngx_str_t *values,
    int64_t *n)
{
    ngx_http_rush_campaign_t  *c;

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
    c->reopen = n[ngx_http_rush_look_reopen];
    c->lease = n[ngx_http_rush_look_lease];
    c->over = (n[ngx_http_rush_look_over] != 0);
    c->closed = ngx_http_rush_look_phase(&values[ngx_http_rush_look_closed]);
    c->items = (values[ngx_http_rush_look_items].len != 0);

    c->audience_len = ngx_min(values[ngx_http_rush_look_audience].len,
                              NGX_HTTP_RUSH_TAGS_LEN);

    if (c->audience_len) {
        ngx_memcpy(c->audience, values[ngx_http_rush_look_audience].data,
                   c->audience_len);
    }

    c->none = (c->out >= c->total);
    c->sold_out = c->none
                  || (query->item.len
                      && n[ngx_http_rush_look_item_out]
                         >= n[ngx_http_rush_look_item_total]);

    c->kind_len = ngx_min(values[ngx_http_rush_look_kind].len,
                          NGX_HTTP_RUSH_KIND_LEN);
    ngx_memcpy(c->kind, values[ngx_http_rush_look_kind].data, c->kind_len);

    query->made = c->made;
    query->left = ngx_max(c->total - c->out, 0);
}


/* open: no word that can close a campaign to all */

static ngx_http_rush_phase_e
ngx_http_rush_look_phase(ngx_str_t *word)
{
    ngx_uint_t  i;

    for (i = ngx_http_rush_phase_paused; i <= ngx_http_rush_phase_ended; i++) {
        if (word->len == ngx_http_rush_phases[i].len
            && ngx_strncmp(word->data, ngx_http_rush_phases[i].data,
                           word->len)
               == 0)
        {
            return i;
        }
    }

    return ngx_http_rush_phase_open;
}


ngx_int_t
ngx_http_rush_look_number(ngx_str_t *value, int64_t *n)
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
