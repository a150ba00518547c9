/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/package/lineage.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "model/model.h"

static json_t *time_to_json(int64_t at)
{
    char text[RFC3339_SIZE];

    return at == 0 ? json_null() : json_string(rfc3339_format(text, at));
}

static json_t *sample_to_json(const struct package_sample *s)
{
    return json_pack("{s:s, s:I, s:s, s:I}", "digest", s->digest, "label", (json_int_t)s->label,
                     "path", s->path, "row", (json_int_t)s->row);
}

static json_t *contribution_to_json(const struct package_contribution *c)
{
    json_t *samples = json_array();

    for (size_t i = 0; i < c->n_samples; i++)
        (void)json_array_append_new(samples, sample_to_json(&c->samples[i]));
    json_t *approval = json_pack("{s:s, s:s, s:o}", "by", c->approved_by, "role",
                                 c->approved_role, "at", time_to_json(c->approved_at));
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "pull_request",
                     (json_int_t)c->number, "commit", c->commit_sha, "author", c->author,
                     "licence", c->licence, "digest", c->digest, "merged_at",
                     time_to_json(c->merged_at), "approval", approval, "samples", samples);
}

static json_t *base_to_json(const struct package_base *b)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "id", b->id, "title", b->title,
                     "credit", b->credit, "url", b->url, "licence", b->licence, "digest",
                     b->digest, "n_train", (json_int_t)b->n_train, "n_holdout",
                     (json_int_t)b->n_holdout);
}

static json_t *run_to_json(const struct package_run *r)
{
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:s}", "id", r->id, "pull_request",
                     (json_int_t)r->number, "commit", r->commit_sha, "cause", r->cause,
                     "data_digest", r->data_digest, "n_train", (json_int_t)r->n_train,
                     "champion_sha256", r->champion_sha256);
}

/* Borrowed or nothing, as a value of its own. */
static json_t *copy_or_null(const json_t *value)
{
    return value ? json_deep_copy(value) : json_null();
}

void package_lineage_write(struct buf *out, const struct package_release *r,
                           const char *model_sha256)
{
    json_t *contributions = json_array();

    for (size_t i = 0; i < r->n_contributions; i++)
        (void)json_array_append_new(contributions, contribution_to_json(&r->contributions[i]));
    json_t *release =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "version", r->version,
                  "previous", r->previous, "hub_id", r->hub_id, "title", r->title, "licence",
                  r->licence, "source_url", r->source_url, "pull_prefix", r->pull_prefix,
                  "commit", r->target_sha, "dated_at", time_to_json(r->dated_at));
    json_t *doc = json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "format",
                            LINEAGE_FORMAT, "release", release, "model_sha256", model_sha256,
                            "base", base_to_json(&r->base), "run", run_to_json(&r->run),
                            "evaluation", copy_or_null(r->evaluation), "verdict",
                            copy_or_null(r->verdict), "contributions", contributions);
    json_write(out, doc, 1);
    buf_add_char(out, '\n');
    json_decref(doc);
}

static void read_base(struct package_base *b, struct json_reader *r, const json_t *doc)
{
    const json_t *obj = json_obj(r, doc, "base", JSON_REQUIRED);
    size_t mark = json_enter(r, "base");

    b->id = json_str(r, obj, "id", JSON_REQUIRED);
    b->title = json_str(r, obj, "title", JSON_REQUIRED);
    b->credit = json_str(r, obj, "credit", JSON_REQUIRED);
    b->url = json_str(r, obj, "url", JSON_REQUIRED);
    b->licence = json_str(r, obj, "licence", JSON_REQUIRED);
    b->digest = json_str(r, obj, "digest", JSON_REQUIRED);
    b->n_train = json_i64(r, obj, "n_train", 0, INT64_MAX);
    b->n_holdout = json_i64(r, obj, "n_holdout", 0, INT64_MAX);
    json_leave(r, mark);
}

static void read_run(struct package_run *run, struct json_reader *r, const json_t *doc)
{
    const json_t *obj = json_obj(r, doc, "run", JSON_REQUIRED);
    size_t mark = json_enter(r, "run");

    run->id = json_str(r, obj, "id", JSON_REQUIRED);
    run->number = json_i64(r, obj, "pull_request", 0, INT64_MAX);
    run->commit_sha = json_str(r, obj, "commit", JSON_REQUIRED);
    run->cause = json_str(r, obj, "cause", JSON_REQUIRED);
    run->data_digest = json_str(r, obj, "data_digest", JSON_REQUIRED);
    run->n_train = json_i64(r, obj, "n_train", 0, INT64_MAX);
    run->champion_sha256 = json_str(r, obj, "champion_sha256", JSON_REQUIRED);
    json_leave(r, mark);
}

