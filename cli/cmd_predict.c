/* SPDX-License-Identifier: Apache-2.0
 * hearth predict: which digit each picture shows; of a vae, how well it knows each. Reads the
 * pictures of the person who runs it; what strangers send is decoded in the worker. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/predict_vae.h"
#include "cli/results.h"
#include "model/arch.h"
#include "model/eval.h"
#include "model/image.h"
#include "model/kernels.h"
#include "model/model.h"

enum { PICTURE_MAX_BYTES = 64 << 20, MAX_PICTURES = 10000 };

static const struct cmd_option options[] = {
    { .name = "--out", .arg = "DIR", .help = "of a vae: where the pictures that it makes go" },
    { .name = "--generate",
      .arg = "N",
      .help = "of a vae: N new pictures instead, and a sheet" },
    { .name = "--seed", .arg = "N", .help = "of --generate (default 0)" },
    { 0 },
};

static int read_picture(uint8_t *pixels, const struct model *m, const char *path,
                        struct err *err)
{
    struct image image = { 0 };
    struct buf file;

    buf_init(&file, PICTURE_MAX_BYTES);
    int rc = fs_read(&file, path, err);
    if (rc == 0)
        rc = image_decode_png(&image, file.data, file.len, path, err);
    if (rc == 0)
        rc = image_fit(pixels, m->shape.side, m->shape.max_value, &image, path, err);
    image_finish(&image);
    buf_finish(&file);
    return rc;
}

static size_t best_of(const float *p, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        best = p[i] > p[best] ? i : best;
    return best;
}

static void print_json(const char *const *names, const float *p, size_t n, size_t classes)
{
    json_t *all = json_array(), *doc = json_pack("{s:o}", "predictions", all);

    for (size_t i = 0; i < n; i++) {
        json_t *list = json_array();

        for (size_t o = 0; o < classes; o++)
            json_array_append_new(list, json_real((double)p[i * classes + o]));
        json_array_append_new(all,
                              json_pack("{s:o, s:I, s:o}", "image", json_any_text(names[i]),
                                        "label", (json_int_t)best_of(p + i * classes, classes),
                                        "probabilities", list));
    }
    results_print_json(doc);
}

static void print_text(const char *const *names, const float *p, size_t n, size_t classes)
{
    for (size_t i = 0; i < n; i++) {
        const float *row = p + i * classes;

        printf("%s: %zu ", names[i], best_of(row, classes));
        for (size_t o = 0; o < classes; o++)
            printf(" %.4f", (double)row[o]);
        (void)putchar('\n');
    }
}

static int classify(const struct app *app, const struct model *m, const char *const *names,
                    const uint8_t *pixels, size_t n, struct err *err)
{
    size_t classes = m->shape.classes;
    float *p = xcalloc(n * classes, sizeof(*p));
    const struct kernels *kernels = NULL;

    int rc = kernels_choose(&kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = predict_probabilities(p, m, pixels, n, kernels, err);
    if (rc == 0 && app->json)
        print_json(names, p, n, classes);
    else if (rc == 0)
        print_text(names, p, n, classes);
    free(p);
    return rc;
}

static int predict(const struct app *app, const struct model *m, const struct cmd_args *args,
                   struct err *err)
{
    const char *folder = cmd_value(args, "--out", NULL), *const *names = args->operands + 1;
    size_t size = m->shape.side * m->shape.side, n = args->n_operands - 1;
    uint8_t *pixels = xcalloc(n, size);
    int rc = 0;

    if (folder && !m->arch->score)
        rc =
            err_set(err, ERR_USAGE, "--out: a model of the architecture '%s' makes no pictures",
                    m->arch->name);
    else if (n == 0)
        rc = err_set(err, ERR_USAGE, "predict needs IMAGE.., or --generate N");
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = read_picture(pixels + i * size, m, names[i], err);
    if (rc == 0)
        rc = m->arch->score ? predict_vae_scores(app, m, names, pixels, n, folder, err)
                            : classify(app, m, names, pixels, n, err);
    free(pixels);
    return rc;
}

static int generate(const struct app *app, const struct model *m, const struct cmd_args *args,
                    struct err *err)
{
    const char *folder = cmd_value(args, "--out", NULL);
    int64_t n = 0, seed = 0;

    if (!folder || args->n_operands > 1)
        return err_set(err, ERR_USAGE, "--generate needs --out DIR, and no IMAGE");
    int rc = cmd_i64(&n, args, "--generate", 1, MAX_PICTURES, err);
    if (rc == 0)
        rc = cmd_i64(&seed, args, "--seed", 0, INT64_MAX, err);
    if (rc == 0)
        rc = predict_vae_generate(app, m, (size_t)n, (uint64_t)seed, folder, err);
    return rc;
}

static int run_predict(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct model *m = NULL;

    int rc = model_load(&m, args->operands[0], err);
    if (rc == 0)
        rc = cmd_has(args, "--generate") ? generate(app, m, args, err)
                                         : predict(app, m, args, err);
    model_free(m);
    return rc;
}

const struct cmd cmd_predict = {
    .name = "predict",
    .args = "MODEL IMAGE.. [--out DIR] | MODEL --generate N --out DIR [--seed N]",
    .summary = "Label and probabilities of pictures",
    .options = options,
    .needs = NEED_NOTHING,
    .min_operands = 1,
    .max_operands = 1 + MAX_PICTURES,
    .run = run_predict,
};
