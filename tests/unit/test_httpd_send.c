/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_send.h"

#include <fcntl.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"

enum {
    FILE_BYTES = 3 << 20, /* more than a turn, and than a socket holds */
    N_BLOCKED = 20,       /* more than there are threads */
};

struct fixture {
    struct httpd_send *send;
    char *dir;
    unsigned char *data; /* of the file */
    int file_fd;
};

/* One part on its way through a pair of sockets. */
struct part {
    struct httpd_sending sending;
    int reader;
    sem_t ended;
};

static int start(void **state)
{
    static struct fixture fix;

    *state = &fix;
    fix.data = xcalloc(1, FILE_BYTES);
    for (size_t i = 0; i < FILE_BYTES; i++)
        fix.data[i] = (unsigned char)(i * 2654435761u >> 13);
    if (fs_temp_dir(&fix.dir, NULL, NULL) < 0)
        return -1;

    char *path = fs_path(fix.dir, "file", NULL);
    int rc = fs_write(path, fix.data, FILE_BYTES, 0600, NULL);
    fix.file_fd = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    return rc < 0 || fix.file_fd < 0 ? -1 : httpd_send_new(&fix.send, NULL);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    httpd_send_free(fix->send);
    (void)close(fix->file_fd);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix->data);
    return 0;
}

static void note_end(struct httpd_sending *sending)
{
    struct part *part = (struct part *)(void *)sending;

    (void)sem_post(&part->ended);
}

static void part_init(struct part *part, const struct fixture *fix, int64_t at, int64_t len)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    (void)sem_init(&part->ended, 0, 0);
    part->reader = ends[1];
    part->sending = (struct httpd_sending){
        .socket_fd = ends[0], .file_fd = fix->file_fd, .at = at, .left = len, .end = note_end
    };
}

static void part_finish(struct part *part)
{
    (void)close(part->sending.socket_fd);
    if (part->reader >= 0)
        (void)close(part->reader);
    (void)sem_destroy(&part->ended);
}

static void wait_for_end(struct part *part)
{
    while (sem_wait(&part->ended) != 0)
        ;
}

static void assert_received(const struct part *part, const unsigned char *data, size_t len)
{
    unsigned char *got = xcalloc(1, len);
    size_t n = 0;

    for (ssize_t k; n < len && (k = read(part->reader, got + n, len - n)) > 0;)
        n += (size_t)k;
    assert_int_equal(n, len);
    assert_memory_equal(got, data, len);
    free(got);
}

static void readers_that_do_not_read_hold_nobody_up(void **state)
{
    struct fixture *fix = *state;
    struct part blocked[N_BLOCKED], part;

    for (size_t i = 0; i < N_BLOCKED; i++) {
        part_init(&blocked[i], fix, 0, FILE_BYTES);
        assert_int_equal(httpd_send_add(fix->send, &blocked[i].sending), 0);
    }
    part_init(&part, fix, 17, FILE_BYTES - 20);
    assert_int_equal(httpd_send_add(fix->send, &part.sending), 0);
    assert_received(&part, fix->data + 17, FILE_BYTES - 20);
    wait_for_end(&part);
    assert_int_equal(part.sending.left, 0);
    part_finish(&part);

    for (size_t i = 0; i < N_BLOCKED; i++) {
        assert_received(&blocked[i], fix->data, FILE_BYTES);
        wait_for_end(&blocked[i]);
        part_finish(&blocked[i]);
    }
}

static void file_that_is_shorter_than_said_fails(void **state)
{
    struct fixture *fix = *state;
    struct part part;

    part_init(&part, fix, FILE_BYTES - 10, 11);
    assert_int_equal(httpd_send_add(fix->send, &part.sending), 0);
    wait_for_end(&part);
    assert_int_equal(part.sending.left, 1);
    part_finish(&part);
}

static void reader_that_leaves_fails_it(void **state)
{
    struct fixture *fix = *state;
    struct part part;

    part_init(&part, fix, 0, FILE_BYTES);
    assert_int_equal(httpd_send_add(fix->send, &part.sending), 0);
    assert_received(&part, fix->data, 1000);
    (void)close(part.reader);
    part.reader = -1;
    wait_for_end(&part);
    assert_true(part.sending.left > 0);
    part_finish(&part);
}

static void ending_ends_what_is_not_sent_yet(void **state)
{
    struct fixture *fix = *state;
    struct part part, late;

    part_init(&part, fix, 0, FILE_BYTES);
    assert_int_equal(httpd_send_add(fix->send, &part.sending), 0);
    httpd_send_end(fix->send);
    assert_int_equal(sem_trywait(&part.ended), 0);
    assert_true(part.sending.left > 0);
    part_finish(&part);

    part_init(&late, fix, 0, 1);
    assert_int_equal(httpd_send_add(fix->send, &late.sending), -ERR_IO);
    part_finish(&late);
}

#define SENT(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENT(readers_that_do_not_read_hold_nobody_up),
        SENT(file_that_is_shorter_than_said_fails),
        SENT(reader_that_leaves_fails_it),
        SENT(ending_ends_what_is_not_sent_yet),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
