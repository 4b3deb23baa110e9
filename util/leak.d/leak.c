
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A library for LD_PRELOAD: a server that leaks.  Whenever it reads what
 * begins as a request does, 16 bytes are allocated and forgotten.  It is what
 * util/leak has to find.
 */


#define _GNU_SOURCE

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>


static void *volatile  leak_last;


ssize_t
recv(int fd, void *buf, size_t size, int flags)
{
    char     c;
    ssize_t  n;

    n = syscall(SYS_recvfrom, fd, buf, size, flags, NULL, NULL);

    if (n > 0) {
        c = *(char *) buf;

        if (c == 'G' || c == 'P') {
            leak_last = malloc(16);
        }
    }

    return n;
}
