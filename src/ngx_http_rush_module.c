
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Directives and wiring: the one file that knows everyone.  What directives do
 * is in ngx_http_rush_conf.c.  A worker's state is made in init_process and
 * hangs on the main configuration.
 */


#include "ngx_http_rush_conf.h"


static ngx_int_t ngx_http_rush_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_rush_init_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_rush_init_place(ngx_cycle_t *cycle,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_place_t *place,
    ngx_uint_t n);
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
      ngx_http_rush_conf_redis,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_rush_conf_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_prefix"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_conf_prefix,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_play"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE2,
      ngx_http_rush_conf_play,
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
      ngx_http_rush_conf_secret_file,
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
      ngx_http_rush_conf_arg,
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
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_claim_handler },

    { ngx_string("rush_result"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_result_handler },

    { ngx_string("rush_state"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_state_handler },

    { ngx_string("rush_scan"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_scan_handler },

    { ngx_string("rush_client"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE2,
      ngx_http_rush_conf_client,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_scan_hosts"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_rush_conf_hosts,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_scan_vars"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_rush_conf_vars,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("rush_scan_sign"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, scan_sign),
      NULL },

    { ngx_string("rush_scan_stale"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_rush_loc_conf_t, scan_stale),
      NULL },

    { ngx_string("rush_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_rush_conf_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_status_handler },

    { ngx_string("rush_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_rush_conf_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_api_handlers },

    { ngx_string("rush_confirm"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_confirm_handler },

    { ngx_string("rush_release"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_release_handler },

    { ngx_string("rush_redeem"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_conf_handle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_rush_redeem_handler },

    { ngx_string("rush_void"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_rush_conf_handle,
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
    ngx_uint_t                  i;
    ngx_http_rush_worker_t     *worker;
    ngx_http_rush_main_conf_t  *rmcf;

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
    worker->memo = ngx_http_rush_memo_create(cycle->pool);

    if (worker->places == NULL || worker->macs == NULL
        || worker->memo == NULL)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < rmcf->redises.nelts; i++) {
        if (ngx_http_rush_init_place(cycle, rmcf, &worker->places[i], i)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    rmcf->worker = worker;

    return NGX_OK;
}


/* what one worker does for all of them is the first one's */

static ngx_int_t
ngx_http_rush_init_place(ngx_cycle_t *cycle, ngx_http_rush_main_conf_t *rmcf,
    ngx_http_rush_place_t *place, ngx_uint_t n)
{
    ngx_http_rush_redis_conf_t  *rcf;

    rcf = rmcf->redises.elts;
    rcf += n;

    place->zone = &rmcf->zone;
    place->plays = &rmcf->plays;
    place->jobs = rmcf->jobs.elts;
    place->redis = rcf->name;
    place->tag = rcf->tag;
    place->prefix = rmcf->prefix;
    place->stats = ngx_http_rush_zone_stats(place->zone, &place->tag);

    if (rmcf->scans) {
        place->links = &rmcf->links;
        place->index = rmcf->links.index[n];
    }

    place->calls = ngx_http_rush_calls_create(cycle->pool, rcf, &rmcf->plays,
                                              place->stats, cycle->log);
    if (place->calls == NULL) {
        return NGX_ERROR;
    }

    /* the first claim does not wait for the handshake */
    ngx_http_rush_redis_connect(place->calls->redis);

    if (place->links
        && ngx_http_rush_link_flush(place, cycle->pool, cycle->log,
                                    ngx_worker == 0)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_worker != 0) {
        return NGX_OK;
    }

    if (place->links
        && ngx_http_rush_link_watch(place, cycle->pool, cycle->log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_rush_sweep_start(place, cycle->pool, cycle->log);
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
