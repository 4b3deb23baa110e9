
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A fill of the filter of holders, between its two files.
 */


#ifndef _NGX_HTTP_RUSH_FILL_H_INCLUDED_
#define _NGX_HTTP_RUSH_FILL_H_INCLUDED_


#include "campaign/ngx_http_rush_zone.h"


#define NGX_HTTP_RUSH_FILL_PAUSE   1          /* ms between two slices */
#define NGX_HTTP_RUSH_FILL_OWNED   2000000    /* us, for one slice */
#define NGX_HTTP_RUSH_FILL_REST    10000000   /* us, when it is no use */


typedef enum {
    ngx_http_rush_fill_mark = 0,
    ngx_http_rush_fill_scan,
    ngx_http_rush_fill_tail
} ngx_http_rush_fill_e;


typedef struct {
    ngx_http_rush_place_t      *place;
    ngx_http_rush_fill_e        step;
    ngx_event_t                 timer;
    ngx_http_rush_command_t     command;
    ngx_http_rush_zone_key_t    key;
    ngx_uint_t                  owner;
    ngx_uint_t                  lost;
    ngx_uint_t                  generation;
    int64_t                     made;
    int64_t                     seq;         /* when the scan began */
    int64_t                     target;      /* the lease's */
    size_t                      cursor_len;
    u_char                      cursor[NGX_INT64_LEN + 1];
    size_t                      event_len;
    u_char                      event[NGX_HTTP_RUSH_EVENT_LEN];
    size_t                      redis_len;
    u_char                      redis[NGX_HTTP_RUSH_PREFIX_LEN
                                      + NGX_HTTP_RUSH_ID_LEN + 2];
    unsigned                    failed:1;
    unsigned                    refused:1;   /* by Redis: it says so once */
} ngx_http_rush_fill_t;


void ngx_http_rush_fill_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);

/* nobody tries again for the rest, us */
void ngx_http_rush_fill_end(ngx_http_rush_fill_t *fill, int64_t rest);


#endif /* _NGX_HTTP_RUSH_FILL_H_INCLUDED_ */
