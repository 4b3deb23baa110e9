
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * claimload sends claims from many connections, from one process and one
 * epoll loop, and writes down what came of each.
 *
 *   claimload.c           the loop, time, random numbers
 *   claimload_options.c   the command line
 *   claimload_heap.c      what is to happen at a time
 *   claimload_plan.c      jobs: who asks what, in which order, what is asked
 *                         again, which wins are settled
 *   claimload_socket.c    addresses and sockets
 *   claimload_event.c     epoll and its timer
 *   claimload_conn.c      a connection carries one job at a time
 *   claimload_http.c      requests made, answers read
 *   claimload_ledger.c    the ledger, the figures, the summary
 *
 * Times are microseconds.
 */


#ifndef _CLAIMLOAD_H_INCLUDED_
#define _CLAIMLOAD_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>


#define CL_MAX_TARGETS   16
#define CL_MAX_ITEMS     64
#define CL_MAX_TICKETS   128
#define CL_REQUEST_SIZE  2048

#define CL_NEVER         UINT64_MAX

#define CL_OK            0
#define CL_ERROR         -1
#define CL_AGAIN         -2


typedef enum {
    CL_CLAIM = 0,
    CL_CONFIRM,
    CL_RELEASE,
    CL_REDEEM,
    CL_VOID,
    CL_RESTOCK,                                /* a void that gives back */
    CL_SCAN
} cl_op_e;


typedef struct {
    struct sockaddr_storage   addr;
    socklen_t                 len;
} cl_target_t;


typedef struct {
    cl_target_t               targets[CL_MAX_TARGETS];
    int                       ntargets;

    int                       connections;
    int                       preconnect;      /* open all, then begin */
    uint64_t                  preconnect_wait;
    int                       per_request;     /* a connection a request */

    uint32_t                  users;
    uint32_t                  tries;           /* of each user; 0: endless */
    uint64_t                  seed;
    char                     *prefix;          /* of user names */
    char                     *hot;             /* the one user */
    char                     *user_header;

    int                       scan;            /* links instead of claims */
    char                     *path;
    char                     *items[CL_MAX_ITEMS];
    int                       nitems;
    int                       units[CL_MAX_ITEMS];
    int                       nunits;
    int                       as_headers;      /* X-Units, X-Item */
    enum { CL_KEY_NONE, CL_KEY_TRY, CL_KEY_HALF, CL_KEY_USER }
                              key;

    double                    rate;            /* a second; 0: no limit */
    uint64_t                  duration;
    uint64_t                  timeout;

    double                    abort;           /* shares, 0 to 1 */
    uint64_t                  abort_within;    /* 0: as latency is */
    double                    drop;

    int                       retry;
    uint64_t                  retry_wait;
    uint64_t                  retry_limit;
    int                       again;

    double                    confirm;
    double                    release;
    char                     *confirm_path;
    char                     *release_path;
    double                    redeem;
    double                    voids;
    double                    restock;         /* of those that are void */
    double                    by_code;         /* of those redeemed */
    char                     *redeem_path;
    char                     *void_path;
    uint64_t                  settle_from;
    uint64_t                  settle_to;
    int                       settle_copies;

    int                       ticks;
    int                       json;
    char                     *ledger;
} cl_conf_t;


/*
 * A job is one try, with all its repeats, or the settling of one ticket.
 * It is waiting (in the plan's heap), or on a connection.
 */

typedef struct {
    cl_op_e                   op;
    uint32_t                  user;
    uint32_t                  n;               /* which try of the user */
    int                       units;           /* 0: not named */
    int                       item;            /* -1: none */
    uint32_t                  attempt;
    uint64_t                  due;             /* 0: at once */
    uint64_t                  born;            /* when first taken up */
    char                     *ticket;          /* to settle */
    char                     *code;            /* to redeem by, or NULL */
    int                       copy;            /* which of them */
} cl_job_t;


typedef struct cl_conn_s  cl_conn_t;

struct cl_conn_s {
    enum { CL_CLOSED, CL_CONNECTING, CL_IDLE, CL_BUSY }
                              state;
    int                       fd;
    int                       slot;            /* in the idle set, or -1 */
    int                       target;          /* index of its address */
    cl_job_t                 *job;

    uint64_t                  sent;
    uint64_t                  deadline;
    cl_conn_t                *prev;            /* those that wait for an */
    cl_conn_t                *next;            /* answer, oldest first */

