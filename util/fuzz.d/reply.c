
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What Redis says.  The input is bytes of a connection, behind a byte that says
 * which calls wait for them.  As replies alone, and as answers to calls, they
 * are the same whether they come whole, byte by byte, in halves or by fours;
 * and each call has one answer, whatever they are.
 */


#include "fuzz.h"
#include "call/ngx_http_rush_exec.h"


#define REPLY_CALLS  4    /* for each of the routes */


typedef enum {
    reply_script = 0,
    reply_look,
    reply_whole,
    reply_tags,
    reply_routes
} reply_route_e;


typedef struct {
    ngx_http_rush_call_t         call;
    ngx_uint_t                   number;
    ngx_uint_t                   asked;
    ngx_uint_t                   answered;
} reply_call_t;


static void reply_read(ngx_str_t *input, ngx_uint_t mode, ngx_pool_t *pool,
    fuzz_text_t *said);
static void reply_print(ngx_http_rush_reply_t *reply, fuzz_text_t *said);
static ngx_uint_t reply_call(ngx_uint_t what, ngx_str_t *input,
    ngx_uint_t mode, ngx_pool_t *pool);
static void reply_ask(ngx_http_rush_calls_t *calls, ngx_uint_t what);
static void reply_exec(ngx_http_rush_calls_t *calls, ngx_uint_t each);
static void reply_greet(ngx_pool_t *pool);
static void reply_answered(ngx_http_rush_call_t *call,
    ngx_http_rush_answer_t *answer);
static void reply_line(ngx_str_t *line);
static void reply_replied(void *data, ngx_http_rush_reply_t *reply,
    ngx_uint_t n, ngx_uint_t last);
static void reply_end(ngx_http_rush_calls_t *calls);


static ngx_str_t  reply_fields[] = {
    ngx_string("kind"), ngx_string("stock"), ngx_null_string
};


static ngx_str_t  reply_item_fields[] = { ngx_null_string };

static reply_call_t  reply_calls[reply_routes * REPLY_CALLS];
static fuzz_text_t  *reply_said;
static ngx_uint_t    reply_execs;
static ngx_uint_t    reply_ended;


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    ngx_uint_t   mode, what, again;
    fuzz_text_t  said[FUZZ_MODES], told[FUZZ_MODES];

    what = fuzz_byte(input);
    what |= fuzz_byte(input) << 8;

    again = 0;

    for (mode = 0; mode < FUZZ_MODES; mode++) {
        fuzz_text(&said[mode], pool);
        reply_read(input, mode, pool, &said[mode]);
        fuzz_assert(fuzz_same(&said[0].text, &said[mode].text));

        fuzz_text(&told[mode], pool);
        reply_said = &told[mode];
        again |= reply_call(what, input, mode, pool);
    }

    /* calls that went back have been asked again at some other byte */

    for (mode = 1; mode < FUZZ_MODES && !again; mode++) {
        fuzz_assert(fuzz_same(&told[0].text, &told[mode].text));
    }
}


/* replies alone, until there is one that is none */

static void
reply_read(ngx_str_t *input, ngx_uint_t mode, ngx_pool_t *pool,
    fuzz_text_t *said)
{
    ngx_int_t               rc;
    ngx_str_t               rest, piece;
    ngx_http_rush_redis_t   redis;
    ngx_http_rush_reply_t  *reply;

    ngx_memzero(&redis, sizeof(ngx_http_rush_redis_t));
    redis.log = *ngx_cycle->log;

    fuzz_assert(ngx_http_rush_reply_init(&redis) == NGX_OK);

    rest = *input;
    rc = NGX_AGAIN;

    while (rest.len && rc != NGX_ERROR) {
        piece = fuzz_piece(&rest, input->len, mode);
        piece = fuzz_copy(pool, &piece);

        redis.buffer = piece.data;
        rc = ngx_http_rush_reply_feed(&redis, piece.len);
        fuzz_assert(rc == NGX_OK);

        for ( ;; ) {
            rc = ngx_http_rush_reply_next(&redis, &reply);

            if (rc != NGX_OK) {
                break;
            }

            reply_print(reply, said);
        }
    }

    fuzz_print(said, "%i", rc);
    ngx_http_rush_reply_done(&redis);
}


