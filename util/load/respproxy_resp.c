
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * RESP2, as much of it as a proxy has to know.
 */


#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "respproxy.h"


/* bytes of the first whole command or reply, 0 if it is not all there */

size_t
rp_size(const char *p, size_t n)
{
    long        value;
    size_t      at, todo;
    const char *eol;

    at = 0;

    for (todo = 1; todo; todo--) {

        eol = at < n ? memchr(p + at, '\n', n - at) : NULL;
        if (eol == NULL) {
            return 0;
        }

        value = strtol(p + at + 1, NULL, 10);

        switch (p[at]) {

        case '$':
            at = eol + 1 - p + (value >= 0 ? value + 2 : 0);
            break;

        case '*':
            todo += value > 0 ? value : 0;
            /* fall through */

        case '+':
        case '-':
        case ':':
            at = eol + 1 - p;
            break;

        default:
            rp_die("neither a command nor a reply: \"%.20s\"", p + at);
        }
    }

    return at <= n ? at : 0;
}


/* nothing that users send may have CR in it */

static uint64_t
rp_count(const char *p, size_t n, const char *what)
{
    size_t       len;
    uint64_t     found;
    const char  *q;

    len = strlen(what);

    for (found = 0; ; found++) {
        q = memmem(p, n, what, len);
        if (q == NULL) {
            return found;
        }

        n -= q + len - p;
        p = q + len;
    }
}


/*
 * How many have won by this reply of a script of claims, and how many units
 * are left after it: of total and out, the 6th and 7th of its elements.  Wins
 * are lines, or if they are alike, numbers; eight numbers are in each head.
 */

uint64_t
rp_wins(const char *p, size_t n, int64_t *left)
{
    char         head[256];
    size_t       len;
    long long    total, out;

    len = n < sizeof(head) - 1 ? n : sizeof(head) - 1;
    memcpy(head, p, len);
    head[len] = '\0';

    if (sscanf(head, "*%*d :%*d $2 ok :%*d :%*d :%*d :%lld :%lld",
               &total, &out) != 2)
    {
        return 0;
    }

    *left = total - out;

    return rp_count(p, n, "\r\nwon") + rp_count(p, n, "\r\n:") - 8;
}
