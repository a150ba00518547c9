/* SPDX-License-Identifier: Apache-2.0
 * tests/support/practice_client.h
 * practice_client: an HTTP client whose network is a practice forge in the same process.
 * Forge and client share one clock that stands still but for sleeps. Counts and limits what is
 * asked, so that a test can end a sync in its middle as a kill would. */
#ifndef TESTS_SUPPORT_PRACTICE_CLIENT_H
#define TESTS_SUPPORT_PRACTICE_CLIENT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/json.h"

struct practice;

struct practice_client {
    struct http_client http; /* first: it is the client */
    struct practice *practice;
    struct clock clock;
    int64_t now_ms;
    char *dir, *token;
    const char *base; /* path of the API */
    json_t *log;      /* ["GET /repos/... 200", ..] since the last clear */
    char *announced;  /* the URL of the read that was announced last, until it is asked for */
    int n_announced, n_announced_in_vain; /* since the last clear */
    int64_t n_allowed; /* requests until the network is gone; -1: always there */
    int64_t n_sleeps;
};

/* dialect: "github" or "gitea". load: a file of API objects, or NULL for the sample community.
 * Asserts. */
struct practice_client *practice_client_new(const char *dialect, const char *load);
void practice_client_free(struct practice_client *c);

/* One move of control.h, as JSON. Returns the id or number of what was made. */
int64_t practice_client_do(struct practice_client *c, const char *order);
void practice_client_fault(struct practice_client *c,
                           const char *fault);          /* "500=0.2", "none" */
char *practice_client_state(struct practice_client *c); /* canonical; the caller frees */

/* How many requests of the log hold part ("/issues?") and were answered so. */
int practice_client_count(const struct practice_client *c, const char *part,
                          const char *status);
void practice_client_clear(struct practice_client *c); /* the log */

#endif
