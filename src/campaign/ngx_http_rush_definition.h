
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Campaigns as JSON: a definition that comes in, in any pieces, is read by
 * yajl into members, checked against what the play declares, and becomes the
 * arguments of plays/lib/define.lua; what Redis has becomes JSON again.
 *
 * Everything lives in the pool that is given.  NGX_DECLINED: def->error says
 * what is wrong and what is allowed, and def->member names it.
 */


#ifndef _NGX_HTTP_RUSH_DEFINITION_H_INCLUDED_
#define _NGX_HTTP_RUSH_DEFINITION_H_INCLUDED_


#include "campaign/ngx_http_rush_campaign.h"
#include <yajl/yajl_parse.h>
#include <yajl/yajl_gen.h>


#define NGX_HTTP_RUSH_DEFINITION_MAX    131072  /* bytes of JSON */
#define NGX_HTTP_RUSH_DEFINITION_DEPTH  16
#define NGX_HTTP_RUSH_MEMBERS_MAX       32
#define NGX_HTTP_RUSH_ITEMS_MAX         500
#define NGX_HTTP_RUSH_TIME_MAX          100000000000000LL   /* ms */


typedef enum {
    ngx_http_rush_datum_null = 0,
    ngx_http_rush_datum_boolean,
    ngx_http_rush_datum_number,
    ngx_http_rush_datum_string,
    ngx_http_rush_datum_object,
    ngx_http_rush_datum_array
} ngx_http_rush_datum_e;


/* of a string the text, of all others the JSON */

typedef struct {
    ngx_str_t                    name;
    ngx_http_rush_datum_e         type;
    ngx_str_t                    text;
} ngx_http_rush_datum_t;


typedef struct {
    ngx_pool_t                  *pool;
    yajl_handle                  yajl;
    yajl_gen                     gen;       /* of a member that nests */
    size_t                       size;
    ngx_uint_t                   escape;    /* of how far it was read */
    ngx_uint_t                   unit;      /* of UTF-16, by an escape */
    ngx_uint_t                   high;      /* the first of a pair was */
    ngx_uint_t                   depth;
    ngx_uint_t                   n;
    ngx_http_rush_datum_t         members[NGX_HTTP_RUSH_MEMBERS_MAX];
    ngx_str_t                    error;
    ngx_str_t                    member;
} ngx_http_rush_definition_t;


/* campaign/ngx_http_rush_definition.c */

ngx_http_rush_definition_t *ngx_http_rush_definition_create(
    ngx_pool_t *pool);
ngx_int_t ngx_http_rush_definition_feed(ngx_http_rush_definition_t *def,
    u_char *data, size_t len);
ngx_int_t ngx_http_rush_definition_end(ngx_http_rush_definition_t *def);
ngx_http_rush_datum_t *ngx_http_rush_definition_find(
    ngx_http_rush_definition_t *def, ngx_str_t *name);

/* "NAME what" */
ngx_int_t ngx_http_rush_definition_error(ngx_http_rush_definition_t *def,
    ngx_str_t *name, const char *what);


/* campaign/ngx_http_rush_members.c */

/* kind: of a campaign that exists, or empty; set to what the members say */
ngx_int_t ngx_http_rush_members_play(ngx_http_rush_definition_t *def,
    ngx_array_t *plays, ngx_str_t *kind, ngx_http_rush_play_t **play);

/* whole: members that are not there take their defaults */
ngx_int_t ngx_http_rush_members_args(ngx_http_rush_definition_t *def,
    ngx_http_rush_play_t *play, ngx_uint_t whole, ngx_array_t *args);


/* campaign/ngx_http_rush_value.c; NGX_DECLINED: it is not allowed */

ngx_int_t ngx_http_rush_value(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_array_t *args);
u_char *ngx_http_rush_value_allowed(u_char *p, u_char *last,
    ngx_http_rush_member_t *member);
ngx_int_t ngx_http_rush_value_push(ngx_pool_t *pool, ngx_array_t *args,
    const char *prefix, ngx_str_t *name, ngx_str_t *value);


/* campaign/ngx_http_rush_value_nested.c; as ngx_http_rush_value() */

ngx_int_t ngx_http_rush_value_items(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_array_t *args);
ngx_int_t ngx_http_rush_value_list(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *list);


/* campaign/ngx_http_rush_print.c: members of an object that is open */

void ngx_http_rush_print(yajl_gen gen, ngx_http_rush_play_t *play,
    ngx_http_rush_reply_t *hash);
int64_t ngx_http_rush_print_number(ngx_http_rush_reply_t *hash,
    const char *prefix, ngx_str_t *name);
ngx_str_t *ngx_http_rush_print_field(ngx_http_rush_reply_t *hash,
    const char *prefix, ngx_str_t *name);


#endif /* _NGX_HTTP_RUSH_DEFINITION_H_INCLUDED_ */
