/* SPDX-License-Identifier: Apache-2.0
 * Lines of .gitattributes, each compared with what the real git says. */
#include "hub/repo/attributes.h"

#include <stdint.h>

#include "base/err.h"
#include "tests/unit/git_rules.h"

static const char *const paths[] = {
    "a",       "a.bin",  "deep/a.bin",  "raw/a.bin", "data/x",   "data/deep/x", "a b",
    "deep/ab", "x/data", "deep/a b",    "a\\b",      "a*b",      "axb",         "[x]",
    "#x",      "!x",     "model.tar.1", "a.BIN",     "-filter",  "x/y/z",       "x/z",
    "[attr]x", "a]b",    "x/a/b",       "a/b",       "data.bin", "attr",        "tx",
};
enum { N_PATHS = sizeof(paths) / sizeof(paths[0]) };

static const char *const texts[] = {
    "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    "*.bin filter=lfs -text\n# x filter=lfs\nraw/*.bin -filter\n",
    "*.bin filter=lfs\nraw/** !filter\n",
    "data/** filter=lfs\n",
    "data/* filter=lfs\n",
    "data/ filter=lfs\n",
    "/data filter=lfs\n",
    "data filter=lfs\n",
    "**/data filter=lfs\n",
    "x/**/z filter=lfs\n",
    "/only\\ \\*.me filter=lfs\r\n",
    "a[[:space:]]b filter=lfs\n",
    "/a[[:space:]]b filter=lfs\n",
    "a\\*b filter=lfs\n",
    "a?b filter=lfs\n",
    "a\\\\b filter=lfs\n",
    "a\\ filter=lfs\n",
    "\\[x\\] filter=lfs\n",
    "\\#x filter=lfs\n",
    "!x filter=lfs\n",
    "  \t a.bin\t \tfilter=lfs\r\n",
    "a.bin filter=lfs\na.bin -filter\n",
    "a.bin -filter\na.bin filter=lfs\n",
    "a.bin filter=lfs\n/a.bin -filter\n",
    "/a.bin filter=lfs\na.bin -filter\n",
    "a.bin -filter\n*.bin filter=lfs\n",
    "*.bin filter=lfs\na.bin -filter\n*.bin text\n",
    "/deep/a.bin filter=lfs\n*.bin -filter\ndeep/a.bin filter=lfs\n",
    "a.bin filter=lfs2\n",
    "a.bin filter=lfs\na.bin filter=other\n",
    "a.bin filter=lfs\na.bin filter\n",
    "a.bin filter=lfs -filter\n",
    "a.bin -filter filter=lfs\n",
    "a.bin xfilter=lfs\n",
    "a.bin diff=lfs filter\n",
    "a.bin\n",
    "a.bin filter=lfs",
    "model.tar.* filter=lfs\n",
    "a/b filter=lfs\n",
    "/a/b filter=lfs\n",
    "-filter filter=lfs\n",
    "[attr]x filter=lfs\n",
    "\n\n\r\n",
};
enum { N_TEXTS = sizeof(texts) / sizeof(texts[0]) };

static bool is_lfs(const char *text, const char *path)
{
    struct attributes *attributes = NULL;

    assert_int_equal(attributes_parse(&attributes, text, strlen(text), "test", NULL), 0);
    bool is = false;
    assert_int_equal(attributes_find_lfs(&is, attributes, path, NULL), 0);
    attributes_free(attributes);
    return is;
}

static bool git_says_lfs(const struct buf *said, const char *path)
{
    char *line = xasprintf("\n%s\nfilter\nlfs\n", path);
    bool is = strstr(said->data, line) != NULL;

    free(line);
    return is;
}

static void every_line_means_what_git_takes_it_for(void **state)
{
    struct buf said; /* "PATH\nfilter\nVALUE\n" for each path */
    size_t n_lfs = 0;

    buf_init(&said, 1 << 20);
    git_rules_start(*state, paths, N_PATHS);
    for (size_t t = 0; t < N_TEXTS; t++) {
        git_rules_ask(&said, *state, ".gitattributes", texts[t], "check-attr filter");
        for (size_t i = 0; i < N_PATHS; i++) {
            bool wanted = git_says_lfs(&said, paths[i]);

            if (is_lfs(texts[t], paths[i]) != wanted)
                fail_msg("'%s' by lines '%s': git says %d", paths[i], texts[t], wanted);
            n_lfs += wanted;
        }
    }
    assert_true(n_lfs > N_TEXTS);
    buf_finish(&said);
}

static void the_default_hands_weights_to_lfs(void **state)
{
    (void)state;
    assert_true(is_lfs(attributes_default, "model.safetensors"));
    assert_true(is_lfs(attributes_default, "deep/weights.tar.gz"));
    assert_false(is_lfs(attributes_default, "README.md"));
}

