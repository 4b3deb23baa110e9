
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Directives, configuration and wiring: the one file that knows everyone.
 * Configuration is read-only after the start; a worker's state is made in
 * init_process and hangs on the main configuration.
 */


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_ZONE_SIZE  (16 * 1024 * 1024)


static char *ngx_http_rush_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_secret_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_play(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_arg(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_handle(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_rush_check(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_loc_conf_t *rlcf);
static char *ngx_http_rush_find_redis(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_loc_conf_t *rlcf);

static void *ngx_http_rush_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_rush_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_rush_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_rush_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_rush_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_rush_init_process(ngx_cycle_t *cycle);
static void ngx_http_rush_exit_process(ngx_cycle_t *cycle);


static ngx_conf_enum_t  ngx_http_rush_answers[] = {
    { ngx_string("json"), NGX_HTTP_RUSH_ANSWER_JSON },
    { ngx_string("status"), NGX_HTTP_RUSH_ANSWER_STATUS },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_rush_outages[] = {
    { ngx_string("closed"), NGX_HTTP_RUSH_OUTAGE_CLOSED },
    { ngx_string("open"), NGX_HTTP_RUSH_OUTAGE_OPEN },
    { ngx_null_string, 0 }
};


static ngx_command_t  ngx_http_rush_commands[] = {

    { ngx_string("rush_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_rush_redis,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_prefix"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_prefix,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_play"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE2,
      ngx_http_rush_play,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_pass"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, pass),
      NULL },

    { ngx_string("rush_secret_file"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_secret_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_user"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, user),
      NULL },

    { ngx_string("rush_item"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, item),
      NULL },

    { ngx_string("rush_units"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, units),
      NULL },

    { ngx_string("rush_ref"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, ref),
      NULL },

    { ngx_string("rush_key"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, key),
      NULL },

    { ngx_string("rush_data"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, data),
      NULL },

    { ngx_string("rush_arg"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_http_rush_arg,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_ticket"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, ticket),
      NULL },

    { ngx_string("rush_answer"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, answer),
      &ngx_http_rush_answers },

    { ngx_string("rush_outage"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, outage),
      &ngx_http_rush_outages },

    { ngx_string("rush_claim"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_claim_handler },

    { ngx_string("rush_result"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_result_handler },

    { ngx_string("rush_confirm"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_confirm_handler },

    { ngx_string("rush_release"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_release_handler },

    { ngx_string("rush_void"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_void_handler },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_rush_module_ctx = {
    ngx_http_rush_add_variables,           /* preconfiguration */
    ngx_http_rush_init,                    /* postconfiguration */

    ngx_http_rush_create_main_conf,        /* create main configuration */
    ngx_http_rush_init_main_conf,          /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_rush_create_loc_conf,         /* create location configuration */
    ngx_http_rush_merge_loc_conf           /* merge location configuration */
};


ngx_module_t  ngx_http_rush_module = {
    NGX_MODULE_V1,
    &ngx_http_rush_module_ctx,             /* module context */
    ngx_http_rush_commands,                /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_rush_init_process,            /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_rush_exit_process,            /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static char *
ngx_http_rush_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t                   *value;
    ngx_uint_t                   i;
    ngx_http_rush_redis_conf_t  *rcf;

    value = cf->args->elts;

    if (!ngx_http_rush_is_id(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the name in \"rush_redis\" must be from 1 to 64 "
                           "bytes of A-Z a-z 0-9 _ . : @ -, not \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    rcf = rmcf->redises.elts;

    for (i = 0; i < rmcf->redises.nelts; i++) {
        if (rcf[i].name.len == value[1].len
            && ngx_strncmp(rcf[i].name.data, value[1].data, value[1].len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate \"rush_redis\" \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    rcf = ngx_array_push(&rmcf->redises);
    if (rcf == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(rcf, sizeof(ngx_http_rush_redis_conf_t));
    rcf->name = value[1];

    return ngx_http_rush_redis_block(cf, rcf);
}


static char *
ngx_http_rush_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    u_char     *p, *last;
    ssize_t     size;
    ngx_str_t  *value, name, s;

    if (rmcf->zone.shm) {
        return "is duplicate";
    }

    value = cf->args->elts;
    last = value[1].data + value[1].len;

    p = ngx_strlchr(value[1].data, last, ':');

    if (p == NULL || ngx_strncmp(value[1].data, "zone=", 5) != 0
        || p <= value[1].data + 5)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"rush_zone\", write "
                           "\"zone=name:size\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data + 5;
    name.len = p - name.data;

    s.data = p + 1;
    s.len = last - s.data;

    size = ngx_parse_size(&s);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" of \"rush_zone\"", &s);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) (16 * ngx_pagesize)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_zone\" \"%V\" is too small, it needs %uz",
                           &name, 16 * ngx_pagesize);
        return NGX_CONF_ERROR;
    }

    return ngx_http_rush_zone_add(cf, &rmcf->zone, &name, size);
}


static char *
ngx_http_rush_prefix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t  *value;

    if (rmcf->prefix.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len && !ngx_http_rush_is_id(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"rush_prefix\" must be up to 64 bytes of A-Z a-z "
                           "0-9 _ . : @ -, not \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    rmcf->prefix = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_rush_secret_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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


static char *
ngx_http_rush_play(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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


static char *
ngx_http_rush_arg(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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

static char *
ngx_http_rush_handle(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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

    if (cf->args->nelts == 1) {
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

    if (rlcf->campaign->lengths == NULL
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


static void *
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
     *     rmcf->worker = NULL;
     *     rmcf->used = 0;
     */

    if (ngx_array_init(&rmcf->redises, cf->pool, 1,
                       sizeof(ngx_http_rush_redis_conf_t))
        != NGX_OK
        || ngx_array_init(&rmcf->keys, cf->pool, 1,
                          sizeof(ngx_http_rush_keys_t *))
           != NGX_OK
        || ngx_http_rush_plays_init(cf, &rmcf->plays) != NGX_OK)
    {
        return NULL;
    }

    return rmcf;
}


static char *
ngx_http_rush_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_rush_main_conf_t *rmcf = conf;

    ngx_str_t  name = ngx_string("rush");

    if (rmcf->prefix.data == NULL) {
        ngx_str_set(&rmcf->prefix, "rush:");
    }

    if (rmcf->used && rmcf->zone.shm == NULL) {
        return ngx_http_rush_zone_add(cf, &rmcf->zone, &name,
                                      NGX_HTTP_RUSH_ZONE_SIZE);
    }

    return NGX_CONF_OK;
}


static void *
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

    return rlcf;
}


static char *
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

    if (rlcf->keys == NULL) {
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


static ngx_int_t
ngx_http_rush_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;
    ngx_http_rush_main_conf_t  *rmcf;

    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_rush_module);

    if (!rmcf->used) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_rush_phase_handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                   i;
    ngx_http_rush_place_t       *place;
    ngx_http_rush_worker_t      *worker;
    ngx_http_rush_main_conf_t   *rmcf;
    ngx_http_rush_redis_conf_t  *rcf;

    rmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_rush_module);

    if (rmcf == NULL || !rmcf->used
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    worker = ngx_pcalloc(cycle->pool, sizeof(ngx_http_rush_worker_t));
    if (worker == NULL) {
        return NGX_ERROR;
    }

    worker->places = ngx_pcalloc(cycle->pool, rmcf->redises.nelts
                                              * sizeof(ngx_http_rush_place_t));
    worker->macs = ngx_http_rush_macs_create(cycle->pool, &rmcf->keys);

    if (worker->places == NULL || worker->macs == NULL) {
        return NGX_ERROR;
    }

    rcf = rmcf->redises.elts;

    for (i = 0; i < rmcf->redises.nelts; i++) {
        place = &worker->places[i];

        place->zone = &rmcf->zone;
        place->plays = &rmcf->plays;
        place->redis = rcf[i].name;
        place->prefix = rmcf->prefix;

        place->calls = ngx_http_rush_calls_create(cycle->pool, &rcf[i],
                                                  &rmcf->plays, cycle->log);
        if (place->calls == NULL) {
            return NGX_ERROR;
        }

        /* the first claim does not wait for the handshake */
        ngx_http_rush_redis_connect(place->calls->redis);

        if (ngx_worker == 0
            && ngx_http_rush_sweep_start(place, cycle->pool, cycle->log)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    rmcf->worker = worker;

    return NGX_OK;
}


static void
ngx_http_rush_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_http_rush_main_conf_t  *rmcf;

    rmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_rush_module);

    if (rmcf == NULL || rmcf->worker == NULL) {
        return;
    }

    for (i = 0; i < rmcf->redises.nelts; i++) {
        ngx_http_rush_calls_destroy(rmcf->worker->places[i].calls);
    }
}
