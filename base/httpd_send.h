/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_send.h
 * httpd_send: threads that send parts of files, many at a time, by sendfile.
 * Private to base/httpd*.c. A slow disk holds up one of them at most, a slow reader none: who
 * reads too slowly is for httpd_slow to end. */
#ifndef BASE_HTTPD_SEND_H
#define BASE_HTTPD_SEND_H
#include <stdint.h>

struct err;
struct httpd_send;

/* One part of a file; the caller's memory and descriptors, until `end` was called. */
struct httpd_sending {
    int socket_fd; /* does not block; nobody else writes to it meanwhile */
    int file_fd;
    int64_t at;                                 /* where in the file the rest begins, bytes */
    int64_t left;                               /* bytes; at the end 0, unless it failed */
    void (*end)(struct httpd_sending *sending); /* on any thread, once */
    struct httpd_sending *next, **ref;          /* httpd_send's */
};

int httpd_send_new(struct httpd_send **ret, struct err *err);
/* 0 and `end` follows; or a negative error and it does not. */
int httpd_send_add(struct httpd_send *send, struct httpd_sending *sending);
/* Ends the threads, and what is not sent yet as failed; adding stays allowed and fails. */
void httpd_send_end(struct httpd_send *send);
void httpd_send_free(struct httpd_send *send); /* ends it before; NULL is fine */

#endif