static void a_line_that_is_added_is_for_one_path_only(void **state)
{
    struct buf added;

    (void)state;
    buf_init(&added, 4096);
    buf_add_str(&added, "x -filter"); /* without its newline */
    attributes_add_lfs(&added, "a b/[*]?.txt");
    assert_true(is_lfs(added.data, "a b/[*]?.txt"));
    assert_false(is_lfs(added.data, "a b/[x]?.txt"));
    assert_false(is_lfs(added.data, "deep/a b/[*]?.txt"));
    buf_finish(&added);
}

static void too_many_wildcards_are_an_error_that_says_so(void **state)
{
    struct attributes *attributes = NULL;
    struct err err = { 0 };
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i <= ATTRIBUTES_MAX_WILD; i++)
        buf_add_str(&text, "*a filter=lfs\n*b text\n");
    assert_int_equal(attributes_parse(&attributes, text.data, text.len, "gitAttributes", &err),
                     -ERR_LIMIT);
    assert_string_equal(err.msg, "gitAttributes: more than 1000 lines for LFS with *, ? or [");
    assert_int_equal(attributes_parse(&attributes, text.data + 22, text.len - 22, "x", &err),
                     0);
    attributes_free(attributes);
    buf_finish(&text);
}

/* As many as fit into a megabyte, as uploads of large files leave them behind. */
static void a_line_for_each_file_is_no_wildcard(void **state)
{
    struct attributes *attributes = NULL;
    struct buf text;
    char path[64];
    bool is = false;

    (void)state;
    buf_init(&text, ATTRIBUTES_MAX_BYTES);
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(path, sizeof(path), "photos/new one-%d.jpg", i);
        attributes_add_lfs(&text, path);
    }
    assert_int_equal(buf_check(&text, "text", NULL), 0);
    assert_int_equal(attributes_parse(&attributes, text.data, text.len, "test", NULL), 0);
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(path, sizeof(path), "photos/new one-%d.jpg", i);
        assert_int_equal(attributes_find_lfs(&is, attributes, path, NULL), 0);
        assert_true(is);
        path[0] = 'P';
        assert_int_equal(attributes_find_lfs(&is, attributes, path, NULL), 0);
        assert_false(is);
    }
    attributes_free(attributes);
    buf_finish(&text);
}

/* Each of them has the path's first half tried at each place of its second. */
static void wildcards_that_are_made_to_be_slow_are_given_up(void **state)
{
    struct attributes *attributes = NULL;
    char path[1001], half[501];
    struct err err = { 0 };
    bool is = false;
    struct buf text;

    (void)state;
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    (void)snprintf(half, sizeof(half), "%.500s", path);
    buf_init(&text, ATTRIBUTES_MAX_BYTES);
    for (int i = 0; i < ATTRIBUTES_MAX_WILD; i++)
        buf_printf(&text, "*%sb* filter=lfs\n", half);
    assert_int_equal(attributes_parse(&attributes, text.data, text.len, "test", NULL), 0);
    assert_int_equal(attributes_find_lfs(&is, attributes, path, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "aaa': the wildcards of .gitattributes take too long"));
    assert_int_equal(attributes_find_lfs(&is, attributes, half, NULL), 0);
    assert_false(is);
    attributes_free(attributes);
    buf_finish(&text);
}

/* The longest path that can be committed, and as many lines as there may be. */
static void ordinary_wildcards_are_never_given_up(void **state)
{
    struct attributes *attributes = NULL;
    char path[1025];
    bool is = false;
    struct buf text;

    (void)state;
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    buf_init(&text, ATTRIBUTES_MAX_BYTES);
    for (int i = 0; i < ATTRIBUTES_MAX_WILD; i++)
        buf_add_str(&text, i == 0 ? "*a filter=lfs\n" : "*.safetensors filter=lfs\n");
    assert_int_equal(attributes_parse(&attributes, text.data, text.len, "test", NULL), 0);
    assert_int_equal(attributes_find_lfs(&is, attributes, path, NULL), 0);
    assert_true(is);
    attributes_free(attributes);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_line_means_what_git_takes_it_for),
        cmocka_unit_test(the_default_hands_weights_to_lfs),
        cmocka_unit_test(a_line_that_is_added_is_for_one_path_only),
        cmocka_unit_test(too_many_wildcards_are_an_error_that_says_so),
        cmocka_unit_test(a_line_for_each_file_is_no_wildcard),
        cmocka_unit_test(wildcards_that_are_made_to_be_slow_are_given_up),
        cmocka_unit_test(ordinary_wildcards_are_never_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
