/* SPDX-License-Identifier: Apache-2.0
 * The child's side: die with the parent, take the limits on, work, answer.
 * The order matters: the request is read before O_ASYNC is set (its bytes would count as news
 * on the pipe), and the jail comes last, right before the work. */
#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/lazy.h"
#include "base/worker_wire.h"

enum { MAX_OPEN_FILES = 256, MAX_HEAPS = 2 };

struct worker_io {
    int fd;
};

static int read_exactly(void *out, size_t len, struct err *err)
{
    char *p = out;

    while (len > 0) {
        ssize_t n = read(WORKER_FD_REQUEST, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, "cannot read the request");
        if (n == 0)
            return err_set(err, ERR_CRASH, "the parent is gone");
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static int read_request(json_t **ret, int64_t *ret_max_memory, struct err *err)
{
    struct worker_order order;

    int rc = read_exactly(&order, sizeof(order), err);
    if (rc < 0)
        return rc;
    if (order.len > WORKER_MAX_REQUEST)
        return err_set(err, ERR_LIMIT, "request of %llu bytes", (unsigned long long)order.len);

    char *text = xmalloc(order.len + 1);
    rc = read_exactly(text, order.len, err);
    if (rc == 0)
        rc = json_parse(ret, text, order.len, "request", err);
    *ret_max_memory = order.max_memory;
    free(text);
    return rc;
}

/* The end of the request pipe means that the parent is gone, however that happened: the kernel
 * answers it with SIGKILL, even in the middle of a computation. */
static int die_with_parent(struct err *err)
{
    struct pollfd request = { .fd = WORKER_FD_REQUEST, .events = POLLIN };

    if (fcntl(WORKER_FD_REQUEST, F_SETOWN, getpid()) != 0 ||
        fcntl(WORKER_FD_REQUEST, F_SETSIG, SIGKILL) != 0 ||
        fcntl(WORKER_FD_REQUEST, F_SETFL, O_ASYNC) != 0)
        return err_errno(err, "cannot watch the parent");
    if (poll(&request, 1, 0) != 0)
        return err_set(err, ERR_CRASH, "the parent is gone");
    return 0;
}

static int limit(enum __rlimit_resource what, int64_t soft, int64_t hard, struct err *err)
{
    struct rlimit value = { .rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard };

    return setrlimit(what, &value) == 0 ? 0 : err_errno(err, "cannot set a resource limit");
}

static int take_limits(const struct worker_kind *kind, int64_t max_memory, struct err *err)
{
    int rc = limit(RLIMIT_CORE, 0, 0, err);

    if (rc == 0)
        rc = limit(RLIMIT_NOFILE, MAX_OPEN_FILES, MAX_OPEN_FILES, err);
    if (rc == 0 && kind->max_cpu_s > 0)
        rc = limit(RLIMIT_CPU, kind->max_cpu_s, kind->max_cpu_s + 1, err);
    if (rc == 0 && kind->jail == WORKER_JAILED)
        rc = limit(RLIMIT_FSIZE, 0, 0, err);
    if (rc == 0 && max_memory > 0 && !WORKER_SANITIZED) {
        (void)mallopt(M_ARENA_MAX, MAX_HEAPS); /* each heap reserves 64 MB of addresses */
        rc = limit(RLIMIT_AS, max_memory, max_memory, err);
    }
    return rc;
}

static int send_frame(const struct worker_io *io, uint32_t type, const void *data, size_t len,
                      struct err *err)
{
    struct worker_head head = { .type = type, .len = (uint32_t)len };

    if (fs_write_all(io->fd, &head, sizeof(head)) != 0 || fs_write_all(io->fd, data, len) != 0)
        return err_errno(err, "cannot answer the parent");
    return 0;
}

int worker_send(struct worker_io *io, uint32_t type, const void *data, size_t len,
                struct err *err)
{
    if (type == 0 || len > UINT32_MAX)
        return err_set(err, ERR_RANGE, "frame of type %u and %zu bytes", type, len);
    return send_frame(io, type, data, len, err);
}

static int work(struct worker_io *io, const struct worker_kind *kind, struct err *err)
{
    json_t *request = NULL;
    int64_t max_memory = 0;

    int rc = read_request(&request, &max_memory, err);
    if (rc == 0)
        rc = die_with_parent(err);
    if (rc == 0 && kind->jail == WORKER_JAILED)
        lazy_load_git(); /* the jail opens no library */
    if (rc == 0)
        rc = take_limits(kind, max_memory, err);
    if (rc == 0 && kind->jail == WORKER_JAILED && !WORKER_SANITIZED)
        rc = worker_confine_reads(kind, request, err);
    if (rc == 0 && kind->jail == WORKER_JAILED && !WORKER_SANITIZED)
        rc = worker_jail_enter(err);
    if (rc == 0)
        rc = kind->run(io, request, err);
    json_decref(request);
    return rc;
}

static int answer(const struct worker_kind *kind)
{
    struct worker_io io = { .fd = WORKER_FD_FRAMES };
    struct worker_result result = { 0 };
    struct err err = { 0 };

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int rc = work(&io, kind, &err);
    if (rc < 0) {
        result.code = -rc;
        (void)snprintf(result.msg, sizeof(result.msg), "%s", err.msg);
    }
    rc = send_frame(&io, 0, &result, sizeof(result), &err);
    (void)close(WORKER_FD_FRAMES);
    return rc < 0 ? WORKER_EXIT_BROKEN : 0;
}

bool worker_main(int *ret_code, int argc, char **argv, const struct worker_kind *const *kinds)
{
    if (argc < 1 || strcmp(argv[0], WORKER_ARGV0) != 0)
        return false;

    *ret_code = WORKER_EXIT_BROKEN;
    for (; argc == 2 && *kinds; kinds++) {
        if (strcmp((*kinds)->name, argv[1]) == 0) {
            *ret_code = answer(*kinds);
            return true;
        }
    }
    (void)fprintf(stderr, "no such worker\n");
    return true;
}
