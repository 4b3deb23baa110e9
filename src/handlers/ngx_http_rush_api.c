
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_api: who may call, the table of calls, and how a call waits for Redis.
 */


#include "handlers/ngx_http_rush_api.h"


static ngx_int_t ngx_http_rush_api_start(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);
static ngx_uint_t ngx_http_rush_api_local(ngx_connection_t *c);
static ngx_int_t ngx_http_rush_api_split(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_route(ngx_http_rush_api_t *api);
static ngx_uint_t ngx_http_rush_api_match(ngx_http_rush_api_t *api,
    const char *path);
static void ngx_http_rush_api_campaign(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_wait(ngx_http_rush_api_t *api);
static void ngx_http_rush_api_replied(void *data,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_api_asked(ngx_http_rush_query_t *query);
static void ngx_http_rush_api_cleanup(void *data);


#define NGX_HTTP_RUSH_API_GET  (NGX_HTTP_GET|NGX_HTTP_HEAD)


const ngx_http_rush_handler_t  ngx_http_rush_api_handlers = {
    .directive = ngx_string("rush_api"),
    .handler = ngx_http_rush_api_start,
    .methods = 0xffffffff,
    .content = 1
};


static ngx_http_rush_api_call_t  ngx_http_rush_api_calls[] = {

    { "campaigns", ngx_http_rush_api_list,
      { .methods = NGX_HTTP_RUSH_API_GET,
        .allow = ngx_string("GET, HEAD"),
        .content = 1 } },

    { "campaigns/*", ngx_http_rush_api_campaign,
      { .methods = NGX_HTTP_RUSH_API_GET|NGX_HTTP_PUT|NGX_HTTP_PATCH
                   |NGX_HTTP_DELETE,
        .allow = ngx_string("GET, HEAD, PUT, PATCH, DELETE"),
        .content = 1 } },

    { "campaigns/*/codes", ngx_http_rush_api_codes,
      { .methods = NGX_HTTP_POST,
        .allow = ngx_string("POST"),
        .content = 1 } },

    { "campaigns/*/users/*", ngx_http_rush_api_user,
      { .methods = NGX_HTTP_RUSH_API_GET,
        .allow = ngx_string("GET, HEAD"),
        .all = 1,
        .content = 1 } },

    { "campaigns/*/check", ngx_http_rush_api_check,
      { .methods = NGX_HTTP_RUSH_API_GET,
        .allow = ngx_string("GET, HEAD"),
        .content = 1 } },

    { "tags/*", ngx_http_rush_api_tag,
      { .methods = NGX_HTTP_RUSH_API_GET|NGX_HTTP_POST|NGX_HTTP_DELETE,
        .allow = ngx_string("GET, HEAD, POST, DELETE"),
        .content = 1 } },

    { "links", ngx_http_rush_api_link_bulk,
      { .methods = NGX_HTTP_POST,
        .allow = ngx_string("POST"),
        .content = 1 } },

    { "links/*", ngx_http_rush_api_link,
      { .methods = NGX_HTTP_RUSH_API_GET|NGX_HTTP_PUT|NGX_HTTP_PATCH
                   |NGX_HTTP_DELETE,
        .allow = ngx_string("GET, HEAD, PUT, PATCH, DELETE"),
        .content = 1 } },

    { "links/*/stats", ngx_http_rush_api_link_stats,
      { .methods = NGX_HTTP_RUSH_API_GET,
        .allow = ngx_string("GET, HEAD"),
        .content = 1 } },

    { "links/*/qr.svg", ngx_http_rush_api_link_qr,
      { .methods = NGX_HTTP_RUSH_API_GET,
#if (NGX_HTTP_RUSH_QR)
        .body = ngx_http_rush_api_link_svg,
#endif
        .allow = ngx_string("GET, HEAD"),
        .content = 1 } },

    { NULL, NULL, { .content = 1 } }
};


ngx_int_t
ngx_http_rush_api_handler(ngx_http_request_t *r)
{
    ngx_http_rush_ctx_t       *ctx;
    ngx_http_rush_loc_conf_t  *rlcf;

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_rush_module);

    if (r != r->main) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"rush_api\" serves main requests only, not "
                      "subrequests");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_http_rush_create_ctx(r, rlcf);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_rush_api_start(r, ctx, rlcf);
}


static ngx_int_t
ngx_http_rush_api_start(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_pool_cleanup_t   *cln;
    ngx_http_rush_api_t  *api;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_rush_api_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    api = cln->data;
    ngx_memzero(api, sizeof(ngx_http_rush_api_t));

    api->request = r;
    api->ctx = ctx;
    ctx->api = api;
    api->place = ctx->query.place;

    cln->handler = ngx_http_rush_api_cleanup;

    /* an If-Match is of the campaign, and nginx would test the answer by it */
    r->disable_not_modified = 1;

    r->main->count++;

    if (!rlcf->remote && !ngx_http_rush_api_local(r->connection)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"rush_api\" answers this machine only, set \"remote\" "
                      "and say who may call");
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_denied,
                                 "the API answers the machine only that it is "
                                 "on", NULL);

    } else if (ngx_http_rush_api_split(api) != NGX_OK) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_unknown,
                                 "there is no such call", NULL);

    } else {
        ngx_http_rush_api_route(api);
    }

    return NGX_DONE;
}


