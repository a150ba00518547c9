/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_wait.h
 * httpd_wait: one thread that waits for all replies whose bytes another process still makes.
 * Private to base/httpd*.c. Reads nothing and owns no descriptor: it only tells when reading
 * goes on, or that the writer was silent for too long. */
#ifndef BASE_HTTPD_WAIT_H
#define BASE_HTTPD_WAIT_H
#include <stdbool.h>
#include <stdint.h>

struct err;
struct httpd_wait;

/* One descriptor that is waited for; the caller's memory, until `wake` was called. */
struct httpd_waiter {
    int fd;
    void (*wake)(struct httpd_waiter *waiter); /* on the waiting thread, once per wait */
    bool timed_out;                            /* the writer said nothing */
    int64_t until_ms;                          /* the rest is httpd_wait's */
    struct httpd_waiter *next;
};

/* tick is called with ctx on the waiting thread, about once a second. */
int httpd_wait_new(struct httpd_wait **ret, void (*tick)(void *ctx), void *ctx,
                   struct err *err);
/* 0 and wake follows; or a negative error and it does not. */
int httpd_wait_add(struct httpd_wait *wait, struct httpd_waiter *waiter);
/* Wakes those who wait, as timed out, and ends the thread; adding stays allowed and fails. */
void httpd_wait_end(struct httpd_wait *wait);
void httpd_wait_free(struct httpd_wait *wait); /* ends it before; NULL is fine */

#endif
