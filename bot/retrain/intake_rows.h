/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/intake_rows.h
 * intake_rows: one contributed file to samples; private to intake. */
#ifndef BOT_RETRAIN_INTAKE_ROWS_H
#define BOT_RETRAIN_INTAKE_ROWS_H
#include <stddef.h>

struct intake;
struct intake_policy;
struct err;
struct source;

/* Appends what source->files[index] holds. root: the length of "contrib/NAME/". Passing
 * policy->max_samples is the intake's fault; negative only when the source cannot be read. */
int intake_add_file(struct intake *intake, struct source *source, size_t index, size_t root,
                    const struct intake_policy *policy, struct err *err);

#endif
