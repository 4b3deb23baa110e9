
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Whatever Redis has.  The input is a byte that says what is asked of nginx,
 * and the replies to the commands that come of it: lines of scripts with
 * records of users, campaigns, counters and statistics, changes of links.  The
 * client gets HTTP, and JSON if what Redis said had the shape that it has.
 */


#include "fuzz.h"


#define ANSWER_DEPTH  4


typedef struct {
    ngx_str_t                   *input;
    ngx_uint_t                   odd;       /* something had another shape */
} answer_t;


static void answer_background(ngx_pool_t *pool);
static ngx_uint_t answer_command(fuzz_redis_t *redis, void *data);
static ngx_uint_t answer_usual(fuzz_redis_t *redis);
static void answer_script(fuzz_redis_t *redis, answer_t *answer);
static ngx_uint_t answer_shape(ngx_str_t *text);
static ngx_uint_t answer_attribute(ngx_str_t *s);
static ngx_uint_t answer_ticket(ngx_str_t *line);
static ngx_str_t answer_part(ngx_str_t *s, u_char ch);
static ngx_uint_t answer_digits(ngx_str_t *s);
static void answer_value(fuzz_text_t *reply, ngx_str_t *input,
    ngx_uint_t depth);


static const char  *answer_requests[] = {
    "POST /claim",
    "POST /any?campaign=fuzz",
    "GET /result",
    "GET /state",
    "POST /redeem?campaign=fuzz&code=A1",
    "GET /q/abc?a=b",
    "GET /q/abc?q=https%3A%2F%2Fa%2Fabc",
    "GET /rush/campaigns",
    "GET /rush/campaigns/fuzz",
    "GET /rush/campaigns/fuzz/users/ann",
    "GET /rush/campaigns/fuzz/check",
    "DELETE /rush/campaigns/fuzz",
    "PATCH /rush/campaigns/fuzz {\"stock\":5}",
    "PUT /rush/campaigns/fuzz {\"kind\":\"sale\",\"stock\":5}",
    "POST /rush/campaigns/fuzz/codes A\nB",
    "GET /rush/tags/t",
    "POST /rush/tags/t ann\nbob",
    "GET /rush/links/abc",
    "GET /rush/links/abc/stats?days=3",
    "PUT /rush/links/abc {\"fallback\":\"https://a.example.com/\"}",
    "PATCH /rush/links/abc {\"max\":3}",
    "DELETE /rush/links/abc",
    "POST /rush/links {\"links\":[{\"code\":\"a\","
        "\"fallback\":\"https://a.example.com/\"},{\"code\":\"b\","
        "\"fallback\":\"https://b.example.com/\"}]}",
    "GET /rush/links/abc/qr.svg",
    "GET /status",
    "GET /metrics"
};

#define ANSWER_REQUESTS                                                       \
    (sizeof(answer_requests) / sizeof(answer_requests[0]))


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    size_t            len;
    answer_t          answer;
    ngx_str_t         type;
    ngx_uint_t        what;
    const char       *request, *body;
    fuzz_text_t       text;
    fuzz_response_t   response;

    what = fuzz_byte(input);
    request = answer_requests[(what & 0x7f) % ANSWER_REQUESTS];

    body = strchr(strchr(request, ' ') + 1, ' ');
    len = body ? (size_t) (body - request) : ngx_strlen(request);

    fuzz_text(&text, pool);
    fuzz_print(&text, "%*s HTTP/1.1\r\nHost: a\r\nX-User: ann\r\n"
               "Content-Length: %uz\r\n\r\n%s", len, request,
               body ? ngx_strlen(body + 1) : 0, body ? body + 1 : "");

    answer.input = input;
    answer.odd = 0;

    fuzz_redis_open(fuzz_main->worker->places[0].calls->redis, pool,
                    answer_command, &answer);

    if (what & 0x80) {
        answer_background(pool);
    }

    fuzz_request(&text.text, 0, pool, &response);

    type = fuzz_header(&response, "Content-Type");

    if (!answer.odd && type.len == 16
        && ngx_memcmp(type.data, "application/json", 16) == 0)
    {
        fuzz_assert(fuzz_is_json(pool, &response.body));
    }
}


/* what comes by itself: sweeps, changes of links, counters that are written */

static void
answer_background(ngx_pool_t *pool)
{
    ngx_uint_t  n;

    (void) fuzz_redis_serve(pool);

    for (n = 0; n < 3; n++) {
        fuzz_wait(1100);

        while (fuzz_redis_serve(pool)) {
            /* void */
        }
    }
}


static ngx_uint_t
answer_command(fuzz_redis_t *redis, void *data)
{
    answer_t *answer = data;

    if (answer_usual(redis)) {
        return 0;
    }

    if (answer->input->len == 0) {
        return 0;
    }

    if (fuzz_redis_is(redis, "EVALSHA") && (answer->input->data[0] & 0x80)) {
        (void) fuzz_byte(answer->input);
        answer_script(redis, answer);
        return 1;
    }

    answer->odd = 1;
    answer_value(redis->reply, answer->input, 0);

    return 1;
}


/* of the greeting, so that there is a connection */

