
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A client: one connection, one request, in pieces.  Redis answers between the
 * pieces.  However it ends, the connection is closed in the end, and what the
 * client was sent is HTTP.
 */


#include "fuzz.h"


#define FUZZ_ROUNDS  4000    /* answers of Redis, for one request */


typedef struct {
    ngx_str_t                    piece;
    fuzz_text_t                  out;
    ngx_uint_t                   ended;     /* nothing more will be sent */
    ngx_uint_t                   closed;
} fuzz_client_t;


static ngx_connection_t *fuzz_client(fuzz_client_t *client, ngx_pool_t *pool);
static void fuzz_client_closed(void *data);
static void fuzz_client_piece(fuzz_client_t *client, ngx_connection_t *c,
    ngx_str_t *piece);
static void fuzz_client_end(fuzz_client_t *client, ngx_connection_t *c,
    ngx_pool_t *pool);
static void fuzz_client_serve(ngx_pool_t *pool);
static ssize_t fuzz_client_recv(ngx_connection_t *c, u_char *buf, size_t size);
static ssize_t fuzz_client_send(ngx_connection_t *c, u_char *buf, size_t size);
static ngx_chain_t *fuzz_client_send_chain(ngx_connection_t *c,
    ngx_chain_t *in, off_t limit);
static void fuzz_response(fuzz_client_t *client, fuzz_response_t *response);


static fuzz_client_t  *fuzz_current;


void
fuzz_request(ngx_str_t *text, ngx_uint_t mode, ngx_pool_t *pool,
    fuzz_response_t *response)
{
    ngx_str_t          rest, piece;
    fuzz_client_t      client;
    ngx_connection_t  *c;

    ngx_memzero(&client, sizeof(fuzz_client_t));
    fuzz_text(&client.out, pool);
    fuzz_current = &client;

    fuzz_client_serve(pool);

    c = fuzz_client(&client, pool);
    rest = *text;

    while (rest.len && !client.closed) {
        piece = fuzz_piece(&rest, text->len, mode);
        fuzz_client_piece(&client, c, &piece);
        fuzz_client_serve(pool);
    }

    fuzz_client_end(&client, c, pool);
    fuzz_response(&client, response);
}


static ngx_connection_t *
fuzz_client(fuzz_client_t *client, ngx_pool_t *pool)
{
    int                  fd;
    ngx_log_t           *log;
    ngx_connection_t    *c;
    ngx_pool_cleanup_t  *cln;

    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    fuzz_assert(fd != -1);

    c = ngx_get_connection(fd, ngx_cycle->log);
    fuzz_assert(c);

    c->pool = ngx_create_pool(512, ngx_cycle->log);
    fuzz_assert(c->pool);

    log = ngx_palloc(pool, sizeof(ngx_log_t));
    cln = ngx_pool_cleanup_add(c->pool, 0);
    fuzz_assert(log && cln);

    *log = *ngx_cycle->log;
    cln->handler = fuzz_client_closed;
    cln->data = client;

    c->log = log;
    c->pool->log = log;
    c->read->log = log;
    c->write->log = log;

    c->recv = fuzz_client_recv;
    c->send = fuzz_client_send;
    c->send_chain = fuzz_client_send_chain;
    c->write->ready = 1;

    c->listening = fuzz_listening;
    c->sockaddr = fuzz_listening->sockaddr;
    c->socklen = fuzz_listening->socklen;
    c->local_sockaddr = fuzz_listening->sockaddr;
    c->local_socklen = fuzz_listening->socklen;
    ngx_str_set(&c->addr_text, "127.0.0.1");
    c->start_time = ngx_current_msec;

    ngx_http_init_connection(c);

    return c;
}


static void
fuzz_client_closed(void *data)
{
    fuzz_client_t *client = data;

    client->closed = 1;
}


static void
fuzz_client_piece(fuzz_client_t *client, ngx_connection_t *c,
    ngx_str_t *piece)
{
    ngx_uint_t  n;

    client->piece = *piece;

    /* who waits for Redis reads nothing, and is told again */

    for (n = 0; client->piece.len && !client->closed && n < 8; n++) {
        c->read->ready = 1;
        c->read->handler(c->read);
        fuzz_run();

        if (client->piece.len && !client->closed) {
            fuzz_client_serve(client->out.pool);
        }
    }
}


