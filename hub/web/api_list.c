/* SPDX-License-Identifier: Apache-2.0
 * The list of the repositories that the asker may see, and the tags they have. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "hub/web/api.h"
#include "hub/web/catalogue.h"
#include "hub/web/download_table.h"
#include "hub/web/list_query.h"
#include "hub/web/model_json.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

enum { MAX_LISTED = 1000 };

/* Who asks for which list. */
struct listing {
    const struct site *site;
    struct list_query query;
    struct principal who;
    enum hosted_kind kind;
    char *root;
    struct download_table *downloads; /* NULL: not looked at */
};

/* The protocol's object of a repository that somebody may see, as far as the query looks at it;
 * NULL when main is not there. */
static json_t *look_at(const struct listing *list, const char *id)
{
    struct hosted hosted;

    if (!access_may_see(&hosted, list->site->access, &list->who, list->kind, id))
        return NULL;
    json_t *content = catalogue_get(list->site->catalogue, list->kind, list->root, id);
    json_t *model = content ? json_copy(content) : NULL;

    json_decref(content);
    if (model)
        model_add_hosted(model, &hosted);
    if (model && list->downloads) {
        const char *ns = json_string_value(json_object_get(model, "author"));
        const struct hosted_name name = { list->kind, ns, id + strlen(ns) + 1 };
        struct download_sums sums;

        download_table_get(&sums, list->downloads, &name);
        model_add_sums(model, &sums);
    }
    return model;
}

typedef void model_fn(void *ctx, const json_t *model, const char *id);

/* Calls fn for each model that the query wants. One is in memory at a time, beside what the
 * catalogue keeps. */
static void each_model(const struct listing *list, char **ids, size_t n, model_fn *fn,
                       void *ctx)
{
    catalogue_keep(list->site->catalogue, list->kind, ids, n);
    for (size_t i = 0; i < n; i++) {
        if (!list_query_wants_id(&list->query, ids[i]))
            continue;
        json_t *model = look_at(list, ids[i]);
        if (model && list_query_wants(&list->query, model))
            fn(ctx, model, ids[i]);
        json_decref(model);
    }
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

    if (!list->downloads)
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

struct ranking {
    const struct list_query *query;
    struct list_rank *ranks;
    size_t n;
};

static void add_rank(void *ctx, const json_t *model, const char *id)
{
    struct ranking *ranking = ctx;

    list_query_rank(&ranking->ranks[ranking->n++], ranking->query, model, id);
}

/* One that went meanwhile is missing. */
static int reply_page(struct httpd_request *req, struct httpd_response *res,
                      const struct listing *list, const struct ranking *ranking)
{
    const struct form *form = list->query.form;
    size_t limit = (size_t)form_number(form, "limit", MAX_LISTED, MAX_LISTED);
    size_t cursor = (size_t)form_number(form, "cursor", SITE_MAX_REPOS, 0);
    size_t end = cursor + (limit ? limit : 1);
    json_t *page = json_array();

    for (size_t i = cursor; i < end && i < ranking->n; i++) {
        json_t *model = look_at(list, ranking->ranks[i].id);

        if (model)
            (void)json_array_append_new(page, finish(model, list));
    }
    if (ranking->n > end)
        add_next(req, list, end);
    return api_reply(req, res, page);
}

static int reply_list(struct httpd_request *req, struct httpd_response *res,
                      struct listing *list)
{
    struct ranking ranking = { .query = &list->query };
    struct err err = { 0 };
    char **ids = NULL;
    size_t n = 0;

    if (hub_repo_list(&ids, &n, list->root, SITE_MAX_REPOS, &err) < 0)
        return site_unlisted(list->site, req, res, &err);
    if (list->query.needs_downloads)
        list->downloads = download_table_new(list->site->downloads, list->kind);
    ranking.ranks = xcalloc(n + 1, sizeof(*ranking.ranks));
    each_model(list, ids, n, add_rank, &ranking);
    list_query_sort(ranking.ranks, ranking.n);
    int status = reply_page(req, res, list, &ranking);

    free(ranking.ranks);
    download_table_free(list->downloads);
    hub_repo_list_free(ids, n);
    return status;
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

struct tags {
    json_t *by_type, *seen;
};

/* {"license": [{"id": "license:mit", "label": "mit", "type": "license"}], ...}, each once. */
static void add_tags(void *ctx, const json_t *model, const char *id)
{
    const struct tags *to = ctx;
    const json_t *tags = json_object_get(model, "tags");

    (void)id;
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        const char *type = tag_type(model, tag);
        size_t type_len = strlen(type);
        bool has_prefix = text_has_prefix(tag, type) && tag[type_len] == ':';

        if (json_object_get(to->seen, tag))
            continue;
        (void)json_object_set_new(to->seen, tag, json_true());
        if (!json_object_get(to->by_type, type))
            (void)json_object_set_new(to->by_type, type, json_array());
        (void)json_array_append_new(json_object_get(to->by_type, type),
                                    json_pack("{s:s,s:s,s:s}", "id", tag, "label",
                                              has_prefix ? tag + type_len + 1 : tag, "type",
                                              type));
    }
}

static int reply_tags(struct httpd_request *req, struct httpd_response *res,
                      const struct listing *list)
{
    struct err err = { 0 };
    char **ids = NULL;
    size_t n = 0;

    if (hub_repo_list(&ids, &n, list->root, SITE_MAX_REPOS, &err) < 0)
        return site_unlisted(list->site, req, res, &err);
    struct tags tags = { json_object(), json_object() };

    each_model(list, ids, n, add_tags, &tags);
    hub_repo_list_free(ids, n);
    json_decref(tags.seen);
    httpd_remember(req, SITE_REMEMBERED_MS);
    return api_reply(req, res, tags.by_type);
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
    status = reply_tags(req, res, &list);
    free(list.root);
    return status;
}
