
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Links in shared memory.
 *
 * A link here is good if it was asked for after the last change of it that this
 * node has heard of, and if changes are being heard (ngx_http_rush_link_watch.c
 * asks for them twice a second).  Changes are kept as times, by a hash of the
 * code: whatever was asked for before is old.  If nothing is heard, or what is
 * heard has a gap, a link may be old or not.  In both cases Redis is asked, and
 * if that does not answer, the link is taken as it is, for some time, unless it
 * was deleted.
 */


#include "campaign/ngx_http_rush_link_zone.h"


#define NGX_HTTP_RUSH_LINK_LATE     1000000    /* us, of silence */
#define NGX_HTTP_RUSH_LINK_AGE      60000000   /* us, then it is read anew */
#define NGX_HTTP_RUSH_LINK_AGAIN    1000000    /* us, between two who do so */
#define NGX_HTTP_RUSH_LINK_DAMAGED  1000000    /* us, until it is read again */


static uint32_t ngx_http_rush_link_key(ngx_http_rush_place_t *place,
    ngx_str_t *code, u_char *buf, ngx_str_t *key);
static ngx_http_rush_link_slot_t *ngx_http_rush_link_find(
    ngx_http_rush_links_sh_t *sh, uint32_t hash, ngx_str_t *key,
    ngx_http_rush_link_table_t **table);
static int64_t ngx_http_rush_link_good(ngx_http_rush_link_place_t *lp,
    ngx_http_rush_link_slot_t *slot);
static ngx_int_t ngx_http_rush_link_copy(ngx_http_rush_scan_t *scan,
    ngx_http_rush_link_slot_t *slot);


ngx_http_rush_link_place_t *
ngx_http_rush_link_place(ngx_http_rush_place_t *place)
{
    return &place->links->sh->places[place->index];
}


static uint32_t
ngx_http_rush_link_key(ngx_http_rush_place_t *place, ngx_str_t *code,
    u_char *buf, ngx_str_t *key)
{
    buf[0] = (u_char) place->index;
    ngx_memcpy(&buf[1], code->data, code->len);

    key->data = buf;
    key->len = 1 + code->len;

    return ngx_murmur_hash2(buf, key->len);
}


