
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Commands of administration for links.  Whatever writes a link says so in the
 * stream of changes, right behind it: other nodes read that, and what they know
 * of the link is old then.  The stream is in another slot, so no script does
 * both; a change that is told and was not made costs a look.
 */


#include "campaign/ngx_http_rush_link_admin.h"


#define NGX_HTTP_RUSH_LINK_STREAM   "10000"   /* that the stream keeps */
#define NGX_HTTP_RUSH_LINK_TOLD     2048      /* bytes of an entry */
#define NGX_HTTP_RUSH_LINK_SCAN     "500"     /* counters a slice */

#define NGX_HTTP_RUSH_LINK_ADMIN_KEY  (NGX_HTTP_RUSH_PREFIX_LEN               \
                                       + NGX_HTTP_RUSH_ID_LEN + 32)


static ngx_int_t ngx_http_rush_link_admin_eval(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_str_t *script, ngx_str_t *code,
    ngx_str_t *version, ngx_str_t *json);
static ngx_int_t ngx_http_rush_link_admin_tell_all(
    ngx_http_rush_exec_t *exec, ngx_http_rush_place_t *place,
    ngx_http_rush_link_row_t *rows, ngx_uint_t n);
static ngx_int_t ngx_http_rush_link_admin_tell(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_str_t *codes,
    const char *what);
static ngx_int_t ngx_http_rush_link_admin_seen(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_str_t *code, u_char *days,
    ngx_uint_t n);
static void ngx_http_rush_link_admin_key(ngx_http_rush_place_t *place,
    ngx_str_t *code, const char *part, u_char *day, u_char *buf,
    ngx_str_t *key);


