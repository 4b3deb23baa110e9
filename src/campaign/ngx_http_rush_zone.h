
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Shared memory: what all workers of this nginx know of campaigns.
 *
 * Tables of slots that are laid out once and never grow; a key may stand in
 * a few slots, and the one that was used longest ago goes.  A slot becomes
 * valid with its last store, so a worker that dies with the lock (the slab
 * pool's own, which the master frees) leaves at most an empty slot.  All of it
 * is a cache: losing it costs speed only.
 *
 * To remember something else, give it a table here and a share of the zone in
 * ngx_http_rush_zone.c.  Functions marked "locked" are called with the lock.
 */


#ifndef _NGX_HTTP_RUSH_ZONE_H_INCLUDED_
#define _NGX_HTTP_RUSH_ZONE_H_INCLUDED_


#include "campaign/ngx_http_rush_campaign.h"


#define NGX_HTTP_RUSH_ZONE_KEY   (NGX_HTTP_RUSH_ZONE_TAG                      \
                                  + NGX_HTTP_RUSH_PREFIX_LEN                  \
                                  + 2 * NGX_HTTP_RUSH_ID_LEN + 4)
#define NGX_HTTP_RUSH_ZONE_PLACES  8        /* Redis servers */
#define NGX_HTTP_RUSH_EVENT_LEN    48       /* of an id in a stream */
#define NGX_HTTP_RUSH_FILTER_BLOCK 64       /* bytes */


/* what every slot begins with */

typedef struct {
    uint32_t                    hash;
    uint16_t                    len;
    uint8_t                     valid;
    ngx_msec_t                  used;
    u_char                      key[NGX_HTTP_RUSH_ZONE_KEY];
} ngx_http_rush_slot_t;


typedef struct {
    ngx_uint_t                  sets;
    ngx_uint_t                  ways;
    size_t                      size;       /* of a slot */
    u_char                     *slots;
} ngx_http_rush_table_t;


typedef struct {
    uint32_t                    hash;
    size_t                      len;
    u_char                      data[NGX_HTTP_RUSH_ZONE_KEY];
} ngx_http_rush_zone_key_t;


typedef struct {
    ngx_http_rush_slot_t        slot;
    ngx_http_rush_campaign_t    campaign;
    ngx_http_rush_row_t        *row;        /* where it was the last time */
} ngx_http_rush_known_t;


typedef struct {
    ngx_http_rush_slot_t        slot;
    ngx_msec_t                  checked;
} ngx_http_rush_unknown_t;


/* who ever got a ticket of a campaign: how far the filter knows them */

typedef struct {
    ngx_http_rush_slot_t        slot;
    int64_t                     made;
    int64_t                     seq;        /* it knows all up to this one */
    ngx_uint_t                  lost;       /* epoch of the connections */
    ngx_uint_t                  generation; /* of the filter */
    int64_t                     until;      /* us: somebody works on it */
    ngx_uint_t                  owner;
    size_t                      event_len;
    u_char                      event[NGX_HTTP_RUSH_EVENT_LEN];
    unsigned                    complete:1;
} ngx_http_rush_holders_t;


typedef struct {
    ngx_http_rush_slot_t        slot;
    ngx_http_rush_shown_t       state;
    int64_t                     refresh;    /* us: somebody reads it anew */
    u_char                      text[NGX_HTTP_RUSH_SHOWN_TEXT];
} ngx_http_rush_shown_slot_t;


/* answers, by outcome, and how many of them were given from memory alone */

struct ngx_http_rush_row_s {
    ngx_http_rush_slot_t        slot;
    ngx_atomic_t                outcomes[NGX_HTTP_RUSH_OUTCOMES];
    ngx_atomic_t                memory[NGX_HTTP_RUSH_OUTCOMES];
};


/* a Redis, by its tag */

typedef struct {
    size_t                      len;
    u_char                      tag[NGX_HTTP_RUSH_ZONE_TAG];
    ngx_http_rush_call_stats_t  stats;
} ngx_http_rush_zone_place_t;


/* a Bloom filter whose keys lie in one cache line each; users of all places */

typedef struct {
    u_char                     *blocks;
    ngx_uint_t                  nblocks;
    ngx_uint_t                  set;        /* bits */
    ngx_uint_t                  generation;
    ngx_uint_t                  cleared;    /* blocks, since the last change */
    ngx_msec_t                  changed;    /* the generation was */
} ngx_http_rush_filter_t;


struct ngx_http_rush_zone_sh_s {
    size_t                      layout;     /* tells builds apart */
    ngx_http_rush_table_t       known;
    ngx_http_rush_table_t       unknown;
    ngx_http_rush_table_t       holders;
    ngx_http_rush_table_t       shown;
    ngx_http_rush_table_t       rows;
    ngx_http_rush_filter_t      filter;
    ngx_uint_t                  owner;      /* the last one */
    ngx_uint_t                  nplaces;
    ngx_http_rush_zone_place_t  places[NGX_HTTP_RUSH_ZONE_PLACES];
    ngx_http_rush_row_t         other;      /* of campaigns without a row */
};


/* campaign/ngx_http_rush_table.c */

ngx_int_t ngx_http_rush_table_init(ngx_slab_pool_t *shpool,
    ngx_http_rush_table_t *table, size_t slot, size_t size);

/* locked; NULL: it is not there */
void *ngx_http_rush_table_find(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key);

/*
 * locked: a slot for the key, which is not valid until table_valid(), or
 * NULL if the table has none; what stood there is still to be read
 */
void *ngx_http_rush_table_add(ngx_http_rush_table_t *table,
    ngx_http_rush_zone_key_t *key);
void ngx_http_rush_table_valid(void *slot, ngx_http_rush_zone_key_t *key);

void ngx_http_rush_zone_key(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key, ngx_uint_t item);


/* campaign/ngx_http_rush_holders.c; locked */

/* may the user hold a ticket? */
ngx_uint_t ngx_http_rush_holders_may(ngx_http_rush_zone_sh_t *sh,
    ngx_http_rush_zone_key_t *key, ngx_http_rush_campaign_t *c,
    ngx_str_t *user);
void ngx_http_rush_filter_init(ngx_http_rush_filter_t *filter, u_char *blocks,
    size_t size);
void ngx_http_rush_filter_add(ngx_http_rush_filter_t *filter,
    ngx_http_rush_zone_key_t *key, int64_t made, ngx_str_t *user);

/* NGX_AGAIN: call again a little later; NGX_DECLINED: there is no room */
ngx_int_t ngx_http_rush_filter_room(ngx_http_rush_filter_t *filter,
    int64_t holders);


/* campaign/ngx_http_rush_rows.c; locked */

ngx_http_rush_row_t *ngx_http_rush_row_get(ngx_http_rush_zone_sh_t *sh,
    ngx_http_rush_zone_key_t *key);


#endif /* _NGX_HTTP_RUSH_ZONE_H_INCLUDED_ */
