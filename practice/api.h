/* SPDX-License-Identifier: Apache-2.0
 * practice/api.h
 * api: the handlers of the GitHub API, one file per noun. Each takes a call whose rights are
 * checked, does one thing, and returns the status code. routes.c says which path is whose. */
#ifndef PRACTICE_API_H
#define PRACTICE_API_H

#include <stddef.h>
#include <stdint.h>

struct call;

/* api_repo.c */
int api_repo_get(struct call *c);
int api_permission(struct call *c);
int api_collaborators(struct call *c);
int api_me(struct call *c);
int api_user(struct call *c);
int api_user_orgs(struct call *c);
int api_milestones(struct call *c);

/* api_issues.c */
int api_issues_list(struct call *c);
int api_issues_create(struct call *c);
int api_issue_get(struct call *c);
int api_issue_edit(struct call *c);
int api_issue_lock(struct call *c);
int api_issue_unlock(struct call *c);
int api_issue_timeline(struct call *c);
int api_issue_events(struct call *c);
int api_repo_events(struct call *c);

/* api_comments.c */
int api_comments_of_repo(struct call *c);
int api_comments_of_issue(struct call *c);
int api_comment_get(struct call *c);
int api_comment_create(struct call *c);
int api_comment_edit(struct call *c);
int api_comment_delete(struct call *c);

/* api_reactions.c */
int api_issue_reactions(struct call *c);
int api_issue_react(struct call *c);
int api_issue_unreact(struct call *c);
int api_comment_reactions(struct call *c);
int api_comment_react(struct call *c);
int api_comment_unreact(struct call *c);
int api_review_comment_reactions(struct call *c);
int api_review_comment_react(struct call *c);

/* api_labels.c */
int api_labels_list(struct call *c);
int api_label_get(struct call *c);
int api_label_create(struct call *c);
int api_label_edit(struct call *c);
int api_label_delete(struct call *c);
int api_issue_labels(struct call *c);
int api_issue_labels_add(struct call *c);
int api_issue_labels_replace(struct call *c);
int api_issue_label_remove(struct call *c);

/* api_pulls.c */
int api_pulls_list(struct call *c);
int api_pull_get(struct call *c);
int api_pull_files(struct call *c);
int api_pull_reviews(struct call *c);
int api_pull_review_create(struct call *c);
int api_pull_comments(struct call *c);
int api_pull_commits(struct call *c);
int api_pull_reviewers(struct call *c);
int api_review_comments_of_repo(struct call *c);
int api_review_comment_get(struct call *c);

/* api_statuses.c */
int api_status_create(struct call *c);
int api_statuses_list(struct call *c);
int api_status_combined(struct call *c);
int api_ref_get(struct call *c);
int api_ref_create(struct call *c);

/* api_releases.c */
int api_releases_list(struct call *c);
int api_release_latest(struct call *c);
int api_release_by_tag(struct call *c);
int api_release_get(struct call *c);
int api_release_create(struct call *c);
int api_release_edit(struct call *c);
int api_release_delete(struct call *c);
int api_assets_list(struct call *c);
int api_asset_upload(struct call *c);
int api_asset_get(struct call *c);
/* A file as it came; type may be NULL. Shows the asset that it becomes. */
struct upload {
    const char *name, *type, *data;
    size_t len;
};
int api_asset_keep(struct call *c, int64_t release, const struct upload *file);
int api_asset_delete(struct call *c);

#endif