/* the client is gone; then so is Redis; then everything times out */

static void
fuzz_client_end(fuzz_client_t *client, ngx_connection_t *c, ngx_pool_t *pool)
{
    client->ended = 1;
    ngx_str_null(&client->piece);

    if (!client->closed) {
        c->read->ready = 1;
        c->read->pending_eof = 1;
        c->read->handler(c->read);
        fuzz_run();
    }

    fuzz_client_serve(pool);
    fuzz_redis_close();

    if (!client->closed) {
        fuzz_wait(120 * 1000);
    }

    fuzz_assert(client->closed);
    fuzz_restore();
}


static void
fuzz_client_serve(ngx_pool_t *pool)
{
    ngx_uint_t  n;

    fuzz_run();

    for (n = 0; fuzz_redis_serve(pool); n++) {
        fuzz_assert(n < FUZZ_ROUNDS);
    }
}


static ssize_t
fuzz_client_recv(ngx_connection_t *c, u_char *buf, size_t size)
{
    size_t      n;
    ngx_str_t  *piece;

    piece = &fuzz_current->piece;
    n = ngx_min(size, piece->len);

    if (n) {
        ngx_memcpy(buf, piece->data, n);
        piece->data += n;
        piece->len -= n;

        return n;
    }

    if (fuzz_current->ended) {
        c->read->eof = 1;
        return 0;
    }

    c->read->ready = 0;

    return NGX_AGAIN;
}


static ssize_t
fuzz_client_send(ngx_connection_t *c, u_char *buf, size_t size)
{
    fuzz_add(&fuzz_current->out, buf, size);

    return size;
}


static ngx_chain_t *
fuzz_client_send_chain(ngx_connection_t *c, ngx_chain_t *in, off_t limit)
{
    off_t  n;

    for ( /* void */ ; in; in = in->next) {

        if (ngx_buf_special(in->buf)) {
            continue;
        }

        n = in->buf->last - in->buf->pos;
        fuzz_add(&fuzz_current->out, in->buf->pos, n);

        in->buf->pos = in->buf->last;
        c->sent += n;
    }

    return NULL;
}


/* nothing, or a head without control bytes, and as much body as it says */

static void
fuzz_response(fuzz_client_t *client, fuzz_response_t *response)
{
    u_char     *end;
    ngx_str_t  *out, rest, line, length;

    ngx_memzero(response, sizeof(fuzz_response_t));
    out = &client->out.text;

    while (out->len >= 25 && ngx_memcmp(out->data, "HTTP/1.1 100 ", 13) == 0) {
        out->data += 25;
        out->len -= 25;
    }

    if (out->len == 0) {
        return;
    }

    end = ngx_strlcasestrn(out->data, out->data + out->len,
                           (u_char *) CRLF CRLF, 3);

    if (ngx_strncmp(out->data, "HTTP/1.", 7) != 0) {
        /* HTTP/0.9 */
        response->body = *out;
        return;
    }

    fuzz_assert(end && out->len > 12);

    response->status = ngx_atoi(out->data + 9, 3);
    response->head.data = out->data;
    response->head.len = end + 2 - out->data;
    response->body.data = end + 4;
    response->body.len = out->data + out->len - end - 4;

    for (rest = response->head; rest.len; /* void */ ) {
        line = fuzz_line(&rest);
        fuzz_assert(line.len && line.data[line.len - 1] == CR);
        line.len--;
        fuzz_assert(!fuzz_has_control(&line));
    }

    length = fuzz_header(response, "Content-Length");

    if (length.data && response->body.len) {
        fuzz_assert(ngx_atoi(length.data, length.len)
                    == (ngx_int_t) response->body.len);
    }
}


ngx_str_t
fuzz_header(fuzz_response_t *response, const char *name)
{
    size_t     len;
    ngx_str_t  rest, line, value;

    len = ngx_strlen(name);
    ngx_str_null(&value);

    for (rest = response->head; rest.len; /* void */ ) {
        line = fuzz_line(&rest);

        if (line.len > len + 2 && line.data[len] == ':'
            && ngx_strncasecmp(line.data, (u_char *) name, len) == 0)
        {
            value.data = line.data + len + 2;
            value.len = line.len - len - 3;
        }
    }

    return value;
}
