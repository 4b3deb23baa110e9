
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Campaigns: what a worker knows of them (the zone), what can be refused by
 * it (the gate), tickets and their keys, and the query that takes one request
 * through all of that and through Redis.
 *
 * A query belongs to its caller, as a call does.  query->line and what it
 * points to live until the handler returns.
 */


#ifndef _NGX_HTTP_RUSH_CAMPAIGN_H_INCLUDED_
#define _NGX_HTTP_RUSH_CAMPAIGN_H_INCLUDED_


#include "call/ngx_http_rush_call.h"


#define NGX_HTTP_RUSH_FRESH      1000      /* ms that a definition is trusted */
#define NGX_HTTP_RUSH_VANISHED   60000     /* ms of pending for the vanished */
#define NGX_HTTP_RUSH_MARGIN     20        /* ms of doubt about Redis' clock */

#define NGX_HTTP_RUSH_ZONE_TAG   (NGX_HTTP_RUSH_ID_LEN + 9)
#define NGX_HTTP_RUSH_SHOWN_TEXT 8192      /* bytes of items, info and so on */
#define NGX_HTTP_RUSH_OUTCOMES   32        /* words that are counted, at most */

#define NGX_HTTP_RUSH_CODE_LEN   64        /* bytes, of a coupon's code */
#define NGX_HTTP_RUSH_KIND_LEN   32
#define NGX_HTTP_RUSH_INFO_MAX   4096      /* bytes of "info" */
#define NGX_HTTP_RUSH_TAGS_LEN   128       /* of an audience, with spaces */
#define NGX_HTTP_RUSH_TICKET_LEN 256
#define NGX_HTTP_RUSH_MAC_LEN    32


/* a place where campaigns live: a Redis and a key prefix */

typedef struct {
    ngx_http_rush_calls_t       *calls;
    ngx_http_rush_call_stats_t  *stats;
    ngx_http_rush_zone_t        *zone;
    ngx_http_rush_links_t       *links;     /* NULL: there is no rush_scan */
    ngx_uint_t                   index;     /* in its zone */
    void                        *flush;     /* what writes what is counted */
    ngx_array_t                 *plays;
    ngx_http_rush_play_t        *jobs;
    ngx_str_t                    redis;     /* its name */
    ngx_str_t                    tag;       /* name and server, for the zone */
    ngx_str_t                    prefix;
} ngx_http_rush_place_t;


typedef enum {
    ngx_http_rush_campaign_unknown = 0,
    ngx_http_rush_campaign_known,
    ngx_http_rush_campaign_vanished
} ngx_http_rush_campaign_state_e;


/* what a campaign is to somebody who holds no ticket of it */

typedef enum {
    ngx_http_rush_phase_open = 0,
    ngx_http_rush_phase_early,
    ngx_http_rush_phase_paused,
    ngx_http_rush_phase_sold_out,
    ngx_http_rush_phase_ended
} ngx_http_rush_phase_e;


/* nobody wins anywhere until then, and who holds nothing is told the phase */

typedef struct {
    int64_t                         until;     /* us, monotonic */
    int64_t                         renew;     /* us: one asks before the end */
    ngx_http_rush_phase_e           phase;
    int64_t                         seq;       /* tickets ever given */
    int64_t                         made;
    ngx_uint_t                      lost;      /* connections, at sending */
} ngx_http_rush_lease_t;


/* a campaign, or an item of it, as the zone knows it; times in ms */

struct ngx_http_rush_campaign_s {
    ngx_http_rush_campaign_state_e  state;
    ngx_msec_t                      checked;   /* by the monotonic clock */
    ngx_msec_t                      vanished;
    int64_t                         version;
    int64_t                         made;
    int64_t                         total;
    int64_t                         out;
    int64_t                         seq;
    int64_t                         starts;
    int64_t                         ends;
    int64_t                         due;       /* earliest deadline of a hold */
    int64_t                         keep;
    int64_t                         reopen;    /* it stays closed until then */
    int64_t                         lease;     /* how long memory may refuse */
    ngx_http_rush_phase_e           closed;    /* what is told until reopen */
    size_t                          kind_len;
    u_char                          kind[NGX_HTTP_RUSH_KIND_LEN];
    size_t                          audience_len;
    u_char                          audience[NGX_HTTP_RUSH_TAGS_LEN];
    unsigned                        paused:1;
    unsigned                        items:1;     /* it has some */
    unsigned                        over:1;      /* a script has seen its end */
    unsigned                        sold_out:1;  /* the campaign or the item */
    unsigned                        none:1;      /* the campaign is */

    ngx_http_rush_lease_t           granted;
    int64_t                         heard;     /* us: when this seq was */
};


/* what everybody may know of a campaign, for rush_state; times in ms */

typedef struct {
    int64_t                         read;      /* us, monotonic */
    ngx_http_rush_campaign_t        campaign;
    u_char                          etag[8];   /* hex, of the text */
    size_t                          len;
    u_char                         *text;      /* members of an object */
} ngx_http_rush_shown_t;


