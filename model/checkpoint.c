/* SPDX-License-Identifier: Apache-2.0
 * Tensors "state.NNN" are the spans of the net, "best.NAME" the best model's, "epochs" the
 * curves so far: doubles, each as the bits of two floats. The metadata say what it is of. */
#include "model/checkpoint.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/parse.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "model/train_run.h"

enum {
    MAX_NAME = 64,
    MAX_TENSORS = NET_MAX_SPANS + MODEL_MAX_TENSORS + 1,
    MAX_CLAIMS = 40,
    MAX_FILE_BYTES = 256 << 20,
    FLOATS_PER_EPOCH = sizeof(struct train_epoch) / sizeof(float),
};

/* What must be the same for a file to be of use, and how it is written. */
struct claim {
    const char *key;
    char text[SHA256_HEX_SIZE];
};

static void add_claim(struct claim *claims, size_t *n, const char *key, const char *text)
{
    assert(*n < MAX_CLAIMS);
    struct claim *c = &claims[(*n)++];

    c->key = key;
    (void)snprintf(c->text, sizeof(c->text), "%s", text);
}

static size_t claims_of(struct claim *claims, const struct train_run *run)
{
    const struct origin *origin = &run->model->origin;
    size_t n = 0;

    add_claim(claims, &n, "checkpoint", "1");
    add_claim(claims, &n, "arch", run->options->arch->name);
    for (size_t i = 0; recipe_field(i); i++) {
        char text[RECIPE_MAX_TEXT];

        recipe_text(text, &origin->recipe, i);
        add_claim(claims, &n, recipe_field(i), text);
    }
    add_claim(claims, &n, "data_sha256", origin->data_sha256);
    return n;
}

static json_t *metadata_of(const struct train_run *run)
{
    struct claim claims[MAX_CLAIMS];
    size_t n = claims_of(claims, run);
    json_t *meta = json_object();
    char best[24];

    for (size_t i = 0; i < n; i++)
        json_object_set_new(meta, claims[i].key, json_string(claims[i].text));
    (void)snprintf(best, sizeof(best), "%zu", run->best_epoch);
    json_object_set_new(meta, "best_epoch", json_string(best));
    return meta;
}

/* Everything that a file holds, by name. */
struct contents {
    size_t n;
    char names[MAX_TENSORS][MAX_NAME];
    struct span spans[MAX_TENSORS];
};

static struct contents *contents_of(const struct train_run *run)
{
    struct contents *c = xcalloc(1, sizeof(*c));

    c->n = run->options->arch->state(run->net, c->spans);
    for (size_t i = 0; i < c->n; i++)
        (void)snprintf(c->names[i], MAX_NAME, "state.%03zu", i);
    for (size_t i = 0; run->best && i < run->best->n_tensors; i++) {
        const struct tensor *t = &run->best->tensors[i];

        (void)snprintf(c->names[c->n], MAX_NAME, "best.%s", t->name);
        c->spans[c->n++] = (struct span){ t->data, t->count };
    }
    return c;
}

/* The curves of n epochs, which must be there. */
static void add_epochs(struct contents *c, const struct train_run *run, size_t n)
{
    (void)snprintf(c->names[c->n], MAX_NAME, "epochs");
    c->spans[c->n++] = (struct span){ (float *)(void *)run->epochs, n * FLOATS_PER_EPOCH };
}

int checkpoint_write(const char *path, const struct train_run *run, struct err *err)
{
    struct contents *c = contents_of(run);
    json_t *meta = metadata_of(run);
    struct buf file;

    add_epochs(c, run, run->n_epochs);
    struct safetensors_source *sources = xcalloc(c->n, sizeof(*sources));
    for (size_t i = 0; i < c->n; i++)
        sources[i] = (struct safetensors_source){
            .name = c->names[i], .n_dims = 1, .dims = { c->spans[i].n }, .data = c->spans[i].at
        };
    buf_init(&file, MAX_FILE_BYTES);
    int rc = safetensors_write(&file, sources, c->n, meta, err);
    if (rc == 0)
        rc = fs_write(path, file.data, file.len, 0644, err);
    buf_finish(&file);
    json_decref(meta);
    free(sources);
    free(c);
    return rc;
}

