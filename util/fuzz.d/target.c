
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What is put into targets.  The input is a target; then a line of arguments;
 * and what remains is the value of all that is put in.  Wherever it stands, it
 * leads to no other place, and it ends no header.
 */


#include "fuzz.h"


static ngx_int_t target_value(void *data, ngx_str_t *name, ngx_str_t *value);
static void target_check(ngx_str_t *text, ngx_http_rush_target_t *target,
    ngx_str_t *url);
static size_t target_place(u_char *p, size_t len);
static ngx_uint_t target_climbs(ngx_str_t *s);
static ngx_uint_t target_dots(u_char *p, u_char *last);


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    size_t                   at;
    ngx_int_t                rc;
    ngx_str_t                text, args, value, url;
    const char              *error;
    ngx_http_rush_target_t   target;

    text = fuzz_line(input);
    args = fuzz_line(input);
    text = fuzz_copy(pool, &text);
    args = fuzz_copy(pool, &args);
    value = fuzz_copy(pool, input);

    error = NULL;
    ngx_memzero(&target, sizeof(ngx_http_rush_target_t));

    rc = ngx_http_rush_target_parse(&text, &target, &error);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && error);
        return;
    }

    fuzz_assert(text.len >= 3 && text.len <= NGX_HTTP_RUSH_TARGET_LEN);

    rc = ngx_http_rush_target_expand(pool, &text, target_value, &value, &args,
                                     &url);

    if (rc != NGX_OK) {
        /* it has found no room */
        fuzz_assert(rc == NGX_DECLINED);
        fuzz_assert(text.len + 3 * args.len + 512 * value.len > 8000);
        return;
    }

    target_check(&text, &target, &url);

    for (at = 0; at < text.len; at++) {
        if (target_place(text.data + at, text.len - at)) {
            break;
        }
    }

    fuzz_assert(target.plain == (at == text.len));

    if (target.plain && args.len == 0) {
        fuzz_assert(fuzz_same(&url, &text));
    }
}


static ngx_int_t
target_value(void *data, ngx_str_t *name, ngx_str_t *value)
{
    ngx_str_t *s = data;

    fuzz_assert(name->len >= 3);

    /* there is no ref */

    if (name->len == 3 && ngx_memcmp(name->data, "ref", 3) == 0) {
        return NGX_DECLINED;
    }

    *value = *s;

    return NGX_OK;
}


static void
target_check(ngx_str_t *text, ngx_http_rush_target_t *target, ngx_str_t *url)
{
    size_t     i, n;
    ngx_str_t  host, scheme;

    fuzz_assert(url->len <= 8192);

    for (i = 0; i < url->len; i++) {
        fuzz_assert(url->data[i] > ' ' && url->data[i] < 0x7f);
        fuzz_assert(strchr("\"<>\\^`{|}", url->data[i]) == NULL);
    }

    /* scheme and authority are those of the text */

    scheme.data = text->data;
    scheme.len = target->scheme;

    fuzz_assert(text->data[scheme.len] == ':');
    fuzz_assert(ngx_http_rush_scheme_allowed(&scheme));

    n = target->scheme + 1;

    if (text->len >= n + 2 && ngx_memcmp(text->data + n, "//", 2) == 0) {

        for (n += 2; n < text->len; n++) {
            if (strchr("/?#", text->data[n])) {
                break;
            }
        }
    }

    fuzz_assert(url->len >= n && ngx_memcmp(url->data, text->data, n) == 0);
    fuzz_assert(url->len == n || n == (size_t) target->scheme + 1
                || strchr("/?#", url->data[n]));

    host.data = text->data + target->host.off;
    host.len = target->host.len;

    fuzz_assert(target->host.off + target->host.len <= n);
    fuzz_assert(memchr(host.data, '{', host.len) == NULL);

    /* no value makes it go up, or goes before the fragment or behind it */

    if (!target_climbs(text)) {
        fuzz_assert(!target_climbs(url));
    }

    fuzz_assert((memchr(text->data, '#', text->len) != NULL)
                == (memchr(url->data, '#', url->len) != NULL));
}


/* bytes of what is put in here, by docs/links.md */

static size_t
target_place(u_char *p, size_t len)
{
    u_char      *end;
    size_t       i, n;
    ngx_str_t    name;

    static ngx_str_t  names[] = {
        ngx_string("code"), ngx_string("ref"), ngx_string("user"),
        ngx_string("client"), ngx_string("ticket"), ngx_string("outcome")
    };

    end = (len && *p == '{') ? memchr(p, '}', len) : NULL;

    if (end == NULL) {
        return 0;
    }

    name.data = p + 1;
    name.len = end - p - 1;

    for (n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        if (fuzz_same(&name, &names[n])) {
            return name.len + 2;
        }
    }

    if (name.len < 5 || name.len > 68
        || ngx_memcmp(name.data, "arg.", 4) != 0)
    {
        return 0;
    }

    for (i = 4; i < name.len; i++) {
        if (!isalnum(name.data[i]) && name.data[i] != '_'
            && name.data[i] != '-')
        {
            return 0;
        }
    }

    return name.len + 2;
}


/* has its path a segment "." or ".."? */

static ngx_uint_t
target_climbs(ngx_str_t *s)
{
    u_char  *p, *last, *end;

    last = s->data + s->len;

    for (p = s->data; p < last && *p != '?' && *p != '#'; p++) {
        /* void */
    }

    last = p;

    for (p = s->data; p < last; p = end + 1) {
        end = memchr(p, '/', last - p);
        end = end ? end : last;

        if (end > p && target_dots(p, end)) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
target_dots(u_char *p, u_char *last)
{
    ngx_uint_t  n;

    for (n = 0; p < last; n++) {

        if (*p == '.') {
            p++;

        } else if (last - p >= 3 && p[0] == '%' && p[1] == '2'
                   && (p[2] == 'e' || p[2] == 'E'))
        {
            p += 3;

        } else {
            return 0;
        }
    }

    return n <= 2;
}
