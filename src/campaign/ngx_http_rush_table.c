
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Tables of slots in shared memory, of a size that is known at the start.  A
 * key may stand in WAYS slots of its set.
 */


#include "campaign/ngx_http_rush_zone.h"


#define NGX_HTTP_RUSH_TABLE_WAYS  8


static ngx_http_rush_slot_t *ngx_http_rush_table_set(
    ngx_http_rush_table_t *table, ngx_http_rush_zone_key_t *key);


/* as many slots as fit into size; NGX_DECLINED: none */

ngx_int_t
ngx_http_rush_table_init(ngx_slab_pool_t *shpool,
    ngx_http_rush_table_t *table, size_t slot, size_t size)
{
    ngx_uint_t  n;

    n = size / slot;

    table->size = slot;
    table->ways = ngx_min(n, NGX_HTTP_RUSH_TABLE_WAYS);
    table->sets = n / NGX_HTTP_RUSH_TABLE_WAYS;

    if (n == 0) {
        return NGX_DECLINED;
    }

    if (table->sets == 0) {
        table->sets = 1;
    }

    table->slots = ngx_slab_calloc(shpool, table->sets * table->ways * slot);

    return table->slots ? NGX_OK : NGX_ERROR;
}


void *
ngx_http_rush_table_find(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key)
{
    ngx_uint_t             i;
    ngx_http_rush_slot_t  *slot;

    if (table->sets == 0) {
        return NULL;
    }

    slot = ngx_http_rush_table_set(table, key);

    for (i = 0; i < table->ways; i++) {
        if (slot->valid && slot->hash == key->hash && slot->len == key->len
            && ngx_memcmp(slot->key, key->data, key->len) == 0)
        {
            return slot;
        }

        slot = (ngx_http_rush_slot_t *) ((u_char *) slot + table->size);
    }

    return NULL;
}


void *
ngx_http_rush_table_add(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key)
{
    ngx_uint_t             i;
    ngx_http_rush_slot_t  *slot, *oldest;

    if (table->sets == 0) {
        return NULL;
    }

    slot = ngx_http_rush_table_find(table, key);
    if (slot) {
        return slot;
    }

    slot = ngx_http_rush_table_set(table, key);
    oldest = slot;

    for (i = 0; i < table->ways; i++) {
        if (!slot->valid) {
            return slot;
        }

        if ((ngx_msec_int_t) (slot->used - oldest->used) < 0) {
            oldest = slot;
        }

        slot = (ngx_http_rush_slot_t *) ((u_char *) slot + table->size);
    }

    return oldest;
}


/* the caller has made slot->valid 0, and written what follows the head */

void
ngx_http_rush_table_valid(void *slot, ngx_http_rush_zone_key_t *key)
{
    ngx_http_rush_slot_t *s = slot;

    s->hash = key->hash;
    s->len = (uint16_t) key->len;
    s->used = ngx_current_msec;
    ngx_memcpy(s->key, key->data, key->len);

    ngx_memory_barrier();
    s->valid = 1;
}


static ngx_http_rush_slot_t *
ngx_http_rush_table_set(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key)
{
    return (ngx_http_rush_slot_t *) (table->slots
                                     + (key->hash % table->sets)
                                       * table->ways * table->size);
}


/* of the campaign, or of its item; the parts are bounded and hold no tab */

void
ngx_http_rush_zone_key(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key, ngx_uint_t item)
{
    u_char                 *p;
    ngx_http_rush_place_t  *place;

    place = query->place;

    p = ngx_cpymem(key->data, place->tag.data, place->tag.len);
    *p++ = '\t';
    p = ngx_cpymem(p, place->prefix.data, place->prefix.len);
    *p++ = '\t';
    p = ngx_cpymem(p, query->id.data, query->id.len);

    if (item && query->item.len) {
        *p++ = '\t';
        p = ngx_cpymem(p, query->item.data, query->item.len);
    }

    key->len = p - key->data;
    key->hash = ngx_murmur_hash2(key->data, key->len);
}
