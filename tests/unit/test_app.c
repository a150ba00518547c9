/* SPDX-License-Identifier: Apache-2.0
 * The key is made by the openssl program; proofs are judged by its public half. */
#include "bot/forge/app.h"

#include "tests/unit/git_program.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sign.h"
#include "tests/support/transport_scene.h"

enum { MAX_BYTES = 1 << 16 };
#define APP_ID      "Iv23liAbCdEf"
#define TOKEN_PATH  "POST " API "/app/installations/42/access_tokens"
#define ISSUES_PATH "GET " API "/repos/o/n/issues"

struct stage {
    struct scene *scene;
    struct app *app;
    struct sign_key *public;
};

static char *made_dir; /* the folder of the keys, for all tests */

static int make_keys(void **state)
{
    (void)state;
    assert_int_equal(fs_temp_dir(&made_dir, NULL, NULL), 0);
    shell(made_dir, "openssl genrsa -out key.pem 2048 && "
                    "openssl rsa -in key.pem -pubout -out public.pem");
    return 0;
}

static int remove_keys(void **state)
{
    (void)state;
    (void)fs_remove(made_dir, NULL);
    free(made_dir);
    return 0;
}

static void read_key(struct buf *out, const char *name)
{
    char *path = fs_path(made_dir, name, NULL);

    buf_init(out, MAX_BYTES);
    assert_int_equal(fs_read(out, path, NULL), 0);
    free(path);
}

/* As a new process. */
static void reopen(struct stage *st)
{
    struct transport_options options = scene_options(st->scene);
    struct app_options app = { .id = APP_ID, .owner = "o", .name = "n" };
    struct buf pem;

    read_key(&pem, "key.pem");
    app.key = pem.data;
    transport_free(st->scene->t);
    app_free(st->app);
    assert_int_equal(app_new(&st->app, &app, &st->scene->err), 0);
    buf_finish(&pem);
    options.token = NULL;
    options.app = st->app;
    options.pace.points_per_minute = 0;
    assert_int_equal(transport_new(&st->scene->t, &options, &st->scene->err), 0);
}

static int set_up(void **state)
{
    struct stage *st = xcalloc(1, sizeof(*st));
    void *scene = NULL;
    struct buf pem;

    assert_int_equal(scene_set_up(&scene), 0);
    st->scene = scene;
    read_key(&pem, "public.pem");
    assert_int_equal(sign_key_public(&st->public, pem.data, pem.len, "key", NULL), 0);
    buf_finish(&pem);
    reopen(st);
    *state = st;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *st = *state;
    void *scene = st->scene;

    (void)scene_tear_down(&scene);
    app_free(st->app);
    sign_key_free(st->public);
    free(st);
    return 0;
}

/* The claims of a valid proof; the test fails for any other. */
static json_t *claims_of(const struct stage *st, const char *authorization)
{
    const char *proof = authorization + strlen("Bearer ");
    const char *first = strchr(proof, '.'), *second = first ? strchr(first + 1, '.') : NULL;
    struct buf payload, signature;
    json_t *claims = NULL;

    assert_true(strncmp(authorization, "Bearer ", 7) == 0);
    assert_non_null(second);
    buf_init(&payload, MAX_BYTES);
    buf_init(&signature, MAX_BYTES);
    assert_int_equal(
        base64url_decode(&payload, first + 1, (size_t)(second - first - 1), "claims", NULL), 0);
    assert_int_equal(
        base64url_decode(&signature, second + 1, strlen(second + 1), "signature", NULL), 0);
    assert_true(sign_rs256_is_valid(st->public, proof, (size_t)(second - proof), signature.data,
                                    signature.len));
    assert_int_equal(json_parse(&claims, payload.data, payload.len, "claims", NULL), 0);
    buf_finish(&payload);
    buf_finish(&signature);
    return claims;
}

static int64_t claim(const json_t *claims, const char *name)
{
    return json_integer_value(json_object_get(claims, name));
}

