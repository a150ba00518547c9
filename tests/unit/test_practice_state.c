/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"

static void rows_stand_in_the_order_of_their_ids(void **state)
{
    struct state s;

    (void)state;
    state_init(&s);
    int64_t first = row_int(state_add(&s, COMMENTS, json_pack("{s:s}", "body", "a")), "id");
    assert_non_null(state_add(&s, COMMENTS, json_pack("{s:i}", "id", 5)));
    assert_null(state_add(&s, COMMENTS, json_pack("{s:i}", "id", 5)));
    assert_non_null(state_add(&s, COMMENTS, json_pack("{s:i}", "id", 90000)));
    int64_t next = row_int(state_add(&s, COMMENTS, json_object()), "id");
    assert_int_equal(next, 90001);
    assert_int_equal(row_int(json_array_get(state_table(&s, COMMENTS), 0), "id"), 5);
    assert_string_equal(row_str(state_row(&s, COMMENTS, first), "body"), "a");
    state_remove(&s, COMMENTS, first);
    assert_null(state_row(&s, COMMENTS, first));
    assert_int_equal(json_array_size(state_table(&s, COMMENTS)), 3);
    state_finish(&s);
}

static void people_are_bots_by_their_name_and_keep_their_role(void **state)
{
    struct state s;

    (void)state;
    state_init(&s);
    assert_string_equal(row_str(state_set_user(&s, "ci[bot]", NULL), "type"), "Bot");
    (void)state_set_user(&s, "maintainer-1", "maintain");
    (void)state_set_user(&s, "maintainer-1", NULL);
    assert_string_equal(state_role(&s, "maintainer-1"), "maintain");
    assert_string_equal(state_role(&s, "nobody"), "none");
    assert_null(state_user(&s, NULL));
    state_finish(&s);
}

static void what_is_saved_is_read_again_to_the_same_bytes(void **state)
{
    struct state one, other;
    struct buf before, after;
    char *dir = NULL;

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "state.json", NULL);
    buf_init(&before, 1 << 20);
    buf_init(&after, 1 << 20);
    state_init(&one);
    state_init(&other);
    (void)state_add(&one, THREADS, json_pack("{s:i, s:s}", "id", 1, "title", "caf\xc3\xa9"));
    assert_int_equal(state_save(&one, path, NULL), 0);
    assert_int_equal(state_open(&other, path, NULL), 0);
    state_write(&one, &before);
    state_write(&other, &after);
    assert_string_equal(before.data, after.data);
    state_finish(&one);
    state_finish(&other);
    buf_finish(&before);
    buf_finish(&after);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(dir);
}

static void damaged_files_are_refused_by_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "", "state.json" },
        { "[]", "next_id" },
        { "{\"next_id\":2000}", "repo and users" },
        { "{\"next_id\":2000,\"repo\":{},\"users\":{}}", "threads" },
        { "{\"next_id\":2000,\"repo\":{},\"users\":{},\"threads\":[{\"id\":2},{\"id\":2}]}",
          "threads[1].id" },
    };
    char *dir = NULL;

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "state.json", NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        struct state s;

        state_init(&s);
        assert_int_equal(fs_write(path, cases[i].text, strlen(cases[i].text), 0600, NULL), 0);
        assert_int_equal(state_open(&s, path, &err), -ERR_PARSE);
        assert_non_null(strstr(err.msg, cases[i].message));
        assert_non_null(state_table(&s, THREADS));
        state_finish(&s);
    }
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stand_in_the_order_of_their_ids),
        cmocka_unit_test(people_are_bots_by_their_name_and_keep_their_role),
        cmocka_unit_test(what_is_saved_is_read_again_to_the_same_bytes),
        cmocka_unit_test(damaged_files_are_refused_by_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
