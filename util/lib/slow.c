
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A library for LD_PRELOAD: time goes so many times slower.  What waits for
 * a time waits longer, and clocks show less of it, alike in all programs that
 * have it, so that a server on which valgrind sits is as fast as its clients
 * and its time-outs expect.
 *
 *   SLOW="FACTOR NS"    NS is when time began to be slow, in ns since 1970
 *
 * It makes the system calls itself, those that take the time in ns.  A new way
 * to wait, or to ask for the time, needs a function here: strace shows what a
 * program calls.  Only for systems on which long has 64 bits.
 */


#define _GNU_SOURCE

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


#define SLOW_S  1000000000LL


static void slow_init(void) __attribute__((constructor));

/* what a program that is compiled with _FORTIFY_SOURCE calls instead */

int __poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size);


static long long  slow_factor = 1;
static long long  slow_began;


static void
slow_init(void)
{
    char  *p, *text;

    text = getenv("SLOW");

    if (text != NULL) {
        slow_factor = strtoll(text, &p, 10);
        slow_began = strtoll(p, NULL, 10);
    }

    if (slow_factor < 1) {
        slow_factor = 1;
    }
}


static long long
slow_ns(const struct timespec *ts)
{
    return ts->tv_sec * SLOW_S + ts->tv_nsec;
}


static struct timespec
slow_spec(long long ns)
{
    struct timespec  ts;

    ts.tv_sec = ns / SLOW_S;
    ts.tv_nsec = ns % SLOW_S;

    return ts;
}


/* what the kernel is to wait, and what of it is told as left */

static struct timespec *
slow_wait(const struct timespec *ts, struct timespec *real)
{
    if (ts == NULL) {
        return NULL;
    }

    /* more than years is for ever, and so it stays */

    if (ts->tv_sec < 0 || ts->tv_sec > (1LL << 32) / slow_factor) {
        *real = *ts;

    } else {
        *real = slow_spec(slow_ns(ts) * slow_factor);
    }

    return real;
}


static void
slow_left(struct timespec *left, const struct timespec *real)
{
    *left = slow_spec(slow_ns(real) / slow_factor);
}


/* the sum of CPU time is no time that is waited for */

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
    long long  ns;

    if (syscall(SYS_clock_gettime, clock, ts) != 0) {
        return -1;
    }

    ns = slow_ns(ts);

    switch (clock) {

    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *ts = slow_spec(slow_began + (ns - slow_began) / slow_factor);
        break;

    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        *ts = slow_spec(ns / slow_factor);
        break;
    }

    return 0;
}


int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;

    if (tz != NULL) {
        memset(tz, 0, sizeof(struct timezone));
    }

    return 0;
}


time_t
time(time_t *t)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    if (t != NULL) {
        *t = ts.tv_sec;
    }

    return ts.tv_sec;
}


/* an interval only, and no time of the day: nobody here waits for that */

int
clock_nanosleep(clockid_t clock, int flags, const struct timespec *ts,
    struct timespec *left)
{
    struct timespec  real, rest;

    (void) clock;

    if (flags & TIMER_ABSTIME) {
        return EINVAL;
    }

    if (syscall(SYS_nanosleep, slow_wait(ts, &real), &rest) == 0) {
        return 0;
    }

    if (left != NULL && errno == EINTR) {
        slow_left(left, &rest);
    }

    return errno;
}


int
nanosleep(const struct timespec *ts, struct timespec *left)
{
    int  err;

    err = clock_nanosleep(CLOCK_REALTIME, 0, ts, left);

    if (err != 0) {
        errno = err;
        return -1;
    }

    return 0;
}


int
usleep(useconds_t us)
{
    struct timespec  ts;

    ts = slow_spec(us * 1000LL);

    return nanosleep(&ts, NULL);
}


unsigned int
sleep(unsigned int s)
{
    struct timespec  ts, left;

    ts = slow_spec(s * SLOW_S);

    return nanosleep(&ts, &left) == 0 ? 0 : left.tv_sec + 1;
}


int
setitimer(__itimer_which_t which, const struct itimerval *restrict new,
    struct itimerval *restrict old)
{
    struct timespec   ts, real;
    struct itimerval  timer;

    timer = *new;

    if (which == ITIMER_REAL) {
        ts.tv_sec = new->it_value.tv_sec;
        ts.tv_nsec = new->it_value.tv_usec * 1000;
        (void) slow_wait(&ts, &real);
        timer.it_value.tv_sec = real.tv_sec;
        timer.it_value.tv_usec = real.tv_nsec / 1000;
    }

    return syscall(SYS_setitimer, which, &timer, old);
}


unsigned int
alarm(unsigned int s)
{
    struct itimerval  timer, old;

    memset(&timer, 0, sizeof(struct itimerval));
    timer.it_value.tv_sec = s;

    (void) setitimer(ITIMER_REAL, &timer, &old);

    return old.it_value.tv_sec / slow_factor + (old.it_value.tv_usec != 0);
}


int
ppoll(struct pollfd *fds, nfds_t n, const struct timespec *ts,
    const sigset_t *mask)
{
    struct timespec  real;

    return syscall(SYS_ppoll, fds, n, slow_wait(ts, &real), mask, _NSIG / 8);
}


int
poll(struct pollfd *fds, nfds_t n, int ms)
{
    struct timespec  ts;

    ts = slow_spec(ms * 1000000LL);

    return ppoll(fds, n, ms < 0 ? NULL : &ts, NULL);
}


int
__poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size)
{
    (void) size;

    return poll(fds, n, ms);
}


int
pselect(int n, fd_set *restrict in, fd_set *restrict out,
    fd_set *restrict other, const struct timespec *restrict ts,
    const sigset_t *restrict mask)
{
    struct timespec  real;

    struct {
        const sigset_t  *mask;
        size_t           size;
    } arg = { mask, _NSIG / 8 };

    return syscall(SYS_pselect6, n, in, out, other, slow_wait(ts, &real),
                   &arg);
}


/* the time that is left is told, as the kernel does: Perl wants to know */

int
select(int n, fd_set *restrict in, fd_set *restrict out,
    fd_set *restrict other, struct timeval *restrict tv)
{
    int              rc;
    struct timespec  ts, real, *wait;

    wait = NULL;

    if (tv != NULL) {
        ts.tv_sec = tv->tv_sec;
        ts.tv_nsec = tv->tv_usec * 1000;
        wait = slow_wait(&ts, &real);
    }

    rc = syscall(SYS_pselect6, n, in, out, other, wait, NULL);

    if (tv != NULL) {
        slow_left(&ts, &real);
        tv->tv_sec = ts.tv_sec;
        tv->tv_usec = ts.tv_nsec / 1000;
    }

    return rc;
}


int
epoll_pwait(int ep, struct epoll_event *events, int n, int ms,
    const sigset_t *mask)
{
    if (ms > 0) {
        ms = ms > 0x7fffffff / slow_factor ? 0x7fffffff : ms * slow_factor;
    }

    return syscall(SYS_epoll_pwait, ep, events, n, ms, mask, _NSIG / 8);
}


int
epoll_wait(int ep, struct epoll_event *events, int n, int ms)
{
    return epoll_pwait(ep, events, n, ms, NULL);
}
