/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/source.h
 * source: where contributed files are read from, a commit or a folder, by the same code.
 * Lists names and sizes first; bytes come one file at a time, bounded by the reader's buffer.
 * Owns its list. Never writes, never follows a link, never runs anything. */
#ifndef BOT_RETRAIN_SOURCE_H
#define BOT_RETRAIN_SOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct git_repo;

struct source_file {
    char *path;    /* relative to the tree or folder, '/' between names, UTF-8 */
    int64_t size;  /* bytes */
    bool is_plain; /* false: a link, a submodule, a device */
};

struct source {
    struct source_file *files; /* sorted by path by byte value */
    size_t n_files;
    int (*read)(struct source *source, size_t index, struct buf *out, struct err *err);
    void (*destroy)(struct source *source);
};

enum { SOURCE_MAX_DEPTH = 8, SOURCE_MAX_PATH_BYTES = 512 };

/* The files under prefix at commit that are not the same at base_commit: what a pull request
 * brings. base_commit NULL: all of them. -ERR_LIMIT names the limit. Borrows repo. */
int source_from_commit(struct source **ret, struct git_repo *repo, const char *commit,
                       const char *base_commit, const char *prefix, size_t max_files,
                       struct err *err);

/* The files under a folder; their paths begin with prefix. */
int source_from_folder(struct source **ret, const char *folder, const char *prefix,
                       size_t max_files, struct err *err);

void source_free(struct source *source); /* NULL is fine */

#endif
