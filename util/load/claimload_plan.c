
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * What is to be asked.  New tries are taken in a shuffled order; those that
 * are to be repeated, and tickets that are to be settled, wait in a heap for
 * their time and go first.
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claimload.h"


static cl_job_t *cl_plan_new(uint64_t now);
static int cl_plan_won(cl_answer_t *answer);
static void cl_plan_again(cl_job_t *job, uint64_t now);
static void cl_plan_settle(cl_job_t *job, cl_answer_t *answer, uint64_t now);
static void cl_plan_spend(cl_job_t *job, cl_answer_t *answer, uint64_t now);
static cl_job_t *cl_plan_copy(cl_job_t *job, cl_answer_t *answer,
    uint64_t due);
static char *cl_plan_text(cl_text_t *text);
static void cl_plan_free(cl_job_t *job);


static uint32_t    *cl_order;                  /* NULL: without end */
static uint64_t     cl_begun;
static uint64_t     cl_total;
static uint64_t     cl_active;                 /* jobs on connections */
static uint64_t     cl_rate_begun;             /* when the first was due */
static uint64_t     cl_rate_due;
static int          cl_ended;
static cl_heap_t    cl_waiting;


void
cl_plan_init(void)
{
    uint32_t  swap;
    uint64_t  i, k;

    cl_total = (uint64_t) cl_conf.users * cl_conf.tries;

    if (cl_total == 0) {
        cl_total = CL_NEVER;
        return;
    }

    cl_order = cl_alloc(cl_total * sizeof(uint32_t));

    for (i = 0; i < cl_total; i++) {
        cl_order[i] = i;
    }

    for (i = cl_total - 1; i > 0; i--) {
        k = cl_random() % (i + 1);
        swap = cl_order[i];
        cl_order[i] = cl_order[k];
        cl_order[k] = swap;
    }
}


/* the job that is due, or NULL; it comes back by finish() or later() */

cl_job_t *
cl_plan_next(uint64_t now)
{
    cl_job_t  *job;

    if (cl_heap_when(&cl_waiting) <= now) {
        job = cl_heap_pop(&cl_waiting).data;

    } else {
        job = cl_plan_new(now);
    }

    if (job) {
        cl_active++;
    }

    return job;
}


static cl_job_t *
cl_plan_new(uint64_t now)
{
    uint64_t   n;
    cl_job_t  *job;

    if (cl_ended || cl_begun == cl_total) {
        return NULL;
    }

    if (cl_conf.rate > 0) {

        if (cl_rate_due == 0) {
            cl_rate_begun = now;
            cl_rate_due = now;
        }

        if (cl_rate_due > now) {
            return NULL;
        }
    }

    job = cl_alloc(sizeof(cl_job_t));

    job->op = cl_conf.scan ? CL_SCAN : CL_CLAIM;
    job->item = -1;
    job->born = now;

    if (cl_conf.rate > 0) {
        /* from the first one, so that fractions do not add up */
        job->due = cl_rate_due;
        cl_rate_due = cl_rate_begun + (cl_begun + 1) * 1000000 / cl_conf.rate;
    }

    if (cl_order) {
        n = cl_order[cl_begun];
        job->user = n % cl_conf.users;
        job->n = n / cl_conf.users;

    } else {
        job->user = cl_random() % cl_conf.users;
        job->n = cl_begun;
    }

    if (cl_conf.nunits) {
        job->units = cl_conf.units[cl_random() % cl_conf.nunits];
    }

    if (cl_conf.nitems) {
        job->item = cl_random() % cl_conf.nitems;
    }

    cl_begun++;
    cl_figures.tries++;

    if (cl_conf.ticks && cl_order
        && cl_begun * cl_conf.ticks / cl_total
           != (cl_begun - 1) * cl_conf.ticks / cl_total)
    {
        printf("tick %u\n", (unsigned) (cl_begun * cl_conf.ticks / cl_total));
        fflush(stdout);
    }

    return job;
}


/* when there will be a job for an idle connection */

uint64_t
cl_plan_due(void)
{
    uint64_t  due;

    due = CL_NEVER;

    if (!cl_ended && cl_begun < cl_total) {
        due = cl_conf.rate > 0 ? cl_rate_due : 0;
    }

    return cl_heap_when(&cl_waiting) < due ? cl_heap_when(&cl_waiting) : due;
}


int
cl_plan_done(void)
{
    return (cl_ended || cl_begun == cl_total)
           && cl_active == 0 && cl_waiting.n == 0;
}


void
cl_plan_stop(void)
{
    cl_ended = 1;
}


/* the request could not be sent, or gave nothing */

