/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/gitea_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* Which dialect ------------------------------------------------------------------------- */

static const struct {
    const char *url, *repo, *dialect; /* repo NULL: nobody asks */
} servers[] = {
    { "https://api.github.com", NULL, "github" },
    { "https://ghe.example/api/v3", NULL, "github" },
    { "https://git.example/sub/api/v1", NULL, "gitea" },
    { "https://git.example/x", "{\"id\":1,\"stars_count\":0}", "gitea" },
    { "https://git.example/x", "{\"id\":1,\"stargazers_count\":0}", "github" },
    { "https://git.example/x", "[]", "github" },
    { "https://git.example/x", "null", "github" },
};

static void dialect_is_known_by_address_or_by_asking(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        const struct scripted_answer answer = { 200, { 0 }, servers[i].repo };
        struct forge_options options = scene_options(s);
        struct forge *f = NULL;

        scripted_http_play(&s->script, &answer, servers[i].repo ? 1 : 0);
        options.url = servers[i].url;
        assert_int_equal(forge_new(&f, &options, &s->err), 0);
        assert_string_equal(forge_dialect(f), servers[i].dialect);
        assert_int_equal(s->script.n_asked, servers[i].repo ? 1 : 0);
        forge_free(f);
    }
}

static void asking_for_the_dialect_fails_as_any_reading_does(void **state)
{
    const struct scripted_answer answer[] = { { 404, { 0 }, "{\"message\":\"Not Found\"}" } };
    struct scene *s = *state;
    struct forge_options options = scene_options(s);
    struct forge *f = NULL;

    PLAY(s, answer);
    options.url = "https://git.example/x";
    assert_int_equal(forge_new(&f, &options, &s->err), -ERR_NOTFOUND);
    assert_non_null(strstr(s->err.msg, "which dialect the forge speaks"));
    assert_null(f);
}

static void forgejo_is_told_from_gitea(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { 0 }, "{\"version\":\"11.0.0-dev-617-1d1e0ced3e+gitea-1.22.0\"}" },
        { 200, { 0 }, "{\"version\":\"1.22.0\"}" },
    };
    struct scene *s = *state;
    struct buf name;

    buf_init(&name, 100);
    PLAY(s, answers);
    assert_int_equal(forge_get_server(s->forge, &name, &s->err), 0);
    assert_string_equal(name.data, "Forgejo 11.0.0");
    buf_clear(&name);
    assert_int_equal(forge_get_server(s->forge, &name, &s->err), 0);
    assert_string_equal(name.data, "Gitea 1.22.0");
    buf_finish(&name);
}

/* Lists --------------------------------------------------------------------------------- */

static int take_page(void *ctx, const struct forge_page *page, struct err *err)
{
    struct scene *s = ctx;

    (void)err;
    s->n_items = page->n;
    (void)snprintf(s->next, sizeof(s->next), "%s", page->next);
    return 0;
}

static const struct {
    struct forge_read what;
    const char *path;
} first_pages[] = {
    { { .list = FORGE_ISSUES, .oldest_first = true }, "/issues?limit=50&page=1&state=all" },
    { { .list = FORGE_ISSUES, .only_open = true }, "/issues?limit=50&page=1&state=open" },
    { { .list = FORGE_ISSUES, .since_at = 1700000000 },
      "/issues?limit=50&page=1&state=all&since=2023-11-14T22:13:20Z" },
    { { .list = FORGE_COMMENTS, .since_at = 1700000000 },
      "/issues/comments?limit=50&page=1&since=2023-11-14T22:13:20Z" },
    { { .list = FORGE_COMMENTS, .number = 7 }, "/issues/7/comments" },
    { { .list = FORGE_RELEASES, .since_at = 5 }, "/releases?limit=50&page=1" },
};

static void only_parameters_that_a_list_has_are_sent(void **state)
{
    const struct scripted_answer null_list[] = { { 200, { 0 }, "null" } };
    struct scene *s = *state;
    char line[400];

    for (size_t i = 0; i < sizeof(first_pages) / sizeof(first_pages[0]); i++) {
        PLAY(s, null_list);
        assert_int_equal(forge_read_page(s->forge, &first_pages[i].what, take_page, s, &s->err),
                         0);
        (void)snprintf(line, sizeof(line), "GET " REPO "%s", first_pages[i].path);
        ASKED(s, line);
        assert_int_equal(s->n_items, 0);
        assert_string_equal(s->next, "");
    }
}

#define ISSUE                                                                                  \
    "{\"number\":1,\"state\":\"open\",\"created_at\":\"2026-01-02T03:04:05Z\","                \
    "\"updated_at\":\"2026-01-02T03:04:05Z\",\"pull_request\":null}"

