/* SPDX-License-Identifier: Apache-2.0
 * hub/web/hosting.h
 * hosting: a repository comes into being and goes, on disk and in hub.db.
 * Made: row first, then folder; removed: folder first, then row. So what is private is never on
 * disk without its row, and what a crash interrupted is completed by asking again. Whoever
 * makes, moves or removes under one name waits for the other. */
#ifndef HUB_WEB_HOSTING_H
#define HUB_WEB_HOSTING_H
#include "base/git.h"
#include "hub/web/access.h"

struct err;

struct hosting_new {
    struct hosted_name name;
    bool is_private;
    const char *licence;              /* for the card; "": none yet */
    const struct git_new_file *files; /* the first ones, in any order */
    size_t n_files;
};

/* The principal may create in the namespace, or -ERR_DENIED. -ERR_EXISTS. */
int hosting_create(struct access *access, const char *hub_dir, const struct principal *who,
                   const struct hosting_new *wanted, struct err *err);

/* root: of its kind (hosting_root). -ERR_NOTFOUND. */
int hosting_remove(struct access *access, const char *root, const struct hosted_name *name,
                   struct err *err);

/* The old name leads on to the new one. -ERR_NOTFOUND, -ERR_EXISTS. */
struct hosting_move {
    const char *root;
    struct hosted_name from, to;
};
int hosting_move(struct access *access, const struct hosting_move *move, struct err *err);

/* The folder of a kind's repositories. The caller frees. */
char *hosting_root(const char *hub_dir, enum hosted_kind kind);

#endif
