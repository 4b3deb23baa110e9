
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * In pieces: each is written when the client has read the one before it, so
 * that it gets them one by one; and always one ends between CR and LF.  Glued:
 * replies wait until there are many, or the first has waited long enough, and
 * leave by one write.
 */


#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "respproxy.h"


static int rp_unread(rp_link_t *l);
static size_t rp_piece_size(rp_buffer_t *b);


uint64_t  rp_piece;
uint64_t  rp_pause;
uint64_t  rp_glue;
uint64_t  rp_hold;


void
rp_send_down(rp_link_t *l)
{
    size_t        size;
    ssize_t       n;
    rp_buffer_t  *b;

    b = &l->down;

    if (l->gone || b->from == b->to) {
        return;
    }

    if (rp_glue && l->glued < rp_glue && rp_now() < l->since + rp_hold) {
        return;
    }

    if (rp_piece && (rp_now() < l->piece + rp_pause || rp_unread(l))) {
        return;
    }

    size = rp_piece ? rp_piece_size(b) : b->to - b->from;
    n = send(l->client.fd, b->p + b->from, size, MSG_NOSIGNAL);

    if (n == -1 && errno != EAGAIN) {
        rp_counters.closed += l->faulty;
        rp_close(l);
        return;
    }

    if (n > 0) {
        rp_counters.pieces += ((size_t) n < b->to - b->from);
        rp_counters.glued = l->glued > rp_counters.glued
                            ? l->glued : rp_counters.glued;
        l->piece = rp_now();
        l->glued = 0;
        rp_taken(b, n);
    }

    rp_watch(&l->client, EPOLLIN
             | (b->from < b->to && !rp_piece ? EPOLLOUT : 0));
}


/* is there something that the client has not read yet? */

static int
rp_unread(rp_link_t *l)
{
    int  n;

    return ioctl(l->client.fd, SIOCOUTQ, &n) == 0 && n > 0;
}


static size_t
rp_piece_size(rp_buffer_t *b)
{
    char    *p, *cr;
    size_t   n;

    p = b->p + b->from;
    n = 1 + rp_random(rp_piece);

    if (n > b->to - b->from) {
        n = b->to - b->from;
    }

    cr = memchr(p, '\r', n);

    return cr ? (size_t) (cr + 1 - p) : n;
}


/* us until something may be sent that waits: 0 at once, or -1 */

uint64_t
rp_due(void)
{
    uint64_t    now, at, due;
    rp_link_t  *l;

    now = rp_now();
    due = (uint64_t) -1;

    for (l = rp_links; l; l = l->next) {

        if (l->gone || l->down.from == l->down.to) {
            continue;
        }

        at = rp_piece ? l->piece + rp_pause : now;

        if (rp_glue && l->glued < rp_glue && l->since + rp_hold > at) {
            at = l->since + rp_hold;

        } else if (!rp_piece) {
            /* the socket is full, and epoll says when it is not */
            continue;
        }

        at = at > now ? at - now : 0;
        due = at < due ? at : due;
    }

    return due;
}
