/* SPDX-License-Identifier: Apache-2.0
 * The fetch worker as the product runs it: a child of this program, against the practice forge
 * over HTTP, and against a server that never answers. */
#include "bot/retrain/fetch.h"

#include "tests/unit/git_program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/worker.h"
#include "practice/practice.h"

static const struct worker_kind *const workers[] = { &fetch_worker, NULL };

struct served {
    struct practice *p;
    char *dir, *cache, *token, *url;
};

static int start(void **state)
{
    struct served *s = xcalloc(1, sizeof(*s));

    assert_int_equal(enter_folder((void **)&s->dir), 0);
    char *dir = fs_path(s->dir, "forge", NULL), *token_file = fs_path(dir, "token", NULL);
    const struct practice_options options = { .dir = dir,
                                              .clock = clock_system(),
                                              .dialect = "github" };
    assert_int_equal(practice_start(&s->p, &options, NULL), 0);
    assert_int_equal(fs_read_secret(&s->token, token_file, NULL), 0);
    json_t *greeting = practice_greeting(s->p);
    s->url = xstrdup(json_string_value(json_object_get(greeting, "git")));
    s->cache = fs_path(s->dir, "cache.git", NULL);
    json_decref(greeting);
    free(token_file);
    free(dir);
    *state = s;
    return 0;
}

static int stop(void **state)
{
    struct served *s = *state;

    assert_int_equal(practice_stop(s->p, NULL), 0);
    assert_int_equal(remove_folder((void **)&s->dir), 0);
    free(s->cache);
    free(s->token);
    free(s->url);
    free(s);
    return 0;
}

static struct fetch usual(const struct served *s)
{
    return (struct fetch){
        .cache = s->cache,
        .url = s->url,
        .token = s->token,
        .base_ref = "main",
        .number = 2,
        .max_bytes = 64 << 20,
        .max_objects = 100000,
        .timeout_ms = 60000,
    };
}

static void a_pull_request_arrives_and_the_token_stays_out_of_the_cache(void **state)
{
    struct served *s = *state;
    struct fetch fetch = usual(s);
    struct git_repo *repo = NULL;
    char commit[GIT_HEX_SIZE];
    struct err err = { 0 };

    int rc = fetch_pull(&fetch, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(rc, 0);
    assert_int_equal(git_open(&repo, s->cache, NULL), 0);
    assert_int_equal(git_resolve(commit, repo, "refs/hearth/pull/2", NULL), 0);
    assert_int_equal(git_resolve(commit, repo, "refs/hearth/base/main", NULL), 0);
    git_close(repo);

    char *search = xasprintf("! grep -r -q '%s' cache.git", s->token);
    shell(s->dir, search);
    shell(s->dir, "git -C cache.git fsck --strict --no-dangling");
    free(search);
}

static void a_branch_that_was_renamed_since_stops_nothing(void **state)
{
    struct served *s = *state;
    struct fetch fetch = usual(s);
    struct git_repo *repo = NULL;
    char commit[GIT_HEX_SIZE];

    fetch.base_ref = "master";
    assert_int_equal(fetch_pull(&fetch, NULL), 0);
    assert_int_equal(git_open(&repo, s->cache, NULL), 0);
    assert_int_equal(git_resolve(commit, repo, "refs/hearth/pull/2", NULL), 0);
    assert_int_equal(git_resolve(commit, repo, "refs/hearth/base/HEAD", NULL), 0);
    git_close(repo);
}

static void refusals_keep_their_codes_across_the_process(void **state)
{
    struct served *s = *state;
    struct fetch wrong_token = usual(s), no_pull = usual(s), too_large = usual(s);
    struct err err = { 0 };

    wrong_token.token = "wrong";
    assert_int_equal(fetch_pull(&wrong_token, &err), -ERR_AUTH);
    no_pull.number = 999;
    assert_int_equal(fetch_pull(&no_pull, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "refs/pull/999/head"));
    char *other_cache = fs_path(s->dir, "other.git", NULL);
    too_large.cache = other_cache;
    too_large.max_bytes = 500;
    assert_int_equal(fetch_pull(&too_large, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "500 bytes"));
    free(other_cache);
}

/* It takes the connection, since the kernel does, and says nothing. */
static int listen_silently(uint16_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_silent_server_ends_at_the_deadline(void **state)
{
    struct served *s = *state;
    struct fetch fetch = usual(s);
    struct err err = { 0 };
    uint16_t port = 0;
    int fd = listen_silently(&port);
    char *url = xasprintf("http://127.0.0.1:%u/a/b.git", port);

    fetch.url = url;
    fetch.timeout_ms = 1000;
    assert_int_equal(fetch_pull(&fetch, &err), -ERR_TIMEOUT);
    assert_non_null(strstr(err.msg, "1000 ms"));
    free(url);
    (void)close(fd);
}

int main(int argc, char **argv)
{
    int code = 0;

    if (worker_main(&code, argc, argv, workers))
        return code;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_pull_request_arrives_and_the_token_stays_out_of_the_cache, start, stop),
        cmocka_unit_test_setup_teardown(a_branch_that_was_renamed_since_stops_nothing, start,
                                        stop),
        cmocka_unit_test_setup_teardown(refusals_keep_their_codes_across_the_process, start,
                                        stop),
        cmocka_unit_test_setup_teardown(a_silent_server_ends_at_the_deadline, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
