/* SPDX-License-Identifier: Apache-2.0
 * bot/sync/sync.h
 * sync: brings the database up to what the forge shows, and says what that took.
 * Reads repository-wide lists wherever the forge has one: issues (with pull requests),
 * comments, review comments and events. Each page and the cursor behind it are committed
 * together, so a killed sync resumes; a cycle in which nothing happened asks conditionally and
 * writes nothing. Never writes to the forge and decides nothing. */
#ifndef BOT_SYNC_SYNC_H
#define BOT_SYNC_SYNC_H
#include <stdbool.h>
#include <stdint.h>

struct clock;
struct db;
struct err;
struct forge;
struct string_list;

enum sync_mode {
    SYNC_NEWS, /* what changed since the last time */
    SYNC_FULL, /* everything again; what has vanished from the forge is marked */
};

struct sync_options {
    struct db *db; /* open for writing, no transaction under way */
    struct forge *forge;
    const struct clock *clock;
    const struct string_list *bots; /* logins counted as bots beside the forge's; or NULL */
    enum sync_mode mode;
};

struct sync_result {
    /* The repository as it stands now, and who we are there. Owned strings. */
    int64_t repo_id, self_id;
    char *owner, *name, *default_branch, *clone_url, *head_sha, *self_login;
    bool is_archived, may_push, may_triage;

    int64_t n_new, n_changed; /* rows */
    int64_t n_deleted;        /* entries that are no longer on the forge */
    int64_t n_gone;           /* threads deleted or transferred away */
    bool is_left;             /* budget or deadline ended it early; the next cycle goes on */
    char why_left[256];
};

/* 0 when it is complete, or left over for a budget (is_left). After an error what was read is
 * kept all the same. *ret is the caller's to finish in every case. */
int sync_run(const struct sync_options *options, struct sync_result *ret, struct err *err);
void sync_result_finish(struct sync_result *result); /* NULL and zeroed are fine */

#endif
