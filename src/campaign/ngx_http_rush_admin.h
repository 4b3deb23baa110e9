
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What administration asks Redis, beside the calls of plays.  Each function
 * gives an exec that is complete but not sent, or NULL; the comment says what
 * its replies are.
 */


#ifndef _NGX_HTTP_RUSH_ADMIN_H_INCLUDED_
#define _NGX_HTTP_RUSH_ADMIN_H_INCLUDED_


#include "campaign/ngx_http_rush_campaign.h"
#include "call/ngx_http_rush_exec.h"


/* the kind of a campaign, nil if there is none */
ngx_http_rush_exec_t *ngx_http_rush_admin_kind(ngx_http_rush_place_t *place,
    ngx_str_t *id);

/*
 * 1 if the index had no such id; then what plays/lib/define.lua replies.  The
 * first is for "set" only, a "patch" has one reply.
 */
ngx_http_rush_exec_t *ngx_http_rush_admin_define(
    ngx_http_rush_place_t *place, ngx_str_t *id, const char *verb,
    ngx_str_t *version, ngx_str_t *kind, ngx_array_t *args,
    ngx_pool_t *pool);

/* an integer, then what plays/lib/define.lua replies */
ngx_http_rush_exec_t *ngx_http_rush_admin_remove(
    ngx_http_rush_place_t *place, ngx_str_t *id, ngx_str_t *version,
    ngx_pool_t *pool);

/* an integer; the score is the end, "+inf", or empty if it was not made */
ngx_http_rush_exec_t *ngx_http_rush_admin_index(ngx_http_rush_place_t *place,
    ngx_str_t *id, ngx_str_t *score);

/* the hash, its number of users and one, its number of events */
ngx_http_rush_exec_t *ngx_http_rush_admin_show(ngx_http_rush_place_t *place,
    ngx_str_t *id);

/* what plays/lib/list.lua replies */
ngx_http_rush_exec_t *ngx_http_rush_admin_list(ngx_http_rush_place_t *place,
    ngx_str_t *after, ngx_uint_t limit);

/* a hash each */
ngx_http_rush_exec_t *ngx_http_rush_admin_rows(ngx_http_rush_place_t *place,
    ngx_str_t *ids, ngx_uint_t n);

/* an integer; "SADD", "SCARD" or "UNLINK" */
ngx_http_rush_exec_t *ngx_http_rush_admin_tag(ngx_http_rush_place_t *place,
    const char *command, ngx_str_t *tag, ngx_str_t *users, ngx_uint_t n);


#endif /* _NGX_HTTP_RUSH_ADMIN_H_INCLUDED_ */
