
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Plays and their scripts.  A script is the frame, its second half, a play and
 * an operation, joined; its SHA-1 is computed when the configuration is read.
 * All of this is configuration: requests only read it.
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
    ngx_http_rush_op_codes,
    ngx_http_rush_op_check,
    ngx_http_rush_op_n
} ngx_http_rush_op_e;


/* scripts that stand alone; their calls travel together as those of plays */

typedef enum {
    ngx_http_rush_job_pick = 0,
    ngx_http_rush_job_bind,
    ngx_http_rush_job_n
} ngx_http_rush_job_e;


struct ngx_http_rush_script_s {
    ngx_str_t                text;
    ngx_uint_t               index;   /* among all scripts */
    u_char                   sha1[40];
};


/* a line "-- @member NAME TYPE ..." */

typedef enum {
    ngx_http_rush_member_integer = 0,
    ngx_http_rush_member_duration,
    ngx_http_rush_member_items,
    ngx_http_rush_member_boolean,
    ngx_http_rush_member_time,
    ngx_http_rush_member_object,
    ngx_http_rush_member_tags,
    ngx_http_rush_member_choice,
    ngx_http_rush_member_zone
} ngx_http_rush_member_e;


typedef struct {
    ngx_str_t                name;
    ngx_http_rush_member_e   type;
    int64_t                  min;
    int64_t                  max;
    ngx_str_t                choice;  /* words with "|" between them */
    ngx_str_t                value;   /* the default, or empty */
    unsigned                 required:1;
    unsigned                 fixed:1; /* once the campaign is made */
} ngx_http_rush_member_t;


struct ngx_http_rush_play_s {
    ngx_str_t                name;
    ngx_array_t              members; /* ngx_http_rush_member_t */
    ngx_str_t                supply;  /* a member, and its value that makes */
    ngx_str_t                supplied; /* the supply begin at 0 */
    ngx_uint_t               nkeys;
    ngx_str_t                keys[NGX_HTTP_RUSH_PLAY_KEYS];
    ngx_array_t              args;    /* ngx_str_t, of rush_arg */
    ngx_uint_t               named;   /* the head says so */
    ngx_http_rush_script_t   scripts[ngx_http_rush_op_n];
};


/* generated from src/plays by util/embed-lua when nginx is configured */

extern ngx_http_rush_script_source_t  ngx_http_rush_script_sources[];


/* a number, and "ms", "s", "m", "h" or "d"; NGX_ERROR: it is none */
int64_t ngx_http_rush_duration(ngx_str_t *s);

/* of a script that is built in, by its file in src/plays */
ngx_str_t *ngx_http_rush_script_text(const char *name);
void ngx_http_rush_script_sha1(ngx_str_t *text, u_char *sha1);

/* inside the layer */
ngx_int_t ngx_http_rush_head(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *text);

ngx_int_t ngx_http_rush_plays_init(ngx_conf_t *cf, ngx_array_t *plays);
/* a job is a play with one script, which is that of its first operation */
ngx_int_t ngx_http_rush_jobs_init(ngx_conf_t *cf, ngx_array_t *jobs);
char *ngx_http_rush_play_load(ngx_conf_t *cf, ngx_array_t *plays,
    ngx_str_t *name, ngx_str_t *file);
ngx_http_rush_play_t *ngx_http_rush_play_find(ngx_array_t *plays,
    ngx_str_t *name);
ngx_uint_t ngx_http_rush_play_has_arg(ngx_array_t *plays, ngx_str_t *name);


#endif /* _NGX_HTTP_RUSH_SCRIPT_H_INCLUDED_ */
