
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Scans by name.
 */


#include "handlers/ngx_http_rush_tally.h"


void
ngx_http_rush_tally_init(ngx_http_rush_tally_t *tally, ngx_uint_t max)
{
    ngx_rbtree_init(&tally->tree, &tally->sentinel,
                    ngx_str_rbtree_insert_value);

    tally->last = &tally->first;
    tally->max = max;
}


ngx_int_t
ngx_http_rush_tally_add(ngx_http_rush_tally_t *tally, ngx_pool_t *pool,
    ngx_str_t *name, int64_t n)
{
    uint32_t                    hash;
    ngx_http_rush_tally_row_t  *row;

    hash = ngx_crc32_short(name->data, name->len);

    row = (ngx_http_rush_tally_row_t *)
              ngx_str_rbtree_lookup(&tally->tree, name, hash);

    if (row == NULL && tally->rows < tally->max) {

        row = ngx_pcalloc(pool, sizeof(ngx_http_rush_tally_row_t));
        if (row == NULL) {
            return NGX_ERROR;
        }

        row->node.str.len = name->len;
        row->node.str.data = ngx_pstrdup(pool, name);

        if (row->node.str.data == NULL) {
            return NGX_ERROR;
        }

        row->node.node.key = hash;
        ngx_rbtree_insert(&tally->tree, &row->node.node);

        *tally->last = row;
        tally->last = &row->next;
        tally->rows++;
    }

    if (row) {
        row->n[ngx_http_rush_tally_day] += n;

    } else {
        tally->rest[ngx_http_rush_tally_day] += n;
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_rush_tally_print(ngx_http_rush_tally_t *tally, yajl_gen gen,
    ngx_http_rush_tally_e which, ngx_uint_t max)
{
    int64_t                     rest;
    ngx_uint_t                  told;
    ngx_http_rush_tally_row_t  *row;

    told = 0;
    rest = tally->rest[which];

    yajl_gen_map_open(gen);

    for (row = tally->first; row; row = row->next) {

        if (row->n[which] && told < max) {
            yajl_gen_string(gen, row->node.str.data, row->node.str.len);
            yajl_gen_integer(gen, row->n[which]);
            told++;

        } else {
            rest += row->n[which];
        }

        if (which == ngx_http_rush_tally_day) {
            row->n[ngx_http_rush_tally_all] += row->n[which];
            row->n[which] = 0;
        }
    }

    if (rest) {
        /* all others: that is nobody's name */
        yajl_gen_string(gen, (u_char *) "*", 1);
        yajl_gen_integer(gen, rest);
    }

    yajl_gen_map_close(gen);

    if (which == ngx_http_rush_tally_day) {
        tally->rest[ngx_http_rush_tally_all] += tally->rest[which];
        tally->rest[which] = 0;
    }

    return told;
}
