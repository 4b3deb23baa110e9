
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * The ledger has a line a request, with a space between its columns and "-"
 * for what there is not:
 *
 *    1  claim, confirm, release, redeem, void, restock (a void that gives
 *       the unit back) or scan
 *    2  when it was sent, microseconds since 1970
 *    3  when it was answered, or given up
 *    4  user
 *    5  idempotency key
 *    6  units
 *    7  item, of a scan the link
 *    8  HTTP status, 0 if there was no answer
 *    9  outcome, "none" if there was no answer, "?" if it has none
 *   10  ticket; of what is no claim the one that was sent
 *   11  seq
 *   12  the user named in the ticket
 *   13  the other tickets that are listed, with commas; of what is no claim
 *       the one that was answered
 *   14  number of the try of this user, of the repeat: 3.0
 *   15  index of the address
 *   16  how it ended: ok, odd (bytes that make no sense); or the answer did
 *       not count: cut (closed while the request was sent), fin, rst (closed
 *       after), drop, timeout, reset, eof, short (closed by the server)
 *   17  code, or where a scan leads
 *   18  codes of the tickets in 13, with commas; of what is no claim the code
 *       that was sent instead of the ticket
 *   19  who redeemed it ("by")
 *
 * Of 17 to 19 all bytes but letters, digits, "-" and "_" are as in an URI.
 */


#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claimload.h"


/* latencies: 32 steps for each power of two */

#define CL_STEPS    1024
#define CL_LINES    32


typedef struct {
    char               name[48];
    uint64_t           count;
    uint64_t           max;
    uint32_t           steps[CL_STEPS];
} cl_outcome_t;


static void cl_ledger_count(const char *name, size_t len, uint64_t latency);
static cl_outcome_t *cl_ledger_outcome(const char *name, size_t len);
static void cl_ledger_others(cl_job_t *job, cl_answer_t *a);
static void cl_ledger_codes(cl_job_t *job, cl_answer_t *a);
static void cl_ledger_text(cl_text_t *text);
static void cl_ledger_owner(cl_text_t *ticket, cl_text_t *owner);
static int cl_ledger_step(uint64_t us);
static double cl_ledger_quantile(cl_outcome_t *o, double q);
static void cl_ledger_table(double seconds);
static void cl_ledger_json(double seconds);


static FILE          *cl_file;
static cl_outcome_t   cl_outcomes[CL_LINES];   /* the first is all */
static int            cl_noutcomes;

static const char    *cl_ops[] = {
    "claim", "confirm", "release", "redeem", "void", "restock", "scan"
};


void
cl_ledger_open(void)
{
    (void) cl_ledger_outcome("all", 3);

    if (cl_conf.ledger == NULL) {
        return;
    }

    cl_file = fopen(cl_conf.ledger, "a");

    if (cl_file == NULL) {
        cl_die("\"%s\": %s", cl_conf.ledger, strerror(errno));
    }

    setvbuf(cl_file, NULL, _IOFBF, 1 << 18);
}


void
cl_ledger_name(cl_job_t *job, char *user, char *key, size_t size)
{
    if (cl_conf.hot) {
        snprintf(user, size, "%s", cl_conf.hot);

    } else {
        snprintf(user, size, "%s%u", cl_conf.prefix, job->user);
    }

    key[0] = '\0';

    if (job->op == CL_REDEEM) {
        snprintf(key, size, "r%llu-%u-%u-%d",
                 (unsigned long long) cl_conf.seed, job->user, job->n,
                 job->copy);

    } else if (job->op == CL_VOID || job->op == CL_RESTOCK) {
        return;

    } else if (cl_conf.key == CL_KEY_TRY
               || (cl_conf.key == CL_KEY_HALF && (job->user + job->n) % 2))
    {
        snprintf(key, size, "k%llu-%u-%u",
                 (unsigned long long) cl_conf.seed, job->user, job->n);

    } else if (cl_conf.key == CL_KEY_USER) {
        snprintf(key, size, "k%llu-%u", (unsigned long long) cl_conf.seed,
                 job->user);
    }
}


