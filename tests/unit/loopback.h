/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/loopback.h
 * loopback: raw bytes to and from a server of base/httpd. */
#ifndef TESTS_UNIT_LOOPBACK_H
#define TESTS_UNIT_LOOPBACK_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/httpd.h"

static inline int dial_port(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static inline int dial(const struct httpd *httpd)
{
    return dial_port(httpd_port(httpd));
}

static inline void send_text(int fd, const char *text)
{
    size_t len = strlen(text);

    assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* Everything until the server closes. The caller frees. */
static inline char *read_all(int fd)
{
    struct buf all;
    char piece[4096];

    buf_init(&all, 1 << 20);
    for (ssize_t n; (n = read(fd, piece, sizeof(piece))) > 0;)
        buf_add(&all, piece, (size_t)n);
    (void)close(fd);
    return buf_take(&all);
}

#endif
