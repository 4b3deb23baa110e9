
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * Addresses and sockets.
 */


#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "claimload.h"


void
cl_conn_target(char *arg)
{
    int                  rc;
    char                *port, *host;
    cl_target_t         *t;
    struct addrinfo      hints, *res;
    struct sockaddr_un  *un;

    if (cl_conf.ntargets == CL_MAX_TARGETS) {
        cl_die("more than %d addresses", CL_MAX_TARGETS);
    }

    t = &cl_conf.targets[cl_conf.ntargets++];

    if (strncmp(arg, "unix:", 5) == 0) {
        un = (struct sockaddr_un *) &t->addr;

        if (strlen(arg + 5) >= sizeof(un->sun_path)) {
            cl_die("too long a path in \"%s\"", arg);
        }

        un->sun_family = AF_UNIX;
        strcpy(un->sun_path, arg + 5);
        t->len = sizeof(struct sockaddr_un);
        return;
    }

    host = strdup(arg);
    port = host ? strrchr(host, ':') : NULL;

    if (port == NULL) {
        cl_die("\"%s\" is neither unix:PATH nor HOST:PORT", arg);
        return;
    }

    *port++ = '\0';

    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_STREAM;

    rc = getaddrinfo(host, port, &hints, &res);
    if (rc != 0) {
        cl_die("\"%s\": %s", arg, gai_strerror(rc));
        return;
    }

    memcpy(&t->addr, res->ai_addr, res->ai_addrlen);
    t->len = res->ai_addrlen;

    freeaddrinfo(res);
    free(host);
}


/* a connection is a descriptor */

void
cl_conn_limits(void)
{
    struct rlimit  rl;

    if (getrlimit(RLIMIT_NOFILE, &rl) == -1) {
        cl_die("getrlimit() failed: %s", strerror(errno));
    }

    if (rl.rlim_cur < rl.rlim_max) {
        rl.rlim_cur = rl.rlim_max;
        (void) setrlimit(RLIMIT_NOFILE, &rl);
        (void) getrlimit(RLIMIT_NOFILE, &rl);
    }

    if (rl.rlim_cur < (rlim_t) cl_conf.connections + 16) {
        cl_die("%d connections need ulimit -n %d, it is %lu",
               cl_conf.connections, cl_conf.connections + 16,
               (unsigned long) rl.rlim_cur);
    }
}


/* a target is chosen anew each time, so that a dead one does not hold a job */

int
cl_conn_open(cl_conn_t *c)
{
    int           rc, on;
    cl_target_t  *t;

    t = &cl_conf.targets[cl_random() % cl_conf.ntargets];

    c->target = t - cl_conf.targets;
    c->fd = socket(t->addr.ss_family, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC,
                   0);
    if (c->fd == -1) {
        cl_die("socket() failed: %s", strerror(errno));
    }

    on = 1;

    if (t->addr.ss_family != AF_UNIX) {
        (void) setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));
    }

    rc = connect(c->fd, (struct sockaddr *) &t->addr, t->len);

    if (rc == -1 && errno != EINPROGRESS) {
        close(c->fd);
        c->fd = -1;
        return -1;
    }

    cl_event_add(c);

    c->state = CL_CONNECTING;
    c->in_len = 0;

    return 0;
}


void
cl_conn_open_all(void)
{
    int            i, tries;
    struct pollfd  pfd;

    for (i = 0; i < cl_conf.connections; i++) {

        for (tries = 0; ; tries++) {

            if (cl_conn_open(&cl_conns[i]) == 0) {
                pfd.fd = cl_conns[i].fd;
                pfd.events = POLLOUT;

                if (poll(&pfd, 1, 1000) == 1 && pfd.revents == POLLOUT) {
                    break;
                }

                cl_conn_close(&cl_conns[i], 0);
            }

            if (tries == 1000) {
                cl_die("connection %d of %d: %s", i + 1, cl_conf.connections,
                       strerror(errno));
            }

            usleep(5000);
        }

        cl_conns[i].state = CL_IDLE;
        cl_figures.opened++;
    }

    if (cl_conf.preconnect_wait) {
        printf("open\n");
        fflush(stdout);
        usleep(cl_conf.preconnect_wait);
    }
}


void
cl_conn_close(cl_conn_t *c, int reset)
{
    struct linger  linger;

    if (c->fd != -1) {

        if (reset) {
            linger.l_onoff = 1;
            linger.l_linger = 0;
            (void) setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger,
                              sizeof(linger));
        }

        close(c->fd);
    }

    c->fd = -1;
    c->state = CL_CLOSED;
}


void
cl_conn_close_all(void)
{
    int  i;

    for (i = 0; i < cl_conf.connections; i++) {
        cl_conn_close(&cl_conns[i], 0);
    }
}
