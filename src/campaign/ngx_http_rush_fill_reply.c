
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What Redis says to a fill: each reply is a slice, added to the filter with
 * the lock held.
 */


#include "campaign/ngx_http_rush_fill.h"


static ngx_int_t ngx_http_rush_fill_slice(ngx_http_rush_fill_t *fill,
    ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_fill_marked(ngx_http_rush_fill_t *fill,
    ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_fill_scanned(ngx_http_rush_fill_t *fill,
    ngx_http_rush_holders_t *h, ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_fill_tailed(ngx_http_rush_fill_t *fill,
    ngx_http_rush_holders_t *h, ngx_http_rush_reply_t *reply);
static ngx_int_t ngx_http_rush_fill_pairs(ngx_http_rush_reply_t *pairs);
static ngx_int_t ngx_http_rush_fill_event(ngx_http_rush_fill_t *fill,
    ngx_http_rush_holders_t *h, ngx_http_rush_reply_t *fields);


void
ngx_http_rush_fill_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_int_t              rc;
    ngx_http_rush_fill_t  *fill;

    fill = cmd->data;

    if (reply && reply->type == NGX_HTTP_RUSH_REPLY_ARRAY) {
        rc = ngx_http_rush_fill_slice(fill, reply);

    } else {
        rc = NGX_ERROR;

        if (reply && !fill->refused) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "redis \"%V\" does not let the gate read who holds "
                          "tickets: \"%V\"", &fill->place->redis,
                          &reply->str);
            fill->refused = 1;
        }
    }

    if (rc == NGX_ERROR) {
        fill->failed = 1;
    }

    if (reply && cmd->replies) {
        return;
    }

    if (fill->failed) {
        ngx_http_rush_fill_end(fill, fill->refused ? NGX_HTTP_RUSH_FILL_REST
                                                   : 0);

    } else if (rc == NGX_DONE) {
        ngx_http_rush_fill_end(fill, 0);

    } else {
        ngx_add_timer(&fill->timer, NGX_HTTP_RUSH_FILL_PAUSE);
    }
}


/* NGX_OK: another one; NGX_DONE; NGX_ERROR: what was read is of no use */

