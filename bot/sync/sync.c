/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a sync: the repository and who we are, comments, review comments, then threads,
 * then events. Comments come before threads, because a thread that then tells fewer comments
 * than we hold has lost one, and not merely gained one that we do not know yet. Where a forge
 * has no list of review comments and events, they are read thread by thread, after the threads.
 */
#include "bot/sync/sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "bot/sync/reading.h"
#include "store/http_cache.h"
#include "store/repository.h"

enum { VALIDATOR_LIFE_S = 30 * 86400 };

static int take_repo(void *ctx, const struct forge_repo *repo, struct err *err)
{
    struct reading *rd = ctx;
    struct sync_result *result = rd->result;

    (void)err;
    rd->repo_id = repo->id;
    rd->n_open = repo->n_open;
    rd->hides_issues = !repo->has_issues;
    result->repo_id = repo->id;
    result->owner = xstrdup(repo->owner);
    result->name = xstrdup(repo->name);
    result->default_branch = xstrdup(repo->default_branch);
    result->clone_url = xstrdup(repo->clone_url);
    result->head_sha = xstrdup(repo->head_sha);
    result->is_archived = repo->is_archived;
    result->may_push = repo->may_push;
    result->may_triage = repo->may_triage;
    return 0;
}

static void set_self(struct sync_result *result, int64_t id, const char *login)
{
    free(result->self_login);
    result->self_id = id;
    result->self_login = xstrdup(login);
}

static int take_self(void *ctx, const struct forge_user *me, struct err *err)
{
    (void)err;
    set_self(ctx, me->id, me->login);
    return 0;
}

static int take_known_self(void *ctx, const struct repository *row, struct err *err)
{
    (void)err;
    set_self(ctx, row->self_id, row->self_login);
    return 0;
}

/* Asked conditionally only while there is a row that a 304 can stand for. */
static int read_self(struct reading *rd, struct err *err)
{
    struct sync_result *result = rd->result;

    int rc = repository_get(rd->db, rd->repo_id, take_known_self, result, err);
    if (rc == -ERR_NOTFOUND)
        return forge_me(rd->forge, take_self, result, err);
    return rc < 0 ? rc : forge_poll_me(rd->forge, take_self, result, err);
}

static int put_repository(struct reading *rd, struct err *err)
{
    const struct sync_result *result = rd->result;
    const struct repository row = {
        .id = result->repo_id,
        .owner = result->owner,
        .name = result->name,
        .default_branch = result->default_branch,
        .is_archived = result->is_archived,
        .self_id = result->self_id,
        .self_login = result->self_login,
        .first_seen_at = clock_now(rd->options->clock),
    };

    return repository_put(rd->db, &row, NULL, err);
}

static int read_repository(struct reading *rd, struct err *err)
{
    int rc = forge_get_repo(rd->forge, take_repo, rd, err);
    if (rc < 0)
        return rc;
    rc = read_self(rd, err);
    if (rc < 0)
        return err_wrap(err, rc, "who the token belongs to");
    rd->self_id = rd->result->self_id;
    return put_repository(rd, err);
}

static int read_news(struct reading *rd, struct err *err)
{
    static const enum sync_list_name order[] = { SYNC_COMMENTS, SYNC_REVIEW_COMMENTS,
                                                 SYNC_ISSUES };

    bool lists_all = forge_has(rd->forge, FORGE_LISTS_ALL);

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        int rc = 0;
        if (order[i] != SYNC_REVIEW_COMMENTS || lists_all)
            rc = list_follow(rd, order[i], NULL, err);
        if (rc < 0)
            return rc;
    }
    return follow_vanished(rd, err);
}

static int read_all(struct reading *rd, struct err *err)
{
    int rc = read_repository(rd, err);
    if (rc == 0)
        rc = rd->options->mode == SYNC_FULL ? follow_everything(rd, err) : read_news(rd, err);
    if (rc == 0)
        rc = forge_has(rd->forge, FORGE_LISTS_ALL) ? list_follow_events(rd, err)
                                                   : visit_changed(rd, err);
    if (rc < 0)
        return rc;
    return http_cache_expire(rd->db, clock_now(rd->options->clock) - VALIDATOR_LIFE_S, err);
}

int sync_run(const struct sync_options *options, struct sync_result *ret, struct err *err)
{
    struct err inner = { 0 };
    struct reading rd = {
        .options = options, .db = options->db, .forge = options->forge, .result = ret
    };

    memset(ret, 0, sizeof(*ret));
    int rc = read_all(&rd, &inner);
    if (rc == -ERR_BUDGET && ret->repo_id > 0 && ret->self_id > 0) {
        ret->is_left = true;
        (void)snprintf(ret->why_left, sizeof(ret->why_left), "%.255s", inner.msg);
        return 0;
    }
    if (rc < 0 && err)
        *err = inner;
    return rc;
}

void sync_result_finish(struct sync_result *result)
{
    if (!result)
        return;
    free(result->owner);
    free(result->name);
    free(result->default_branch);
    free(result->clone_url);
    free(result->head_sha);
    free(result->self_login);
    memset(result, 0, sizeof(*result));
}
