/* SPDX-License-Identifier: Apache-2.0
 * A manager's two protocols, with this process as the service. */
#include "base/systemd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/fs.h"

/* The manager's end, bound to path ("@name" has no file). */
static int listen_for_notes(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t len = strlen(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    assert_true(fd >= 0 && len < sizeof(address.sun_path));
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
    return fd;
}

static void assert_note(int fd, const char *text)
{
    char note[100] = "";

    assert_int_equal(recv(fd, note, sizeof(note) - 1, MSG_DONTWAIT), strlen(text));
    assert_string_equal(note, text);
}

static void states_reach_the_manager(void **state)
{
    char *dir = NULL, name[64];

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "notify", NULL);
    int fd = listen_for_notes(path);
    systemd_notify("READY=1");
    assert_note(fd, "READY=1");
    (void)close(fd);
    systemd_notify("STOPPING=1"); /* nobody listens: nothing happens */

    (void)snprintf(name, sizeof(name), "@hearth-test-%d", (int)getpid());
    fd = listen_for_notes(name);
    systemd_notify("STOPPING=1");
    assert_note(fd, "STOPPING=1");
    (void)close(fd);
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    systemd_notify("READY=1");
    (void)fs_remove(dir, NULL);
    free(path);
    free(dir);
}

static void set_pid(int pid)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%d", pid);
    assert_int_equal(setenv("LISTEN_PID", text, 1), 0);
}

static void socket_is_taken_when_it_is_ours(void **state)
{
    struct err err = { 0 };
    int fd = 7;

    (void)state;
    assert_int_equal(unsetenv("LISTEN_PID"), 0);
    assert_int_equal(systemd_take_socket(&fd, NULL), 0);
    assert_int_equal(fd, -1);

    assert_int_equal(setenv("LISTEN_FDS", "1", 1), 0);
    set_pid(getpid() + 1);
    assert_int_equal(systemd_take_socket(&fd, NULL), 0);
    assert_int_equal(fd, -1);

    set_pid(getpid());
    FILE *file = tmpfile();
    int kept = dup(3);
    assert_int_equal(dup2(fileno(file), 3), 3);
    assert_int_equal(systemd_take_socket(&fd, &err), -ERR_CONFIG);
    assert_non_null(strstr(err.msg, "no listening socket"));

    int server = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(listen(server, 1), 0);
    assert_int_equal(dup2(server, 3), 3);
    assert_int_equal(systemd_take_socket(&fd, NULL), 0);
    assert_int_equal(fd, 3);

    assert_int_equal(setenv("LISTEN_FDS", "2", 1), 0);
    assert_int_equal(systemd_take_socket(&fd, &err), -ERR_CONFIG);
    (void)close(3);
    (void)close(server);
    (void)fclose(file);
    if (kept >= 0)
        (void)dup2(kept, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_reach_the_manager),
        cmocka_unit_test(socket_is_taken_when_it_is_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
