/* SPDX-License-Identifier: Apache-2.0
 * Which samples may be trained on, and why not the others. */
#include "bot/retrain/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "bot/retrain/intake.h"
#include "bot/retrain/trusted.h"
#include "data/bundled.h"
#include "model/dataset.h"
#include "model/kernels.h"
#include "model/model.h"
#include "model/split.h"

/* Sets and a contribution that are empty at first. */
struct scene {
    struct dataset holdout, train;
    struct intake intake;
};

static int open_scene(void **state)
{
    struct scene *s = xcalloc(1, sizeof(*s));

    dataset_init(&s->holdout, INTAKE_SIDE);
    dataset_init(&s->train, INTAKE_SIDE);
    intake_init(&s->intake);
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *s = *state;

    dataset_finish(&s->holdout);
    dataset_finish(&s->train);
    intake_finish(&s->intake);
    free(s);
    return 0;
}

static struct intake_sample *add_sample(struct scene *s, const uint8_t *pixels, int label)
{
    struct intake *in = &s->intake;

    in->samples = xrealloc_array(in->samples, in->n_samples + 1, sizeof(*in->samples));
    struct intake_sample *ret = &in->samples[in->n_samples++];
    *ret = (struct intake_sample){ .path = xstrdup("contrib/a/b.csv"), .label = label };
    if (pixels) {
        ret->is_readable = true;
        memcpy(ret->pixels, pixels, INTAKE_PIXELS);
    } else {
        intake_refuse(ret, "unreadable");
    }
    return ret;
}

/* A stroke of four pixels down from (y, x). */
static void stroke(uint8_t out[INTAKE_PIXELS], int y, int x, uint8_t ink)
{
    memset(out, 0, INTAKE_PIXELS);
    for (int i = 0; i < 4; i++)
        out[(y + i) * INTAKE_SIDE + x] = ink;
}

/* Without a champion: leaks and duplicates alone. */
static void screen(struct scene *s)
{
    const struct screen_basis basis = { .holdout = &s->holdout, .train = &s->train };

    assert_int_equal(screen_intake(&s->intake, &basis, NULL), 0);
}

static void assert_reason(const struct scene *s, size_t i, const char *reason)
{
    const char *found = s->intake.samples[i].reason;

    if (strcmp(found ? found : "", reason) != 0)
        fail_msg("sample %zu: '%s', not '%s'", i, found ? found : "", reason);
}

static const char leak[] = "the same drawing as an image that models are tested on";

static void a_drawing_of_the_holdout_is_refused_however_it_was_moved(void **state)
{
    struct scene *s = *state;
    uint8_t image[INTAKE_PIXELS];

    stroke(image, 2, 6, 16); /* of others before it */
    assert_int_equal(dataset_add(&s->holdout, image, 1, NULL), 0);
    stroke(image, 2, 3, 16);
    assert_int_equal(dataset_add(&s->holdout, image, 1, NULL), 0);
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            stroke(image, 2 + dy, 3 + dx, 16);
            (void)add_sample(s, image, 1);
        }
    }
    stroke(image, 2, 3, 5); /* fainter */
    (void)add_sample(s, image, 1);
    stroke(image, 2, 1, 16); /* elsewhere */
    (void)add_sample(s, image, 1);
    screen(s);
    for (size_t i = 0; i < 10; i++)
        assert_reason(s, i, leak);
    assert_reason(s, 10, "");
}

/* In units of the darkest pixel: a distance of 0.6. */
static void a_drawing_is_the_same_up_to_a_distance(void **state)
{
    struct scene *s = *state;
    uint8_t image[INTAKE_PIXELS];

    stroke(image, 2, 3, 16);
    assert_int_equal(dataset_add(&s->holdout, image, 1, NULL), 0);
    image[0] = 9; /* 0.56 */
    (void)add_sample(s, image, 1);
    image[0] = 10; /* 0.63 */
    (void)add_sample(s, image, 1);
    screen(s);
    assert_reason(s, 0, leak);
    assert_reason(s, 1, "");
}

static void of_equal_pictures_the_first_stays(void **state)
{
    struct scene *s = *state;
    uint8_t known[INTAKE_PIXELS], fresh[INTAKE_PIXELS], other[INTAKE_PIXELS];

    stroke(known, 0, 0, 16);
    stroke(fresh, 0, 3, 16);
    stroke(other, 4, 6, 16);
    assert_int_equal(dataset_add(&s->train, other, 2, NULL), 0);
    assert_int_equal(dataset_add(&s->train, known, 3, NULL), 0);
    assert_int_equal(dataset_add(&s->train, known, 3, NULL), 0);
    (void)add_sample(s, fresh, 5);
    (void)add_sample(s, NULL, -1);
    (void)add_sample(s, known, 3);
    (void)add_sample(s, fresh, 5);
    (void)add_sample(s, known, 4);
    (void)add_sample(s, fresh, 6);
    memset(fresh, 0, sizeof(fresh)); /* as the pixels of what could not be read */
    (void)add_sample(s, fresh, 0);
    screen(s);
    assert_reason(s, 0, "");
    assert_reason(s, 1, "unreadable");
    assert_reason(s, 2, "already in the training data");
    assert_reason(s, 3, "already in this contribution");
    assert_reason(s, 4, "already in the training data with the label 3");
    assert_reason(s, 5, "already in this contribution with the label 5");
    assert_reason(s, 6, "");
    assert_int_equal(intake_accepted(&s->intake), 2);
}

