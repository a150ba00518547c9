/* SPDX-License-Identifier: Apache-2.0
 * cli/commands.h
 * commands: the table of all commands, in the order in which `hearth help` lists them. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H
#include <stdbool.h>
#include <stddef.h>

struct cmd;
struct err;

extern const struct cmd *const commands[]; /* ends with NULL */

/* The command whose name is the longest run of leading words; *ret_used of them. -ERR_USAGE
 * names the nearest one, or the subcommands of a word that has some. */
int commands_find(const struct cmd **ret, size_t *ret_used, const char *const *words, size_t n,
                  struct err *err);

/* Is it "word subcommand"? */
bool commands_is_below(const struct cmd *cmd, const char *word);

#endif
