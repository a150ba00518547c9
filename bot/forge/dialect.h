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

struct dialect {
    const char *name;
    const char *accept;         /* media type of JSON */
    const char *const *headers; /* for each request: name, value, ..., NULL */

    /* The upload base that belongs to an API base; nothing when only a release tells it. */
    void (*add_upload_base)(struct buf *out, const char *url);
    /* The query of a list's first page, "?state=all&...". */
    void (*add_list_query)(struct buf *out, const struct forge_read *what);

    void (*map_me)(struct json_reader *, const json_t *, struct forge_user *);
    void (*map_repo)(struct json_reader *, const json_t *, struct forge_repo *);
    void (*map_thread)(struct json_reader *, const json_t *, struct forge_thread *);
    void (*map_entry)(struct json_reader *, const json_t *, enum forge_entry_kind,
                      struct forge_entry *);
    void (*map_event)(struct json_reader *, const json_t *, struct forge_event *);
    void (*map_pull)(struct json_reader *, const json_t *, struct forge_pull *);
    void (*map_moment)(struct json_reader *, const json_t *, struct forge_moment *);
    void (*map_status)(struct json_reader *, const json_t *, struct forge_status *);
    void (*map_release)(struct json_reader *, const json_t *, struct forge_release *);
    enum forge_role (*map_role)(struct json_reader *, const json_t *);
};

extern const struct dialect dialect_github;

struct forge {
    const struct dialect *dialect;
    struct transport *transport;
    struct app *app;    /* NULL without one */
    char *login;        /* as configured, "" when the forge is asked */
    char *origin;       /* of the API */
    char *owner, *name; /* as configured */
    char *repo;         /* "/repos/OWNER/NAME", encoded */
    bool knows_upload;  /* the upload base */
    int64_t n_timelines, n_pulls;
};

/* A path below the repository: forge_path(f, "/issues/%" PRId64, 7). The caller frees. */
char *forge_path(const struct forge *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A JSON reply, mapped or refused as a whole: the reader's error becomes -ERR_FORGE. */
int forge_check_map(const struct json_reader *r, struct err *err);

#endif
