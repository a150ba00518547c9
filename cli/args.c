/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/text.h"
#include "cli/cmd.h"

enum global {
    GLOBAL_CONFIG,
    GLOBAL_REPOSITORY,
    GLOBAL_JSON,
    GLOBAL_HELP,
    GLOBAL_VERSION,
    N_GLOBALS
};

static const char *const global_names[N_GLOBALS] = {
    [GLOBAL_CONFIG] = "--config",   [GLOBAL_REPOSITORY] = "--repository",
    [GLOBAL_JSON] = "--json",       [GLOBAL_HELP] = "--help",
    [GLOBAL_VERSION] = "--version",
};

static const char *const no_values[] = { NULL };

static bool is_option(const char *word)
{
    return text_has_prefix(word, "-") && word[1] != '\0';
}

/* Does word name the option, alone or before '='? *ret_value: what follows '=', or NULL. */
static bool names_option(const char *word, const char *name, const char **ret_value)
{
    size_t len = strlen(name);

    if (strncmp(word, name, len) != 0 || (word[len] != '\0' && word[len] != '='))
        return false;
    *ret_value = word[len] == '=' ? word + len + 1 : NULL;
    return true;
}

static int find_global(const char *word, const char **ret_value)
{
    *ret_value = NULL;
    if (strcmp(word, "-h") == 0)
        return GLOBAL_HELP;
    for (int i = 0; i < N_GLOBALS; i++)
        if (names_option(word, global_names[i], ret_value))
            return i;
    return -1;
}

static bool takes_value(int global)
{
    return global == GLOBAL_CONFIG || global == GLOBAL_REPOSITORY;
}

int args_take_globals(struct global_args *ret, const char **words, size_t *n, struct err *err)
{
    bool flags[N_GLOBALS] = { false };
    size_t kept = 0;

    *ret = (struct global_args){ 0 };
    for (size_t i = 0; i < *n; i++) {
        const char *value = NULL;
        int which = find_global(words[i], &value);

        if (strcmp(words[i], "--") == 0) {
            while (i < *n)
                words[kept++] = words[i++];
        } else if (which < 0) {
            words[kept++] = words[i];
        } else if (!takes_value(which) && value) {
            return err_set(err, ERR_USAGE, "option %s takes no value", global_names[which]);
        } else if (!takes_value(which)) {
            flags[which] = true;
        } else if (!value && (i + 1 == *n || is_option(words[i + 1]))) {
            return err_set(err, ERR_USAGE, "option %s needs %s", global_names[which],
                           which == GLOBAL_CONFIG ? "PATH" : "OWNER/NAME");
        } else {
            *(which == GLOBAL_CONFIG ? &ret->config_path : &ret->repository) =
                value ? value : words[++i];
        }
    }
    *n = kept;
    ret->json = flags[GLOBAL_JSON];
    ret->help = flags[GLOBAL_HELP];
    ret->version = flags[GLOBAL_VERSION];
    return 0;
}

static size_t count_options(const struct cmd *cmd)
{
    size_t n = 0;

    while (cmd->options && cmd->options[n].name)
        n++;
    return n;
}

