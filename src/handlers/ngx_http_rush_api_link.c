
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A link, as rush_api shows it: its members as they are stored, what its pools
 * have given, and its signed code.
 */


#include "handlers/ngx_http_rush_api.h"


typedef struct {
    int64_t                      expires;
    ngx_http_rush_link_t        *link;
    ngx_uint_t                   n;
    ngx_http_rush_target_t     **targets;   /* that Redis counts */
} ngx_http_rush_api_link_t;


static void ngx_http_rush_api_link_show(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_link_shown(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_api_link_print(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_http_rush_reply_t *reply);
static void ngx_http_rush_api_link_counts(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def);
static ngx_int_t ngx_http_rush_api_link_targets(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_link_counted(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static int64_t ngx_http_rush_api_link_number(ngx_http_rush_reply_t *reply,
    ngx_uint_t n);


void
ngx_http_rush_api_link(ngx_http_rush_api_t *api)
{
    switch (api->request->method) {

    case NGX_HTTP_PUT:
    case NGX_HTTP_PATCH:
        ngx_http_rush_api_link_define(api);
        return;

    case NGX_HTTP_DELETE:
        ngx_http_rush_api_link_remove(api);
        return;

    default: /* NGX_HTTP_GET, NGX_HTTP_HEAD */
        ngx_http_rush_api_link_show(api);
    }
}


static void
ngx_http_rush_api_link_show(ngx_http_rush_api_t *api)
{
    ngx_http_rush_api_link_t  *show;

    show = ngx_pcalloc(api->request->pool, sizeof(ngx_http_rush_api_link_t));

    if (show == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    api->data = show;

    if (ngx_http_rush_api_expires(api, 0, &show->expires) != NGX_OK) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_read(api->place, &api->code),
               ngx_http_rush_api_link_shown);
}


static void
ngx_http_rush_api_link_shown(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_definition_t  *def;

    if (ngx_http_rush_api_stored(api, reply, &def) != NGX_OK
        || ngx_http_rush_api_link_print(api, def, reply) != NGX_OK)
    {
        return;
    }

    ngx_http_rush_api_link_counts(api, def);
}


static ngx_int_t
ngx_http_rush_api_link_print(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_http_rush_reply_t *reply)
{
    yajl_gen                   gen;
    ngx_str_t                  code;
    ngx_uint_t                 i;
    ngx_http_rush_datum_t     *json;
    ngx_http_rush_api_link_t  *show;

    show = api->data;
    gen = ngx_http_rush_api_open(api);

    if (gen == NULL) {
        return NGX_DONE;
    }

    for (i = 0; i < def->n; i++) {
        json = &def->members[i];

        yajl_gen_string(gen, json->name.data, json->name.len);

        if (json->type == ngx_http_rush_datum_string) {
            yajl_gen_string(gen, json->text.data, json->text.len);

        } else {
            yajl_gen_number(gen, (char *) json->text.data, json->text.len);
        }
    }

    ngx_http_rush_api_number(gen, "version",
                             ngx_http_rush_api_link_number(reply, 1));
    ngx_http_rush_api_number(gen, "made",
                             ngx_http_rush_api_link_number(reply, 2));

    if (api->ctx->conf->keys) {
        if (ngx_http_rush_api_sign(api, show->expires, &code) != NGX_OK) {
            return NGX_DONE;
        }

        ngx_http_rush_api_string(gen, "signed", &code);
    }

    if (ngx_http_rush_api_etag(api, &reply->elts[1].str) != NGX_OK) {
        ngx_http_rush_api_fail(api);
        return NGX_DONE;
    }

    return NGX_OK;
}


/* what is stored was checked by the rules of then: it may be shown no more */

static void
ngx_http_rush_api_link_counts(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def)
{
    ngx_int_t                  rc;
    ngx_str_t                 *ids;
    ngx_uint_t                 i;
    ngx_http_rush_api_link_t  *show;
    ngx_http_rush_link_env_t   env;

    show = api->data;
    ngx_memzero(&env, sizeof(ngx_http_rush_link_env_t));

    rc = ngx_http_rush_link_compile(def, &env, &show->link);

    if (rc == NGX_OK) {
        rc = ngx_http_rush_api_link_targets(api);
    }

    if (rc == NGX_ERROR) {
        ngx_http_rush_api_fail(api);
        return;
    }

    if (rc == NGX_DECLINED || (show->n == 0 && show->link->max == 0)) {
        ngx_http_rush_api_done(api, ngx_http_rush_api_found);
        return;
    }

    ids = ngx_palloc(api->request->pool, (show->n + 1) * sizeof(ngx_str_t));

    if (ids == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    for (i = 0; i < show->n; i++) {
        ids[i].data = show->targets[i]->id;
        ids[i].len = NGX_HTTP_RUSH_TARGET_ID;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_taken(api->place, &api->code, ids,
                                              show->n),
               ngx_http_rush_api_link_counted);
}


/* those of pools with a cap */

static ngx_int_t
ngx_http_rush_api_link_targets(ngx_http_rush_api_t *api)
{
    ngx_uint_t                 i, k;
    ngx_http_rush_rule_t      *rule;
    ngx_http_rush_target_t    *target;
    ngx_http_rush_api_link_t  *show;

    show = api->data;

    rule = ngx_http_rush_link_rules(show->link);
    target = ngx_http_rush_link_targets(show->link);

    show->targets = ngx_palloc(api->request->pool,
                               (show->link->ntargets + 1)
                               * sizeof(ngx_http_rush_target_t *));
    if (show->targets == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < show->link->nrules; i++) {
        for (k = 0; rule[i].capped && k < rule[i].n; k++) {
            show->targets[show->n++] = &target[rule[i].first + k];
        }
    }

    return NGX_OK;
}


static void
ngx_http_rush_api_link_counted(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t                  to;
    ngx_uint_t                 i;
    ngx_http_rush_api_link_t  *show;

    show = api->data;

    if (show->link->max) {
        ngx_http_rush_api_number(api->gen, "counted",
                                 ngx_http_rush_api_link_number(reply, 0));
    }

    if (show->n) {
        ngx_http_rush_api_name(api->gen, "taken");
        yajl_gen_array_open(api->gen);

        for (i = 0; i < show->n; i++) {
            ngx_http_rush_link_text(show->link, show->targets[i]->to, &to);

            yajl_gen_map_open(api->gen);
            ngx_http_rush_api_string(api->gen, "to", &to);
            ngx_http_rush_api_number(api->gen, "n",
                                     ngx_http_rush_api_link_number(reply,
                                                                   i + 1));
            yajl_gen_map_close(api->gen);
        }

        yajl_gen_array_close(api->gen);
    }

    ngx_http_rush_api_done(api, ngx_http_rush_api_found);
}


/* 0 if there is none */

static int64_t
ngx_http_rush_api_link_number(ngx_http_rush_reply_t *reply, ngx_uint_t n)
{
    int64_t  number;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY || reply->n <= n
        || reply->elts[n].type != NGX_HTTP_RUSH_REPLY_STRING
        || ngx_http_rush_look_number(&reply->elts[n].str, &number) != NGX_OK)
    {
        return 0;
    }

    return number;
}
