
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * Connections.  One carries one job at a time: idle -> (connecting) -> busy
 * -> idle.  Those that wait for something stand in a queue, which is in the
 * order of their deadlines because all wait equally long; aborts and pauses
 * after a failed connect are in a heap.
 */


#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "claimload.h"


#define CL_PAUSE   5000


static void cl_conn_begin(cl_conn_t *c);
static void cl_conn_done(cl_conn_t *c, cl_answer_t *answer, const char *end,
    int keep);
static void cl_conn_idle(cl_conn_t *c);
static void cl_conn_queue(cl_conn_t *c, uint64_t now);


cl_conn_t  *cl_conns;

static cl_conn_t **cl_idle;
static int         cl_nidle;
static cl_conn_t   cl_queue;                   /* head and tail */
static cl_heap_t   cl_timers;
static double      cl_usual = 1000;            /* latency, on average */


void
cl_conn_init(void)
{
    int  i;

    cl_queue.prev = &cl_queue;
    cl_queue.next = &cl_queue;

    cl_conns = cl_alloc(cl_conf.connections * sizeof(cl_conn_t));
    cl_idle = cl_alloc(cl_conf.connections * sizeof(cl_conn_t *));

    for (i = 0; i < cl_conf.connections; i++) {
        cl_conns[i].fd = -1;
        cl_conns[i].in_size = 4096;
        cl_conns[i].in = cl_alloc(cl_conns[i].in_size);
        cl_conn_idle(&cl_conns[i]);
    }
}


/* gives idle connections what is due; returns when to come again */

uint64_t
cl_conn_start(uint64_t now)
{
    cl_job_t   *job;
    cl_conn_t  *c, *last;

    while (cl_nidle) {
        job = cl_plan_next(now);

        if (job == NULL) {
            return cl_plan_due();
        }

        c = cl_idle[cl_random() % cl_nidle];

        last = cl_idle[--cl_nidle];
        cl_idle[c->slot] = last;
        last->slot = c->slot;
        c->slot = -1;

        c->job = job;
        cl_conn_begin(c);
    }

    return CL_NEVER;
}


static void
cl_conn_begin(cl_conn_t *c)
{
    uint64_t  now;

    if (c->state == CL_IDLE) {
        cl_conn_request(c);
        return;
    }

    now = cl_now();

    if (cl_conn_open(c) == -1) {
        cl_conn_pause(c, now);
        return;
    }

    cl_conn_queue(c, now);
}


/* nothing was sent: the job stays, or is given up if it is too old */

void
cl_conn_pause(cl_conn_t *c, uint64_t now)
{
    cl_job_t  *job;

    cl_figures.refused++;

    cl_conn_close(c, 0);

    if (now - c->job->born > cl_conf.retry_limit) {
        job = c->job;
        cl_conn_idle(c);
        cl_plan_later(job, now, now);
        return;
    }

    c->timer_is = CL_REOPEN;
    cl_heap_push(&cl_timers, now + CL_PAUSE * (0.5 + cl_chance()), c,
                 ++c->generation);
}


void
cl_conn_request(cl_conn_t *c)
{
    uint64_t  within;

    c->state = CL_BUSY;
    c->in_len = 0;
    c->out_sent = 0;
    c->sent = cl_now();

    cl_http_request(c);

    c->cut = 0;

    if (cl_conf.abort > 0 && cl_chance() < cl_conf.abort) {

        if (cl_random() % 4 == 0) {
            c->cut = 1;
            c->out_len = 1 + cl_random() % (c->out_len - 1);

        } else {
            c->timer_is = CL_ABORT;
            within = cl_conf.abort_within ? cl_conf.abort_within : cl_usual;
            cl_heap_push(&cl_timers, c->sent + cl_chance() * within, c,
                         ++c->generation);
        }
    }

    cl_conn_queue(c, c->sent);
    cl_conn_send(c);
}


void
cl_conn_send(cl_conn_t *c)
{
    ssize_t  n;

    while (c->out_sent < c->out_len) {

        n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent,
                 MSG_NOSIGNAL);

        if (n > 0) {
            cl_figures.requests += c->out_sent == 0;
            c->out_sent += n;
            continue;
        }

        if (errno == EAGAIN || errno == EINTR) {
            return;
        }

        if (c->out_sent == 0) {
            /* a keep-alive connection that the server has closed */
            cl_conn_unqueue(c);
            c->generation++;
            cl_conn_pause(c, c->sent);
            return;
        }

        cl_conn_read(c);
        return;
    }

    if (c->cut) {
        cl_figures.aborted++;
        c->reset = cl_random() % 2;
        cl_conn_done(c, NULL, "cut", 0);
    }
}


