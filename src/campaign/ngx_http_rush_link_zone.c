
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The zone of links: how it is shared out, and links in it.
 *
 * A link here is good if it was asked for after the last change of it that this
 * node has heard of, and if changes are being heard (ngx_http_rush_link_watch.c
 * asks for them twice a second).  Changes are kept as times, by a hash of the
 * code: whatever was asked for before is old.  If nothing is heard, or what is
 * heard has a gap, a link may be old or not: Redis is asked, and if that does
 * not answer, the link is taken as it is, for some time.
 */


#include "campaign/ngx_http_rush_link_zone.h"


#define NGX_HTTP_RUSH_LINK_LATE     1000000    /* us, of silence */
#define NGX_HTTP_RUSH_LINK_AGE      60000000   /* us, then it is read anew */
#define NGX_HTTP_RUSH_LINK_AGAIN    1000000    /* us, between two who do so */


/* 32nds of the zone; what is left over pays for whole pages and the rest */

#define NGX_HTTP_RUSH_LINK_SCANS    4
#define NGX_HTTP_RUSH_LINK_VISITORS 2


static ngx_int_t ngx_http_rush_links_init(ngx_shm_zone_t *shm, void *data);
static ngx_int_t ngx_http_rush_links_layout(ngx_slab_pool_t *shpool,
    ngx_http_rush_links_sh_t *sh);
static ngx_int_t ngx_http_rush_links_names(ngx_http_rush_links_t *links);
static ngx_int_t ngx_http_rush_links_places(ngx_http_rush_links_t *links);
static uint32_t ngx_http_rush_link_key(ngx_http_rush_place_t *place,
    ngx_str_t *code, u_char *buf, ngx_str_t *key);
static ngx_http_rush_link_slot_t *ngx_http_rush_link_find(
    ngx_http_rush_links_sh_t *sh, uint32_t hash, ngx_str_t *key,
    ngx_http_rush_link_table_t **table);
static ngx_int_t ngx_http_rush_link_copy(ngx_http_rush_scan_t *scan,
    ngx_http_rush_link_slot_t *slot);


static struct {
    size_t                        size;
    ngx_uint_t                    parts;
} ngx_http_rush_link_sizes[NGX_HTTP_RUSH_LINK_SIZES] = {
    { sizeof(ngx_http_rush_link_slot_t), 1 },
    { 256, 12 },
    { 512, 5 },
    { 1024, 4 },
    { 4096, 2 },
    { sizeof(ngx_http_rush_link_slot_t) + NGX_HTTP_RUSH_LINK_MAX + 8, 1 }
};