struct ngx_http_rush_zone_s {
    ngx_shm_zone_t              *shm;
    ngx_slab_pool_t             *shpool;
    ngx_http_rush_zone_sh_t     *sh;
};


typedef enum {
    ngx_http_rush_gate_claim = 0,   /* ask the script */
    ngx_http_rush_gate_look,        /* read first: may be refused cheaply */
    ngx_http_rush_gate_refuse       /* certain: query->line says why */
} ngx_http_rush_gate_e;


typedef void (*ngx_http_rush_query_pt)(ngx_http_rush_query_t *query);


struct ngx_http_rush_query_s {
    ngx_http_rush_call_t         call;      /* user and fields are its */
    ngx_http_rush_place_t       *place;
    ngx_http_rush_op_e           op;
    ngx_str_t                    id;
    ngx_str_t                    item;
    ngx_str_t                    kid;
    ngx_uint_t                   units;     /* of a claim */
    ngx_pool_t                  *pool;      /* for what outlives the handler */
    ngx_log_t                   *log;

    ngx_http_rush_query_pt       handler;
    void                        *data;

    /* the result: "outcome TAB name=text TAB name:number", then tickets */
    ngx_str_t                    line;
    int64_t                      now;
    int64_t                      made;
    int64_t                      left;
    ngx_str_t                    kind;
    ngx_uint_t                   size;      /* of the batch */
    ngx_http_rush_shown_t       *shown;     /* of rush_state */
    ngx_http_rush_scan_t        *scan;      /* of rush_scan */

    /* inside */
    ngx_http_rush_campaign_t     campaign;
    ngx_str_t                    asked;     /* fields, without the audience */
    ngx_http_rush_row_t         *row;       /* counters, or NULL */
    ngx_uint_t                   lost;      /* connections, when it was sent */
    u_char                       buf[64];
    ngx_uint_t                   looks;
    unsigned                     deleted:1; /* a tombstone was found */
    unsigned                     leased:1;  /* and the user holds nothing */
    unsigned                     memory:1;  /* Redis was not asked */
    unsigned                     tagged:1;  /* the fields say who he is */
    int64_t                      sent;      /* what was answered, us */
};


/* campaign/ngx_http_rush_words.c */

ngx_uint_t ngx_http_rush_is_id(ngx_str_t *s);
ngx_uint_t ngx_http_rush_is_code(ngx_str_t *s);


/* campaign/ngx_http_rush_query.c; NGX_AGAIN: the handler will be called */

ngx_int_t ngx_http_rush_query(ngx_http_rush_query_t *query);
void ngx_http_rush_query_cancel(ngx_http_rush_query_t *query);
void ngx_http_rush_query_damaged(ngx_http_rush_query_t *query,
    const char *why, const ngx_str_t *what);

/* inside the layer; the second says "busy" or "pending", and NGX_OK */
ngx_int_t ngx_http_rush_query_call(ngx_http_rush_query_t *query,
    ngx_http_rush_route_t *route);
ngx_int_t ngx_http_rush_query_unknown(ngx_http_rush_query_t *query,
    ngx_int_t rc);


ngx_int_t ngx_http_rush_query_script(ngx_http_rush_query_t *query);


/* campaign/ngx_http_rush_audience.c; as ngx_http_rush_query() */

ngx_int_t ngx_http_rush_audience(ngx_http_rush_query_t *query);


/* campaign/ngx_http_rush_gate.c */

ngx_http_rush_gate_e ngx_http_rush_gate(ngx_http_rush_query_t *query);
ngx_http_rush_gate_e ngx_http_rush_gate_looked(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer);
ngx_http_rush_phase_e ngx_http_rush_gate_phase(ngx_http_rush_campaign_t *c,
    int64_t now);
extern const ngx_str_t  ngx_http_rush_phases[];


/* campaign/ngx_http_rush_look.c; NGX_DECLINED: no such campaign or item */

ngx_int_t ngx_http_rush_look_parse(ngx_http_rush_query_t *query,
    ngx_str_t *values);
ngx_int_t ngx_http_rush_look_number(ngx_str_t *value, int64_t *n);

extern const ngx_str_t  ngx_http_rush_look_fields[];
extern const ngx_str_t  ngx_http_rush_look_item_fields[];


/* campaign/ngx_http_rush_shown.c; as ngx_http_rush_query() */

ngx_int_t ngx_http_rush_shown(ngx_http_rush_query_t *query);

/* JSON that may stand in an answer as it is */
ngx_uint_t ngx_http_rush_shown_object(ngx_str_t *json);


/* campaign/ngx_http_rush_zone.c */

char *ngx_http_rush_zone_add(ngx_conf_t *cf, ngx_http_rush_zone_t *zone,
    ngx_str_t *name, size_t size);
