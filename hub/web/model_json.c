/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/model_json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/repo/blob.h"
#include "hub/web/api.h"
#include "hub/web/card.h"
#include "hub/web/downloads.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/weights.h"

/* What is no large file stands in git, and is small. */
enum { MAX_WEIGHTS_BYTES = 16 << 20, MAX_TAGS = 200 };

/* Adds "prefix" + text once. */
static void add_tag(json_t *tags, const char *prefix, const char *text)
{
    char *tag = xasprintf("%s%s", prefix, text);
    size_t i = 0;

    while (i < json_array_size(tags) &&
           strcmp(json_string_value(json_array_get(tags, i)), tag) != 0)
        i++;
    if (i == json_array_size(tags))
        (void)json_array_append_new(tags, json_string(tag));
    free(tag);
}

/* Formats of weights that the files tell of. */
static void add_formats(json_t *tags, const struct shelf *shelf)
{
    static const struct {
        const char *suffix, *tag;
    } formats[] = {
        { ".gguf", "gguf" },
        { ".onnx", "onnx" },
        { ".safetensors", "safetensors" },
    };

    for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++)
        for (size_t i = 0; i < shelf->n_files; i++)
            if (text_has_suffix(shelf->files[i].path, formats[f].suffix)) {
                add_tag(tags, "", formats[f].tag);
                break;
            }
}

/* "arxiv:2106.09685" for each paper that the text leads to. */
static void add_papers(json_t *tags, const char *text)
{
    static const char *const addresses[] = { "arxiv.org/abs/", "arxiv.org/pdf/" };

    for (size_t a = 0; a < sizeof(addresses) / sizeof(addresses[0]); a++)
        for (const char *at = text; (at = strstr(at, addresses[a]));) {
            at += strlen(addresses[a]);
            size_t year = strspn(at, "0123456789");
            size_t number = at[year] == '.' ? strspn(at + year + 1, "0123456789") : 0;

            if (year != 4 || number < 4 || number > 5 || json_array_size(tags) >= MAX_TAGS)
                continue;
            char *paper = xstrndup(at, year + 1 + number);
            add_tag(tags, "arxiv:", paper);
            free(paper);
        }
}

/* Where tags come from: a key of the card, and what stands before its values. */
struct tag_source {
    const char *key, *prefix;
};
static const struct tag_source of_models[] = {
    { "library_name", "" },          { "tags", "" },     { "datasets", "dataset:" },
    { "base_model", "base_model:" }, { "language", "" }, { "license", "license:" },
    { "pipeline_tag", "" },          { NULL, NULL },
};
static const struct tag_source of_datasets[] = {
    { "task_categories", "task_categories:" },
    { "task_ids", "task_ids:" },
    { "annotations_creators", "annotations_creators:" },
    { "language_creators", "language_creators:" },
    { "multilinguality", "multilinguality:" },
    { "source_datasets", "source_datasets:" },
    { "language", "language:" },
    { "license", "license:" },
    { "size_categories", "size_categories:" },
    { "tags", "" },
    { NULL, NULL },
};

/* Of one text, or of those in a list. */
static void add_tags(json_t *tags, const char *prefix, const json_t *value)
{
    if (json_is_string(value))
        add_tag(tags, prefix, json_string_value(value));
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *item = json_string_value(json_array_get(value, i));

        if (item)
            add_tag(tags, prefix, item);
    }
}

static json_t *make_tags(const json_t *card, enum hosted_kind kind)
{
    const struct tag_source *source = kind == HOSTED_DATASET ? of_datasets : of_models;
    const char *relation = json_string_value(json_object_get(card, "base_model_relation"));
    json_t *tags = json_array();

    for (; source->key; source++)
        add_tags(tags, source->prefix, json_object_get(card, source->key));
    if (relation && kind == HOSTED_MODEL) {
        char *prefix = xasprintf("base_model:%s:", relation);

        add_tags(tags, prefix, json_object_get(card, "base_model"));
        free(prefix);
    }
    return tags;
}

/* The first bytes of a large file, as many as its header has; -1 without one. */
static int64_t read_header(struct buf *out, const struct shelf *shelf, const char *oid,
                           int64_t size)
{
    char length[WEIGHTS_LENGTH_BYTES];
    int64_t n = -1;
    int fd = -1;

    if (blob_open(&fd, hub_repo_blobs(shelf->repo), oid, NULL) < 0)
        return -1;
    if (pread(fd, length, sizeof(length), 0) == (ssize_t)sizeof(length))
        n = weights_header_bytes(length, size);
    if (n > 0) {
        char *bytes = xmalloc((size_t)n);

        if (pread(fd, bytes, (size_t)n, 0) == (ssize_t)n)
            buf_add(out, bytes, (size_t)n);
        else
            n = -1;
        free(bytes);
    }
    (void)close(fd);
    return n;
}

static json_t *count_weights(const struct shelf *shelf)
{
    const struct hub_file *file = shelf_find(shelf, "model.safetensors");
    json_t *ret = NULL;
    struct buf bytes;
    int64_t n = -1;

    if (!file)
        return NULL;
    buf_init(&bytes, MAX_WEIGHTS_BYTES);
    if (file->lfs[0])
        n = read_header(&bytes, shelf, file->lfs, file->size);
    else if (shelf_read(&bytes, shelf, file, NULL) == 0 && bytes.len >= WEIGHTS_LENGTH_BYTES)
        n = weights_header_bytes(bytes.data, file->size);
    if (n > 0)
        ret = weights_count(bytes.data, n, file->size);
    buf_finish(&bytes);
    return ret;
}

