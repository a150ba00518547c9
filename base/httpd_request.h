/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_request.h
 * httpd_request: one request as it grows from its first line to its answer.
 * Private to base/httpd*.c, which share the struct; handlers see base/httpd.h only. Lives from
 * the request line until microhttpd reports the request completed. */
#ifndef BASE_HTTPD_REQUEST_H
#define BASE_HTTPD_REQUEST_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/httpd.h"
#include "base/httpd_route.h"

struct MHD_Connection;
struct httpd_memo;
struct httpd_peer;
struct httpd_send;
struct httpd_wait;

enum { HTTPD_MAX_REPLY_HEADERS = 32, HTTPD_ID_SIZE = 17 };
#define HTTPD_ID_HEADER "X-Request-Id"

enum httpd_phase {
    HTTPD_READING, /* its body arrives */
    HTTPD_WORKING, /* a blocking thread has it; the connection is suspended */
    HTTPD_ANSWERED,
};

struct httpd_request {
    struct MHD_Connection *connection;
    enum httpd_phase phase;
    bool may_block;         /* the thread that the handler runs on */
    char id[HTTPD_ID_SIZE]; /* of its reply, "" for none */
    const char *method;     /* microhttpd's; NULL until the headers are complete */
    const char *version;    /* likewise */
    char *path, *query;     /* both inside `target` */
    char *target;
    char peer[INET6_ADDRSTRLEN];
    bool is_forwarded; /* by the trusted proxy */
    enum httpd_found found;
    struct httpd_match match;
    size_t max_body;  /* bytes */
    int64_t received; /* bytes of body, kept or not */
    size_t unwanted;  /* bytes of it that were thrown away */
    struct buf body;
    const struct httpd_stream *stream; /* takes the body's pieces; NULL: body does */
    bool is_cut;                       /* the stream wants no more */
    int early_status;                  /* the stream's begin() has answered; 0: it has not */
    struct httpd_response early;       /* that answer, while the body is thrown away */
    void *state;                       /* the stream's */
    void (*end_state)(void *state);
    struct {
        char *name, *value;
    } reply_headers[HTTPD_MAX_REPLY_HEADERS];
    size_t n_reply_headers;
    int status; /* the handler's answer, once ANSWERED, and its reply */
    struct httpd_response reply;
    struct httpd_wait *wait;    /* for replies that another process makes */
    struct httpd_send *send;    /* for large files */
    struct httpd_peer *watched; /* the connection's, whose speed counts */
    struct httpd_memo *memo;
    uint64_t memo_generation;   /* when the request came */
    int64_t memo_ms;            /* how long its reply may be remembered; 0: not at all */
    struct httpd_request *next; /* in the queue of httpd_pool */
    char *user;
    int64_t began_us;   /* monotonic */
    int sent_status;    /* 0: nothing was queued */
    int64_t sent_bytes; /* of the reply's body */
};

/* target as on the request line: a path with a query, or an absolute URL. */
struct httpd_request *httpd_request_new(struct MHD_Connection *connection, const char *target);
void httpd_request_free(struct httpd_request *req);

/* It is over. */
void httpd_request_report(const struct httpd_request *req, bool is_whole,
                          void (*on_done)(const struct httpd_done *done, void *ctx), void *ctx);

/* Gives it the id that its reply will name: the n-th of a server, in no visible order. */
void httpd_request_set_id(struct httpd_request *req, uint64_t key, uint64_t n);

/* Its headers are complete: when it came from this proxy, the peer is whom the proxy names. */
void httpd_request_forwarded(struct httpd_request *req, const char *trusted_peer);

#endif
