
/*
 * Copyright (C) 2026, the Rush authors
 *
 * PUT, PATCH and DELETE of a link.  What is written was checked as a whole: a
 * PATCH reads what is there, changes that, and writes it if nobody was faster;
 * otherwise it begins again, unless the caller has named the version.
 */


#include "handlers/ngx_http_rush_api.h"


#define NGX_HTTP_RUSH_API_TRIES  5


typedef struct {
    ngx_http_rush_definition_t  *def;       /* the body */
    ngx_uint_t                   tries;
    ngx_str_t                    version;   /* that it must have, or empty */
    ngx_uint_t                   named;     /* the caller has said so */
    ngx_uint_t                   said;      /* the outcome is known */
    ngx_http_rush_api_e          outcome;
    ngx_str_t                    stored;    /* the version that it has now */
} ngx_http_rush_api_change_t;


static ngx_http_rush_api_change_t *ngx_http_rush_api_change_create(
    ngx_http_rush_api_t *api);
static ngx_int_t ngx_http_rush_api_link_sink(ngx_http_rush_api_t *api,
    ngx_buf_t *b);
static void ngx_http_rush_api_link_eof(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_link_read(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_link_merge(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_api_link_member(
    ngx_http_rush_definition_t *def, ngx_http_rush_datum_t *json);
static void ngx_http_rush_api_link_write(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def);
static void ngx_http_rush_api_link_written(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_api_link_says(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_api_link_tell(ngx_http_rush_api_t *api);


void
ngx_http_rush_api_link_define(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_change_t  *change;

    change = ngx_http_rush_api_change_create(api);

    if (change == NULL) {
        return;
    }

    change->def = ngx_http_rush_definition_create(api->request->pool);

    if (change->def == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    ngx_http_rush_api_read(api, ngx_http_rush_api_link_sink,
                           ngx_http_rush_api_link_eof);
}


void
ngx_http_rush_api_link_remove(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_change_t  *change;

    change = ngx_http_rush_api_change_create(api);

    if (change == NULL) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_write(api->place, &api->code,
                                              &change->version, NULL),
               ngx_http_rush_api_link_written);
}


/* NULL: the call is done */

static ngx_http_rush_api_change_t *
ngx_http_rush_api_change_create(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_change_t  *change;

    change = ngx_pcalloc(api->request->pool,
                         sizeof(ngx_http_rush_api_change_t));
    if (change == NULL) {
        ngx_http_rush_api_fail(api);
        return NULL;
    }

    api->data = change;

    if (ngx_http_rush_api_if_match(api, &change->version) != NGX_OK) {
        return NULL;
    }

    change->named = (change->version.len != 0);

    return change;
}


static ngx_int_t
ngx_http_rush_api_link_sink(ngx_http_rush_api_t *api, ngx_buf_t *b)
{
    ngx_http_rush_api_change_t  *change;

    change = api->data;

    return ngx_http_rush_api_feed(api, change->def, b, NGX_HTTP_RUSH_API_LINK,
                                  "a link must not have more than 32768 "
                                  "bytes");
}


static void
ngx_http_rush_api_link_eof(ngx_http_rush_api_t *api)
{
    ngx_http_rush_datum_t       *code;
    ngx_http_rush_api_change_t  *change;

    static ngx_str_t  name = ngx_string("code");

    change = api->data;

    if (ngx_http_rush_api_valid(api, change->def,
                                ngx_http_rush_definition_end(change->def))
        != NGX_OK)
    {
        return;
    }

    /* a line of an upload has it, and is as good here */

    code = ngx_http_rush_definition_find(change->def, &name);

    if (code && (code->text.len != api->code.len
                 || ngx_strncmp(code->text.data, api->code.data,
                                api->code.len)
                    != 0))
    {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "code must be that of the path, or not be "
                                 "there", "code");
        return;
    }

    if (api->request->method == NGX_HTTP_PUT) {
        ngx_http_rush_api_link_write(api, change->def);
        return;
    }

    ngx_http_rush_api_link_read(api);
}


static void
ngx_http_rush_api_link_read(ngx_http_rush_api_t *api)
{
    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_read(api->place, &api->code),
               ngx_http_rush_api_link_merge);
}


static void
ngx_http_rush_api_link_merge(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i;
    ngx_http_rush_api_change_t  *change;
    ngx_http_rush_definition_t  *def;

    change = api->data;

    if (ngx_http_rush_api_stored(api, reply, &def) != NGX_OK) {
        return;
    }

    if (ngx_http_rush_api_copy(api, reply, 1, &change->stored) != NGX_OK) {
        ngx_http_rush_api_fail(api);
        return;
    }

    if (!change->named) {
        change->version = change->stored;

    } else if (change->version.len != change->stored.len
               || ngx_strncmp(change->version.data, change->stored.data,
                              change->stored.len)
                  != 0)
    {
        change->outcome = ngx_http_rush_api_stale;
        ngx_http_rush_api_link_tell(api);
        return;
    }

    rc = NGX_OK;

    for (i = 0; i < change->def->n && rc == NGX_OK; i++) {
        rc = ngx_http_rush_api_link_member(def, &change->def->members[i]);
    }

    if (ngx_http_rush_api_valid(api, def, rc) == NGX_OK) {
        ngx_http_rush_api_link_write(api, def);
    }
}


/* a null is checked by its name, and is not written: that takes it out */

static ngx_int_t
ngx_http_rush_api_link_member(ngx_http_rush_definition_t *def,
    ngx_http_rush_datum_t *json)
{
    ngx_http_rush_datum_t  *old;

    old = ngx_http_rush_definition_find(def, &json->name);

    if (old) {
        *old = *json;
        return NGX_OK;
    }

    if (def->n == NGX_HTTP_RUSH_MEMBERS_MAX) {
        return ngx_http_rush_definition_error(def, &json->name,
                                              "is one of more than 32 "
                                              "members");
    }

    def->members[def->n++] = *json;

    return NGX_OK;
}


static void
ngx_http_rush_api_link_write(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def)
{
    ngx_int_t                    rc;
    ngx_str_t                    json;
    ngx_http_rush_link_t        *link;
    ngx_http_rush_link_env_t     env;
    ngx_http_rush_api_change_t  *change;

    change = api->data;

    ngx_http_rush_link_env(api->ctx, &env);

    rc = ngx_http_rush_link_compile(def, &env, &link);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_link_json(def, &json);
    }

    if (ngx_http_rush_api_valid(api, def, rc) != NGX_OK) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_write(api->place, &api->code,
                                              &change->version, &json),
               ngx_http_rush_api_link_written);
}


/* the script, then the stream of changes */

static void
ngx_http_rush_api_link_written(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_api_change_t  *change;

    change = api->data;

    if (n == 0) {
        change->said = (ngx_http_rush_api_link_says(api, reply) == NGX_OK);

        if (change->said && change->outcome != ngx_http_rush_api_stale) {
            ngx_http_rush_link_changed(api->place, &api->code,
                             change->outcome == ngx_http_rush_api_deleted);
        }

        return;
    }

    if (!change->said) {
        ngx_http_rush_api_unwell(api);
        return;
    }

    if (change->outcome != ngx_http_rush_api_stale
        && reply->type == NGX_HTTP_RUSH_REPLY_STRING)
    {
        ngx_http_rush_link_told(api->place, &reply->str);
    }

    if (change->outcome != ngx_http_rush_api_stale
        || api->request->method != NGX_HTTP_PATCH || change->named)
    {
        ngx_http_rush_api_link_tell(api);
        return;
    }

    if (++change->tries < NGX_HTTP_RUSH_API_TRIES) {
        ngx_http_rush_api_link_read(api);
        return;
    }

    ngx_http_rush_api_refuse(api, ngx_http_rush_api_conflict,
                             "others change the link all the time, try again",
                             NULL);
}


/* what plays/lib/link.lua says; versions are times of Redis */

static ngx_int_t
ngx_http_rush_api_link_says(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply)
{
    ngx_str_t                    word;
    ngx_http_rush_api_change_t  *change;

    change = api->data;

    if (ngx_http_rush_api_copy(api, reply, 0, &word) != NGX_OK
        || ngx_http_rush_api_copy(api, reply, 1, &change->stored) != NGX_OK)
    {
        return NGX_ERROR;
    }

    (void) ngx_http_rush_look_number(&change->stored, &api->since);

    return ngx_http_rush_api_outcome(&word, &change->outcome);
}


static void
ngx_http_rush_api_link_tell(ngx_http_rush_api_t *api)
{
    int64_t                      version;
    yajl_gen                     gen;
    ngx_http_rush_api_change_t  *change;

    change = api->data;

    if (change->outcome == ngx_http_rush_api_unknown) {
        ngx_http_rush_api_refuse(api, change->outcome,
                                 "there is no such link", NULL);
        return;
    }

    gen = ngx_http_rush_api_open(api);

    if (gen == NULL) {
        return;
    }

    if (ngx_http_rush_look_number(&change->stored, &version) == NGX_OK) {
        ngx_http_rush_api_number(gen, "version", version);

        if (ngx_http_rush_api_etag(api, &change->stored) != NGX_OK) {
            ngx_http_rush_api_fail(api);
            return;
        }
    }

    ngx_http_rush_api_done(api, change->outcome);
}
