
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * Requests made, answers read.  Of the JSON only the words that the ledger
 * needs are taken, and those that an answer lists for several tickets.
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "claimload.h"


static void cl_http_args(cl_job_t *job, char *args, char *headers,
    size_t size);
static void cl_http_head(cl_conn_t *c, cl_answer_t *a, int *chunked,
    long *length);
static int cl_http_chunked(cl_conn_t *c, cl_answer_t *a, size_t *body);
static void cl_http_json(const char *p, const char *end, cl_answer_t *a);
static void cl_http_word(cl_answer_t *a, int depth, cl_text_t *key,
    cl_text_t *value);
static const char *cl_http_string(const char *p, const char *end,
    cl_text_t *text);
static const char *cl_http_space(const char *p, const char *end);


void
cl_http_request(cl_conn_t *c)
{
    int        n;
    char       user[128], key[128], args[512], headers[512];
    cl_job_t  *job;

    job = c->job;
    args[0] = '\0';
    headers[0] = '\0';

    cl_ledger_name(job, user, key, sizeof(user));

    cl_http_args(job, args, headers, sizeof(args));

    if (job->op == CL_CONFIRM || job->op == CL_RELEASE) {
        key[0] = '\0';
    }

    if (args[0] == '&' && strchr(cl_http_path(job->op), '?') == NULL) {
        args[0] = '?';
    }

    n = snprintf(c->out, sizeof(c->out),
                 "%s %s%s HTTP/1.1\r\n"
                 "Host: claimload\r\n"
                 "%s: %s\r\n"
                 "%s%s%s"
                 "%s"
                 "%s"
                 "Content-Length: 0\r\n"
                 "\r\n",
                 job->op == CL_SCAN ? "GET" : "POST",
                 cl_http_path(job->op), args, cl_conf.user_header, user,
                 key[0] ? "Idempotency-Key: " : "", key,
                 key[0] ? "\r\n" : "", headers,
                 cl_conf.per_request ? "Connection: close\r\n" : "");

    if (n >= (int) sizeof(c->out)) {
        cl_die("too long a request");
    }

    c->out_len = n;
}


/* the first argument begins with "&", too */

static void
cl_http_args(cl_job_t *job, char *args, char *headers, size_t size)
{
    int    n;
    char  *p;

    if (job->op == CL_SCAN) {
        snprintf(args, size, "/%s", cl_conf.items[job->item]);
        snprintf(headers, size, "Accept: application/json\r\n");
        return;
    }

    if (job->code) {
        /* CAMPAIGN~... */
        n = snprintf(args, size / 2, "&campaign=%.*s&code=",
                     (int) strcspn(job->ticket, "~"), job->ticket);
        p = cl_http_escape(args + n, args + size - 1, job->code,
                           strlen(job->code));
        *p = '\0';
        return;
    }

    if (job->op != CL_CLAIM) {
        snprintf(args, size, "&ticket=%s%s", job->ticket,
                 job->op == CL_RESTOCK ? "&restock=1" : "");
        return;
    }

    n = 0;

    if (job->units) {
        n = cl_conf.as_headers
            ? snprintf(headers, 128, "X-Units: %d\r\n", job->units)
            : snprintf(args, 128, "&units=%d", job->units);
    }

    if (job->item >= 0) {
        snprintf((cl_conf.as_headers ? headers : args) + n, 256,
                 cl_conf.as_headers ? "X-Item: %s\r\n" : "&item=%s",
                 cl_conf.items[job->item]);
    }
}


/* as it may stand in an URI, and in the ledger; returns where it ends */

char *
cl_http_escape(char *p, char *last, const char *text, size_t len)
{
    size_t         i;
    unsigned char  ch;

    for (i = 0; i < len && last - p > 3; i++) {
        ch = text[i];

        if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z')
            || (ch >= 'A' && ch <= 'Z') || ch == '-' || ch == '_')
        {
            *p++ = ch;

        } else {
            p += sprintf(p, "%%%02X", ch);
        }
    }

    return p;
}


const char *
cl_http_path(cl_op_e op)
{
    switch (op) {

    case CL_CONFIRM:
        return cl_conf.confirm_path;

    case CL_RELEASE:
        return cl_conf.release_path;

    case CL_REDEEM:
        return cl_conf.redeem_path;

    case CL_VOID:
    case CL_RESTOCK:
        return cl_conf.void_path;

    default: /* CL_CLAIM, CL_SCAN */
        return cl_conf.path;
    }
}


/* CL_AGAIN if it is not complete, CL_ERROR if it is no answer */

