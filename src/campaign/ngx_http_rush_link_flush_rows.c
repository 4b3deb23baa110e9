
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Rows of counters, in shared memory, that have something new for Redis, and
 * the lists of their visitors.  A mark is 1: to be written; 2: being written,
 * so the row stays until the answer is there; 0: nothing new.  Whoever counts
 * sets it to 1 again.
 */


#include "campaign/ngx_http_rush_link_flush.h"


static void ngx_http_rush_flush_cut(ngx_http_rush_links_sh_t *sh,
    ngx_http_rush_scans_t *row, ngx_http_rush_flushed_t *f);


/*
 * The next row with something to be written, once round, because a row that is
 * marked again meanwhile must not be there twice.  It is copied, and its mark
 * is taken: whoever counts there from now on sets it again.
 */

ngx_uint_t
ngx_http_rush_flush_next(ngx_http_rush_flush_t *flush)
{
    uint32_t                     v;
    ngx_uint_t                   i, slots;
    ngx_http_rush_scans_t       *row;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_flushed_t     *f;
    ngx_http_rush_link_table_t  *table;

    if (flush->n == NGX_HTTP_RUSH_FLUSH_ROWS
        || flush->total >= NGX_HTTP_RUSH_FLUSH_VISITORS)
    {
        flush->more = 1;
        return 0;
    }

    links = flush->place->links;
    table = &links->sh->scans;
    slots = ngx_http_rush_link_slots(table);

    i = 0;
    row = NULL;

    for ( /* void */ ; flush->round < slots; flush->round++) {

        if (flush->cursor >= slots) {
            flush->cursor = 0;
        }

        i = flush->cursor++;
        row = ngx_http_rush_link_slot(table, i);

        if (table->marks[i] == 1 && table->tags[i]
            && row->key[0] == flush->place->index)
        {
            break;
        }
    }

    if (flush->round == slots) {
        return 0;
    }

    flush->round++;

    f = &flush->rows[flush->n++];
    flush->nvisitors = 0;

    ngx_shmtx_lock(&links->shpool->mutex);

    /* it has to stay until the answer is there */
    table->marks[i] = 2;

    flush->row = *row;

    f->index = i;
    f->serial = row->serial;
    f->first = row->visitors;

    for (v = row->visitors;
         v && flush->nvisitors < NGX_HTTP_RUSH_FLUSH_VISITORS;
         v = links->sh->visitors[v - 1].next)
    {
        flush->visitors[flush->nvisitors++] = links->sh->visitors[v - 1].hash;
    }

    f->rest = v;

    ngx_shmtx_unlock(&links->shpool->mutex);

    flush->total += flush->nvisitors;
    flush->more |= (v != 0);

    return 1;
}


void
ngx_http_rush_flush_done(ngx_http_rush_flush_t *flush,
    ngx_http_rush_flushed_t *f, ngx_uint_t failed)
{
    ngx_http_rush_scans_t       *row;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_table_t  *table;

    links = flush->place->links;
    table = &links->sh->scans;
    row = ngx_http_rush_link_slot(table, f->index);

    ngx_shmtx_lock(&links->shpool->mutex);

    if (table->tags[f->index] == 0 || row->serial != f->serial) {
        goto done;
    }

    if (failed) {
        flush->failed = 1;
        table->marks[f->index] = 1;
        goto done;
    }

    if (f->first) {
        ngx_http_rush_flush_cut(links->sh, row, f);
    }

    if (table->marks[f->index] == 2) {
        table->marks[f->index] = (row->visitors != 0);
    }

done:

    ngx_shmtx_unlock(&links->shpool->mutex);
}


/*
 * Visitors that were sent are behind those that have come since, and in front
 * of those that found no room; unless an old worker has written them, too.  The
 * list is cut before others may take their places.
 */

static void
ngx_http_rush_flush_cut(ngx_http_rush_links_sh_t *sh,
    ngx_http_rush_scans_t *row, ngx_http_rush_flushed_t *f)
{
    uint32_t    v, *link;
    ngx_uint_t  n;

    link = &row->visitors;

    while (*link && *link != f->first) {
        link = &sh->visitors[*link - 1].next;
    }

    v = *link;

    for (n = 0; v && v != f->rest; n++) {

        if (n == NGX_HTTP_RUSH_FLUSH_VISITORS) {
            return;
        }

        v = sh->visitors[v - 1].next;
    }

    if (v != f->rest || *link == 0) {
        return;
    }

    v = *link;
    *link = f->rest;

    ngx_memory_barrier();

    for ( /* void */ ; v != f->rest; v = sh->visitors[v - 1].next) {
        sh->visitors[v - 1].pending = 0;
    }
}


/* all that this node has counted and still knows, to be written again */

void
ngx_http_rush_flush_again(ngx_http_rush_flush_t *flush)
{
    ngx_uint_t                   i;
    ngx_http_rush_scans_t       *row;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_visitor_t     *visitor;
    ngx_http_rush_links_sh_t    *sh;
    ngx_http_rush_link_table_t  *table;

    links = flush->place->links;
    sh = links->sh;
    table = &sh->scans;

    ngx_shmtx_lock(&links->shpool->mutex);

    ngx_http_rush_link_forget(sh);

    for (i = 0; i < ngx_http_rush_link_slots(table); i++) {
        row = ngx_http_rush_link_slot(table, i);

        if (table->tags[i] && row->key[0] == flush->place->index) {
            table->marks[i] = 1;
            row->visitors = 0;
        }
    }

    for (i = 0; i < sh->nvisitors; i++) {
        visitor = &sh->visitors[i];

        if (visitor->hash == 0) {
            continue;
        }

        row = ngx_http_rush_link_slot(table, visitor->row);

        if (table->tags[visitor->row] == 0 || row->serial != visitor->serial) {
            visitor->hash = 0;
            visitor->pending = 0;

        } else if (row->key[0] == flush->place->index) {
            visitor->next = row->visitors;
            visitor->pending = 1;
            row->visitors = (uint32_t) i + 1;
        }
    }

    ngx_shmtx_unlock(&links->shpool->mutex);
}
