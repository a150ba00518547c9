/* SPDX-License-Identifier: Apache-2.0
 * The pages of the hub. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "tests/support/site.h"

static void first_page_lists_models_and_escapes_the_title(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/"), 200);
    assert_string_equal(site_header(fix, "content-type"), "text/html; charset=utf-8");
    site_assert_has(fix, "<h1>Tom &amp; Jerry&#39;s digits</h1>");
    site_assert_has(fix, "<a href=\"/community/digits\">community/digits</a>");
    site_assert_has(fix, "licence: apache-2.0");
    site_assert_has(fix, "accuracy 97.8%");
    site_assert_has(fix, "<li>v1.10.0</li>");
}

static void model_page_shows_card_files_and_versions_without_scripts(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/community/digits"), 200);
    site_assert_has(fix, "<table>\n<thead>");
    site_assert_has(fix, "href=\"/community/digits/resolve/main/data/labels.csv\"");
    site_assert_has(fix, "href=\"/community/digits/tree/v1.10.0\"");
    site_assert_has(fix, "curl -LO http://127.0.0.1:");
    site_assert_has_not(fix, "<script");
    site_assert_has_not(fix, "javascript:");
    site_assert_has_not(fix, "license: apache-2.0");
    assert_string_equal(site_header(fix, "x-repo-commit"), fix->commit);
    assert_non_null(strstr(site_header(fix, "content-security-policy"), "default-src 'none'"));
    assert_string_equal(site_header(fix, "x-content-type-options"), "nosniff");
    assert_string_equal(site_header(fix, "referrer-policy"), "no-referrer");
    assert_int_equal(strlen(site_header(fix, "x-request-id")), 16);
}

static void tree_page_lists_every_file_of_a_revision(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/community/digits/tree/v1.10.0"), 200);
    for (size_t i = 0; i < SITE_N_FILES; i++)
        site_assert_has(fix, site_files[i].path);
    site_assert_has(fix, fix->commit);
}

static void a_card_with_many_files_leads_to_all_of_them(void **state)
{
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");
    struct buf body;

    buf_init(&body, 4096);
    buf_add_str(&body, "{\"name\":\"m\",\"files\":[");
    for (int i = 0; i < 25; i++) /* and .gitattributes */
        buf_printf(&body, "%s{\"path\":\"%d\",\"content\":\"x\"}", i ? "," : "", i);
    buf_add_str(&body, "]}");
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, body.data), 200);
    assert_int_equal(site_get(fix, "/ada/m"), 200);
    site_assert_has(fix, "<a href=\"/ada/m/tree/main\">All 26 files</a>");
    site_assert_has(fix, "and 1 more");
    assert_int_equal(site_get(fix, "/community/digits"), 200);
    site_assert_has_not(fix, "/tree/main\">All");
    buf_finish(&body);
    free(token);
}

static void data_sets_have_pages_too(void **state)
{
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_get(fix, "/"), 200);
    site_assert_has_not(fix, "Data sets");
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token,
                               "{\"name\":\"d\",\"type\":\"dataset\",\"license\":\"mit\"}"),
                     200);
    assert_int_equal(site_get(fix, "/"), 200);
    site_assert_has(fix, "<a href=\"/datasets/ada/d\">ada/d</a>");
    assert_int_equal(site_get(fix, "/datasets/ada/d"), 200);
    site_assert_has(fix, "\"/datasets/ada/d/resolve/main/README.md\"");
    assert_int_equal(site_get(fix, "/datasets/ada/d/tree/main"), 200);
    site_assert_has(fix, "<a href=\"/datasets/ada/d\">ada/d</a>");
    assert_int_equal(site_get(fix, "/ada/d"), 401);
    free(token);
}

static void make_models(const struct site_fixture *fix, size_t n)
{
    char *hub_dir = fs_path(fix->dir, "hub", NULL);

    for (size_t i = 0; i < n; i++) {
        struct hub_repo *repo = NULL;
        char *id = xasprintf("lab/m%02zu", i);

        assert_int_equal(hub_repo_create(&repo, hub_dir, id, NULL), 0);
        hub_repo_close(repo);
        free(id);
    }
    free(hub_dir);
}

static void home_shows_many_models_a_page_at_a_time(void **state)
{
    struct site_fixture *fix = *state;

    make_models(fix, 48); /* and community/digits */
    assert_int_equal(site_get(fix, "/"), 200);
    site_assert_has(fix, "lab/m46<");
    site_assert_has_not(fix, "lab/m47<");
    site_assert_has(fix, "<a rel=\"next\" href=\"/?page=2\">");
    site_assert_has_not(fix, "rel=\"prev\"");
    site_assert_has(fix, "<input type=\"search\"");
    assert_int_equal(site_get(fix, "/?page=2"), 200);
    site_assert_has(fix, "lab/m47<");
    site_assert_has_not(fix, "community/digits");
    site_assert_has(fix, "<a rel=\"prev\" href=\"/?page=1\">");
    site_assert_has_not(fix, "rel=\"next\"");
    assert_int_equal(site_get(fix, "/?author=lab&search=m"), 200);
    site_assert_has(fix, "lab/m47<");
    site_assert_has(fix, "<input type=\"hidden\" name=\"author\" value=\"lab\">");
    site_assert_has_not(fix, "rel=\"next\"");
    assert_int_equal(site_get(fix, "/?author=lab&search=m&page=2"), 200);
    site_assert_has(fix, "href=\"/?page=1&amp;search=m&amp;author=lab\">");
    assert_int_equal(site_get(fix, "/?page=9999"), 200);
    site_assert_has(fix, "There is nothing of this name.");
    assert_int_equal(site_get(fix, "/?page=-1"), 200);
    site_assert_has(fix, "lab/m00<");
}

