/* SPDX-License-Identifier: Apache-2.0
 * cli/help.h
 * help: what the tables of commands and options say, as text for people. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stddef.h>

struct buf;
struct cmd;

void help_overview(struct buf *out);
void help_command(struct buf *out, const struct cmd *cmd);
/* Those whose names go on after the words, one a line; nothing when there are none. */
void help_below(struct buf *out, const char *const *words, size_t n);

#endif
