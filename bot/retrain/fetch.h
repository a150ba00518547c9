/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/fetch.h
 * fetch: the worker that has the token and the network, and reads no blob.
 * It brings the head of a pull request and the branch it goes to into the cache repository.
 * libgit2 1.5 knows no timeouts, so it runs in a child with a deadline. */
#ifndef BOT_RETRAIN_FETCH_H
#define BOT_RETRAIN_FETCH_H
#include <stdint.h>

struct err;
struct worker_kind;

extern const struct worker_kind fetch_worker;

struct fetch {
    const char *cache;    /* path of the bare cache repository, made when absent */
    const char *url;      /* clone address, without credentials */
    const char *token;    /* NULL: anonymous */
    const char *base_ref; /* branch that the pull request goes to */
    int64_t number;       /* of the pull request */
    int64_t max_bytes, max_objects;
    int64_t timeout_ms;
};

/* Afterwards refs/hearth/pull/N and refs/hearth/base/BRANCH stand in the cache; where the
 * branch was renamed or deleted since, refs/hearth/base/HEAD of the default one. -ERR_LIMIT
 * names the limit, -ERR_TIMEOUT the deadline; -ERR_AUTH, -ERR_NOTFOUND, -ERR_NET, -ERR_GIT. */
int fetch_pull(const struct fetch *fetch, struct err *err);

#endif
