/* SPDX-License-Identifier: Apache-2.0
 * Pull requests, reviews and review comments as the API shows them. */
#include "practice/render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/forge.h"
#include "practice/select.h"

static json_t *link_to(json_t *href)
{
    return json_pack("{s:o}", "href", href);
}

static json_t *pull_links(const struct view *v, int64_t number, const char *sha)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "self",
                     link_to(view_url(v, "/pulls/%" PRId64, number)), "html",
                     link_to(view_html_url(v, "/pull/%" PRId64, number)), "issue",
                     link_to(view_url(v, "/issues/%" PRId64, number)), "comments",
                     link_to(view_url(v, "/issues/%" PRId64 "/comments", number)),
                     "review_comments",
                     link_to(view_url(v, "/pulls/%" PRId64 "/comments", number)),
                     "review_comment", link_to(view_url(v, "/pulls/comments{/number}")),
                     "commits", link_to(view_url(v, "/pulls/%" PRId64 "/commits", number)),
                     "statuses", link_to(view_url(v, "/statuses/%s", sha)));
}

static json_t *pull_end(const struct view *v, const char *owner, const char *ref,
                        const char *sha, json_t *repo)
{
    return json_pack("{s:o, s:s, s:s, s:o, s:o}", "label", json_sprintf("%s:%s", owner, ref),
                     "ref", ref, "sha", sha, "user", render_user(v, owner), "repo", repo);
}

static void add_pull_ends(const struct view *v, json_t *out, const json_t *pull)
{
    const char *owner = row_str(state_repo(&v->forge->state), "owner");

    row_set(out, "head",
            pull_end(v, row_str(pull, "head_owner"), row_str(pull, "head_ref"),
                     row_str(pull, "head_sha"), render_fork(v, row_str(pull, "head_owner"))));
    row_set(out, "base",
            pull_end(v, owner, row_str(pull, "base_ref"), row_str(pull, "base_sha"),
                     render_repo(v, REPO_FULL)));
}

/* What a pull request shows exactly as its issue does. */
static void copy_from_issue(json_t *out, const json_t *issue)
{
    static const char *const keys[] = {
        "title",
        "body",
        "state",
        "locked",
        "created_at",
        "updated_at",
        "closed_at",
        "number",
        "user",
        "labels",
        "assignee",
        "assignees",
        "comments",
        "comments_url",
        "active_lock_reason",
        "milestone",
        "draft",
        "html_url",
        "author_association",
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)json_object_set(out, keys[i], json_object_get(issue, keys[i]));
    (void)json_object_set(out, "issue_url", json_object_get(issue, "url"));
}

static void add_pull_urls(const struct view *v, json_t *out, int64_t number, const char *sha)
{
    row_set(out, "url", view_url(v, "/pulls/%" PRId64, number));
    row_set(out, "diff_url", view_html_url(v, "/pull/%" PRId64 ".diff", number));
    row_set(out, "patch_url", view_html_url(v, "/pull/%" PRId64 ".patch", number));
    row_set(out, "commits_url", view_url(v, "/pulls/%" PRId64 "/commits", number));
    row_set(out, "review_comments_url", view_url(v, "/pulls/%" PRId64 "/comments", number));
    row_set(out, "review_comment_url", view_url(v, "/pulls/comments{/number}"));
    row_set(out, "statuses_url", view_url(v, "/statuses/%s", sha));
    row_set(out, "_links", pull_links(v, number, sha));
}

/* The keys that only GET /pulls/N has. The sums of the diff are shown where they are known. */
static void add_pull_detail(const struct view *v, json_t *out, const json_t *thread)
{
    const json_t *pull = json_object_get(thread, "pull");
    bool is_open = strcmp(row_str(thread, "state"), "open") == 0;
    json_t *more = json_pack(
        "{s:b, s:o, s:o, s:s, s:b, s:I, s:I, s:I, s:I, s:i}", "merged",
        row_has(pull, "merged_at"), "merged_by", render_user_of(v, pull, "merged_by"),
        "mergeable", is_open ? json_true() : json_null(), "mergeable_state",
        is_open ? "clean" : "unknown", "maintainer_can_modify", 0, "review_comments",
        (json_int_t)count_of_thread(&v->forge->state, REVIEW_COMMENTS, row_int(thread, "id")),
        "additions", (json_int_t)row_int(pull, "additions"), "deletions",
        (json_int_t)row_int(pull, "deletions"), "changed_files",
        (json_int_t)row_int(pull, "changed_files"), "commits", 1);

    (void)json_object_update(out, more);
    json_decref(more);
}

json_t *render_pull(const struct view *v, const json_t *thread, enum pull_detail detail)
{
    const json_t *pull = json_object_get(thread, "pull");
    int64_t number = row_int(thread, "id"), id = row_int(pull, "id");
    json_t *issue = render_issue(v, thread);
    json_t *out =
        json_pack("{s:I, s:o, s:n, s:O, s:O, s:[], s:[]}", "id", (json_int_t)id, "node_id",
                  render_node_id("PR", id), "auto_merge", "merge_commit_sha",
                  json_object_get(pull, "merge_commit_sha"), "merged_at",
                  json_object_get(pull, "merged_at"), "requested_reviewers", "requested_teams");

    copy_from_issue(out, issue);
    add_pull_urls(v, out, number, row_str(pull, "head_sha"));
    add_pull_ends(v, out, pull);
    if (detail == PULL_FULL)
        add_pull_detail(v, out, thread);
    else
        (void)json_object_del(out, "comments");
    json_decref(issue);
    return out;
}

