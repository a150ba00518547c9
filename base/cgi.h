/* SPDX-License-Identifier: Apache-2.0
 * base/cgi.h
 * cgi: one request answered by another program (RFC 3875).
 * The program gets an environment and descriptors of its own, in a process group of its own,
 * and is killed when it says nothing for two minutes. Owns the process until cgi_finish(). */
#ifndef BASE_CGI_H
#define BASE_CGI_H
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct err;

/* Answers what the program, or one that it started, asked by PROGRAM_ASKING_FD (a socket, whose
 * other end fd is). False ends that. */
typedef bool cgi_asked(void *ctx, int fd);

struct cgi_call {
    const char *const *argv; /* looked up along PATH; ends with NULL */
    const char *const *env;  /* its whole environment; ends with NULL */
    int body_fd;             /* its standard input, from where it stands; -1: none */
    int held_fd;             /* a lock that it keeps for as long as it runs; 0: none */
    cgi_asked *asked;        /* while the program is waited for; NULL: it cannot ask */
    void *ctx;
};

struct cgi {
    pid_t pid;
    int fd;             /* what it says after its headers and `begun`; blocking */
    int status;         /* 200, or its Status: */
    char *content_type; /* NULL without one */
    struct buf begun;   /* what came of the body together with the headers */
    cgi_asked *asked;
    void *ctx;
    int asked_fd; /* while there is an asked */
};

/* Starts it and waits for its headers. cgi_finish() in every case. */
int cgi_start(struct cgi *ret, const struct cgi_call *call, struct err *err);

/* Moves the body to out until its end, and waits for the program's: -ERR_IO when that was no
 * good one, -ERR_LIMIT past out's maximum. */
int cgi_collect(struct buf *out, struct cgi *cgi, struct err *err);

/* Kills and reaps what still runs. Zeroed is fine. */
void cgi_finish(struct cgi *cgi);

#endif
