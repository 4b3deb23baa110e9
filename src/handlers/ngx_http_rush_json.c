
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The JSON of an answer, written once into a buffer of known size, and the
 * ticket lines it is made of.  C knows no play: what a play shows stands in
 * the line as "name=text" or "name:number" and is printed as it comes.
 */


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_JSON_FIXED   192    /* names, quotes and numbers */
#define NGX_HTTP_RUSH_JSON_TICKET  64     /* the same of a ticket */


static size_t ngx_http_rush_json_size(ngx_http_rush_ctx_t *ctx);
static u_char *ngx_http_rush_json_attributes(u_char *p,
    ngx_str_t *attributes);
static u_char *ngx_http_rush_json_ticket(u_char *p, ngx_http_rush_won_t *won,
    ngx_uint_t state);
static u_char *ngx_http_rush_json_tickets(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, u_char *p);


ngx_int_t
ngx_http_rush_json(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_str_t *text)
{
    u_char      *p;
    ngx_str_t    s;
    ngx_uint_t   limit, claim;

    p = ngx_pnalloc(r->pool, ngx_http_rush_json_size(ctx));
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    claim = ctx->handler->claim;
    limit = ngx_http_rush_answer_is(ctx, limit);

    p = ngx_http_rush_json_name(p, "{\"outcome\":");
    p = ngx_http_rush_json_word(p, &ctx->outcome->word);

    if (ctx->error) {
        s.data = (u_char *) ctx->error;
        s.len = ngx_strlen(ctx->error);
        p = ngx_http_rush_json_name(p, ",\"error\":");
        p = ngx_http_rush_json_text(p, &s);

        s.data = (u_char *) ctx->member;
        s.len = ngx_strlen(ctx->member);
        p = ngx_http_rush_json_name(p, ",\"member\":");
        p = ngx_http_rush_json_text(p, &s);
    }

    if (ctx->campaign.len) {
        p = ngx_http_rush_json_name(p, ",\"campaign\":");
        p = ngx_http_rush_json_word(p, &ctx->campaign);
    }

    if (!claim && !ctx->handler->scan && ctx->user.len) {
        p = ngx_http_rush_json_name(p, ",\"user\":");
        p = ngx_http_rush_json_word(p, &ctx->user);
    }

    if (ctx->nwon && !limit && !ctx->handler->all) {
        p = ngx_http_rush_json_ticket(p, &ctx->won,
                                      !claim && ctx->status == NGX_HTTP_OK);
    }

    if (claim && (ctx->nwon || limit
                  || ngx_http_rush_answer_is(ctx, sold_out)))
    {
        p = ngx_http_rush_json_name(p, ",\"left\":");
        p = ngx_http_rush_digits(p, ctx->query.left);
    }

    if (ctx->nwon && !limit && !ctx->handler->all) {
        p = ngx_http_rush_json_attributes(p, &ctx->won.shown);
    }

    p = ngx_http_rush_json_attributes(p, &ctx->attributes);

    if (limit || (ctx->handler->all && ngx_http_rush_answer_is(ctx, found))
        || (claim && ctx->nwon > 1))
    {
        p = ngx_http_rush_json_tickets(r, ctx, p);

        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    p = ngx_http_rush_json_name(p, ",\"now\":");
    p = ngx_http_rush_digits(p, ctx->query.now);
    *p++ = '}';

    text->len = p - text->data;

    return NGX_OK;
}


/* an upper bound; only what a script or a directive says is ever escaped */

static size_t
ngx_http_rush_json_size(ngx_http_rush_ctx_t *ctx)
{
    size_t  size;

    size = NGX_HTTP_RUSH_JSON_FIXED + ctx->campaign.len + ctx->user.len
           + ctx->won.text.len + ctx->line.len
           + 6 * (ctx->attributes.len + ctx->won.item.len
                  + ctx->won.shown.len);

    if (ctx->error) {
        size += 6 * (ngx_strlen(ctx->error) + ngx_strlen(ctx->member));
    }

    if (ctx->nwon > 1 || ctx->handler->all
        || ctx->status == NGX_HTTP_CONFLICT)
    {
        size += 6 * ctx->tickets.len
                + ctx->nwon * (NGX_HTTP_RUSH_TICKET_LEN
                               + NGX_HTTP_RUSH_JSON_TICKET);
    }

    return size;
}


u_char *
ngx_http_rush_json_word(u_char *p, const ngx_str_t *value)
{
    *p++ = '"';
    p = ngx_cpymem(p, value->data, value->len);
    *p++ = '"';

    return p;
}


u_char *
ngx_http_rush_json_text(u_char *p, ngx_str_t *value)
{
    *p++ = '"';
    p = (u_char *) ngx_escape_json(p, value->data, value->len);
    *p++ = '"';

    return p;
}


static u_char *
ngx_http_rush_json_attributes(u_char *p, ngx_str_t *attributes)
{
    u_char      *s, *last, *end, *mark;
    ngx_str_t    value;

    s = attributes->data;
    last = s + attributes->len;

    for ( /* void */ ; s < last; s = end + 1) {

        end = ngx_strlchr(s, last, '\t');
        if (end == NULL) {
            end = last;
        }

        for (mark = s; mark < end && *mark != '=' && *mark != ':'; mark++) {
            /* void */
        }

        if (mark == end) {
            continue;
        }

        *p++ = ',';
        *p++ = '"';
        p = ngx_cpymem(p, s, mark - s);
        *p++ = '"';
        *p++ = ':';

        value.data = mark + 1;
        value.len = end - value.data;

        if (*mark == ':') {
            p = ngx_cpymem(p, value.data, value.len);

        } else {
            p = ngx_http_rush_json_text(p, &value);
        }
    }

    return p;
}


static u_char *
ngx_http_rush_json_ticket(u_char *p, ngx_http_rush_won_t *won,
    ngx_uint_t state)
{
    if (won->text.len) {
        p = ngx_http_rush_json_name(p, ",\"ticket\":");
        p = ngx_http_rush_json_word(p, &won->text);
    }

    p = ngx_http_rush_json_name(p, ",\"seq\":");
    p = ngx_cpymem(p, won->seq.data, won->seq.len);
    p = ngx_http_rush_json_name(p, ",\"units\":");
    p = ngx_cpymem(p, won->units.data, won->units.len);

    if (won->item.len) {
        p = ngx_http_rush_json_name(p, ",\"item\":");
        p = ngx_http_rush_json_text(p, &won->item);
    }

    if (state) {
        p = ngx_http_rush_json_name(p, ",\"state\":");
        p = ngx_http_rush_json_word(p, &won->state);
    }

    return p;
}


static u_char *
ngx_http_rush_json_tickets(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    u_char *p)
{
    u_char               *brace;
    ngx_str_t             lines;
    ngx_http_rush_won_t   won;

    p = ngx_http_rush_json_name(p, ",\"tickets\":[");
    lines = ctx->tickets;

    while (ngx_http_rush_ticket_next(&lines, &won)) {

        if (ngx_http_rush_ticket_text(r, ctx, &won) != NGX_OK) {
            return NULL;
        }

        if (p[-1] == '}') {
            *p++ = ',';
        }

        /* the comma that begins each member is the brace of the first */

        brace = p;
        p = ngx_http_rush_json_ticket(p, &won, 1);
        *brace = '{';

        p = ngx_http_rush_json_attributes(p, &won.shown);
        *p++ = '}';
    }

    *p++ = ']';

    return p;
}


/* takes the next line "seq TAB state TAB units TAB item TAB key id TAB …" */

ngx_uint_t
ngx_http_rush_ticket_next(ngx_str_t *lines, ngx_http_rush_won_t *won)
{
    u_char      *p, *last, *eol, *tab;
    ngx_str_t   *field[5];
    ngx_uint_t   i;

    if (lines->len == 0) {
        return 0;
    }

    field[0] = &won->seq;
    field[1] = &won->state;
    field[2] = &won->units;
    field[3] = &won->item;
    field[4] = &won->kid;

    p = lines->data;
    last = p + lines->len;

    eol = ngx_strlchr(p, last, LF);

    if (eol) {
        lines->data = eol + 1;
        lines->len = last - eol - 1;
        last = eol;

    } else {
        lines->len = 0;
    }

    for (i = 0; i < 5; i++) {
        tab = p < last ? ngx_strlchr(p, last, '\t') : NULL;
        if (tab == NULL) {
            tab = last;
        }

        field[i]->data = p;
        field[i]->len = tab - p;
        p = tab < last ? tab + 1 : last;
    }

    ngx_str_null(&won->text);

    won->shown.data = p;
    won->shown.len = last - p;

    return 1;
}


ngx_int_t
ngx_http_rush_ticket_text(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_won_t *won)
{
    u_char                  made[NGX_INT64_LEN];
    ngx_http_rush_ticket_t  ticket;

    if (ctx->conf->keys == NULL) {
        /* rush_api can do without */
        return NGX_OK;
    }

    ticket.campaign = ctx->campaign;
    ticket.made.data = made;
    ticket.made.len = ngx_http_rush_digits(made, ctx->query.made) - made;
    ticket.user = ctx->user;
    ticket.seq = won->seq;
    ticket.kid = won->kid;

    return ngx_http_rush_ticket_sign(ctx->main->worker->macs, ctx->conf->keys,
                                     &ctx->main->prefix, &ticket, r->pool,
                                     &won->text);
}
