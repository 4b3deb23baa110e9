
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What a request meets.  Every directive that answers requests is a handler:
 * a method, what it needs, and a function that fills a query.  The rest is
 * shared: ngx_http_rush_request.c waits and resumes, ngx_http_rush_input.c
 * checks what the client sent, ngx_http_rush_answer.c answers.
 *
 * Configuration is read-only for requests; what a worker changes hangs on
 * ngx_http_rush_worker_t, and what a request changes on its context.
 */


#ifndef _NGX_HTTP_RUSH_HANDLER_H_INCLUDED_
#define _NGX_HTTP_RUSH_HANDLER_H_INCLUDED_


#include "campaign/ngx_http_rush_link.h"
#include <ngx_http.h>


typedef struct ngx_http_rush_ctx_s       ngx_http_rush_ctx_t;
typedef struct ngx_http_rush_loc_conf_s  ngx_http_rush_loc_conf_t;
typedef struct ngx_http_rush_api_s       ngx_http_rush_api_t;
typedef struct ngx_http_rush_memo_s      ngx_http_rush_memo_t;
typedef struct ngx_http_rush_visit_s     ngx_http_rush_visit_t;


#define NGX_HTTP_RUSH_ANSWER_JSON    0
#define NGX_HTTP_RUSH_ANSWER_STATUS  1

#define NGX_HTTP_RUSH_STATUS_JSON        0
#define NGX_HTTP_RUSH_STATUS_PROMETHEUS  1

#define NGX_HTTP_RUSH_OUTAGE_CLOSED  0
#define NGX_HTTP_RUSH_OUTAGE_OPEN    1

#define NGX_HTTP_RUSH_UNITS_MAX      100
#define NGX_HTTP_RUSH_KEY_LEN        128
#define NGX_HTTP_RUSH_DATA_LEN       256


/* NGX_AGAIN: the query is under way; NGX_OK: ctx->query.line is the answer */

typedef ngx_int_t (*ngx_http_rush_handler_pt)(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);


/* the query to be sent, if it is not ngx_http_rush_query() */

typedef ngx_int_t (*ngx_http_rush_ask_pt)(ngx_http_rush_query_t *query);


/* the body of an answer with 200, if it is not the usual JSON */

typedef ngx_int_t (*ngx_http_rush_body_pt)(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *text);


typedef struct {
    ngx_str_t                    directive;
    ngx_http_rush_handler_pt     handler;
    ngx_http_rush_ask_pt         ask;
    ngx_http_rush_body_pt        body;
    ngx_http_handler_pt          answer;       /* if it is not the usual one */
    ngx_uint_t                   methods;      /* bits of NGX_HTTP_GET… */
    ngx_str_t                    allow;
    ngx_str_t                    verb;         /* of a settlement */
    unsigned                     claim:1;      /* winners go on to upstream */
    unsigned                     user:1;       /* needs rush_user */
    unsigned                     keys:1;       /* needs rush_secret_file */
    unsigned                     all:1;        /* lists all tickets */
    unsigned                     local:1;      /* of no campaign */
    unsigned                     content:1;    /* in the content phase */
    unsigned                     code:1;       /* takes a coupon's code, too */
    unsigned                     scan:1;       /* of a link */
} ngx_http_rush_handler_t;


typedef struct {
    ngx_str_t                    name;
    ngx_http_complex_value_t     value;
} ngx_http_rush_arg_t;


typedef struct {
    ngx_http_rush_place_t       *places;       /* one a rush_redis */
    ngx_http_rush_macs_t        *macs;
    ngx_http_rush_memo_t        *memo;
} ngx_http_rush_worker_t;


typedef struct {
    ngx_array_t                  redises;      /* ngx_http_rush_redis_conf_t */
    ngx_array_t                  plays;
    ngx_array_t                  jobs;         /* as plays */
    ngx_array_t                  keys;         /* ngx_http_rush_keys_t * */
    ngx_array_t                  clients;      /* ngx_http_rush_client_t */
    ngx_array_t                  vars;         /* ngx_str_t, all that rules
                                                  may test somewhere */
    ngx_array_t                  hosts;        /* ngx_http_rush_hosts_t *,
                                                  where links may lead to */
    ngx_http_rush_link_env_t     env;          /* of links in Redis */
    ngx_http_rush_links_t        links;
    size_t                       links_size;
    ngx_http_rush_zone_t         zone;
    ngx_str_t                    prefix;
    ngx_http_rush_worker_t      *worker;       /* of this process */
    ngx_uint_t                   used;         /* some location has a handler */
    ngx_uint_t                   scans;        /* some location has rush_scan */
} ngx_http_rush_main_conf_t;


