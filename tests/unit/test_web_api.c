/* SPDX-License-Identifier: Apache-2.0
 * The hub protocol's reading half, as its clients ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/download.h"
#include "tests/support/site.h"

static void model_says_what_its_card_and_files_say(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/api/models/community/digits/revision/HEAD?blobs=true"),
                     200);
    site_assert_has(fix, "\"id\":\"community/digits\"");
    site_assert_has(fix, fix->commit);
    site_assert_has(fix, "\"lastModified\":\"2023-11-14T22:13:20Z\"");
    site_assert_has(fix, "\"license:apache-2.0\"");
    site_assert_has(fix, "\"metrics\":[{\"type\":\"accuracy\",\"value\":0.9778");
    site_assert_has(fix, "\"rfilename\":\"data/labels.csv\",\"size\":8");
    site_assert_has_not(fix, "\"safetensors\":{"); /* ten bytes are no weights */
    site_assert_has_not(fix, "securityRepoStatus");
    assert_int_equal(site_get(fix, "/api/models/community/digits?securityStatus=true"), 200);
    site_assert_has(fix, "\"scansDone\":false");
    assert_int_equal(site_get(fix, "/api/models/community/digits?expand[]=sha"), 200);
    site_assert_has(fix, "\"sha\":");
    site_assert_has_not(fix, "siblings");
}

/* xetEnabled is asked for by huggingface_hub up to 0.36, gitalyUid by @huggingface/hub. */
static void a_field_to_expand_that_is_not_known_is_passed_over(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/api/models/community/digits?expand=xetEnabled"
                                   "&expand=gitalyUid&expand=nonsense&expand[]=likes"),
                     200);
    site_assert_has(fix, "\"likes\":0");
    site_assert_has_not(fix, "nonsense");
    assert_int_equal(site_get(fix, "/api/models?expand=nonsense"), 200);
}

static void tags_are_sorted_by_what_they_say(void **state)
{
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token,
                               "{\"name\":\"m\",\"private\":true,\"license\":\"mit\"}"),
                     200);
    assert_int_equal(site_get(fix, "/api/models-tags-by-type"), 200);
    site_assert_has(fix, "\"license\":[{\"id\":\"license:apache-2.0\",\"label\":\"apache-2.0\","
                         "\"type\":\"license\"}]");
    site_assert_has(fix, "\"other\":[");
    assert_int_equal(site_send(fix, "GET", "/api/models-tags-by-type", token, ""), 200);
    site_assert_has(fix, "license:mit");
    assert_int_equal(site_get(fix, "/api/datasets-tags-by-type"), 200);
    assert_string_equal(fix->res.body.data, "{}");
    free(token);
}

static void tags_tell_formats_and_papers(void **state)
{
    static const char commit[] =
        "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"README.md\","
        "\"encoding\":\"utf-8\",\"content\":"
        "\"See https://arxiv.org/abs/2106.09685 and arxiv.org/pdf/1706.03762v7, not "
        "arxiv.org/abs/math.GT/0309136 or arxiv.org/abs/2106.1.\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"a/w.onnx\",\"encoding\":\"utf-8\","
        "\"content\":\"x\"}}\n";
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/commit/main", token, commit),
                     200);
    assert_int_equal(site_get(fix, "/api/models/ada/m?expand=tags"), 200);
    site_assert_has(fix, "\"tags\":[\"onnx\",\"arxiv:2106.09685\",\"arxiv:1706.03762\"]");
    assert_int_equal(site_get(fix, "/api/models-tags-by-type"), 200);
    site_assert_has(fix, "\"arxiv\":[{\"id\":\"arxiv:2106.09685\",\"label\":\"2106.09685\"");
    free(token);
}

