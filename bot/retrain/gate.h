/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/gate.h
 * gate: may this candidate follow that champion? A list of checks, each with its limit.
 * Pure arithmetic on what both models said about the frozen hold-out; no I/O. */
#ifndef BOT_RETRAIN_GATE_H
#define BOT_RETRAIN_GATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GATE_LABELS = 10, GATE_MAX_CHECKS = 8 };

/* One model on the hold-out. */
struct gate_measure {
    int64_t n, correct;
    double nll; /* mean negative log-likelihood, nats */
    double ece; /* expected calibration error, 0..1 */
    int64_t class_n[GATE_LABELS], class_correct[GATE_LABELS]; /* by true label */
};

/* Both models on the same images: who was right where the other was wrong. */
struct gate_pair {
    int64_t only_champion; /* images that only the champion reads right */
    int64_t only_candidate;
};

struct gate_policy {
    double mcnemar_p;     /* a loss with a smaller p is significant */
    double max_nll_ratio; /* candidate over champion */
};

struct gate_check {
    char name[32];  /* "accuracy" */
    char limit[96]; /* what would have been refused, in words */
    char evidence[128];
    bool is_passed;
};

struct gate_verdict {
    struct gate_check checks[GATE_MAX_CHECKS];
    size_t n_checks;
    bool is_accepted; /* every check passed */
};

/* is_reproducible: a second training gave the same bytes. */
void gate_judge(struct gate_verdict *verdict, const struct gate_measure *champion,
                const struct gate_measure *candidate, const struct gate_pair *pair,
                const struct gate_policy *policy, bool is_reproducible);

#endif
