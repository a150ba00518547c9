/* SPDX-License-Identifier: Apache-2.0
 *
 * The child's half of the judge: everything that touches contributed bytes. */
#include "bot/retrain/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/git.h"
#include "base/worker.h"
#include "bot/retrain/judge_wire.h"
#include "bot/retrain/screen.h"
#include "bot/retrain/source.h"
#include "bot/retrain/trusted.h"
#include "data/bundled.h"
#include "model/arch.h"
#include "model/eval.h"
#include "model/kernels.h"
#include "model/model.h"
#include "model/train.h"

enum { MAX_FILE_BYTES = 64 << 20 };

/* What one judgement is made from. */
struct bench {
    struct judge_order order;
    const struct kernels *kernels;
    struct trusted trusted;
    struct model *champion;
    struct dataset train;
};

static void bench_finish(struct bench *bench)
{
    judge_order_finish(&bench->order);
    trusted_finish(&bench->trusted);
    model_free(bench->champion);
    dataset_finish(&bench->train);
}

static int load_champion(struct bench *bench, struct judgement *j, struct err *err)
{
    struct buf file;
    int rc = 0;

    buf_init(&file, MAX_FILE_BYTES);
    if (bench->order.champion[0]) {
        rc = fs_read(&file, bench->order.champion, err);
    } else {
        const struct embedded *bundled = bundled_champion();

        buf_add(&file, bundled->data, bundled->len);
    }
    if (rc == 0)
        rc = model_read(&bench->champion, file.data, file.len, "champion", err);
    if (rc == 0)
        sha256_hex(j->champion_sha256, file.data, file.len);
    buf_finish(&file);
    return rc;
}

/* The pull request's own files: what its branch point does not have. */
static int read_contribution(struct bench *bench, struct intake *intake, struct err *err)
{
    const struct judge_order *order = &bench->order;
    const struct intake_policy policy = { .author = order->author,
                                          .licences = order->licences,
                                          .n_licences = order->n_licences,
                                          .max_samples = order->max_samples,
                                          .max_file_size = order->max_file_size };
    char commit[GIT_HEX_SIZE], base[GIT_HEX_SIZE];
    struct git_repo *repo = NULL;
    struct source *source = NULL;

    int rc = git_setup(err);
    if (rc == 0)
        rc = git_open(&repo, order->cache, err);
    if (rc == 0)
        rc = git_resolve(commit, repo, order->commit, err);
    if (rc == 0)
        rc = git_find_base(base, repo, order->commit, order->base_commit, err);
    if (rc == 0)
        rc = source_from_commit(&source, repo, commit, base, "contrib", order->max_files, err);
    if (rc == 0)
        rc = intake_read(intake, source, &policy, err);
    source_free(source);
    git_close(repo);
    return rc;
}

static int add_merged(struct bench *bench, size_t from, size_t to, struct err *err)
{
    int rc = 0;

    for (size_t i = from; rc == 0 && i < to; i++)
        rc = dataset_add(&bench->train, bench->order.merged[i].pixels,
                         bench->order.merged[i].label, err);
    return rc;
}

static int add_accepted(struct bench *bench, const struct intake *intake, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < intake->n_samples && !intake->fault; i++) {
        const struct intake_sample *sample = &intake->samples[i];

        if (!sample->reason)
            rc = dataset_add(&bench->train, sample->pixels, sample->label, err);
    }
    return rc;
}

/* base, merged before, this contribution, merged after: the order that decides the bits. */
static int collect_training_set(struct bench *bench, const struct intake *intake,
                                struct err *err)
{
    int rc = dataset_append(&bench->train, &bench->trusted.base, err);

    if (rc == 0)
        rc = add_merged(bench, 0, bench->order.n_before, err);
    if (rc == 0)
        rc = add_accepted(bench, intake, err);
    if (rc == 0)
        rc = add_merged(bench, bench->order.n_before, bench->order.n_merged, err);
    return rc;
}

static int screen(struct bench *bench, struct intake *intake, struct err *err)
{
    struct screen_basis basis = {
        .holdout = &bench->trusted.holdout,
        .trusted = &bench->trusted.base,
        .champion = bench->champion,
        .kernels = bench->kernels,
        .min_label_p = bench->order.min_label_p,
        .max_unlike = bench->order.max_unlike,
        .alarm_p = bench->order.alarm_p,
    };
    struct dataset known;

    dataset_init(&known, INTAKE_SIDE);
    int rc = dataset_append(&known, &bench->trusted.base, err);
    for (size_t i = 0; rc == 0 && i < bench->order.n_merged; i++)
        rc = dataset_add(&known, bench->order.merged[i].pixels, bench->order.merged[i].label,
                         err);
    basis.train = &known;
    if (rc == 0)
        rc = screen_intake(intake, &basis, err);
    dataset_finish(&known);
    return rc;
}

/* One training; its file into out. */
static int train_once(const struct bench *bench, size_t threads, struct model **ret,
                      struct buf *out, struct err *err)
{
    struct train_options options = { .kernels = bench->kernels, .threads = threads };

