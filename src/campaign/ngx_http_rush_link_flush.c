
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Scans and visitors on their way to Redis.  One worker of a node looks for
 * rows with something new, some at a time and a pause between, and writes what
 * they say in all; a row is done with when the answer is there, and so is a
 * visitor, and what nobody answers is written again.  After a lost connection
 * all is written once more: Redis may have come back with less than it had.
 *
 * An old worker, whichever it is, writes before it ends: its timer is not
 * cancelable while there is something to write, and Redis is there.  Two that
 * write the same do no harm.
 */


#include "campaign/ngx_http_rush_link_flush.h"
#include "call/ngx_http_rush_exec.h"


#define NGX_HTTP_RUSH_FLUSH_INTERVAL  100      /* ms */
#define NGX_HTTP_RUSH_FLUSH_PAUSE     25       /* ms, between two slices */
#define NGX_HTTP_RUSH_FLUSH_REST      500      /* ms, after an error */
#define NGX_HTTP_RUSH_FLUSH_KEEP      "34560000"  /* s: 400 days */


static void ngx_http_rush_flush_timer(ngx_event_t *ev);
static ngx_int_t ngx_http_rush_flush_try(ngx_http_rush_flush_t *flush);
static ngx_int_t ngx_http_rush_flush_send(ngx_http_rush_flush_t *flush);
static ngx_int_t ngx_http_rush_flush_add(ngx_http_rush_flush_t *flush,
    ngx_http_rush_exec_t *exec);
static ngx_uint_t ngx_http_rush_flush_counts(ngx_http_rush_flush_t *flush,
    ngx_str_t *args);
static void ngx_http_rush_flush_key(ngx_http_rush_flush_t *flush,
    const char *part, u_char *buf, ngx_str_t *key);
