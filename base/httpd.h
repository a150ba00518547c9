/* SPDX-License-Identifier: Apache-2.0
 * base/httpd.h
 * httpd: a server that turns microhttpd's many calls into one call of one handler.
 * Routes stand in a table of the caller; the first whose method and pattern match wins. A
 * handler gets the whole (bounded) body, fills a response and returns the status code. Handlers
 * run at the same time: what they share they must lock. The process ignores SIGPIPE. */
#ifndef BASE_HTTPD_H
#define BASE_HTTPD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;
struct httpd;
struct httpd_request;

enum { HTTPD_MAX_PARAMS = 8 };

enum { HTTPD_MAX_REPLY_BYTES = 64 << 20 }; /* of httpd_response.body; larger ones are files */

/* What a handler fills; it arrives empty, with the defaults named here. */
struct httpd_response {
    struct buf body;          /* sent unless a file or a stream is named */
    const char *content_type; /* static text; NULL: none is sent */
    char *file;               /* path to send instead of body, by sendfile; freed after use. */
                              /* One of 4 MiB or more ends its connection */
    int64_t file_offset;      /* bytes; with file_len the part to send (the server sends no */
    int64_t file_len;         /* Content-Range by itself); -1: to the end */
    int stream_fd; /* sent after body until its end, chunked, then closed; -1. A writer that */
                   /* says nothing for two minutes ends the reply */
    void (*end_stream)(void *stream); /* called when that is over, however; or NULL */
    void *stream;
    int64_t cut_after; /* -1; else Content-Length promises the whole body, and the */
                       /* connection ends after so many bytes of it: for tests */
};

/* A quick handler's answer: call me again where I may block. */
enum { HTTPD_LATER = -1 };

/* Returns the status code to send, 100..599; 0 drops the connection without a reply. */
typedef int httpd_handler(struct httpd_request *req, struct httpd_response *res, void *ctx);

struct httpd_route {
    const char *method; /* "GET" serves HEAD too; "*" any */
    /* Segments: literal; "{name}" for one whole segment, which is not empty, or "{name}.git"
     * for one that ends so; "{name...}" at the end for the whole rest, which may be empty or
     * absent with its slash. Values are still percent-encoded: decode them yourself. */
    const char *pattern;
    httpd_handler *handler;
    size_t max_body; /* bytes; past it 413 without calling the handler */
};

/* A route whose body is handed over in pieces and never held: an upload. */
struct httpd_stream {
    httpd_handler *handler; /* the route's: it is called when the body is complete */
    /* The headers are there, no byte of the body is. 0 goes on; any other status is the answer,
     * as a handler's: no piece is taken and the handler is not called. */
    httpd_handler *begin;
    /* One piece, some kilobytes. Negative: no more are handed over, the handler is called at
     * the end all the same, and answers with what went wrong. */
    int (*take)(struct httpd_request *req, const void *data, size_t len, void *ctx);
};

/* A request that is over, for logs and counters. Text is borrowed, NULL when absent. */
struct httpd_done {
    const char *method, *path, *query, *peer;
    const char *pattern; /* of its route; NULL when there was none */
    const char *user;    /* as the handler told with httpd_set_user() */
    const char *referer, *agent;
    const char *version; /* "HTTP/1.1" */
    int64_t at;          /* unix seconds, when it was over */
    int status;          /* 0: dropped before there was an answer */
    int64_t bytes;       /* of the reply's body */
    int64_t took_us;     /* since its first line was read */
    bool is_whole;       /* the reply was sent to its end */
};

struct httpd_options {
    const char *listen;                 /* "127.0.0.1:0", "[::1]:8080" */
    int listen_fd;                      /* a socket that listens already, instead; 0: none */
    const struct httpd_route *routes;   /* ends with a row of NULLs */
    const struct httpd_stream *streams; /* ends with a row of NULLs; NULL: none */
    httpd_handler *not_found;           /* gets no body; NULL: a plain 404, or 405 with Allow */
    void *ctx;                          /* given to every handler */
    unsigned threads;                   /* 0: one; they read, write, and run what is quick */
    unsigned blocking_threads;   /* 0: none, handlers block the threads above. Else handlers */
                                 /* run on these, while connections are served on */
    httpd_handler *const *quick; /* those that run above all the same, for speed; they never */
                                 /* block, or return HTTPD_LATER; ends with NULL; or NULL */
    unsigned max_connections;    /* 0: 256 */
    unsigned max_per_peer;       /* connections of one address; 0: no such limit */
    unsigned idle_timeout_s;     /* 0: 30 */
    unsigned slow_after_s;       /* 0: 60; headers must be complete by then, and in each such */
                                 /* span a body must come, an answer be read, at 1 KiB/s */
    const char *trusted_peer;    /* numeric address of the proxy whose X-Forwarded-For tells */
                                 /* httpd_peer(); NULL or "": none */
    bool has_request_ids;        /* every reply has an X-Request-Id of its own */
    void (*on_done)(const struct httpd_done *done, void *ctx); /* on any thread; or NULL */
};

int httpd_start(struct httpd **ret, const struct httpd_options *options, struct err *err);
uint16_t httpd_port(const struct httpd *httpd);
const char *httpd_address(const struct httpd *httpd);  /* "127.0.0.1:8080" */
unsigned httpd_connections(const struct httpd *httpd); /* open now; NULL is fine */
/* Takes no more connections, waits until the requests under way are answered (at most five
 * seconds for slow peers), then ends. NULL is fine. */
void httpd_stop(struct httpd *httpd);

/* All borrowed, alive until the handler returns. NULL when absent. Header names in any case. */
const char *httpd_method(const struct httpd_request *req);
const char *httpd_path(const struct httpd_request *req);  /* as sent, without the query */
const char *httpd_query(const struct httpd_request *req); /* as sent, "" when there is none */
const char *httpd_param(const struct httpd_request *req, const char *name);
const char *httpd_header(const struct httpd_request *req, const char *name);
const char *httpd_peer(const struct httpd_request *req); /* numeric address */
const struct buf *httpd_body(const struct httpd_request *req);

/* False for a quick handler's first call. */
bool httpd_may_block(const struct httpd_request *req);
/* A handler's reply of status 200 is the same for everybody who asks so without credentials,
 * and may be sent again for so long, without the handler. Any request but GET, HEAD and OPTIONS
 * ends that for all replies. */
void httpd_remember(struct httpd_request *req, int64_t for_ms);
/* Whether the trusted proxy passed it on. */
bool httpd_is_forwarded(const struct httpd_request *req);
/* Who asks, for httpd_done. Copied. */
void httpd_set_user(struct httpd_request *req, const char *user);

/* What a stream's three functions share; end_state(state) is called when the request is over,
 * also when its connection broke. */
void httpd_set_state(struct httpd_request *req, void *state, void (*end_state)(void *state));
void *httpd_state(const struct httpd_request *req); /* NULL before httpd_set_state */

/* Since its first line was read. */
int64_t httpd_age_us(const struct httpd_request *req);

/* The declared length of the body in bytes, -1 when it is not known (chunked). */
int64_t httpd_content_length(const struct httpd_request *req);

/* The decoded value of the first query argument of that name, or NULL. The caller frees. */
char *httpd_query_arg(const struct httpd_request *req, const char *name);

/* Adds a reply header; value is copied. CR and LF in it drop the header. Content-Length, Date
 * and Content-Type (from content_type) are the server's. */
void httpd_reply_header(struct httpd_request *req, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
