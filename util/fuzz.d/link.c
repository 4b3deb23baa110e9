
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Links.  The input is a line of arguments, a line that is a User-Agent, and a
 * link as JSON.  The JSON means the same however it is cut, what is compiled
 * points nowhere else, and a visitor is led to an allowed place or nowhere.
 */


#include "fuzz.h"


typedef struct {
    ngx_str_t                   *json;
    ngx_uint_t                   read;
} link_redis_t;


static ngx_int_t link_compile(ngx_str_t *json, ngx_uint_t mode,
    ngx_pool_t *pool, ngx_http_rush_link_t **link, ngx_str_t *text);
static void link_check(ngx_http_rush_link_t *link);
static void link_targets(ngx_http_rush_link_t *link);
static ngx_uint_t link_text(ngx_http_rush_link_t *link,
    ngx_http_rush_text_t *text);
static ngx_uint_t link_target(ngx_http_rush_link_t *link, ngx_uint_t n);
static void link_visit(ngx_str_t *json, ngx_str_t *args, ngx_str_t *agent,
    ngx_uint_t valid, ngx_pool_t *pool);
static void link_told(ngx_str_t *body, ngx_pool_t *pool);
static ngx_uint_t link_command(fuzz_redis_t *redis, void *data);
static void link_leads(ngx_str_t *to);


static ngx_http_rush_link_env_t  link_env;


void
fuzz_init(void)
{
    link_env.clients = &fuzz_main->clients;
    link_env.vars = fuzz_server->scan_vars;
    link_env.hosts = fuzz_server->scan_hosts;
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    ngx_int_t              rc;
    ngx_str_t              args, agent, json, text, again;
    ngx_uint_t             mode;
    ngx_http_rush_link_t  *link, *other;

    args = fuzz_line(input);
    agent = fuzz_line(input);
    json = *input;

    rc = link_compile(&json, 0, pool, &link, &text);

    for (mode = 1; mode < FUZZ_MODES; mode++) {
        fuzz_assert(link_compile(&json, mode, pool, &other, &again) == rc);

        if (rc == NGX_OK) {
            fuzz_assert(fuzz_same(&text, &again));
            fuzz_assert(link->size == other->size
                        && ngx_memcmp(link, other, link->size) == 0);
        }
    }

    if (rc == NGX_OK) {
        link_check(link);

        /* what Redis keeps is the same link */

        fuzz_assert(link_compile(&text, 0, pool, &other, &again) == NGX_OK);
        fuzz_assert(fuzz_same(&text, &again));
        fuzz_assert(link->size == other->size
                    && ngx_memcmp(link, other, link->size) == 0);
    }

    link_visit(&json, &args, &agent, rc == NGX_OK, pool);
}


static ngx_int_t
link_compile(ngx_str_t *json, ngx_uint_t mode, ngx_pool_t *pool,
    ngx_http_rush_link_t **link, ngx_str_t *text)
{
    ngx_int_t                    rc;
    ngx_str_t                    rest, piece;
    ngx_http_rush_definition_t  *def;

    def = ngx_http_rush_definition_create(pool);
    fuzz_assert(def);

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
        rc = ngx_http_rush_link_compile(def, &link_env, link);
    }

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && def->error.len);
        return rc;
    }

    fuzz_assert(ngx_http_rush_link_json(def, text) == NGX_OK);
    fuzz_assert(fuzz_is_json(pool, text));

    return NGX_OK;
}


/* all that it names is in it */

static void
link_check(ngx_http_rush_link_t *link)
{
    ngx_uint_t             i;
    ngx_http_rush_rule_t  *rule;

    fuzz_assert(link->size <= NGX_HTTP_RUSH_LINK_MAX);
    fuzz_assert(link->nrules <= NGX_HTTP_RUSH_LINK_RULES);
    fuzz_assert(link->nrules || link->fallback != NGX_HTTP_RUSH_LINK_NONE);
    fuzz_assert(link->status == 301 || link->status == 302
                || link->status == 303 || link->status == 307
                || link->status == 308);

    fuzz_assert(link_target(link, link->fallback));
    fuzz_assert(link_target(link, link->before));
    fuzz_assert(link_target(link, link->after));
    fuzz_assert(link_text(link, &link->ref));
    fuzz_assert(link_text(link, &link->bind));
    fuzz_assert(link_text(link, &link->claim));

    for (i = 0; i < link->nrules; i++) {
        rule = &ngx_http_rush_link_rules(link)[i];

        fuzz_assert(rule->n >= 1 && rule->n <= NGX_HTTP_RUSH_LINK_TARGETS);
        fuzz_assert(rule->first + rule->n <= link->ntargets);
        fuzz_assert(link_text(link, &rule->member));
        fuzz_assert(link_text(link, &rule->name));
        fuzz_assert(link_text(link, &rule->is));
    }

    link_targets(link);
}


static void
link_targets(ngx_http_rush_link_t *link)
{
    ngx_str_t                to, host, scheme;
    ngx_uint_t               i;
    ngx_http_rush_hosts_t  **hosts;
    ngx_http_rush_target_t  *target;

    hosts = link_env.hosts->elts;

    for (i = 0; i < link->ntargets; i++) {
        target = &ngx_http_rush_link_targets(link)[i];

        fuzz_assert(link_text(link, &target->to));
        fuzz_assert(link_text(link, &target->host));

        ngx_http_rush_link_text(link, target->to, &to);
        ngx_http_rush_link_text(link, target->host, &host);

        scheme.data = to.data;
        scheme.len = target->scheme;

        fuzz_assert(to.len > scheme.len && to.data[scheme.len] == ':');
        fuzz_assert(ngx_http_rush_hosts_allow(hosts[0], &scheme, &host));
        fuzz_assert(target->weight >= 1 && target->weight <= 100);
    }
}


