
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_api: administration, as JSON, in the content phase.
 *
 * A request is a call: a row of the table in ngx_http_rush_api.c, started with
 * the words of its path.  It may read the body in pieces, ask Redis, and in the
 * end it is done with one of the functions of ngx_http_rush_api_answer.c, once;
 * after that the request may be gone.  To add a call, add a row and a function.
 *
 * Everything is in the request's pool; a cleanup detaches what is under way.
 */


#ifndef _NGX_HTTP_RUSH_API_H_INCLUDED_
#define _NGX_HTTP_RUSH_API_H_INCLUDED_


#include "handlers/ngx_http_rush_handler.h"
#include "campaign/ngx_http_rush_definition.h"
#include "campaign/ngx_http_rush_admin.h"
#include "campaign/ngx_http_rush_link_admin.h"


#define NGX_HTTP_RUSH_API_WORDS  4        /* of a path */
#define NGX_HTTP_RUSH_API_LINK   32768    /* bytes of a link */
#define NGX_HTTP_RUSH_API_DAYS   366      /* of counters */

#define NGX_HTTP_RUSH_API_EXPIRES  99999999999LL    /* s, of a signed code */


typedef enum {
    ngx_http_rush_api_found = 0,
    ngx_http_rush_api_made,
    ngx_http_rush_api_changed,
    ngx_http_rush_api_deleted,
    ngx_http_rush_api_unknown,
    ngx_http_rush_api_invalid,
    ngx_http_rush_api_conflict,
    ngx_http_rush_api_stale,
    ngx_http_rush_api_large,
    ngx_http_rush_api_method,
    ngx_http_rush_api_denied,
    ngx_http_rush_api_pending
} ngx_http_rush_api_e;


/* NGX_OK: go on; NGX_AGAIN: wait, ngx_http_rush_api_body() will be called;
 * NGX_DONE: the call is done */

typedef ngx_int_t (*ngx_http_rush_api_sink_pt)(ngx_http_rush_api_t *api,
    ngx_buf_t *b);
typedef void (*ngx_http_rush_api_pt)(ngx_http_rush_api_t *api);
typedef void (*ngx_http_rush_api_reply_pt)(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);


typedef struct {
    const char                  *path;    /* "*": any word */
    ngx_http_rush_api_pt         start;
    ngx_http_rush_handler_t      handler;
} ngx_http_rush_api_call_t;


struct ngx_http_rush_api_s {
    ngx_http_request_t          *request;
    ngx_http_rush_ctx_t         *ctx;
    ngx_http_rush_place_t       *place;
    ngx_uint_t                   nwords;
    ngx_str_t                    words[NGX_HTTP_RUSH_API_WORDS];
    ngx_str_t                    code;    /* of a link, to be told */
    ngx_http_rush_exec_t        *exec;    /* under way */
    ngx_http_rush_api_reply_pt   replied;
    ngx_http_rush_api_pt         answered;
    yajl_gen                     gen;     /* the answer */
    int64_t                      since;   /* what it tells is no older */
    void                        *data;    /* the call's own */
    size_t                       size;

    /* the body */
    ngx_http_rush_api_sink_pt    sink;
    ngx_http_rush_api_pt         eof;
    ngx_chain_t                 *in;

    unsigned                     reading:1;
};


/* handlers/ngx_http_rush_api.c */

/*
 * Both ask and wait.  NGX_AGAIN: the function will be called, but not without a
 * reply; NGX_DONE: the call is done, or the function was called.  The first
 * takes a NULL, the second asks an operation of the campaign's play.
 */

ngx_int_t ngx_http_rush_api_exec(ngx_http_rush_api_t *api,
    ngx_http_rush_exec_t *exec, ngx_http_rush_api_reply_pt replied);

ngx_int_t ngx_http_rush_api_ask(ngx_http_rush_api_t *api,
    ngx_http_rush_op_e op, ngx_http_rush_api_pt answered);


/* handlers/ngx_http_rush_api_answer.c */

void ngx_http_rush_api_done(ngx_http_rush_api_t *api,
    ngx_http_rush_api_e outcome);
void ngx_http_rush_api_error(ngx_http_rush_api_t *api,
    ngx_http_rush_api_e outcome, ngx_str_t *error, ngx_str_t *member);
void ngx_http_rush_api_refuse(ngx_http_rush_api_t *api,
    ngx_http_rush_api_e outcome, const char *error, const char *member);
/* found, and the body is what the row's function makes */
void ngx_http_rush_api_made_body(ngx_http_rush_api_t *api);
/* what the line of the query says */
void ngx_http_rush_api_line(ngx_http_rush_api_t *api);
/* 500, and 503 */
void ngx_http_rush_api_fail(ngx_http_rush_api_t *api);
void ngx_http_rush_api_unwell(ngx_http_rush_api_t *api);

