/* SPDX-License-Identifier: Apache-2.0
 * The door to libseccomp: the system calls of a process that only reads, computes and answers.
 * Three tables: calls that are free, calls that are free while an argument has a harmless
 * value, and calls that libraries try and can do without, which fail softly. Any other call is
 * not executed: it raises SIGSYS, whose handler says which one it was and ends the process.
 *
 * What an attacker who took the process over may still do: read what worker_reads.c leaves to
 * it, and tell the parent about it in frames that the parent checks. Not: connect, execute,
 * write a file, map code, trace or signal another process, start a process. */
#include "base/worker_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

static const int free_calls[] = {
    /* what is open already, and looking at files */
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(fadvise64),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* threads and their signals */
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    /* time, chance, who and where we are */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
};

/* Free while (argument & mask) == value. */
struct condition {
    int call;
    unsigned arg;
    scmp_datum_t mask, value;
};

static const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
static const scmp_datum_t whole = ~(scmp_datum_t)0;

/* A thread of ours: shares all memory, and makes no new namespace. */
static const scmp_datum_t new_namespace = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
                                          CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
                                          CLONE_NEWCGROUP;
static const scmp_datum_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;

/* Calls that libraries try: they get an error and go on without. */
struct refusal {
    int call;
    int error;
};
static const struct refusal refusals[] = {
    { SCMP_SYS(clone3), ENOSYS }, /* its flags lie in memory; glibc falls back to clone */
    { SCMP_SYS(ioctl), ENOTTY },  /* stdio asks whether it writes to a terminal */
    { SCMP_SYS(prctl), EPERM },   /* names of threads */
    { SCMP_SYS(sched_setaffinity), EPERM },
};

enum { N_FREE = sizeof(free_calls) / sizeof(free_calls[0]) };
enum { N_REFUSALS = sizeof(refusals) / sizeof(refusals[0]) };

/* Async-signal-safe: says which call it was, and ends. */
static void on_forbidden_call(int signal, siginfo_t *info, void *context)
{
    char line[] = "forbidden system call 00000\n";
    unsigned number = (unsigned)info->si_syscall;

    (void)signal;
    (void)context;
    for (size_t at = sizeof(line) - 3; number > 0 && line[at] != ' '; at--, number /= 10)
        line[at] = (char)('0' + number % 10);
    (void)!write(STDERR_FILENO, line, sizeof(line) - 1);
    _exit(WORKER_EXIT_DENIED);
}

static int allow_free(scmp_filter_ctx filter)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < N_FREE; i++)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, free_calls[i], 0, NULL);
    return rc;
}

static int allow_conditional(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct condition conditions[] = {
        { SCMP_SYS(open), 1, writing, O_RDONLY },
        { SCMP_SYS(openat), 2, writing, O_RDONLY },
        { SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
        { SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
        { SCMP_SYS(clone), 0, thread | new_namespace, thread },
        { SCMP_SYS(tgkill), 0, whole, self }, /* abort() */
        { SCMP_SYS(kill), 0, whole, self },
        { SCMP_SYS(prlimit64), 2, whole, 0 }, /* reading limits, setting none */
        { SCMP_SYS(fcntl), 1, whole, F_GETFD },
        { SCMP_SYS(fcntl), 1, whole, F_SETFD },
        { SCMP_SYS(fcntl), 1, whole, F_GETFL },
        { SCMP_SYS(fcntl), 1, whole, F_DUPFD_CLOEXEC },
    };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        const struct condition *c = &conditions[i];
        const struct scmp_arg_cmp only = {
            .arg = c->arg,
            .op = SCMP_CMP_MASKED_EQ,
            .datum_a = c->mask,
            .datum_b = c->value,
        };
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, c->call, 1, &only);
    }
    return rc;
}

static int refuse_softly(scmp_filter_ctx filter)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < N_REFUSALS; i++)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)refusals[i].error),
                                    refusals[i].call, 0, NULL);
    return rc;
}

int worker_jail_enter(struct err *err)
{
    struct sigaction action = { .sa_sigaction = on_forbidden_call, .sa_flags = SA_SIGINFO };
    int rc = -ENOMEM;

    if (sigaction(SIGSYS, &action, NULL) != 0)
        return err_errno(err, "cannot watch forbidden system calls");
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    if (filter)
        rc = allow_free(filter);
    if (rc == 0)
        rc = allow_conditional(filter);
    if (rc == 0)
        rc = refuse_softly(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc < 0)
        return err_set(err, ERR_IO, "cannot enter the seccomp jail: %s", strerror(-rc));
    return 0;
}
