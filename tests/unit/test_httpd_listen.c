/* SPDX-License-Identifier: Apache-2.0
 * Whose connections are paced. */
#include "base/httpd_listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct control {
    char name[16];
};

static struct control control_of(int fd)
{
    struct control ret = { "" };
    socklen_t len = sizeof(ret.name) - 1;

    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, ret.name, &len), 0);
    return ret;
}

/* Of a connection that is accepted from there. */
static struct control accepted_control(const char *listen_on)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    int listening = -1;

    assert_int_equal(httpd_listen(&listening, listen_on, NULL), 0);
    httpd_listen_unpaced(listening);
    to.sin_port = htons(httpd_listen_port(listening));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int dialled = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(dialled, (const struct sockaddr *)&to, sizeof(to)), 0);
    int accepted = accept(listening, NULL, NULL);
    assert_true(accepted >= 0);
    struct control ret = control_of(accepted);
    (void)close(accepted);
    (void)close(dialled);
    (void)close(listening);
    return ret;
}

static void connections_of_this_machine_are_not_paced(void **state)
{
    (void)state;
    assert_string_equal(accepted_control("127.0.0.1:0").name, "reno");
}

static void those_of_others_are_as_the_system_wants(void **state)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_string_equal(accepted_control("0.0.0.0:0").name, control_of(fd).name);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_of_this_machine_are_not_paced),
        cmocka_unit_test(those_of_others_are_as_the_system_wants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
