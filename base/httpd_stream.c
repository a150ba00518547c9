/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/httpd_request.h"
#include "base/httpd_wait.h"

enum { BLOCK_BYTES = 65536 };

struct stream {
    struct httpd_waiter waiter; /* has the descriptor */
    struct httpd_request *req;  /* which outlives the sending, not the stream */
    struct MHD_Connection *connection;
    char *begun; /* what is sent first */
    size_t begun_len;
    void (*end)(void *ctx);
    void *end_ctx;
};

static void go_on(struct httpd_waiter *waiter)
{
    const struct stream *stream = (const struct stream *)(void *)waiter;

    MHD_resume_connection(stream->connection);
}

static ssize_t read_begun(const struct stream *stream, size_t pos, char *out, size_t max)
{
    size_t n = stream->begun_len - pos;

    n = n < max ? n : max;
    memcpy(out, stream->begun + pos, n);
    return (ssize_t)n;
}

/* Suspends the connection until the writer has something. */
static ssize_t wait_for_writer(struct stream *stream)
{
    MHD_suspend_connection(stream->connection);
    if (httpd_wait_add(stream->req->wait, &stream->waiter) < 0) {
        stream->waiter.timed_out = true;
        MHD_resume_connection(stream->connection);
    }
    return 0;
}

static ssize_t stream_read(void *cls, uint64_t pos, char *out, size_t max)
{
    struct stream *stream = cls;
    ssize_t n;

    if (pos < stream->begun_len)
        n = read_begun(stream, (size_t)pos, out, max);
    else if (stream->waiter.timed_out)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    else
        n = read(stream->waiter.fd, out, max);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return wait_for_writer(stream);
    if (n < 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    stream->req->sent_bytes += n;
    return n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void stream_free(void *cls)
{
    struct stream *stream = cls;

    (void)close(stream->waiter.fd);
    if (stream->end)
        stream->end(stream->end_ctx);
    free(stream->begun);
    free(stream);
}

struct MHD_Response *httpd_stream_reply(struct httpd_request *req, struct httpd_response *res)
{
    struct stream *stream = xcalloc(1, sizeof(*stream));

    stream->waiter = (struct httpd_waiter){ .fd = res->stream_fd, .wake = go_on };
    stream->req = req;
    stream->connection = req->connection;
    stream->begun_len = res->body.len;
    stream->begun = buf_take(&res->body);
    stream->end = res->end_stream;
    stream->end_ctx = res->stream;
    res->stream_fd = -1;
    res->end_stream = NULL;
    (void)fcntl(stream->waiter.fd, F_SETFL, O_NONBLOCK);

    struct MHD_Response *reply = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, stream_read, stream, stream_free);
    if (!reply)
        stream_free(stream);
    return reply;
}
