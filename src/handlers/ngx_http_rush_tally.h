
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Scans by name, of a day and of all days: a bound number of names has rows of
 * their own.  A tally belongs to its caller, the rows to the pool.
 */


#ifndef _NGX_HTTP_RUSH_TALLY_H_INCLUDED_
#define _NGX_HTTP_RUSH_TALLY_H_INCLUDED_


#include "ngx_http_rush.h"
#include <yajl/yajl_gen.h>


typedef struct ngx_http_rush_tally_row_s  ngx_http_rush_tally_row_t;

struct ngx_http_rush_tally_row_s {
    ngx_str_node_t               node;
    ngx_http_rush_tally_row_t   *next;
    int64_t                      n[2];       /* by ngx_http_rush_tally_e */
};


typedef enum {
    ngx_http_rush_tally_day = 0,
    ngx_http_rush_tally_all
} ngx_http_rush_tally_e;


/* scans by name, and in "rest" those that found no row */

typedef struct {
    ngx_rbtree_t                 tree;
    ngx_rbtree_node_t            sentinel;
    ngx_http_rush_tally_row_t   *first;
    ngx_http_rush_tally_row_t  **last;
    ngx_uint_t                   rows;
    ngx_uint_t                   max;
    int64_t                      rest[2];
} ngx_http_rush_tally_t;


void ngx_http_rush_tally_init(ngx_http_rush_tally_t *tally, ngx_uint_t max);

/* to the day */
ngx_int_t ngx_http_rush_tally_add(ngx_http_rush_tally_t *tally,
    ngx_pool_t *pool, ngx_str_t *name, int64_t n);

/*
 * An object of up to max names, and "*" for all others; gives how many names it
 * has told.  The numbers of a day go to those of all then, and begin at 0.
 */
ngx_uint_t ngx_http_rush_tally_print(ngx_http_rush_tally_t *tally,
    yajl_gen gen, ngx_http_rush_tally_e which, ngx_uint_t max);


#endif /* _NGX_HTTP_RUSH_TALLY_H_INCLUDED_ */
