
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Fills the filter of holders.  A lease says how many tickets were ever given
 * (seq); the filter of a campaign is of use when it knows the users of all of
 * them.  One worker of a node reads them, in slices with pauses:
 *
 *   mark  the id of the last event, then seq: what is given later stands
 *         behind that event
 *   scan  HSCAN of the users, to the end; then all up to that seq are known,
 *         because records are never removed while the campaign lives
 *   tail  the events behind the mark, one "won" for each seq without a gap
 *
 * A gap (events were trimmed), a lost connection, a campaign that was made
 * again or a filter that was emptied: back to the mark.  The fill lives on the
 * heap of the worker, and its claim to be the one in shared memory, with a
 * deadline: if the worker dies, another takes over.  What the replies mean is
 * in ngx_http_rush_fill_reply.c.
 */


#include "campaign/ngx_http_rush_fill.h"


#define NGX_HTTP_RUSH_FILL_SLICE   "512"      /* users or events */
#define NGX_HTTP_RUSH_FILL_KEY     (NGX_HTTP_RUSH_PREFIX_LEN                  \
                                    + NGX_HTTP_RUSH_ID_LEN + 16)


static ngx_http_rush_fill_e ngx_http_rush_fill_needed(
    ngx_http_rush_query_t *query, ngx_http_rush_zone_key_t *key,
    ngx_http_rush_holders_t **holders);
static void ngx_http_rush_fill_timer(ngx_event_t *ev);
static ngx_int_t ngx_http_rush_fill_send(ngx_http_rush_fill_t *fill);
static ngx_int_t ngx_http_rush_fill_send_mark(ngx_http_rush_fill_t *fill);
static ngx_int_t ngx_http_rush_fill_send_scan(ngx_http_rush_fill_t *fill);
static ngx_int_t ngx_http_rush_fill_send_tail(ngx_http_rush_fill_t *fill);
static void ngx_http_rush_fill_key(ngx_http_rush_fill_t *fill, u_char *buf,
    const char *suffix, ngx_str_t *key);


/* after a look: begins, if its lease is of no use without */

