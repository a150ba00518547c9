/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

enum { MAX_VALUES = 64 };

struct good {
    const char *text;
    const char *flat; /* "line path=text;" each; '~' for null, quotes for quoted */
};

static const struct good good_files[] = {
    { "", "" },
    { "# only a comment\n", "" },
    { "---\n", "" },
    { "---\na: 1\n...\n", "2 a=1;" },
    { "a: 1\nb:\n  c: two words # comment\n", "1 a=1;3 b.c=two words;" },
    { "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", "3 a.b.c=1;4 a.d=2;5 e=3;" },
    { "list:\n- x\n- y: 1\n  z: 2\n- [p, q]\n",
      "2 list[0]=x;3 list[1].y=1;4 list[1].z=2;5 list[2][0]=p;5 list[2][1]=q;" },
    { "a: {b: 1, c: [d]}\n", "1 a.b=1;1 a.c[0]=d;" },
    { "a: {}\nb: []\n", "1 a=;2 b=;" },
    { "a:\nb: ~\nc: null\nd: \"null\"\ne: ''\n", "1 a=~;2 b=~;3 c=~;4 d=\"null\";5 e=\"\";" },
    { "a: \"x\\ty\"\nb: 'it''s'\n", "1 a=\"x\ty\";2 b=\"it's\";" },
    { "a: |\n  one\n  two\nb: 1\n", "1 a=\"one\ntwo\n\";4 b=1;" },
    { "k: \xc3\xa4\n", "1 k=\xc3\xa4;" },
    { "a: yes\nb: 0x10\n", "1 a=yes;2 b=0x10;" },
    { "{a: 1}", "1 a=1;" },
};

struct bad {
    const char *text;
    int code;
    const char *says;
};

static const struct bad bad_files[] = {
    { "a: 1\na: 2\n", ERR_PARSE, "f.yml:2:1: key 'a' stands here twice" },
    { "a: {b: 1}\na: {c: 2}\n", ERR_PARSE, "f.yml:2:1: key 'a' stands here twice" },
    { "a:\n  b: 1\n  b: 2\n", ERR_PARSE, "f.yml:3:3: key 'a.b' stands here twice" },
    { "a: &x 1\nb: *x\n", ERR_PARSE, "f.yml:1:4: anchors and tags" },
    { "b: *x\n", ERR_PARSE, "f.yml:1:4: aliases" },
    { "a: !!str 1\n", ERR_PARSE, "f.yml:1:4: anchors and tags" },
    { "a: !x {}\n", ERR_PARSE, "f.yml:1:4: anchors and tags" },
    { "a: &x []\n", ERR_PARSE, "f.yml:1:4: anchors and tags" },
    { "a: 1\n---\nb: 2\n", ERR_PARSE, "f.yml:2:1: a second document" },
    { "- a\n", ERR_PARSE, "f.yml:1:1: expected 'key: value'" },
    { "word\n", ERR_PARSE, "f.yml:1:1: expected 'key: value'" },
    { "a.b: 1\n", ERR_PARSE, "f.yml:1:1: a key has no '.'" },
    { "\"a[0]\": 1\n", ERR_PARSE, "f.yml:1:1: a key has no '.'" },
    { "\"a\\0b\": 1\n", ERR_PARSE, "f.yml:1:1: a key has no '.'" },
    { "\"\": 1\n", ERR_PARSE, "f.yml:1:1: a key has 1 to 256 bytes" },
    { "? [a]\n: 1\n", ERR_PARSE, "a key is one word" },
    { "a: [1, 2\nb: 3\n", ERR_PARSE, "f.yml:2:" },
    { "a: 1\n\tb: 2\n", ERR_PARSE, "f.yml:2:" },
    { "a: \"open\n", ERR_PARSE, "f.yml:" },
    { "a: b: c\n", ERR_PARSE, "f.yml:1:5:" },
    { "a: \xff\n", ERR_PARSE, "f.yml:" },
    { "a: \x01\n", ERR_PARSE, "f.yml:" },
    { "a: [[[[[[[[[[[[[[[[[[[[", ERR_PARSE, "more than 16 levels" },
};

