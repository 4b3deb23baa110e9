
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * The loop, time, random numbers.
 */


#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "respproxy.h"


#define RP_EVENTS  64


static void rp_loop(const char *redis);
static void rp_event(struct epoll_event *e, const char *redis);
static void rp_listen(const char *path);
static void rp_watch_ends(void);


static const char  rp_usage[] =
"usage: respproxy [--seed N] LISTEN REDIS CONTROL COUNTERS\n"
"\n"
"Hands everything through between the Unix sockets LISTEN and REDIS, but for\n"
"what it is told by lines that are written to the fifo CONTROL:\n"
"\n"
"  FAULT one-in N   to one of N replies, by chance; 0: to none\n"
"  FAULT next N     to the next N that it can be done to\n"
"  FAULT left N     to those that tell of wins, when less than N is left\n"
"\n"
"where FAULT is\n"
"\n"
"  duplicate        a reply comes twice\n"
"  drop             it does not come\n"
"  swap             it comes after the one that follows\n"
"  surplus          bytes come when nothing is owed\n"
"  lose             it does not come, and the connection is closed\n"
"  greet            a new connection is refused, as by maxclients\n"
"\n"
"  pieces N MS      replies come in pieces of at most N bytes, one when the\n"
"                   one before was read, and MS ms later; 0 0: as they are\n"
"  glue N MS        they come when there are N, or the first has waited MS ms\n"
"  none             nothing of all this\n"
"  tell             nothing new\n"
"\n"
"After each line COUNTERS is written anew: \"said\" is how many lines came,\n"
"then faults of each kind that were done, what rp_tell() has more, and the\n"
"faults of connections that the client has not closed yet.\n";


static int       rp_epoll;
static uint64_t  rp_state;                     /* of the random numbers */
static int       rp_ends[2];                   /* marks of what has no link */


int
main(int argc, char **argv)
{
    uint64_t  seed;

    seed = 1;

    if (argc > 2 && strcmp(argv[1], "--seed") == 0) {
        seed = strtoull(argv[2], NULL, 10);
        argc -= 2;
        argv += 2;
    }

    if (argc != 5) {
        fputs(rp_usage, stderr);
        return 2;
    }

    rp_state = seed * 0x9e3779b97f4a7c15ULL + 1;

    rp_epoll = epoll_create1(EPOLL_CLOEXEC);
    if (rp_epoll == -1) {
        rp_die("epoll_create1() failed: %s", strerror(errno));
    }

    rp_listen(argv[1]);
    rp_ends[1] = rp_order_open(argv[3], argv[4]);
    rp_watch_ends();
    rp_loop(argv[2]);

    return 0;
}


static void
rp_listen(const char *path)
{
    struct sockaddr_un  un;

    memset(&un, 0, sizeof(un));
    un.sun_family = AF_UNIX;
    strncpy(un.sun_path, path, sizeof(un.sun_path) - 1);

    (void) unlink(path);

    rp_ends[0] = socket(AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0);

    if (rp_ends[0] == -1
        || bind(rp_ends[0], (struct sockaddr *) &un, sizeof(un)) == -1
        || listen(rp_ends[0], 512) == -1)
    {
        rp_die("\"%s\": %s", path, strerror(errno));
    }
}


static void
rp_watch_ends(void)
{
    int                 i;
    struct epoll_event  e;

    for (i = 0; i < 2; i++) {
        e.events = EPOLLIN;
        e.data.ptr = &rp_ends[i];

        if (epoll_ctl(rp_epoll, EPOLL_CTL_ADD, rp_ends[i], &e) == -1) {
            rp_die("epoll_ctl() failed: %s", strerror(errno));
        }
    }
}


static void
rp_loop(const char *redis)
{
    int                 i, n, wait;
    uint64_t            due;
    rp_link_t          *l;
    struct epoll_event  events[RP_EVENTS];

    for ( ;; ) {
        due = rp_due();
        wait = due == (uint64_t) -1 ? -1 : (int) (due / 1000);

        n = epoll_wait(rp_epoll, events, RP_EVENTS, wait);

        if (n == -1 && errno != EINTR) {
            rp_die("epoll_wait() failed: %s", strerror(errno));
        }

        for (i = 0; i < n; i++) {
            rp_event(&events[i], redis);
        }

        if (rp_piece || rp_glue) {
            for (l = rp_links; l; l = l->next) {
                rp_send_down(l);
            }
        }

        rp_sweep();
    }
}


static void
rp_event(struct epoll_event *e, const char *redis)
{
    rp_side_t  *side;

    if (e->data.ptr == &rp_ends[0]) {
        rp_open(rp_ends[0], redis);
        return;
    }

    if (e->data.ptr == &rp_ends[1]) {
        rp_order_read();
        return;
    }

    side = e->data.ptr;

    if (!side->link->gone && (e->events & EPOLLOUT)) {
        rp_send_up(side->link);
        rp_send_down(side->link);
    }

    if (!side->link->gone && (e->events & ~EPOLLOUT)) {
        rp_read(side);
    }
}


void
rp_watch(rp_side_t *side, uint32_t events)
{
    struct epoll_event  e;

    if (side->events == events) {
        return;
    }

    e.events = events;
    e.data.ptr = side;

    if (epoll_ctl(rp_epoll, side->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
                  side->fd, &e) == -1)
    {
        rp_die("epoll_ctl() failed: %s", strerror(errno));
    }

    side->events = events;
}


uint64_t
rp_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}


/* below n; splitmix64 */

uint64_t
rp_random(uint64_t n)
{
    uint64_t  z;

    z = (rp_state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;

    return (z ^ (z >> 31)) % n;
}


void
rp_die(const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    fputs("respproxy: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);

    exit(2);
}