struct ngx_http_rush_loc_conf_s {
    const ngx_http_rush_handler_t  *handler;
    ngx_http_complex_value_t       *campaign;

    ngx_str_t                       pass;
    ngx_uint_t                      redis;     /* index */
    ngx_http_rush_keys_t           *keys;

    ngx_http_complex_value_t       *user;
    ngx_http_complex_value_t       *item;
    ngx_http_complex_value_t       *units;
    ngx_http_complex_value_t       *ref;
    ngx_http_complex_value_t       *key;
    ngx_http_complex_value_t       *data;
    ngx_http_complex_value_t       *ticket;
    ngx_array_t                    *args;      /* ngx_http_rush_arg_t */

    ngx_uint_t                      answer;
    ngx_uint_t                      outage;
    ngx_uint_t                      status;    /* what rush_status writes */
    ngx_uint_t                      remote;    /* rush_api answers anybody */

    ngx_array_t                    *scan_hosts;   /* ngx_http_rush_hosts_t * */
    ngx_array_t                    *scan_vars;    /* ngx_str_t */
    ngx_array_t                    *scan_indexes; /* ngx_int_t, of those */
    ngx_flag_t                      scan_sign;
    ngx_msec_t                      scan_stale;
};


/* words that C knows; the table in ngx_http_rush_answer.c has them all */

typedef enum {
    ngx_http_rush_outcome_won = 0,
    ngx_http_rush_outcome_again,
    ngx_http_rush_outcome_sold_out,
    ngx_http_rush_outcome_limit,
    ngx_http_rush_outcome_pending,
    ngx_http_rush_outcome_found
} ngx_http_rush_outcome_e;


typedef struct {
    ngx_str_t                    word;
    ngx_uint_t                   status;
    ngx_uint_t                   retry;        /* it has a Retry-After */
    ngx_str_t                    line;         /* if nginx has no text for it */
} ngx_http_rush_outcome_t;


/* an empty word after the last */

extern const ngx_http_rush_outcome_t  ngx_http_rush_outcomes[];


/* a ticket as a line of an answer tells it */

typedef struct {
    ngx_str_t                    seq;
    ngx_str_t                    state;
    ngx_str_t                    units;
    ngx_str_t                    item;
    ngx_str_t                    kid;
    ngx_str_t                    shown;        /* what the play adds */
    ngx_str_t                    text;         /* signed */
} ngx_http_rush_won_t;


struct ngx_http_rush_ctx_s {
    ngx_http_rush_query_t        query;
    ngx_http_request_t          *request;      /* NULL: it is gone */
    ngx_http_rush_loc_conf_t    *conf;
    ngx_http_rush_main_conf_t   *main;
    const ngx_http_rush_handler_t *handler;
    ngx_msec_t                   start;

    ngx_str_t                    campaign;
    ngx_str_t                    user;
    ngx_str_t                    item;
    ngx_str_t                    ref;
    ngx_str_t                    restock;

    /* the answer */
    ngx_str_t                    line;         /* all of it */
    const ngx_http_rush_outcome_t *outcome;
    ngx_str_t                    attributes;   /* of the first line */
    ngx_str_t                    tickets;      /* the other lines */
    ngx_http_rush_won_t          won;          /* the first of them */
    ngx_uint_t                   status;
    ngx_uint_t                   nwon;
    ngx_msec_t                   redis_time;

    ngx_str_t                    type;         /* of the body, if not JSON */
    ngx_str_t                    text;         /* the body, if it is made */
    ngx_http_rush_api_t         *api;
    ngx_http_rush_visit_t       *visit;
    ngx_str_t                    etag;

    char                        *error;        /* of bad input */
    char                        *member;

    unsigned                     waiting:1;
    unsigned                     done:1;
    unsigned                     asked:1;      /* Redis was */
};


/* handlers/ngx_http_rush_request.c */

ngx_int_t ngx_http_rush_phase_handler(ngx_http_request_t *r);
ngx_http_rush_ctx_t *ngx_http_rush_create_ctx(ngx_http_request_t *r,
    ngx_http_rush_loc_conf_t *rlcf);
ngx_http_rush_ctx_t *ngx_http_rush_get_ctx(ngx_http_request_t *r);
ngx_int_t ngx_http_rush_ask(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx);
/* the request that waited is answered, or fails */
void ngx_http_rush_resume(ngx_http_rush_ctx_t *ctx, ngx_int_t rc);


/* handlers/ngx_http_rush_api.c; a content handler */

