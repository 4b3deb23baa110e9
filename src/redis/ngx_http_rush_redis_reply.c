
/*
 * Copyright (C) 2026, the Rush authors
 *
 * RESP.  Commands are written here, because hiredis' formatter calls sprintf()
 * for every argument; replies are parsed by hiredis, and nothing else of it is
 * used.  Replies are built in a pool that is reset after each of them, an
 * array's elements in one piece.  Bounds: RESP_MAX bytes a reply, ELTS_MAX
 * elements an array, DEPTH_MAX arrays in each other, which hiredis 1.x does not
 * limit; RESP3 types are refused, so that a wrong peer closes the connection
 * and never becomes an answer.
 */


#include "redis/ngx_http_rush_redis.h"
#include <hiredis/hiredis.h>


#define NGX_HTTP_RUSH_RESP_MAX   (4 * 1024 * 1024)
#define NGX_HTTP_RUSH_ELTS_MAX   65536
#define NGX_HTTP_RUSH_DEPTH_MAX  7

#define NGX_HTTP_RUSH_RESP_HEAD  (1 + NGX_SIZE_T_LEN + 2)


#if (HIREDIS_MAJOR > 0)
#define ngx_http_rush_count_t    size_t
#else
#define ngx_http_rush_count_t    int
#endif


static ngx_int_t ngx_http_rush_redis_room(ngx_http_rush_command_t *cmd,
    size_t size);
static u_char *ngx_http_rush_reply_head(u_char *p, u_char type, size_t n);
static ngx_http_rush_reply_t *ngx_http_rush_reply_object(
    const redisReadTask *task, ngx_uint_t type);
static void *ngx_http_rush_reply_string(const redisReadTask *task, char *str,
    size_t len);
static void *ngx_http_rush_reply_array(const redisReadTask *task,
    ngx_http_rush_count_t n);
static void *ngx_http_rush_reply_integer(const redisReadTask *task,
    long long value);
static void *ngx_http_rush_reply_nil(const redisReadTask *task);
#if (HIREDIS_MAJOR > 0)
static void *ngx_http_rush_reply_double(const redisReadTask *task,
    double value, char *str, size_t len);
static void *ngx_http_rush_reply_bool(const redisReadTask *task, int value);
#endif
static void ngx_http_rush_reply_free(void *obj);


static redisReplyObjectFunctions  ngx_http_rush_reply_functions = {
    .createString = ngx_http_rush_reply_string,
    .createArray = ngx_http_rush_reply_array,
    .createInteger = ngx_http_rush_reply_integer,
    .createNil = ngx_http_rush_reply_nil,
#if (HIREDIS_MAJOR > 0)
    .createDouble = ngx_http_rush_reply_double,
    .createBool = ngx_http_rush_reply_bool,
#endif
    .freeObject = ngx_http_rush_reply_free
};


ngx_int_t
ngx_http_rush_reply_init(ngx_http_rush_redis_t *redis)
{
    redisReader  *reader;

    reader = redisReaderCreateWithFunctions(&ngx_http_rush_reply_functions);
    if (reader == NULL) {
        return NGX_ERROR;
    }

    redis->pool = ngx_create_pool(16384, &redis->log);
    if (redis->pool == NULL) {
        redisReaderFree(reader);
        return NGX_ERROR;
    }

    reader->privdata = redis;
    redis->reader = reader;
    redis->fed = 0;

    return NGX_OK;
}


void
ngx_http_rush_reply_done(ngx_http_rush_redis_t *redis)
{
    if (redis->reader) {
        redisReaderFree(redis->reader);
        redis->reader = NULL;
    }

    if (redis->pool) {
        ngx_destroy_pool(redis->pool);
        redis->pool = NULL;
    }
}


