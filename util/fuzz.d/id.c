
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Ids of clients: users, campaigns, items, refs, keys, codes and tickets.  The
 * input is a byte that says how they are given, and a line of each.  Whatever
 * they are, only what is well formed gets to Redis, and the answer is JSON.
 */


#include "fuzz.h"


typedef struct {
    ngx_str_t                    user;
    ngx_str_t                    campaign;
    ngx_str_t                    item;
    ngx_str_t                    ref;
    ngx_str_t                    key;
    ngx_str_t                    data;
    ngx_str_t                    units;
    ngx_str_t                    ticket;
} id_values_t;


static ngx_uint_t id_header(ngx_str_t *s);
static void id_request(ngx_uint_t how, id_values_t *v, ngx_pool_t *pool,
    fuzz_text_t *text);
static ngx_uint_t id_command(fuzz_redis_t *redis, void *data);
static void id_key(fuzz_redis_t *redis);
static void id_claim(ngx_str_t *fields, id_values_t *v, ngx_uint_t other);
static void id_settle(ngx_str_t *fields);
static ngx_uint_t id_fields(ngx_str_t *fields, ngx_str_t *field);
static ngx_uint_t id_number(ngx_str_t *s, size_t max);
static void id_answer(fuzz_response_t *response, ngx_pool_t *pool);


static ngx_uint_t  id_how;


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    ngx_uint_t       how;
    id_values_t      v;
    fuzz_text_t      text;
    fuzz_response_t  response;

    how = fuzz_byte(input);

    v.user = fuzz_line(input);
    v.campaign = fuzz_line(input);
    v.item = fuzz_line(input);
    v.ref = fuzz_line(input);
    v.key = fuzz_line(input);
    v.data = fuzz_line(input);
    v.units = fuzz_line(input);
    v.ticket = *input;

    if (!id_header(&v.user) || !id_header(&v.key)) {
        return;
    }

    id_how = how;

    fuzz_text(&text, pool);
    id_request(how, &v, pool, &text);

    if (text.text.len > 6000) {
        return;
    }

    fuzz_redis_open(fuzz_main->worker->places[0].calls->redis, pool,
                    id_command, &v);
    fuzz_request(&text.text, (how >> 6) & 1, pool, &response);

    id_answer(&response, pool);
}


static ngx_uint_t
id_header(ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] == CR || s->data[i] == '\0') {
            return 0;
        }
    }

    return 1;
}


static void
id_request(ngx_uint_t how, id_values_t *v, ngx_pool_t *pool,
    fuzz_text_t *text)
{
    ngx_str_t    campaign, ticket;
    id_values_t  args;

    args = *v;
    campaign = fuzz_escape(pool, &v->campaign);
    ticket = fuzz_escape(pool, &v->ticket);

    if (how & 0x80) {
        /* $arg_... is not decoded */

        args.item = fuzz_escape(pool, &v->item);
        args.ref = fuzz_escape(pool, &v->ref);
        args.data = fuzz_escape(pool, &v->data);
        args.units = fuzz_escape(pool, &v->units);
    }

    switch (how & 0xf) {

    case 0:
        fuzz_print(text, "POST /redeem?ticket=%V&ref=%V", &ticket, &args.ref);
        break;

    case 1:
        fuzz_print(text, "POST /redeem?code=%V&campaign=%V", &ticket,
                   &campaign);
        break;

    case 2:
        fuzz_print(text, "POST /confirm?ticket=%V", &ticket);
        break;

    case 3:
        fuzz_print(text, "POST /void?ticket=%V&restock=%V", &ticket,
                   &args.units);
        break;

    case 4:
        fuzz_print(text, "POST /any?campaign=%V", &args.campaign);
        break;

    case 5:
        fuzz_print(text, "GET /result?%V", &args.item);
        break;

    case 6:
        fuzz_print(text, "GET /q/%V?ref=%V&%V", &campaign, &args.ref,
                   &args.data);
        break;

    case 7:
        fuzz_print(text, "GET /mini?q=%V&scancode_time=%V", &ticket,
                   &args.units);
        break;

    case 8:
        fuzz_print(text, "GET /s/%V", &ticket);
        break;

    case 9:
        fuzz_print(text, "GET /rush/campaigns/%V/users/%V", &campaign,
                   &ticket);
        break;

    case 10:
        fuzz_print(text, "GET /rush/campaigns?after=%V&limit=%V", &campaign,
                   &args.units);
        break;

    default:
        fuzz_print(text, "POST /claim?item=%V&ref=%V&data=%V&units=%V",
                   &args.item, &args.ref, &args.data, &args.units);
    }

    fuzz_print(text, " HTTP/1.1\r\nHost: a\r\nX-User: ");
    fuzz_add(text, v->user.data, v->user.len);
    fuzz_print(text, "\r\nIdempotency-Key: ");
    fuzz_add(text, v->key.data, v->key.len);
    fuzz_print(text, "\r\n\r\n");
}