void
cl_ledger_line(cl_conn_t *c, cl_answer_t *a, const char *end, uint64_t now)
{
    int           i;
    char          user[128], key[128], label[64];
    cl_job_t     *job;
    uint64_t      from;
    cl_text_t     outcome, ticket, owner;

    static const cl_text_t  none = { "none", 4 }, odd = { "?", 1 },
                            dash = { "-", 1 };

    job = c->job;

    outcome = a == NULL ? none : a->outcome.len ? a->outcome : odd;

    from = cl_conf.rate > 0 && job->attempt == 0 && job->due ? job->due
           : c->sent;

    i = job->op == CL_CLAIM
        ? snprintf(label, sizeof(label), "%.*s", (int) outcome.len, outcome.p)
        : snprintf(label, sizeof(label), "%s: %.*s", cl_ops[job->op],
                   (int) outcome.len, outcome.p);

    cl_ledger_count("all", 3, now - from);
    cl_ledger_count(label, i, now - from);

    if (cl_file == NULL) {
        return;
    }

    cl_ledger_name(job, user, key, sizeof(user));

    ticket = dash;

    if (job->ticket) {
        ticket.p = job->ticket;
        ticket.len = strlen(job->ticket);

    } else if (a && a->ticket.len) {
        ticket = a->ticket;
    }

    owner = dash;
    cl_ledger_owner(&ticket, &owner);

    fprintf(cl_file, "%s %llu %llu %s %s %d %s %d %.*s %.*s %.*s %.*s ",
            cl_ops[job->op], (unsigned long long) cl_wall(c->sent),
            (unsigned long long) cl_wall(now), user, key[0] ? key : "-",
            job->units ? job->units : 1,
            job->item >= 0 ? cl_conf.items[job->item] : "-",
            a ? a->status : 0, (int) outcome.len, outcome.p,
            (int) ticket.len, ticket.p,
            a && a->seq.len ? (int) a->seq.len : 1,
            a && a->seq.len ? a->seq.p : "-", (int) owner.len, owner.p);

    cl_ledger_others(job, a);
    fprintf(cl_file, " %u.%u %d %s ", job->n, job->attempt, c->target, end);
    cl_ledger_codes(job, a);
}


static void
cl_ledger_others(cl_job_t *job, cl_answer_t *a)
{
    int  i;

    if (a && job->ticket && a->ticket.len) {
        fprintf(cl_file, "%.*s", (int) a->ticket.len, a->ticket.p);
        return;
    }

    if (a == NULL || a->ntickets == 0) {
        fputc('-', cl_file);
        return;
    }

    for (i = 0; i < a->ntickets; i++) {
        fprintf(cl_file, "%s%.*s", i ? "," : "",
                (int) a->tickets[i].len, a->tickets[i].p);
    }
}


static void
cl_ledger_codes(cl_job_t *job, cl_answer_t *a)
{
    int        i;
    cl_text_t  sent;

    cl_ledger_text(a ? &a->code : NULL);
    fputc(' ', cl_file);

    if (job->code) {
        sent.p = job->code;
        sent.len = strlen(job->code);
        cl_ledger_text(&sent);

    } else if (a == NULL || a->ntickets == 0 || job->ticket) {
        fputc('-', cl_file);

    } else {
        for (i = 0; i < a->ntickets; i++) {
            fputs(i ? "," : "", cl_file);
            cl_ledger_text(&a->codes[i]);
        }
    }

    fputc(' ', cl_file);
    cl_ledger_text(a ? &a->by : NULL);
    fputc('\n', cl_file);
}


static void
cl_ledger_text(cl_text_t *text)
{
    char  buf[512], *p;

    if (text == NULL || text->len == 0) {
        fputc('-', cl_file);
        return;
    }

    p = cl_http_escape(buf, buf + sizeof(buf), text->p, text->len);

    fwrite(buf, 1, p - buf, cl_file);
}


/* CAMPAIGN~MADE~USER~SEQ~KEYID~SIGNATURE */

static void
cl_ledger_owner(cl_text_t *ticket, cl_text_t *owner)
{
    int     n;
    size_t  i;

    n = 0;

    for (i = 0; i < ticket->len; i++) {

        if (ticket->p[i] != '~') {
            continue;
        }

        if (++n == 2) {
            owner->p = ticket->p + i + 1;

        } else if (n == 3) {
            owner->len = ticket->p + i - owner->p;
        }
    }

    if (n != 5 && ticket->len > 1) {
        owner->p = "?";
        owner->len = 1;
    }
}


static void
cl_ledger_count(const char *name, size_t len, uint64_t latency)
{
    cl_outcome_t  *o;

    o = cl_ledger_outcome(name, len);

    o->count++;
    o->max = latency > o->max ? latency : o->max;
    o->steps[cl_ledger_step(latency)]++;
}


