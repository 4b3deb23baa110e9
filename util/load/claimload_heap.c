
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A binary heap of what is to happen at a time.
 */


#include <stdlib.h>

#include "claimload.h"


void
cl_heap_push(cl_heap_t *h, uint64_t when, void *data, uint32_t tag)
{
    size_t           i, parent;
    cl_heap_entry_t  e;

    if (h->n == h->size) {
        h->size = h->size ? h->size * 2 : 1024;
        h->entries = realloc(h->entries, h->size * sizeof(cl_heap_entry_t));

        if (h->entries == NULL) {
            cl_die("no memory");
        }
    }

    e.when = when;
    e.data = data;
    e.tag = tag;

    for (i = h->n++; i > 0; i = parent) {
        parent = (i - 1) / 2;

        if (h->entries[parent].when <= when) {
            break;
        }

        h->entries[i] = h->entries[parent];
    }

    h->entries[i] = e;
}


/* CL_NEVER for an empty heap */

uint64_t
cl_heap_when(cl_heap_t *h)
{
    return h->n ? h->entries[0].when : CL_NEVER;
}


cl_heap_entry_t
cl_heap_pop(cl_heap_t *h)
{
    size_t           i, child;
    cl_heap_entry_t  first, last;

    first = h->entries[0];
    last = h->entries[--h->n];

    for (i = 0; (child = 2 * i + 1) < h->n; i = child) {

        if (child + 1 < h->n
            && h->entries[child + 1].when < h->entries[child].when)
        {
            child++;
        }

        if (last.when <= h->entries[child].when) {
            break;
        }

        h->entries[i] = h->entries[child];
    }

    h->entries[i] = last;

    return first;
}