json_t *render_review(const struct view *v, const json_t *review)
{
    int64_t id = row_int(review, "id"), number = row_int(review, "thread");
    json_t *html = view_html_url(v, "/pull/%" PRId64 "#pullrequestreview-%" PRId64, number, id);
    json_t *pull = view_url(v, "/pulls/%" PRId64, number);

    return json_pack("{s:I, s:o, s:o, s:O, s:O, s:O, s:O, s:O, s:O, s:s, s:{s:o, s:o}}", "id",
                     (json_int_t)id, "node_id", render_node_id("PRR", id), "user",
                     render_user_of(v, review, "user"), "body", json_object_get(review, "body"),
                     "state", json_object_get(review, "state"), "commit_id",
                     json_object_get(review, "commit_id"), "submitted_at",
                     json_object_get(review, "submitted_at"), "html_url", html,
                     "pull_request_url", pull, "author_association",
                     render_association(v, row_str(review, "user")), "_links", "html",
                     link_to(html), "pull_request", link_to(pull));
}

static json_t *review_comment_fields(const struct view *v, const json_t *comment)
{
    int64_t id = row_int(comment, "id"), number = row_int(comment, "thread");
    json_t *self = view_url(v, "/pulls/comments/%" PRId64, id);
    json_t *html = view_html_url(v, "/pull/%" PRId64 "#discussion_r%" PRId64, number, id);
    json_t *pull = view_url(v, "/pulls/%" PRId64, number);

    return json_pack("{s:O, s:O, s:O, s:{s:o, s:o, s:o}}", "url", self, "html_url", html,
                     "pull_request_url", pull, "_links", "self", link_to(self), "html",
                     link_to(html), "pull_request", link_to(pull));
}

json_t *render_review_comment(const struct view *v, const json_t *comment)
{
    static const char *const keys[] = { "path", "line",       "body",
                                        "side", "created_at", "updated_at" };
    int64_t id = row_int(comment, "id");
    json_t *out = review_comment_fields(v, comment);
    json_t *more =
        json_pack("{s:I, s:o, s:O?, s:s, s:O, s:O, s:o, s:s, s:s}", "id", (json_int_t)id,
                  "node_id", render_node_id("PRRC", id), "pull_request_review_id",
                  json_object_get(comment, "review"), "diff_hunk", "@@", "commit_id",
                  json_object_get(comment, "commit_id"), "original_commit_id",
                  json_object_get(comment, "commit_id"), "user",
                  render_user_of(v, comment, "user"), "author_association",
                  render_association(v, row_str(comment, "user")), "subject_type", "line");

    row_set(more, "reactions",
            render_reactions(json_object_get(comment, "reactions"),
                             view_url(v, "/pulls/comments/%" PRId64 "/reactions", id)));
    (void)json_object_update(out, more);
    json_decref(more);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (json_object_get(comment, keys[i]))
            (void)json_object_set(out, keys[i], json_object_get(comment, keys[i]));
    }
    return out;
}

json_t *render_changed_file(const struct view *v, const json_t *file)
{
    const char *path = row_str(file, "path"), *sha = row_str(file, "sha");
    int64_t lines = row_int(file, "lines");
    bool is_gone = strcmp(row_str(file, "status"), "removed") == 0;

    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o}", "sha", sha, "filename", path, "status",
        row_str(file, "status"), "additions", (json_int_t)(is_gone ? 0 : lines), "deletions",
        (json_int_t)(is_gone ? lines : 0), "changes", (json_int_t)lines, "blob_url",
        view_html_url(v, "/blob/%s", sha), "raw_url", view_html_url(v, "/raw/%s", sha),
        "contents_url", view_url(v, "/contents/%s", sha));
}

json_t *render_commit(const struct view *v, const json_t *commit)
{
    const char *sha = row_str(commit, "sha"), *parent = row_str(commit, "parent");
    const char *who = row_str(commit, "who");
    json_t *person =
        json_pack("{s:o, s:s, s:O}", "email", json_sprintf("%s@practice.invalid", who), "name",
                  who, "date", json_object_get(commit, "at"));
    json_t *url = view_url(v, "/git/commits/%s", sha);
    json_t *inner =
        json_pack("{s:O, s:o, s:i, s:O, s:{s:s, s:o}, s:o, s:{s:b, s:s, s:n, s:n, s:n}}",
                  "author", person, "committer", person, "comment_count", 0, "message",
                  json_object_get(commit, "message"), "tree", "sha", sha, "url",
                  view_url(v, "/git/trees/%s", sha), "url", url, "verification", "verified", 0,
                  "reason", "unsigned", "signature", "payload", "verified_at");

    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:[{s:s, s:o, s:o}]}", "sha", sha, "node_id",
        json_sprintf("C_%s", sha), "commit", inner, "url", view_url(v, "/commits/%s", sha),
        "html_url", view_html_url(v, "/commit/%s", sha), "comments_url",
        view_url(v, "/commits/%s/comments", sha), "author", render_user(v, who), "committer",
        render_user(v, who), "parents", "sha", parent, "url",
        view_url(v, "/commits/%s", parent), "html_url", view_html_url(v, "/commit/%s", parent));
}
