/* SPDX-License-Identifier: Apache-2.0
 * ATTRIBUTIONS.md, and config.json which is too short for a file of its own. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "hub/license/license.h"
#include "hub/package/package.h"
#include "hub/package/parts.h"
#include "model/arch.h"
#include "model/model.h"

enum { MAX_SHOWN = 200 };

static void add_contribution(struct buf *out, const struct package_release *r,
                             const struct package_contribution *c)
{
    buf_add_str(out, "| ");
    text_add_markdown(out, c->author, MAX_SHOWN);
    if (r->pull_prefix[0])
        buf_printf(out, " | [%lld](%s%lld)", (long long)c->number, r->pull_prefix,
                   (long long)c->number);
    else
        buf_printf(out, " | %lld", (long long)c->number);
    buf_printf(out, " | %zu | ", c->n_samples);
    text_add_markdown(out, c->licence, MAX_SHOWN);
    buf_printf(out, " | `%s` |\n", c->digest);
}

static bool mark_used(void *ctx, const char *id)
{
    bool *used = ctx;
    const struct license *license = license_find(id);

    if (license)
        used[license - license_table] = true;
    return true;
}

/* With the place of its text, where SPDX has one. */
static void add_licence(struct buf *out, const struct license *l)
{
    if (text_has_prefix(l->spdx, "LicenseRef-"))
        buf_printf(out, "- %s: %s\n", l->spdx, l->name);
    else
        buf_printf(out, "- [%s](https://spdx.org/licenses/%s.html): %s\n", l->spdx, l->spdx,
                   l->name);
}

/* Every licence of the release once. */
static void add_licences(struct buf *out, const struct package_release *r)
{
    bool *used, ignored;
    size_t n = 0;

    while (license_table[n].spdx)
        n++;
    used = xcalloc(n, sizeof(*used));
    (void)license_evaluate(&ignored, r->licence, mark_used, used, NULL);
    (void)license_evaluate(&ignored, r->base.licence, mark_used, used, NULL);
    for (size_t i = 0; i < r->n_contributions; i++)
        (void)license_evaluate(&ignored, r->contributions[i].licence, mark_used, used, NULL);
    for (size_t i = 0; i < n; i++)
        if (used[i])
            add_licence(out, &license_table[i]);
    free(used);
}

void attributions_write(struct buf *out, const struct package_release *r)
{
    buf_printf(out, "# Attributions\n\nVersion %s of ", r->version);
    text_add_markdown(out, r->title, MAX_SHOWN);
    buf_printf(out,
               " is licensed under %s. It was trained on what these people gave.\n\n"
               "## Base data\n\n",
               r->licence);
    text_add_markdown(out, r->base.title, MAX_SHOWN);
    buf_add_str(out, ", by ");
    text_add_markdown(out, r->base.credit, MAX_SHOWN);
    buf_printf(out, ", <%s>: %lld samples under %s.\n\n## Contributions\n\n", r->base.url,
               (long long)r->base.n_train, r->base.licence);
    if (r->n_contributions == 0)
        buf_add_str(out, "None yet.\n");
    else
        buf_add_str(out, "| contributor | pull request | samples | licence | sha256 of the "
                         "samples |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < r->n_contributions; i++)
        add_contribution(out, r, &r->contributions[i]);
    buf_add_str(out, "\n## Licences\n\n");
    add_licences(out, r);
    buf_add_str(out, "\nEvery single sample stands in `lineage.json`.\n");
}

void model_config_write(struct buf *out, const struct model *model)
{
    json_t *to_label = json_object(), *to_id = json_object();
    const struct shape *shape = &model->shape;

    for (size_t i = 0; i < shape->classes; i++) {
        const char name[2] = { (char)('0' + i), '\0' };
        (void)json_object_set_new(to_label, name, json_string(name));
        (void)json_object_set_new(to_id, name, json_integer((json_int_t)i));
    }
    json_t *doc = json_pack(
        "{s:s, s:s, s:I, s:i, s:i, s:I, s:I, s:I, s:o, s:o}", "model_type", "hearth",
        "architecture", model->arch->name, "image_size", (json_int_t)shape->side,
        "num_channels", 1, "max_pixel_value", (int)shape->max_value, "hidden_size",
        (json_int_t)shape->hidden, "num_labels", (json_int_t)shape->classes, "num_parameters",
        (json_int_t)model_parameters(model), "id2label", to_label, "label2id", to_id);
    json_write(out, doc, 2);
    buf_add_char(out, '\n');
    json_decref(doc);
}
