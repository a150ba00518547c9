/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/load.h"

#include "practice_fixture.h"

static const char community[] =
    "{\"repo\":{\"id\":77,\"name\":\"r\",\"owner\":{\"login\":\"o\"},\"stargazers_count\":9},"
    "\"labels\":[{\"id\":3,\"name\":\"bug\",\"color\":\"d73a4a\"}],"
    "\"collaborators\":{\"boss\":\"admin\"},"
    "\"issues\":[{\"number\":4,\"id\":400,\"title\":\"T\",\"state\":\"open\",\"user\":null,"
    "\"labels\":[{\"name\":\"bug\"},{\"name\":\"other\"}],\"body\":null,"
    "\"created_at\":\"2020-01-01T00:00:00+02:00\",\"updated_at\":\"2020-01-02T00:00:00.5Z\","
    "\"reactions\":{\"+1\":2}},"
    "{\"number\":5,\"id\":500,\"title\":\"P\",\"state\":\"closed\",\"user\":{\"login\":\"u\"},"
    "\"pull_request\":{}}],"
    "\"pulls\":[{\"number\":5,\"id\":501,\"title\":\"P\",\"state\":\"closed\","
    "\"head\":{\"sha\":\"1111111111111111111111111111111111111111\",\"ref\":\"x\","
    "\"user\":{\"login\":\"u\",\"id\":8}},\"merged_at\":\"2020-02-01T00:00:00Z\"}],"
    "\"issue_comments\":[{\"id\":9,\"issue_url\":\"https://x/y/issues/4\",\"body\":\"c\","
    "\"user\":{\"login\":\"b[bot]\"},\"created_at\":\"2020-01-01T00:00:00Z\"}],"
    "\"review_comments\":[{\"id\":10,\"pull_request_url\":\"https://x/pulls/5\",\"path\":\"p\","
    "\"body\":\"rc\",\"user\":null}],"
    "\"reviews\":{\"5\":[{\"id\":11,\"state\":\"APPROVED\",\"user\":null}]},"
    "\"events\":[{\"id\":12,\"event\":\"labeled\",\"issue\":{\"number\":4},\"actor\":null,"
    "\"label\":{\"name\":\"bug\",\"color\":\"ff0000\"},"
    "\"created_at\":\"2020-01-01T00:00:00Z\"}],"
    "\"timelines\":{\"4\":[{\"event\":\"mentioned\",\"id\":1}]},"
    "\"releases\":[{\"id\":13,\"tag_name\":\"v0\",\"created_at\":\"2020-01-01T00:00:00Z\"}]}";

/* Writes text to a file and starts a forge with it. */
static int start_with(struct fixture *f, const char *text, char **ret_path)
{
    char *dir = NULL;

    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    *ret_path = fs_path(dir, "load.json", NULL);
    assert_int_equal(fs_write(*ret_path, text, strlen(text), 0600, NULL), 0);
    f->options.load = *ret_path;
    int rc = fixture_start(f);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(dir);
    return rc;
}

static void api_objects_come_back_as_they_went_in(void **state)
{
    struct fixture f = { 0 };
    char *path = NULL;

    (void)state;
    assert_int_equal(start_with(&f, community, &path), 0);
    assert_int_equal(ask(&f, "GET", "/repos/o/r", NULL), 200);
    assert_int_equal(json_integer_value(json_object_get(f.body, "stargazers_count")), 9);
    assert_int_equal(ask(&f, "GET", "/repos/o/r/issues/4", NULL), 200);
    assert_int_equal(json_integer_value(json_object_get(f.body, "id")), 400);
    assert_int_equal(json_integer_value(json_object_get(f.body, "comments")), 1);
    assert_string_equal(text_of(f.body, "created_at"), "2019-12-31T22:00:00Z");
    assert_string_equal(text_of(f.body, "updated_at"), "2020-01-02T00:00:00Z");
    assert_string_equal(text_of(json_object_get(f.body, "user"), "login"), "ghost");
    assert_true(json_is_null(json_object_get(f.body, "body")));
    assert_int_equal(json_array_size(json_object_get(f.body, "labels")), 2);
    assert_int_equal(ask(&f, "GET", "/repos/o/r/pulls/5", NULL), 200);
    assert_true(json_is_true(json_object_get(f.body, "merged")));
    assert_int_equal(ask(&f, "GET", "/repos/o/r/issues/comments/9", NULL), 200);
    assert_string_equal(text_of(json_object_get(f.body, "user"), "type"), "Bot");
    assert_int_equal(ask(&f, "GET", "/repos/o/r/pulls/comments", NULL), 200);
    assert_int_equal(json_array_size(f.body), 1);
    assert_int_equal(ask(&f, "GET", "/repos/o/r/pulls/5/reviews", NULL), 200);
    assert_int_equal(json_array_size(f.body), 1);
    assert_int_equal(ask(&f, "GET", "/repos/o/r/issues/events", NULL), 200);
    assert_true(json_is_null(json_object_get(json_array_get(f.body, 0), "actor")));
    assert_int_equal(ask(&f, "GET", "/repos/o/r/releases/tags/v0", NULL), 200);
    fixture_stop(&f);
    free(path);
}