static int unknown_option(const struct cmd *cmd, const char *word, struct err *err)
{
    size_t len = strcspn(word, "=");
    char *name = xstrndup(word, len);
    const char *nearest = NULL;
    size_t best = len < 6 ? 2 : 4; /* further away is no typing error */

    for (size_t i = 0; i < count_options(cmd) + N_GLOBALS; i++) {
        const char *known = i < N_GLOBALS ? global_names[i] : cmd->options[i - N_GLOBALS].name;
        bool is_start = len > 3 && text_has_prefix(known, name);
        size_t distance = is_start ? 0 : text_distance(name, known);
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    int rc = nearest ? err_set(err, ERR_USAGE, "%s: unknown option %s; did you mean %s?",
                               cmd->name, name, nearest)
                     : err_set(err, ERR_USAGE, "%s: unknown option %s; see `hearth help %s`",
                               cmd->name, name, cmd->name);
    free(name);
    return rc;
}

static void add_value(struct cmd_args *args, size_t option, const char *value)
{
    size_t n = 0;

    while (args->lists[option] && args->lists[option][n])
        n++;
    args->lists[option] = xrealloc_array(args->lists[option], n + 2, sizeof(char *));
    args->lists[option][n] = value;
    args->lists[option][n + 1] = NULL;
    args->values[option] = value;
}

/* Takes one option with its arguments from words[*at]; leaves *at behind them. */
static int take_option(struct cmd_args *args, const char *const *words, size_t n, size_t *at,
                       struct err *err)
{
    const struct cmd *cmd = args->cmd;
    const char *value = NULL;
    size_t which = 0;

    while (which < count_options(cmd) &&
           !names_option(words[*at], cmd->options[which].name, &value))
        which++;
    if (which == count_options(cmd))
        return unknown_option(cmd, words[*at], err);

    const struct cmd_option *option = &cmd->options[which];
    (*at)++;
    if (!option->arg && value)
        return err_set(err, ERR_USAGE, "%s: option %s takes no value", cmd->name, option->name);
    if (!option->arg || value) {
        add_value(args, which, value ? value : "");
        return 0;
    }
    if (*at == n || text_has_prefix(words[*at], "--"))
        return err_set(err, ERR_USAGE, "%s: option %s needs %s", cmd->name, option->name,
                       option->arg);
    add_value(args, which, words[(*at)++]);
    while (option->repeated && *at < n && !text_has_prefix(words[*at], "--"))
        add_value(args, which, words[(*at)++]);
    return 0;
}

static int check_operands(const struct cmd_args *args, struct err *err)
{
    const struct cmd *cmd = args->cmd;
    const char *usage = cmd->args ? cmd->args : "";

    if (args->n_operands < cmd->min_operands)
        return err_set(err, ERR_USAGE, "%s: something is missing; usage: hearth %s %s",
                       cmd->name, cmd->name, usage);
    if (args->n_operands > cmd->max_operands)
        return err_set(err, ERR_USAGE, "%s: '%s' is too much; usage: hearth %s %s", cmd->name,
                       args->operands[cmd->max_operands], cmd->name, usage);
    return 0;
}

int args_parse(struct cmd_args *ret, const struct cmd *cmd, const char *const *words, size_t n,
               struct err *err)
{
    bool ended = false;
    int rc = 0;

    *ret = (struct cmd_args){
        .cmd = cmd,
        .values = xcalloc(count_options(cmd) + 1, sizeof(char *)),
        .lists = xcalloc(count_options(cmd) + 1, sizeof(char **)),
        .operands = xcalloc(n + 1, sizeof(char *)),
    };
    for (size_t i = 0; i < n && rc == 0;) {
        if (!ended && strcmp(words[i], "--") == 0) {
            ended = true;
            i++;
        } else if (!ended && is_option(words[i])) {
            rc = take_option(ret, words, n, &i, err);
        } else {
            ret->operands[ret->n_operands++] = words[i++];
        }
    }
    return rc < 0 ? rc : check_operands(ret, err);
}

void args_finish(struct cmd_args *args)
{
    if (!args || !args->cmd)
        return;
    for (size_t i = 0; i < count_options(args->cmd); i++)
        free(args->lists[i]);
    free(args->lists);
    free(args->values);
    free(args->operands);
    *args = (struct cmd_args){ 0 };
}

static size_t option_index(const struct cmd_args *args, const char *option)
{
    size_t i = 0;

    while (args->cmd->options && args->cmd->options[i].name &&
           strcmp(args->cmd->options[i].name, option) != 0)
        i++;
    assert(args->cmd->options && args->cmd->options[i].name);
    return i;
}

bool cmd_has(const struct cmd_args *args, const char *option)
{
    return args->values[option_index(args, option)] != NULL;
}

const char *cmd_value(const struct cmd_args *args, const char *option, const char *fallback)
{
    const char *value = args->values[option_index(args, option)];

    return value ? value : fallback;
}

const char *const *cmd_values(const struct cmd_args *args, const char *option)
{
    const char *const *list = args->lists[option_index(args, option)];

    return list ? list : no_values;
}

/* Whatever is wrong with a number on the command line is wrong usage. */
static int as_usage(int rc, struct err *err)
{
    if (rc < 0 && err)
        err->code = ERR_USAGE;
    return rc < 0 ? -ERR_USAGE : 0;
}

int cmd_i64(int64_t *ret, const struct cmd_args *args, const char *option, int64_t min,
            int64_t max, struct err *err)
{
    const char *value = cmd_value(args, option, NULL);

    return value ? as_usage(parse_i64(ret, value, min, max, option, err), err) : 0;
}
