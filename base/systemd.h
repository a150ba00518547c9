/* SPDX-License-Identifier: Apache-2.0
 * base/systemd.h
 * systemd: what a service and its manager tell each other: sockets given to us, and states.
 * Both protocols are a few lines, so no library. Without a manager everything is a no-op. */
#ifndef BASE_SYSTEMD_H
#define BASE_SYSTEMD_H
struct err;

/* The listening socket that the manager opened for us (LISTEN_FDS); -1 when there is none.
 * -ERR_CONFIG when there are several, or it is no listening stream socket. */
int systemd_take_socket(int *ret_fd, struct err *err);

/* "READY=1", "RELOADING=1", "STOPPING=1"; lines may be joined by newlines. A manager that does
 * not listen is its own loss. */
void systemd_notify(const char *state);

#endif
