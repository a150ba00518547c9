/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/license/license.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void every_id_is_unique_and_says_what_it_asks(void **state)
{
    size_t n = 0;

    (void)state;
    for (const struct license *l = license_table; l->spdx; l++, n++) {
        for (const struct license *m = license_table; m < l; m++) {
            assert_string_not_equal(l->card, m->card);
            if (strcmp(l->spdx, "NOASSERTION") != 0)
                assert_string_not_equal(l->spdx, m->spdx);
        }
        assert_true((strcmp(l->spdx, "NOASSERTION") == 0) == (l->terms == LICENSE_UNCLEAR));
        for (unsigned bit = 1; bit <= l->terms; bit <<= 1)
            assert_true(!(l->terms & bit) || license_term_name(bit));
    }
    assert_int_equal(n, 83); /* as the card's specification lists */
}

static void an_id_is_found_by_either_name_in_any_case(void **state)
{
    static const struct {
        const char *id, *spdx;
    } cases[] = {
        { "Apache-2.0", "Apache-2.0" }, { "apache-2.0", "Apache-2.0" },
        { "cc-by-4.0", "CC-BY-4.0" },   { "GPL-3.0", "GPL-3.0-only" },
        { "gpl-3.0+", "GPL-3.0-only" }, { "GPL-3.0-or-later", "GPL-3.0-only" },
        { "odc-by", "ODC-By-1.0" },     { "openrail++", "LicenseRef-openrail-plus-plus" },
        { "bsd", "NOASSERTION" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct license *l = license_find(cases[i].id);
        assert_non_null(l);
        assert_string_equal(l->spdx, cases[i].spdx);
    }
    assert_null(license_find("CC-BY-5.0"));
    assert_null(license_find(""));
    assert_string_equal(license_spelling("cc-by-4.0"), "CC-BY-4.0");
    assert_string_equal(license_spelling("odbl"), "ODbL-1.0");
    assert_string_equal(license_spelling("GPL-3.0-or-later"), "GPL-3.0-or-later");
    assert_string_equal(license_spelling("bsd"), "bsd");
    assert_string_equal(license_spelling("MIT OR CC0-1.0"), "MIT OR CC0-1.0");
    assert_string_equal(license_nearest("CC-BY-4")->spdx, "CC-BY-4.0");
    assert_string_equal(license_nearest("apache2")->spdx, "Apache-2.0");
    assert_string_equal(license_nearest("apache 2.0")->spdx, "Apache-2.0");
    assert_string_equal(license_nearest("lgpl 2.1")->card, "lgpl-2.1");
    assert_null(license_nearest("my own words"));
}

static void an_unknown_id_is_refused_with_what_may_be_meant(void **state)
{
    const struct license *l = NULL;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(license_get(&l, "mit", NULL), 0);
    assert_ptr_equal(l, license_find("MIT"));
    l = NULL;
    assert_int_equal(license_get(&l, "apache2", &err), -ERR_NOTFOUND);
    assert_string_equal(err.msg,
                        "'apache2' is no licence id that we know; did you mean Apache-2.0?");
    assert_int_equal(license_get(&l, "unknwn", &err), -ERR_NOTFOUND); /* not "NOASSERTION" */
    assert_string_equal(err.msg,
                        "'unknwn' is no licence id that we know; did you mean unknown?");
    assert_int_equal(license_get(&l, "my own words", &err), -ERR_NOTFOUND);
    assert_string_equal(err.msg, "'my own words' is no licence id that we know");
    assert_null(l);
}

static void bundled_texts_are_the_licences_themselves(void **state)
{
    static const struct {
        const char *id, *words;
    } cases[] = {
        { "Apache-2.0", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" },
        { "CC-BY-4.0", "Attribution 4.0 International" },
        { "CC0-1.0", "CC0 1.0 Universal" },
        { "CDLA-Permissive-2.0",
          "Community Data License Agreement - Permissive - Version 2.0" },
        { "MIT", "Permission is hereby granted, free of charge" },
    };
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text = license_text(license_find(cases[i].id), &len);
        assert_non_null(text);
        assert_int_equal(strlen(text), len);
        assert_non_null(strstr(text, cases[i].words));
    }
    assert_null(license_text(license_find("gemma"), &len));
}

static bool is_a_or_b(void *ctx, const char *id)
{
    (void)ctx;
    return strcmp(id, "A") == 0 || strcmp(id, "B") == 0;
}

static void expressions_are_evaluated_with_their_precedence(void **state)
{
    static const struct {
        const char *text;
        bool is_fine;
    } cases[] = {
        { "A", true },
        { "x", false },
        { "A AND B", true },
        { "A AND x", false },
        { "A OR x", true },
        { "x OR y AND A", false },
        { "x AND y OR A", true },
        { "x AND (y OR A)", false },
        { "(A)", true },
        { "A and (x or B)", true },
        { "A WITH Some-exception", true },
        { "x WITH Some-exception OR x", false },
        { "  A  ", true },
        { "((A OR x) AND (B))", true },
        { "((((((((((((((((A))))))))))))))))", true }, /* sixteen deep */
        { "(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)OR(A)",
          true },
        { "\tx\tOR\tA\t", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool is_fine = !cases[i].is_fine;

        assert_int_equal(license_evaluate(&is_fine, cases[i].text, is_a_or_b, NULL, NULL), 0);
        assert_int_equal(is_fine, cases[i].is_fine);
    }
}

static void a_long_expression_is_refused_unread(void **state)
{
    struct err err = { 0 };
    char text[514];
    bool is_fine;

    (void)state;
    memset(text, ' ', sizeof(text));
    text[0] = 'A';
    text[513] = '\0';
    assert_int_equal(license_evaluate(&is_fine, text, is_a_or_b, NULL, &err), -ERR_PARSE);
    assert_string_equal(err.msg, "licence: longer than 512 bytes");
    text[512] = '\0';
    assert_int_equal(license_evaluate(&is_fine, text, is_a_or_b, NULL, NULL), 0);
    assert_true(is_fine);
}

static void broken_expressions_are_told_from_refused_ones(void **state)
{
    static const char *const broken[] = {
        "",           "AND",
        "A B",        "A AND",
        "OR A",       "(A",
        "A)",         "()",
        "A WITH",     "A; B",
        "A WITH AND", "(((((((((((((((((A)))))))))))))))))", /* seventeen deep */
        "A WITH (",   "A ( B",
        "A AND )",    "a-name-that-is-longer-than-any-licence-id-in-the-whole-list-of-spdx",
    };
    bool is_fine;

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct err err = { 0 };
        assert_int_equal(license_evaluate(&is_fine, broken[i], is_a_or_b, NULL, &err),
                         -ERR_PARSE);
        assert_non_null(strstr(err.msg, "licence"));
    }
}

static void a_contribution_needs_an_allowed_licence(void **state)
{
    static const char *const allowed[] = { "CC-BY-4.0", "CC0-1.0" };
    static const struct {
        const char *text, *reason; /* NULL: taken */
    } cases[] = {
        { "CC-BY-4.0", NULL },
        { "cc0-1.0", NULL },
        { "MIT OR CC0-1.0", NULL },
        { "", "no licence is stated" },
        { "MIT", "MIT is not among the licences taken here: CC-BY-4.0, CC0-1.0" },
        { "CC-BY-4.0 AND MIT", "MIT is not among" },
        { "MIT AND ISC", "MIT is not among" }, /* the first reason is told */
        { "MIT AND apache2", "MIT is not among" },
        { "apache2 AND MIT", "did you mean Apache-2.0" },
        { "CC-BY-4", "did you mean CC-BY-4.0" },
        { "do what you want", "AND or OR is missing at 'what'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        int rc = license_check_allowed(cases[i].text, allowed, 2, &err);

        assert_int_equal(rc, cases[i].reason ? -ERR_REFUSED : 0);
        if (cases[i].reason && !strstr(err.msg, cases[i].reason))
            fail_msg("%s: %s", cases[i].text, err.msg);
    }
    assert_int_equal(license_check_allowed(NULL, allowed, 2, NULL), -ERR_REFUSED);
}

static void data_goes_only_into_models_that_keep_its_terms(void **state)
{
    static const struct {
        const char *data, *model;
        bool is_fine;
    } cases[] = {
        { "CC-BY-4.0", "Apache-2.0", true },
        { "CC0-1.0", "MIT", true },
        { "CC-BY-SA-4.0", "Apache-2.0", false },
        { "CC-BY-SA-4.0", "CC-BY-SA-4.0", true },
        { "CC-BY-NC-4.0", "Apache-2.0", false },
        { "CC-BY-NC-4.0", "CC-BY-NC-4.0", true },
        { "CC-BY-ND-4.0", "CC-BY-ND-4.0", false },
        { "gemma", "Apache-2.0", false },
        { "bsd", "Apache-2.0", false },
        { "CC-BY-SA-4.0 OR MIT", "Apache-2.0", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        int rc = license_check_data(cases[i].data, license_find(cases[i].model), &err);

        if (rc != (cases[i].is_fine ? 0 : -ERR_REFUSED))
            fail_msg("%s into %s: %d %s", cases[i].data, cases[i].model, rc, err.msg);
        if (!cases[i].is_fine)
            assert_non_null(strstr(err.msg, "the model is under"));
    }
}

static void the_first_reason_against_data_is_told(void **state)
{
    static const struct {
        const char *data, *reason;
    } cases[] = {
        { "CC-BY-NC-4.0 AND CC-BY-SA-4.0",
          "CC-BY-NC-4.0 forbids commercial use; the model is under Apache-2.0" },
        { "CC-BY-SA-4.0 AND CC-BY-NC-4.0",
          "CC-BY-SA-4.0 wants what is made from it under itself; the model is under "
          "Apache-2.0" },
        { "my-own-words", "'my-own-words' is no licence id that we know" },
        { "my-own-words AND CC-BY-NC-4.0", "'my-own-words' is no licence id that we know" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };

        assert_int_equal(license_check_data(cases[i].data, license_find("Apache-2.0"), &err),
                         -ERR_REFUSED);
        assert_string_equal(err.msg, cases[i].reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_unique_and_says_what_it_asks),
        cmocka_unit_test(an_id_is_found_by_either_name_in_any_case),
        cmocka_unit_test(an_unknown_id_is_refused_with_what_may_be_meant),
        cmocka_unit_test(bundled_texts_are_the_licences_themselves),
        cmocka_unit_test(expressions_are_evaluated_with_their_precedence),
        cmocka_unit_test(a_long_expression_is_refused_unread),
        cmocka_unit_test(broken_expressions_are_told_from_refused_ones),
        cmocka_unit_test(a_contribution_needs_an_allowed_licence),
        cmocka_unit_test(data_goes_only_into_models_that_keep_its_terms),
        cmocka_unit_test(the_first_reason_against_data_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
