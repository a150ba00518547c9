/* SPDX-License-Identifier: Apache-2.0
 * Rules of .gitignore, each compared with what the real git says. */
#include "hub/repo/ignore.h"

#include <stdint.h>

#include "base/err.h"
#include "tests/unit/git_rules.h"

static const char *const paths[] = {
    "a",         "a.txt",     "b.txt",       "build/x",     "src/build/x",  "src/a.txt",
    "src/b/c.o", "x/y/z",     "x/z",         "x/y/w/z",     "logs/a.log",   "logs/keep/b.log",
    ".env",      "dir/.env",  "a b",         "a ",          "#x",           "!x",
    "a*b",       "axb",       "a]b",         "foo-1",       "foo-z",        "foo_Z",
    "Foo",       "x/foo/bar", "foo/bar",     "foo/bar/baz", "deep/x/foo/y", "a\\b",
    "aXXbXXc",   "abc",       "ab/c",        "tmp/t",       "x/tmp/t",      "z.pyc",
    "x/z.pyc",   "[x]",       "caf\xc3\xa9", "x/a.txt/y",   "v1.0/a",       "-",
};
enum { N_PATHS = sizeof(paths) / sizeof(paths[0]) };

static const char *const texts[] = {
    "*.txt\n",
    "/a.txt\n",
    "build/\n",
    "/build/\n",
    "src/build\n",
    "**/build\n",
    "x/**/z\n",
    "x/**\n",
    "**/z\n",
    "x/*/z\n",
    "*.log\n!logs/keep/\n",
    "logs/*\n!logs/keep/\n",
    "logs/\n!logs/keep/b.log\n",
    "*\n!*/\n!*.txt\n",
    "# a comment\n\n\\#x\n\\!x\n",
    "a b\n",
    "a \n",
    "a\\ \n",
    "a\\*b\n",
    "a?b\n",
    "a[x]b\n",
    "a[!x]b\n",
    "a[^x]b\n",
    "a[]]b\n",
    "foo-[0-9]\n",
    "foo[-_][[:alpha:]]\n",
    "[[:upper:]]oo\n",
    "[unclosed\n",
    "foo/\n",
    "foo/*\n",
    "foo/bar/\n",
    "/*/foo\n",
    "**\n",
    "/**\n",
    "a*b*c\n",
    "a**c\n",
    "*a*b*c*\n",
    "tmp\n!/tmp\n",
    "*.py[co]\r\n",
    "a\\\\b\n",
    "\\[x\\]\n",
    "caf?\n",
    "caf??\n",
    "x/a.txt/\n",
    "v1.0\n",
    "/\n",
    "!\n",
    "!/\n",
    "//a\n",
    "x//z\n",
    "[a-\n",
    "[z-a]\n",
    "foo-[!0-9]\n",
    "**/foo/**\n",
    "deep/**/foo/y\n",
    "**/**/z\n",
    "-\n",
    "a",
    "\\\n",
    "a\\\n",
    "x/y/../z\n",
};
enum { N_TEXTS = sizeof(texts) / sizeof(texts[0]) };

static bool is_left_out(const struct ignore *ignore, const char *path)
{
    bool is = false;

    assert_int_equal(ignore_find(&is, ignore, path, NULL), 0);
    return is;
}

static bool git_leaves_out(const struct buf *said, const char *path)
{
    char *line = xasprintf("\n%s\n", path);
    bool is_there = strstr(said->data, line) != NULL;

    free(line);
    return is_there;
}

static void every_rule_means_what_git_takes_it_for(void **state)
{
    struct buf said; /* those that git leaves out */
    size_t n_left_out = 0;

    buf_init(&said, 1 << 20);
    git_rules_start(*state, paths, N_PATHS);
    for (size_t t = 0; t < N_TEXTS; t++) {
        struct ignore *ignore = NULL;

        git_rules_ask(&said, *state, ".gitignore", texts[t],
                      "-c core.quotePath=false check-ignore --no-index");
        assert_int_equal(ignore_parse(&ignore, texts[t], strlen(texts[t]), "test", NULL), 0);
        for (size_t i = 0; i < N_PATHS; i++) {
            bool wanted = git_leaves_out(&said, paths[i]);

            if (is_left_out(ignore, paths[i]) != wanted)
                fail_msg("'%s' by rules '%s': git says %d", paths[i], texts[t], wanted);
            n_left_out += wanted;
        }
        ignore_free(ignore);
    }
    assert_true(n_left_out > N_TEXTS);
    buf_finish(&said);
}

static void too_many_rules_are_an_error_that_says_so(void **state)
{
    struct ignore *ignore = NULL;
    struct err err = { 0 };
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i <= IGNORE_MAX_RULES; i++)
        buf_add_str(&text, "x\n");
    assert_int_equal(ignore_parse(&ignore, text.data, text.len, "gitIgnore", &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "gitIgnore"));
    assert_non_null(strstr(err.msg, "1000 rules"));
    assert_int_equal(ignore_parse(&ignore, text.data, text.len - 2, "gitIgnore", &err), 0);
    ignore_free(ignore);
    buf_finish(&text);
}

/* Patterns that other matchers try in more ways than there are atoms. */
static void hostile_patterns_take_no_longer_than_others(void **state)
{
    struct ignore *ignore = NULL;
    char path[1000], text[1000];

    (void)state;
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    for (size_t i = 0; i + 3 < sizeof(text); i += 2)
        memcpy(text + i, "*a", 2);
    memcpy(text + sizeof(text) - 4, "*b\n", 4);
    assert_int_equal(ignore_parse(&ignore, text, strlen(text), "test", NULL), 0);
    assert_false(is_left_out(ignore, path));
    ignore_free(ignore);
    for (size_t i = 1; i < sizeof(path) - 2; i += 2)
        path[i] = '/';
    for (size_t i = 0; i + 3 < sizeof(text); i += 3)
        memcpy(text + i, "**/", 3);
    memcpy(text + sizeof(text) - 4, "b/c", 4);
    assert_int_equal(ignore_parse(&ignore, text, strlen(text), "test", NULL), 0);
    assert_false(is_left_out(ignore, path));
    ignore_free(ignore);
}

static void rules_that_are_made_to_be_slow_are_given_up(void **state)
{
    struct ignore *ignore = NULL;
    char path[1001], rule[210];
    struct err err = { 0 };
    bool is = false;
    struct buf text;

    (void)state;
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    (void)snprintf(rule, sizeof(rule), "*%.200sb*\n", path);
    buf_init(&text, IGNORE_MAX_BYTES);
    for (int i = 0; i < IGNORE_MAX_RULES; i++)
        buf_add_str(&text, rule);
    assert_int_equal(ignore_parse(&ignore, text.data, text.len, "test", NULL), 0);
    assert_int_equal(ignore_find(&is, ignore, path, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "aaa': the rules of .gitignore take too long"));
    ignore_free(ignore);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_rule_means_what_git_takes_it_for),
        cmocka_unit_test(too_many_rules_are_an_error_that_says_so),
        cmocka_unit_test(hostile_patterns_take_no_longer_than_others),
        cmocka_unit_test(rules_that_are_made_to_be_slow_are_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
