/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a request, by microhttpd's calls:
 *
 *   on_target    the request line is read: the request is made and counted
 *   on_access    1st call, headers complete: begin() finds the route, refuses what is too big
 *                next calls: httpd_body_take() keeps a piece of the body, or hands it on
 *                last call, no more body: answer() calls the handler and queues the reply; or
 *                it suspends the connection and a blocking thread calls the handler in work(),
 *                after which this call comes again and finds the reply
 *   on_completed sent, or the connection broke: the request is freed
 */
#include "base/httpd.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/httpd_accept.h"
#include "base/httpd_body.h"
#include "base/httpd_call.h"
#include "base/httpd_listen.h"
#include "base/httpd_memo.h"
#include "base/httpd_pool.h"
#include "base/httpd_reply.h"
#include "base/httpd_request.h"
#include "base/httpd_send.h"
#include "base/httpd_slow.h"
#include "base/httpd_strict.h"
#include "base/httpd_wait.h"

enum {
    DEFAULT_CONNECTIONS = 256,
    DEFAULT_IDLE_TIMEOUT_S = 30,
    DEFAULT_SLOW_AFTER_S = 60,
    STOP_WAIT_S = 5,
};

struct httpd {
    struct MHD_Daemon *daemon;
    struct httpd_accept *accept;
    struct httpd_options options; /* strings and lists are the caller's */
    struct httpd_pool *pool;      /* NULL: handlers block the server's threads */
    struct httpd_wait *wait;
    struct httpd_send *send;
    struct httpd_slow *slow;
    struct httpd_memo *memo;
    uint64_t id_key;
    atomic_uint_fast64_t n_ids; /* given to requests */
    uint16_t port;
    char address[HTTPD_ADDRESS_SIZE];
    pthread_mutex_t lock;
    pthread_cond_t idle; /* active is 0 */
    unsigned active;     /* requests under way */
};

/* The watched peer that on_connection() left with a connection. */
static struct httpd_peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct httpd *httpd = cls;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

        *socket_context = info ? httpd_slow_add(httpd->slow, info->connect_fd) : NULL;
    } else {
        httpd_slow_remove(httpd->slow, *socket_context);
        *socket_context = NULL;
        httpd_accept_closed(httpd->accept);
    }
}

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct httpd *httpd = cls;

    (void)pthread_mutex_lock(&httpd->lock);
    httpd->active++;
    (void)pthread_mutex_unlock(&httpd->lock);

    struct httpd_request *req = httpd_request_new(connection, target);
    req->wait = httpd->wait;
    req->send = httpd->send;
    req->watched = peer_of(connection);
    req->memo = httpd->memo;
    req->memo_generation = httpd_memo_generation(httpd->memo);
    if (httpd->options.has_request_ids)
        httpd_request_set_id(req, httpd->id_key, atomic_fetch_add(&httpd->n_ids, 1));
    return req;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    struct httpd *httpd = cls;

    if (!*con_cls)
        return;
    if (httpd->options.on_done)
        httpd_request_report(*con_cls, why == MHD_REQUEST_TERMINATED_COMPLETED_OK,
                             httpd->options.on_done, httpd->options.ctx);
    httpd_request_free(*con_cls);
    *con_cls = NULL;
    httpd_slow_expect(peer_of(connection), HTTPD_EXPECT_HEADERS);
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

static int begin(const struct httpd *httpd, struct httpd_request *req)
{
    const char *method = req->method;
    const char *fault = httpd_strict_fault(req->connection, req->version);

    if (fault)
        return httpd_call_refuse(req, fault);
    httpd_request_forwarded(req, httpd->options.trusted_peer);
    req->found = httpd_match_init(&req->match, httpd->options.routes, method, req->path);
    return httpd_body_begin(req, httpd->options.streams, httpd->options.ctx);
}

