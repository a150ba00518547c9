/* SPDX-License-Identifier: Apache-2.0
 * base/worker_wire.h
 * worker_wire: what the two ends of a worker agree on; private to base/worker*.c.
 * The child finds its request on descriptor 0 and keeps it open: its end means that the
 * parent is gone. It answers on descriptor 3; what libraries print goes to 1 and 2, one pipe.
 * Both ends are the same program on the same machine, so numbers keep their native layout. */
#ifndef BASE_WORKER_WIRE_H
#define BASE_WORKER_WIRE_H
#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"

struct err;
struct worker_kind;

enum { WORKER_FD_REQUEST = 0, WORKER_FD_FRAMES = 3 };
enum { WORKER_MAX_REQUEST = 64 << 20 }; /* bytes of JSON */

/* Exit codes that no kind chooses. */
enum { WORKER_EXIT_DENIED = 86, WORKER_EXIT_BROKEN = 87 };

#define WORKER_ARGV0 "hearth-worker"

/* In front of a request. */
struct worker_order {
    uint64_t len;
    int64_t max_memory; /* bytes of address space, 0: none */
};

/* In front of every frame. Type 0 is the result. */
struct worker_head {
    uint32_t type;
    uint32_t len;
};

struct worker_result {
    int32_t code; /* enum err_code, 0 when the work was done */
    char msg[1024];
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WORKER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                     \
    __has_feature(memory_sanitizer)
#define WORKER_SANITIZED 1
#endif
#endif
#ifndef WORKER_SANITIZED
#define WORKER_SANITIZED 0
#endif

/* A child as the parent holds it; all -1 before the start. */
struct worker_process {
    pid_t pid;
    int pidfd;                            /* readable when it has ended */
    int request_fd, frames_fd, stderr_fd; /* our ends of its pipes, -1 when closed */
};

/* After a failure too, what is open belongs to the caller: worker_close() each, reap pid. */
int worker_spawn(struct worker_process *child, const struct worker_kind *kind, struct err *err);
void worker_close(int *fd); /* leaves -1; -1 is fine */

/* From here on this process reads the system's libraries and what kind->reads names. */
int worker_confine_reads(const struct worker_kind *kind, const json_t *request,
                         struct err *err);

/* From here on this process may compute, read files and answer, and nothing else: any other
 * system call ends it with WORKER_EXIT_DENIED and one line on descriptor 2. */
int worker_jail_enter(struct err *err);

#endif