static void flatten(struct buf *out, const struct yaml_doc *doc)
{
    for (size_t i = 0; i < doc->n_values; i++) {
        const struct yaml_value *v = &doc->values[i];
        const char *quote = v->is_quoted ? "\"" : "";

        buf_printf(out, "%d %s=%s%s%s;", v->line, v->path, quote, v->is_null ? "~" : v->text,
                   quote);
    }
}

static int parse(struct yaml_doc *doc, const char *text, struct err *err)
{
    return yaml_parse(doc, text, strlen(text), "f.yml", MAX_VALUES, err);
}

static void good_files_become_paths_with_lines(void **state)
{
    struct yaml_doc doc;
    struct err err = { 0 };
    struct buf flat;

    (void)state;
    buf_init(&flat, 4096);
    for (size_t i = 0; i < sizeof(good_files) / sizeof(good_files[0]); i++) {
        buf_clear(&flat);
        assert_int_equal(parse(&doc, good_files[i].text, &err), 0);
        flatten(&flat, &doc);
        assert_string_equal(flat.data, good_files[i].flat);
        yaml_finish(&doc);
    }
    buf_finish(&flat);
}

static void bad_files_are_named_with_line_and_column(void **state)
{
    struct yaml_doc doc = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
        struct err err = { 0 };

        assert_int_equal(parse(&doc, bad_files[i].text, &err), -bad_files[i].code);
        if (!strstr(err.msg, bad_files[i].says))
            fail_msg("'%s' does not say '%s'", err.msg, bad_files[i].says);
        assert_null(doc.values);
    }
}

static void same_key_in_two_mappings_is_fine(void **state)
{
    struct yaml_doc doc;

    (void)state;
    assert_int_equal(parse(&doc, "l:\n- {a: 1}\n- {a: 2}\nm: {l: 3}\n", NULL), 0);
    assert_string_equal(yaml_find(&doc, "l[1].a")->text, "2");
    assert_string_equal(yaml_find(&doc, "m.l")->text, "3");
    assert_null(yaml_find(&doc, "l"));
    assert_null(yaml_find(&doc, "m.x"));
    yaml_finish(&doc);
    yaml_finish(NULL);
}

static void a_key_that_stands_again_hides_nothing_from_who_asks_for_all(void **state)
{
    static const char text[] = "a:\n  b: 1\n  b: 2\na: {b: 3}\n";
    static const struct {
        const char *path;
        bool is_repeat;
        int line;
    } values[] = {
        { "a.b", false, 2 }, { "a.b", true, 3 },  { "a.b", false, 3 },
        { "a", true, 4 },    { "a.b", false, 4 },
    };
    struct yaml_doc doc = { 0 };

    (void)state;
    assert_int_equal(yaml_parse_all(&doc, text, strlen(text), "f.yml", MAX_VALUES, NULL), 0);
    assert_int_equal(doc.n_values, sizeof(values) / sizeof(values[0]));
    for (size_t i = 0; i < doc.n_values; i++) {
        assert_string_equal(doc.values[i].path, values[i].path);
        assert_int_equal(doc.values[i].is_repeat, values[i].is_repeat);
        assert_int_equal(doc.values[i].line, values[i].line);
    }
    yaml_finish(&doc);
}

static void too_many_values_reach_the_limit(void **state)
{
    struct yaml_doc doc;
    struct err err = { 0 };
    struct buf text;

    (void)state;
    buf_init(&text, 65536);
    for (int i = 0; i < MAX_VALUES; i++)
        buf_printf(&text, "k%d: %d\n", i, i);
    assert_int_equal(parse(&doc, text.data, &err), 0);
    assert_int_equal(doc.n_values, MAX_VALUES);
    yaml_finish(&doc);
    buf_add_str(&text, "one_more: 1\n");
    assert_int_equal(parse(&doc, text.data, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "64"));
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_become_paths_with_lines),
        cmocka_unit_test(bad_files_are_named_with_line_and_column),
        cmocka_unit_test(same_key_in_two_mappings_is_fine),
        cmocka_unit_test(a_key_that_stands_again_hides_nothing_from_who_asks_for_all),
        cmocka_unit_test(too_many_values_reach_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
