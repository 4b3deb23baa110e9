
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A link that is being made of JSON, between its files.  It belongs to
 * ngx_http_rush_link_compile(), and all in it to the pool of the definition.
 */


#ifndef _NGX_HTTP_RUSH_DRAFT_H_INCLUDED_
#define _NGX_HTTP_RUSH_DRAFT_H_INCLUDED_


#include "campaign/ngx_http_rush_link.h"
#include <yajl/yajl_tree.h>


/* where a draft is */

typedef enum {
    ngx_http_rush_draft_link = 0,
    ngx_http_rush_draft_rule,
    ngx_http_rush_draft_place           /* of a pool */
} ngx_http_rush_draft_e;


typedef struct {
    ngx_http_rush_definition_t  *def;
    ngx_http_rush_link_env_t    *env;
    ngx_http_rush_link_t         link;
    ngx_array_t                  rules;
    ngx_array_t                  targets;
    ngx_str_t                    texts;     /* offsets count from here */
    size_t                       size;      /* of all, so far */
    ngx_http_rush_draft_e        at;
    ngx_uint_t                   rule;      /* which one */
    ngx_uint_t                   place;
} ngx_http_rush_draft_t;


typedef struct ngx_http_rush_draft_member_s  ngx_http_rush_draft_member_t;

typedef ngx_int_t (*ngx_http_rush_draft_pt)(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


/* a member of an object; a table of them ends with NULL */

struct ngx_http_rush_draft_member_s {
    const char                  *name;
    ngx_http_rush_draft_pt       set;
    size_t                       offset;    /* in what is set */
    int64_t                      min;
    int64_t                      max;
    const char                  *choice;    /* words with "|" between them */
};


/*
 * campaign/ngx_http_rush_draft.c; NGX_DECLINED: def->error and def->member
 * are set
 */

/* bits of the members that are there, in the order of the table */
ngx_int_t ngx_http_rush_draft_object(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *members, yajl_val json, void *conf,
    ngx_uint_t *seen);

/* sets the error: "rules[2].pool[0].NAME what" */
ngx_int_t ngx_http_rush_draft_refuse(ngx_http_rush_draft_t *draft,
    const char *name, const char *what);

/* the same, with names after it: elements begin with an ngx_str_t */
ngx_int_t ngx_http_rush_draft_refuse_names(ngx_http_rush_draft_t *draft,
    const char *name, const char *what, ngx_array_t *names);

/* takes room of the link */
ngx_int_t ngx_http_rush_draft_room(ngx_http_rush_draft_t *draft,
    const char *name, size_t size);
ngx_int_t ngx_http_rush_draft_text(ngx_http_rush_draft_t *draft,
    const char *name, ngx_str_t *s, ngx_http_rush_text_t *text);


/* campaign/ngx_http_rush_draft_value.c */

/* 0: it is no string */
ngx_uint_t ngx_http_rush_draft_string(yajl_val json, ngx_str_t *s);

/* as ngx_http_rush_value() has it */
ngx_int_t ngx_http_rush_draft_value(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, ngx_http_rush_member_e type,
    yajl_val json, ngx_str_t *value);
ngx_int_t ngx_http_rush_draft_number(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, ngx_http_rush_member_e type,
    yajl_val json, int64_t *n);

ngx_int_t ngx_http_rush_draft_push(ngx_http_rush_draft_t *draft,
    ngx_http_rush_target_t *target);

/* of members, into an int64_t, a text, the number of a target, a target */
ngx_int_t ngx_http_rush_draft_set_time(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
ngx_int_t ngx_http_rush_draft_set_id(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
ngx_int_t ngx_http_rush_draft_set_target(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
ngx_int_t ngx_http_rush_draft_set_place(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


/* campaign/ngx_http_rush_link_rules.c */

ngx_int_t ngx_http_rush_draft_set_rules(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


/* campaign/ngx_http_rush_link_pool.c; of a rule */

ngx_int_t ngx_http_rush_draft_set_pool(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
ngx_int_t ngx_http_rush_draft_set_pick(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
ngx_int_t ngx_http_rush_draft_set_sticky(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


#endif /* _NGX_HTTP_RUSH_DRAFT_H_INCLUDED_ */
