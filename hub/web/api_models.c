/* SPDX-License-Identifier: Apache-2.0
 * The model object and the list of models. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/web/api.h"
#include "hub/web/card.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "model/safetensors.h"

enum { MAX_LISTED = 500, MAX_REPOS = 10000, MAX_WEIGHTS_BYTES = 32 << 20 };

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

static json_t *make_tags(const json_t *card, bool has_safetensors)
{
    static const struct {
        const char *key, *prefix;
    } sources[] = {
        { "library_name", "" },          { "tags", "" },     { "datasets", "dataset:" },
        { "base_model", "base_model:" }, { "language", "" }, { "license", "license:" },
        { "pipeline_tag", "" },
    };
    json_t *tags = json_array();

    for (size_t s = 0; s < sizeof(sources) / sizeof(sources[0]); s++) {
        const json_t *value = json_object_get(card, sources[s].key);

        if (json_is_string(value))
            add_tag(tags, sources[s].prefix, json_string_value(value));
        for (size_t i = 0; i < json_array_size(value); i++) {
            const char *item = json_string_value(json_array_get(value, i));

            if (item)
                add_tag(tags, sources[s].prefix, item);
        }
    }
    if (has_safetensors)
        add_tag(tags, "", "safetensors");
    return tags;
}

/* The parser saw that the product fits; beside a 0 the rest may be anything. */
static size_t count_elements(const struct safetensor *tensor)
{
    size_t n = 1;

    for (size_t d = 0; d < tensor->n_dims; d++)
        n *= tensor->dims[d];
    return n;
}

/* {"parameters":{"F32":n},"total":n} of model.safetensors; NULL without a sound one. */
static json_t *count_parameters(const struct shelf *shelf)
{
    const struct hub_file *file = shelf_find(shelf, "model.safetensors");
    struct safetensors st = { 0 };
    json_t *ret = NULL;
    struct buf bytes;

    buf_init(&bytes, MAX_WEIGHTS_BYTES);
    if (file && shelf_read(&bytes, shelf, file, NULL) == 0 &&
        safetensors_parse(&st, bytes.data, bytes.len, file->path, NULL) == 0) {
        json_t *kinds = json_object();
        json_int_t total = 0;

        for (size_t i = 0; i < st.n_tensors; i++) {
            const json_t *before = json_object_get(kinds, st.tensors[i].dtype);
            json_int_t n = (json_int_t)count_elements(&st.tensors[i]);

            total += n;
            (void)json_object_set_new(kinds, st.tensors[i].dtype,
                                      json_integer(json_integer_value(before) + n));
        }
        ret = json_pack("{s:o,s:I}", "parameters", kinds, "total", total);
    }
    safetensors_finish(&st);
    buf_finish(&bytes);
    return ret;
}

static json_t *make_siblings(const struct shelf *shelf, bool with_blobs)
{
    json_t *siblings = json_array();

    for (size_t i = 0; i < shelf->n_files; i++) {
        const struct hub_file *file = &shelf->files[i];
        json_t *item = json_pack("{s:s}", "rfilename", file->path);

        if (with_blobs)
            (void)json_object_update_new(
                item,
                json_pack("{s:I,s:s}", "size", (json_int_t)file->size, "blobId", file->blob));
        (void)json_array_append_new(siblings, item);
    }
    return siblings;
}

static void add_card(json_t *model, const struct shelf *shelf)
{
    static const char *const lifted[] = { "pipeline_tag", "library_name", "model-index" };
    struct buf readme;
    struct card card;

    site_read_card(&card, &readme, shelf);
    json_t *meta = card_json(&card);
    for (size_t i = 0; i < sizeof(lifted) / sizeof(lifted[0]); i++) {
        json_t *value = json_object_get(meta, lifted[i]);

        if (value)
            (void)json_object_set(model, lifted[i], value);
    }
    bool has_safetensors = shelf_find(shelf, "model.safetensors") != NULL;
    (void)json_object_set_new(model, "tags", make_tags(meta, has_safetensors));
    (void)json_object_set_new(model, "cardData", meta);
    card_finish(&card);
    buf_finish(&readme);
}

/* All but safetensors and siblings, which cost more. */
static json_t *make_model(const struct shelf *shelf)
{
    char digest[SHA256_HEX_SIZE], date[RFC3339_SIZE];
    char *author = xstrndup(shelf->id, strcspn(shelf->id, "/"));
    int64_t at = 0;

    sha256_hex(digest, shelf->id, strlen(shelf->id));
    digest[24] = '\0';
    (void)hub_repo_date(&at, shelf->repo, shelf->commit, NULL);
    rfc3339_format(date, at);
    json_t *model =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:b,s:i,s:i,s:i}", "_id", digest, "id",
                  shelf->id, "modelId", shelf->id, "author", author, "sha", shelf->commit,
                  "lastModified", date, "private", 0, "gated", 0, "disabled", 0, "downloads", 0,
                  "downloadsAllTime", 0, "likes", 0);
    add_card(model, shelf);
    free(author);
    return model;
}

/* With expand only the named fields stay, beside the two that always do. */
static json_t *narrow(json_t *model, const struct form *query)
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

