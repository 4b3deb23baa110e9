
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Counters of answers, a row a campaign, in shared memory: a reload keeps
 * them.  When the table is full, a campaign that nobody asks for any more gives
 * its row away and its numbers are added to "other"; if there is none, the new
 * one is counted there.
 */


#include "campaign/ngx_http_rush_zone.h"


#define NGX_HTTP_RUSH_ROW_IDLE  600000    /* ms */


ngx_http_rush_row_t *
ngx_http_rush_row_get(ngx_http_rush_zone_sh_t *sh,
    ngx_http_rush_zone_key_t *key)
{
    ngx_uint_t            i;
    ngx_http_rush_row_t  *row;

    row = ngx_http_rush_table_find(&sh->rows, key);

    if (row) {
        row->slot.used = ngx_current_msec;
        return row;
    }

    row = ngx_http_rush_table_add(&sh->rows, key);

    if (row == NULL
        || (row->slot.valid
            && ngx_current_msec - row->slot.used < NGX_HTTP_RUSH_ROW_IDLE))
    {
        return &sh->other;
    }

    for (i = 0; i < NGX_HTTP_RUSH_OUTCOMES; i++) {
        (void) ngx_atomic_fetch_add(&sh->other.outcomes[i], row->outcomes[i]);
        (void) ngx_atomic_fetch_add(&sh->other.memory[i], row->memory[i]);

        row->outcomes[i] = 0;
        row->memory[i] = 0;
    }

    row->slot.valid = 0;
    ngx_http_rush_table_valid(row, key);

    return row;
}


void
ngx_http_rush_count(ngx_http_rush_query_t *query, ngx_uint_t outcome)
{
    ngx_http_rush_row_t  *row;

    row = query->row ? query->row : &query->place->zone->sh->other;

    (void) ngx_atomic_fetch_add(&row->outcomes[outcome], 1);

    if (query->memory) {
        (void) ngx_atomic_fetch_add(&row->memory[outcome], 1);
    }
}