static cl_outcome_t *
cl_ledger_outcome(const char *name, size_t len)
{
    int  i;

    if (len >= sizeof(cl_outcomes[0].name)) {
        len = sizeof(cl_outcomes[0].name) - 1;
    }

    for (i = 0; i < cl_noutcomes; i++) {
        if (memcmp(cl_outcomes[i].name, name, len) == 0
            && cl_outcomes[i].name[len] == '\0')
        {
            return &cl_outcomes[i];
        }
    }

    if (i == CL_LINES) {
        return &cl_outcomes[CL_LINES - 1];
    }

    memcpy(cl_outcomes[i].name, name, len);
    cl_noutcomes++;

    return &cl_outcomes[i];
}


static int
cl_ledger_step(uint64_t us)
{
    int  shift;

    if (us < 64) {
        return us;
    }

    shift = 58 - __builtin_clzll(us);

    return shift > 26 ? CL_STEPS - 1 : (shift + 1) * 32 + (us >> shift) - 32;
}


static double
cl_ledger_quantile(cl_outcome_t *o, double q)
{
    int       i;
    double    us;
    uint64_t  seen, want;

    want = q * o->count;
    seen = 0;

    for (i = 0; i < CL_STEPS - 1; i++) {
        seen += o->steps[i];

        if (seen > want) {
            break;
        }
    }

    us = i < 64 ? i + 1
         : (double) ((uint64_t) (i % 32 + 33) << (i / 32 - 1));

    return (us < o->max ? us : o->max) / 1000;
}


int
cl_ledger_summary(void)
{
    double  seconds;

    seconds = (cl_figures.end - cl_figures.begin) / 1e6;

    if (cl_conf.json) {
        cl_ledger_json(seconds);

    } else {
        cl_ledger_table(seconds);
    }

    if (cl_file && (ferror(cl_file) || fclose(cl_file) != 0)) {
        cl_die("\"%s\": %s", cl_conf.ledger, strerror(errno));
    }

    return cl_figures.odd || (cl_conf.retry && cl_figures.unknown);
}


static void
cl_ledger_table(double seconds)
{
    int            i;
    cl_outcome_t  *o;

    printf("%-24s %10s %10s %10s %10s\n", "outcome", "requests", "p50 ms",
           "p99 ms", "max ms");

    for (i = 1; i <= cl_noutcomes; i++) {
        o = &cl_outcomes[i % cl_noutcomes];

        printf("%-24s %10llu %10.3f %10.3f %10.3f\n", o->name,
               (unsigned long long) o->count, cl_ledger_quantile(o, 0.5),
               cl_ledger_quantile(o, 0.99), o->max / 1000.0);
    }

#define figure(name)  (unsigned long long) cl_figures.name

    printf("\n%.0f requests/s for %.3f s\n"
           "tries %llu: answered %llu, unknown %llu\n"
           "connections opened %llu, refused %llu; aborted %llu, "
           "dropped %llu, timed out %llu; odd answers %llu\n",
           cl_figures.requests / seconds, seconds, figure(tries),
           figure(settled), figure(unknown), figure(opened), figure(refused),
           figure(aborted), figure(dropped), figure(timeouts), figure(odd));
}


static void
cl_ledger_json(double seconds)
{
    int            i;
    cl_outcome_t  *o;

    printf("{\"requests\":%llu,\"seconds\":%.3f,\"per_second\":%.0f,"
           "\"tries\":%llu,\"answered\":%llu,\"unknown\":%llu,"
           "\"opened\":%llu,\"refused\":%llu,\"aborted\":%llu,"
           "\"dropped\":%llu,\"timeouts\":%llu,\"odd\":%llu,\"outcomes\":{",
           figure(requests), seconds, cl_figures.requests / seconds,
           figure(tries), figure(settled), figure(unknown), figure(opened),
           figure(refused), figure(aborted), figure(dropped),
           figure(timeouts), figure(odd));

    for (i = 0; i < cl_noutcomes; i++) {
        o = &cl_outcomes[i];

        printf("%s\"%s\":{\"count\":%llu,\"p50_ms\":%.3f,\"p90_ms\":%.3f,"
               "\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f}",
               i ? "," : "", o->name, (unsigned long long) o->count,
               cl_ledger_quantile(o, 0.5), cl_ledger_quantile(o, 0.9),
               cl_ledger_quantile(o, 0.99), cl_ledger_quantile(o, 0.999),
               o->max / 1000.0);
    }

    printf("}}\n");
}
