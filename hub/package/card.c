/* SPDX-License-Identifier: Apache-2.0
 * README.md: the model card. Metadata as the hub's clients read it stands in the front matter;
 * every string in it is a JSON string, which YAML takes as it is. What is not known is said. */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/license/license.h"
#include "hub/package/package.h"
#include "hub/package/parts.h"
#include "model/arch.h"
#include "model/model.h"

enum { MAX_SHOWN = 200 };

static void add_quoted(struct buf *out, const char *text)
{
    json_t *value = json_string(text);

    if (value)
        json_write(out, value, 0);
    else
        buf_add_str(out, "\"\"");
    json_decref(value);
}

static void add_field(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "%s: ", key);
    add_quoted(out, value);
    buf_add_char(out, '\n');
}

static void add_licence_fields(struct buf *out, const struct package_release *r)
{
    const struct license *license = license_find(r->licence);

    if (text_has_prefix(license->spdx, "LicenseRef-")) {
        buf_add_str(out, "license: other\n");
        add_field(out, "license_name", license->card);
        add_field(out, "license_link", "LICENSE");
    } else {
        add_field(out, "license", license->card);
    }
}

static double figure(const struct package_release *r, const char *key)
{
    return json_number_value(json_object_get(r->evaluation, key));
}

static void add_front_matter(struct buf *out, const struct package_release *r)
{
    buf_add_str(out, "---\n");
    add_licence_fields(out, r);
    add_field(out, "library_name", "hearth");
    add_field(out, "pipeline_tag", "image-classification");
    buf_add_str(out, "tags:\n- \"digits\"\n- \"safetensors\"\ndatasets:\n- ");
    add_quoted(out, r->base.id);
    buf_add_str(out, "\nmetrics:\n- \"accuracy\"\nmodel-index:\n- name: ");
    add_quoted(out, r->title);
    buf_add_str(out, "\n  results:\n  - task:\n      type: \"image-classification\"\n"
                     "    dataset:\n      type: ");
    add_quoted(out, r->base.id);
    buf_add_str(out, "\n      name: ");
    add_quoted(out, r->base.title);
    buf_printf(out,
               "\n      split: \"holdout\"\n    metrics:\n"
               "    - type: \"accuracy\"\n      value: %.6f\n"
               "    - type: \"nll\"\n      value: %.6f\n"
               "    - type: \"ece\"\n      value: %.6f\n---\n\n",
               figure(r, "accuracy"), figure(r, "nll"), figure(r, "ece"));
}

static void add_details(struct buf *out, const struct package_release *r,
                        const struct model *model)
{
    char date[RFC3339_SIZE];

    buf_add_str(out, "# ");
    text_add_markdown(out, r->title, MAX_SHOWN);
    buf_printf(out, " %s\n\n## Details\n\n", r->version);
    buf_printf(out, "- architecture: %s, %zu parameters\n", model->arch->summary,
               model_parameters(model));
    buf_printf(out, "- input: one grey picture of %zux%zu pixels, 0 to %u, divided by %u\n",
               model->shape.side, model->shape.side, model->shape.max_value,
               model->shape.max_value);
    buf_printf(out, "- output: probabilities of the digits 0 to %zu\n",
               model->shape.classes - 1);
    buf_printf(out, "- version: %s of %.10s%s%s\n", r->version,
               rfc3339_format(date, r->dated_at), r->previous[0] ? ", after " : "",
               r->previous);
    buf_printf(out,
               "- licence: %s (`LICENSE`); whose data it learned from: "
               "`ATTRIBUTIONS.md`\n",
               r->licence);
    if (r->source_url[0])
        buf_printf(out, "- made by its community: <%s> at commit `%.12s`\n", r->source_url,
                   r->target_sha);
}

static void add_uses(struct buf *out, const struct model *model)
{
    buf_printf(
        out,
        "\n## Uses\n\nReading single handwritten digits that were cut out and scaled to "
        "%zux%zu pixels; learning and teaching; a small model to try a pipeline with.\n\n"
        "## Out of scope\n\nAnything else in the picture: letters, several digits, "
        "photographs. Decisions about people, money or safety without a person looking: "
        "it answers with a digit for every picture, also for one that holds none.\n\n",
        model->shape.side, model->shape.side);
}

