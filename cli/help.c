/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli/cmd.h"
#include "cli/commands.h"

enum {
    WIDTH = 80,
    INDENT = 23,  /* of what is said about a command or an option */
    MAX_WORDS = 3 /* of a command's name */
};

static const char INTRO[] =
    "Hearth runs the community of an open model: feedback, retraining, releases,\n"
    "a hub.\n"
    "\n"
    "usage: hearth COMMAND [ARGUMENT..] [--config PATH] [--json]\n"
    "\n";

static const char OUTRO[] =
    "\n"
    "  --config PATH        the configuration, instead of hearth.yml in this folder\n"
    "  --repository OWNER/NAME\n"
    "                       whose results, where forge.repositories names more\n"
    "  --json               results as JSON\n"
    "  --help, --version\n"
    "\n"
    "`hearth help COMMAND` tells more. Exit codes: 0 done, 1 failed or refused,\n"
    "2 wrong usage, configuration, token, right, repository or schema, 3 finished\n"
    "but work is left over, 4 another instance holds the lock.\n";

/* Up to a blank; "[--edit KEY [--file PATH]]" is one word. */
static size_t word_length(const char *text)
{
    size_t len = 0;

    for (int depth = 0; text[len] && (text[len] != ' ' || depth > 0); len++)
        depth += (text[len] == '[') - (text[len] == ']');
    return len;
}

/* Goes on at a column; the next lines begin at `indent`. */
static void add_wrapped(struct buf *out, size_t column, size_t indent, const char *text)
{
    for (bool is_first = true; *text; is_first = false) {
        size_t len = word_length(text);

        if (!is_first && column + 1 + len > WIDTH) {
            buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add(out, text, len);
        column += len;
        text += len;
        text += strspn(text, " ");
    }
    buf_add_char(out, '\n');
}

static void add_line(struct buf *out, const char *left, const char *right)
{
    buf_printf(out, "  %-*s  ", INDENT - 4, left);
    add_wrapped(out, INDENT, INDENT, right);
}

void help_overview(struct buf *out)
{
    buf_add_str(out, INTRO);
    for (const struct cmd *const *cmd = commands; *cmd; cmd++)
        add_line(out, (*cmd)->name, (*cmd)->summary);
    buf_add_str(out, OUTRO);
}

void help_command(struct buf *out, const struct cmd *cmd)
{
    char left[128];
    size_t begin = out->len;

    buf_printf(out, "usage: hearth %s%s", cmd->name, cmd->args ? " " : "");
    add_wrapped(out, out->len - begin, strlen("usage: "), cmd->args ? cmd->args : "");
    buf_printf(out, "\n%s.\n", cmd->summary);
    for (size_t i = 0; cmd->options && cmd->options[i].name; i++) {
        const struct cmd_option *option = &cmd->options[i];
        (void)snprintf(left, sizeof(left), "%s%s%s%s", option->name, option->arg ? " " : "",
                       option->arg ? option->arg : "", option->repeated ? ".." : "");
        buf_add_str(out, i == 0 ? "\n" : "");
        add_line(out, left, option->help);
    }
}

void help_below(struct buf *out, const char *const *words, size_t n)
{
    struct buf name;

    buf_init(&name, 1 << 16);
    for (size_t i = 0; i < n && i < MAX_WORDS; i++)
        buf_printf(&name, "%s%.100s", i == 0 ? "" : " ", words[i]);
    for (const struct cmd *const *cmd = commands; *cmd; cmd++)
        if (commands_is_below(*cmd, name.data))
            add_line(out, (*cmd)->name, (*cmd)->summary);
    buf_finish(&name);
}

static int run_help(struct app *app, const struct cmd_args *args, struct err *err)
{
    const struct cmd *cmd = NULL;
    struct buf out;
    size_t used = 0;
    int rc = 0;

    (void)app;
    buf_init(&out, 1 << 16);
    help_below(&out, args->operands, args->n_operands);
    if (args->n_operands == 0)
        help_overview(&out);
    else if (out.len == 0)
        rc = commands_find(&cmd, &used, args->operands, args->n_operands, err);
    if (rc == 0 && cmd && used < args->n_operands)
        rc = err_set(err, ERR_USAGE, "help: '%s' is too much; there is: hearth %s",
                     args->operands[used], cmd->name);
    if (rc == 0 && cmd)
        help_command(&out, cmd);
    (void)fputs(out.data, stdout);
    buf_finish(&out);
    return rc;
}

const struct cmd cmd_help = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "List the commands, or explain one",
    .needs = NEED_NOTHING,
    .max_operands = MAX_WORDS,
    .run = run_help,
};
