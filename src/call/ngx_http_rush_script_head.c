
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The head of a play: lines "-- @WORD VALUE ..." in its file, and in that of
 * the frame.  Words that C has no use for are left to others.  To add one, add
 * a row to the table.
 *
 *   play NAME            its name
 *   keys NAME...         keys of its own
 *   arg NAME...          arguments that rush_arg may set
 *   member NAME TYPE ... of a campaign: MIN MAX DEFAULT where the type has
 *                        bounds, A|B DEFAULT for a choice, else DEFAULT; a
 *                        default may be missing, or "required"
 *   fixed NAME...        members that cannot change
 *   supply NAME VALUE    the member with which there is a supply, from 0 on
 */


#include "call/ngx_http_rush_script.h"


#define NGX_HTTP_RUSH_HEAD_WORDS  8


typedef ngx_int_t (*ngx_http_rush_head_pt)(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);


typedef struct {
    ngx_str_t                name;
    ngx_http_rush_head_pt    handler;
} ngx_http_rush_head_t;


static ngx_uint_t ngx_http_rush_head_split(u_char *p, u_char *last,
    ngx_str_t *words);
static ngx_uint_t ngx_http_rush_head_is(ngx_str_t *word, ngx_str_t *name);
static ngx_int_t ngx_http_rush_head_play(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);
static ngx_int_t ngx_http_rush_head_keys(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);
static ngx_int_t ngx_http_rush_head_args(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);
static ngx_int_t ngx_http_rush_head_member(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);
static ngx_int_t ngx_http_rush_head_fixed(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);
static ngx_int_t ngx_http_rush_head_supply(ngx_conf_t *cf,
    ngx_http_rush_play_t *play, ngx_str_t *words, ngx_uint_t n);


static ngx_http_rush_head_t  ngx_http_rush_heads[] = {
    { ngx_string("play"), ngx_http_rush_head_play },
    { ngx_string("keys"), ngx_http_rush_head_keys },
    { ngx_string("arg"), ngx_http_rush_head_args },
    { ngx_string("member"), ngx_http_rush_head_member },
    { ngx_string("fixed"), ngx_http_rush_head_fixed },
    { ngx_string("supply"), ngx_http_rush_head_supply },
    { ngx_null_string, NULL }
};


/* in the order of ngx_http_rush_member_e; the first three have bounds */

static ngx_str_t  ngx_http_rush_head_types[] = {
    ngx_string("integer"),
    ngx_string("duration"),
    ngx_string("items"),
    ngx_string("boolean"),
    ngx_string("time"),
    ngx_string("object"),
    ngx_string("tags"),
    ngx_string("choice"),
    ngx_string("zone"),
    ngx_null_string
};


