/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/routes.h"

#include "practice/api.h"

enum { ROUTES_MAX = 64 };

const struct route routes_of_server[] = {
    { "GET", "/user", api_me, RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/users/{login}", api_user, RIGHT_ANYONE, BODY_JSON },
    { 0 },
};

const struct route routes_of_repo[] = {
    { "GET", "/", api_repo_get, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/collaborators", api_collaborators, RIGHT_PUSH, BODY_JSON },
    { "GET", "/collaborators/{login}/permission", api_permission, RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/milestones", api_milestones, RIGHT_ANYONE, BODY_JSON },

    { "GET", "/issues", api_issues_list, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/issues", api_issues_create, RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/issues/events", api_repo_events, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/issues/comments", api_comments_of_repo, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/issues/comments/{id}", api_comment_get, RIGHT_ANYONE, BODY_JSON },
    { "PATCH", "/issues/comments/{id}", api_comment_edit, RIGHT_SIGNED_IN, BODY_JSON },
    { "DELETE", "/issues/comments/{id}", api_comment_delete, RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/issues/comments/{id}/reactions", api_comment_reactions, RIGHT_ANYONE,
      BODY_JSON },
    { "POST", "/issues/comments/{id}/reactions", api_comment_react, RIGHT_SIGNED_IN,
      BODY_JSON },
    { "DELETE", "/issues/comments/{id}/reactions/{reaction}", api_comment_unreact,
      RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/issues/{number}", api_issue_get, RIGHT_ANYONE, BODY_JSON },
    { "PATCH", "/issues/{number}", api_issue_edit, RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/issues/{number}/comments", api_comments_of_issue, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/issues/{number}/comments", api_comment_create, RIGHT_SIGNED_IN, BODY_JSON },
    { "GET", "/issues/{number}/timeline", api_issue_timeline, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/issues/{number}/events", api_issue_events, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/issues/{number}/labels", api_issue_labels, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/issues/{number}/labels", api_issue_labels_add, RIGHT_TRIAGE, BODY_JSON },
    { "PUT", "/issues/{number}/labels", api_issue_labels_replace, RIGHT_TRIAGE, BODY_JSON },
    { "DELETE", "/issues/{number}/labels/{name}", api_issue_label_remove, RIGHT_TRIAGE,
      BODY_JSON },
    { "GET", "/issues/{number}/reactions", api_issue_reactions, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/issues/{number}/reactions", api_issue_react, RIGHT_SIGNED_IN, BODY_JSON },
    { "DELETE", "/issues/{number}/reactions/{reaction}", api_issue_unreact, RIGHT_SIGNED_IN,
      BODY_JSON },
    { "PUT", "/issues/{number}/lock", api_issue_lock, RIGHT_PUSH, BODY_JSON },
    { "DELETE", "/issues/{number}/lock", api_issue_unlock, RIGHT_PUSH, BODY_JSON },

    { "GET", "/labels", api_labels_list, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/labels", api_label_create, RIGHT_PUSH, BODY_JSON },
    { "GET", "/labels/{name}", api_label_get, RIGHT_ANYONE, BODY_JSON },
    { "PATCH", "/labels/{name}", api_label_edit, RIGHT_PUSH, BODY_JSON },
    { "DELETE", "/labels/{name}", api_label_delete, RIGHT_PUSH, BODY_JSON },

    { "GET", "/pulls", api_pulls_list, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/pulls/comments", api_review_comments_of_repo, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/pulls/{number}", api_pull_get, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/pulls/{number}/files", api_pull_files, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/pulls/{number}/comments", api_pull_comments, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/pulls/{number}/reviews", api_pull_reviews, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/pulls/{number}/reviews", api_pull_review_create, RIGHT_SIGNED_IN, BODY_JSON },

    { "POST", "/statuses/{sha}", api_status_create, RIGHT_PUSH, BODY_JSON },
    { "GET", "/commits/{ref}/status", api_status_combined, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/commits/{ref}/statuses", api_statuses_list, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/git/ref/{ref...}", api_ref_get, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/git/refs", api_ref_create, RIGHT_PUSH, BODY_JSON },

    { "GET", "/releases", api_releases_list, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/releases", api_release_create, RIGHT_PUSH, BODY_JSON },
    { "GET", "/releases/latest", api_release_latest, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/releases/tags/{tag}", api_release_by_tag, RIGHT_ANYONE, BODY_JSON },
    { "GET", "/releases/assets/{id}", api_asset_get, RIGHT_ANYONE, BODY_JSON },
    { "DELETE", "/releases/assets/{id}", api_asset_delete, RIGHT_PUSH, BODY_JSON },
    { "GET", "/releases/{id}", api_release_get, RIGHT_ANYONE, BODY_JSON },
    { "PATCH", "/releases/{id}", api_release_edit, RIGHT_PUSH, BODY_JSON },
    { "DELETE", "/releases/{id}", api_release_delete, RIGHT_PUSH, BODY_JSON },
    { "GET", "/releases/{id}/assets", api_assets_list, RIGHT_ANYONE, BODY_JSON },
    { "POST", "/releases/{id}/assets", api_asset_upload, RIGHT_PUSH, BODY_RAW },
    { 0 },
};

/* base/httpd_route does the matching; its rows are made from ours. */
const struct route *route_find(struct call *c, const struct route *routes, const char *path)
{
    struct httpd_route patterns[ROUTES_MAX] = { 0 };

    for (size_t i = 0; routes[i].method && i + 1 < ROUTES_MAX; i++)
        patterns[i] =
            (struct httpd_route){ .method = routes[i].method, .pattern = routes[i].pattern };
    httpd_match_finish(&c->match);
    if (httpd_match_init(&c->match, patterns, c->ask->method, path) != HTTPD_FOUND)
        return NULL;
    const struct route *found = &routes[c->match.route - patterns];
    c->match.route = NULL; /* ours is gone when we return */
    return found;
}
