/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/dossier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/http.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/retrain/champion.h"
#include "bot/retrain/trusted.h"
#include "config/config.h"
#include "model/eval.h"
#include "model/kernels.h"
#include "model/model.h"
#include "store/approval.h"
#include "store/contribution.h"
#include "store/event.h"
#include "store/run.h"
#include "store/thread.h"

enum { MODEL_MAX_BYTES = 64 << 20 };

/* The bundled digits, as every card credits them. */
static const struct package_base bundled_base = {
    .id = "uci/optdigits",
    .title = "Optical Recognition of Handwritten Digits",
    .credit = "E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository",
    .url = "https://doi.org/10.24432/C50P49",
    .licence = "CC-BY-4.0",
};

void dossier_finish(struct dossier *dossier)
{
    if (!dossier)
        return;
    for (size_t i = 0; i < dossier->n_owned; i++)
        free(dossier->owned[i]);
    free(dossier->owned);
    free(dossier->contributions);
    buf_finish(&dossier->weights);
    json_decref(dossier->evaluation);
    json_decref(dossier->verdict);
    *dossier = (struct dossier){ 0 };
}

/* Takes the memory and keeps it as long as the dossier lives. */
static const void *take(struct dossier *d, void *memory)
{
    d->owned = xrealloc_array(d->owned, d->n_owned + 1, sizeof(*d->owned));
    d->owned[d->n_owned++] = memory;
    return memory;
}

static const char *keep(struct dossier *d, const char *text)
{
    return take(d, xstrdup(text));
}

struct gathering {
    struct dossier *dossier;
    struct bot *bot;
    struct package_contribution *contribution; /* the one that is being filled */
    int64_t event_id;                          /* of its approval */
    size_t n_samples;
    struct package_sample *samples;
    char candidate_sha256[SHA256_HEX_SIZE];
};

static int take_run(void *ctx, const struct run *run, struct err *err)
{
    struct gathering *g = ctx;
    struct dossier *d = g->dossier;

    d->release.run = (struct package_run){
        .id = keep(d, run->id),
        .number = run->number,
        .commit_sha = keep(d, run->commit_sha),
        .cause = run_cause_name(run->cause),
        .data_digest = keep(d, run->data_digest),
        .n_train = run->n_train,
        .champion_sha256 = keep(d, run->champion_sha256),
    };
    (void)snprintf(g->candidate_sha256, sizeof(g->candidate_sha256), "%s",
                   run->candidate_sha256);
    return json_parse(&d->verdict, run->reasons, strlen(run->reasons), "run.reasons", err);
}

static int take_merge(void *ctx, const struct thread *thread, struct err *err)
{
    struct gathering *g = ctx;

    (void)err;
    g->contribution->merged_at = thread->merged_at;
    return 0;
}

static int take_target(void *ctx, const struct pull *pull, struct err *err)
{
    struct gathering *g = ctx;
    struct dossier *d = g->dossier;

    (void)err; /* the release is made from the newest merge */
    if (g->contribution->merged_at >= d->release.dated_at) {
        d->release.dated_at = g->contribution->merged_at;
        (void)snprintf(d->target_sha, sizeof(d->target_sha), "%s", pull->merge_sha);
    }
    return 0;
}

static int take_approval(void *ctx, const struct approval *approval, struct err *err)
{
    struct gathering *g = ctx;

    (void)err;
    if (approval->state != APPROVAL_USED ||
        strcmp(approval->commit_sha, g->contribution->commit_sha) != 0)
        return 0;
    g->contribution->approved_by = keep(g->dossier, approval->actor);
    g->contribution->approved_role = keep(g->dossier, approval->role);
    g->event_id = approval->event_id;
    return 0;
}

/* The forge's time of the approval: ours would differ when the release is made again. */
static int take_approval_time(void *ctx, const struct event *event, struct err *err)
{
    struct gathering *g = ctx;

    (void)err;
    if (event->id == g->event_id)
        g->contribution->approved_at = event->created_at;
    return 0;
}

static int take_sample(void *ctx, const struct sample *sample, struct err *err)
{
    struct gathering *g = ctx;

    (void)err;
    if (!sample->is_accepted)
        return 0;
    g->samples = xrealloc_array(g->samples, g->n_samples + 1, sizeof(*g->samples));
    g->samples[g->n_samples++] = (struct package_sample){
        .digest = keep(g->dossier, sample->digest),
        .path = keep(g->dossier, sample->path),
        .row = sample->row,
        .label = sample->label,
    };
    return 0;
}

static int take_contribution(void *ctx, const struct contribution *c, struct err *err)
{
    struct gathering *g = ctx;
    struct dossier *d = g->dossier;
    size_t n = d->release.n_contributions;

    (void)err;
    d->contributions = xrealloc_array(d->contributions, n + 1, sizeof(*d->contributions));
    d->contributions[n] = (struct package_contribution){
        .number = c->number,
        .commit_sha = keep(d, c->commit_sha),
        .author = keep(d, c->author),
        .licence = keep(d, c->licence),
        .digest = keep(d, c->digest),
        .approved_by = "",
        .approved_role = "",
    };
    d->release.n_contributions = n + 1;
    return 0;
}

