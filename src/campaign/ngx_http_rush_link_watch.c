
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Links that other nodes have changed.  Whoever changes links says so in a
 * stream, after it is done; one worker of each node reads it twice a second,
 * from the last entry that it knows, which must still be there: if it is not,
 * the stream was cut, or the data was lost, and all links are in doubt.
 */


#include "campaign/ngx_http_rush_link_zone.h"
#include "call/ngx_http_rush_exec.h"


#define NGX_HTTP_RUSH_WATCH_INTERVAL  400      /* ms */
#define NGX_HTTP_RUSH_WATCH_FIRST     20       /* ms, until it has an anchor */
#define NGX_HTTP_RUSH_WATCH_SLICE     1000     /* entries */
#define NGX_HTTP_RUSH_WATCH_START     "0-0"    /* of a stream with no entry */


typedef struct {
    ngx_http_rush_place_t       *place;
    ngx_event_t                  timer;
    int64_t                      sent;
    size_t                       anchor_len;   /* of what was sent */
    u_char                       anchor[NGX_HTTP_RUSH_LINK_ANCHOR];
    unsigned                     busy:1;
} ngx_http_rush_watch_t;


static void ngx_http_rush_watch_timer(ngx_event_t *ev);
static ngx_int_t ngx_http_rush_watch_ask(ngx_http_rush_watch_t *watch);
static void ngx_http_rush_watch_replied(void *data,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_uint_t ngx_http_rush_watch_valid(ngx_http_rush_reply_t *reply);
static ngx_uint_t ngx_http_rush_watch_is(ngx_http_rush_watch_t *watch,
    ngx_str_t *id);
static ngx_uint_t ngx_http_rush_watch_own(ngx_http_rush_link_place_t *lp,
    ngx_str_t *id);
static ngx_uint_t ngx_http_rush_watch_gap(ngx_http_rush_watch_t *watch,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_watch_entry(ngx_http_rush_place_t *place,
    ngx_http_rush_reply_t *entry);


ngx_int_t
ngx_http_rush_link_watch(ngx_http_rush_place_t *place, ngx_pool_t *pool,
    ngx_log_t *log)
{
    ngx_http_rush_watch_t  *watch;

    watch = ngx_pcalloc(pool, sizeof(ngx_http_rush_watch_t));
    if (watch == NULL) {
        return NGX_ERROR;
    }

    watch->place = place;

    watch->timer.handler = ngx_http_rush_watch_timer;
    watch->timer.data = watch;
    watch->timer.log = log;
    watch->timer.cancelable = 1;

    ngx_add_timer(&watch->timer, NGX_HTTP_RUSH_WATCH_FIRST);

    return NGX_OK;
}


static void
ngx_http_rush_watch_timer(ngx_event_t *ev)
{
    ngx_http_rush_watch_t  *watch;

    watch = ev->data;

    if (ngx_exiting) {
        return;
    }

    if (!watch->busy
        && ngx_http_rush_redis_usable(watch->place->calls->redis) == NGX_OK
        && ngx_http_rush_watch_ask(watch) == NGX_AGAIN)
    {
        watch->busy = 1;
    }

    ngx_add_timer(ev, ngx_http_rush_link_place(watch->place)->anchor_len
                      ? NGX_HTTP_RUSH_WATCH_INTERVAL
                      : NGX_HTTP_RUSH_WATCH_FIRST);
}


/* from the anchor, and that one, too; or only the last one, to begin with */

static ngx_int_t
ngx_http_rush_watch_ask(ngx_http_rush_watch_t *watch)
{
    u_char                       key[NGX_HTTP_RUSH_PREFIX_LEN + 8];
    u_char                       number[NGX_INT_T_LEN];
    ngx_str_t                    args[6];
    ngx_http_rush_exec_t        *exec;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_place_t  *lp;

    links = watch->place->links;
    lp = ngx_http_rush_link_place(watch->place);

    ngx_shmtx_lock(&links->shpool->mutex);

    watch->anchor_len = lp->anchor_len;
    ngx_memcpy(watch->anchor, lp->anchor, lp->anchor_len);

    ngx_shmtx_unlock(&links->shpool->mutex);

    args[1].data = key;
    args[1].len = ngx_snprintf(key, sizeof(key), "%Vlinks",
                               &watch->place->prefix) - key;

    ngx_str_set(&args[4], "COUNT");

    if (watch->anchor_len) {
        ngx_str_set(&args[0], "XRANGE");
        args[2].data = watch->anchor;
        args[2].len = watch->anchor_len;
        ngx_str_set(&args[3], "+");
        args[5].data = number;
        args[5].len = ngx_sprintf(number, "%d", NGX_HTTP_RUSH_WATCH_SLICE)
                      - number;

    } else {
        ngx_str_set(&args[0], "XREVRANGE");
        ngx_str_set(&args[2], "+");
        ngx_str_set(&args[3], "-");
        ngx_str_set(&args[5], "1");
    }

    exec = ngx_http_rush_exec_create(watch->place->calls);

    if (exec == NULL || ngx_http_rush_exec_add(exec, args, 6) != NGX_OK) {
        ngx_http_rush_exec_free(exec);
        return NGX_ERROR;
    }

    watch->sent = ngx_http_rush_monotonic();

    return ngx_http_rush_exec_send(exec, ngx_http_rush_watch_replied, watch);
}


static void
ngx_http_rush_watch_replied(void *data, ngx_http_rush_reply_t *reply,
    ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_watch_t *watch = data;

    ngx_str_t                   *id;
    ngx_uint_t                   i;
    ngx_http_rush_links_t       *links;
    ngx_http_rush_link_place_t  *lp;

    watch->busy = 0;

    if (reply == NULL || !ngx_http_rush_watch_valid(reply)) {
        return;
    }

    links = watch->place->links;
    lp = ngx_http_rush_link_place(watch->place);

    ngx_shmtx_lock(&links->shpool->mutex);

    if (watch->anchor_len == 0 || ngx_http_rush_watch_gap(watch, reply)) {
        lp->doubt = ngx_http_rush_monotonic();
        lp->sure = lp->polled;
    }

    for (i = 0; watch->anchor_len && i < reply->n; i++) {
        id = &reply->elts[i].elts[0].str;

        if (!ngx_http_rush_watch_is(watch, id)
            && !ngx_http_rush_watch_own(lp, id))
        {
            ngx_http_rush_watch_entry(watch->place, &reply->elts[i]);
        }
    }

    if (reply->n) {
        id = &reply->elts[reply->n - 1].elts[0].str;

        lp->anchor_len = id->len;
        ngx_memcpy(lp->anchor, id->data, id->len);

    } else {
        lp->anchor_len = sizeof(NGX_HTTP_RUSH_WATCH_START) - 1;
        ngx_memcpy(lp->anchor, NGX_HTTP_RUSH_WATCH_START, lp->anchor_len);
    }

    if (reply->n < NGX_HTTP_RUSH_WATCH_SLICE) {
        lp->polled = watch->sent;
    }

    ngx_shmtx_unlock(&links->shpool->mutex);

    if (reply->n == NGX_HTTP_RUSH_WATCH_SLICE
        && ngx_http_rush_watch_ask(watch) == NGX_AGAIN)
    {
        watch->busy = 1;
    }
}


/* entries of one field and its value */

static ngx_uint_t
ngx_http_rush_watch_valid(ngx_http_rush_reply_t *reply)
{
    ngx_uint_t              i;
    ngx_http_rush_reply_t  *e;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY) {
        return 0;
    }

    for (i = 0; i < reply->n; i++) {
        e = &reply->elts[i];

        if (e->type != NGX_HTTP_RUSH_REPLY_ARRAY || e->n != 2
            || e->elts[0].type != NGX_HTTP_RUSH_REPLY_STRING
            || e->elts[0].str.len == 0
            || e->elts[0].str.len > NGX_HTTP_RUSH_LINK_ANCHOR
            || e->elts[1].type != NGX_HTTP_RUSH_REPLY_ARRAY)
        {
            return 0;
        }
    }

    return 1;
}


/* the entry that it knew */

static ngx_uint_t
ngx_http_rush_watch_is(ngx_http_rush_watch_t *watch, ngx_str_t *id)
{
    return id->len == watch->anchor_len
           && ngx_memcmp(id->data, watch->anchor, id->len) == 0;
}


/* locked: an echo of what was changed through this node */

static ngx_uint_t
ngx_http_rush_watch_own(ngx_http_rush_link_place_t *lp, ngx_str_t *id)
{
    ngx_uint_t                  i;
    ngx_http_rush_link_told_t  *told;

    for (i = 0; i < NGX_HTTP_RUSH_LINK_OWN; i++) {
        told = &lp->told[i];

        if (told->len == id->len
            && ngx_memcmp(told->id, id->data, id->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


void
ngx_http_rush_link_told(ngx_http_rush_place_t *place, ngx_str_t *id)
{
    ngx_http_rush_link_told_t   *told;
    ngx_http_rush_link_place_t  *lp;

    if (place->links == NULL || id->len > NGX_HTTP_RUSH_LINK_ANCHOR) {
        return;
    }

    lp = ngx_http_rush_link_place(place);

    ngx_shmtx_lock(&place->links->shpool->mutex);

    told = &lp->told[lp->ntold++ % NGX_HTTP_RUSH_LINK_OWN];
    told->len = id->len;
    ngx_memcpy(told->id, id->data, id->len);

    ngx_shmtx_unlock(&place->links->shpool->mutex);
}


/* is there something that was not read? */

static ngx_uint_t
ngx_http_rush_watch_gap(ngx_http_rush_watch_t *watch,
    ngx_http_rush_reply_t *reply)
{
    ngx_str_t  start = ngx_string(NGX_HTTP_RUSH_WATCH_START);

    if (ngx_http_rush_watch_is(watch, &start)) {
        /* the first entries there were, unless some were cut off already */
        return reply->n == NGX_HTTP_RUSH_WATCH_SLICE;
    }

    return reply->n == 0
           || !ngx_http_rush_watch_is(watch, &reply->elts[0].elts[0].str);
}


/* locked; the field is "codes", or "gone" for those that were deleted */

static void
ngx_http_rush_watch_entry(ngx_http_rush_place_t *place,
    ngx_http_rush_reply_t *entry)
{
    u_char                 *p, *last, *space;
    ngx_str_t               code;
    ngx_uint_t              gone;
    ngx_http_rush_reply_t  *fields;

    fields = &entry->elts[1];

    if (fields->n != 2 || fields->elts[0].type != NGX_HTTP_RUSH_REPLY_STRING
        || fields->elts[1].type != NGX_HTTP_RUSH_REPLY_STRING)
    {
        return;
    }

    gone = (fields->elts[0].str.len == 4
            && ngx_strncmp(fields->elts[0].str.data, "gone", 4) == 0);

    p = fields->elts[1].str.data;
    last = p + fields->elts[1].str.len;

    for ( /* void */ ; p < last; p = space + 1) {

        space = ngx_strlchr(p, last, ' ');
        if (space == NULL) {
            space = last;
        }

        code.data = p;
        code.len = space - p;

        ngx_http_rush_link_change(place, &code, gone);
    }
}
