
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Links: what a QR code leads to.  Redis keeps the JSON; a link that is used
 * is compiled into one piece of memory without pointers, which shared memory
 * keeps as it is, and which a request copies and reads.
 *
 *     link, rules, targets, texts
 *
 * To add a member, add it to ngx_http_rush_link_compile.c, or for rules and
 * pools to ngx_http_rush_link_rules.c, and to docs/links.md.
 */


#ifndef _NGX_HTTP_RUSH_LINK_H_INCLUDED_
#define _NGX_HTTP_RUSH_LINK_H_INCLUDED_


#include "campaign/ngx_http_rush_campaign.h"
#include "campaign/ngx_http_rush_definition.h"


#define NGX_HTTP_RUSH_LINK_MAX      16000    /* bytes, compiled */
#define NGX_HTTP_RUSH_LINK_RULES    32
#define NGX_HTTP_RUSH_LINK_TARGETS  100      /* of a pool */
#define NGX_HTTP_RUSH_LINK_IS       64       /* values of a rule */
#define NGX_HTTP_RUSH_LINK_CAP      1000000000
#define NGX_HTTP_RUSH_LINK_WEIGHT   100
#define NGX_HTTP_RUSH_TARGET_LEN    2048     /* bytes */
#define NGX_HTTP_RUSH_TARGET_ID     11       /* base64url of 8 bytes of SHA-1 */
#define NGX_HTTP_RUSH_ARG_LEN       64       /* of an argument's name */
#define NGX_HTTP_RUSH_IS_LEN        256      /* of a value in "is" */

#define NGX_HTTP_RUSH_CLIENTS       24       /* classes a zone may know */
#define NGX_HTTP_RUSH_CLIENT_LEN    32


typedef struct ngx_http_rush_link_s   ngx_http_rush_link_t;
typedef struct ngx_http_rush_hosts_s  ngx_http_rush_hosts_t;

typedef struct ngx_http_rush_links_sh_s  ngx_http_rush_links_sh_t;


/* where a link may lead to: rush_scan_hosts */

struct ngx_http_rush_hosts_s {
    ngx_array_t                  hosts;      /* ngx_regex_t *, anchored */
    ngx_array_t                  schemes;    /* ngx_str_t, beside https */
};


/* a class of clients: rush_client, and the built-in ones */

typedef struct {
    ngx_str_t                    name;
    ngx_regex_t                 *regex;
    ngx_uint_t                   bit;        /* in this worker's zone */
} ngx_http_rush_client_t;


/* what a link is checked by; a NULL lets everything well formed through */

typedef struct {
    ngx_array_t                 *clients;    /* ngx_http_rush_client_t */
    ngx_array_t                 *vars;       /* ngx_str_t */
    ngx_array_t                 *hosts;      /* ngx_http_rush_hosts_t *: one
                                                of them is enough */
    unsigned                     lenient:1;  /* classes that nobody knows are
                                                no bit, and no error */
} ngx_http_rush_link_env_t;


/* a text of the link: where it begins, from the link's first byte */

typedef struct {
    uint16_t                     off;
    uint16_t                     len;
} ngx_http_rush_text_t;


typedef struct {
    ngx_http_rush_text_t         to;
    ngx_http_rush_text_t         host;       /* without the port, or empty */
    uint16_t                     scheme;     /* bytes, without ":" */
    uint16_t                     weight;
    uint32_t                     cap;        /* 0: none */
    int64_t                      until;      /* ms, 0: none */
    u_char                       id[NGX_HTTP_RUSH_TARGET_ID + 1];
    unsigned                     plain:1;    /* nothing is put into it */
} ngx_http_rush_target_t;


typedef enum {
    ngx_http_rush_pick_fill = 0,
    ngx_http_rush_pick_rotate,
    ngx_http_rush_pick_weight
} ngx_http_rush_pick_e;


/* all that it has must be so; then one of its targets is picked */

typedef struct {
    uint32_t                     clients;    /* bits, 0 and !any: none known */
    uint16_t                     first;      /* target */
    uint16_t                     n;          /* targets */
    ngx_http_rush_text_t         member;     /* a tag, or empty */
    ngx_http_rush_text_t         name;       /* of an argument or variable */
    ngx_http_rush_text_t         is;         /* values, each with a LF */
    int64_t                      from;       /* ms, 0: none */
    int64_t                      until;
    unsigned                     any:1;      /* client */
    unsigned                     var:1;      /* the name is a variable's */
    unsigned                     pick:2;
    unsigned                     sticky:1;
    unsigned                     capped:1;   /* some target is: ask Redis */
} ngx_http_rush_rule_t;


#define NGX_HTTP_RUSH_LINK_NONE  0xffff      /* no such target */

