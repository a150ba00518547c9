/* SPDX-License-Identifier: Apache-2.0
 * What a reply may not do to a mapper: each value of each fixture is replaced by each of a row
 * of wrong ones, for each dialect and each kind of object. */
#include "bot/forge/dialect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bot/forge/map.h"
#include "tests/support/fixture.h"

/* Maps doc, and looks at what no result may be without an error. */
typedef void map_fn(const struct dialect *d, struct json_reader *r, const json_t *doc);

static void as_thread(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_thread t;

    d->map_thread(r, doc, &t);
    assert_true(t.title && t.body && t.author.login && t.author.id >= 0);
    if (r->first.code == 0)
        assert_true(t.number > 0 && t.created_at >= 0 && t.updated_at >= 0 &&
                    t.n_comments >= 0);
    free(t.labels);
}

static void as_entry(const struct dialect *d, struct json_reader *r, const json_t *doc,
                     enum forge_entry_kind kind)
{
    struct forge_entry e;

    d->map_entry(r, doc, kind, &e);
    assert_true(e.body && e.path && e.review_state && e.author.login && e.author.id >= 0);
    if (r->first.code == 0)
        assert_true(e.id > 0 && e.number > 0 && e.n_lines >= 0);
}

static void as_comment(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    as_entry(d, r, doc, FORGE_COMMENT);
}

static void as_review(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    as_entry(d, r, doc, FORGE_REVIEW);
}

static void as_line(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    as_entry(d, r, doc, FORGE_REVIEW_COMMENT);
}

static void as_event(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_event e;

    d->map_event(r, doc, &e);
    assert_true(e.kind && e.label && e.commit_sha && e.actor.login && e.number >= 0);
    if (r->first.code == 0)
        assert_true(e.id > 0 && e.created_at >= 0);
}

static void as_moment(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_moment m;

    d->map_moment(r, json_is_array(doc) ? json_array_get(doc, 0) : doc, &m);
    assert_true(m.kind && m.label && m.sha && m.actor.login && m.event_id >= 0);
}

static void as_pull(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_pull p;

    (void)d;
    map_pull(r, doc, &p);
    assert_true(p.head_sha && p.base_ref && p.base_sha && p.merge_sha);
    if (r->first.code == 0)
        assert_true(p.number > 0);
}

static void as_repo(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_repo repo;

    (void)d;
    map_repo(r, doc, &repo);
    assert_true(repo.owner && repo.name && repo.default_branch && repo.clone_url);
    if (r->first.code == 0)
        assert_true(repo.id > 0 && repo.n_open >= 0);
}

static void as_release(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_release rel;

    (void)d;
    map_release(r, doc, &rel);
    assert_true(rel.tag && rel.name && rel.body && rel.upload_url);
    for (size_t i = 0; i < rel.n_assets; i++)
        assert_true(rel.assets[i].name && rel.assets[i].state && rel.assets[i].size >= 0);
    free((void *)(uintptr_t)rel.assets);
}

static void as_status(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_status s;

    map_status(r, doc, d->status_key, &s);
    assert_true(s.context && s.state && s.description && s.creator_id >= 0);
}

static void as_role(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    enum forge_role role = d->map_role(r, doc);

    assert_in_range(role, FORGE_ROLE_NONE, FORGE_ROLE_ADMIN);
}

