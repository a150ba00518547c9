/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_listen.h
 * httpd_listen: our own socket rather than microhttpd's: only so does the reason of a failure
 * reach us. Private to base/httpd*.c. */
#ifndef BASE_HTTPD_LISTEN_H
#define BASE_HTTPD_LISTEN_H
#include <stdint.h>

struct err;

/* listen_on: "127.0.0.1:8080", "[::1]:0". The caller closes *ret_fd. */
int httpd_listen(int *ret_fd, const char *listen_on, struct err *err);
uint16_t httpd_listen_port(int fd); /* 0 for what is no TCP socket */

enum { HTTPD_ADDRESS_SIZE = 64 };
/* "127.0.0.1:8080", "[::1]:8080"; "" for what is no TCP socket. */
void httpd_listen_address(char out[HTTPD_ADDRESS_SIZE], int fd);

/* Of a socket on loopback, so that what is accepted from it is not paced: between two programs
 * of one machine there is no bandwidth to find out, and BBR, where it is the system's choice,
 * halves it (decision 0055). Other sockets stay as they are. */
void httpd_listen_unpaced(int fd);

#endif
