/* SPDX-License-Identifier: Apache-2.0 */
#include "model/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/rng.h"
#include "model/model.h"
#include "model/train.h"

#include "tests/unit/digits.h"

struct scene {
    char *folder, *path; /* of the checkpoint */
    struct dataset data;
    struct train_options options;
    size_t stop_after; /* epochs, then the training fails as if it had been killed */
};

static int stop(void *ctx, const struct train_progress *progress, struct err *err)
{
    const struct scene *s = ctx;

    return progress->epoch == s->stop_after ? err_set(err, ERR_CRASH, "stopped") : 0;
}

static void scene_init(struct scene *s, const struct arch *arch)
{
    memset(s, 0, sizeof(*s));
    assert_int_equal(fs_temp_dir(&s->folder, NULL, NULL), 0);
    s->path = fs_path(s->folder, "checkpoint.safetensors", NULL);
    s->data = digits_part(SPLIT_PRACTICE);
    s->options = (struct train_options){
        .arch = arch, .recipe = arch->recipe, .threads = 1, .on_progress = stop, .ctx = s
    };
    s->options.recipe.epochs = 4;
    s->options.checkpoint = (struct train_checkpoint){ .path = s->path, .every = 1 };
    assert_int_equal(kernels_choose(&s->options.kernels, NULL, NULL), 0);
}

static void scene_finish(struct scene *s)
{
    assert_int_equal(fs_remove(s->folder, NULL), 0);
    dataset_finish(&s->data);
    free(s->folder);
    free(s->path);
}

