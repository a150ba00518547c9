/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/package/package.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/yaml.h"
#include "tests/unit/package_facts.h"

static const struct package_file *file_of(const struct package *p, const char *path)
{
    for (size_t i = 0; i < PACKAGE_FILES; i++) {
        if (strcmp(p->files[i].path, path) == 0)
            return &p->files[i];
    }
    fail_msg("no file %s", path);
    return NULL;
}

static void build(struct package *p, const struct facts *f)
{
    struct err err = { 0 };
    int rc = package_build(p, &f->release, &err);

    assert_string_equal(err.msg, "");
    assert_int_equal(rc, 0);
}

static void the_same_facts_give_the_same_bytes(void **state)
{
    struct package first, again;
    struct facts f;

    (void)state;
    facts_init(&f);
    build(&first, &f);
    build(&again, &f);
    for (size_t i = 0; i < PACKAGE_FILES; i++) {
        assert_int_equal(first.files[i].len, again.files[i].len);
        assert_memory_equal(first.files[i].data, again.files[i].data, first.files[i].len);
    }
    package_finish(&first);
    package_finish(&again);
    facts_finish(&f);
}

static void the_sums_come_last_and_hold_for_all_others(void **state)
{
    struct package p;
    struct facts f;
    struct buf want;

    (void)state;
    facts_init(&f);
    build(&p, &f);
    buf_init(&want, 4096);
    for (size_t i = 0; i + 1 < PACKAGE_FILES; i++) {
        char hex[SHA256_HEX_SIZE];

        sha256_hex(hex, p.files[i].data, p.files[i].len);
        assert_string_equal(p.files[i].sha256, hex);
        buf_printf(&want, "%s  %s\n", hex, p.files[i].path);
    }
    assert_string_equal(p.files[PACKAGE_FILES - 1].path, "SHA256SUMS");
    assert_string_equal(p.files[PACKAGE_FILES - 1].data, want.data);
    assert_memory_equal(file_of(&p, "model.safetensors")->data, f.release.weights,
                        f.release.weights_len);
    buf_finish(&want);
    package_finish(&p);
    facts_finish(&f);
}

/* The front matter of the card, parsed. */
static void parse_front_matter(struct yaml_doc *doc, const struct package *p)
{
    const char *card = file_of(p, "README.md")->data;
    const char *end = strstr(card, "\n---\n");

    assert_memory_equal(card, "---\n", 4);
    assert_non_null(end);
    assert_int_equal(yaml_parse(doc, card + 4, (size_t)(end + 1 - card - 4), "card", 100, NULL),
                     0);
}

static void the_card_carries_its_metadata(void **state)
{
    static const char *const want[][2] = {
        { "license", "apache-2.0" },
        { "library_name", "hearth" },
        { "pipeline_tag", "image-classification" },
        { "datasets[0]", "uci/optdigits" },
        { "metrics[0]", "accuracy" },
        { "model-index[0].name", "Community digits" },
        { "model-index[0].results[0].task.type", "image-classification" },
        { "model-index[0].results[0].dataset.split", "holdout" },
        { "model-index[0].results[0].metrics[0].value", "0.975000" },
    };
    struct yaml_doc doc;
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    build(&p, &f);
    parse_front_matter(&doc, &p);
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        const struct yaml_value *value = yaml_find(&doc, want[i][0]);

        if (!value)
            fail_msg("no %s", want[i][0]);
        assert_string_equal(value->text, want[i][1]);
    }
    yaml_finish(&doc);
    package_finish(&p);
    facts_finish(&f);
}

static void the_card_has_every_section(void **state)
{
    static const char *const sections[] = {
        "# Community digits 1.1.0\n",
        "## Details\n",
        "## Uses\n",
        "## Out of scope\n",
        "## Bias and limits\n",
        "## Training\n",
        "## Evaluation\n",
        "## Environmental impact\n",
        "## How to use\n",
        "## Citation\n",
        "| 0 | 36 | 0.500 | - |\n",
    };
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    build(&p, &f);
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (!strstr(file_of(&p, "README.md")->data, sections[i]))
            fail_msg("no '%s'", sections[i]);
    }
    package_finish(&p);
    facts_finish(&f);
}

