
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Group commit.  A call is one item for a script, or for a look (a batched
 * read) of a campaign or of tags, which are sets of users.  Calls for the same
 * script and campaign wait in a group and leave together at the end of the
 * event-loop turn; while a few batches of a group are under way, the next one
 * grows.  A batch whose reply is lost is asked for once more when it cannot run
 * any more.  The layer knows keys, fields and lines, and neither campaigns nor
 * requests.
 *
 * The caller owns the call and keeps it, with its strings, until the handler
 * has been called once or ngx_http_rush_call_cancel() was.  What the answer
 * points to lives until the handler returns.
 */


#ifndef _NGX_HTTP_RUSH_CALL_H_INCLUDED_
#define _NGX_HTTP_RUSH_CALL_H_INCLUDED_


#include "redis/ngx_http_rush_redis.h"
#include "call/ngx_http_rush_script.h"


#define NGX_HTTP_RUSH_FIELDS_MAX   24
#define NGX_HTTP_RUSH_BUCKETS      256    /* of groups, a power of two */


typedef struct ngx_http_rush_group_s  ngx_http_rush_group_t;
typedef struct ngx_http_rush_batch_s  ngx_http_rush_batch_t;


/* what calls of a group have in common */

typedef struct {
    ngx_http_rush_play_t    *play;      /* NULL: a look */
    ngx_http_rush_op_e       op;
    ngx_str_t                key;       /* of the campaign */
    ngx_str_t                common;    /* an argument of the script */

    /*
     * a look: fields of the hash, and fields that take ":item", or the whole
     * hash if there are none; or, if these are tags, the sets "key" and each
     * of the words of "item" together
     */
    ngx_str_t                item;
    const ngx_str_t         *fields;
    const ngx_str_t         *item_fields;
    unsigned                 users:1;   /* records of users, and TIME */
    unsigned                 tags:1;

    unsigned                 definite:1; /* a script that knows a fence */
} ngx_http_rush_route_t;


struct ngx_http_rush_answer_s {
    /*
     * NGX_OK, answered; NGX_BUSY, not sent; NGX_ERROR, not known,
     * and nothing else is set
     */
    ngx_int_t                rc;

    ngx_str_t                status;    /* the script's, "ok" if it ran */
    int64_t                  now;
    int64_t                  version;
    int64_t                  made;
    int64_t                  total;
    int64_t                  out;
    int64_t                  seq;
    int64_t                  due;
    ngx_uint_t               size;      /* of the batch */
    ngx_str_t                line;      /* this call's */

    int64_t                  sent;      /* before it was, us, monotonic */

    ngx_str_t               *values;    /* a look's; data is NULL for nil */
    ngx_uint_t               nvalues;
    unsigned                 found:1;   /* the user has a record, or a tag */
};


typedef void (*ngx_http_rush_call_pt)(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);


struct ngx_http_rush_call_s {
    ngx_queue_t              queue;     /* of the group */
    ngx_queue_t              wait;      /* of all that wait, by arrival */
    ngx_http_rush_calls_t   *calls;
    ngx_http_rush_group_t   *group;     /* while it waits */
    ngx_http_rush_batch_t   *batch;     /* while it is under way */
    ngx_uint_t               index;     /* in the batch */
    ngx_uint_t               again;     /* times that it went back */
    ngx_msec_t               start;

    ngx_str_t                user;
    ngx_str_t                fields;

    ngx_http_rush_call_pt    handler;
    void                    *data;
};


/* counted in shared memory; sizes of batches: 1, to 4, to 16, to 64, more */

#define NGX_HTTP_RUSH_CALL_SIZES   5

typedef struct {
    ngx_http_rush_redis_stats_t  redis;
    ngx_atomic_t                 batches;   /* answered, looks among them */
    ngx_atomic_t                 calls;     /* in them */
    ngx_atomic_t                 looks;
    ngx_atomic_t                 busy;      /* calls refused, queue full */
    ngx_atomic_t                 again;     /* calls sent once more */
    ngx_atomic_t                 unknown;   /* calls whose reply was lost */
    ngx_atomic_t                 settled;   /* of them, those settled */
    ngx_atomic_t                 usec;      /* of all round trips */
    ngx_atomic_t                 slowest;   /* the longest, us */
    ngx_atomic_t                 sizes[NGX_HTTP_RUSH_CALL_SIZES];
} ngx_http_rush_call_stats_t;


struct ngx_http_rush_calls_s {
    ngx_http_rush_redis_t   *redis;
    ngx_http_rush_call_stats_t  *stats;
    ngx_log_t               *log;
    ngx_http_rush_group_t   *groups[NGX_HTTP_RUSH_BUCKETS];
    ngx_queue_t              dirty;     /* groups with something to send */
    ngx_queue_t              waiting;   /* calls, by arrival */
    ngx_queue_t              execs;     /* that wait for the connection */
    ngx_event_t              flush;
    ngx_event_t              timer;     /* of the oldest call that waits */
    ngx_queue_t              lost;      /* batches, by what they wait for */
    ngx_event_t              settle;    /* of the first of them */
    ngx_uint_t               number;    /* of the last batch */
    ngx_uint_t              *loaded;    /* script -> generation */
    ngx_uint_t               nscripts;

