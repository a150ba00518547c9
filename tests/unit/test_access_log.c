/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/access_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/httpd.h"

static struct httpd_done request(void)
{
    return (struct httpd_done){ .method = "GET",
                                .path = "/a/b/resolve/main/c",
                                .query = "sig=secret",
                                .peer = "192.0.2.7",
                                .version = "HTTP/1.1",
                                .at = 1700000000,
                                .status = 206,
                                .bytes = 12,
                                .agent = "hf/1" };
}

static void assert_line(const struct httpd_done *done, const char *want)
{
    struct buf line;

    buf_init(&line, 16384);
    access_log_add_line(&line, done);
    assert_string_equal(line.data, want);
    buf_finish(&line);
}

static void line_is_the_combined_format_without_the_query(void **state)
{
    struct httpd_done done = request();

    (void)state;
    assert_line(&done, "192.0.2.7 - - [14/Nov/2023:22:13:20 +0000] "
                       "\"GET /a/b/resolve/main/c HTTP/1.1\" 206 12 \"-\" \"hf/1\"\n");
    done.user = "ada";
    done.referer = "http://r/";
    assert_line(&done, "192.0.2.7 - ada [14/Nov/2023:22:13:20 +0000] "
                       "\"GET /a/b/resolve/main/c HTTP/1.1\" 206 12 \"http://r/\" \"hf/1\"\n");
}

static void strangers_text_cannot_forge_a_line(void **state)
{
    struct httpd_done done = request();
    char *long_path = malloc(10000);
    struct buf line;

    (void)state;
    done.path = "/\"\n\\\x7f\xc3";
    done.agent = "x\" 200";
    assert_line(&done, "192.0.2.7 - - [14/Nov/2023:22:13:20 +0000] "
                       "\"GET /\\x22\\x0a\\x5c\\x7f\\xc3 HTTP/1.1\" 206 12 \"-\" "
                       "\"x\\x22 200\"\n");

    memset(long_path, '\n', 9999);
    long_path[9999] = '\0';
    done.path = done.agent = done.referer = long_path;
    buf_init(&line, 1 << 20);
    access_log_add_line(&line, &done);
    assert_int_equal(line.data[line.len - 1], '\n');
    assert_true(line.len > 8192 && line.len < 30000);
    buf_finish(&line);
    free(long_path);
}

static void the_longest_line_comes_whole(void **state)
{
    struct httpd_done done = request();
    struct access_log *log = NULL;
    char long_text[4096];
    char *dir = NULL;
    struct buf text;

    (void)state;
    memset(long_text, '"', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    done.path = done.agent = done.referer = done.user = done.method = long_text;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "access.log", NULL);
    assert_int_equal(access_log_open(&log, path, NULL), 0);
    access_log_write(log, &done);
    access_log_close(log);
    buf_init(&text, 1 << 20);
    assert_int_equal(fs_read(&text, path, NULL), 0);
    assert_true(text.len > 0 && text.data[text.len - 1] == '\n');
    buf_finish(&text);
    (void)fs_remove(dir, NULL);
    free(path);
    free(dir);
}

static void reopening_follows_the_name(void **state)
{
    const struct httpd_done done = request();
    struct access_log *log = NULL;
    char *dir = NULL;

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "access.log", NULL), *moved = fs_path(dir, "access.log.1", NULL);
    assert_int_equal(access_log_open(&log, path, NULL), 0);
    access_log_write(log, &done);
    assert_int_equal(rename(path, moved), 0);
    access_log_write(log, &done);
    assert_int_equal(access_log_reopen(log, NULL), 0);
    access_log_write(log, &done);
    assert_int_equal(fs_size(moved), 2 * fs_size(path));
    access_log_close(log);
    (void)fs_remove(dir, NULL);
    free(moved);
    free(path);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_is_the_combined_format_without_the_query),
        cmocka_unit_test(strangers_text_cannot_forge_a_line),
        cmocka_unit_test(the_longest_line_comes_whole),
        cmocka_unit_test(reopening_follows_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