static void titles_cannot_break_out_of_the_card(void **state)
{
    struct yaml_doc doc;
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    f.release.title = "x\"\n---\nlicense: mit\n<script> @everyone";
    f.contributions[0].author = "a|b<img>\n# c";
    build(&p, &f);
    parse_front_matter(&doc, &p);
    assert_string_equal(yaml_find(&doc, "license")->text, "apache-2.0");
    assert_string_equal(yaml_find(&doc, "model-index[0].name")->text, f.release.title);
    const char *body = strstr(file_of(&p, "README.md")->data, "\n---\n");
    assert_null(strstr(body, "<script>"));
    assert_null(strstr(file_of(&p, "ATTRIBUTIONS.md")->data, "<img>"));
    assert_null(strstr(file_of(&p, "ATTRIBUTIONS.md")->data, "\n# c"));
    yaml_finish(&doc);
    package_finish(&p);
    facts_finish(&f);
}

static void every_contributor_is_credited_with_licence_and_digest(void **state)
{
    static const char *const lines[] = {
        "| newcomer-1 | [1](https://forge.example.org/community/digits/pull/1) | 2 | CC-BY-4.0 "
        "| `" DIGEST_A "` |\n",
        "| newcomer-2 | [2](https://forge.example.org/community/digits/pull/2) | 1 | CC0-1.0 "
        "| `" DIGEST_B "` |\n",
        "E. Alpaydin and C. Kaynak",
        "- [Apache-2.0](https://spdx.org/licenses/Apache-2.0.html)",
        "- [CC-BY-4.0](https://spdx.org/licenses/CC-BY-4.0.html)",
        "- [CC0-1.0](https://spdx.org/licenses/CC0-1.0.html)",
    };
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    build(&p, &f);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (!strstr(file_of(&p, "ATTRIBUTIONS.md")->data, lines[i]))
            fail_msg("no '%s' in: %s", lines[i], file_of(&p, "ATTRIBUTIONS.md")->data);
    }
    assert_non_null(strstr(file_of(&p, "LICENSE")->data, "Apache License"));
    package_finish(&p);
    facts_finish(&f);
}

static void a_licence_that_spdx_has_no_page_of_is_no_link(void **state)
{
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    f.contributions[1].licence = "openmdw-1.1";
    build(&p, &f);
    assert_non_null(strstr(file_of(&p, "ATTRIBUTIONS.md")->data,
                           "- LicenseRef-openmdw-1.1: OpenMDW License Agreement v1.1\n"));
    package_finish(&p);
    facts_finish(&f);
}

static void expect_refusal(const struct facts *f, int rc, const char *words)
{
    struct err err = { 0 };
    struct package p;

    assert_int_equal(package_build(&p, &f->release, &err), rc);
    if (!strstr(err.msg, words))
        fail_msg("'%s' does not say '%s'", err.msg, words);
    assert_non_null(strstr(err.msg, "release 1.1.0"));
    assert_null(p.files[0].data);
}

static void a_contribution_without_a_fitting_licence_stops_the_release(void **state)
{
    static const struct {
        const char *licence, *words;
    } cases[] = {
        { "", "no licence is stated" },
        { "CC-BY-SA-4.0", "wants what is made from it under itself" },
        { "CC-BY-NC-4.0", "forbids commercial use" },
        { "my own", "AND or OR is missing" },
        { "CC-BY-4", "did you mean CC-BY-4.0" },
    };
    struct facts f;

    (void)state;
    facts_init(&f);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        f.contributions[1].licence = cases[i].licence;
        expect_refusal(&f, -ERR_REFUSED, cases[i].words);
        expect_refusal(&f, -ERR_REFUSED, "pull request 2 by 'newcomer-2'");
    }
    facts_finish(&f);
}

