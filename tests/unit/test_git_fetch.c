/* SPDX-License-Identifier: Apache-2.0
 * Fetching from a repository on disk, and what a server's refusals mean. The whole of git over
 * HTTP is tested against the practice forge. */
#include "base/buf.h"
#include "base/err.h"
#include "base/git.h"
#include "base/httpd.h"
#include "tests/unit/git_program.h"

static struct git_fetch_options usual(const char *url)
{
    return (struct git_fetch_options){
        .url = url,
        .refspec = "+refs/pull/7/head:refs/hearth/pull/7",
        .max_bytes = 1 << 20,
        .max_objects = 1000,
    };
}

static struct git_repo *new_cache(const char *dir)
{
    char *path = fs_path(dir, "cache.git", NULL);
    struct git_repo *repo = NULL;

    assert_int_equal(git_init_bare(&repo, path, NULL), 0);
    free(path);
    return repo;
}

static void make_source(const char *dir)
{
    shell(dir, "git init -q -b main w && cd w && git commit -q --allow-empty -m one && "
               "git tag v1 && for i in $(seq 50); do echo $i >f$i; done && git add . && "
               "git commit -q -m pull && git update-ref refs/pull/7/head HEAD && "
               "git reset -q --hard v1");
}

static void a_pull_request_arrives_under_its_ref(void **state)
{
    struct git_repo *cache = new_cache(*state);
    char *url = xasprintf("file://%s/w/.git", (const char *)*state);
    struct git_fetch_options options = usual(url);
    char want[64], got[GIT_HEX_SIZE];
    struct git_ref *refs = NULL;
    struct err err = { 0 };
    size_t n = 0;

    make_source(*state);
    int rc = git_fetch(cache, &options, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(rc, 0);
    shell_word(want, sizeof(want), *state, "git -C w rev-parse refs/pull/7/head");
    assert_int_equal(git_resolve(got, cache, "refs/hearth/pull/7", NULL), 0);
    assert_string_equal(got, want);
    assert_int_equal(git_list_refs(&refs, &n, cache, "", 10, NULL), 0);
    assert_int_equal(n, 1); /* no tag, no branch came along */
    git_refs_free(refs, n);
    git_close(cache);
    free(url);
}

static void a_force_push_is_followed(void **state)
{
    struct git_repo *cache = new_cache(*state);
    char *url = xasprintf("%s/w/.git", (const char *)*state);
    struct git_fetch_options options = usual(url);
    char want[64], got[GIT_HEX_SIZE];

    make_source(*state);
    assert_int_equal(git_fetch(cache, &options, NULL), 0);
    shell(*state, "cd w && git commit -q --allow-empty -m other && "
                  "git update-ref refs/pull/7/head HEAD");
    assert_int_equal(git_fetch(cache, &options, NULL), 0);
    shell_word(want, sizeof(want), *state, "git -C w rev-parse refs/pull/7/head");
    assert_int_equal(git_resolve(got, cache, "refs/hearth/pull/7", NULL), 0);
    assert_string_equal(got, want);
    git_close(cache);
    free(url);
}

static void a_ref_that_is_not_there_is_an_error(void **state)
{
    struct git_repo *cache = new_cache(*state);
    char *url = xasprintf("%s/w/.git", (const char *)*state);
    struct git_fetch_options options = usual(url);
    struct err err = { 0 };

    make_source(*state);
    options.refspec = "+refs/pull/8/head:refs/hearth/pull/8";
    assert_int_equal(git_fetch(cache, &options, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "refs/pull/8/head"));
    git_close(cache);
    free(url);
}

static void too_many_objects_stop_the_transfer(void **state)
{
    struct git_repo *cache = new_cache(*state);
    char *url = xasprintf("%s/w/.git", (const char *)*state);
    struct git_fetch_options options = usual(url);
    char got[GIT_HEX_SIZE];
    struct err err = { 0 };

    make_source(*state);
    options.max_objects = 20;
    assert_int_equal(git_fetch(cache, &options, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "20 objects"));
    assert_int_equal(git_resolve(got, cache, "refs/hearth/pull/7", NULL), -ERR_NOTFOUND);
    git_close(cache);
    free(url);
}

static void addresses_with_secrets_or_strange_schemes_are_refused(void **state)
{
    static const char *const bad[] = { "https://user:s3cret@example.org/a/b",
                                       "http://s3cret@localhost/a",
                                       "ssh://example.org/a",
                                       "git@example.org:a/b",
                                       "relative/path",
                                       "" };
    struct git_repo *cache = new_cache(*state);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct git_fetch_options options = usual(bad[i]);
        struct err err = { 0 };

        assert_int_equal(git_fetch(cache, &options, &err), -ERR_CONFIG);
        assert_null(strstr(err.msg, "s3cret"));
    }
    git_close(cache);
}