char *
ngx_http_rush_links_add(ngx_conf_t *cf, ngx_http_rush_links_t *links,
    ngx_str_t *name, size_t size)
{
    links->shm = ngx_shared_memory_add(cf, name, size, &ngx_http_rush_module);
    if (links->shm == NULL) {
        return NGX_CONF_ERROR;
    }

    links->shm->init = ngx_http_rush_links_init;
    links->shm->data = links;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_rush_links_init(ngx_shm_zone_t *shm, void *data)
{
    ngx_http_rush_links_t     *old, *links;
    ngx_http_rush_links_sh_t  *sh;

    old = data;
    links = shm->data;

    links->shpool = (ngx_slab_pool_t *) shm->shm.addr;

    if (old || shm->shm.exists) {
        links->sh = old ? old->sh : links->shpool->data;

        if (links->sh->layout != sizeof(ngx_http_rush_links_sh_t)
                                 + sizeof(ngx_http_rush_link_t)
                                 + sizeof(ngx_http_rush_rule_t)
                                 + sizeof(ngx_http_rush_target_t))
        {
            ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                          "\"rush_zone\" \"%V\" was made by another build of "
                          "the module: restart nginx, or rename the zone",
                          &shm->shm.name);
            return NGX_ERROR;
        }

    } else {
        sh = ngx_slab_calloc(links->shpool, sizeof(ngx_http_rush_links_sh_t));

        if (sh == NULL
            || ngx_http_rush_links_layout(links->shpool, sh) != NGX_OK)
        {
            ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                          "\"links\" of \"rush_zone\" \"%V\" is too small",
                          &shm->shm.name);
            return NGX_ERROR;
        }

        sh->layout = sizeof(ngx_http_rush_links_sh_t)
                     + sizeof(ngx_http_rush_link_t)
                     + sizeof(ngx_http_rush_rule_t)
                     + sizeof(ngx_http_rush_target_t);

        links->shpool->data = sh;
        links->sh = sh;
    }

    if (ngx_http_rush_links_names(links) != NGX_OK
        || ngx_http_rush_links_places(links) != NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                      "\"rush_zone\" \"%V\" has seen more names of "
                      "\"rush_client\", or of \"rush_redis\" and "
                      "\"rush_prefix\", than it can tell apart: restart nginx",
                      &shm->shm.name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_links_layout(ngx_slab_pool_t *shpool,
    ngx_http_rush_links_sh_t *sh)
{
    size_t      part, size;
    ngx_uint_t  i;

    part = shpool->pfree * ngx_pagesize / 32;

    for (i = 0; i < NGX_HTTP_RUSH_LINK_SIZES; i++) {
        size = ngx_http_rush_link_sizes[i].parts * part;

        if (ngx_http_rush_link_table_init(shpool, &sh->tables[i],
                                  ngx_http_rush_link_sizes[i].size,
                                  offsetof(ngx_http_rush_link_slot_t, key),
                                  size)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_rush_link_table_init(shpool, &sh->scans,
                                      sizeof(ngx_http_rush_scans_t),
                                      offsetof(ngx_http_rush_scans_t, key),
                                      NGX_HTTP_RUSH_LINK_SCANS * part)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    sh->nvisitors = NGX_HTTP_RUSH_LINK_VISITORS * part
                    / (sizeof(ngx_http_rush_visitor_t) + sizeof(uint64_t));
    sh->nbound = sh->nvisitors;

    sh->visitors = ngx_slab_calloc(shpool, sh->nvisitors
                                           * sizeof(ngx_http_rush_visitor_t));
    sh->bound = ngx_slab_calloc(shpool, sh->nbound * sizeof(uint64_t));
    sh->changed = ngx_slab_calloc(shpool, NGX_HTTP_RUSH_LINK_CHANGES
                                          * sizeof(int64_t));

    if (sh->visitors == NULL || sh->bound == NULL || sh->changed == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(sh->node, "%08xD%08xD", (uint32_t) ngx_random(),
                (uint32_t) (ngx_random() ^ ngx_http_rush_monotonic()));

    return NGX_OK;
}


/* a class keeps its number for as long as the zone lives */

static ngx_int_t
ngx_http_rush_links_names(ngx_http_rush_links_t *links)
{
    ngx_uint_t                 i, n;
    ngx_http_rush_client_t    *client;
    ngx_http_rush_links_sh_t  *sh;

    sh = links->sh;
    client = links->clients->elts;

    for (i = 0; i < links->clients->nelts; i++) {

        for (n = 0; n < sh->nclients; n++) {
            if (ngx_strlen(sh->clients[n]) == client[i].name.len
                && ngx_memcmp(sh->clients[n], client[i].name.data,
                              client[i].name.len)
                   == 0)
            {
                break;
            }
        }

        if (n == NGX_HTTP_RUSH_CLIENTS) {
            return NGX_ERROR;
        }

        if (n == sh->nclients) {
            ngx_memcpy(sh->clients[n], client[i].name.data,
                       client[i].name.len);
            sh->nclients++;
        }

        client[i].bit = n;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_links_places(ngx_http_rush_links_t *links)
{
    ngx_str_t                   *tag;
    ngx_uint_t                   i, n;
    ngx_http_rush_links_sh_t    *sh;
    ngx_http_rush_link_place_t  *place;

    sh = links->sh;
    tag = links->tags.elts;

    for (i = 0; i < links->tags.nelts; i++) {

        for (n = 0; n < sh->nplaces; n++) {
            if (sh->places[n].len == tag[i].len
                && ngx_memcmp(sh->places[n].tag, tag[i].data, tag[i].len)
                   == 0)
            {
                break;
            }
        }

        if (n == NGX_HTTP_RUSH_LINK_PLACES || i == NGX_HTTP_RUSH_LINK_PLACES) {
            return NGX_ERROR;
        }

        place = &sh->places[n];

        if (n == sh->nplaces) {
            ngx_memcpy(place->tag, tag[i].data, tag[i].len);
            place->len = tag[i].len;
            sh->nplaces++;
        }

        links->index[i] = n;
    }

    return NGX_OK;
}


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

    if (slot == NULL || slot->sent <= changed) {
        goto done;
    }

    slot->cell.used = ngx_current_msec;
    lp = ngx_http_rush_link_place(place);

    if (lp->anchor_len && slot->sent > lp->doubt
        && now - lp->polled < NGX_HTTP_RUSH_LINK_LATE)
    {
        rc = slot->link ? NGX_OK : NGX_DECLINED;
        good = now;

    } else {
        /* for how long nobody can say that it is old */
        good = slot->sent > lp->doubt ? ngx_max(slot->sent, lp->polled)
                                      : slot->sent;
    }

    if (slot->link && now - good < (int64_t) scan->stale * 1000
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
    uint32_t                     hash, turn;
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

    turn = 0;
    spent = 0;

    ngx_shmtx_lock(&links->shpool->mutex);

    slot = ngx_http_rush_link_find(links->sh, hash, &key, &table);

    if (slot) {
        if (slot->sent > sent) {
            /* somebody has asked later */
            ngx_shmtx_unlock(&links->shpool->mutex);
            return;
        }

        if (slot->link && link) {
            old = (ngx_http_rush_link_t *) ((u_char *) slot + slot->link);
            spent = (slot->spent && old->version == link->version);
            turn = slot->turn;
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
        slot->turn = turn;
        slot->sent = sent;
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
           > links->sh->changed[hash & (NGX_HTTP_RUSH_LINK_CHANGES - 1)]
        && ngx_http_rush_monotonic() - slot->sent
           < (int64_t) scan->stale * 1000)
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
ngx_http_rush_link_turn(ngx_http_rush_place_t *place, ngx_str_t *code)
{
    u_char                       buf[NGX_HTTP_RUSH_LINK_KEY];
    uint32_t                     hash;
    ngx_str_t                    key;
    ngx_uint_t                   turn;
    ngx_http_rush_link_slot_t   *slot;
    ngx_http_rush_link_table_t  *table;

    hash = ngx_http_rush_link_key(place, code, buf, &key);

    ngx_shmtx_lock(&place->links->shpool->mutex);

    slot = ngx_http_rush_link_find(place->links->sh, hash, &key, &table);
    turn = slot ? slot->turn++ : (ngx_uint_t) ngx_random();

    ngx_shmtx_unlock(&place->links->shpool->mutex);

    return turn;
}


void
ngx_http_rush_link_changed(ngx_http_rush_place_t *place, ngx_str_t *code)
{
    ngx_http_rush_links_t  *links;

    links = place->links;

    if (links) {
        ngx_shmtx_lock(&links->shpool->mutex);
        ngx_http_rush_link_change(place, code);
        ngx_shmtx_unlock(&links->shpool->mutex);
    }
}


void
ngx_http_rush_link_change(ngx_http_rush_place_t *place, ngx_str_t *code)
{
    u_char      buf[NGX_HTTP_RUSH_LINK_KEY];
    uint32_t    hash;
    ngx_str_t   key;

    if (code->len <= NGX_HTTP_RUSH_ID_LEN) {
        hash = ngx_http_rush_link_key(place, code, buf, &key);

        place->links->sh->changed[hash & (NGX_HTTP_RUSH_LINK_CHANGES - 1)] =
            ngx_http_rush_monotonic();
    }
}
