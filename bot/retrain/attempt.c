/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/attempt.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/retrain/answer.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/fetch.h"
#include "bot/retrain/judge.h"
#include "bot/retrain/record.h"
#include "bot/retrain/request.h"
#include "config/config.h"
#include "store/approval.h"

enum { MAX_OBJECTS_PER_FILE = 8, LEAST_OBJECTS = 100000 };

static struct approval approval_of(struct bot *bot, const struct request *request,
                                   enum approval_state state)
{
    return (struct approval){
        .repo_id = bot->repo_id,
        .number = request->number,
        .commit_sha = request->sha,
        .event_id = request->event_id,
        .actor = request->actor,
        .role = request->role,
        .state = state,
        .reason = request->reason ? request->reason : "",
        .checked_at = clock_now(bot->clock),
    };
}

static int fetch_commit(struct bot *bot, const struct request *request, const char *cache,
                        struct err *err)
{
    const struct config *config = bot->config;
    char *parent = config_path(config, "cache/git");
    struct fetch fetch = {
        .cache = cache,
        .url = bot->clone_url,
        .base_ref = request->base_ref,
        .number = request->number,
        .max_bytes = config->retrain.max_pack_size,
        .max_objects = config->retrain.max_files * MAX_OBJECTS_PER_FILE + LEAST_OBJECTS,
        .timeout_ms = config->retrain.fetch_timeout_s * 1000,
    };

    int rc = fs_mkdirs(parent, 0750, err);
    if (rc == 0)
        rc = forge_token(bot->forge, &fetch.token, err);
    if (rc == 0)
        rc = fetch_pull(&fetch, err);
    free(parent);
    return rc;
}

/* What its bytes do to a worker is a fault of the contribution, not of the cycle. */
static bool is_contributors(int rc)
{
    return rc == -ERR_LIMIT || rc == -ERR_TIMEOUT || rc == -ERR_CRASH || rc == -ERR_PARSE;
}

/* Fetches and judges. *ret_failure (the caller's) says why the judge could not finish. */
static int examine(struct bot *bot, const struct request *request, const struct basis *basis,
                   struct judgement *judgement, char **ret_failure, struct err *err)
{
    char *name = xasprintf("cache/git/%" PRId64 ".git", bot->repo_id);
    char *cache = config_path(bot->config, name);
    const struct judge_task task = {
        .config = bot->config,
        .cache = cache,
        .commit = request->sha,
        .base_commit = request->base_sha,
        .author = request->author,
        .champion = basis->champion.path,
        .merged = basis->samples,
        .n_merged = basis->n_samples,
        .n_before = basis->n_before,
    };
    struct err why = { 0 };

    int rc = fetch_commit(bot, request, cache, &why);
    bool is_theirs = rc == -ERR_LIMIT;
    if (rc == 0) {
        rc = judge_run(&task, judgement, &why);
        is_theirs = is_contributors(rc);
    }
    if (is_theirs) {
        *ret_failure = xstrdup(why.msg);
        rc = 0;
    } else if (rc < 0) {
        rc = rc == -ERR_NOTFOUND ? err_set(err, ERR_CONFLICT, "%s", why.msg)
                                 : err_set(err, (enum err_code)why.code, "%s", why.msg);
    }
    free(cache);
    free(name);
    return rc;
}

/* The transaction of the diagram in attempt.h. */
static int conclude(struct bot *bot, const struct request *request, const struct basis *basis,
                    const struct judgement *judgement, const char *failure, struct err *err)
{
    const struct approval approval = approval_of(bot, request, APPROVAL_GRANTED);
    struct answer answer = { request, basis, judgement, NULL, failure };
    char run_id[RUN_ID_SIZE];

    int rc = db_begin(bot->db, DB_DURABLE, err);
    if (rc < 0)
        return rc;
    rc = approval_put(bot->db, &approval, NULL, err);
    if (rc == 0)
        rc = record_contribution(bot, request, judgement, failure, err);
    if (rc == 0)
        rc = record_run(run_id, bot, request, basis, judgement, failure, err);
    if (rc == 0)
        rc = approval_set_used(bot->db, &approval, err);
    if (rc == 0 && request->is_standing) {
        answer.run_id = judgement->has_run ? run_id : NULL;
        rc = answer_plan_verdict(bot, &answer, err);
    }
    if (rc == 0)
        return db_commit(bot->db, err);
    db_rollback(bot->db);
    return rc;
}

int attempt_run(struct bot *bot, const struct request *request, const struct basis *basis,
                struct err *err)
{
    struct judgement judgement;
    char *failure = NULL;

    judgement_init(&judgement);
    int rc = examine(bot, request, basis, &judgement, &failure, err);
    if (rc == 0 && failure) {
        judgement_finish(&judgement);
        judgement_init(&judgement);
    }
    if (rc == 0 && judgement.has_run)
        rc = model_cache_put(bot, judgement.candidate_sha256, &judgement.model, err);
    if (rc == 0)
        rc = conclude(bot, request, basis, &judgement, failure, err);
    judgement_finish(&judgement);
    free(failure);
    return rc;
}

int attempt_refuse(struct bot *bot, const struct request *request, struct err *err)
{
    const struct approval approval = approval_of(bot, request, APPROVAL_REFUSED);

    int rc = db_begin(bot->db, DB_DURABLE, err);
    if (rc < 0)
        return rc;
    rc = approval_put(bot->db, &approval, NULL, err);
    if (rc == 0)
        rc = answer_plan_refusal(bot, request, err);
    if (rc == 0)
        return db_commit(bot->db, err);
    db_rollback(bot->db);
    return rc;
}