/* Its Link is built from an address that may be another one, and is never looked at. */
static void pages_are_counted_whatever_a_link_says(void **state)
{
    const struct scripted_answer answers[] = {
        { 200,
          { "link", "<http://inside.lan:3000/evil?page=2>; rel=\"next\",<", "x-total-count",
            "3" },
          "[" ISSUE "," ISSUE "]" },
        { 200, { "link", "nonsense" }, "[" ISSUE "]" },
        { 200, { 0 }, "[]" },
    };
    struct forge_read what = { .list = FORGE_ISSUES };
    struct scene *s = *state;

    PLAY(s, answers);
    for (size_t i = 0; i < 3; i++) {
        char next[200];

        assert_int_equal(forge_read_page(s->forge, &what, take_page, s, &s->err), 0);
        (void)snprintf(next, sizeof(next), "%s", s->next);
        what.next = next;
        if (i < 2)
            assert_int_not_equal(next[0], '\0');
    }
    assert_string_equal(s->next, "");
    ASKED(s, "GET " REPO "/issues?limit=50&page=1&state=all",
          "GET " REPO "/issues?limit=50&page=2&state=all",
          "GET " REPO "/issues?limit=50&page=3&state=all");
}

static const struct {
    const char *body, *says;
    int rc;
} impossible[] = {
    { "[\"\xff\xfe\"]", "decode byte 0xff", -ERR_FORGE },
    { "[{\"number\":1,\"state\":\"open\"", "expected", -ERR_FORGE },
    { "[{\"number\":99999999999999999999}]", "integer", -ERR_FORGE },
    { "[{\"number\":1e999}]", "real", -ERR_FORGE },
    { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "64",
      -ERR_LIMIT },
    { "<html>gone</html>", "HTML", -ERR_FORGE },
    { "{\"message\":\"all is well\"}", "array", -ERR_FORGE },
    { "[{\"number\":1,\"number\":2}]", "duplicate", -ERR_FORGE },
};

/* What is cut or no JSON is read again; then it is said what was wrong with it. */
static void reply_that_cannot_be_is_refused_with_what_is_wrong(void **state)
{
    const struct forge_read what = { .list = FORGE_ISSUES };
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
        struct scripted_answer answers[5];

        for (size_t n = 0; n < 5; n++)
            answers[n] = (struct scripted_answer){ 200, { 0 }, impossible[i].body };
        PLAY(s, answers);
        s->err = (struct err){ 0 };
        int rc = forge_read_page(s->forge, &what, take_page, s, &s->err);
        if (rc != impossible[i].rc || !strstr(s->err.msg, impossible[i].says))
            fail_msg("%zu: %d: %s", i, rc, s->err.msg);
    }
}

static void first_page_that_holds_all_is_the_only_one(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { "x-total-count", "1" }, "[" ISSUE "]" },
    };
    const struct forge_read what = { .list = FORGE_ISSUES };
    struct scene *s = *state;

    PLAY(s, answers);
    assert_int_equal(forge_read_page(s->forge, &what, take_page, s, &s->err), 0);
    assert_string_equal(s->next, "");
}

static void list_that_gitea_has_not_is_not_asked_for(void **state)
{
    const struct forge_read what = { .list = FORGE_EVENTS };
    struct scene *s = *state;

    scripted_http_play(&s->script, NULL, 0);
    assert_true(forge_read_page(s->forge, &what, take_page, s, &s->err) < 0);
    assert_int_equal(s->script.n_asked, 0);
}

static int count_moment(void *ctx, const struct forge_moment *moment, struct err *err)
{
    (void)err;
    assert_string_equal(moment->kind, "labeled");
    *(int *)ctx += 1;
    return 0;
}

/* What is left out of a page after paging may leave it empty, with more behind it. */
static void timeline_is_asked_for_as_a_whole(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { "x-total-count", "1" }, "[{\"id\":4,\"type\":\"label\",\"body\":\"1\"}]" },
        { 200, { 0 }, "null" },
    };
    struct scene *s = *state;
    int n = 0;

    PLAY(s, answers);
    assert_int_equal(forge_each_moment(s->forge, 7, count_moment, &n, &s->err), 0);
    assert_int_equal(forge_each_moment(s->forge, 8, count_moment, &n, &s->err), 0);
    assert_int_equal(n, 1);
    ASKED(s, "GET " REPO "/issues/7/timeline", "GET " REPO "/issues/8/timeline");
}

/* The repository ------------------------------------------------------------------------- */

static int take_repo(void *ctx, const struct forge_repo *repo, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 100, "%s %d", repo->head_sha, (int)repo->n_open);
    return 0;
}

#define REPOSITORY(name)                                                                       \
    "{\"id\":1,\"owner\":{\"login\":\"o\"},\"name\":\"" name                                   \
    "\",\"default_branch\":\"dev/x\",\"open_issues_count\":1,\"open_pr_counter\":2}"

static void head_is_the_commit_of_the_branch(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { 0 }, REPOSITORY("n") },
        { 200, { 0 }, "{\"name\":\"dev/x\",\"commit\":{\"id\":\"abc\"}}" },
    };
    struct scene *s = *state;
    char got[100];

    PLAY(s, answers);
    assert_int_equal(forge_get_repo(s->forge, take_repo, got, &s->err), 0);
    assert_string_equal(got, "abc 3");
    ASKED(s, "GET " REPO, "GET " REPO "/branches/dev/x");
}

