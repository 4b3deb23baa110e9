
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What administration of links asks Redis.  Each function gives an exec that is
 * complete but not sent, or NULL; the comment says what its replies are.
 */


#ifndef _NGX_HTTP_RUSH_LINK_ADMIN_H_INCLUDED_
#define _NGX_HTTP_RUSH_LINK_ADMIN_H_INCLUDED_


#include "campaign/ngx_http_rush_link.h"
#include "call/ngx_http_rush_exec.h"


#define NGX_HTTP_RUSH_LINK_DATE  8    /* bytes, YYYYMMDD */


/* one of an upload */

typedef struct {
    ngx_str_t                    code;
    ngx_str_t                    json;
} ngx_http_rush_link_row_t;


/* an array: json, version, made; nil each if there is no such link */
ngx_http_rush_exec_t *ngx_http_rush_link_admin_read(
    ngx_http_rush_place_t *place, ngx_str_t *code);

/* an array: the scans that are counted for "max", then how many took each */
ngx_http_rush_exec_t *ngx_http_rush_link_admin_taken(
    ngx_http_rush_place_t *place, ngx_str_t *code, ngx_str_t *ids,
    ngx_uint_t n);

/* what plays/lib/link.lua replies, then a string; NULL json: it goes */
ngx_http_rush_exec_t *ngx_http_rush_link_admin_write(
    ngx_http_rush_place_t *place, ngx_str_t *code, ngx_str_t *version,
    ngx_str_t *json);

/* a string, what plays/lib/link.lua replies for each, and strings */
ngx_http_rush_exec_t *ngx_http_rush_link_admin_bulk(
    ngx_http_rush_place_t *place, ngx_http_rush_link_row_t *rows,
    ngx_uint_t n);

/*
 * the visitors of all these days, which are in one piece, and if there is a ref
 * how many users it has brought, or nil
 */
ngx_http_rush_exec_t *ngx_http_rush_link_admin_totals(
    ngx_http_rush_place_t *place, ngx_str_t *code, u_char *days,
    ngx_uint_t n, ngx_str_t *book, ngx_str_t *ref);

/* the visitors of a day, and a slice of its counters as HSCAN replies */
ngx_http_rush_exec_t *ngx_http_rush_link_admin_day(
    ngx_http_rush_place_t *place, ngx_str_t *code, u_char *day,
    ngx_str_t *cursor);


#endif /* _NGX_HTTP_RUSH_LINK_ADMIN_H_INCLUDED_ */
