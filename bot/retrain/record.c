/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "bot/bot.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/judge.h"
#include "bot/retrain/request.h"
#include "config/config.h"
#include "store/contribution.h"
#include "store/run.h"

enum { DOCUMENT_MAX_BYTES = 1 << 20 };

static struct sample sample_of(const struct intake_sample *from)
{
    return (struct sample){
        .path = from->path,
        .row = from->row,
        .digest = from->digest,
        .label = from->label,
        .is_accepted = from->reason == NULL,
        .reason = from->reason ? from->reason : "",
        .pixels = from->pixels,
        .n_pixels = from->reason ? 0 : INTAKE_PIXELS,
    };
}

int record_contribution(struct bot *bot, const struct request *request,
                        const struct judgement *judgement, const char *failure, struct err *err)
{
    const struct intake *intake = &judgement->intake;
    struct sample *samples = xcalloc(intake->n_samples, sizeof(*samples));
    size_t n_accepted = intake_accepted(intake);
    const char *fault = failure ? failure : intake->fault;
    char digest[SHA256_HEX_SIZE];

    intake_digest(intake, digest);
    for (size_t i = 0; i < intake->n_samples; i++) {
        samples[i] = sample_of(&intake->samples[i]);
        if (intake->fault && samples[i].is_accepted) {
            samples[i].is_accepted = false;
            samples[i].reason = intake->fault;
            samples[i].n_pixels = 0;
        }
    }
    const struct contribution row = {
        .repo_id = bot->repo_id,
        .number = request->number,
        .commit_sha = request->sha,
        .author = request->author,
        .licence = intake->licence,
        .digest = digest,
        .n_accepted = (int64_t)n_accepted,
        .n_refused = (int64_t)(intake->n_samples - n_accepted),
        .fault = fault ? fault : "",
    };

    int rc = contribution_put(bot->db, &row, samples, intake->n_samples, NULL, err);
    free(samples);
    return rc;
}

/* Everything that went in, a line each. */
static void name_run(char ret_id[RUN_ID_SIZE], const struct bot *bot,
                     const struct request *request, const struct judgement *j)
{
    char digest[SHA256_HEX_SIZE], intake[SHA256_HEX_SIZE];
    struct buf text;

    intake_digest(&j->intake, intake);
    buf_init(&text, DOCUMENT_MAX_BYTES);
    buf_printf(&text, "hearth run 1\npull %" PRId64 "\ncommit %s\narch %s\nseed %" PRId64 "\n",
               request ? request->number : 0, request ? request->sha : "",
               bot->config->retrain.arch, bot->config->retrain.seed);
    buf_printf(&text, "epochs %" PRId64 "\ncontribution %s\ndata %s\nchampion %s\n",
               bot->config->retrain.epochs, intake, j->data_digest, j->champion_sha256);
    sha256_hex(digest, text.data, text.len);
    (void)snprintf(ret_id, RUN_ID_SIZE, "%.16s", digest);
    buf_finish(&text);
}

static json_t *measure_to_json(const struct gate_measure *m)
{
    json_t *classes = json_array();

    for (size_t i = 0; i < GATE_LABELS; i++)
        (void)json_array_append_new(classes,
                                    json_pack("{sI, sI}", "n", (json_int_t)m->class_n[i],
                                              "correct", (json_int_t)m->class_correct[i]));
    return json_pack("{sI, sI, sf, sf, sf, so}", "n", (json_int_t)m->n, "correct",
                     (json_int_t)m->correct, "accuracy", (double)m->correct / (double)m->n,
                     "nll", m->nll, "ece", m->ece, "per_class", classes);
}

/* {holdout: n, champion: {..}, candidate: {..}}; {} when nothing was trained. */
static json_t *metrics_to_json(const struct judgement *j)
{
    if (!j->has_run)
        return json_object();
    return json_pack("{sI, so, so}", "holdout", (json_int_t)j->champion.n, "champion",
                     measure_to_json(&j->champion), "candidate",
                     measure_to_json(&j->candidate));
}

/* [{check, limit, found, passed}]: the gate's rows, or the one reason why there were none. */
static json_t *reasons_to_json(const struct judgement *j, const char *failure)
{
    const char *why = failure ? failure : j->intake.fault;
    json_t *rows = json_array();

    if (!j->has_run)
        (void)json_array_append_new(rows,
                                    json_pack("{ss, ss, ss, sb}", "check", "contribution",
                                              "limit", "at least one sample is accepted",
                                              "found", why ? why : "none is", "passed", 0));
    for (size_t i = 0; i < j->verdict.n_checks; i++) {
        const struct gate_check *check = &j->verdict.checks[i];

        (void)json_array_append_new(
            rows, json_pack("{ss, ss, ss, sb}", "check", check->name, "limit", check->limit,
                            "found", check->evidence, "passed", (int)check->is_passed));
    }
    return rows;
}

static int put_run(struct bot *bot, struct run *run, const struct run_contribution *from,
                   size_t n, const struct judgement *j, const char *failure, struct err *err)
{
    json_t *reasons = reasons_to_json(j, failure), *metrics = metrics_to_json(j);
    struct buf reasons_text, metrics_text;

    buf_init(&reasons_text, DOCUMENT_MAX_BYTES);
    buf_init(&metrics_text, DOCUMENT_MAX_BYTES);
    json_write(&reasons_text, reasons, 0);
    json_write(&metrics_text, metrics, 0);
    run->reasons = reasons_text.data;
    run->metrics = metrics_text.data;
    int rc = run_put(bot->db, run, from, n, NULL, err);
    buf_finish(&reasons_text);
    buf_finish(&metrics_text);
    json_decref(reasons);
    json_decref(metrics);
    return rc;
}

/* In training order: merged before, the contribution itself, merged after. */
static size_t list_contributions(struct run_contribution *from, const struct request *request,
                                 const struct basis *basis, const struct judgement *j)
{
    size_t n = 0;

    for (size_t i = 0; i <= basis->n_with && j->has_run; i++) {
        if (i == basis->n_with_before && request)
            from[n++] = (struct run_contribution){ request->number, request->sha };
        if (i < basis->n_with)
            from[n++] = (struct run_contribution){ basis->with[i].number, basis->with[i].sha };
    }
    return n;
}

int record_run(char ret_id[RUN_ID_SIZE], struct bot *bot, const struct request *request,
               const struct basis *basis, const struct judgement *judgement,
               const char *failure, struct err *err)
{
    struct run_contribution *from = xcalloc(basis->n_with + 1, sizeof(*from));

    name_run(ret_id, bot, request, judgement);
    struct run run = {
        .repo_id = bot->repo_id,
        .id = ret_id,
        .number = request ? request->number : 0,
        .commit_sha = request ? request->sha : "",
        .cause = request ? RUN_LABEL : RUN_RELEASE,
        .arch = bot->config->retrain.arch,
        .seed = bot->config->retrain.seed,
        .data_digest = judgement->data_digest,
        .n_train = judgement->n_train,
        .champion_sha256 = judgement->champion_sha256,
        .candidate_sha256 = judgement->candidate_sha256,
        .is_accepted = judgement->has_run && judgement->verdict.is_accepted,
        .ended_at = clock_now(bot->clock),
    };
    size_t n = list_contributions(from, request, basis, judgement);

    int rc = put_run(bot, &run, from, n, judgement, failure, err);
    free(from);
    return rc;
}