static void ngx_http_rush_flush_replied(void *data,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_flush_failed(ngx_http_rush_flush_t *flush);


ngx_int_t
ngx_http_rush_link_flush(ngx_http_rush_place_t *place, ngx_pool_t *pool,
    ngx_log_t *log, ngx_uint_t first)
{
    ngx_http_rush_flush_t  *flush;

    flush = ngx_pcalloc(pool, sizeof(ngx_http_rush_flush_t));
    if (flush == NULL) {
        return NGX_ERROR;
    }

    flush->place = place;
    flush->first = first;
    place->flush = flush;

    ngx_http_rush_script_sha1(ngx_http_rush_script_text("lib/count.lua"),
                              flush->sha1);

    flush->timer.handler = ngx_http_rush_flush_timer;
    flush->timer.data = flush;
    flush->timer.log = log;

    if (first) {
        /* what a worker before it has left */
        ngx_http_rush_flush_again(flush);
    }

    ngx_add_timer(&flush->timer, NGX_HTTP_RUSH_FLUSH_INTERVAL);

    return NGX_OK;
}


static void
ngx_http_rush_flush_timer(ngx_event_t *ev)
{
    ngx_int_t               rc;
    ngx_msec_t              pause;
    ngx_http_rush_flush_t  *flush;

    flush = ev->data;
    pause = NGX_HTTP_RUSH_FLUSH_INTERVAL;

    if (flush->first || ngx_exiting) {

        rc = flush->busy ? NGX_AGAIN : ngx_http_rush_flush_try(flush);

        if (ngx_exiting) {
            /* it goes on, but nobody waits for it, unless more is counted */
            ev->cancelable = (rc != NGX_AGAIN);
        }

        if (ngx_exiting || (flush->more && !flush->failed)) {
            pause = NGX_HTTP_RUSH_FLUSH_PAUSE;

        } else if (flush->failed) {
            pause = NGX_HTTP_RUSH_FLUSH_REST;
        }
    }

    ngx_add_timer(ev, pause);
}


/* NGX_AGAIN: something is being written; an old worker connects for it */

static ngx_int_t
ngx_http_rush_flush_try(ngx_http_rush_flush_t *flush)
{
    ngx_int_t                    usable;
    ngx_http_rush_link_place_t  *lp;

    lp = ngx_http_rush_link_place(flush->place);
    usable = ngx_http_rush_redis_usable(flush->place->calls->redis);

    if (usable == NGX_DECLINED || (usable == NGX_AGAIN && !ngx_exiting)) {
        return NGX_DECLINED;
    }

    if (lp->lost != flush->place->stats->redis.lost) {
        lp->lost = flush->place->stats->redis.lost;
        ngx_http_rush_flush_again(flush);
    }

    if (ngx_http_rush_flush_send(flush) != NGX_AGAIN) {
        return NGX_DECLINED;
    }

    flush->busy = 1;

    return NGX_AGAIN;
}


void
ngx_http_rush_link_late(ngx_http_rush_place_t *place)
{
    ngx_http_rush_flush_t  *flush;

    flush = place->flush;
    flush->timer.cancelable = 0;
}


static ngx_int_t
ngx_http_rush_flush_send(ngx_http_rush_flush_t *flush)
{
    ngx_str_t              args[3];
    ngx_http_rush_exec_t  *exec;

    flush->n = 0;
    flush->at = 0;
    flush->total = 0;
    flush->round = 0;
    flush->more = 0;
    flush->failed = 0;

    if (!ngx_http_rush_flush_next(flush)) {
        return NGX_DECLINED;
    }

    exec = ngx_http_rush_exec_create(flush->place->calls);
    if (exec == NULL) {
        goto failed;
    }

    exec->each = 1;

    ngx_str_set(&args[0], "SCRIPT");
    ngx_str_set(&args[1], "LOAD");
    args[2] = *ngx_http_rush_script_text("lib/count.lua");

    if (ngx_http_rush_exec_add(exec, args, 3) != NGX_OK) {
        goto failed;
    }

    do {
        if (ngx_http_rush_flush_add(flush, exec) != NGX_OK) {
            goto failed;
        }

    } while (ngx_http_rush_flush_next(flush));

    if (ngx_http_rush_exec_send(exec, ngx_http_rush_flush_replied, flush)
        == NGX_AGAIN)
    {
        return NGX_AGAIN;
    }

    /* it has freed itself */
    exec = NULL;

failed:

    ngx_http_rush_exec_free(exec);
    ngx_http_rush_flush_failed(flush);

    return NGX_ERROR;
}


/* what plays/lib/count.lua takes */

static ngx_int_t
ngx_http_rush_flush_add(ngx_http_rush_flush_t *flush,
    ngx_http_rush_exec_t *exec)
{
    u_char      day[NGX_HTTP_RUSH_FLUSH_KEY], seen[NGX_HTTP_RUSH_FLUSH_KEY];
    u_char      serial[NGX_INT_T_LEN], visitors[NGX_INT_T_LEN];
    ngx_str_t  *args;
    ngx_uint_t  i, n;

    args = flush->args;

    ngx_str_set(&args[0], "EVALSHA");
    args[1].data = flush->sha1;
    args[1].len = 40;
    ngx_str_set(&args[2], "2");
    ngx_http_rush_flush_key(flush, "day", day, &args[3]);
    ngx_http_rush_flush_key(flush, "seen", seen, &args[4]);
    args[5].data = serial;
    args[5].len = ngx_http_rush_digits(serial, flush->row.serial) - serial;
    ngx_str_set(&args[6], NGX_HTTP_RUSH_FLUSH_KEEP);
    args[7].data = visitors;
    args[7].len = ngx_http_rush_digits(visitors, flush->nvisitors) - visitors;

    n = 8;

    for (i = 0; i < flush->nvisitors; i++) {
        args[n].data = (u_char *) &flush->visitors[i];
        args[n++].len = sizeof(uint64_t);
    }

    n += ngx_http_rush_flush_counts(flush, &args[n]);

    return ngx_http_rush_exec_add(exec, args, n);
}


/* how many arguments: the names of counters, and what they say */

static ngx_uint_t
ngx_http_rush_flush_counts(ngx_http_rush_flush_t *flush, ngx_str_t *args)
{
    u_char                    *p;
    ngx_str_t                  ref;
    ngx_uint_t                 i, n;
    ngx_http_rush_scans_t     *row;
    ngx_http_rush_links_sh_t  *sh;

    row = &flush->row;
    sh = flush->place->links->sh;

    ref.data = &row->key[1 + sizeof(uint32_t) + row->code_len + 1];
    ref.len = &row->key[row->cell.len] - ref.data;

    n = 0;

    for (i = 0; i < NGX_HTTP_RUSH_CLIENTS; i++) {

        if (row->counts[i] == 0) {
            continue;
        }

        p = ngx_snprintf(flush->fields[i], NGX_HTTP_RUSH_FLUSH_FIELD,
                         "%s\t%s\t%V", sh->node, sh->clients[i], &ref);

        args[n].data = flush->fields[i];
        args[n++].len = p - flush->fields[i];

        p = ngx_http_rush_digits(flush->counts[i], row->counts[i]);

        args[n].data = flush->counts[i];
        args[n++].len = p - flush->counts[i];
    }

    return n;
}


static void
ngx_http_rush_flush_key(ngx_http_rush_flush_t *flush, const char *part,
    u_char *buf, ngx_str_t *key)
{
    ngx_str_t  code;

    code.data = &flush->row.key[1 + sizeof(uint32_t)];
    code.len = flush->row.code_len;

    key->data = buf;
    key->len = ngx_snprintf(buf, NGX_HTTP_RUSH_FLUSH_KEY,
                            "%Vlink:{%V}:%s:%uD", &flush->place->prefix,
                            &code, part, flush->row.day)
               - buf;
}


static void
ngx_http_rush_flush_replied(void *data, ngx_http_rush_reply_t *reply,
    ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_flush_t *flush = data;

    if (reply == NULL) {
        ngx_http_rush_flush_failed(flush);
        flush->busy = 0;
        return;
    }

    /* the first is that of SCRIPT LOAD */

    if (n > 0 && flush->at < flush->n) {
        ngx_http_rush_flush_done(flush, &flush->rows[flush->at++],
                                 reply->type == NGX_HTTP_RUSH_REPLY_ERROR);
    }

    if (last) {
        flush->busy = 0;
    }
}


/* nobody knows of the rest of them */

static void
ngx_http_rush_flush_failed(ngx_http_rush_flush_t *flush)
{
    while (flush->at < flush->n) {
        ngx_http_rush_flush_done(flush, &flush->rows[flush->at++], 1);
    }

    flush->n = 0;
}
