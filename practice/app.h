/* SPDX-License-Identifier: Apache-2.0
 * practice/app.h
 * app: a GitHub App that is installed on the practice forge, once a test has registered one.
 * Checks its proofs (JWT, RS256) as GitHub does, gives out tokens that live an hour, and
 * answers GET /app, GET /repos/OWNER/NAME/installation and POST
 * /app/installations/ID/access_tokens. */
#ifndef PRACTICE_APP_H
#define PRACTICE_APP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

struct call;
struct err;
struct practice_app;

/* From {"id", "slug", "public_key": PEM, "permissions": {}}. */
int practice_app_new(struct practice_app **ret, const json_t *order, struct err *err);
void practice_app_free(struct practice_app *app); /* NULL is fine */

const char *practice_app_login(const struct practice_app *app); /* "SLUG[bot]" */

/* Is it a token that was given out and has not expired? app may be NULL. */
bool practice_app_knows(const struct practice_app *app, const char *token, size_t len,
                        int64_t now);

/* Looks like a proof, right or wrong: three parts between dots. */
bool practice_app_is_proof(const char *text);

/* The answer to a call that carries a proof; repo is "/repos/OWNER/NAME". */
int practice_app_answer(struct practice_app *app, struct call *c, const char *proof,
                        const char *repo);

#endif