static void renamed_repository_says_its_new_name(void **state)
{
    const struct scripted_answer answers[] = {
        { 301, { "location", "/sub/api/v1/repos/o/new" }, NULL },
        { 200, { 0 }, REPOSITORY("new") },
    };
    struct scene *s = *state;
    char got[100];

    PLAY(s, answers);
    assert_int_equal(forge_get_repo(s->forge, take_repo, got, &s->err), -ERR_MOVED);
    assert_non_null(strstr(s->err.msg, "o/new"));
}

static void write_to_a_renamed_repository_is_not_sent_on(void **state)
{
    const struct scripted_answer answers[] = {
        { 301, { "location", "/sub/api/v1/repos/o/new/issues/7/comments" }, NULL },
    };
    struct scene *s = *state;
    int64_t id;

    PLAY(s, answers);
    assert_int_equal(forge_create_comment(s->forge, 7, "x", &id, &s->err), -ERR_FORGE);
}

/* Roles ---------------------------------------------------------------------------------- */

static const struct {
    const char *login;
    struct scripted_answer answers[2];
    size_t n;
    enum forge_role role;
} roles[] = {
    { "ada", { { 200, { 0 }, "{\"permission\":\"write\"}" } }, 1, FORGE_ROLE_WRITE },
    { "ada", { { 200, { 0 }, "{\"permission\":\"owner\"}" } }, 1, FORGE_ROLE_ADMIN },
    { "ada", { { 200, { 0 }, "{\"permission\":\"emperor\"}" } }, 1, FORGE_ROLE_NONE },
    { "ada", { { 404, { 0 }, "{}" } }, 1, FORGE_ROLE_NONE },
    /* Who may not look it up learns the least that is certain. */
    { "ada", { { 403, { 0 }, "" }, { 204, { 0 }, "" } }, 2, FORGE_ROLE_READ },
    { "ada", { { 403, { 0 }, "" }, { 404, { 0 }, "{}" } }, 2, FORGE_ROLE_NONE },
    { "ada", { { 403, { 0 }, "" }, { 403, { 0 }, "" } }, 2, FORGE_ROLE_NONE },
    { "O", { { 403, { 0 }, "" } }, 1, FORGE_ROLE_ADMIN },
};

static void role_that_cannot_be_seen_is_never_too_high(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        enum forge_role role = FORGE_ROLE_ADMIN;

        scripted_http_play(&s->script, roles[i].answers, roles[i].n);
        assert_int_equal(forge_get_role(s->forge, roles[i].login, &role, &s->err), 0);
        assert_int_equal(role, roles[i].role);
        assert_int_equal(s->script.n_asked, roles[i].n);
    }
}

static int take_nothing(void *ctx, const struct forge_repo *repo, struct err *err)
{
    (void)ctx;
    (void)repo;
    (void)err;
    return 0;
}

/* What would be decided by it is for good: no request is refused for a fault of the moment. */
static void refusal_where_roles_are_seen_is_no_role(void **state)
{
    const struct scripted_answer repo[] = {
        { 200,
          { 0 },
          "{\"id\":1,\"name\":\"n\",\"owner\":{\"login\":\"O\"},"
          "\"default_branch\":\"main\","
          "\"permissions\":{\"admin\":true,\"push\":true,\"pull\":true}}" },
        { 200, { 0 }, "{\"commit\":{\"id\":\"ab\"}}" },
    };
    const struct scripted_answer refused[] = { { 403, { 0 }, "{\"message\":\"no\"}" } };
    enum forge_role role = FORGE_ROLE_ADMIN;
    struct scene *s = *state;

    PLAY(s, repo);
    if (forge_get_repo(s->forge, take_nothing, NULL, &s->err) < 0)
        fail_msg("%s", s->err.msg);
    PLAY(s, refused);
    assert_int_equal(forge_get_role(s->forge, "ada", &role, &s->err), -ERR_DENIED);
    assert_int_equal(s->script.n_asked, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dialect_is_known_by_address_or_by_asking),
        TEST(asking_for_the_dialect_fails_as_any_reading_does),
        TEST(forgejo_is_told_from_gitea),
        TEST(only_parameters_that_a_list_has_are_sent),
        TEST(pages_are_counted_whatever_a_link_says),
        TEST(reply_that_cannot_be_is_refused_with_what_is_wrong),
        TEST(first_page_that_holds_all_is_the_only_one),
        TEST(list_that_gitea_has_not_is_not_asked_for),
        TEST(timeline_is_asked_for_as_a_whole),
        TEST(head_is_the_commit_of_the_branch),
        TEST(renamed_repository_says_its_new_name),
        TEST(write_to_a_renamed_repository_is_not_sent_on),
        TEST(role_that_cannot_be_seen_is_never_too_high),
        TEST(refusal_where_roles_are_seen_is_no_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