ngx_int_t
ngx_http_rush_reply_feed(ngx_http_rush_redis_t *redis, size_t n)
{
    redis->fed += n;

    if (redis->fed > NGX_HTTP_RUSH_RESP_MAX) {
        return NGX_ERROR;
    }

    if (redisReaderFeed(redis->reader, (char *) redis->buffer, n)
        != REDIS_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_reply_next(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t **reply)
{
    void         *obj;
    redisReader  *reader;

    reader = redis->reader;
    obj = NULL;

    if (reader->reply == NULL) {
        /* the reply before has been handled */
        ngx_reset_pool(redis->pool);
    }

    if (redisReaderGetReply(reader, &obj) != REDIS_OK) {
        return NGX_ERROR;
    }

    if (obj == NULL) {
        return NGX_AGAIN;
    }

    redis->fed = reader->len - reader->pos;
    *reply = obj;

    return NGX_OK;
}


/* a short command of strings; it is owed a reply more */

ngx_int_t
ngx_http_rush_redis_args(ngx_http_rush_command_t *cmd, ngx_uint_t n,
    ngx_str_t *args)
{
    size_t       len[NGX_HTTP_RUSH_REDIS_ARGS];
    ngx_uint_t   i;
    const char  *argv[NGX_HTTP_RUSH_REDIS_ARGS];

    for (i = 0; i < n; i++) {
        argv[i] = (const char *) args[i].data;
        len[i] = args[i].len;
    }

    cmd->replies++;

    return ngx_http_rush_redis_format(cmd, n, argv, len);
}


ngx_int_t
ngx_http_rush_redis_format(ngx_http_rush_command_t *cmd, ngx_uint_t n,
    const char **argv, const size_t *len)
{
    u_char      *p;
    size_t       size;
    ngx_uint_t   i;

    size = NGX_HTTP_RUSH_RESP_HEAD;

    for (i = 0; i < n; i++) {
        size += NGX_HTTP_RUSH_RESP_HEAD + len[i] + 2;
    }

    if (ngx_http_rush_redis_room(cmd, size) != NGX_OK) {
        return NGX_ERROR;
    }

    p = cmd->text + cmd->len;

    p = ngx_http_rush_reply_head(p, '*', n);

    for (i = 0; i < n; i++) {
        p = ngx_http_rush_reply_head(p, '$', len[i]);

        /* an empty string may have no address */

        if (len[i]) {
            p = ngx_cpymem(p, argv[i], len[i]);
        }

        *p++ = CR; *p++ = LF;
    }

    cmd->len = p - cmd->text;

    return NGX_OK;
}


/* what grows grows to its double: hundreds of commands may travel together */

static ngx_int_t
ngx_http_rush_redis_room(ngx_http_rush_command_t *cmd, size_t size)
{
    u_char  *p;

    size += cmd->len;

    if (cmd->text) {
        if (size <= cmd->size) {
            return NGX_OK;
        }

        size = ngx_max(size, 2 * cmd->size);
    }

    p = ngx_alloc(size, ngx_cycle->log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (cmd->text) {
        ngx_memcpy(p, cmd->text, cmd->len);
        ngx_free(cmd->text);
    }

    cmd->text = p;
    cmd->size = size;

    return NGX_OK;
}


static u_char *
ngx_http_rush_reply_head(u_char *p, u_char type, size_t n)
{
    *p++ = type;
    p = ngx_http_rush_digits(p, n);
    *p++ = CR; *p++ = LF;

    return p;
}


static ngx_http_rush_reply_t *
ngx_http_rush_reply_object(const redisReadTask *task, ngx_uint_t type)
{
    ngx_http_rush_redis_t  *redis;
    ngx_http_rush_reply_t  *reply, *parent;

    redis = task->privdata;

    if (task->parent) {
        parent = task->parent->obj;
        reply = &parent->elts[task->idx];

    } else {
        reply = ngx_palloc(redis->pool, sizeof(ngx_http_rush_reply_t));
        if (reply == NULL) {
            return NULL;
        }
    }

    ngx_memzero(reply, sizeof(ngx_http_rush_reply_t));
    reply->type = type;

    return reply;
}


static void *
ngx_http_rush_reply_string(const redisReadTask *task, char *str, size_t len)
{
    ngx_uint_t              type;
    ngx_http_rush_redis_t  *redis;
    ngx_http_rush_reply_t  *reply;

    switch (task->type) {

    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        type = NGX_HTTP_RUSH_REPLY_STRING;
        break;

    case REDIS_REPLY_ERROR:
        type = NGX_HTTP_RUSH_REPLY_ERROR;
        break;

    default:
        return NULL;
    }

    reply = ngx_http_rush_reply_object(task, type);
    if (reply == NULL) {
        return NULL;
    }

    redis = task->privdata;

    reply->str.data = ngx_pnalloc(redis->pool, len + 1);
    if (reply->str.data == NULL) {
        return NULL;
    }

    ngx_memcpy(reply->str.data, str, len);
    reply->str.data[len] = '\0';
    reply->str.len = len;

    return reply;
}


static void *
ngx_http_rush_reply_array(const redisReadTask *task, ngx_http_rush_count_t n)
{
    ngx_uint_t              depth;
    const redisReadTask    *outer;
    ngx_http_rush_redis_t  *redis;
    ngx_http_rush_reply_t  *reply;

    depth = 1;

    for (outer = task->parent; outer; outer = outer->parent) {
        depth++;
    }

    if (task->type != REDIS_REPLY_ARRAY || n > NGX_HTTP_RUSH_ELTS_MAX
        || depth > NGX_HTTP_RUSH_DEPTH_MAX)
    {
        return NULL;
    }

    reply = ngx_http_rush_reply_object(task, NGX_HTTP_RUSH_REPLY_ARRAY);
    if (reply == NULL) {
        return NULL;
    }

    redis = task->privdata;

    reply->n = n;
    reply->elts = ngx_palloc(redis->pool,
                             (n + 1) * sizeof(ngx_http_rush_reply_t));
    if (reply->elts == NULL) {
        return NULL;
    }

    return reply;
}


static void *
ngx_http_rush_reply_integer(const redisReadTask *task, long long value)
{
    ngx_http_rush_reply_t  *reply;

    reply = ngx_http_rush_reply_object(task, NGX_HTTP_RUSH_REPLY_INTEGER);

    if (reply) {
        reply->integer = value;
    }

    return reply;
}


static void *
ngx_http_rush_reply_nil(const redisReadTask *task)
{
    return ngx_http_rush_reply_object(task, NGX_HTTP_RUSH_REPLY_NIL);
}


#if (HIREDIS_MAJOR > 0)

static void *
ngx_http_rush_reply_double(const redisReadTask *task, double value, char *str,
    size_t len)
{
    return NULL;
}


static void *
ngx_http_rush_reply_bool(const redisReadTask *task, int value)
{
    return NULL;
}

#endif


static void
ngx_http_rush_reply_free(void *obj)
{
    /* the pool owns it */
}