/* ---- a server that refuses, in as many ways as its paths ---- */

struct refusing_server {
    char authorization[256];
};

static int refuse(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct refusing_server *server = ctx;
    const char *header = httpd_header(req, "Authorization");
    const char *status = httpd_param(req, "status");

    (void)snprintf(server->authorization, sizeof(server->authorization), "%s",
                   header ? header : "none");
    buf_add_str(&res->body, "<html>no</html>");
    httpd_reply_header(req, "Location", "http://localhost:1/elsewhere");
    return (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');
}

static const struct httpd_route routes[] = {
    { "GET", "/{status}/{rest...}", refuse, 0 },
    { NULL, NULL, NULL, 0 },
};

static void refusals_have_their_own_codes(void **state)
{
    static const struct {
        const char *status;
        int rc;
    } cases[] = {
        { "401", -ERR_AUTH },  { "403", -ERR_DENIED }, { "404", -ERR_NOTFOUND },
        { "410", -ERR_MOVED }, { "301", -ERR_MOVED },  { "500", -ERR_NET },
        { "503", -ERR_NET },   { "429", -ERR_NET },
    };
    struct git_repo *cache = new_cache(*state);
    struct refusing_server server = { "" };
    struct httpd_options listen = { .listen = "127.0.0.1:0", .routes = routes, .ctx = &server };
    struct httpd *httpd = NULL;

    assert_int_equal(httpd_start(&httpd, &listen, NULL), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *url =
            xasprintf("http://127.0.0.1:%u/%s/a/b.git", httpd_port(httpd), cases[i].status);
        struct git_fetch_options options = usual(url);
        struct err err = { 0 };

        options.token = "s3cret";
        int rc = git_fetch(cache, &options, &err);
        if (rc != cases[i].rc)
            fail_msg("%s: got %d: %s", cases[i].status, rc, err.msg);
        assert_non_null(strstr(err.msg, url));
        assert_null(strstr(err.msg, "s3cret"));
        assert_string_equal(server.authorization, "Basic eC1hY2Nlc3MtdG9rZW46czNjcmV0");
        free(url);
    }
    httpd_stop(httpd);
    git_close(cache);
}

static void nobody_listening_is_a_network_error(void **state)
{
    struct git_repo *cache = new_cache(*state);
    struct git_fetch_options options = usual("http://127.0.0.1:1/a/b");
    struct err err = { 0 };

    assert_int_equal(git_fetch(cache, &options, &err), -ERR_NET);
    git_close(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_pull_request_arrives_under_its_ref),
        IN_FOLDER(a_force_push_is_followed),
        IN_FOLDER(a_ref_that_is_not_there_is_an_error),
        IN_FOLDER(too_many_objects_stop_the_transfer),
        IN_FOLDER(addresses_with_secrets_or_strange_schemes_are_refused),
        IN_FOLDER(refusals_have_their_own_codes),
        IN_FOLDER(nobody_listening_is_a_network_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
