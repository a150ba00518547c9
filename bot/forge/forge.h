/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/forge.h
 * forge: one repository on a GitHub-compatible server, in our own words.
 * Every noun has one normalised struct; each dialect maps to it in its own file. Reading goes
 * page by page through a callback, so that a page and the cursor behind it are committed
 * together. Conditional requests, retries, rate limits and redirects are the transport's
 * (bot/forge/transport.h); budgets and time come from its options. Structs borrow their strings
 * from the page, alive until the callback returns. Times are unix seconds UTC, 0 = none; ids
 * are > 0, 0 = none (a ghost). */
#ifndef BOT_FORGE_FORGE_H
#define BOT_FORGE_FORGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct clock;
struct db;
struct err;
struct http_client;
struct forge;

struct forge_user {
    int64_t id; /* 0: ghost */
    const char *login;
    bool is_bot;
};

struct forge_repo {
    int64_t id;
    const char *owner, *name, *default_branch, *clone_url, *head_sha;
    bool is_archived, has_issues; /* without: they are hidden, and come back with the switch */
    bool may_push, may_triage;    /* what our token may */
    bool may_see_roles; /* of others: without it a label by others counts for nothing */
    int64_t n_open;     /* open issues and pull requests */
};

struct forge_thread {
    int64_t number;
    bool is_pull, is_open, is_locked, is_draft;
    const char *title, *body, *state_reason;
    struct forge_user author;
    const char **labels;
    size_t n_labels;
    int64_t n_comments;
    int64_t created_at, updated_at, closed_at, merged_at;
    const char *repo_url; /* of the repository that it is in now; "" where not told */
};

enum forge_entry_kind { FORGE_COMMENT, FORGE_REVIEW, FORGE_REVIEW_COMMENT };

struct forge_entry {
    enum forge_entry_kind kind;
    int64_t id, number;
    struct forge_user author;
    const char *body, *path, *review_state;
    int64_t n_lines; /* reviews: comments on lines below it, where it is told */
    int64_t created_at, updated_at;
};

struct forge_event {
    int64_t id, number;
    const char *kind; /* the forge's word */
    struct forge_user actor;
    const char *label, *commit_sha;
    int64_t created_at;
};

struct forge_pull {
    int64_t number;
    const char *head_sha, *merge_sha;
    const char *base_ref, *base_sha; /* the branch it goes to, and where that stood */
    bool is_open, is_merged;
    int64_t merged_at;
};

enum { FORGE_SHA_SIZE = 65 };

/* One thing in a thread's timeline, in the server's order. */
struct forge_moment {
    const char *kind; /* "labeled", "committed", "head_ref_force_pushed", ... */
    struct forge_user actor;
    const char *label, *sha;
    int64_t event_id, created_at; /* 0 where the forge gives none */
    char head[FORGE_SHA_SIZE];    /* of a push: where the branch stood after it; "": not told */
};

struct forge_status {
    int64_t id; /* higher is later, also within a second; 0: not told */
    const char *context, *state, *description; /* state: success failure error pending */
    int64_t creator_id;
};

struct forge_asset {
    int64_t id, size;
    const char *name, *state; /* "uploaded", "starter" */
};

struct forge_release {
    int64_t id;
    const char *tag, *name, *body, *upload_url;
    bool is_draft;
    struct forge_user author;
    const struct forge_asset *assets;
    size_t n_assets;
};

enum forge_list {
    FORGE_ISSUES,
    FORGE_COMMENTS,
    FORGE_REVIEW_COMMENTS,
    FORGE_EVENTS,
    FORGE_RELEASES
};

/* One page of a list: the array that belongs to the list is filled, the others are NULL. */
struct forge_page {
    enum forge_list list;
    bool is_unchanged; /* 304: nothing new, no items */
    const struct forge_thread *threads;
    const struct forge_entry *entries;
    const struct forge_event *events;
    const struct forge_release *releases;
    size_t n;
    const char *next;  /* path and query of the next page, "" at the end */
    int64_t server_at; /* the forge's time when it answered */
};

