/* SPDX-License-Identifier: Apache-2.0
 * practice/dialect.h
 * dialect: what one kind of forge does its own way, as one row: routes, shapes, and the few
 * rules that handlers of both have to ask for. The state behind it is the same. */
#ifndef PRACTICE_DIALECT_H
#define PRACTICE_DIALECT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct buf;
struct call;
struct route;
struct view;

/* How a dialect shows each noun: a new value for a row. */
typedef json_t *shape_fn(const struct view *v, const json_t *row);

struct shapes {
    shape_fn *issue, *comment, *label, *reaction;
    shape_fn *pull, *listed_pull, *changed_file, *commit, *review, *review_comment;
    shape_fn *status, *release, *asset;
    json_t *(*repo)(const struct view *v);
    json_t *(*me)(const struct view *v, const char *login); /* GET /user, /users/X */
    json_t *(*collaborator)(const struct view *v, const char *login);
    json_t *(*permission)(const struct view *v, const char *login);
    json_t *(*combined_status)(const struct view *v, const char *sha, const json_t *latest);
    json_t *(*error)(const struct call *c, int status, const char *message);
    json_t *(*invalid)(const struct call *c, const char *resource, const char *field,
                       const char *code); /* the body of a 422 */
};

/* What a reviewer sends, and the state in which the review is kept. */
struct verdict {
    const char *event, *state;
};

/* Why a client is sent to another address of the repository. */
enum moved { MOVED_FOR_GOOD, MOVED_BY_FAULT };

struct dialect {
    const char *name;                     /* of --dialect */
    const char *prefix;                   /* "/api/v3" */
    const struct route *routes_of_server; /* and of its one repository, behind its name */
    const struct route *routes_of_repo;
    struct shapes shapes;
    const struct verdict *verdicts; /* ends with NULLs */
    /* Shows one page of rows (takes the array). */
    int (*page)(struct call *c, json_t *rows, shape_fn *shape);
    /* The repository's address for a redirect; by a fault, one that works and is another. */
    void (*add_moved)(struct buf *out, const struct call *c, enum moved why);
    const char *bot_role;             /* what the bot needs for all that it does */
    const char *not_found, *archived; /* messages */
    int status_archived, status_deleted, status_moved_write;
    int status_unknown_sha;                      /* when a status is set on it */
    int status_release_exists, status_no_target; /* of a release */
    bool deletes_unseen;   /* a comment that is deleted leaves its thread's updated_at */
    bool has_transfers;    /* threads move to other repositories */
    bool has_warnings;     /* a fifth state of a commit */
    bool has_tags;         /* ETag and Last-Modified on JSON, 304 */
    bool has_rate_limit;   /* and its headers */
    bool has_paths_by_id;  /* everything of the repository is below /repositories/ID too */
    bool has_nothing_null; /* in its published description, that is */
    bool needs_user_agent;
};

/* The client that this forge is there to test has dialects of its own, hence the names. */
extern const struct dialect practice_github, practice_gitea;

/* NULL when there is no such. */
const struct dialect *practice_dialect(const char *name);

#endif
