/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git.h"

struct commit_source {
    struct source base; /* first: a source is cast to it */
    struct git_repo *repo;
    char (*blobs)[GIT_HEX_SIZE]; /* blobs[i] holds files[i] */
};

static int read_blob(struct source *source, size_t index, struct buf *out, struct err *err)
{
    struct commit_source *s = (struct commit_source *)source;
    int rc = git_read_blob(out, s->repo, s->blobs[index], err);

    return rc < 0 ? err_wrap(err, rc, "%s", source->files[index].path) : 0;
}

static void destroy(struct source *source)
{
    struct commit_source *s = (struct commit_source *)source;

    free(s->blobs);
}

/* Both lists are sorted: *at walks the base's beside the head's. */
static bool is_at_base(const struct git_file *file, const struct git_file *base, size_t n_base,
                       size_t *at)
{
    while (*at < n_base && strcmp(base[*at].path, file->path) < 0)
        (*at)++;
    return *at < n_base && strcmp(base[*at].path, file->path) == 0 &&
           strcmp(base[*at].blob, file->blob) == 0;
}

static struct source *keep_new(struct git_repo *repo, const struct git_file *head,
                               size_t n_head, const struct git_file *base, size_t n_base)
{
    struct commit_source *s = xcalloc(1, sizeof(*s));
    size_t at = 0;

    s->repo = repo;
    s->base.read = read_blob;
    s->base.destroy = destroy;
    s->base.files = xcalloc(n_head, sizeof(*s->base.files));
    s->blobs = xcalloc(n_head, sizeof(*s->blobs));
    for (size_t i = 0; i < n_head; i++) {
        if (is_at_base(&head[i], base, n_base, &at))
            continue;
        size_t to = s->base.n_files++;
        s->base.files[to] = (struct source_file){ .path = xstrdup(head[i].path),
                                                  .size = head[i].size,
                                                  .is_plain = head[i].is_plain };
        memcpy(s->blobs[to], head[i].blob, sizeof(head[i].blob));
    }
    return &s->base;
}

int source_from_commit(struct source **ret, struct git_repo *repo, const char *commit,
                       const char *base_commit, const char *prefix, size_t max_files,
                       struct err *err)
{
    const struct git_tree_limits limits = { .max_files = max_files,
                                            .max_depth = SOURCE_MAX_DEPTH,
                                            .max_path = SOURCE_MAX_PATH_BYTES };
    /* What stands there already was bounded when it came, one pull request at a time. */
    const struct git_tree_limits base_limits = { .max_files = 1000000,
                                                 .max_depth = SOURCE_MAX_DEPTH,
                                                 .max_path = SOURCE_MAX_PATH_BYTES };
    struct git_file *head = NULL, *base = NULL;
    size_t n_head = 0, n_base = 0;

    int rc = 0;
    if (base_commit)
        rc = git_list_files(&base, &n_base, repo, base_commit, prefix, &base_limits, err);
    if (rc == 0) {
        struct git_tree_limits both = limits;
        both.max_files += n_base;
        rc = git_list_files(&head, &n_head, repo, commit, prefix, &both, err);
    }
    if (rc == 0)
        *ret = keep_new(repo, head, n_head, base, n_base);
    git_files_free(head, n_head);
    git_files_free(base, n_base);
    return rc;
}
