
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The Redis layer: one pipelined connection per worker and rush_redis block.
 * It knows commands and replies, and no campaign and no request.
 *
 * A command belongs to its caller, who keeps it in place until its handler
 * has been called for the last time; the formatted text belongs to the layer.
 * The handler is called once a reply, in the order of the commands, or once
 * with NULL if no (further) reply will come: then cmd->sent tells whether
 * Redis may have seen the command (the outcome is unknown) or cannot have.
 * A reply lives until the handler returns.
 */


#ifndef _NGX_HTTP_RUSH_REDIS_H_INCLUDED_
#define _NGX_HTTP_RUSH_REDIS_H_INCLUDED_


#include "ngx_http_rush.h"


#define NGX_HTTP_RUSH_REPLY_STRING   0
#define NGX_HTTP_RUSH_REPLY_ERROR    1
#define NGX_HTTP_RUSH_REPLY_INTEGER  2
#define NGX_HTTP_RUSH_REPLY_NIL      3
#define NGX_HTTP_RUSH_REPLY_ARRAY    4


#define NGX_HTTP_RUSH_DURABILITY_NONE  0
#define NGX_HTTP_RUSH_DURABILITY_DISK  1


struct ngx_http_rush_redis_conf_s {
    ngx_str_t                    name;
    ngx_str_t                    tag;         /* name and servers */
    ngx_array_t                  servers;     /* ngx_addr_t */
    ngx_str_t                    user;
    ngx_str_t                    password;
    ngx_str_t                    database;
    ngx_msec_t                   connect_timeout;
    ngx_msec_t                   timeout;
    ngx_uint_t                   max_pending; /* calls a worker may owe */
    ngx_uint_t                   batch;       /* calls a script, 1-256 */
    ngx_uint_t                   durability;
};


struct ngx_http_rush_reply_s {
    ngx_uint_t                   type;
    int64_t                      integer;
    ngx_str_t                    str;
    ngx_uint_t                   n;
    ngx_http_rush_reply_t       *elts;
};


typedef void (*ngx_http_rush_reply_pt)(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);


struct ngx_http_rush_command_s {
    ngx_queue_t                  queue;
    ngx_http_rush_reply_pt       handler;
    void                        *data;
    ngx_uint_t                   replies;     /* still to come */

    u_char                      *text;
    size_t                       size;        /* of the text's memory */
    size_t                       len;
    size_t                       pos;
    ngx_msec_t                   deadline;

    unsigned                     sent:1;
    unsigned                     internal:1;  /* of the layer itself */
};


typedef enum {
    ngx_http_rush_redis_down = 0,
    ngx_http_rush_redis_connecting,
    ngx_http_rush_redis_greeting,
    ngx_http_rush_redis_ready,
    ngx_http_rush_redis_suspended
} ngx_http_rush_redis_state_e;


/* what an error reply means for the command, and for the connection */

typedef struct {
    ngx_str_t                    prefix;
    ngx_str_t                    kind;        /* as the counters name it */
    unsigned                     not_run:1;   /* safe to send again */
    unsigned                     busy:1;      /* tell the client "busy" */
    unsigned                     suspend:1;   /* ask PING before going on */
    unsigned                     close:1;     /* try the next server */
    ngx_uint_t                   level;
    char                        *advice;
} ngx_http_rush_redis_error_t;


#define NGX_HTTP_RUSH_REDIS_ERRORS       23
#define NGX_HTTP_RUSH_REDIS_NOT_DURABLE  0    /* a row: what is refused */

extern const ngx_http_rush_redis_error_t
    ngx_http_rush_redis_errors[NGX_HTTP_RUSH_REDIS_ERRORS];


/* what operators are told; in shared memory, so it outlives workers */

#define NGX_HTTP_RUSH_REDIS_WORKERS  32

typedef struct {
    ngx_pid_t                    pid;
    uint32_t                     state;       /* one of the above, and why */
    uint32_t                     pending;
} ngx_http_rush_redis_gauge_t;


typedef struct {
    ngx_atomic_t                 connects;    /* connections greeted */
    ngx_atomic_t                 failures;    /* connections not made */
    ngx_atomic_t                 lost;        /* greeted, and closed since */
    ngx_atomic_t                 run;         /* hash of the run_id */
    ngx_atomic_t                 aof;         /* run that has one, ~run: not */
    ngx_atomic_t                 timeouts;
    ngx_atomic_t                 odd;         /* replies that made no sense */
    ngx_atomic_t                 errors[NGX_HTTP_RUSH_REDIS_ERRORS];
    ngx_http_rush_redis_gauge_t  gauges[NGX_HTTP_RUSH_REDIS_WORKERS];
} ngx_http_rush_redis_stats_t;


#define NGX_HTTP_RUSH_BUFFER           65536  /* of one recv() */

#define NGX_HTTP_RUSH_REDIS_ARGS       8    /* of ngx_http_rush_redis_args() */
#define NGX_HTTP_RUSH_REDIS_GREETINGS  6
#define NGX_HTTP_RUSH_REDIS_PING       5    /* the last of them */


/* what was last logged of a server that is not durable */

typedef struct {
    uint32_t                     hash;
    time_t                       time;
} ngx_http_rush_redis_told_t;


