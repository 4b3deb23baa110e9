
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The inside of a rush_redis block.  Its directives are rows of one table;
 * to add one, add a row, a member of ngx_http_rush_redis_conf_t and its
 * heading in docs/directives.md.
 */


#include "redis/ngx_http_rush_redis.h"


#define NGX_HTTP_RUSH_PENDING_MAX   1000000
#define NGX_HTTP_RUSH_PASSWORD_MAX  512


typedef char *(*ngx_http_rush_redis_set_pt)(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);


typedef struct {
    ngx_str_t                   name;
    ngx_http_rush_redis_set_pt  set;
    size_t                      offset;
    ngx_int_t                   min;
    ngx_int_t                   max;
} ngx_http_rush_redis_directive_t;


static char *ngx_http_rush_redis_tag(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf);
static char *ngx_http_rush_redis_directive(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static char *ngx_http_rush_redis_server(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);
static char *ngx_http_rush_redis_password(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);
static char *ngx_http_rush_redis_str(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);
static char *ngx_http_rush_redis_msec(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);
static char *ngx_http_rush_redis_num(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);
static char *ngx_http_rush_redis_durability(ngx_conf_t *cf,
    ngx_http_rush_redis_conf_t *rcf, ngx_str_t *value, size_t offset);


static ngx_http_rush_redis_directive_t  ngx_http_rush_redis_directives[] = {

    { ngx_string("server"), ngx_http_rush_redis_server, 0, 0, 0 },

    { ngx_string("password_file"), ngx_http_rush_redis_password,
      offsetof(ngx_http_rush_redis_conf_t, password), 0, 0 },

    { ngx_string("user"), ngx_http_rush_redis_str,
      offsetof(ngx_http_rush_redis_conf_t, user), 0, 0 },

    { ngx_string("database"), ngx_http_rush_redis_str,
      offsetof(ngx_http_rush_redis_conf_t, database), 0, 65535 },

    { ngx_string("connect_timeout"), ngx_http_rush_redis_msec,
      offsetof(ngx_http_rush_redis_conf_t, connect_timeout), 0, 0 },

    { ngx_string("timeout"), ngx_http_rush_redis_msec,
      offsetof(ngx_http_rush_redis_conf_t, timeout), 0, 0 },

    { ngx_string("max_pending"), ngx_http_rush_redis_num,
      offsetof(ngx_http_rush_redis_conf_t, max_pending),
      1, NGX_HTTP_RUSH_PENDING_MAX },

    { ngx_string("batch"), ngx_http_rush_redis_num,
      offsetof(ngx_http_rush_redis_conf_t, batch),
      1, NGX_HTTP_RUSH_BATCH_MAX },

    { ngx_string("durability"), ngx_http_rush_redis_durability, 0, 0, 0 },

    { ngx_null_string, NULL, 0, 0, 0 }
};


char *
ngx_http_rush_redis_block(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf)
{
    char        *rv;
    ngx_conf_t   save;

    rcf->connect_timeout = NGX_CONF_UNSET_MSEC;
    rcf->timeout = NGX_CONF_UNSET_MSEC;
    rcf->max_pending = NGX_CONF_UNSET_UINT;
    rcf->batch = NGX_CONF_UNSET_UINT;
    rcf->durability = NGX_CONF_UNSET_UINT;

    if (ngx_array_init(&rcf->servers, cf->pool, 2, sizeof(ngx_addr_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    save = *cf;
    cf->handler = ngx_http_rush_redis_directive;
    cf->handler_conf = (void *) rcf;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (rcf->servers.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_redis\" \"%V\" has no \"server\"",
                           &rcf->name);
        return NGX_CONF_ERROR;
    }

    if (rcf->user.len && rcf->password.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"user\" in \"rush_redis\" \"%V\" needs "
                           "\"password_file\"", &rcf->name);
        return NGX_CONF_ERROR;
    }

    ngx_conf_init_msec_value(rcf->connect_timeout, 1000);
    ngx_conf_init_msec_value(rcf->timeout, 1000);
    ngx_conf_init_uint_value(rcf->max_pending, 16384);
    ngx_conf_init_uint_value(rcf->batch, NGX_HTTP_RUSH_BATCH_MAX);
    ngx_conf_init_uint_value(rcf->durability, NGX_HTTP_RUSH_DURABILITY_NONE);

    return ngx_http_rush_redis_tag(cf, rcf);
}


/*
 * What shared memory calls this Redis: a reload that leads the name elsewhere
 * must not find what was known of the server before.
 */

static char *
ngx_http_rush_redis_tag(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf)
{
    uint32_t     sum;
    ngx_uint_t   i;
    ngx_addr_t  *addr;

    addr = rcf->servers.elts;
    sum = ngx_crc32_short(rcf->database.data, rcf->database.len);

    for (i = 0; i < rcf->servers.nelts; i++) {
        /* in any order: a resolver may turn them round */
        sum += ngx_crc32_short(addr[i].name.data, addr[i].name.len);
    }

    rcf->tag.data = ngx_pnalloc(cf->pool, rcf->name.len + 9);
    if (rcf->tag.data == NULL) {
        return NGX_CONF_ERROR;
    }

    rcf->tag.len = ngx_sprintf(rcf->tag.data, "%V\t%08xD", &rcf->name, sum)
                   - rcf->tag.data;

    return NGX_CONF_OK;
}


static char *
ngx_http_rush_redis_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf)
{
    char                             *rv;
    ngx_int_t                         n;
    ngx_str_t                        *value;
    ngx_http_rush_redis_directive_t  *d;

    value = cf->args->elts;

    for (d = ngx_http_rush_redis_directives; d->name.len; d++) {
        if (value[0].len == d->name.len
            && ngx_strcmp(value[0].data, d->name.data) == 0)
        {
            break;
        }
    }

    if (d->name.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown directive \"%V\" in \"rush_redis\"",
                           &value[0]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts != 2) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of arguments in \"%V\" directive "
                           "of \"rush_redis\"", &value[0]);
        return NGX_CONF_ERROR;
    }

    if (d->max) {
        n = ngx_atoi(value[1].data, value[1].len);

        if (n == NGX_ERROR || n < d->min || n > d->max) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" must be a whole number from %i to %i, "
                               "not \"%V\"",
                               &value[0], d->min, d->max, &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    rv = d->set(cf, conf, &value[1], d->offset);

    if (rv == NGX_CONF_OK || rv == NGX_CONF_ERROR) {
        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" %s", &value[0], rv);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_rush_redis_server(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf,
    ngx_str_t *value, size_t offset)
{
    ngx_url_t    u;
    ngx_uint_t   i;
    ngx_addr_t  *addr;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *value;
    u.default_port = 6379;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in \"server\" \"%V\" of \"rush_redis\"",
                           u.err ? u.err : "invalid address", value);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < u.naddrs; i++) {
        addr = ngx_array_push(&rcf->servers);
        if (addr == NULL) {
            return NGX_CONF_ERROR;
        }

        *addr = u.addrs[i];
    }

    return NGX_CONF_OK;
}


