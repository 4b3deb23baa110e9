
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * One epoll, with a timer that counts in microseconds, and what is done when
 * a socket is ready.
 */


#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "claimload.h"


#define CL_EVENTS  512


static void cl_event_handle(cl_conn_t *c, uint32_t events);


static int       cl_epoll;
static int       cl_timer;
static uint64_t  cl_armed;                     /* 0: not */


void
cl_event_init(void)
{
    struct epoll_event  ee;

    cl_epoll = epoll_create1(EPOLL_CLOEXEC);
    cl_timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK|TFD_CLOEXEC);

    if (cl_epoll == -1 || cl_timer == -1) {
        cl_die("epoll_create1() or timerfd_create() failed: %s",
               strerror(errno));
    }

    ee.events = EPOLLIN|EPOLLET;
    ee.data.ptr = NULL;

    if (epoll_ctl(cl_epoll, EPOLL_CTL_ADD, cl_timer, &ee) == -1) {
        cl_die("epoll_ctl() failed: %s", strerror(errno));
    }
}


/* a socket is added once, for all that can happen to it */

void
cl_event_add(cl_conn_t *c)
{
    struct epoll_event  ee;

    ee.events = EPOLLIN|EPOLLOUT|EPOLLRDHUP|EPOLLET;
    ee.data.ptr = c;

    if (epoll_ctl(cl_epoll, EPOLL_CTL_ADD, c->fd, &ee) == -1) {
        cl_die("epoll_ctl() failed: %s", strerror(errno));
    }
}


/* sleeps until something happens, or it is time */

void
cl_event_wait(uint64_t wake)
{
    int                 i, n;
    uint64_t            now;
    struct itimerspec   it;
    struct epoll_event  events[CL_EVENTS];

    now = cl_now();

    /* a signal may have come just now */
    if (wake > now + 1000000) {
        wake = now + 1000000;
    }

    if (wake > now && (cl_armed <= now || wake < cl_armed)) {
        memset(&it, 0, sizeof(it));
        it.it_value.tv_sec = wake / 1000000;
        it.it_value.tv_nsec = wake % 1000000 * 1000;

        (void) timerfd_settime(cl_timer, TFD_TIMER_ABSTIME, &it, NULL);
        cl_armed = wake;
    }

    n = epoll_wait(cl_epoll, events, CL_EVENTS, wake <= now ? 0 : -1);

    if (n == -1 && errno != EINTR) {
        cl_die("epoll_wait() failed: %s", strerror(errno));
    }

    for (i = 0; i < n; i++) {
        if (events[i].data.ptr) {
            cl_event_handle(events[i].data.ptr, events[i].events);
        }
    }
}


static void
cl_event_handle(cl_conn_t *c, uint32_t events)
{
    int        err;
    char       byte;
    ssize_t    n;
    socklen_t  len;

    if (c->state == CL_CONNECTING) {
        err = 0;
        len = sizeof(int);
        (void) getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);

        cl_conn_unqueue(c);

        if (err || (events & (EPOLLERR|EPOLLHUP))) {
            cl_conn_pause(c, cl_now());
            return;
        }

        cl_figures.opened++;
        cl_conn_request(c);
        return;
    }

    if (c->state == CL_BUSY) {

        if (c->out_sent < c->out_len) {
            cl_conn_send(c);
        }

        if (c->state == CL_BUSY
            && (events & (EPOLLIN|EPOLLRDHUP|EPOLLHUP|EPOLLERR)))
        {
            cl_conn_read(c);
        }

        return;
    }

    if (c->state == CL_IDLE) {
        n = recv(c->fd, &byte, 1, 0);

        if (n == 1) {
            /* an answer that nobody asked for */
            cl_figures.odd++;
        }

        if (n != -1 || errno != EAGAIN) {
            cl_conn_close(c, 0);
        }
    }
}
