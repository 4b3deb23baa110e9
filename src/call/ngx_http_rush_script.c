
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The table of plays, built-in ones and those of rush_play.  What C has to
 * know of a play stands in the head of its file: ngx_http_rush_script_head.c
 * reads that.
 */


#include "call/ngx_http_rush_script.h"
#include <ngx_sha1.h>


#define NGX_HTTP_RUSH_PLAY_MAX  (256 * 1024)


static ngx_int_t ngx_http_rush_play_add(ngx_conf_t *cf, ngx_array_t *plays,
    ngx_str_t *name, ngx_str_t *text);
static ngx_int_t ngx_http_rush_script_join(ngx_conf_t *cf,
    ngx_http_rush_script_t *script, ngx_str_t *text, const char *op);


#define NGX_HTTP_RUSH_SCRIPT_FRAME    "lib/frame.lua"
#define NGX_HTTP_RUSH_SCRIPT_TICKETS  "lib/tickets.lua"


static const char  *ngx_http_rush_script_ops[] = {
    "lib/claim.lua",
    "lib/settle.lua",
    "lib/result.lua",
    "lib/sweep.lua",
    "lib/codes.lua",
    "lib/check.lua"
};


ngx_int_t
ngx_http_rush_plays_init(ngx_conf_t *cf, ngx_array_t *plays)
{
    ngx_str_t                       name;
    ngx_http_rush_script_source_t  *s;

    if (ngx_array_init(plays, cf->pool, 4, sizeof(ngx_http_rush_play_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (s = ngx_http_rush_script_sources; s->name.len; s++) {

        if (ngx_strncmp(s->name.data, "lib/", 4) == 0) {
            continue;
        }

        name.data = s->name.data;
        name.len = s->name.len - (sizeof(".lua") - 1);

        if (ngx_http_rush_play_add(cf, plays, &name, &s->text) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


char *
ngx_http_rush_play_load(ngx_conf_t *cf, ngx_array_t *plays, ngx_str_t *name,
    ngx_str_t *file)
{
    off_t       size;
    ssize_t     n;
    ngx_fd_t    fd;
    ngx_str_t   text;
    ngx_file_t  f;

    if (ngx_http_rush_play_find(plays, name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_play\" \"%V\" is there already", name);
        return NGX_CONF_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", file);
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&f, sizeof(ngx_file_t));
    f.fd = fd;
    f.name = *file;
    f.log = cf->log;

    n = NGX_ERROR;

    if (ngx_fd_info(fd, &f.info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", file);
        goto done;
    }

    size = ngx_file_size(&f.info);

    if (size < 1 || size > NGX_HTTP_RUSH_PLAY_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the file of \"rush_play\" must have from 1 to %d "
                           "bytes, \"%V\" has %O",
                           NGX_HTTP_RUSH_PLAY_MAX, file, size);
        goto done;
    }

    text.len = (size_t) size;
    text.data = ngx_pnalloc(cf->pool, text.len);

    if (text.data) {
        n = ngx_read_file(&f, text.data, text.len, 0);
    }

done:

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", file);
    }

    if (n == NGX_ERROR
        || ngx_http_rush_play_add(cf, plays, name, &text) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_http_rush_play_t *
ngx_http_rush_play_find(ngx_array_t *plays, ngx_str_t *name)
{
    ngx_uint_t             i;
    ngx_http_rush_play_t  *play;

    play = plays->elts;

    for (i = 0; i < plays->nelts; i++) {
        if (play[i].name.len == name->len
            && ngx_strncmp(play[i].name.data, name->data, name->len) == 0)
        {
            return &play[i];
        }
    }

    return NULL;
}


ngx_uint_t
ngx_http_rush_play_has_arg(ngx_array_t *plays, ngx_str_t *name)
{
    ngx_str_t             *arg;
    ngx_uint_t             i, k;
    ngx_http_rush_play_t  *play;

    play = plays->elts;

    for (i = 0; i < plays->nelts; i++) {
        arg = play[i].args.elts;

        for (k = 0; k < play[i].args.nelts; k++) {
            if (arg[k].len == name->len
                && ngx_strncmp(arg[k].data, name->data, name->len) == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_rush_play_add(ngx_conf_t *cf, ngx_array_t *plays, ngx_str_t *name,
    ngx_str_t *text)
{
    ngx_str_t             *frame;
    ngx_uint_t             i;
    ngx_http_rush_play_t  *play;

    frame = ngx_http_rush_script_text(NGX_HTTP_RUSH_SCRIPT_FRAME);
    play = ngx_array_push(plays);
    if (play == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(play, sizeof(ngx_http_rush_play_t));
    play->name = *name;

    if (ngx_array_init(&play->args, cf->pool, 1, sizeof(ngx_str_t))
        != NGX_OK
        || ngx_array_init(&play->members, cf->pool, 16,
                          sizeof(ngx_http_rush_member_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_rush_head(cf, play, frame) != NGX_OK
        || ngx_http_rush_head(cf, play, text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!play->named) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "play \"%V\" has no line \"-- @play %V\" in its "
                           "file", &play->name, &play->name);
        return NGX_ERROR;
    }

    for (i = 0; i < ngx_http_rush_op_n; i++) {
        play->scripts[i].index = ngx_http_rush_job_n
                                 + (plays->nelts - 1) * ngx_http_rush_op_n + i;

        if (ngx_http_rush_script_join(cf, &play->scripts[i], text,
                                      ngx_http_rush_script_ops[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_script_join(ngx_conf_t *cf, ngx_http_rush_script_t *script,
    ngx_str_t *text, const char *op)
{
    u_char     *p;
    ngx_str_t  *frame, *tickets, *tail;

    frame = ngx_http_rush_script_text(NGX_HTTP_RUSH_SCRIPT_FRAME);
    tickets = ngx_http_rush_script_text(NGX_HTTP_RUSH_SCRIPT_TICKETS);
    tail = ngx_http_rush_script_text(op);

    script->text.len = frame->len + tickets->len + text->len + tail->len
                       + sizeof("\n\ndo \nend\n") - 1;
    script->text.data = ngx_pnalloc(cf->pool, script->text.len);
    if (script->text.data == NULL) {
        return NGX_ERROR;
    }

    /* a block of its own: a play hides no name of the others */

    p = ngx_cpymem(script->text.data, frame->data, frame->len);
    *p++ = LF;
    p = ngx_cpymem(p, tickets->data, tickets->len);
    p = ngx_cpymem(p, "\ndo ", sizeof("\ndo ") - 1);
    p = ngx_cpymem(p, text->data, text->len);
    p = ngx_cpymem(p, "\nend\n", sizeof("\nend\n") - 1);
    ngx_memcpy(p, tail->data, tail->len);

    ngx_http_rush_script_sha1(&script->text, script->sha1);

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_jobs_init(ngx_conf_t *cf, ngx_array_t *jobs)
{
    ngx_uint_t             i;
    ngx_http_rush_play_t  *job;

    static struct {
        ngx_str_t    name;
        const char  *file;
        ngx_str_t    key;       /* beside those of all scripts */
    } table[] = {
        { ngx_string("pick"), "lib/pick.lua", ngx_string("pool") },
        { ngx_string("bind"), "lib/bind.lua", ngx_string("counts") }
    };

    if (ngx_array_init(jobs, cf->pool, ngx_http_rush_job_n,
                       sizeof(ngx_http_rush_play_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < ngx_http_rush_job_n; i++) {
        job = ngx_array_push(jobs);
        if (job == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(job, sizeof(ngx_http_rush_play_t));

        job->name = table[i].name;
        job->nkeys = 1;
        job->keys[0] = table[i].key;

        job->scripts[0].index = i;
        job->scripts[0].text = *ngx_http_rush_script_text(table[i].file);

        ngx_http_rush_script_sha1(&job->scripts[0].text,
                                  job->scripts[0].sha1);
    }

    return NGX_OK;
}


/* 40 hex digits, as EVALSHA takes them */

void
ngx_http_rush_script_sha1(ngx_str_t *text, u_char *sha1)
{
    u_char      digest[20];
    ngx_sha1_t  ctx;

    ngx_sha1_init(&ctx);
    ngx_sha1_update(&ctx, text->data, text->len);
    ngx_sha1_final(digest, &ctx);

    (void) ngx_hex_dump(sha1, digest, 20);
}


ngx_str_t *
ngx_http_rush_script_text(const char *name)
{
    size_t                          len;
    ngx_http_rush_script_source_t  *s;

    len = ngx_strlen(name);

    for (s = ngx_http_rush_script_sources; s->name.len; s++) {
        if (s->name.len == len && ngx_strncmp(s->name.data, name, len) == 0) {
            return &s->text;
        }
    }

    return NULL;
}
