
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What error replies of Redis mean.  To handle another one, add a row to the
 * table, before the last, and count it in NGX_HTTP_RUSH_REDIS_ERRORS.  The
 * same error is logged once a second.  The first row is no reply, but what
 * ngx_http_rush_redis_durable.c finds.
 */


#include "redis/ngx_http_rush_redis.h"


const ngx_http_rush_redis_error_t
    ngx_http_rush_redis_errors[NGX_HTTP_RUSH_REDIS_ERRORS] = {

    /* prefix, kind, not_run, busy, suspend, close, level, advice */

    { ngx_string("NOTDURABLE"), ngx_string("not_durable"),
      1, 0, 0, 1, NGX_LOG_CRIT, "it may lose wins" },

    { ngx_string("NOSCRIPT"), ngx_string("noscript"),
      1, 0, 0, 0, NGX_LOG_INFO, "the script is loaded again" },

    { ngx_string("LOADING"), ngx_string("loading"),
      1, 1, 1, 0, NGX_LOG_WARN, "it reads its data and will be back" },

    { ngx_string("BUSY "), ngx_string("busy"),
      1, 1, 1, 0, NGX_LOG_ERR, "a script of somebody else runs too long" },

    { ngx_string("NOREPLICAS"), ngx_string("noreplicas"),
      1, 1, 1, 0, NGX_LOG_ERR, "min-replicas-to-write is not met" },

    { ngx_string("TRYAGAIN"), ngx_string("tryagain"),
      1, 1, 1, 0, NGX_LOG_WARN, "keys are being moved" },

    { ngx_string("CLUSTERDOWN"), ngx_string("clusterdown"),
      1, 0, 1, 0, NGX_LOG_ERR, "the cluster is down" },

    { ngx_string("MISCONF"), ngx_string("misconf"),
      1, 0, 1, 0, NGX_LOG_ALERT, "it cannot write to its disk" },

    { ngx_string("OOM "), ngx_string("oom"),
      1, 0, 1, 0, NGX_LOG_ALERT,
      "raise maxmemory, and keep maxmemory-policy noeviction" },

    { ngx_string("READONLY"), ngx_string("readonly"),
      1, 0, 0, 1, NGX_LOG_ERR,
      "it is a replica: \"server\" must name the primary" },

    { ngx_string("MASTERDOWN"), ngx_string("masterdown"),
      1, 0, 0, 1, NGX_LOG_ERR, "it is a replica without its primary" },

    { ngx_string("MOVED"), ngx_string("moved"),
      1, 0, 0, 1, NGX_LOG_ERR, "it is a cluster, which is not supported" },

    { ngx_string("ASK "), ngx_string("ask"),
      1, 0, 0, 1, NGX_LOG_ERR, "it is a cluster, which is not supported" },

    { ngx_string("CROSSSLOT"), ngx_string("crossslot"),
      1, 0, 0, 0, NGX_LOG_ALERT, "keys of one script lie in several slots" },

    { ngx_string("NOAUTH"), ngx_string("noauth"),
      1, 0, 0, 1, NGX_LOG_ERR, "set \"password_file\"" },

    { ngx_string("WRONGPASS"), ngx_string("wrongpass"),
      1, 0, 0, 1, NGX_LOG_ERR, "check \"user\" and \"password_file\"" },

    { ngx_string("NOPERM"), ngx_string("noperm"),
      1, 0, 0, 1, NGX_LOG_ERR, "the ACL user lacks a command or a key" },

    { ngx_string("ERR max number of clients"), ngx_string("maxclients"),
      1, 1, 0, 1, NGX_LOG_ERR, "raise maxclients" },

    { ngx_string("DENIED"), ngx_string("denied"),
      1, 0, 0, 1, NGX_LOG_ERR, "it is in protected mode" },

    { ngx_string("ERR The user executing the script"), ngx_string("script_acl"),
      0, 0, 0, 0, NGX_LOG_ALERT, "the ACL user lacks a command or a key" },

    { ngx_string("ERR user_script"), ngx_string("script"),
      0, 0, 0, 0, NGX_LOG_ALERT, "the script failed" },

    { ngx_string("WRONGTYPE"), ngx_string("wrongtype"),
      0, 0, 0, 0, NGX_LOG_ALERT, "a key of the campaign has the wrong type" },

    { ngx_string(""), ngx_string("other"),
      0, 0, 0, 0, NGX_LOG_ALERT, "unexpected" }
};


const ngx_http_rush_redis_error_t *
ngx_http_rush_redis_error_row(ngx_http_rush_reply_t *reply)
{
    const ngx_http_rush_redis_error_t  *e;

    for (e = ngx_http_rush_redis_errors; e->prefix.len; e++) {
        if (reply->str.len >= e->prefix.len
            && ngx_strncmp(reply->str.data, e->prefix.data, e->prefix.len)
               == 0)
        {
            break;
        }
    }

    return e;
}


const ngx_http_rush_redis_error_t *
ngx_http_rush_redis_error(ngx_http_rush_redis_t *redis,
    ngx_http_rush_reply_t *reply)
{
    uint32_t                            hash;
    const ngx_http_rush_redis_error_t  *e;

    e = ngx_http_rush_redis_error_row(reply);
    hash = ngx_crc32_short(reply->str.data, reply->str.len);

    if (redis->error != hash || redis->error_time != ngx_time()) {
        ngx_log_error(e->level, &redis->log, 0, "redis answered \"%V\": %s",
                      &reply->str, e->advice);
    }

    redis->error = hash;
    redis->error_time = ngx_time();

    (void) ngx_atomic_fetch_add(&redis->stats->errors[
                                         e - ngx_http_rush_redis_errors], 1);

    if (e->close) {
        redis->busy = e->busy;
        redis->unwell = 1;
        redis->failures++;
        redis->closing = 1;

    } else if (e->suspend) {
        ngx_http_rush_redis_suspend(redis, e->busy);
    }

    return e;
}