    int rc = arch_find(&options.arch, bench->order.arch, err);
    if (rc < 0)
        return rc;
    options.recipe = *arch_recipe(options.arch, bench->train.side);
    options.recipe.seed = bench->order.seed;
    options.recipe.epochs = bench->order.epochs;
    rc = train_model(ret, NULL, &bench->train, &options, err);
    return rc < 0 ? rc : model_write(out, *ret, err);
}

/* Trains twice, with other numbers of threads: bytes that differ stop the candidate. */
static int train_candidate(const struct bench *bench, struct judgement *j, struct model **ret,
                           struct err *err)
{
    struct model *again = NULL;
    struct buf second;

    buf_init(&second, MAX_FILE_BYTES);
    int rc = train_once(bench, bench->order.threads, ret, &j->model, err);
    if (rc == 0)
        rc = train_once(bench, bench->order.threads == 1 ? 2 : 1, &again, &second, err);
    if (rc == 0) {
        j->is_reproducible =
            second.len == j->model.len && memcmp(second.data, j->model.data, second.len) == 0;
        sha256_hex(j->candidate_sha256, j->model.data, j->model.len);
        dataset_digest(j->data_digest, &bench->train);
        j->n_train = (int64_t)bench->train.n;
    }
    model_free(again);
    buf_finish(&second);
    return rc;
}

static void take_measure(struct gate_measure *measure, const struct eval *eval)
{
    measure->n = (int64_t)eval->n;
    measure->correct = (int64_t)eval->n_right;
    measure->nll = eval->nll;
    measure->ece = eval->ece;
    for (size_t truth = 0; truth < GATE_LABELS; truth++) {
        for (size_t said = 0; said < GATE_LABELS; said++)
            measure->class_n[truth] += (int64_t)eval->confusion[truth][said];
        measure->class_correct[truth] = (int64_t)eval->confusion[truth][truth];
    }
}

static int measure(const struct bench *bench, const struct model *candidate,
                   struct judgement *j, struct err *err)
{
    const struct dataset *holdout = &bench->trusted.holdout;
    struct eval old = { 0 }, new = { 0 };

    int rc = eval_model(&old, bench->champion, holdout, bench->kernels, err);
    if (rc == 0)
        rc = eval_model(&new, candidate, holdout, bench->kernels, err);
    if (rc == 0) {
        struct mcnemar pair = mcnemar_compare(&old, &new, holdout);

        take_measure(&j->champion, &old);
        take_measure(&j->candidate, &new);
        j->pair.only_champion = (int64_t)pair.only_first;
        j->pair.only_candidate = (int64_t)pair.only_second;
    }
    eval_finish(&old);
    eval_finish(&new);
    return rc;
}

static int judge(struct bench *bench, struct judgement *j, struct err *err)
{
    struct model *candidate = NULL;
    int rc = 0;

    if (bench->order.commit[0]) {
        rc = read_contribution(bench, &j->intake, err);
        if (rc == 0)
            rc = screen(bench, &j->intake, err);
        if (rc < 0 || intake_accepted(&j->intake) == 0)
            return rc;
    }
    rc = collect_training_set(bench, &j->intake, err);
    if (rc == 0)
        rc = train_candidate(bench, j, &candidate, err);
    if (rc == 0)
        rc = measure(bench, candidate, j, err);
    j->has_run = rc == 0;
    model_free(candidate);
    return rc;
}

static int send_judgement(struct worker_io *io, const struct judgement *j, struct err *err)
{
    json_t *doc = judgement_to_json(j);
    struct buf text;
    int rc = 0;

    if (!doc)
        return err_set(err, ERR_PARSE, "judge: a file name that is not UTF-8");
    buf_init(&text, MAX_FILE_BYTES);
    json_write(&text, doc, 0);
    json_decref(doc);
    rc = buf_check(&text, "judgement", err);
    if (rc == 0)
        rc = worker_send(io, JUDGE_RESULT, text.data, text.len, err);
    if (rc == 0 && j->has_run)
        rc = worker_send(io, JUDGE_MODEL, j->model.data, j->model.len, err);
    buf_finish(&text);
    return rc;
}

static int run_judge(struct worker_io *io, const json_t *request, struct err *err)
{
    struct bench bench = { 0 };
    struct judgement judgement;

    judgement_init(&judgement);
    dataset_init(&bench.train, INTAKE_SIDE);
    int rc = judge_order_from_json(&bench.order, request, err);
    if (rc == 0)
        rc = kernels_choose(&bench.kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = trusted_load(&bench.trusted, err);
    if (rc == 0)
        rc = load_champion(&bench, &judgement, err);
    if (rc == 0)
        rc = judge(&bench, &judgement, err);
    if (rc == 0)
        rc = send_judgement(io, &judgement, err);
    judgement_finish(&judgement);
    bench_finish(&bench);
    return rc;
}

static const char *const judge_reads[] = { "cache", "champion", NULL };

const struct worker_kind judge_worker = {
    .name = "judge",
    .jail = WORKER_JAILED,
    .max_cpu_s = 3600,
    .run = run_judge,
    .reads = judge_reads,
};
