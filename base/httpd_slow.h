/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_slow.h
 * httpd_slow: ends connections whose peer sends or reads too slowly to mean it.
 * Private to base/httpd*.c. Headers have a time in which they must be complete, an idle
 * connection included. In each span of that time a body must bring so many bytes a second, and
 * an answer must take them while it is the peer that it waits for. */
#ifndef BASE_HTTPD_SLOW_H
#define BASE_HTTPD_SLOW_H
#include <stddef.h>

struct httpd_peer;
struct httpd_slow;

enum { HTTPD_SLOW_BYTES_PER_S = 1024 };

struct httpd_slow *httpd_slow_new(unsigned after_s);
void httpd_slow_free(struct httpd_slow *slow); /* NULL is fine */

/* A connection begins, waiting for headers, and ends before its socket is closed. */
struct httpd_peer *httpd_slow_add(struct httpd_slow *slow, int fd);
void httpd_slow_remove(struct httpd_slow *slow, struct httpd_peer *peer);

/* What is expected of the peer from now on; NULL is fine. */
enum httpd_expect {
    HTTPD_EXPECT_HEADERS,
    HTTPD_EXPECT_BODY,
    HTTPD_EXPECT_READING, /* of the answer */
    HTTPD_EXPECT_NOTHING,
};
void httpd_slow_expect(struct httpd_peer *peer, enum httpd_expect what);
void httpd_slow_received(struct httpd_peer *peer, size_t len); /* of a body */

/* Shuts down who is too slow; called about once a second. */
void httpd_slow_cut(void *slow);

#endif
