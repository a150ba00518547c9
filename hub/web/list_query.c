/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/list_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/form.h"
#include "base/parse.h"
#include "base/text.h"

/* Where in the object a list is sorted by stands. Nobody counts likes here: all have none. */
struct sort_key {
    const char *name;
    const char *outer, *key; /* outer: NULL, or the object that key is in; key NULL: the id */
    int sign;                /* figures and times go down, names up */
    bool needs_downloads;
};

static const struct sort_key sort_keys[] = {
    { "lastModified", NULL, "lastModified", -1, false }, /* the default */
    { "last_modified", NULL, "lastModified", -1, false },
    { "createdAt", NULL, "createdAt", -1, false },
    { "created_at", NULL, "createdAt", -1, false },
    { "downloads", NULL, "downloads", -1, true },
    { "likes", NULL, "likes", -1, false },
    { "likes30d", NULL, "likes", -1, false },
    { "trendingScore", NULL, "trendingScore", -1, true },
    { "trending_score", NULL, "trendingScore", -1, true },
    { "num_parameters", "safetensors", "total", -1, false },
    { "mainSize", NULL, "usedStorage", -1, false },
    { "id", NULL, NULL, 1, false },
};
enum { N_SORT_KEYS = sizeof(sort_keys) / sizeof(sort_keys[0]) };

static int read_sort(struct list_query *ret, struct err *err)
{
    const char *wanted = form_get(ret->form, "sort");
    const char *direction = form_get(ret->form, "direction");
    size_t i = 0;

    while (wanted && i < N_SORT_KEYS && strcmp(sort_keys[i].name, wanted) != 0)
        i++;
    if (i == N_SORT_KEYS)
        return err_set(err, ERR_RANGE,
                       "sort '%.64s' is none of lastModified, createdAt, downloads, likes, "
                       "likes30d, trendingScore, num_parameters, mainSize, id",
                       wanted);
    ret->sort = &sort_keys[i];
    ret->sign = ret->sort->sign;
    if (direction && strcmp(direction, "1") == 0)
        ret->sign = 1;
    if (direction && strcmp(direction, "-1") == 0)
        ret->sign = -1;
    return 0;
}

/* "6B", "1.5M", "350". */
static int read_count(int64_t *ret, const char *text, size_t len)
{
    static const struct {
        char unit;
        double factor;
    } units[] = { { 'K', 1e3 }, { 'M', 1e6 }, { 'B', 1e9 }, { 'T', 1e12 } };
    double factor = 1, value = 0;

    for (size_t i = 0; len > 0 && i < sizeof(units) / sizeof(units[0]); i++)
        if ((text[len - 1] & ~0x20) == units[i].unit) {
            factor = units[i].factor;
            len--;
            break;
        }
    char *number = xstrndup(text, len);
    int rc = parse_f64(&value, number, 0, 1e6 * 1e12 / factor, "number", NULL);
    free(number);
    if (rc == 0)
        *ret = (int64_t)(value * factor);
    return rc;
}

/* "min:6B,max:128B", or one of the two. */
static int read_parameters(struct list_query *ret, struct err *err)
{
    static const char min[] = "min:", max[] = "max:";
    const char *text = form_get(ret->form, "num_parameters");
    int rc = 0;

    ret->max_parameters = INT64_MAX;
    while (rc == 0 && text && *text) {
        size_t len = strcspn(text, ",");

        if (text_has_prefix(text, min))
            rc = read_count(&ret->min_parameters, text + strlen(min), len - strlen(min));
        else if (text_has_prefix(text, max))
            rc = read_count(&ret->max_parameters, text + strlen(max), len - strlen(max));
        else
            rc = -ERR_RANGE;
        text += len + (text[len] == ',');
    }
    return rc < 0 ? err_set(err, ERR_RANGE,
                            "num_parameters: expected a range such as min:6B,max:128B")
                  : 0;
}