#define SELF                                                                                   \
    {                                                                                          \
        200, { 0 }, "{\"id\":7,\"slug\":\"hearth-app\"}"                                       \
    }
#define INSTALLED                                                                              \
    {                                                                                          \
        200, { 0 }, "{\"id\":42,\"suspended_at\":null}"                                        \
    }
#define TOKEN(name, expires)                                                                   \
    {                                                                                          \
        201, { 0 },                                                                            \
            "{\"token\":\"" name "\",\"expires_at\":\"" expires "\",\"permissions\":"          \
            "{\"contents\":\"read\",\"issues\":\"write\",\"metadata\":\"read\"}}"              \
    }
#define AN_HOUR "2023-11-14T23:13:20Z" /* from SCRIPT_NOW */

static void first_request_learns_who_and_where_we_are_and_gets_a_token(void **state)
{
    const struct scripted_answer answers[] = {
        SELF, INSTALLED, TOKEN("ghs_one", AN_HOUR), { 200, { 0 }, "[]" }
    };
    struct stage *st = *state;
    struct scene *s = st->scene;
    struct transport_reply reply;

    if (SEND(s, &get_issues, &reply, answers) < 0)
        fail_msg("%s", s->err.msg);
    transport_reply_finish(&reply);
    assert_string_equal(s->script.asked[0].line, "GET " API "/app");
    assert_string_equal(s->script.asked[1].line, "GET " API "/repos/o/n/installation");
    assert_string_equal(s->script.asked[2].line, TOKEN_PATH);
    assert_string_equal(s->script.asked[2].body, "{\"repositories\":[\"n\"]}");
    assert_string_equal(s->script.asked[3].line, ISSUES_PATH);
    assert_string_equal(s->script.asked[3].authorization, "Bearer ghs_one");
    for (int i = 0; i < 3; i++) {
        json_t *claims = claims_of(st, s->script.asked[i].authorization);

        assert_int_equal(claim(claims, "iat"), SCRIPT_NOW - 60);
        assert_in_range(claim(claims, "exp"), SCRIPT_NOW + 60, SCRIPT_NOW - 60 + 600);
        assert_string_equal(json_string_value(json_object_get(claims, "iss")), APP_ID);
        json_decref(claims);
    }
    assert_string_equal(app_login(st->app), "hearth-app[bot]");
    assert_int_equal(app_access(st->app, "issues"), APP_WRITE);
    assert_int_equal(app_access(st->app, "contents"), APP_READ);
    assert_int_equal(app_access(st->app, "statuses"), APP_NONE);
}

static void token_is_renewed_when_less_than_five_minutes_are_left(void **state)
{
    const struct scripted_answer first[] = {
        SELF, INSTALLED, TOKEN("ghs_one", AN_HOUR), { 200, { "etag", "\"1\"" }, "[]" }
    };
    const struct scripted_answer plain[] = { { 200, { 0 }, "[]" } };
    const struct scripted_answer renewed[] = { TOKEN("ghs_two", "2023-11-15T00:08:21Z"),
                                               { 304, { 0 }, NULL } };
    struct stage *st = *state;
    struct scene *s = st->scene;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, first), 0);
    assert_int_equal(transport_keep(s->t, &get_issues, &reply, &s->err), 0);
    transport_reply_finish(&reply);
    s->script.now_ms = (int64_t)(SCRIPT_NOW + 3600 - 300) * 1000;
    assert_int_equal(SEND(s, &get_issues, &reply, plain), 0);
    assert_string_equal(s->script.asked[0].authorization, "Bearer ghs_one");
    transport_reply_finish(&reply);
    s->script.now_ms += 1000;
    assert_int_equal(SEND(s, &get_issues, &reply, renewed), 0);
    assert_string_equal(s->script.asked[0].line, TOKEN_PATH);
    assert_string_equal(s->script.asked[1].authorization, "Bearer ghs_two");
    assert_string_equal(s->script.asked[1].none_match,
                        "\"1\""); /* kept by the App, not by it */
    transport_reply_finish(&reply);
}

