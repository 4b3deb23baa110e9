
/*
 * Copyright (C) 2026, the Rush authors
 */


/*
 * A copy of the module in which workers die while they hold a lock of shared
 * memory: the linker puts these functions before nginx's, see the Makefile.
 * The file that RUSH_FAILPOINT names has a number N; a worker that finds it
 * there when it takes its first lock dies in one of its next N ones, chosen by
 * chance.  It dies after some instructions, or at last when it would unlock, so
 * what it was about to write is cut anywhere.
 */


#define _GNU_SOURCE

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>


#define FP_STEPS  2048                         /* instructions at most */
#define FP_TRAP   0x100                        /* a flag of x86 */


void __wrap_ngx_shmtx_lock(void *mutex);
void __wrap_ngx_shmtx_unlock(void *mutex);
void __real_ngx_shmtx_lock(void *mutex);
void __real_ngx_shmtx_unlock(void *mutex);

static void fp_load(void) __attribute__((constructor));
static void fp_begin(void);
static unsigned fp_random(unsigned n);
static void fp_arm(void);
static void fp_step(int signo, siginfo_t *info, void *data);
static void fp_die(void);


static const char             *fp_file;
static pid_t                   fp_master;
static pid_t                   fp_worker;
static unsigned                fp_left;        /* locks; 0 is no end */
static volatile unsigned       fp_steps;
static volatile sig_atomic_t   fp_armed;


void
__wrap_ngx_shmtx_lock(void *mutex)
{
    __real_ngx_shmtx_lock(mutex);

    if (fp_worker != getpid()) {
        fp_begin();
    }

    if (fp_left && --fp_left == 0) {
        fp_arm();
    }
}


void
__wrap_ngx_shmtx_unlock(void *mutex)
{
    if (fp_armed) {
        fp_die();
    }

    __real_ngx_shmtx_unlock(mutex);
}


/* the master loads it; nginx takes the environment away from workers */

static void
fp_load(void)
{
    const char  *name;

    name = getenv("RUSH_FAILPOINT");
    fp_file = name ? strdup(name) : NULL;
    fp_master = getpid();
}


static void
fp_begin(void)
{
    FILE      *file;
    unsigned   n;

    fp_worker = getpid();
    fp_left = 0;

    file = fp_worker != fp_master && fp_file ? fopen(fp_file, "r") : NULL;
    if (file == NULL) {
        return;
    }

    if (fscanf(file, "%u", &n) == 1 && n > 0) {
        fp_left = 1 + fp_random(n);
    }

    fclose(file);
}


static unsigned
fp_random(unsigned n)
{
    unsigned  value;

    if (getrandom(&value, sizeof(value), 0) != sizeof(value)) {
        abort();
    }

    return value % n;
}


/* most updates are short: one, two, four ... instructions are as likely */

static void
fp_arm(void)
{
    struct sigaction  action;

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = fp_step;
    action.sa_flags = SA_SIGINFO;

    if (sigaction(SIGTRAP, &action, NULL) != 0) {
        abort();
    }

    for (fp_steps = 1; fp_steps < FP_STEPS && fp_random(8); fp_steps *= 2) {
        /* void */
    }

    fp_steps += fp_random(fp_steps);
    fp_armed = 1;

#if defined(__x86_64__)

    __asm__ volatile ("lea -128(%%rsp), %%rsp; pushfq; orq %0, (%%rsp);"
                      "popfq; lea 128(%%rsp), %%rsp"
                      : : "i" (FP_TRAP) : "memory", "cc");

#else

    if (fp_random(2)) {
        fp_die();
    }

#endif
}


static void
fp_step(int signo, siginfo_t *info, void *data)
{
    (void) signo;
    (void) info;
    (void) data;

    if (--fp_steps == 0) {
        fp_die();
    }
}


static void
fp_die(void)
{
    kill(getpid(), SIGKILL);

    for ( ;; ) {
        pause();
    }
}
