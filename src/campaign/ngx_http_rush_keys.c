
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_secret_file: keys for tickets, one "id:secret" a line, "#" begins a
 * comment line.  The first signs, all verify.  A file that several locations
 * name is read once.  Secrets are never logged, and the read buffer is wiped.
 */


#include "campaign/ngx_http_rush_campaign.h"


#define NGX_HTTP_RUSH_KEYS_MAX    65536    /* bytes of the file */
#define NGX_HTTP_RUSH_SECRET_MIN  16


static ssize_t ngx_http_rush_keys_read(ngx_conf_t *cf, ngx_str_t *file,
    u_char *buf);
static ngx_int_t ngx_http_rush_keys_parse(ngx_conf_t *cf,
    ngx_http_rush_keys_t *keys, u_char *p, u_char *last);
static ngx_int_t ngx_http_rush_keys_line(ngx_conf_t *cf,
    ngx_http_rush_keys_t *keys, ngx_uint_t n, u_char *p, u_char *last);


char *
ngx_http_rush_keys_load(ngx_conf_t *cf, ngx_array_t *all, ngx_str_t *file,
    ngx_http_rush_keys_t **keys)
{
    u_char                 *buf;
    ssize_t                 n;
    ngx_int_t               rc;
    ngx_uint_t              i, k, index;
    ngx_http_rush_key_t    *key;
    ngx_http_rush_keys_t  **known;

    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    known = all->elts;
    index = 0;

    for (i = 0; i < all->nelts; i++) {
        if (known[i]->file.len == file->len
            && ngx_strncmp(known[i]->file.data, file->data, file->len) == 0)
        {
            *keys = known[i];
            return NGX_CONF_OK;
        }

        index += known[i]->keys.nelts;
    }

    *keys = ngx_pcalloc(cf->pool, sizeof(ngx_http_rush_keys_t));
    buf = ngx_alloc(NGX_HTTP_RUSH_KEYS_MAX, cf->log);
    known = ngx_array_push(all);

    if (*keys == NULL || buf == NULL || known == NULL
        || ngx_array_init(&(*keys)->keys, cf->pool, 2,
                          sizeof(ngx_http_rush_key_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    *known = *keys;
    (*keys)->file = *file;

    n = ngx_http_rush_keys_read(cf, file, buf);
    rc = n < 0 ? NGX_ERROR
               : ngx_http_rush_keys_parse(cf, *keys, buf, buf + n);

    ngx_explicit_memzero(buf, NGX_HTTP_RUSH_KEYS_MAX);
    ngx_free(buf);

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    key = (*keys)->keys.elts;

    for (k = 0; k < (*keys)->keys.nelts; k++) {
        key[k].index = index + k;
    }

    return NGX_CONF_OK;
}


static ssize_t
ngx_http_rush_keys_read(ngx_conf_t *cf, ngx_str_t *file, u_char *buf)
{
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_file_info_t  fi;

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    if (ngx_fd_info(fd, &fi) != NGX_FILE_ERROR
        && (ngx_file_access(&fi) & 0007))
    {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"rush_secret_file\" \"%V\" is open to everybody "
                           "on this machine: chmod o-rwx", file);
    }

    n = ngx_read_fd(fd, buf, NGX_HTTP_RUSH_KEYS_MAX);

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", file);

    } else if (n == NGX_HTTP_RUSH_KEYS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_secret_file\" \"%V\" is too large", file);
        n = NGX_ERROR;
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", file);
    }

    return n;
}


static ngx_int_t
ngx_http_rush_keys_parse(ngx_conf_t *cf, ngx_http_rush_keys_t *keys,
    u_char *p, u_char *last)
{
    u_char      *eol, *end;
    ngx_uint_t   n;

    for (n = 1; p < last; n++, p = eol + 1) {

        eol = ngx_strlchr(p, last, LF);
        if (eol == NULL) {
            eol = last;
        }

        end = eol;

        if (end > p && end[-1] == CR) {
            end--;
        }

        if (end == p || *p == '#') {
            continue;
        }

        if (ngx_http_rush_keys_line(cf, keys, n, p, end) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (keys->keys.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_secret_file\" \"%V\" has no key, write a "
                           "line \"id:secret\"", &keys->file);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_keys_line(ngx_conf_t *cf, ngx_http_rush_keys_t *keys,
    ngx_uint_t n, u_char *p, u_char *last)
{
    char                 *err;
    u_char               *colon, *ch;
    ngx_str_t             id;
    ngx_uint_t            i;
    ngx_http_rush_key_t  *key;

    colon = ngx_strlchr(p, last, ':');

    if (colon == NULL || colon == p
        || colon - p > NGX_HTTP_RUSH_KEY_ID_LEN)
    {
        err = "must be \"id:secret\", with an id from 1 to 32 bytes";
        goto invalid;
    }

    for (ch = p; ch < colon; ch++) {
        if (!((*ch >= 'a' && *ch <= 'z') || (*ch >= 'A' && *ch <= 'Z')
              || (*ch >= '0' && *ch <= '9') || *ch == '_' || *ch == '-'
              || *ch == '.'))
        {
            err = "has an id with other bytes than A-Z a-z 0-9 _ . -";
            goto invalid;
        }
    }

    if (last - colon - 1 < NGX_HTTP_RUSH_SECRET_MIN) {
        err = "has a secret shorter than 16 bytes";
        goto invalid;
    }

    id.data = p;
    id.len = colon - p;

    key = keys->keys.elts;

    for (i = 0; i < keys->keys.nelts; i++) {
        if (key[i].id.len == id.len
            && ngx_strncmp(key[i].id.data, id.data, id.len) == 0)
        {
            err = "has an id that was there before";
            goto invalid;
        }
    }

    key = ngx_array_push(&keys->keys);
    if (key == NULL) {
        return NGX_ERROR;
    }

    key->secret.data = colon + 1;
    key->secret.len = last - colon - 1;

    key->id.data = ngx_pstrdup(cf->pool, &id);
    key->id.len = id.len;
    key->secret.data = ngx_pstrdup(cf->pool, &key->secret);

    if (key->id.data == NULL || key->secret.data == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "line %ui of \"rush_secret_file\" \"%V\" %s",
                       n, &keys->file, err);

    return NGX_ERROR;
}
