/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/judge_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "config/config.h"

enum {
    MAX_LICENCES = 64,
    MAX_SAMPLES = 1000000,
    PIXEL_HEX = 2 * INTAKE_PIXELS,
    PATH_MAX_BYTES = 512,
    TEXT_MAX_BYTES = 512, /* licence, reason, fault */
};

static json_t *pixels_to_json(const uint8_t *pixels)
{
    char hex[PIXEL_HEX + 1];

    return json_string(hex_encode(hex, pixels, INTAKE_PIXELS));
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void pixels_from_json(struct json_reader *r, const json_t *doc, uint8_t *pixels)
{
    const char *hex = json_str(r, doc, "pixels", JSON_REQUIRED);

    if (!hex_is(hex, PIXEL_HEX)) {
        json_fail(r, "pixels", ERR_PARSE, "not %d hex digits", PIXEL_HEX);
        return;
    }
    for (size_t i = 0; i < INTAKE_PIXELS; i++) {
        int value = hex_digit(hex[2 * i]) * 16 + hex_digit(hex[2 * i + 1]);

        if (value > INTAKE_MAX_VALUE)
            json_fail(r, "pixels", ERR_RANGE, "pixel %zu is %d", i, value);
        pixels[i] = (uint8_t)value;
    }
}

static json_t *strings_to_json(const struct string_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        (void)json_array_append_new(array, json_string(list->items[i]));
    return array;
}

static json_t *merged_to_json(const struct judge_task *task)
{
    json_t *array = json_array();

    for (size_t i = 0; i < task->n_merged; i++)
        (void)json_array_append_new(array, json_pack("{si, so}", "label", task->merged[i].label,
                                                     "pixels",
                                                     pixels_to_json(task->merged[i].pixels)));
    return array;
}

json_t *judge_task_to_json(const struct judge_task *task)
{
    const struct config *c = task->config;

    return json_pack(
        "{ss, ss, ss, ss, ss, ss, so, sI, sI, sI, sI, sI, sI, sf, sf, sf, so, sI}", "cache",
        task->cache, "commit", task->commit ? task->commit : "", "base_commit",
        task->base_commit ? task->base_commit : "", "author", task->author ? task->author : "",
        "champion", task->champion ? task->champion : "", "arch", c->retrain.arch, "licences",
        strings_to_json(&c->retrain.licences), "max_samples",
        (json_int_t)c->retrain.max_samples, "max_file_size",
        (json_int_t)c->retrain.max_file_size, "max_files", (json_int_t)c->retrain.max_files,
        "seed", (json_int_t)c->retrain.seed, "epochs", (json_int_t)c->retrain.epochs, "threads",
        (json_int_t)c->retrain.threads, "min_label_p", c->gate.min_label_p, "max_unlike",
        c->gate.max_unlike, "alarm_p", c->gate.alarm_p, "merged", merged_to_json(task),
        "n_before", (json_int_t)task->n_before);
}

static void read_merged(struct json_reader *r, const json_t *doc, struct judge_order *order)
{
    const json_t *merged = json_arr(r, doc, "merged", JSON_REQUIRED);
    size_t n = json_array_size(merged);

    if (n > MAX_SAMPLES) {
        json_fail(r, "merged", ERR_LIMIT, "more than %d samples", MAX_SAMPLES);
        return;
    }
    order->merged = xcalloc(n, sizeof(*order->merged));
    order->n_merged = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(merged, i);
        size_t mark = json_enter_item(r, i);

        order->merged[i].label = (int)json_i64(r, item, "label", 0, INTAKE_LABELS - 1);
        pixels_from_json(r, item, order->merged[i].pixels);
        json_leave(r, mark);
    }
}

static void read_licences(struct json_reader *r, const json_t *doc, struct judge_order *order)
{
    const json_t *licences = json_arr(r, doc, "licences", JSON_REQUIRED);
    size_t n = json_array_size(licences);

    if (n > MAX_LICENCES) {
        json_fail(r, "licences", ERR_LIMIT, "more than %d", MAX_LICENCES);
        return;
    }
    order->licences = xcalloc(n, sizeof(*order->licences));
    order->n_licences = n;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(licences, i));

        order->licences[i] = text ? text : "";
    }
}

