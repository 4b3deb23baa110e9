
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The handshake (AUTH, SELECT, CLIENT SETNAME, INFO, TIME, PING in one
 * write), and the probe of a Redis that is busy.  With "durability disk" both
 * also ask for the settings, ahead of PING.
 */


#include "redis/ngx_http_rush_redis.h"


static ngx_int_t ngx_http_rush_redis_greet_add(ngx_http_rush_redis_t *redis,
    ngx_uint_t i, ngx_http_rush_reply_pt handler, ngx_str_t *args,
    ngx_uint_t n);
static void ngx_http_rush_redis_greet_auth(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_greet_name(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_greet_info(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_greet_run(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_greet_time(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);
static void ngx_http_rush_redis_greet_ping(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply);


/* in one write; NGX_ERROR: no memory */

ngx_int_t
ngx_http_rush_redis_greet(ngx_http_rush_redis_t *redis)
{
    u_char                       name[sizeof("nginx-rush-") + NGX_INT_T_LEN];
    ngx_int_t                    rc;
    ngx_str_t                    argv[3];
    ngx_uint_t                   n;
    ngx_http_rush_redis_conf_t  *conf;

    conf = redis->conf;
    rc = NGX_OK;
    redis->run = 0;

    if (conf->password.len) {
        n = 0;
        ngx_str_set(&argv[n], "AUTH");
        n++;

        if (conf->user.len) {
            argv[n++] = conf->user;
        }

        argv[n++] = conf->password;

        rc |= ngx_http_rush_redis_greet_add(redis, 0,
                                            ngx_http_rush_redis_greet_auth,
                                            argv, n);
    }

    if (conf->database.len) {
        ngx_str_set(&argv[0], "SELECT");
        argv[1] = conf->database;

        rc |= ngx_http_rush_redis_greet_add(redis, 1,
                                            ngx_http_rush_redis_greet_auth,
                                            argv, 2);
    }

    ngx_str_set(&argv[0], "CLIENT");
    ngx_str_set(&argv[1], "SETNAME");
    argv[2].data = name;
    argv[2].len = ngx_sprintf(name, "nginx-rush-%P", ngx_pid) - name;

    rc |= ngx_http_rush_redis_greet_add(redis, 2,
                                        ngx_http_rush_redis_greet_name,
                                        argv, 3);

    ngx_str_set(&argv[0], "INFO");
    ngx_str_set(&argv[1], "server");

    rc |= ngx_http_rush_redis_greet_add(redis, 3,
                                        ngx_http_rush_redis_greet_info,
                                        argv, 2);

    rc |= ngx_http_rush_redis_durable_ask(redis);

    ngx_str_set(&argv[0], "TIME");

    rc |= ngx_http_rush_redis_greet_add(redis, 4,
                                        ngx_http_rush_redis_greet_time,
                                        argv, 1);

    ngx_str_set(&argv[0], "PING");

    rc |= ngx_http_rush_redis_greet_add(redis, NGX_HTTP_RUSH_REDIS_PING,
                                        ngx_http_rush_redis_greet_ping,
                                        argv, 1);

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}


/* asks a suspended Redis whether it is well again */

void
ngx_http_rush_redis_probe(ngx_http_rush_redis_t *redis)
{
    ngx_str_t  argv[1];

    if (redis->greeting[NGX_HTTP_RUSH_REDIS_PING].replies) {
        /* one is on its way */
        return;
    }

    ngx_str_set(&argv[0], "PING");

    if (ngx_http_rush_redis_durable_ask(redis) != NGX_OK
        || ngx_http_rush_redis_greet_add(redis, NGX_HTTP_RUSH_REDIS_PING,
                                         ngx_http_rush_redis_greet_ping,
                                         argv, 1)
           != NGX_OK)
    {
        ngx_http_rush_redis_fail(redis);
        return;
    }

    ngx_http_rush_redis_flush(redis);
}


static ngx_int_t
ngx_http_rush_redis_greet_add(ngx_http_rush_redis_t *redis, ngx_uint_t i,
    ngx_http_rush_reply_pt handler, ngx_str_t *args, ngx_uint_t n)
{
    ngx_http_rush_command_t  *cmd;

    cmd = &redis->greeting[i];

    ngx_memzero(cmd, sizeof(ngx_http_rush_command_t));

    cmd->handler = handler;
    cmd->data = redis;
    cmd->internal = 1;

    if (ngx_http_rush_redis_args(cmd, n, args) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_rush_redis_send(redis, cmd);

    return NGX_OK;
}


/* AUTH and SELECT: without them nothing is as configured */

static void
ngx_http_rush_redis_greet_auth(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;

    if (reply && reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(redis, reply);
        redis->closing = 1;
    }
}


static void
ngx_http_rush_redis_greet_name(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;

    if (reply == NULL || reply->type != NGX_HTTP_RUSH_REPLY_ERROR) {
        return;
    }

    if (ngx_strncmp(reply->str.data, "NOPERM", 6) == 0) {
        /* a name is for the operator's eyes only */
        ngx_log_error(NGX_LOG_INFO, &redis->log, 0,
                      "redis refused CLIENT SETNAME: \"%V\"", &reply->str);
        return;
    }

    /* what Redis says to a connection that it does not want, too */

    (void) ngx_http_rush_redis_error(redis, reply);
    redis->closing = 1;
}


static void
ngx_http_rush_redis_greet_info(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    u_char                 *p, *dot;
    ngx_int_t               major;
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;

    if (reply == NULL) {
        return;
    }

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR
        && ngx_strncmp(reply->str.data, "NOPERM", 6) != 0)
    {
        (void) ngx_http_rush_redis_error(redis, reply);
        redis->closing = 1;
        return;
    }

    if (reply->type != NGX_HTTP_RUSH_REPLY_STRING) {
        ngx_log_error(NGX_LOG_WARN, &redis->log, 0,
                      "redis does not tell its version by INFO server, "
                      "7.0 or newer is needed");
        return;
    }

    p = ngx_strnstr(reply->str.data, "redis_version:", reply->str.len);

    if (p) {
        p += sizeof("redis_version:") - 1;
        dot = (u_char *) ngx_strchr(p, '.');
        major = dot ? ngx_atoi(p, dot - p) : NGX_ERROR;

        if (major >= 7) {
            ngx_http_rush_redis_greet_run(redis, reply);
            return;
        }
    }

    ngx_log_error(NGX_LOG_ERR, &redis->log, 0,
                  "redis is version \"%*s\", 7.0 or newer is needed",
                  p ? strcspn((char *) p, "\r\n") : 0,
                  p ? p : (u_char *) "");

    redis->failures++;
    redis->closing = 1;
}


/* another server than the one before: what was believed of that is over */

static void
ngx_http_rush_redis_greet_run(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply)
{
    u_char                       *p;
    uint32_t                      run;
    ngx_http_rush_redis_stats_t  *stats;

    p = ngx_strnstr(reply->str.data, "run_id:", reply->str.len);
    if (p == NULL) {
        return;
    }

    run = ngx_crc32_short(p, strcspn((char *) p, "\r\n"));
    stats = redis->stats;

    if (stats->run && stats->run != run) {
        (void) ngx_atomic_fetch_add(&stats->lost, 1);
    }

    stats->run = run;
    redis->run = run;
}


static void
ngx_http_rush_redis_greet_time(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    int64_t                 now;
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;

    if (reply == NULL) {
        return;
    }

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        (void) ngx_http_rush_redis_error(redis, reply);
        redis->closing = 1;
        return;
    }

    now = ngx_http_rush_redis_time(reply);

    if (now == 0) {
        ngx_http_rush_redis_odd(redis, "a TIME of the wrong shape");
        return;
    }

    ngx_http_rush_redis_set_clock(redis, now);
}


static void
ngx_http_rush_redis_greet_ping(ngx_http_rush_command_t *cmd,
    ngx_http_rush_reply_t *reply)
{
    ngx_http_rush_redis_t  *redis;

    redis = cmd->data;

    if (reply == NULL || redis->closing) {
        return;
    }

    if (reply->type == NGX_HTTP_RUSH_REPLY_ERROR) {
        if (!ngx_http_rush_redis_error(redis, reply)->suspend) {
            redis->closing = 1;
        }

        return;
    }

    if (reply->type != NGX_HTTP_RUSH_REPLY_STRING
        || reply->str.len != 4 || ngx_strncmp(reply->str.data, "PONG", 4) != 0)
    {
        ngx_http_rush_redis_odd(redis, "no PONG");
        return;
    }

    if (redis->conf->durability == NGX_HTTP_RUSH_DURABILITY_DISK
        && !redis->durable)
    {
        /* it was too busy to tell: with the next PING */
        ngx_http_rush_redis_suspend(redis, redis->busy);
        return;
    }

    ngx_http_rush_redis_greeted(redis);
}
