/* SPDX-License-Identifier: Apache-2.0
 * practice/gitea_render.h
 * gitea_render: a row as Gitea and Forgejo show it. Like render.h, with other words: times in
 * the server's own zone, texts that are never null, a ghost with an id of -1, no node ids. */
#ifndef PRACTICE_GITEA_RENDER_H
#define PRACTICE_GITEA_RENDER_H
#include "practice/render.h"

json_t *gitea_time(const json_t *row, const char *key);      /* null when the row has none */
json_t *gitea_user(const struct view *v, const char *login); /* NULL or unknown: the ghost */
json_t *gitea_user_of(const struct view *v, const json_t *row, const char *key);
json_t *gitea_permission(const struct view *v, const char *login);

json_t *gitea_repo(const struct view *v);
json_t *gitea_fork(const struct view *v, const char *owner); /* owner unknown: null */
json_t *gitea_commit(const struct view *v, const char *sha, const char *who, const char *at,
                     const char *message);
json_t *gitea_pull_commit(const struct view *v, const json_t *commit);
json_t *gitea_label(const struct view *v, const json_t *label);
json_t *gitea_issue(const struct view *v, const json_t *thread);
json_t *gitea_comment(const struct view *v, const json_t *comment);
json_t *gitea_reaction(const struct view *v, const json_t *reaction);

json_t *gitea_pull(const struct view *v, const json_t *thread);
json_t *gitea_changed_file(const struct view *v, const json_t *file);
json_t *gitea_review(const struct view *v, const json_t *review);
json_t *gitea_review_comment(const struct view *v, const json_t *comment);

json_t *gitea_status(const struct view *v, const json_t *status);
json_t *gitea_combined_status(const struct view *v, const char *sha, const json_t *latest);
json_t *gitea_release(const struct view *v, const json_t *release);
json_t *gitea_asset(const struct view *v, const json_t *asset);

json_t *gitea_error(const struct call *c, int status, const char *message);
json_t *gitea_invalid(const struct call *c, const char *resource, const char *field,
                      const char *code);

#endif