int list_query_read(struct list_query *ret, const struct form *form, struct err *err)
{
    *ret = (struct list_query){ .form = form };
    int rc = read_sort(ret, err);

    if (rc == 0)
        rc = read_parameters(ret, err);
    ret->needs_downloads = rc == 0 && ret->sort->needs_downloads;
    return rc;
}

static bool has_text(const char *in, const char *part)
{
    size_t len = strlen(part);

    while (*in && strncasecmp(in, part, len) != 0)
        in++;
    return *in || len == 0;
}

bool list_query_wants_id(const struct list_query *query, const char *id)
{
    const char *author = form_get(query->form, "author"), *word;
    size_t len = strcspn(id, "/"), at = 0;

    if (author && (strlen(author) != len || strncmp(author, id, len) != 0))
        return false;
    while ((word = form_next(query->form, "search", &at)))
        if (!has_text(id, word))
            return false;
    return true;
}

static bool has_tag(const json_t *tags, const char *tag, size_t len)
{
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *have = json_string_value(json_array_get(tags, i));

        if (have && strlen(have) == len && memcmp(have, tag, len) == 0)
            return true;
    }
    return false;
}

/* An app runs a model that says so by a tag of its name. Any of those asked for will do. */
static bool runs_in(const json_t *tags, const struct form *form)
{
    const char *apps;
    bool is_asked = false;
    size_t at = 0;

    while ((apps = form_next(form, "apps", &at))) {
        is_asked = true;
        while (*apps) {
            size_t len = strcspn(apps, ",");

            if (has_tag(tags, apps, len))
                return true;
            apps += len + (apps[len] == ',');
        }
    }
    return !is_asked;
}

static bool has_parameters(const struct list_query *query, const json_t *model)
{
    const json_t *weights = json_object_get(model, "safetensors");
    int64_t total = json_integer_value(json_object_get(weights, "total"));

    if (query->min_parameters == 0 && query->max_parameters == INT64_MAX)
        return true;
    return weights && total >= query->min_parameters && total <= query->max_parameters;
}

bool list_query_wants(const struct list_query *query, const json_t *model)
{
    const struct form *form = query->form;
    const json_t *tags = json_object_get(model, "tags");
    const char *wanted = form_get(form, "pipeline_tag");
    const char *have = json_string_value(json_object_get(model, "pipeline_tag"));
    bool is_gated = json_is_string(json_object_get(model, "gated"));
    size_t at = 0;

    if (wanted && (!have || strcmp(wanted, have) != 0))
        return false;
    if (form_get(form, "gated") && form_is_true(form, "gated") != is_gated)
        return false;
    /* Models are kept here, and nobody runs them for others. */
    if (form_get(form, "inference") || form_get(form, "inference_provider"))
        return false;
    while ((wanted = form_next(form, "filter", &at)))
        if (!has_tag(tags, wanted, strlen(wanted)))
            return false;
    return runs_in(tags, form) && has_parameters(query, model);
}

void list_query_rank(struct list_rank *ret, const struct list_query *query, const json_t *model,
                     const char *id)
{
    const struct sort_key *by = query->sort;
    const json_t *in = by->outer ? json_object_get(model, by->outer) : model;
    const json_t *key = by->key ? json_object_get(in, by->key) : NULL;
    const char *text = json_string_value(key);

    *ret = (struct list_rank){ .id = id,
                               .number = json_integer_value(key),
                               .sign = query->sign,
                               .id_sign = by->key ? 1 : query->sign };
    (void)snprintf(ret->text, sizeof(ret->text), "%s", text ? text : "");
}

/* A text that is missing comes before any other, as a figure that is missing counts as 0. */
static int compare_ranks(const void *a, const void *b)
{
    const struct list_rank *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    if (order == 0)
        order = (x->number > y->number) - (x->number < y->number);
    return order ? x->sign * order : x->id_sign * strcmp(x->id, y->id);
}

void list_query_sort(struct list_rank *ranks, size_t n)
{
    if (n > 1)
        qsort(ranks, n, sizeof(*ranks), compare_ranks);
}
