
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What all workers of this nginx know of campaigns: two tables of slots in
 * shared memory, one for campaigns and one for ids that Redis does not know,
 * so that a flood of made-up ids evicts only other made-up ids.  A key may
 * stand in WAYS slots; the one that was used longest ago goes.
 *
 * The zone is a cache: losing it costs speed only.  Nothing is allocated
 * after the start and a slot is valid only when it has been written, so a
 * worker that dies with the lock (the slab pool's own, which the master frees)
 * leaves at most an empty slot.
 */


#include "campaign/ngx_http_rush_campaign.h"


#define NGX_HTTP_RUSH_ZONE_WAYS  8
#define NGX_HTTP_RUSH_ZONE_KEY   (64 + NGX_HTTP_RUSH_PREFIX_LEN               \
                                  + 2 * NGX_HTTP_RUSH_ID_LEN + 4)


typedef struct {
    uint32_t                  hash;
    uint16_t                  len;
    uint8_t                   valid;
    ngx_msec_t                used;
    ngx_http_rush_campaign_t  campaign;
    u_char                    key[NGX_HTTP_RUSH_ZONE_KEY];
} ngx_http_rush_slot_t;


typedef struct {
    ngx_uint_t                sets;
    ngx_http_rush_slot_t     *slots;
} ngx_http_rush_table_t;


typedef struct {
    size_t                    layout;     /* size of a slot */
    ngx_http_rush_table_t     known;
    ngx_http_rush_table_t     unknown;
} ngx_http_rush_zone_sh_t;


typedef struct {
    uint32_t                  hash;
    size_t                    len;
    u_char                    data[NGX_HTTP_RUSH_ZONE_KEY];
} ngx_http_rush_zone_key_t;


static ngx_int_t ngx_http_rush_zone_init(ngx_shm_zone_t *shm, void *data);
static ngx_int_t ngx_http_rush_zone_table(ngx_slab_pool_t *shpool,
    ngx_http_rush_table_t *table, size_t size);
static void ngx_http_rush_zone_key(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key);
static ngx_http_rush_slot_t *ngx_http_rush_zone_find(
    ngx_http_rush_table_t *table, ngx_http_rush_zone_key_t *key);
static void ngx_http_rush_zone_store(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key, ngx_http_rush_campaign_t *campaign);


char *
ngx_http_rush_zone_add(ngx_conf_t *cf, ngx_http_rush_zone_t *zone,
    ngx_str_t *name, size_t size)
{
    zone->shm = ngx_shared_memory_add(cf, name, size, &ngx_http_rush_module);
    if (zone->shm == NULL) {
        return NGX_CONF_ERROR;
    }

    if (zone->shm->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_zone\" \"%V\" is already bound", name);
        return NGX_CONF_ERROR;
    }

    zone->shm->init = ngx_http_rush_zone_init;
    zone->shm->data = zone;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_rush_zone_init(ngx_shm_zone_t *shm, void *data)
{
    size_t                    size;
    ngx_http_rush_zone_t     *ozone, *zone;
    ngx_http_rush_zone_sh_t  *sh;

    ozone = data;
    zone = shm->data;

    zone->shpool = (ngx_slab_pool_t *) shm->shm.addr;

    if (ozone || shm->shm.exists) {
        sh = ozone ? ozone->sh : zone->shpool->data;

        if (sh->layout != sizeof(ngx_http_rush_slot_t)) {
            ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                          "\"rush_zone\" \"%V\" was made by another build of "
                          "the module: restart nginx, or rename the zone",
                          &shm->shm.name);
            return NGX_ERROR;
        }

        zone->sh = sh;

        return NGX_OK;
    }

    sh = ngx_slab_calloc(zone->shpool, sizeof(ngx_http_rush_zone_sh_t));
    if (sh == NULL) {
        return NGX_ERROR;
    }

    zone->shpool->data = sh;
    zone->sh = sh;

    /* an eighth for ids that are not known, three for those that are */

    size = zone->shpool->pfree * ngx_pagesize;

    if (ngx_http_rush_zone_table(zone->shpool, &sh->known, size * 3 / 8)
        != NGX_OK
        || ngx_http_rush_zone_table(zone->shpool, &sh->unknown, size / 8)
           != NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                      "\"rush_zone\" \"%V\" is too small", &shm->shm.name);
        return NGX_ERROR;
    }

    sh->layout = sizeof(ngx_http_rush_slot_t);

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_zone_table(ngx_slab_pool_t *shpool,
    ngx_http_rush_table_t *table, size_t size)
{
    table->sets = size / (NGX_HTTP_RUSH_ZONE_WAYS
                          * sizeof(ngx_http_rush_slot_t));

    if (table->sets == 0) {
        return NGX_ERROR;
    }

    table->slots = ngx_slab_calloc(shpool,
                                   table->sets * NGX_HTTP_RUSH_ZONE_WAYS
                                   * sizeof(ngx_http_rush_slot_t));

    return table->slots ? NGX_OK : NGX_ERROR;
}


/* sets query->campaign; its state is unknown and it is not fresh if need be */