/* the first line of the file, so that nginx -T does not print it */

static char *
ngx_http_rush_redis_password(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf,
    ngx_str_t *value, size_t offset)
{
    u_char     buf[NGX_HTTP_RUSH_PASSWORD_MAX + 2], *p, *last;
    ssize_t    n;
    ngx_fd_t   fd;
    ngx_str_t  path;

    if (rcf->password.data) {
        return "is duplicate";
    }

    path = *value;

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    fd = ngx_open_file(path.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", &path);
        return NGX_CONF_ERROR;
    }

    n = ngx_read_fd(fd, buf, sizeof(buf));

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", &path);
    }

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", &path);
        return NGX_CONF_ERROR;
    }

    last = buf + n;

    for (p = buf; p < last && *p != CR && *p != LF; p++) { /* void */ }

    if (p == buf || p - buf > NGX_HTTP_RUSH_PASSWORD_MAX) {
        ngx_explicit_memzero(buf, sizeof(buf));
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the first line of \"password_file\" \"%V\" must "
                           "have from 1 to %d bytes",
                           &path, NGX_HTTP_RUSH_PASSWORD_MAX);
        return NGX_CONF_ERROR;
    }

    rcf->password.len = p - buf;
    rcf->password.data = ngx_pnalloc(cf->pool, rcf->password.len);

    if (rcf->password.data) {
        ngx_memcpy(rcf->password.data, buf, rcf->password.len);
    }

    ngx_explicit_memzero(buf, sizeof(buf));

    return rcf->password.data ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_rush_redis_str(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf,
    ngx_str_t *value, size_t offset)
{
    ngx_str_t  *field;

    field = (ngx_str_t *) ((char *) rcf + offset);

    if (field->data) {
        return "is duplicate";
    }

    *field = *value;

    return NGX_CONF_OK;
}


static char *
ngx_http_rush_redis_msec(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf,
    ngx_str_t *value, size_t offset)
{
    ngx_msec_t  *field;

    field = (ngx_msec_t *) ((char *) rcf + offset);

    if (*field != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    *field = ngx_parse_time(value, 0);

    if (*field == (ngx_msec_t) NGX_ERROR || *field == 0) {
        return "must be a time above 0, like 500ms or 1s";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_rush_redis_num(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf,
    ngx_str_t *value, size_t offset)
{
    ngx_uint_t  *field;

    field = (ngx_uint_t *) ((char *) rcf + offset);

    if (*field != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    *field = ngx_atoi(value->data, value->len);

    return NGX_CONF_OK;
}


static char *
ngx_http_rush_redis_durability(ngx_conf_t *cf, ngx_http_rush_redis_conf_t *rcf,
    ngx_str_t *value, size_t offset)
{
    if (rcf->durability != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    if (ngx_strcmp(value->data, "none") == 0) {
        rcf->durability = NGX_HTTP_RUSH_DURABILITY_NONE;

    } else if (ngx_strcmp(value->data, "disk") == 0) {
        rcf->durability = NGX_HTTP_RUSH_DURABILITY_DISK;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"durability\" must be \"none\" or \"disk\", "
                           "not \"%V\"", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
