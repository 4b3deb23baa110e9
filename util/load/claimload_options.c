
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * The command line.  An option is a line of the table below, and one of the
 * usage.
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claimload.h"


typedef enum {
    CL_FLAG,                                   /* int, no value */
    CL_INT,
    CL_U32,
    CL_U64,
    CL_TIME,
    CL_SHARE,                                  /* percent, double */
    CL_RATE,                                   /* double */
    CL_TEXT,
    CL_SPECIAL
} cl_option_e;


typedef struct {
    const char    *name;
    cl_option_e    type;
    void          *value;
    double         max;
} cl_option_t;


static void cl_option(cl_option_t *o, char *arg);
static void cl_special(cl_option_t *o, char *arg);
static double cl_number(cl_option_t *o, const char *arg);
static void cl_range(cl_option_t *o, char *arg);
static void cl_list(cl_option_t *o, char *arg);


cl_conf_t  cl_conf = {
    .connections = 64,
    .users = 1000,
    .tries = 1,
    .seed = 1,
    .prefix = "u",
    .user_header = "X-User",
    .path = "/grab",
    .timeout = 2000000,
    .retry_wait = 40000,
    .retry_limit = 60000000,
    .confirm_path = "/paid",
    .release_path = "/cancel",
    .redeem_path = "/redeem",
    .void_path = "/void",
    .settle_to = 10000,
    .settle_copies = 1
};


static cl_option_t  cl_options[] = {
    { "connections", CL_INT, &cl_conf.connections, 60000 },
    { "preconnect", CL_FLAG, &cl_conf.preconnect, 0 },
    { "preconnect-wait", CL_TIME, &cl_conf.preconnect_wait, 1e8 },
    { "per-request", CL_FLAG, &cl_conf.per_request, 0 },
    { "users", CL_U32, &cl_conf.users, 1e8 },
    { "tries", CL_U32, &cl_conf.tries, 1e8 },
    { "seed", CL_U64, &cl_conf.seed, 1e15 },
    { "user-prefix", CL_TEXT, &cl_conf.prefix, 0 },
    { "hot-user", CL_TEXT, &cl_conf.hot, 0 },
    { "user-header", CL_TEXT, &cl_conf.user_header, 0 },
    { "scan", CL_FLAG, &cl_conf.scan, 0 },
    { "path", CL_TEXT, &cl_conf.path, 0 },
    { "units", CL_SPECIAL, NULL, 1000 },
    { "items", CL_SPECIAL, NULL, 0 },
    { "as-headers", CL_FLAG, &cl_conf.as_headers, 0 },
    { "key", CL_SPECIAL, NULL, 0 },
    { "rate", CL_RATE, &cl_conf.rate, 1e7 },
    { "duration", CL_TIME, &cl_conf.duration, 1e12 },
    { "timeout", CL_TIME, &cl_conf.timeout, 1e12 },
    { "abort", CL_SHARE, &cl_conf.abort, 100 },
    { "abort-within", CL_TIME, &cl_conf.abort_within, 1e12 },
    { "drop", CL_SHARE, &cl_conf.drop, 100 },
    { "retry", CL_FLAG, &cl_conf.retry, 0 },
    { "retry-wait", CL_TIME, &cl_conf.retry_wait, 1e12 },
    { "retry-limit", CL_TIME, &cl_conf.retry_limit, 1e12 },
    { "again", CL_INT, &cl_conf.again, 16 },
    { "confirm", CL_SHARE, &cl_conf.confirm, 100 },
    { "release", CL_SHARE, &cl_conf.release, 100 },
    { "confirm-path", CL_TEXT, &cl_conf.confirm_path, 0 },
    { "release-path", CL_TEXT, &cl_conf.release_path, 0 },
    { "redeem", CL_SHARE, &cl_conf.redeem, 100 },
    { "void", CL_SHARE, &cl_conf.voids, 100 },
    { "restock", CL_SHARE, &cl_conf.restock, 100 },
    { "by-code", CL_SHARE, &cl_conf.by_code, 100 },
    { "redeem-path", CL_TEXT, &cl_conf.redeem_path, 0 },
    { "void-path", CL_TEXT, &cl_conf.void_path, 0 },
    { "settle-wait", CL_SPECIAL, NULL, 1e12 },
    { "settle-copies", CL_INT, &cl_conf.settle_copies, 16 },
    { "ledger", CL_TEXT, &cl_conf.ledger, 0 },
    { "ticks", CL_INT, &cl_conf.ticks, 10000 },
    { "json", CL_FLAG, &cl_conf.json, 0 },
    { "help", CL_SPECIAL, NULL, 0 },
    { NULL, CL_FLAG, NULL, 0 }
};


