/* SPDX-License-Identifier: Apache-2.0
 * Gitea and its fork Forgejo. Labels, milestones and reactions are named by other things than
 * on GitHub, most lists have no links, nothing has an ETag, and several verbs have other
 * statuses. What is not here Forgejo does not have: locks, check runs, lists of events. */
#include "practice/gitea_api.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "practice/api.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/page.h"
#include "practice/routes.h"

const struct route gitea_routes_of_server[] = {
    ROUTE("GET", "/version", gitea_version, RIGHT_ANYONE),
    ROUTE("GET", "/settings/api", gitea_settings, RIGHT_ANYONE),
    ROUTE("GET", "/user", api_me, RIGHT_SIGNED_IN),
    ROUTE("GET", "/users/{login}", api_user, RIGHT_ANYONE),
    ROUTE("GET", "/repositories/{id}", gitea_repo_by_id, RIGHT_ANYONE),
    { 0 },
};

const struct route gitea_routes_of_repo[] = {
    ROUTE("GET", "/", api_repo_get, RIGHT_ANYONE),
    ROUTE_LIST("/collaborators", api_collaborators, RIGHT_SIGNED_IN, LIST_COUNTED, false),
    ROUTE("GET", "/collaborators/{login}", gitea_collaborator_get, RIGHT_SIGNED_IN),
    ROUTE("GET", "/collaborators/{login}/permission", gitea_permission_get, RIGHT_SIGNED_IN),
    ROUTE_LIST("/branches", gitea_branches, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE("GET", "/branches/{branch...}", gitea_branch_get, RIGHT_ANYONE),
    ROUTE("GET", "/topics", gitea_topics, RIGHT_ANYONE),
    ROUTE_LIST("/milestones", api_milestones, RIGHT_ANYONE, LIST_COUNTED, false),

    ROUTE_LIST("/issues", gitea_issues_list, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE("POST", "/issues", gitea_issues_create, RIGHT_SIGNED_IN),
    ROUTE_LIST("/issues/comments", gitea_comments_of_repo, RIGHT_ANYONE, LIST_COUNTED, false),
    ROUTE("GET", "/issues/comments/{id}", api_comment_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/issues/comments/{id}", api_comment_edit, RIGHT_SIGNED_IN),
    ROUTE("DELETE", "/issues/comments/{id}", api_comment_delete, RIGHT_SIGNED_IN),
    ROUTE_LIST("/issues/comments/{id}/reactions", api_comment_reactions, RIGHT_ANYONE,
               LIST_WHOLE, true),
    ROUTE("POST", "/issues/comments/{id}/reactions", gitea_comment_react, RIGHT_SIGNED_IN),
    ROUTE("DELETE", "/issues/comments/{id}/reactions", gitea_comment_unreact, RIGHT_SIGNED_IN),
    ROUTE("GET", "/issues/{number}", api_issue_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/issues/{number}", gitea_issue_edit, RIGHT_SIGNED_IN),
    ROUTE("GET", "/issues/{number}/comments", gitea_comments_of_issue, RIGHT_ANYONE),
    ROUTE("POST", "/issues/{number}/comments", api_comment_create, RIGHT_SIGNED_IN),
    ROUTE_LIST("/issues/{number}/timeline", gitea_issue_timeline, RIGHT_ANYONE,
               LIST_WHOLE_AT_FIRST, true),
    ROUTE("GET", "/issues/{number}/labels", api_issue_labels, RIGHT_ANYONE),
    ROUTE("POST", "/issues/{number}/labels", gitea_issue_labels_add, RIGHT_PUSH),
    ROUTE("PUT", "/issues/{number}/labels", gitea_issue_labels_replace, RIGHT_PUSH),
    ROUTE("DELETE", "/issues/{number}/labels/{id}", gitea_issue_label_remove, RIGHT_PUSH),
    ROUTE_LIST("/issues/{number}/reactions", api_issue_reactions, RIGHT_ANYONE, LIST_COUNTED,
               true),
    ROUTE("POST", "/issues/{number}/reactions", gitea_issue_react, RIGHT_SIGNED_IN),
    ROUTE("DELETE", "/issues/{number}/reactions", gitea_issue_unreact, RIGHT_SIGNED_IN),

    ROUTE_LIST("/labels", api_labels_list, RIGHT_ANYONE, LIST_COUNTED, false),
    ROUTE("POST", "/labels", gitea_label_create, RIGHT_PUSH),
    ROUTE("GET", "/labels/{id}", gitea_label_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/labels/{id}", gitea_label_edit, RIGHT_PUSH),
    ROUTE("DELETE", "/labels/{id}", gitea_label_delete, RIGHT_PUSH),

    ROUTE_LIST("/pulls", gitea_pulls_list, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE("GET", "/pulls/{number}", api_pull_get, RIGHT_ANYONE),
    ROUTE_LIST("/pulls/{number}/files", api_pull_files, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE_LIST("/pulls/{number}/commits", api_pull_commits, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE_LIST("/pulls/{number}/reviews", api_pull_reviews, RIGHT_ANYONE, LIST_COUNTED, false),
    ROUTE("POST", "/pulls/{number}/reviews", api_pull_review_create, RIGHT_SIGNED_IN),
    ROUTE("GET", "/pulls/{number}/reviews/{id}/comments", gitea_review_comments, RIGHT_ANYONE),

    ROUTE("POST", "/statuses/{sha}", api_status_create, RIGHT_PUSH),
    ROUTE_LIST("/statuses/{ref}", api_statuses_list, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE("GET", "/commits/{ref}/status", api_status_combined, RIGHT_ANYONE),
    ROUTE_LIST("/commits/{ref}/statuses", api_statuses_list, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE("GET", "/git/refs/{ref...}", gitea_refs_get, RIGHT_ANYONE),
    ROUTE("GET", "/git/commits/{sha}", gitea_commit_get, RIGHT_ANYONE),
    ROUTE("POST", "/tags", gitea_tag_create, RIGHT_PUSH),

    ROUTE_LIST("/releases", api_releases_list, RIGHT_ANYONE, LIST_LINKED, false),
    ROUTE("POST", "/releases", api_release_create, RIGHT_PUSH),
    ROUTE("GET", "/releases/latest", api_release_latest, RIGHT_ANYONE),
    ROUTE("GET", "/releases/tags/{tag}", api_release_by_tag, RIGHT_ANYONE),
    ROUTE("GET", "/releases/{id}", api_release_get, RIGHT_ANYONE),
    ROUTE("PATCH", "/releases/{id}", api_release_edit, RIGHT_PUSH),
    ROUTE("DELETE", "/releases/{id}", api_release_delete, RIGHT_PUSH),
    ROUTE("GET", "/releases/{id}/assets", api_assets_list, RIGHT_ANYONE),
    ROUTE_RAW("POST", "/releases/{id}/assets", gitea_asset_upload, RIGHT_PUSH),
    ROUTE("GET", "/releases/{id}/assets/{asset}", gitea_asset_get, RIGHT_ANYONE),
    ROUTE("DELETE", "/releases/{id}/assets/{asset}", gitea_asset_delete, RIGHT_PUSH),
    { 0 },
};

/* Names are found in any case, so the fault's address is the name in capitals. */
static void add_moved(struct buf *out, const struct call *c, enum moved why)
{
    const json_t *repo = state_repo(&c->forge->state);
    char *name = xasprintf("%s/%s", row_str(repo, "owner"), row_str(repo, "name"));

    for (char *p = name; why == MOVED_BY_FAULT && *p; p++) {
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    }
    buf_printf(out, "%s/repos/%s", c->view.dialect->prefix, name);
    free(name);
}

static const struct verdict verdicts[] = {
    { "APPROVED", "APPROVED" },
    { "REQUEST_CHANGES", "CHANGES_REQUESTED" },
    { "COMMENT", "COMMENTED" },
    { "PENDING", "PENDING" },
    { 0 },
};

const struct dialect practice_gitea = {
    .name = "gitea",
    .prefix = "/api/v1",
    .routes_of_server = gitea_routes_of_server,
    .routes_of_repo = gitea_routes_of_repo,
    .shapes = { .issue = gitea_issue,
                .comment = gitea_comment,
                .label = gitea_label,
                .reaction = gitea_reaction,
                .pull = gitea_pull,
                .listed_pull = gitea_pull,
                .changed_file = gitea_changed_file,
                .commit = gitea_pull_commit,
                .review = gitea_review,
                .review_comment = gitea_review_comment,
                .status = gitea_status,
                .release = gitea_release,
                .asset = gitea_asset,
                .repo = gitea_repo,
                .me = gitea_user,
                .collaborator = gitea_user,
                .permission = gitea_permission,
                .combined_status = gitea_combined_status,
                .error = gitea_error,
                .invalid = gitea_invalid },
    .verdicts = verdicts,
    .page = page_gitea,
    .add_moved = add_moved,
    .bot_role = "admin",
    .not_found = "The target couldn't be found.",
    .archived = "This repository is archived.",
    .deletes_unseen = true,
    .status_archived = 423,
    .status_deleted = 404,
    .status_moved_write = 301,
    .status_unknown_sha = 500,
    .status_release_exists = 409,
    .status_no_target = 404,
    .has_warnings = true,
    .has_nothing_null = true,
};
