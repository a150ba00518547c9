/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/release_run.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "bot/bot.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/judge.h"
#include "bot/retrain/record.h"
#include "store/db.h"
#include "store/run.h"

/* Looks for a run whose contributions are those of a basis, word for word. */
struct search {
    struct bot *bot;
    const struct basis *basis;
    struct release_run *found;
    bool is_found;
    size_t n_seen; /* contributions of the run at hand */
    bool is_other;
};

static int compare(void *ctx, const struct run_contribution *c, struct err *err)
{
    struct search *search = ctx;
    const struct basis *basis = search->basis;
    size_t at = search->n_seen++;

    (void)err;
    if (at >= basis->n_with || basis->with[at].number != c->number ||
        strcmp(basis->with[at].sha, c->commit_sha) != 0)
        search->is_other = true;
    return 0;
}

static int look_at_run(void *ctx, const struct run *run, struct err *err)
{
    struct search *search = ctx;

    search->n_seen = 0;
    search->is_other = run->candidate_sha256[0] == '\0';
    int rc =
        run_each_contribution(search->bot->db, run->repo_id, run->id, compare, search, err);
    if (rc < 0 || search->is_other || search->n_seen != search->basis->n_with)
        return rc;
    search->is_found = true;
    search->found->is_accepted = run->is_accepted;
    (void)snprintf(search->found->id, sizeof(search->found->id), "%s", run->id);
    return 0;
}

/* Trains on the basis alone. */
static int make_run(struct release_run *ret, struct bot *bot, const struct basis *basis,
                    struct err *err)
{
    const struct judge_task task = {
        .config = bot->config,
        .cache = "",
        .champion = basis->champion.path,
        .merged = basis->samples,
        .n_merged = basis->n_samples,
        .n_before = basis->n_samples,
    };
    struct judgement judgement;

    judgement_init(&judgement);
    int rc = judge_run(&task, &judgement, err);
    if (rc == 0)
        rc = model_cache_put(bot, judgement.candidate_sha256, &judgement.model, err);
    if (rc == 0)
        rc = db_begin(bot->db, DB_DURABLE, err);
    if (rc == 0) {
        rc = record_run(ret->id, bot, NULL, basis, &judgement, NULL, err);
        if (rc == 0)
            rc = db_commit(bot->db, err);
        else
            db_rollback(bot->db);
    }
    ret->is_accepted = judgement.verdict.is_accepted;
    judgement_finish(&judgement);
    return rc;
}

int release_run_on(struct release_run *ret, struct bot *bot, const struct basis *basis,
                   struct err *err)
{
    struct search search = { .bot = bot, .basis = basis, .found = ret };

    int rc = run_each(bot->db, bot->repo_id, look_at_run, &search, err);
    if (rc < 0 || search.is_found)
        return rc;
    return make_run(ret, bot, basis, err);
}

int release_run_find(struct release_run *ret, struct bot *bot, struct err *err)
{
    struct basis basis = { 0 };

    int rc = basis_read(&basis, bot, 0, 0, err);
    if (rc == 0)
        rc = release_run_on(ret, bot, &basis, err);
    basis_finish(&basis);
    return rc;
}
