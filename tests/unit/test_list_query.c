/* SPDX-License-Identifier: Apache-2.0
 * Which repositories a list's query wants, and in which order. */
#include "hub/web/list_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/form.h"

static const char models_text[] =
    "[{\"id\":\"a/one\",\"gated\":false,\"downloads\":5,\"trendingScore\":1,"
    "\"usedStorage\":300,\"lastModified\":\"2024-01-03T00:00:00Z\",\"tags\":[\"gguf\"]},"
    "{\"id\":\"b/two\",\"gated\":\"auto\",\"downloads\":9,\"trendingScore\":0,"
    "\"usedStorage\":100,\"lastModified\":\"2024-01-01T00:00:00Z\",\"tags\":[\"ollama\"],"
    "\"createdAt\":\"2023-01-01T00:00:00Z\","
    "\"safetensors\":{\"total\":7000000000}},"
    "{\"id\":\"c/three\",\"gated\":\"manual\",\"downloads\":7,\"trendingScore\":7,"
    "\"usedStorage\":200,\"lastModified\":\"2024-01-02T00:00:00Z\",\"tags\":[\"x\"],"
    "\"pipeline_tag\":\"fill-mask\",\"safetensors\":{\"total\":9610}}]";

/* The ids in the order that a query gives, each with a blank behind it; "error" for one that
 * cannot be. */
static void answer(char *out, size_t size, const char *text)
{
    struct list_rank ranks[3];
    json_t *models = NULL;
    struct list_query query;
    struct form form;
    size_t n = 0;

    out[0] = '\0';
    assert_int_equal(json_parse(&models, models_text, strlen(models_text), "models", NULL), 0);
    assert_int_equal(form_parse(&form, text, strlen(text), 100, NULL), 0);
    if (list_query_read(&query, &form, NULL) < 0) {
        (void)snprintf(out, size, "error");
    } else {
        for (size_t i = 0; i < 3; i++) {
            json_t *model = json_array_get(models, i);
            const char *id = json_string_value(json_object_get(model, "id"));

            if (list_query_wants_id(&query, id) && list_query_wants(&query, model))
                list_query_rank(&ranks[n++], &query, model, id);
        }
        list_query_sort(ranks, n);
        for (size_t i = 0; i < n; i++) {
            size_t len = strlen(out);

            (void)snprintf(out + len, size - len, "%s ", ranks[i].id);
        }
    }
    form_finish(&form);
    json_decref(models);
}

static void queries_are_answered(void **state)
{
    static const struct {
        const char *query, *ids;
    } cases[] = {
        { "", "a/one c/three b/two " },
        { "gated=true", "c/three b/two " },
        { "gated=True", "c/three b/two " },
        { "gated=false", "a/one " },
        { "num_parameters=min:6B,max:128B", "b/two " },
        { "num_parameters=min:6b", "b/two " },
        { "num_parameters=max:0.01M", "c/three " },
        { "num_parameters=min:9610,max:9610", "c/three " },
        { "num_parameters=min:1", "c/three b/two " },
        { "num_parameters=6B", "error" },
        { "num_parameters=min:x", "error" },
        { "num_parameters=min:", "error" },
        { "num_parameters=min:-1", "error" },
        { "num_parameters=min:99999999999999T", "error" },
        { "apps=ollama", "b/two " },
        { "apps=ollama&apps=gguf", "a/one b/two " },
        { "apps=lmstudio,ollama", "b/two " },
        { "apps=vllm", "" },
        { "inference=warm", "" },
        { "inference_provider=all", "" },
        { "pipeline_tag=fill-mask", "c/three " },
        { "search=T&search=w", "b/two " },
        { "sort=downloads", "b/two c/three a/one " },
        { "sort=downloads&direction=-1", "b/two c/three a/one " },
        { "sort=downloads&direction=1", "a/one c/three b/two " },
        { "sort=trendingScore", "c/three a/one b/two " },
        { "sort=trending_score", "c/three a/one b/two " },
        { "sort=mainSize", "a/one c/three b/two " },
        { "sort=num_parameters", "b/two c/three a/one " },
        { "sort=createdAt", "b/two a/one c/three " }, /* only one says when */
        { "sort=createdAt&direction=1", "a/one c/three b/two " },
        { "sort=likes30d", "a/one b/two c/three " },
        { "sort=id", "a/one b/two c/three " },
        { "sort=id&direction=-1", "c/three b/two a/one " },
        { "sort=beauty", "error" },
    };
    char ids[200];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        answer(ids, sizeof(ids), cases[i].query);
        if (strcmp(ids, cases[i].ids) != 0)
            fail_msg("%s: '%s' instead of '%s'", cases[i].query, ids, cases[i].ids);
    }
}

static void downloads_are_looked_at_only_when_they_decide_the_order(void **state)
{
    static const struct {
        const char *query;
        bool needs;
    } cases[] = {
        { "", false },
        { "sort=downloads", true },
        { "sort=trendingScore", true },
        { "sort=num_parameters", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct list_query query;
        struct form form;

        assert_int_equal(form_parse(&form, cases[i].query, strlen(cases[i].query), 9, NULL), 0);
        assert_int_equal(list_query_read(&query, &form, NULL), 0);
        assert_int_equal(query.needs_downloads, cases[i].needs);
        form_finish(&form);
    }
}

static void a_value_that_cannot_be_is_named(void **state)
{
    static const char text[] = "sort=beauty";
    struct list_query query;
    struct err err = { 0 };
    struct form form;

    (void)state;
    assert_int_equal(form_parse(&form, text, strlen(text), 9, NULL), 0);
    assert_int_equal(list_query_read(&query, &form, &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "sort 'beauty'"));
    form_finish(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_are_answered),
        cmocka_unit_test(downloads_are_looked_at_only_when_they_decide_the_order),
        cmocka_unit_test(a_value_that_cannot_be_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