static void tags_of_a_data_set_name_what_they_tell(void **state)
{
    static const char commit[] =
        "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"README.md\",\"encoding\":\"utf-8\","
        "\"content\":\"---\\nlicense: mit\\nlanguage: en\\ntask_categories:\\n"
        "- image-classification\\nsize_categories:\\n- n<1K\\ntags: [digits]\\n---\\n\"}}\n";
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token,
                               "{\"name\":\"d\",\"type\":\"dataset\"}"),
                     200);
    assert_int_equal(site_send(fix, "POST", "/api/datasets/ada/d/commit/main", token, commit),
                     200);
    assert_int_equal(site_get(fix, "/api/datasets/ada/d"), 200);
    site_assert_has(fix, "\"tags\":[\"task_categories:image-classification\","
                         "\"language:en\",\"license:mit\",\"size_categories:n<1K\","
                         "\"digits\"]");
    site_assert_has(fix, "\"mainSize\":");
    assert_int_equal(site_get(fix, "/api/datasets?filter=language:en&filter="
                                   "task_categories:image-classification"),
                     200);
    site_assert_has(fix, "\"id\":\"ada/d\"");
    assert_int_equal(site_get(fix, "/api/datasets?filter=language:de"), 200);
    assert_string_equal(fix->res.body.data, "[]");
    assert_int_equal(site_get(fix, "/api/datasets-tags-by-type"), 200);
    site_assert_has(fix, "\"size_categories\":[{\"id\":\"size_categories:n<1K\","
                         "\"label\":\"n<1K\",\"type\":\"size_categories\"}]");
    free(token);
}

static void a_model_names_what_it_was_made_from(void **state)
{
    static const char commit[] =
        "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"README.md\",\"encoding\":\"utf-8\","
        "\"content\":\"---\\nlicense: mit\\nbase_model: community/digits\\n"
        "base_model_relation: quantized\\n---\\n\"}}\n";
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/commit/main", token, commit),
                     200);
    assert_int_equal(site_get(fix, "/api/models/ada/m?expand=baseModels&expand=tags"), 200);
    site_assert_has(fix, "\"baseModels\":[\"community/digits\"]");
    site_assert_has(fix, "\"base_model:community/digits\"");
    assert_int_equal(site_get(fix, "/api/models?filter=base_model:quantized:community/digits"),
                     200);
    site_assert_has(fix, "\"id\":\"ada/m\"");
    assert_int_equal(site_get(fix, "/api/models/community/digits?expand=baseModels"), 200);
    site_assert_has_not(fix, "baseModels");
    free(token);
}

static void owners_see_what_their_repositories_take(void **state)
{
    static const char commit[] =
        "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"w.bin\",\"encoding\":\"utf-8\","
        "\"content\":\"0123456789\"}}\n";
    static const char own[] = "/api/settings/repositories";
    static const char of_ada[] = "/api/organizations/ada/settings/repositories";
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write"), *other = site_token(fix, "eve", "write");

    assert_int_equal(
        site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\",\"private\":true}"),
        200);
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token,
                               "{\"name\":\"d\",\"type\":\"dataset\"}"),
                     200);
    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/commit/main", token, commit),
                     200);
    site_set_quota(fix, "ada", 1000);
    assert_int_equal(site_send(fix, "GET", own, token, ""), 200);
    site_assert_has(fix, "\"id\":\"ada/m\",\"storage\":10,\"storagePercent\":1.0,"
                         "\"type\":\"model\"");
    site_assert_has(fix, "\"visibility\":\"private\"");
    site_assert_has(fix, "\"id\":\"ada/d\",\"storage\":0,\"storagePercent\":0.0,"
                         "\"type\":\"dataset\"");
    site_assert_has_not(fix, "community");
    assert_int_equal(site_send(fix, "GET", own, other, ""), 200);
    assert_string_equal(fix->res.body.data, "[]");
    assert_int_equal(site_send(fix, "GET", of_ada, other, ""), 200);
    assert_string_equal(fix->res.body.data, "[]");
    assert_int_equal(site_get(fix, own), 401);
    assert_int_equal(site_get(fix, of_ada), 401);
    free(other);
    free(token);
}

