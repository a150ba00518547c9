/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void train_report_finish(struct train_report *report)
{
    if (!report)
        return;
    free(report->epochs);
    memset(report, 0, sizeof(*report));
}

/* One curve: the double at this offset of each epoch. */
static json_t *curve(const struct train_report *r, size_t offset)
{
    json_t *values = json_array();

    for (size_t i = 0; i < r->n_epochs; i++) {
        double value = 0.0;

        memcpy(&value, (const char *)&r->epochs[i] + offset, sizeof(value));
        json_array_append_new(values, json_real(value));
    }
    return values;
}

json_t *train_report_json(const struct train_report *r)
{
    json_t *doc = recipe_json(&r->recipe);

    json_object_set_new(doc, "arch", json_string(r->arch->name));
    json_object_set_new(doc, "isa", json_string(r->isa));
    json_object_set_new(doc, "threads", json_integer((json_int_t)r->threads));
    json_object_set_new(doc, "samples", json_integer((json_int_t)r->n));
    json_object_set_new(doc, "validation_samples", json_integer((json_int_t)r->n_validation));
    json_object_set_new(doc, "steps", json_integer((json_int_t)r->steps));
    json_object_set_new(doc, "resumed_at", json_integer((json_int_t)r->resumed_at));
    json_object_set_new(doc, "best_epoch", json_integer((json_int_t)r->best_epoch));
    json_object_set_new(doc, "stopped_early", json_boolean(r->end == TRAIN_STOPPED_EARLY));
    json_object_set_new(doc, "losses", curve(r, offsetof(struct train_epoch, loss)));
    json_object_set_new(doc, "rates", curve(r, offsetof(struct train_epoch, rate)));
    if (r->n_validation > 0)
        json_object_set_new(doc, "validation_losses",
                            curve(r, offsetof(struct train_epoch, validation_loss)));
    if (r->n_validation > 0 && r->arch->forward)
        json_object_set_new(doc, "validation_accuracies",
                            curve(r, offsetof(struct train_epoch, validation_accuracy)));
    json_object_set_new(doc, "data_sha256", json_string(r->data_sha256));
    return doc;
}

void train_report_csv(struct buf *out, const struct train_report *r)
{
    buf_add_str(out, "epoch,loss,rate,validation_loss,validation_accuracy\n");
    for (size_t i = 0; i < r->n_epochs; i++) {
        const struct train_epoch *e = &r->epochs[i];

        buf_printf(out, "%zu,%.9g,%.7g,", i + 1, e->loss, e->rate);
        if (r->n_validation > 0)
            buf_printf(out, "%.9g", e->validation_loss);
        buf_add_char(out, ',');
        if (r->n_validation > 0 && r->arch->forward)
            buf_printf(out, "%.9g", e->validation_accuracy);
        buf_add_char(out, '\n');
    }
}
