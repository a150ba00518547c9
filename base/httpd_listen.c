/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_listen.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/parse.h"
#include "base/text.h"

void httpd_listen_address(char out[HTTPD_ADDRESS_SIZE], int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof(address);
    char host[INET6_ADDRSTRLEN];

    out[0] = '\0';
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
        getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), NULL, 0,
                    NI_NUMERICHOST) != 0)
        return;
    (void)snprintf(out, HTTPD_ADDRESS_SIZE, address.ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u",
                   host, (unsigned)httpd_listen_port(fd));
}

/* "127.0.0.1:8080" or "[::1]:0" into its two parts. */
static int listen_split(char *host, size_t size, const char **ret_port, const char *listen_on,
                        struct err *err)
{
    const char *colon = strrchr(listen_on, ':');
    size_t len = colon ? (size_t)(colon - listen_on) : 0;
    int64_t port;

    if (len == 0 || len >= size)
        return err_set(err, ERR_CONFIG, "listen address '%s' is not ADDRESS:PORT", listen_on);
    if (parse_i64(&port, colon + 1, 0, UINT16_MAX, "listen port", err) < 0)
        return -ERR_CONFIG;
    if (listen_on[0] == '[' && colon[-1] == ']') {
        listen_on++;
        len -= 2;
    }
    memcpy(host, listen_on, len);
    host[len] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static int bind_and_listen(int fd, const struct addrinfo *address)
{
    int on = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0)
        return -1;
    return listen(fd, SOMAXCONN);
}

uint16_t httpd_listen_port(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
    return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
}

int httpd_listen(int *ret_fd, const char *listen_on, struct err *err)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM };
    struct addrinfo *address = NULL;
    const char *port = NULL;
    char host[128];

    int rc = listen_split(host, sizeof(host), &port, listen_on, err);
    if (rc < 0)
        return rc;
    if (getaddrinfo(host, port, &hints, &address) != 0)
        return err_set(err, ERR_CONFIG, "listen address '%s' is not a numeric address",
                       listen_on);

    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind_and_listen(fd, address) != 0) {
        rc = err_errno(err, "cannot listen on %s", listen_on);
        if (fd >= 0)
            (void)close(fd);
        fd = -1;
    }
    freeaddrinfo(address);
    if (rc == 0)
        *ret_fd = fd;
    return rc;
}

void httpd_listen_unpaced(int fd)
{
    static const char *const local[] = { "127.", "[::1]:", "[::ffff:127." };
    char address[HTTPD_ADDRESS_SIZE];

    httpd_listen_address(address, fd);
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
        if (text_has_prefix(address, local[i]))
            (void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen("reno"));
}