static void home_finds_models_by_name(void **state)
{
    struct site_fixture *fix = *state;

    make_models(fix, 2);
    assert_int_equal(site_get(fix, "/"), 200);
    site_assert_has_not(fix, "<form"); /* there is little to search */
    assert_int_equal(site_get(fix, "/?search=B/M01"), 200);
    site_assert_has(fix, "lab/m01<");
    site_assert_has_not(fix, "lab/m00<");
    site_assert_has_not(fix, "community/digits");
    assert_int_equal(site_get(fix, "/?search=%22%3E%3Cscript%3E"), 200);
    site_assert_has(fix, "value=\"&quot;&gt;&lt;script&gt;\"");
    site_assert_has(fix, "There is nothing of this name.");
    assert_int_equal(site_get(fix, "/?search=%zz"), 400);
}

/* What huggingface_hub prints after an upload. */
static void addresses_that_clients_print_lead_somewhere(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        { "/community/digits/blob/main/data/labels.csv",
          "/community/digits/resolve/main/data/labels.csv" },
        { "/datasets/ada/d/blob/dev%2Fx/a", "/datasets/ada/d/resolve/dev%2Fx/a" },
        { "/community/digits/commit/0123", "/community/digits/tree/0123" },
        { "/ada/blob/commit/0123", "/ada/blob/tree/0123" },
        { "/ada/m/commit/blob/x", "/ada/m/tree/blob/x" },
    };
    struct site_fixture *fix = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(site_get(fix, cases[i].from), 302);
        assert_string_equal(site_header(fix, "location"), cases[i].to);
    }
}

static void page_is_sent_once_per_content(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/"), 200);
    char *etag = xstrdup(site_header(fix, "etag"));
    assert_int_equal(site_get_with(fix, "/", "If-None-Match", etag), 304);
    assert_int_equal(fix->res.body.len, 0);
    assert_int_equal(site_get_with(fix, "/", "If-None-Match", "\"other\""), 200);
    free(etag);
}

static void reports_are_listed_until_there_is_an_index(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/reports"), 308);
    assert_string_equal(site_header(fix, "location"), "/reports/");
    assert_int_equal(site_get(fix, "/reports/"), 200);
    site_assert_has(fix, "There is no report yet");
    site_put_report(fix, "2026-01.json", "{}");
    site_put_report(fix, "notes.exe", "x");
    assert_int_equal(site_get(fix, "/reports/"), 200);
    site_assert_has(fix, "<a href=\"/reports/2026-01.json\">");
    site_assert_has_not(fix, "notes.exe");
    site_put_report(fix, "index.html", "<h1>Report</h1>");
    assert_int_equal(site_get(fix, "/reports/"), 200);
    assert_string_equal(fix->res.body.data, "<h1>Report</h1>");
    assert_non_null(
        strstr(site_header(fix, "content-security-policy"), "style-src 'unsafe-inline'"));
    char *etag = xstrdup(site_header(fix, "etag"));
    assert_int_equal(site_get_with(fix, "/reports/", "If-None-Match", etag), 304);
    free(etag);
}

static void nothing_beside_the_reports_is_sent(void **state)
{
    static const char *const paths[] = {
        "/reports/../hearth.yml", "/reports/..%2Fhearth.json", "/reports/.hidden.json",
        "/reports/a//b.json",     "/reports/notes.exe",        "/reports/absent.json",
        "/reports/sub/.x.json",
    };
    struct site_fixture *fix = *state;

    site_put_report(fix, "notes.exe", "x");
    site_put_report(fix, ".hidden.json", "{}");
    site_put_report(fix, "../hearth.json", "{}");
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_int_equal(site_get(fix, paths[i]), 404);
}

static void only_reading_is_served(void **state)
{
    struct site_fixture *fix = *state;

    (void)site_prepare(fix, "POST", "/community/digits");
    assert_int_equal(site_perform(fix), 405);
    assert_string_equal(site_header(fix, "allow"), "GET, HEAD");
    assert_int_equal(site_get(fix, "/no/such/page/at/all"), 404);
}

static void assets_and_health_are_there(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/-/style.css"), 200);
    assert_string_equal(site_header(fix, "content-type"), "text/css; charset=utf-8");
    assert_int_equal(site_get(fix, "/-/icon.svg"), 200);
    assert_string_equal(site_header(fix, "content-type"), "image/svg+xml");
    assert_int_equal(site_get(fix, "/-/absent"), 404);
    assert_int_equal(site_get(fix, "/healthz"), 200);
    assert_string_equal(fix->res.body.data, "ok\n");
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(first_page_lists_models_and_escapes_the_title),
        SERVED(home_shows_many_models_a_page_at_a_time),
        SERVED(home_finds_models_by_name),
        SERVED(model_page_shows_card_files_and_versions_without_scripts),
        SERVED(tree_page_lists_every_file_of_a_revision),
        SERVED(a_card_with_many_files_leads_to_all_of_them),
        SERVED(data_sets_have_pages_too),
        SERVED(addresses_that_clients_print_lead_somewhere),
        SERVED(page_is_sent_once_per_content),
        SERVED(reports_are_listed_until_there_is_an_index),
        SERVED(nothing_beside_the_reports_is_sent),
        SERVED(only_reading_is_served),
        SERVED(assets_and_health_are_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