void
cl_plan_later(cl_job_t *job, uint64_t now, uint64_t due)
{
    cl_active--;

    if (now - job->born > cl_conf.retry_limit) {
        cl_figures.unknown++;
        cl_plan_free(job);
        return;
    }

    job->due = due;
    cl_heap_push(&cl_waiting, due, job, 0);
}


/* answer is NULL if there was none */

void
cl_plan_finish(cl_job_t *job, cl_answer_t *answer, uint64_t now)
{
    if (answer == NULL || answer->status >= 500 || answer->status == 0) {

        if (cl_conf.retry) {
            job->attempt++;
            cl_plan_later(job, now, now + cl_conf.retry_wait
                                          * (0.5 + cl_chance()));
            return;
        }

        cl_active--;
        cl_figures.unknown++;
        cl_plan_free(job);
        return;
    }

    cl_active--;
    cl_figures.settled++;

    if (job->op == CL_CLAIM && answer->ticket.len) {
        cl_plan_settle(job, answer, now);
        cl_plan_spend(job, answer, now);

        if (cl_plan_won(answer)) {
            cl_plan_again(job, now);
        }
    }

    cl_plan_free(job);
}


static int
cl_plan_won(cl_answer_t *answer)
{
    return answer->outcome.len == 3
           && memcmp(answer->outcome.p, "won", 3) == 0;
}


/* the same claim by other connections; he must not be told of a loss */

static void
cl_plan_again(cl_job_t *job, uint64_t now)
{
    int        i;
    cl_job_t  *s;

    for (i = 0; i < cl_conf.again; i++) {
        s = cl_alloc(sizeof(cl_job_t));

        *s = *job;
        s->attempt = 0;
        s->due = now;
        s->born = now;

        cl_figures.tries++;
        cl_heap_push(&cl_waiting, now, s, 0);
    }
}


/*
 * The ticket of a won, and of an again that may be the answer to a won that
 * got lost, is settled or left as it is.
 */

static void
cl_plan_settle(cl_job_t *job, cl_answer_t *answer, uint64_t now)
{
    int        i;
    double     chance;
    cl_op_e    op;
    uint64_t   due;
    cl_job_t  *s;

    if (cl_conf.confirm == 0 && cl_conf.release == 0) {
        return;
    }

    if (job->attempt == 0 && !cl_plan_won(answer)) {
        return;
    }

    chance = cl_chance();

    if (chance < cl_conf.confirm) {
        op = CL_CONFIRM;

    } else if (chance < cl_conf.confirm + cl_conf.release) {
        op = CL_RELEASE;

    } else {
        return;
    }

    for (i = 0; i < cl_conf.settle_copies; i++) {
        due = now + cl_conf.settle_from
              + cl_chance() * (cl_conf.settle_to - cl_conf.settle_from);

        s = cl_plan_copy(job, answer, due);
        s->op = op;
    }
}


/*
 * The same for a coupon.  All copies have the same time, so that they race,
 * half of them by way of other addresses.
 */

static void
cl_plan_spend(cl_job_t *job, cl_answer_t *answer, uint64_t now)
{
    int        i;
    double     share;
    uint64_t   due;
    cl_job_t  *s;

    share = cl_conf.redeem + cl_conf.voids;

    if (share == 0 || (job->attempt == 0 && !cl_plan_won(answer))
        || cl_chance() >= share)
    {
        return;
    }

    due = now + cl_conf.settle_from
          + cl_chance() * (cl_conf.settle_to - cl_conf.settle_from);

    for (i = 0; i < cl_conf.settle_copies; i++) {
        s = cl_plan_copy(job, answer, due);
        s->copy = i;

        if (cl_chance() * share >= cl_conf.redeem) {
            s->op = cl_chance() < cl_conf.restock ? CL_RESTOCK : CL_VOID;
            continue;
        }

        s->op = CL_REDEEM;

        /* of a code with a backslash only JSON knows what it means */

        if (answer->code.len && cl_chance() < cl_conf.by_code
            && memchr(answer->code.p, '\\', answer->code.len) == NULL)
        {
            s->code = cl_plan_text(&answer->code);
        }
    }
}


static cl_job_t *
cl_plan_copy(cl_job_t *job, cl_answer_t *answer, uint64_t due)
{
    cl_job_t  *s;

    s = cl_alloc(sizeof(cl_job_t));

    *s = *job;
    s->attempt = 0;
    s->ticket = cl_plan_text(&answer->ticket);
    s->due = due;
    s->born = due;

    cl_figures.tries++;
    cl_heap_push(&cl_waiting, due, s, 0);

    return s;
}


static char *
cl_plan_text(cl_text_t *text)
{
    return memcpy(cl_alloc(text->len + 1), text->p, text->len);
}


static void
cl_plan_free(cl_job_t *job)
{
    free(job->ticket);
    free(job->code);
    free(job);
}
