/* SPDX-License-Identifier: Apache-2.0 */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"

enum { HELD_FD = STDERR_FILENO + 1, PIECE_BYTES = 4096, MAX_POLL_MS = 60000, LOOK_MS = 5 };

/* Our threads block signals and ignore a broken pipe; the program shall do neither. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, pipe_only;

    (void)sigemptyset(&none);
    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    (void)posix_spawnattr_init(attributes);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &pipe_only);
    (void)posix_spawnattr_setpgroup(attributes, 0);
    (void)posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                   POSIX_SPAWN_SETPGROUP);
}

static void set_fd(posix_spawn_file_actions_t *actions, int fd, int target, int flags)
{
    if (fd >= 0)
        (void)posix_spawn_file_actions_adddup2(actions, fd, target);
    else
        (void)posix_spawn_file_actions_addopen(actions, target, "/dev/null", flags, 0);
}

int program_start(pid_t *ret_pid, const struct program *program, struct err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    bool holds = program->held_fd > 0, asks = program->asking_fd > 0;

    set_attributes(&attributes);
    (void)posix_spawn_file_actions_init(&actions);
    set_fd(&actions, program->in_fd, STDIN_FILENO, O_RDONLY);
    set_fd(&actions, program->out_fd, STDOUT_FILENO, O_WRONLY);
    set_fd(&actions, program->err_fd, STDERR_FILENO, O_WRONLY);
    if (holds)
        (void)posix_spawn_file_actions_adddup2(&actions, program->held_fd, HELD_FD);
    if (asks)
        (void)posix_spawn_file_actions_adddup2(&actions, program->asking_fd, PROGRAM_ASKING_FD);
    (void)posix_spawn_file_actions_addclosefrom_np(&actions, asks    ? PROGRAM_ASKING_FD + 1
                                                             : holds ? HELD_FD + 1
                                                                     : HELD_FD);
    /* POSIX's own signature: the strings are not written to. */
    errno = posix_spawnp(ret_pid, program->argv[0], &actions, &attributes,
                         (char *const *)(uintptr_t)program->argv,
                         (char *const *)(uintptr_t)program->env);
    int rc = errno == 0 ? 0 : err_errno(err, "cannot run '%s'", program->argv[0]);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    if (rc < 0)
        *ret_pid = 0;
    return rc;
}

void program_kill(pid_t pid)
{
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static int too_long(struct err *err)
{
    return err_set(err, ERR_TIMEOUT, "it took too long and was stopped");
}

/* Until fd has something to say, or its end. */
static int await(int fd, double deadline_s, struct err *err)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };

    for (;;) {
        double left_ms = (deadline_s - clock_stopwatch_s()) * 1000;
        int n = left_ms <= 0
                    ? 0
                    : poll(&ready, 1, left_ms < MAX_POLL_MS ? (int)left_ms + 1 : MAX_POLL_MS);

        if (n > 0)
            return 0;
        if (left_ms <= 0)
            return too_long(err);
        if (n < 0 && errno != EINTR)
            return err_errno(err, "cannot wait for a program");
    }
}

static int listen_to(struct buf *out, int fd, double deadline_s, struct err *err)
{
    char piece[PIECE_BYTES];

    for (;;) {
        int rc = await(fd, deadline_s, err);
        if (rc < 0)
            return rc;

        ssize_t n = read(fd, piece, sizeof(piece));
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return err_errno(err, "cannot read from a program");
        if (n > 0)
            buf_add(out, piece, (size_t)n);
    }
}

/* Its status, as wait() has it. It may have closed its output and go on: most end at once. */
static int await_end(int *ret_ended, pid_t pid, double deadline_s, struct err *err)
{
    const struct clock clock = clock_system();
    pid_t done;

    while ((done = waitpid(pid, ret_ended, WNOHANG)) <= 0) {
        if (done < 0 && errno != EINTR)
            return err_errno(err, "cannot wait for a program");
        if (clock_stopwatch_s() > deadline_s)
            return too_long(err);
        clock_sleep_ms(&clock, LOOK_MS);
    }
    return 0;
}

static int judge_end(int ended, const char *said, struct err *err)
{
    int len = (int)strcspn(said, "\r\n");

    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0)
        return 0;
    if (WIFSIGNALED(ended))
        return err_set(err, ERR_IO, "it was ended by signal %d", WTERMSIG(ended));
    return len > 0
               ? err_set(err, ERR_IO, "%.*s", len, said)
               : err_set(err, ERR_IO, "it failed (%d) and said nothing", WEXITSTATUS(ended));
}

int program_run(struct buf *out, const struct program *program, int64_t limit_ms,
                struct err *err)
{
    const double deadline_s = clock_stopwatch_s() + (double)limit_ms / 1000;
    struct program piped = *program;
    size_t before = out->len;
    pid_t pid = 0;
    int ends[2], ended = 0;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_errno(err, "cannot make a pipe");
    piped.out_fd = piped.err_fd = ends[1];
    int rc = program_start(&pid, &piped, err);
    (void)close(ends[1]);
    bool runs = rc == 0;
    if (rc == 0)
        rc = listen_to(out, ends[0], deadline_s, err);
    if (rc == 0)
        rc = await_end(&ended, pid, deadline_s, err);
    if (rc == 0)
        rc = judge_end(ended, out->data + before, err);
    else if (runs)
        program_kill(pid);
    (void)close(ends[0]);
    return rc;
}