struct ngx_http_rush_link_s {
    uint32_t                     size;       /* of all, in bytes */
    uint16_t                     nrules;
    uint16_t                     ntargets;
    uint16_t                     fallback;   /* targets, or NONE */
    uint16_t                     before;
    uint16_t                     after;
    uint16_t                     status;     /* of the redirect */
    int64_t                      version;
    int64_t                      starts;     /* ms, 0: none */
    int64_t                      ends;
    int64_t                      max;        /* scans, 0: no bound */
    ngx_http_rush_text_t         ref;
    ngx_http_rush_text_t         bind;       /* the book of attributions */
    ngx_http_rush_text_t         claim;      /* a campaign */
    unsigned                     pass:1;     /* query */
};


#define ngx_http_rush_link_rules(link)                                        \
    ((ngx_http_rush_rule_t *) ((u_char *) (link)                              \
                               + sizeof(ngx_http_rush_link_t)))

#define ngx_http_rush_link_targets(link)                                      \
    ((ngx_http_rush_target_t *) (ngx_http_rush_link_rules(link)               \
                                 + (link)->nrules))

#define ngx_http_rush_link_text(link, text, s)                                \
    (s)->data = (u_char *) (link) + (text).off;                               \
    (s)->len = (text).len


/*
 * campaign/ngx_http_rush_link_compile.c: members into a link, in the pool of
 * the definition.  NGX_DECLINED: def->error and def->member say why.
 */

ngx_int_t ngx_http_rush_link_compile(ngx_http_rush_definition_t *def,
    ngx_http_rush_link_env_t *env, ngx_http_rush_link_t **link);

/* the members as JSON, in the pool of the definition, with no "code" */
ngx_int_t ngx_http_rush_link_json(ngx_http_rush_definition_t *def,
    ngx_str_t *json);


/* campaign/ngx_http_rush_target.c */

/*
 * Checks a target and finds its parts: error says what is wrong and what is
 * allowed (NGX_DECLINED).  Nothing of the text is copied; "off" of to and host
 * count from text->data.
 */
ngx_int_t ngx_http_rush_target_parse(ngx_str_t *text,
    ngx_http_rush_target_t *target, const char **error);

/* inside the layer: bytes of the placeholder at p, 0: there is none */
size_t ngx_http_rush_target_place(u_char *p, u_char *last);
ngx_uint_t ngx_http_rush_target_letter(u_char ch);
u_char *ngx_http_rush_target_path(u_char *p, u_char *last);


/* campaign/ngx_http_rush_hosts.c */

/* may a link lead there? */
ngx_uint_t ngx_http_rush_hosts_allow(ngx_http_rush_hosts_t *hosts,
    ngx_str_t *scheme, ngx_str_t *host);

/* well formed, and none that is never allowed: rush_scan_hosts may name it */
ngx_uint_t ngx_http_rush_scheme_allowed(ngx_str_t *scheme);


/* campaign/ngx_http_rush_target_expand.c */

/* the value of {NAME}, NGX_DECLINED if there is none: nothing is put there */
typedef ngx_int_t (*ngx_http_rush_place_pt)(void *data, ngx_str_t *name,
    ngx_str_t *value);

/*
 * Puts values in, percent-encoded, and the arguments (empty: none) behind.
 * NGX_DECLINED: it would be too long.
 */
ngx_int_t ngx_http_rush_target_expand(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_rush_place_pt value, void *data, ngx_str_t *args,
    ngx_str_t *url);


/* shared memory of links, and what it knows the workers' classes by */

struct ngx_http_rush_links_s {
    ngx_shm_zone_t              *shm;
    ngx_slab_pool_t             *shpool;
    ngx_http_rush_links_sh_t    *sh;
    ngx_array_t                 *clients;    /* ngx_http_rush_client_t */
    ngx_array_t                  tags;       /* ngx_str_t, of places */
    ngx_uint_t                   index[8];   /* of each, in the zone */
};


/* a scan, and where it has got to; it belongs to its caller, as a query does */

struct ngx_http_rush_scan_s {
    ngx_http_rush_query_t       *query;      /* its handler is called */
    ngx_http_rush_link_env_t    *env;
    ngx_str_t                    code;
    ngx_msec_t                   stale;

    /* what the last step has found */
    ngx_int_t                    rc;
    ngx_http_rush_link_t        *link;
    ngx_str_t                    picked;     /* id of a target */

    /* inside */
    ngx_pool_t                  *pool;       /* of its own, or NULL */
    u_char                       buf[NGX_HTTP_RUSH_TARGET_ID];
    unsigned                     spent:1;    /* nothing is left of its max */
    unsigned                     damaged:1;  /* what Redis has is no link */
};


/*
 * Steps of a scan.  NGX_AGAIN: the query's handler will be called, and then
 * scan->rc is one of the others.  NGX_OK: it is so; NGX_DECLINED: it is not so,
 * there is none, the pool is full; NGX_BUSY, NGX_ERROR: nobody knows.
 */

