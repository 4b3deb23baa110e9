
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Configuration of scans: classes of clients, where links may lead to, what
 * their rules may test.
 */


#include "ngx_http_rush_conf.h"


static ngx_int_t ngx_http_rush_conf_host(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_rush_hosts_t *hosts);
static ngx_int_t ngx_http_rush_conf_scheme(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_rush_hosts_t *hosts);


char *
ngx_http_rush_conf_client(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t               *value;
    ngx_uint_t               i;
    ngx_http_rush_client_t  *client;

    value = cf->args->elts;
    client = rmcf->clients.elts;

    if (!ngx_http_rush_is_id(&value[1])
        || value[1].len > NGX_HTTP_RUSH_CLIENT_LEN)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the name in \"rush_client\" must be from 1 to %d "
                           "bytes of A-Z a-z 0-9 _ . : @ -, not \"%V\"",
                           NGX_HTTP_RUSH_CLIENT_LEN, &value[1]);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < rmcf->clients.nelts; i++) {
        if (client[i].name.len == value[1].len
            && ngx_strncmp(client[i].name.data, value[1].data, value[1].len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate \"rush_client\" \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (i == NGX_HTTP_RUSH_CLIENTS_OWN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "there are more than %d \"rush_client\"",
                           NGX_HTTP_RUSH_CLIENTS_OWN);
        return NGX_CONF_ERROR;
    }

    return ngx_http_rush_agent_add(cf, &rmcf->clients, &value[1], &value[2])
           == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_rush_conf_hosts(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_str_t               *value;
    ngx_uint_t               i;
    ngx_http_rush_hosts_t   *hosts, **host;

    if (rlcf->scan_hosts != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    rlcf->scan_hosts = ngx_array_create(cf->pool, 1,
                                        sizeof(ngx_http_rush_hosts_t *));
    hosts = ngx_palloc(cf->pool, sizeof(ngx_http_rush_hosts_t));

    if (rlcf->scan_hosts == NULL || hosts == NULL
        || ngx_array_init(&hosts->hosts, cf->pool, 4, sizeof(ngx_regex_t *))
           != NGX_OK
        || ngx_array_init(&hosts->schemes, cf->pool, 2, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    host = ngx_array_push(rlcf->scan_hosts);
    if (host == NULL) {
        return NGX_CONF_ERROR;
    }

    *host = hosts;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_rush_conf_host(cf, &value[i], hosts) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* a regular expression, or a scheme, which ends with ":" or "://" */

static ngx_int_t
ngx_http_rush_conf_host(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_rush_hosts_t *hosts)
{
    u_char        *p;
    ngx_str_t      wrapped;
    ngx_regex_t   *alone, *whole, **regex;

    if (value->len && (value->data[value->len - 1] == ':'
                       || (value->len > 3
                           && ngx_strncmp(&value->data[value->len - 3], "://",
                                          3)
                              == 0)))
    {
        return ngx_http_rush_conf_scheme(cf, value, hosts);
    }

    if (value->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "an empty name in \"rush_scan_hosts\"");
        return NGX_ERROR;
    }

    /*
     * the whole host, or one that begins or ends alike would do; alone first,
     * so that a lone bracket does not open what is put around it
     */

    p = ngx_pnalloc(cf->pool, value->len + sizeof("\\A(?:\n)\\z"));
    if (p == NULL || ngx_http_rush_regex(cf, value, &alone) != NGX_OK) {
        return NGX_ERROR;
    }

    wrapped.data = p;
    wrapped.len = ngx_sprintf(p, "\\A(?:%V)\\z%Z", value) - p - 1;

    if (ngx_http_rush_regex(cf, &wrapped, &whole) != NGX_OK) {
        return NGX_ERROR;
    }

    regex = ngx_array_push(&hosts->hosts);
    if (regex == NULL) {
        return NGX_ERROR;
    }

    *regex = whole;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_conf_scheme(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_rush_hosts_t *hosts)
{
    ngx_str_t  *scheme, name;

    name = *value;

    while (name.len && (name.data[name.len - 1] == ':'
                        || name.data[name.len - 1] == '/'))
    {
        name.len--;
    }

    if (!ngx_http_rush_scheme_allowed(&name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"rush_scan_hosts\" is no scheme that a "
                           "link may have", value);
        return NGX_ERROR;
    }

    scheme = ngx_array_push(&hosts->schemes);
    if (scheme == NULL) {
        return NGX_ERROR;
    }

    *scheme = name;

    return NGX_OK;
}


char *
ngx_http_rush_conf_vars(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_int_t                  *index;
    ngx_str_t                  *value, *name, *all;
    ngx_uint_t                  i;
    ngx_http_rush_main_conf_t  *rmcf;

    if (rlcf->scan_vars != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_rush_module);

    rlcf->scan_vars = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    rlcf->scan_indexes = ngx_array_create(cf->pool, 4, sizeof(ngx_int_t));

    if (rlcf->scan_vars == NULL || rlcf->scan_indexes == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len && value[i].data[0] == '$') {
            value[i].data++;
            value[i].len--;
        }

        if (value[i].len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "an empty name in \"rush_scan_vars\"");
            return NGX_CONF_ERROR;
        }

        name = ngx_array_push(rlcf->scan_vars);
        index = ngx_array_push(rlcf->scan_indexes);
        all = ngx_array_push(&rmcf->vars);

        if (name == NULL || index == NULL || all == NULL) {
            return NGX_CONF_ERROR;
        }

        *name = value[i];
        *all = value[i];
        *index = ngx_http_get_variable_index(cf, &value[i]);

        if (*index == NGX_ERROR) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


void
ngx_http_rush_create_scan_conf(ngx_http_rush_loc_conf_t *rlcf)
{
    rlcf->scan_hosts = NGX_CONF_UNSET_PTR;
    rlcf->scan_vars = NGX_CONF_UNSET_PTR;
    rlcf->scan_indexes = NGX_CONF_UNSET_PTR;
    rlcf->scan_sign = NGX_CONF_UNSET;
    rlcf->scan_stale = NGX_CONF_UNSET_MSEC;
}


char *
ngx_http_rush_merge_scan_conf(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_loc_conf_t *prev,
    ngx_http_rush_loc_conf_t *conf)
{
    ngx_http_rush_hosts_t  **hosts, **own;

    ngx_conf_merge_ptr_value(conf->scan_hosts, prev->scan_hosts, NULL);
    ngx_conf_merge_ptr_value(conf->scan_vars, prev->scan_vars, NULL);
    ngx_conf_merge_ptr_value(conf->scan_indexes, prev->scan_indexes, NULL);
    ngx_conf_merge_value(conf->scan_sign, prev->scan_sign, 0);
    ngx_conf_merge_msec_value(conf->scan_stale, prev->scan_stale,
                              NGX_HTTP_RUSH_SCAN_STALE);

    if (conf->handler == NULL || !conf->handler->scan) {
        return NGX_CONF_OK;
    }

    if (conf->scan_hosts == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_scan\" needs \"rush_scan_hosts\", which "
                           "says where links may lead to");
        return NGX_CONF_ERROR;
    }

    if (conf->scan_sign && conf->keys == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_scan_sign\" needs \"rush_secret_file\": "
                           "make a file with a line \"id:secret\" and name it "
                           "here");
        return NGX_CONF_ERROR;
    }

    hosts = ngx_array_push(&rmcf->hosts);
    if (hosts == NULL) {
        return NGX_CONF_ERROR;
    }

    own = conf->scan_hosts->elts;
    *hosts = own[0];

    return NGX_CONF_OK;
}


/* when all of http{} has been read */

char *
ngx_http_rush_init_scan_conf(ngx_conf_t *cf, ngx_http_rush_main_conf_t *rmcf)
{
    u_char                      *p;
    ngx_str_t                    name, *tag;
    ngx_uint_t                   i;
    ngx_http_rush_redis_conf_t  *rcf;

    if (ngx_http_rush_agent_init(cf, &rmcf->clients) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    rmcf->env.clients = &rmcf->clients;
    rmcf->env.lenient = 1;

    if (!rmcf->scans) {
        return NGX_CONF_OK;
    }

    if (ngx_array_init(&rmcf->links.tags, cf->pool, 1, sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    rcf = rmcf->redises.elts;

    for (i = 0; i < rmcf->redises.nelts; i++) {
        tag = ngx_array_push(&rmcf->links.tags);
        p = ngx_pnalloc(cf->pool, rcf[i].tag.len + 1 + rmcf->prefix.len);

        if (tag == NULL || p == NULL) {
            return NGX_CONF_ERROR;
        }

        tag->data = p;
        tag->len = ngx_sprintf(p, "%V\t%V", &rcf[i].tag, &rmcf->prefix) - p;
    }

    rmcf->links.clients = &rmcf->clients;

    name.len = rmcf->zone.shm->shm.name.len + sizeof(":links") - 1;
    name.data = ngx_pnalloc(cf->pool, name.len);
    if (name.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_sprintf(name.data, "%V:links", &rmcf->zone.shm->shm.name);

    return ngx_http_rush_links_add(cf, &rmcf->links, &name, rmcf->links_size
                                   ? rmcf->links_size
                                   : NGX_HTTP_RUSH_LINKS_SIZE);
}
