/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a request, by microhttpd's calls:
 *
 *   on_target    the request line is read: the request is made and counted
 *   on_access    1st call, headers complete: begin() finds the route, refuses what is too big
 *                next calls: httpd_body_take() keeps a piece of the body, or hands it on
 *                last call, no more body: answer() calls the handler and queues the reply
 *   on_completed sent, or the connection broke: the request is freed
 */
#include "base/httpd.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/httpd_body.h"
#include "base/httpd_listen.h"
#include "base/httpd_reply.h"
#include "base/httpd_request.h"

enum {
    DEFAULT_CONNECTIONS = 256,
    DEFAULT_IDLE_TIMEOUT_S = 30,
    STOP_WAIT_S = 5,
};

static const char PLAIN_TEXT[] = "text/plain; charset=utf-8";

struct httpd {
    struct MHD_Daemon *daemon;
    const struct httpd_route *routes;
    const struct httpd_stream *streams;
    httpd_handler *not_found;
    void *ctx;
    uint16_t port;
    pthread_mutex_t lock;
    pthread_cond_t idle; /* active is 0 */
    unsigned active;     /* requests under way */
};

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct httpd *httpd = cls;

    (void)pthread_mutex_lock(&httpd->lock);
    httpd->active++;
    (void)pthread_mutex_unlock(&httpd->lock);
    return httpd_request_new(connection, target);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    struct httpd *httpd = cls;

    (void)connection;
    (void)why;
    if (!*con_cls)
        return;
    httpd_request_free(*con_cls);
    *con_cls = NULL;
    (void)pthread_mutex_lock(&httpd->lock);
    if (--httpd->active == 0)
        (void)pthread_cond_broadcast(&httpd->idle);
    (void)pthread_mutex_unlock(&httpd->lock);
}

/* Paths and arguments reach handlers as they were sent: "dev%2Fx" is one segment. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
    (void)cls;
    (void)connection;
    return strlen(s);
}

static int begin(const struct httpd *httpd, struct httpd_request *req, const char *method)
{
    req->method = method;
    req->found = httpd_match_init(&req->match, httpd->routes, method, req->path);
    return httpd_body_begin(req, httpd->streams, httpd->ctx);
}

static int plain_not_found(const struct httpd *httpd, struct httpd_request *req,
                           struct httpd_response *res)
{
    struct buf allowed;

    res->content_type = PLAIN_TEXT;
    if (req->found == HTTPD_NO_SUCH_PATH) {
        buf_add_str(&res->body, "not found\n");
        return MHD_HTTP_NOT_FOUND;
    }
    buf_init(&allowed, 1024);
    httpd_route_add_allowed(&allowed, httpd->routes, req->path);
    httpd_reply_header(req, MHD_HTTP_HEADER_ALLOW, "%s", allowed.data);
    buf_printf(&res->body, "method not allowed; allowed are %s\n", allowed.data);
    buf_finish(&allowed);
    return MHD_HTTP_METHOD_NOT_ALLOWED;
}

static int answer(const struct httpd *httpd, struct httpd_request *req)
{
    struct httpd_response res;
    int status, rc = -1;

    if (httpd_body_is_refused(req))
        return httpd_body_refuse(req);

    httpd_response_init(&res);
    if (req->match.route)
        status = req->match.route->handler(req, &res, httpd->ctx);
    else if (httpd->not_found)
        status = httpd->not_found(req, &res, httpd->ctx);
    else
        status = plain_not_found(httpd, req, &res);
    if (status != 0)
        rc = httpd_reply(req, status, &res);
    httpd_response_finish(&res);
    return rc;
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *data_len, void **con_cls)
{
    const struct httpd *httpd = cls;
    struct httpd_request *req = *con_cls;
    int rc;

    (void)connection;
    (void)url;
    (void)version;
    if (!req->method) {
        rc = begin(httpd, req, method);
    } else if (*data_len > 0) {
        rc = httpd_body_take(req, data, *data_len, httpd->ctx);
        *data_len = 0;
    } else {
        rc = answer(httpd, req);
    }
    return rc < 0 ? MHD_NO : MHD_YES;
}

static struct MHD_Daemon *daemon_start(struct httpd *httpd, const struct httpd_options *options,
                                       int fd)
{
    const unsigned limit =
        options->max_connections ? options->max_connections : DEFAULT_CONNECTIONS;
    const unsigned idle_s =
        options->idle_timeout_s ? options->idle_timeout_s : DEFAULT_IDLE_TIMEOUT_S;
    const struct MHD_OptionItem pool[] = {
        { MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)options->threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };

    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_USE_ITC, 0, NULL, NULL, on_access,
        httpd, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, limit,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        on_target, httpd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, httpd,
        options->threads > 1 ? MHD_OPTION_ARRAY : MHD_OPTION_END, pool, MHD_OPTION_END);
}

static void free_stopped(struct httpd *httpd)
{
    (void)pthread_cond_destroy(&httpd->idle);
    (void)pthread_mutex_destroy(&httpd->lock);
    free(httpd);
}

int httpd_start(struct httpd **ret, const struct httpd_options *options, struct err *err)
{
    pthread_condattr_t monotonic;
    int fd = -1;

    int rc = httpd_listen(&fd, options->listen, err);
    if (rc < 0)
        return rc;

    struct httpd *httpd = xcalloc(1, sizeof(*httpd));
    httpd->routes = options->routes;
    httpd->streams = options->streams;
    httpd->not_found = options->not_found;
    httpd->ctx = options->ctx;
    httpd->port = httpd_listen_port(fd);
    (void)pthread_mutex_init(&httpd->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&httpd->idle, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);

    httpd->daemon = daemon_start(httpd, options, fd);
    if (!httpd->daemon) {
        free_stopped(httpd);
        return err_set(err, ERR_IO, "cannot start the server on %s", options->listen);
    }
    *ret = httpd;
    return 0;
}

uint16_t httpd_port(const struct httpd *httpd)
{
    return httpd->port;
}

void httpd_stop(struct httpd *httpd)
{
    struct timespec deadline;

    if (!httpd)
        return;

    MHD_socket fd = MHD_quiesce_daemon(httpd->daemon);
    if (fd != MHD_INVALID_SOCKET)
        (void)close(fd);
    (void)clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += STOP_WAIT_S;
    (void)pthread_mutex_lock(&httpd->lock);
    while (httpd->active > 0 &&
           pthread_cond_timedwait(&httpd->idle, &httpd->lock, &deadline) == 0)
        ;
    (void)pthread_mutex_unlock(&httpd->lock);
    MHD_stop_daemon(httpd->daemon);
    free_stopped(httpd);
}
