
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What fuzz targets have in common.  A target is one file: fuzz_one() takes an
 * input, and calls fuzz_fail() by fuzz_assert() when what must always hold does
 * not.  fuzz_nginx.c has made nginx around it, as a worker with nginx.conf;
 * fuzz_http.c plays the client and Redis for targets that need a request.
 *
 * An input owns nothing when it is done: the pool is destroyed, and shared
 * memory is as it was, so that any input fails alone as it did among others.
 */


#ifndef FUZZ_H_INCLUDED
#define FUZZ_H_INCLUDED


#include "handlers/ngx_http_rush_handler.h"
#include <yajl/yajl_tree.h>


#define fuzz_assert(condition)                                                \
    if (!(condition)) {                                                       \
        fuzz_fail(#condition, __FILE__, __LINE__);                            \
    }


/* a target has this one, and fuzz_init() if it has something to prepare */

void fuzz_one(ngx_str_t *input, ngx_pool_t *pool);
void fuzz_init(void);


/* fuzz_nginx.c */

extern ngx_http_conf_ctx_t        *fuzz_ctx;    /* of the one server */
extern ngx_http_rush_main_conf_t  *fuzz_main;
extern ngx_http_rush_loc_conf_t   *fuzz_server;
extern ngx_listening_t            *fuzz_listening;

void fuzz_fail(const char *condition, const char *file, int line);

/* what may have changed in shared memory is as it was */
void fuzz_restore(void);

/* all that was posted is done */
void fuzz_run(void);
/* the clock goes on, and timers are run */
void fuzz_wait(ngx_msec_t ms);


/* fuzz_input.c: parts of an input, which is left behind them */

ngx_uint_t fuzz_byte(ngx_str_t *input);
/* up to the next line feed, which is left out, or all */
ngx_str_t fuzz_line(ngx_str_t *input);
/* a block of its own, so that what reads behind its end is seen */
ngx_str_t fuzz_copy(ngx_pool_t *pool, ngx_str_t *s);
/* the next piece of a text: mode 0 is whole, 1 by bytes, 2 in halves, else 4 */
ngx_str_t fuzz_piece(ngx_str_t *rest, size_t all, ngx_uint_t mode);
/* with each byte that is no letter and no digit percent-encoded */
ngx_str_t fuzz_escape(ngx_pool_t *pool, ngx_str_t *s);

#define FUZZ_MODES  4

ngx_uint_t fuzz_same(ngx_str_t *one, ngx_str_t *two);
/* 1 to 64 bytes of A-Z a-z 0-9 _ . : @ - */
ngx_uint_t fuzz_is_id(ngx_str_t *s);
ngx_uint_t fuzz_has_control(ngx_str_t *s);
ngx_uint_t fuzz_is_json(ngx_pool_t *pool, ngx_str_t *s);


/* text that grows, in a pool */

typedef struct {
    ngx_pool_t                  *pool;
    size_t                       size;
    ngx_str_t                    text;
} fuzz_text_t;


void fuzz_text(fuzz_text_t *t, ngx_pool_t *pool);
void fuzz_add(fuzz_text_t *t, const void *data, size_t len);
void fuzz_print(fuzz_text_t *t, const char *fmt, ...);


/* fuzz_redis.c: the other end of the connection to Redis */

#define FUZZ_ARGS  600

typedef struct fuzz_redis_s  fuzz_redis_t;

/* writes the reply to a command; 0: that of an ordinary Redis will do */
typedef ngx_uint_t (*fuzz_command_pt)(fuzz_redis_t *redis, void *data);

struct fuzz_redis_s {
    ngx_http_rush_redis_t       *redis;     /* whose other end it is */
    fuzz_text_t                  out;       /* what was written to it */
    size_t                       seen;      /* how much of that was read */
    ngx_str_t                    in;        /* what it has still to say */
    fuzz_command_pt              command;
    void                        *data;

    /* the command at hand */
    ngx_uint_t                   n;
    ngx_str_t                    args[FUZZ_ARGS];
    fuzz_text_t                 *reply;
};


extern fuzz_redis_t  fuzz_redis;

void fuzz_redis_open(ngx_http_rush_redis_t *redis, ngx_pool_t *pool,
    fuzz_command_pt command, void *data);
/* answers what was asked, until nothing is; 0: nothing was */
ngx_uint_t fuzz_redis_serve(ngx_pool_t *pool);
/* these bytes, as the next ones that it says */
void fuzz_redis_say(ngx_str_t *bytes);
void fuzz_redis_close(void);

ngx_uint_t fuzz_redis_is(fuzz_redis_t *redis, const char *name);
/* the head of a script's answer: ok, and n lines to follow */
void fuzz_redis_head(fuzz_redis_t *redis, ngx_uint_t n);
void fuzz_redis_bulk(fuzz_text_t *t, ngx_str_t *s);
/* calls of a script: the first user is args[*at], his fields follow */
ngx_uint_t fuzz_redis_calls(fuzz_redis_t *redis, ngx_uint_t *at);


/* fuzz_http.c */

typedef struct {
    ngx_uint_t                   status;
    ngx_str_t                    head;
    ngx_str_t                    body;
} fuzz_response_t;


/*
 * A request from the first byte until the connection closes, fed by the mode,
 * with the last command handler of fuzz_redis_open().
 */
void fuzz_request(ngx_str_t *text, ngx_uint_t mode, ngx_pool_t *pool,
    fuzz_response_t *response);
/* NULL data: there is none */
ngx_str_t fuzz_header(fuzz_response_t *response, const char *name);


#endif /* FUZZ_H_INCLUDED */