static void
reply_print(ngx_http_rush_reply_t *reply, fuzz_text_t *said)
{
    ngx_uint_t  i;

    switch (reply->type) {

    case NGX_HTTP_RUSH_REPLY_STRING:
    case NGX_HTTP_RUSH_REPLY_ERROR:
        fuzz_assert(reply->str.data[reply->str.len] == '\0');
        fuzz_print(said, "%c%uz:", reply->type ? '-' : '$', reply->str.len);
        fuzz_add(said, reply->str.data, reply->str.len);
        break;

    case NGX_HTTP_RUSH_REPLY_INTEGER:
        fuzz_print(said, ":%L;", reply->integer);
        break;

    case NGX_HTTP_RUSH_REPLY_NIL:
        fuzz_print(said, "_");
        break;

    default:
        fuzz_assert(reply->type == NGX_HTTP_RUSH_REPLY_ARRAY);
        fuzz_print(said, "*%ui:", reply->n);

        for (i = 0; i < reply->n; i++) {
            reply_print(&reply->elts[i], said);
        }
    }
}


/* calls on a connection of their own; were any of them asked again? */

static ngx_uint_t
reply_call(ngx_uint_t what, ngx_str_t *input, ngx_uint_t mode,
    ngx_pool_t *pool)
{
    size_t                       sent;
    ngx_str_t                    rest, piece;
    ngx_uint_t                   again;
    ngx_pool_t                  *own;
    ngx_http_rush_calls_t       *calls;
    ngx_http_rush_redis_conf_t  *conf;
    ngx_http_rush_call_stats_t  *stats;

    own = ngx_create_pool(4096, ngx_cycle->log);
    fuzz_assert(own);

    stats = ngx_pcalloc(own, sizeof(ngx_http_rush_call_stats_t));
    conf = fuzz_main->redises.elts;
    calls = ngx_http_rush_calls_create(own, conf, &fuzz_main->plays, stats,
                                       ngx_cycle->log);
    fuzz_assert(stats && calls);

    ngx_memzero(reply_calls, sizeof(reply_calls));
    reply_execs = 0;
    reply_ended = 0;

    fuzz_redis_open(calls->redis, own, NULL, NULL);

    if (what & 0x8000) {
        reply_greet(own);
    }

    reply_ask(calls, what);
    sent = fuzz_redis.out.text.len;
    rest = *input;

    while (rest.len && calls->redis->connection) {
        piece = fuzz_piece(&rest, input->len, mode);
        fuzz_redis_say(&piece);
    }

    again = (stats->again || sent != fuzz_redis.out.text.len);

    reply_end(calls);
    ngx_destroy_pool(own);

    return again;
}


/* CLIENT SETNAME, INFO, TIME, PING */

static void
reply_greet(ngx_pool_t *pool)
{
    (void) fuzz_redis_serve(pool);

    fuzz_assert(fuzz_redis.redis->state == ngx_http_rush_redis_ready);
}


static void
reply_ask(ngx_http_rush_calls_t *calls, ngx_uint_t what)
{
    ngx_uint_t              i, n;
    reply_call_t           *call;
    ngx_http_rush_route_t   route;

    for (i = 0; i < reply_routes; i++) {
        ngx_memzero(&route, sizeof(ngx_http_rush_route_t));

        ngx_str_set(&route.key, "{fuzz}");
        ngx_str_set(&route.common, "");
        ngx_str_set(&route.item, "");

        switch (i) {

        case reply_script:
            route.play = fuzz_main->plays.elts;
            route.op = ngx_http_rush_op_claim;
            break;

        case reply_tags:
            route.tags = 1;
            ngx_str_set(&route.item, "red blue");
            break;

        case reply_look:
            route.users = 1;
            /* fall through */

        default:
            route.fields = (i == reply_look) ? reply_fields : NULL;
            route.item_fields = reply_item_fields;
        }

        /* none to three of each */

        n = (what >> (2 * i)) & 3;

        while (n--) {
            call = &reply_calls[i * REPLY_CALLS + n];

            ngx_str_set(&call->call.user, "ann");
            ngx_str_set(&call->call.fields, "");
            call->call.handler = reply_answered;
            call->call.data = call;
            call->number = call - reply_calls;
            call->asked = 1;

            fuzz_assert(ngx_http_rush_call(calls, &call->call, &route)
                        == NGX_AGAIN);
        }
    }

    if (what & 0x100) {
        reply_exec(calls, what & 0x200);
    }

    fuzz_run();
}


