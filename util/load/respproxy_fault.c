
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A link bears one fault.  What comes after it may be anything, and the client
 * must close the link: that is counted, and not spoilt by another fault.
 */


#include <string.h>

#include "respproxy.h"


static rp_fault_e rp_choose(rp_link_t *l, const char *p, size_t n);
static int rp_chosen(rp_fault_e fault, uint64_t wins, int64_t left);
static void rp_lose(rp_link_t *l, const char *p, size_t n);
static void rp_unswap(rp_link_t *l, const char *p, size_t n);
static void rp_pass(rp_link_t *l, const char *p, size_t n);


rp_fault_t   rp_faults[RP_FAULTS];
const char  *rp_names[RP_FAULTS] = {
    "duplicate", "drop", "swap", "surplus", "lose", "greet"
};


/* what is owed when nothing is: each of them makes sense somewhere */

static const char  *rp_surplus[] = {
    "+OK\r\n", ":0\r\n", "$-1\r\n", "*0\r\n", "$2\r\nok\r\n", "?", "*2\r\n",
    "-ERR surplus\r\n"
};


void
rp_reply(rp_link_t *l, const char *p, size_t n)
{
    const char  *text;
    rp_fault_e   fault;

    rp_counters.replies++;

    if (n > rp_counters.largest) {
        rp_counters.largest = n;
    }

    if (l->swapped.to) {
        rp_unswap(l, p, n);
        return;
    }

    fault = l->faulty ? RP_NONE : rp_choose(l, p, n);

    switch (fault) {

    case RP_DROP:
        rp_done(l, fault, p, n);
        break;

    case RP_LOSE:
        rp_lose(l, p, n);
        break;

    case RP_SWAP:
        rp_append(&l->swapped, p, n);
        break;

    case RP_DUPLICATE:
        rp_done(l, fault, p, n);
        rp_pass(l, p, n);
        rp_pass(l, p, n);
        break;

    case RP_SURPLUS:
        rp_done(l, fault, p, n);
        rp_pass(l, p, n);
        text = rp_surplus[rp_random(sizeof(rp_surplus) / sizeof(char *))];
        rp_append(&l->down, text, strlen(text));
        break;

    default:
        rp_pass(l, p, n);
    }
}


/* is a connection to be refused? */

int
rp_refuse(void)
{
    return rp_chosen(RP_GREET, 0, 0);
}


static rp_fault_e
rp_choose(rp_link_t *l, const char *p, size_t n)
{
    int64_t     left;
    uint64_t    wins;
    rp_fault_e  i;

    left = 0;
    wins = rp_wins(p, n, &left);

    for (i = 0; i < RP_GREET; i++) {

        if ((i == RP_SWAP && l->owed == 0)
            || (i == RP_SURPLUS && l->owed != 0))
        {
            continue;
        }

        if (rp_chosen(i, wins, left)) {
            return i;
        }
    }

    return RP_NONE;
}


static int
rp_chosen(rp_fault_e fault, uint64_t wins, int64_t left)
{
    rp_fault_t  *f;

    f = &rp_faults[fault];

    if (f->next) {
        f->next--;
        return 1;
    }

    if (wins && left < f->left) {
        return 1;
    }

    return f->one_in && rp_random(f->one_in) == 0;
}


static void
rp_lose(rp_link_t *l, const char *p, size_t n)
{
    int64_t  left;

    rp_faults[RP_LOSE].done++;
    rp_counters.wins += rp_wins(p, n, &left);

    rp_close(l);
}


/* two that are alike are as they were */

static void
rp_unswap(rp_link_t *l, const char *p, size_t n)
{
    if (l->swapped.to != n || memcmp(l->swapped.p, p, n) != 0) {
        rp_done(l, RP_SWAP, p, n);
    }

    rp_pass(l, p, n);
    rp_pass(l, l->swapped.p, l->swapped.to);
    rp_taken(&l->swapped, l->swapped.to);
}


static void
rp_pass(rp_link_t *l, const char *p, size_t n)
{
    if (l->glued++ == 0) {
        l->since = rp_now();
    }

    rp_append(&l->down, p, n);
}


/* remembers the begin of the reply, as one line */

void
rp_done(rp_link_t *l, rp_fault_e fault, const char *p, size_t n)
{
    size_t  i;

    for (i = 0; i < n && i < sizeof(l->text) - 1; i++) {
        l->text[i] = p[i] > ' ' ? p[i] : ' ';
    }

    l->text[i] = '\0';

    l->faulty = 1;
    l->fault = fault;
    rp_faults[fault].done++;
    rp_counters.faulty++;
}
