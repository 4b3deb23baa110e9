
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * The loop, time and random numbers.
 */


#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "claimload.h"


static void cl_on_signal(int signo);


cl_figures_t  cl_figures;

static uint64_t               cl_state;        /* of the random numbers */
static int64_t                cl_offset;       /* wall clock - monotonic */
static volatile sig_atomic_t  cl_stopped;


int
main(int argc, char **argv)
{
    uint64_t         now, wake, due, end;
    struct timespec  mono, wall;

    cl_read_options(argc, argv);

    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &mono);

    cl_offset = ((int64_t) wall.tv_sec - mono.tv_sec) * 1000000
                + (wall.tv_nsec - mono.tv_nsec) / 1000;

    cl_state = cl_conf.seed * 0x9e3779b97f4a7c15ULL + 1;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, cl_on_signal);
    signal(SIGTERM, cl_on_signal);

    cl_ledger_open();
    cl_plan_init();
    cl_conn_limits();
    cl_event_init();
    cl_conn_init();

    if (cl_conf.preconnect) {
        cl_conn_open_all();
    }

    now = cl_now();
    end = cl_conf.duration ? now + cl_conf.duration : CL_NEVER;
    cl_figures.begin = now;

    for ( ;; ) {

        if (now >= end) {
            cl_plan_stop();
            end = CL_NEVER;
        }

        cl_conn_expire(now);
        due = cl_conn_start(now);

        if (cl_plan_done() || cl_stopped) {
            break;
        }

        wake = cl_conn_wake();
        wake = due < wake ? due : wake;
        wake = end < wake ? end : wake;

        cl_event_wait(wake);

        now = cl_now();
    }

    cl_figures.end = cl_now();

    cl_conn_close_all();

    return cl_ledger_summary();
}


uint64_t
cl_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}


/* the clock is read once, so that a step of it does not disorder the ledger */

uint64_t
cl_wall(uint64_t t)
{
    return t + cl_offset;
}


/* splitmix64 */

uint64_t
cl_random(void)
{
    uint64_t  z;

    z = (cl_state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;

    return z ^ (z >> 31);
}


double
cl_chance(void)
{
    return (double) (cl_random() >> 11) / 9007199254740992.0;
}


void *
cl_alloc(size_t size)
{
    void  *p;

    p = calloc(1, size);
    if (p == NULL) {
        cl_die("no memory");
    }

    return p;
}


void
cl_die(const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    fputs("claimload: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);

    exit(2);
}


static void
cl_on_signal(int signo)
{
    (void) signo;

    cl_stopped = 1;
}