/* campaign/ngx_http_rush_link_get.c: scan->link */
ngx_int_t ngx_http_rush_link_get(ngx_http_rush_scan_t *scan);

/* campaign/ngx_http_rush_link_ask.c */

/* has the user the tag? */
ngx_int_t ngx_http_rush_link_tagged(ngx_http_rush_scan_t *scan,
    ngx_str_t *user, ngx_str_t *tag);
/* scan->picked, NGX_ABORT: there were max scans; no rule: count it only */
ngx_int_t ngx_http_rush_link_pick(ngx_http_rush_scan_t *scan,
    ngx_http_rush_rule_t *rule, int64_t max, ngx_str_t *visitor,
    ngx_uint_t peek);
/* NGX_OK: he is bound, by this scan or before */
ngx_int_t ngx_http_rush_link_bind(ngx_http_rush_scan_t *scan,
    ngx_str_t *book, ngx_str_t *user, ngx_str_t *ref);


/* campaign/ngx_http_rush_links.c */

char *ngx_http_rush_links_add(ngx_conf_t *cf, ngx_http_rush_links_t *links,
    ngx_str_t *name, size_t size);


/* campaign/ngx_http_rush_link_zone.c */

/* what this node keeps of it is old, or it is gone */
void ngx_http_rush_link_changed(ngx_http_rush_place_t *place,
    ngx_str_t *code, ngx_uint_t gone);
/* this entry of the stream of changes says what was said here already */
void ngx_http_rush_link_told(ngx_http_rush_place_t *place, ngx_str_t *id);

/* the next number of a rotation, of the link's rule on this node */
ngx_uint_t ngx_http_rush_link_turn(ngx_http_rush_place_t *place,
    ngx_str_t *code, ngx_uint_t rule);

/* inside the layer */

/*
 * scan->link is a copy, in the query's pool.  NGX_OK: this is it; NGX_AGAIN:
 * ask, and if nobody knows take the link, if there is one; NGX_DECLINED: there
 * is none
 */
ngx_int_t ngx_http_rush_link_zone_get(ngx_http_rush_scan_t *scan,
    ngx_uint_t *refresh);
/* NULL: there is none */
void ngx_http_rush_link_zone_put(ngx_http_rush_scan_t *scan,
    ngx_http_rush_link_t *link, int64_t sent);
/* NGX_DECLINED: this node knew it, and nobody has deleted it */
ngx_int_t ngx_http_rush_link_zone_gone(ngx_http_rush_scan_t *scan,
    int64_t sent, ngx_uint_t deleted);
void ngx_http_rush_link_zone_spent(ngx_http_rush_scan_t *scan);


/* campaign/ngx_http_rush_link_watch.c: changes by other nodes, in one worker */

ngx_int_t ngx_http_rush_link_watch(ngx_http_rush_place_t *place,
    ngx_pool_t *pool, ngx_log_t *log);


/* campaign/ngx_http_rush_link_count.c; the visitor is a hash */

void ngx_http_rush_link_count(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_uint_t client, ngx_str_t *ref, uint64_t visitor);
/* 64 bits, to be continued; it begins with NGX_HTTP_RUSH_HASH */
#define NGX_HTTP_RUSH_HASH  0xcbf29ce484222325ULL
uint64_t ngx_http_rush_hash(uint64_t hash, ngx_str_t *s);
ngx_uint_t ngx_http_rush_link_bound(ngx_http_rush_place_t *place,
    uint64_t hash, ngx_uint_t add);


/* campaign/ngx_http_rush_link_facts.c: adds what rush_status tells */

void ngx_http_rush_link_facts(ngx_http_rush_links_t *links,
    ngx_http_rush_facts_t *facts);


/* campaign/ngx_http_rush_link_flush.c: writes what was counted */

ngx_int_t ngx_http_rush_link_flush(ngx_http_rush_place_t *place,
    ngx_pool_t *pool, ngx_log_t *log, ngx_uint_t first);
/* an old worker has counted something, and stays until it is written */
void ngx_http_rush_link_late(ngx_http_rush_place_t *place);


/*
 * campaign/ngx_http_rush_link_sign.c: CODE.EXPIRES.MAC.  NGX_DECLINED: it is
 * not one of ours; the caller compares expires (s, 0: for ever) with the clock.
 */

ngx_int_t ngx_http_rush_link_sign(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix, ngx_str_t *code,
    time_t expires, ngx_pool_t *pool, ngx_str_t *text);
ngx_int_t ngx_http_rush_link_verify(ngx_http_rush_macs_t *macs,
    ngx_http_rush_keys_t *keys, ngx_str_t *prefix, ngx_str_t *text,
    ngx_str_t *code, time_t *expires);


#endif /* _NGX_HTTP_RUSH_LINK_H_INCLUDED_ */
