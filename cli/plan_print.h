/* SPDX-License-Identifier: Apache-2.0
 * cli/plan_print.h
 * plan_print: the planned actions, word for word as they would be sent. */
#ifndef CLI_PLAN_PRINT_H
#define CLI_PLAN_PRINT_H
#include <stdint.h>

#include "base/json.h"

struct buf;
struct db;
struct err;

/* What is planned or sent without an answer, for people. */
int plan_print(struct buf *out, struct db *db, int64_t repo_id, struct err *err);

/* [{key, kind, thread, rule, reason, state, body, diff, caused_by, edited_by}], body as it goes
 * out, diff against the comment that stands there, "" for none; the caller's. */
int plan_json(json_t **ret, struct db *db, int64_t repo_id, struct err *err);

#endif
