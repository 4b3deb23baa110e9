
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Uploads: codes of a campaign, and users of a tag, one a line.  A slice is
 * gathered and sent, and the next one is read when Redis has answered.  What
 * Redis has already is counted and left, so an upload that broke is repeated.
 */


#include "handlers/ngx_http_rush_api.h"


#define NGX_HTTP_RUSH_UPLOAD_SLICE  500    /* lines */
#define NGX_HTTP_RUSH_UPLOAD_LINE   (NGX_HTTP_RUSH_CODE_LEN + 2)
#define NGX_HTTP_RUSH_UPLOAD_BAD    100    /* lines that are told */


typedef struct {
    ngx_int_t                  (*send)(ngx_http_rush_api_t *api);
    ngx_uint_t                 (*allowed)(ngx_str_t *line);
    ngx_uint_t                   line;      /* its number */
    size_t                       len;
    u_char                       text[NGX_HTTP_RUSH_UPLOAD_LINE];

    /* the slice, with tabs between the lines */
    ngx_uint_t                   n;
    u_char                      *last;
    u_char                       slice[NGX_HTTP_RUSH_UPLOAD_SLICE
                                       * (NGX_HTTP_RUSH_CODE_LEN + 1)];

    ngx_uint_t                   added;
    ngx_uint_t                   duplicate;
    ngx_uint_t                   bad;
    ngx_uint_t                   lines[NGX_HTTP_RUSH_UPLOAD_BAD];

    unsigned                     sent:1;    /* a slice was */
    unsigned                     ended:1;   /* the body has */
} ngx_http_rush_upload_t;


static void ngx_http_rush_upload_start(ngx_http_rush_api_t *api,
    ngx_int_t (*send)(ngx_http_rush_api_t *api),
    ngx_uint_t (*allowed)(ngx_str_t *line));
static ngx_int_t ngx_http_rush_upload_sink(ngx_http_rush_api_t *api,
    ngx_buf_t *b);
static void ngx_http_rush_upload_line(ngx_http_rush_upload_t *up);
static void ngx_http_rush_upload_eof(ngx_http_rush_api_t *api);
static ngx_int_t ngx_http_rush_upload_codes(ngx_http_rush_api_t *api);
static void ngx_http_rush_upload_coded(ngx_http_rush_api_t *api);
static ngx_int_t ngx_http_rush_upload_users(ngx_http_rush_api_t *api);
static void ngx_http_rush_upload_added(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_upload_next(ngx_http_rush_api_t *api);
static void ngx_http_rush_upload_tell(ngx_http_rush_api_t *api);
static void ngx_http_rush_upload_tag(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);


void
ngx_http_rush_api_codes(ngx_http_rush_api_t *api)
{
    ngx_http_rush_upload_start(api, ngx_http_rush_upload_codes,
                               ngx_http_rush_is_code);
}


void
ngx_http_rush_api_tag(ngx_http_rush_api_t *api)
{
    const char  *command;

    if (api->request->method == NGX_HTTP_POST) {
        ngx_http_rush_upload_start(api, ngx_http_rush_upload_users,
                                   ngx_http_rush_is_id);
        return;
    }

    command = api->request->method == NGX_HTTP_DELETE ? "UNLINK" : "SCARD";

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_tag(api->place, command, &api->words[1],
                                       NULL, 0),
               ngx_http_rush_upload_tag);
}


