/* SPDX-License-Identifier: Apache-2.0
 * Events and timelines as the API shows them. */
#include "practice/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "practice/forge.h"
#include "practice/moves.h"

json_t *render_event(const struct view *v, const json_t *event, enum event_place place)
{
    int64_t id = row_int(event, "id"), number = row_int(event, "thread");
    const json_t *thread = state_row(&v->forge->state, THREADS, number);
    json_t *out =
        json_pack("{s:I, s:o, s:o, s:o, s:n, s:n, s:n}", "id", (json_int_t)id, "node_id",
                  render_node_id("E", id), "url", view_url(v, "/issues/events/%" PRId64, id),
                  "actor", render_user_of(v, event, "actor"), "commit_id", "commit_url",
                  "performed_via_github_app");
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)event, key, value)
    {
        if (strcmp(key, "thread") != 0 && strcmp(key, "actor") != 0 &&
            strcmp(key, "before") != 0)
            (void)json_object_set(out, key, value);
    }
    if (row_has(event, "commit_id"))
        row_set(out, "commit_url", view_url(v, "/commits/%s", row_str(event, "commit_id")));
    if (place == EVENT_IN_REPO && thread)
        row_set(out, "issue", render_issue(v, thread));
    return out;
}

/* One line of a timeline while it is put in order. */
struct moment {
    const char *at; /* borrowed */
    int64_t id;
    json_t *entry;
};

struct timeline {
    const struct view *view;
    int64_t since_id; /* older rows are in the loaded part */
    struct moment *moments;
    size_t n;
};

static void add_moment(struct timeline *t, const char *at, int64_t id, json_t *entry)
{
    t->moments = xrealloc_array(t->moments, t->n + 1, sizeof(*t->moments));
    t->moments[t->n++] = (struct moment){ at, id, entry };
}

static void add_event(struct timeline *t, const json_t *row)
{
    if (strcmp(row_str(row, "event"), EVENT_PUSHED) == 0)
        return;
    add_moment(t, row_str(row, "created_at"), row_int(row, "id"),
               render_event(t->view, row, EVENT_IN_ISSUE));
}

static void add_comment(struct timeline *t, const json_t *row)
{
    json_t *entry = render_comment(t->view, row);

    row_set_str(entry, "event", "commented");
    (void)json_object_set(entry, "actor", json_object_get(entry, "user"));
    add_moment(t, row_str(row, "created_at"), row_int(row, "id"), entry);
}

static void add_review(struct timeline *t, const json_t *row)
{
    json_t *entry = render_review(t->view, row);
    char *state = xstrdup(row_str(row, "state"));

    for (char *c = state; *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    row_set_str(entry, "state", state); /* small letters in timelines only */
    row_set_str(entry, "event", "reviewed");
    free(state);
    add_moment(t, row_str(row, "submitted_at"), row_int(row, "id"), entry);
}

/* The head commit; GitHub's entry has neither actor nor created_at. */
static void add_commit(struct timeline *t, const json_t *thread)
{
    const json_t *pull = json_object_get(thread, "pull");
    const char *sha = row_str(pull, "head_sha"), *at = row_str(thread, "created_at");
    const char *who = row_str(pull, "head_owner");
    json_t *person =
        json_pack("{s:o, s:s, s:s}", "email", json_sprintf("%s@practice.invalid", who), "name",
                  who, "date", at);
    json_t *entry = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:O, s:o, s:{s:s, s:o}, s:s, s:[{s:s, s:o, s:o}]}", "event",
        "committed", "sha", sha, "node_id", json_sprintf("C_%s", sha), "url",
        view_url(t->view, "/git/commits/%s", sha), "html_url",
        view_html_url(t->view, "/commit/%s", sha), "author", person, "committer", person,
        "tree", "sha", sha, "url", view_url(t->view, "/git/trees/%s", sha), "message",
        row_str(thread, "title"), "parents", "sha", row_str(pull, "base_sha"), "url",
        view_url(t->view, "/git/commits/%s", row_str(pull, "base_sha")), "html_url",
        view_html_url(t->view, "/commit/%s", row_str(pull, "base_sha")));

    row_set(entry, "verification",
            json_pack("{s:b, s:s, s:n, s:n, s:n}", "verified", 0, "reason", "unsigned",
                      "signature", "payload", "verified_at"));
    add_moment(t, at, 0, entry);
}

static int by_time(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    int order = strcmp(x->at, y->at);

    return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static void add_table(struct timeline *t, enum table table, int64_t number,
                      void (*add)(struct timeline *t, const json_t *row))
{
    size_t i;
    json_t *row;

    json_array_foreach(state_table(&t->view->forge->state, table), i, row)
    {
        if (row_int(row, "thread") == number && row_int(row, "id") >= t->since_id)
            add(t, row);
    }
}

json_t *render_timeline(const struct view *v, const json_t *thread)
{
    struct timeline t = { .view = v, .since_id = row_int(thread, "timeline_until") };
    int64_t number = row_int(thread, "id");
    json_t *out = json_array();

    /* A loaded timeline is shown as it came; what happened since follows it. */
    if (json_is_array(json_object_get(thread, "timeline")))
        (void)json_array_extend(out, json_object_get(thread, "timeline"));
    else if (row_has(thread, "pull"))
        add_commit(&t, thread);
    add_table(&t, EVENTS, number, add_event);
    add_table(&t, COMMENTS, number, add_comment);
    add_table(&t, REVIEWS, number, add_review);
    if (t.n > 1)
        qsort(t.moments, t.n, sizeof(*t.moments), by_time);
    for (size_t i = 0; i < t.n; i++)
        (void)json_array_append_new(out, t.moments[i].entry);
    free(t.moments);
    return out;
}
