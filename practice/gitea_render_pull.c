/* SPDX-License-Identifier: Apache-2.0
 * Pull requests, their files and reviews as Gitea shows them. */
#include "practice/gitea_render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"
#include "practice/select.h"

/* Once the fork is gone, only the base repository's own ref of the head is left. */
static json_t *head_of(const struct view *v, const json_t *pull, int64_t number)
{
    const char *owner = row_str(pull, "head_owner");
    json_t *repo = gitea_fork(v, owner);
    json_t *ref = json_is_null(repo) ? json_sprintf("refs/pull/%" PRId64 "/head", number)
                                     : json_string(row_str(pull, "head_ref"));

    return json_pack("{s:O, s:o, s:s, s:I, s:o}", "label", ref, "ref", ref, "sha",
                     row_str(pull, "head_sha"), "repo_id", (json_int_t)row_int(repo, "id"),
                     "repo", repo);
}

/* Of a merged one, the branch with it inside; where the two parted is merge_base. */
static json_t *base_of(const struct view *v, const json_t *pull)
{
    json_t *repo = gitea_repo(v);
    const char *sha =
        row_str(pull, row_has(pull, "merged_at") ? "merge_commit_sha" : "base_sha");

    return json_pack("{s:s, s:s, s:s, s:I, s:o}", "label", row_str(pull, "base_ref"), "ref",
                     row_str(pull, "base_ref"), "sha", sha, "repo_id",
                     (json_int_t)row_int(repo, "id"), "repo", repo);
}

/* What a pull request shows exactly as its issue does. */
static void copy_from_issue(json_t *out, const json_t *issue)
{
    static const char *const keys[] = {
        "number",   "user",       "title",      "body",      "labels",    "milestone",
        "assignee", "assignees",  "state",      "is_locked", "comments",  "html_url",
        "due_date", "created_at", "updated_at", "closed_at", "pin_order",
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)json_object_set(out, keys[i], json_object_get(issue, keys[i]));
}

json_t *gitea_pull(const struct view *v, const json_t *thread)
{
    const json_t *pull = json_object_get(thread, "pull");
    int64_t number = row_int(thread, "id");
    bool is_merged = row_has(pull, "merged_at");
    json_t *issue = gitea_issue(v, thread);
    json_t *out = json_pack(
        "{s:I, s:o, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:O, s:s, s:b, s:i, s:n}", "id",
        (json_int_t)row_int(pull, "id"), "url", view_html_url(v, "/pulls/%" PRId64, number),
        "draft", row_flag(pull, "draft"), "merged", is_merged, "mergeable",
        !is_merged && strcmp(row_str(thread, "state"), "open") == 0, "merged_at",
        gitea_time(pull, "merged_at"), "merged_by",
        is_merged ? gitea_user_of(v, pull, "merged_by") : json_null(), "diff_url",
        view_html_url(v, "/pulls/%" PRId64 ".diff", number), "patch_url",
        view_html_url(v, "/pulls/%" PRId64 ".patch", number), "merge_commit_sha",
        json_object_get(pull, "merge_commit_sha"), "merge_base", row_str(pull, "base_sha"),
        "allow_maintainer_edit", 0, "flow", 0, "requested_reviewers");

    copy_from_issue(out, issue);
    json_decref(issue);
    row_set(out, "review_comments",
            json_integer(count_of_thread(&v->forge->state, REVIEW_COMMENTS, number)));
    row_set(out, "additions", json_integer(row_int(pull, "additions")));
    row_set(out, "deletions", json_integer(row_int(pull, "deletions")));
    row_set(out, "changed_files", json_integer(row_int(pull, "changed_files")));
    row_set(out, "head", head_of(v, pull, number));
    row_set(out, "base", base_of(v, pull));
    return out;
}

json_t *gitea_changed_file(const struct view *v, const json_t *file)
{
    static const struct {
        const char *github, *gitea;
    } words[] = { { "removed", "deleted" }, { "modified", "changed" } };
    const char *path = row_str(file, "path"), *status = row_str(file, "status");
    int64_t lines = row_int(file, "lines");
    bool is_gone = strcmp(status, "removed") == 0;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].github, status) == 0)
            status = words[i].gitea;
    }
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o}", "filename", path, "status",
                     status, "additions", (json_int_t)(is_gone ? 0 : lines), "deletions",
                     (json_int_t)(is_gone ? lines : 0), "changes", (json_int_t)lines,
                     "html_url", view_html_url(v, "/src/%s", path), "contents_url",
                     view_url(v, "/contents/%s", path), "raw_url",
                     view_html_url(v, "/raw/%s", path));
}

/* GitHub's state in Gitea's word. A dismissed one keeps the state that it had. */
static const char *review_state(const char *state)
{
    static const struct {
        const char *github, *gitea;
    } words[] = {
        { "CHANGES_REQUESTED", "REQUEST_CHANGES" },
        { "COMMENTED", "COMMENT" },
        { "DISMISSED", "APPROVED" },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].github, state) == 0)
            return words[i].gitea;
    }
    return state;
}

static json_t *comments_of(const struct view *v, int64_t review)
{
    int64_t n = 0;
    size_t i;
    json_t *row;

    json_array_foreach(state_table(&v->forge->state, REVIEW_COMMENTS), i, row)
    {
        n += row_int(row, "review") == review;
    }
    return json_integer(n);
}

json_t *gitea_review(const struct view *v, const json_t *review)
{
    int64_t id = row_int(review, "id"), number = row_int(review, "thread");
    const json_t *thread = state_row(&v->forge->state, THREADS, number);
    const char *head = row_str(json_object_get(thread, "pull"), "head_sha");

    return json_pack(
        "{s:I, s:o, s:n, s:s, s:s, s:s, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)id, "user", gitea_user_of(v, review, "user"), "team", "state",
        review_state(row_str(review, "state")), "body", row_str(review, "body"), "commit_id",
        row_str(review, "commit_id"), "stale", strcmp(head, row_str(review, "commit_id")) != 0,
        "official", right_of(&v->forge->state, row_str(review, "user")) >= RIGHT_PUSH,
        "dismissed", strcmp(row_str(review, "state"), "DISMISSED") == 0, "comments_count",
        comments_of(v, id), "submitted_at", gitea_time(review, "submitted_at"), "updated_at",
        gitea_time(review, "submitted_at"), "html_url",
        view_html_url(v, "/pulls/%" PRId64 "#issuecomment-%" PRId64, number, id),
        "pull_request_url", view_html_url(v, "/pulls/%" PRId64, number));
}

json_t *gitea_review_comment(const struct view *v, const json_t *comment)
{
    int64_t id = row_int(comment, "id"), number = row_int(comment, "thread");

    return json_pack(
        "{s:I, s:s, s:o, s:n, s:I, s:o, s:o, s:s, s:s, s:s, s:s, s:I, s:i, s:o, s:o}", "id",
        (json_int_t)id, "body", row_str(comment, "body"), "user",
        gitea_user_of(v, comment, "user"), "resolver", "pull_request_review_id",
        (json_int_t)row_int(comment, "review"), "created_at", gitea_time(comment, "created_at"),
        "updated_at", gitea_time(comment, "updated_at"), "path", row_str(comment, "path"),
        "commit_id", row_str(comment, "commit_id"), "original_commit_id", "", "diff_hunk", "@@",
        "position", (json_int_t)row_int(comment, "line"), "original_position", 0, "html_url",
        view_html_url(v, "/pulls/%" PRId64 "#issuecomment-%" PRId64, number, id),
        "pull_request_url", view_html_url(v, "/pulls/%" PRId64, number));
}
