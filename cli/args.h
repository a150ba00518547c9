/* SPDX-License-Identifier: Apache-2.0
 * cli/args.h
 * args: words of the command line against a command's options table.
 * `--name value` and `--name=value`; a repeated option takes every word up to the next option;
 * `--` ends the options. Strings are borrowed from argv. cmd_has() and its kin are here too. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H
#include <stdbool.h>
#include <stddef.h>

struct cmd;
struct cmd_args;
struct err;

/* What every command understands, anywhere on the line before `--`. */
struct global_args {
    const char *config_path; /* NULL when absent */
    const char *repository;  /* likewise */
    bool json, help, version;
};

/* Takes the global options out of words, in place; *n becomes the number of words left. */
int args_take_globals(struct global_args *ret, const char **words, size_t *n, struct err *err);

/* -ERR_USAGE: unknown option (with the nearest), missing or surplus argument or operand. */
int args_parse(struct cmd_args *ret, const struct cmd *cmd, const char *const *words, size_t n,
               struct err *err);
void args_finish(struct cmd_args *args); /* NULL and half-built are fine */

#endif
