/* SPDX-License-Identifier: Apache-2.0
 * cli/results.h
 * results: what commands print on stdout, and whose results they are. */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H
#include <stdint.h>

#include "base/json.h"

struct app;
struct err;

void results_print_json(json_t *doc); /* takes doc; indented, keys sorted */

/* The repository that the open database serves. -ERR_NOTFOUND before the first sync. */
int results_repo_id(int64_t *ret, struct app *app, struct err *err);

int results_no_feedback(const char *id, struct err *err); /* -ERR_NOTFOUND, and what to do */

/* "2026-01-31" or RFC 3339; a bare date is its midnight, UTC. -ERR_USAGE names the option. */
int results_parse_date(int64_t *ret, const char *text, const char *option, struct err *err);

/* An RFC 3339 string, null for 0. */
json_t *results_time(int64_t at);

#endif
