/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/site.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/web/access.h"
#include "store/namespace.h"

static const char README[] = "---\nlicense: apache-2.0\nmodel-index:\n- name: digits\n"
                             "  results:\n  - metrics:\n    - type: accuracy\n"
                             "      value: 0.9778\n---\n"
                             "# Digits <script>alert(1)</script>\n\n"
                             "[data](data/labels.csv) [bad](javascript:alert(1))\n\n"
                             "| a | b |\n|---|---|\n| 1 | 2 |\n";

const struct git_new_file site_files[SITE_N_FILES] = {
    { "README.md", README, sizeof(README) - 1 },
    { "data/labels.csv", "7,label\n", 8 },
    { "empty", "", 0 },
    { "model.safetensors", "0123456789", 10 },
    { "page.html", "<script>alert(1)</script>", 25 },
};

static int publish(struct site_fixture *fix, struct hub_repo *repo, const char *version,
                   struct err *err)
{
    const struct hub_revision revision = {
        .version = version,
        .files = site_files,
        .n_files = SITE_N_FILES,
        .author_name = "Hearth",
        .author_email = "hearth@example.org",
        .at = 1700000000,
        .message = version,
    };

    return hub_repo_publish(fix->commit, repo, &revision, err);
}

static int make_repository(struct site_fixture *fix, const char *hub_dir, struct err *err)
{
    struct hub_repo *repo = NULL;

    int rc = fs_mkdirs(hub_dir, 0755, err);
    if (rc == 0)
        rc = hub_repo_create(&repo, hub_dir, "community/digits", err);
    if (rc == 0)
        rc = publish(fix, repo, "1.9.0", err);
    if (rc == 0)
        rc = publish(fix, repo, "1.10.0", err);
    hub_repo_close(repo);
    return rc;
}

static int64_t an_hour_ahead(void *ctx)
{
    const struct clock system = clock_system();

    (void)ctx;
    return clock_now_ms(&system) + (int64_t)3600 * 1000;
}

static int start_web(struct site_fixture *fix, const struct clock *clock, struct err *err)
{
    char *hub_dir = fs_path(fix->dir, "hub", NULL);
    char *reports_dir = fs_path(fix->dir, "reports", NULL);
    char *wake_file = fs_path(fix->dir, "wake", NULL);
    char *hub_db = fs_path(fix->dir, "hub.db", NULL);
    const struct web_options options = { .listen = "127.0.0.1:0",
                                         .public_url = "",
                                         .title = "Tom & Jerry's digits",
                                         .hub_dir = hub_dir,
                                         .reports_dir = reports_dir,
                                         .hook_secret = "It's a Secret to Everybody",
                                         .wake_file = wake_file,
                                         .hub_db = hub_db,
                                         .clock = *clock,
                                         .multipart_bytes = SITE_MULTIPART_BYTES,
                                         .threads = 2 };

    int rc = fs_mkdirs(reports_dir, 0755, err);
    if (rc == 0)
        rc = make_repository(fix, hub_dir, err);
    if (rc == 0)
        rc = web_start(&fix->web, &options, err);
    free(hub_dir);
    free(reports_dir);
    free(wake_file);
    free(hub_db);
    return rc;
}

static int start(void **state, const struct clock *clock)
{
    struct site_fixture *fix = xcalloc(1, sizeof(*fix));
    const struct http_curl_options client = { .user_agent = "test" };
    struct err err = { 0 };

    (void)signal(SIGPIPE, SIG_IGN);
    *state = fix;
    http_response_init(&fix->res);
    int rc = git_setup(&err);
    if (rc == 0)
        rc = fs_temp_dir(&fix->dir, NULL, &err);
    if (rc == 0)
        rc = start_web(fix, clock, &err);
    if (rc == 0)
        rc = http_curl_new(&fix->client, &client, &err);
    if (rc < 0)
        print_error("%s\n", err.msg);
    return rc;
}

int site_start(void **state)
{
    const struct clock now = clock_system();

    return start(state, &now);
}

int site_start_later(void **state)
{
    const struct clock later = { .now_ms = an_hour_ahead };

    return start(state, &later);
}

int site_stop(void **state)
{
    struct site_fixture *fix = *state;

    http_response_finish(&fix->res);
    http_client_free(fix->client);
    web_stop(fix->web);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix->url);
    free(fix);
    return 0;
}

int site_perform(struct site_fixture *fix)
{
    struct err err = { 0 };

    assert_int_equal(fix->client->perform(fix->client, &fix->req, &fix->res, &err), 0);
    return fix->res.status;
}

struct http_request *site_prepare(struct site_fixture *fix, const char *method,
                                  const char *path)
{
    free(fix->url);
    fix->url = xasprintf("%s%s", web_url(fix->web), path);
    http_request_init(&fix->req, method, fix->url);
    return &fix->req;
}

int site_get(struct site_fixture *fix, const char *path)
{
    (void)site_prepare(fix, "GET", path);
    return site_perform(fix);
}

int site_get_with(struct site_fixture *fix, const char *path, const char *name,
                  const char *value)
{
    http_request_header(site_prepare(fix, "GET", path), name, value);
    return site_perform(fix);
}

const char *site_header(const struct site_fixture *fix, const char *name)
{
    const char *value = http_response_header(&fix->res, name);

    return value ? value : "";
}

void site_assert_has(const struct site_fixture *fix, const char *text)
{
    if (!strstr(fix->res.body.data, text))
        fail_msg("no '%s' in: %s", text, fix->res.body.data);
}

void site_assert_has_not(const struct site_fixture *fix, const char *text)
{
    if (strstr(fix->res.body.data, text))
        fail_msg("'%s' in: %s", text, fix->res.body.data);
}

char *site_token(const struct site_fixture *fix, const char *person, const char *scope)
{
    const struct namespace_row row = { .name = person, .kind = NAMESPACE_USER };
    struct access_token token = { .person = person, .label = "", .only_in = "" };
    char secret[ACCESS_TOKEN_SIZE], digest[65];
    char *path = fs_path(fix->dir, "hub.db", NULL);
    struct db *db = NULL;
    enum put_result put;
    int64_t id = 0;

    assert_int_equal(db_open(&db, path, DB_HUB, DB_WRITE, NULL), 0);
    assert_int_equal(member_role_parse(&token.scope, scope, NULL), 0);
    assert_int_equal(namespace_add(db, &row, &put, NULL), 0);
    access_new_token(secret);
    access_digest(digest, secret);
    assert_int_equal(access_token_add(db, digest, &token, &id, NULL), 0);
    db_close(db);
    free(path);
    return xasprintf("Bearer %s", secret);
}

void site_set_quota(const struct site_fixture *fix, const char *person, int64_t bytes)
{
    char *path = fs_path(fix->dir, "hub.db", NULL);
    struct db *db = NULL;

    assert_int_equal(db_open(&db, path, DB_HUB, DB_WRITE, NULL), 0);
    assert_int_equal(namespace_set_quota(db, person, bytes, NULL), 0);
    db_close(db);
    free(path);
}

int site_send(struct site_fixture *fix, const char *method, const char *path, const char *token,
              const char *body)
{
    struct http_request *req = site_prepare(fix, method, path);

    if (token)
        http_request_header(req, "Authorization", token);
    req->body = body;
    req->body_len = strlen(body);
    return site_perform(fix);
}

void site_put_report(const struct site_fixture *fix, const char *name, const char *text)
{
    char *path = fs_path(fix->dir, "reports", name, NULL);

    assert_int_equal(fs_write(path, text, strlen(text), 0644, NULL), 0);
    free(path);
}
