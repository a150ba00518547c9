/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/access_log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/httpd.h"
#include "base/rfc3339.h"

/* A line has six texts, in which each byte may become "\\xNN". */
enum { TEXT_MAX_BYTES = 2048, LINE_MAX_BYTES = 6 * 4 * TEXT_MAX_BYTES + 1024 };

struct access_log {
    char *path;
    pthread_mutex_t lock; /* of fd */
    int fd;
};

static int open_log(int *ret_fd, const char *path, struct err *err)
{
    int fd = strcmp(path, "-") == 0
                 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
                 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0)
        return err_errno(err, "cannot open the access log '%s'", path);
    *ret_fd = fd;
    return 0;
}

int access_log_open(struct access_log **ret, const char *path, struct err *err)
{
    int fd = -1;

    int rc = open_log(&fd, path, err);
    if (rc < 0)
        return rc;
    *ret = xcalloc(1, sizeof(**ret));
    (*ret)->path = xstrdup(path);
    (*ret)->fd = fd;
    (void)pthread_mutex_init(&(*ret)->lock, NULL);
    return 0;
}

int access_log_reopen(struct access_log *log, struct err *err)
{
    int fd = -1;

    int rc = open_log(&fd, log->path, err);
    if (rc < 0)
        return rc;
    (void)pthread_mutex_lock(&log->lock);
    (void)close(log->fd);
    log->fd = fd;
    (void)pthread_mutex_unlock(&log->lock);
    return 0;
}

void access_log_close(struct access_log *log)
{
    if (!log)
        return;
    (void)close(log->fd);
    (void)pthread_mutex_destroy(&log->lock);
    free(log->path);
    free(log);
}

/* A stranger's text can neither end its field nor the line, nor fill it. */
static void add_text(struct buf *out, const char *text)
{
    for (size_t i = 0; text[i] && i < TEXT_MAX_BYTES; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < ' ' || c >= 0x7f || c == '"' || c == '\\')
            buf_printf(out, "\\x%02x", c);
        else
            buf_add_char(out, (char)c);
    }
}

static void add_quoted(struct buf *out, const char *text)
{
    buf_add_str(out, " \"");
    add_text(out, text ? text : "-");
    buf_add_char(out, '"');
}

/* "Thu, 26 Nov 2026 22:11:55 GMT" as "[26/Nov/2026:22:11:55 +0000]". */
static void add_time(struct buf *out, int64_t at)
{
    char date[HTTP_DATE_SIZE];

    http_date_format(date, at);
    buf_printf(out, "[%.2s/%.3s/%.4s:%.8s +0000]", date + 5, date + 8, date + 12, date + 17);
}

void access_log_add_line(struct buf *out, const struct httpd_done *done)
{
    add_text(out, *done->peer ? done->peer : "-");
    buf_add_str(out, " - ");
    add_text(out, done->user ? done->user : "-");
    buf_add_char(out, ' ');
    add_time(out, done->at);
    buf_add_str(out, " \"");
    add_text(out, done->method);
    buf_add_char(out, ' ');
    add_text(out, done->path);
    buf_printf(out, " %s\" %d %" PRId64, done->version, done->status, done->bytes);
    add_quoted(out, done->referer);
    add_quoted(out, done->agent);
    buf_add_char(out, '\n');
}

void access_log_write(struct access_log *log, const struct httpd_done *done)
{
    struct buf line;

    buf_init(&line, LINE_MAX_BYTES);
    access_log_add_line(&line, done);
    (void)pthread_mutex_lock(&log->lock);
    ssize_t n = write(log->fd, line.data, line.len); /* a full disk loses lines, not replies */
    (void)pthread_mutex_unlock(&log->lock);
    (void)n;
    buf_finish(&line);
}
