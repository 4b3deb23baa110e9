
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Scans and visitors, counted in shared memory until they are written by
 * ngx_http_rush_link_flush.c.  A row is the scans of a link on a day by a ref;
 * it stays as long as something of it is to be written, and may then make room
 * for another one.  Each life of a row has a serial, so what is written is the
 * total of that life, and writing it twice changes nothing.
 *
 * A visitor is a hash of who he is, the link and the day.  He has a place in a
 * few slots, and is in it as long as nobody else needs it, so who comes again
 * is not written again; those of a row that are to be written are chained.
 */


#include "campaign/ngx_http_rush_link_zone.h"


#define NGX_HTTP_RUSH_VISITOR_WAYS  4
#define NGX_HTTP_RUSH_SCANS_SPARE   1    /* of a set, for links without ref */


static void ngx_http_rush_link_count_key(ngx_http_rush_place_t *place,
    ngx_str_t *code, ngx_str_t *ref, u_char *buf, ngx_str_t *key);
static ngx_http_rush_scans_t *ngx_http_rush_link_row(
    ngx_http_rush_links_sh_t *sh, ngx_str_t *key, ngx_str_t *code,
    ngx_uint_t spare);
static void ngx_http_rush_link_visit(ngx_http_rush_links_sh_t *sh,
    ngx_http_rush_scans_t *row, uint64_t hash);


void
ngx_http_rush_link_count(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_uint_t client, ngx_str_t *ref, uint64_t visitor)
{
    u_char                     buf[NGX_HTTP_RUSH_SCANS_KEY];
    ngx_str_t                  key, link;
    ngx_http_rush_links_t     *links;
    ngx_http_rush_scans_t     *row;
    ngx_http_rush_links_sh_t  *sh;

    links = place->links;
    sh = links->sh;

    ngx_http_rush_link_count_key(place, code, ref, buf, &key);

    /* visitors of the link, whoever brought them, on all nodes the same */

    link.data = &buf[1];
    link.len = sizeof(uint32_t) + code->len + 1;
    visitor = ngx_http_rush_hash(visitor, &link);

    ngx_shmtx_lock(&links->shpool->mutex);

    row = ngx_http_rush_link_row(sh, &key, code,
                                 ref->len ? NGX_HTTP_RUSH_SCANS_SPARE : 0);

    if (row == NULL && ref->len) {
        /* too many at once: it is a scan of the link all the same */
        key.len -= ref->len;
        row = ngx_http_rush_link_row(sh, &key, code, 0);
    }

    if (row) {
        row->counts[client]++;
        sh->scans.marks[ngx_http_rush_link_index(&sh->scans, row)] = 1;
        sh->counted++;

        ngx_http_rush_link_visit(sh, row, visitor);

    } else {
        sh->uncounted++;
    }

    ngx_shmtx_unlock(&links->shpool->mutex);

    if (ngx_exiting) {
        ngx_http_rush_link_late(place);
    }
}


static void
ngx_http_rush_link_count_key(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_str_t *ref, u_char *buf, ngx_str_t *key)
{
    u_char    *p;
    ngx_tm_t   tm;
    uint32_t   day;

    ngx_gmtime(ngx_time() + ngx_cached_time->gmtoff * 60, &tm);
    day = tm.ngx_tm_year * 10000 + tm.ngx_tm_mon * 100 + tm.ngx_tm_mday;

    p = buf;
    *p++ = (u_char) place->index;
    p = ngx_cpymem(p, &day, sizeof(uint32_t));
    p = ngx_cpymem(p, code->data, code->len);
    *p++ = '\t';
    p = ngx_cpymem(p, ref->data, ref->len);

    key->data = buf;
    key->len = p - buf;
}


/* NULL: no more than so many slots could make room */