static void the_same_sample_under_two_licences_stops_the_release(void **state)
{
    struct facts f;
    struct package p;

    (void)state;
    facts_init(&f);
    f.samples[2].digest = DIGEST_A;
    expect_refusal(&f, -ERR_REFUSED, "sample aaaaaaaaaaaa is under CC-BY-4.0");
    f.contributions[1].licence = "cc-by-4.0";
    build(&p, &f);
    package_finish(&p);
    facts_finish(&f);
}

static void what_is_missing_is_named(void **state)
{
    struct facts f;

    (void)state;
    facts_init(&f);
    f.contributions[0].author = "";
    expect_refusal(&f, -ERR_REFUSED, "its author is not known");
    f.contributions[0].author = "newcomer-1";
    f.samples[1].digest = "abc";
    expect_refusal(&f, -ERR_RANGE, "contrib/newcomer-1/set.csv");
    f.samples[1].digest = DIGEST_B;
    f.samples[1].label = 10;
    expect_refusal(&f, -ERR_RANGE, "label 10");
    f.samples[1].label = 1;
    f.release.licence = "gemma";
    expect_refusal(&f, -ERR_CONFIG, "gemma");
    f.release.licence = "MIT";
    f.release.run.id = "";
    expect_refusal(&f, -ERR_RANGE, "its run is missing");
    f.release.run.id = "r";
    assert_int_equal(json_object_del(f.evaluation, "nll"), 0);
    expect_refusal(&f, -ERR_RANGE, "'nll' is missing");
    facts_finish(&f);
}

static void weights_that_are_no_model_are_not_released(void **state)
{
    struct err err = { 0 };
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    f.release.weights_len /= 2;
    assert_true(package_build(&p, &f.release, &err) < 0);
    assert_non_null(strstr(err.msg, "model.safetensors"));
    facts_finish(&f);
}

static void a_first_release_needs_no_contribution(void **state)
{
    struct package p;
    struct facts f;

    (void)state;
    facts_init(&f);
    f.release.n_contributions = 0;
    f.release.previous = "";
    build(&p, &f);
    assert_non_null(strstr(file_of(&p, "ATTRIBUTIONS.md")->data, "None yet."));
    package_finish(&p);
    facts_finish(&f);
}

static void a_written_folder_holds_the_files(void **state)
{
    struct package p;
    struct facts f;
    struct buf sums;
    char *dir = NULL;

    (void)state;
    facts_init(&f);
    build(&p, &f);
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *inner = fs_path(dir, "v1.1.0", NULL);
    char *path = fs_path(inner, "SHA256SUMS", NULL);
    assert_int_equal(package_write(&p, inner, NULL), 0);
    buf_init(&sums, 4096);
    assert_int_equal(fs_read(&sums, path, NULL), 0);
    assert_string_equal(sums.data, file_of(&p, "SHA256SUMS")->data);
    buf_finish(&sums);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(inner);
    free(dir);
    package_finish(&p);
    facts_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_facts_give_the_same_bytes),
        cmocka_unit_test(the_sums_come_last_and_hold_for_all_others),
        cmocka_unit_test(the_card_carries_its_metadata),
        cmocka_unit_test(the_card_has_every_section),
        cmocka_unit_test(titles_cannot_break_out_of_the_card),
        cmocka_unit_test(every_contributor_is_credited_with_licence_and_digest),
        cmocka_unit_test(a_licence_that_spdx_has_no_page_of_is_no_link),
        cmocka_unit_test(a_contribution_without_a_fitting_licence_stops_the_release),
        cmocka_unit_test(the_same_sample_under_two_licences_stops_the_release),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(weights_that_are_no_model_are_not_released),
        cmocka_unit_test(a_first_release_needs_no_contribution),
        cmocka_unit_test(a_written_folder_holds_the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
