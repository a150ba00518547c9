/* SPDX-License-Identifier: Apache-2.0
 * practice/server.h
 * server: the running practice forge, as the files that make it up see it.
 * `lock` is held around everything but sending, sleeping and git's own processes. */
#ifndef PRACTICE_SERVER_H
#define PRACTICE_SERVER_H
#include <pthread.h>

#include "practice/faults.h"
#include "practice/forge.h"
#include "practice/rate.h"

struct ask;
struct dialect;
struct httpd;
struct reply;

enum { REQUEST_MAX_BYTES = 256 << 20 };

struct practice {
    struct forge forge;
    const struct dialect *dialect;
    struct faults faults;
    struct rate signed_in, anonymous;
    pthread_mutex_t lock;
    struct httpd *httpd;
    char *public_url;         /* or NULL */
    char *token;              /* of PRACTICE_BOT */
    struct practice_app *app; /* NULL until one is registered */
    int64_t latency_ms;
    int lock_fd;      /* the folder is ours; -1: not yet */
    json_t *requests; /* ["GET /api/v3/user 200"], the last ones, for tests */
};

/* pipeline.c: from a request to its reply. host: for URLs in replies; may be NULL. */
void practice_api(struct practice *p, const struct ask *ask, const char *host,
                  struct reply *reply);

/* control.c: /_practice/... */
void practice_control(struct practice *p, const struct ask *ask, struct reply *reply);

/* download.c: a file of a published release; no token, no faults. */
void practice_download(struct practice *p, const char *tag, const char *name,
                       struct reply *reply);

/* git_backend.c: rest is the path behind OWNER/NAME.git, with its slash. */
void practice_git(struct practice *p, const struct ask *ask, const char *rest,
                  struct reply *reply);

/* Whose token a request carries. SIGN_APP: one that an App got; SIGN_PROOF: what an App gets it
 * by, right or wrong; SIGN_WRONG: one that is nobody's. */
enum sign { SIGN_NONE, SIGN_BOT, SIGN_APP, SIGN_PROOF, SIGN_WRONG };
enum sign practice_sign(const struct practice *p, const struct ask *ask);

#endif
