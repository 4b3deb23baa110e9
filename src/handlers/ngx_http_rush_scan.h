
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_scan: a request that scans a code.  It goes from step to step; each step
 * decides what is next, and may wait for Redis.  Everything is in the request's
 * pool; the query of the context is what waits, so the context's cleanup
 * detaches it.
 */


#ifndef _NGX_HTTP_RUSH_SCAN_H_INCLUDED_
#define _NGX_HTTP_RUSH_SCAN_H_INCLUDED_


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_VISITOR_LEN  22    /* of rush_v: base64url of 16 bytes */


/* NGX_OK: go on with visit->step; NGX_AGAIN: wait; NGX_DONE: it is answered */
typedef ngx_int_t (*ngx_http_rush_step_pt)(ngx_http_rush_visit_t *visit);


struct ngx_http_rush_visit_s {
    ngx_http_rush_scan_t         scan;
    ngx_http_request_t          *request;
    ngx_http_rush_ctx_t         *ctx;
    ngx_http_rush_step_pt        step;

    ngx_str_t                    args;       /* of the scan */
    ngx_str_t                    time;       /* scancode_time */
    ngx_str_t                    cookie;     /* rush_v, or empty */
    ngx_str_t                    visitor;    /* of a sticky pool */
    ngx_http_rush_client_t      *client;

    ngx_uint_t                   rule;       /* at hand */
    ngx_http_rush_target_t      *target;
    ngx_str_t                    claim;      /* what became of it, or empty */
    ngx_str_t                    url;

    unsigned                     json:1;
    unsigned                     quiet:1;    /* not counted, takes nothing */
    unsigned                     q:1;
    unsigned                     admitted:1; /* within max, or there is none */
    unsigned                     marked:1;   /* the cookie is new */
};


/* handlers/ngx_http_rush_scan_input.c */

/* NGX_DECLINED: ctx->query.line is the answer */
ngx_int_t ngx_http_rush_scan_input(ngx_http_rush_visit_t *visit);
/* of the scan's arguments, decoded; NGX_DECLINED: it is not there */
ngx_int_t ngx_http_rush_scan_arg(ngx_http_rush_visit_t *visit,
    ngx_str_t *name, ngx_str_t *value);
/* sets visit->visitor: the user, or who has the cookie, which may be new */
ngx_int_t ngx_http_rush_scan_visitor(ngx_http_rush_visit_t *visit);
uint64_t ngx_http_rush_scan_hash(ngx_http_rush_visit_t *visit);


/* handlers/ngx_http_rush_scan_rule.c; steps */

ngx_int_t ngx_http_rush_scan_rules(ngx_http_rush_visit_t *visit);


/* handlers/ngx_http_rush_scan.c */

/* a step: visit->target is chosen */
ngx_int_t ngx_http_rush_scan_chosen(ngx_http_rush_visit_t *visit);
/* there were as many scans as there may be */
ngx_int_t ngx_http_rush_scan_over(ngx_http_rush_visit_t *visit);
ngx_int_t ngx_http_rush_scan_wait(ngx_http_rush_visit_t *visit,
    ngx_int_t rc);
/* what is needed is not known */
ngx_int_t ngx_http_rush_scan_unknown(ngx_http_rush_visit_t *visit);
ngx_int_t ngx_http_rush_scan_end(ngx_http_rush_visit_t *visit, char *line);


/* handlers/ngx_http_rush_scan_answer.c */

/* a step, the last one: puts values into the target */
ngx_int_t ngx_http_rush_scan_target(ngx_http_rush_visit_t *visit);
ngx_int_t ngx_http_rush_scan_answer(ngx_http_request_t *r);


#endif /* _NGX_HTTP_RUSH_SCAN_H_INCLUDED_ */
