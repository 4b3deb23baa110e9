
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The umbrella header: what every layer may know.  The layers are handlers,
 * campaign, call and redis, and each includes only headers of those below it.
 */


#ifndef _NGX_HTTP_RUSH_H_INCLUDED_
#define _NGX_HTTP_RUSH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


#define NGX_HTTP_RUSH_VERSION      "0.1.0"

#define NGX_HTTP_RUSH_ID_LEN       64    /* campaigns, items, users, refs */
#define NGX_HTTP_RUSH_PREFIX_LEN   64
#define NGX_HTTP_RUSH_KEY_ID_LEN   32    /* of keys that sign tickets */
#define NGX_HTTP_RUSH_BATCH_MAX    256   /* calls a script */


typedef struct ngx_http_rush_redis_conf_s  ngx_http_rush_redis_conf_t;
typedef struct ngx_http_rush_redis_s       ngx_http_rush_redis_t;
typedef struct ngx_http_rush_command_s     ngx_http_rush_command_t;
typedef struct ngx_http_rush_reply_s       ngx_http_rush_reply_t;

typedef struct ngx_http_rush_script_s      ngx_http_rush_script_t;
typedef struct ngx_http_rush_play_s        ngx_http_rush_play_t;
typedef struct ngx_http_rush_calls_s       ngx_http_rush_calls_t;
typedef struct ngx_http_rush_call_s        ngx_http_rush_call_t;
typedef struct ngx_http_rush_answer_s      ngx_http_rush_answer_t;

typedef struct ngx_http_rush_zone_s        ngx_http_rush_zone_t;
typedef struct ngx_http_rush_zone_sh_s     ngx_http_rush_zone_sh_t;
typedef struct ngx_http_rush_row_s         ngx_http_rush_row_t;
typedef struct ngx_http_rush_campaign_s    ngx_http_rush_campaign_t;
typedef struct ngx_http_rush_query_s       ngx_http_rush_query_t;
typedef struct ngx_http_rush_keys_s        ngx_http_rush_keys_t;
typedef struct ngx_http_rush_links_s       ngx_http_rush_links_t;
typedef struct ngx_http_rush_scan_s        ngx_http_rush_scan_t;


extern ngx_module_t  ngx_http_rush_module;


/*
 * us of a clock that nobody sets; ngx_current_msec stands still within a turn
 * of the event loop
 */

static ngx_inline int64_t
ngx_http_rush_monotonic(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}


/* what "%uL" writes, in a fifth of the time: claims have many numbers */

static ngx_inline u_char *
ngx_http_rush_digits(u_char *p, uint64_t n)
{
    u_char  buf[NGX_INT64_LEN], *digit;

    digit = buf + NGX_INT64_LEN;

    do {
        *--digit = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n);

    return ngx_cpymem(p, digit, buf + NGX_INT64_LEN - digit);
}


#endif /* _NGX_HTTP_RUSH_H_INCLUDED_ */
