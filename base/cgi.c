/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cgi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parse.h"
#include "base/program.h"
#include "base/text.h"

enum { SILENCE_MS = 120000, HEAD_MAX_BYTES = 65536, PIECE_BYTES = 65536, LOW_FDS = 10 };

static void stop_answering(struct cgi *cgi)
{
    if (cgi->asked)
        (void)close(cgi->asked_fd);
    cgi->asked = NULL;
}

/* One piece of what it says; 0 at its end. */
static ssize_t read_piece(struct cgi *cgi, char *piece, struct err *err)
{
    for (;;) {
        struct pollfd ready[2] = { { .fd = cgi->fd, .events = POLLIN },
                                   { .fd = cgi->asked ? cgi->asked_fd : -1,
                                     .events = POLLIN } };
        int n_ready = poll(ready, 2, SILENCE_MS);
        if (n_ready == 0)
            return err_set(err, ERR_TIMEOUT, "the program behind this said nothing for %d s",
                           SILENCE_MS / 1000);
        if (n_ready > 0 && ready[1].revents && !cgi->asked(cgi->ctx, cgi->asked_fd))
            stop_answering(cgi);
        if (n_ready > 0 && !ready[0].revents)
            continue;

        ssize_t n = n_ready < 0 ? -1 : read(cgi->fd, piece, PIECE_BYTES);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return err_errno(err, "cannot read from the program behind this");
    }
}

/* Where the body begins: behind the first empty line; NULL while there is none. */
static const char *end_of_head(const char *said)
{
    const char *unix_end = strstr(said, "\n\n"), *crlf_end = strstr(said, "\r\n\r\n");

    if (crlf_end && (!unix_end || crlf_end < unix_end))
        return crlf_end + 4;
    return unix_end ? unix_end + 2 : NULL;
}

static int take_line(struct cgi *cgi, const char *line, size_t len, struct err *err)
{
    static const char status_name[] = "Status: ", type_name[] = "Content-Type: ";
    int64_t status;
    int rc = 0;

    char *text = xstrndup(line, len);
    if (text_has_prefix(text, status_name)) {
        text[sizeof(status_name) - 1 + strspn(text + sizeof(status_name) - 1, "0123456789")] =
            '\0';
        rc = parse_i64(&status, text + sizeof(status_name) - 1, 100, 599, "Status", err);
        if (rc == 0)
            cgi->status = (int)status;
    } else if (text_has_prefix(text, type_name)) {
        free(cgi->content_type);
        cgi->content_type = xstrdup(text + sizeof(type_name) - 1);
    }
    free(text);
    return rc;
}

static int take_head(struct cgi *cgi, const struct buf *said, const char *body, struct err *err)
{
    int rc = 0;

    for (const char *line = said->data; rc == 0 && line < body;) {
        size_t len = strcspn(line, "\r\n");

        rc = take_line(cgi, line, len, err);
        line += len + strspn(line + len, "\r\n");
    }
    buf_add(&cgi->begun, body, said->len - (size_t)(body - said->data));
    return rc;
}

static int read_head(struct cgi *cgi, struct err *err)
{
    const char *body = NULL;
    char piece[PIECE_BYTES];
    struct buf said;
    int rc = 0;

    buf_init(&said, HEAD_MAX_BYTES + PIECE_BYTES);
    while (rc == 0 && !(body = end_of_head(said.data))) {
        ssize_t n = read_piece(cgi, piece, err);

        if (n < 0)
            rc = (int)n;
        else if (n == 0 || said.len > HEAD_MAX_BYTES)
            rc = err_set(err, ERR_IO, "the program behind this gave no answer");
        else
            buf_add(&said, piece, (size_t)n);
    }
    if (rc == 0)
        rc = take_head(cgi, &said, body, err);
    buf_finish(&said);
    return rc;
}

/* *ret_asking is the program's end, the caller's. */
static int open_questions(struct cgi *cgi, int *ret_asking, const struct cgi_call *call,
                          struct err *err)
{
    int ends[2];

    *ret_asking = 0;
    if (!call->asked)
        return 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return err_errno(err, "cannot make a pair of sockets");
    *ret_asking = fcntl(ends[1], F_DUPFD_CLOEXEC, LOW_FDS);
    (void)close(ends[1]);
    if (*ret_asking < 0) {
        *ret_asking = 0;
        (void)close(ends[0]);
        return err_errno(err, "cannot make a pair of sockets");
    }
    cgi->asked = call->asked;
    cgi->ctx = call->ctx;
    cgi->asked_fd = ends[0];
    return 0;
}

int cgi_start(struct cgi *ret, const struct cgi_call *call, struct err *err)
{
    int ends[2], asking;

    *ret = (struct cgi){ .fd = -1, .status = 200 };
    buf_init(&ret->begun, HEAD_MAX_BYTES + PIECE_BYTES);
    int rc = open_questions(ret, &asking, call, err);
    if (rc < 0)
        return rc;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        rc = err_errno(err, "cannot make a pipe");
        if (asking > 0)
            (void)close(asking);
        return rc;
    }
    ret->fd = ends[0];
    const struct program program = { .argv = call->argv,
                                     .env = call->env,
                                     .in_fd = call->body_fd,
                                     .out_fd = ends[1],
                                     .err_fd = -1,
                                     .held_fd = call->held_fd,
                                     .asking_fd = asking };
    rc = program_start(&ret->pid, &program, err);
    (void)close(ends[1]);
    if (asking > 0)
        (void)close(asking);
    return rc < 0 ? rc : read_head(ret, err);
}

int cgi_collect(struct buf *out, struct cgi *cgi, struct err *err)
{
    char piece[PIECE_BYTES];
    int ended = 0;
    ssize_t n;

    buf_add(out, cgi->begun.data, cgi->begun.len);
    while ((n = read_piece(cgi, piece, err)) > 0) {
        buf_add(out, piece, (size_t)n);
        if (out->overflow)
            return buf_check(out, "an answer", err);
    }
    if (n < 0)
        return (int)n;
    while (waitpid(cgi->pid, &ended, 0) < 0 && errno == EINTR)
        ;
    cgi->pid = 0;
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0)
        return err_set(err, ERR_IO, "the program behind this failed");
    return buf_check(out, "an answer", err);
}

void cgi_finish(struct cgi *cgi)
{
    if (cgi->pid > 0)
        program_kill(cgi->pid);
    if (cgi->fd > STDERR_FILENO) /* 0 when zeroed */
        (void)close(cgi->fd);
    stop_answering(cgi);
    free(cgi->content_type);
    buf_finish(&cgi->begun);
    *cgi = (struct cgi){ .fd = -1 };
}