static ngx_http_rush_link_slot_t *
ngx_http_rush_link_find(ngx_http_rush_links_sh_t *sh, uint32_t hash,
    ngx_str_t *key, ngx_http_rush_link_table_t **table)
{
    ngx_uint_t                  i, n;
    ngx_http_rush_link_slot_t  *slot;

    for (i = 1; i <= NGX_HTTP_RUSH_LINK_SIZES; i++) {

        /* guesses are the last to be asked for */
        n = i % NGX_HTTP_RUSH_LINK_SIZES;

        slot = ngx_http_rush_link_table_find(&sh->tables[n], hash, key);

        if (slot) {
            *table = &sh->tables[n];
            return slot;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_rush_link_zone_get(ngx_http_rush_scan_t *scan, ngx_uint_t *refresh)
{
    u_char                       buf[NGX_HTTP_RUSH_LINK_KEY];
    int64_t                      now, changed, good;
    uint32_t                     hash;
    ngx_int_t                    rc;
    ngx_str_t                    key;
    ngx_http_rush_place_t       *place;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_slot_t   *slot;
    ngx_http_rush_link_table_t  *table;
    ngx_http_rush_link_place_t  *lp;

    place = scan->query->place;
    links = place->links;
    now = ngx_http_rush_monotonic();
    hash = ngx_http_rush_link_key(place, &scan->code, buf, &key);
    rc = NGX_AGAIN;

    ngx_shmtx_lock(&links->shpool->mutex);

    slot = ngx_http_rush_link_find(links->sh, hash, &key, &table);
    changed = links->sh->changed[hash & (NGX_HTTP_RUSH_LINK_CHANGES - 1)];

    if (slot == NULL
        || slot->sent
           <= links->sh->gone[hash & (NGX_HTTP_RUSH_LINK_CHANGES - 1)])
    {
        goto done;
    }

    slot->cell.used = ngx_current_msec;
    lp = ngx_http_rush_link_place(place);

    if (slot->damaged && slot->sent > changed) {
        rc = now - slot->sent < NGX_HTTP_RUSH_LINK_DAMAGED ? NGX_ERROR
                                                           : NGX_AGAIN;
        goto done;
    }

    if (slot->sent > changed) {
        good = ngx_http_rush_link_good(lp, slot);

        if (lp->anchor_len && slot->sent > lp->doubt
            && now - lp->polled < NGX_HTTP_RUSH_LINK_LATE)
        {
            rc = slot->link ? NGX_OK : NGX_DECLINED;
        }

    } else {
        good = changed;
    }

    if (slot->link
        && (rc == NGX_OK || now - good < (int64_t) scan->stale * 1000)
        && ngx_http_rush_link_copy(scan, slot) != NGX_OK)
    {
        rc = NGX_ERROR;
    }

    if (now - slot->sent > NGX_HTTP_RUSH_LINK_AGE && now > slot->refresh) {
        slot->refresh = now + NGX_HTTP_RUSH_LINK_AGAIN;
        *refresh = (rc == NGX_OK || rc == NGX_DECLINED);
    }

done:

    ngx_shmtx_unlock(&links->shpool->mutex);

    (void) ngx_atomic_fetch_add(rc == NGX_AGAIN ? &links->sh->reads
                                                : &links->sh->hits, 1);

    return rc;
}


/* locked: when it was certain for the last time that the link is not old */

static int64_t
ngx_http_rush_link_good(ngx_http_rush_link_place_t *lp,
    ngx_http_rush_link_slot_t *slot)
{
    if (slot->sent > lp->doubt) {
        return ngx_max(slot->sent, lp->polled);
    }

    if (slot->good == 0) {
        slot->good = ngx_max(slot->sent, lp->sure);
    }

    return slot->good;
}


static ngx_int_t
ngx_http_rush_link_copy(ngx_http_rush_scan_t *scan,
    ngx_http_rush_link_slot_t *slot)
{
    ngx_http_rush_link_t  *link;

    link = (ngx_http_rush_link_t *) ((u_char *) slot + slot->link);

    scan->link = ngx_palloc(scan->query->pool, link->size);
    if (scan->link == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(scan->link, link, link->size);
    scan->spent = slot->spent;

    return NGX_OK;
}


void
ngx_http_rush_link_zone_put(ngx_http_rush_scan_t *scan,
    ngx_http_rush_link_t *link, int64_t sent)
{
    u_char                       buf[NGX_HTTP_RUSH_LINK_KEY];
    size_t                       at;
    uint32_t                     hash;
    ngx_str_t                    key;
    ngx_uint_t                   i, spent;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_t        *old;
    ngx_http_rush_link_slot_t   *slot;
    ngx_http_rush_link_table_t  *table;

    links = scan->query->place->links;
    hash = ngx_http_rush_link_key(scan->query->place, &scan->code, buf, &key);

    at = ngx_align(offsetof(ngx_http_rush_link_slot_t, key) + key.len, 8);
    i = 0;

    if (link) {
        i = 1;

        while (i < NGX_HTTP_RUSH_LINK_SIZES
               && links->sh->tables[i].size < at + link->size)
        {
            i++;
        }
    }

    spent = 0;

    ngx_shmtx_lock(&links->shpool->mutex);

    slot = ngx_http_rush_link_find(links->sh, hash, &key, &table);

    if (slot) {
        if (slot->sent > sent
            || (scan->damaged && slot->link
                && slot->sent
                   > links->sh->changed[hash
                                        & (NGX_HTTP_RUSH_LINK_CHANGES - 1)]))
        {
            /* somebody has asked later, or it was good then, and still is */
            ngx_shmtx_unlock(&links->shpool->mutex);
            return;
        }

        if (slot->link && link) {
            old = (ngx_http_rush_link_t *) ((u_char *) slot + slot->link);
            spent = (slot->spent && old->version == link->version);
        }

        ngx_http_rush_link_table_remove(table, slot);
    }

    slot = NULL;

    if (i < NGX_HTTP_RUSH_LINK_SIZES) {
        table = &links->sh->tables[i];
        slot = ngx_http_rush_link_table_add(table, hash);
    }

    if (slot) {
        slot->link = link ? (uint16_t) at : 0;
        slot->spent = spent;
        slot->vanished = 0;
        slot->damaged = scan->damaged;
        slot->sent = sent;
        slot->good = 0;
        slot->refresh = 0;

        ngx_memcpy(slot->key, key.data, key.len);

        if (link) {
            ngx_memcpy((u_char *) slot + at, link, link->size);
        }

        ngx_http_rush_link_table_valid(table, slot, hash, &key);
    }

    ngx_shmtx_unlock(&links->shpool->mutex);
}


/*
 * Redis has no such link.  If this node has one, and did not hear that it was
 * deleted, Redis has lost it: the code is on somebody's door, so it is led
 * where it led, for some time.
 */

ngx_int_t
ngx_http_rush_link_zone_gone(ngx_http_rush_scan_t *scan, int64_t sent,
    ngx_uint_t deleted)
{
    u_char                       buf[NGX_HTTP_RUSH_LINK_KEY];
    uint32_t                     hash;
    ngx_str_t                    key;
    ngx_uint_t                   vanished, news;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_slot_t   *slot;
    ngx_http_rush_link_table_t  *table;

    links = scan->query->place->links;
    hash = ngx_http_rush_link_key(scan->query->place, &scan->code, buf, &key);

    vanished = 0;
    news = 0;

    ngx_shmtx_lock(&links->shpool->mutex);

    slot = ngx_http_rush_link_find(links->sh, hash, &key, &table);

    if (slot && slot->link && !deleted
        && slot->sent
           > links->sh->gone[hash & (NGX_HTTP_RUSH_LINK_CHANGES - 1)]
        && (scan->link || scan->pool))
    {
        vanished = 1;
        news = !slot->vanished;
        slot->vanished = 1;
    }

    ngx_shmtx_unlock(&links->shpool->mutex);

    if (news) {
        ngx_log_error(NGX_LOG_ALERT, scan->query->log, 0,
                      "link \"%V\" has vanished from redis \"%V\" and was not "
                      "deleted: its data may be lost", &scan->code,
                      &scan->query->place->redis);
    }

    if (vanished) {
        return NGX_DECLINED;
    }

    ngx_http_rush_link_zone_put(scan, NULL, sent);

    return NGX_OK;
}


void
ngx_http_rush_link_zone_spent(ngx_http_rush_scan_t *scan)
{
    u_char                       buf[NGX_HTTP_RUSH_LINK_KEY];
    uint32_t                     hash;
    ngx_str_t                    key;
    ngx_http_rush_link_t        *link;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_slot_t   *slot;
    ngx_http_rush_link_table_t  *table;

    links = scan->query->place->links;
    hash = ngx_http_rush_link_key(scan->query->place, &scan->code, buf, &key);

    ngx_shmtx_lock(&links->shpool->mutex);

    slot = ngx_http_rush_link_find(links->sh, hash, &key, &table);

    if (slot && slot->link) {
        link = (ngx_http_rush_link_t *) ((u_char *) slot + slot->link);
        slot->spent = (link->version == scan->link->version);
    }

    ngx_shmtx_unlock(&links->shpool->mutex);
}


ngx_uint_t
ngx_http_rush_link_turn(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_uint_t rule)
{
    u_char      buf[NGX_HTTP_RUSH_LINK_KEY];
    uint32_t    hash;
    ngx_str_t   key;

    hash = ngx_http_rush_link_key(place, code, buf, &key) + rule;

    return ngx_atomic_fetch_add(
               &place->links->sh->turns[hash & (NGX_HTTP_RUSH_LINK_TURNS - 1)],
               1);
}


void
ngx_http_rush_link_changed(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_uint_t gone)
{
    ngx_http_rush_links_t  *links;

    links = place->links;

    if (links) {
        ngx_shmtx_lock(&links->shpool->mutex);
        ngx_http_rush_link_change(place, code, gone);
        ngx_shmtx_unlock(&links->shpool->mutex);
    }
}


void
ngx_http_rush_link_change(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_uint_t gone)
{
    u_char                     buf[NGX_HTTP_RUSH_LINK_KEY];
    ngx_str_t                  key;
    ngx_uint_t                 i;
    ngx_http_rush_links_sh_t  *sh;

    if (code->len > NGX_HTTP_RUSH_ID_LEN) {
        return;
    }

    sh = place->links->sh;

    i = ngx_http_rush_link_key(place, code, buf, &key)
        & (NGX_HTTP_RUSH_LINK_CHANGES - 1);

    sh->changed[i] = ngx_http_rush_monotonic();

    if (gone) {
        sh->gone[i] = sh->changed[i];
    }
}