static void add_limits(struct buf *out, const struct package_release *r)
{
    buf_printf(out,
               "## Bias and limits\n\nThe base data comes from few writers, in one way of "
               "scanning. How well other hands, ages and writing traditions are read is not "
               "measured; contributions come from whoever chose to give them (%zu so far). The "
               "hold-out has %lld pictures: differences of a few tenths of a percent mean "
               "nothing.\n\n",
               r->n_contributions, (long long)r->base.n_holdout);
}

static void add_training(struct buf *out, const struct package_release *r,
                         const struct model *model)
{
    const struct origin *o = &model->origin;
    size_t n = 0;

    for (size_t i = 0; i < r->n_contributions; i++)
        n += r->contributions[i].n_samples;
    buf_add_str(out, "## Training\n\n");
    text_add_markdown(out, r->base.title, MAX_SHOWN);
    buf_printf(
        out,
        " (<%s>, %s): %lld samples, and %zu that people contributed in %zu pull %s. All of "
        "them, with author, licence, pull request and approval: `lineage.json`.\n\n",
        r->base.url, r->base.licence, (long long)r->base.n_train, n, r->n_contributions,
        r->n_contributions == 1 ? "request" : "requests");
    buf_add_str(out, "| hyperparameter | value |\n|---|---|\n");
    for (size_t i = 0; recipe_field(i); i++) {
        char text[RECIPE_MAX_TEXT];

        recipe_text(text, &o->recipe, i);
        if (recipe_is_named(&o->recipe, i))
            buf_printf(out, "| %s | %s |\n", recipe_field(i), text);
    }
    buf_printf(out,
               "| training rows | %zu |\n| sha256 of the training set | `%s` |\n\n"
               "The same data and seed give the same bytes on every machine.\n\n",
               o->data_rows, o->data_sha256);
}

static void add_share(struct buf *out, const json_t *value)
{
    if (json_is_number(value))
        buf_printf(out, " %.3f |", json_number_value(value));
    else
        buf_add_str(out, " - |");
}

static void add_evaluation(struct buf *out, const struct package_release *r)
{
    const json_t *classes = json_object_get(r->evaluation, "per_class");

    buf_printf(out,
               "## Evaluation\n\nOn the %lld pictures of the hold-out, which are never trained "
               "on:\n\n| accuracy | nll | ece |\n|---|---|---|\n| %.4f | %.4f | %.4f |\n\n"
               "| digit | pictures | recall | precision |\n|---|---|---|---|\n",
               (long long)json_integer_value(json_object_get(r->evaluation, "n")),
               figure(r, "accuracy"), figure(r, "nll"), figure(r, "ece"));
    for (size_t i = 0; i < json_array_size(classes); i++) {
        const json_t *row = json_array_get(classes, i);

        buf_printf(out, "| %zu | %lld |", i,
                   (long long)json_integer_value(json_object_get(row, "n")));
        add_share(out, json_object_get(row, "recall"));
        add_share(out, json_object_get(row, "precision"));
        buf_add_char(out, '\n');
    }
    buf_add_str(out, "\nnll: mean negative log-likelihood in nats. ece: expected calibration "
                     "error.\n\n");
}

static void add_use(struct buf *out, const struct package_release *r, const struct model *model)
{
    buf_add_str(out, "## Environmental impact\n\nNot measured. It was trained on a processor, "
                     "without accelerators.\n\n## How to use\n\n"
                     "    sha256sum -c SHA256SUMS\n"
                     "    hearth predict model.safetensors digit.png\n\n"
                     "Or with any reader of safetensors; rows first:\n\n"
                     "| tensor | shape |\n|---|---|\n");
    for (size_t i = 0; i < model->n_tensors; i++) {
        const struct tensor *t = &model->tensors[i];

        buf_printf(out, "| `%s` |", t->name);
        for (size_t d = 0; d < t->n_dims; d++)
            buf_printf(out, "%s%zu", d ? "x" : " ", t->dims[d]);
        buf_add_str(out, " |\n");
    }
    buf_add_str(out, "\n## Citation\n\n");
    text_add_markdown(out, r->title, MAX_SHOWN);
    buf_printf(out, ", version %s, %s. Base data: ", r->version, r->hub_id);
    text_add_markdown(out, r->base.credit, MAX_SHOWN);
    buf_printf(out, ", <%s>.\n", r->base.url);
}

void card_write(struct buf *out, const struct package_release *r, const struct model *model)
{
    add_front_matter(out, r);
    add_details(out, r, model);
    add_uses(out, model);
    add_limits(out, r);
    add_training(out, r, model);
    add_evaluation(out, r);
    add_use(out, r, model);
}
