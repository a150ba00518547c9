/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/predict_vae.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "model/image.h"
#include "model/kernels.h"
#include "model/model.h"
#include "model/score.h"
#include "model/vae_pictures.h"

enum { PICTURE_MAX_BYTES = 1 << 16, SHEET_MAX_BYTES = 16 << 20 };

/* The sheet of all pictures: so many a row, each pixel so large, so far apart. */
enum { SHEET_COLUMNS = 10, SHEET_ZOOM = 4, SHEET_GAP = 4, SHEET_GROUND = 255 };

static char *picture_path(const char *folder, size_t i)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "%06zu.png", i);
    return fs_path(folder, name, NULL);
}

static int write_picture(const char *folder, size_t i, const struct shape *s,
                         const uint8_t *pixels, struct err *err)
{
    size_t size = s->side * s->side;
    uint8_t *grey = xmalloc(size);
    char *path = picture_path(folder, i);
    struct buf png;

    buf_init(&png, PICTURE_MAX_BYTES);
    image_grey(grey, pixels, size, s->max_value);
    int rc = image_encode_png(&png, grey, s->side, s->side, err);
    if (rc == 0)
        rc = fs_write(path, png.data, png.len, 0666, err);
    buf_finish(&png);
    free(path);
    free(grey);
    return rc;
}

static int write_pictures(const char *folder, const struct shape *s, const uint8_t *pixels,
                          size_t n, struct err *err)
{
    int rc = fs_mkdirs(folder, 0777, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = write_picture(folder, i, s, pixels + i * s->side * s->side, err);
    return rc;
}

static void print_json(const char *const *names, const struct score *scores, size_t n,
                       const char *folder)
{
    json_t *all = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_pack("{s:o, s:f, s:f, s:n, s:n}", "image", json_any_text(names[i]),
                                "reconstruction_error", scores[i].reconstruction_error, "elbo",
                                scores[i].elbo, "label", "probabilities");
        char *path = folder ? picture_path(folder, i) : NULL;

        if (path)
            json_object_set_new(one, "denoised", json_any_text(path));
        json_array_append_new(all, one);
        free(path);
    }
    results_print_json(json_pack("{s:o}", "predictions", all));
}

static void print_text(const char *const *names, const struct score *scores, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%s: reconstruction error %.4f, elbo %.2f nats\n", names[i],
               scores[i].reconstruction_error, scores[i].elbo);
}

static int denoise(const struct model *m, const uint8_t *pixels, size_t n, const char *folder,
                   const struct kernels *kernels, struct err *err)
{
    uint8_t *made = xcalloc(n, m->shape.side * m->shape.side);

    int rc = vae_denoise(made, m, pixels, n, kernels, err);
    if (rc == 0)
        rc = write_pictures(folder, &m->shape, made, n, err);
    free(made);
    return rc;
}

int predict_vae_scores(const struct app *app, const struct model *m, const char *const *names,
                       const uint8_t *pixels, size_t n, const char *folder, struct err *err)
{
    struct score *scores = xcalloc(n, sizeof(*scores));
    const struct kernels *kernels = NULL;

    int rc = kernels_choose(&kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = score_images(scores, m, pixels, n, kernels, err);
    if (rc == 0 && folder)
        rc = denoise(m, pixels, n, folder, kernels, err);
    if (rc == 0 && app->json)
        print_json(names, scores, n, folder);
    else if (rc == 0)
        print_text(names, scores, n);
    free(scores);
    return rc;
}

/* Picture i at its place on a sheet `width` pixels wide. */
static void put_on_sheet(uint8_t *sheet, size_t width, const uint8_t *grey, size_t i,
                         size_t side)
{
    size_t cell = side * SHEET_ZOOM + SHEET_GAP;
    uint8_t *to = sheet + (i / SHEET_COLUMNS * cell + SHEET_GAP) * width +
                  i % SHEET_COLUMNS * cell + SHEET_GAP;

    for (size_t y = 0; y < side * SHEET_ZOOM; y++) {
        for (size_t x = 0; x < side * SHEET_ZOOM; x++)
            to[y * width + x] = grey[y / SHEET_ZOOM * side + x / SHEET_ZOOM];
    }
}

/* sheet.png with the first pictures, as many as a PNG may be high. */
static int write_sheet(const char *folder, const struct shape *s, const uint8_t *pixels,
                       size_t n, struct err *err)
{
    size_t size = s->side * s->side, cell = s->side * SHEET_ZOOM + SHEET_GAP;
    size_t most = (IMAGE_MAX_SIDE - SHEET_GAP) / cell * SHEET_COLUMNS;
    size_t shown = n < most ? n : most, rows = (shown + SHEET_COLUMNS - 1) / SHEET_COLUMNS;
    size_t width = SHEET_COLUMNS * cell + SHEET_GAP, height = rows * cell + SHEET_GAP;
    uint8_t *sheet = xmalloc(width * height), *grey = xmalloc(size);
    char *path = fs_path(folder, "sheet.png", NULL);
    struct buf png;

    buf_init(&png, SHEET_MAX_BYTES);
    memset(sheet, SHEET_GROUND, width * height);
    for (size_t i = 0; i < shown; i++) {
        image_grey(grey, pixels + i * size, size, s->max_value);
        put_on_sheet(sheet, width, grey, i, s->side);
    }
    int rc = image_encode_png(&png, sheet, width, height, err);
    if (rc == 0)
        rc = fs_write(path, png.data, png.len, 0666, err);
    buf_finish(&png);
    free(path);
    free(grey);
    free(sheet);
    return rc;
}

int predict_vae_generate(const struct app *app, const struct model *m, size_t n, uint64_t seed,
                         const char *folder, struct err *err)
{
    uint8_t *made = xcalloc(n, m->shape.side * m->shape.side);
    const struct kernels *kernels = NULL;

    int rc = kernels_choose(&kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = vae_sample(made, m, n, seed, kernels, err);
    if (rc == 0)
        rc = write_pictures(folder, &m->shape, made, n, err);
    if (rc == 0)
        rc = write_sheet(folder, &m->shape, made, n, err);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:o, s:I, s:I}", "out", json_any_text(folder), "samples",
                                     (json_int_t)n, "seed", (json_int_t)seed));
    else if (rc == 0)
        printf("%s: %zu pictures of %zux%zu, seed %llu\n", folder, n, m->shape.side,
               m->shape.side, (unsigned long long)seed);
    free(made);
    return rc;
}
