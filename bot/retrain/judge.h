/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/judge.h
 * judge: the worker that touches contributed bytes: reads, screens, trains, measures.
 * It has no token and no network; it reads the cache repository and the models, and answers by
 * a pipe in a format that the parent checks as if a stranger had written it. */
#ifndef BOT_RETRAIN_JUDGE_H
#define BOT_RETRAIN_JUDGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "bot/retrain/intake.h"
#include "bot/retrain/gate.h"

struct config;
struct err;
struct worker_kind;

extern const struct worker_kind judge_worker;

/* A sample that was accepted before: read from our own database, trained on again. */
struct judge_sample {
    int label;
    uint8_t pixels[INTAKE_PIXELS];
};

struct judge_task {
    const struct config *config;
    const char *cache;                 /* path of the cache repository */
    const char *commit;                /* of the contribution; NULL: train on `merged` only */
    const char *base_commit;           /* what stands there is not part of it */
    const char *author;                /* login of who contributes */
    const char *champion;              /* path of its safetensors file; NULL: the bundled one */
    const struct judge_sample *merged; /* in training order */
    size_t n_merged;
    size_t n_before; /* of these, so many stand before the contribution in the order */
};

/* What the judge found. Owns its memory. */
struct judgement {
    struct intake intake; /* screened; empty when there was no contribution */
    bool has_run;         /* false: nothing was left to train on; the rest is empty */
    char champion_sha256[SHA256_HEX_SIZE], candidate_sha256[SHA256_HEX_SIZE];
    char data_digest[SHA256_HEX_SIZE]; /* of the training set, in order */
    int64_t n_train;
    struct gate_measure champion, candidate;
    struct gate_pair pair;
    bool is_reproducible; /* a second training gave the same bytes */
    struct gate_verdict verdict;
    struct buf model; /* the candidate as safetensors */
};

void judgement_init(struct judgement *judgement);
void judgement_finish(struct judgement *judgement); /* NULL and half-built are fine */

/* -ERR_TIMEOUT, -ERR_CRASH, -ERR_LIMIT when the worker died of what it read: that is a fault of
 * the contribution, for the caller to report as such. */
int judge_run(const struct judge_task *task, struct judgement *ret, struct err *err);

#endif