    /* scratch for commands */
    const char             **argv;
    size_t                  *argl;
};


struct ngx_http_rush_group_s {
    ngx_http_rush_group_t   *next;      /* of the bucket */
    ngx_uint_t               bucket;
    ngx_queue_t              queue;     /* in dirty */
    ngx_queue_t              waiting;   /* calls */
    ngx_uint_t               n;
    ngx_uint_t               under_way; /* batches */
    ngx_uint_t               answered;  /* batches being spread, or lost */
    ngx_http_rush_calls_t   *calls;
    ngx_http_rush_route_t    route;
    unsigned                 dirty:1;
};


struct ngx_http_rush_batch_s {
    ngx_http_rush_command_t  command;
    ngx_http_rush_group_t   *group;
    ngx_uint_t               number;
    ngx_queue_t              queue;     /* of those that are lost */
    ngx_msec_t               start;     /* when it was sent first */
    ngx_msec_t               wait;      /* when it may be asked for */
    int64_t                  not_after; /* ms, Redis' clock */
    int64_t                  fence;     /* the first not_after, if lost */
    int64_t                  sent;      /* us, monotonic */
    int64_t                  now;       /* Redis' TIME before a look */
    ngx_str_t               *values;    /* of a look, nvalues of them */
    ngx_uint_t               nvalues;
    u_char                  *tagged;    /* of a look at tags, a byte a call */
    ngx_uint_t               n;
    unsigned                 failed:1;  /* a part of the answer did */
    unsigned                 answered:1; /* no more under way */
    unsigned                 waits:1;   /* to be asked for */
    ngx_http_rush_call_t    *calls[1];  /* NULL: cancelled */
};


/* wins of a batch that are alike */

typedef struct {
    u_char                  *line;      /* room for one */
    ngx_str_t                before;    /* what each has between seq and code */
    ngx_str_t                codes;     /* those that are left */
    ngx_str_t                after;
} ngx_http_rush_batch_wins_t;


ngx_http_rush_calls_t *ngx_http_rush_calls_create(ngx_pool_t *pool,
    ngx_http_rush_redis_conf_t *conf, ngx_array_t *plays,
    ngx_http_rush_call_stats_t *stats, ngx_log_t *log);
void ngx_http_rush_calls_destroy(ngx_http_rush_calls_t *calls);

/* NGX_AGAIN: the handler will be called; NGX_BUSY, NGX_ERROR: it will not */
ngx_int_t ngx_http_rush_call(ngx_http_rush_calls_t *calls,
    ngx_http_rush_call_t *call, ngx_http_rush_route_t *route);
void ngx_http_rush_call_cancel(ngx_http_rush_call_t *call);

/* inside the layer */
ngx_http_rush_group_t *ngx_http_rush_group_get(ngx_http_rush_calls_t *calls,
    ngx_http_rush_route_t *route);
void ngx_http_rush_group_put(ngx_http_rush_group_t *group);
void ngx_http_rush_group_dirty(ngx_http_rush_group_t *group);
ngx_int_t ngx_http_rush_batch_send(ngx_http_rush_group_t *group);
ngx_int_t ngx_http_rush_batch_script(ngx_http_rush_batch_t *batch);
ngx_int_t ngx_http_rush_batch_add(ngx_http_rush_batch_t *batch, ngx_uint_t n);
ngx_int_t ngx_http_rush_batch_tags(ngx_http_rush_batch_t *batch);
void ngx_http_rush_batch_tagged(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *reply);
ngx_int_t ngx_http_rush_batch_wins(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *e, ngx_uint_t n, ngx_http_rush_batch_wins_t *wins);
void ngx_http_rush_batch_line(ngx_http_rush_batch_wins_t *wins,
    ngx_http_rush_reply_t *e, ngx_str_t *line);
void ngx_http_rush_batch_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
void ngx_http_rush_batch_answer(ngx_http_rush_batch_t *batch, ngx_uint_t i,
    ngx_http_rush_answer_t *answer);
void ngx_http_rush_batch_fail(ngx_http_rush_batch_t *batch, ngx_int_t rc);
void ngx_http_rush_batch_done(ngx_http_rush_batch_t *batch);
/* NGX_OK: it is settled later, and is not to be touched; NGX_DECLINED */
ngx_int_t ngx_http_rush_batch_lost(ngx_http_rush_batch_t *batch,
    ngx_msec_t delay);
void ngx_http_rush_batch_settle(ngx_event_t *ev);
void ngx_http_rush_calls_flush(ngx_http_rush_calls_t *calls);
void ngx_http_rush_calls_answered(ngx_http_rush_calls_t *calls);
void ngx_http_rush_calls_timer(ngx_http_rush_calls_t *calls);


#endif /* _NGX_HTTP_RUSH_CALL_H_INCLUDED_ */
