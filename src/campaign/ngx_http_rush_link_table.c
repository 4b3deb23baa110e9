
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Tables of links and of scans, in shared memory.
 */


#include "campaign/ngx_http_rush_link_zone.h"


#define ngx_http_rush_link_tag(hash)  ((hash) ? (hash) : 1)


static ngx_uint_t ngx_http_rush_link_table_set(
    ngx_http_rush_link_table_t *table, uint32_t hash, ngx_uint_t second);


ngx_int_t
ngx_http_rush_link_table_init(ngx_slab_pool_t *shpool,
    ngx_http_rush_link_table_t *table, size_t slot, size_t key, size_t size)
{
    ngx_uint_t  n;

    slot = ngx_align(slot, 8);

    table->size = slot;
    table->key = key;
    table->sets = size / (NGX_HTTP_RUSH_LINK_WAYS
                          * (slot + sizeof(uint32_t) + 1));

    if (table->sets == 0) {
        return NGX_OK;
    }

    n = ngx_http_rush_link_slots(table);

    table->tags = ngx_slab_calloc(shpool, n * sizeof(uint32_t));
    table->marks = ngx_slab_calloc(shpool, n);
    table->slots = ngx_slab_calloc(shpool, n * slot);

    if (table->tags == NULL || table->marks == NULL || table->slots == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the first slot of the set; a key has two, so that few sets overflow */

static ngx_uint_t
ngx_http_rush_link_table_set(ngx_http_rush_link_table_t *table, uint32_t hash,
    ngx_uint_t second)
{
    if (second) {
        hash = (hash ^ (hash >> 15)) * 0x2c1b3c6d;
        hash ^= hash >> 16;
    }

    return hash % table->sets * NGX_HTTP_RUSH_LINK_WAYS;
}


void *
ngx_http_rush_link_table_find(ngx_http_rush_link_table_t *table,
    uint32_t hash, ngx_str_t *key)
{
    u_char                     *slot;
    uint32_t                    tag;
    ngx_uint_t                  i, n, k;
    ngx_http_rush_link_cell_t  *cell;

    if (table->sets == 0) {
        return NULL;
    }

    tag = ngx_http_rush_link_tag(hash);

    for (k = 0; k < 2; k++) {

        n = ngx_http_rush_link_table_set(table, hash, k);

        for (i = n; i < n + NGX_HTTP_RUSH_LINK_WAYS; i++) {

            if (table->tags[i] != tag) {
                continue;
            }

            slot = ngx_http_rush_link_slot(table, i);
            cell = (ngx_http_rush_link_cell_t *) slot;

            if (cell->len == key->len
                && ngx_memcmp(slot + table->key, key->data, key->len) == 0)
            {
                return slot;
            }
        }
    }

    return NULL;
}


/* of the set that has more room; else what was used longest ago in both */

void *
ngx_http_rush_link_table_add(ngx_http_rush_link_table_t *table,
    uint32_t hash)
{
    ngx_uint_t                  i, n, k, room, most;
    ngx_http_rush_link_cell_t  *cell, *oldest, *empty, *last;

    if (table->sets == 0) {
        return NULL;
    }

    oldest = NULL;
    empty = NULL;
    most = 0;

    for (k = 0; k < 2; k++) {

        n = ngx_http_rush_link_table_set(table, hash, k);
        room = 0;
        last = NULL;

        for (i = n; i < n + NGX_HTTP_RUSH_LINK_WAYS; i++) {
            cell = ngx_http_rush_link_slot(table, i);

            if (table->tags[i] == 0) {
                last = cell;
                room++;

            } else if (!table->marks[i]
                       && (oldest == NULL
                           || (ngx_msec_int_t) (cell->used - oldest->used)
                              < 0))
            {
                oldest = cell;
            }
        }

        if (room > most) {
            most = room;
            empty = last;
        }
    }

    if (empty) {
        return empty;
    }

    if (oldest) {
        ngx_http_rush_link_table_remove(table, oldest);
    }

    return oldest;
}


/* slots of its sets that may make room */

ngx_uint_t
ngx_http_rush_link_table_room(ngx_http_rush_link_table_t *table,
    uint32_t hash)
{
    ngx_uint_t  i, n, k, room;

    if (table->sets == 0) {
        return 0;
    }

    room = 0;

    for (k = 0; k < 2; k++) {

        n = ngx_http_rush_link_table_set(table, hash, k);

        for (i = n; i < n + NGX_HTTP_RUSH_LINK_WAYS; i++) {
            room += (table->marks[i] == 0);
        }
    }

    return room;
}


/* the key has its place in the slot already, or it is written here */

void
ngx_http_rush_link_table_valid(ngx_http_rush_link_table_t *table, void *slot,
    uint32_t hash, ngx_str_t *key)
{
    ngx_http_rush_link_cell_t *cell = slot;

    cell->used = ngx_current_msec;
    cell->len = (uint16_t) key->len;
    ngx_memcpy((u_char *) slot + table->key, key->data, key->len);

    ngx_memory_barrier();

    table->tags[ngx_http_rush_link_index(table, slot)] =
        ngx_http_rush_link_tag(hash);
}


void
ngx_http_rush_link_table_remove(ngx_http_rush_link_table_t *table, void *slot)
{
    ngx_uint_t  i;

    i = ngx_http_rush_link_index(table, slot);

    table->tags[i] = 0;
    table->marks[i] = 0;

    ngx_memory_barrier();
}