static void a_clock_that_is_wrong_is_corrected_by_the_refusal(void **state)
{
    const struct scripted_answer answers[] = {
        { 401,
          { "date", "Tue, 14 Nov 2023 21:13:20 GMT" }, /* an hour behind us */
          "{\"message\":\"'Issued at' claim ('iat') must be an Integer in the past\"}" },
        SELF,
        INSTALLED,
        TOKEN("ghs_one", AN_HOUR),
        { 200, { 0 }, "[]" },
    };
    struct stage *st = *state;
    struct scene *s = st->scene;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, answers), 0);
    json_t *claims = claims_of(st, s->script.asked[1].authorization);
    assert_int_equal(claim(claims, "iat"), SCRIPT_NOW - 3600 - 60);
    json_decref(claims);
    transport_reply_finish(&reply);
}

static const struct {
    struct scripted_answer answers[3];
    size_t n;
    int rc;
    const char *says;
} failures[] = {
    { { { 401, { 0 }, "{\"message\":\"Integration not found\"}" } }, 1, -ERR_AUTH, "app_id" },
    { { SELF, { 404, { 0 }, "{}" } },
      2,
      -ERR_DENIED,
      "hearth-app[bot] is not installed on o/n" },
    { { SELF, { 200, { 0 }, "{\"id\":42,\"suspended_at\":\"2023-11-14T00:00:00Z\"}" } },
      2,
      -ERR_DENIED,
      "suspended" },
    { { SELF,
        INSTALLED,
        { 201, { 0 }, "{\"token\":\"a\\nb\",\"expires_at\":\"" AN_HOUR "\"}" } },
      3,
      -ERR_FORGE,
      "cannot be one" },
    { { SELF, INSTALLED, { 201, { 0 }, "{\"token\":\"ghs_x\"}" } },
      3,
      -ERR_FORGE,
      "expires_at" },
    { { { 200, { 0 }, "{\"slug\":7}" } }, 1, -ERR_FORGE, "slug" },
    { { SELF, { 200, { 0 }, "{\"id\":-1}" } }, 2, -ERR_FORGE, "installation.id" },
};

static void failure_says_what_to_do_and_shows_no_secret(void **state)
{
    struct stage *st = *state;
    struct scene *s = st->scene;

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct transport_reply reply;

        reopen(st);
        int rc = scene_send(s, &get_issues, &reply, failures[i].answers, failures[i].n);
        if (rc != failures[i].rc || !strstr(s->err.msg, failures[i].says))
            fail_msg("%d: %d '%s'", (int)i, rc, s->err.msg);
        assert_null(strstr(s->err.msg, "ghs_"));
        assert_null(strstr(s->err.msg, "eyJ"));
    }
}

static void worker_gets_a_token_that_lives(void **state)
{
    const struct scripted_answer answers[] = { SELF, INSTALLED, TOKEN("ghs_one", AN_HOUR) };
    const struct scripted_answer again[] = { TOKEN("ghs_two", "2023-11-15T00:08:21Z") };
    struct stage *st = *state;
    struct scene *s = st->scene;
    const char *token = NULL;

    scripted_http_play(&s->script, answers, 3);
    assert_int_equal(transport_token(s->t, &token, &s->err), 0);
    assert_string_equal(token, "ghs_one");
    assert_int_equal(transport_token(s->t, &token, &s->err), 0);
    assert_int_equal(s->script.n_asked, 3);
    s->script.now_ms += 3400 * 1000;
    scripted_http_play(&s->script, again, 1);
    assert_int_equal(transport_token(s->t, &token, &s->err), 0);
    assert_string_equal(token, "ghs_two");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_request_learns_who_and_where_we_are_and_gets_a_token),
        TEST(token_is_renewed_when_less_than_five_minutes_are_left),
        TEST(a_clock_that_is_wrong_is_corrected_by_the_refusal),
        TEST(failure_says_what_to_do_and_shows_no_secret),
        TEST(worker_gets_a_token_that_lives),
    };
    return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
