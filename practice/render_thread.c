/* SPDX-License-Identifier: Apache-2.0
 * Issues, comments, labels and reactions as the API shows them. */
#include "practice/render.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "practice/forge.h"
#include "practice/moves.h"

enum { LABEL_URL_MAX = 1024 };

json_t *render_label(const struct view *v, const json_t *label)
{
    int64_t id = row_int(label, "id");
    struct buf name;

    buf_init(&name, LABEL_URL_MAX);
    text_add_url(&name, row_str(label, "name"), TEXT_SLASH_ENCODED);
    json_t *shown =
        json_pack("{s:I, s:o, s:o, s:O, s:O, s:O, s:b}", "id", (json_int_t)id, "node_id",
                  render_node_id("LA", id), "url", view_url(v, "/labels/%s", name.data), "name",
                  json_object_get(label, "name"), "color", json_object_get(label, "color"),
                  "description", json_object_get(label, "description"), "default", 0);
    buf_finish(&name);
    return shown;
}

json_t *render_labels(const struct view *v, const json_t *names)
{
    json_t *labels = json_array();
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)
    {
        const json_t *label = find_label(v->forge, json_string_value(name));

        if (label)
            (void)json_array_append_new(labels, render_label(v, label));
    }
    return labels;
}

json_t *render_reactions(const json_t *sums, json_t *url)
{
    static const char *const contents[] = { "+1",       "-1",    "laugh",  "hooray",
                                            "confused", "heart", "rocket", "eyes" };
    json_t *out = json_pack("{s:o}", "url", url);
    int64_t total = 0;

    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        int64_t n = row_int(sums, contents[i]);

        row_set(out, contents[i], json_integer(n));
        total += n;
    }
    row_set(out, "total_count", json_integer(total));
    return out;
}

static json_t *render_users(const struct view *v, const json_t *logins)
{
    json_t *users = json_array();
    size_t i;
    json_t *login;

    json_array_foreach(logins, i, login)
    {
        (void)json_array_append_new(users, render_user(v, json_string_value(login)));
    }
    return users;
}

/* The keys that an issue and a pull request show just as the row has them. */
static void copy_thread(json_t *out, const json_t *thread)
{
    static const char *const keys[] = { "title",      "body",       "state",    "locked",
                                        "created_at", "updated_at", "closed_at" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)json_object_set(out, keys[i], json_object_get(thread, keys[i]));
    (void)json_object_set(out, "number", json_object_get(thread, "id"));
    (void)json_object_set(out, "active_lock_reason", json_object_get(thread, "lock_reason"));
}

static void add_issue_urls(const struct view *v, json_t *out, int64_t number)
{
    row_set(out, "url", view_url(v, "/issues/%" PRId64, number));
    row_set(out, "repository_url", view_url(v, "%s", ""));
    row_set(out, "labels_url", view_url(v, "/issues/%" PRId64 "/labels{/name}", number));
    row_set(out, "comments_url", view_url(v, "/issues/%" PRId64 "/comments", number));
    row_set(out, "events_url", view_url(v, "/issues/%" PRId64 "/events", number));
    row_set(out, "timeline_url", view_url(v, "/issues/%" PRId64 "/timeline", number));
}

static json_t *pull_summary(const struct view *v, const json_t *pull, int64_t number)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:O}", "url", view_url(v, "/pulls/%" PRId64, number),
                     "html_url", view_html_url(v, "/pull/%" PRId64, number), "diff_url",
                     view_html_url(v, "/pull/%" PRId64 ".diff", number), "patch_url",
                     view_html_url(v, "/pull/%" PRId64 ".patch", number), "merged_at",
                     json_object_get(pull, "merged_at"));
}

json_t *render_issue(const struct view *v, const json_t *thread)
{
    int64_t number = row_int(thread, "id"), id = row_int(thread, "issue_id");
    const json_t *pull = json_object_get(thread, "pull");
    json_t *assignees = render_users(v, json_object_get(thread, "assignees"));
    json_t *out = json_pack(
        "{s:I, s:o, s:O, s:O?, s:o, s:o, s:o, s:O?, s:o, s:n, s:s, s:n}", "id", (json_int_t)id,
        "node_id", render_node_id("I", id), "comments", json_object_get(thread, "comments"),
        "state_reason", json_object_get(thread, "state_reason"), "user",
        render_user_of(v, thread, "user"), "closed_by", render_user_of(v, thread, "closed_by"),
        "labels", render_labels(v, json_object_get(thread, "labels")), "assignee",
        json_array_get(assignees, 0), "assignees", assignees, "milestone", "author_association",
        render_association(v, row_str(thread, "user")), "performed_via_github_app");

    copy_thread(out, thread);
    add_issue_urls(v, out, number);
    row_set(out, "html_url",
            view_html_url(v, "/%s/%" PRId64, json_is_object(pull) ? "pull" : "issues", number));
    row_set(out, "reactions",
            render_reactions(json_object_get(thread, "reactions"),
                             view_url(v, "/issues/%" PRId64 "/reactions", number)));
    if (json_is_object(pull)) {
        row_set(out, "pull_request", pull_summary(v, pull, number));
        (void)json_object_set(out, "draft", json_object_get(pull, "draft"));
    }
    return out;
}

json_t *render_comment(const struct view *v, const json_t *comment)
{
    int64_t id = row_int(comment, "id"), number = row_int(comment, "thread");
    const json_t *thread = state_row(&v->forge->state, THREADS, number);
    const char *place = row_has(thread, "pull") ? "pull" : "issues";

    return json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:O, s:O, s:O, s:o, s:n}", "id", (json_int_t)id,
        "node_id", render_node_id("IC", id), "url",
        view_url(v, "/issues/comments/%" PRId64, id), "issue_url",
        view_url(v, "/issues/%" PRId64, number), "html_url",
        view_html_url(v, "/%s/%" PRId64 "#issuecomment-%" PRId64, place, number, id), "user",
        render_user_of(v, comment, "user"), "author_association",
        render_association(v, row_str(comment, "user")), "body",
        json_object_get(comment, "body"), "created_at", json_object_get(comment, "created_at"),
        "updated_at", json_object_get(comment, "updated_at"), "reactions",
        render_reactions(json_object_get(comment, "reactions"),
                         view_url(v, "/issues/comments/%" PRId64 "/reactions", id)),
        "performed_via_github_app");
}

json_t *render_reaction(const struct view *v, const json_t *reaction)
{
    int64_t id = row_int(reaction, "id");

    return json_pack("{s:I, s:o, s:o, s:O, s:O}", "id", (json_int_t)id, "node_id",
                     render_node_id("REA", id), "user", render_user_of(v, reaction, "user"),
                     "content", json_object_get(reaction, "content"), "created_at",
                     json_object_get(reaction, "created_at"));
}
