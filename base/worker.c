/* SPDX-License-Identifier: Apache-2.0
 * The parent's side: feed, listen, judge how it ended.
 * 1. Whatever happens, worker_run() returns only after the child was reaped.
 * 2. A frame is believed only after its length was checked; success needs a result frame that
 *    says so, the end of the pipe and exit status 0. */
#include "base/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/worker_wire.h"

enum { STDERR_MAX_BYTES = 8192 };

struct session {
    const struct worker_call *call;
    int64_t ends_at_ms;
    struct worker_process child;
    struct buf request;
    size_t sent;
    struct worker_head head; /* of the frame that is coming in, when has_head */
    bool has_head;
    struct buf in; /* the bytes of it that are here */
    size_t total;
    bool has_result;
    struct worker_result result;
    struct buf said; /* the beginning of what the child printed */
};

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* write() that reports a reader who is gone by EPIPE, whatever SIGPIPE does in this program. */
static ssize_t write_quietly(int fd, const void *data, size_t len)
{
    const struct timespec at_once = { 0 };
    sigset_t pipe_signal, before, pending;

    (void)sigpending(&pending);
    (void)sigemptyset(&pipe_signal);
    (void)sigaddset(&pipe_signal, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t n = write(fd, data, len);
    int cause = errno;
    if (n < 0 && cause == EPIPE && !sigismember(&pending, SIGPIPE))
        (void)sigtimedwait(&pipe_signal, NULL, &at_once);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = cause;
    return n;
}

/* Sends more of the request. A child that does not listen has ended: its status will tell. */
static void feed(struct session *s)
{
    ssize_t n =
        write_quietly(s->child.request_fd, s->request.data + s->sent, s->request.len - s->sent);

    if (n > 0)
        s->sent += (size_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        s->sent = s->request.len;
}

static void listen_to_stderr(struct session *s)
{
    char piece[1024];
    ssize_t n = read(s->child.stderr_fd, piece, sizeof(piece));

    if (n > 0) {
        size_t room = STDERR_MAX_BYTES - s->said.len;
        buf_add(&s->said, piece, (size_t)n < room ? (size_t)n : room);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        worker_close(&s->child.stderr_fd);
    }
}

static int take_result(struct session *s, struct err *err)
{
    if (s->has_result || s->in.len != sizeof(s->result))
        return err_set(err, ERR_CRASH, "worker '%s' sent a broken result", s->call->kind->name);
    memcpy(&s->result, s->in.data, sizeof(s->result));
    s->result.msg[sizeof(s->result.msg) - 1] = '\0';
    s->has_result = true;
    return 0;
}

static int take_head(struct session *s, struct err *err)
{
    const struct worker_call *call = s->call;

    memcpy(&s->head, s->in.data, sizeof(s->head));
    buf_clear(&s->in);
    s->has_head = true;
    if (s->head.type == 0)
        return s->head.len == sizeof(s->result) ? 0 : take_result(s, err);
    if (s->head.len > call->max_frame)
        return err_set(err, ERR_LIMIT, "worker '%s': frame of %u bytes, limit %zu",
                       call->kind->name, s->head.len, call->max_frame);
    s->total += s->head.len;
    if (s->total > call->max_total)
        return err_set(err, ERR_LIMIT, "worker '%s': more than %zu bytes of results",
                       call->kind->name, call->max_total);
    return 0;
}

static int take_frame(struct session *s, struct err *err)
{
    const struct worker_call *call = s->call;
    struct worker_frame frame = { .type = s->head.type, .data = s->in.data, .len = s->in.len };
    int rc = 0;

    if (frame.type == 0)
        rc = take_result(s, err);
    else if (call->on_frame)
        rc = call->on_frame(call->ctx, &frame, err);
    buf_clear(&s->in);
    s->has_head = false;
    return rc;
}

static size_t wanted_bytes(const struct session *s)
{
    return s->has_head ? s->head.len : sizeof(s->head);
}

static int listen_to_frames(struct session *s, struct err *err)
{
    char piece[65536];
    size_t missing = wanted_bytes(s) - s->in.len;
    int rc = 0;

    ssize_t n =
        read(s->child.frames_fd, piece, missing < sizeof(piece) ? missing : sizeof(piece));
    if (n < 0 && errno == EINTR)
        return 0;
    if (n < 0)
        return err_errno(err, "cannot read from worker '%s'", s->call->kind->name);
    if (n == 0) {
        worker_close(&s->child.frames_fd);
        return 0;
    }
    buf_add(&s->in, piece, (size_t)n);
    if (!s->has_head && s->in.len == sizeof(s->head))
        rc = take_head(s, err);
    if (rc == 0 && s->has_head && s->in.len == s->head.len)
        rc = take_frame(s, err);
    return rc;
}

/* Until the child has closed its pipe of frames and ended, or the deadline passed. */
static int converse(struct session *s, struct err *err)
{
    bool has_ended = false;
    int rc = 0;

    while (rc == 0 && (s->child.frames_fd >= 0 || !has_ended)) {
        int64_t left_ms = s->ends_at_ms - monotonic_ms();
        bool is_sent = s->sent == s->request.len;
        struct pollfd fds[] = {
            { .fd = s->child.frames_fd, .events = POLLIN },
            { .fd = s->child.stderr_fd, .events = POLLIN },
            { .fd = is_sent ? -1 : s->child.request_fd, .events = POLLOUT },
            { .fd = has_ended ? -1 : s->child.pidfd, .events = POLLIN },
        };

        if (left_ms <= 0)
            return err_set(err, ERR_TIMEOUT, "worker '%s': not done after %lld ms",
                           s->call->kind->name, (long long)s->call->deadline_ms);
        if (poll(fds, 4, left_ms < 60000 ? (int)left_ms : 60000) < 0)
            continue;
        if (fds[1].revents)
            listen_to_stderr(s);
        if (fds[2].revents)
            feed(s);
        if (fds[0].revents)
            rc = listen_to_frames(s, err);
        has_ended = has_ended || fds[3].revents;
    }
    return rc;
}

static int reap(struct session *s)
{
    int status = 0;

    while (waitpid(s->child.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    s->child.pid = -1;
    return status;
}

/* ": " and the first line that the child printed, or nothing. */
static const char *last_words(struct session *s)
{
    char *text = s->said.data;

    if (s->said.len == 0)
        return "";
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static int judge_end(struct session *s, int status, struct err *err)
{
    const char *name = s->call->kind->name;
    const char *words = last_words(s);
    const char *colon = *words ? ": " : "";

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return err_set(err, ERR_TIMEOUT, "worker '%s' used up its %lld s of processor time",
                       name, (long long)s->call->kind->max_cpu_s);
    if (WIFSIGNALED(status)) {
        const char *signal_name = sigabbrev_np(WTERMSIG(status));
        return err_set(err, ERR_CRASH, "worker '%s' was ended by SIG%s%s%s", name,
                       signal_name ? signal_name : "?", colon, words);
    }
    if (!s->has_result || WEXITSTATUS(status) != 0)
        return err_set(err, ERR_CRASH, "worker '%s' failed with status %d%s%s", name,
                       WEXITSTATUS(status), colon, words);
    if (s->result.code == 0)
        return 0;
    if (s->result.code < 0 || s->result.code > ERR_REFUSED)
        return err_set(err, ERR_CRASH, "worker '%s' sent a broken result", name);
    return err_set(err, (enum err_code)s->result.code, "%s", s->result.msg);
}

/* The pipe may still hold lines after the child has ended. */
static void hear_the_rest(struct session *s)
{
    while (s->child.stderr_fd >= 0) {
        size_t before = s->said.len;

        listen_to_stderr(s);
        if (s->said.len == before)
            break;
    }
    if (WORKER_SANITIZED && s->said.len > 0)
        log_event(LOG_WARN, "worker-said", "kind=%s text=%s", s->call->kind->name,
                  s->said.data);
}

static int finish(struct session *s, int rc, struct err *err)
{
    int status = 0;

    if (s->child.pid > 0) {
        if (rc < 0)
            (void)kill(s->child.pid, SIGKILL);
        status = reap(s);
        hear_the_rest(s);
    }
    if (rc == 0)
        rc = judge_end(s, status, err);
    worker_close(&s->child.request_fd);
    worker_close(&s->child.frames_fd);
    worker_close(&s->child.stderr_fd);
    worker_close(&s->child.pidfd);
    buf_finish(&s->request);
    buf_finish(&s->in);
    buf_finish(&s->said);
    return rc;
}

static int write_request(struct buf *out, const struct worker_call *call, struct err *err)
{
    struct worker_order order = { .max_memory = call->max_memory ? call->max_memory
                                                                 : call->kind->max_memory };

    buf_add(out, &order, sizeof(order));
    json_write(out, call->request, 0);
    int rc = buf_check(out, "request to a worker", err);
    if (rc < 0)
        return rc;
    order.len = out->len - sizeof(order);
    memcpy(out->data, &order, sizeof(order));
    return 0;
}

int worker_run(const struct worker_call *call, struct err *err)
{
    struct session s = {
        .call = call,
        .ends_at_ms = monotonic_ms() + call->deadline_ms,
        .child = { -1, -1, -1, -1, -1 },
    };
    size_t max_in = call->max_frame > sizeof(s.result) ? call->max_frame : sizeof(s.result);

    buf_init(&s.request, WORKER_MAX_REQUEST + sizeof(struct worker_order));
    buf_init(&s.in, max_in);
    buf_init(&s.said, STDERR_MAX_BYTES);

    int rc = write_request(&s.request, call, err);
    if (rc == 0)
        rc = worker_spawn(&s.child, call->kind, err);
    if (rc == 0)
        rc = converse(&s, err);
    return finish(&s, rc, err);
}

bool worker_is_jailed_build(void)
{
    return !WORKER_SANITIZED;
}
