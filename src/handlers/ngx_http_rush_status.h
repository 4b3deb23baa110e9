
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_status, between its files: what is told of a Redis, by name, and the
 * two ways to write it down.  A number that is new is a row of the table.
 */


#ifndef _NGX_HTTP_RUSH_STATUS_H_INCLUDED_
#define _NGX_HTTP_RUSH_STATUS_H_INCLUDED_


#include "handlers/ngx_http_rush_handler.h"


typedef struct {
    const char                  *name;       /* a member in JSON */
    const char                  *metric;     /* of Prometheus */
    const char                  *help;
    size_t                       offset;     /* in the call statistics */
} ngx_http_rush_status_number_t;


/* numbers that only grow; NULL after the last */

extern const ngx_http_rush_status_number_t  ngx_http_rush_status_numbers[];


/* by ngx_http_rush_redis_state_e */

#define NGX_HTTP_RUSH_STATUS_STATES  5

extern const char  *ngx_http_rush_status_states[];


/* connections in each state, of workers that live, and the calls they owe */

ngx_uint_t ngx_http_rush_status_gauges(ngx_http_rush_redis_stats_t *stats,
    ngx_uint_t *states);

u_char *ngx_http_rush_status_json(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);
u_char *ngx_http_rush_status_prometheus(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);


#endif /* _NGX_HTTP_RUSH_STATUS_H_INCLUDED_ */