static void read_release(struct package_release *release, struct json_reader *r,
                         const json_t *doc)
{
    const json_t *obj = json_obj(r, doc, "release", JSON_REQUIRED);
    size_t mark = json_enter(r, "release");

    release->version = json_str(r, obj, "version", JSON_REQUIRED);
    release->previous = json_str(r, obj, "previous", JSON_REQUIRED);
    release->hub_id = json_str(r, obj, "hub_id", JSON_REQUIRED);
    release->title = json_str(r, obj, "title", JSON_REQUIRED);
    release->licence = json_str(r, obj, "licence", JSON_REQUIRED);
    release->source_url = json_str(r, obj, "source_url", JSON_REQUIRED);
    release->pull_prefix = json_str(r, obj, "pull_prefix", JSON_REQUIRED);
    release->target_sha = json_str(r, obj, "commit", JSON_REQUIRED);
    release->dated_at = json_time(r, obj, "dated_at", JSON_OPTIONAL);
    json_leave(r, mark);
}

static const char *read_hex(struct json_reader *r, const json_t *obj, const char *key,
                            size_t digits)
{
    const char *hex = json_str(r, obj, key, JSON_REQUIRED);

    if (!hex_is(hex, digits))
        json_fail(r, key, ERR_PARSE, "expected %zu hex digits", digits);
    return hex;
}

static void read_sample(struct package_sample *s, struct json_reader *r, const json_t *obj)
{
    s->digest = read_hex(r, obj, "digest", 64);
    s->path = json_str(r, obj, "path", JSON_REQUIRED);
    s->row = json_i64(r, obj, "row", 0, INT64_MAX);
    s->label = json_i64(r, obj, "label", 0, MODEL_MAX_CLASSES - 1);
}

/* Puts its samples at the end of those that are there; room was made before. */
static void read_contribution(struct package_contribution *c, struct package_sample *samples,
                              struct json_reader *r, const json_t *obj)
{
    const json_t *list = json_arr(r, obj, "samples", JSON_REQUIRED);
    const json_t *approval = json_obj(r, obj, "approval", JSON_REQUIRED);

    c->number = json_i64(r, obj, "pull_request", 1, INT64_MAX);
    c->commit_sha = read_hex(r, obj, "commit", 40);
    c->author = json_str(r, obj, "author", JSON_REQUIRED);
    c->licence = json_str(r, obj, "licence", JSON_REQUIRED);
    c->digest = read_hex(r, obj, "digest", 64);
    c->merged_at = json_time(r, obj, "merged_at", JSON_OPTIONAL);
    c->approved_by = json_str(r, approval, "by", JSON_REQUIRED);
    c->approved_role = json_str(r, approval, "role", JSON_REQUIRED);
    c->approved_at = json_time(r, approval, "at", JSON_OPTIONAL);
    c->samples = samples;
    c->n_samples = json_array_size(list);
    size_t in_samples = json_enter(r, "samples");
    for (size_t i = 0; i < c->n_samples; i++) {
        size_t mark = json_enter_item(r, i);
        read_sample(&samples[i], r, json_array_get(list, i));
        json_leave(r, mark);
    }
    json_leave(r, in_samples);
}

static void read_contributions(struct package_lineage *l, struct json_reader *r)
{
    const json_t *list = json_arr(r, l->doc, "contributions", JSON_REQUIRED);
    size_t n = json_array_size(list), n_samples = 0, at = 0;

    for (size_t i = 0; i < n; i++)
        n_samples += json_array_size(json_object_get(json_array_get(list, i), "samples"));
    l->contributions = xcalloc(n + 1, sizeof(*l->contributions));
    l->samples = xcalloc(n_samples + 1, sizeof(*l->samples));
    size_t mark = json_enter(r, "contributions");
    for (size_t i = 0; i < n; i++) {
        size_t item = json_enter_item(r, i);
        read_contribution(&l->contributions[i], l->samples + at, r, json_array_get(list, i));
        at += l->contributions[i].n_samples;
        json_leave(r, item);
    }
    json_leave(r, mark);
    l->release.contributions = l->contributions;
    l->release.n_contributions = n;
}

int package_lineage_read(struct package_lineage *ret, const char *text, size_t len,
                         const char *what, struct err *err)
{
    struct package_lineage l = { 0 };
    struct json_reader r;

    int rc = json_parse(&l.doc, text, len, what, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, what);
    const char *format = json_str(&r, l.doc, "format", JSON_REQUIRED);
    if (strcmp(format, LINEAGE_FORMAT) != 0)
        json_fail(&r, "format", ERR_SCHEMA, "'%.40s', this version reads %s", format,
                  LINEAGE_FORMAT);
    l.model_sha256 = read_hex(&r, l.doc, "model_sha256", 64);
    l.release.evaluation = json_obj(&r, l.doc, "evaluation", JSON_OPTIONAL);
    l.release.verdict = json_object_get(l.doc, "verdict");
    read_release(&l.release, &r, l.doc);
    read_base(&l.release.base, &r, l.doc);
    read_run(&l.release.run, &r, l.doc);
    read_contributions(&l, &r);
    rc = json_reader_check(&r, err);
    if (rc < 0) {
        package_lineage_finish(&l);
        return rc;
    }
    *ret = l;
    return 0;
}

void package_lineage_finish(struct package_lineage *lineage)
{
    if (!lineage)
        return;
    json_decref(lineage->doc);
    free(lineage->contributions);
    free(lineage->samples);
    *lineage = (struct package_lineage){ 0 };
}
