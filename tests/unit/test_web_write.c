/* SPDX-License-Identifier: Apache-2.0
 * Writing over the network, and what those are told who may not. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/access_token.h"
#include "tests/support/site.h"

#define HEADER "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
#define FILE_LINE(path)                                                                        \
    "{\"key\":\"file\",\"value\":{\"path\":\"" path "\",\"content\":\"QUJD\","                 \
    "\"encoding\":\"base64\"}}\n"

static const char commit_path[] = "/api/models/ada/m/commit/main";

/* ada's repository "m"; her token. */
static char *create(struct site_fixture *fix, const char *more)
{
    char *token = site_token(fix, "ada", "write");
    char *body = xasprintf("{\"name\":\"m\"%s}", more);

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, body), 200);
    site_assert_has(fix, "\"id\":\"ada/m\"");
    free(body);
    return token;
}

static void a_commit_is_read_and_shown(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix, "");

    assert_int_equal(site_send(fix, "POST", commit_path, token,
                               HEADER FILE_LINE("dir/a.txt") FILE_LINE("weights.bin")),
                     200);
    site_assert_has(fix, "\"success\":true");
    site_assert_has(fix, "/ada/m/commit/");
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/dir/a.txt"), 200);
    assert_string_equal(fix->res.body.data, "ABC");
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/weights.bin"), 200);
    assert_string_equal(fix->res.body.data, "ABC");
    assert_string_equal(site_header(fix, "x-linked-size"), "3");
    assert_int_equal(site_get(fix, "/ada/m/raw/main/weights.bin"), 200);
    site_assert_has(fix, "oid sha256:b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2"
                         "789df78");
    assert_int_equal(
        site_get_with(fix, "/ada/m/resolve/main/weights.bin", "Range", "bytes=1-1"), 206);
    assert_string_equal(fix->res.body.data, "B");
    assert_int_equal(site_get(fix, "/api/models/ada/m/tree/main"), 200);
    site_assert_has(fix, "\"lfs\":{");
    free(token);
}

static void hostile_commits_change_nothing(void **state)
{
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        { "", 400 },
        { HEADER "x\n", 400 },
        { FILE_LINE("a"), 400 }, /* no header */
        { HEADER HEADER FILE_LINE("a"), 400 },
        { HEADER FILE_LINE("../a"), 400 },
        { HEADER FILE_LINE("/a"), 400 },
        { HEADER FILE_LINE("a/../../b"), 400 },
        { HEADER FILE_LINE(".git/hooks/post-update"), 400 },
        { HEADER FILE_LINE("git~1/config"), 400 },
        { HEADER FILE_LINE(".g\\u200cit/config"), 400 },
        { HEADER FILE_LINE("a\\u0000b"), 400 },
        { HEADER FILE_LINE("a\\nb"), 400 },
        { HEADER FILE_LINE(".gitattributes/x"), 400 }, /* a file and a folder */
        { HEADER "{\"key\":\"chmod\",\"value\":{}}\n", 400 },
        { HEADER "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"content\":\"?\","
                 "\"encoding\":\"base64\"}}",
          400 },
        { HEADER "{\"key\":\"lfsFile\",\"value\":{\"path\":\"a\",\"oid\":\"../../x\"}}", 400 },
        { HEADER "{\"key\":\"deletedFile\",\"value\":{\"path\":\"absent\"}}", 404 },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"0123456\"}}\n",
          412 },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"HEAD~1\"}}\n",
          400 },
    };
    struct site_fixture *fix = *state;
    char *token = create(fix, "");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = site_send(fix, "POST", commit_path, token, cases[i].body);

        if (status != cases[i].status)
            fail_msg("case %zu: %d %s", i, status, fix->res.body.data);
        assert_string_not_equal(site_header(fix, "x-error-code"), "");
    }
    assert_int_equal(site_get(fix, "/api/models/ada/m/commits/main"), 200);
    assert_string_equal(site_header(fix, "x-total-count"), "1");
    free(token);
}

