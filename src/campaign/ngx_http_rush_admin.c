
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Commands of administration.  A campaign and the index of campaigns are in
 * different slots, so no script changes both.  The id is in the index before
 * the campaign is made, with a score that no campaign has, and gets its own
 * afterwards; it leaves the index before the campaign goes.  So whoever comes
 * between leaves no campaign without its id.
 */


#include "campaign/ngx_http_rush_admin.h"


#define NGX_HTTP_RUSH_ADMIN_MADE  "-inf"    /* score of what is being made */

#define NGX_HTTP_RUSH_ADMIN_KEY  (NGX_HTTP_RUSH_PREFIX_LEN                    \
                                  + 2 * NGX_HTTP_RUSH_ID_LEN + 32)


static ngx_http_rush_exec_t *ngx_http_rush_admin_one(
    ngx_http_rush_place_t *place, ngx_str_t *args, ngx_uint_t n);
static ngx_int_t ngx_http_rush_admin_keys(ngx_http_rush_place_t *place,
    ngx_str_t *id, ngx_array_t *args, ngx_pool_t *pool);
static void ngx_http_rush_admin_key(ngx_http_rush_place_t *place,
    ngx_str_t *id, const char *part, u_char *buf, ngx_str_t *key);
static void ngx_http_rush_admin_campaigns(ngx_http_rush_place_t *place,
    u_char *buf, ngx_str_t *key);