ngx_int_t ngx_http_rush_api_handler(ngx_http_request_t *r);


/* handlers/ngx_http_rush_input.c; NGX_DECLINED: ctx->error and member say why,
 * or ctx->query.line already answers */

ngx_int_t ngx_http_rush_input_campaign(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
ngx_int_t ngx_http_rush_input_user(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
ngx_int_t ngx_http_rush_input_claim(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
ngx_int_t ngx_http_rush_input_ticket(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *ticket);
ngx_int_t ngx_http_rush_input_code(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *code);
ngx_int_t ngx_http_rush_input_ref(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
ngx_int_t ngx_http_rush_input_key(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_str_t *hash);
/* as a script knows a key; in the request's pool */
ngx_int_t ngx_http_rush_input_hash(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *hash);
/* data is NULL if there is none */
ngx_int_t ngx_http_rush_input_header(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value);
ngx_int_t ngx_http_rush_input_arg(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value);
/* of any arguments; NGX_DECLINED: it is not there */
ngx_int_t ngx_http_rush_input_find(ngx_http_request_t *r, ngx_str_t *args,
    ngx_str_t *name, ngx_str_t *value);
ngx_int_t ngx_http_rush_invalid(ngx_http_rush_ctx_t *ctx, char *error,
    char *member);


/* handlers/ngx_http_rush_answer.c */

ngx_int_t ngx_http_rush_answer_parse(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
ngx_int_t ngx_http_rush_answer_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_rush_answer_headers(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);
void ngx_http_rush_answer_clear(ngx_http_request_t *r);
/* NULL: no memory */
ngx_table_elt_t *ngx_http_rush_answer_header(ngx_http_request_t *r,
    ngx_str_t *name, ngx_str_t *value);

/* finds "name=text" or "name:number" among attributes */
ngx_int_t ngx_http_rush_attribute(ngx_str_t *attributes, ngx_str_t *name,
    ngx_str_t *value);


#define ngx_http_rush_answer_is(ctx, o)                                       \
    ((ctx)->outcome == &ngx_http_rush_outcomes[ngx_http_rush_outcome_##o])


/* handlers/ngx_http_rush_json.c */

ngx_int_t ngx_http_rush_json(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *text);
/* a name is a literal with what stands before it */

#define ngx_http_rush_json_name(p, name)                                      \
    ngx_cpymem(p, name, sizeof(name) - 1)

/* an id, or another word that needs no escaping; the others are text */
u_char *ngx_http_rush_json_word(u_char *p, const ngx_str_t *value);
u_char *ngx_http_rush_json_text(u_char *p, ngx_str_t *value);
ngx_uint_t ngx_http_rush_ticket_next(ngx_str_t *lines,
    ngx_http_rush_won_t *won);
ngx_int_t ngx_http_rush_ticket_text(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_won_t *won);


/* the handlers: ngx_http_rush_claim.c, _result.c, _state.c, _settle.c … */

extern const ngx_http_rush_handler_t  ngx_http_rush_claim_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_result_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_state_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_scan_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_status_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_api_handlers;
extern const ngx_http_rush_handler_t  ngx_http_rush_confirm_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_release_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_redeem_handler;
extern const ngx_http_rush_handler_t  ngx_http_rush_void_handler;


/* handlers/ngx_http_rush_scan.c: what links are checked by when stored */

void ngx_http_rush_link_env(ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_link_env_t *env);


/* handlers/ngx_http_rush_agent.c */

ngx_int_t ngx_http_rush_agent_init(ngx_conf_t *cf, ngx_array_t *clients);
ngx_int_t ngx_http_rush_agent_add(ngx_conf_t *cf, ngx_array_t *clients,
    ngx_str_t *name, ngx_str_t *regex);
ngx_http_rush_client_t *ngx_http_rush_agent(ngx_http_request_t *r);
ngx_int_t ngx_http_rush_regex(ngx_conf_t *cf, ngx_str_t *pattern,
    ngx_regex_t **regex);


/* handlers/ngx_http_rush_memo.c */

typedef struct {
    ngx_uint_t                   value;
    unsigned                     known:1;
} ngx_http_rush_entry_t;


ngx_http_rush_memo_t *ngx_http_rush_memo_create(ngx_pool_t *pool);
ngx_http_rush_entry_t *ngx_http_rush_memo_get(ngx_http_rush_memo_t *memo,
    void *owner, ngx_str_t *text);


/* ngx_http_rush_variables.c */

ngx_int_t ngx_http_rush_add_variables(ngx_conf_t *cf);


#endif /* _NGX_HTTP_RUSH_HANDLER_H_INCLUDED_ */