static ngx_uint_t
id_command(fuzz_redis_t *redis, void *data)
{
    id_values_t *v = data;

    ngx_str_t   line, *verb;
    ngx_uint_t  at, i, n, how;

    id_key(redis);

    if (!fuzz_redis_is(redis, "EVALSHA")) {
        return 0;
    }

    how = id_how & 0xf;
    n = fuzz_redis_calls(redis, &at);
    fuzz_redis_head(redis, n);

    for (i = 0; i < n; i++, at += 2) {

        /* who is found by a code is not named */

        fuzz_assert(fuzz_is_id(&redis->args[at])
                    || (how == 1 && redis->args[at].len == 0));

        verb = &redis->args[at + 1];

        if (how == 4 || how > 10) {
            id_claim(verb, v, how == 4);

        } else if (how < 4) {
            id_settle(verb);
        }

        ngx_str_set(&line, "won\n1\tissued\t1\tred\tk1\thold_until:5");
        fuzz_redis_bulk(redis->reply, &line);
    }

    return 1;
}


/* names of keys are the prefix, words of ours, and ids */

static void
id_key(fuzz_redis_t *redis)
{
    size_t      i;
    ngx_str_t  *key;

    if (redis->n < 2 || fuzz_redis_is(redis, "CLIENT")
        || fuzz_redis_is(redis, "INFO") || fuzz_redis_is(redis, "SCRIPT"))
    {
        return;
    }

    key = &redis->args[fuzz_redis_is(redis, "EVALSHA")
                       || fuzz_redis_is(redis, "EVAL") ? 3 : 1];

    fuzz_assert(key->len > 2 && ngx_memcmp(key->data, "p:", 2) == 0);

    for (i = 0; i < key->len; i++) {
        fuzz_assert(isalnum(key->data[i]) || strchr("_.:@-{}", key->data[i]));
    }
}


/* units, item, key, ref, data; or nothing, which is one unit */

static void
id_claim(ngx_str_t *fields, id_values_t *v, ngx_uint_t other)
{
    ngx_str_t   field[8];
    ngx_uint_t  n;

    if (fields->len == 0) {
        return;
    }

    n = id_fields(fields, field);

    fuzz_assert(n == 5);
    fuzz_assert(id_number(&field[0], 3));
    fuzz_assert(ngx_atoi(field[0].data, field[0].len) <= 100);
    fuzz_assert(field[1].len == 0 || fuzz_is_id(&field[1]));
    fuzz_assert(field[2].len == 0 || field[2].len == 12);
    fuzz_assert(field[2].len == 0 || fuzz_is_id(&field[2]));
    fuzz_assert(field[3].len == 0 || fuzz_is_id(&field[3]));
    fuzz_assert(field[4].len <= 256 && !fuzz_has_control(&field[4]));

    /* as it was given, to the end of the argument */

    if (field[1].len && !(id_how & 0x80)) {
        fuzz_assert(field[1].len <= v->item.len);
        fuzz_assert(memcmp(field[1].data, v->item.data, field[1].len) == 0);
        fuzz_assert(field[1].len == v->item.len
                    || strchr("&# ", v->item.data[field[1].len]));
    }

    /* of the other location nothing but the key is asked for */

    if (other) {
        fuzz_assert(field[1].len + field[3].len + field[4].len == 0);
    }
}


/* verb, seq, made, restock, key, ref, code */

static void
id_settle(ngx_str_t *fields)
{
    ngx_str_t   field[8];

    fuzz_assert(id_fields(fields, field) == 7);

    fuzz_assert(field[6].len || (id_number(&field[1], 10)
                                 && id_number(&field[2], 15)));
    fuzz_assert(field[3].len <= 1);
    fuzz_assert(field[5].len == 0 || fuzz_is_id(&field[5]));
    fuzz_assert(field[6].len <= 64 && !fuzz_has_control(&field[6]));
}


static ngx_uint_t
id_fields(ngx_str_t *fields, ngx_str_t *field)
{
    u_char      *p, *last, *tab;
    ngx_uint_t   n;

    p = fields->data;
    last = p + fields->len;

    for (n = 0; n < 8; n++) {
        tab = memchr(p, '\t', last - p);

        field[n].data = p;
        field[n].len = (tab ? tab : last) - p;

        if (tab == NULL) {
            return n + 1;
        }

        p = tab + 1;
    }

    return n;
}


static ngx_uint_t
id_number(ngx_str_t *s, size_t max)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (!isdigit(s->data[i])) {
            return 0;
        }
    }

    return s->len && s->len <= max && s->data[0] != '0';
}


/* 400 may be nginx's own, and then it is not JSON */

static void
id_answer(fuzz_response_t *response, ngx_pool_t *pool)
{
    ngx_str_t  type;

    type = fuzz_header(response, "Content-Type");

    if (type.len == 16
        && ngx_memcmp(type.data, "application/json", 16) == 0)
    {
        fuzz_assert(fuzz_is_json(pool, &response->body));
    }

    fuzz_assert(response->status != 500);
}