void
ngx_http_rush_fill(ngx_http_rush_query_t *query)
{
    ngx_http_rush_fill_t      *fill;
    ngx_http_rush_zone_t      *zone;
    ngx_http_rush_fill_e       step;
    ngx_http_rush_campaign_t  *c;
    ngx_http_rush_holders_t   *h;
    ngx_http_rush_zone_key_t   key;

    c = &query->campaign;
    zone = query->place->zone;

    if (query->op != ngx_http_rush_op_claim || c->granted.seq == 0
        || ngx_http_rush_monotonic() >= c->granted.until
        || c->granted.lost != query->place->stats->redis.lost)
    {
        return;
    }

    ngx_http_rush_zone_key(query, &key, 0);

    ngx_shmtx_lock(&zone->shpool->mutex);

    step = ngx_http_rush_fill_needed(query, &key, &h);

    if (h == NULL) {
        ngx_shmtx_unlock(&zone->shpool->mutex);
        return;
    }

    fill = ngx_calloc(sizeof(ngx_http_rush_fill_t), ngx_cycle->log);

    if (fill) {
        fill->place = query->place;
        fill->step = step;
        fill->key = key;
        fill->owner = h->owner;
        fill->lost = h->lost;
        fill->generation = zone->sh->filter.generation;
        fill->made = c->granted.made;
        fill->target = c->granted.seq;
        fill->event_len = h->event_len;
        ngx_memcpy(fill->event, h->event, h->event_len);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    if (fill == NULL) {
        return;
    }

    fill->redis_len = ngx_sprintf(fill->redis, "%V{%V}",
                                  &query->place->prefix, &query->id)
                      - fill->redis;

    fill->timer.handler = ngx_http_rush_fill_timer;
    fill->timer.data = fill;
    fill->timer.log = ngx_cycle->log;
    fill->timer.cancelable = 1;

    ngx_add_timer(&fill->timer, NGX_HTTP_RUSH_FILL_PAUSE);
}


/* locked; the slot is owned then, or NULL: nothing is to be done here */

static ngx_http_rush_fill_e
ngx_http_rush_fill_needed(ngx_http_rush_query_t *query,
    ngx_http_rush_zone_key_t *key, ngx_http_rush_holders_t **holders)
{
    int64_t                    now;
    ngx_uint_t                 same;
    ngx_http_rush_zone_sh_t   *sh;
    ngx_http_rush_campaign_t  *c;
    ngx_http_rush_holders_t   *h;

    sh = query->place->zone->sh;
    c = &query->campaign;
    now = ngx_http_rush_monotonic();
    *holders = NULL;

    h = ngx_http_rush_table_add(&sh->holders, key);

    if (h == NULL) {
        return ngx_http_rush_fill_mark;
    }

    same = ngx_http_rush_table_find(&sh->holders, key) == h
           && h->made == c->granted.made && h->lost == c->granted.lost;

    if (same && h->until > now) {
        /* somebody is at it, or it has just been no use */
        return ngx_http_rush_fill_mark;
    }

    same = same && h->complete && h->generation == sh->filter.generation;

    if (same && h->seq == c->granted.seq) {
        return ngx_http_rush_fill_mark;
    }

    h->slot.valid = 0;
    ngx_memory_barrier();

    /* a seq that went back: this is other data */
    same = same && h->seq < c->granted.seq;

    if (!same) {
        h->complete = 0;
        h->event_len = 0;
        h->made = c->granted.made;
        h->lost = c->granted.lost;
        h->seq = 0;
    }

    h->until = now + NGX_HTTP_RUSH_FILL_OWNED;
    h->owner = ++sh->owner;

    ngx_http_rush_table_valid(h, key);

    *holders = h;

    return same ? ngx_http_rush_fill_tail : ngx_http_rush_fill_mark;
}


static void
ngx_http_rush_fill_timer(ngx_event_t *ev)
{
    ngx_int_t              rc;
    ngx_http_rush_zone_t  *zone;
    ngx_http_rush_fill_t  *fill;

    fill = ev->data;
    zone = fill->place->zone;

    if (ngx_exiting
        || ngx_http_rush_redis_usable(fill->place->calls->redis) != NGX_OK)
    {
        ngx_http_rush_fill_end(fill, 0);
        return;
    }

    rc = NGX_OK;

    if (fill->step == ngx_http_rush_fill_mark) {
        ngx_shmtx_lock(&zone->shpool->mutex);

        rc = ngx_http_rush_filter_room(&zone->sh->filter, fill->target);
        fill->generation = zone->sh->filter.generation;

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }

    if (rc == NGX_AGAIN) {
        ngx_add_timer(ev, NGX_HTTP_RUSH_FILL_PAUSE);
        return;
    }

    if (rc == NGX_DECLINED) {
        ngx_http_rush_fill_end(fill, NGX_HTTP_RUSH_FILL_REST);
        return;
    }

    if (ngx_http_rush_fill_send(fill) != NGX_OK) {
        ngx_http_rush_fill_end(fill, 0);
    }
}


static ngx_int_t
ngx_http_rush_fill_send(ngx_http_rush_fill_t *fill)
{
    ngx_int_t                 rc;
    ngx_http_rush_command_t  *cmd;

    cmd = &fill->command;

    ngx_memzero(cmd, sizeof(ngx_http_rush_command_t));
    cmd->handler = ngx_http_rush_fill_reply;
    cmd->data = fill;

    switch (fill->step) {

    case ngx_http_rush_fill_mark:
        rc = ngx_http_rush_fill_send_mark(fill);
        break;

    case ngx_http_rush_fill_scan:
        rc = ngx_http_rush_fill_send_scan(fill);
        break;

    default: /* ngx_http_rush_fill_tail */
        rc = ngx_http_rush_fill_send_tail(fill);
    }

    if (rc != NGX_OK) {
        ngx_free(cmd->text);
        return NGX_ERROR;
    }

    ngx_http_rush_redis_send_now(fill->place->calls->redis, cmd);

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_fill_send_mark(ngx_http_rush_fill_t *fill)
{
    u_char     key[NGX_HTTP_RUSH_FILL_KEY];
    ngx_str_t  args[6];

    ngx_str_set(&args[0], "XREVRANGE");
    ngx_http_rush_fill_key(fill, key, "events", &args[1]);
    ngx_str_set(&args[2], "+");
    ngx_str_set(&args[3], "-");
    ngx_str_set(&args[4], "COUNT");
    ngx_str_set(&args[5], "1");

    if (ngx_http_rush_redis_args(&fill->command, 6, args) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&args[0], "HMGET");
    args[1].data = fill->redis;
    args[1].len = fill->redis_len;
    ngx_str_set(&args[2], "made");
    ngx_str_set(&args[3], "seq");

    return ngx_http_rush_redis_args(&fill->command, 4, args);
}


static ngx_int_t
ngx_http_rush_fill_send_scan(ngx_http_rush_fill_t *fill)
{
    u_char     key[NGX_HTTP_RUSH_FILL_KEY];
    ngx_str_t  args[5];

    ngx_str_set(&args[0], "HSCAN");
    ngx_http_rush_fill_key(fill, key, "users", &args[1]);
    args[2].data = fill->cursor;
    args[2].len = fill->cursor_len;
    ngx_str_set(&args[3], "COUNT");
    ngx_str_set(&args[4], NGX_HTTP_RUSH_FILL_SLICE);

    return ngx_http_rush_redis_args(&fill->command, 5, args);
}


static ngx_int_t
ngx_http_rush_fill_send_tail(ngx_http_rush_fill_t *fill)
{
    u_char     key[NGX_HTTP_RUSH_FILL_KEY];
    u_char     after[1 + NGX_HTTP_RUSH_EVENT_LEN];
    ngx_str_t  args[6];

    after[0] = '(';
    ngx_memcpy(&after[1], fill->event, fill->event_len);

    ngx_str_set(&args[0], "XRANGE");
    ngx_http_rush_fill_key(fill, key, "events", &args[1]);
    args[2].data = after;
    args[2].len = 1 + fill->event_len;
    ngx_str_set(&args[3], "+");
    ngx_str_set(&args[4], "COUNT");
    ngx_str_set(&args[5], NGX_HTTP_RUSH_FILL_SLICE);

    return ngx_http_rush_redis_args(&fill->command, 6, args);
}


static void
ngx_http_rush_fill_key(ngx_http_rush_fill_t *fill, u_char *buf,
    const char *suffix, ngx_str_t *key)
{
    key->data = buf;
    key->len = ngx_snprintf(buf, NGX_HTTP_RUSH_FILL_KEY, "%*s:%s",
                            fill->redis_len, fill->redis, suffix) - buf;
}


/* gives the slot back; nobody tries for the rest, us */

void
ngx_http_rush_fill_end(ngx_http_rush_fill_t *fill, int64_t rest)
{
    ngx_http_rush_zone_t     *zone;
    ngx_http_rush_holders_t  *h;

    zone = fill->place->zone;

    ngx_shmtx_lock(&zone->shpool->mutex);

    h = ngx_http_rush_table_find(&zone->sh->holders, &fill->key);

    if (h && h->owner == fill->owner) {
        h->until = rest ? ngx_http_rush_monotonic() + rest : 0;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    ngx_free(fill);
}
