
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A campaign, as HGETALL gave it, as JSON: the members that its play declares,
 * its items with their counters, and its own counters.  What is damaged is left
 * out.
 */


#include "campaign/ngx_http_rush_definition.h"


static void ngx_http_rush_print_name(yajl_gen gen, ngx_str_t *name);
static void ngx_http_rush_print_member(yajl_gen gen,
    ngx_http_rush_member_t *member, ngx_http_rush_reply_t *hash,
    ngx_str_t *value);
static void ngx_http_rush_print_tags(yajl_gen gen, ngx_str_t *list);
static void ngx_http_rush_print_items(yajl_gen gen,
    ngx_http_rush_reply_t *hash, ngx_str_t *list);
static void ngx_http_rush_print_counter(yajl_gen gen,
    ngx_http_rush_reply_t *hash, const char *prefix, ngx_str_t *item);


static const char  *ngx_http_rush_print_counters[] = {
    "version", "made", "total", "supply", "out", "seq", "held", "void", NULL
};


void
ngx_http_rush_print(yajl_gen gen, ngx_http_rush_play_t *play,
    ngx_http_rush_reply_t *hash)
{
    int64_t                  total, out;
    ngx_str_t               *value, none;
    ngx_uint_t               i;
    ngx_http_rush_member_t  *member;

    static ngx_str_t  kind = ngx_string("kind");
    static ngx_str_t  left = ngx_string("left");

    value = ngx_http_rush_print_field(hash, "", &kind);

    if (value) {
        ngx_http_rush_print_name(gen, &kind);
        yajl_gen_string(gen, value->data, value->len);
    }

    member = play ? play->members.elts : NULL;

    for (i = 0; play && i < play->members.nelts; i++) {
        value = ngx_http_rush_print_field(hash, "", &member[i].name);

        if (value && value->len) {
            ngx_http_rush_print_member(gen, &member[i], hash, value);
        }
    }

    ngx_str_set(&none, "");

    for (i = 0; ngx_http_rush_print_counters[i]; i++) {
        ngx_http_rush_print_counter(gen, hash,
                                    ngx_http_rush_print_counters[i], &none);
    }

    total = ngx_http_rush_print_number(hash, "total", &none);
    out = ngx_http_rush_print_number(hash, "out", &none);

    ngx_http_rush_print_name(gen, &left);
    yajl_gen_integer(gen, ngx_max(total - out, 0));
}


ngx_str_t *
ngx_http_rush_print_field(ngx_http_rush_reply_t *hash, const char *prefix,
    ngx_str_t *name)
{
    size_t       len;
    ngx_str_t   *field;
    ngx_uint_t   i;

    len = ngx_strlen(prefix);

    for (i = 0; i + 1 < hash->n; i += 2) {
        field = &hash->elts[i].str;

        if (hash->elts[i].type == NGX_HTTP_RUSH_REPLY_STRING
            && hash->elts[i + 1].type == NGX_HTTP_RUSH_REPLY_STRING
            && field->len == len + name->len
            && ngx_memcmp(field->data, prefix, len) == 0
            && ngx_memcmp(field->data + len, name->data, name->len) == 0)
        {
            return &hash->elts[i + 1].str;
        }
    }

    return NULL;
}


int64_t
ngx_http_rush_print_number(ngx_http_rush_reply_t *hash, const char *prefix,
    ngx_str_t *name)
{
    int64_t     n;
    ngx_str_t  *value;

    value = ngx_http_rush_print_field(hash, prefix, name);

    if (value == NULL || ngx_http_rush_look_number(value, &n) != NGX_OK) {
        return 0;
    }

    return n;
}


static void
ngx_http_rush_print_name(yajl_gen gen, ngx_str_t *name)
{
    yajl_gen_string(gen, name->data, name->len);
}