/* Trains to the end; the hash of the model's file. */
static void train(char hash[SHA256_HEX_SIZE], struct scene *s, enum train_start start,
                  size_t resumed_at)
{
    struct train_report report = { 0 };
    struct model *m = NULL;
    struct err err = { 0 };
    struct buf file;

    s->stop_after = SIZE_MAX;
    s->options.checkpoint.start = start;
    if (train_model(&m, &report, &s->data, &s->options, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(report.resumed_at, resumed_at);
    buf_init(&file, MODEL_MAX_FILE_BYTES);
    assert_int_equal(model_write(&file, m, NULL), 0);
    sha256_hex(hash, file.data, file.len);
    buf_finish(&file);
    model_free(m);
    train_report_finish(&report);
}

static void train_and_die(struct scene *s, enum train_start start, size_t after)
{
    struct model *m = NULL;

    s->stop_after = after;
    s->options.checkpoint.start = start;
    assert_int_equal(train_model(&m, NULL, &s->data, &s->options, NULL), -ERR_CRASH);
    assert_null(m);
}

static int resume(struct scene *s, struct err *err)
{
    struct model *m = NULL;

    s->stop_after = SIZE_MAX;
    s->options.checkpoint.start = TRAIN_RESUME;
    int rc = train_model(&m, NULL, &s->data, &s->options, err);
    model_free(m);
    return rc;
}

static void every_architecture_resumes_to_the_same_bits(void **state)
{
    const struct arch *arch;

    (void)state;
    for (size_t i = 0; (arch = arch_at(i)) != NULL; i++) {
        char whole[SHA256_HEX_SIZE], resumed[SHA256_HEX_SIZE];
        struct scene s;

        scene_init(&s, arch);
        train(whole, &s, TRAIN_ANEW, 0);
        train_and_die(&s, TRAIN_ANEW, 1);
        train_and_die(&s, TRAIN_RESUME, 3);
        s.options.threads = 2;
        train(resumed, &s, TRAIN_RESUME, 3);
        print_message("# %-4s resumed twice, then on two threads %s\n", arch->name, resumed);
        assert_string_equal(resumed, whole);
        scene_finish(&s);
    }
}

static void schedule_and_best_model_are_resumed_too(void **state)
{
    char whole[SHA256_HEX_SIZE], resumed[SHA256_HEX_SIZE];
    struct scene s;

    (void)state;
    scene_init(&s, &arch_mlp);
    s.options.recipe.optimizer = OPTIMIZER_SGD;
    s.options.recipe.momentum = 0.9;
    s.options.recipe.schedule = SCHEDULE_ONE_CYCLE;
    s.options.recipe.learning_rate = 0.5;
    s.options.recipe.validation = 0.3;
    s.options.recipe.patience = 3;
    s.options.recipe.epochs = 12;
    train(whole, &s, TRAIN_ANEW, 0);
    train_and_die(&s, TRAIN_ANEW, 5);
    train(resumed, &s, TRAIN_RESUME, 5);
    assert_string_equal(resumed, whole);
    scene_finish(&s);
}

static void checkpoint_of_a_complete_training_gives_its_model_again(void **state)
{
    char whole[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];
    struct scene s;

    (void)state;
    scene_init(&s, &arch_mlp);
    train(whole, &s, TRAIN_ANEW, 0);
    train(again, &s, TRAIN_RESUME, 4);
    assert_string_equal(again, whole);
    scene_finish(&s);
}

static void without_a_file_resuming_starts_anew(void **state)
{
    char whole[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];
    struct scene s;

    (void)state;
    scene_init(&s, &arch_mlp);
    train(whole, &s, TRAIN_ANEW, 0);
    assert_int_equal(fs_remove(s.path, NULL), 0);
    train(again, &s, TRAIN_RESUME, 0);
    assert_string_equal(again, whole);
    scene_finish(&s);
}

static void another_training_is_refused_by_what_differs(void **state)
{
    struct err err = { 0 };
    struct scene s;

    (void)state;
    scene_init(&s, &arch_mlp);
    train_and_die(&s, TRAIN_ANEW, 1);
    s.options.recipe.seed = 9;
    assert_int_equal(resume(&s, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "its seed is 0, now it is 9"));
    s.options.recipe.seed = 0;
    s.options.recipe.schedule = SCHEDULE_COSINE;
    assert_int_equal(resume(&s, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "its schedule is constant, now it is cosine"));
    s.options.recipe.schedule = SCHEDULE_CONSTANT;
    s.data.pixels[5] ^= 1;
    assert_int_equal(resume(&s, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "its data_sha256 is"));
    s.data.pixels[5] ^= 1;
    assert_int_equal(resume(&s, &err), 0);
    scene_finish(&s);
}

/* Writes the checkpoint anew, cut to len bytes, byte `at` changed to c. */
static void damage(const struct scene *s, const struct buf *good, size_t len, size_t at, char c)
{
    char *bytes = malloc(good->len);

    assert_non_null(bytes);
    memcpy(bytes, good->data, good->len);
    bytes[at] = c;
    FILE *f = fopen(s->path, "wb"); /* not fs_write(), which waits for the disk */
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    free(bytes);
}

static void damaged_files_are_refused(void **state)
{
    struct err err = { 0 };
    struct scene s;
    struct buf good;

    (void)state;
    scene_init(&s, &arch_mlp);
    train_and_die(&s, TRAIN_ANEW, 1);
    buf_init(&good, 1 << 20);
    assert_int_equal(fs_read(&good, s.path, NULL), 0);
    for (size_t len = 0; len < good.len; len += 97 + len / 5) {
        damage(&s, &good, len, good.len - 1, 0);
        assert_true(resume(&s, &err) < 0);
        assert_non_null(strstr(err.msg, "checkpoint.safetensors"));
    }
    const char *name = strstr(good.data + 8, "state.003");
    assert_non_null(name);
    damage(&s, &good, good.len, (size_t)(name - good.data), 'S');
    assert_int_equal(resume(&s, &err), -ERR_PARSE);
    scene_finish(&s);
    buf_finish(&good);
}

static void numbers_that_are_not_finite_are_refused(void **state)
{
    struct err err = { 0 };
    struct scene s;
    struct buf good;

    (void)state;
    scene_init(&s, &arch_mlp);
    train_and_die(&s, TRAIN_ANEW, 1);
    buf_init(&good, 1 << 20);
    assert_int_equal(fs_read(&good, s.path, NULL), 0);
    good.data[good.len - 1] = 0x7f;
    damage(&s, &good, good.len, good.len - 2, (char)0x80);
    assert_int_equal(resume(&s, &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "is not finite"));
    scene_finish(&s);
    buf_finish(&good);
}

static void any_byte_of_the_header_may_be_wrong(void **state)
{
    struct scene s;
    struct buf good;
    struct rng rng;

    (void)state;
    scene_init(&s, &arch_mlp);
    s.options.recipe.epochs = 2;
    train_and_die(&s, TRAIN_ANEW, 1);
    buf_init(&good, 1 << 20);
    assert_int_equal(fs_read(&good, s.path, NULL), 0);
    rng_init(&rng, 1, 1);
    for (size_t i = 0; i < 400; i++) {
        size_t at = rng_below(&rng, 2000);

        damage(&s, &good, good.len, at, (char)rng_below(&rng, 256));
        (void)resume(&s, NULL); /* an error or not, but nothing that a sanitizer sees */
    }
    scene_finish(&s);
    buf_finish(&good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_architecture_resumes_to_the_same_bits),
        cmocka_unit_test(schedule_and_best_model_are_resumed_too),
        cmocka_unit_test(checkpoint_of_a_complete_training_gives_its_model_again),
        cmocka_unit_test(without_a_file_resuming_starts_anew),
        cmocka_unit_test(another_training_is_refused_by_what_differs),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(numbers_that_are_not_finite_are_refused),
        cmocka_unit_test(any_byte_of_the_header_may_be_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
