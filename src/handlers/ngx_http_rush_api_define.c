
/*
 * Copyright (C) 2026, the Rush authors
 *
 * PUT, PATCH and DELETE of a campaign.  A definition is read as it arrives and
 * checked before anything is written; the script in Redis checks the rest, with
 * the version, and writes at once.  The index of campaigns is in another slot:
 * see ngx_http_rush_admin.c.
 */


#include "handlers/ngx_http_rush_api.h"


typedef struct {
    ngx_http_rush_definition_t  *def;
    ngx_str_t                    version;   /* that it must have, or empty */
    ngx_uint_t                   listed;    /* the id is new in the index */
    ngx_http_rush_api_e          outcome;
    ngx_str_t                    stored;    /* the version that it has now */
    ngx_str_t                    error;
    ngx_str_t                    member;
} ngx_http_rush_api_define_t;


static ngx_http_rush_api_define_t *ngx_http_rush_api_define_create(
    ngx_http_rush_api_t *api);
static ngx_int_t ngx_http_rush_api_define_sink(ngx_http_rush_api_t *api,
    ngx_buf_t *b);
static void ngx_http_rush_api_define_eof(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_define_kind(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_api_define_send(ngx_http_rush_api_t *api,
    ngx_str_t *kind);
static void ngx_http_rush_api_defined(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_api_removed(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_api_score(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_str_t *score);
static ngx_int_t ngx_http_rush_api_says(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_api_indexed(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_api_tell(ngx_http_rush_api_t *api);


void
ngx_http_rush_api_define(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_define_t  *define;

    define = ngx_http_rush_api_define_create(api);

    if (define == NULL) {
        return;
    }

    define->def = ngx_http_rush_definition_create(api->request->pool);

    if (define->def == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    ngx_http_rush_api_read(api, ngx_http_rush_api_define_sink,
                           ngx_http_rush_api_define_eof);
}


void
ngx_http_rush_api_remove(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_define_t  *define;

    define = ngx_http_rush_api_define_create(api);

    if (define == NULL) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_remove(api->place, &api->ctx->campaign,
                                          &define->version,
                                          api->request->pool),
               ngx_http_rush_api_removed);
}


/* NULL: the call is done */

static ngx_http_rush_api_define_t *
ngx_http_rush_api_define_create(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_define_t  *define;

    define = ngx_pcalloc(api->request->pool,
                         sizeof(ngx_http_rush_api_define_t));
    if (define == NULL) {
        ngx_http_rush_api_fail(api);
        return NULL;
    }

    api->data = define;

    if (ngx_http_rush_api_if_match(api, &define->version) != NGX_OK) {
        return NULL;
    }

    return define;
}


static ngx_int_t
ngx_http_rush_api_define_sink(ngx_http_rush_api_t *api, ngx_buf_t *b)
{
    ngx_http_rush_api_define_t  *define;

    define = api->data;

    return ngx_http_rush_api_feed(api, define->def, b,
                                  NGX_HTTP_RUSH_DEFINITION_MAX,
                                  "a campaign must not have more than 131072 "
                                  "bytes");
}


static void
ngx_http_rush_api_define_eof(ngx_http_rush_api_t *api)
{
    ngx_str_t                    kind;
    ngx_http_rush_api_define_t  *define;

    static ngx_str_t  name = ngx_string("kind");

    define = api->data;

    if (ngx_http_rush_api_valid(api, define->def,
                                ngx_http_rush_definition_end(define->def))
        != NGX_OK)
    {
        return;
    }

    if (api->request->method == NGX_HTTP_PUT
        || ngx_http_rush_definition_find(define->def, &name))
    {
        ngx_str_set(&kind, "");
        ngx_http_rush_api_define_send(api, &kind);
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_kind(api->place, &api->ctx->campaign),
               ngx_http_rush_api_define_kind);
}


static void
ngx_http_rush_api_define_kind(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t  kind;

    if (reply->type != NGX_HTTP_RUSH_REPLY_STRING) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_unknown,
                                 "there is no such campaign", NULL);
        return;
    }

    kind.len = reply->str.len;
    kind.data = ngx_pstrdup(api->request->pool, &reply->str);

    if (kind.data == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    ngx_http_rush_api_define_send(api, &kind);
}


static void
ngx_http_rush_api_define_send(ngx_http_rush_api_t *api, ngx_str_t *kind)
{
    ngx_int_t                    rc;
    ngx_uint_t                   whole;
    ngx_pool_t                  *pool;
    ngx_array_t                  args;
    ngx_http_rush_play_t        *play;
    ngx_http_rush_api_define_t  *define;

    define = api->data;
    pool = api->request->pool;
    whole = (api->request->method == NGX_HTTP_PUT);

    if (ngx_array_init(&args, pool, 64, sizeof(ngx_str_t)) != NGX_OK) {
        ngx_http_rush_api_fail(api);
        return;
    }

    rc = ngx_http_rush_members_play(define->def, api->place->plays, kind,
                                    &play);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_members_args(define->def, play, whole, &args);
    }

    if (ngx_http_rush_api_valid(api, define->def, rc) != NGX_OK) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_define(api->place, &api->ctx->campaign,
                                          whole ? "set" : "patch",
                                          &define->version, kind, &args,
                                          pool),
               ngx_http_rush_api_defined);
}


/* the index, then the script */

static void
ngx_http_rush_api_defined(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t                    score;
    ngx_http_rush_api_define_t  *define;

    define = api->data;

    if (!last) {
        define->listed = (reply->integer == 1);
        return;
    }

    if (ngx_http_rush_api_says(api, reply) != NGX_OK) {
        return;
    }

    if (define->outcome == ngx_http_rush_api_made
        || define->outcome == ngx_http_rush_api_changed)
    {
        if (ngx_http_rush_api_score(api, reply, &score) != NGX_OK) {
            ngx_http_rush_api_fail(api);
            return;
        }

    } else if (define->listed) {
        ngx_str_set(&score, "");

    } else {
        ngx_http_rush_api_tell(api);
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_index(api->place, &api->ctx->campaign,
                                         &score),
               ngx_http_rush_api_indexed);
}


static void
ngx_http_rush_api_removed(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t                    score;
    ngx_http_rush_api_define_t  *define;

    define = api->data;

    if (!last || ngx_http_rush_api_says(api, reply) != NGX_OK) {
        return;
    }

    if (define->outcome != ngx_http_rush_api_stale) {
        ngx_http_rush_api_tell(api);
        return;
    }

    /* it stays, and goes back to the index */

    if (ngx_http_rush_api_score(api, reply, &score) != NGX_OK) {
        ngx_http_rush_api_fail(api);
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_index(api->place, &api->ctx->campaign,
                                         &score),
               ngx_http_rush_api_indexed);
}


/* the end of a campaign, as the index has it */

static ngx_int_t
ngx_http_rush_api_score(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_str_t *score)
{
    if (ngx_http_rush_api_copy(api, reply, 2, score) != NGX_OK) {
        return NGX_ERROR;
    }

    if (score->len == 0 || (score->len == 1 && score->data[0] == '0')) {
        ngx_str_set(score, "+inf");
    }

    return NGX_OK;
}


/* what plays/lib/define.lua says; otherwise the call is done */

static ngx_int_t
ngx_http_rush_api_says(ngx_http_rush_api_t *api, ngx_http_rush_reply_t *reply)
{
    ngx_str_t                    word, now;
    ngx_http_rush_api_define_t  *define;

    define = api->data;

    if (ngx_http_rush_api_copy(api, reply, 0, &word) != NGX_OK
        || ngx_http_rush_api_copy(api, reply, 1, &define->stored) != NGX_OK
        || ngx_http_rush_api_copy(api, reply, 2, &define->member) != NGX_OK
        || ngx_http_rush_api_copy(api, reply, 3, &now) != NGX_OK)
    {
        ngx_http_rush_api_fail(api);
        return NGX_ERROR;
    }

    if (now.len) {
        (void) ngx_http_rush_look_number(&now, &api->since);
    }

    if (ngx_http_rush_api_outcome(&word, &define->outcome) == NGX_OK) {
        return NGX_OK;
    }

    ngx_http_rush_api_unwell(api);

    return NGX_ERROR;
}


static void
ngx_http_rush_api_indexed(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_api_tell(api);
}


static void
ngx_http_rush_api_tell(ngx_http_rush_api_t *api)
{
    int64_t                      version;
    yajl_gen                     gen;
    ngx_http_rush_api_define_t  *define;

    define = api->data;

    switch (define->outcome) {

    case ngx_http_rush_api_unknown:
        ngx_http_rush_api_refuse(api, define->outcome,
                                 "there is no such campaign", NULL);
        return;

    case ngx_http_rush_api_conflict:
    case ngx_http_rush_api_invalid:
        ngx_http_rush_api_error(api, define->outcome, &define->stored,
                                &define->member);
        return;

    default:
        break;
    }

    gen = ngx_http_rush_api_open(api);

    if (gen == NULL) {
        return;
    }

    if (define->outcome != ngx_http_rush_api_deleted
        && ngx_http_rush_look_number(&define->stored, &version) == NGX_OK)
    {
        ngx_http_rush_api_number(gen, "version", version);

        if (ngx_http_rush_api_etag(api, &define->stored) != NGX_OK) {
            ngx_http_rush_api_fail(api);
            return;
        }
    }

    ngx_http_rush_api_done(api, define->outcome);
}
