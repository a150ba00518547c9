/* SPDX-License-Identifier: Apache-2.0
 * First everything is checked, then everything is written: a package is whole or not there. */
#include "hub/package/package.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "hub/license/license.h"
#include "hub/package/lineage.h"
#include "hub/package/parts.h"
#include "model/model.h"

enum { MAX_TEXT_BYTES = 64 << 20, MAX_CONTRIBUTIONS = 100000 };

enum file { CARD, LICENCE, ATTRIBUTIONS, CONFIG, WEIGHTS, LINEAGE, SUMS };

static const char *const paths[PACKAGE_FILES] = {
    [CARD] = "README.md",
    [LICENCE] = "LICENSE",
    [ATTRIBUTIONS] = "ATTRIBUTIONS.md",
    [CONFIG] = "config.json",
    [WEIGHTS] = "model.safetensors",
    [LINEAGE] = "lineage.json",
    [SUMS] = "SHA256SUMS",
};

static int check_licence(const char *licence, const struct license *model, const char *what,
                         struct err *err)
{
    int rc = license_check_data(licence, model, err);

    return rc < 0 ? err_wrap(err, rc, "%s", what) : 0;
}

static int check_sample(const struct package_contribution *c, const struct package_sample *s,
                        struct err *err)
{
    if (!hex_is(s->digest, 64))
        return err_set(err, ERR_RANGE, "pull request %lld, '%s': sample without a digest",
                       (long long)c->number, s->path);
    if (s->label < 0 || s->label >= MODEL_MAX_CLASSES)
        return err_set(err, ERR_RANGE, "pull request %lld, '%s': label %lld",
                       (long long)c->number, s->path, (long long)s->label);
    return 0;
}

static int check_contribution(const struct package_contribution *c, const struct license *model,
                              struct err *err)
{
    char *what =
        xasprintf("contribution of pull request %lld by '%s'", (long long)c->number, c->author);
    int rc = 0;

    if (c->author[0] == '\0')
        rc = err_set(err, ERR_REFUSED, "%s: its author is not known", what);
    else if (!hex_is(c->commit_sha, 40) || !hex_is(c->digest, 64))
        rc = err_set(err, ERR_RANGE, "%s: commit or digest is missing", what);
    else
        rc = check_licence(c->licence, model, what, err);
    for (size_t i = 0; rc == 0 && i < c->n_samples; i++)
        rc = check_sample(c, &c->samples[i], err);
    free(what);
    return rc;
}

/* A sample and whose it is, to find the same pixels given twice. */
struct claim {
    const struct package_sample *sample;
    const struct package_contribution *by;
};

static int by_digest(const void *a, const void *b)
{
    return strcmp(((const struct claim *)a)->sample->digest,
                  ((const struct claim *)b)->sample->digest);
}

static bool is_same_licence(const char *a, const char *b)
{
    const struct license *one = license_find(a);

    return one ? one == license_find(b) : text_equal_ignoring_case(a, b);
}

/* The same pixels under two licences: nobody could say which one holds. */
static int check_conflicts(const struct package_release *r, struct err *err)
{
    size_t n = 0, total = 0;
    int rc = 0;

    for (size_t i = 0; i < r->n_contributions; i++)
        total += r->contributions[i].n_samples;
    struct claim *claims = xcalloc(total + 1, sizeof(*claims));
    for (size_t i = 0; i < r->n_contributions; i++) {
        for (size_t j = 0; j < r->contributions[i].n_samples; j++)
            claims[n++] =
                (struct claim){ &r->contributions[i].samples[j], &r->contributions[i] };
    }
    if (n > 1)
        qsort(claims, n, sizeof(*claims), by_digest);
    for (size_t i = 1; rc == 0 && i < n; i++) {
        const struct claim *a = &claims[i - 1], *b = &claims[i];

        if (strcmp(a->sample->digest, b->sample->digest) != 0 ||
            is_same_licence(a->by->licence, b->by->licence))
            continue;
        rc =
            err_set(err, ERR_REFUSED,
                    "sample %.12s is under %s in pull request %lld ('%s') and under %s in %lld "
                    "('%s')",
                    a->sample->digest, a->by->licence, (long long)a->by->number,
                    a->sample->path, b->by->licence, (long long)b->by->number, b->sample->path);
    }
    free(claims);
    return rc;
}

static int check_licences(const struct package_release *r, const struct license **ret,
                          struct err *err)
{
    const struct license *model = license_find(r->licence);
    size_t len;