/* On a blocking thread. */
static void work(struct httpd_request *req, void *ctx)
{
    const struct httpd *httpd = ctx;

    req->may_block = true;
    req->status = httpd_call(req, &httpd->options);
    req->phase = HTTPD_ANSWERED;
    MHD_resume_connection(req->connection);
}

/* The connection sleeps before the request may be worked on, for work() wakes it. */
static void hand_over(const struct httpd *httpd, struct httpd_request *req)
{
    req->phase = HTTPD_WORKING;
    MHD_suspend_connection(req->connection);
    if (httpd_pool_add(httpd->pool, req) == 0)
        return;
    req->status = httpd_call_say(&req->reply, MHD_HTTP_SERVICE_UNAVAILABLE,
                                 "the server has too much to do");
    req->phase = HTTPD_ANSWERED;
    MHD_resume_connection(req->connection);
}

static bool is_quick(const struct httpd *httpd, const struct httpd_request *req)
{
    httpd_handler *const *quick = httpd->options.quick;

    if (!httpd->pool || !req->match.route)
        return true;
    while (quick && *quick && *quick != req->match.route->handler)
        quick++;
    return quick && *quick;
}

static bool may_change_something(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
           strcmp(method, MHD_HTTP_METHOD_HEAD) != 0 &&
           strcmp(method, MHD_HTTP_METHOD_OPTIONS) != 0;
}

static int answer(const struct httpd *httpd, struct httpd_request *req)
{
    if (httpd_body_is_refused(req))
        return httpd_body_refuse(req);

    if (req->phase == HTTPD_READING && httpd_memo_answer(httpd->memo, req))
        return 0;
    if (req->phase == HTTPD_READING && is_quick(httpd, req)) {
        req->may_block = !httpd->pool;
        req->status = httpd_call(req, &httpd->options);
        if (req->status != HTTPD_LATER)
            req->phase = HTTPD_ANSWERED;
    }
    if (req->phase != HTTPD_ANSWERED) {
        hand_over(httpd, req);
        return 0;
    }
    if (may_change_something(req->method))
        httpd_memo_forget(httpd->memo);
    return req->status == 0 ? -1 : httpd_reply(req, req->status, &req->reply);
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
    if (!req->method) {
        req->method = method;
        req->version = version;
        httpd_slow_expect(req->watched, HTTPD_EXPECT_BODY);
        rc = begin(httpd, req);
    } else if (*data_len > 0) {
        rc = httpd_body_take(req, data, *data_len, httpd->options.ctx);
        httpd_slow_received(req->watched, *data_len);
        *data_len = 0;
    } else {
        httpd_slow_expect(req->watched, HTTPD_EXPECT_NOTHING);
        rc = answer(httpd, req);
    }
    return rc < 0 ? MHD_NO : MHD_YES;
}

static int take_connection(int fd, const struct sockaddr *peer, socklen_t len, void *ctx)
{
    const struct httpd *httpd = ctx;

    return MHD_add_connection(httpd->daemon, fd, peer, len) == MHD_YES ? 0 : -ERR_LIMIT;
}

static unsigned max_connections(const struct httpd_options *options)
{
    return options->max_connections ? options->max_connections : DEFAULT_CONNECTIONS;
}

/* It divides its limit among its threads and closes what is above; ours is the one that counts,
 * so that each of its threads may have them all, and one more while another is being closed. */
