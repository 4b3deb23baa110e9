
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Sketches: of each link that many visit on a day, the registers of Redis'
 * HyperLogLog, as far as this node has raised them.  A visitor who would raise
 * none need not be written, and after some ten thousand that is nearly each.
 *
 * It has to be Redis' own way to hash and to count, hyperloglog.c: 2^14
 * registers, MurmurHash64A with the seed 0xadc83b19, the index in the low bits.
 */


#include "campaign/ngx_http_rush_link_zone.h"


#define NGX_HTTP_RUSH_SKETCH_SEEN  512      /* visitors, to be worth one */
#define NGX_HTTP_RUSH_SKETCH_IDLE  10000    /* ms, to lose it to others */
#define NGX_HTTP_RUSH_SKETCH_BITS  14


ngx_http_rush_sketch_t *
ngx_http_rush_link_sketch(ngx_http_rush_links_sh_t *sh,
    ngx_http_rush_scans_t *row)
{
    ngx_uint_t               i;
    ngx_http_rush_sketch_t  *sketch, *oldest;

    if (row->sketch) {
        sketch = &sh->sketches[row->sketch - 1];

        if (sketch->serial == row->serial) {
            sketch->used = ngx_current_msec;
            return sketch;
        }
    }

    if (++row->seen % NGX_HTTP_RUSH_SKETCH_SEEN || sh->nsketches == 0) {
        return NULL;
    }

    oldest = sh->sketches;

    for (i = 0; i < sh->nsketches; i++) {
        sketch = &sh->sketches[i];

        if (sketch->serial == 0) {
            oldest = sketch;
            break;
        }

        if ((ngx_msec_int_t) (sketch->used - oldest->used) < 0) {
            oldest = sketch;
        }
    }

    if (oldest->serial
        && ngx_current_msec - oldest->used < NGX_HTTP_RUSH_SKETCH_IDLE)
    {
        return NULL;
    }

    ngx_memzero(oldest->registers, NGX_HTTP_RUSH_SKETCH);

    oldest->serial = row->serial;
    oldest->used = ngx_current_msec;
    row->sketch = (uint32_t) (oldest - sh->sketches) + 1;

    return oldest;
}


u_char *
ngx_http_rush_link_register(ngx_http_rush_sketch_t *sketch, uint64_t hash,
    u_char *rank)
{
    u_char    *reg, n;
    uint64_t   h, k, m;

    m = 0xc6a4a7935bd1e995ULL;

    k = hash * m;
    k ^= k >> 47;
    k *= m;

    h = 0xadc83b19ULL ^ (sizeof(uint64_t) * m);
    h = (h ^ k) * m;
    h ^= h >> 47;
    h *= m;
    h ^= h >> 47;

    reg = &sketch->registers[h & (NGX_HTTP_RUSH_SKETCH - 1)];

    /* zeros from the lowest bit on, and one */

    h >>= NGX_HTTP_RUSH_SKETCH_BITS;
    h |= 1ULL << (64 - NGX_HTTP_RUSH_SKETCH_BITS);

    for (n = 1; (h & 1) == 0; n++) {
        h >>= 1;
    }

    *rank = n;

    return *reg < n ? reg : NULL;
}


void
ngx_http_rush_link_forget(ngx_http_rush_links_sh_t *sh)
{
    ngx_uint_t  i;

    for (i = 0; i < sh->nsketches; i++) {
        sh->sketches[i].serial = 0;
    }
}
