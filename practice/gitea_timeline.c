/* SPDX-License-Identifier: Apache-2.0
 * A thread's timeline in Gitea's words. A label is one type for both ways: body "1" says that
 * it was set, "" that it was taken away. */
#include "practice/gitea_api.h"

#include <inttypes.h>
#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/moves.h"
#include "practice/select.h"

/* What both kinds of entries have; every key is always there. */
static json_t *entry(const struct view *v, const char *type, const json_t *row, const char *who,
                     const char *at)
{
    static const char *const nulls[] = { "old_milestone",  "milestone",     "tracked_time",
                                         "ref_issue",      "ref_comment",   "label",
                                         "assignee",       "assignee_team", "resolve_doer",
                                         "dependent_issue" };
    static const char *const blanks[] = { "old_title",  "new_title",      "old_ref", "new_ref",
                                          "ref_action", "ref_commit_sha", "body" };
    const json_t *thread = state_row(&v->forge->state, THREADS, row_int(row, "thread"));
    bool is_pull = row_has(thread, "pull");
    json_t *place =
        view_html_url(v, "/%s/%" PRId64, is_pull ? "pulls" : "issues", row_int(thread, "id"));
    json_t *out = json_pack(
        "{s:O, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:b}", "id", json_object_get(row, "id"),
        "type", type, "html_url",
        json_sprintf("%s#issuecomment-%" PRId64, json_string_value(place), row_int(row, "id")),
        "user", gitea_user_of(v, row, who), "created_at", gitea_time(row, at), "updated_at",
        gitea_time(row, row_has(row, "updated_at") ? "updated_at" : at), "old_project_id", 0,
        "project_id", 0, "review_id", 0, "removed_assignee", 0);

    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        row_set_str(out, nulls[i], NULL);
    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
        row_set_str(out, blanks[i], "");
    row_set_str(out, is_pull ? "issue_url" : "pull_request_url", "");
    row_set(out, is_pull ? "pull_request_url" : "issue_url", place);
    return out;
}

static void add_label(const struct view *v, json_t *out, const json_t *event)
{
    const char *name = row_str(json_object_get(event, "label"), "name");
    const json_t *label = find_label(v->forge, name);

    if (strcmp(row_str(event, "event"), "labeled") == 0)
        row_set_str(out, "body", "1");
    if (label)
        row_set(out, "label", gitea_label(v, label));
}

static void add_title(const struct view *v, json_t *out, const json_t *event)
{
    const json_t *rename = json_object_get(event, "rename");

    (void)v;
    row_set_str(out, "old_title", row_str(rename, "from"));
    row_set_str(out, "new_title", row_str(rename, "to"));
}

static void add_reason(const struct view *v, json_t *out, const json_t *event)
{
    (void)v;
    row_set_str(out, "body", row_str(event, "lock_reason"));
}

/* The body is JSON in a text: the new commits, or for a forced push the old end and the new. */
static void add_push(const struct view *v, json_t *out, const json_t *event)
{
    const char *commit = row_str(event, "commit_id"), *before = row_str(event, "before");
    bool is_forced = strcmp(row_str(event, "event"), EVENT_PUSHED) != 0;

    (void)v;
    row_set(out, "body",
            is_forced
                ? json_sprintf("{\"is_force_push\":true,\"commit_ids\":[\"%s\",\"%s\"]}",
                               before, commit)
                : json_sprintf("{\"is_force_push\":false,\"commit_ids\":[\"%s\"]}", commit));
}

static void add_commit(const struct view *v, json_t *out, const json_t *event)
{
    (void)v;
    row_set_str(out, "ref_commit_sha", row_str(event, "commit_id"));
}

/* GitHub's events, which the state keeps; others Gitea does not have. */
static const struct {
    const char *event, *type;
    void (*add)(const struct view *v, json_t *out, const json_t *event);
} types[] = {
    { "labeled", "label", add_label },
    { "unlabeled", "label", add_label },
    { "closed", "close", NULL },
    { "reopened", "reopen", NULL },
    { "renamed", "change_title", add_title },
    { "locked", "lock", add_reason },
    { "unlocked", "unlock", NULL },
    { "merged", "merge_pull", add_commit },
    { EVENT_PUSHED, "pull_push", add_push },
    { "head_ref_force_pushed", "pull_push", add_push },
};

/* NULL for one that is not shown: a merge says by itself that the thread is closed. */
static json_t *event_entry(const struct view *v, const json_t *event, const json_t *thread)
{
    const char *word = row_str(event, "event");
    const char *merged_at = row_str(json_object_get(thread, "pull"), "merged_at");

    if (strcmp(word, "closed") == 0 && strcmp(merged_at, row_str(event, "created_at")) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].event, word) != 0)
            continue;
        json_t *out = entry(v, types[i].type, event, "actor", "created_at");

        if (types[i].add)
            types[i].add(v, out, event);
        return out;
    }
    return NULL;
}

static json_t *comment_entry(const struct view *v, const json_t *row, const json_t *thread)
{
    json_t *out = entry(v, "comment", row, "user", "created_at");

    (void)thread;
    row_set_str(out, "body", row_str(row, "body"));
    return out;
}

static json_t *review_entry(const struct view *v, const json_t *row, const json_t *thread)
{
    json_t *out = entry(v, "review", row, "user", "submitted_at");

    (void)thread;
    row_set_str(out, "body", row_str(row, "body"));
    (void)json_object_set(out, "review_id", json_object_get(row, "id"));
    return out;
}

/* Where entries come from, and which of a row's times says when it was. */
static const struct {
    enum table table;
    const char *at;
    json_t *(*show)(const struct view *v, const json_t *row, const json_t *thread);
} sources[] = {
    { EVENTS, "created_at", event_entry },
    { COMMENTS, "created_at", comment_entry },
    { REVIEWS, "submitted_at", review_entry },
};

static bool is_between(const struct selection *s, const char *at)
{
    return (s->since[0] == '\0' || strcmp(at, s->since) >= 0) &&
           (s->before[0] == '\0' || strcmp(at, s->before) <= 0);
}

static json_t *as_it_is(const struct view *v, const json_t *entry)
{
    (void)v;
    return json_copy((json_t *)(uintptr_t)entry);
}

int gitea_issue_timeline(struct call *c)
{
    struct selection s;
    int status;
    const json_t *thread = call_thread(c, &status);

    if (thread)
        status = selection_begin(&s, c, "created_at", SORT_ASC);
    if (!thread || status != 0)
        return status;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        json_t *rows =
            rows_of_thread(&c->forge->state, sources[i].table, row_int(thread, "id"));
        json_t *row;
        size_t k;

        json_array_foreach(rows, k, row)
        {
            json_t *shown = is_between(&s, row_str(row, sources[i].at))
                                ? sources[i].show(&c->view, row, thread)
                                : NULL;

            if (shown)
                (void)json_array_append_new(s.rows, shown);
        }
        json_decref(rows);
    }
    return call_list(c, selection_take(&s), as_it_is);
}
