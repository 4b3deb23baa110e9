
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The functions of directives and of configuration, for the module's tables.
 */


#ifndef _NGX_HTTP_RUSH_CONF_H_INCLUDED_
#define _NGX_HTTP_RUSH_CONF_H_INCLUDED_


#include "handlers/ngx_http_rush_handler.h"


char *ngx_http_rush_conf_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_secret_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_play(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_arg(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_handle(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_rush_conf_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

void *ngx_http_rush_create_main_conf(ngx_conf_t *cf);
char *ngx_http_rush_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_rush_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_rush_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);


#endif /* _NGX_HTTP_RUSH_CONF_H_INCLUDED_ */
