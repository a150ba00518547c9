/* SPDX-License-Identifier: Apache-2.0
 * cli/plan_edit.h
 * plan_edit: what a person does to a planned action before it is sent.
 * Both are in the log with who did it; neither is undone by a rule. */
#ifndef CLI_PLAN_EDIT_H
#define CLI_PLAN_EDIT_H
struct app;
struct err;

/* Never sent. -ERR_NOTFOUND; -ERR_CONFLICT when it was sent already. */
int plan_drop(struct app *app, const char *key, struct err *err);

/* Another text for a comment, a release or a commit status: from file ("-": standard input), or
 * by the person's editor when file is NULL. The hidden marker of a comment stays. */
int plan_edit(struct app *app, const char *key, const char *file, struct err *err);

#endif
