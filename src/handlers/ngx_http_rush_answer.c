
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Outcome -> status code and headers, and the way out for everybody who is
 * not handed to upstream.  The table has all words that there are: one that
 * it lacks is not believed.
 */


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_RETRY   1    /* s, after busy and pending */
#define NGX_HTTP_RUSH_JITTER  3    /* so many s spread the crowd */


static void ngx_http_rush_answer_unknown(ngx_http_rush_ctx_t *ctx);
static ngx_int_t ngx_http_rush_answer_tickets(ngx_http_rush_ctx_t *ctx);
static void ngx_http_rush_answer_split(ngx_http_rush_ctx_t *ctx,
    ngx_str_t *word);
static void ngx_http_rush_answer_user(ngx_http_rush_ctx_t *ctx);
static const ngx_http_rush_outcome_t *ngx_http_rush_answer_find(
    ngx_str_t *word);
static ngx_int_t ngx_http_rush_answer_retry(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx);


const ngx_http_rush_outcome_t  ngx_http_rush_outcomes[] = {

    /*
     * counters are kept by the place here: new ones go to the end, and the
     * first ones are those of ngx_http_rush_outcome_e
     */

    { ngx_string("won"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("again"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("sold_out"), NGX_HTTP_CONFLICT, 0, ngx_null_string },
    { ngx_string("limit"), NGX_HTTP_CONFLICT, 0, ngx_null_string },
    { ngx_string("pending"), NGX_HTTP_SERVICE_UNAVAILABLE, 1,
      ngx_null_string },
    { ngx_string("found"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("early"), 425, 1, ngx_string("425 Too Early") },
    { ngx_string("ended"), 410, 0, ngx_string("410 Gone") },
    { ngx_string("paused"), 423, 0, ngx_string("423 Locked") },
    { ngx_string("busy"), NGX_HTTP_SERVICE_UNAVAILABLE, 1, ngx_null_string },
    { ngx_string("denied"), NGX_HTTP_FORBIDDEN, 0, ngx_null_string },
    { ngx_string("unknown"), NGX_HTTP_NOT_FOUND, 0, ngx_null_string },
    { ngx_string("anonymous"), NGX_HTTP_UNAUTHORIZED, 0, ngx_null_string },
    { ngx_string("invalid"), NGX_HTTP_BAD_REQUEST, 0, ngx_null_string },
    { ngx_string("method"), NGX_HTTP_NOT_ALLOWED, 0, ngx_null_string },
    { ngx_string("mismatch"), 422, 0,
      ngx_string("422 Unprocessable Content") },
    { ngx_string("forged"), NGX_HTTP_FORBIDDEN, 0, ngx_null_string },
    { ngx_string("expired"), 410, 0, ngx_string("410 Gone") },
    { ngx_string("confirmed"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("released"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("redeemed"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("void"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("held"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_string("issued"), NGX_HTTP_OK, 0, ngx_null_string },
    { ngx_null_string, NGX_HTTP_OK, 0, ngx_null_string }
};


static ngx_str_t  ngx_http_rush_cache_control = ngx_string("Cache-Control");
static ngx_str_t  ngx_http_rush_etag = ngx_string("ETag");
static ngx_str_t  ngx_http_rush_allow = ngx_string("Allow");
static ngx_str_t  ngx_http_rush_retry_after = ngx_string("Retry-After");


ngx_int_t
ngx_http_rush_answer_parse(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_str_t  word, state;

    static ngx_str_t  state_name = ngx_string("state");

    ctx->line = ctx->query.line;

    if (!ctx->query.memory) {
        /* the reply it stands in does not last */

        ctx->line.data = ngx_pstrdup(r->pool, &ctx->query.line);
        if (ctx->line.data == NULL) {
            return NGX_ERROR;
        }
    }

    ctx->done = 1;

    ngx_http_rush_answer_split(ctx, &word);

    ctx->outcome = ngx_http_rush_answer_find(&word);

    if (ctx->outcome->word.len == 0) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "redis \"%V\" gave an unknown outcome \"%V\"",
                      &ctx->query.place->redis, &word);
        ngx_http_rush_answer_unknown(ctx);
    }

    if (ngx_http_rush_answer_tickets(ctx) != NGX_OK) {
        ngx_http_rush_answer_unknown(ctx);
    }

    ctx->status = ctx->outcome->status;
    ngx_http_rush_answer_user(ctx);

    if (!ctx->handler->local && !ctx->handler->content && !ctx->handler->scan) {
        ngx_http_rush_count(&ctx->query,
                            ctx->outcome - ngx_http_rush_outcomes);
    }

    if (ctx->status == NGX_HTTP_OK
        && ngx_http_rush_attribute(&ctx->attributes, &state_name, &state)
           == NGX_OK)
    {
        /* a settlement that the state of the ticket forbids */
        ctx->status = NGX_HTTP_CONFLICT;
    }

    if (ctx->nwon == 0 || ctx->handler->all) {
        return NGX_OK;
    }

    return ngx_http_rush_ticket_text(r, ctx, &ctx->won);
}


/* nobody has lost by an answer that makes no sense */

static void
ngx_http_rush_answer_unknown(ngx_http_rush_ctx_t *ctx)
{
    ctx->outcome = &ngx_http_rush_outcomes[ngx_http_rush_outcome_pending];
    ctx->nwon = 0;

    ngx_str_null(&ctx->attributes);
    ngx_str_null(&ctx->tickets);
}


/* NGX_DECLINED: there is one that cannot be signed */

static ngx_int_t
ngx_http_rush_answer_tickets(ngx_http_rush_ctx_t *ctx)
{
    ngx_str_t            lines;
    ngx_http_rush_won_t  won;

    lines = ctx->tickets;

    while (ngx_http_rush_ticket_next(&lines, &won)) {

        if (won.seq.len > NGX_INT64_LEN) {
            ngx_http_rush_query_damaged(&ctx->query, "the number of a ticket",
                                        &won.seq);
            return NGX_DECLINED;
        }

        if (ctx->nwon++ == 0) {
            ctx->won = won;
        }
    }

    return NGX_OK;
}


/* outcome TAB attributes LF tickets */

static void
ngx_http_rush_answer_split(ngx_http_rush_ctx_t *ctx, ngx_str_t *word)
{
    u_char  *p, *last, *eol;

    p = ctx->line.data;
    last = p + ctx->line.len;

    eol = ngx_strlchr(p, last, LF);

    if (eol) {
        ctx->tickets.data = eol + 1;
        ctx->tickets.len = last - eol - 1;
        last = eol;
    }

    word->data = p;

    while (p < last && *p != '\t') {
        p++;
    }

    word->len = p - word->data;

    if (p < last) {
        ctx->attributes.data = p + 1;
        ctx->attributes.len = last - p - 1;
    }
}


static const ngx_http_rush_outcome_t *
ngx_http_rush_answer_find(ngx_str_t *word)
{
    const ngx_http_rush_outcome_t  *o;

    for (o = ngx_http_rush_outcomes; o->word.len; o++) {
        if (o->word.len == word->len
            && ngx_memcmp(o->word.data, word->data, word->len) == 0)
        {
            break;
        }
    }

    return o;
}


/* whose ticket a code is: "user" is the first attribute then */

static void
ngx_http_rush_answer_user(ngx_http_rush_ctx_t *ctx)
{
    size_t  len;

    static ngx_str_t  name = ngx_string("user");

    if (ctx->user.len
        || ngx_http_rush_attribute(&ctx->attributes, &name, &ctx->user)
           != NGX_OK)
    {
        return;
    }

    if (!ngx_http_rush_is_id(&ctx->user)) {
        ctx->user.len = 0;
        return;
    }

    len = ngx_min(sizeof("user=\t") - 1 + ctx->user.len,
                  ctx->attributes.len);

    ctx->attributes.data += len;
    ctx->attributes.len -= len;
}


ngx_int_t
ngx_http_rush_attribute(ngx_str_t *attributes, ngx_str_t *name,
    ngx_str_t *value)
{
    u_char  *p, *last, *end;

    p = attributes->data;
    last = p + attributes->len;

    for ( /* void */ ; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '\t');
        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) > name->len
            && (p[name->len] == '=' || p[name->len] == ':')
            && ngx_strncmp(p, name->data, name->len) == 0)
        {
            value->data = p + name->len + 1;
            value->len = end - value->data;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_rush_answer_handler(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_buf_t             *b;
    ngx_str_t              text;
    ngx_chain_t            out;
    ngx_http_rush_ctx_t   *ctx;
    ngx_http_rush_body_pt  body;

    ctx = ngx_http_rush_get_ctx(r);

    /* or the next request is read out of this one's body */

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    body = ctx->handler->body;

    if (body == NULL || ctx->status != NGX_HTTP_OK) {
        body = ngx_http_rush_json;
    }

    ngx_str_set(&ctx->type, "application/json");

    text = ctx->text;

    if ((text.data == NULL && body(r, ctx, &text) != NGX_OK)
        || ngx_http_rush_answer_headers(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = ctx->status;
    r->headers_out.status_line = ctx->outcome->line;
    r->headers_out.content_length_n = text.len;
    r->headers_out.content_type = ctx->type;
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = text.data;
    b->last = text.data + text.len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_rush_answer_headers(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    ngx_str_t         value;
    ngx_table_elt_t  *h;

    ngx_str_set(&value, "no-store");

    if (ctx->etag.len) {
        ngx_str_set(&value, "no-cache");

        h = ngx_http_rush_answer_header(r, &ngx_http_rush_etag, &ctx->etag);
        if (h == NULL) {
            return NGX_ERROR;
        }

        /* nginx compares it with If-None-Match */
        r->headers_out.etag = h;
    }

    if (ngx_http_rush_answer_header(r, &ngx_http_rush_cache_control, &value)
        == NULL)
    {
        return NGX_ERROR;
    }

    if (ctx->status == NGX_HTTP_NOT_ALLOWED) {
        value = ctx->handler->allow;

        return ngx_http_rush_answer_header(r, &ngx_http_rush_allow, &value)
               ? NGX_OK : NGX_ERROR;
    }

    if (ctx->outcome->retry) {
        return ngx_http_rush_answer_retry(r, ctx);
    }

    return NGX_OK;
}


/* whole seconds until it is worth a try, and some more that differ */

static ngx_int_t
ngx_http_rush_answer_retry(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx)
{
    int64_t     s, starts;
    ngx_str_t   value;

    static ngx_str_t  starts_name = ngx_string("starts");

    s = NGX_HTTP_RUSH_RETRY;

    if (ngx_http_rush_attribute(&ctx->attributes, &starts_name, &value)
        == NGX_OK)
    {
        starts = ctx->query.memory ? ctx->query.campaign.starts
                                   : ngx_atoi(value.data, value.len);
        s = ngx_max((starts - ctx->query.now + 999) / 1000, 0);
    }

    value.data = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    s += ngx_random() % NGX_HTTP_RUSH_JITTER;
    value.len = ngx_http_rush_digits(value.data, s) - value.data;

    return ngx_http_rush_answer_header(r, &ngx_http_rush_retry_after, &value)
           ? NGX_OK : NGX_ERROR;
}


ngx_table_elt_t *
ngx_http_rush_answer_header(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    h->key = *name;
    h->value = *value;
    h->lowcase_key = NULL;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return h;
}


/* takes back what an answer before an error_page had put there */

void
ngx_http_rush_answer_clear(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.data == ngx_http_rush_cache_control.data
                || h[i].key.data == ngx_http_rush_allow.data
                || h[i].key.data == ngx_http_rush_retry_after.data)
            {
                h[i].hash = 0;
            }
        }
    }
}
