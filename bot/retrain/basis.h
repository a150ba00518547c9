/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/basis.h
 * basis: what a run builds on besides the contribution it judges: the model in service, and
 * the samples that were merged before, in training order. Owns its memory. */
#ifndef BOT_RETRAIN_BASIS_H
#define BOT_RETRAIN_BASIS_H
#include <stddef.h>
#include <stdint.h>

#include "bot/retrain/champion.h"
#include "bot/retrain/facts.h"
#include "bot/retrain/judge.h"

struct bot;
struct err;

struct basis {
    struct champion champion;
    struct facts_with *with; /* merged contributions, in order of merging */
    size_t n_with;
    size_t n_with_before;         /* of these stand before the contribution in the order */
    struct judge_sample *samples; /* theirs */
    size_t n_samples;
    size_t n_before; /* of these stand before the contribution in the order */
};

void basis_finish(struct basis *basis); /* NULL and half-built are fine */

/* As things stand now; the contribution of `number` itself is left out (0: none is).
 * merged_at: when that was merged, 0 when it is open and so comes last. */
int basis_read(struct basis *ret, struct bot *bot, int64_t number, int64_t merged_at,
               struct err *err);

/* As they stood when a comment of ours was written. -ERR_NOTFOUND when a contribution that it
 * names is not in the database (yet). */
int basis_replay(struct basis *ret, struct bot *bot, const struct facts *facts,
                 struct err *err);

#endif