int api_model(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct shelf shelf = { 0 };
    struct form query;
    int status;

    if (api_query(&query, req) < 0)
        status = site_error(ctx, req, res, 400, NULL, "the query cannot be read");
    else
        status = site_open_shelf(&shelf, ctx, req, res);
    if (status == 0) {
        json_t *model = make_model(&shelf);
        json_t *weights = count_parameters(&shelf);

        if (weights)
            (void)json_object_set_new(model, "safetensors", weights);
        (void)json_object_set_new(model, "siblings",
                                  make_siblings(&shelf, form_is_true(&query, "blobs")));
        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        status = api_reply(req, res, narrow(model, &query));
    }
    shelf_close(&shelf);
    form_finish(&query);
    return status;
}

static bool has_text(const char *in, const char *part)
{
    for (; *in; in++) {
        char *head = xstrndup(in, strlen(part));
        bool is_equal = text_equal_ignoring_case(head, part);

        free(head);
        if (is_equal)
            return true;
    }
    return *part == '\0';
}

static bool id_is_wanted(const char *id, const struct form *query)
{
    const char *author = form_get(query, "author"), *word;
    size_t len = strcspn(id, "/"), at = 0;

    if (author && (strlen(author) != len || strncmp(author, id, len) != 0))
        return false;
    while ((word = form_next(query, "search", &at)))
        if (!has_text(id, word))
            return false;
    return true;
}

static bool model_is_wanted(const json_t *model, const struct form *query)
{
    const json_t *tags = json_object_get(model, "tags");
    const char *wanted = form_get(query, "pipeline_tag");
    const char *have = json_string_value(json_object_get(model, "pipeline_tag"));
    size_t at = 0;

    if (wanted && (!have || strcmp(wanted, have) != 0))
        return false;
    while ((wanted = form_next(query, "filter", &at))) {
        size_t i = 0;

        while (i < json_array_size(tags) &&
               strcmp(json_string_value(json_array_get(tags, i)), wanted) != 0)
            i++;
        if (i == json_array_size(tags))
            return false;
    }
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int order = strcmp(json_string_value(json_object_get(y, "lastModified")),
                       json_string_value(json_object_get(x, "lastModified")));

    return order ? order
                 : strcmp(json_string_value(json_object_get(x, "id")),
                          json_string_value(json_object_get(y, "id")));
}

/* The models that the query wants, in its order. The caller frees array and items. */
static size_t collect(json_t **models, char **ids, size_t n, const struct site *site,
                      const struct form *query)
{
    const char *sort = form_get(query, "sort");
    size_t n_models = 0;

    for (size_t i = 0; i < n; i++) {
        struct shelf shelf;

        if (!id_is_wanted(ids[i], query))
            continue;
        if (shelf_open(&shelf, site->hub_dir, ids[i], "main", NULL) == 0) {
            json_t *model = make_model(&shelf);

            if (form_is_true(query, "full") || form_get(query, "expand"))
                (void)json_object_set_new(model, "siblings", make_siblings(&shelf, false));
            if (model_is_wanted(model, query))
                models[n_models++] = model;
            else
                json_decref(model);
        }
        shelf_close(&shelf);
    }
    if (n_models > 1 && !(sort && strcmp(sort, "id") == 0))
        qsort(models, n_models, sizeof(*models), newest_first);
    return n_models;
}

/* The same query with another cursor. */
static void add_next(struct httpd_request *req, const struct site *site,
                     const struct form *query, size_t cursor)
{
    char *base = site_base_url(site, req);
    struct buf url;

    buf_init(&url, 8192);
    for (size_t i = 0; i < query->n; i++) {
        if (strcmp(query->fields[i].name, "cursor") == 0)
            continue;
        text_add_url(&url, query->fields[i].name, TEXT_SLASH_ENCODED);
        buf_add_char(&url, '=');
        text_add_url(&url, query->fields[i].value, TEXT_SLASH_ENCODED);
        buf_add_char(&url, '&');
    }
    httpd_reply_header(req, "Link", "<%s/api/models?%scursor=%zu>; rel=\"next\"", base,
                       url.data, cursor);
    buf_finish(&url);
    free(base);
}

static int reply_list(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, const struct form *query)
{
    size_t limit = (size_t)form_number(query, "limit", MAX_LISTED, MAX_LISTED);
    size_t cursor = (size_t)form_number(query, "cursor", MAX_REPOS, 0);
    char **ids = NULL;
    size_t n = 0;

    if (hub_repo_list(&ids, &n, site->hub_dir, MAX_REPOS, NULL) < 0)
        return site_error(site, req, res, 500, NULL, "the hub's folder cannot be read");
    json_t **models = xcalloc(n + 1, sizeof(json_t *));
    size_t n_models = collect(models, ids, n, site, query), end = cursor + (limit ? limit : 1);
    json_t *page = json_array();

    for (size_t i = 0; i < n_models; i++) {
        if (i >= cursor && i < end)
            (void)json_array_append_new(page, narrow(models[i], query));
        else
            json_decref(models[i]);
    }
    if (n_models > end)
        add_next(req, site, query, end);
    free(models);
    hub_repo_list_free(ids, n);
    return api_reply(req, res, page);
}

int api_list(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct form query;
    int status;

    if (api_query(&query, req) < 0)
        status = site_error(ctx, req, res, 400, NULL, "the query cannot be read");
    else
        status = reply_list(req, res, ctx, &query);
    form_finish(&query);
    return status;
}
