/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/cycle.h"

#include "bot/forge/forge.h"

bool cycle_is_quiet(const struct cycle_result *r)
{
    int64_t n = r->rows.n_new + r->rows.n_changed + r->rows.n_deleted + r->rows.n_gone;

    n += r->feedback.added + r->feedback.changed;
    n += r->retrain.runs + r->retrain.refused + r->release.planned + r->release.published;
    n += r->ledger.sent + r->ledger.found + r->ledger.dropped + r->ledger.failed;
    return n == 0 && !r->is_left;
}

static void add(json_t *doc, const char *key, int64_t value)
{
    (void)json_object_set_new(doc, key, json_integer(value));
}

static json_t *requests_of(const struct forge *forge)
{
    struct forge_counts counts = forge_counts(forge);
    json_t *doc = json_object();

    add(doc, "all", counts.requests);
    add(doc, "conditional", counts.conditional);
    add(doc, "unchanged", counts.unchanged);
    add(doc, "writes", counts.writes);
    add(doc, "retries", counts.retries);
    add(doc, "timelines", counts.timelines);
    add(doc, "pulls", counts.pulls);
    add(doc, "wire_bytes", counts.wire_bytes);
    return doc;
}

static json_t *rows_of(const struct cycle_result *r)
{
    json_t *doc = json_object();

    add(doc, "new", r->rows.n_new);
    add(doc, "changed", r->rows.n_changed);
    add(doc, "deleted", r->rows.n_deleted);
    add(doc, "gone", r->rows.n_gone);
    return doc;
}

static json_t *releases_of(const struct cycle_result *r)
{
    json_t *doc = json_object();

    add(doc, "planned", r->release.planned);
    add(doc, "published", r->release.published);
    (void)json_object_set_new(doc, "why_not", json_string(r->release.why_not));
    return doc;
}

static json_t *actions_of(const struct cycle_result *r)
{
    json_t *doc = json_object();

    add(doc, "sent", r->ledger.sent);
    add(doc, "found", r->ledger.found);
    add(doc, "dropped", r->ledger.dropped);
    add(doc, "failed", r->ledger.failed);
    add(doc, "left", r->ledger.left);
    return doc;
}

json_t *cycle_summary(const struct cycle_result *r, const struct forge *forge)
{
    json_t *doc = json_object(), *feedback = json_object(), *runs = json_object();

    add(feedback, "added", r->feedback.added);
    add(feedback, "changed", r->feedback.changed);
    add(runs, "judged", r->retrain.runs);
    add(runs, "refused", r->retrain.refused);
    add(runs, "left", r->retrain.left);
    (void)json_object_set_new(doc, "rows", rows_of(r));
    (void)json_object_set_new(doc, "feedback", feedback);
    (void)json_object_set_new(doc, "runs", runs);
    (void)json_object_set_new(doc, "actions", actions_of(r));
    (void)json_object_set_new(doc, "releases", releases_of(r));
    if (forge)
        (void)json_object_set_new(doc, "requests", requests_of(forge));
    (void)json_object_set_new(doc, "left", json_string(r->why_left));
    return doc;
}
