/* SPDX-License-Identifier: Apache-2.0
 * cli/prepare.h
 * prepare: gives a command what its `needs` says, and takes it back at the end. */
#ifndef CLI_PREPARE_H
#define CLI_PREPARE_H

struct app;
struct err;

/* needs: enum cmd_needs, added up. Faults of the configuration go to stderr, one a line.
 * -ERR_LOCKED when another instance writes. */
int app_prepare(struct app *app, unsigned needs, struct err *err);
void app_finish(struct app *app); /* half-prepared is fine */

#endif
