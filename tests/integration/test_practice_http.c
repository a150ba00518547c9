/* SPDX-License-Identifier: Apache-2.0
 * The practice forge over real sockets: with the product's own client, and with git. */
#include "practice/practice.h"

#include "tests/unit/git_program.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/http.h"
#include "base/json.h"

struct served {
    struct practice *p;
    struct http_client *client;
    struct http_response res;
    char *dir;
    char *token; /* "Bearer ..." */
    char api[256], git[256];
};

static int begin(void **state, struct clock clock, int64_t latency_ms)
{
    const struct http_curl_options curl = { .user_agent = "test", .timeout_ms = 20000 };
    struct served *s = xcalloc(1, sizeof(*s));
    char *secret = NULL;

    assert_int_equal(enter_folder((void **)&s->dir), 0);
    char *dir = fs_path(s->dir, "forge", NULL), *token_file = fs_path(dir, "token", NULL);
    const struct practice_options options = { .dir = dir,
                                              .clock = clock,
                                              .dialect = "github",
                                              .latency_ms = latency_ms,
                                              .has_rate_limit = true };
    assert_int_equal(practice_start(&s->p, &options, NULL), 0);
    assert_int_equal(http_curl_new(&s->client, &curl, NULL), 0);
    assert_int_equal(fs_read_secret(&secret, token_file, NULL), 0);
    s->token = xasprintf("Bearer %s", secret);
    json_t *greeting = practice_greeting(s->p);
    (void)snprintf(s->api, sizeof(s->api), "%s",
                   json_string_value(json_object_get(greeting, "api")));
    (void)snprintf(s->git, sizeof(s->git), "%s",
                   json_string_value(json_object_get(greeting, "git")));
    json_decref(greeting);
    http_response_init(&s->res);
    free(secret);
    free(token_file);
    free(dir);
    *state = s;
    return 0;
}

static int start(void **state)
{
    return begin(state, clock_system(), 0);
}

static int stop(void **state)
{
    struct served *s = *state;

    http_response_finish(&s->res);
    http_client_free(s->client);
    assert_int_equal(practice_stop(s->p, NULL), 0);
    assert_int_equal(remove_folder((void **)&s->dir), 0);
    free(s->token);
    free(s);
    return 0;
}

/* rest: below the API, or an absolute URL. Returns the status, or a negative error. */
static int fetch(struct served *s, const char *method, const char *rest, const char *body)
{
    char *url = rest[0] == '/' ? xasprintf("%s%s", s->api, rest) : xstrdup(rest);
    struct http_request req;

    http_request_init(&req, method, url);
    http_request_header(&req, "Authorization", s->token);
    http_request_header(&req, "User-Agent", "test");
    req.body = body;
    req.body_len = body ? strlen(body) : 0;
    req.max_body = 1 << 20;
    http_response_finish(&s->res);
    http_response_init(&s->res);
    int rc = s->client->perform(s->client, &req, &s->res, NULL);
    free(url);
    return rc < 0 ? rc : s->res.status;
}

static void the_next_page_is_where_the_link_says(void **state)
{
    struct served *s = *state;
    char next[512];

    assert_int_equal(
        fetch(s, "GET", "/repos/open-digits/digits/issues?state=all&per_page=7", NULL), 200);
    const char *link = http_response_header(&s->res, "link");
    assert_non_null(link);
    (void)snprintf(next, sizeof(next), "%.*s", (int)strcspn(link + 1, ">"), link + 1);
    assert_int_equal(strncmp(next, s->api, strlen(s->api)), 0);
    assert_int_equal(fetch(s, "GET", next, NULL), 200);

    json_t *rest = NULL;
    assert_int_equal(json_parse(&rest, s->res.body.data, s->res.body.len, "page 2", NULL), 0);
    assert_int_equal(json_array_size(rest), 5); /* of 12 */
    json_decref(rest);
    assert_null(http_response_header(&s->res, "link"));
}

static void a_truncated_or_dropped_reply_is_a_network_error(void **state)
{
    struct served *s = *state;
    char *faults =
        xasprintf("%.*s/_practice/faults", (int)(strlen(s->api) - strlen("/api/v3")), s->api);

    assert_int_equal(fetch(s, "POST", faults, "{\"set\":[\"truncate\"]}"), 200);
    assert_int_equal(fetch(s, "GET", "/user", NULL), -ERR_NET);
    assert_int_equal(fetch(s, "POST", faults, "{\"set\":[\"none\",\"drop\"]}"), 200);
    assert_int_equal(fetch(s, "GET", "/user", NULL), -ERR_NET);
    assert_int_equal(fetch(s, "POST", faults, "{\"set\":[\"none\"]}"), 200);
    assert_int_equal(fetch(s, "GET", "/user", NULL), 200);
    free(faults);
}

static void an_asset_is_uploaded_and_read_back(void **state)
{
    struct served *s = *state;
    struct err err = { 0 };
    json_t *doc = NULL;

    assert_int_equal(
        fetch(s, "POST", "/repos/open-digits/digits/releases", "{\"tag_name\":\"v1\"}"), 201);
    assert_int_equal(json_parse(&doc, s->res.body.data, s->res.body.len, "release", &err), 0);
    const char *upload = json_string_value(json_object_get(doc, "upload_url"));
    char *url = xasprintf("%.*s?name=weights.bin", (int)strcspn(upload, "{"), upload);
    assert_int_equal(fetch(s, "POST", url, "0123456789"), 201);
    assert_non_null(strstr(s->res.body.data, "\"size\":10"));
    free(url);
    json_decref(doc);
}

