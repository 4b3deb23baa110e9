
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The zone: how shared memory is shared out, and what is remembered of
 * campaigns.  Ids that Redis does not know have a table of their own, so that
 * a flood of made-up ones evicts only others like them.
 */


#include "campaign/ngx_http_rush_zone.h"


/* sixteenths of the zone; what is left over pays for whole pages */

#define NGX_HTTP_RUSH_ZONE_KNOWN    6
#define NGX_HTTP_RUSH_ZONE_UNKNOWN  2
#define NGX_HTTP_RUSH_ZONE_HOLDERS  1
#define NGX_HTTP_RUSH_ZONE_ROWS     1
#define NGX_HTTP_RUSH_ZONE_SHOWN    1
#define NGX_HTTP_RUSH_ZONE_FILTER   4

#define NGX_HTTP_RUSH_ZONE_NROWS    256     /* at most */
#define NGX_HTTP_RUSH_ZONE_RENEW    100000  /* us, between two who renew */


static ngx_int_t ngx_http_rush_zone_init(ngx_shm_zone_t *shm, void *data);
static ngx_int_t ngx_http_rush_zone_layout(ngx_slab_pool_t *shpool,
    ngx_http_rush_zone_sh_t *sh);
static void ngx_http_rush_zone_merge(ngx_http_rush_query_t *query,
    ngx_http_rush_campaign_t *old);
static void ngx_http_rush_zone_row(ngx_http_rush_query_t *query,
    ngx_http_rush_known_t *known, ngx_http_rush_zone_key_t *key);
static void ngx_http_rush_zone_lease(ngx_http_rush_query_t *query,
    ngx_http_rush_known_t *known, ngx_http_rush_zone_key_t *key);
static void ngx_http_rush_zone_unknown(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key);


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
    ngx_int_t                 rc;
    ngx_http_rush_zone_t     *ozone, *zone;
    ngx_http_rush_zone_sh_t  *sh;

    ozone = data;
    zone = shm->data;

    zone->shpool = (ngx_slab_pool_t *) shm->shm.addr;

    if (ozone || shm->shm.exists) {
        sh = ozone ? ozone->sh : zone->shpool->data;

        if (sh->layout != sizeof(ngx_http_rush_zone_sh_t)
                          + sizeof(ngx_http_rush_known_t))
        {
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
        rc = NGX_DECLINED;

    } else {
        rc = ngx_http_rush_zone_layout(zone->shpool, sh);
    }

    if (rc != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                      "\"rush_zone\" \"%V\" is too small", &shm->shm.name);
        return NGX_ERROR;
    }

    sh->layout = sizeof(ngx_http_rush_zone_sh_t)
                 + sizeof(ngx_http_rush_known_t);

    zone->shpool->data = sh;
    zone->sh = sh;

    return NGX_OK;
}


/* only the first two are needed: without the others Redis is asked more */

static ngx_int_t
ngx_http_rush_zone_layout(ngx_slab_pool_t *shpool,
    ngx_http_rush_zone_sh_t *sh)
{
    size_t      size, part;
    u_char     *blocks;
    ngx_uint_t  i;

    struct {
        ngx_http_rush_table_t  *table;
        size_t                  slot;
        ngx_uint_t              parts;
    } tables[] = {
        { &sh->known, sizeof(ngx_http_rush_known_t),
          NGX_HTTP_RUSH_ZONE_KNOWN },
        { &sh->unknown, sizeof(ngx_http_rush_unknown_t),
          NGX_HTTP_RUSH_ZONE_UNKNOWN },
        { &sh->holders, sizeof(ngx_http_rush_holders_t),
          NGX_HTTP_RUSH_ZONE_HOLDERS },
        { &sh->rows, sizeof(ngx_http_rush_row_t),
          NGX_HTTP_RUSH_ZONE_ROWS },
        { &sh->shown, sizeof(ngx_http_rush_shown_slot_t),
          NGX_HTTP_RUSH_ZONE_SHOWN }
    };

    part = shpool->pfree * ngx_pagesize / 16;

    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        size = part * tables[i].parts;

        if (tables[i].table == &sh->rows) {
            size = ngx_min(size, NGX_HTTP_RUSH_ZONE_NROWS * tables[i].slot);
        }

        if (ngx_http_rush_table_init(shpool, tables[i].table, tables[i].slot,
                                     size)
            != NGX_OK
            && i < 2)
        {
            return NGX_DECLINED;
        }
    }

    size = part * NGX_HTTP_RUSH_ZONE_FILTER;

    blocks = ngx_slab_calloc(shpool, size);
    if (blocks == NULL) {
        return NGX_DECLINED;
    }

    ngx_http_rush_filter_init(&sh->filter, blocks, size);

    return NGX_OK;
}