struct ngx_http_rush_redis_s {
    ngx_http_rush_redis_conf_t  *conf;
    ngx_http_rush_redis_stats_t *stats;
    ngx_log_t                    log;
    ngx_connection_t            *connection;
    void                        *reader;      /* redisReader */
    ngx_pool_t                  *pool;        /* of the reply being read */
    u_char                      *buffer;

    ngx_http_rush_redis_state_e  state;
    ngx_uint_t                   server;      /* index in conf->servers */
    ngx_uint_t                   failures;    /* since the last good reply */
    ngx_uint_t                   generation;  /* of the connection */
    ngx_uint_t                   pending;     /* calls that the user owes */
    ngx_uint_t                   others;      /* that do not count as calls */
    size_t                       fed;         /* bytes of the current reply */

    ngx_queue_t                  out;         /* commands to be written */
    ngx_queue_t                  owed;        /* written, replies to come */
    ngx_http_rush_command_t      greeting[NGX_HTTP_RUSH_REDIS_GREETINGS];

    ngx_http_rush_command_t      settings;    /* of "durability disk" */
    ngx_http_rush_redis_told_t  *told;        /* one a server */
    ngx_event_t                  check;
    uint32_t                     run;         /* hash of the run_id */

    uint32_t                     error;       /* hash of the last one logged */
    time_t                       error_time;

    ngx_event_t                  retry;
    int64_t                      clock;       /* Redis' less ours, ms */

    void                       (*on_ready)(void *data);
    void                       (*on_outage)(void *data);
    void                        *data;

    unsigned                     clocked:1;
    unsigned                     durable:1;   /* as the last reply says */
    unsigned                     unwell:1;    /* errors, no good reply since */
    unsigned                     busy:1;      /* why it is suspended */
    unsigned                     reading:1;
    unsigned                     closing:1;
    unsigned                     leaving:1;   /* the worker is told to end */
};


char *ngx_http_rush_redis_block(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf);

ngx_http_rush_redis_t *ngx_http_rush_redis_create(ngx_pool_t *pool,
    ngx_http_rush_redis_conf_t *conf, ngx_http_rush_redis_stats_t *stats,
    ngx_log_t *log);
void ngx_http_rush_redis_destroy(ngx_http_rush_redis_t *redis);

/* what an old worker stays for */

#define ngx_http_rush_redis_owes(redis)                                       \
    ((redis)->pending || (redis)->others)

/* NGX_OK: commands leave at once; NGX_AGAIN: soon; NGX_DECLINED: not soon */
ngx_int_t ngx_http_rush_redis_usable(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_connect(ngx_http_rush_redis_t *redis);
/* both append: commands that travel together are answered one by one */
ngx_int_t ngx_http_rush_redis_format(ngx_http_rush_command_t *cmd,
    ngx_uint_t n, const char **argv, const size_t *len);
ngx_int_t ngx_http_rush_redis_args(ngx_http_rush_command_t *cmd,
    ngx_uint_t n, ngx_str_t *args);

/* to be flushed by the caller; or at once */
void ngx_http_rush_redis_send(ngx_http_rush_redis_t *redis,
    ngx_http_rush_command_t *cmd);
void ngx_http_rush_redis_send_now(ngx_http_rush_redis_t *redis,
    ngx_http_rush_command_t *cmd);
void ngx_http_rush_redis_flush(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_idle(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_good(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_odd(ngx_http_rush_redis_t *redis, const char *what);
const ngx_http_rush_redis_error_t *ngx_http_rush_redis_error(
    ngx_http_rush_redis_t *redis, ngx_http_rush_reply_t *reply);
const ngx_http_rush_redis_error_t *ngx_http_rush_redis_error_row(
    ngx_http_rush_reply_t *reply);

/* ms since 1970 that a reply to TIME says; 0: it is none */
int64_t ngx_http_rush_redis_time(ngx_http_rush_reply_t *reply);

/* Redis' clock in ms since 1970, by the TIME that replies carried */
void ngx_http_rush_redis_set_clock(ngx_http_rush_redis_t *redis,
    int64_t now);
int64_t ngx_http_rush_redis_now(ngx_http_rush_redis_t *redis);

/* inside the layer */
void ngx_http_rush_redis_write_handler(ngx_event_t *wev);
void ngx_http_rush_redis_read_handler(ngx_event_t *rev);
void ngx_http_rush_redis_close(ngx_http_rush_redis_t *redis);
ngx_int_t ngx_http_rush_redis_greet(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_probe(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_greeted(ngx_http_rush_redis_t *redis);
ngx_int_t ngx_http_rush_redis_durable_init(ngx_http_rush_redis_t *redis,
    ngx_pool_t *pool);
ngx_int_t ngx_http_rush_redis_durable_ask(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_suspend(ngx_http_rush_redis_t *redis,
    ngx_uint_t busy);
void ngx_http_rush_redis_fail(ngx_http_rush_redis_t *redis);
void ngx_http_rush_redis_gauge(ngx_http_rush_redis_t *redis);
ngx_int_t ngx_http_rush_reply_init(ngx_http_rush_redis_t *redis);
void ngx_http_rush_reply_done(ngx_http_rush_redis_t *redis);
ngx_int_t ngx_http_rush_reply_feed(ngx_http_rush_redis_t *redis, size_t n);
ngx_int_t ngx_http_rush_reply_next(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t **reply);


#endif /* _NGX_HTTP_RUSH_REDIS_H_INCLUDED_ */
