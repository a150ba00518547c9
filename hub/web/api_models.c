/* SPDX-License-Identifier: Apache-2.0
 * One repository, and the list of those that the asker may see. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "hub/web/api.h"
#include "hub/web/model_json.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

enum { MAX_LISTED = 500, MAX_REPOS = 10000 };

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
        json_t *model = model_json(ctx, &shelf);
        json_t *weights = model_weights(&shelf);

        if (weights)
            (void)json_object_set_new(model, "safetensors", weights);
        (void)json_object_set_new(model, "siblings",
                                  model_siblings(&shelf, form_is_true(&query, "blobs")
                                                             ? MODEL_WITH_BLOBS
                                                             : MODEL_NAMES));
        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        httpd_remember(req, SITE_REMEMBERED_MS);
        status = api_reply(req, res, model_narrow(model, &query));
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

/* By which the list may be sorted; figures and times go down unless direction says 1. */
static const char *const sort_keys[] = { "lastModified", "createdAt", "downloads",
                                         "likes",        "id",        NULL };

struct sorting {
    const char *key; /* of sort_keys */
    int sign;
};

struct ranked {
    json_t *model;
    const json_t *key;
    const char *id;
    int sign;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    json_int_t m = json_integer_value(x->key), n = json_integer_value(y->key);
    int order = json_is_string(x->key)
                    ? strcmp(json_string_value(x->key), json_string_value(y->key))
                    : (m > n) - (m < n);

    return order ? x->sign * order : strcmp(x->id, y->id);
}

static void sort_models(json_t **models, size_t n, const struct sorting *by)
{
    struct ranked *ranked = xcalloc(n + 1, sizeof(*ranked));

    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){
            .model = models[i],
            .key = json_object_get(models[i], by->key),
            .id = json_string_value(json_object_get(models[i], "id")),
            .sign = by->sign,
        };
    if (n > 1)
        qsort(ranked, n, sizeof(*ranked), compare_ranked);
    for (size_t i = 0; i < n; i++)
        models[i] = ranked[i].model;
    free(ranked);
}

static void read_sorting(struct sorting *ret, const struct form *query)
{
    const char *wanted = form_get(query, "sort");
    const char *direction = form_get(query, "direction");
    size_t i = 0;

    while (wanted && sort_keys[i] && strcmp(sort_keys[i], wanted) != 0)
        i++;
    if (!sort_keys[i]) /* trending and such: figures that nobody keeps here */
        i = 0;
    bool is_name = strcmp(sort_keys[i], "id") == 0;
    *ret = (struct sorting){ .key = sort_keys[i], .sign = is_name ? 1 : -1 };
    if (direction && strcmp(direction, "1") == 0)
        ret->sign = 1;
    if (direction && strcmp(direction, "-1") == 0)
        ret->sign = -1;
}

/* Who asks for which list. */
struct listing {
    const struct site *site;
    const struct form *query;
    struct principal who;
    enum hosted_kind kind;
    char *root;
};

/* The models that the query wants, in its order. The caller frees array and items. */
static size_t collect(json_t **models, char **ids, size_t n, const struct listing *list)
{
    const struct form *query = list->query;
    struct sorting sorting;
    size_t n_models = 0;

    for (size_t i = 0; i < n; i++) {
        struct shelf shelf;

        if (!id_is_wanted(ids[i], query) ||
            !access_may_see(list->site->access, &list->who, list->kind, ids[i]))
            continue;
        if (shelf_open(&shelf, list->root, ids[i], "main", NULL) == 0) {
            access_look(&shelf.hosted, list->site->access, list->kind, ids[i]);
            json_t *model = model_json(list->site, &shelf);

            if (form_is_true(query, "full") || form_get(query, "expand"))
                (void)json_object_set_new(model, "siblings",
                                          model_siblings(&shelf, MODEL_NAMES));
            if (model_is_wanted(model, query))
                models[n_models++] = model;
            else
                json_decref(model);
        }
        shelf_close(&shelf);
    }
    read_sorting(&sorting, query);
    sort_models(models, n_models, &sorting);
    return n_models;
}

/* The same query with another cursor. */
static void add_next(struct httpd_request *req, const struct listing *list, size_t cursor)
{
    const struct form *query = list->query;
    char *base = site_base_url(list->site, req);
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
    httpd_reply_header(req, "Link", "<%s/api/%s?%scursor=%zu>; rel=\"next\"", base,
                       visit_plural(list->kind), url.data, cursor);
    buf_finish(&url);
    free(base);
}

