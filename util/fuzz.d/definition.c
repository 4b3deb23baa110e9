
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Campaigns as JSON.  The input is a definition behind a byte that says how it
 * comes.  It means the same however it is cut; what is accepted is an object
 * of JSON, and becomes pairs of arguments without control bytes.
 */


#include "fuzz.h"


static ngx_int_t definition_read(ngx_str_t *json, ngx_uint_t mode,
    ngx_uint_t whole, ngx_pool_t *pool, fuzz_text_t *said);
static void definition_args(ngx_array_t *args, fuzz_text_t *said);
static void definition_put(ngx_str_t *json, ngx_uint_t how, ngx_int_t rc,
    ngx_pool_t *pool);
static ngx_uint_t definition_command(fuzz_redis_t *redis, void *data);


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    ngx_int_t    rc;
    ngx_uint_t   how, mode;
    fuzz_text_t  said[FUZZ_MODES];

    how = fuzz_byte(input);

    fuzz_text(&said[0], pool);
    rc = definition_read(input, 0, how & 1, pool, &said[0]);

    for (mode = 1; mode < FUZZ_MODES; mode++) {
        fuzz_text(&said[mode], pool);
        fuzz_assert(definition_read(input, mode, how & 1, pool, &said[mode])
                    == rc);

        /* the byte where an error is seen is told, and depends on the piece */

        if (rc == NGX_OK) {
            fuzz_assert(fuzz_same(&said[0].text, &said[mode].text));
        }
    }

    definition_put(input, how, rc, pool);
}


static ngx_int_t
definition_read(ngx_str_t *json, ngx_uint_t mode, ngx_uint_t whole,
    ngx_pool_t *pool, fuzz_text_t *said)
{
    ngx_int_t                    rc;
    ngx_str_t                    rest, piece, kind;
    ngx_array_t                  args;
    ngx_http_rush_play_t        *play;
    ngx_http_rush_definition_t  *def;

    def = ngx_http_rush_definition_create(pool);
    fuzz_assert(def);
    fuzz_assert(ngx_array_init(&args, pool, 4, sizeof(ngx_str_t)) == NGX_OK);

    rest = *json;
    rc = NGX_OK;

    while (rest.len && rc == NGX_OK) {
        piece = fuzz_piece(&rest, json->len, mode);
        piece = fuzz_copy(pool, &piece);
        rc = ngx_http_rush_definition_feed(def, piece.data, piece.len);
        ngx_pfree(pool, piece.data);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_definition_end(def);
    }

    if (rc == NGX_OK) {
        fuzz_assert(fuzz_is_json(pool, json));
        fuzz_assert(def->n <= NGX_HTTP_RUSH_MEMBERS_MAX);

        /* of a campaign that there is not, the kind must be there */

        ngx_str_set(&kind, "sale");
        kind.len = whole ? 0 : kind.len;

        rc = ngx_http_rush_members_play(def, &fuzz_main->plays, &kind, &play);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_rush_members_args(def, play, whole, &args);
    }

    if (rc == NGX_OK) {
        definition_args(&args, said);
        return NGX_OK;
    }

    fuzz_assert(rc == NGX_DECLINED && def->error.len);

    return rc;
}


/* a secret is drawn anew each time */

static void
definition_args(ngx_array_t *args, fuzz_text_t *said)
{
    ngx_str_t   *arg;
    ngx_uint_t   i;

    static ngx_str_t  secret = ngx_string("default:secret");

    arg = args->elts;
    fuzz_assert(args->nelts % 2 == 0);

    for (i = 0; i < args->nelts; i += 2) {
        fuzz_assert(arg[i].len && !fuzz_has_control(&arg[i]));

        fuzz_add(said, arg[i].data, arg[i].len);
        fuzz_print(said, "=");

        if (!fuzz_same(&arg[i], &secret)) {
            fuzz_add(said, arg[i + 1].data, arg[i + 1].len);
        }

        fuzz_print(said, "\n");
    }
}


/* the same by the API: who is refused is told why, and Redis is not asked */

static void
definition_put(ngx_str_t *json, ngx_uint_t how, ngx_int_t rc,
    ngx_pool_t *pool)
{
    ngx_uint_t       defined;
    fuzz_text_t      text;
    fuzz_response_t  response;

    defined = 0;

    fuzz_text(&text, pool);
    fuzz_print(&text, "%s /rush/campaigns/fuzz HTTP/1.1\r\nHost: a\r\n"
               "Content-Length: %uz\r\n\r\n", how & 1 ? "PUT" : "PATCH",
               json->len);
    fuzz_add(&text, json->data, json->len);

    fuzz_redis_open(fuzz_main->worker->places[0].calls->redis, pool,
                    definition_command, &defined);
    fuzz_request(&text.text, (how >> 1) & 3, pool, &response);

    fuzz_assert(response.status && response.status != 500);
    fuzz_assert(fuzz_is_json(pool, &response.body));

    if (rc != NGX_OK && (how & 1) == 0) {
        /* the kind was not known here, and Redis has told another one */
        return;
    }

    if (how & 1) {
        fuzz_assert(defined == (rc == NGX_OK));
    }

    if (rc != NGX_OK) {
        fuzz_assert(response.status == 400 || response.status == 413);
    }
}


static ngx_uint_t
definition_command(fuzz_redis_t *redis, void *data)
{
    ngx_uint_t *defined = data;

    if (fuzz_redis_is(redis, "EVAL")) {
        *defined = 1;
        fuzz_print(redis->reply, "*2\r\n$4\r\nmade\r\n:1\r\n");
        return 1;
    }

    if (fuzz_redis_is(redis, "HGET")) {
        fuzz_print(redis->reply, "$4\r\nsale\r\n");
        return 1;
    }

    return 0;
}
