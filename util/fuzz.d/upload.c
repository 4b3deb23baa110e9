
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Uploads.  The input is a body, behind a byte that says what it is and how it
 * comes: codes of a pool or users of a tag, one a line.  What gets to Redis is
 * what an upload is said to be, in its order, and all of it is counted.
 */


#include "fuzz.h"


typedef struct {
    ngx_uint_t                   users;     /* and not codes */
    fuzz_text_t                  expected;  /* each with a LF */
    ngx_uint_t                   good;
    ngx_uint_t                   bad;
    fuzz_text_t                  added;
} upload_t;


static void upload_expect(upload_t *up, ngx_str_t *body);
static ngx_uint_t upload_is_code(ngx_str_t *s);
static void upload_body(fuzz_text_t *text, ngx_str_t *body, ngx_uint_t how);
static ngx_uint_t upload_command(fuzz_redis_t *redis, void *data);
static ngx_uint_t upload_take(upload_t *up, ngx_str_t *slice);
static ngx_int_t upload_number(ngx_str_t *body, const char *name);


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    upload_t         up;
    ngx_uint_t       how;
    fuzz_text_t      text;
    fuzz_response_t  response;

    how = fuzz_byte(input);

    ngx_memzero(&up, sizeof(upload_t));
    fuzz_text(&up.expected, pool);
    fuzz_text(&up.added, pool);

    up.users = how & 1;
    upload_expect(&up, input);

    fuzz_text(&text, pool);
    fuzz_print(&text, "POST /rush/%s HTTP/1.1\r\nHost: a\r\n",
               up.users ? "tags/fuzz" : "campaigns/fuzz/codes");
    upload_body(&text, input, how);

    fuzz_redis_open(fuzz_main->worker->places[0].calls->redis, pool,
                    upload_command, &up);
    fuzz_request(&text.text, (how >> 1) & 3, pool, &response);

    fuzz_assert(response.status == 200);
    fuzz_assert(fuzz_is_json(pool, &response.body));
    fuzz_assert(fuzz_same(&up.expected.text, &up.added.text));
    fuzz_assert(upload_number(&response.body, "\"added\":")
                == (ngx_int_t) up.good);
    fuzz_assert(upload_number(&response.body, "\"bad\":")
                == (ngx_int_t) up.bad);
}


/* by docs/api.md */

static void
upload_expect(upload_t *up, ngx_str_t *body)
{
    ngx_str_t  rest, line;

    for (rest = *body; rest.len; /* void */ ) {
        line = fuzz_line(&rest);

        if (line.len && line.data[line.len - 1] == CR) {
            line.len--;
        }

        if (line.len == 0) {
            continue;
        }

        if (up->users ? !fuzz_is_id(&line) : !upload_is_code(&line)) {
            up->bad++;
            continue;
        }

        up->good++;
        fuzz_add(&up->expected, line.data, line.len);
        fuzz_add(&up->expected, "\n", 1);
    }
}


/* 1 to 64 bytes of UTF-8 without control characters, C1 among them */

static ngx_uint_t
upload_is_code(ngx_str_t *s)
{
    size_t    i, k, n;
    uint32_t  ch;

    static const uint32_t  least[] = { 0, 0x80, 0x800, 0x10000 };

    if (s->len < 1 || s->len > 64) {
        return 0;
    }

    for (i = 0; i < s->len; i += n + 1) {
        ch = s->data[i];

        n = ch < 0x80 ? 0 : (ch & 0xe0) == 0xc0 ? 1
            : (ch & 0xf0) == 0xe0 ? 2 : (ch & 0xf8) == 0xf0 ? 3 : 4;

        if (n == 4 || i + n >= s->len) {
            return 0;
        }

        ch = n ? ch & (0x3f >> n) : ch;

        for (k = 1; k <= n; k++) {
            if ((s->data[i + k] & 0xc0) != 0x80) {
                return 0;
            }

            ch = ch << 6 | (s->data[i + k] & 0x3f);
        }

        if (ch < least[n] || ch > 0x10ffff || (ch >= 0xd800 && ch <= 0xdfff)
            || ch < ' ' || (ch >= 0x7f && ch < 0xa0))
        {
            return 0;
        }
    }

    return 1;
}


/* with its length, or in chunks of 13 bytes */

static void
upload_body(fuzz_text_t *text, ngx_str_t *body, ngx_uint_t how)
{
    size_t  i, n;

    if (!(how & 0x80)) {
        fuzz_print(text, "Content-Length: %uz\r\n\r\n", body->len);
        fuzz_add(text, body->data, body->len);
        return;
    }

    fuzz_print(text, "Transfer-Encoding: chunked\r\n\r\n");

    for (i = 0; i < body->len; i += n) {
        n = ngx_min(body->len - i, 13);

        fuzz_print(text, "%xz\r\n", n);
        fuzz_add(text, body->data + i, n);
        fuzz_print(text, "\r\n");
    }

    fuzz_print(text, "0\r\n\r\n");
}


static ngx_uint_t
upload_command(fuzz_redis_t *redis, void *data)
{
    upload_t *up = data;

    ngx_str_t   line;
    ngx_uint_t  at, i, n;
    u_char      buf[64];

    if (fuzz_redis_is(redis, "SADD")) {
        fuzz_assert(up->users && redis->n > 2);

        for (i = 2; i < redis->n; i++) {
            fuzz_add(&up->added, redis->args[i].data, redis->args[i].len);
            fuzz_add(&up->added, "\n", 1);
        }

        fuzz_print(redis->reply, ":%ui\r\n", redis->n - 2);
        return 1;
    }

    if (!fuzz_redis_is(redis, "EVALSHA")) {
        return 0;
    }

    n = fuzz_redis_calls(redis, &at);
    fuzz_assert(n == 1 && !up->users);

    n = upload_take(up, &redis->args[at + 1]);

    line.data = buf;
    line.len = ngx_sprintf(buf, "codes\tadded:%ui\tduplicate:0", n) - buf;

    fuzz_redis_head(redis, 1);
    fuzz_redis_bulk(redis->reply, &line);

    return 1;
}


/* of a slice, which has tabs between the lines */

static ngx_uint_t
upload_take(upload_t *up, ngx_str_t *slice)
{
    u_char      *p, *last, *tab;
    ngx_uint_t   n;

    p = slice->data;
    last = p + slice->len;

    for (n = 0; p < last; n++, p = tab + 1) {
        tab = memchr(p, '\t', last - p);
        tab = tab ? tab : last;

        fuzz_add(&up->added, p, tab - p);
        fuzz_add(&up->added, "\n", 1);
    }

    fuzz_assert(n <= 500);

    return n;
}


static ngx_int_t
upload_number(ngx_str_t *body, const char *name)
{
    u_char  *p, *last, *end;

    last = body->data + body->len;
    p = ngx_strlcasestrn(body->data, last, (u_char *) name,
                         ngx_strlen(name) - 1);
    fuzz_assert(p);

    p += ngx_strlen(name);

    for (end = p; end < last && isdigit(*end); end++) {
        /* void */
    }

    return ngx_atoi(p, end - p);
}
