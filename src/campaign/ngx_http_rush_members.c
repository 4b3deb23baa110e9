
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Members of a definition against what the play declares, and as arguments of
 * plays/lib/define.lua.
 */


#include "campaign/ngx_http_rush_definition.h"
#include <openssl/rand.h>


#define NGX_HTTP_RUSH_SECRET_LEN  16    /* bytes, of a campaign's secret */


static ngx_http_rush_member_t *ngx_http_rush_members_find(
    ngx_http_rush_play_t *play, ngx_str_t *name);
static ngx_int_t ngx_http_rush_members_unknown(
    ngx_http_rush_definition_t *def, ngx_http_rush_play_t *play,
    ngx_str_t *name);
static ngx_int_t ngx_http_rush_members_kinds(ngx_http_rush_definition_t *def,
    ngx_array_t *plays);
static ngx_int_t ngx_http_rush_members_one(ngx_http_rush_definition_t *def,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_array_t *args);
static ngx_int_t ngx_http_rush_members_default(
    ngx_http_rush_definition_t *def, ngx_http_rush_member_t *member,
    ngx_array_t *args);
static ngx_int_t ngx_http_rush_members_made(ngx_http_rush_definition_t *def,
    ngx_http_rush_play_t *play, ngx_array_t *args);


static ngx_str_t  ngx_http_rush_members_kind = ngx_string("kind");


