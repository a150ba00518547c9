/* SPDX-License-Identifier: Apache-2.0
 * cli/dry_run.h
 * dry_run: what a cycle would send, without keeping what it decided.
 * What the forge says is read and stored, as by `hearth sync`; the decisions are made in a copy
 * of the database, which is gone afterwards. */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H
struct app;
struct err;

int dry_run(struct app *app, struct err *err); /* what cmd->run returns */

#endif
