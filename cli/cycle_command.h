/* SPDX-License-Identifier: Apache-2.0
 * cli/cycle_command.h
 * cycle_command: what run, sync, plan and apply share: connect, run the cycle, print, keep a
 * row of it. */
#ifndef CLI_CYCLE_COMMAND_H
#define CLI_CYCLE_COMMAND_H
#include "bot/cycle.h"

struct app;
struct err;

enum cycle_shows { SHOW_SUMMARY, SHOW_PLAN, SHOW_NOTHING };

/* What cmd->run returns: EXIT_LEFT_OVER, with the reason on stderr, when work is left. */
int cycle_command(struct app *app, enum cycle_mode mode, enum cycle_writes writes,
                  enum sync_mode sync, enum cycle_shows shows, struct err *err);

#endif