static const char  cl_usage[] =
"usage: claimload [option ...] ADDRESS ...\n"
"\n"
"Claims from many connections; a ledger of what came of each.  ADDRESS is\n"
"unix:PATH or HOST:PORT; connections are spread over all.  Times take the\n"
"units us, ms and s (ms if none is given), P is percent.\n"
"\n"
"  --connections N       keep-alive connections (64)\n"
"  --preconnect          open all before the first claim\n"
"  --preconnect-wait T   say \"open\" then, and wait\n"
"  --per-request         a connection for each request\n"
"  --users N             different users (1000)\n"
"  --tries N             tries of each, in a random order (1); 0: without\n"
"                        end, for --duration\n"
"  --seed N              of everything random (1)\n"
"  --user-prefix S       names are S0, S1, ... (u)\n"
"  --hot-user NAME       all tries are this user's\n"
"  --user-header NAME    that says who asks (X-User)\n"
"  --scan                scans: GET of PATH/ITEM, with the answer as JSON\n"
"  --path PATH           of a claim (/grab)\n"
"  --units N,N,...       a random one of them for each try\n"
"  --items A,B,...       the same\n"
"  --as-headers          X-Units and X-Item instead of arguments\n"
"  --key try|half|user   an Idempotency-Key for each try, for every second\n"
"                        one, or for each user\n"
"  --rate R              requests a second, at even distances; latency is\n"
"                        from when each was due\n"
"  --duration T          no new tries after it\n"
"  --timeout T           for an answer (2s)\n"
"  --abort P             connections closed, by FIN or RST, after (one in\n"
"                        four: while) the request was sent\n"
"  --abort-within T      at a random time within T (the usual latency)\n"
"  --drop P              answers thrown away, as if they had been lost\n"
"  --retry               ask again, where there was no answer or 503, with\n"
"                        the same user and key, until there is one\n"
"  --retry-wait T        before it, half to one and a half of T (40ms)\n"
"  --retry-limit T       then give up (60s)\n"
"  --again N             who has won asks N times more, at once\n"
"  --confirm P           tickets to confirm\n"
"  --release P           tickets to release\n"
"  --confirm-path PATH   (/paid)\n"
"  --release-path PATH   (/cancel)\n"
"  --redeem P            tickets to redeem or to make void: which of both is\n"
"  --void P              drawn for each copy, and all are sent at once, with\n"
"                        keys of their own\n"
"  --restock P           of the latter those that give the unit back\n"
"  --by-code P           of the former those that name the code\n"
"  --redeem-path PATH    (/redeem)\n"
"  --void-path PATH      (/void)\n"
"  --settle-wait T-T     before that, a random time (0-10ms)\n"
"  --settle-copies N     times that each is sent (1)\n"
"  --ledger FILE         lines are added to it\n"
"  --ticks N             print \"tick I\" when I/N of the tries have begun\n"
"  --json                the summary as JSON\n"
"\n"
"Ends 1 if with --retry some try stayed without an answer, or an answer\n"
"made no sense; 2 for a wrong option or a failed system call.\n";


void
cl_read_options(int argc, char **argv)
{
    int           i;
    char         *name, *arg;
    size_t        len;
    cl_option_t  *o;

    for (i = 1; i < argc; i++) {

        if (strncmp(argv[i], "--", 2) != 0) {
            cl_conn_target(argv[i]);
            continue;
        }

        name = argv[i] + 2;
        arg = strchr(name, '=');
        len = arg ? (size_t) (arg++ - name) : strlen(name);

        for (o = cl_options; o->name; o++) {
            if (strlen(o->name) == len && memcmp(o->name, name, len) == 0) {
                break;
            }
        }

        if (o->name == NULL) {
            cl_die("unknown option \"%s\", see claimload --help", argv[i]);
        }

        if (o->type != CL_FLAG && strcmp(o->name, "help") != 0
            && arg == NULL)
        {
            arg = argv[++i];

            if (arg == NULL) {
                cl_die("no value for --%s", o->name);
            }
        }

        cl_option(o, arg);
    }

    if (cl_conf.ntargets == 0) {
        fputs(cl_usage, stderr);
        exit(2);
    }

    if (cl_conf.hot) {
        cl_conf.users = 1;
    }

    if (cl_conf.users == 0 || cl_conf.connections == 0) {
        cl_die("--users and --connections must not be 0");
    }

    if (cl_conf.scan && cl_conf.nitems == 0) {
        cl_die("--scan needs --items, which are the codes of links");
    }

    if (cl_conf.tries == 0 && cl_conf.duration == 0) {
        cl_die("--tries 0 needs --duration");
    }

    if ((uint64_t) cl_conf.users * cl_conf.tries > 400000000) {
        cl_die("too many tries");
    }
}


