/* SPDX-License-Identifier: Apache-2.0
 * practice/practice.h
 * practice: a small local forge with a sample community, to try a policy safely. Serves the
 * GitHub API under /api/v3 (uploads under /api/uploads) or Gitea's under /api/v1, git under
 * /OWNER/NAME.git and its own switches under /_practice/ (control.h), on loopback only. State
 * is in memory; it is written to DIR/state.json when the forge stops and read again at the
 * next start, in either dialect. */
#ifndef PRACTICE_PRACTICE_H
#define PRACTICE_PRACTICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/json.h"

struct ask;
struct err;
struct practice;
struct reply;

struct practice_options {
    const char *dir;
    struct clock clock;
    uint16_t port;             /* 0: any free one */
    const char *dialect;       /* "github" or "gitea" */
    const char *public_url;    /* API base as clients reach it; NULL: from the Host header */
    const char *load;          /* a file of API objects instead of the sample; NULL */
    const char *const *faults; /* "500=0.1", ends with NULL; NULL for none */
    uint64_t seed;             /* of the faults */
    int64_t latency_ms;        /* each reply of the API is held back so long; 0: not at all */
    bool has_rate_limit;
};

enum { PRACTICE_MAX_LATENCY_MS = 10000 };

/* The login that the token in DIR/token belongs to. */
#define PRACTICE_BOT "hearth-bot"

int practice_start(struct practice **ret, const struct practice_options *options,
                   struct err *err);
/* Stops serving and saves. The state is freed in any case. NULL is fine. */
int practice_stop(struct practice *p, struct err *err);

/* {"api", "git", "repo", "token_file"}: the line that `hearth practice` prints. New. */
json_t *practice_greeting(const struct practice *p);

/* One API request without a network; path as below the prefix. reply is initialised. */
void practice_answer(struct practice *p, const struct ask *ask, struct reply *reply);

#endif