static int check_claims(const struct safetensors *st, const struct train_run *run,
                        struct err *err)
{
    struct claim claims[MAX_CLAIMS];
    size_t n = claims_of(claims, run);

    for (size_t i = 0; i < n; i++) {
        const char *text = safetensors_meta(st, claims[i].key);

        if (!text)
            return err_set(err, ERR_PARSE, "not a checkpoint: no '%s' in __metadata__",
                           claims[i].key);
        if (strcmp(text, claims[i].text) != 0)
            return err_set(err, ERR_REFUSED,
                           "of another training: its %s is %.70s, now it is %s", claims[i].key,
                           text, claims[i].text);
    }
    return 0;
}

static uint32_t read_u32le(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int check_tensor(const struct safetensors *st, const char *name, size_t n,
                        struct err *err)
{
    const struct safetensor *t = safetensors_find(st, name);

    if (!t || strcmp(t->dtype, "F32") != 0 || t->size != n * sizeof(float))
        return err_set(err, ERR_PARSE, "tensor '%s' is missing or of another size", name);
    return 0;
}

static void read_span(struct span span, const struct safetensor *t)
{
    for (size_t i = 0; i < span.n; i++) {
        uint32_t bits = read_u32le(t->data + i * sizeof(bits));

        memcpy(&span.at[i], &bits, sizeof(bits));
    }
}

/* The number of epochs that the file's curves have. */
static int count_epochs(size_t *ret, const struct safetensors *st, size_t most, struct err *err)
{
    const struct safetensor *t = safetensors_find(st, "epochs");
    size_t n = t ? t->size / sizeof(struct train_epoch) : 0;

    if (n < 1 || n > most)
        return err_set(err, ERR_PARSE, "tensor 'epochs' tells of %zu epochs, not 1..%zu", n,
                       most);
    *ret = n;
    return 0;
}

static int check_finite(const struct contents *c, struct err *err)
{
    for (size_t i = 0; i + 1 < c->n; i++) { /* the last one is no floats */
        for (size_t k = 0; k < c->spans[i].n; k++) {
            if (!isfinite(c->spans[i].at[k]))
                return err_set(err, ERR_RANGE, "tensor '%s': element %zu is not finite",
                               c->names[i], k);
        }
    }
    return 0;
}

static int from_safetensors(struct train_run *run, const struct safetensors *st,
                            struct err *err)
{
    struct contents *c = NULL;
    int64_t best = 0;
    size_t n = 0;

    int rc = check_claims(st, run, err);
    if (rc == 0)
        rc = count_epochs(&n, st, run->options->recipe.epochs, err);
    const char *text = safetensors_meta(st, "best_epoch");
    if (rc == 0)
        rc = parse_i64(&best, text ? text : "", 0, (int64_t)n, "best_epoch", err);
    if (rc < 0)
        return rc;

    c = contents_of(run);
    add_epochs(c, run, n);
    if (st->n_tensors != c->n)
        rc = err_set(err, ERR_PARSE, "%zu tensors, not %zu", st->n_tensors, c->n);
    for (size_t i = 0; rc == 0 && i < c->n; i++)
        rc = check_tensor(st, c->names[i], c->spans[i].n, err);
    for (size_t i = 0; rc == 0 && i < c->n; i++)
        read_span(c->spans[i], safetensors_find(st, c->names[i]));
    if (rc == 0)
        rc = check_finite(c, err);
    free(c);
    if (rc < 0)
        return rc;
    run->best_epoch = (size_t)best;
    run->n_epochs = run->resumed_at = n;
    return 0;
}

int checkpoint_parse(struct train_run *run, const void *bytes, size_t len, const char *what,
                     struct err *err)
{
    struct safetensors st;

    int rc = safetensors_parse(&st, bytes, len, what, err);
    if (rc < 0)
        return rc;
    rc = from_safetensors(run, &st, err);
    safetensors_finish(&st);
    return rc < 0 ? err_wrap(err, rc, "%s", what) : 0;
}

int checkpoint_read(struct train_run *run, const char *path, struct err *err)
{
    struct buf file;

    buf_init(&file, MAX_FILE_BYTES);
    int rc = fs_read(&file, path, err);
    if (rc == 0)
        rc = checkpoint_parse(run, file.data, file.len, path, err);
    buf_finish(&file);
    return rc;
}
