/* SPDX-License-Identifier: Apache-2.0
 * practice/render.h
 * render: a row as the GitHub API shows it. Each function returns a new JSON value with every
 * field that GitHub's OpenAPI description requires; what it embeds (users, labels) is looked up
 * in the state. Never changes the state. */
#ifndef PRACTICE_RENDER_H
#define PRACTICE_RENDER_H
#include "practice/state.h"

struct call;
struct dialect;
struct forge;

/* Whose eyes and by which address. Borrowed; lives for one call. */
struct view {
    struct forge *forge;
    const struct dialect *dialect;
    const char *me;     /* login, or NULL: anonymous */
    const char *api;    /* "http://127.0.0.1:8080/api/v3" */
    const char *upload; /* "http://127.0.0.1:8080/api/uploads" */
    const char *html;   /* "http://127.0.0.1:8080" */
    const char *fork;   /* whose fork is shown in place of the repository; NULL: itself */
    const char *rest;   /* of the path asked for, after the repository: "/issues" */
    bool is_described;  /* replies keep to the letter of the published description */
};

/* API URL of something in the repository: view_url(v, "/issues/%d", 7). */
json_t *view_url(const struct view *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
json_t *view_html_url(const struct view *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
json_t *render_node_id(const char *kind, int64_t id);

/* Shared, so not to be changed. login NULL or "": null. */
json_t *render_user(const struct view *v, const char *login);
json_t *render_user_of(const struct view *v, const json_t *row, const char *key);
json_t *render_me(const struct view *v, const char *login); /* GET /user, /users/X */
json_t *render_permission(const struct view *v, const char *login);
json_t *render_organization(const struct view *v, const char *login);
json_t *render_collaborator(const struct view *v, const char *login);
/* OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR or NONE. */
const char *render_association(const struct view *v, const char *login);

json_t *render_error(const struct call *c, int status, const char *message);
json_t *render_invalid(const struct call *c, const char *resource, const char *field,
                       const char *code);

enum repo_detail { REPO_MINIMAL, REPO_FULL };
json_t *render_repo(const struct view *v, enum repo_detail detail);
json_t *render_fork(const struct view *v, const char *owner); /* owner unknown: null */
json_t *render_label(const struct view *v, const json_t *label);
json_t *render_labels(const struct view *v, const json_t *names);
json_t *render_issue(const struct view *v, const json_t *thread);
json_t *render_comment(const struct view *v, const json_t *comment);
json_t *render_reaction(const struct view *v, const json_t *reaction);
json_t *render_reactions(const json_t *sums, json_t *url); /* takes url */

enum pull_detail { PULL_LISTED, PULL_FULL };
json_t *render_pull(const struct view *v, const json_t *thread, enum pull_detail detail);
json_t *render_commit(const struct view *v, const json_t *commit); /* sha, who, at, message */
json_t *render_changed_file(const struct view *v, const json_t *file);
json_t *render_review(const struct view *v, const json_t *review);
json_t *render_review_comment(const struct view *v, const json_t *comment);

/* GitHub shows the issue in the repository's list of events, not in an issue's own. */
enum event_place { EVENT_IN_REPO, EVENT_IN_ISSUE };
json_t *render_event(const struct view *v, const json_t *event, enum event_place place);
json_t *render_timeline(const struct view *v, const json_t *thread); /* array, oldest first */

json_t *render_status(const struct view *v, const json_t *status);
const char *render_worst_state(const json_t *latest);
json_t *render_combined_status(const struct view *v, const char *sha, const json_t *latest);
json_t *render_release(const struct view *v, const json_t *release);
json_t *render_asset(const struct view *v, const json_t *asset);
json_t *render_ref(const struct view *v, const char *name, const char *sha);

#endif