static void
ngx_http_rush_upload_start(ngx_http_rush_api_t *api,
    ngx_int_t (*send)(ngx_http_rush_api_t *api),
    ngx_uint_t (*allowed)(ngx_str_t *line))
{
    ngx_http_rush_upload_t  *up;

    up = ngx_palloc(api->request->pool, sizeof(ngx_http_rush_upload_t));

    if (up == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    ngx_memzero(up, sizeof(ngx_http_rush_upload_t));

    up->send = send;
    up->allowed = allowed;
    up->last = up->slice;

    api->data = up;

    ngx_http_rush_api_read(api, ngx_http_rush_upload_sink,
                           ngx_http_rush_upload_eof);
}


static ngx_int_t
ngx_http_rush_upload_sink(ngx_http_rush_api_t *api, ngx_buf_t *b)
{
    u_char                   ch;
    ngx_http_rush_upload_t  *up;

    up = api->data;

    while (b->pos < b->last) {

        ch = *b->pos++;

        if (ch != LF) {
            if (up->len < NGX_HTTP_RUSH_UPLOAD_LINE) {
                up->text[up->len++] = ch;
            }

            continue;
        }

        ngx_http_rush_upload_line(up);

        if (up->n == NGX_HTTP_RUSH_UPLOAD_SLICE) {
            return up->send(api);
        }
    }

    return NGX_OK;
}


static void
ngx_http_rush_upload_line(ngx_http_rush_upload_t *up)
{
    ngx_str_t  line;

    up->line++;

    line.data = up->text;
    line.len = up->len;

    if (line.len && line.data[line.len - 1] == CR) {
        line.len--;
    }

    up->len = 0;

    if (line.len == 0) {
        return;
    }

    if (!up->allowed(&line)) {
        if (up->bad < NGX_HTTP_RUSH_UPLOAD_BAD) {
            up->lines[up->bad] = up->line;
        }

        up->bad++;
        return;
    }

    if (up->n++) {
        *up->last++ = '\t';
    }

    up->last = ngx_cpymem(up->last, line.data, line.len);
}


static void
ngx_http_rush_upload_eof(ngx_http_rush_api_t *api)
{
    ngx_http_rush_upload_t  *up;

    up = api->data;

    ngx_http_rush_upload_line(up);
    up->ended = 1;

    if (up->n || !up->sent) {
        (void) up->send(api);
        return;
    }

    ngx_http_rush_upload_tell(api);
}


static ngx_int_t
ngx_http_rush_upload_codes(ngx_http_rush_api_t *api)
{
    ngx_http_rush_upload_t  *up;

    up = api->data;

    up->sent = 1;

    api->ctx->query.call.fields.data = up->slice;
    api->ctx->query.call.fields.len = up->last - up->slice;

    return ngx_http_rush_api_ask(api, ngx_http_rush_op_codes,
                                 ngx_http_rush_upload_coded);
}


static void
ngx_http_rush_upload_coded(ngx_http_rush_api_t *api)
{
    int64_t                  n[2];
    ngx_str_t                value, line, *error;
    ngx_uint_t               i;
    ngx_http_rush_upload_t  *up;

    static ngx_str_t  names[] = {
        ngx_string("added"),
        ngx_string("duplicate")
    };

    static ngx_str_t  error_name = ngx_string("error");
    static ngx_str_t  member = ngx_string("codes");

    up = api->data;
    line = api->ctx->query.line;
    error = &value;

    if (line.len > 9 && ngx_strncmp(line.data, "conflict\t", 9) == 0) {
        if (ngx_http_rush_attribute(&line, &error_name, error) != NGX_OK) {
            ngx_str_set(error, "the campaign takes no codes");
        }

        ngx_http_rush_api_error(api, ngx_http_rush_api_conflict, error,
                                &member);
        return;
    }

    for (i = 0; i < 2; i++) {
        if (ngx_http_rush_attribute(&line, &names[i], &value) != NGX_OK
            || ngx_http_rush_look_number(&value, &n[i]) != NGX_OK)
        {
            /* not found, or nothing is known */
            ngx_http_rush_api_line(api);
            return;
        }
    }

    up->added += n[0];
    up->duplicate += n[1];

    ngx_http_rush_upload_next(api);
}


static ngx_int_t
ngx_http_rush_upload_users(ngx_http_rush_api_t *api)
{
    u_char                  *p, *tab;
    ngx_str_t                users[NGX_HTTP_RUSH_UPLOAD_SLICE];
    ngx_uint_t               i;
    ngx_http_rush_upload_t  *up;

    up = api->data;

    up->sent = 1;

    if (up->n == 0) {
        ngx_http_rush_upload_tell(api);
        return NGX_DONE;
    }

    p = up->slice;

    for (i = 0; i < up->n; i++) {
        tab = ngx_strlchr(p, up->last, '\t');

        if (tab == NULL) {
            tab = up->last;
        }

        users[i].data = p;
        users[i].len = tab - p;
        p = tab + 1;
    }

    return ngx_http_rush_api_exec(api,
               ngx_http_rush_admin_tag(api->place, "SADD", &api->words[1],
                                       users, up->n),
               ngx_http_rush_upload_added);
}


static void
ngx_http_rush_upload_added(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_upload_t  *up;

    up = api->data;

    up->added += reply->integer;
    up->duplicate += up->n - reply->integer;

    ngx_http_rush_upload_next(api);
}


static void
ngx_http_rush_upload_next(ngx_http_rush_api_t *api)
{
    ngx_http_rush_upload_t  *up;

    up = api->data;

    up->n = 0;
    up->last = up->slice;

    if (up->ended) {
        ngx_http_rush_upload_tell(api);
        return;
    }

    ngx_http_rush_api_body(api);
}


static void
ngx_http_rush_upload_tell(ngx_http_rush_api_t *api)
{
    yajl_gen                 gen;
    ngx_uint_t               i;
    ngx_http_rush_upload_t  *up;

    up = api->data;
    gen = ngx_http_rush_api_open(api);

    if (gen == NULL) {
        return;
    }

    if (api->ctx->campaign.len == 0) {
        ngx_http_rush_api_string(gen, "tag", &api->words[1]);
    }

    ngx_http_rush_api_number(gen, "added", up->added);
    ngx_http_rush_api_number(gen, "duplicate", up->duplicate);
    ngx_http_rush_api_number(gen, "bad", up->bad);

    if (up->bad) {
        ngx_http_rush_api_name(gen, "error");
        ngx_http_rush_api_text(gen, up->allowed == ngx_http_rush_is_id
                               ? "a user must be from 1 to 64 bytes of A-Z "
                                 "a-z 0-9 _ . : @ -"
                               : "a code must be from 1 to 64 bytes of UTF-8 "
                                 "without control characters");

        ngx_http_rush_api_name(gen, "lines");
        yajl_gen_array_open(gen);

        for (i = 0; i < ngx_min(up->bad, NGX_HTTP_RUSH_UPLOAD_BAD); i++) {
            yajl_gen_integer(gen, up->lines[i]);
        }

        yajl_gen_array_close(gen);
    }

    ngx_http_rush_api_done(api, ngx_http_rush_api_found);
}


static void
ngx_http_rush_upload_tag(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_uint_t  deleted;

    if (ngx_http_rush_api_open(api) == NULL) {
        return;
    }

    deleted = (api->request->method == NGX_HTTP_DELETE);

    ngx_http_rush_api_string(api->gen, "tag", &api->words[1]);

    if (!deleted) {
        ngx_http_rush_api_number(api->gen, "users", reply->integer);
    }

    ngx_http_rush_api_done(api, deleted ? ngx_http_rush_api_deleted
                                        : ngx_http_rush_api_found);
}