static ngx_http_rush_scans_t *
ngx_http_rush_link_row(ngx_http_rush_links_sh_t *sh, ngx_str_t *key,
    ngx_str_t *code, ngx_uint_t spare)
{
    uint32_t                hash;
    ngx_http_rush_scans_t  *row;

    hash = ngx_murmur_hash2(key->data, key->len);

    row = ngx_http_rush_link_table_find(&sh->scans, hash, key);

    if (row) {
        row->cell.used = ngx_current_msec;
        return row;
    }

    if (ngx_http_rush_link_table_room(&sh->scans, hash) <= spare) {
        return NULL;
    }

    row = ngx_http_rush_link_table_add(&sh->scans, hash);

    row->serial = ++sh->serial;
    row->code_len = (uint8_t) code->len;
    row->visitors = 0;
    row->seen = 0;
    row->sketch = 0;
    ngx_memcpy(&row->day, &key->data[1], sizeof(uint32_t));
    ngx_memzero(row->counts, sizeof(row->counts));

    ngx_http_rush_link_table_valid(&sh->scans, row, hash, key);

    return row;
}


/* one that finds no place is not counted: the others are to be written first */

static void
ngx_http_rush_link_visit(ngx_http_rush_links_sh_t *sh,
    ngx_http_rush_scans_t *row, uint64_t hash)
{
    u_char                   *reg, rank;
    uint32_t                  i, n;
    ngx_http_rush_scans_t    *other;
    ngx_http_rush_sketch_t   *sketch;
    ngx_http_rush_visitor_t  *visitor, *place;

    place = NULL;
    reg = NULL;
    rank = 0;

    if (sh->nvisitors < NGX_HTTP_RUSH_VISITOR_WAYS) {
        return;
    }

    sketch = ngx_http_rush_link_sketch(sh, row);

    if (sketch) {
        reg = ngx_http_rush_link_register(sketch, hash, &rank);

        if (reg == NULL) {
            return;
        }
    }

    n = hash % (sh->nvisitors - NGX_HTTP_RUSH_VISITOR_WAYS + 1);

    for (i = n; i < n + NGX_HTTP_RUSH_VISITOR_WAYS; i++) {
        visitor = &sh->visitors[i];

        other = ngx_http_rush_link_slot(&sh->scans, visitor->row);

        if (visitor->hash == hash && other->key[0] == row->key[0]) {
            return;
        }

        if (!visitor->pending && (place == NULL || visitor->hash == 0)) {
            place = visitor;
        }
    }

    if (place == NULL) {
        return;
    }

    place->hash = hash;
    place->row = (uint32_t) ngx_http_rush_link_index(&sh->scans, row);
    place->serial = row->serial;
    place->next = row->visitors;
    place->pending = 1;

    ngx_memory_barrier();

    row->visitors = (uint32_t) (place - sh->visitors) + 1;

    if (reg) {
        *reg = rank;
    }
}


/* as FNV-1a, but by 8 bytes, and with a shift that brings high bits down */

uint64_t
ngx_http_rush_hash(uint64_t hash, ngx_str_t *s)
{
    size_t    len;
    u_char   *p;
    uint64_t  word;

    p = s->data;

    for (len = s->len; len >= sizeof(uint64_t); len -= sizeof(uint64_t)) {
        ngx_memcpy(&word, p, sizeof(uint64_t));
        p += sizeof(uint64_t);

        hash = (hash ^ word) * 0x100000001b3ULL;
        hash ^= hash >> 32;
    }

    for ( /* void */ ; len; len--) {
        hash = (hash ^ *p++) * 0x100000001b3ULL;
    }

    return hash ^ (hash >> 32);
}


/* one place each: who loses his is only asked about once more */

ngx_uint_t
ngx_http_rush_link_bound(ngx_http_rush_place_t *place, uint64_t hash,
    ngx_uint_t add)
{
    ngx_uint_t                 found;
    ngx_http_rush_links_t     *links;
    ngx_http_rush_links_sh_t  *sh;

    links = place->links;
    sh = links->sh;

    if (sh->nbound == 0) {
        return 0;
    }

    ngx_shmtx_lock(&links->shpool->mutex);

    found = (sh->bound[hash % sh->nbound] == hash);

    if (add) {
        sh->bound[hash % sh->nbound] = hash;
    }

    ngx_shmtx_unlock(&links->shpool->mutex);

    return found;
}