static ngx_uint_t
ngx_http_rush_api_local(ngx_connection_t *c)
{
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    u_char               *p;
    struct sockaddr_in6  *sin6;
#endif

    switch (c->sockaddr->sa_family) {

#if (NGX_HAVE_UNIX_DOMAIN)
    case AF_UNIX:
        return 1;
#endif

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) c->sockaddr;
        p = sin6->sin6_addr.s6_addr;

        return IN6_IS_ADDR_LOOPBACK(&sin6->sin6_addr)
               || (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr) && p[12] == 127);
#endif

    default: /* AF_INET */
        sin = (struct sockaddr_in *) c->sockaddr;

        return (ntohl(sin->sin_addr.s_addr) >> 24) == 127;
    }
}


/* the words of the path after the location */

static ngx_int_t
ngx_http_rush_api_split(ngx_http_rush_api_t *api)
{
    u_char                    *p, *last, *slash;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(api->request, ngx_http_core_module);

    p = api->request->uri.data + clcf->name.len;
    last = api->request->uri.data + api->request->uri.len;

    if (p < last && *p == '/') {
        p++;
    }

    for ( /* void */ ; p < last; p = slash + 1) {

        slash = ngx_strlchr(p, last, '/');
        if (slash == NULL) {
            slash = last;
        }

        if (api->nwords == NGX_HTTP_RUSH_API_WORDS) {
            return NGX_DECLINED;
        }

        api->words[api->nwords].data = p;
        api->words[api->nwords++].len = slash - p;
    }

    return NGX_OK;
}


static void
ngx_http_rush_api_route(ngx_http_rush_api_t *api)
{
    ngx_uint_t                 i;
    ngx_http_rush_api_call_t  *call;

    for (call = ngx_http_rush_api_calls; call->path; call++) {
        if (ngx_http_rush_api_match(api, call->path)) {
            break;
        }
    }

    if (call->path == NULL) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_unknown,
                                 "there is no such call", NULL);
        return;
    }

    api->ctx->handler = &call->handler;

    if (!(api->request->method & call->handler.methods)) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_method,
                                 "this call has other methods", NULL);
        return;
    }

    for (i = 1; i < api->nwords; i += 2) {
        if (!ngx_http_rush_is_id(&api->words[i])) {
            ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                     "an id must be from 1 to 64 bytes of A-Z "
                                     "a-z 0-9 _ . : @ -",
                                     i == 3 ? "user"
                                     : *call->path == 't' ? "tag"
                                     : *call->path == 'l' ? "code"
                                     : "campaign");
            return;
        }
    }

    if (*call->path == 'c' && api->nwords > 1) {
        api->ctx->campaign = api->words[1];
    }

    if (*call->path == 'l' && api->nwords > 1) {
        api->code = api->words[1];
    }

    call->start(api);
}