ngx_http_rush_exec_t *
ngx_http_rush_link_admin_read(ngx_http_rush_place_t *place, ngx_str_t *code)
{
    u_char                 buf[NGX_HTTP_RUSH_LINK_ADMIN_KEY];
    ngx_str_t              args[5];
    ngx_http_rush_exec_t  *exec;

    ngx_str_set(&args[0], "HMGET");
    ngx_http_rush_link_admin_key(place, code, "", NULL, buf, &args[1]);
    ngx_str_set(&args[2], "json");
    ngx_str_set(&args[3], "version");
    ngx_str_set(&args[4], "made");

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec == NULL || ngx_http_rush_exec_add(exec, args, 5) != NGX_OK) {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


ngx_http_rush_exec_t *
ngx_http_rush_link_admin_taken(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_str_t *ids, ngx_uint_t n)
{
    u_char                 buf[NGX_HTTP_RUSH_LINK_ADMIN_KEY];
    ngx_int_t              rc;
    ngx_str_t             *args;
    ngx_http_rush_exec_t  *exec;

    args = ngx_alloc((n + 3) * sizeof(ngx_str_t), place->calls->log);
    if (args == NULL) {
        return NULL;
    }

    ngx_str_set(&args[0], "HMGET");
    ngx_http_rush_link_admin_key(place, code, ":pool", NULL, buf, &args[1]);
    ngx_str_set(&args[2], "max");

    if (n) {
        ngx_memcpy(&args[3], ids, n * sizeof(ngx_str_t));
    }

    exec = ngx_http_rush_exec_create(place->calls);
    rc = exec ? ngx_http_rush_exec_add(exec, args, n + 3) : NGX_ERROR;

    ngx_free(args);

    if (rc != NGX_OK) {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


ngx_http_rush_exec_t *
ngx_http_rush_link_admin_write(ngx_http_rush_place_t *place, ngx_str_t *code,
    ngx_str_t *version, ngx_str_t *json)
{
    ngx_http_rush_exec_t  *exec;

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec == NULL
        || ngx_http_rush_link_admin_eval(exec, place, NULL, code, version,
                                         json)
           != NGX_OK
        || ngx_http_rush_link_admin_tell(exec, place, code,
                                         json ? "codes" : "gone")
           != NGX_OK)
    {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


/* the script travels once */

ngx_http_rush_exec_t *
ngx_http_rush_link_admin_bulk(ngx_http_rush_place_t *place,
    ngx_http_rush_link_row_t *rows, ngx_uint_t n)
{
    u_char                 sha1[40];
    ngx_int_t              rc;
    ngx_str_t              args[3], script, version;
    ngx_uint_t             i;
    ngx_http_rush_exec_t  *exec;

    exec = ngx_http_rush_exec_create(place->calls);

    ngx_str_set(&args[0], "SCRIPT");
    ngx_str_set(&args[1], "LOAD");
    args[2] = *ngx_http_rush_script_text("lib/link.lua");

    ngx_http_rush_script_sha1(&args[2], sha1);
    script.data = sha1;
    script.len = sizeof(sha1);

    ngx_str_set(&version, "");

    rc = exec ? ngx_http_rush_exec_add(exec, args, 3) : NGX_ERROR;

    for (i = 0; i < n && rc == NGX_OK; i++) {
        rc = ngx_http_rush_link_admin_eval(exec, place, &script, &rows[i].code,
                                           &version, &rows[i].json);
    }

    if (rc != NGX_OK
        || ngx_http_rush_link_admin_tell_all(exec, place, rows, n) != NGX_OK)
    {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


/* entries are short, because nodes read many of them at once */

static ngx_int_t
ngx_http_rush_link_admin_tell_all(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_http_rush_link_row_t *rows,
    ngx_uint_t n)
{
    u_char      *p, buf[NGX_HTTP_RUSH_LINK_TOLD];
    ngx_str_t    codes;
    ngx_uint_t   i;

    p = buf;
    codes.data = buf;

    for (i = 0; i < n; i++) {

        if (p > buf) {
            *p++ = ' ';
        }

        p = ngx_cpymem(p, rows[i].code.data, rows[i].code.len);

        if (i + 1 < n && buf + sizeof(buf) - p > NGX_HTTP_RUSH_ID_LEN) {
            continue;
        }

        codes.len = p - buf;
        p = buf;

        if (ngx_http_rush_link_admin_tell(exec, place, &codes, "codes")
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* script: its SHA-1, or NULL for the text */

static ngx_int_t
ngx_http_rush_link_admin_eval(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_str_t *script, ngx_str_t *code,
    ngx_str_t *version, ngx_str_t *json)
{
    u_char       buf[3][NGX_HTTP_RUSH_LINK_ADMIN_KEY];
    ngx_str_t    args[9];
    ngx_uint_t   i;

    static const char  *parts[] = { "", ":users", ":pool" };

    if (script) {
        ngx_str_set(&args[0], "EVALSHA");
        args[1] = *script;

    } else {
        ngx_str_set(&args[0], "EVAL");
        args[1] = *ngx_http_rush_script_text("lib/link.lua");
    }

    ngx_str_set(&args[2], "3");

    for (i = 0; i < 3; i++) {
        ngx_http_rush_link_admin_key(place, code, parts[i], NULL, buf[i],
                                     &args[3 + i]);
    }

    args[7] = *version;

    if (json == NULL) {
        ngx_str_set(&args[6], "del");
        return ngx_http_rush_exec_add(exec, args, 8);
    }

    ngx_str_set(&args[6], "set");
    args[8] = *json;

    return ngx_http_rush_exec_add(exec, args, 9);
}


/* codes, with spaces between them, have changed, or are gone */

static ngx_int_t
ngx_http_rush_link_admin_tell(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_str_t *codes, const char *what)
{
    u_char     buf[NGX_HTTP_RUSH_LINK_ADMIN_KEY];
    ngx_str_t  args[8];

    ngx_str_set(&args[0], "XADD");
    args[1].data = buf;
    args[1].len = ngx_snprintf(buf, sizeof(buf), "%Vlinks", &place->prefix)
                  - buf;
    ngx_str_set(&args[2], "MAXLEN");
    ngx_str_set(&args[3], "~");
    ngx_str_set(&args[4], NGX_HTTP_RUSH_LINK_STREAM);
    ngx_str_set(&args[5], "*");
    args[6].data = (u_char *) what;
    args[6].len = ngx_strlen(what);
    args[7] = *codes;

    return ngx_http_rush_exec_add(exec, args, 8);
}


ngx_http_rush_exec_t *
ngx_http_rush_link_admin_totals(ngx_http_rush_place_t *place,
    ngx_str_t *code, u_char *days, ngx_uint_t n, ngx_str_t *book,
    ngx_str_t *ref)
{
    u_char                 buf[NGX_HTTP_RUSH_LINK_ADMIN_KEY];
    ngx_str_t              args[3];
    ngx_http_rush_exec_t  *exec;

    ngx_str_set(&args[0], "HGET");
    args[1].data = buf;
    args[1].len = ngx_snprintf(buf, sizeof(buf), "%Vrefs:{%V}:counts",
                               &place->prefix, book)
                  - buf;
    args[2] = *ref;

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec == NULL
        || ngx_http_rush_link_admin_seen(exec, place, code, days, n) != NGX_OK
        || (ref->len && ngx_http_rush_exec_add(exec, args, 3) != NGX_OK))
    {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


ngx_http_rush_exec_t *
ngx_http_rush_link_admin_day(ngx_http_rush_place_t *place, ngx_str_t *code,
    u_char *day, ngx_str_t *cursor)
{
    u_char                 buf[NGX_HTTP_RUSH_LINK_ADMIN_KEY];
    ngx_str_t              args[5];
    ngx_http_rush_exec_t  *exec;

    ngx_str_set(&args[0], "HSCAN");
    ngx_http_rush_link_admin_key(place, code, ":day:", day, buf, &args[1]);
    args[2] = *cursor;
    ngx_str_set(&args[3], "COUNT");
    ngx_str_set(&args[4], NGX_HTTP_RUSH_LINK_SCAN);

    exec = ngx_http_rush_exec_create(place->calls);

    if (exec == NULL
        || ngx_http_rush_link_admin_seen(exec, place, code, day, 1) != NGX_OK
        || ngx_http_rush_exec_add(exec, args, 5) != NGX_OK)
    {
        ngx_http_rush_exec_free(exec);
        return NULL;
    }

    return exec;
}


static ngx_int_t
ngx_http_rush_link_admin_seen(ngx_http_rush_exec_t *exec,
    ngx_http_rush_place_t *place, ngx_str_t *code, u_char *days,
    ngx_uint_t n)
{
    u_char      *buf;
    ngx_int_t    rc;
    ngx_str_t   *args;
    ngx_uint_t   i;

    args = ngx_alloc((n + 1) * sizeof(ngx_str_t)
                     + n * NGX_HTTP_RUSH_LINK_ADMIN_KEY, place->calls->log);
    if (args == NULL) {
        return NGX_ERROR;
    }

    buf = (u_char *) &args[n + 1];

    ngx_str_set(&args[0], "PFCOUNT");

    for (i = 0; i < n; i++) {
        ngx_http_rush_link_admin_key(place, code, ":seen:", days, buf,
                                     &args[i + 1]);
        buf += NGX_HTTP_RUSH_LINK_ADMIN_KEY;
        days += NGX_HTTP_RUSH_LINK_DATE;
    }

    rc = ngx_http_rush_exec_add(exec, args, n + 1);

    ngx_free(args);

    return rc;
}


/* all of a link's keys are in one slot; day may be NULL */

static void
ngx_http_rush_link_admin_key(ngx_http_rush_place_t *place, ngx_str_t *code,
    const char *part, u_char *day, u_char *buf, ngx_str_t *key)
{
    key->data = buf;
    key->len = ngx_snprintf(buf, NGX_HTTP_RUSH_LINK_ADMIN_KEY,
                            "%Vlink:{%V}%s%*s", &place->prefix, code, part,
                            day ? (size_t) NGX_HTTP_RUSH_LINK_DATE : 0,
                            day ? day : (u_char *) "")
               - buf;
}