static ngx_uint_t
link_text(ngx_http_rush_link_t *link, ngx_http_rush_text_t *text)
{
    size_t  head;

    if (text->len == 0) {
        return 1;
    }

    head = (u_char *) (ngx_http_rush_link_targets(link) + link->ntargets)
           - (u_char *) link;

    return text->off >= head && text->off + text->len <= link->size;
}


static ngx_uint_t
link_target(ngx_http_rush_link_t *link, ngx_uint_t n)
{
    return n == NGX_HTTP_RUSH_LINK_NONE || n < link->ntargets;
}


static void
link_visit(ngx_str_t *json, ngx_str_t *args, ngx_str_t *agent,
    ngx_uint_t valid, ngx_pool_t *pool)
{
    ngx_str_t        to;
    fuzz_text_t      text;
    link_redis_t     data;
    fuzz_response_t  response;

    if (fuzz_has_control(args) || fuzz_has_control(agent)
        || memchr(args->data, ' ', args->len)
        || memchr(args->data, '#', args->len)
        || args->len + agent->len > 4000)
    {
        return;
    }

    fuzz_text(&text, pool);
    fuzz_print(&text, "GET /q/a-code?%V HTTP/1.1\r\nHost: a\r\n"
               "X-User: ann\r\nX-Var: a\r\nUser-Agent: %V\r\n\r\n",
               args, agent);

    data.json = json;
    data.read = 0;

    fuzz_redis_open(fuzz_main->worker->places[0].calls->redis, pool,
                    link_command, &data);
    fuzz_request(&text.text, 0, pool, &response);

    if (data.read && !valid) {
        /* it is in Redis for older rules than these, or damaged */
        fuzz_assert(response.status != 200);
    }

    to = fuzz_header(&response, "Location");

    if (to.data) {
        fuzz_assert(response.status >= 301 && response.status <= 308);
        link_leads(&to);

    } else if (response.body.len && response.status != 400) {
        fuzz_assert(fuzz_is_json(pool, &response.body));
        link_told(&response.body, pool);
    }
}


/* the answer to a mini-program tells where it leads */

static void
link_told(ngx_str_t *body, ngx_pool_t *pool)
{
    ngx_str_t    to;
    yajl_val     tree, target;
    fuzz_text_t  text;

    static const char  *path[] = { "target", NULL };

    fuzz_text(&text, pool);
    fuzz_add(&text, body->data, body->len);
    fuzz_add(&text, "\0", 1);

    tree = yajl_tree_parse((char *) text.text.data, NULL, 0);
    target = yajl_tree_get(tree, path, yajl_t_string);

    if (target) {
        to.data = (u_char *) YAJL_GET_STRING(target);
        to.len = ngx_strlen(to.data);
        link_leads(&to);
    }

    yajl_tree_free(tree);
}


/* of links the document and its version; scripts pick the first, and bind */

static ngx_uint_t
link_command(fuzz_redis_t *redis, void *data)
{
    link_redis_t *link = data;

    ngx_str_t   line;
    ngx_uint_t  at, i, n;

    if (fuzz_redis_is(redis, "HMGET") && redis->args[1].len == 15
        && ngx_memcmp(redis->args[1].data, "p:link:{a-code}", 15) == 0)
    {
        fuzz_assert(redis->n == 5);
        fuzz_print(redis->reply, "*3\r\n");
        fuzz_redis_bulk(redis->reply, link->json);
        fuzz_print(redis->reply, "$1\r\n1\r\n$-1\r\n");
        link->read = 1;
        return 1;
    }

    if (fuzz_redis_is(redis, "EVALSHA")) {
        n = fuzz_redis_calls(redis, &at);
        fuzz_redis_head(redis, n);

        for (i = 0; i < n; i++) {
            ngx_str_set(&line, "full");
            fuzz_redis_bulk(redis->reply, &line);
        }

        return 1;
    }

    if (fuzz_redis_is(redis, "SMISMEMBER")) {
        fuzz_print(redis->reply, "*%ui\r\n", redis->n - 2);

        for (i = 2; i < redis->n; i++) {
            fuzz_print(redis->reply, ":1\r\n");
        }

        return 1;
    }

    return 0;
}


/* by nginx.conf: example.com and below, by https or http, and two apps */

static void
link_leads(ngx_str_t *to)
{
    size_t      i, scheme, end, host;
    ngx_uint_t  web;

    static const char  ours[] = "example.com";

    for (i = 0; i < to->len; i++) {
        fuzz_assert(to->data[i] > ' ' && to->data[i] < 0x7f);
    }

    for (scheme = 0; scheme < to->len; scheme++) {
        if (to->data[scheme] == ':') {
            break;
        }
    }

    fuzz_assert(scheme < to->len);

    if ((scheme == 6 && ngx_strncasecmp(to->data, (u_char *) "weixin", 6) == 0)
        || (scheme == 7
            && ngx_strncasecmp(to->data, (u_char *) "alipays", 7) == 0))
    {
        return;
    }

    web = (scheme == 5 || scheme == 4)
          && ngx_strncasecmp(to->data, (u_char *) "https", scheme) == 0;

    fuzz_assert(web && to->len > scheme + 3
                && ngx_memcmp(to->data + scheme, "://", 3) == 0);

    host = scheme + 3;

    for (end = host; end < to->len; end++) {
        if (strchr(":/?#", to->data[end])) {
            break;
        }
    }

    i = sizeof(ours) - 1;

    fuzz_assert(end - host >= i
                && ngx_strncasecmp(to->data + end - i, (u_char *) ours, i)
                   == 0);
    fuzz_assert(end - host == i || to->data[end - i - 1] == '.');
}
