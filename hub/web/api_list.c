/* SPDX-License-Identifier: Apache-2.0
 * The list of the repositories that the asker may see, and the tags they have. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "hub/web/api.h"
#include "hub/web/catalogue.h"
#include "hub/web/list_query.h"
#include "hub/web/model_json.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

enum { MAX_LISTED = 1000, MAX_REPOS = 10000 };

/* Who asks for which list. */
struct listing {
    const struct site *site;
    struct list_query query;
    struct principal who;
    enum hosted_kind kind;
    char *root;
};

/* The protocol's object of a repository that somebody may see, as far as the query looks at it;
 * NULL when main is not there. */
static json_t *look_at(const struct listing *list, const char *id, const struct hosted *hosted)
{
    json_t *content = catalogue_get(list->site->catalogue, list->kind, list->root, id);
    json_t *model = content ? json_copy(content) : NULL;

    json_decref(content);
    if (model)
        model_add_hosted(model, hosted);
    if (model && list->query.needs_downloads)
        model_add_downloads(model, list->site, hosted);
    return model;
}

/* The models that the query wants, in its order. The caller frees array and items. */
static size_t collect(json_t **models, char **ids, size_t n, const struct listing *list)
{
    size_t n_models = 0;

    catalogue_keep(list->site->catalogue, list->kind, ids, n);
    for (size_t i = 0; i < n; i++) {
        struct hosted hosted;

        if (!list_query_wants_id(&list->query, ids[i]) ||
            !access_may_see(&hosted, list->site->access, &list->who, list->kind, ids[i]))
            continue;
        json_t *model = look_at(list, ids[i], &hosted);
        if (model && list_query_wants(&list->query, model))
            models[n_models++] = model;
        else
            json_decref(model);
    }
    list_query_sort(&list->query, models, n_models);
    return n_models;
}

/* The names of its files are read for those alone that are shown. */
static void add_siblings(json_t *model, const struct listing *list)
{
    const char *id = json_string_value(json_object_get(model, "id"));
    const char *commit = json_string_value(json_object_get(model, "sha"));
    struct shelf shelf;

    if (shelf_open(&shelf, list->root, id, commit, NULL) == 0)
        (void)json_object_set_new(model, "siblings", model_siblings(&shelf, MODEL_NAMES));
    shelf_close(&shelf);
}

/* A model of the list as it is shown. Takes model. */
static json_t *finish(json_t *model, const struct listing *list)
{
    static const char *const of_config[] = { "config", "transformersInfo", "mask_token" };
    const struct form *form = list->query.form;
    const struct hosted hosted = { .kind = list->kind };

    if (!list->query.needs_downloads)
        model_add_downloads(model, list->site, &hosted);
    if (form_is_true(form, "full") || form_names(form, "expand", "siblings"))
        add_siblings(model, list);
    if (form_get(form, "expand"))
        return model_narrow(model, form);
    (void)json_object_del(model, "gguf"); /* long, and asked for by name */
    for (size_t i = 0; !form_is_true(form, "config") && i < 3; i++)
        (void)json_object_del(model, of_config[i]);
    return model;
}

/* The same query with another cursor. */
static void add_next(struct httpd_request *req, const struct listing *list, size_t cursor)
{
    const struct form *query = list->query.form;
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
    const struct form *form = list->query.form;
    size_t limit = (size_t)form_number(form, "limit", MAX_LISTED, MAX_LISTED);
    size_t cursor = (size_t)form_number(form, "cursor", MAX_REPOS, 0);
    char **ids = NULL;
    size_t n = 0;

    if (hub_repo_list(&ids, &n, list->root, MAX_REPOS, NULL) < 0)
        return site_error(list->site, req, res, 500, NULL, "the hub's folder cannot be read");
    json_t **models = xcalloc(n + 1, sizeof(json_t *));
    size_t n_models = collect(models, ids, n, list), end = cursor + (limit ? limit : 1);
    json_t *page = json_array();

    for (size_t i = 0; i < n_models; i++) {
        if (i >= cursor && i < end)
            (void)json_array_append_new(page, finish(models[i], list));
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
    struct err err = { 0 };
    struct form query;

    if (strcmp(httpd_path(req), "/api/datasets") == 0)
        list.kind = HOSTED_DATASET;
    list.root = visit_root(ctx, list.kind);
    int status = api_query(&query, ctx, req, res);
    if (status == 0 && list_query_read(&list.query, &query, &err) < 0)
        status = site_error(ctx, req, res, 400, NULL, err.msg);
    if (status == 0)
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
        { "license:", NULL, "license" },
        { "dataset:", NULL, "dataset" },
        { "task_categories:", NULL, "task_categories" },
        { "task_ids:", NULL, "task_ids" },
        { "annotations_creators:", NULL, "annotations_creators" },
        { "language_creators:", NULL, "language_creators" },
        { "multilinguality:", NULL, "multilinguality" },
        { "source_datasets:", NULL, "source_datasets" },
        { "language:", NULL, "language" },
        { "size_categories:", NULL, "size_categories" },
        { "base_model:", NULL, "base_model" },
        { "arxiv:", NULL, "arxiv" },
        { NULL, "pipeline_tag", "pipeline_tag" },
        { NULL, "library_name", "library" },
        { NULL, "language", "language" },
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
    struct listing list = { .site = ctx, .kind = HOSTED_MODEL };

    (void)list_query_read(&list.query, &everything, NULL);
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