static void
reply_exec(ngx_http_rush_calls_t *calls, ngx_uint_t each)
{
    ngx_str_t              args[1];
    ngx_http_rush_exec_t  *exec;

    ngx_str_set(&args[0], "TIME");

    exec = ngx_http_rush_exec_create(calls);
    fuzz_assert(exec);
    fuzz_assert(ngx_http_rush_exec_add(exec, args, 1) == NGX_OK);
    fuzz_assert(ngx_http_rush_exec_add(exec, args, 1) == NGX_OK);

    exec->each = (each != 0);

    fuzz_assert(ngx_http_rush_exec_send(exec, reply_replied, NULL)
                == NGX_AGAIN);
    reply_execs++;
}


static void
reply_answered(ngx_http_rush_call_t *call, ngx_http_rush_answer_t *answer)
{
    ngx_uint_t     i;
    reply_call_t  *c;

    c = call->data;

    fuzz_assert(c->asked && !c->answered);
    c->answered = 1;

    fuzz_print(reply_said, "%ui %i ", c->number, answer->rc);

    if (answer->rc != NGX_OK) {
        return;
    }

    if (answer->values == NULL && answer->status.data) {
        fuzz_print(reply_said, "%L %L %L %L ", answer->version, answer->total,
                   answer->out, answer->due);
        reply_line(&answer->status);
        reply_line(&answer->line);
    }

    for (i = 0; i < answer->nvalues; i++) {
        reply_line(&answer->values[i]);
    }

    fuzz_print(reply_said, "%ui;", (ngx_uint_t) answer->found);
}


static void
reply_line(ngx_str_t *line)
{
    if (line->data == NULL) {
        fuzz_assert(line->len == 0);
        fuzz_print(reply_said, "_");
        return;
    }

    fuzz_print(reply_said, "%uz:", line->len);
    fuzz_add(reply_said, line->data, line->len);
}


static void
reply_replied(void *data, ngx_http_rush_reply_t *reply, ngx_uint_t n,
    ngx_uint_t last)
{
    fuzz_assert(!reply_ended && n < 2);
    fuzz_assert(reply || last);

    reply_ended = last;

    fuzz_print(reply_said, "exec %ui ", n);

    if (reply) {
        reply_print(reply, reply_said);
    }
}


/* Redis goes away, and nobody waits for ever */

static void
reply_end(ngx_http_rush_calls_t *calls)
{
    ngx_uint_t  i;

    ngx_http_rush_redis_close(calls->redis);
    fuzz_run();

    calls->redis->conf->timeout = 1;
    fuzz_wait(61 * 1000);
    calls->redis->conf->timeout = 60 * 1000;

    for (i = 0; i < reply_routes * REPLY_CALLS; i++) {
        fuzz_assert(reply_calls[i].asked == reply_calls[i].answered);
    }

    fuzz_assert(reply_ended == reply_execs);
    fuzz_assert(calls->redis->pending == 0 && calls->redis->others == 0);

    for (i = 0; i < NGX_HTTP_RUSH_BUCKETS; i++) {
        fuzz_assert(calls->groups[i] == NULL);
    }

    if (calls->redis->retry.timer_set) {
        ngx_del_timer(&calls->redis->retry);
    }

    fuzz_redis_close();
    fuzz_assert(!calls->timer.timer_set);

    if (calls->redis->retry.timer_set) {
        ngx_del_timer(&calls->redis->retry);
    }
}