void
ngx_http_rush_zone_get(ngx_http_rush_query_t *query)
{
    ngx_http_rush_slot_t      *slot;
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    sh = zone->sh;

    ngx_http_rush_zone_key(query, &key);

    ngx_shmtx_lock(&zone->shpool->mutex);

    slot = ngx_http_rush_zone_find(&sh->known, &key);

    if (slot == NULL) {
        slot = ngx_http_rush_zone_find(&sh->unknown, &key);
    }

    if (slot) {
        slot->used = ngx_current_msec;
        query->campaign = slot->campaign;

    } else {
        ngx_memzero(&query->campaign, sizeof(ngx_http_rush_campaign_t));
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_http_rush_zone_put(ngx_http_rush_query_t *query)
{
    ngx_http_rush_slot_t      *slot;
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    sh = zone->sh;

    ngx_http_rush_zone_key(query, &key);

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_http_rush_zone_store(&sh->known, &key, &query->campaign);

    slot = ngx_http_rush_zone_find(&sh->unknown, &key);
    if (slot) {
        slot->valid = 0;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/*
 * Redis has no such campaign.  One that was known here and that nobody has
 * deleted has vanished: its users are told to wait, not that there is nothing.
 */

void
ngx_http_rush_zone_gone(ngx_http_rush_query_t *query, ngx_uint_t deleted)
{
    ngx_uint_t                 vanished, news;
    ngx_http_rush_slot_t      *slot;
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    sh = zone->sh;
    vanished = 0;
    news = 0;

    ngx_http_rush_zone_key(query, &key);

    ngx_shmtx_lock(&zone->shpool->mutex);

    slot = ngx_http_rush_zone_find(&sh->known, &key);

    if (slot && !deleted) {

        if (slot->campaign.state == ngx_http_rush_campaign_known) {
            slot->campaign.state = ngx_http_rush_campaign_vanished;
            slot->campaign.vanished = ngx_current_msec;
            news = 1;
        }

        vanished = (ngx_current_msec - slot->campaign.vanished
                    < NGX_HTTP_RUSH_VANISHED);
    }

    if (vanished) {
        slot->campaign.checked = ngx_current_msec;

    } else {
        if (slot) {
            slot->valid = 0;
        }

        ngx_memzero(&query->campaign, sizeof(ngx_http_rush_campaign_t));
        query->campaign.checked = ngx_current_msec;
        ngx_http_rush_zone_store(&sh->unknown, &key, &query->campaign);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    query->deleted = (deleted != 0);
    query->kind.len = 0;

    if (news) {
        ngx_log_error(NGX_LOG_ALERT, query->log, 0,
                      "campaign \"%V\" has vanished from redis \"%V\" and was "
                      "not deleted: its data may be lost",
                      &query->id, &query->place->redis);
    }

    if (vanished) {
        ngx_str_set(&query->line, "pending");

    } else {
        ngx_str_set(&query->line, "unknown");
    }
}


static void
ngx_http_rush_zone_key(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key)
{
    u_char                 *p;
    ngx_http_rush_place_t  *place;

    /* the parts are bounded, and hold no tab */

    place = query->place;

    p = ngx_cpymem(key->data, place->redis.data, place->redis.len);
    *p++ = '\t';
    p = ngx_cpymem(p, place->prefix.data, place->prefix.len);
    *p++ = '\t';
    p = ngx_cpymem(p, query->id.data, query->id.len);
    *p++ = '\t';
    p = ngx_cpymem(p, query->item.data, query->item.len);

    key->len = p - key->data;
    key->hash = ngx_murmur_hash2(key->data, key->len);
}


static ngx_http_rush_slot_t *
ngx_http_rush_zone_find(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key)
{
    ngx_uint_t             i;
    ngx_http_rush_slot_t  *slot;

    slot = table->slots + (key->hash % table->sets) * NGX_HTTP_RUSH_ZONE_WAYS;

    for (i = 0; i < NGX_HTTP_RUSH_ZONE_WAYS; i++, slot++) {
        if (slot->valid && slot->hash == key->hash && slot->len == key->len
            && ngx_memcmp(slot->key, key->data, key->len) == 0)
        {
            return slot;
        }
    }

    return NULL;
}


static void
ngx_http_rush_zone_store(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key, ngx_http_rush_campaign_t *campaign)
{
    ngx_uint_t             i;
    ngx_http_rush_slot_t  *slot, *s;

    slot = ngx_http_rush_zone_find(table, key);

    if (slot == NULL) {
        s = table->slots
            + (key->hash % table->sets) * NGX_HTTP_RUSH_ZONE_WAYS;
        slot = s;

        for (i = 0; i < NGX_HTTP_RUSH_ZONE_WAYS; i++, s++) {
            if (!s->valid) {
                slot = s;
                break;
            }

            if ((ngx_msec_int_t) (s->used - slot->used) < 0) {
                slot = s;
            }
        }
    }

    slot->valid = 0;
    ngx_memory_barrier();

    slot->hash = key->hash;
    slot->len = (uint16_t) key->len;
    slot->used = ngx_current_msec;
    slot->campaign = *campaign;
    ngx_memcpy(slot->key, key->data, key->len);

    ngx_memory_barrier();
    slot->valid = 1;
}
