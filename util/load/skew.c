
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A clock that is wrong: with LD_PRELOAD, the time of day is off by as many
 * microseconds as the file $SKEW says, a signed number of 8 bytes that may be
 * changed at any time.  CLOCK_MONOTONIC is left alone.
 */


#define _GNU_SOURCE

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


static void skew_init(void) __attribute__((constructor));
static int64_t skew_now(void);


static volatile int64_t  *skew;


static void
skew_init(void)
{
    int          fd;
    void        *p;
    const char  *file;

    file = getenv("SKEW");
    fd = file ? open(file, O_RDONLY|O_CLOEXEC) : -1;

    if (fd == -1) {
        abort();
    }

    p = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        abort();
    }

    skew = p;
    close(fd);
}


/* microseconds since 1970 */

static int64_t
skew_now(void)
{
    struct timespec  ts;

    syscall(SYS_clock_gettime, CLOCK_REALTIME, &ts);

    return (int64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000
           + (skew ? *skew : 0);
}


int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    int64_t  now;

    (void) tz;

    now = skew_now();

    tv->tv_sec = now / 1000000;
    tv->tv_usec = now % 1000000;

    return 0;
}


int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int64_t  now;

    if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE) {
        return syscall(SYS_clock_gettime, id, ts);
    }

    now = skew_now();

    ts->tv_sec = now / 1000000;
    ts->tv_nsec = now % 1000000 * 1000;

    return 0;
}


time_t
time(time_t *t)
{
    time_t  now;

    now = skew_now() / 1000000;

    if (t) {
        *t = now;
    }

    return now;
}