static ngx_uint_t
ngx_http_rush_api_match(ngx_http_rush_api_t *api, const char *path)
{
    size_t       len;
    ngx_uint_t   i;
    const char  *slash;

    for (i = 0; i < api->nwords; i++) {

        slash = ngx_strchr(path, '/');
        len = slash ? (size_t) (slash - path) : ngx_strlen(path);

        if (*path != '*'
            && (api->words[i].len != len
                || ngx_strncmp(api->words[i].data, path, len) != 0))
        {
            return 0;
        }

        path += len;

        if (*path == '\0') {
            return i + 1 == api->nwords;
        }

        path++;
    }

    return 0;
}


static void
ngx_http_rush_api_campaign(ngx_http_rush_api_t *api)
{
    switch (api->request->method) {

    case NGX_HTTP_PUT:
    case NGX_HTTP_PATCH:
        ngx_http_rush_api_define(api);
        return;

    case NGX_HTTP_DELETE:
        ngx_http_rush_api_remove(api);
        return;

    default: /* NGX_HTTP_GET, NGX_HTTP_HEAD */
        ngx_http_rush_api_show(api);
    }
}


/* while it waits, a client that is gone is noticed, unless he sends a body */

static void
ngx_http_rush_api_wait(ngx_http_rush_api_t *api)
{
    ngx_event_t         *rev;
    ngx_http_request_t  *r;

    r = api->request;
    rev = r->connection->read;

    if (api->reading) {
        return;
    }

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    if (rev->ready) {
        ngx_post_event(rev, &ngx_posted_events);

    } else {
        (void) ngx_handle_read_event(rev, 0);
    }
}


ngx_int_t
ngx_http_rush_api_exec(ngx_http_rush_api_t *api, ngx_http_rush_exec_t *exec,
    ngx_http_rush_api_reply_pt replied)
{
    if (exec == NULL) {
        ngx_http_rush_api_fail(api);
        return NGX_DONE;
    }

    if (ngx_http_rush_exec_send(exec, ngx_http_rush_api_replied, api)
        != NGX_AGAIN)
    {
        ngx_http_rush_api_unwell(api);
        return NGX_DONE;
    }

    api->exec = exec;
    api->replied = replied;

    ngx_http_rush_api_wait(api);

    return NGX_AGAIN;
}


static void
ngx_http_rush_api_replied(void *data, ngx_http_rush_reply_t *reply,
    ngx_uint_t n, ngx_uint_t last)
{
    ngx_http_rush_api_t *api = data;

    ngx_connection_t  *c;

    c = api->request->connection;

    if (last) {
        api->exec = NULL;
    }

    if (reply) {
        api->replied(api, reply, n, last);

    } else {
        ngx_http_rush_api_unwell(api);
    }

    ngx_http_run_posted_requests(c);
}


ngx_int_t
ngx_http_rush_api_ask(ngx_http_rush_api_t *api, ngx_http_rush_op_e op,
    ngx_http_rush_api_pt answered)
{
    ngx_http_rush_query_t  *query;

    query = &api->ctx->query;

    query->op = op;
    query->id = api->ctx->campaign;
    query->call.user = api->ctx->user;
    query->data = api;
    query->handler = ngx_http_rush_api_asked;

    ngx_str_set(&query->item, "");

    api->answered = answered;

    if (ngx_http_rush_query(query) != NGX_AGAIN) {
        answered(api);
        return NGX_DONE;
    }

    api->ctx->waiting = 1;
    ngx_http_rush_api_wait(api);

    return NGX_AGAIN;
}


static void
ngx_http_rush_api_asked(ngx_http_rush_query_t *query)
{
    ngx_connection_t     *c;
    ngx_http_rush_api_t  *api;

    api = query->data;
    c = api->request->connection;

    api->ctx->waiting = 0;

    api->answered(api);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_rush_api_cleanup(void *data)
{
    ngx_http_rush_api_t *api = data;

    if (api->exec) {
        ngx_http_rush_exec_cancel(api->exec);
    }

    if (api->gen) {
        yajl_gen_free(api->gen);
    }
}
