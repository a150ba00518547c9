/* SPDX-License-Identifier: Apache-2.0
 * model <-> safetensors. What the weights mean stands in the file's metadata, as strings. */
#include "model/model.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/parse.h"
#include "model/arch.h"
#include "model/safetensors.h"

static void set_text(json_t *meta, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void set_text(json_t *meta, const char *key, const char *fmt, ...)
{
    char text[80];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    json_object_set_new(meta, key, json_string(text));
}

json_t *model_metadata(const struct model *m)
{
    const struct origin *o = &m->origin;
    json_t *meta = json_object();

    set_text(meta, "format", "pt");
    set_text(meta, "arch", "%s", m->arch->name);
    set_text(meta, "image_side", "%zu", m->shape.side);
    set_text(meta, "image_max", "%d", m->shape.max_value);
    set_text(meta, "classes", "%zu", m->shape.classes);
    set_text(meta, "hidden", "%zu", m->shape.hidden);
    for (size_t i = 0; recipe_field(i); i++) {
        char text[RECIPE_MAX_TEXT];

        recipe_text(text, &o->recipe, i);
        if (o->recipe.epochs > 0 && recipe_is_named(&o->recipe, i))
            set_text(meta, recipe_field(i), "%s", text);
    }
    set_text(meta, "data_rows", "%zu", o->data_rows);
    set_text(meta, "data_sha256", "%s", o->data_sha256);
    set_text(meta, "total_parameters", "%zu", model_parameters(m));
    return meta;
}

int model_write(struct buf *out, const struct model *m, struct err *err)
{
    struct safetensors_source sources[MODEL_MAX_TENSORS] = { 0 };
    json_t *meta = model_metadata(m);

    for (size_t i = 0; i < m->n_tensors; i++) {
        const struct tensor *t = &m->tensors[i];

        sources[i] = (struct safetensors_source){ .name = t->name,
                                                  .n_dims = t->n_dims,
                                                  .data = t->data };
        memcpy(sources[i].dims, t->dims, t->n_dims * sizeof(t->dims[0]));
    }
    int rc = safetensors_write(out, sources, m->n_tensors, meta, err);
    json_decref(meta);
    return rc;
}

/* Numbers in the metadata; the first fault stays in err. */
struct meta_reader {
    const json_t *meta;
    int rc;
    struct err *err;
};

static const char *meta_text(const json_t *meta, const char *key)
{
    return json_string_value(json_object_get(meta, key));
}

static int64_t meta_i64(struct meta_reader *r, const char *key, int64_t min, int64_t max)
{
    const char *text = meta_text(r->meta, key);
    int64_t value = min;

    if (r->rc == 0 && !text)
        r->rc =
            err_set(r->err, ERR_PARSE, "its metadata have no '%s': not a model of ours", key);
    if (r->rc == 0)
        r->rc = parse_i64(&value, text, min, max, key, r->err);
    return value;
}

static void read_shape(struct meta_reader *r, struct shape *shape)
{
    shape->side = (size_t)meta_i64(r, "image_side", 1, 28);
    shape->max_value = (uint8_t)meta_i64(r, "image_max", 1, 255);
    shape->classes = (size_t)meta_i64(r, "classes", 2, MODEL_MAX_CLASSES);
    shape->hidden = (size_t)meta_i64(r, "hidden", 1, MODEL_MAX_HIDDEN);
}

/* A model that was trained elsewhere names no recipe. */
static void read_origin(struct meta_reader *r, struct origin *origin)
{
    const char *digest = meta_text(r->meta, "data_sha256");

    for (size_t i = 0; r->rc == 0 && recipe_field(i); i++) {
        const char *text = meta_text(r->meta, recipe_field(i));

        if (text)
            r->rc = recipe_set(&origin->recipe, i, text, recipe_field(i), r->err);
    }
    origin->data_rows = (size_t)meta_i64(r, "data_rows", 0, INT32_MAX);
    if (r->rc == 0 && digest && hex_is(digest, SHA256_HEX_SIZE - 1))
        memcpy(origin->data_sha256, digest, SHA256_HEX_SIZE);
}

int tensor_read(struct tensor *t, const unsigned char *le, struct err *err)
{
    for (size_t i = 0; i < t->count; i++) {
        const unsigned char *p = le + 4 * i;
        uint32_t bits =
            p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

        memcpy(&t->data[i], &bits, sizeof(bits));
        if (!isfinite(t->data[i]))
            return err_set(err, ERR_RANGE, "tensor '%s': element %zu is not a finite number",
                           t->name, i);
        if (t->is_variance && t->data[i] < 0.0f)
            return err_set(err, ERR_RANGE,
                           "tensor '%s': element %zu is negative; a variance never is", t->name,
                           i);
    }
    return 0;
}

static bool is_same_shape(const struct tensor *t, const struct safetensor *f)
{
    return t->n_dims == f->n_dims &&
           memcmp(t->dims, f->dims, t->n_dims * sizeof(t->dims[0])) == 0;
}

static int read_tensor(struct tensor *t, const struct safetensors *st, struct err *err)
{
    const struct safetensor *f = safetensors_find(st, t->name);

    if (!f)
        return err_set(err, ERR_PARSE, "tensor '%s' is missing", t->name);
    if (strcmp(f->dtype, "F32") != 0 || !is_same_shape(t, f))
        return err_set(err, ERR_PARSE, "tensor '%s' has another type or shape than its model",
                       t->name);
    return tensor_read(t, f->data, err);
}

int model_from_metadata(struct model **ret, const json_t *meta, struct err *err)
{
    const char *name = meta_text(meta, "arch");
    struct meta_reader r = { .meta = meta, .err = err };
    struct shape shape = { 0 };
    struct origin origin = { 0 };
    const struct arch *arch = NULL;

    if (!name)
        return err_set(err, ERR_PARSE, "its metadata have no 'arch': not a model of ours");
    int rc = arch_find(&arch, name, err);
    if (rc < 0)
        return rc;
    read_shape(&r, &shape);
    read_origin(&r, &origin);
    rc = r.rc < 0 ? r.rc : model_new(ret, arch, &shape, err);
    if (rc == 0)
        (*ret)->origin = origin;
    return rc;
}

static int from_safetensors(struct model **ret, const struct safetensors *st, struct err *err)
{
    struct model *m = NULL;

    int rc = model_from_metadata(&m, st->metadata, err);
    if (rc == 0 && st->n_tensors != m->n_tensors)
        rc = err_set(err, ERR_PARSE, "%zu tensors; '%s' has %zu", st->n_tensors, m->arch->name,
                     m->n_tensors);
    for (size_t i = 0; rc == 0 && i < m->n_tensors; i++)
        rc = read_tensor(&m->tensors[i], st, err);
    if (rc < 0) {
        model_free(m);
        return rc;
    }
    *ret = m;
    return 0;
}

int model_read(struct model **ret, const void *bytes, size_t len, const char *what,
               struct err *err)
{
    struct safetensors st;

    int rc = safetensors_parse(&st, bytes, len, what, err);
    if (rc < 0)
        return rc;
    rc = from_safetensors(ret, &st, err);
    safetensors_finish(&st);
    return rc < 0 ? err_wrap(err, rc, "%s", what) : 0;
}
