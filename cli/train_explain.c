/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/train_explain.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "model/dataset.h"
#include "model/model.h"
#include "model/train.h"

static double now_s(void *ctx)
{
    (void)ctx;
    return clock_stopwatch_s();
}

void train_explain_init(struct train_explain *x)
{
    *x = (struct train_explain){ .profile = { .now_s = now_s } };
    x->started_s = clock_stopwatch_s();
}

double train_explain_seconds(const struct train_explain *x)
{
    return clock_stopwatch_s() - x->started_s;
}

static json_t *tensors_json(const struct model *m)
{
    json_t *all = json_array();

    for (size_t i = 0; i < m->n_tensors; i++) {
        const struct tensor *t = &m->tensors[i];
        json_t *shape = json_array();

        for (size_t d = 0; d < t->n_dims; d++)
            json_array_append_new(shape, json_integer((json_int_t)t->dims[d]));
        json_array_append_new(all, json_pack("{s:s, s:o, s:I}", "name", t->name, "shape", shape,
                                             "parameters", (json_int_t)t->count));
    }
    return all;
}

static json_t *memory_json(const struct model *m, const struct train_report *r,
                           const struct dataset *data)
{
    struct rusage usage = { 0 };

    (void)getrusage(RUSAGE_SELF, &usage);
    return json_pack("{s:I, s:I, s:I, s:I}", "weights_bytes",
                     (json_int_t)(model_parameters(m) * sizeof(float)), "training_state_bytes",
                     (json_int_t)r->state_bytes, "data_bytes",
                     (json_int_t)(data->n * (dataset_image_size(data) + 1)), "peak_bytes",
                     (json_int_t)usage.ru_maxrss * 1024);
}

/* Backward passes multiply twice: for the gradients of the weights and of what came in, which
 * the first layer does not need. */
static json_t *flop_json(const struct train_explain *x, const struct model *m,
                         const struct train_report *r)
{
    double forward = m->arch->flop(&m->shape), busy_s = 0.0;
    double all = 3.0 * forward * (double)r->n * (double)(r->n_epochs - r->resumed_at);

    for (enum phase phase = PHASE_INPUT; phase <= PHASE_UPDATE; phase++)
        busy_s += x->profile.seconds[phase];
    return json_pack("{s:f, s:f, s:f}", "forward_per_image", forward, "training", all,
                     "per_second", busy_s > 0.0 ? all / busy_s : 0.0);
}

static json_t *seconds_json(const struct train_explain *x)
{
    json_t *seconds = json_object();
    double other = x->seconds;

    for (size_t i = 0; i < N_PHASES; i++) {
        json_object_set_new(seconds, phase_names[i], json_real(x->profile.seconds[i]));
        other -= x->profile.seconds[i];
    }
    json_object_set_new(seconds, "other", json_real(other > 0.0 ? other : 0.0));
    return seconds;
}

json_t *train_explain_json(const struct train_explain *x, const struct model *m,
                           const struct train_report *report, const struct dataset *data)
{
    json_t *doc = json_object();

    json_object_set_new(doc, "summary", json_string(m->arch->summary));
    json_object_set_new(doc, "parameters", json_integer((json_int_t)model_parameters(m)));
    json_object_set_new(doc, "tensors", tensors_json(m));
    json_object_set_new(doc, "memory", memory_json(m, report, data));
    json_object_set_new(doc, "flop", flop_json(x, m, report));
    json_object_set_new(doc, "seconds", seconds_json(x));
    return doc;
}

static void print_tensor(const json_t *t)
{
    const json_t *shape = json_object_get(t, "shape");
    char text[64] = "";
    size_t len = 0;

    for (size_t d = 0; d < json_array_size(shape); d++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%lld", d > 0 ? "x" : "",
                                (long long)json_integer_value(json_array_get(shape, d)));
    printf("  %-24s %12s %10lld\n", json_string_value(json_object_get(t, "name")), text,
           (long long)json_integer_value(json_object_get(t, "parameters")));
}

static double number(const json_t *doc, const char *group, const char *key)
{
    return json_number_value(json_object_get(json_object_get(doc, group), key));
}

void train_explain_print(const json_t *doc)
{
    const json_t *seconds = json_object_get(doc, "seconds");
    const json_t *t, *value;
    const char *name;
    size_t i;
    double all_s = 0.0;

    printf("\n%s\n", json_string_value(json_object_get(doc, "summary")));
    json_array_foreach(json_object_get(doc, "tensors"), i, t)
    {
        print_tensor(t);
    }
    printf("  %-24s %12s %10lld\n", "parameters", "",
           (long long)json_integer_value(json_object_get(doc, "parameters")));
    printf("memory  weights %.1f KiB, with what training remembers %.1f KiB, data %.1f KiB, "
           "process at most %.1f MiB\n",
           number(doc, "memory", "weights_bytes") / 1024,
           number(doc, "memory", "training_state_bytes") / 1024,
           number(doc, "memory", "data_bytes") / 1024,
           number(doc, "memory", "peak_bytes") / 1048576);
    printf("FLOP    %.0f to read an image; about three times that to learn from it, %.3g in "
           "all, zeros counted: %.1f GFLOP/s\n",
           number(doc, "flop", "forward_per_image"), number(doc, "flop", "training"),
           number(doc, "flop", "per_second") * 1e-9);
    json_object_foreach((json_t *)(uintptr_t)seconds, name, value)
    {
        all_s += json_number_value(value);
    }
    printf("time    %.1f ms\n", all_s * 1e3);
    json_object_foreach((json_t *)(uintptr_t)seconds, name, value)
    {
        if (json_number_value(value) > 0.0)
            printf("  %-12s %10.2f ms %5.1f%%\n", name, json_number_value(value) * 1e3,
                   100.0 * json_number_value(value) / all_s);
    }
}
