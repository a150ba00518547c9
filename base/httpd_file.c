/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_file.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/httpd_reply.h"
#include "base/httpd_request.h"
#include "base/httpd_send.h"

/* From here on a connection of its own costs less than what microhttpd spends on a file: pieces
 * of 128 KiB, with a wait for the socket between. */
enum { LARGE_BYTES = 4 << 20, BLOCK_BYTES = 1 };

struct large_file {
    struct httpd_sending sending; /* has the descriptors */
    struct httpd_request *req;    /* which outlives the sending, not this */
    struct MHD_Connection *connection;
    int64_t len;
    bool is_begun;
};

static void go_on(struct httpd_sending *sending)
{
    const struct large_file *file = (const struct large_file *)(void *)sending;

    MHD_resume_connection(file->connection);
}

/* Asked for the first byte when the headers are sent, and once more when the body is, or will
 * never be. None of it went through microhttpd, which takes that for the connection's end. */
static ssize_t large_read(void *cls, uint64_t pos, char *out, size_t max)
{
    struct large_file *file = cls;

    (void)pos;
    (void)out;
    (void)max;
    if (!file->is_begun) {
        file->is_begun = true;
        MHD_suspend_connection(file->connection);
        if (httpd_send_add(file->req->send, &file->sending) < 0)
            MHD_resume_connection(file->connection);
        return 0;
    }
    file->req->sent_bytes = file->len - file->sending.left;
    return file->sending.left == 0 ? MHD_CONTENT_READER_END_OF_STREAM
                                   : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void large_free(void *cls)
{
    struct large_file *file = cls;

    (void)close(file->sending.file_fd);
    free(file);
}

static struct MHD_Response *from_large(struct httpd_request *req, int fd, int64_t at,
                                       int64_t len)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct large_file *file = xcalloc(1, sizeof(*file));

    file->sending = (struct httpd_sending){
        .socket_fd = info->connect_fd, .file_fd = fd, .at = at, .left = len, .end = go_on
    };
    file->req = req;
    file->connection = req->connection;
    file->len = len;

    struct MHD_Response *reply = MHD_create_response_from_callback(
        (uint64_t)len, BLOCK_BYTES, large_read, file, large_free);
    if (!reply)
        free(file);
    else if (strcmp(req->method, MHD_HTTP_METHOD_HEAD) != 0)
        httpd_reply_add(reply, MHD_HTTP_HEADER_CONNECTION, "close");
    return reply;
}

struct MHD_Response *httpd_file_reply(struct httpd_request *req,
                                      const struct httpd_response *res)
{
    struct MHD_Response *reply = NULL;
    struct stat st;

    int fd = open(res->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && res->file_offset >= 0 &&
        res->file_offset <= st.st_size) {
        int64_t rest = st.st_size - res->file_offset;
        int64_t len = res->file_len < 0 ? rest : res->file_len;

        req->sent_bytes = len;
        if (len >= LARGE_BYTES && len <= rest)
            reply = from_large(req, fd, res->file_offset, len);
        else if (len <= rest)
            reply = MHD_create_response_from_fd_at_offset64((uint64_t)len, fd,
                                                            (uint64_t)res->file_offset);
    }
    if (!reply)
        (void)close(fd);
    return reply;
}