static void a_pull_request_is_fetched_by_its_ref(void **state)
{
    struct served *s = *state;
    struct git_repo *repo = NULL;
    char *path = fs_path(s->dir, "mine.git", NULL), sha[GIT_HEX_SIZE];
    const struct git_fetch_options fetch_options = {
        .url = s->git,
        .refspec = "+refs/pull/2/head:refs/hearth/pull/2",
        .max_bytes = 1 << 24,
        .max_objects = 1000,
    };
    struct err err = { 0 };

    assert_int_equal(git_init_bare(&repo, path, &err), 0);
    if (git_fetch(repo, &fetch_options, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(git_resolve(sha, repo, "refs/hearth/pull/2", &err), 0);
    char *pull = xasprintf("/repos/open-digits/digits/commits/%s/status", sha);
    assert_int_equal(fetch(s, "GET", pull, NULL), 200);
    git_close(repo);
    free(pull);
    free(path);
}

static void git_pushes_with_the_token_only_and_never_to_pulls(void **state)
{
    struct served *s = *state;
    struct buf line;

    buf_init(&line, 4096);
    buf_printf(&line,
               "token='Authorization: %s'; export GIT_ASKPASS=true GIT_TERMINAL_PROMPT=0; "
               "git clone -q %s work && cd work && echo hi >hi && git add hi && "
               "git commit -qm hi && ! git push -q origin HEAD:refs/heads/mine && "
               "git -c http.extraHeader=\"$token\" push -q origin HEAD:refs/heads/mine && "
               "! git -c http.extraHeader=\"$token\" push -q origin HEAD:refs/pull/2/head",
               s->token, s->git);
    shell(s->dir, line.data);
    assert_int_equal(fetch(s, "GET", "/repos/open-digits/digits/git/ref/heads/mine", NULL),
                     200);
    buf_finish(&line);
}

enum { GUESTS = 12, LATENCY_MS = 5000 };

/* Who sleeps wakes when all do: replies that wait for each other's turn never come. */
struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t all_are_here;
    int n;
    int64_t longest_ms;
};

static void sleep_until_all_do(void *ctx, int64_t ms)
{
    struct meeting *m = ctx;

    (void)pthread_mutex_lock(&m->lock);
    if (ms > m->longest_ms)
        m->longest_ms = ms;
    if (++m->n == GUESTS)
        (void)pthread_cond_broadcast(&m->all_are_here);
    while (m->n < GUESTS)
        (void)pthread_cond_wait(&m->all_are_here, &m->lock);
    (void)pthread_mutex_unlock(&m->lock);
}

static int64_t any_time_ms(void *ctx)
{
    (void)ctx;
    return 1767225600000;
}

static void *ask_as_a_guest(void *arg)
{
    const struct http_curl_options curl = { .user_agent = "test", .timeout_ms = 20000 };
    const struct served *host = arg;
    struct served guest = { .token = host->token };

    (void)snprintf(guest.api, sizeof(guest.api), "%s", host->api);
    http_response_init(&guest.res);
    int rc = http_curl_new(&guest.client, &curl, NULL);
    if (rc == 0)
        rc = fetch(&guest, "GET", "/user", NULL);
    http_client_free(guest.client);
    http_response_finish(&guest.res);
    return rc == 200 ? arg : NULL;
}

static void replies_are_held_back_side_by_side(void **state)
{
    struct meeting m = { .lock = PTHREAD_MUTEX_INITIALIZER,
                         .all_are_here = PTHREAD_COND_INITIALIZER };
    pthread_t threads[GUESTS];
    void *is_answered;

    assert_int_equal(
        begin(state, (struct clock){ any_time_ms, sleep_until_all_do, &m }, LATENCY_MS), 0);
    for (int i = 0; i < GUESTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_as_a_guest, *state), 0);
    for (int i = 0; i < GUESTS; i++) {
        assert_int_equal(pthread_join(threads[i], &is_answered), 0);
        assert_non_null(is_answered);
    }
    assert_int_equal(m.n, GUESTS);
    assert_in_range(m.longest_ms, 1, LATENCY_MS); /* less what passed since the request came */
    assert_int_equal(stop(state), 0);
}

static void a_folder_has_one_forge_at_a_time(void **state)
{
    struct served *s = *state;
    char *dir = fs_path(s->dir, "forge", NULL);
    const struct practice_options options = { .dir = dir,
                                              .clock = clock_system(),
                                              .dialect = "gitea" };
    struct practice *second = NULL;
    struct err err = { 0 };

    assert_int_equal(practice_start(&second, &options, &err), -ERR_LOCKED);
    assert_non_null(strstr(err.msg, "another practice forge serves"));
    assert_int_equal(practice_stop(s->p, NULL), 0);
    s->p = NULL;
    assert_int_equal(practice_start(&second, &options, &err), 0);
    assert_int_equal(practice_stop(second, NULL), 0);
    free(dir);
}

int main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        SERVED(the_next_page_is_where_the_link_says),
        SERVED(a_truncated_or_dropped_reply_is_a_network_error),
        SERVED(an_asset_is_uploaded_and_read_back),
        SERVED(a_pull_request_is_fetched_by_its_ref),
        SERVED(git_pushes_with_the_token_only_and_never_to_pulls),
        SERVED(a_folder_has_one_forge_at_a_time),
        cmocka_unit_test(replies_are_held_back_side_by_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
