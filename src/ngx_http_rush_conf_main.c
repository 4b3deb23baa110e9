
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Configuration of what all locations share: servers, shared memory, the prefix
 * of keys.
 */


#include "ngx_http_rush_conf.h"


static ngx_int_t ngx_http_rush_conf_size(ngx_conf_t *cf, ngx_str_t *text,
    size_t min, size_t *size);


char *
ngx_http_rush_conf_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t                   *value;
    ngx_uint_t                   i;
    ngx_http_rush_redis_conf_t  *rcf;

    value = cf->args->elts;

    if (!ngx_http_rush_is_id(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the name in \"rush_redis\" must be from 1 to 64 "
                           "bytes of A-Z a-z 0-9 _ . : @ -, not \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    rcf = rmcf->redises.elts;

    for (i = 0; i < rmcf->redises.nelts; i++) {
        if (rcf[i].name.len == value[1].len
            && ngx_strncmp(rcf[i].name.data, value[1].data, value[1].len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate \"rush_redis\" \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    rcf = ngx_array_push(&rmcf->redises);
    if (rcf == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(rcf, sizeof(ngx_http_rush_redis_conf_t));
    rcf->name = value[1];

    return ngx_http_rush_redis_block(cf, rcf);
}


char *
ngx_http_rush_conf_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    u_char     *p, *last;
    size_t      size;
    ngx_str_t  *value, name, s;

    if (rmcf->zone.shm) {
        return "is duplicate";
    }

    value = cf->args->elts;
    last = value[1].data + value[1].len;

    p = ngx_strlchr(value[1].data, last, ':');

    if (p == NULL || ngx_strncmp(value[1].data, "zone=", 5) != 0
        || p <= value[1].data + 5)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"rush_zone\", write "
                           "\"zone=name:size\" and perhaps \"links=size\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data + 5;
    name.len = p - name.data;

    s.data = p + 1;
    s.len = last - s.data;

    if (ngx_http_rush_conf_size(cf, &s, 16 * ngx_pagesize, &size) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 3) {

        s = value[2];

        if (s.len <= 6 || ngx_strncmp(s.data, "links=", 6) != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of \"rush_zone\", "
                               "write \"links=size\"", &s);
            return NGX_CONF_ERROR;
        }

        s.data += 6;
        s.len -= 6;

        if (ngx_http_rush_conf_size(cf, &s, NGX_HTTP_RUSH_LINKS_MIN,
                                    &rmcf->links_size)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return ngx_http_rush_zone_add(cf, &rmcf->zone, &name, size);
}


static ngx_int_t
ngx_http_rush_conf_size(ngx_conf_t *cf, ngx_str_t *text, size_t min,
    size_t *size)
{
    ssize_t  n;

    n = ngx_parse_size(text);

    if (n == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" of \"rush_zone\"", text);
        return NGX_ERROR;
    }

    if (n < (ssize_t) min) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_zone\" of \"%V\" is too small, it needs "
                           "%uz", text, min);
        return NGX_ERROR;
    }

    *size = n;

    return NGX_OK;
}


char *
ngx_http_rush_conf_prefix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t  *value;

    if (rmcf->prefix.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len && !ngx_http_rush_is_id(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_prefix\" must be up to 64 bytes of A-Z a-z "
                           "0-9 _ . : @ -, not \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    rmcf->prefix = value[1];

    return NGX_CONF_OK;
}
