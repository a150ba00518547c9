/* SPDX-License-Identifier: Apache-2.0
 * Programs that are run to their end: small shell scripts that behave well and badly. */
#include "base/program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"

enum { LONG_MS = 60000 };

static int run(struct buf *out, const char *script, int64_t limit_ms, int held_fd,
               struct err *err)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const char *const env[] = { "PATH=/usr/bin:/bin", "SEEN=yes", NULL };
    const struct program program = {
        .argv = argv, .env = env, .in_fd = -1, .held_fd = held_fd
    };

    return program_run(out, &program, limit_ms, err);
}

static void what_it_says_and_complains_of_is_heard(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    assert_int_equal(run(&out, "echo $SEEN$HOME; echo bad >&2; cat", LONG_MS, 0, NULL), 0);
    assert_string_equal(out.data, "yes\nbad\n");
    buf_finish(&out);
}

static void a_silent_one_is_waited_for(void **state)
{
    static const char script[] = "exec >&- 2>&-; sleep 0.1; echo done >&3";
    char word[8] = "";
    struct buf out;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    buf_init(&out, 100);
    assert_int_equal(run(&out, script, LONG_MS, ends[1], NULL), 0);
    assert_int_equal(read(ends[0], word, 5), 5); /* said before the end that was waited for */
    assert_string_equal(word, "done\n");
    (void)close(ends[0]);
    (void)close(ends[1]);
    buf_finish(&out);
}

static void failures_say_what_it_said(void **state)
{
    static const struct {
        const char *script, *text;
    } cases[] = {
        { "echo 'fatal: no such thing' >&2; echo more; exit 3", "fatal: no such thing" },
        { "exit 4", "it failed (4) and said nothing" },
        { "kill -9 $$", "it was ended by signal 9" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        struct buf out;

        buf_init(&out, 100);
        assert_int_equal(run(&out, cases[i].script, LONG_MS, 0, &err), -ERR_IO);
        assert_string_equal(err.msg, cases[i].text);
        buf_finish(&out);
    }
}

static void more_than_is_kept_is_read_to_its_end(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    assert_int_equal(run(&out, "head -c 300000 /dev/zero | tr '\\0' x", LONG_MS, 0, NULL), 0);
    assert_true(out.len <= 100);
    buf_finish(&out);
}

/* With all that it started, and also when it says something all the time. */
static void one_that_takes_too_long_is_stopped(void **state)
{
    static const char *const scripts[] = { "sleep 600", "exec >&- 2>&-; sleep 600",
                                           "while :; do echo x; sleep 0.01; done" };
    double before_s = clock_stopwatch_s();

    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct err err = { 0 };
        struct buf out;

        buf_init(&out, 100);
        assert_int_equal(run(&out, scripts[i], 50, 0, &err), -ERR_TIMEOUT);
        assert_non_null(strstr(err.msg, "too long"));
        buf_finish(&out);
    }
    assert_true(clock_stopwatch_s() - before_s < 300);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    const char *const argv[] = { "/no/such/program", NULL }, *const env[] = { NULL };
    const struct program program = { .argv = argv, .env = env, .in_fd = -1 };
    struct err err = { 0 };
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    assert_int_equal(program_run(&out, &program, LONG_MS, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "/no/such/program"));
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_and_complains_of_is_heard),
        cmocka_unit_test(a_silent_one_is_waited_for),
        cmocka_unit_test(failures_say_what_it_said),
        cmocka_unit_test(more_than_is_kept_is_read_to_its_end),
        cmocka_unit_test(one_that_takes_too_long_is_stopped),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