static ngx_uint_t
answer_usual(fuzz_redis_t *redis)
{
    return redis->redis->state != ngx_http_rush_redis_ready
           || fuzz_redis_is(redis, "SCRIPT")
           || fuzz_redis_is(redis, "TIME");
}


/* the head of an answer, and of each call what the input says */

static void
answer_script(fuzz_redis_t *redis, answer_t *answer)
{
    size_t      len;
    ngx_str_t   line;
    ngx_uint_t  i, n, at;

    n = fuzz_redis_calls(redis, &at);
    fuzz_redis_head(redis, n);

    for (i = 0; i < n; i++) {
        len = fuzz_byte(answer->input) << 4;

        line.data = answer->input->data;
        line.len = ngx_min(len, answer->input->len);

        answer->input->data += line.len;
        answer->input->len -= line.len;

        answer->odd |= !answer_shape(&line);
        fuzz_redis_bulk(redis->reply, &line);
    }
}


/* by the head of src/plays/lib/frame.lua */

static ngx_uint_t
answer_shape(ngx_str_t *text)
{
    ngx_str_t  rest, first, part;

    rest = *text;
    first = answer_part(&rest, LF);
    part = answer_part(&first, '\t');

    while (first.len) {
        part = answer_part(&first, '\t');

        if (!answer_attribute(&part)) {
            return 0;
        }
    }

    while (rest.len) {
        part = answer_part(&rest, LF);

        if (!answer_ticket(&part)) {
            return 0;
        }
    }

    return 1;
}


/* name=text, name:number */

static ngx_uint_t
answer_attribute(ngx_str_t *s)
{
    size_t     i;
    ngx_str_t  value;

    for (i = 0; i < s->len; i++) {
        if (!isalnum(s->data[i]) && s->data[i] != '_') {
            break;
        }
    }

    if (i == 0 || i == s->len) {
        return 0;
    }

    value.data = s->data + i + 1;
    value.len = s->len - i - 1;

    if (s->data[i] == ':') {
        return answer_digits(&value);
    }

    for (i = 0; i < value.len; i++) {
        if (value.data[i] >= 0x80) {
            return 0;
        }
    }

    return s->data[value.data - s->data - 1] == '=';
}


/* seq, state, units, item, key id, and what the play shows */

static ngx_uint_t
answer_ticket(ngx_str_t *line)
{
    ngx_str_t  part[5];
    ngx_str_t  more;
    size_t     i;

    for (i = 0; i < 5; i++) {
        part[i] = answer_part(line, '\t');
    }

    if (!answer_digits(&part[0]) || !answer_digits(&part[2])
        || part[1].len == 0 || fuzz_has_control(&part[1]))
    {
        return 0;
    }

    for (i = 0; i < part[1].len; i++) {
        if (!isalnum(part[1].data[i])) {
            return 0;
        }
    }

    if ((part[3].len && !fuzz_is_id(&part[3]))
        || (part[4].len && !fuzz_is_id(&part[4])))
    {
        return 0;
    }

    while (line->len) {
        more = answer_part(line, '\t');

        if (!answer_attribute(&more)) {
            return 0;
        }
    }

    return 1;
}


/* up to the character, which is left out, or all */

static ngx_str_t
answer_part(ngx_str_t *s, u_char ch)
{
    u_char     *end;
    ngx_str_t   part;

    part = *s;
    end = s->len ? memchr(s->data, ch, s->len) : NULL;

    if (end == NULL) {
        s->data += s->len;
        s->len = 0;
        return part;
    }

    part.len = end - part.data;
    s->len -= part.len + 1;
    s->data = end + 1;

    return part;
}


static ngx_uint_t
answer_digits(ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (!isdigit(s->data[i])) {
            return 0;
        }
    }

    return s->len && s->len <= 15 && (s->len == 1 || s->data[0] != '0');
}


/* any reply: a byte that says what it is, and what is in it */

static void
answer_value(fuzz_text_t *reply, ngx_str_t *input, ngx_uint_t depth)
{
    ngx_str_t   s;
    ngx_uint_t  what, n;

    what = fuzz_byte(input);
    n = what >> 3;

    switch (what & 7) {

    case 0:
        fuzz_print(reply, "$-1\r\n");
        break;

    case 1:
        fuzz_print(reply, ":%ui\r\n", n);
        break;

    case 2:
        fuzz_print(reply, ":%L\r\n", (int64_t) n * 1000000000000000);
        break;

    case 3:
        fuzz_print(reply, "-%s\r\n", n & 1 ? "ERR fuzz" : "NOSCRIPT fuzz");
        break;

    case 4:
    case 5:
        n = (depth == ANSWER_DEPTH) ? 0 : ngx_min(n, input->len);
        fuzz_print(reply, "*%ui\r\n", n);

        while (n--) {
            answer_value(reply, input, depth + 1);
        }

        break;

    default:
        n = (what & 7) == 7 ? n * 16 : n;

        s.data = input->data;
        s.len = ngx_min(n, input->len);

        input->data += s.len;
        input->len -= s.len;

        fuzz_redis_bulk(reply, &s);
    }
}
