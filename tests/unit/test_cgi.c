/* SPDX-License-Identifier: Apache-2.0
 * Programs behind a request: small shell scripts that answer well and badly. */
#include "base/cgi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"

/* Starts a script with body_fd as its input. */
static int start(struct cgi *cgi, const char *script, int body_fd, struct err *err)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const char *const env[] = { "PATH=/usr/bin:/bin", "SEEN=yes", NULL };
    const struct cgi_call call = { .argv = argv, .env = env, .body_fd = body_fd };

    return cgi_start(cgi, &call, err);
}

static void status_type_and_body_are_told_apart(void **state)
{
    static const struct {
        const char *script, *type, *body;
        int status;
    } scripts[] = {
        { "printf 'Content-Type: text/plain\\r\\n\\r\\nhello\\n\\nworld'", "text/plain",
          "hello\n\nworld", 200 },
        { "printf 'Status: 404 Not Found\\nX: y\\n\\n'", NULL, "", 404 },
        { "printf 'Content-Type: a\\n\\n'; printf %s $SEEN$HOME", "a", "yes", 200 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct cgi cgi;
        struct buf out;

        buf_init(&out, 100);
        assert_int_equal(start(&cgi, scripts[i].script, -1, NULL), 0);
        assert_int_equal(cgi.status, scripts[i].status);
        if (scripts[i].type)
            assert_string_equal(cgi.content_type, scripts[i].type);
        else
            assert_null(cgi.content_type);
        assert_int_equal(cgi_collect(&out, &cgi, NULL), 0);
        assert_string_equal(out.data, scripts[i].body);
        cgi_finish(&cgi);
        buf_finish(&out);
    }
}

static void body_is_the_input(void **state)
{
    FILE *file = tmpfile();
    struct cgi cgi;
    struct buf out;

    (void)state;
    assert_non_null(file);
    assert_int_equal(write(fileno(file), "asked", 5), 5);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    buf_init(&out, 100);
    assert_int_equal(start(&cgi, "printf '\\n\\n'; cat", fileno(file), NULL), 0);
    assert_int_equal(cgi_collect(&out, &cgi, NULL), 0);
    assert_string_equal(out.data, "asked");
    cgi_finish(&cgi);
    buf_finish(&out);
    (void)fclose(file);
}

static void bad_answers_are_errors(void **state)
{
    static const struct {
        const char *script;
        int start, collect;
    } scripts[] = {
        { "echo no head", -ERR_IO, 0 },
        { "exec head -c 70000 /dev/zero", -ERR_IO, 0 },
        { "printf 'Status: 700 Odd\\n\\n'", -ERR_RANGE, 0 },
        { "printf 'A: b\\n\\nfine'; exit 3", 0, -ERR_IO },
        { "printf 'A: b\\n\\n'; head -c 1000 /dev/zero", 0, -ERR_LIMIT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct err err = { 0 };
        struct cgi cgi;
        struct buf out;

        buf_init(&out, 100);
        assert_int_equal(start(&cgi, scripts[i].script, -1, &err), scripts[i].start);
        if (scripts[i].start == 0)
            assert_int_equal(cgi_collect(&out, &cgi, &err), scripts[i].collect);
        assert_true(err.msg[0] != '\0');
        cgi_finish(&cgi);
        buf_finish(&out);
    }
}

/* Its end of the pipe closes only when it and its child are gone. */
static void finishing_kills_the_program_and_its_children(void **state)
{
    struct cgi cgi;
    char rest[16];

    (void)state;
    assert_int_equal(start(&cgi, "printf 'A: b\\n\\n'; sleep 1000 & sleep 1000", -1, NULL), 0);
    int fd = dup(cgi.fd);
    cgi_finish(&cgi);
    assert_int_equal(read(fd, rest, sizeof(rest)), 0);
    (void)close(fd);
}

/* Everything else that is open here stays here. */
static void only_what_is_held_is_passed_on(void **state)
{
    static const char script[] = "printf '\\n\\n'; cd /proc/self/fd; echo *";
    const char *const argv[] = { "sh", "-c", script, NULL }, *const env[] = { NULL };
    FILE *held = tmpfile(), *other = tmpfile();
    struct cgi_call call = { .argv = argv, .env = env, .body_fd = -1 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct cgi cgi;
        struct buf out;

        buf_init(&out, 100);
        call.held_fd = i == 0 ? 0 : dup(fileno(held));
        assert_int_equal(cgi_start(&cgi, &call, NULL), 0);
        assert_int_equal(cgi_collect(&out, &cgi, NULL), 0);
        assert_memory_equal(out.data, i == 0 ? "0 1 2" : "0 1 2 3", i == 0 ? 5 : 7);
        assert_true(out.len <= strlen("0 1 2 3 4\n")); /* echo's own view of the folder */
        cgi_finish(&cgi);
        buf_finish(&out);
    }
    (void)fclose(held);
    (void)fclose(other);
}

static void program_that_is_not_there_is_named(void **state)
{
    const char *const argv[] = { "no-such-program", NULL }, *const env[] = { NULL };
    const struct cgi_call call = { .argv = argv, .env = env, .body_fd = -1 };
    struct err err = { 0 };
    struct cgi cgi;

    (void)state;
    assert_true(cgi_start(&cgi, &call, &err) < 0);
    assert_non_null(strstr(err.msg, "no-such-program"));
    cgi_finish(&cgi);
}

/* One letter is asked, and a word is told, as often as it comes. */
static bool tell_word(void *ctx, int fd)
{
    char letter;

    if (read(fd, &letter, 1) != 1)
        return false;
    *(int *)ctx += 1;
    return write(fd, letter == 'a' ? "apple\n" : "other\n", 6) == 6;
}

static void a_program_asks_before_its_headers_and_behind_them(void **state)
{
    static const char script[] = "ask() { printf %s $1 >&4; read -r said <&4; }; ask a; "
                                 "printf 'Content-Type: %s\\n\\n' $said; (ask b; "
                                 "printf %s $said); exec 4>&-; printf %s !";
    const char *const argv[] = { "sh", "-c", script, NULL }, *const env[] = { NULL };
    int n_asked = 0;
    const struct cgi_call call = {
        .argv = argv, .env = env, .body_fd = -1, .asked = tell_word, .ctx = &n_asked
    };
    struct cgi cgi;
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    assert_int_equal(cgi_start(&cgi, &call, NULL), 0);
    assert_string_equal(cgi.content_type, "apple");
    assert_int_equal(cgi_collect(&out, &cgi, NULL), 0);
    assert_string_equal(out.data, "other!");
    assert_int_equal(n_asked, 2);
    cgi_finish(&cgi);
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_asks_before_its_headers_and_behind_them),
        cmocka_unit_test(status_type_and_body_are_told_apart),
        cmocka_unit_test(body_is_the_input),
        cmocka_unit_test(bad_answers_are_errors),
        cmocka_unit_test(finishing_kills_the_program_and_its_children),
        cmocka_unit_test(only_what_is_held_is_passed_on),
        cmocka_unit_test(program_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
