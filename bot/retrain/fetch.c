/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/fetch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git.h"
#include "base/json.h"
#include "base/worker.h"

enum { FETCH_MAX_REPLY_BYTES = 4096 };

static int fetch_ref(struct git_repo *repo, const json_t *request, struct json_reader *r,
                     const char *ref_key, struct err *err)
{
    const char *token = json_str(r, request, "token", JSON_OPTIONAL);
    struct git_fetch_options options = {
        .url = json_str(r, request, "url", JSON_REQUIRED),
        .user = token[0] != '\0' ? "x-access-token" : NULL,
        .token = token[0] != '\0' ? token : NULL,
        .refspec = json_str(r, request, ref_key, JSON_REQUIRED),
        .max_bytes = json_i64(r, request, "max_bytes", 1, INT64_MAX),
        .max_objects = json_i64(r, request, "max_objects", 1, INT64_MAX),
    };

    int rc = json_reader_check(r, err);
    return rc < 0 ? rc : git_fetch(repo, &options, err);
}

/* In the child. */
static int run_fetch(struct worker_io *io, const json_t *request, struct err *err)
{
    struct git_repo *repo = NULL;
    struct json_reader r;

    (void)io;
    json_reader_init(&r, "fetch");
    const char *cache = json_str(&r, request, "cache", JSON_REQUIRED);
    int rc = json_reader_check(&r, err);
    if (rc == 0)
        rc = git_init_bare(&repo, cache, err);
    if (rc == 0)
        rc = fetch_ref(repo, request, &r, "base_refspec", err);
    if (rc == -ERR_NOTFOUND)
        rc = fetch_ref(repo, request, &r, "head_refspec", err);
    if (rc == 0)
        rc = fetch_ref(repo, request, &r, "pull_refspec", err);
    git_close(repo);
    return rc;
}

const struct worker_kind fetch_worker = {
    .name = "fetch",
    .jail = WORKER_NETWORKED,
    .run = run_fetch,
};

int fetch_pull(const struct fetch *fetch, struct err *err)
{
    char *base =
        xasprintf("+refs/heads/%s:refs/hearth/base/%s", fetch->base_ref, fetch->base_ref);
    char *pull = xasprintf("+refs/pull/%" PRId64 "/head:refs/hearth/pull/%" PRId64,
                           fetch->number, fetch->number);
    json_t *request = json_pack(
        "{ss, ss, ss, ss, ss, ss, sI, sI}", "cache", fetch->cache, "url", fetch->url, "token",
        fetch->token ? fetch->token : "", "base_refspec", base, "head_refspec",
        "+HEAD:refs/hearth/base/HEAD", "pull_refspec", pull, "max_bytes",
        (json_int_t)fetch->max_bytes, "max_objects", (json_int_t)fetch->max_objects);
    const struct worker_call call = {
        .kind = &fetch_worker,
        .request = request,
        .deadline_ms = fetch->timeout_ms,
        .max_frame = FETCH_MAX_REPLY_BYTES,
        .max_total = FETCH_MAX_REPLY_BYTES,
    };

    int rc = request ? worker_run(&call, err)
                     : err_set(err, ERR_PARSE, "an address or branch that is not UTF-8");
    json_decref(request);
    free(base);
    free(pull);
    return rc < 0 ? err_wrap(err, rc, "fetching pull request %" PRId64, fetch->number) : 0;
}
