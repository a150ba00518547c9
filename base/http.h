/* SPDX-License-Identifier: Apache-2.0
 * base/http.h
 * http: one request to one origin, behind an interface that tests replace.
 * A client is a struct of function pointers; http_curl_new() is the real one. It adds no header
 * that the request does not name except Host, User-Agent, Content-Length and Accept-Encoding,
 * follows no redirect, keeps connections open, and never writes a token into an error or a log.
 * One client serves one thread. Whether plain http is acceptable is the caller's to decide. */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;

enum { HTTP_MAX_HEADERS = 64, HTTP_MAX_AHEAD = 4 };

struct http_header {
    const char *name;
    const char *value; /* no CR, LF or NUL: refused with -ERR_PARSE before anything is sent */
};

struct http_request {
    const char *method; /* "GET", "POST", ... */
    const char *url;    /* absolute, http or https */
    struct http_header headers[HTTP_MAX_HEADERS];
    size_t n_headers;
    const void *body;      /* NULL for none */
    size_t body_len;       /* bytes */
    const char *body_file; /* instead of body: a path that is streamed */
    /* NULL, or the name under which body_file goes in a multipart form, which then is the body
     * and names its own Content-Type: the file's name there, and its type. */
    const char *form_field, *form_name, *form_type;
    int timeout_ms;  /* whole exchange; 0 means the client's default */
    size_t max_body; /* bytes of reply body, unpacked; past it -ERR_LIMIT */
};

/* A reply, whatever its status. Owns its memory; header names are lower case. */
struct http_response {
    int status; /* 100..599 */
    struct {
        char *name, *value;
    } headers[HTTP_MAX_HEADERS]; /* of the final reply; further ones are dropped */
    size_t n_headers;
    struct buf body;
    int64_t wire_bytes; /* what came over the network, compressed */
};

struct http_client {
    /* Fills res (an initialised one) and returns 0 when a complete reply came, with any
     * status. -ERR_NET when the connection failed or broke, -ERR_CONFIG when the server's
     * certificate is not trusted, -ERR_TIMEOUT, -ERR_LIMIT. After any failure of a request
     * that writes it may or may not have taken effect; it was never sent twice. Errors of the
     * exchange name method and address. */
    int (*perform)(struct http_client *client, const struct http_request *req,
                   struct http_response *res, struct err *err);
    /* NULL, or a hint: these reads, n <= HTTP_MAX_AHEAD, will be asked for soon. They begin
     * together; perform takes each for the same URL and headers, once. What is announced no
     * more and was not asked for is dropped. */
    void (*announce)(struct http_client *client, const struct http_request *reqs, size_t n);
    void (*destroy)(struct http_client *client);
};

struct http_curl_options {
    const char *user_agent; /* required by GitHub */
    const char *ca_file;    /* NULL: the system's */
    int connect_timeout_ms;
    int timeout_ms;
    int low_speed_s; /* gives up after so long below 1 byte/s */
};

int http_curl_new(struct http_client **ret, const struct http_curl_options *options,
                  struct err *err);
void http_client_free(struct http_client *client); /* NULL is fine */

enum { HTTP_DEFAULT_MAX_BODY = 8 << 20 }; /* bytes; what http_request_init sets */

/* Strings are borrowed until the request was performed. Headers past HTTP_MAX_HEADERS are
 * counted, and refused by perform. */
void http_request_init(struct http_request *req, const char *method, const char *url);
void http_request_header(struct http_request *req, const char *name, const char *value);

/* 0, or why a request must not be sent: -ERR_PARSE, -ERR_LIMIT. perform checks it first. */
int http_request_check(const struct http_request *req, struct err *err);

void http_response_init(struct http_response *res);
void http_response_finish(struct http_response *res); /* leaves an initialised one */
/* The first header of that lower-case name, or NULL. Borrowed from res. */
const char *http_response_header(const struct http_response *res, const char *name);

/* The parts of an absolute URL, checked: scheme http or https, no user info, no fragment, no
 * blanks or bytes outside ASCII. */
struct http_url {
    char origin[300]; /* "https://host[:port]", lower case, default port left out */
    char host[256];   /* lower case; an IPv6 address keeps its brackets */
    char path[4096];  /* begins with '/', with the query */
    bool is_tls;
    bool is_loopback; /* 127.0.0.0/8, [::1] or localhost */
};
int http_url_parse(struct http_url *ret, const char *url, struct err *err);

#endif