/* What lies around one contribution: its merge, its approval, its samples. */
static int fill_contribution(struct gathering *g, struct package_contribution *c,
                             struct err *err)
{
    struct db *db = g->bot->db;
    int64_t repo_id = g->bot->repo_id;

    g->contribution = c;
    g->event_id = 0;
    g->samples = NULL;
    g->n_samples = 0;
    int rc = thread_get(db, repo_id, c->number, take_merge, g, err);
    if (rc == 0)
        rc = pull_get(db, repo_id, c->number, take_target, g, err);
    if (rc == 0)
        rc = approval_each_of_pull(db, repo_id, c->number, take_approval, g, err);
    if (rc == 0 && g->event_id > 0)
        rc = event_each_of_thread(db, repo_id, c->number, take_approval_time, g, err);
    if (rc == 0)
        rc = sample_each(db, repo_id, c->number, c->commit_sha, take_sample, g, err);
    c->samples = take(g->dossier, g->samples);
    c->n_samples = g->n_samples;
    return rc;
}

/* Addresses for people; a forge on this machine has none that others could follow. */
static void fill_addresses(struct dossier *d, const struct bot *bot)
{
    struct http_url url;

    d->release.source_url = "";
    d->release.pull_prefix = "";
    if (http_url_parse(&url, bot->clone_url, NULL) < 0 || url.is_loopback)
        return;
    size_t len = strlen(bot->clone_url) - (text_has_suffix(bot->clone_url, ".git") ? 4 : 0);
    d->release.source_url = take(d, xstrndup(bot->clone_url, len));
    d->release.pull_prefix = take(d, xasprintf("%s/pull/", d->release.source_url));
}

/* The card's figures: the weights as they are released, on the hold-out. */
static int evaluate(struct dossier *d, struct err *err)
{
    const struct kernels *kernels = NULL;
    struct trusted trusted = { 0 };
    struct model *model = NULL;
    struct eval eval = { 0 };

    int rc = kernels_choose(&kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = trusted_load(&trusted, err);
    if (rc == 0)
        rc = model_read(&model, d->weights.data, d->weights.len, "candidate", err);
    if (rc == 0)
        rc = eval_model(&eval, model, &trusted.holdout, kernels, err);
    if (rc == 0) {
        char digest[SHA256_HEX_SIZE];

        dataset_digest(digest, &trusted.base);
        d->evaluation = eval_json(&eval);
        d->release.base.digest = keep(d, digest);
        d->release.base.n_train = (int64_t)trusted.base.n;
        d->release.base.n_holdout = (int64_t)trusted.holdout.n;
    }
    eval_finish(&eval);
    model_free(model);
    trusted_finish(&trusted);
    return rc;
}

static int read_weights(struct dossier *d, struct bot *bot, const char *sha256, struct err *err)
{
    char *path = model_cache_path(bot, sha256), digest[SHA256_HEX_SIZE];

    int rc = fs_read(&d->weights, path, err);
    if (rc == 0) {
        sha256_hex(digest, d->weights.data, d->weights.len);
        if (strcmp(digest, sha256) != 0)
            rc = err_set(err, ERR_IO, "'%s' is damaged: remove it", path);
    }
    free(path);
    return rc;
}

static int gather(struct gathering *g, const char *run_id, struct err *err)
{
    struct dossier *d = g->dossier;
    struct bot *bot = g->bot;

    int rc = run_get(bot->db, bot->repo_id, run_id, take_run, g, err);
    if (rc == 0)
        rc = contribution_each_of_run(bot->db, bot->repo_id, run_id, take_contribution, g, err);
    for (size_t i = 0; rc == 0 && i < d->release.n_contributions; i++)
        rc = fill_contribution(g, &d->contributions[i], err);
    if (rc == 0)
        rc = read_weights(d, bot, g->candidate_sha256, err);
    if (rc == 0)
        rc = evaluate(d, err);
    return rc;
}

int dossier_read(struct dossier *ret, struct bot *bot, const char *version,
                 const char *previous, const char *run_id, struct err *err)
{
    struct dossier d = { .release.base = bundled_base };
    struct gathering g = { .dossier = &d, .bot = bot };

    buf_init(&d.weights, MODEL_MAX_BYTES);
    d.release.version = keep(&d, version);
    d.release.previous = keep(&d, previous);
    d.release.hub_id = bot->config->release.hub_repo;
    d.release.title = bot->config->release.title;
    d.release.licence = bot->config->release.model_licence;
    fill_addresses(&d, bot);
    int rc = gather(&g, run_id, err);
    if (rc < 0) {
        dossier_finish(&d);
        return rc;
    }
    d.release.weights = d.weights.data;
    d.release.weights_len = d.weights.len;
    d.release.evaluation = d.evaluation;
    d.release.verdict = d.verdict;
    d.release.contributions = d.contributions;
    *ret = d;
    ret->release.target_sha = ret->target_sha;
    return 0;
}
