
/*
 * Copyright (C) 2026, the Rush authors
 *
 * nginx around a target: its start as in main() of nginx.c, as a worker with
 * nginx.conf, but nothing listens and no event comes by itself.  FUZZ_PREFIX,
 * a directory with nginx.conf and rush.keys, is given by util/fuzz.
 */


#include "fuzz.h"
#include <ngx_event_openssl.h>
#include <sanitizer/lsan_interface.h>


#define FUZZ_ZONES  8


/* shared memory as it was before the first input */

typedef struct {
    u_char                      *addr;
    u_char                      *copy;
    size_t                       size;
} fuzz_zone_t;


int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u_char *data, size_t size);

ngx_int_t __wrap_ngx_open_listening_sockets(ngx_cycle_t *cycle);
void __wrap_ngx_configure_listening_sockets(ngx_cycle_t *cycle);

static void fuzz_start(ngx_cycle_t *cycle);
static void fuzz_modules(ngx_cycle_t *cycle);
static void fuzz_find(ngx_cycle_t *cycle);
static void fuzz_keep(ngx_cycle_t *cycle);
static ngx_int_t fuzz_event(ngx_event_t *ev, ngx_int_t event,
    ngx_uint_t flags);
static ngx_int_t fuzz_add_conn(ngx_connection_t *c);
static ngx_int_t fuzz_del_conn(ngx_connection_t *c, ngx_uint_t flags);


ngx_http_conf_ctx_t        *fuzz_ctx;
ngx_http_rush_main_conf_t  *fuzz_main;
ngx_http_rush_loc_conf_t   *fuzz_server;
ngx_listening_t            *fuzz_listening;

static fuzz_zone_t          fuzz_zones[FUZZ_ZONES];
static ngx_uint_t           fuzz_nzones;


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    ngx_cycle_t  *cycle;

    static ngx_cycle_t      before;
    static ngx_log_t        log;
    static ngx_open_file_t  file;

    file.fd = ngx_stderr;
    log.file = &file;
    log.log_level = NGX_LOG_ERR;

    ngx_argc = *argc;
    ngx_os_argv = *argv;
    before.log = &log;

    /* what nginx has for ever is no leak */
    __lsan_disable();

    fuzz_start(&before);

    cycle = ngx_init_cycle(&before);
    fuzz_assert(cycle);

    ngx_cycle = cycle;
    ngx_process = NGX_PROCESS_SINGLE;
    ngx_use_stderr = 0;

    fuzz_modules(cycle);
    fuzz_find(cycle);
    fuzz_init();
    fuzz_keep(cycle);

    __lsan_enable();

    return 0;
}


static void
fuzz_start(ngx_cycle_t *cycle)
{
    ngx_debug_init();
    fuzz_assert(ngx_strerror_init() == NGX_OK);

    ngx_max_sockets = -1;
    ngx_time_init();
    ngx_regex_init();
    ngx_ssl_init(cycle->log);

    ngx_cycle = cycle;

    cycle->pool = ngx_create_pool(1024, cycle->log);
    fuzz_assert(cycle->pool);

    ngx_str_set(&cycle->prefix, FUZZ_PREFIX);
    ngx_str_set(&cycle->conf_prefix, FUZZ_PREFIX);
    ngx_str_set(&cycle->conf_file, FUZZ_PREFIX "nginx.conf");
    ngx_str_set(&cycle->error_log, "/dev/null");
    ngx_str_set(&cycle->conf_param, "");

    fuzz_assert(ngx_os_init(cycle->log) == NGX_OK);
    fuzz_assert(ngx_crc32_table_init() == NGX_OK);

    ngx_slab_sizes_init();

    fuzz_assert(ngx_preinit_modules() == NGX_OK);
}


/* the worker of modules; what they have added to epoll is nobody's */

static void
fuzz_modules(ngx_cycle_t *cycle)
{
    ngx_uint_t  i, n;

    fuzz_listening = cycle->listening.elts;
    n = cycle->listening.nelts;
    cycle->listening.nelts = 0;

    for (i = 0; cycle->modules[i]; i++) {

        if (cycle->modules[i] == &ngx_http_rush_module) {
            ngx_event_actions.add = fuzz_event;
            ngx_event_actions.del = fuzz_event;
            ngx_event_actions.add_conn = fuzz_add_conn;
            ngx_event_actions.del_conn = fuzz_del_conn;
        }

        if (cycle->modules[i]->init_process) {
            fuzz_assert(cycle->modules[i]->init_process(cycle) == NGX_OK);
        }
    }

    cycle->listening.nelts = n;
}


static void
fuzz_find(ngx_cycle_t *cycle)
{
    ngx_http_port_t     *port;
    ngx_http_in_addr_t  *addr;

    port = (ngx_http_port_t *) fuzz_listening->servers;
    addr = port->addrs;

    fuzz_ctx = addr[0].conf.default_server->ctx;
    fuzz_main = fuzz_ctx->main_conf[ngx_http_rush_module.ctx_index];
    fuzz_server = fuzz_ctx->loc_conf[ngx_http_rush_module.ctx_index];
}


static void
fuzz_keep(ngx_cycle_t *cycle)
{
    fuzz_zone_t      *zone;
    ngx_uint_t        i;
    ngx_shm_zone_t   *shm;
    ngx_list_part_t  *part;

    for (part = &cycle->shared_memory.part; part; part = part->next) {

        shm = part->elts;

        for (i = 0; i < part->nelts; i++) {
            fuzz_assert(fuzz_nzones < FUZZ_ZONES);
            zone = &fuzz_zones[fuzz_nzones++];

            zone->addr = shm[i].shm.addr;
            zone->size = shm[i].shm.size;
            zone->copy = ngx_alloc(zone->size, cycle->log);
            fuzz_assert(zone->copy);

            ngx_memcpy(zone->copy, zone->addr, zone->size);
        }
    }
}


void
fuzz_restore(void)
{
    ngx_uint_t  i;

    for (i = 0; i < fuzz_nzones; i++) {
        ngx_memcpy(fuzz_zones[i].addr, fuzz_zones[i].copy,
                   fuzz_zones[i].size);
    }
}


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_str_t    whole, input;
    ngx_pool_t  *pool;

    pool = ngx_create_pool(4096, ngx_cycle->log);
    fuzz_assert(pool);

    whole.data = (u_char *) data;
    whole.len = size;
    input = fuzz_copy(pool, &whole);

    fuzz_one(&input, pool);

    ngx_destroy_pool(pool);

    return 0;
}


void
fuzz_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    abort();
}


void
fuzz_run(void)
{
    while (!ngx_queue_empty(&ngx_posted_events)) {
        ngx_event_process_posted((ngx_cycle_t *) ngx_cycle,
                                 &ngx_posted_events);
    }
}


void
fuzz_wait(ngx_msec_t ms)
{
    ngx_current_msec += ms;

    ngx_event_expire_timers();
    fuzz_run();
}


ngx_int_t
__wrap_ngx_open_listening_sockets(ngx_cycle_t *cycle)
{
    return NGX_OK;
}


void
__wrap_ngx_configure_listening_sockets(ngx_cycle_t *cycle)
{
}


static ngx_int_t
fuzz_event(ngx_event_t *ev, ngx_int_t event, ngx_uint_t flags)
{
    return NGX_OK;
}


static ngx_int_t
fuzz_add_conn(ngx_connection_t *c)
{
    return NGX_OK;
}


static ngx_int_t
fuzz_del_conn(ngx_connection_t *c, ngx_uint_t flags)
{
    return NGX_OK;
}
