
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Shared memory of links: what all workers of this nginx know of links, and
 * what they have counted and not written yet.  A zone of its own, laid out
 * once; nothing is allocated afterwards.
 *
 * Tables are of slots in sets of 8, two sets for a key.  The tags of a set lie
 * side by side, so a search reads a line of the cache and then the slot; a slot
 * is valid while its tag is not 0, which is stored last, so a worker that dies
 * with the lock leaves at most an empty slot.  Functions marked "locked" are
 * called with it.
 */


#ifndef _NGX_HTTP_RUSH_LINK_ZONE_H_INCLUDED_
#define _NGX_HTTP_RUSH_LINK_ZONE_H_INCLUDED_


#include "campaign/ngx_http_rush_link.h"


#define NGX_HTTP_RUSH_LINK_WAYS     8
#define NGX_HTTP_RUSH_LINK_SIZES    6        /* of slots; first of guesses */
#define NGX_HTTP_RUSH_LINK_PLACES   8
#define NGX_HTTP_RUSH_LINK_CHANGES  4096     /* a power of two */
#define NGX_HTTP_RUSH_LINK_TURNS    1024     /* of rotation, as well */
#define NGX_HTTP_RUSH_LINK_ANCHOR   48       /* of an id in a stream */
#define NGX_HTTP_RUSH_LINK_OWN      64       /* ids that are remembered */

#define NGX_HTTP_RUSH_LINK_KEY      (NGX_HTTP_RUSH_ID_LEN + 1)
#define NGX_HTTP_RUSH_SCANS_KEY     (5 + 2 * NGX_HTTP_RUSH_ID_LEN + 1)


/* what every slot begins with, before its key */

typedef struct {
    ngx_msec_t                   used;
    uint16_t                     len;        /* of the key */
} ngx_http_rush_link_cell_t;


typedef struct {
    ngx_uint_t                   sets;
    size_t                       size;       /* of a slot */
    size_t                       key;        /* where it begins in a slot */
    uint32_t                    *tags;
    u_char                      *marks;      /* not 0: the slot has to stay */
    u_char                      *slots;
} ngx_http_rush_link_table_t;


/* a link, behind its key and at the next multiple of 8; or none: a guess */

typedef struct {
    ngx_http_rush_link_cell_t    cell;
    uint16_t                     link;       /* where it begins, or 0 */
    unsigned                     spent:1;    /* of its max nothing is left */
    unsigned                     vanished:1; /* it was told to the log */
    unsigned                     damaged:1;  /* the one in Redis is */
    int64_t                      sent;       /* us, before it was asked for */
    int64_t                      good;       /* us, or 0: before the doubt */
    int64_t                      refresh;    /* us: somebody reads it anew */
    u_char                       key[NGX_HTTP_RUSH_LINK_KEY];
} ngx_http_rush_link_slot_t;


/* scans of a link on a day by a ref: the life of a counter */

typedef struct {
    ngx_http_rush_link_cell_t    cell;
    uint8_t                      code_len;
    uint32_t                     serial;
    uint32_t                     day;        /* yyyymmdd */
    uint32_t                     visitors;   /* the last one and 1, or 0 */
    uint32_t                     seen;       /* so many, without a sketch */
    uint32_t                     sketch;     /* and 1, or 0 */
    uint32_t                     counts[NGX_HTTP_RUSH_CLIENTS];
    u_char                       key[NGX_HTTP_RUSH_SCANS_KEY];
} ngx_http_rush_scans_t;


/* somebody who was seen on a day, and is written, or to be written */

typedef struct {
    uint64_t                     hash;
    uint32_t                     row;        /* of scans */
    uint32_t                     serial;     /* of the row */
    uint32_t                     next;       /* the one before and 1, or 0 */
    uint32_t                     pending;
} ngx_http_rush_visitor_t;


/* an entry of the stream of changes */

typedef struct {
    size_t                       len;
    u_char                       id[NGX_HTTP_RUSH_LINK_ANCHOR];
} ngx_http_rush_link_told_t;


/*
 * The registers that a HyperLogLog of Redis has at least, for a row with many
 * visitors: who raises none of them is no news
 */

#define NGX_HTTP_RUSH_SKETCH  16384

typedef struct {
    uint32_t                     serial;     /* of the row, 0: free */
    ngx_msec_t                   used;
    u_char                       registers[NGX_HTTP_RUSH_SKETCH];
} ngx_http_rush_sketch_t;


/* a Redis and a prefix */

