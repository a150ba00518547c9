/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"

enum { MAX_REV_SEGMENTS = 8 };

/* Numbers by value, the rest by bytes: v1.10.0 is above v1.9.0. */
static int compare_versions(const char *a, const char *b)
{
    static const char digits[] = "0123456789";

    while (*a && *b) {
        size_t na = strspn(a, digits), nb = strspn(b, digits);

        if (na == 0 || nb == 0) {
            if (*a != *b)
                return (unsigned char)*a - (unsigned char)*b;
            a++;
            b++;
            continue;
        }
        for (; na > 1 && *a == '0'; na--)
            a++;
        for (; nb > 1 && *b == '0'; nb--)
            b++;
        int order = na != nb ? (na < nb ? -1 : 1) : memcmp(a, b, na);
        if (order != 0)
            return order;
        a += na;
        b += nb;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static int newest_first(const void *a, const void *b)
{
    const struct git_ref *x = a, *y = b;

    return compare_versions(y->name, x->name);
}

/* The first n segments of where as a revision, the rest as a path. */
static int try_revision(struct shelf *shelf, const char *where, size_t n, struct err *err)
{
    const char *end = where;

    for (size_t i = 0; i < n; i++)
        end += strcspn(end + (i > 0), "/") + (i > 0);
    char *rev = xstrndup(where, (size_t)(end - where));
    char *path = xstrdup(*end == '/' ? end + 1 : end);

    int rc = text_url_decode(rev) ? hub_repo_resolve(shelf->commit, shelf->repo, rev, err)
                                  : err_set(err, ERR_NOTFOUND, "a broken escape");
    if (rc == 0) {
        shelf->rev = rev;
        shelf->path = path;
        if (!text_url_decode(path))
            path[0] = '\0'; /* names nothing */
        for (size_t len = strlen(path); len > 0 && path[len - 1] == '/'; len--)
            path[len - 1] = '\0';
        return 0;
    }
    free(rev);
    free(path);
    return rc;
}

static int find_revision(struct shelf *shelf, const char *where, struct err *err)
{
    size_t n = 1;
    int rc;

    for (const char *at = where; *at && n < MAX_REV_SEGMENTS; at++)
        n += *at == '/';
    do
        rc = try_revision(shelf, where, n, err);
    while (rc == -ERR_NOTFOUND && --n > 0);
    return rc;
}

static int read_revision(struct shelf *shelf, const char *where, struct err *err)
{
    int rc = find_revision(shelf, where, err);

    if (rc < 0)
        return rc;
    return hub_repo_list_files(&shelf->files, &shelf->n_files, shelf->repo, shelf->commit, "",
                               err);
}

void shelf_read_tags(struct shelf *shelf)
{
    if (hub_repo_list_tags(&shelf->tags, &shelf->n_tags, shelf->repo, NULL) == 0 &&
        shelf->n_tags > 1)
        qsort(shelf->tags, shelf->n_tags, sizeof(*shelf->tags), newest_first);
}

int shelf_open(struct shelf *ret, const char *hub_dir, const char *id, const char *where,
               struct err *err)
{
    memset(ret, 0, sizeof(*ret));
    if (hub_check_id(id, err) < 0)
        return -ERR_NOTFOUND;
    int rc = hub_repo_open(&ret->repo, hub_dir, id, err);
    if (rc < 0)
        return rc;
    ret->id = xstrdup(id);
    return read_revision(ret, where, err);
}

void shelf_close(struct shelf *shelf)
{
    hub_files_free(shelf->files, shelf->n_files);
    git_refs_free(shelf->tags, shelf->n_tags);
    hub_repo_close(shelf->repo);
    free(shelf->id);
    free(shelf->rev);
    free(shelf->path);
    memset(shelf, 0, sizeof(*shelf));
}

static int by_path(const void *key, const void *item)
{
    const struct hub_file *file = item;

    return strcmp(key, file->path);
}

const struct hub_file *shelf_find(const struct shelf *shelf, const char *path)
{
    if (shelf->n_files == 0)
        return NULL;
    return bsearch(path, shelf->files, shelf->n_files, sizeof(*shelf->files), by_path);
}

int shelf_read(struct buf *out, const struct shelf *shelf, const struct hub_file *file,
               struct err *err)
{
    return hub_repo_load(out, shelf->repo, file, err);
}