ngx_int_t
ngx_http_rush_head(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *text)
{
    u_char                *line, *eol, *last;
    ngx_str_t              words[NGX_HTTP_RUSH_HEAD_WORDS];
    ngx_uint_t             n;
    ngx_http_rush_head_t  *head;

    last = text->data + text->len;

    for (line = text->data; line < last; line = eol + 1) {

        eol = ngx_strlchr(line, last, LF);
        if (eol == NULL) {
            eol = last;
        }

        if (eol - line < 4 || ngx_strncmp(line, "-- @", 4) != 0) {
            continue;
        }

        n = ngx_http_rush_head_split(line + 4, eol, words);

        for (head = ngx_http_rush_heads; n && head->name.len; head++) {

            if (!ngx_http_rush_head_is(&words[0], &head->name)) {
                continue;
            }

            if (head->handler(cf, play, &words[1], n - 1) != NGX_OK) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "play \"%V\" has a wrong line \"%*s\" in "
                                   "its file", &play->name,
                                   (size_t) (eol - line), line);
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_rush_head_split(u_char *p, u_char *last, ngx_str_t *words)
{
    ngx_uint_t  n;

    n = 0;

    for ( ;; ) {

        while (p < last && (*p == ' ' || *p == CR)) {
            p++;
        }

        if (p == last || n == NGX_HTTP_RUSH_HEAD_WORDS) {
            return n;
        }

        words[n].data = p;

        while (p < last && *p != ' ' && *p != CR) {
            p++;
        }

        words[n].len = p - words[n].data;
        n++;
    }
}


static ngx_uint_t
ngx_http_rush_head_is(ngx_str_t *word, ngx_str_t *name)
{
    return word->len == name->len
           && ngx_strncmp(word->data, name->data, word->len) == 0;
}


static ngx_int_t
ngx_http_rush_head_play(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *words, ngx_uint_t n)
{
    play->named = (n == 1 && ngx_http_rush_head_is(&words[0], &play->name));

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_head_keys(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *words, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (play->nkeys == NGX_HTTP_RUSH_PLAY_KEYS) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "play \"%V\" has more than %d keys",
                               &play->name, NGX_HTTP_RUSH_PLAY_KEYS);
            return NGX_ERROR;
        }

        play->keys[play->nkeys++] = words[i];
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_head_args(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *words, ngx_uint_t n)
{
    ngx_str_t   *arg;
    ngx_uint_t   i, k;

    /* what a claim has already */

    static ngx_str_t  taken[] = {
        ngx_string("units"),
        ngx_string("item"),
        ngx_string("key"),
        ngx_string("ref"),
        ngx_string("data"),
        ngx_string("plain"),
        ngx_string("audience"),
        ngx_string("member")
    };

    for (i = 0; i < n; i++) {

        for (k = 0; k < sizeof(taken) / sizeof(taken[0]); k++) {
            if (ngx_http_rush_head_is(&words[i], &taken[k])) {
                return NGX_ERROR;
            }
        }

        arg = ngx_array_push(&play->args);
        if (arg == NULL) {
            return NGX_ERROR;
        }

        *arg = words[i];
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_head_member(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *words, ngx_uint_t n)
{
    ngx_uint_t               i;
    ngx_http_rush_member_t  *member;

    static ngx_str_t  required = ngx_string("required");

    if (n < 2) {
        return NGX_ERROR;
    }

    for (i = 0; ngx_http_rush_head_types[i].len; i++) {
        if (ngx_http_rush_head_is(&words[1], &ngx_http_rush_head_types[i])) {
            break;
        }
    }

    if (ngx_http_rush_head_types[i].len == 0) {
        return NGX_ERROR;
    }

    member = ngx_array_push(&play->members);
    if (member == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(member, sizeof(ngx_http_rush_member_t));

    member->name = words[0];
    member->type = i;

    i = 2;

    if (member->type <= ngx_http_rush_member_items) {

        if (n < 4) {
            return NGX_ERROR;
        }

        member->min = ngx_http_rush_duration(&words[2]);
        member->max = ngx_http_rush_duration(&words[3]);
        i = 4;

        if (member->min < 0 || member->max < 0) {
            return NGX_ERROR;
        }

    } else if (member->type == ngx_http_rush_member_choice) {

        if (n < 3) {
            return NGX_ERROR;
        }

        member->choice = words[2];
        i = 3;
    }

    if (n > i) {
        member->required = ngx_http_rush_head_is(&words[i], &required);

        if (!member->required) {
            member->value = words[i];
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_head_fixed(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *words, ngx_uint_t n)
{
    ngx_uint_t               i, k;
    ngx_http_rush_member_t  *member;

    member = play->members.elts;

    for (i = 0; i < n; i++) {
        for (k = 0; k < play->members.nelts; k++) {
            if (ngx_http_rush_head_is(&words[i], &member[k].name)) {
                member[k].fixed = 1;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_head_supply(ngx_conf_t *cf, ngx_http_rush_play_t *play,
    ngx_str_t *words, ngx_uint_t n)
{
    if (n != 2) {
        return NGX_ERROR;
    }

    play->supply = words[0];
    play->supplied = words[1];

    return NGX_OK;
}


int64_t
ngx_http_rush_duration(ngx_str_t *s)
{
    size_t      i;
    int64_t     n;
    ngx_uint_t  k;

    static struct {
        ngx_str_t  unit;
        int64_t    ms;
    } units[] = {
        { ngx_string(""), 1 },
        { ngx_string("ms"), 1 },
        { ngx_string("s"), 1000 },
        { ngx_string("m"), 60000 },
        { ngx_string("h"), 3600000 },
        { ngx_string("d"), 86400000 }
    };

    n = 0;

    for (i = 0; i < s->len && s->data[i] >= '0' && s->data[i] <= '9'; i++) {

        if (i == 15) {
            return NGX_ERROR;
        }

        n = n * 10 + (s->data[i] - '0');
    }

    for (k = 0; i && k < sizeof(units) / sizeof(units[0]); k++) {
        if (units[k].unit.len == s->len - i
            && ngx_strncmp(units[k].unit.data, &s->data[i], s->len - i) == 0
            && n <= INT64_MAX / units[k].ms)
        {
            return n * units[k].ms;
        }
    }

    return NGX_ERROR;
}