/* "safetensors": {"parameters":{"F32":n},"total":n} of a sound model.safetensors. */
static void add_weights(json_t *model, const struct shelf *shelf)
{
    json_t *weights = count_weights(shelf);

    if (weights)
        (void)json_object_set_new(model, "safetensors", weights);
}

json_t *model_siblings(const struct shelf *shelf, enum model_detail detail)
{
    json_t *siblings = json_array();

    for (size_t i = 0; i < shelf->n_files; i++) {
        const struct hub_file *file = &shelf->files[i];
        json_t *item = json_pack("{s:s}", "rfilename", file->path);

        if (detail == MODEL_WITH_BLOBS)
            (void)json_object_update_new(
                item,
                json_pack("{s:I,s:s}", "size", (json_int_t)file->size, "blobId", file->blob));
        if (detail == MODEL_WITH_BLOBS && file->lfs[0])
            (void)json_object_set_new(item, "lfs", api_lfs(file));
        (void)json_array_append_new(siblings, item);
    }
    return siblings;
}

static void add_card(json_t *model, const struct shelf *shelf)
{
    static const struct {
        const char *key, *name;
    } lifted[] = {
        { "pipeline_tag", "pipeline_tag" },
        { "library_name", "library_name" },
        { "model-index", "model-index" },
        { "widget", "widgetData" },
        { "paperswithcode_id", "paperswithcode_id" },
    };
    struct buf readme;
    struct card card;

    site_read_card(&card, &readme, shelf);
    json_t *meta = card_json(&card);
    for (size_t i = 0; i < sizeof(lifted) / sizeof(lifted[0]); i++) {
        json_t *value = json_object_get(meta, lifted[i].key);

        if (value)
            (void)json_object_set(model, lifted[i].name, value);
    }
    json_t *tags = make_tags(meta, shelf->hosted.kind);
    json_t *bases = json_array();
    add_tags(bases, "", json_object_get(meta, "base_model"));
    if (json_array_size(bases) > 0)
        (void)json_object_set(model, "baseModels", bases);
    json_decref(bases);
    add_formats(tags, shelf);
    if (card.text_len > 0)
        add_papers(tags, card.text);
    (void)json_object_set_new(model, "tags", tags);
    (void)json_object_set_new(model, "cardData", meta);
    card_finish(&card);
    buf_finish(&readme);
}

void model_add_hosted(json_t *model, const struct hosted *hosted)
{
    static const char *const gates[] = { [GATE_AUTO] = "auto", [GATE_MANUAL] = "manual" };
    char created[RFC3339_SIZE];

    rfc3339_format(created, hosted->created_at);
    (void)json_object_set(model, "createdAt", json_object_get(model, "lastModified"));
    if (hosted->id)
        (void)json_object_set_new(model, "createdAt", json_string(created));
    (void)json_object_set_new(model, "private", json_boolean(hosted->is_private));
    (void)json_object_set_new(model, "gated",
                              hosted->gate == GATE_NONE ? json_false()
                                                        : json_string(gates[hosted->gate]));
}

void model_add_sums(json_t *model, const struct download_sums *sums)
{
    (void)json_object_set_new(model, "downloads", json_integer(sums->recent));
    (void)json_object_set_new(model, "downloadsAllTime", json_integer(sums->all));
    /* What is taken now, whatever was taken before: the nearest to a trend that is counted. */
    (void)json_object_set_new(model, "trendingScore", json_integer(sums->week));
}

void model_add_downloads(json_t *model, const struct site *site, const struct hosted *hosted)
{
    const char *id = json_string_value(json_object_get(model, "id"));
    const char *ns = json_string_value(json_object_get(model, "author"));
    const struct hosted_name name = { hosted->kind, ns, id + strlen(ns) + 1 };
    struct download_sums sums;

    downloads_read(&sums, site->downloads, &name);
    model_add_sums(model, &sums);
}

json_t *model_content(const struct shelf *shelf)
{
    char digest[SHA256_HEX_SIZE], date[RFC3339_SIZE];
    json_int_t used = 0;
    int64_t at = 0;

    sha256_hex(digest, shelf->id, strlen(shelf->id));
    digest[24] = '\0';
    for (size_t i = 0; i < shelf->n_files; i++)
        used += shelf->files[i].size;
    (void)hub_repo_date(&at, shelf->repo, shelf->commit, NULL);
    rfc3339_format(date, at);
    json_t *model =
        json_pack("{s:s,s:s,s:s,s:s%,s:s,s:s,s:b,s:i,s:[],s:I,s:I}", "_id", digest, "id",
                  shelf->id, "modelId", shelf->id, "author", shelf->id, strcspn(shelf->id, "/"),
                  "sha", shelf->commit, "lastModified", date, "disabled", 0, "likes", 0,
                  "spaces", "usedStorage", used, "mainSize", used);
    add_card(model, shelf);
    add_weights(model, shelf);
    model_add_config(model, shelf);
    model_add_gguf(model, shelf);
    return model;
}

json_t *model_narrow(json_t *model, const struct form *query)
{
    size_t at = 0;
    const char *name;

    if (!form_get(query, "expand"))
        return model;
    json_t *some = json_pack("{s:O,s:O}", "_id", json_object_get(model, "_id"), "id",
                             json_object_get(model, "id"));
    while ((name = form_next(query, "expand", &at))) {
        json_t *value = json_object_get(model, name);

        if (value)
            (void)json_object_set(some, name, value);
    }
    json_decref(model);
    return some;
}
