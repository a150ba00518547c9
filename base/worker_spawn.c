/* SPDX-License-Identifier: Apache-2.0
 * Starting a worker: it gets its three pipes and no other descriptor, a short list of
 * environment variables, no blocked and no ignored signal. */
#include "base/worker_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/worker.h"

enum { FIRST_FREE_FD = 10 };

/* What a child may know of our environment. */
static const char *const passed_on[] = {
    "HEARTH_ISA",   "TMPDIR",
#if WORKER_SANITIZED
    "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
#endif
};
enum { N_PASSED_ON = sizeof(passed_on) / sizeof(passed_on[0]) };

/* Only for a kind with the network: where certificates are, and which proxy leads out. */
static const char *const passed_to_network[] = {
    "SSL_CERT_FILE", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY",
};
enum { N_PASSED_TO_NETWORK = sizeof(passed_to_network) / sizeof(passed_to_network[0]) };

enum end { READ, WRITE };

void worker_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* A pipe above the numbers that the child's descriptors are moved to. */
static int open_pipe(int fds[2], struct err *err)
{
    int low[2];

    if (pipe2(low, O_CLOEXEC) != 0)
        return err_errno(err, "cannot make a pipe for a worker");
    for (int i = 0; i < 2; i++) {
        fds[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
        if (fds[i] < 0)
            (void)err_errno(err, "cannot make a pipe for a worker");
        (void)close(low[i]);
    }
    return fds[READ] < 0 || fds[WRITE] < 0 ? -ERR_IO : 0;
}

static void add_variable(char **env, size_t *n, const char *name)
{
    const char *value = getenv(name);

    if (value)
        env[(*n)++] = xasprintf("%s=%s", name, value);
}

/* Starts the child on its ends of the pipes. */
static int spawn(struct worker_process *child, const struct worker_kind *kind, int request_r,
                 int frames_w, int stderr_w, struct err *err)
{
    char *env[N_PASSED_ON + N_PASSED_TO_NETWORK + 1] = { NULL };
    char *name = xstrdup(kind->name);
    char argv0[] = WORKER_ARGV0;
    char *argv[] = { argv0, name, NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    size_t n_env = 0;

    for (size_t i = 0; i < N_PASSED_ON; i++)
        add_variable(env, &n_env, passed_on[i]);
    for (size_t i = 0; kind->jail == WORKER_NETWORKED && i < N_PASSED_TO_NETWORK; i++)
        add_variable(env, &n_env, passed_to_network[i]);

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_adddup2(&files, request_r, WORKER_FD_REQUEST);
    (void)posix_spawn_file_actions_adddup2(&files, stderr_w, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&files, stderr_w, STDERR_FILENO);
    (void)posix_spawn_file_actions_adddup2(&files, frames_w, WORKER_FD_FRAMES);
    (void)posix_spawn_file_actions_addclosefrom_np(&files, WORKER_FD_FRAMES + 1);
    (void)posix_spawnattr_init(&attr);
    (void)posix_spawnattr_setsigmask(&attr, &none);
    (void)posix_spawnattr_setsigdefault(&attr, &all);
    (void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    errno = posix_spawn(&child->pid, "/proc/self/exe", &files, &attr, argv, env);
    int rc = errno == 0 ? 0 : err_errno(err, "cannot start worker '%s'", kind->name);
    if (rc < 0)
        child->pid = -1;

    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&files);
    for (size_t i = 0; i < n_env; i++)
        free(env[i]);
    free(name);
    return rc;
}

int worker_spawn(struct worker_process *child, const struct worker_kind *kind, struct err *err)
{
    int request[2] = { -1, -1 }, frames[2] = { -1, -1 }, said[2] = { -1, -1 };

    int rc = open_pipe(request, err);
    if (rc == 0)
        rc = open_pipe(frames, err);
    if (rc == 0)
        rc = open_pipe(said, err);
    if (rc == 0)
        rc = spawn(child, kind, request[READ], frames[WRITE], said[WRITE], err);
    child->request_fd = request[WRITE];
    child->frames_fd = frames[READ];
    child->stderr_fd = said[READ];
    worker_close(&request[READ]);
    worker_close(&frames[WRITE]);
    worker_close(&said[WRITE]);
    if (rc < 0)
        return rc;

    child->pidfd = pidfd_open(child->pid, 0);
    if (child->pidfd < 0 || fcntl(child->request_fd, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(child->stderr_fd, F_SETFL, O_NONBLOCK) != 0)
        return err_errno(err, "cannot watch worker '%s'", kind->name);
    return 0;
}
