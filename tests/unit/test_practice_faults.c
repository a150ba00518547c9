/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/faults.h"

#include "practice_fixture.h"

static void settings_are_checked(void **state)
{
    static const char *const wrong[] = { "501", "500=2", "500=-1", "500=x", "", "=1", "50" };
    struct faults f;
    struct err err;

    (void)state;
    faults_init(&f, 1);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(faults_set(&f, wrong[i], &err), -ERR_USAGE);
    assert_int_equal(faults_set(&f, "502-html=0.25", &err), 0);
    assert_int_equal(faults_set(&f, "drop", &err), 0);
    assert_true(f.p[FAULT_502_HTML] > 0.2 && f.p[FAULT_DROP] > 0.9);
    assert_int_equal(faults_set(&f, "none", &err), 0);
    assert_int_equal(faults_draw(&f), FAULT_NONE);
}

static void the_same_seed_draws_the_same_faults(void **state)
{
    struct faults one, other;
    int hits = 0;

    (void)state;
    faults_init(&one, 7);
    faults_init(&other, 7);
    assert_int_equal(faults_set(&one, "500=0.5", NULL), 0);
    assert_int_equal(faults_set(&other, "500=0.5", NULL), 0);
    for (int i = 0; i < 200; i++) {
        enum fault fault = faults_draw(&one);

        assert_int_equal(fault, faults_draw(&other));
        hits += fault == FAULT_500;
    }
    assert_in_range(hits, 70, 130);
}

/* One fault at certainty, one request. */
static int with_fault(struct fixture *f, const char *fault, const char *method,
                      const char *path)
{
    char body[64];

    (void)snprintf(body, sizeof(body), "{\"set\":[\"none\",\"%s\"]}", fault);
    assert_int_equal(ask(f, "POST", "/_practice/faults", body), 200);
    int status = ask(f, method, path, strcmp(method, "GET") == 0 ? NULL : "{\"body\":\"x\"}");
    f->options.seed++;
    return status;
}

static void each_fault_shows_as_it_should(void **state)
{
    static const struct {
        const char *fault;
        int status;
        const char *header, *word;
    } cases[] = {
        { "500", 500, NULL, "Server Error" },
        { "502-html", 502, NULL, "<html>" },
        { "403", 403, NULL, "Resource not accessible" },
        { "403-retry-after", 403, "Retry-After", "secondary rate limit" },
        { "429", 429, "X-RateLimit-Reset", "exceeded" },
        { "429-retry-after", 429, "Retry-After", "Too many" },
        { "drop", 0, NULL, NULL },
        { "null-lists", 200, "ETag", "null" },
        { "301", 301, "Location", "Moved Permanently" },
        { "slow", 200, "ETag", "[]" },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t before_ms = f->now_ms;

        assert_int_equal(with_fault(f, cases[i].fault, "GET", REPO "/releases"),
                         cases[i].status);
        if (cases[i].header)
            assert_non_null(reply_find(&f->reply, cases[i].header));
        if (cases[i].word)
            assert_non_null(strstr(f->reply.body.data, cases[i].word));
        assert_int_equal(f->now_ms - before_ms,
                         strcmp(cases[i].fault, "slow") == 0 ? FAULT_SLOW_MS : 0);
    }
}

static void a_moved_repository_is_found_by_its_id(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(with_fault(f, "301", "POST", REPO "/issues/12/comments"), 307);
    assert_int_equal(with_fault(f, "301", "GET", REPO "/issues?state=all"), 301);
    const char *place = strstr(reply_find(&f->reply, "Location"), "/repositories/");
    char path[128];
    (void)snprintf(path, sizeof(path), "%s", place);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    assert_int_equal(json_array_size(f->body), 12);
}

static void half_a_body_arrives_when_it_is_truncated(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(with_fault(f, "truncate", "GET", REPO), 200);
    assert_int_equal(f->reply.cut_after, f->reply.body.len / 2);
}

static void a_lost_reply_is_to_a_write_that_happened(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(with_fault(f, "drop-after-write", "GET", REPO "/issues/12"), 200);
    assert_int_equal(with_fault(f, "drop-after-write", "POST", REPO "/issues/12/comments"), 0);
    assert_int_equal(with_fault(f, "none", "GET", REPO "/issues/12/comments"), 200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(with_fault(f, "drop", "POST", REPO "/issues/12/comments"), 0);
    assert_int_equal(with_fault(f, "none", "GET", REPO "/issues/12/comments"), 200);
    assert_int_equal(json_array_size(f->body), 1);
}

static void a_request_may_ask_for_its_own_fault(void **state)
{
    struct fixture *f = *state;

    f->fault = "502-html";
    assert_int_equal(ask(f, "GET", REPO, NULL), 502);
    f->fault = "drop-after-write";
    assert_int_equal(ask(f, "POST", REPO "/issues/12/comments", "{\"body\":\"b\"}"), 0);
    f->fault = "no such fault";
    assert_int_equal(ask(f, "GET", REPO "/issues/12/comments", NULL), 200);
    assert_int_equal(json_array_size(f->body), 1);
}

static void a_spent_budget_refuses_until_its_hour_is_over(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "POST", "/_practice/rate", "{\"limit\":10,\"used\":9}"), 200);
    assert_int_equal(ask(f, "GET", REPO, NULL), 200);
    assert_string_equal(reply_find(&f->reply, "X-RateLimit-Remaining"), "0");
    assert_int_equal(ask(f, "GET", REPO, NULL), 403);
    assert_string_equal(text_of(f->body, "message"), "API rate limit exceeded");
    f->now_ms += 3600 * 1000;
    assert_int_equal(ask(f, "GET", REPO, NULL), 200);
    assert_string_equal(reply_find(&f->reply, "X-RateLimit-Remaining"), "9");
}

int main(void)
{
#define WITH_SAMPLE(test) cmocka_unit_test_setup_teardown(test, start_sample, stop_sample)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(the_same_seed_draws_the_same_faults),
        WITH_SAMPLE(each_fault_shows_as_it_should),
        WITH_SAMPLE(a_moved_repository_is_found_by_its_id),
        WITH_SAMPLE(half_a_body_arrives_when_it_is_truncated),
        WITH_SAMPLE(a_lost_reply_is_to_a_write_that_happened),
        WITH_SAMPLE(a_request_may_ask_for_its_own_fault),
        WITH_SAMPLE(a_spent_budget_refuses_until_its_hour_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
