
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A link is the connection of a client, and one to Redis for it.  It is freed
 * by rp_sweep(), when no event can name it any more.
 */


#define _GNU_SOURCE

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "respproxy.h"


static int rp_connect(const char *redis);
static ssize_t rp_receive(int fd, rp_buffer_t *b);


rp_link_t      *rp_links;
rp_counters_t   rp_counters;

static const char  rp_refusal[] = "-ERR max number of clients reached\r\n";


void
rp_open(int listening, const char *redis)
{
    int         fd;
    rp_link_t  *l;

    fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK|SOCK_CLOEXEC);
    if (fd == -1) {
        return;
    }

    l = calloc(1, sizeof(rp_link_t));
    if (l == NULL) {
        rp_die("no memory");
    }

    rp_counters.connections++;

    l->client.fd = fd;
    l->client.link = l;
    l->server.fd = -1;
    l->server.link = l;
    l->next = rp_links;
    rp_links = l;

    rp_watch(&l->client, EPOLLIN);

    if (rp_refuse()) {
        rp_append(&l->down, rp_refusal, sizeof(rp_refusal) - 1);
        rp_send_down(l);
        shutdown(fd, SHUT_WR);
        rp_done(l, RP_GREET, rp_refusal, sizeof(rp_refusal) - 1);
        return;
    }

    l->server.fd = rp_connect(redis);
    if (l->server.fd == -1) {
        rp_close(l);
        return;
    }

    rp_watch(&l->server, EPOLLIN);
}


static int
rp_connect(const char *redis)
{
    int                 fd;
    struct sockaddr_un  un;

    memset(&un, 0, sizeof(un));
    un.sun_family = AF_UNIX;
    strncpy(un.sun_path, redis, sizeof(un.sun_path) - 1);

    fd = socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0);

    if (fd != -1
        && connect(fd, (struct sockaddr *) &un, sizeof(un)) == -1)
    {
        close(fd);
        return -1;
    }

    return fd;
}


void
rp_read(rp_side_t *side)
{
    size_t        size;
    rp_link_t    *l;
    rp_buffer_t  *b;

    l = side->link;
    b = side == &l->client ? &l->asked : &l->replied;

    if (rp_receive(side->fd, b) <= 0) {
        rp_counters.closed += (l->faulty && side == &l->client);
        rp_close(l);
        return;
    }

    if (l->server.fd == -1) {
        rp_taken(b, b->to - b->from);
        return;
    }

    while (!l->gone && (size = rp_size(b->p + b->from, b->to - b->from))) {

        if (side == &l->client) {
            rp_append(&l->up, b->p + b->from, size);
            l->owed++;
            rp_counters.owed = l->owed > rp_counters.owed
                               ? l->owed : rp_counters.owed;

        } else {
            l->owed--;
            rp_reply(l, b->p + b->from, size);
        }

        rp_taken(b, size);
    }

    rp_send_up(l);
    rp_send_down(l);
}


static ssize_t
rp_receive(int fd, rp_buffer_t *b)
{
    ssize_t  n;

    static char  bytes[65536];

    n = recv(fd, bytes, sizeof(bytes), 0);

    if (n > 0) {
        rp_append(b, bytes, n);
    }

    return n == -1 && errno == EAGAIN ? 1 : n;
}


void
rp_send_up(rp_link_t *l)
{
    ssize_t       n;
    rp_buffer_t  *b;

    b = &l->up;

    if (l->gone || b->from == b->to) {
        return;
    }

    n = send(l->server.fd, b->p + b->from, b->to - b->from, MSG_NOSIGNAL);

    if (n == -1 && errno != EAGAIN) {
        rp_close(l);
        return;
    }

    rp_taken(b, n > 0 ? n : 0);
    rp_watch(&l->server, EPOLLIN | (b->from < b->to ? EPOLLOUT : 0));
}


void
rp_close(rp_link_t *l)
{
    if (l->gone) {
        return;
    }

    close(l->client.fd);

    if (l->server.fd != -1) {
        close(l->server.fd);
    }

    l->gone = 1;
}


void
rp_sweep(void)
{
    rp_link_t  *l, **p;

    for (p = &rp_links; (l = *p); /* void */ ) {

        if (!l->gone) {
            p = &l->next;
            continue;
        }

        *p = l->next;

        free(l->asked.p);
        free(l->up.p);
        free(l->replied.p);
        free(l->swapped.p);
        free(l->down.p);
        free(l);
    }
}


/* a zero stands behind what is there, so that numbers end */

void
rp_append(rp_buffer_t *b, const char *p, size_t n)
{
    if (b->from) {
        memmove(b->p, b->p + b->from, b->to - b->from);
        b->to -= b->from;
        b->from = 0;
    }

    if (b->to + n >= b->size) {
        b->size = 2 * (b->to + n) + 1024;
        b->p = realloc(b->p, b->size);

        if (b->p == NULL) {
            rp_die("no memory");
        }
    }

    memcpy(b->p + b->to, p, n);
    b->to += n;
    b->p[b->to] = '\0';
}


void
rp_taken(rp_buffer_t *b, size_t n)
{
    b->from += n;

    if (b->from == b->to) {
        b->from = 0;
        b->to = 0;
    }
}