/* more servers than there is place for share the last counters */

ngx_http_rush_call_stats_t *
ngx_http_rush_zone_stats(ngx_http_rush_zone_t *zone, ngx_str_t *tag)
{
    ngx_uint_t                   i;
    ngx_http_rush_zone_sh_t     *sh;
    ngx_http_rush_zone_place_t  *place;

    sh = zone->sh;

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (i = 0; i < sh->nplaces; i++) {
        if (sh->places[i].len == tag->len
            && ngx_memcmp(sh->places[i].tag, tag->data, tag->len) == 0)
        {
            break;
        }
    }

    if (i == NGX_HTTP_RUSH_ZONE_PLACES) {
        i--;
    }

    place = &sh->places[i];

    if (i == sh->nplaces) {
        ngx_memcpy(place->tag, tag->data, tag->len);
        place->len = tag->len;
        sh->nplaces++;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return &place->stats;
}


/* sets query->campaign; its state is unknown and it is not fresh if need be */

void
ngx_http_rush_zone_get(ngx_http_rush_query_t *query)
{
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_known_t     *known;
    ngx_http_rush_unknown_t   *unknown;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    sh = zone->sh;

    query->leased = 0;
    query->row = NULL;

    ngx_http_rush_zone_key(query, &key, 1);

    ngx_shmtx_lock(&zone->shpool->mutex);

    known = ngx_http_rush_table_find(&sh->known, &key);

    if (known) {
        known->slot.used = ngx_current_msec;
        query->campaign = known->campaign;

        if (query->item.len) {
            ngx_http_rush_zone_key(query, &key, 0);
        }

        ngx_http_rush_zone_row(query, known, &key);

        if (query->op == ngx_http_rush_op_claim
            && known->campaign.granted.until)
        {
            ngx_http_rush_zone_lease(query, known, &key);
        }

    } else {
        ngx_memzero(&query->campaign, sizeof(ngx_http_rush_campaign_t));

        unknown = ngx_http_rush_table_find(&sh->unknown, &key);

        if (unknown) {
            unknown->slot.used = ngx_current_msec;
            query->campaign.checked = unknown->checked;
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* locked: what others have put there while this was under way */

static void
ngx_http_rush_zone_merge(ngx_http_rush_query_t *query,
    ngx_http_rush_campaign_t *old)
{
    ngx_http_rush_campaign_t  *c;
    ngx_http_rush_holders_t   *h;
    ngx_http_rush_zone_key_t   key;

    c = &query->campaign;

    if (old->granted.until > c->granted.until) {
        c->granted = old->granted;
    }

    if (old->made != c->made || old->seq < c->seq) {
        return;
    }

    if (old->seq > c->seq && query->sent > old->heard) {
        /*
         * asked later, and fewer tickets were given: older data was put back,
         * and numbers of tickets may come again for other users
         */

        ngx_http_rush_zone_key(query, &key, 0);

        h = ngx_http_rush_table_find(&query->place->zone->sh->holders, &key);

        if (h) {
            h->slot.valid = 0;
        }

        ngx_memzero(&c->granted, sizeof(ngx_http_rush_lease_t));
        return;
    }

    /* what was heard first */
    c->seq = old->seq;
    c->heard = old->heard;
}


/* the counters of what somebody asks for */

static void
ngx_http_rush_zone_row(ngx_http_rush_query_t *query,
    ngx_http_rush_known_t *known, ngx_http_rush_zone_key_t *key)
{
    ngx_http_rush_row_t  *row;

    if (query->op == ngx_http_rush_op_sweep) {
        return;
    }

    row = known->row;

    if (row && row->slot.valid && row->slot.hash == key->hash
        && row->slot.len == key->len)
    {
        row->slot.used = ngx_current_msec;

    } else {
        row = ngx_http_rush_row_get(query->place->zone->sh, key);
        known->row = row;
    }

    query->row = row;
}


/* is there a lease, and does the user certainly hold no ticket? */

static void
ngx_http_rush_zone_lease(ngx_http_rush_query_t *query,
    ngx_http_rush_known_t *known, ngx_http_rush_zone_key_t *key)
{
    int64_t                    now;
    ngx_http_rush_campaign_t  *c;

    c = &known->campaign;
    now = ngx_http_rush_monotonic();

    if (now >= c->granted.until
        || c->granted.lost != query->place->stats->redis.lost)
    {
        return;
    }

    if (now >= c->granted.renew) {
        /* this one goes and asks, and the others need not wait */
        c->granted.renew = now + NGX_HTTP_RUSH_ZONE_RENEW;
        return;
    }

    query->leased = !ngx_http_rush_holders_may(query->place->zone->sh, key, c,
                                               &query->call.user);
}


void
ngx_http_rush_zone_put(ngx_http_rush_query_t *query)
{
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_known_t     *known;
    ngx_http_rush_unknown_t   *unknown;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_campaign_t  *c;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    sh = zone->sh;

    ngx_http_rush_zone_key(query, &key, 1);

    ngx_shmtx_lock(&zone->shpool->mutex);

    known = ngx_http_rush_table_find(&sh->known, &key);
    c = &query->campaign;
    c->heard = ngx_http_rush_monotonic();

    if (known) {
        ngx_http_rush_zone_merge(query, &known->campaign);

    } else {
        known = ngx_http_rush_table_add(&sh->known, &key);
        known->row = NULL;
    }

    known->slot.valid = 0;
    ngx_memory_barrier();

    known->campaign = *c;

    ngx_http_rush_table_valid(known, &key);

    unknown = ngx_http_rush_table_find(&sh->unknown, &key);
    if (unknown) {
        unknown->slot.valid = 0;
    }

    if (query->item.len) {
        ngx_http_rush_zone_key(query, &key, 0);
    }

    ngx_http_rush_zone_row(query, known, &key);

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
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_known_t     *known;
    ngx_http_rush_campaign_t  *c;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;
    vanished = 0;
    news = 0;

    ngx_http_rush_zone_key(query, &key, 1);

    ngx_shmtx_lock(&zone->shpool->mutex);

    known = ngx_http_rush_table_find(&zone->sh->known, &key);

    if (known && !deleted) {
        c = &known->campaign;

        if (c->state == ngx_http_rush_campaign_known) {
            c->state = ngx_http_rush_campaign_vanished;
            c->vanished = ngx_current_msec;
            c->granted.until = 0;
            news = 1;
        }

        vanished = (ngx_current_msec - c->vanished < NGX_HTTP_RUSH_VANISHED);
        c->checked = ngx_current_msec;
    }

    if (!vanished) {
        if (known) {
            known->slot.valid = 0;
        }

        /* an id in the index may be that of a campaign that is being made */

        if (query->op != ngx_http_rush_op_sweep) {
            ngx_http_rush_zone_unknown(query, &key);
        }
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


/* a new item is found by the next look */

void
ngx_http_rush_zone_no_item(ngx_http_rush_query_t *query)
{
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_known_t     *known;
    ngx_http_rush_zone_key_t   key;

    zone = query->place->zone;

    ngx_http_rush_zone_key(query, &key, 1);

    ngx_shmtx_lock(&zone->shpool->mutex);

    known = ngx_http_rush_table_find(&zone->sh->known, &key);

    if (known) {
        known->slot.valid = 0;
    }

    ngx_http_rush_zone_unknown(query, &key);

    ngx_shmtx_unlock(&zone->shpool->mutex);

    query->kind.len = 0;
    ngx_str_set(&query->line, "unknown");
}


/* locked */

static void
ngx_http_rush_zone_unknown(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key)
{
    ngx_http_rush_unknown_t  *unknown;

    ngx_memzero(&query->campaign, sizeof(ngx_http_rush_campaign_t));
    query->campaign.checked = ngx_current_msec;

    unknown = ngx_http_rush_table_add(&query->place->zone->sh->unknown, key);

    unknown->slot.valid = 0;
    ngx_memory_barrier();

    unknown->checked = ngx_current_msec;

    ngx_http_rush_table_valid(unknown, key);
}
