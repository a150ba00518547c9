/* SPDX-License-Identifier: Apache-2.0
 * base/program.h
 * program: another program, with an environment and descriptors of its own, in a process group
 * of its own, no signal blocked. For our own binary there is base/worker.h. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

struct err;

enum { PROGRAM_ASKING_FD = 4 };
struct program {
    const char *const *argv; /* looked up along PATH; ends with NULL */
    const char *const *env;  /* its whole environment; ends with NULL */
    int in_fd;               /* its standard input, from where it stands; -1: none */
    int out_fd;              /* where it speaks; -1: nowhere */
    int err_fd;              /* where it complains; -1: nowhere */
    int held_fd;             /* a lock that it keeps for as long as it runs; 0: none */
    int asking_fd;           /* is its PROGRAM_ASKING_FD; 10 or above; 0: none */
};

/* program_kill(), or a wait for its end, is the caller's. */
int program_start(pid_t *ret_pid, const struct program *program, struct err *err);
/* Kills it and what it started, and reaps it. */
void program_kill(pid_t pid);

/* Runs it to its end; what it says and what it complains of is appended to out, up to out's
 * maximum (out_fd and err_fd are not looked at). -ERR_IO with its first words when it fails,
 * -ERR_TIMEOUT when it was killed after so many milliseconds. */
int program_run(struct buf *out, const struct program *program, int64_t limit_ms,
                struct err *err);

#endif
