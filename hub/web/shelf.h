/* SPDX-License-Identifier: Apache-2.0
 * hub/web/shelf.h
 * shelf: a hosted repository at one revision, as the pages read it.
 * Private to hub/web. Opened for one request by one thread; owns what it returns. */
#ifndef HUB_WEB_SHELF_H
#define HUB_WEB_SHELF_H
#include <stddef.h>

#include "hub/repo/repo.h"
#include "hub/web/access.h"

struct shelf {
    char *id;   /* "namespace/name"; NULL while there is no such repository */
    char *rev;  /* as asked for, decoded */
    char *path; /* what stood behind the revision, decoded, without a slash at either end */
    char commit[GIT_HEX_SIZE];
    struct hub_repo *repo;
    struct hub_file *files; /* sorted by path */
    size_t n_files;
    struct hosted hosted; /* zeroed: a public model */
    struct git_ref *tags; /* once they were read: "refs/tags/v1.0.0", newest version first */
    size_t n_tags;
};

/* where: still percent-encoded, a branch, tag, ref or full commit and the path behind it. Some
 * clients send the slashes of a revision as they are, so the longest that exists is taken.
 * -ERR_NOTFOUND; ret->id is set when the repository is there and only the revision is missing.
 * Close it in every case. */
int shelf_open(struct shelf *ret, const char *hub_dir, const char *id, const char *where,
               struct err *err);
void shelf_close(struct shelf *shelf); /* zeroed is fine */

/* For who shows them: a repository may have thousands. None when they cannot be read. */
void shelf_read_tags(struct shelf *shelf);

const struct hub_file *shelf_find(const struct shelf *shelf, const char *path); /* or NULL */

/* Appends the file's bytes; out's maximum is the limit. */
int shelf_read(struct buf *out, const struct shelf *shelf, const struct hub_file *file,
               struct err *err);

#endif
