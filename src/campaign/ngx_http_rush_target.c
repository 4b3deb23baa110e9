
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The text of a target: a URL with placeholders.  What stands in the scheme,
 * the host and the port is what was stored, so values lead nowhere else.
 */


#include "campaign/ngx_http_rush_link.h"


#define NGX_HTTP_RUSH_HOST_LEN  253


static ngx_int_t ngx_http_rush_target_text(ngx_str_t *text,
    ngx_http_rush_target_t *target, const char **error);
static ngx_int_t ngx_http_rush_target_scheme(ngx_str_t *text,
    ngx_http_rush_target_t *target, const char **error);
static ngx_uint_t ngx_http_rush_target_web(ngx_str_t *text, size_t scheme);
static ngx_int_t ngx_http_rush_target_authority(ngx_str_t *text,
    ngx_http_rush_target_t *target, const char **error);
static ngx_int_t ngx_http_rush_target_app(ngx_str_t *text, size_t at,
    const char **error);
static ngx_uint_t ngx_http_rush_target_host(u_char *p, u_char *last);
static ngx_uint_t ngx_http_rush_target_port(u_char *p, u_char *last);
static u_char *ngx_http_rush_target_until(u_char *p, u_char *last);
static ngx_uint_t ngx_http_rush_target_hex(u_char ch);


static ngx_str_t  ngx_http_rush_target_places[] = {
    ngx_string("{code}"),
    ngx_string("{ref}"),
    ngx_string("{user}"),
    ngx_string("{client}"),
    ngx_string("{ticket}"),
    ngx_string("{outcome}"),
    ngx_null_string
};


ngx_int_t
ngx_http_rush_target_parse(ngx_str_t *text, ngx_http_rush_target_t *target,
    const char **error)
{
    target->to.off = 0;
    target->to.len = 0;
    target->host.off = 0;
    target->host.len = 0;
    target->scheme = 0;
    target->plain = 1;

    if (text->len == 0 || text->len > NGX_HTTP_RUSH_TARGET_LEN) {
        *error = "must be a target from 1 to 2048 bytes, such as "
                 "\"https://m.example.com/\"";
        return NGX_DECLINED;
    }

    target->to.len = (uint16_t) text->len;

    if (ngx_http_rush_target_text(text, target, error) != NGX_OK
        || ngx_http_rush_target_scheme(text, target, error) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_rush_target_web(text, target->scheme)) {
        return ngx_http_rush_target_authority(text, target, error);
    }

    return ngx_http_rush_target_app(text, target->scheme + 1, error);
}


/* what may stand anywhere */

