/* SPDX-License-Identifier: Apache-2.0
 * GitHub, as github.com and its Enterprise Server answer. */
#include <inttypes.h>

#include "practice/api.h"
#include "practice/forge.h"
#include "practice/page.h"
#include "practice/routes.h"

const struct route github_routes_of_server[] = {
    ROUTE("GET", "/user", api_me, RIGHT_SIGNED_IN),
    ROUTE("GET", "/users/{login}", api_user, RIGHT_ANYONE),
    ROUTE("GET", "/users/{login}/orgs", api_user_orgs, RIGHT_ANYONE),
    { 0 },
};

const struct route github_routes_of_repo[] = {
    ROUTE("GET", "/", api_repo_get, RIGHT_ANYONE),
    ROUTE("GET", "/collaborators", api_collaborators, RIGHT_PUSH),
    ROUTE("GET", "/collaborators/{login}/permission", api_permission, RIGHT_SIGNED_IN),
    ROUTE("GET", "/milestones", api_milestones, RIGHT_ANYONE),

    ROUTE_LIST("/issues", api_issues_list, RIGHT_ANYONE, LIST_BY_CURSOR, false),
    ROUTE("POST", "/issues", api_issues_create, RIGHT_SIGNED_IN),
    ROUTE_LIST("/issues/events", api_repo_events, RIGHT_ANYONE, LIST_OF_300_PAGES, false),
    ROUTE("GET", "/issues/comments", api_comments_of_repo, RIGHT_ANYONE),
    ROUTE("GET", "/issues/comments/{id}", api_comment_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/issues/comments/{id}", api_comment_edit, RIGHT_SIGNED_IN),
    ROUTE("DELETE", "/issues/comments/{id}", api_comment_delete, RIGHT_SIGNED_IN),
    ROUTE("GET", "/issues/comments/{id}/reactions", api_comment_reactions, RIGHT_ANYONE),
    ROUTE("POST", "/issues/comments/{id}/reactions", api_comment_react, RIGHT_SIGNED_IN),
    ROUTE("DELETE", "/issues/comments/{id}/reactions/{reaction}", api_comment_unreact,
          RIGHT_SIGNED_IN),
    ROUTE("GET", "/issues/{number}", api_issue_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/issues/{number}", api_issue_edit, RIGHT_SIGNED_IN),
    ROUTE("GET", "/issues/{number}/comments", api_comments_of_issue, RIGHT_ANYONE),
    ROUTE("POST", "/issues/{number}/comments", api_comment_create, RIGHT_SIGNED_IN),
    ROUTE("GET", "/issues/{number}/timeline", api_issue_timeline, RIGHT_ANYONE),
    ROUTE("GET", "/issues/{number}/events", api_issue_events, RIGHT_ANYONE),
    ROUTE("GET", "/issues/{number}/labels", api_issue_labels, RIGHT_ANYONE),
    ROUTE("POST", "/issues/{number}/labels", api_issue_labels_add, RIGHT_TRIAGE),
    ROUTE("PUT", "/issues/{number}/labels", api_issue_labels_replace, RIGHT_TRIAGE),
    ROUTE("DELETE", "/issues/{number}/labels/{name}", api_issue_label_remove, RIGHT_TRIAGE),
    ROUTE("GET", "/issues/{number}/reactions", api_issue_reactions, RIGHT_ANYONE),
    ROUTE("POST", "/issues/{number}/reactions", api_issue_react, RIGHT_SIGNED_IN),
    ROUTE("DELETE", "/issues/{number}/reactions/{reaction}", api_issue_unreact,
          RIGHT_SIGNED_IN),
    ROUTE("PUT", "/issues/{number}/lock", api_issue_lock, RIGHT_PUSH),
    ROUTE("DELETE", "/issues/{number}/lock", api_issue_unlock, RIGHT_PUSH),

    ROUTE("GET", "/labels", api_labels_list, RIGHT_ANYONE),
    ROUTE("POST", "/labels", api_label_create, RIGHT_PUSH),
    ROUTE("GET", "/labels/{name}", api_label_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/labels/{name}", api_label_edit, RIGHT_PUSH),
    ROUTE("DELETE", "/labels/{name}", api_label_delete, RIGHT_PUSH),

    ROUTE("GET", "/pulls", api_pulls_list, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/comments", api_review_comments_of_repo, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/comments/{id}", api_review_comment_get, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/comments/{id}/reactions", api_review_comment_reactions, RIGHT_ANYONE),
    ROUTE("POST", "/pulls/comments/{id}/reactions", api_review_comment_react, RIGHT_SIGNED_IN),
    ROUTE("GET", "/pulls/{number}", api_pull_get, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/{number}/commits", api_pull_commits, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/{number}/requested_reviewers", api_pull_reviewers, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/{number}/files", api_pull_files, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/{number}/comments", api_pull_comments, RIGHT_ANYONE),
    ROUTE("GET", "/pulls/{number}/reviews", api_pull_reviews, RIGHT_ANYONE),
    ROUTE("POST", "/pulls/{number}/reviews", api_pull_review_create, RIGHT_SIGNED_IN),

    ROUTE("POST", "/statuses/{sha}", api_status_create, RIGHT_PUSH),
    ROUTE("GET", "/commits/{ref}/status", api_status_combined, RIGHT_ANYONE),
    ROUTE("GET", "/commits/{ref}/statuses", api_statuses_list, RIGHT_ANYONE),
    ROUTE("GET", "/git/ref/{ref...}", api_ref_get, RIGHT_ANYONE),
    ROUTE("POST", "/git/refs", api_ref_create, RIGHT_PUSH),

    ROUTE("GET", "/releases", api_releases_list, RIGHT_ANYONE),
    ROUTE("POST", "/releases", api_release_create, RIGHT_PUSH),
    ROUTE("GET", "/releases/latest", api_release_latest, RIGHT_ANYONE),
    ROUTE("GET", "/releases/tags/{tag}", api_release_by_tag, RIGHT_ANYONE),
    ROUTE("GET", "/releases/assets/{id}", api_asset_get, RIGHT_ANYONE),
    ROUTE("DELETE", "/releases/assets/{id}", api_asset_delete, RIGHT_PUSH),
    ROUTE("GET", "/releases/{id}", api_release_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/releases/{id}", api_release_edit, RIGHT_PUSH),
    ROUTE("DELETE", "/releases/{id}", api_release_delete, RIGHT_PUSH),
    ROUTE("GET", "/releases/{id}/assets", api_assets_list, RIGHT_ANYONE),
    ROUTE_RAW("POST", "/releases/{id}/assets", api_asset_upload, RIGHT_PUSH),
    { 0 },
};

static json_t *full_repo(const struct view *v)
{
    return render_repo(v, REPO_FULL);
}

static json_t *full_pull(const struct view *v, const json_t *thread)
{
    return render_pull(v, thread, PULL_FULL);
}

static json_t *listed_pull(const struct view *v, const json_t *thread)
{
    return render_pull(v, thread, PULL_LISTED);
}

static void add_moved(struct buf *out, const struct call *c, enum moved why)
{
    (void)why;
    buf_printf(out, "%s/repositories/%" PRId64, c->view.api,
               row_int(state_repo(&c->forge->state), "id"));
}

static const struct verdict verdicts[] = {
    { "APPROVE", "APPROVED" },
    { "REQUEST_CHANGES", "CHANGES_REQUESTED" },
    { "COMMENT", "COMMENTED" },
    { 0 },
};

const struct dialect practice_github = {
    .name = "github",
    .prefix = "/api/v3",
    .routes_of_server = github_routes_of_server,
    .routes_of_repo = github_routes_of_repo,
    .shapes = { .issue = render_issue,
                .comment = render_comment,
                .label = render_label,
                .reaction = render_reaction,
                .pull = full_pull,
                .listed_pull = listed_pull,
                .changed_file = render_changed_file,
                .commit = render_commit,
                .review = render_review,
                .review_comment = render_review_comment,
                .status = render_status,
                .release = render_release,
                .asset = render_asset,
                .repo = full_repo,
                .me = render_me,
                .collaborator = render_collaborator,
                .permission = render_permission,
                .combined_status = render_combined_status,
                .error = render_error,
                .invalid = render_invalid },
    .verdicts = verdicts,
    .page = page_github,
    .add_moved = add_moved,
    .bot_role = "write",
    .not_found = "Not Found",
    .archived = "Repository was archived so is read-only.",
    .status_archived = 403,
    .status_deleted = 410,
    .status_moved_write = 307,
    .status_unknown_sha = 422,
    .status_release_exists = 422,
    .status_no_target = 422,
    .has_transfers = true,
    .has_tags = true,
    .has_rate_limit = true,
    .has_paths_by_id = true,
    .needs_user_agent = true,
};