static void a_loaded_timeline_is_followed_by_what_happens_later(void **state)
{
    struct fixture f = { 0 };
    char *path = NULL;

    (void)state;
    assert_int_equal(start_with(&f, community, &path), 0);
    assert_int_equal(ask(&f, "GET", "/repos/o/r/issues/4/timeline", NULL), 200);
    assert_int_equal(json_array_size(f.body), 1);
    assert_int_equal(ask(&f, "POST", "/repos/o/r/issues/4/comments", "{\"body\":\"x\"}"), 201);
    assert_int_equal(ask(&f, "GET", "/repos/o/r/issues/4/timeline", NULL), 200);
    assert_int_equal(json_array_size(f.body), 2);
    assert_string_equal(text_of(json_array_get(f.body, 1), "event"), "commented");
    fixture_stop(&f);
    free(path);
}

static void faults_of_the_file_are_named_by_their_path(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "[]", "expected an object" },
        { "{\"issues\":{}}", "issues" },
        { "{\"issues\":[1]}", "issues[0]" },
        { "{\"issues\":[{\"number\":0}]}", "issues[0].number" },
        { "{\"issues\":[{\"number\":1,\"title\":\"x\",\"state\":\"open\"},"
          "{\"number\":1,\"title\":\"x\",\"state\":\"open\"}]}",
          "issues[1].id: this id is there twice" },
        { "{\"issues\":[{\"number\":1,\"title\":\"x\",\"state\":\"open\","
          "\"user\":{\"login\":\"../x\"}}]}",
          "issues[0].user.login" },
        { "{\"issues\":[{\"number\":1,\"title\":\"x\",\"state\":\"open\","
          "\"created_at\":\"soon\"}]}",
          "issues[0].created_at" },
        { "{\"issue_comments\":[{\"issue_url\":\"x/7\",\"body\":\"\"}]}",
          "issue_comments[0].issue_url" },
        { "{\"repo\":{\"name\":\"a/b\"}}", "repo.name" },
        { "{\"repo\":{\"name\":\"..\"}}", "repo.name" },
        { "{\"reviews\":{\"x\":[]}}", "reviews.x" },
        { "{\"collaborators\":{\"a\":1}}", "collaborators.a" },
        { "{\"events\":[{\"event\":\"x\",\"issue\":{\"number\":3}}]}",
          "events[0].issue.number" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct forge f;
        struct err err = { 0 };
        char *dir = NULL;

        assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
        char *path = fs_path(dir, "load.json", NULL);
        assert_int_equal(fs_write(path, cases[i].text, strlen(cases[i].text), 0600, NULL), 0);
        assert_int_equal(forge_init(&f, dir, clock_system(), &err), 0);
        assert_true(load_file(&f, path, &err) < 0);
        if (!strstr(err.msg, cases[i].message) || !strstr(err.msg, "load.json"))
            fail_msg("%s: %s", cases[i].text, err.msg);
        forge_finish(&f);
        assert_int_equal(fs_remove(dir, NULL), 0);
        free(path);
        free(dir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(api_objects_come_back_as_they_went_in),
        cmocka_unit_test(a_loaded_timeline_is_followed_by_what_happens_later),
        cmocka_unit_test(faults_of_the_file_are_named_by_their_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