/* Neither in git nor beside it, and however much is sent, no more than the quota is kept. */
static void a_full_namespace_takes_no_commit(void **state)
{
    enum { LARGE = 8 << 20 };
    struct site_fixture *fix = *state;
    char *token = create(fix, "");
    static const char begin[] = HEADER "{\"key\":\"file\",\"value\":{\"encoding\":\"base64\","
                                       "\"path\":\"w.bin\",\"content\":\"";
    char *body = xmalloc(sizeof(begin) + LARGE);

    site_set_quota(fix, "ada", 4);
    assert_int_equal(site_send(fix, "POST", commit_path, token, HEADER FILE_LINE("a")), 200);
    assert_int_equal(site_send(fix, "POST", commit_path, token, HEADER FILE_LINE("b")), 413);
    site_assert_has(fix, "quota");
    memcpy(body, begin, sizeof(begin));
    memset(body + sizeof(begin) - 1, 'A', LARGE); /* the line's end never comes */
    body[sizeof(begin) - 1 + LARGE] = '\0';
    assert_int_equal(site_send(fix, "POST", commit_path, token, body), 413);
    site_assert_has(fix, "quota");
    free(body);
    free(token);
}

static void cards_are_checked_before_and_with_the_commit(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix, "");

    assert_int_equal(site_send(fix, "POST", "/api/validate-yaml", NULL,
                               "{\"content\":\"---\\nlicense: apache-2.1\\n---\\n\"}"),
                     400);
    site_assert_has(fix, "did you mean");
    assert_int_equal(
        site_send(fix, "POST", "/api/validate-yaml", NULL, "{\"content\":\"# no metadata\"}"),
        200);
    site_assert_has(fix, "\"errors\":[]");
    assert_non_null(strstr(site_header(fix, "x-hf-warning"), "card; "));
    assert_int_equal(
        site_send(fix, "POST", commit_path, token,
                  HEADER "{\"key\":\"file\",\"value\":{\"path\":\"README.md\",\"content\":"
                         "\"---\\nlicense: apache2\\n---\\n\",\"encoding\":\"utf-8\"}}"),
        400);
    site_assert_has(fix, "apache2");
    free(token);
}

static void revoke_all(const struct site_fixture *fix)
{
    char *path = fs_path(fix->dir, "hub.db", NULL);
    struct db *db = NULL;

    assert_int_equal(db_open(&db, path, DB_HUB, DB_WRITE, NULL), 0);
    for (int64_t id = 1; access_token_revoke(db, id, 1, NULL) == 0; id++)
        ;
    db_close(db);
    free(path);
}

static void tokens_open_what_their_scope_says(void **state)
{
    struct site_fixture *fix = *state;
    char *ada = create(fix, ""), *reader = site_token(fix, "ada", "read");
    char *bob = site_token(fix, "bob", "write"), *root = site_token(fix, "root", "admin");

    assert_int_equal(site_send(fix, "POST", commit_path, NULL, HEADER), 401);
    assert_int_equal(site_send(fix, "POST", commit_path, reader, HEADER), 403);
    assert_int_equal(site_send(fix, "POST", commit_path, bob, HEADER), 403);
    assert_int_equal(site_send(fix, "POST", commit_path, "Bearer hf_no", HEADER), 401);
    assert_int_equal(site_send(fix, "POST", commit_path, "Basic !", HEADER), 401);
    assert_int_equal(site_send(fix, "POST", commit_path, root, HEADER), 200);
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", bob,
                               "{\"name\":\"n\",\"organization\":\"ada\"}"),
                     403);
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", root,
                               "{\"name\":\"n\",\"organization\":\"fresh\"}"),
                     200);
    assert_int_equal(site_send(fix, "GET", "/api/whoami-v2", ada, ""), 200);
    site_assert_has(fix, "\"name\":\"ada\"");
    site_assert_has(fix, "\"role\":\"write\"");
    revoke_all(fix);
    assert_int_equal(site_send(fix, "GET", "/api/whoami-v2", ada, ""), 401);
    assert_int_equal(site_send(fix, "GET", "/api/models/ada/m", ada, ""), 401);
    free(ada);
    free(reader);
    free(bob);
    free(root);
}

