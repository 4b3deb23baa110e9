
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A look at tags: which of the users of a batch are in any of some sets.  A
 * set lives in a slot of its own, so each is asked for by a command of its
 * own, and no script could do it.
 */


#include "call/ngx_http_rush_call.h"


static ngx_int_t ngx_http_rush_batch_tag(ngx_http_rush_batch_t *batch,
    ngx_str_t *tag);


ngx_int_t
ngx_http_rush_batch_tags(ngx_http_rush_batch_t *batch)
{
    u_char     *p, *last, *space;
    ngx_str_t   tag;

    p = batch->group->route.item.data;
    last = p + batch->group->route.item.len;

    for ( /* void */ ; p < last; p = space + 1) {

        space = ngx_strlchr(p, last, ' ');
        if (space == NULL) {
            space = last;
        }

        tag.data = p;
        tag.len = space - p;

        if (ngx_http_rush_batch_tag(batch, &tag) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_batch_tag(ngx_http_rush_batch_t *batch, ngx_str_t *tag)
{
    u_char                  *p, key[NGX_HTTP_RUSH_PREFIX_LEN
                                    + 2 * NGX_HTTP_RUSH_ID_LEN];
    ngx_uint_t               i;
    ngx_http_rush_calls_t   *calls;

    calls = batch->group->calls;

    p = ngx_snprintf(key, sizeof(key), "%V%V", &batch->group->route.key, tag);

    calls->argv[0] = "SMISMEMBER";
    calls->argl[0] = sizeof("SMISMEMBER") - 1;
    calls->argv[1] = (const char *) key;
    calls->argl[1] = p - key;

    for (i = 0; i < batch->n; i++) {
        calls->argv[2 + i] = (const char *) batch->calls[i]->user.data;
        calls->argl[2 + i] = batch->calls[i]->user.len;
    }

    return ngx_http_rush_batch_add(batch, 2 + batch->n);
}


/* one set's answer; an error in any of them leaves it unknown who is in */

void
ngx_http_rush_batch_tagged(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply)
{
    ngx_uint_t              i;
    ngx_http_rush_redis_t  *redis;

    redis = batch->group->calls->redis;

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(redis, reply);
        batch->failed = 1;
        return;
    }

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY || reply->n != batch->n) {
        ngx_http_rush_redis_odd(redis, "a reply of the wrong shape");
        batch->failed = 1;
        return;
    }

    for (i = 0; i < reply->n; i++) {

        if (reply->elts[i].type != NGX_HTTP_RUSH_REPLY_INTEGER) {
            ngx_http_rush_redis_odd(redis, "a reply of the wrong shape");
            batch->failed = 1;
            return;
        }

        batch->tagged[i] |= (reply->elts[i].integer == 1);
    }
}
