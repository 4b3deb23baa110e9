
/*
 * Copyright (C) 2026, the Rush authors
 *
 * "durability disk": what Redis does with a win before it answers.  It is
 * asked in the greeting, with each probe, and once a second while the
 * connection is up; a server that may lose wins is refused as one of the
 * wrong version is.  To ask for another setting, add a row to the table.
 *
 * "appendonly" that was switched on while Redis runs is not in force before
 * the first rewrite of the AOF is over: until then the file is a temporary one
 * that a restart does not read.  CONFIG GET says "yes" all the same, and INFO
 * only that there is a rewrite, as there is now and then in any AOF.  So it
 * is kept of a run of Redis, in shared memory, whether it was seen with an
 * AOF that works, or without one.
 */


#include "redis/ngx_http_rush_redis.h"


#define NGX_HTTP_RUSH_DURABLE_EVERY  1000     /* ms */
#define NGX_HTTP_RUSH_DURABLE_TOLD   60       /* s, the same line again */
#define NGX_HTTP_RUSH_DURABLE_VALUE  64       /* of what is logged */

#define NGX_HTTP_RUSH_SETTINGS                                                \
    (sizeof(ngx_http_rush_redis_settings)                                     \
     / sizeof(ngx_http_rush_redis_setting_t))


typedef struct {
    ngx_str_t                    name;
    ngx_str_t                    must;
} ngx_http_rush_redis_setting_t;