typedef struct {
    size_t                       len;
    u_char                       tag[NGX_HTTP_RUSH_ZONE_TAG
                                     + NGX_HTTP_RUSH_PREFIX_LEN + 1];
    size_t                       anchor_len; /* 0: it was never read */
    u_char                       anchor[NGX_HTTP_RUSH_LINK_ANCHOR];
    ngx_uint_t                   ntold;      /* entries by this node, */
    ngx_http_rush_link_told_t    told[NGX_HTTP_RUSH_LINK_OWN]; /* the last */
    int64_t                      polled;     /* us, before changes were read */
    int64_t                      doubt;      /* us: what was read before it */
                                             /* may be old, nobody knows */
    int64_t                      sure;       /* us: polled before the doubt */
    ngx_atomic_t                 lost;       /* connections, when written */
} ngx_http_rush_link_place_t;


struct ngx_http_rush_links_sh_s {
    size_t                       layout;     /* tells builds apart */
    u_char                       node[17];   /* hex: this nginx, since start */
    ngx_uint_t                   nclients;
    u_char                       clients[NGX_HTTP_RUSH_CLIENTS]
                                        [NGX_HTTP_RUSH_CLIENT_LEN + 1];
    ngx_uint_t                   nplaces;
    ngx_http_rush_link_place_t   places[NGX_HTTP_RUSH_LINK_PLACES];
    ngx_http_rush_link_table_t   tables[NGX_HTTP_RUSH_LINK_SIZES];
    int64_t                     *changed;    /* us, by hash of the code */
    int64_t                     *gone;       /* the same, of those deleted */
    ngx_atomic_t                 turns[NGX_HTTP_RUSH_LINK_TURNS];

    ngx_http_rush_link_table_t   scans;
    uint32_t                     serial;
    ngx_http_rush_visitor_t     *visitors;
    ngx_uint_t                   nvisitors;
    ngx_http_rush_sketch_t      *sketches;
    ngx_uint_t                   nsketches;
    uint64_t                    *bound;      /* hashes of who is in a book */
    ngx_uint_t                   nbound;

    ngx_atomic_t                 hits;       /* links found here */
    ngx_atomic_t                 reads;      /* and in Redis */
    ngx_atomic_t                 counted;    /* scans */
    ngx_atomic_t                 uncounted;  /* and those without a place */
};


/*
 * locked; what a place knows of itself.  A link is as Redis had it at "polled",
 * or at its own "sent" if that is later.
 */
ngx_http_rush_link_place_t *ngx_http_rush_link_place(
    ngx_http_rush_place_t *place);

/* locked */
void ngx_http_rush_link_change(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_uint_t gone);


/* campaign/ngx_http_rush_link_sketch.c; locked */

/* NULL: the row has none, and does not need it, or there is none left */
ngx_http_rush_sketch_t *ngx_http_rush_link_sketch(
    ngx_http_rush_links_sh_t *sh, ngx_http_rush_scans_t *row);
/* the register of a visitor; NULL: it is as high as he would make it */
u_char *ngx_http_rush_link_register(ngx_http_rush_sketch_t *sketch,
    uint64_t hash, u_char *rank);
/* Redis may know less than was thought */
void ngx_http_rush_link_forget(ngx_http_rush_links_sh_t *sh);


/* campaign/ngx_http_rush_link_table.c; locked, but for the first */

/* as many slots as fit into size, which may be none */
ngx_int_t ngx_http_rush_link_table_init(ngx_slab_pool_t *shpool,
    ngx_http_rush_link_table_t *table, size_t slot, size_t key, size_t size);
void *ngx_http_rush_link_table_find(ngx_http_rush_link_table_t *table,
    uint32_t hash, ngx_str_t *key);

/* a slot that is not valid yet, or NULL: all of the set have to stay */
void *ngx_http_rush_link_table_add(ngx_http_rush_link_table_t *table,
    uint32_t hash);
ngx_uint_t ngx_http_rush_link_table_room(ngx_http_rush_link_table_t *table,
    uint32_t hash);
void ngx_http_rush_link_table_valid(ngx_http_rush_link_table_t *table,
    void *slot, uint32_t hash, ngx_str_t *key);
void ngx_http_rush_link_table_remove(ngx_http_rush_link_table_t *table,
    void *slot);

#define ngx_http_rush_link_index(table, slot)                                 \
    ((ngx_uint_t) ((u_char *) (slot) - (table)->slots) / (table)->size)
#define ngx_http_rush_link_slot(table, i)                                     \
    ((void *) ((table)->slots + (size_t) (i) * (table)->size))
#define ngx_http_rush_link_slots(table)                                       \
    ((table)->sets * NGX_HTTP_RUSH_LINK_WAYS)


#endif /* _NGX_HTTP_RUSH_LINK_ZONE_H_INCLUDED_ */