static struct MHD_Daemon *daemon_start(struct httpd *httpd, const struct httpd_options *options)
{
    const unsigned threads = options->threads ? options->threads : 1;
    const unsigned limit = (max_connections(options) + 1) * threads;
    const unsigned idle_s =
        options->idle_timeout_s ? options->idle_timeout_s : DEFAULT_IDLE_TIMEOUT_S;
    const struct MHD_OptionItem more[] = {
        { MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)options->max_per_peer, NULL },
        { threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };

    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO |
                                MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME,
                            0, NULL, NULL, on_access, httpd, MHD_OPTION_CONNECTION_LIMIT, limit,
                            MHD_OPTION_CONNECTION_TIMEOUT, idle_s, MHD_OPTION_STRICT_FOR_CLIENT,
                            1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
                            MHD_OPTION_URI_LOG_CALLBACK, on_target, httpd,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, httpd,
                            MHD_OPTION_NOTIFY_CONNECTION, on_connection, httpd,
                            MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static void free_stopped(struct httpd *httpd)
{
    httpd_accept_free(httpd->accept);
    httpd_pool_free(httpd->pool);
    httpd_wait_free(httpd->wait);
    httpd_send_free(httpd->send);
    httpd_slow_free(httpd->slow);
    httpd_memo_free(httpd->memo);
    (void)pthread_cond_destroy(&httpd->idle);
    (void)pthread_mutex_destroy(&httpd->lock);
    free(httpd);
}

static struct httpd *new_stopped(const struct httpd_options *options)
{
    struct httpd *httpd = xcalloc(1, sizeof(*httpd));
    pthread_condattr_t monotonic;

    httpd->options = *options;
    httpd->memo = httpd_memo_new();
    fs_random(&httpd->id_key, sizeof(httpd->id_key));
    httpd->slow =
        httpd_slow_new(options->slow_after_s ? options->slow_after_s : DEFAULT_SLOW_AFTER_S);
    (void)pthread_mutex_init(&httpd->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&httpd->idle, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return httpd;
}

int httpd_start(struct httpd **ret, const struct httpd_options *options, struct err *err)
{
    struct httpd *httpd = new_stopped(options);
    int fd = options->listen_fd > 0 ? options->listen_fd : -1;

    int rc = httpd_wait_new(&httpd->wait, httpd_slow_cut, httpd->slow, err);
    if (rc == 0)
        rc = httpd_send_new(&httpd->send, err);
    if (rc == 0 && options->blocking_threads > 0)
        rc = httpd_pool_new(&httpd->pool, options->blocking_threads, work, httpd, err);
    if (rc == 0 && fd < 0)
        rc = httpd_listen(&fd, options->listen, err);
    if (rc == 0) {
        httpd->port = httpd_listen_port(fd);
        httpd_listen_address(httpd->address, fd);
        httpd_listen_unpaced(fd);
        httpd->daemon = daemon_start(httpd, options);
        if (!httpd->daemon)
            rc = err_set(err, ERR_IO, "cannot start the server on %s", options->listen);
    }
    if (rc == 0) {
        rc = httpd_accept_new(&httpd->accept, fd, max_connections(options), take_connection,
                              httpd, err);
        fd = -1;
    }
    if (rc == 0) {
        *ret = httpd;
        return 0;
    }

    if (fd >= 0)
        (void)close(fd);
    if (httpd->daemon)
        MHD_stop_daemon(httpd->daemon);
    free_stopped(httpd);
    return rc;
}

uint16_t httpd_port(const struct httpd *httpd)
{
    return httpd->port;
}

const char *httpd_address(const struct httpd *httpd)
{
    return httpd->address;
}

unsigned httpd_connections(const struct httpd *httpd)
{
    const union MHD_DaemonInfo *info =
        httpd ? MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS) : NULL;

    return info ? info->num_connections : 0;
}

void httpd_stop(struct httpd *httpd)
{
    struct timespec deadline;

    if (!httpd)
        return;

    httpd_accept_end(httpd->accept);
    (void)clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += STOP_WAIT_S;
    (void)pthread_mutex_lock(&httpd->lock);
    while (httpd->active > 0 &&
           pthread_cond_timedwait(&httpd->idle, &httpd->lock, &deadline) == 0)
        ;
    (void)pthread_mutex_unlock(&httpd->lock);
    /* No connection may be suspended when microhttpd stops, so nobody suspends one from now. */
    if (httpd->pool)
        httpd_pool_end(httpd->pool);
    httpd_wait_end(httpd->wait);
    httpd_send_end(httpd->send);
    MHD_stop_daemon(httpd->daemon);
    free_stopped(httpd);
}
