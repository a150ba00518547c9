/* SPDX-License-Identifier: Apache-2.0
 * base/worker.h
 * worker: a child that re-executes this binary to do one dangerous thing and dies.
 * The parent sends one JSON request and reads frames until the child exits; each frame has a
 * type, a length that is checked against a limit, and its bytes. The child inherits three pipes
 * and nothing else: no lock, no database, an environment of its own. It dies with the parent
 * (PDEATHSIG, and the end of its pipe), at its deadline, or at its memory limit. */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

struct err;
struct worker_io;

enum worker_jail {
    WORKER_NETWORKED, /* may open sockets and write files: `fetch` */
    WORKER_JAILED,    /* seccomp: no network, no exec, no opening for writing; `judge` */
};

/* One kind of worker; their table stands in cli/. argv[0] "hearth-worker", argv[1] name. */
struct worker_kind {
    const char *name;
    enum worker_jail jail;
    int64_t max_memory; /* bytes of address space; 0: none */
    int64_t max_cpu_s;
    /* Runs in the child. Sends frames with worker_send(); 0 or a negative error, which the
     * parent gets with its text. */
    int (*run)(struct worker_io *io, const json_t *request, struct err *err);
    /* Fields of the request, ending with NULL, that name the files and folders which a jailed
     * worker may read; NULL: none but the system's libraries. */
    const char *const *reads;
};

struct worker_frame {
    uint32_t type; /* the kind's own enum, > 0 */
    const void *data;
    size_t len;
};

/* In the child: sends one frame. */
int worker_send(struct worker_io *io, uint32_t type, const void *data, size_t len,
                struct err *err);

struct worker_call {
    const struct worker_kind *kind;
    const json_t *request;
    int64_t max_memory;  /* bytes of address space; 0: the kind's */
    int64_t deadline_ms; /* wall clock for the whole call; then SIGKILL and -ERR_TIMEOUT */
    size_t max_frame;    /* bytes; a longer frame is -ERR_LIMIT and the child is killed */
    size_t max_total;    /* bytes of all frames */
    /* Called in the parent for each frame; a negative result kills the child. */
    int (*on_frame)(void *ctx, const struct worker_frame *frame, struct err *err);
    void *ctx;
};
/* 0 when the child ended well; its own error, -ERR_CRASH (signal, memory), -ERR_TIMEOUT. */
int worker_run(const struct worker_call *call, struct err *err);

/* First thing in main: when argv names a worker of the table, runs it and returns true with
 * the exit code; otherwise returns false. The table ends with NULL. */
bool worker_main(int *ret_code, int argc, char **argv, const struct worker_kind *const *kinds);

/* False under sanitizers, where seccomp and memory limits cannot be set; says so in logs. */
bool worker_is_jailed_build(void);

/* False besides where the kernel has no Landlock: a jailed worker then reads what we may. */
bool worker_can_confine_reads(void);

#endif
