/* SPDX-License-Identifier: Apache-2.0
 * cli/help.h
 * help: what the tables of commands and options say, as text for people. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

struct buf;
struct cmd;

void help_overview(struct buf *out);
void help_command(struct buf *out, const struct cmd *cmd);
/* Those of "word subcommand", one a line; nothing when there are none. */
void help_below(struct buf *out, const char *word);

#endif