static void errors_have_a_code_and_a_message(void **state)
{
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     409);
    assert_string_equal(site_header(fix, "x-error-code"), "Conflict");
    site_assert_has(fix, "\"url\":");
    assert_int_equal(site_get_with(fix, "/community/digits/resolve/main/model.safetensors",
                                   "Range", "bytes=10-"),
                     416);
    assert_string_equal(site_header(fix, "x-error-message"), "the file has 10 bytes");
    assert_string_equal(site_header(fix, "content-range"), "bytes */10");
    assert_int_equal(site_get(fix, "/api/models/ada/m/lfs-files"), 401);
    assert_string_equal(site_header(fix, "x-error-message"),
                        "to write here needs an access token");
    free(token);
}

/* Clients that list everything, or look for a person, go on. */
static void what_is_not_hosted_is_told_from_what_is_not_there(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/api/spaces?limit=30"), 200);
    assert_string_equal(fix->res.body.data, "[]");
    assert_int_equal(site_get(fix, "/api/spaces/ada/s"), 404);
    assert_string_equal(site_header(fix, "x-error-code"), "RepoNotFound");
    assert_int_equal(site_get(fix, "/api/users/ada/overview"), 404);
    assert_string_equal(site_header(fix, "x-error-code"), "NotFound");
}

static void tree_lists_folders_and_pages(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/api/models/community/digits/tree/main"), 200);
    site_assert_has(fix, "\"path\":\"data\",\"size\":0,\"type\":\"directory\"");
    site_assert_has_not(fix, "data/labels.csv");
    assert_int_equal(
        site_get(fix, "/api/models/community/digits/tree/refs/heads/main/data?recursive=true"),
        200);
    site_assert_has(fix, "data/labels.csv");
    site_assert_has_not(fix, "README.md");
    assert_int_equal(site_get(fix, "/api/models/community/digits/tree/main?limit=2"), 200);
    assert_non_null(strstr(site_header(fix, "link"), "limit=2&cursor=2>; rel=\"next\""));
    assert_memory_equal(site_header(fix, "link"), "<http://127.0.0.1:", 18);
    assert_int_equal(site_get(fix, "/api/models/community/digits/tree/main/absent"), 404);
    assert_string_equal(site_header(fix, "x-error-code"), "EntryNotFound");
    assert_string_equal(site_header(fix, "x-repo-commit"), fix->commit);
}

static void paths_are_asked_for_as_form_and_as_json(void **state)
{
    static const struct {
        const char *type, *body;
    } bodies[] = {
        { "application/x-www-form-urlencoded", "paths=empty&paths=data&paths=no&expand=true" },
        { "application/json", "{\"paths\":[\"empty\",\"data\",\"no\"],\"expand\":true}" },
    };
    struct site_fixture *fix = *state;

    for (size_t i = 0; i < 2; i++) {
        struct http_request *req = site_prepare(
            fix, "POST", "/api/models/community/digits/paths-info/refs%2Fheads%2Fmain");

        http_request_header(req, "Content-Type", bodies[i].type);
        req->body = bodies[i].body;
        req->body_len = strlen(bodies[i].body);
        assert_int_equal(site_perform(fix), 200);
        site_assert_has(fix, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        site_assert_has(fix, "\"directory\"");
        site_assert_has_not(fix, "\"no\"");
    }
}

static void list_searches_filters_and_pages(void **state)
{
    static const struct {
        const char *query;
        bool is_found;
    } asked[] = {
        { "", true },
        { "?search=DIGI", true },
        { "?search=letters", false },
        { "?author=community&filter=license:apache-2.0", true },
        { "?author=other", false },
        { "?filter=safetensors&filter=absent", false },
        { "?cursor=1", false },
    };
    struct site_fixture *fix = *state;

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        char *path = xasprintf("/api/models%s", asked[i].query);

        assert_int_equal(site_get(fix, path), 200);
        assert_int_equal(strstr(fix->res.body.data, "community/digits") != NULL,
                         asked[i].is_found);
        free(path);
    }
}

static void add_downloads(const struct site_fixture *fix, int64_t count)
{
    const struct hosted_name name = { HOSTED_MODEL, "Community", "Digits" };
    char *path = fs_path(fix->dir, "hub.db", NULL);
    struct clock clock = clock_system();
    struct db *db = NULL;

    assert_int_equal(db_open(&db, path, DB_HUB, DB_WRITE, NULL), 0);
    assert_int_equal(download_add(db, &name, clock_now(&clock) / 86400, count, NULL), 0);
    db_close(db);
    free(path);
}

