/* SPDX-License-Identifier: Apache-2.0
 * base/git_http.h
 * git_http: clone, fetch and push by the program `git http-backend`, one request each.
 * Knows git's protocol addresses and what the program wants to be told; nothing of who may. */
#ifndef BASE_GIT_HTTP_H
#define BASE_GIT_HTTP_H
#include <stdbool.h>

#include "base/cgi.h"

struct err;

struct git_http_call {
    const char *root; /* folder of the repositories */
    const char *path; /* below it, with what git asks for: "/a/b.git/info/refs" */
    const char *method, *query;
    const char *content_type, *content_encoding, *protocol; /* headers, NULL when absent */
    const char *user;                                       /* who pushes; NULL: reads only */
    int body_fd;               /* a file, since a pipe could fill up on both sides; read from */
                               /* its beginning; -1: none */
    int held_fd;               /* a lock that git keeps for as long as it runs; 0: none */
    const char *const *config; /* "key=value", above what the repository says; ends with NULL */
    const char *const *env;    /* "NAME=value" for hooks; NULL, or ends with NULL */
    cgi_asked *asked;          /* what hooks ask; NULL: nothing */
    void *ctx;
};

/* cgi_finish() in every case. */
int git_http_start(struct cgi *ret, const struct git_http_call *call, struct err *err);

/* Whether a request is part of a push: its query or what follows the repository says so. */
bool git_http_is_push(const char *query, const char *rest);

/* The content types of the protocol as text that lives for ever. */
const char *git_http_type(const struct cgi *cgi);

#endif
