
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The zone of links: how it is shared out, and what classes of clients and what
 * places are called in it.  To keep something else, give it a share here and a
 * member in ngx_http_rush_link_zone.h.
 */


#include "campaign/ngx_http_rush_link_zone.h"


/* 32nds of the zone, of what is left when pages are whole and changes kept */

#define NGX_HTTP_RUSH_LINK_SCANS    4
#define NGX_HTTP_RUSH_LINK_VISITORS 2
#define NGX_HTTP_RUSH_LINK_SKETCHES 2

#define NGX_HTTP_RUSH_LINK_PAGES    32

#define NGX_HTTP_RUSH_LINK_LAYOUT                                             \
    (sizeof(ngx_http_rush_links_sh_t) + sizeof(ngx_http_rush_link_t)          \
     + sizeof(ngx_http_rush_rule_t) + sizeof(ngx_http_rush_target_t))


typedef struct {
    size_t                        size;
    ngx_uint_t                    parts;
} ngx_http_rush_links_size_t;


static ngx_int_t ngx_http_rush_links_init(ngx_shm_zone_t *shm, void *data);
static ngx_int_t ngx_http_rush_links_layout(ngx_slab_pool_t *shpool,
    ngx_http_rush_links_sh_t *sh);
static ngx_int_t ngx_http_rush_links_names(ngx_http_rush_links_t *links);
static ngx_int_t ngx_http_rush_links_places(ngx_http_rush_links_t *links);


static ngx_http_rush_links_size_t  ngx_http_rush_links_sizes[] = {
    { sizeof(ngx_http_rush_link_slot_t), 1 },
    { 256, 11 },
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

        if (links->sh->layout != NGX_HTTP_RUSH_LINK_LAYOUT) {
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

        sh->layout = NGX_HTTP_RUSH_LINK_LAYOUT;

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

    size = 2 * NGX_HTTP_RUSH_LINK_CHANGES * sizeof(int64_t)
           + NGX_HTTP_RUSH_LINK_PAGES * ngx_pagesize;

    if (shpool->pfree * ngx_pagesize < size) {
        return NGX_ERROR;
    }

    part = (shpool->pfree * ngx_pagesize - size) / 32;

    for (i = 0; i < NGX_HTTP_RUSH_LINK_SIZES; i++) {
        size = ngx_http_rush_links_sizes[i].parts * part;

        if (ngx_http_rush_link_table_init(shpool, &sh->tables[i],
                                  ngx_http_rush_links_sizes[i].size,
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
    sh->nsketches = NGX_HTTP_RUSH_LINK_SKETCHES * part
                    / sizeof(ngx_http_rush_sketch_t);

    sh->sketches = ngx_slab_calloc(shpool, sh->nsketches
                                           * sizeof(ngx_http_rush_sketch_t));
    sh->visitors = ngx_slab_calloc(shpool, sh->nvisitors
                                           * sizeof(ngx_http_rush_visitor_t));
    sh->bound = ngx_slab_calloc(shpool, sh->nbound * sizeof(uint64_t));
    sh->changed = ngx_slab_calloc(shpool, NGX_HTTP_RUSH_LINK_CHANGES
                                          * sizeof(int64_t));
    sh->gone = ngx_slab_calloc(shpool, NGX_HTTP_RUSH_LINK_CHANGES
                                       * sizeof(int64_t));

    if (sh->visitors == NULL || sh->bound == NULL || sh->changed == NULL
        || sh->gone == NULL || (sh->nsketches && sh->sketches == NULL))
    {
        return NGX_ERROR;
    }

    ngx_sprintf(sh->node, "%08xD%08xD%Z", (uint32_t) ngx_random(),
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
