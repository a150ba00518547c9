/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/dialect.h
 * dialect: what one kind of server does its own way, and the handle that uses it.
 * Inside of bot/forge/ only. read.c and write.c hold what all dialects share: paths below a
 * repository, one request each, callbacks; a dialect's mapping file turns its JSON into the
 * structs of forge.h. */
#ifndef BOT_FORGE_DIALECT_H
#define BOT_FORGE_DIALECT_H
#include "base/json.h"
#include "bot/forge/app.h"
#include "bot/forge/forge.h"
#include "bot/forge/transport.h"

struct label_ids;

struct dialect {
    const char *name;
    const char *accept;         /* media type of JSON */
    const char *scheme;         /* of the header Authorization */
    const char *const *headers; /* for each request: name, value, ..., NULL */
    unsigned features;          /* 1u << enum forge_feature */

    /* Pages: told by Link, or counted until one is empty (bot/forge/paging.h). */
    bool counts_pages;
    const char *page_query;     /* of a short list's first page */
    const char *timeline_query; /* of a timeline */
    const char *count_query;    /* of a list whose total is told; NULL: none is */

    /* The upload base that belongs to an API base; nothing when only a release tells it. */
    void (*add_upload_base)(struct buf *out, const char *url);
    const char *upload_field; /* of a form that carries a file; NULL: the file is the body */
    /* The query of a list's first page, "?state=all&...". */
    void (*add_list_query)(struct buf *out, const struct forge_read *what);
    /* Below the repository, where a branch and a file of a release are. */
    void (*add_branch_path)(struct buf *out, const char *branch);
    void (*add_asset_path)(struct buf *out, int64_t release_id, int64_t asset_id);

    void (*map_thread)(struct json_reader *, const json_t *, struct forge_thread *);
    void (*map_entry)(struct json_reader *, const json_t *, enum forge_entry_kind,
                      struct forge_entry *);
    void (*map_event)(struct json_reader *, const json_t *, struct forge_event *);
    void (*map_moment)(struct json_reader *, const json_t *, struct forge_moment *);
    enum forge_role (*map_role)(struct json_reader *, const json_t *);
    const char *status_key; /* "state", "status": where a commit status has its state */
    const char *(*map_branch)(struct json_reader *, const json_t *); /* its commit */

    /* What takes more than one request. role_unseen: the forge did not let us look it up. */
    int (*role_unseen)(struct forge *f, const char *login, enum forge_role *ret,
                       struct err *err);
    int (*add_label)(struct forge *f, int64_t number, const char *label, struct err *err);
    int (*remove_label)(struct forge *f, int64_t number, const char *label, struct err *err);
    int (*read_asset)(struct forge *f, const char *path, struct buf *out, struct err *err);
};

extern const struct dialect dialect_github, dialect_gitea;

struct forge {
    const struct dialect *dialect;
    struct transport *transport;
    struct app *app;          /* NULL without one */
    char *login;              /* as configured, "" when the forge is asked */
    char *origin;             /* of the API */
    char *base;               /* its path: "", "/api/v1" */
    char *owner, *name;       /* as configured */
    char *repo;               /* "/repos/OWNER/NAME", encoded */
    bool knows_upload;        /* the upload base */
    bool sees_roles;          /* forge_sees_roles */
    struct label_ids *labels; /* of the repository, once they were needed */
    int64_t n_timelines, n_pulls;
};

/* A path below the repository: forge_path(f, "/issues/%" PRId64, 7). The caller frees. */
char *forge_path(const struct forge *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* transport_send for a GET; where pages are counted reply->next is filled in by the count. */
int forge_get(struct forge *f, const struct transport_request *req,
              struct transport_reply *reply, struct err *err);
/* The same for a path that is taken. */
int forge_get_path(struct forge *f, char *path, struct transport_reply *reply, struct err *err);

/* The same for a name, encoded, between two parts of a path below the repository. */
int forge_get_named(struct forge *f, const char *before, const char *name, const char *after,
                    struct transport_reply *reply, struct err *err);

/* All pages of a list, fresh; fn maps an item. Takes path; what names the list in errors. */
typedef int forge_item_fn(void *ctx, struct json_reader *r, const json_t *item,
                          struct err *err);
int forge_each_item(struct forge *f, char *path, const char *what, forge_item_fn *fn, void *ctx,
                    struct err *err);

/* A JSON reply, mapped or refused as a whole: the reader's error becomes -ERR_FORGE. */
int forge_check_map(const struct json_reader *r, struct err *err);

#endif
