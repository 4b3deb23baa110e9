
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Counters and visitors of links on their way to Redis, between the two files.
 */


#ifndef _NGX_HTTP_RUSH_LINK_FLUSH_H_INCLUDED_
#define _NGX_HTTP_RUSH_LINK_FLUSH_H_INCLUDED_


#include "campaign/ngx_http_rush_link_zone.h"


/* of one write: claims wait behind it, for a millisecond of Redis */
#define NGX_HTTP_RUSH_FLUSH_ROWS      128
#define NGX_HTTP_RUSH_FLUSH_VISITORS  4096     /* of a row; of all, twice */

#define NGX_HTTP_RUSH_FLUSH_FIELD  (16 + NGX_HTTP_RUSH_CLIENT_LEN             \
                                    + NGX_HTTP_RUSH_ID_LEN + 2)
#define NGX_HTTP_RUSH_FLUSH_KEY    (NGX_HTTP_RUSH_PREFIX_LEN                  \
                                    + NGX_HTTP_RUSH_ID_LEN + 32)
#define NGX_HTTP_RUSH_FLUSH_ARGS   (8 + NGX_HTTP_RUSH_FLUSH_VISITORS          \
                                    + 2 * NGX_HTTP_RUSH_CLIENTS)


/* a row that is being written, as it was */

typedef struct {
    ngx_uint_t                index;
    uint32_t                  serial;
    uint32_t                  first;       /* visitor and 1, of those sent */
    uint32_t                  rest;        /* behind the last one */
} ngx_http_rush_flushed_t;


typedef struct {
    ngx_http_rush_place_t    *place;
    ngx_event_t               timer;
    ngx_uint_t                cursor;      /* in the rows */
    ngx_uint_t                n;
    ngx_uint_t                at;          /* the next to be answered */
    ngx_http_rush_flushed_t   rows[NGX_HTTP_RUSH_FLUSH_ROWS];
    ngx_http_rush_scans_t     row;         /* a copy of the one at hand */
    uint64_t                  visitors[NGX_HTTP_RUSH_FLUSH_VISITORS];
    ngx_uint_t                nvisitors;
    ngx_uint_t                total;       /* visitors of all its rows */
    ngx_uint_t                round;       /* rows that it has looked at */
    u_char                    fields[NGX_HTTP_RUSH_CLIENTS]
                                    [NGX_HTTP_RUSH_FLUSH_FIELD];
    u_char                    counts[NGX_HTTP_RUSH_CLIENTS][NGX_INT_T_LEN];
    ngx_str_t                 args[NGX_HTTP_RUSH_FLUSH_ARGS];
    u_char                    sha1[40];
    unsigned                  busy:1;
    unsigned                  first:1;     /* of the workers */
    unsigned                  more:1;      /* there is than fits at once */
    unsigned                  failed:1;    /* some of it did */
} ngx_http_rush_flush_t;


/* the next row is in row, rows and visitors; 0: there is none, or no room */
ngx_uint_t ngx_http_rush_flush_next(ngx_http_rush_flush_t *flush);

/* a row is answered; what has failed is written again */
void ngx_http_rush_flush_done(ngx_http_rush_flush_t *flush,
    ngx_http_rush_flushed_t *f, ngx_uint_t failed);

/* all that this node has counted and still knows is new once more */
void ngx_http_rush_flush_again(ngx_http_rush_flush_t *flush);


#endif /* _NGX_HTTP_RUSH_LINK_FLUSH_H_INCLUDED_ */
