/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/large.h
 * large: the large files that a repository may refer to, with the whole of its history in view:
 * listed for who wonders what takes the space, and taken away for good. */
#ifndef HUB_REPO_LARGE_H
#define HUB_REPO_LARGE_H
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct err;
struct hub_repo;

struct hub_large {
    char oid[SHA256_HEX_SIZE];
    char *path, *ref; /* a file that has that content, and the ref it was seen at; NULL when */
                      /* none has, as far as is looked back */
    int64_t size;     /* bytes */
    int64_t added_at; /* unix seconds, when it was last sent or referred to */
};

/* Newest first. */
int hub_large_list(struct hub_large **ret, size_t *ret_n, struct hub_repo *repo,
                   struct err *err);
void hub_large_free(struct hub_large *large, size_t n);

enum hub_history {
    HUB_KEEP_HISTORY,    /* files that had the content show its pointer from now on */
    HUB_REWRITE_HISTORY, /* they are gone from every commit, and refs move */
};
/* The repository has these contents no more; those that it never had are passed over. The
 * store forgets them when nobody has them (`hearth hub gc`). *ret_bytes: what they took.
 * -ERR_CONFLICT when somebody pushed meanwhile: no content was taken away, try again. */
struct hub_large_drop {
    const char *const *oids;
    size_t n;
    enum hub_history history;
};
int hub_large_drop(int64_t *ret_bytes, struct hub_repo *repo, const struct hub_large_drop *drop,
                   struct err *err);

#endif
