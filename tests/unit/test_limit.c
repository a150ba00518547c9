/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/http.h"

enum { NOW = 1700000000 }; /* Tue, 14 Nov 2023 22:13:20 GMT */

static const struct {
    const char *says; /* what the row shows */
    int status;
    const char *headers[8]; /* name, value, ... */
    const char *body;
    int n_before;
    struct limit_verdict expected;
} rows[] = {
    { "a success is none", 200, { "retry-after", "5" }, "", 0, { LIMIT_NONE, 0, "", false } },
    { "not found is none",
      404,
      { 0 },
      "secondary rate limit",
      0,
      { LIMIT_NONE, 0, "", false } },
    { "retry-after in seconds",
      403,
      { "retry-after", "30" },
      "",
      0,
      { LIMIT_WAIT, 30, "retry-after", false } },
    { "retry-after comes before the reset",
      429,
      { "retry-after", "7", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1700001000" },
      "",
      0,
      { LIMIT_WAIT, 7, "retry-after", false } },
    { "retry-after as a date",
      429,
      { "retry-after", "Tue, 14 Nov 2023 22:14:20 GMT" },
      "",
      0,
      { LIMIT_WAIT, 60, "retry-after", false } },
    { "a date in the past waits a second",
      429,
      { "retry-after", "Tue, 14 Nov 2023 21:00:00 GMT" },
      "",
      0,
      { LIMIT_WAIT, 1, "retry-after", false } },
    { "two hours are two hours",
      429,
      { "retry-after", "7200" },
      "",
      0,
      { LIMIT_WAIT, 7200, "retry-after", false } },
    { "a wait is clamped",
      403,
      { "retry-after", "999999999" },
      "",
      0,
      { LIMIT_WAIT, LIMIT_MAX_ASKED_S, "retry-after", false } },
    { "nonsense in retry-after is not there",
      403,
      { "retry-after", "soon" },
      "",
      0,
      { LIMIT_DENIED, 0, "", false } },
    { "an empty quota waits for the reset",
      403,
      { "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1700000100" },
      "",
      0,
      { LIMIT_WAIT, 101, "quota", false } },
    { "a reset in the past waits a second",
      403,
      { "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1600000000" },
      "",
      0,
      { LIMIT_WAIT, 1, "quota", false } },
    { "a reset far away is clamped",
      429,
      { "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1800000000" },
      "",
      0,
      { LIMIT_WAIT, LIMIT_MAX_WAIT_S, "quota", false } },
    { "secondary limit though the quota is full",
      403,
      { "x-ratelimit-remaining", "4000", "x-ratelimit-reset", "1700000100" },
      "{\"message\":\"You have exceeded a secondary rate limit\"}",
      0,
      { LIMIT_WAIT, 60, "secondary limit", true } },
    { "a limit told by words only",
      403,
      { 0 },
      "{\"message\":\"API rate limit exceeded for user ID 7.\"}",
      0,
      { LIMIT_WAIT, 60, "secondary limit", true } },
    { "it doubles",
      403,
      { 0 },
      "secondary rate limit",
      2,
      { LIMIT_WAIT, 240, "secondary limit", true } },
    { "and is clamped",
      403,
      { 0 },
      "secondary rate limit",
      60,
      { LIMIT_WAIT, 3840, "secondary limit", true } },
    { "told by a header",
      403,
      { "gh-limited-by", "search" },
      "",
      0,
      { LIMIT_WAIT, 60, "secondary limit", true } },
    { "a bare 429", 429, { 0 }, "", 1, { LIMIT_WAIT, 120, "secondary limit", true } },
    { "a plain 403 is a missing right",
      403,
      { "x-ratelimit-remaining", "4000" },
      "{\"message\":\"Must have push access\"}",
      0,
      { LIMIT_DENIED, 0, "", false } },
    { "an outage that names its end",
      503,
      { "retry-after", "120" },
      "",
      0,
      { LIMIT_WAIT, 120, "retry-after", false } },
    { "one that does not", 503, { 0 }, "", 0, { LIMIT_NONE, 0, "", false } },
};

static void fill(struct http_response *res, int status, const char *const *headers,
                 const char *body)
{
    http_response_init(res);
    res->status = status;
    for (size_t i = 0; headers[i]; i += 2) {
        res->headers[res->n_headers].name = xstrdup(headers[i]);
        res->headers[res->n_headers++].value = xstrdup(headers[i + 1]);
    }
    buf_init(&res->body, 1000);
    buf_add_str(&res->body, body);
}

static void refusals_are_told_apart_in_the_documented_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct http_response res;

        fill(&res, rows[i].status, rows[i].headers, rows[i].body);
        struct limit_verdict got = limit_judge(&res, NOW, rows[i].n_before);
        if (got.kind != rows[i].expected.kind ||
            got.is_secondary != rows[i].expected.is_secondary ||
            got.wait_s != rows[i].expected.wait_s || strcmp(got.why, rows[i].expected.why) != 0)
            fail_msg("%s: kind %d, %d s, '%s'", rows[i].says, (int)got.kind, (int)got.wait_s,
                     got.why);
        http_response_finish(&res);
    }
}

static void quota_counts_only_when_it_is_whole_and_of_the_core(void **state)
{
    const char *const whole[] = {
        "x-ratelimit-limit", "5000", "x-ratelimit-remaining", "4999", "x-ratelimit-reset",
        "1700000100",        NULL
    };
    const char *const search[] = { "x-ratelimit-limit",
                                   "30",
                                   "x-ratelimit-remaining",
                                   "29",
                                   "x-ratelimit-reset",
                                   "1700000100",
                                   "x-ratelimit-resource",
                                   "search",
                                   NULL };
    const char *const partial[] = {
        "x-ratelimit-limit", "5000", "x-ratelimit-remaining", "-1", "x-ratelimit-reset",
        "1700000100",        NULL
    };
    struct limit_quota quota = { 0 };
    struct http_response res;

    (void)state;
    fill(&res, 200, whole, "");
    assert_true(limit_read_quota(&quota, &res));
    assert_int_equal(quota.limit, 5000);
    assert_int_equal(quota.remaining, 4999);
    assert_int_equal(quota.reset_at, 1700000100);
    http_response_finish(&res);
    fill(&res, 200, search, "");
    assert_false(limit_read_quota(&quota, &res));
    http_response_finish(&res);
    fill(&res, 200, partial, "");
    assert_false(limit_read_quota(&quota, &res));
    http_response_finish(&res);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_are_told_apart_in_the_documented_order),
        cmocka_unit_test(quota_counts_only_when_it_is_whole_and_of_the_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
