
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What rush_status tells: a copy of the counters and of how full the zone is,
 * taken table by table, so that the lock is never held for long.
 */


#include "campaign/ngx_http_rush_zone.h"


#define NGX_HTTP_RUSH_FACTS_SLICE  1024    /* slots looked at in one go */


static ngx_int_t ngx_http_rush_facts_rows(ngx_http_rush_zone_t *zone,
    ngx_pool_t *pool, ngx_http_rush_facts_t *facts);
static ngx_int_t ngx_http_rush_facts_row(ngx_pool_t *pool,
    ngx_http_rush_row_t *row, ngx_http_rush_facts_t *facts);
static ngx_uint_t ngx_http_rush_facts_same(ngx_str_t *one, ngx_str_t *two);
static void ngx_http_rush_facts_add(ngx_http_rush_call_stats_t *sum,
    ngx_http_rush_call_stats_t *stats);
static ngx_int_t ngx_http_rush_facts_places(ngx_http_rush_zone_t *zone,
    ngx_pool_t *pool, ngx_http_rush_facts_t *facts);
static void ngx_http_rush_facts_tables(ngx_http_rush_zone_t *zone,
    ngx_http_rush_facts_t *facts);


ngx_int_t
ngx_http_rush_facts(ngx_http_rush_zone_t *zone, ngx_pool_t *pool,
    ngx_http_rush_facts_t *facts)
{
    ngx_http_rush_filter_t  *filter;

    ngx_memzero(facts, sizeof(ngx_http_rush_facts_t));

    if (ngx_http_rush_facts_rows(zone, pool, facts) != NGX_OK
        || ngx_http_rush_facts_places(zone, pool, facts) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_rush_facts_tables(zone, facts);

    filter = &zone->sh->filter;

    facts->filter_size = filter->nblocks * NGX_HTTP_RUSH_FILTER_BLOCK * 8;
    facts->filter_used = filter->set;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_facts_rows(ngx_http_rush_zone_t *zone, ngx_pool_t *pool,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t              i, n;
    ngx_http_rush_row_t    *row, copy;
    ngx_http_rush_table_t  *table;

    table = &zone->sh->rows;
    n = table->sets * table->ways;

    facts->rows = ngx_palloc(pool, (n + 1)
                                   * sizeof(ngx_http_rush_facts_row_t));
    if (facts->rows == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        row = (ngx_http_rush_row_t *) (table->slots + i * table->size);

        ngx_shmtx_lock(&zone->shpool->mutex);
        copy = *row;
        ngx_shmtx_unlock(&zone->shpool->mutex);

        if (!copy.slot.valid) {
            continue;
        }

        if (ngx_http_rush_facts_row(pool, &copy, facts) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    copy = zone->sh->other;
    copy.slot.len = 0;

    return ngx_http_rush_facts_row(pool, &copy, facts);
}


static ngx_int_t
ngx_http_rush_facts_row(ngx_pool_t *pool, ngx_http_rush_row_t *row,
    ngx_http_rush_facts_t *facts)
{
    u_char                     *p, *last, *tab;
    ngx_str_t                   part[4];
    ngx_uint_t                  i;
    ngx_http_rush_facts_row_t  *copy;

    /* a key: name of the Redis, what tells servers apart, prefix, id */

    p = ngx_pnalloc(pool, row->slot.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, row->slot.key, row->slot.len);
    last = p + row->slot.len;

    for (i = 0; i < 4; i++) {
        tab = p < last ? ngx_strlchr(p, last, '\t') : NULL;
        if (tab == NULL) {
            tab = last;
        }

        part[i].data = p;
        part[i].len = tab - p;
        p = tab < last ? tab + 1 : last;
    }

    /* there may be two, of servers that bore the name one after the other */

    for (i = 0; i < facts->nrows; i++) {
        copy = &facts->rows[i];

        if (ngx_http_rush_facts_same(&copy->redis, &part[0])
            && ngx_http_rush_facts_same(&copy->prefix, &part[2])
            && ngx_http_rush_facts_same(&copy->campaign, &part[3]))
        {
            break;
        }
    }

    copy = &facts->rows[i];

    if (i == facts->nrows) {
        ngx_memzero(copy, sizeof(ngx_http_rush_facts_row_t));

        copy->redis = part[0];
        copy->prefix = part[2];
        copy->campaign = part[3];

        facts->nrows++;
    }

    for (i = 0; i < NGX_HTTP_RUSH_OUTCOMES; i++) {
        copy->outcomes[i] += row->outcomes[i];
        copy->memory[i] += row->memory[i];
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_rush_facts_same(ngx_str_t *one, ngx_str_t *two)
{
    return one->len == two->len
           && ngx_memcmp(one->data, two->data, one->len) == 0;
}


static ngx_int_t
ngx_http_rush_facts_places(ngx_http_rush_zone_t *zone, ngx_pool_t *pool,
    ngx_http_rush_facts_t *facts)
{
    u_char                       *tab;
    ngx_str_t                     name;
    ngx_uint_t                    i, k;
    ngx_http_rush_zone_place_t   *place;
    ngx_http_rush_facts_place_t  *copy;

    facts->places = ngx_palloc(pool, NGX_HTTP_RUSH_ZONE_PLACES
                                     * sizeof(ngx_http_rush_facts_place_t));
    if (facts->places == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < zone->sh->nplaces; i++) {
        place = &zone->sh->places[i];

        /* a tag is written once */

        tab = ngx_strlchr(place->tag, place->tag + place->len, '\t');

        name.data = place->tag;
        name.len = tab - place->tag;

        for (k = 0; k < facts->nplaces; k++) {
            if (ngx_http_rush_facts_same(&facts->places[k].redis, &name)) {
                break;
            }
        }

        copy = &facts->places[k];

        if (k < facts->nplaces) {
            ngx_http_rush_facts_add(&copy->stats, &place->stats);
            continue;
        }

        copy->redis = name;
        copy->stats = place->stats;
        facts->nplaces++;
    }

    return NGX_OK;
}


/* the gauges are those of workers that live */

static void
ngx_http_rush_facts_add(ngx_http_rush_call_stats_t *sum,
    ngx_http_rush_call_stats_t *stats)
{
    ngx_uint_t  i;

    sum->redis.connects += stats->redis.connects;
    sum->redis.failures += stats->redis.failures;
    sum->redis.lost += stats->redis.lost;
    sum->redis.timeouts += stats->redis.timeouts;
    sum->redis.odd += stats->redis.odd;

    for (i = 0; i < NGX_HTTP_RUSH_REDIS_ERRORS; i++) {
        sum->redis.errors[i] += stats->redis.errors[i];
    }

    for (i = 0; i < NGX_HTTP_RUSH_REDIS_WORKERS; i++) {
        if (stats->redis.gauges[i].pid
            && kill(stats->redis.gauges[i].pid, 0) == 0)
        {
            sum->redis.gauges[i] = stats->redis.gauges[i];
        }
    }

    sum->batches += stats->batches;
    sum->calls += stats->calls;
    sum->looks += stats->looks;
    sum->busy += stats->busy;
    sum->again += stats->again;
    sum->unknown += stats->unknown;
    sum->settled += stats->settled;
    sum->usec += stats->usec;
    sum->slowest = ngx_max(sum->slowest, stats->slowest);

    for (i = 0; i < NGX_HTTP_RUSH_CALL_SIZES; i++) {
        sum->sizes[i] += stats->sizes[i];
    }
}


static void
ngx_http_rush_facts_tables(ngx_http_rush_zone_t *zone,
    ngx_http_rush_facts_t *facts)
{
    int64_t                    now;
    ngx_uint_t                 i, k, n, end;
    ngx_http_rush_slot_t      *slot;
    ngx_http_rush_table_t     *table;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_campaign_t  *c;

    sh = zone->sh;
    now = ngx_http_rush_monotonic();

    struct {
        const char             *name;
        ngx_http_rush_table_t  *table;
    } tables[] = {
        { "campaigns", &sh->known },
        { "unknown", &sh->unknown },
        { "holders", &sh->holders },
        { "states", &sh->shown },
        { "counters", &sh->rows }
    };

    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        table = tables[i].table;
        n = table->sets * table->ways;

        facts->tables[i].name = tables[i].name;
        facts->tables[i].size = n;
        facts->ntables++;

        for (k = 0; k < n; /* void */ ) {
            end = ngx_min(k + NGX_HTTP_RUSH_FACTS_SLICE, n);

            ngx_shmtx_lock(&zone->shpool->mutex);

            for ( /* void */ ; k < end; k++) {
                slot = (ngx_http_rush_slot_t *) (table->slots
                                                 + k * table->size);
                facts->tables[i].used += slot->valid;

                if (slot->valid && table == &sh->known) {
                    c = &((ngx_http_rush_known_t *) slot)->campaign;
                    facts->leases += (c->granted.until > now);
                }
            }

            ngx_shmtx_unlock(&zone->shpool->mutex);
        }
    }
}
