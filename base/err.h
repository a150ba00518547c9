/* SPDX-License-Identifier: Apache-2.0
 * base/err.h
 * err: how every fallible function of the project reports failure.
 * A function that can fail returns 0 or a negative -ERR_X and takes `struct err *err` as its
 * last parameter. err may be NULL; otherwise it receives one line that a person can act on.
 * Owns nothing: the text lives inside the struct. Never logs, never exits. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
    ERR_IO = 1,   /* the operating system refused: disk, file, pipe */
    ERR_NOMEM,    /* a library could not allocate */
    ERR_RANGE,    /* a number, length or path outside its bounds */
    ERR_LIMIT,    /* an input reached the limit set for it */
    ERR_PARSE,    /* malformed input */
    ERR_USAGE,    /* wrong command line */
    ERR_CONFIG,   /* wrong configuration */
    ERR_DB,       /* SQLite refused */
    ERR_SCHEMA,   /* a database or file from another, newer version */
    ERR_NOTFOUND, /* what was asked for does not exist */
    ERR_EXISTS,   /* what was to be made exists already */
    ERR_AUTH,     /* the token is wrong (401) */
    ERR_DENIED,   /* the token may not (403), or a role is too low */
    ERR_MOVED,    /* the repository moved or is gone (301, 410) */
    ERR_NET,      /* no connection, or it broke before a reply */
    ERR_TIMEOUT,  /* a deadline passed */
    ERR_FORGE,    /* the forge answered something it should not */
    ERR_BUDGET,   /* a budget or ceiling is used up; the rest waits */
    ERR_LOCKED,   /* another instance holds the lock */
    ERR_GIT,      /* libgit2 or git refused */
    ERR_CRASH,    /* a worker died, or was killed at its limit */
    ERR_CONFLICT, /* the world changed under us: force-push, lost update */
    ERR_REFUSED,  /* the input was judged and not accepted */
};

struct err {
    int code;       /* enum err_code, 0 when unset */
    char msg[1024]; /* one line, no newline at its end, UTF-8, no control characters */
};

/* Sets code and text; returns -code, so that `return err_set(err, ERR_X, ...)` reads well. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set with ERR_IO (ERR_NOTFOUND for ENOENT), the text followed by strerror(errno). */
int err_errno(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the text that is there already. Returns rc unchanged. */
int err_wrap(struct err *err, int rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "io", "limit", ...: the code's word in logs and JSON. code may be negative. */
const char *err_name(int code);

#endif
