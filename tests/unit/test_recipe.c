/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recipe.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "model/arch.h"

static size_t field_of(const char *name)
{
    size_t i = 0;

    while (recipe_field(i) && strcmp(recipe_field(i), name) != 0)
        i++;
    assert_non_null(recipe_field(i));
    return i;
}

static void every_field_survives_being_text(void **state)
{
    const struct recipe strange = { .seed = INT64_MAX,
                                    .epochs = 9999,
                                    .batch = 63,
                                    .learning_rate = 1.0 / 3.0,
                                    .optimizer = OPTIMIZER_SGD,
                                    .schedule = SCHEDULE_ONE_CYCLE,
                                    .weight_decay = 0x1.123456789abcdp-7,
                                    .momentum = 0.9,
                                    .validation = 0.25,
                                    .patience = 7,
                                    .augment = { 12.0, 0.25, 0.72, 0.15, 0.5 } };
    struct recipe back = { 0 };

    (void)state;
    assert_int_equal(recipe_check(&strange, NULL), 0);
    for (size_t i = 0; recipe_field(i); i++) {
        char text[RECIPE_MAX_TEXT], again[RECIPE_MAX_TEXT];

        recipe_text(text, &strange, i);
        assert_int_equal(recipe_set(&back, i, text, "field", NULL), 0);
        recipe_text(again, &back, i);
        assert_string_equal(again, text);
        assert_true(recipe_is_named(&back, i));
    }
    assert_true(back.seed == strange.seed && back.epochs == strange.epochs);
    assert_true(fabs(back.learning_rate - strange.learning_rate) <= 0.0);
    assert_true(fabs(back.weight_decay - strange.weight_decay) <= 0.0);
}

static void numbers_are_as_short_as_they_can_be(void **state)
{
    const struct recipe recipe = { .learning_rate = 3e-3 };
    char text[RECIPE_MAX_TEXT];

    (void)state;
    recipe_text(text, &recipe, field_of("learning_rate"));
    assert_string_equal(text, "0.003");
}

static void classic_recipe_names_only_what_it_always_named(void **state)
{
    static const char *const old[] = { "seed", "epochs", "batch", "learning_rate",
                                       "optimizer" };

    (void)state;
    for (size_t i = 0; recipe_field(i); i++) {
        bool is_old = false;

        for (size_t k = 0; k < sizeof(old) / sizeof(old[0]); k++)
            is_old = is_old || strcmp(old[k], recipe_field(i)) == 0;
        assert_int_equal(recipe_is_named(&arch_mlp.recipe, i), is_old);
    }
}

static void what_is_out_of_bounds_is_refused_by_name(void **state)
{
    static const struct {
        const char *field, *text, *says;
    } cases[] = {
        { "seed", "-1", "--x: -1 is outside 0.." },
        { "epochs", "0", "--x: 0 is outside 1..10000" },
        { "batch", "65", "--x: 65 is outside 1..64" },
        { "learning_rate", "nan", "--x: 'nan' is not a number" },
        { "learning_rate", "0", "--x: 0 is outside 1e-09..10" },
        { "optimizer", "lion", "--x: 'lion' is none of adam, adamw, sgd" },
        { "schedule", "step", "--x: 'step' is none of constant, cosine, one-cycle" },
        { "weight_decay", "2", "--x: 2 is outside 0..1" },
        { "validation", "0.51", "--x: 0.51 is outside 0..0.5" },
        { "patience", "1e3", "--x: '1e3' is not a whole number" },
        { "momentum", "1", "--x: 1 is outside 0..0.9999" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct recipe recipe = arch_mlp.recipe;
        struct err err = { 0 };

        assert_true(recipe_set(&recipe, field_of(cases[i].field), cases[i].text, "--x", &err) <
                    0);
        assert_non_null(strstr(err.msg, cases[i].says));
        assert_memory_equal(&recipe, &arch_mlp.recipe, sizeof(recipe));
    }
}

static void check_sees_every_field(void **state)
{
    const struct recipe good = arch_mlp.recipe;
    struct recipe bad[9];

    (void)state;
    for (size_t i = 0; i < 9; i++)
        bad[i] = good;
    bad[0].seed = UINT64_MAX;
    bad[1].epochs = 0;
    bad[2].batch = 65;
    bad[3].learning_rate = (double)NAN;
    bad[4].optimizer = (enum optimizer)77;
    bad[5].schedule = (enum schedule)77;
    bad[6].weight_decay = -1.0;
    bad[7].momentum = 1.0;
    bad[8].validation = 0.6;
    assert_int_equal(recipe_check(&good, NULL), 0);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(recipe_check(&bad[i], NULL), -ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_survives_being_text),
        cmocka_unit_test(numbers_are_as_short_as_they_can_be),
        cmocka_unit_test(classic_recipe_names_only_what_it_always_named),
        cmocka_unit_test(what_is_out_of_bounds_is_refused_by_name),
        cmocka_unit_test(check_sees_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