static void a_list_by_downloads_begins_with_what_is_taken_most(void **state)
{
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token,
                               "{\"name\":\"m\",\"license\":\"mit\"}"),
                     200);
    assert_int_equal(site_get(fix, "/api/models?sort=downloads&limit=1"), 200);
    site_assert_has(fix, "\"id\":\"ada/m\"");
    add_downloads(fix, 3);
    assert_int_equal(site_get(fix, "/api/models?sort=downloads&limit=1"), 200);
    site_assert_has(fix, "\"id\":\"community/digits\"");
    site_assert_has(fix, "\"downloads\":3,\"downloadsAllTime\":3");
    site_assert_has_not(fix, "ada/m");
    assert_non_null(strstr(site_header(fix, "link"), "sort=downloads&limit=1&cursor=1>"));
    assert_int_equal(site_get(fix, "/api/models?sort=downloads&limit=1&cursor=1"), 200);
    site_assert_has(fix, "\"id\":\"ada/m\"");
    site_assert_has(fix, "\"downloads\":0");
    assert_string_equal(site_header(fix, "link"), "");
    assert_int_equal(site_get(fix, "/api/models?sort=trendingScore&direction=1&limit=1"), 200);
    site_assert_has(fix, "\"id\":\"ada/m\"");
    assert_int_equal(site_get(fix, "/api/models?limit=1&search=digits"), 200);
    site_assert_has(fix, "\"downloads\":3");
    free(token);
}

static void refs_raw_files_and_preflights_are_answered(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/api/models/community/digits/refs"), 200);
    site_assert_has(fix, "\"ref\":\"refs/heads/main\"");
    site_assert_has(fix, "\"name\":\"v1.9.0\"");
    site_assert_has(fix, "\"converts\":[]");
    assert_int_equal(site_get(fix, "/community/digits/raw/main/model.safetensors"), 200);
    (void)site_prepare(fix, "OPTIONS", "/api/models");
    assert_int_equal(site_perform(fix), 204);
    assert_string_equal(site_header(fix, "access-control-allow-origin"), "*");
}

static void what_needs_a_token_or_is_not_hosted_says_so(void **state)
{
    struct site_fixture *fix = *state;

    (void)site_prepare(fix, "POST", "/api/repos/create");
    assert_int_equal(site_perform(fix), 400);
    (void)site_prepare(fix, "POST", "/api/models/community/digits/discussions");
    assert_int_equal(site_perform(fix), 501);
    assert_string_equal(site_header(fix, "x-error-code"), "NotImplemented");
    assert_int_equal(site_get(fix, "/api/datasets/a/b"), 401);
    assert_string_equal(site_header(fix, "x-error-code"), "RepoNotFound");
    assert_int_equal(site_get(fix, "/api/spaces/a/b"), 404);
    assert_string_equal(site_header(fix, "x-error-code"), "RepoNotFound");
    assert_int_equal(site_get(fix, "/api/whoami-v2"), 401);
    assert_int_equal(site_get(fix, "/api/models?search=%zz"), 400);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(model_says_what_its_card_and_files_say),
        SERVED(a_field_to_expand_that_is_not_known_is_passed_over),
        SERVED(tags_are_sorted_by_what_they_say),
        SERVED(tags_tell_formats_and_papers),
        SERVED(tags_of_a_data_set_name_what_they_tell),
        SERVED(a_model_names_what_it_was_made_from),
        SERVED(owners_see_what_their_repositories_take),
        SERVED(errors_have_a_code_and_a_message),
        SERVED(what_is_not_hosted_is_told_from_what_is_not_there),
        SERVED(tree_lists_folders_and_pages),
        SERVED(paths_are_asked_for_as_form_and_as_json),
        SERVED(list_searches_filters_and_pages),
        SERVED(a_list_by_downloads_begins_with_what_is_taken_most),
        SERVED(refs_raw_files_and_preflights_are_answered),
        SERVED(what_needs_a_token_or_is_not_hosted_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