struct forge_read {
    enum forge_list list;
    bool oldest_first; /* by creation, for the first walk; otherwise by update */
    int64_t since_at;  /* 0: everything */
    bool only_open;    /* issues: leave out closed ones */
    int64_t number;    /* > 0: comments of that thread only */
    const char *next;  /* a page's next, instead of the order, since_at and number */
    bool if_changed;   /* asks with the validator of the last time; may be is_unchanged */
    bool goes_on;      /* a hint: the page behind it is read next, and may be asked for early */
};
typedef int forge_page_fn(void *ctx, const struct forge_page *page, struct err *err);
/* Exactly one request (and its retries); fn is called once. The validator of the page is kept
 * after fn returned 0, so fn commits what the page holds. */
int forge_read_page(struct forge *forge, const struct forge_read *what, forge_page_fn *fn,
                    void *ctx, struct err *err);

/* How many comments there are in all of the repository; -1 where the forge does not tell. */
int forge_count_comments(struct forge *f, int64_t *ret, struct err *err);

int forge_me(struct forge *f, int (*fn)(void *, const struct forge_user *, struct err *),
             void *ctx, struct err *err);
/* The same, but fn is not called when nothing changed since the last time. */
int forge_poll_me(struct forge *f, int (*fn)(void *, const struct forge_user *, struct err *),
                  void *ctx, struct err *err);
/* Two requests: the repository, and the head of its default branch ("" while it is empty).
 * -ERR_AUTH, -ERR_DENIED, -ERR_MOVED (names where to), -ERR_NOTFOUND, -ERR_FORGE (HTML...). */
int forge_get_repo(struct forge *f, int (*fn)(void *, const struct forge_repo *, struct err *),
                   void *ctx, struct err *err);
/* As it stands now: never from a validator. -ERR_NOTFOUND or -ERR_MOVED when it is deleted or
 * was transferred to another repository. */
int forge_get_thread(struct forge *f, int64_t number,
                     int (*fn)(void *, const struct forge_thread *, struct err *), void *ctx,
                     struct err *err);
int forge_get_pull(struct forge *f, int64_t number,
                   int (*fn)(void *, const struct forge_pull *, struct err *), void *ctx,
                   struct err *err);
/* Whether a comment or review comment is there now. */
int forge_has_entry(struct forge *f, enum forge_entry_kind kind, int64_t id, bool *ret,
                    struct err *err);
int forge_each_review(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_entry *, struct err *), void *ctx,
                      struct err *err);
/* Only where FORGE_LISTS_ALL is missing: the comments on lines below one review. */
int forge_each_review_comment(struct forge *f, int64_t number, int64_t review_id,
                              int (*fn)(void *, const struct forge_entry *, struct err *),
                              void *ctx, struct err *err);
int forge_each_moment(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_moment *, struct err *), void *ctx,
                      struct err *err); /* all pages of the timeline */
/* A hint that the timelines of these threads will be read next, in any order: where the server
 * does not mind, they are asked for side by side. */
void forge_expect_moments(struct forge *f, const int64_t *numbers, size_t n);
int forge_each_status(struct forge *f, const char *sha,
                      int (*fn)(void *, const struct forge_status *, struct err *), void *ctx,
                      struct err *err); /* newest first */

/* The roles of GitHub, least first; what the forge does not say is FORGE_ROLE_NONE. */
enum forge_role {
    FORGE_ROLE_NONE,
    FORGE_ROLE_READ,
    FORGE_ROLE_TRIAGE,
    FORGE_ROLE_WRITE,
    FORGE_ROLE_MAINTAIN,
    FORGE_ROLE_ADMIN
};
/* Where the token may not look roles up (forge_repo.may_see_roles), the least that is certain.
 * Where it may, a refusal is an error: it is one of the moment, and no role. */
int forge_get_role(struct forge *f, const char *login, enum forge_role *ret, struct err *err);
bool forge_sees_roles(const struct forge *f); /* as the repository told when it was read */
const char *forge_role_name(enum forge_role role);
int forge_role_parse(enum forge_role *ret, const char *name, struct err *err);

/* Writes. Only bot/ledger.c calls them. *ret_id is what the forge named the object. After
 * -ERR_NET or -ERR_TIMEOUT the write may have happened: look before sending again. */
