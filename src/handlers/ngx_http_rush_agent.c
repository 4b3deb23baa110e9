
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Classes of clients by User-Agent.  They are tried in their order, the
 * operator's own ones first, and the last one is everybody else.  What was
 * found is remembered by each worker.
 */


#include "handlers/ngx_http_rush_handler.h"


typedef struct {
    ngx_str_t                    name;
    ngx_str_t                    regex;
} ngx_http_rush_agent_class_t;


static ngx_int_t ngx_http_rush_agent_match(ngx_array_t *clients,
    ngx_str_t *agent);


static ngx_http_rush_agent_class_t  ngx_http_rush_agent_classes[] = {

    /* not Cubot, who makes phones, and not a word like "bottom" */

    { ngx_string("bot"),
      ngx_string("(?<!cu)bot(?![a-z])|crawl|spider|slurp"
                 "|facebookexternalhit|facebookcatalog|whatsapp/"
                 "|skypeuripreview|mediapartners-google|apis-google"
                 "|google-(?:read-aloud|inspectiontool|site-verification)"
                 "|headlesschrome|lighthouse|phantomjs|larkurl") },
    { ngx_string("wecom"), ngx_string("wxwork") },
    { ngx_string("miniprogram"),
      ngx_string("micromessenger.*miniprogram|miniprogram.*micromessenger") },
    { ngx_string("wechat"), ngx_string("micromessenger") },
    { ngx_string("alipay"), ngx_string("alipayclient|aliapp\\(ap") },
    { ngx_string("douyin"),
      ngx_string("aweme|douyin|bytedancewebview|toutiaomicroapp") },
    { ngx_string("ios"), ngx_string("iphone|ipad|ipod") },
    { ngx_string("android"),
      ngx_string("android|harmonyos|(?:phone|tablet); openharmony") },
    { ngx_string("desktop"), ngx_string("") }
};


#define NGX_HTTP_RUSH_AGENT_CLASSES                                          \
    (sizeof(ngx_http_rush_agent_classes)                                     \
     / sizeof(ngx_http_rush_agent_classes[0]))


/* all classes in their order: own ones replace others, or are the first */

ngx_int_t
ngx_http_rush_agent_init(ngx_conf_t *cf, ngx_array_t *clients)
{
    ngx_uint_t               i, k, n;
    ngx_http_rush_client_t  *client, own;

    n = clients->nelts;

    for (i = 0; i < NGX_HTTP_RUSH_AGENT_CLASSES; i++) {

        client = clients->elts;

        for (k = 0; k < n; k++) {
            if (client[k].name.len == ngx_http_rush_agent_classes[i].name.len
                && ngx_strncmp(client[k].name.data,
                               ngx_http_rush_agent_classes[i].name.data,
                               client[k].name.len)
                   == 0)
            {
                break;
            }
        }

        if (k < n) {
            /* to the place of the one that it replaces */

            own = client[k];

            ngx_memmove(&client[k], &client[k + 1],
                        (clients->nelts - k - 1)
                        * sizeof(ngx_http_rush_client_t));

            client[clients->nelts - 1] = own;
            n--;
            continue;
        }

        if (ngx_http_rush_agent_add(cf, clients,
                                     &ngx_http_rush_agent_classes[i].name,
                                     &ngx_http_rush_agent_classes[i].regex)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_agent_add(ngx_conf_t *cf, ngx_array_t *clients,
    ngx_str_t *name, ngx_str_t *regex)
{
    ngx_regex_t             *compiled;
    ngx_http_rush_client_t  *client;

    if (ngx_http_rush_regex(cf, regex, &compiled) != NGX_OK) {
        return NGX_ERROR;
    }

    client = ngx_array_push(clients);
    if (client == NULL) {
        return NGX_ERROR;
    }

    client->name = *name;
    client->regex = compiled;
    client->bit = 0;

    return NGX_OK;
}


/* without regard to case */

ngx_int_t
ngx_http_rush_regex(ngx_conf_t *cf, ngx_str_t *pattern, ngx_regex_t **regex)
{
    u_char               errstr[NGX_MAX_CONF_ERRSTR];
    ngx_regex_compile_t  rc;

    ngx_memzero(&rc, sizeof(ngx_regex_compile_t));

    rc.pattern = *pattern;
    rc.options = NGX_REGEX_CASELESS;
    rc.pool = cf->pool;
    rc.err.len = NGX_MAX_CONF_ERRSTR;
    rc.err.data = errstr;

    if (ngx_regex_compile(&rc) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V", &rc.err);
        return NGX_ERROR;
    }

    *regex = rc.regex;

    return NGX_OK;
}


ngx_http_rush_client_t *
ngx_http_rush_agent(ngx_http_request_t *r)
{
    ngx_str_t                   agent;
    ngx_array_t                *clients;
    ngx_http_rush_client_t     *client;
    ngx_http_rush_entry_t      *entry;
    ngx_http_rush_main_conf_t  *rmcf;

    rmcf = ngx_http_get_module_main_conf(r, ngx_http_rush_module);
    clients = &rmcf->clients;
    client = clients->elts;

    ngx_str_set(&agent, "");

    if (r->headers_in.user_agent) {
        agent = r->headers_in.user_agent->value;
    }

    entry = rmcf->worker ? ngx_http_rush_memo_get(rmcf->worker->memo, clients,
                                                  &agent)
                         : NULL;

    if (entry == NULL) {
        return &client[ngx_http_rush_agent_match(clients, &agent)];
    }

    if (!entry->known) {
        entry->value = ngx_http_rush_agent_match(clients, &agent);
        entry->known = 1;
    }

    return &client[entry->value];
}


static ngx_int_t
ngx_http_rush_agent_match(ngx_array_t *clients, ngx_str_t *agent)
{
    ngx_uint_t               i;
    ngx_http_rush_client_t  *client;

    client = clients->elts;

    for (i = 0; i < clients->nelts - 1; i++) {
        if (ngx_regex_exec(client[i].regex, agent, NULL, 0) >= 0) {
            break;
        }
    }

    return i;
}