/* NULL: the call is done, without memory */
yajl_gen ngx_http_rush_api_open(ngx_http_rush_api_t *api);
void ngx_http_rush_api_name(yajl_gen gen, const char *name);
void ngx_http_rush_api_text(yajl_gen gen, const char *text);
void ngx_http_rush_api_string(yajl_gen gen, const char *name,
    ngx_str_t *value);
void ngx_http_rush_api_number(yajl_gen gen, const char *name, int64_t n);
ngx_int_t ngx_http_rush_api_etag(ngx_http_rush_api_t *api,
    ngx_str_t *version);

/* what a script calls it; NGX_DECLINED: no such word */
ngx_int_t ngx_http_rush_api_outcome(ngx_str_t *word,
    ngx_http_rush_api_e *outcome);


/* handlers/ngx_http_rush_api_body.c */

void ngx_http_rush_api_read(ngx_http_rush_api_t *api,
    ngx_http_rush_api_sink_pt sink, ngx_http_rush_api_pt eof);
void ngx_http_rush_api_body(ngx_http_rush_api_t *api);

/* of a definition; NGX_DONE: it is refused, and the call is done */
ngx_int_t ngx_http_rush_api_feed(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_buf_t *b, size_t max,
    const char *large);
ngx_int_t ngx_http_rush_api_valid(ngx_http_rush_api_t *api,
    ngx_http_rush_definition_t *def, ngx_int_t rc);


/* handlers/ngx_http_rush_api_input.c; NGX_DONE: the call is done */

/* the version in If-Match, or empty */
ngx_int_t ngx_http_rush_api_if_match(ngx_http_rush_api_t *api,
    ngx_str_t *version);

/* an argument, or empty; "error" is told if it is there twice */
ngx_int_t ngx_http_rush_api_arg(ngx_http_rush_api_t *api, const char *name,
    const char *error, ngx_str_t *value);

/* n stays as it is if there is no such argument */
ngx_int_t ngx_http_rush_api_arg_number(ngx_http_rush_api_t *api,
    const char *name, const char *error, int64_t min, int64_t max,
    int64_t *n);

/* an element of a reply, which does not last; empty if it is not there */
ngx_int_t ngx_http_rush_api_copy(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_str_t *text);

/*
 * the argument "expires", s since 1970, 0: for ever; keys: the code is to be
 * signed, so there must be keys
 */
ngx_int_t ngx_http_rush_api_expires(ngx_http_rush_api_t *api,
    ngx_uint_t keys, int64_t *expires);
ngx_int_t ngx_http_rush_api_sign(ngx_http_rush_api_t *api, int64_t expires,
    ngx_str_t *text);

/*
 * members as Redis has them.  NGX_DONE: there is no such link, or it is damaged
 */
ngx_int_t ngx_http_rush_api_stored(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_http_rush_definition_t **def);


/*
 * handlers/ngx_http_rush_api_link_days.c: YYYYMMDD of each day from "from" to
 * "to"; NGX_DONE: the call is done
 */

ngx_int_t ngx_http_rush_api_days(ngx_http_rush_api_t *api, u_char **dates,
    ngx_uint_t *n);


/* the calls */

void ngx_http_rush_api_list(ngx_http_rush_api_t *api);
void ngx_http_rush_api_show(ngx_http_rush_api_t *api);
void ngx_http_rush_api_define(ngx_http_rush_api_t *api);
void ngx_http_rush_api_remove(ngx_http_rush_api_t *api);
void ngx_http_rush_api_user(ngx_http_rush_api_t *api);
void ngx_http_rush_api_check(ngx_http_rush_api_t *api);
void ngx_http_rush_api_codes(ngx_http_rush_api_t *api);
void ngx_http_rush_api_tag(ngx_http_rush_api_t *api);
void ngx_http_rush_api_link(ngx_http_rush_api_t *api);
void ngx_http_rush_api_link_define(ngx_http_rush_api_t *api);
void ngx_http_rush_api_link_remove(ngx_http_rush_api_t *api);
void ngx_http_rush_api_link_bulk(ngx_http_rush_api_t *api);
void ngx_http_rush_api_link_stats(ngx_http_rush_api_t *api);
void ngx_http_rush_api_link_qr(ngx_http_rush_api_t *api);
#if (NGX_HTTP_RUSH_QR)
ngx_int_t ngx_http_rush_api_link_svg(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *text);
#endif


#endif /* _NGX_HTTP_RUSH_API_H_INCLUDED_ */
