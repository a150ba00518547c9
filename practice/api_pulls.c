/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/git.h"
#include "practice/call.h"
#include "practice/code.h"
#include "practice/moves.h"
#include "practice/select.h"

/* "owner:branch" or "branch" for head, "branch" for base. */
static bool is_wanted(const struct call *c, const json_t *thread)
{
    const json_t *pull = json_object_get(thread, "pull");
    const char *state = call_arg(c, "state", "open");
    const char *base = call_arg(c, "base", NULL), *head = call_arg(c, "head", NULL);
    const char *colon = head ? strchr(head, ':') : NULL;

    if (!json_is_object(pull) || row_flag(thread, "deleted"))
        return false;
    if (strcmp(state, "all") != 0 && strcmp(state, row_str(thread, "state")) != 0)
        return false;
    if (base && strcmp(base, row_str(pull, "base_ref")) != 0)
        return false;
    return !head || strcmp(colon ? colon + 1 : head, row_str(pull, "head_ref")) == 0;
}

int api_pulls_list(struct call *c)
{
    static const char *const sorts[] = { "created", "updated", NULL };
    struct selection s;
    int status = selection_init(&s, c, sorts, SORT_DESC);
    size_t i;
    json_t *row;

    if (status != 0)
        return status;
    s.since[0] = '\0'; /* GitHub has no `since` here and ignores it */
    json_array_foreach(state_table(&c->forge->state, THREADS), i, row)
    {
        if (is_wanted(c, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->listed_pull);
}

int api_pull_get(struct call *c)
{
    int status;
    json_t *pull = call_pull(c, &status);

    if (!pull)
        return status;
    call_last_modified(c, pull);
    return call_show(c, 200, c->shapes->pull(&c->view, pull));
}

/* What the two trees differ in. No text is compared, so each file counts as one line. */
static json_t *changed_files(const struct git_file *base, size_t n_base,
                             const struct git_file *head, size_t n_head)
{
    json_t *rows = json_array();

    for (size_t i = 0, k = 0; i < n_base || k < n_head;) {
        int order = i == n_base ? 1 : k == n_head ? -1 : strcmp(base[i].path, head[k].path);
        const struct git_file *file = order < 0 ? &base[i] : &head[k];
        bool is_same = order == 0 && strcmp(base[i].blob, head[k].blob) == 0;

        if (!is_same)
            (void)json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:i}", "path",
                                                        file->path, "sha", file->blob, "status",
                                                        order < 0   ? "removed"
                                                        : order > 0 ? "added"
                                                                    : "modified",
                                                        "lines", 1));
        i += order <= 0;
        k += order >= 0;
    }
    return rows;
}

int api_pull_files(struct call *c)
{
    static const struct git_tree_limits limits = { 3000, 32, 1024 };
    struct git_file *base = NULL, *head = NULL;
    size_t n_base = 0, n_head = 0;
    int status;
    const json_t *thread = call_pull(c, &status);

    if (!thread)
        return status;
    const json_t *pull = json_object_get(thread, "pull");
    struct git_repo *git = c->forge->git;
    int rc = git_list_files(&base, &n_base, git, row_str(pull, "base_sha"), "", &limits, NULL);
    if (rc == 0)
        rc = git_list_files(&head, &n_head, git, row_str(pull, "head_sha"), "", &limits, NULL);
    if (rc == 0)
        status =
            call_list(c, changed_files(base, n_base, head, n_head), c->shapes->changed_file);
    else
        status = call_error(c, 422, "Sorry, this diff is not available.");
    git_files_free(base, n_base);
    git_files_free(head, n_head);
    return status;
}

static int list_of_pull(struct call *c, enum table table,
                        json_t *(*render)(const struct view *v, const json_t *row))
{
    int status;
    const json_t *pull = call_pull(c, &status);

    if (!pull)
        return status;
    return call_list(c, rows_of_thread(&c->forge->state, table, row_int(pull, "id")), render);
}

int api_pull_reviews(struct call *c)
{
    return list_of_pull(c, REVIEWS, c->shapes->review);
}

int api_pull_comments(struct call *c)
{
    return list_of_pull(c, REVIEW_COMMENTS, c->shapes->review_comment);
}

int api_pull_review_create(struct call *c)
{
    const char *event = call_text(c, "event"), *body = call_text(c, "body");
    int status;
    json_t *pull = call_pull(c, &status);

    if (!pull)
        return status;
    for (const struct verdict *v = c->view.dialect->verdicts; event && v->event; v++) {
        if (strcmp(v->event, event) != 0)
            continue;
        const json_t *review =
            move_review(c->forge, c->view.me, pull, v->state, body ? body : "");
        return call_show(c, 200, c->shapes->review(&c->view, review));
    }
    return call_invalid(c, "PullRequestReview", "event", "invalid");
}

int api_review_comments_of_repo(struct call *c)
{
    static const char *const sorts[] = { "created", "updated", NULL };
    struct selection s;
    int status = selection_init(&s, c, sorts, SORT_ASC);
    size_t i;
    json_t *row;

    if (status != 0)
        return status;
    json_array_foreach(state_table(&c->forge->state, REVIEW_COMMENTS), i, row)
    {
        if (selection_has(&s, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->review_comment);
}

int api_review_comment_get(struct call *c)
{
    const json_t *comment = call_row(c, REVIEW_COMMENTS, "id");

    return comment ? call_show(c, 200, c->shapes->review_comment(&c->view, comment))
                   : call_not_found(c);
}

static void add_commit(json_t *rows, const json_t *thread, const char *sha, const char *at)
{
    (void)json_array_append_new(
        rows, json_pack("{s:s, s:s, s:s, s:s, s:s}", "sha", sha, "who",
                        row_str(json_object_get(thread, "pull"), "head_owner"), "at", at,
                        "message", row_str(thread, "title"), "parent",
                        row_str(json_object_get(thread, "pull"), "base_sha")));
}

/* The first head and what was pushed since; a forced push starts again. */
int api_pull_commits(struct call *c)
{
    int status;
    const json_t *thread = call_pull(c, &status);

    if (!thread)
        return status;
    json_t *events = rows_of_thread(&c->forge->state, EVENTS, row_int(thread, "id"));
    json_t *rows = json_array(), *event;
    size_t i;

    json_array_foreach(events, i, event)
    {
        bool is_forced = strcmp(row_str(event, "event"), "head_ref_force_pushed") == 0;

        if (!is_forced && strcmp(row_str(event, "event"), EVENT_PUSHED) != 0)
            continue;
        if (is_forced)
            (void)json_array_clear(rows);
        else if (json_array_size(rows) == 0)
            add_commit(rows, thread, row_str(event, "before"), row_str(thread, "created_at"));
        add_commit(rows, thread, row_str(event, "commit_id"), row_str(event, "created_at"));
    }
    if (json_array_size(rows) == 0)
        add_commit(rows, thread, row_str(json_object_get(thread, "pull"), "head_sha"),
                   row_str(thread, "created_at"));
    json_decref(events);
    return call_list(c, rows, c->shapes->commit);
}

/* Nobody is asked for a review here. */
int api_pull_reviewers(struct call *c)
{
    int status;

    return call_pull(c, &status)
               ? call_show(c, 200, json_pack("{s:[], s:[]}", "users", "teams"))
               : status;
}