static ngx_int_t
ngx_http_rush_target_text(ngx_str_t *text, ngx_http_rush_target_t *target,
    const char **error)
{
    size_t   n;
    u_char  *p, *last;

    last = text->data + text->len;

    for (p = text->data; p < last; p += n) {
        n = 1;

        if (*p == '{') {
            n = ngx_http_rush_target_place(p, last);

            if (n) {
                target->plain = 0;
                continue;
            }
        }

        if (*p == '{' || *p == '}') {
            *error = "must not have { and } but in {code}, {ref}, {user}, "
                     "{client}, {ticket}, {outcome} and {arg.NAME}, with a "
                     "name from 1 to 64 bytes of A-Z a-z 0-9 _ -";
            return NGX_DECLINED;
        }

        if (*p <= ' ' || *p > '~' || *p == '"' || *p == '<' || *p == '>'
            || *p == '\\' || *p == '^' || *p == '`' || *p == '|')
        {
            *error = "must be of visible ASCII without \" < > \\ ^ ` |; "
                     "what else there is must be percent-encoded";
            return NGX_DECLINED;
        }

        if (*p == '%' && (last - p < 3 || !ngx_http_rush_target_hex(p[1])
                          || !ngx_http_rush_target_hex(p[2])))
        {
            *error = "must have two hex digits after each %";
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


/* bytes of the placeholder that begins here, 0: there is none */

size_t
ngx_http_rush_target_place(u_char *p, u_char *last)
{
    u_char      *name;
    ngx_str_t   *place;
    ngx_uint_t   i;

    for (i = 0; ngx_http_rush_target_places[i].len; i++) {
        place = &ngx_http_rush_target_places[i];

        if ((size_t) (last - p) >= place->len
            && ngx_memcmp(p, place->data, place->len) == 0)
        {
            return place->len;
        }
    }

    if (last - p < (ssize_t) sizeof("{arg.") - 1
        || ngx_memcmp(p, "{arg.", sizeof("{arg.") - 1) != 0)
    {
        return 0;
    }

    name = p + sizeof("{arg.") - 1;

    for (i = 0; name + i < last && name[i] != '}'; i++) {
        if (i == NGX_HTTP_RUSH_ARG_LEN
            || !ngx_http_rush_target_letter(name[i]))
        {
            return 0;
        }
    }

    if (i == 0 || name + i == last) {
        return 0;
    }

    return name + i + 1 - p;
}


/* of an argument's name */

ngx_uint_t
ngx_http_rush_target_letter(u_char ch)
{
    return (ch >= '0' && ch <= '9')
           || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z')
           || ch == '_' || ch == '-';
}


static ngx_int_t
ngx_http_rush_target_scheme(ngx_str_t *text, ngx_http_rush_target_t *target,
    const char **error)
{
    u_char     *colon;
    ngx_str_t   scheme;

    colon = ngx_strlchr(text->data, text->data + text->len, ':');

    scheme.data = text->data;
    scheme.len = colon ? colon - text->data : 0;

    if (!ngx_http_rush_scheme_allowed(&scheme)) {
        *error = "must begin with \"https://\" and a host, or with the scheme "
                 "of an app and \":\", but for javascript, data, vbscript, "
                 "file, blob and about";
        return NGX_DECLINED;
    }

    target->scheme = (uint16_t) scheme.len;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_rush_target_web(ngx_str_t *text, size_t scheme)
{
    return (scheme == 5 && ngx_strncasecmp(text->data, (u_char *) "https", 5)
                           == 0)
           || (scheme == 4 && ngx_strncasecmp(text->data, (u_char *) "http", 4)
                              == 0);
}


static ngx_int_t
ngx_http_rush_target_authority(ngx_str_t *text,
    ngx_http_rush_target_t *target, const char **error)
{
    u_char  *p, *colon, *end, *last;

    p = text->data + target->scheme + 1;
    last = text->data + text->len;

    if (last - p < 2 || p[0] != '/' || p[1] != '/') {
        *error = "must have \"//\" and a host after the scheme";
        return NGX_DECLINED;
    }

    p += 2;
    last = ngx_http_rush_target_until(p, last);

    colon = ngx_strlchr(p, last, ':');
    end = colon ? colon : last;

    if (!ngx_http_rush_target_host(p, end)) {
        *error = "must have a host of up to 253 bytes, names of A-Z a-z 0-9 - "
                 "with dots between them, and no user, no brackets and "
                 "nothing that is put in";
        return NGX_DECLINED;
    }

    if (colon && !ngx_http_rush_target_port(colon + 1, last)) {
        *error = "must have a port from 1 to 65535, or none and no \":\"";
        return NGX_DECLINED;
    }

    target->host.off = (uint16_t) (p - text->data);
    target->host.len = (uint16_t) (end - p);

    return NGX_OK;
}


/* of an app: whatever it makes of it, no value says where it begins */

static ngx_int_t
ngx_http_rush_target_app(ngx_str_t *text, size_t at, const char **error)
{
    u_char  *p, *last;

    p = text->data + at;
    last = text->data + text->len;

    if (p == last) {
        *error = "must have something after the scheme";
        return NGX_DECLINED;
    }

    if (last - p < 2 || p[0] != '/' || p[1] != '/') {
        return NGX_OK;
    }

    p += 2;
    last = ngx_http_rush_target_until(p, last);

    if (ngx_strlchr(p, last, '{')) {
        *error = "must not have anything put in before the path";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* where scheme and authority end */

u_char *
ngx_http_rush_target_path(u_char *p, u_char *last)
{
    u_char  *colon;

    colon = ngx_strlchr(p, last, ':');

    if (colon == NULL) {
        return p;
    }

    p = colon + 1;

    if (last - p < 2 || p[0] != '/' || p[1] != '/') {
        return p;
    }

    return ngx_http_rush_target_until(p + 2, last);
}


static u_char *
ngx_http_rush_target_until(u_char *p, u_char *last)
{
    while (p < last && *p != '/' && *p != '?' && *p != '#') {
        p++;
    }

    return p;
}


static ngx_uint_t
ngx_http_rush_target_host(u_char *p, u_char *last)
{
    u_char  ch, prev;

    if (last - p > NGX_HTTP_RUSH_HOST_LEN) {
        return 0;
    }

    for (prev = '.'; p < last; prev = ch, p++) {
        ch = *p;

        if (ch == '.') {
            if (prev == '.' || prev == '-') {
                return 0;
            }

        } else if (ch == '_' || !ngx_http_rush_target_letter(ch)
                   || (ch == '-' && prev == '.'))
        {
            return 0;
        }
    }

    return prev != '.' && prev != '-';
}


static ngx_uint_t
ngx_http_rush_target_port(u_char *p, u_char *last)
{
    ngx_int_t  port;

    if (last - p < 1 || last - p > 5) {
        return 0;
    }

    port = ngx_atoi(p, last - p);

    return port >= 1 && port <= 65535;
}


static ngx_uint_t
ngx_http_rush_target_hex(u_char ch)
{
    return (ch >= '0' && ch <= '9')
           || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'f');
}