static const struct {
    const struct dialect *dialect;
    const char *dir, *file;
    map_fn *map;
} objects[] = {
    { &dialect_github, "forge", "issue.json", as_thread },
    { &dialect_github, "forge", "pull_in_issues.json", as_thread },
    { &dialect_github, "forge", "comment.json", as_comment },
    { &dialect_github, "forge", "review.json", as_review },
    { &dialect_github, "forge", "review_comment.json", as_line },
    { &dialect_github, "forge", "event.json", as_event },
    { &dialect_github, "forge", "moment_reviewed.json", as_moment },
    { &dialect_github, "forge", "pull.json", as_pull },
    { &dialect_github, "forge", "repo.json", as_repo },
    { &dialect_github, "forge", "release.json", as_release },
    { &dialect_github, "forge", "status.json", as_status },
    { &dialect_github, "forge", "permission.json", as_role },
    { &dialect_gitea, "gitea", "issue.json", as_thread },
    { &dialect_gitea, "gitea", "pull_in_issues.json", as_thread },
    { &dialect_gitea, "gitea", "comment.json", as_comment },
    { &dialect_gitea, "gitea", "pull_comment.json", as_comment },
    { &dialect_gitea, "gitea", "review.json", as_review },
    { &dialect_gitea, "gitea", "review_comment.json", as_line },
    { &dialect_gitea, "gitea", "timeline.json", as_moment },
    { &dialect_gitea, "gitea", "pull.json", as_pull },
    { &dialect_gitea, "gitea", "repo.json", as_repo },
    { &dialect_gitea, "gitea", "release.json", as_release },
    { &dialect_gitea, "gitea", "status.json", as_status },
    { &dialect_gitea, "gitea", "permission.json", as_role },
};

static const char *const wrong[] = {
    "null",
    "true",
    "-9007199254740991",
    "9223372036854775807",
    "1e308",
    "\"\"",
    "\"0001-01-01T00:00:00Z\"",
    "[]",
    "{}",
    "[null]",
    "[[[[[[]]]]]]",
    "{\"id\":{\"id\":-1}}",
};

/* One document under mutation. */
struct mutation {
    size_t object; /* in objects */
    json_t *doc;
    int n, n_refused;
};

/* What is wrong with a value is said of it, of what holds it or of what it holds. */
static void check_path(const struct json_reader *r, const char *path)
{
    const char *colon = strstr(r->first.msg, ": ");
    size_t len = colon ? (size_t)(colon - r->first.msg) : 0;
    size_t common = len < strlen(path) ? len : strlen(path);

    /* Without the one address the other one is missed. */
    if (strcmp(path, "it.pull_request_url") == 0 && strstr(r->first.msg, "it.issue_url: "))
        return;
    if (len == 0 || strncmp(r->first.msg, path, common) != 0)
        fail_msg("%s was wrong, and the error says: %s", path, r->first.msg);
}

static void map_once(struct mutation *m, const char *path)
{
    struct json_reader r;

    json_reader_init(&r, "it");
    objects[m->object].map(objects[m->object].dialect, &r, m->doc);
    m->n++;
    if (r.first.code == 0)
        return;
    m->n_refused++;
    check_path(&r, path);
}

static void mutate(struct mutation *m, json_t *at, const char *path);

/* Each wrong value in the place of parent[key], and then what is below it. */
static void mutate_member(struct mutation *m, json_t *parent, const char *key, const char *path)
{
    json_t *good = json_incref(json_object_get(parent, key));
    char below[300];

    (void)snprintf(below, sizeof(below), "%s.%s", path, key);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        json_t *bad = json_loads(wrong[i], JSON_DECODE_ANY, NULL);
        (void)json_object_set_new(parent, key, bad);
        map_once(m, below);
    }
    (void)json_object_set(parent, key, good);
    mutate(m, good, below);
    json_decref(good);
}

static void mutate(struct mutation *m, json_t *at, const char *path)
{
    json_t *keys = json_array();
    const char *key;
    json_t *value;
    size_t i;

    json_object_foreach(at, key, value)(void) json_array_append_new(keys, json_string(key));
    json_array_foreach(keys, i, value) mutate_member(m, at, json_string_value(value), path);
    json_decref(keys);
}

static void wrong_value_anywhere_is_a_default_or_an_error_that_names_it(void **state)
{
    int n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        struct mutation m = { .object = i,
                              .doc = fixture_load(objects[i].dir, objects[i].file) };
        json_t *root = json_is_array(m.doc) ? json_array_get(m.doc, 0) : m.doc;

        mutate(&m, root, "it");
        assert_true(m.n_refused > 0);
        n += m.n;
        json_decref(m.doc);
    }
    assert_true(n > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_value_anywhere_is_a_default_or_an_error_that_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