    if (!model || !license_text(model, &len))
        return err_set(err, ERR_CONFIG, "the model's licence '%s': its text is not bundled",
                       r->licence);
    if (r->n_contributions > MAX_CONTRIBUTIONS)
        return err_set(err, ERR_LIMIT, "more than %d contributions", MAX_CONTRIBUTIONS);
    int rc = check_licence(r->base.licence, model, r->base.title, err);
    for (size_t i = 0; rc == 0 && i < r->n_contributions; i++)
        rc = check_contribution(&r->contributions[i], model, err);
    if (rc == 0)
        rc = check_conflicts(r, err);
    *ret = model;
    return rc;
}

/* A card without figures would look like a model that is never right. */
static int check_facts(const struct package_release *r, struct err *err)
{
    static const char *const figures[] = { "n", "accuracy", "nll", "ece" };
    const struct {
        const char *name, *value;
    } texts[] = {
        { "version", r->version },      { "hub_id", r->hub_id },
        { "title", r->title },          { "run", r->run.id },
        { "base data", r->base.title }, { "digest of the data", r->run.data_digest },
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].value[0] == '\0')
            return err_set(err, ERR_RANGE, "its %s is missing", texts[i].name);
    }
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        if (!json_is_number(json_object_get(r->evaluation, figures[i])))
            return err_set(err, ERR_RANGE, "evaluation: '%s' is missing", figures[i]);
    }
    return 0;
}

/* Gives the buffer's bytes to the file. */
static int take(struct package *p, enum file file, struct buf *bytes, struct err *err)
{
    struct package_file *f = &p->files[file];

    int rc = buf_check(bytes, paths[file], err);
    if (rc < 0)
        return rc;
    f->path = paths[file];
    f->len = bytes->len;
    f->data = buf_take(bytes);
    sha256_hex(f->sha256, f->data, f->len);
    return 0;
}

static void write_sums(struct buf *out, const struct package *p)
{
    for (size_t i = 0; i < SUMS; i++)
        buf_printf(out, "%s  %s\n", p->files[i].sha256, p->files[i].path);
}

static void write_file(struct buf *out, enum file file, const struct package *p,
                       const struct package_release *r, const struct license *licence,
                       const struct model *model)
{
    char model_sha256[SHA256_HEX_SIZE];
    size_t len = 0;

    switch (file) {
    case CARD: card_write(out, r, model); break;
    case LICENCE: {
        const char *text = license_text(licence, &len);
        buf_add(out, text, len);
        break;
    }
    case ATTRIBUTIONS: attributions_write(out, r); break;
    case CONFIG: model_config_write(out, model); break;
    case WEIGHTS: buf_add(out, r->weights, r->weights_len); break;
    case LINEAGE:
        sha256_hex(model_sha256, r->weights, r->weights_len);
        package_lineage_write(out, r, model_sha256);
        break;
    case SUMS: write_sums(out, p); break;
    }
}

int package_build(struct package *ret, const struct package_release *r, struct err *err)
{
    const struct license *licence = NULL;
    struct model *model = NULL;
    struct package p = { 0 };
    struct buf bytes;

    *ret = p;
    buf_init(&bytes, MAX_TEXT_BYTES);
    int rc = check_facts(r, err);
    if (rc == 0)
        rc = check_licences(r, &licence, err);
    if (rc == 0)
        rc = model_read(&model, r->weights, r->weights_len, paths[WEIGHTS], err);
    for (enum file file = CARD; rc == 0 && file <= SUMS; file++) {
        write_file(&bytes, file, &p, r, licence, model);
        rc = take(&p, file, &bytes, err);
    }
    buf_finish(&bytes);
    model_free(model);
    if (rc < 0) {
        package_finish(&p);
        return err_wrap(err, rc, "release %s", r->version);
    }
    *ret = p;
    return 0;
}

void package_finish(struct package *package)
{
    if (!package)
        return;
    for (size_t i = 0; i < PACKAGE_FILES; i++)
        free(package->files[i].data);
    *package = (struct package){ 0 };
}

int package_write(const struct package *package, const char *dir, struct err *err)
{
    int rc = fs_mkdirs(dir, 0775, err);

    for (size_t i = 0; rc == 0 && i < PACKAGE_FILES; i++) {
        const struct package_file *f = &package->files[i];
        char *path = fs_path(dir, f->path, NULL);

        rc = fs_write(path, f->data, f->len, 0664, err);
        free(path);
    }
    return rc;
}
