
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Configuration: what directives set, how it is inherited, and what has to be
 * there.  It is read-only after the start.
 */


#include "ngx_http_rush_conf.h"


static char *ngx_http_rush_check(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_loc_conf_t *rlcf);
static char *ngx_http_rush_find_redis(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_loc_conf_t *rlcf);


char *
ngx_http_rush_conf_secret_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_str_t                  *value;
    ngx_http_rush_main_conf_t  *rmcf;

    if (rlcf->keys != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_rush_module);

    return ngx_http_rush_keys_load(cf, &rmcf->keys, &value[1], &rlcf->keys);
}


char *
ngx_http_rush_conf_play(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t  *value;

    value = cf->args->elts;

    if (!ngx_http_rush_is_id(&value[1])
        || value[1].len > NGX_HTTP_RUSH_KIND_LEN)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the name in \"rush_play\" must be from 1 to %d "
                           "bytes of A-Z a-z 0-9 _ . : @ -, not \"%V\"",
                           NGX_HTTP_RUSH_KIND_LEN, &value[1]);
        return NGX_CONF_ERROR;
    }

    return ngx_http_rush_play_load(cf, &rmcf->plays, &value[1], &value[2]);
}


char *
ngx_http_rush_conf_arg(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_str_t                         *value;
    ngx_http_rush_arg_t               *arg;
    ngx_http_compile_complex_value_t   ccv;

    value = cf->args->elts;

    if (rlcf->args == NGX_CONF_UNSET_PTR) {
        rlcf->args = ngx_array_create(cf->pool, 2,
                                      sizeof(ngx_http_rush_arg_t));
        if (rlcf->args == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    arg = ngx_array_push(rlcf->args);
    if (arg == NULL) {
        return NGX_CONF_ERROR;
    }

    arg->name = value[1];

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[2];
    ccv.complex_value = &arg->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* a directive that answers requests; one a location */

char *
ngx_http_rush_conf_handle(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_str_t                         *value;
    ngx_http_rush_main_conf_t         *rmcf;
    ngx_http_compile_complex_value_t   ccv;

    if (rlcf->handler == cmd->post) {
        return "is duplicate";
    }

    if (rlcf->handler) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" and \"%V\" cannot share a location",
                           &rlcf->handler->directive, &cmd->name);
        return NGX_CONF_ERROR;
    }

    rlcf->handler = cmd->post;

    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_rush_module);
    rmcf->used = 1;
    rmcf->scans |= rlcf->handler->scan;

    if (cf->args->nelts == 1 || rlcf->handler->local
        || rlcf->handler->content)
    {
        return NGX_CONF_OK;
    }

    value = cf->args->elts;

    rlcf->campaign = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (rlcf->campaign == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = rlcf->campaign;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (rlcf->campaign->lengths == NULL && !rlcf->handler->scan
        && !ngx_http_rush_is_id(&rlcf->campaign->value))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the campaign in \"%V\" must be from 1 to 64 bytes "
                           "of A-Z a-z 0-9 _ . : @ -, not \"%V\"",
                           &cmd->name, &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_rush_conf_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_str_t  *value;

    value = cf->args->elts;

    if (cf->args->nelts == 2) {

        if (ngx_strcmp(value[1].data, "prometheus") == 0) {
            rlcf->status = NGX_HTTP_RUSH_STATUS_PROMETHEUS;

        } else if (ngx_strcmp(value[1].data, "json") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"rush_status\" writes \"json\" or "
                               "\"prometheus\", not \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    return ngx_http_rush_conf_handle(cf, cmd, conf);
}


char *
ngx_http_rush_conf_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_loc_conf_t *rlcf = conf;

    ngx_str_t                 *value;
    ngx_http_core_loc_conf_t  *clcf;

    value = cf->args->elts;

    if (cf->args->nelts == 2) {

        if (ngx_strcmp(value[1].data, "remote") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"rush_api\" takes \"remote\", not \"%V\"",
                               &value[1]);
            return NGX_CONF_ERROR;
        }

        rlcf->remote = 1;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->regex || clcf->named || clcf->exact_match || clcf->noname) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_api\" needs a location of a prefix, such as "
                           "\"location /rush/\"");
        return NGX_CONF_ERROR;
    }

    clcf->handler = ngx_http_rush_api_handler;

    return ngx_http_rush_conf_handle(cf, cmd, conf);
}


void *
ngx_http_rush_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_rush_main_conf_t  *rmcf;

    rmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_rush_main_conf_t));
    if (rmcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     rmcf->zone = { NULL };
     *     rmcf->prefix = { 0, NULL };
     *     rmcf->env = { NULL };
     *     rmcf->links = { NULL };
     *     rmcf->links_size = 0;
     *     rmcf->worker = NULL;
     *     rmcf->used = 0;
     *     rmcf->scans = 0;
     */

    if (ngx_array_init(&rmcf->redises, cf->pool, 1,
                       sizeof(ngx_http_rush_redis_conf_t))
        != NGX_OK
        || ngx_array_init(&rmcf->keys, cf->pool, 1,
                          sizeof(ngx_http_rush_keys_t *))
           != NGX_OK
        || ngx_array_init(&rmcf->clients, cf->pool, 16,
                          sizeof(ngx_http_rush_client_t))
           != NGX_OK
        || ngx_array_init(&rmcf->vars, cf->pool, 4, sizeof(ngx_str_t))
           != NGX_OK
        || ngx_array_init(&rmcf->hosts, cf->pool, 4,
                          sizeof(ngx_http_rush_hosts_t *))
           != NGX_OK
        || ngx_http_rush_jobs_init(cf, &rmcf->jobs) != NGX_OK
        || ngx_http_rush_plays_init(cf, &rmcf->plays) != NGX_OK)
    {
        return NULL;
    }

    return rmcf;
}


