
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Wins that are alike: in a script's reply each of them is a number, its seq,
 * and behind the answers of all calls stand three strings that they share: what
 * follows seq in their lines, their codes in order with tabs between them, and
 * what follows a code (plays/lib/frame.lua).  Here they become lines as others
 * have.  The line lives in the pool of the reply.
 */


#include "call/ngx_http_rush_call.h"


static ngx_int_t ngx_http_rush_batch_wins_codes(ngx_str_t *codes,
    ngx_uint_t n, size_t *longest);


/*
 * Looks at the n strings and numbers that follow the head of a reply.
 * NGX_ERROR: no script replies like that.
 */

ngx_int_t
ngx_http_rush_batch_wins(ngx_http_rush_batch_t *batch,
    ngx_http_rush_reply_t *e, ngx_uint_t n, ngx_http_rush_batch_wins_t *wins)
{
    size_t      longest;
    ngx_uint_t  i, numbers;

    numbers = 0;

    for (i = 0; i < n; i++) {

        if (e[i].type == NGX_HTTP_RUSH_REPLY_INTEGER && i < batch->n) {
            numbers++;

        } else if (e[i].type != NGX_HTTP_RUSH_REPLY_STRING) {
            return NGX_ERROR;
        }
    }

    if (n == batch->n && numbers == 0) {
        return NGX_OK;
    }

    if (n != batch->n + 3) {
        return NGX_ERROR;
    }

    e += batch->n;

    wins->before = e[0].str;
    wins->codes = e[1].str;
    wins->after = e[2].str;

    if (ngx_http_rush_batch_wins_codes(&wins->codes, numbers, &longest)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    wins->line = ngx_pnalloc(batch->group->calls->redis->pool,
                             sizeof("won\n") + NGX_INT64_LEN + longest
                             + wins->before.len + wins->after.len);

    return wins->line ? NGX_OK : NGX_ERROR;
}


/* one code for each of n wins, or none at all */

static ngx_int_t
ngx_http_rush_batch_wins_codes(ngx_str_t *codes, ngx_uint_t n,
    size_t *longest)
{
    u_char  *p, *last, *tab;

    *longest = 0;

    if (codes->len == 0) {
        return NGX_OK;
    }

    last = codes->data + codes->len;

    for (p = codes->data; n; n--) {
        tab = ngx_strlchr(p, last, '\t');

        if ((tab == NULL) != (n == 1)) {
            return NGX_ERROR;
        }

        *longest = ngx_max(*longest, (size_t) ((tab ? tab : last) - p));
        p = tab + 1;
    }

    return NGX_OK;
}


/* of the next answer; it lasts until that of the next one is asked for */

void
ngx_http_rush_batch_line(ngx_http_rush_batch_wins_t *wins,
    ngx_http_rush_reply_t *e, ngx_str_t *line)
{
    u_char     *p;
    ngx_str_t  *codes;

    if (e->type == NGX_HTTP_RUSH_REPLY_STRING) {
        *line = e->str;
        return;
    }

    p = ngx_cpymem(wins->line, "won\n", sizeof("won\n") - 1);
    p = ngx_http_rush_digits(p, e->integer);
    p = ngx_cpymem(p, wins->before.data, wins->before.len);

    codes = &wins->codes;

    while (codes->len) {
        codes->len--;

        if (*codes->data == '\t') {
            codes->data++;
            break;
        }

        *p++ = *codes->data++;
    }

    p = ngx_cpymem(p, wins->after.data, wins->after.len);
    *p = '\0';

    line->data = wins->line;
    line->len = p - wins->line;
}