ngx_http_rush_exec_t *
ngx_http_rush_admin_kind(ngx_http_rush_place_t *place, ngx_str_t *id)
{
    u_char     buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t  args[3];

    ngx_str_set(&args[0], "HGET");
    ngx_http_rush_admin_key(place, id, "", buf, &args[1]);
    ngx_str_set(&args[2], "kind");

    return ngx_http_rush_admin_one(place, args, 3);
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_define(ngx_http_rush_place_t *place, ngx_str_t *id,
    const char *verb, ngx_str_t *version, ngx_str_t *kind, ngx_array_t *args,
    ngx_pool_t *pool)
{
    u_char                 buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t              add[5], *arg;
    ngx_array_t            eval;
    ngx_http_rush_exec_t  *exec;

    if (ngx_array_init(&eval, pool, 16 + args->nelts, sizeof(ngx_str_t))
        != NGX_OK
        || ngx_http_rush_admin_keys(place, id, &eval, pool) != NGX_OK)
    {
        return NULL;
    }

    arg = ngx_array_push_n(&eval, 3 + args->nelts);
    if (arg == NULL) {
        return NULL;
    }

    arg[0].data = (u_char *) verb;
    arg[0].len = ngx_strlen(verb);
    arg[1] = *version;
    arg[2] = *kind;

    if (args->nelts) {
        ngx_memcpy(&arg[3], args->elts, args->nelts * sizeof(ngx_str_t));
    }

    ngx_str_set(&add[0], "ZADD");
    ngx_http_rush_admin_campaigns(place, buf, &add[1]);
    ngx_str_set(&add[2], "NX");
    ngx_str_set(&add[3], NGX_HTTP_RUSH_ADMIN_MADE);
    add[4] = *id;

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec == NULL
        || (*verb == 's' && ngx_http_rush_exec_add(exec, add, 5) != NGX_OK)
        || ngx_http_rush_exec_add(exec, eval.elts, eval.nelts) != NGX_OK)
    {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_remove(ngx_http_rush_place_t *place, ngx_str_t *id,
    ngx_str_t *version, ngx_pool_t *pool)
{
    u_char                 buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t              rem[3], *arg;
    ngx_array_t            eval;
    ngx_http_rush_exec_t  *exec;

    if (ngx_array_init(&eval, pool, 16, sizeof(ngx_str_t)) != NGX_OK
        || ngx_http_rush_admin_keys(place, id, &eval, pool) != NGX_OK)
    {
        return NULL;
    }

    arg = ngx_array_push_n(&eval, 2);
    if (arg == NULL) {
        return NULL;
    }

    ngx_str_set(&arg[0], "del");
    arg[1] = *version;

    ngx_str_set(&rem[0], "ZREM");
    ngx_http_rush_admin_campaigns(place, buf, &rem[1]);
    rem[2] = *id;

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec == NULL
        || ngx_http_rush_exec_add(exec, rem, 3) != NGX_OK
        || ngx_http_rush_exec_add(exec, eval.elts, eval.nelts) != NGX_OK)
    {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


/* EVAL, the script and the keys, those of all plays: it may be of any */

static ngx_int_t
ngx_http_rush_admin_keys(ngx_http_rush_place_t *place, ngx_str_t *id,
    ngx_array_t *args, ngx_pool_t *pool)
{
    u_char                *buf;
    ngx_str_t             *arg, *number;
    ngx_uint_t             i, k;
    ngx_http_rush_play_t  *play;

    static const char  *common[] = { "", "users", "events" };

    arg = ngx_array_push_n(args, 3);
    if (arg == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&arg[0], "EVAL");
    arg[1] = *ngx_http_rush_script_text("lib/define.lua");

    for (i = 0; i < 3; i++) {
        arg = ngx_array_push(args);
        buf = ngx_pnalloc(pool, NGX_HTTP_RUSH_ADMIN_KEY);

        if (arg == NULL || buf == NULL) {
            return NGX_ERROR;
        }

        ngx_http_rush_admin_key(place, id, common[i], buf, arg);
    }

    play = place->plays->elts;

    for (i = 0; i < place->plays->nelts; i++) {
        for (k = 0; k < play[i].nkeys; k++) {
            arg = ngx_array_push(args);
            buf = ngx_pnalloc(pool, NGX_HTTP_RUSH_ADMIN_KEY);

            if (arg == NULL || buf == NULL) {
                return NGX_ERROR;
            }

            arg->data = buf;
            arg->len = ngx_snprintf(buf, NGX_HTTP_RUSH_ADMIN_KEY,
                                    "%V{%V}:%V", &place->prefix, id,
                                    &play[i].keys[k])
                       - buf;
        }
    }

    number = args->elts;
    number += 2;

    number->data = ngx_pnalloc(pool, NGX_INT_T_LEN);
    if (number->data == NULL) {
        return NGX_ERROR;
    }

    number->len = ngx_sprintf(number->data, "%ui", args->nelts - 3)
                  - number->data;

    return NGX_OK;
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_index(ngx_http_rush_place_t *place, ngx_str_t *id,
    ngx_str_t *score)
{
    u_char     buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t  args[6];

    if (score->len) {
        ngx_str_set(&args[0], "ZADD");
        ngx_http_rush_admin_campaigns(place, buf, &args[1]);
        args[2] = *score;
        args[3] = *id;

        return ngx_http_rush_admin_one(place, args, 4);
    }

    ngx_str_set(&args[0], "EVAL");
    args[1] = *ngx_http_rush_script_text("lib/unlist.lua");
    ngx_str_set(&args[2], "1");
    ngx_http_rush_admin_campaigns(place, buf, &args[3]);
    args[4] = *id;
    ngx_str_set(&args[5], NGX_HTTP_RUSH_ADMIN_MADE);

    return ngx_http_rush_admin_one(place, args, 6);
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_show(ngx_http_rush_place_t *place, ngx_str_t *id)
{
    u_char                 buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t              args[2];
    ngx_uint_t             i;
    ngx_http_rush_exec_t  *exec;

    static struct {
        ngx_str_t    command;
        const char  *part;
    } reads[] = {
        { ngx_string("HGETALL"), "" },
        { ngx_string("HLEN"), "users" },
        { ngx_string("XLEN"), "events" }
    };

    exec = ngx_http_rush_exec_create(place->calls);

    for (i = 0; exec && i < sizeof(reads) / sizeof(reads[0]); i++) {
        args[0] = reads[i].command;
        ngx_http_rush_admin_key(place, id, reads[i].part, buf, &args[1]);

        if (ngx_http_rush_exec_add(exec, args, 2) != NGX_OK) {
            ngx_http_rush_exec_free(exec);
            return NULL;
        }
    }

    return exec;
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_list(ngx_http_rush_place_t *place, ngx_str_t *after,
    ngx_uint_t limit)
{
    u_char     buf[NGX_HTTP_RUSH_ADMIN_KEY], number[NGX_INT_T_LEN];
    ngx_str_t  args[6];

    ngx_str_set(&args[0], "EVAL");
    args[1] = *ngx_http_rush_script_text("lib/list.lua");
    ngx_str_set(&args[2], "1");
    ngx_http_rush_admin_campaigns(place, buf, &args[3]);
    args[4] = *after;
    args[5].data = number;
    args[5].len = ngx_sprintf(number, "%ui", limit) - number;

    return ngx_http_rush_admin_one(place, args, 6);
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_rows(ngx_http_rush_place_t *place, ngx_str_t *ids,
    ngx_uint_t n)
{
    u_char                 buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t              args[2];
    ngx_uint_t             i;
    ngx_http_rush_exec_t  *exec;

    exec = ngx_http_rush_exec_create(place->calls);

    ngx_str_set(&args[0], "HGETALL");

    for (i = 0; exec && i < n; i++) {
        ngx_http_rush_admin_key(place, &ids[i], "", buf, &args[1]);

        if (ngx_http_rush_exec_add(exec, args, 2) != NGX_OK) {
            ngx_http_rush_exec_free(exec);
            return NULL;
        }
    }

    return exec;
}


ngx_http_rush_exec_t *
ngx_http_rush_admin_tag(ngx_http_rush_place_t *place, const char *command,
    ngx_str_t *tag, ngx_str_t *users, ngx_uint_t n)
{
    u_char                 buf[NGX_HTTP_RUSH_ADMIN_KEY];
    ngx_str_t             *args;
    ngx_http_rush_exec_t  *exec;

    args = ngx_alloc((n + 2) * sizeof(ngx_str_t), place->calls->log);
    if (args == NULL) {
        return NULL;
    }

    args[0].data = (u_char *) command;
    args[0].len = ngx_strlen(command);
    args[1].data = buf;
    args[1].len = ngx_snprintf(buf, sizeof(buf), "%Vtag:%V", &place->prefix,
                               tag)
                  - buf;

    if (n) {
        ngx_memcpy(&args[2], users, n * sizeof(ngx_str_t));
    }

    exec = ngx_http_rush_admin_one(place, args, n + 2);

    ngx_free(args);

    return exec;
}


static ngx_http_rush_exec_t *
ngx_http_rush_admin_one(ngx_http_rush_place_t *place, ngx_str_t *args,
    ngx_uint_t n)
{
    ngx_http_rush_exec_t  *exec;

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec && ngx_http_rush_exec_add(exec, args, n) != NGX_OK) {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


static void
ngx_http_rush_admin_key(ngx_http_rush_place_t *place, ngx_str_t *id,
    const char *part, u_char *buf, ngx_str_t *key)
{
    key->data = buf;
    key->len = ngx_snprintf(buf, NGX_HTTP_RUSH_ADMIN_KEY, "%V{%V}%s%s",
                            &place->prefix, id, *part ? ":" : "", part)
               - buf;
}


static void
ngx_http_rush_admin_campaigns(ngx_http_rush_place_t *place, u_char *buf,
    ngx_str_t *key)
{
    key->data = buf;
    key->len = ngx_snprintf(buf, NGX_HTTP_RUSH_ADMIN_KEY, "%Vcampaigns",
                            &place->prefix)
               - buf;
}