ngx_int_t
ngx_http_rush_members_play(ngx_http_rush_definition_t *def,
    ngx_array_t *plays, ngx_str_t *kind, ngx_http_rush_play_t **play)
{
    ngx_http_rush_datum_t  *json;

    json = ngx_http_rush_definition_find(def, &ngx_http_rush_members_kind);

    if (json) {
        if (json->type != ngx_http_rush_datum_string) {
            return ngx_http_rush_members_kinds(def, plays);
        }

        *kind = json->text;
    }

    *play = ngx_http_rush_play_find(plays, kind);

    if (*play == NULL) {
        return ngx_http_rush_members_kinds(def, plays);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_members_kinds(ngx_http_rush_definition_t *def,
    ngx_array_t *plays)
{
    u_char                *p, *last;
    size_t                 size;
    ngx_uint_t             i;
    ngx_http_rush_play_t  *play;

    play = plays->elts;
    size = sizeof("must be one of ");

    for (i = 0; i < plays->nelts; i++) {
        size += play[i].name.len + 2;
    }

    p = ngx_pnalloc(def->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_cpymem(p, "must be one of ", sizeof("must be one of ") - 1);

    for (i = 0; i < plays->nelts; i++) {
        last = ngx_sprintf(last, "%s%V", i ? ", " : "", &play[i].name);
    }

    *last = '\0';

    return ngx_http_rush_definition_error(def, &ngx_http_rush_members_kind,
                                          (char *) p);
}


ngx_int_t
ngx_http_rush_members_args(ngx_http_rush_definition_t *def,
    ngx_http_rush_play_t *play, ngx_uint_t whole, ngx_array_t *args)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    ngx_http_rush_datum_t    *json;
    ngx_http_rush_member_t  *member;

    for (i = 0; i < def->n; i++) {
        json = &def->members[i];
        member = ngx_http_rush_members_find(play, &json->name);

        if (member == NULL
            && json != ngx_http_rush_definition_find(def,
                                                 &ngx_http_rush_members_kind))
        {
            return ngx_http_rush_members_unknown(def, play, &json->name);
        }
    }

    member = play->members.elts;

    for (i = 0; i < play->members.nelts; i++) {
        json = ngx_http_rush_definition_find(def, &member[i].name);

        if (json && json->type != ngx_http_rush_datum_null) {
            rc = ngx_http_rush_members_one(def, &member[i], json, args);

        } else if (json || whole) {
            rc = ngx_http_rush_members_default(def, &member[i], args);

        } else {
            rc = NGX_OK;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_rush_members_made(def, play, args);
}


static ngx_http_rush_member_t *
ngx_http_rush_members_find(ngx_http_rush_play_t *play, ngx_str_t *name)
{
    ngx_uint_t               i;
    ngx_http_rush_member_t  *member;

    member = play->members.elts;

    for (i = 0; i < play->members.nelts; i++) {
        if (member[i].name.len == name->len
            && ngx_memcmp(member[i].name.data, name->data, name->len) == 0)
        {
            return &member[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_rush_members_unknown(ngx_http_rush_definition_t *def,
    ngx_http_rush_play_t *play, ngx_str_t *name)
{
    u_char                  *p;
    size_t                   size;
    ngx_uint_t               i;
    ngx_http_rush_member_t  *member;

    member = play->members.elts;
    size = sizeof("unknown member \"\": a  has kind") + name->len
           + play->name.len;

    for (i = 0; i < play->members.nelts; i++) {
        size += member[i].name.len + 2;
    }

    p = ngx_pnalloc(def->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    def->member = *name;
    def->error.data = p;

    p = ngx_sprintf(p, "unknown member \"%V\": a %V has kind", name,
                    &play->name);

    for (i = 0; i < play->members.nelts; i++) {
        p = ngx_sprintf(p, ", %V", &member[i].name);
    }

    def->error.len = p - def->error.data;

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_rush_members_one(ngx_http_rush_definition_t *def,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_array_t *args)
{
    u_char     *p, text[512];
    ngx_int_t   rc;

    rc = ngx_http_rush_value(def->pool, member, json, args);

    if (rc == NGX_DECLINED) {
        p = ngx_cpymem(text, "must be ", sizeof("must be ") - 1);
        p = ngx_http_rush_value_allowed(p, text + sizeof(text) - 1, member);
        *p = '\0';

        return ngx_http_rush_definition_error(def, &member->name,
                                              (char *) text);
    }

    return rc;
}


static ngx_int_t
ngx_http_rush_members_default(ngx_http_rush_definition_t *def,
    ngx_http_rush_member_t *member, ngx_array_t *args)
{
    ngx_str_t             value;
    ngx_http_rush_datum_t  json;

    ngx_memzero(&json, sizeof(ngx_http_rush_datum_t));
    json.type = ngx_http_rush_datum_null;

    if (member->required) {
        return ngx_http_rush_members_one(def, member, &json, args);
    }

    if (member->value.len == 0) {
        value.len = (member->type == ngx_http_rush_member_boolean
                     || member->type == ngx_http_rush_member_time);
        value.data = (u_char *) "0";

        return ngx_http_rush_value_push(def->pool, args, "", &member->name,
                                        &value);
    }

    if (member->fixed) {
        return ngx_http_rush_value_push(def->pool, args, "default:",
                                        &member->name, &member->value);
    }

    json.type = ngx_http_rush_datum_string;
    json.text = member->value;

    if (member->type == ngx_http_rush_member_integer) {
        json.type = ngx_http_rush_datum_number;
    }

    return ngx_http_rush_members_one(def, member, &json, args);
}


/* what a new campaign has beside its members */

static ngx_int_t
ngx_http_rush_members_made(ngx_http_rush_definition_t *def,
    ngx_http_rush_play_t *play, ngx_array_t *args)
{
    u_char                   bytes[NGX_HTTP_RUSH_SECRET_LEN];
    u_char                   hex[2 * NGX_HTTP_RUSH_SECRET_LEN];
    ngx_str_t                value, *given;
    ngx_http_rush_datum_t    *json;
    ngx_http_rush_member_t  *member;

    static ngx_str_t  secret = ngx_string("secret");
    static ngx_str_t  supply = ngx_string("supply");
    static ngx_str_t  none = ngx_string("0");

    if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
        return NGX_ERROR;
    }

    value.data = hex;
    value.len = ngx_hex_dump(hex, bytes, sizeof(bytes)) - hex;

    if (ngx_http_rush_value_push(def->pool, args, "default:", &secret, &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    member = ngx_http_rush_members_find(play, &play->supply);

    if (member == NULL) {
        return NGX_OK;
    }

    json = ngx_http_rush_definition_find(def, &member->name);
    given = json ? &json->text : &member->value;

    if (given->len != play->supplied.len
        || ngx_strncmp(given->data, play->supplied.data, given->len) != 0)
    {
        return NGX_OK;
    }

    return ngx_http_rush_value_push(def->pool, args, "default:", &supply,
                                    &none);
}
