/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/gate.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "model/eval.h"

static struct gate_check *add_check(struct gate_verdict *verdict, const char *name, bool passed)
{
    assert(verdict->n_checks < GATE_MAX_CHECKS);
    struct gate_check *check = &verdict->checks[verdict->n_checks++];

    (void)snprintf(check->name, sizeof(check->name), "%s", name);
    check->is_passed = passed;
    verdict->is_accepted = verdict->is_accepted && passed;
    return check;
}

/* Losing more images than are won is chance or not: exact one-sided McNemar (McNemar 1947),
 * the chance of at least so many losses among the images on which the two models differ. */
static void check_accuracy(struct gate_verdict *verdict, const struct gate_pair *pair,
                           const struct gate_policy *policy)
{
    double p =
        mcnemar_exact((size_t)pair->only_champion, (size_t)pair->only_candidate).p_second_worse;
    struct gate_check *check = add_check(verdict, "accuracy", p >= policy->mcnemar_p);

    (void)snprintf(check->limit, sizeof(check->limit), "no significant loss: p at least %.2g",
                   policy->mcnemar_p);
    (void)snprintf(check->evidence, sizeof(check->evidence),
                   "%" PRId64 " read right only by the model in service, %" PRId64
                   " only by the candidate, p = %.3f",
                   pair->only_champion, pair->only_candidate, p);
}

/* Wrong labels hurt calibration long before they hurt accuracy. */
static void check_nll(struct gate_verdict *verdict, const struct gate_measure *champion,
                      const struct gate_measure *candidate, const struct gate_policy *policy)
{
    double most = champion->nll * policy->max_nll_ratio;
    struct gate_check *check = add_check(verdict, "NLL", candidate->nll <= most);

    (void)snprintf(check->limit, sizeof(check->limit), "at most %.4f (%.2f times %.4f)", most,
                   policy->max_nll_ratio, champion->nll);
    (void)snprintf(check->evidence, sizeof(check->evidence), "%.4f", candidate->nll);
}

static void check_reproducible(struct gate_verdict *verdict, bool is_reproducible)
{
    struct gate_check *check = add_check(verdict, "reproducible", is_reproducible);

    (void)snprintf(check->limit, sizeof(check->limit),
                   "a second training gives the same bytes");
    (void)snprintf(check->evidence, sizeof(check->evidence), "%s",
                   is_reproducible ? "the same" : "other bytes");
}

void gate_judge(struct gate_verdict *verdict, const struct gate_measure *champion,
                const struct gate_measure *candidate, const struct gate_pair *pair,
                const struct gate_policy *policy, bool is_reproducible)
{
    *verdict = (struct gate_verdict){ .is_accepted = true };
    check_accuracy(verdict, pair, policy);
    check_nll(verdict, champion, candidate, policy);
    check_reproducible(verdict, is_reproducible);
}