static void ngx_http_rush_redis_durable_timer(ngx_event_t *ev);
static void ngx_http_rush_redis_durable_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_durable_error(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_durable_config(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply);
static ngx_str_t *ngx_http_rush_redis_durable_value(
    ngx_http_rush_reply_t *reply, const ngx_str_t *name);
static void ngx_http_rush_redis_durable_info(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_durable_refuse(ngx_http_rush_redis_t *redis,
    ngx_str_t *why);


/* the first is the one that takes time to come into force */

static const ngx_http_rush_redis_setting_t  ngx_http_rush_redis_settings[] = {

    { ngx_string("appendonly"), ngx_string("yes") },
    { ngx_string("appendfsync"), ngx_string("always") },
    { ngx_string("no-appendfsync-on-rewrite"), ngx_string("no") },
    { ngx_string("maxmemory-policy"), ngx_string("noeviction") }
};


ngx_int_t
ngx_http_rush_redis_durable_init(ngx_http_rush_redis_t *redis,
    ngx_pool_t *pool)
{
    redis->told = ngx_pcalloc(pool, redis->conf->servers.nelts
                                    * sizeof(ngx_http_rush_redis_told_t));
    if (redis->told == NULL) {
        return NGX_ERROR;
    }

    redis->check.handler = ngx_http_rush_redis_durable_timer;
    redis->check.data = redis;
    redis->check.log = &redis->log;
    redis->check.cancelable = 1;

    return NGX_OK;
}


/* to be flushed by the caller; NGX_ERROR: no memory */

ngx_int_t
ngx_http_rush_redis_durable_ask(ngx_http_rush_redis_t *redis)
{
    ngx_str_t                 args[2 + NGX_HTTP_RUSH_SETTINGS];
    ngx_uint_t                i;
    ngx_http_rush_command_t  *cmd;

    cmd = &redis->settings;

    if (redis->conf->durability == NGX_HTTP_RUSH_DURABILITY_NONE
        || cmd->replies)
    {
        /* not asked for, or on its way */
        return NGX_OK;
    }

    redis->durable = 0;

    ngx_memzero(cmd, sizeof(ngx_http_rush_command_t));

    cmd->handler = ngx_http_rush_redis_durable_reply;
    cmd->data = redis;

    /* calls that come behind it must not wait longer than for each other */
    cmd->internal = (redis->state == ngx_http_rush_redis_greeting);

    ngx_str_set(&args[0], "CONFIG");
    ngx_str_set(&args[1], "GET");

    for (i = 0; i < NGX_HTTP_RUSH_SETTINGS; i++) {
        args[2 + i] = ngx_http_rush_redis_settings[i].name;
    }

    if (ngx_http_rush_redis_args(cmd, 2 + i, args) != NGX_OK) {
        cmd->replies = 0;
        return NGX_ERROR;
    }

    ngx_str_set(&args[0], "INFO");
    ngx_str_set(&args[1], "persistence");

    if (ngx_http_rush_redis_args(cmd, 2, args) != NGX_OK) {
        ngx_free(cmd->text);
        cmd->text = NULL;
        cmd->replies = 0;
        return NGX_ERROR;
    }

    ngx_http_rush_redis_send(redis, cmd);

    return NGX_OK;
}


/* it is set while there is a connection, and ends with that */

static void
ngx_http_rush_redis_durable_timer(ngx_event_t *ev)
{
    ngx_http_rush_redis_t  *redis;

    redis = ev->data;

    if (ngx_http_rush_redis_durable_ask(redis) != NGX_OK) {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    ngx_http_rush_redis_flush(redis);
}


/* the first reply is that of CONFIG GET, the second that of INFO */

static void
ngx_http_rush_redis_durable_reply(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;

    if (reply == NULL) {
        return;
    }

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        ngx_http_rush_redis_durable_error(cmd, reply);

    } else if (cmd->replies) {
        ngx_http_rush_redis_durable_config(redis, reply);

    } else if (redis->durable) {
        ngx_http_rush_redis_durable_info(redis, reply);
    }

    if (cmd->replies == 0 && !redis->closing) {
        ngx_add_timer(&redis->check, NGX_HTTP_RUSH_DURABLE_EVERY);
    }
}


static void
ngx_http_rush_redis_durable_error(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    u_char                  text[NGX_MAX_ERROR_STR / 2];
    ngx_str_t               why;
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;
    redis->durable = 0;

    if (ngx_http_rush_redis_error_row(reply)->suspend) {
        /* not now: PING goes on asking, and does not do without this */
        (void) ngx_http_rush_redis_error(redis, reply);
        return;
    }

    why.data = text;
    why.len = ngx_slprintf(text, text + sizeof(text),
                           "not known to be durable: it answered \"%V\" "
                           "to %s, give the ACL user \"%s\"", &reply->str,
                           cmd->replies ? "CONFIG GET" : "INFO persistence",
                           cmd->replies ? "+config|get" : "+info")
              - text;

    ngx_http_rush_redis_durable_refuse(redis, &why);
}


static void
ngx_http_rush_redis_durable_config(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply)
{
    u_char                                text[NGX_MAX_ERROR_STR / 2];
    u_char                                set[NGX_MAX_ERROR_STR / 4];
    u_char                               *p, *s, *last;
    ngx_str_t                            *value, why;
    ngx_uint_t                            i;
    const ngx_http_rush_redis_setting_t  *setting;

    p = text;
    s = set;
    last = text + sizeof(text);

    for (i = 0; i < NGX_HTTP_RUSH_SETTINGS; i++) {
        setting = &ngx_http_rush_redis_settings[i];

        value = ngx_http_rush_redis_durable_value(reply, &setting->name);

        if (value == NULL) {
            ngx_http_rush_redis_odd(redis, "a CONFIG GET of the wrong shape");
            return;
        }

        if (value->len == setting->must.len
            && ngx_strncmp(value->data, setting->must.data, value->len) == 0)
        {
            continue;
        }

        if (i == 0) {
            redis->stats->aof = (uint32_t) ~redis->run;
        }

        p = ngx_slprintf(p, last, "%s\"%V\" is \"%*s\", must be \"%V\"",
                         p == text ? "not durable: " : "; ", &setting->name,
                         ngx_min(value->len, NGX_HTTP_RUSH_DURABLE_VALUE),
                         value->data, &setting->must);

        s = ngx_slprintf(s, set + sizeof(set), " %V %V",
                         &setting->name, &setting->must);
    }

    if (p == text) {
        redis->durable = 1;
        return;
    }

    p = ngx_slprintf(p, last, " (\"CONFIG SET%*s\", and in redis.conf)",
                     (size_t) (s - set), set);

    why.data = text;
    why.len = p - text;

    ngx_http_rush_redis_durable_refuse(redis, &why);
}


/* NULL: it is not there, or the reply is none of CONFIG GET */

static ngx_str_t *
ngx_http_rush_redis_durable_value(ngx_http_rush_reply_t *reply,
    const ngx_str_t *name)
{
    ngx_uint_t              i;
    ngx_http_rush_reply_t  *elt;

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY) {
        return NULL;
    }

    for (i = 0; i + 1 < reply->n; i += 2) {
        elt = &reply->elts[i];

        if (elt[0].type == NGX_HTTP_RUSH_REPLY_STRING
            && elt[1].type == NGX_HTTP_RUSH_REPLY_STRING
            && elt[0].str.len == name->len
            && ngx_strncmp(elt[0].str.data, name->data, name->len) == 0)
        {
            return &elt[1].str;
        }
    }

    return NULL;
}


/* the settings are right; is there an AOF that a restart would read? */

static void
ngx_http_rush_redis_durable_info(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply)
{
    u_char                       *info, *base;
    size_t                        len;
    ngx_str_t                     why;
    ngx_addr_t                   *addr;
    ngx_http_rush_redis_told_t   *told;
    ngx_http_rush_redis_stats_t  *stats;

    if (reply->type != NGX_HTTP_RUSH_REPLY_STRING) {
        ngx_http_rush_redis_odd(redis, "an INFO of the wrong shape");
        return;
    }

    info = reply->str.data;
    len = reply->str.len;
    stats = redis->stats;

    if (ngx_strnstr(info, "aof_enabled:1", len)
        && ngx_strnstr(info, "aof_rewrite_in_progress:0", len)
        && ngx_strnstr(info, "aof_rewrite_scheduled:0", len))
    {
        stats->aof = redis->run;

    } else if (redis->run == 0 || stats->aof != redis->run) {

        /* a base is there if Redis has read it, or has finished a rewrite */

        base = ngx_strnstr(info, "aof_base_size:", len);

        if (base == NULL || base[sizeof("aof_base_size:") - 1] == '0'
            || stats->aof == (uint32_t) ~redis->run)
        {
            ngx_str_set(&why, "not known to be durable: \"appendonly\" comes "
                              "into force with the end of the rewrite of the "
                              "AOF that is under way");

            ngx_http_rush_redis_durable_refuse(redis, &why);
            return;
        }
    }

    told = &redis->told[redis->server];

    if (told->hash) {
        told->hash = 0;

        addr = redis->conf->servers.elts;
        addr += redis->server;

        ngx_log_error(NGX_LOG_NOTICE, &redis->log, 0,
                      "redis at %V is durable", &addr->name);
    }
}


/* as a Redis that is too old: the next server is tried, with a distance */

static void
ngx_http_rush_redis_durable_refuse(ngx_http_rush_redis_t *redis,
    ngx_str_t *why)
{
    uint32_t                     hash;
    ngx_addr_t                  *addr;
    ngx_http_rush_redis_told_t  *told;

    addr = redis->conf->servers.elts;
    addr += redis->server;

    told = &redis->told[redis->server];
    hash = ngx_crc32_short(why->data, why->len) | 1;

    if (told->hash != hash
        || ngx_time() - told->time >= NGX_HTTP_RUSH_DURABLE_TOLD)
    {
        ngx_log_error(NGX_LOG_CRIT, &redis->log, 0,
                      "redis at %V is %V, \"durability disk\" of "
                      "\"rush_redis\" asks for it", &addr->name, why);

        told->hash = hash;
        told->time = ngx_time();
    }

    (void) ngx_atomic_fetch_add(
                 &redis->stats->errors[NGX_HTTP_RUSH_REDIS_NOT_DURABLE], 1);

    redis->durable = 0;
    redis->busy = 0;
    redis->failures++;
    redis->closing = 1;
}
