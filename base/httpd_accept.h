/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_accept.h
 * httpd_accept: a thread that takes connections from a listening socket and hands them on.
 * Private to base/httpd*.c. Microhttpd can listen by itself, but when it is told to stop
 * listening, its threads race for the socket, and who loses ends the process. */
#ifndef BASE_HTTPD_ACCEPT_H
#define BASE_HTTPD_ACCEPT_H
#include <sys/socket.h>

struct err;
struct httpd_accept;

/* Given on the accepting thread: a connection that is the callee's from now on, does not block
 * and is closed on exec. Negative: it is not open any more. */
typedef int httpd_accept_take(int fd, const struct sockaddr *peer, socklen_t len, void *ctx);

/* Beyond max_open connections the next wait in the kernel until one is closed. listen_fd is
 * taken over, also when this fails; *ret is set before `take` is called. */
int httpd_accept_new(struct httpd_accept **ret, int listen_fd, unsigned max_open,
                     httpd_accept_take *take, void *ctx, struct err *err);

/* A connection that was taken is closed; on any thread. */
void httpd_accept_closed(struct httpd_accept *accept);

/* Ends the thread and closes the socket: who still waits is refused, unless another process
 * has the socket too and takes them. `take` is not called any more. */
void httpd_accept_end(struct httpd_accept *accept);
void httpd_accept_free(struct httpd_accept *accept); /* ends it before; NULL is fine */

#endif