void
cl_conn_read(cl_conn_t *c)
{
    int          eof, rc;
    ssize_t      n;
    cl_answer_t  answer;

    for ( ;; ) {

        if (c->in_len + 1 >= c->in_size) {
            c->in_size *= 2;
            c->in = realloc(c->in, c->in_size);

            if (c->in == NULL) {
                cl_die("no memory");
            }
        }

        n = recv(c->fd, c->in + c->in_len, c->in_size - c->in_len - 1, 0);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n == -1 && errno == EAGAIN) {
            return;
        }

        eof = (n == 0);
        c->in_len += n > 0 ? n : 0;

        rc = n == -1 ? CL_AGAIN : cl_http_answer(c, eof, &answer);

        if (rc == CL_OK) {

            if (answer.size && c->in_len > answer.size) {
                /* what comes after it belongs to nobody */
                cl_figures.odd++;
                cl_conn_done(c, &answer, "odd", 0);
                return;
            }

            cl_conn_done(c, &answer, "ok", !answer.close && !eof);
            return;
        }

        if (rc == CL_ERROR) {
            cl_figures.odd++;
            cl_conn_done(c, NULL, "odd", 0);
            return;
        }

        if (n <= 0) {
            cl_conn_done(c, NULL, n == -1 ? "reset"
                                  : c->in_len ? "short" : "eof", 0);
            return;
        }
    }
}


/* the job's turn on this connection is over */

static void
cl_conn_done(cl_conn_t *c, cl_answer_t *answer, const char *end, int keep)
{
    uint64_t   now;
    cl_job_t  *job;

    now = cl_now();
    job = c->job;

    cl_conn_unqueue(c);
    c->generation++;

    if (answer && cl_conf.drop > 0 && cl_chance() < cl_conf.drop) {
        cl_figures.dropped++;
        answer = NULL;
        end = "drop";
    }

    if (answer) {
        cl_usual += (now - c->sent - cl_usual) / 64;
    }

    cl_ledger_line(c, answer, end, now);

    if (keep && !cl_conf.per_request) {
        c->state = CL_IDLE;

    } else {
        cl_conn_close(c, c->reset);
    }

    c->reset = 0;

    cl_conn_idle(c);
    cl_plan_finish(job, answer, now);
}


/* time-outs, aborts, pauses that are over */

void
cl_conn_expire(uint64_t now)
{
    cl_conn_t        *c;
    cl_heap_entry_t   e;

    while (cl_heap_when(&cl_timers) <= now) {
        e = cl_heap_pop(&cl_timers);
        c = e.data;

        if (e.tag != c->generation) {
            continue;
        }

        c->generation++;

        if (c->timer_is == CL_REOPEN) {
            cl_conn_begin(c);
            continue;
        }

        cl_figures.aborted++;
        c->reset = cl_random() % 2;
        cl_conn_done(c, NULL, c->reset ? "rst" : "fin", 0);
    }

    while (cl_queue.next != &cl_queue && cl_queue.next->deadline <= now) {
        c = cl_queue.next;

        if (c->state == CL_CONNECTING) {
            cl_conn_unqueue(c);
            cl_conn_pause(c, now);
            continue;
        }

        cl_figures.timeouts++;
        cl_conn_done(c, NULL, "timeout", 0);
    }
}


/* when the next of them is */

uint64_t
cl_conn_wake(void)
{
    uint64_t  wake;

    wake = cl_heap_when(&cl_timers);

    if (cl_queue.next != &cl_queue && cl_queue.next->deadline < wake) {
        wake = cl_queue.next->deadline;
    }

    return wake;
}


static void
cl_conn_idle(cl_conn_t *c)
{
    c->job = NULL;
    c->slot = cl_nidle;
    cl_idle[cl_nidle++] = c;
}


static void
cl_conn_queue(cl_conn_t *c, uint64_t now)
{
    c->deadline = now + cl_conf.timeout;

    c->prev = cl_queue.prev;
    c->next = &cl_queue;
    cl_queue.prev->next = c;
    cl_queue.prev = c;
}


void
cl_conn_unqueue(cl_conn_t *c)
{
    c->prev->next = c->next;
    c->next->prev = c->prev;
}