int judge_order_from_json(struct judge_order *ret, const json_t *doc, struct err *err)
{
    struct judge_order order = { 0 };
    struct json_reader r;

    json_reader_init(&r, "judge");
    order.cache = json_str(&r, doc, "cache", JSON_REQUIRED);
    order.commit = json_str(&r, doc, "commit", JSON_REQUIRED);
    order.base_commit = json_str(&r, doc, "base_commit", JSON_REQUIRED);
    order.author = json_str(&r, doc, "author", JSON_REQUIRED);
    order.champion = json_str(&r, doc, "champion", JSON_REQUIRED);
    order.arch = json_str(&r, doc, "arch", JSON_REQUIRED);
    order.max_samples = (size_t)json_i64(&r, doc, "max_samples", 1, MAX_SAMPLES);
    order.max_file_size = (size_t)json_i64(&r, doc, "max_file_size", 1, INT64_C(1) << 32);
    order.max_files = (size_t)json_i64(&r, doc, "max_files", 1, MAX_SAMPLES);
    order.seed = (uint64_t)json_i64(&r, doc, "seed", 0, INT64_MAX);
    order.epochs = (size_t)json_i64(&r, doc, "epochs", 1, 10000);
    order.threads = (size_t)json_i64(&r, doc, "threads", 1, 64);
    order.min_label_p = json_f64_or(&r, doc, "min_label_p", 0);
    order.max_unlike = json_f64_or(&r, doc, "max_unlike", 0);
    order.alarm_p = json_f64_or(&r, doc, "alarm_p", 0);
    read_licences(&r, doc, &order);
    read_merged(&r, doc, &order);
    order.n_before = (size_t)json_i64(&r, doc, "n_before", 0, (int64_t)order.n_merged);

    int rc = json_reader_check(&r, err);
    if (rc < 0)
        judge_order_finish(&order);
    else
        *ret = order;
    return rc;
}

void judge_order_finish(struct judge_order *order)
{
    if (!order)
        return;
    free(order->licences);
    free(order->merged);
    *order = (struct judge_order){ 0 };
}

static json_t *sample_to_json(const struct intake_sample *sample)
{
    json_t *doc = json_pack("{ss, sI, si}", "path", sample->path, "row",
                            (json_int_t)sample->row, "label", sample->label);

    if (sample->is_readable)
        (void)json_object_set_new(doc, "pixels", pixels_to_json(sample->pixels));
    if (sample->reason)
        (void)json_object_set_new(doc, "reason", json_string(sample->reason));
    return doc;
}

static json_t *measure_to_json(const struct gate_measure *m)
{
    json_t *classes = json_array();

    for (size_t i = 0; i < GATE_LABELS; i++)
        (void)json_array_append_new(classes, json_pack("[II]", (json_int_t)m->class_n[i],
                                                       (json_int_t)m->class_correct[i]));
    return json_pack("{sI, sI, sf, sf, so}", "n", (json_int_t)m->n, "correct",
                     (json_int_t)m->correct, "nll", m->nll, "ece", m->ece, "classes", classes);
}

json_t *judgement_to_json(const struct judgement *j)
{
    json_t *samples = json_array();

    for (size_t i = 0; i < j->intake.n_samples; i++)
        (void)json_array_append_new(samples, sample_to_json(&j->intake.samples[i]));
    json_t *doc = json_pack("{ss, ss, so, sb}", "licence", j->intake.licence, "fault",
                            j->intake.fault ? j->intake.fault : "", "samples", samples,
                            "has_run", (int)j->has_run);
    if (!doc || !j->has_run)
        return doc;
    (void)json_object_update_new(
        doc,
        json_pack("{ss, ss, ss, sI, so, so, sI, sI, sb}", "champion_sha256", j->champion_sha256,
                  "candidate_sha256", j->candidate_sha256, "data_digest", j->data_digest,
                  "n_train", (json_int_t)j->n_train, "champion", measure_to_json(&j->champion),
                  "candidate", measure_to_json(&j->candidate), "only_champion",
                  (json_int_t)j->pair.only_champion, "only_candidate",
                  (json_int_t)j->pair.only_candidate, "is_reproducible",
                  (int)j->is_reproducible));
    return doc;
}

/* A text of the child's: bounded, and without control characters that could break a line. */
static char *take_text(struct json_reader *r, const json_t *doc, const char *key, size_t max)
{
    const char *text = json_str(r, doc, key, JSON_OPTIONAL);

    if (strlen(text) > max)
        json_fail(r, key, ERR_LIMIT, "longer than %zu bytes", max);
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20)
            json_fail(r, key, ERR_PARSE, "holds a control character");
    }
    return r->first.code == 0 && text[0] ? xstrdup(text) : NULL;
}

