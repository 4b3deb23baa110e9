
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * respproxy stands between nginx and a Redis, and does wrong what it is told
 * to: in one process and one epoll loop, fast enough for load.  It speaks
 * RESP2 as far as it takes to tell where commands and replies end.
 *
 *   respproxy.c          the loop, time, random numbers
 *   respproxy_order.c    what it is told, counters
 *   respproxy_fault.c    which reply is spoilt, and how
 *   respproxy_link.c     two connections that belong together, bytes of both
 *   respproxy_shape.c    in what pieces replies are written
 *   respproxy_resp.c     where a reply ends, what it says
 *
 * A new fault is a word of rp_fault_e, its name, and a case in rp_reply().
 */


#ifndef _RESPPROXY_H_INCLUDED_
#define _RESPPROXY_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>


typedef enum {
    RP_DUPLICATE = 0,                          /* a reply comes twice */
    RP_DROP,                                   /* it does not come */
    RP_SWAP,                                   /* it comes after the next */
    RP_SURPLUS,                                /* bytes when none is owed */
    RP_LOSE,                                   /* dropped, and closed */
    RP_GREET,                                  /* refused when it connects */
    RP_FAULTS,
    RP_NONE = RP_FAULTS
} rp_fault_e;


/* when a fault is done: any of these */

typedef struct {
    uint64_t     one_in;                       /* at random; 0: never */
    uint64_t     next;                         /* so many times, at once */
    int64_t      left;                         /* wins with fewer units left */
    uint64_t     done;
} rp_fault_t;


typedef struct {
    char        *p;
    size_t       from;
    size_t       to;
    size_t       size;
} rp_buffer_t;


typedef struct rp_link_s  rp_link_t;

typedef struct {
    int          fd;
    uint32_t     events;
    rp_link_t   *link;
} rp_side_t;


struct rp_link_s {
    rp_side_t    client;
    rp_side_t    server;                       /* -1: it was refused */

    rp_buffer_t  asked;                        /* commands, not yet whole */
    rp_buffer_t  up;                           /* to the server */
    rp_buffer_t  replied;                      /* replies, not yet whole */
    rp_buffer_t  swapped;                      /* a reply that waits */
    rp_buffer_t  down;                         /* to the client */

    uint64_t     owed;                         /* replies of the server */
    uint64_t     glued;                        /* replies in "down" */
    uint64_t     since;                        /* when the first came there */
    uint64_t     piece;                        /* when the last piece left */

    rp_fault_e   fault;                        /* the last one, */
    char         text[64];                     /* and what it was done to */
    unsigned     faulty:1;                     /* the client must close it */
    unsigned     gone:1;

    rp_link_t   *next;
};


typedef struct {
    uint64_t     connections;
    uint64_t     replies;
    uint64_t     largest;                      /* reply, bytes */
    uint64_t     owed;                         /* replies at once, at most */
    uint64_t     glued;                        /* replies in a write, at most */
    uint64_t     pieces;                       /* writes of part of a reply */
    uint64_t     faulty;                       /* links with a fault */
    uint64_t     closed;                       /* ... closed by the client */
    uint64_t     wins;                         /* lost, with their replies */
} rp_counters_t;


extern rp_fault_t      rp_faults[RP_FAULTS];
extern const char     *rp_names[RP_FAULTS];
extern rp_counters_t   rp_counters;
extern rp_link_t      *rp_links;

extern uint64_t        rp_piece;               /* bytes at most; 0: whole */
extern uint64_t        rp_pause;               /* us between pieces */
extern uint64_t        rp_glue;                /* replies a write; 0: none */
extern uint64_t        rp_hold;                /* us that the first waits */


/* respproxy.c */

uint64_t rp_now(void);
uint64_t rp_random(uint64_t n);
void rp_watch(rp_side_t *side, uint32_t events);
void rp_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* respproxy_order.c */

int rp_order_open(const char *fifo, char *file);
void rp_order_read(void);

/* respproxy_fault.c */

void rp_reply(rp_link_t *l, const char *p, size_t n);
int rp_refuse(void);
void rp_done(rp_link_t *l, rp_fault_e fault, const char *p, size_t n);

/* respproxy_link.c */

void rp_open(int listening, const char *redis);
void rp_read(rp_side_t *side);
void rp_send_up(rp_link_t *l);
void rp_close(rp_link_t *l);
void rp_sweep(void);
void rp_append(rp_buffer_t *b, const char *p, size_t n);
void rp_taken(rp_buffer_t *b, size_t n);

/* respproxy_shape.c */

void rp_send_down(rp_link_t *l);
uint64_t rp_due(void);

/* respproxy_resp.c */

size_t rp_size(const char *p, size_t n);
uint64_t rp_wins(const char *p, size_t n, int64_t *left);


#endif /* _RESPPROXY_H_INCLUDED_ */
