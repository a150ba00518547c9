/* SPDX-License-Identifier: Apache-2.0 */
#include "base/systemd.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/parse.h"

enum { FIRST_FD = 3, MAX_FDS = 1000 };

static bool is_listening(int fd)
{
    int type = 0, is_on = 0;
    socklen_t len = sizeof(type);

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type != SOCK_STREAM)
        return false;
    len = sizeof(is_on);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_on, &len) == 0 && is_on;
}

/* The variables are for this process only: a child that inherits them sees another's pid. */
int systemd_take_socket(int *ret_fd, struct err *err)
{
    const char *pid_text = getenv("LISTEN_PID"), *n_text = getenv("LISTEN_FDS");
    int64_t pid, n;

    *ret_fd = -1;
    if (!pid_text || !n_text || parse_i64(&pid, pid_text, 1, INT32_MAX, "LISTEN_PID", NULL) < 0)
        return 0;
    if (pid != getpid())
        return 0;
    if (parse_i64(&n, n_text, 1, MAX_FDS, "LISTEN_FDS", err) < 0)
        return -ERR_CONFIG;
    if (n != 1)
        return err_set(err, ERR_CONFIG, "LISTEN_FDS: %d sockets were passed on, one is served",
                       (int)n);
    if (!is_listening(FIRST_FD) || fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(FIRST_FD, F_SETFL, O_NONBLOCK) != 0)
        return err_set(err, ERR_CONFIG, "LISTEN_FDS: descriptor %d is no listening socket",
                       FIRST_FD);
    *ret_fd = FIRST_FD;
    return 0;
}

void systemd_notify(const char *state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path ? strlen(path) : 0;

    if (len == 0 || len >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') /* an address without a file */
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    (void)close(fd);
}