void ngx_http_rush_zone_get(ngx_http_rush_query_t *query);
void ngx_http_rush_zone_put(ngx_http_rush_query_t *query);
void ngx_http_rush_zone_gone(ngx_http_rush_query_t *query,
    ngx_uint_t deleted);
void ngx_http_rush_zone_no_item(ngx_http_rush_query_t *query);

/* counters of a Redis; never NULL */
ngx_http_rush_call_stats_t *ngx_http_rush_zone_stats(
    ngx_http_rush_zone_t *zone, ngx_str_t *tag);


/* campaign/ngx_http_rush_fill.c: sees to it that holders are known */

void ngx_http_rush_fill(ngx_http_rush_query_t *query);


/* campaign/ngx_http_rush_rows.c: an answer is counted */

void ngx_http_rush_count(ngx_http_rush_query_t *query, ngx_uint_t outcome);


/* campaign/ngx_http_rush_facts.c: a copy of all that is counted */

typedef struct {
    ngx_str_t                    redis;
    ngx_str_t                    prefix;
    ngx_str_t                    campaign;  /* empty: all others */
    ngx_atomic_uint_t            outcomes[NGX_HTTP_RUSH_OUTCOMES];
    ngx_atomic_uint_t            memory[NGX_HTTP_RUSH_OUTCOMES];
} ngx_http_rush_facts_row_t;


typedef struct {
    ngx_str_t                    redis;
    ngx_http_rush_call_stats_t   stats;
} ngx_http_rush_facts_place_t;


typedef struct {
    const char                  *name;
    ngx_uint_t                   size;      /* slots */
    ngx_uint_t                   used;
} ngx_http_rush_facts_table_t;


/* of scans; all of them only grow */

typedef struct {
    const char                  *name;      /* a member in JSON */
    const char                  *metric;    /* of Prometheus */
    const char                  *help;
    ngx_atomic_uint_t            n;
} ngx_http_rush_facts_number_t;


#define NGX_HTTP_RUSH_FACTS_TABLES  13
#define NGX_HTTP_RUSH_FACTS_SCANS   4

typedef struct {
    ngx_uint_t                   nrows;
    ngx_http_rush_facts_row_t   *rows;      /* the last one is of all others */
    ngx_uint_t                   nplaces;
    ngx_http_rush_facts_place_t *places;
    ngx_uint_t                   ntables;
    ngx_http_rush_facts_table_t  tables[NGX_HTTP_RUSH_FACTS_TABLES];
    ngx_uint_t                   nscans;    /* 0: there is no rush_scan */
    ngx_http_rush_facts_number_t scans[NGX_HTTP_RUSH_FACTS_SCANS];
    ngx_uint_t                   leases;
    ngx_uint_t                   filter_size;   /* bits */
    ngx_uint_t                   filter_used;
} ngx_http_rush_facts_t;


ngx_int_t ngx_http_rush_facts(ngx_http_rush_zone_t *zone, ngx_pool_t *pool,
    ngx_http_rush_facts_t *facts);


/* campaign/ngx_http_rush_ticket.c */

typedef struct {
    ngx_str_t                    id;
    ngx_str_t                    secret;
    ngx_uint_t                   index;     /* among all keys */
} ngx_http_rush_key_t;


struct ngx_http_rush_keys_s {
    ngx_str_t                    file;
    ngx_array_t                  keys;      /* ngx_http_rush_key_t */
};


typedef struct {
    ngx_str_t                    campaign;
    ngx_str_t                    made;
    ngx_str_t                    user;
    ngx_str_t                    seq;
    ngx_str_t                    kid;
} ngx_http_rush_ticket_t;


typedef struct ngx_http_rush_macs_s  ngx_http_rush_macs_t;


char *ngx_http_rush_keys_load(ngx_conf_t *cf, ngx_array_t *all,
    ngx_str_t *file, ngx_http_rush_keys_t **keys);
ngx_http_rush_macs_t *ngx_http_rush_macs_create(ngx_pool_t *pool,
    ngx_array_t *all);
ngx_int_t ngx_http_rush_ticket_sign(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix,
    ngx_http_rush_ticket_t *ticket, ngx_pool_t *pool, ngx_str_t *text);

/* NGX_DECLINED: forged */
ngx_int_t ngx_http_rush_ticket_verify(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix, ngx_str_t *text,
    ngx_http_rush_ticket_t *ticket);

/* inside the layer: MAC_LEN bytes of HMAC-SHA256 */
ngx_int_t ngx_http_rush_mac(ngx_http_rush_macs_t *macs,
    ngx_http_rush_key_t *key, u_char *text, size_t len, u_char *digest);


/* campaign/ngx_http_rush_sweep.c */

ngx_int_t ngx_http_rush_sweep_start(ngx_http_rush_place_t *place,
    ngx_pool_t *pool, ngx_log_t *log);


#endif /* _NGX_HTTP_RUSH_CAMPAIGN_H_INCLUDED_ */
