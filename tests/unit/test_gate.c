/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct gate_policy policy = { .mcnemar_p = 0.05, .max_nll_ratio = 1.02 };

static struct gate_measure measure(int64_t correct, double nll)
{
    return (struct gate_measure){ .n = 360, .correct = correct, .nll = nll };
}

/* lost, won: images that only the champion, only the candidate reads right. */
static struct gate_verdict judged(int64_t lost, int64_t won, double champion_nll,
                                  double candidate_nll, bool is_reproducible)
{
    const struct gate_measure champion = measure(340, champion_nll);
    const struct gate_measure candidate = measure(340 - lost + won, candidate_nll);
    const struct gate_pair pair = { lost, won };
    struct gate_verdict verdict;

    gate_judge(&verdict, &champion, &candidate, &pair, &policy, is_reproducible);
    return verdict;
}

static const struct gate_check *check_named(const struct gate_verdict *verdict,
                                            const char *name)
{
    for (size_t i = 0; i < verdict->n_checks; i++) {
        if (strcmp(verdict->checks[i].name, name) == 0)
            return &verdict->checks[i];
    }
    fail_msg("no check called %s", name);
    return NULL;
}

static void an_equal_model_is_accepted(void **state)
{
    struct gate_verdict verdict = judged(0, 0, 0.2, 0.2, true);

    (void)state;
    assert_true(verdict.is_accepted);
    assert_int_equal(verdict.n_checks, 3);
}

static void a_loss_that_chance_explains_is_accepted(void **state)
{
    struct gate_verdict verdict = judged(4, 0, 0.2, 0.2, true); /* p = 1/16 */

    (void)state;
    assert_true(verdict.is_accepted);
}

static void a_significant_loss_is_refused_by_the_accuracy_row_alone(void **state)
{
    struct gate_verdict verdict = judged(5, 0, 0.2, 0.2, true); /* p = 1/32 */

    (void)state;
    assert_false(verdict.is_accepted);
    assert_false(check_named(&verdict, "accuracy")->is_passed);
    assert_true(check_named(&verdict, "NLL")->is_passed);
    assert_non_null(strstr(check_named(&verdict, "accuracy")->evidence, "p = 0.031"));
}

static void gains_make_up_for_losses(void **state)
{
    (void)state;
    assert_true(judged(5, 5, 0.2, 0.2, true).is_accepted);
    assert_true(judged(0, 9, 0.2, 0.2, true).is_accepted);
}

static void worse_calibration_is_refused_at_its_limit(void **state)
{
    (void)state;
    assert_true(judged(0, 0, 0.2, 0.2039, true).is_accepted);
    struct gate_verdict verdict = judged(0, 3, 0.2, 0.2041, true);
    assert_false(verdict.is_accepted);
    assert_false(check_named(&verdict, "NLL")->is_passed);
    assert_non_null(strstr(check_named(&verdict, "NLL")->limit, "at most 0.2040"));
    assert_string_equal(check_named(&verdict, "NLL")->evidence, "0.2041");
}

static void a_training_that_cannot_be_repeated_is_refused(void **state)
{
    struct gate_verdict verdict = judged(0, 3, 0.2, 0.1, false);

    (void)state;
    assert_false(verdict.is_accepted);
    assert_false(check_named(&verdict, "reproducible")->is_passed);
    assert_string_equal(check_named(&verdict, "reproducible")->evidence, "other bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_equal_model_is_accepted),
        cmocka_unit_test(a_loss_that_chance_explains_is_accepted),
        cmocka_unit_test(a_significant_loss_is_refused_by_the_accuracy_row_alone),
        cmocka_unit_test(gains_make_up_for_losses),
        cmocka_unit_test(worse_calibration_is_refused_at_its_limit),
        cmocka_unit_test(a_training_that_cannot_be_repeated_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