static ngx_int_t
ngx_http_rush_fill_slice(ngx_http_rush_fill_t *fill,
    ngx_http_rush_reply_t *reply)
{
    ngx_int_t                 rc;
    ngx_http_rush_zone_t     *zone;
    ngx_http_rush_holders_t  *h;

    if (fill->step == ngx_http_rush_fill_mark) {
        return ngx_http_rush_fill_marked(fill, reply);
    }

    zone = fill->place->zone;

    ngx_shmtx_lock(&zone->shpool->mutex);

    h = ngx_http_rush_table_find(&zone->sh->holders, &fill->key);

    if (h == NULL || h->owner != fill->owner
        || fill->generation != zone->sh->filter.generation
        || fill->lost != fill->place->stats->redis.lost)
    {
        rc = NGX_ERROR;

    } else if (fill->step == ngx_http_rush_fill_scan) {
        rc = ngx_http_rush_fill_scanned(fill, h, reply);

    } else {
        rc = ngx_http_rush_fill_tailed(fill, h, reply);
    }

    if (rc == NGX_OK) {
        h->until = ngx_http_rush_monotonic() + NGX_HTTP_RUSH_FILL_OWNED;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


static ngx_int_t
ngx_http_rush_fill_marked(ngx_http_rush_fill_t *fill,
    ngx_http_rush_reply_t *reply)
{
    int64_t                 made;
    ngx_str_t              *id;
    ngx_http_rush_reply_t  *e;

    e = reply->elts;

    if (fill->command.replies) {
        /* the last event */

        if (reply->n == 0) {
            /* they were trimmed: any that comes stands behind this */
            fill->event_len = ngx_cpymem(fill->event, "0-0", 3) - fill->event;
            return NGX_OK;
        }

        if (reply->n != 1 || e[0].type != NGX_HTTP_RUSH_REPLY_ARRAY
            || e[0].n != 2
            || e[0].elts[0].type != NGX_HTTP_RUSH_REPLY_STRING
            || e[0].elts[0].str.len > NGX_HTTP_RUSH_EVENT_LEN)
        {
            return NGX_ERROR;
        }

        id = &e[0].elts[0].str;

        fill->event_len = id->len;
        ngx_memcpy(fill->event, id->data, id->len);

        return NGX_OK;
    }

    if (reply->n != 2
        || ngx_http_rush_look_number(&e[0].str, &made) != NGX_OK
        || ngx_http_rush_look_number(&e[1].str, &fill->seq) != NGX_OK
        || made != fill->made)
    {
        return NGX_ERROR;
    }

    fill->step = ngx_http_rush_fill_scan;
    fill->cursor[0] = '0';
    fill->cursor_len = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_fill_scanned(ngx_http_rush_fill_t *fill,
    ngx_http_rush_holders_t *h, ngx_http_rush_reply_t *reply)
{
    ngx_uint_t              i;
    ngx_http_rush_reply_t  *cursor, *users;

    if (reply->n != 2) {
        return NGX_ERROR;
    }

    cursor = &reply->elts[0];
    users = &reply->elts[1];

    if (cursor->type != NGX_HTTP_RUSH_REPLY_STRING || cursor->str.len == 0
        || cursor->str.len > sizeof(fill->cursor)
        || ngx_http_rush_fill_pairs(users) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i + 1 < users->n; i += 2) {
        ngx_http_rush_filter_add(&fill->place->zone->sh->filter, &fill->key,
                                 fill->made, &users->elts[i].str);
    }

    if (cursor->str.len > 1 || cursor->str.data[0] != '0') {
        fill->cursor_len = cursor->str.len;
        ngx_memcpy(fill->cursor, cursor->str.data, cursor->str.len);

        return NGX_OK;
    }

    h->seq = fill->seq;
    h->generation = fill->generation;
    h->event_len = fill->event_len;
    ngx_memcpy(h->event, fill->event, fill->event_len);

    ngx_memory_barrier();
    h->complete = 1;

    if (h->seq >= fill->target) {
        return NGX_DONE;
    }

    fill->step = ngx_http_rush_fill_tail;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_fill_tailed(ngx_http_rush_fill_t *fill,
    ngx_http_rush_holders_t *h, ngx_http_rush_reply_t *reply)
{
    ngx_uint_t              i;
    ngx_http_rush_reply_t  *e;

    for (i = 0; i < reply->n; i++) {
        e = &reply->elts[i];

        if (e->type != NGX_HTTP_RUSH_REPLY_ARRAY || e->n != 2
            || e->elts[0].type != NGX_HTTP_RUSH_REPLY_STRING
            || e->elts[0].str.len > NGX_HTTP_RUSH_EVENT_LEN
            || ngx_http_rush_fill_event(fill, h, &e->elts[1]) != NGX_OK)
        {
            h->complete = 0;
            return NGX_ERROR;
        }

        fill->event_len = e->elts[0].str.len;
        ngx_memcpy(fill->event, e->elts[0].str.data, fill->event_len);
    }

    h->event_len = fill->event_len;
    ngx_memcpy(h->event, fill->event, fill->event_len);

    if (h->seq >= fill->target) {
        return NGX_DONE;
    }

    if (reply->n == 0) {
        /* there must be more, and is not: the stream is another one */
        h->complete = 0;
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* names and values, and nothing else: one that is missing may be a holder */

static ngx_int_t
ngx_http_rush_fill_pairs(ngx_http_rush_reply_t *pairs)
{
    ngx_uint_t  i;

    if (pairs->type != NGX_HTTP_RUSH_REPLY_ARRAY || pairs->n % 2) {
        return NGX_ERROR;
    }

    for (i = 0; i < pairs->n; i++) {
        if (pairs->elts[i].type != NGX_HTTP_RUSH_REPLY_STRING) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* fields of an event; a "won" is the next one, or known already */

static ngx_int_t
ngx_http_rush_fill_event(ngx_http_rush_fill_t *fill,
    ngx_http_rush_holders_t *h, ngx_http_rush_reply_t *fields)
{
    int64_t      seq;
    ngx_str_t   *name, *value, *user, *number;
    ngx_uint_t   i, won;

    if (ngx_http_rush_fill_pairs(fields) != NGX_OK) {
        return NGX_ERROR;
    }

    won = 0;
    user = NULL;
    number = NULL;

    for (i = 0; i + 1 < fields->n; i += 2) {
        name = &fields->elts[i].str;
        value = &fields->elts[i + 1].str;

        if (name->len == 1 && name->data[0] == 't') {
            won = (value->len == 3 && ngx_strncmp(value->data, "won", 3) == 0);

        } else if (name->len == 4 && ngx_strncmp(name->data, "user", 4) == 0) {
            user = value;

        } else if (name->len == 3 && ngx_strncmp(name->data, "seq", 3) == 0) {
            number = value;
        }
    }

    if (!won) {
        return NGX_OK;
    }

    if (user == NULL || number == NULL
        || ngx_http_rush_look_number(number, &seq) != NGX_OK
        || seq > h->seq + 1)
    {
        return NGX_ERROR;
    }

    if (seq == h->seq + 1) {
        ngx_http_rush_filter_add(&fill->place->zone->sh->filter, &fill->key,
                                 fill->made, user);
        h->seq = seq;
    }

    return NGX_OK;
}
