/* SPDX-License-Identifier: Apache-2.0
 *
 * The parent's half: asks, checks what comes back, and lets the gate decide. The child's half
 * is judge_child.c. */
#include "bot/retrain/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/worker.h"
#include "bot/retrain/judge_wire.h"
#include "config/config.h"

enum { MODEL_MAX_BYTES = 64 << 20, RESULT_MAX_BYTES = 64 << 20 };

void judgement_init(struct judgement *judgement)
{
    memset(judgement, 0, sizeof(*judgement));
    intake_init(&judgement->intake);
    buf_init(&judgement->model, MODEL_MAX_BYTES);
}

void judgement_finish(struct judgement *judgement)
{
    if (!judgement)
        return;
    intake_finish(&judgement->intake);
    buf_finish(&judgement->model);
}

/* What has come so far. */
struct answer {
    struct judgement *judgement;
    bool has_result;
};

static int take_frame(void *ctx, const struct worker_frame *frame, struct err *err)
{
    struct answer *answer = ctx;
    json_t *doc = NULL;

    if (frame->type == JUDGE_MODEL && answer->judgement->model.len == 0) {
        buf_add(&answer->judgement->model, frame->data, frame->len);
        return buf_check(&answer->judgement->model, "candidate", err);
    }
    if (frame->type != JUDGE_RESULT || answer->has_result)
        return err_set(err, ERR_PARSE, "judge: a frame that does not belong here");

    int rc = json_parse(&doc, frame->data, frame->len, "judge", err);
    if (rc == 0)
        rc = judgement_from_json(answer->judgement, doc, err);
    answer->has_result = rc == 0;
    json_decref(doc);
    return rc;
}

/* The bytes must be what the result says they are. */
static int check_answer(const struct answer *answer, struct err *err)
{
    const struct judgement *j = answer->judgement;
    char digest[SHA256_HEX_SIZE];

    if (!answer->has_result)
        return err_set(err, ERR_CRASH, "judge: ended without a result");
    if (!j->has_run)
        return 0;
    sha256_hex(digest, j->model.data, j->model.len);
    if (strcmp(digest, j->candidate_sha256) != 0)
        return err_set(err, ERR_PARSE, "judge: the candidate is not the one of its result");
    return 0;
}

int judge_run(const struct judge_task *task, struct judgement *ret, struct err *err)
{
    const struct config *config = task->config;
    struct answer answer = { .judgement = ret };
    json_t *request = judge_task_to_json(task);

    const struct worker_call call = {
        .kind = &judge_worker,
        .request = request,
        .max_memory = config->retrain.judge_memory,
        .deadline_ms = config->retrain.judge_timeout_s * 1000,
        .max_frame = RESULT_MAX_BYTES,
        .max_total = RESULT_MAX_BYTES + MODEL_MAX_BYTES,
        .on_frame = take_frame,
        .ctx = &answer,
    };

    int rc = request ? worker_run(&call, err)
                     : err_set(err, ERR_PARSE, "judge: a name that is not UTF-8");
    json_decref(request);
    if (rc == 0)
        rc = check_answer(&answer, err);
    if (rc == 0 && ret->has_run) {
        const struct gate_policy policy = { config->gate.mcnemar_p,
                                            config->gate.max_nll_ratio };

        gate_judge(&ret->verdict, &ret->champion, &ret->candidate, &ret->pair, &policy,
                   ret->is_reproducible);
    }
    return rc;
}