int forge_create_comment(struct forge *f, int64_t number, const char *body, int64_t *ret_id,
                         struct err *err);
int forge_edit_comment(struct forge *f, int64_t id, const char *body, struct err *err);
int forge_add_label(struct forge *f, int64_t number, const char *label, struct err *err);
int forge_remove_label(struct forge *f, int64_t number, const char *label, struct err *err);
int forge_create_status(struct forge *f, const char *sha, const struct forge_status *status,
                        const char *target_url, struct err *err);
int forge_create_release(struct forge *f, const struct forge_release *release,
                         const char *target_sha, int64_t *ret_id, struct err *err);
int forge_upload_asset(struct forge *f, int64_t release_id, const char *name,
                       const char *content_type, const char *path, int64_t *ret_id,
                       struct err *err);
int forge_delete_asset(struct forge *f, int64_t release_id, int64_t asset_id, struct err *err);
/* Reads fresh, never from a validator: what stands on the forge now. */
int forge_find_release(struct forge *f, const char *tag,
                       int (*fn)(void *, const struct forge_release *, struct err *), void *ctx,
                       struct err *err); /* -ERR_NOTFOUND */
int forge_read_asset(struct forge *f, int64_t release_id, int64_t asset_id, struct buf *out,
                     struct err *err);

/* What a kind of server may lack. */
enum forge_feature {
    FORGE_LISTS_ALL,              /* repository-wide lists of events and of review comments */
    FORGE_LISTS_BY_UPDATE,        /* lists come in the order asked for, by update too */
    FORGE_ANSWERS_SIDE_BY_SIDE,   /* several requests at a time are no offence */
    FORGE_SHOWS_ROLES_TO_WRITERS, /* not to admins only */
    FORGE_HIDES_DENIALS,          /* a write without the right may look like a 404 */
    FORGE_CHECK_RUNS,
    FORGE_LOCKS, /* of threads, by its API, in all of its versions */
    FORGE_CONTRIBUTORS,
};
bool forge_has(const struct forge *f, enum forge_feature feature);
const char *forge_dialect(const struct forge *f); /* "github", "gitea" */
/* "Forgejo 11.0.0": what the server calls itself; "" where it does not tell. One request. */
int forge_get_server(struct forge *f, struct buf *out, struct err *err);

struct forge_options {
    const char *dialect; /* "github", "gitea", or "auto": by url, else by asking the server */
    const char *url;     /* API base */
    const char *upload_url; /* "" takes the dialect's rule */
    const char *owner, *name;
    const char *token;            /* NULL with an App */
    const char *app_id, *app_key; /* of a GitHub App, the key as PEM; NULL or "": none */
    const char *login;        /* whose token it is, where the forge does not tell; "" asks */
    struct http_client *http; /* borrowed */
    struct db *db;            /* borrowed: validators and budgets */
    const struct clock *clock;
    int64_t reserve_percent, points_per_minute;
    int64_t content_per_minute, content_per_hour, content_gap_ms;
    int64_t deadline_ms; /* of the cycle, in clock time; 0: none */
};
int forge_new(struct forge **ret, const struct forge_options *options, struct err *err);
void forge_free(struct forge *forge);

/* What the installation of a GitHub App may do with a thing ("contents", "issues", ...): 0
 * nothing, 1 read, 2 write; -1 where we are no App. After forge_get_repo. */
int forge_permission(const struct forge *f, const char *thing);
/* The scopes of a classic GitHub token, "repo, workflow"; NULL where the forge tells of none.
 * After forge_get_repo. */
const char *forge_scopes(const struct forge *f);

/* The token for the fetch worker, good for some minutes at least; borrowed. */
int forge_token(struct forge *f, const char **ret, struct err *err);

/* What this cycle cost so far. */
struct forge_counts {
    int64_t requests, conditional, unchanged, writes, retries;
    int64_t timelines, pulls; /* pages of timelines and reviews; single pull requests */
    int64_t wire_bytes;
};
struct forge_counts forge_counts(const struct forge *forge);
int64_t forge_now(const struct forge *forge); /* by the forge's Date, our clock until known */

#endif