static void read_sample(struct json_reader *r, const json_t *doc, struct intake_sample *sample)
{
    sample->path = take_text(r, doc, "path", PATH_MAX_BYTES);
    sample->row = json_i64(r, doc, "row", 0, INT64_MAX);
    sample->label = (int)json_i64(r, doc, "label", -1, INTAKE_LABELS - 1);
    sample->reason = take_text(r, doc, "reason", TEXT_MAX_BYTES);
    sample->is_readable = json_object_get(doc, "pixels") != NULL;
    if (!sample->path)
        json_fail(r, "path", ERR_PARSE, "empty");
    if (sample->is_readable) {
        pixels_from_json(r, doc, sample->pixels);
        sha256_hex(sample->digest, sample->pixels, INTAKE_PIXELS);
    }
    if (!sample->reason && (!sample->is_readable || sample->label < 0))
        json_fail(r, "reason", ERR_PARSE, "an accepted sample without pixels or label");
}

static void read_intake(struct json_reader *r, const json_t *doc, struct intake *intake)
{
    const json_t *samples = json_arr(r, doc, "samples", JSON_REQUIRED);
    size_t n = json_array_size(samples);
    char *licence = take_text(r, doc, "licence", TEXT_MAX_BYTES);

    free(intake->licence);
    intake->licence = licence ? licence : xstrdup("");
    intake->fault = take_text(r, doc, "fault", TEXT_MAX_BYTES);
    if (n > MAX_SAMPLES) {
        json_fail(r, "samples", ERR_LIMIT, "more than %d", MAX_SAMPLES);
        return;
    }
    intake->samples = xcalloc(n, sizeof(*intake->samples));
    intake->n_samples = n;
    for (size_t i = 0; i < n; i++) {
        size_t mark = json_enter_item(r, i);

        read_sample(r, json_array_get(samples, i), &intake->samples[i]);
        json_leave(r, mark);
    }
}

static void read_digest(struct json_reader *r, const json_t *doc, const char *key,
                        char out[SHA256_HEX_SIZE])
{
    const char *hex = json_str(r, doc, key, JSON_REQUIRED);

    if (!hex_is(hex, SHA256_HEX_SIZE - 1))
        json_fail(r, key, ERR_PARSE, "not a sha256");
    else
        (void)snprintf(out, SHA256_HEX_SIZE, "%s", hex);
}

static void read_measure(struct json_reader *r, const json_t *parent, const char *key,
                         struct gate_measure *m)
{
    const json_t *doc = json_obj(r, parent, key, JSON_REQUIRED);
    size_t mark = json_enter(r, key);

    m->n = json_i64(r, doc, "n", 1, MAX_SAMPLES);
    m->correct = json_i64(r, doc, "correct", 0, m->n);
    m->nll = json_f64_or(r, doc, "nll", -1);
    m->ece = json_f64_or(r, doc, "ece", -1);
    if (!(m->nll >= 0) || !(m->ece >= 0 && m->ece <= 1))
        json_fail(r, "nll", ERR_RANGE, "NLL or ECE outside its range");
    const json_t *classes = json_arr(r, doc, "classes", JSON_REQUIRED);
    for (size_t i = 0; i < GATE_LABELS; i++) {
        const json_t *pair = json_array_get(classes, i);

        m->class_n[i] = json_integer_value(json_array_get(pair, 0));
        m->class_correct[i] = json_integer_value(json_array_get(pair, 1));
        if (m->class_n[i] < 0 || m->class_n[i] > m->n || m->class_correct[i] < 0 ||
            m->class_correct[i] > m->class_n[i])
            json_fail(r, "classes", ERR_RANGE, "class %zu", i);
    }
    json_leave(r, mark);
}

int judgement_from_json(struct judgement *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "judgement");
    read_intake(&r, doc, &ret->intake);
    ret->has_run = json_bool_or(&r, doc, "has_run", false);
    if (ret->has_run) {
        read_digest(&r, doc, "champion_sha256", ret->champion_sha256);
        read_digest(&r, doc, "candidate_sha256", ret->candidate_sha256);
        read_digest(&r, doc, "data_digest", ret->data_digest);
        ret->n_train = json_i64(&r, doc, "n_train", 1, 10 * MAX_SAMPLES);
        read_measure(&r, doc, "champion", &ret->champion);
        read_measure(&r, doc, "candidate", &ret->candidate);
        ret->pair.only_champion = json_i64(&r, doc, "only_champion", 0, ret->champion.n);
        ret->pair.only_candidate = json_i64(&r, doc, "only_candidate", 0, ret->champion.n);
        ret->is_reproducible = json_bool_or(&r, doc, "is_reproducible", false);
    }
    return json_reader_check(&r, err);
}