static void names_that_cannot_be_are_not_created(void **state)
{
    static const char *const bad[] = { "..",  "a/b/c",    "-a", "a.git",
                                       "a b", "a\\u0000", "",   "a--b" };
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *body = xasprintf("{\"name\":\"%s\"}", bad[i]);

        assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, body), 400);
        free(body);
    }
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "[]"), 400);
    free(token);
}

static void files_may_come_with_a_new_repository(void **state)
{
    static const char *const bad[] = {
        "{\"path\":\"a\",\"content\":\"?\",\"encoding\":\"base64\"}",
        "{\"path\":\"a\",\"content\":\"x\",\"encoding\":\"rot13\"}",
        "{\"path\":\"../a\",\"content\":\"x\"}",
        "{\"path\":\"README.md\",\"content\":\"---\\nlicense: nonsense\\n---\\n\"}",
        "7",
    };
    struct site_fixture *fix = *state;
    char *token = create(fix, ",\"license\":\"mit\",\"files\":[{\"path\":\"d/a.txt\","
                              "\"content\":\"QUJD\",\"encoding\":\"base64\"}]");

    assert_int_equal(site_get(fix, "/ada/m/resolve/main/d/a.txt"), 200);
    assert_string_equal(fix->res.body.data, "ABC");
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/README.md"), 200);
    site_assert_has(fix, "license: mit");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *body = xasprintf("{\"name\":\"n\",\"files\":[%s]}", bad[i]);

        assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, body), 400);
        free(body);
    }
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token,
                               "{\"name\":\"n\",\"license\":\"mit\\nprivate: no\"}"),
                     400);
    assert_int_equal(site_send(fix, "GET", "/api/models/ada/n", token, ""), 404);
    free(token);
}

static void what_exists_is_told_with_its_address(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix, ""), *root = site_token(fix, "root", "admin");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     409);
    site_assert_has(fix, "/ada/m\"");
    /* One of the loop's, without a row in hub.db, stays public and as it is. */
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", root,
                               "{\"name\":\"digits\",\"organization\":\"community\","
                               "\"private\":true}"),
                     409);
    assert_int_equal(site_get(fix, "/api/models/community/digits"), 200);
    free(token);
    free(root);
}

static void moved_repositories_answer_at_their_old_address(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix, ""), *bob = site_token(fix, "bob", "write");
    static const char move[] = "{\"fromRepo\":\"ada/m\",\"toRepo\":\"ada/n\"}";

    assert_int_equal(site_send(fix, "POST", "/api/repos/move", bob, move), 403);
    assert_int_equal(site_send(fix, "POST", "/api/repos/move", token, move), 200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/.gitattributes?x=1"), 307);
    assert_string_equal(site_header(fix, "location"), "/ada/n/resolve/main/.gitattributes?x=1");
    assert_int_equal(site_send(fix, "DELETE", "/api/repos/delete", token, "{\"name\":\"n\"}"),
                     200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/.gitattributes"), 401);
    free(token);
    free(bob);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(a_commit_is_read_and_shown),
        SERVED(hostile_commits_change_nothing),
        SERVED(a_full_namespace_takes_no_commit),
        SERVED(cards_are_checked_before_and_with_the_commit),
        SERVED(tokens_open_what_their_scope_says),
        SERVED(names_that_cannot_be_are_not_created),
        SERVED(files_may_come_with_a_new_repository),
        SERVED(what_exists_is_told_with_its_address),
        SERVED(moved_repositories_answer_at_their_old_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
