/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "cli/cmd.h"
#include "cli/commands.h"
#include "cli/help.h"

static int no_run(struct app *app, const struct cmd_args *args, struct err *err)
{
    (void)app;
    (void)args;
    (void)err;
    return 0;
}

static const struct cmd_option options[] = {
    { "--data", "PATH", "what to learn from", true },
    { "--out", "DIR", "where to write", false },
    { "--seed", "N", "of the random numbers", false },
    { "--yes", NULL, "go on", false },
    { NULL, NULL, NULL, false },
};

static const struct cmd train = {
    .name = "train",
    .args = "--data PATH.. [MODEL]",
    .summary = "Train",
    .options = options,
    .max_operands = 1,
    .run = no_run,
};

enum { MAX_WORDS = 8 };

static size_t count(const char *const *words)
{
    size_t n = 0;

    while (n < MAX_WORDS && words[n])
        n++;
    return n;
}

/* "data=a,b seed=1 yes=1 operands=m" of what was understood. */
static void describe(struct buf *out, const struct cmd_args *args)
{
    for (size_t i = 0; options[i].name; i++) {
        if (!cmd_has(args, options[i].name))
            continue;
        buf_printf(out, "%s", options[i].name);
        for (const char *const *value = cmd_values(args, options[i].name); *value; value++)
            buf_printf(out, "[%s]", *value);
        buf_add_char(out, ' ');
    }
    for (size_t i = 0; i < args->n_operands; i++)
        buf_printf(out, "(%s)", args->operands[i]);
}

struct line {
    const char *words[MAX_WORDS];
    const char *understood; /* or, when it begins with '!', part of the message */
};

static const struct line lines[] = {
    { { NULL }, "" },
    { { "--data", "a", "b", "--seed", "7" }, "--data[a][b] --seed[7] " },
    { { "--data", "a", "--data", "b", "m" }, "--data[a][b][m] " },
    { { "--data", "a", "--", "m" }, "--data[a] (m)" },
    { { "--data=a", "m" }, "--data[a] (m)" },
    { { "--out=x=y" }, "--out[x=y] " },
    { { "--out=" }, "--out[] " },
    { { "--out", "a", "--out", "b" }, "--out[a][b] " },
    { { "--seed", "-1" }, "--seed[-1] " },
    { { "--yes", "m" }, "--yes[] (m)" },
    { { "-" }, "(-)" },
    { { "--", "--yes" }, "(--yes)" },
    { { "--", "--" }, "(--)" },
    { { "--sead", "7" }, "!unknown option --sead; did you mean --seed?" },
    { { "--sead=7" }, "!unknown option --sead; did you mean --seed?" },
    { { "--epo", "7" }, "!unknown option --epo; see `hearth help train`" },
    { { "--see", "7" }, "!unknown option --see; did you mean --seed?" },
    { { "-y" }, "!unknown option -y" },
    { { "--something-else" }, "!see `hearth help train`" },
    { { "--yes=1" }, "!option --yes takes no value" },
    { { "--out" }, "!option --out needs DIR" },
    { { "--out", "--yes" }, "!option --out needs DIR" },
    { { "--data", "--yes" }, "!option --data needs PATH" },
    { { "m", "n" }, "!'n' is too much" },
};

static void command_lines_are_understood_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const struct line *line = &lines[i];
        struct cmd_args args;
        struct err err = { 0 };
        struct buf out;

        buf_init(&out, 1000);
        int rc = args_parse(&args, &train, line->words, count(line->words), &err);
        if (rc == 0)
            describe(&out, &args);
        if (line->understood[0] != '!') {
            assert_int_equal(rc, 0);
            assert_string_equal(out.data, line->understood);
        } else {
            assert_int_equal(rc, -ERR_USAGE);
            assert_non_null(strstr(err.msg, line->understood + 1));
        }
        buf_finish(&out);
        args_finish(&args);
    }
}

static void last_value_of_an_option_counts(void **state)
{
    const char *const words[] = { "--out", "a", "--out", "b" };
    struct cmd_args args;

    (void)state;
    assert_int_equal(args_parse(&args, &train, words, 4, NULL), 0);
    assert_string_equal(cmd_value(&args, "--out", "none"), "b");
    assert_string_equal(cmd_value(&args, "--seed", "none"), "none");
    assert_null(cmd_values(&args, "--data")[0]);
    args_finish(&args);
}

static void a_wrong_number_is_wrong_usage(void **state)
{
    const char *const words[] = { "--seed", "12x" };
    struct cmd_args args;
    struct err err = { 0 };
    int64_t seed = 5;

    (void)state;
    assert_int_equal(args_parse(&args, &train, words, 2, &err), 0);
    assert_int_equal(cmd_i64(&seed, &args, "--seed", 0, 100, &err), -ERR_USAGE);
    assert_non_null(strstr(err.msg, "--seed"));
    assert_int_equal(seed, 5);
    args_finish(&args);
}

static void an_absent_number_leaves_the_default(void **state)
{
    struct cmd_args args;
    int64_t seed = 5;

    (void)state;
    assert_int_equal(args_parse(&args, &train, NULL, 0, NULL), 0);
    assert_int_equal(cmd_i64(&seed, &args, "--seed", 0, 100, NULL), 0);
    assert_int_equal(seed, 5);
    args_finish(&args);
}

