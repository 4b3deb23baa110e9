
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Plays and their scripts.  A script is the frame, a play and an operation,
 * joined; its SHA-1 is computed when the configuration is read.  All of this
 * is configuration: requests only read it.
 */


#ifndef _NGX_HTTP_RUSH_SCRIPT_H_INCLUDED_
#define _NGX_HTTP_RUSH_SCRIPT_H_INCLUDED_


#include "ngx_http_rush.h"


#define NGX_HTTP_RUSH_PLAY_KEYS  5    /* of a play's own, at most */


typedef struct {
    ngx_str_t                name;
    ngx_str_t                text;
} ngx_http_rush_script_source_t;


typedef enum {
    ngx_http_rush_op_claim = 0,
    ngx_http_rush_op_settle,
    ngx_http_rush_op_result,
    ngx_http_rush_op_sweep,
    ngx_http_rush_op_n
} ngx_http_rush_op_e;


struct ngx_http_rush_script_s {
    ngx_str_t                text;
    ngx_uint_t               index;   /* among all scripts */
    u_char                   sha1[40];
};


struct ngx_http_rush_play_s {
    ngx_str_t                name;
    ngx_uint_t               nkeys;
    ngx_str_t                keys[NGX_HTTP_RUSH_PLAY_KEYS];
    ngx_array_t              args;    /* ngx_str_t, of rush_arg */
    ngx_http_rush_script_t   scripts[ngx_http_rush_op_n];
};


/* generated from src/plays by util/embed-lua when nginx is configured */

extern ngx_http_rush_script_source_t  ngx_http_rush_script_sources[];


ngx_int_t ngx_http_rush_plays_init(ngx_conf_t *cf, ngx_array_t *plays);
char *ngx_http_rush_play_load(ngx_conf_t *cf, ngx_array_t *plays,
    ngx_str_t *name, ngx_str_t *file);
ngx_http_rush_play_t *ngx_http_rush_play_find(ngx_array_t *plays,
    ngx_str_t *name);
ngx_uint_t ngx_http_rush_play_has_arg(ngx_array_t *plays, ngx_str_t *name);


#endif /* _NGX_HTTP_RUSH_SCRIPT_H_INCLUDED_ */