int
cl_http_answer(cl_conn_t *c, int eof, cl_answer_t *a)
{
    int     rc, chunked;
    long    length;
    char   *end;
    size_t  body;

    c->in[c->in_len] = '\0';

    if (c->in_len >= 9 && strncmp(c->in, "HTTP/1.", 7) != 0) {
        return CL_ERROR;
    }

    end = strstr(c->in, "\r\n\r\n");
    if (end == NULL) {
        return c->in_len > 65536 ? CL_ERROR : CL_AGAIN;
    }

    memset(a, 0, offsetof(cl_answer_t, tickets));
    a->ntickets = 0;
    a->head = end + 4 - c->in;

    cl_http_head(c, a, &chunked, &length);

    if (a->status < 200 || a->status > 599) {
        return CL_ERROR;
    }

    if (chunked) {
        rc = cl_http_chunked(c, a, &body);

        if (rc != CL_OK) {
            return rc;
        }

    } else if (length >= 0) {
        a->size = a->head + length;
        body = length;

        if (c->in_len < a->size) {
            return CL_AGAIN;
        }

    } else {
        body = c->in_len - a->head;

        if (!eof) {
            return CL_AGAIN;
        }
    }

    cl_http_json(c->in + a->head, c->in + a->head + body, a);

    return CL_OK;
}


static void
cl_http_head(cl_conn_t *c, cl_answer_t *a, int *chunked, long *length)
{
    char  *line;

    *chunked = 0;
    *length = -1;

    a->status = atoi(c->in + 9);
    a->close = (c->in[7] == '0');

    for (line = strstr(c->in, "\r\n") + 2;
         line < c->in + a->head - 2;
         line = strstr(line, "\r\n") + 2)
    {
        if (strncasecmp(line, "content-length:", 15) == 0) {
            *length = strtol(line + 15, NULL, 10);

        } else if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0) {
            *chunked = 1;

        } else if (strncasecmp(line, "connection: close", 17) == 0) {
            a->close = 1;
        }
    }
}


/* the chunks are looked through first, and joined when all are there */

static int
cl_http_chunked(cl_conn_t *c, cl_answer_t *a, size_t *body)
{
    int     pass;
    long    n;
    char   *p, *line, *end, *last;

    last = c->in + c->in_len;

    for (pass = 0; pass < 2; pass++) {
        p = c->in + a->head;
        *body = 0;

        for ( ;; ) {
            line = strstr(p, "\r\n");
            if (line == NULL) {
                return CL_AGAIN;
            }

            n = strtol(p, &end, 16);
            if (end == p || n < 0 || n > 1 << 24) {
                return CL_ERROR;
            }

            p = line + 2;

            if (last - p < n + 2) {
                return CL_AGAIN;
            }

            if (pass == 1) {
                memmove(c->in + a->head + *body, p, n);
            }

            *body += n;
            p += n + 2;

            if (n == 0) {
                break;
            }
        }

        a->size = p - c->in;
    }

    return CL_OK;
}


static void
cl_http_json(const char *p, const char *end, cl_answer_t *a)
{
    int        depth;
    cl_text_t  key, value;

    depth = 0;

    while (p < end) {

        switch (*p) {

        case '{':
        case '[':
            depth++;
            p++;
            continue;

        case '}':
        case ']':
            depth--;
            p++;
            continue;

        case '"':
            break;

        default:
            p++;
            continue;
        }

        p = cl_http_space(cl_http_string(p, end, &key), end);

        if (p == end || *p != ':') {
            continue;
        }

        p = cl_http_space(p + 1, end);

        if (p == end || *p == '{' || *p == '[') {
            continue;
        }

        if (*p == '"') {
            p = cl_http_string(p, end, &value);

        } else {
            value.p = p;

            while (p < end && *p != ',' && *p != '}' && *p != ']') {
                p++;
            }

            value.len = p - value.p;
        }

        cl_http_word(a, depth, &key, &value);
    }
}


static void
cl_http_word(cl_answer_t *a, int depth, cl_text_t *key, cl_text_t *value)
{
#define is(name)                                                              \
    (key->len == sizeof(name) - 1 && memcmp(key->p, name, key->len) == 0)

    if (depth > 1) {

        if (is("ticket") && a->ntickets < CL_MAX_TICKETS) {
            a->codes[a->ntickets].len = 0;
            a->tickets[a->ntickets++] = *value;

        } else if (is("code") && a->ntickets) {
            a->codes[a->ntickets - 1] = *value;
        }

        return;
    }

    if (is("outcome")) {
        a->outcome = *value;

    } else if (is("ticket")) {
        a->ticket = *value;

    } else if (is("seq")) {
        a->seq = *value;

    } else if (is("code") || is("target")) {
        a->code = *value;

    } else if (is("by")) {
        a->by = *value;
    }

#undef is
}


/* from its quote to what comes after it */

static const char *
cl_http_string(const char *p, const char *end, cl_text_t *text)
{
    text->p = ++p;

    while (p < end && *p != '"') {
        p += (*p == '\\' && p + 1 < end) ? 2 : 1;
    }

    text->len = p - text->p;

    return p < end ? p + 1 : end;
}


static const char *
cl_http_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) {
        p++;
    }

    return p;
}