/* n drawings that neither the champion nor the sets of the scene know. */
static void add_practice(struct scene *s, size_t n)
{
    const struct embedded *digits = bundled_digits(), *split = bundled_split();
    struct dataset all, rows;

    dataset_init(&all, INTAKE_SIDE);
    dataset_init(&rows, INTAKE_SIDE);
    assert_int_equal(
        dataset_read_csv(&all, (const char *)digits->data, digits->len, "digits", NULL), 0);
    assert_int_equal(
        split_select(&rows, &all, SPLIT_PRACTICE, (const char *)split->data, split->len, NULL),
        0);
    for (size_t i = 0; i < n; i++)
        (void)add_sample(s, dataset_image(&rows, i), rows.labels[i]);
    dataset_finish(&all);
    dataset_finish(&rows);
}

/* As in service, with the thresholds that are given. */
static void screen_in_service(struct scene *s, double min_label_p, double max_unlike,
                              double alarm_p)
{
    const struct embedded *champion = bundled_champion();
    struct trusted trusted = { 0 };
    struct model *model = NULL;
    struct screen_basis basis = { .holdout = &trusted.holdout,
                                  .trusted = &trusted.base,
                                  .train = &trusted.base,
                                  .min_label_p = min_label_p,
                                  .max_unlike = max_unlike,
                                  .alarm_p = alarm_p };

    assert_int_equal(kernels_choose(&basis.kernels, NULL, NULL), 0);
    assert_int_equal(trusted_load(&trusted, NULL), 0);
    assert_int_equal(model_read(&model, champion->data, champion->len, "bundled", NULL), 0);
    basis.champion = model;
    assert_int_equal(screen_intake(&s->intake, &basis, NULL), 0);
    model_free(model);
    trusted_finish(&trusted);
}

static size_t n_with_reason(const struct scene *s, const char *part)
{
    size_t n = 0;

    for (size_t i = 0; i < s->intake.n_samples; i++)
        n += s->intake.samples[i].reason && strstr(s->intake.samples[i].reason, part);
    return n;
}

static const char contradicts[] = "the model in service gives the label";

static void a_label_that_contradicts_the_model_is_for_a_person_to_see(void **state)
{
    struct scene *s = *state;

    (void)add_sample(s, NULL, -1); /* has no probability of its own */
    add_practice(s, 20);
    s->intake.samples[7].label = (s->intake.samples[7].label + 1) % 10;
    screen_in_service(s, 0.1, 0, 0.001);
    assert_non_null(s->intake.samples[7].reason);
    assert_non_null(strstr(s->intake.samples[7].reason, contradicts));
    assert_in_range(n_with_reason(s, contradicts), 1, 3);
    assert_null(s->intake.fault);
}

static void labels_that_contradict_it_too_often_fault_the_contribution(void **state)
{
    struct scene *s = *state;

    add_practice(s, 20);
    for (size_t i = 0; i < 20; i++)
        s->intake.samples[i].label = (s->intake.samples[i].label + 1) % 10;
    screen_in_service(s, 0.1, 0, 0); /* no alarm is set */
    assert_null(s->intake.fault);
    assert_in_range(n_with_reason(s, contradicts), 15, 20);
    screen_in_service(s, 0.1, 0, 0.001);
    assert_non_null(s->intake.fault);
    assert_non_null(strstr(s->intake.fault, "of 20 labels contradict the model in service"));
}

static void a_picture_of_no_digit_is_refused(void **state)
{
    struct scene *s = *state;
    uint8_t noise[INTAKE_PIXELS];

    for (size_t i = 0; i < INTAKE_PIXELS; i++)
        noise[i] = (i + i / INTAKE_SIDE) % 2 ? 16 : 0; /* a chessboard */
    (void)add_sample(s, NULL, -1);
    (void)add_sample(s, noise, 8);
    add_practice(s, 10);
    screen_in_service(s, 0, 1.5, 0);
    assert_reason(s, 0, "unreadable");
    assert_non_null(s->intake.samples[1].reason);
    assert_non_null(strstr(s->intake.samples[1].reason, "unlike any digit"));
    assert_int_equal(n_with_reason(s, "unlike"), 1);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_drawing_of_the_holdout_is_refused_however_it_was_moved),
        SCENE(a_drawing_is_the_same_up_to_a_distance),
        SCENE(of_equal_pictures_the_first_stays),
        SCENE(a_label_that_contradicts_the_model_is_for_a_person_to_see),
        SCENE(labels_that_contradict_it_too_often_fault_the_contribution),
        SCENE(a_picture_of_no_digit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
