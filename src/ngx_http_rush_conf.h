
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The functions of directives and of configuration, for the module's tables.
 */


#ifndef _NGX_HTTP_RUSH_CONF_H_INCLUDED_
#define _NGX_HTTP_RUSH_CONF_H_INCLUDED_


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_ZONE_SIZE    (16 * 1024 * 1024)
#define NGX_HTTP_RUSH_LINKS_SIZE   (16 * 1024 * 1024)
#define NGX_HTTP_RUSH_LINKS_MIN    (512 * 1024)
#define NGX_HTTP_RUSH_SCAN_STALE   3600000    /* ms */
#define NGX_HTTP_RUSH_CLIENTS_OWN  8          /* rush_client, at most */


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

/* ngx_http_rush_conf_scan.c */

char *ngx_http_rush_conf_client(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_hosts(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_conf_vars(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_rush_init_scan_conf(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf);
void ngx_http_rush_create_scan_conf(ngx_http_rush_loc_conf_t *rlcf);
char *ngx_http_rush_merge_scan_conf(ngx_conf_t *cf,
    ngx_http_rush_main_conf_t *rmcf, ngx_http_rush_loc_conf_t *prev,
    ngx_http_rush_loc_conf_t *conf);


void *ngx_http_rush_create_main_conf(ngx_conf_t *cf);
char *ngx_http_rush_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_rush_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_rush_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);


#endif /* _NGX_HTTP_RUSH_CONF_H_INCLUDED_ */
