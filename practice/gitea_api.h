/* SPDX-License-Identifier: Apache-2.0
 * practice/gitea_api.h
 * gitea_api: the handlers that Gitea's API needs besides those of api.h, which know no
 * dialect. Same contract. */
#ifndef PRACTICE_GITEA_API_H
#define PRACTICE_GITEA_API_H

struct call;

/* gitea_repo.c */
int gitea_version(struct call *c);
int gitea_settings(struct call *c);
int gitea_repo_by_id(struct call *c);
int gitea_collaborator_get(struct call *c);
int gitea_permission_get(struct call *c);
int gitea_branches(struct call *c);
int gitea_branch_get(struct call *c);
int gitea_refs_get(struct call *c);
int gitea_commit_get(struct call *c);
int gitea_tag_create(struct call *c);
int gitea_topics(struct call *c);

/* gitea_issues.c */
int gitea_issues_list(struct call *c);
int gitea_issues_create(struct call *c);
int gitea_issue_edit(struct call *c);
int gitea_comments_of_repo(struct call *c);
int gitea_comments_of_issue(struct call *c);

/* gitea_timeline.c */
int gitea_issue_timeline(struct call *c);

/* gitea_labels.c */
int gitea_label_get(struct call *c);
int gitea_label_create(struct call *c);
int gitea_label_edit(struct call *c);
int gitea_label_delete(struct call *c);
int gitea_issue_labels_add(struct call *c);
int gitea_issue_labels_replace(struct call *c);
int gitea_issue_label_remove(struct call *c);

/* gitea_reactions.c */
int gitea_issue_react(struct call *c);
int gitea_issue_unreact(struct call *c);
int gitea_comment_react(struct call *c);
int gitea_comment_unreact(struct call *c);

/* gitea_pulls.c */
int gitea_pulls_list(struct call *c);
int gitea_review_comments(struct call *c);

/* gitea_assets.c */
int gitea_asset_get(struct call *c);
int gitea_asset_upload(struct call *c);
int gitea_asset_delete(struct call *c);

#endif
