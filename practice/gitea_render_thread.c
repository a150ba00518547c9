/* SPDX-License-Identifier: Apache-2.0
 * Issues, comments, labels and reactions as Gitea shows them. */
#include "practice/gitea_render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/forge.h"
#include "practice/moves.h"

json_t *gitea_label(const struct view *v, const json_t *label)
{
    int64_t id = row_int(label, "id");

    return json_pack("{s:I, s:O, s:b, s:b, s:s, s:s, s:o}", "id", (json_int_t)id, "name",
                     json_object_get(label, "name"), "exclusive", row_flag(label, "exclusive"),
                     "is_archived", 0, "color", row_str(label, "color"), "description",
                     row_str(label, "description"), "url", view_url(v, "/labels/%" PRId64, id));
}

static json_t *gitea_labels(const struct view *v, const json_t *names)
{
    json_t *labels = json_array(), *name;
    size_t i;

    json_array_foreach(names, i, name)
    {
        const json_t *label = find_label(v->forge, json_string_value(name));

        if (label)
            (void)json_array_append_new(labels, gitea_label(v, label));
    }
    return labels;
}

/* null, not an empty list, when there are none. */
static json_t *assignees(const struct view *v, const json_t *logins)
{
    json_t *users, *login;
    size_t i;

    if (json_array_size(logins) == 0)
        return json_null();
    users = json_array();
    json_array_foreach(logins, i, login)
    {
        (void)json_array_append_new(users, gitea_user(v, json_string_value(login)));
    }
    return users;
}

static json_t *html_of(const struct view *v, const json_t *thread)
{
    return view_html_url(v, "/%s/%" PRId64, row_has(thread, "pull") ? "pulls" : "issues",
                         row_int(thread, "id"));
}

/* A plain issue has the key, too. */
static json_t *pull_summary(const struct view *v, const json_t *thread)
{
    const json_t *pull = json_object_get(thread, "pull");

    if (!json_is_object(pull))
        return json_null();
    return json_pack("{s:b, s:o, s:b, s:o}", "merged", row_has(pull, "merged_at"), "merged_at",
                     gitea_time(pull, "merged_at"), "draft", row_flag(pull, "draft"),
                     "html_url", html_of(v, thread));
}

json_t *gitea_issue(const struct view *v, const json_t *thread)
{
    const json_t *repo = state_repo(&v->forge->state);
    int64_t number = row_int(thread, "id");
    json_t *all = assignees(v, json_object_get(thread, "assignees"));
    json_t *out = json_pack(
        "{s:I, s:o, s:o, s:I, s:o, s:s, s:i, s:O, s:s, s:s, s:[], s:o, s:n, s:o, s:o}", "id",
        (json_int_t)row_int(thread, "issue_id"), "url", view_url(v, "/issues/%" PRId64, number),
        "html_url", html_of(v, thread), "number", (json_int_t)number, "user",
        gitea_user_of(v, thread, "user"), "original_author", "", "original_author_id", 0,
        "title", json_object_get(thread, "title"), "body", row_str(thread, "body"), "ref", "",
        "assets", "labels", gitea_labels(v, json_object_get(thread, "labels")), "milestone",
        "assignee", json_is_array(all) ? json_incref(json_array_get(all, 0)) : json_null(),
        "assignees", all);
    json_t *more = json_pack(
        "{s:O, s:b, s:O, s:o, s:o, s:o, s:n, s:o, s:i, s:{s:O, s:O, s:O, s:o}}", "state",
        json_object_get(thread, "state"), "is_locked", row_flag(thread, "locked"), "comments",
        json_object_get(thread, "comments"), "created_at", gitea_time(thread, "created_at"),
        "updated_at", gitea_time(thread, "updated_at"), "closed_at",
        gitea_time(thread, "closed_at"), "due_date", "pull_request", pull_summary(v, thread),
        "pin_order", 0, "repository", "id", json_object_get(repo, "id"), "name",
        json_object_get(repo, "name"), "owner", json_object_get(repo, "owner"), "full_name",
        json_sprintf("%s/%s", row_str(repo, "owner"), row_str(repo, "name")));

    (void)json_object_update(out, more);
    json_decref(more);
    return out;
}

/* One of the two addresses is set, and it is a page's, not the API's. */
json_t *gitea_comment(const struct view *v, const json_t *comment)
{
    int64_t id = row_int(comment, "id");
    const json_t *thread = state_row(&v->forge->state, THREADS, row_int(comment, "thread"));
    bool is_pull = row_has(thread, "pull");
    json_t *place = html_of(v, thread);
    json_t *out = json_pack(
        "{s:I, s:o, s:o, s:s, s:i, s:s, s:[], s:o, s:o}", "id", (json_int_t)id, "html_url",
        json_sprintf("%s#issuecomment-%" PRId64, json_string_value(place), id), "user",
        gitea_user_of(v, comment, "user"), "original_author", "", "original_author_id", 0,
        "body", row_str(comment, "body"), "assets", "created_at",
        gitea_time(comment, "created_at"), "updated_at", gitea_time(comment, "updated_at"));

    row_set_str(out, is_pull ? "issue_url" : "pull_request_url", "");
    row_set(out, is_pull ? "pull_request_url" : "issue_url", place);
    return out;
}

/* Without an id: it is named by its content when it is taken back. */
json_t *gitea_reaction(const struct view *v, const json_t *reaction)
{
    return json_pack("{s:o, s:O, s:o}", "user", gitea_user_of(v, reaction, "user"), "content",
                     json_object_get(reaction, "content"), "created_at",
                     gitea_time(reaction, "created_at"));
}