static int reply_list(struct httpd_request *req, struct httpd_response *res,
                      const struct listing *list)
{
    size_t limit = (size_t)form_number(list->query, "limit", MAX_LISTED, MAX_LISTED);
    size_t cursor = (size_t)form_number(list->query, "cursor", MAX_REPOS, 0);
    char **ids = NULL;
    size_t n = 0;

    if (hub_repo_list(&ids, &n, list->root, MAX_REPOS, NULL) < 0)
        return site_error(list->site, req, res, 500, NULL, "the hub's folder cannot be read");
    json_t **models = xcalloc(n + 1, sizeof(json_t *));
    size_t n_models = collect(models, ids, n, list), end = cursor + (limit ? limit : 1);
    json_t *page = json_array();

    for (size_t i = 0; i < n_models; i++) {
        if (i >= cursor && i < end)
            (void)json_array_append_new(page, model_narrow(models[i], list->query));
        else
            json_decref(models[i]);
    }
    if (n_models > end)
        add_next(req, list, end);
    free(models);
    hub_repo_list_free(ids, n);
    return api_reply(req, res, page);
}

int api_list(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct listing list = { .site = ctx, .kind = HOSTED_MODEL };
    struct form query;
    int status;

    if (strcmp(httpd_path(req), "/api/datasets") == 0)
        list.kind = HOSTED_DATASET;
    list.query = &query;
    list.root = visit_root(ctx, list.kind);
    if (api_query(&query, req) < 0)
        status = site_error(ctx, req, res, 400, NULL, "the query cannot be read");
    else
        status = visit_identify(&list.who, ctx, req, res);
    if (status == 0)
        status = reply_list(req, res, &list);
    form_finish(&query);
    free(list.root);
    return status;
}

static bool is_listed(const json_t *text_or_list, const char *tag)
{
    const char *text = json_string_value(text_or_list);

    if (text)
        return strcmp(text, tag) == 0;
    for (size_t i = 0; i < json_array_size(text_or_list); i++) {
        text = json_string_value(json_array_get(text_or_list, i));
        if (text && strcmp(text, tag) == 0)
            return true;
    }
    return false;
}

/* What a tag says, by how it begins or where the card has it. */
static const char *tag_type(const json_t *model, const char *tag)
{
    static const struct {
        const char *prefix, *key, *type; /* one of the first two */
    } types[] = {
        { "license:", NULL, "license" },       { "dataset:", NULL, "dataset" },
        { "base_model:", NULL, "base_model" }, { NULL, "pipeline_tag", "pipeline_tag" },
        { NULL, "library_name", "library" },   { NULL, "language", "language" },
    };
    const json_t *card = json_object_get(model, "cardData");

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].prefix ? text_has_prefix(tag, types[i].prefix)
                            : is_listed(json_object_get(card, types[i].key), tag))
            return types[i].type;
    }
    return "other";
}

/* {"license": [{"id": "license:mit", "label": "mit", "type": "license"}], ...}, each once. */
static void add_tags(json_t *by_type, json_t *seen, const json_t *model)
{
    const json_t *tags = json_object_get(model, "tags");

    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        const char *type = tag_type(model, tag);
        size_t type_len = strlen(type);
        bool has_prefix = text_has_prefix(tag, type) && tag[type_len] == ':';

        if (json_object_get(seen, tag))
            continue;
        (void)json_object_set_new(seen, tag, json_true());
        if (!json_object_get(by_type, type))
            (void)json_object_set_new(by_type, type, json_array());
        (void)json_array_append_new(json_object_get(by_type, type),
                                    json_pack("{s:s,s:s,s:s}", "id", tag, "label",
                                              has_prefix ? tag + type_len + 1 : tag, "type",
                                              type));
    }
}

static json_t *tags_of(const struct listing *list)
{
    json_t *by_type = json_object(), *seen = json_object();
    char **ids = NULL;
    size_t n = 0;

    if (hub_repo_list(&ids, &n, list->root, MAX_REPOS, NULL) == 0) {
        json_t **models = xcalloc(n + 1, sizeof(json_t *));
        size_t n_models = collect(models, ids, n, list);

        for (size_t i = 0; i < n_models; i++) {
            add_tags(by_type, seen, models[i]);
            json_decref(models[i]);
        }
        free(models);
    }
    hub_repo_list_free(ids, n);
    json_decref(seen);
    return by_type;
}

int api_tags(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    static const struct form everything;
    struct listing list = { .site = ctx, .query = &everything, .kind = HOSTED_MODEL };

    if (text_has_prefix(httpd_path(req), "/api/datasets"))
        list.kind = HOSTED_DATASET;
    int status = visit_identify(&list.who, ctx, req, res);
    if (status != 0)
        return status;
    list.root = visit_root(ctx, list.kind);
    httpd_remember(req, SITE_REMEMBERED_MS);
    status = api_reply(req, res, tags_of(&list));
    free(list.root);
    return status;
}
