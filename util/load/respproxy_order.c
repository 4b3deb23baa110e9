
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * Orders come by a fifo, and counters leave by a file, which is renamed into
 * its place: whoever has written a line waits until "said" has grown.
 */


#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "respproxy.h"


static void rp_order(char *line);
static int rp_order_shape(const char *word, uint64_t n, uint64_t ms);
static int rp_order_fault(const char *word, const char *when, uint64_t n);
static void rp_order_none(void);
static void rp_tell(void);


static int       rp_fifo;
static char     *rp_file;                      /* counters */
static uint64_t  rp_said;                      /* lines */


int
rp_order_open(const char *fifo, char *file)
{
    /* to write and to read, so that it never ends */

    rp_fifo = open(fifo, O_RDWR|O_NONBLOCK|O_CLOEXEC);
    if (rp_fifo == -1) {
        rp_die("\"%s\": %s", fifo, strerror(errno));
    }

    rp_file = file;
    rp_tell();

    return rp_fifo;
}


void
rp_order_read(void)
{
    char     *line, *end;
    ssize_t   n;

    static char    text[4096];
    static size_t  len;

    n = read(rp_fifo, text + len, sizeof(text) - 1 - len);
    if (n <= 0) {
        return;
    }

    len += n;
    text[len] = '\0';

    for (line = text; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        rp_order(line);
        rp_said++;
        rp_tell();
    }

    len -= line - text;
    memmove(text, line, len);
}


static void
rp_order(char *line)
{
    int   n;
    char  word[16], second[16], third[16];

    n = sscanf(line, "%15s %15s %15s", word, second, third);

    if (n == 1 && strcmp(word, "tell") == 0) {
        return;
    }

    if (n == 1 && strcmp(word, "none") == 0) {
        rp_order_none();
        return;
    }

    if (n == 3
        && (rp_order_shape(word, strtoull(second, NULL, 10),
                           strtoull(third, NULL, 10)) == 0
            || rp_order_fault(word, second, strtoull(third, NULL, 10)) == 0))
    {
        return;
    }

    rp_die("unknown order \"%s\"", line);
}


static int
rp_order_shape(const char *word, uint64_t n, uint64_t ms)
{
    if (strcmp(word, "pieces") == 0) {
        rp_piece = n;
        rp_pause = ms * 1000;
        return 0;
    }

    if (strcmp(word, "glue") == 0) {
        rp_glue = n;
        rp_hold = ms * 1000;
        return 0;
    }

    return -1;
}


static int
rp_order_fault(const char *word, const char *when, uint64_t n)
{
    int          i;
    rp_fault_t  *f;

    for (i = 0; i < RP_FAULTS && strcmp(word, rp_names[i]) != 0; i++) {
        /* void */
    }

    if (i == RP_FAULTS) {
        return -1;
    }

    f = &rp_faults[i];

    if (strcmp(when, "one-in") == 0) {
        f->one_in = n;

    } else if (strcmp(when, "next") == 0) {
        f->next = n;

    } else if (strcmp(when, "left") == 0) {
        f->left = n;

    } else {
        return -1;
    }

    return 0;
}


static void
rp_order_none(void)
{
    int  i;

    rp_piece = 0;
    rp_glue = 0;

    for (i = 0; i < RP_FAULTS; i++) {
        rp_faults[i].one_in = 0;
        rp_faults[i].next = 0;
        rp_faults[i].left = 0;
    }
}


static void
rp_tell(void)
{
    int         i;
    char        name[4096];
    FILE       *f;
    rp_link_t  *l;

    snprintf(name, sizeof(name), "%s.new", rp_file);

    f = fopen(name, "w");
    if (f == NULL) {
        rp_die("\"%s\": %s", name, strerror(errno));
        return;
    }

#define rp_line(word, value)                                                  \
    fprintf(f, "%s %llu\n", word, (unsigned long long) (value))

    rp_line("said", rp_said);

    for (i = 0; i < RP_FAULTS; i++) {
        rp_line(rp_names[i], rp_faults[i].done);
    }

    rp_line("faulty", rp_counters.faulty);
    rp_line("closed", rp_counters.closed);
    rp_line("wins", rp_counters.wins);
    rp_line("connections", rp_counters.connections);
    rp_line("replies", rp_counters.replies);
    rp_line("largest", rp_counters.largest);
    rp_line("owed", rp_counters.owed);
    rp_line("glued", rp_counters.glued);
    rp_line("pieces", rp_counters.pieces);

#undef rp_line

    for (l = rp_links; l; l = l->next) {
        if (l->faulty) {
            fprintf(f, "open %s %s\n", rp_names[l->fault], l->text);
        }
    }

    if (fclose(f) != 0 || rename(name, rp_file) == -1) {
        rp_die("\"%s\": %s", rp_file, strerror(errno));
    }
}
