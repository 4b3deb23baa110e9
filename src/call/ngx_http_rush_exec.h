
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Commands for administration: a few that travel together, by the connection
 * that the calls have, outside of groups and batches.
 *
 * An exec belongs to its caller until it is sent, which may wait for the
 * connection as long as for a reply; then it frees itself after the last reply,
 * and the caller may cancel it until the handler was called for the last time.
 * The handler is called once a reply, in order, with its number and whether it
 * is the last; or with NULL, as the last, if Redis did not do it, or nobody
 * knows whether it did.
 */


#ifndef _NGX_HTTP_RUSH_EXEC_H_INCLUDED_
#define _NGX_HTTP_RUSH_EXEC_H_INCLUDED_


#include "call/ngx_http_rush_call.h"


typedef void (*ngx_http_rush_exec_pt)(void *data,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);


typedef struct {
    ngx_queue_t                queue;     /* of those that wait */
    ngx_event_t                timer;     /* while it waits */
    ngx_http_rush_command_t    command;
    ngx_http_rush_calls_t     *calls;
    ngx_http_rush_exec_pt      handler;   /* NULL: cancelled */
    void                      *data;
    ngx_uint_t                 n;         /* replies so far */
    unsigned                   each:1;    /* an error is a reply like others */
    unsigned                   sent:1;    /* an old worker stays for it */
} ngx_http_rush_exec_t;


ngx_http_rush_exec_t *ngx_http_rush_exec_create(ngx_http_rush_calls_t *calls);
ngx_int_t ngx_http_rush_exec_add(ngx_http_rush_exec_t *exec, ngx_str_t *args,
    ngx_uint_t n);

/* NGX_AGAIN: the handler will be called; NGX_ERROR: it will not, and freed */
ngx_int_t ngx_http_rush_exec_send(ngx_http_rush_exec_t *exec,
    ngx_http_rush_exec_pt handler, void *data);
void ngx_http_rush_exec_free(ngx_http_rush_exec_t *exec);
void ngx_http_rush_exec_cancel(ngx_http_rush_exec_t *exec);

/* inside the layer: the connection is there, or will not be soon */
void ngx_http_rush_execs_ready(ngx_http_rush_calls_t *calls);
void ngx_http_rush_execs_fail(ngx_http_rush_calls_t *calls);


#endif /* _NGX_HTTP_RUSH_EXEC_H_INCLUDED_ */
