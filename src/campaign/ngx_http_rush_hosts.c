
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Where links may lead to: rush_scan_hosts, a list that belongs to the
 * configuration.  What runs a script or reads a file is never allowed.
 */


#include "campaign/ngx_http_rush_link.h"


static ngx_uint_t ngx_http_rush_hosts_is(ngx_str_t *scheme, ngx_str_t *name);
static ngx_uint_t ngx_http_rush_hosts_named(ngx_http_rush_hosts_t *hosts,
    ngx_str_t *scheme);
static ngx_uint_t ngx_http_rush_hosts_match(ngx_http_rush_hosts_t *hosts,
    ngx_str_t *host);


static ngx_str_t  ngx_http_rush_hosts_https = ngx_string("https");
static ngx_str_t  ngx_http_rush_hosts_http = ngx_string("http");


static ngx_str_t  ngx_http_rush_hosts_never[] = {
    ngx_string("javascript"),
    ngx_string("data"),
    ngx_string("vbscript"),
    ngx_string("file"),
    ngx_string("blob"),
    ngx_string("about"),
    ngx_null_string
};


ngx_uint_t
ngx_http_rush_hosts_allow(ngx_http_rush_hosts_t *hosts, ngx_str_t *scheme,
    ngx_str_t *host)
{
    if (!ngx_http_rush_scheme_allowed(scheme)) {
        return 0;
    }

    if (ngx_http_rush_hosts_is(scheme, &ngx_http_rush_hosts_https)) {
        return ngx_http_rush_hosts_match(hosts, host);
    }

    if (!ngx_http_rush_hosts_named(hosts, scheme)) {
        return 0;
    }

    if (ngx_http_rush_hosts_is(scheme, &ngx_http_rush_hosts_http)) {
        return ngx_http_rush_hosts_match(hosts, host);
    }

    return 1;
}


ngx_uint_t
ngx_http_rush_scheme_allowed(ngx_str_t *scheme)
{
    u_char      ch;
    size_t      i;
    ngx_uint_t  n;

    if (scheme->len == 0) {
        return 0;
    }

    for (i = 0; i < scheme->len; i++) {
        ch = scheme->data[i];

        if ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') {
            continue;
        }

        if (i == 0 || !((ch >= '0' && ch <= '9')
                        || ch == '+' || ch == '-' || ch == '.'))
        {
            return 0;
        }
    }

    for (n = 0; ngx_http_rush_hosts_never[n].len; n++) {
        if (ngx_http_rush_hosts_is(scheme, &ngx_http_rush_hosts_never[n])) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
ngx_http_rush_hosts_is(ngx_str_t *scheme, ngx_str_t *name)
{
    return scheme->len == name->len
           && ngx_strncasecmp(scheme->data, name->data, name->len) == 0;
}


static ngx_uint_t
ngx_http_rush_hosts_named(ngx_http_rush_hosts_t *hosts, ngx_str_t *scheme)
{
    ngx_str_t   *name;
    ngx_uint_t   i;

    name = hosts->schemes.elts;

    for (i = 0; i < hosts->schemes.nelts; i++) {
        if (ngx_http_rush_hosts_is(scheme, &name[i])) {
            return 1;
        }
    }

    return 0;
}


/* as a whole, even if an expression is not anchored */

static ngx_uint_t
ngx_http_rush_hosts_match(ngx_http_rush_hosts_t *hosts, ngx_str_t *host)
{
    int            captures[3];
    ngx_uint_t     i;
    ngx_regex_t  **regex;

    if (host->len == 0) {
        return 0;
    }

    regex = hosts->hosts.elts;

    for (i = 0; i < hosts->hosts.nelts; i++) {
        if (ngx_regex_exec(regex[i], host, captures, 3) >= 0
            && captures[0] == 0 && captures[1] == (int) host->len)
        {
            return 1;
        }
    }

    return 0;
}
