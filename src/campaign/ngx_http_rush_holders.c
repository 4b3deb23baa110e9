
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Who may hold a ticket: a Bloom filter in shared memory, of all users who
 * ever got one of a campaign that is closed now.  It forgets nobody: whoever
 * is not in it holds nothing, whoever is may hold something and is asked for
 * in Redis.  ngx_http_rush_fill.c fills it.
 *
 * One filter serves all campaigns.  When it is full it is emptied, and each
 * campaign that needs it is read again: a generation tells what was before.
 *
 * All bits of a user lie in one block of 64 bytes, a cache line.  With 10
 * bits for each user and K = 6, about 1.5 % of the others are asked for in
 * vain (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom
 * Filters, 2009).  The hash is FNV-1a of 64 bits over the campaign's birth and
 * the user, mixed by the finalizer of splitmix64.
 */


#include "campaign/ngx_http_rush_zone.h"


#define NGX_HTTP_RUSH_FILTER_K       6
#define NGX_HTTP_RUSH_FILTER_BITS    10       /* a user, at least */
#define NGX_HTTP_RUSH_FILTER_KEEP    60000    /* ms until it may be emptied */
#define NGX_HTTP_RUSH_FILTER_SLICE   4096     /* blocks emptied at once */


static u_char *ngx_http_rush_filter_block(ngx_http_rush_filter_t *filter,
    ngx_http_rush_zone_key_t *key, int64_t made, ngx_str_t *user,
    uint64_t *bits);


void
ngx_http_rush_filter_init(ngx_http_rush_filter_t *filter, u_char *blocks,
    size_t size)
{
    filter->blocks = ngx_align_ptr(blocks, NGX_HTTP_RUSH_FILTER_BLOCK);
    filter->nblocks = (blocks + size - filter->blocks)
                      / NGX_HTTP_RUSH_FILTER_BLOCK;
    filter->cleared = filter->nblocks;
    filter->changed = ngx_current_msec;
    filter->generation = 1;
}


ngx_uint_t
ngx_http_rush_holders_may(ngx_http_rush_zone_sh_t *sh,
    ngx_http_rush_zone_key_t *key, ngx_http_rush_campaign_t *c,
    ngx_str_t *user)
{
    u_char                   *block;
    uint64_t                  bits;
    ngx_uint_t                i;
    ngx_http_rush_holders_t  *h;

    if (c->granted.seq == 0) {
        /* nobody has ever got a ticket */
        return 0;
    }

    h = ngx_http_rush_table_find(&sh->holders, key);

    if (h == NULL || !h->complete || h->made != c->granted.made
        || h->seq < c->granted.seq || h->lost != c->granted.lost
        || h->generation != sh->filter.generation)
    {
        return 1;
    }

    h->slot.used = ngx_current_msec;

    block = ngx_http_rush_filter_block(&sh->filter, key, h->made, user,
                                       &bits);

    for (i = 0; i < NGX_HTTP_RUSH_FILTER_K; i++, bits >>= 9) {
        if (!(block[(bits & 0x1ff) >> 3] & (1 << (bits & 7)))) {
            return 0;
        }
    }

    return 1;
}


void
ngx_http_rush_filter_add(ngx_http_rush_filter_t *filter,
    ngx_http_rush_zone_key_t *key, int64_t made, ngx_str_t *user)
{
    u_char      *block, *byte, bit;
    uint64_t     bits;
    ngx_uint_t   i;

    block = ngx_http_rush_filter_block(filter, key, made, user, &bits);

    for (i = 0; i < NGX_HTTP_RUSH_FILTER_K; i++, bits >>= 9) {
        byte = &block[(bits & 0x1ff) >> 3];
        bit = (u_char) (1 << (bits & 7));

        if (!(*byte & bit)) {
            *byte |= bit;
            filter->set++;
        }
    }
}


/*
 * Is there room for so many users?  Half of the bits set is full.  Emptying
 * goes by slices, and not more often than each minute: two campaigns that do
 * not fit in together would do nothing else.
 */

ngx_int_t
ngx_http_rush_filter_room(ngx_http_rush_filter_t *filter, int64_t holders)
{
    ngx_uint_t  n, bits;

    if (filter->cleared < filter->nblocks) {
        n = ngx_min(filter->nblocks - filter->cleared,
                    NGX_HTTP_RUSH_FILTER_SLICE);

        ngx_memzero(filter->blocks + filter->cleared
                                     * NGX_HTTP_RUSH_FILTER_BLOCK,
                    n * NGX_HTTP_RUSH_FILTER_BLOCK);

        filter->cleared += n;

        return NGX_AGAIN;
    }

    bits = filter->nblocks * NGX_HTTP_RUSH_FILTER_BLOCK * 8;

    if (holders > (int64_t) (bits / NGX_HTTP_RUSH_FILTER_BITS)) {
        return NGX_DECLINED;
    }

    if (filter->set <= bits / 2) {
        return NGX_OK;
    }

    if (ngx_current_msec - filter->changed < NGX_HTTP_RUSH_FILTER_KEEP) {
        return NGX_DECLINED;
    }

    filter->generation++;
    filter->changed = ngx_current_msec;
    filter->cleared = 0;
    filter->set = 0;

    return NGX_AGAIN;
}


static u_char *
ngx_http_rush_filter_block(ngx_http_rush_filter_t *filter,
    ngx_http_rush_zone_key_t *key, int64_t made, ngx_str_t *user,
    uint64_t *bits)
{
    size_t    i;
    uint64_t  h;

    h = 14695981039346656037ULL ^ ((uint64_t) key->hash << 32)
        ^ (uint64_t) made;

    for (i = 0; i < user->len; i++) {
        h = (h ^ user->data[i]) * 1099511628211ULL;
    }

    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
    h ^= h >> 31;

    /* K times 9 bits, and others for the block */

    *bits = h * 0x9e3779b97f4a7c15ULL >> 10;

    return filter->blocks + (h >> 32) % filter->nblocks
                            * NGX_HTTP_RUSH_FILTER_BLOCK;
}
