/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/package/lineage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/package_facts.h"

static void what_was_written_is_read_back(void **state)
{
    struct buf text, again;
    struct package_lineage l;
    struct facts f;

    (void)state;
    facts_init(&f);
    buf_init(&text, 1 << 20);
    buf_init(&again, 1 << 20);
    package_lineage_write(&text, &f.release, DIGEST_C);
    assert_int_equal(package_lineage_read(&l, text.data, text.len, "lineage.json", NULL), 0);

    assert_string_equal(l.model_sha256, DIGEST_C);
    assert_string_equal(l.release.version, "1.1.0");
    assert_int_equal(l.release.dated_at, f.release.dated_at);
    assert_int_equal(l.release.n_contributions, 2);
    assert_string_equal(l.release.contributions[1].author, "newcomer-2");
    assert_int_equal(l.release.contributions[0].n_samples, 2);
    assert_int_equal(l.release.contributions[0].samples[1].row, 7);
    assert_int_equal(l.release.contributions[1].samples[0].label, 9);
    assert_int_equal(l.release.contributions[1].approved_at, 1767225100);

    package_lineage_write(&again, &l.release, l.model_sha256);
    assert_string_equal(again.data, text.data);
    package_lineage_finish(&l);
    buf_finish(&again);
    buf_finish(&text);
    facts_finish(&f);
}

static void times_that_are_unknown_stay_unknown(void **state)
{
    struct package_lineage l;
    struct facts f;
    struct buf text;

    (void)state;
    facts_init(&f);
    f.contributions[0].approved_at = 0;
    buf_init(&text, 1 << 20);
    package_lineage_write(&text, &f.release, DIGEST_C);
    assert_int_equal(package_lineage_read(&l, text.data, text.len, "lineage.json", NULL), 0);
    assert_int_equal(l.release.contributions[0].approved_at, 0);
    package_lineage_finish(&l);
    buf_finish(&text);
    facts_finish(&f);
}

/* One field spoiled at a time, in the text that was right. */
static void faults_are_named_by_their_place(void **state)
{
    static const struct {
        const char *from, *to;
        int rc;
        const char *where;
    } cases[] = {
        { "hearth-lineage/1", "hearth-lineage/2", -ERR_SCHEMA, "lineage.json.format" },
        { "\"row\": 7", "\"row\": -7", -ERR_RANGE, "contributions[0].samples[1].row" },
        { "\"label\": 9", "\"label\": 99", -ERR_RANGE, "contributions[1].samples[0].label" },
        { "\"author\": \"newcomer-2\"", "\"author\": 5", -ERR_PARSE,
          "contributions[1].author" },
        { "\"commit\": \"1111", "\"commit\": \"xyz1", -ERR_PARSE, "contributions[0].commit" },
        { "\"n_holdout\"", "\"n_other\"", -ERR_PARSE, "base.n_holdout" },
        { "\"samples\": [", "\"samples\": 1, \"x\": [", -ERR_PARSE,
          "contributions[0].samples" },
        { "\"run\": {", "\"other\": {", -ERR_PARSE, "run" },
    };
    struct facts f;
    struct buf text;

    (void)state;
    facts_init(&f);
    buf_init(&text, 1 << 20);
    package_lineage_write(&text, &f.release, DIGEST_C);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *at = strstr(text.data, cases[i].from);
        struct err err = { 0 };
        struct package_lineage l;

        assert_non_null(at);
        char *spoiled = xasprintf("%.*s%s%s", (int)(at - text.data), text.data, cases[i].to,
                                  at + strlen(cases[i].from));
        int rc = package_lineage_read(&l, spoiled, strlen(spoiled), "lineage.json", &err);
        if (rc != cases[i].rc || !strstr(err.msg, cases[i].where))
            fail_msg("%s: %d %s", cases[i].to, rc, err.msg);
        free(spoiled);
    }
    buf_finish(&text);
    facts_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(times_that_are_unknown_stay_unknown),
        cmocka_unit_test(faults_are_named_by_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
