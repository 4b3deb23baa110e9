
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Classes of clients.  The input is a User-Agent; it has one class, which is
 * the same when it comes again and is remembered, and which its words explain.
 */


#include "fuzz.h"


static ngx_http_rush_client_t *agent_class(ngx_str_t *agent,
    ngx_http_rush_worker_t *worker, ngx_pool_t *pool);
static ngx_uint_t agent_has(ngx_str_t *agent, const char *words);


static ngx_array_t  agent_clients;


void
fuzz_init(void)
{
}


void
fuzz_one(ngx_str_t *input, ngx_pool_t *pool)
{
    ngx_uint_t               i, n, after;
    ngx_http_rush_client_t  *client, *first, *again;
    ngx_http_rush_worker_t  *worker;

    /* a word that each User-Agent of the class has, and the class before it */

    static struct {
        const char  *name;
        const char  *words;
    } classes[] = {
        { "bot", "bot|crawl|spider|slurp|facebookexternalhit|facebookcatalog|"
                 "whatsapp/|skypeuripreview|mediapartners-google|apis-google|"
                 "google-|headlesschrome|lighthouse|phantomjs|larkurl" },
        { "wecom", "wxwork" },
        { "miniprogram", "miniprogram" },
        { "wechat", "micromessenger" },
        { "alipay", "alipayclient|aliapp(ap" },
        { "douyin", "aweme|douyin|bytedancewebview|toutiaomicroapp" },
        { "ios", "iphone|ipad|ipod" },
        { "android", "android|harmonyos|openharmony" },
        { "desktop", "" }
    };

    agent_clients = fuzz_main->clients;
    first = agent_clients.elts;
    worker = fuzz_main->worker;

    client = agent_class(input, NULL, pool);
    again = agent_class(input, worker, pool);

    fuzz_assert(client == again);
    fuzz_assert(client == agent_class(input, worker, pool));

    n = client - first;
    fuzz_assert(n < agent_clients.nelts);
    fuzz_assert(agent_clients.nelts == sizeof(classes) / sizeof(classes[0]));

    for (i = 0; i < agent_clients.nelts; i++) {
        fuzz_assert(first[i].name.len == ngx_strlen(classes[i].name)
                    && ngx_memcmp(first[i].name.data, classes[i].name,
                                  first[i].name.len)
                       == 0);
    }

    fuzz_assert(*classes[n].words == '\0'
                || agent_has(input, classes[n].words));

    /* a class of one word that is before it would have taken it */

    for (i = 1, after = 0; i < n; i++) {
        /* miniprogram has two words, in any order, but on one line */

        after |= (i != 2 && agent_has(input, i == 7 ? "android|harmonyos"
                                             : classes[i].words));
    }

    fuzz_assert(!after);
}


static ngx_http_rush_client_t *
agent_class(ngx_str_t *agent, ngx_http_rush_worker_t *worker,
    ngx_pool_t *pool)
{
    ngx_table_elt_t         *h;
    ngx_http_request_t      *r;
    ngx_http_rush_client_t  *client;

    r = ngx_pcalloc(pool, sizeof(ngx_http_request_t));
    h = ngx_pcalloc(pool, sizeof(ngx_table_elt_t));
    fuzz_assert(r && h);

    h->value = fuzz_copy(pool, agent);

    r->pool = pool;
    r->main_conf = fuzz_ctx->main_conf;
    r->headers_in.user_agent = h;

    fuzz_main->worker = worker;
    client = ngx_http_rush_agent(r);

    return client;
}


static ngx_uint_t
agent_has(ngx_str_t *agent, const char *words)
{
    size_t       i, len;
    const char  *end;

    for ( ;; ) {
        end = strchr(words, '|');
        len = end ? (size_t) (end - words) : ngx_strlen(words);

        for (i = 0; i + len <= agent->len; i++) {
            if (ngx_strncasecmp(agent->data + i, (u_char *) words, len) == 0) {
                return 1;
            }
        }

        if (end == NULL) {
            return 0;
        }

        words = end + 1;
    }
}
