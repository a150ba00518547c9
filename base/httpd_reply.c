/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_reply.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/httpd_file.h"
#include "base/httpd_memo.h"
#include "base/httpd_request.h"
#include "base/httpd_slow.h"
#include "base/httpd_stream.h"

enum { STREAM_BLOCK_BYTES = 65536 };

void httpd_response_init(struct httpd_response *res)
{
    memset(res, 0, sizeof(*res));
    buf_init(&res->body, HTTPD_MAX_REPLY_BYTES);
    res->file_len = -1;
    res->stream_fd = -1;
    res->cut_after = -1;
}

void httpd_response_finish(struct httpd_response *res)
{
    buf_finish(&res->body);
    free(res->file);
    res->file = NULL;
    if (res->stream_fd >= 0)
        (void)close(res->stream_fd);
    res->stream_fd = -1;
    if (res->end_stream)
        res->end_stream(res->stream);
    res->end_stream = NULL;
}

/* A body of which only the first bytes arrive. */
struct cut_body {
    char *data;
    uint64_t cut_after;
};

static ssize_t cut_read(void *cls, uint64_t pos, char *out, size_t max)
{
    const struct cut_body *cut = cls;

    if (pos >= cut->cut_after)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = cut->cut_after - pos < max ? (size_t)(cut->cut_after - pos) : max;
    memcpy(out, cut->data + pos, n);
    return (ssize_t)n;
}

static void cut_free(void *cls)
{
    struct cut_body *cut = cls;

    free(cut->data);
    free(cut);
}

static struct MHD_Response *from_cut_body(struct httpd_response *res)
{
    struct cut_body *cut = xcalloc(1, sizeof(*cut));
    size_t len = res->body.len;

    cut->cut_after = (uint64_t)res->cut_after < len ? (uint64_t)res->cut_after : len;
    cut->data = buf_take(&res->body);
    struct MHD_Response *reply =
        MHD_create_response_from_callback(len, STREAM_BLOCK_BYTES, cut_read, cut, cut_free);
    if (!reply)
        cut_free(cut);
    return reply;
}

static struct MHD_Response *from_text(const char *text)
{
    return MHD_create_response_from_buffer(strlen(text), xstrdup(text), MHD_RESPMEM_MUST_FREE);
}

static struct MHD_Response *from_body(struct httpd_request *req, struct httpd_response *res)
{
    size_t len = res->body.len;

    req->sent_bytes = (int64_t)len;
    return MHD_create_response_from_buffer(len, buf_take(&res->body), MHD_RESPMEM_MUST_FREE);
}

/* The reply, or the 500 that says why there is none. */
static struct MHD_Response *create(struct httpd_request *req, struct httpd_response *res,
                                   int *status)
{
    struct MHD_Response *reply = NULL;

    if (res->file)
        reply = httpd_file_reply(req, res);
    else if (res->stream_fd >= 0)
        reply = httpd_stream_reply(req, res);
    else if (res->body.overflow || *status < 100 || *status > 599)
        reply = NULL;
    else if (res->cut_after >= 0)
        reply = from_cut_body(res);
    else
        reply = from_body(req, res);

    if (reply)
        return reply;
    *status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    res->content_type = "text/plain; charset=utf-8";
    return from_text("the server could not produce this reply\n");
}

void httpd_reply_add(struct MHD_Response *reply, const char *name, const char *value)
{
    (void)MHD_add_response_header(reply, name, value[0] ? value : " ");
}

int httpd_reply_queue(struct httpd_request *req, int status, struct MHD_Response *reply)
{
    if (req->id[0])
        httpd_reply_add(reply, HTTPD_ID_HEADER, req->id);
    httpd_slow_expect(req->watched, HTTPD_EXPECT_READING);
    enum MHD_Result sent = MHD_queue_response(req->connection, (unsigned)status, reply);

    MHD_destroy_response(reply);
    req->sent_status = status;
    if (strcmp(req->method, MHD_HTTP_METHOD_HEAD) == 0)
        req->sent_bytes = 0;
    return sent == MHD_YES ? 0 : -1;
}

int httpd_reply(struct httpd_request *req, int status, struct httpd_response *res)
{
    int is_kept = httpd_memo_keep(req->memo, req, status, res);
    if (is_kept != 0)
        return is_kept < 0 ? -1 : 0;
    struct MHD_Response *reply = create(req, res, &status);

    if (!reply)
        return -1;
    if (res->content_type)
        httpd_reply_add(reply, MHD_HTTP_HEADER_CONTENT_TYPE, res->content_type);
    for (size_t i = 0; i < req->n_reply_headers; i++)
        httpd_reply_add(reply, req->reply_headers[i].name, req->reply_headers[i].value);
    return httpd_reply_queue(req, status, reply);
}
