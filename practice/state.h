/* SPDX-License-Identifier: Apache-2.0
 * practice/state.h
 * state: everything the practice forge knows, as tables of JSON rows. A row is a JSON object
 * with an integer "id"; a table is an array of rows in ascending id. JSON all the way, because
 * its uses are: --load reads it, /_practice/state shows it, state.json keeps it. Rows hold
 * facts only (logins, numbers, times); what GitHub derives from them, such as URLs and embedded
 * objects, is added by render.h. Ids come from one counter, so the same moves give the same
 * ids. Times are RFC 3339 UTC text, which sorts as time does. Owns its document; returned rows
 * are borrowed and live until they are removed. */
#ifndef PRACTICE_STATE_H
#define PRACTICE_STATE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct buf;
struct err;

enum table {
    THREADS,  /* id = number; issue_id, pull (object or null), title, body, user, state ... */
    COMMENTS, /* thread, user, body, created_at, updated_at, reactions */
    REVIEW_COMMENTS, /* thread, review, user, body, path, line, commit_id, created_at, ... */
    REVIEWS,         /* thread, user, state, body, commit_id, submitted_at */
    REACTIONS, /* on ("issue", "comment", "review_comment"), to (id), user, content, ... */
    EVENTS,    /* thread, event, actor, created_at, and label, rename, ... */
    LABELS,    /* name, color, description */
    STATUSES,  /* sha, state, context, description, target_url, creator, created_at */
    RELEASES,  /* tag_name, target_commitish, name, body, draft, prerelease, author, ... */
    ASSETS,    /* release, name, label, content_type, size, digest, uploader, ... */
    N_TABLES,
};

struct state {
    json_t *doc; /* {"next_id", "repo", "users", and one array for each table} */
};

void state_init(struct state *s);
void state_finish(struct state *s); /* NULL and half-built are fine */

json_t *state_repo(const struct state *s); /* id, owner, name, git_name (of its folder), */
/* moved_from, gone (a status), ... */
json_t *state_users(const struct state *s); /* {login: {id, type, role, has_merged}} */
json_t *state_table(const struct state *s, enum table table);

/* Whether a thread is shown to nobody: an issue, while they are switched off. */
bool state_hides(const struct state *s, const json_t *thread);

/* NULL when there is none. */
json_t *state_row(const struct state *s, enum table table, int64_t id);
json_t *state_user(const struct state *s, const char *login); /* login may be NULL */

/* Takes row. A row without "id" gets the next one; one with an id finds its place by it, and
 * NULL comes back, row freed, when the place is taken. */
json_t *state_add(struct state *s, enum table table, json_t *row);
void state_remove(struct state *s, enum table table, int64_t id);
int64_t state_next_id(struct state *s);

/* "read", "triage", "write", "maintain", "admin", or "none". */
const char *state_role(const struct state *s, const char *login);

/* Adds the person if new (type "Bot" for logins ending in [bot]); sets the role unless NULL. */
json_t *state_set_user(struct state *s, const char *login, const char *role);

/* The whole document, keys sorted: the same state gives the same bytes. */
void state_write(const struct state *s, struct buf *out);

int state_save(const struct state *s, const char *path, struct err *err);
/* Replaces s by a file that state_save wrote; a damaged one is refused and s kept. */
int state_open(struct state *s, const char *path, struct err *err);

/* Getters for rows: "" , 0 or false for what is absent or null. */
const char *row_str(const json_t *row, const char *key);
int64_t row_int(const json_t *row, const char *key);
bool row_flag(const json_t *row, const char *key);
bool row_has(const json_t *row, const char *key); /* there and not null */

void row_set(json_t *row, const char *key, json_t *value);        /* takes value */
void row_set_str(json_t *row, const char *key, const char *text); /* NULL becomes null */

#endif