static void
cl_option(cl_option_t *o, char *arg)
{
    switch (o->type) {

    case CL_FLAG:
        *(int *) o->value = 1;
        break;

    case CL_INT:
        *(int *) o->value = cl_number(o, arg);
        break;

    case CL_U32:
        *(uint32_t *) o->value = cl_number(o, arg);
        break;

    case CL_U64:
    case CL_TIME:
        *(uint64_t *) o->value = cl_number(o, arg);
        break;

    case CL_SHARE:
        *(double *) o->value = cl_number(o, arg) / 100;
        break;

    case CL_RATE:
        *(double *) o->value = cl_number(o, arg);
        break;

    case CL_TEXT:
        *(char **) o->value = arg;
        break;

    case CL_SPECIAL:
        cl_special(o, arg);
        break;
    }
}


static void
cl_special(cl_option_t *o, char *arg)
{
    if (strcmp(o->name, "help") == 0) {
        fputs(cl_usage, stdout);
        exit(0);
    }

    if (strcmp(o->name, "settle-wait") == 0) {
        cl_range(o, arg);
        return;
    }

    if (strcmp(o->name, "key") == 0) {

        if (strcmp(arg, "user") == 0) {
            cl_conf.key = CL_KEY_USER;

        } else if (strcmp(arg, "half") == 0) {
            cl_conf.key = CL_KEY_HALF;

        } else if (strcmp(arg, "try") == 0) {
            cl_conf.key = CL_KEY_TRY;

        } else {
            cl_die("--key is try, half or user, not \"%s\"", arg);
        }

        return;
    }

    cl_list(o, arg);
}


static double
cl_number(cl_option_t *o, const char *arg)
{
    char    *end;
    double   n;

    n = strtod(arg, &end);

    if (end == arg) {
        cl_die("--%s needs a number, not \"%s\"", o->name, arg);
    }

    if (o->type == CL_TIME || strcmp(o->name, "settle-wait") == 0) {

        if (*end == '\0' || strcmp(end, "ms") == 0) {
            n *= 1000;
            end = "";

        } else if (strcmp(end, "us") == 0) {
            end = "";

        } else if (strcmp(end, "s") == 0) {
            n *= 1000000;
            end = "";
        }
    }

    if (*end != '\0' || n < 0 || n > o->max) {
        cl_die("--%s: bad value \"%s\"", o->name, arg);
    }

    return n;
}


static void
cl_range(cl_option_t *o, char *arg)
{
    char  *to;

    to = strchr(arg, '-');
    if (to == NULL) {
        cl_die("--%s is FROM-TO, not \"%s\"", o->name, arg);
        return;
    }

    *to++ = '\0';

    cl_conf.settle_from = cl_number(o, arg);
    cl_conf.settle_to = cl_number(o, to);

    if (cl_conf.settle_to < cl_conf.settle_from) {
        cl_die("--%s: \"%s\" is more than \"%s\"", o->name, arg, to);
    }
}


static void
cl_list(cl_option_t *o, char *arg)
{
    int    n;
    char  *word;

    n = 0;

    for (word = strtok(arg, ","); word; word = strtok(NULL, ",")) {

        if (n == CL_MAX_ITEMS) {
            cl_die("--%s: more than %d", o->name, CL_MAX_ITEMS);
        }

        if (strcmp(o->name, "units") == 0) {
            cl_conf.units[n++] = cl_number(o, word);
            cl_conf.nunits = n;

        } else {
            cl_conf.items[n++] = word;
            cl_conf.nitems = n;
        }
    }
}