static void
ngx_http_rush_print_member(yajl_gen gen, ngx_http_rush_member_t *member,
    ngx_http_rush_reply_t *hash, ngx_str_t *value)
{
    int64_t     n;
    ngx_uint_t  number;

    number = (ngx_http_rush_look_number(value, &n) == NGX_OK);

    switch (member->type) {

    case ngx_http_rush_member_items:
        ngx_http_rush_print_name(gen, &member->name);
        ngx_http_rush_print_items(gen, hash, value);
        return;

    case ngx_http_rush_member_tags:
        ngx_http_rush_print_name(gen, &member->name);
        ngx_http_rush_print_tags(gen, value);
        return;

    case ngx_http_rush_member_object:
        if (ngx_http_rush_shown_object(value)) {
            ngx_http_rush_print_name(gen, &member->name);
            yajl_gen_number(gen, (char *) value->data, value->len);
        }

        return;

    case ngx_http_rush_member_choice:
    case ngx_http_rush_member_zone:
        ngx_http_rush_print_name(gen, &member->name);
        yajl_gen_string(gen, value->data, value->len);
        return;

    case ngx_http_rush_member_boolean:
        ngx_http_rush_print_name(gen, &member->name);
        yajl_gen_bool(gen, number && n);
        return;

    default:
        if (!number || (n == 0 && member->type == ngx_http_rush_member_time)) {
            /* none */
            return;
        }

        ngx_http_rush_print_name(gen, &member->name);
        yajl_gen_integer(gen, n);
    }
}


static void
ngx_http_rush_print_tags(yajl_gen gen, ngx_str_t *list)
{
    u_char  *p, *last, *space;

    p = list->data;
    last = p + list->len;

    yajl_gen_array_open(gen);

    for ( /* void */ ; p < last; p = space + 1) {

        space = ngx_strlchr(p, last, ' ');
        if (space == NULL) {
            space = last;
        }

        yajl_gen_string(gen, p, space - p);
    }

    yajl_gen_array_close(gen);
}


static void
ngx_http_rush_print_items(yajl_gen gen, ngx_http_rush_reply_t *hash,
    ngx_str_t *list)
{
    u_char     *p, *last, *space;
    int64_t     left;
    ngx_str_t   item;

    static ngx_str_t  name = ngx_string("left");

    p = list->data;
    last = p + list->len;

    yajl_gen_map_open(gen);

    for ( /* void */ ; p < last; p = space + 1) {

        space = ngx_strlchr(p, last, ' ');
        if (space == NULL) {
            space = last;
        }

        item.data = p;
        item.len = space - p;

        ngx_http_rush_print_name(gen, &item);
        yajl_gen_map_open(gen);

        ngx_http_rush_print_counter(gen, hash, "stock:", &item);
        ngx_http_rush_print_counter(gen, hash, "total:", &item);
        ngx_http_rush_print_counter(gen, hash, "out:", &item);
        ngx_http_rush_print_counter(gen, hash, "void:", &item);

        left = ngx_http_rush_print_number(hash, "total:", &item)
               - ngx_http_rush_print_number(hash, "out:", &item);

        ngx_http_rush_print_name(gen, &name);
        yajl_gen_integer(gen, ngx_max(left, 0));

        yajl_gen_map_close(gen);
    }

    yajl_gen_map_close(gen);
}


/* a counter of the campaign, or "counter:" of an item */

static void
ngx_http_rush_print_counter(yajl_gen gen, ngx_http_rush_reply_t *hash,
    const char *prefix, ngx_str_t *item)
{
    size_t      len;
    int64_t     n;
    ngx_str_t  *value;

    value = ngx_http_rush_print_field(hash, prefix, item);

    if (value == NULL || ngx_http_rush_look_number(value, &n) != NGX_OK) {
        return;
    }

    len = ngx_strlen(prefix);

    if (prefix[len - 1] == ':') {
        len--;
    }

    yajl_gen_string(gen, (u_char *) prefix, len);
    yajl_gen_integer(gen, n);
}
