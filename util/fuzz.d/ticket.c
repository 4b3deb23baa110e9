
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Tickets.  The input is a text that is shown as a ticket; and five lines,
 * the parts of a ticket that is signed, is verified, and is forged by a byte.
 */


#include "fuzz.h"


static void ticket_shown(ngx_str_t *text, ngx_pool_t *pool);
static void ticket_signed(ngx_http_rush_ticket_t *ticket, ngx_str_t *rest,
    ngx_pool_t *pool);
static void ticket_forged(ngx_str_t *text, ngx_str_t *rest);
static ngx_uint_t ticket_part(ngx_str_t *s);
static ngx_uint_t ticket_same(ngx_http_rush_ticket_t *one,
    ngx_http_rush_ticket_t *two);


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    ngx_str_t               line;
    ngx_http_rush_ticket_t  ticket;

    line = fuzz_copy(pool, input);
    ticket_shown(&line, pool);

    ticket.campaign = fuzz_line(input);
    ticket.made = fuzz_line(input);
    ticket.user = fuzz_line(input);
    ticket.seq = fuzz_line(input);
    ticket.kid = fuzz_line(input);

    ticket_signed(&ticket, input, pool);
}


/* who is believed has shown what was signed, byte for byte */

static void
ticket_shown(ngx_str_t *text, ngx_pool_t *pool)
{
    ngx_int_t               rc;
    ngx_str_t               again;
    ngx_http_rush_ticket_t  ticket;

    rc = ngx_http_rush_ticket_verify(fuzz_main->worker->macs,
                                     fuzz_server->keys, &fuzz_main->prefix,
                                     text, &ticket);
    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED);
        return;
    }

    rc = ngx_http_rush_ticket_sign(fuzz_main->worker->macs, fuzz_server->keys,
                                   &fuzz_main->prefix, &ticket, pool, &again);

    fuzz_assert(rc == NGX_OK);
    fuzz_assert(fuzz_same(text, &again));
}


static void
ticket_signed(ngx_http_rush_ticket_t *ticket, ngx_str_t *rest,
    ngx_pool_t *pool)
{
    size_t                  size;
    ngx_int_t               rc;
    ngx_str_t               text;
    ngx_http_rush_ticket_t  shown;

    rc = ngx_http_rush_ticket_sign(fuzz_main->worker->macs, fuzz_server->keys,
                                   &fuzz_main->prefix, ticket, pool, &text);

    size = ticket->campaign.len + ticket->made.len + ticket->user.len
           + ticket->seq.len;

    if (rc != NGX_OK) {
        fuzz_assert(size > NGX_HTTP_RUSH_TICKET_LEN - 128);
        return;
    }

    if (!ticket_part(&ticket->campaign) || !ticket_part(&ticket->made)
        || !ticket_part(&ticket->user) || !ticket_part(&ticket->seq))
    {
        return;
    }

    rc = ngx_http_rush_ticket_verify(fuzz_main->worker->macs,
                                     fuzz_server->keys, &fuzz_main->prefix,
                                     &text, &shown);

    if (text.len > NGX_HTTP_RUSH_TICKET_LEN) {
        /* of no campaign and no user that there may be */
        fuzz_assert(rc == NGX_DECLINED);
        fuzz_assert(size > NGX_HTTP_RUSH_TICKET_LEN - 128);
        return;
    }

    fuzz_assert(rc == NGX_OK);

    /* a key that is not in the file is the first one of it */

    ticket->kid = shown.kid;
    fuzz_assert(ticket_same(ticket, &shown));

    ticket_forged(&text, rest);
}


static void
ticket_forged(ngx_str_t *text, ngx_str_t *rest)
{
    u_char                  was, *at;
    ngx_int_t               rc;
    ngx_http_rush_ticket_t  shown;

    at = text->data + fuzz_byte(rest) % text->len;
    was = *at;
    *at = fuzz_byte(rest);

    rc = ngx_http_rush_ticket_verify(fuzz_main->worker->macs,
                                     fuzz_server->keys, &fuzz_main->prefix,
                                     text, &shown);

    fuzz_assert(rc == (*at == was ? NGX_OK : NGX_DECLINED));
    *at = was;

    text->len--;

    rc = ngx_http_rush_ticket_verify(fuzz_main->worker->macs,
                                     fuzz_server->keys, &fuzz_main->prefix,
                                     text, &shown);

    fuzz_assert(rc == NGX_DECLINED);
}


static ngx_uint_t
ticket_part(ngx_str_t *s)
{
    return s->len && memchr(s->data, '~', s->len) == NULL;
}


static ngx_uint_t
ticket_same(ngx_http_rush_ticket_t *one, ngx_http_rush_ticket_t *two)
{
    return fuzz_same(&one->campaign, &two->campaign)
           && fuzz_same(&one->made, &two->made)
           && fuzz_same(&one->user, &two->user)
           && fuzz_same(&one->seq, &two->seq)
           && fuzz_same(&one->kid, &two->kid);
}