static void global_options_stand_anywhere_before_the_dashes(void **state)
{
    const char *words[] = { "--config", "x.yml", "run", "--json", "--dry-run", "--", "--json" };
    struct global_args globals;
    size_t n = 7;

    (void)state;
    assert_int_equal(args_take_globals(&globals, words, &n, NULL), 0);
    assert_string_equal(globals.config_path, "x.yml");
    assert_true(globals.json);
    assert_false(globals.help);
    assert_int_equal(n, 4);
    assert_string_equal(words[0], "run");
    assert_string_equal(words[1], "--dry-run");
    assert_string_equal(words[3], "--json");
}

static void config_without_a_path_is_refused(void **state)
{
    const char *words[] = { "run", "--config" };
    struct global_args globals;
    struct err err = { 0 };
    size_t n = 2;

    (void)state;
    assert_int_equal(args_take_globals(&globals, words, &n, &err), -ERR_USAGE);
    assert_non_null(strstr(err.msg, "--config needs PATH"));
}

static void every_command_explains_itself(void **state)
{
    (void)state;
    assert_non_null(commands[0]);
    for (const struct cmd *const *cmd = commands; *cmd; cmd++) {
        assert_true((*cmd)->name && (*cmd)->name[0]);
        assert_true((*cmd)->summary && (*cmd)->summary[0]);
        assert_true((*cmd)->summary[strlen((*cmd)->summary) - 1] != '.');
        assert_non_null((*cmd)->run);
        assert_true((*cmd)->max_operands >= (*cmd)->min_operands);
        for (const struct cmd_option *o = (*cmd)->options; o && o->name; o++) {
            assert_int_equal(strncmp(o->name, "--", 2), 0);
            assert_true(o->help && o->help[0]);
            assert_true(o->arg || !o->repeated);
        }
    }
}

static void assert_fits(const struct buf *text)
{
    for (const char *line = text->data; *line;) {
        size_t len = strcspn(line, "\n");

        if (len > 80 || (len > 0 && line[len - 1] == ' '))
            print_error("too long, or blanks at its end: '%.*s'\n", (int)len, line);
        assert_true(len <= 80 && (len == 0 || line[len - 1] != ' '));
        line += len + 1;
    }
}

static void help_fits_into_eighty_columns(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 16);
    help_overview(&text);
    assert_fits(&text);
    for (const struct cmd *const *cmd = commands; *cmd; cmd++) {
        buf_clear(&text);
        help_command(&text, *cmd);
        assert_fits(&text);
    }
    buf_finish(&text);
}

static void every_command_is_found_by_its_whole_name(void **state)
{
    (void)state;
    for (const struct cmd *const *cmd = commands; *cmd; cmd++) {
        char name[64];
        const char *words[4] = { name };
        const struct cmd *found = NULL;
        size_t n = 1, used = 0;

        (void)snprintf(name, sizeof(name), "%s", (*cmd)->name);
        for (char *blank = strchr(name, ' '); blank && n < 3; blank = strchr(blank, ' ')) {
            *blank++ = '\0';
            words[n++] = blank;
        }
        words[n] = "operand";
        assert_int_equal(commands_find(&found, &used, words, n + 1, NULL), 0);
        assert_ptr_equal(found, *cmd);
        assert_int_equal(used, n);
    }
}

static void a_misspelt_command_gets_a_suggestion(void **state)
{
    const char *const words[] = { "hlep" };
    const struct cmd *found;
    struct err err = { 0 };
    size_t used;

    (void)state;
    assert_int_equal(commands_find(&found, &used, words, 1, &err), -ERR_USAGE);
    assert_string_equal(err.msg, "no command 'hlep'; did you mean `hearth help`? "
                                 "`hearth help` lists them all");
}

static void errors_have_the_exit_codes_that_scripts_rely_on(void **state)
{
    static const struct {
        int rc, code;
    } rows[] = {
        { 0, 0 },           { EXIT_LEFT_OVER, 3 }, { -ERR_IO, 1 },
        { -ERR_NET, 1 },    { -ERR_REFUSED, 1 },   { -ERR_DB, 1 },
        { -ERR_CRASH, 1 },  { -ERR_USAGE, 2 },     { -ERR_CONFIG, 2 },
        { -ERR_AUTH, 2 },   { -ERR_DENIED, 2 },    { -ERR_MOVED, 2 },
        { -ERR_SCHEMA, 2 }, { -ERR_NOTFOUND, 2 },  { -ERR_BUDGET, 3 },
        { -ERR_LOCKED, 4 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(cmd_exit_code(rows[i].rc), rows[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines_are_understood_or_refused),
        cmocka_unit_test(last_value_of_an_option_counts),
        cmocka_unit_test(a_wrong_number_is_wrong_usage),
        cmocka_unit_test(an_absent_number_leaves_the_default),
        cmocka_unit_test(global_options_stand_anywhere_before_the_dashes),
        cmocka_unit_test(config_without_a_path_is_refused),
        cmocka_unit_test(every_command_explains_itself),
        cmocka_unit_test(help_fits_into_eighty_columns),
        cmocka_unit_test(every_command_is_found_by_its_whole_name),
        cmocka_unit_test(a_misspelt_command_gets_a_suggestion),
        cmocka_unit_test(errors_have_the_exit_codes_that_scripts_rely_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