    uint32_t                  generation;      /* that the timer is for */
    enum { CL_ABORT, CL_REOPEN }
                              timer_is;
    int                       cut;             /* sent in part, then closed */
    int                       reset;           /* closed by RST */

    char                      out[CL_REQUEST_SIZE];
    size_t                    out_len;
    size_t                    out_sent;

    char                     *in;
    size_t                    in_size;
    size_t                    in_len;
};


/* what an answer said; texts point into the connection's buffer */

typedef struct {
    const char               *p;
    size_t                    len;
} cl_text_t;


typedef struct {
    int                       status;
    int                       close;           /* the server closes */
    size_t                    head;
    size_t                    size;            /* of all; 0: till close */

    cl_text_t                 outcome;
    cl_text_t                 ticket;
    cl_text_t                 seq;
    cl_text_t                 code;            /* or where a scan leads */
    cl_text_t                 by;              /* who redeemed */
    cl_text_t                 tickets[CL_MAX_TICKETS];  /* listed */
    cl_text_t                 codes[CL_MAX_TICKETS];
    int                       ntickets;
} cl_answer_t;


typedef struct {
    uint64_t                  when;
    void                     *data;
    uint32_t                  tag;
} cl_heap_entry_t;


typedef struct {
    cl_heap_entry_t          *entries;
    size_t                    n;
    size_t                    size;
} cl_heap_t;


extern cl_conf_t   cl_conf;
extern cl_conn_t  *cl_conns;


/* claimload.c */

uint64_t cl_now(void);
uint64_t cl_wall(uint64_t t);
uint64_t cl_random(void);
double cl_chance(void);
void *cl_alloc(size_t size);
void cl_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* claimload_options.c */

void cl_read_options(int argc, char **argv);

/* claimload_heap.c */

void cl_heap_push(cl_heap_t *h, uint64_t when, void *data, uint32_t tag);
uint64_t cl_heap_when(cl_heap_t *h);
cl_heap_entry_t cl_heap_pop(cl_heap_t *h);

/* claimload_plan.c */

void cl_plan_init(void);
cl_job_t *cl_plan_next(uint64_t now);
uint64_t cl_plan_due(void);
int cl_plan_done(void);
void cl_plan_later(cl_job_t *job, uint64_t now, uint64_t due);
void cl_plan_finish(cl_job_t *job, cl_answer_t *answer, uint64_t now);
void cl_plan_stop(void);

/* claimload_socket.c */

void cl_conn_target(char *arg);
void cl_conn_limits(void);
int cl_conn_open(cl_conn_t *c);
void cl_conn_open_all(void);
void cl_conn_close(cl_conn_t *c, int reset);
void cl_conn_close_all(void);

/* claimload_event.c */

void cl_event_init(void);
void cl_event_add(cl_conn_t *c);
void cl_event_wait(uint64_t wake);

/* claimload_conn.c */

void cl_conn_init(void);
uint64_t cl_conn_start(uint64_t now);
void cl_conn_request(cl_conn_t *c);
void cl_conn_send(cl_conn_t *c);
void cl_conn_read(cl_conn_t *c);
void cl_conn_pause(cl_conn_t *c, uint64_t now);
void cl_conn_unqueue(cl_conn_t *c);
void cl_conn_expire(uint64_t now);
uint64_t cl_conn_wake(void);

/* claimload_http.c */

void cl_http_request(cl_conn_t *c);
const char *cl_http_path(cl_op_e op);
char *cl_http_escape(char *p, char *last, const char *text, size_t len);
int cl_http_answer(cl_conn_t *c, int eof, cl_answer_t *a);

/* claimload_ledger.c */

void cl_ledger_open(void);
void cl_ledger_line(cl_conn_t *c, cl_answer_t *answer, const char *end,
    uint64_t now);
void cl_ledger_name(cl_job_t *job, char *user, char *key, size_t size);
int cl_ledger_summary(void);

/* figures that are counted where they happen */

typedef struct {
    uint64_t                  tries;           /* jobs, settling included */
    uint64_t                  settled;         /* jobs with an answer */
    uint64_t                  unknown;         /* jobs that ended without */
    uint64_t                  requests;
    uint64_t                  opened;
    uint64_t                  refused;         /* could not connect */
    uint64_t                  aborted;
    uint64_t                  dropped;
    uint64_t                  timeouts;
    uint64_t                  odd;             /* answers that make no sense */
    uint64_t                  begin;
    uint64_t                  end;
} cl_figures_t;


extern cl_figures_t  cl_figures;


#endif /* _CLAIMLOAD_H_INCLUDED_ */