char *
ngx_http_rush_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t  name = ngx_string("rush");

    if (rmcf->prefix.data == NULL) {
        ngx_str_set(&rmcf->prefix, "rush:");
    }

    if (rmcf->used && rmcf->zone.shm == NULL
        && ngx_http_rush_zone_add(cf, &rmcf->zone, &name,
                                  NGX_HTTP_RUSH_ZONE_SIZE)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_rush_init_scan_conf(cf, rmcf);
}


void *
ngx_http_rush_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_rush_loc_conf_t  *rlcf;

    rlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_rush_loc_conf_t));
    if (rlcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     rlcf->handler = NULL;
     *     rlcf->campaign = NULL;
     *     rlcf->pass = { 0, NULL };
     *     rlcf->redis = 0;
     *     rlcf->status = NGX_HTTP_RUSH_STATUS_JSON;
     *     rlcf->remote = 0;
     */

    rlcf->keys = NGX_CONF_UNSET_PTR;
    rlcf->user = NGX_CONF_UNSET_PTR;
    rlcf->item = NGX_CONF_UNSET_PTR;
    rlcf->units = NGX_CONF_UNSET_PTR;
    rlcf->ref = NGX_CONF_UNSET_PTR;
    rlcf->key = NGX_CONF_UNSET_PTR;
    rlcf->data = NGX_CONF_UNSET_PTR;
    rlcf->ticket = NGX_CONF_UNSET_PTR;
    rlcf->args = NGX_CONF_UNSET_PTR;
    rlcf->answer = NGX_CONF_UNSET_UINT;
    rlcf->outage = NGX_CONF_UNSET_UINT;

    ngx_http_rush_create_scan_conf(rlcf);

    return rlcf;
}


char *
ngx_http_rush_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_rush_loc_conf_t *prev = parent;
    ngx_http_rush_loc_conf_t *conf = child;

    ngx_http_rush_main_conf_t  *rmcf;

    ngx_conf_merge_str_value(conf->pass, prev->pass, "");
    ngx_conf_merge_ptr_value(conf->keys, prev->keys, NULL);
    ngx_conf_merge_ptr_value(conf->user, prev->user, NULL);
    ngx_conf_merge_ptr_value(conf->item, prev->item, NULL);
    ngx_conf_merge_ptr_value(conf->units, prev->units, NULL);
    ngx_conf_merge_ptr_value(conf->ref, prev->ref, NULL);
    ngx_conf_merge_ptr_value(conf->key, prev->key, NULL);
    ngx_conf_merge_ptr_value(conf->data, prev->data, NULL);
    ngx_conf_merge_ptr_value(conf->ticket, prev->ticket, NULL);
    ngx_conf_merge_ptr_value(conf->args, prev->args, NULL);
    ngx_conf_merge_uint_value(conf->answer, prev->answer,
                              NGX_HTTP_RUSH_ANSWER_JSON);
    ngx_conf_merge_uint_value(conf->outage, prev->outage,
                              NGX_HTTP_RUSH_OUTAGE_CLOSED);

    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_rush_module);

    if (ngx_http_rush_merge_scan_conf(cf, rmcf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_rush_check(cf, rmcf, conf);
}


static char *
ngx_http_rush_check(ngx_conf_t *cf, ngx_http_rush_main_conf_t *rmcf,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_uint_t            i;
    ngx_http_rush_arg_t  *arg;

    if (rlcf->args) {
        arg = rlcf->args->elts;

        for (i = 0; i < rlcf->args->nelts; i++) {
            if (!ngx_http_rush_play_has_arg(&rmcf->plays, &arg[i].name)) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"rush_arg\" \"%V\" is an argument of no "
                                   "play", &arg[i].name);
                return NGX_CONF_ERROR;
            }
        }
    }

    if (rlcf->handler == NULL) {
        return NGX_CONF_OK;
    }

    if (rlcf->handler->user && rlcf->user == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs \"rush_user\", which says who asks",
                           &rlcf->handler->directive);
        return NGX_CONF_ERROR;
    }

    if (rlcf->handler->keys && rlcf->keys == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs \"rush_secret_file\": make a file "
                           "with a line \"id:secret\" and name it here",
                           &rlcf->handler->directive);
        return NGX_CONF_ERROR;
    }

    return ngx_http_rush_find_redis(cf, rmcf, rlcf);
}


static char *
ngx_http_rush_find_redis(ngx_conf_t *cf, ngx_http_rush_main_conf_t *rmcf,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_uint_t                   i;
    ngx_http_rush_redis_conf_t  *rcf;

    if (rmcf->redises.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a \"rush_redis\" block",
                           &rlcf->handler->directive);
        return NGX_CONF_ERROR;
    }

    if (rlcf->handler->local) {
        /* any of them */
        return NGX_CONF_OK;
    }

    if (rlcf->pass.len == 0 && rmcf->redises.nelts > 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "there are several \"rush_redis\", and \"%V\" "
                           "needs \"rush_pass\" to say which",
                           &rlcf->handler->directive);
        return NGX_CONF_ERROR;
    }

    rcf = rmcf->redises.elts;

    for (i = 0; i < rmcf->redises.nelts; i++) {
        if (rlcf->pass.len == 0
            || (rcf[i].name.len == rlcf->pass.len
                && ngx_strncmp(rcf[i].name.data, rlcf->pass.data,
                               rlcf->pass.len)
                   == 0))
        {
            rlcf->redis = i;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"rush_pass\" \"%V\" is no \"rush_redis\"",
                       &rlcf->pass);

    return NGX_CONF_ERROR;
}
