/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"

struct folder_source {
    struct source base; /* first: a source is cast to it */
    char *folder;
    size_t prefix_len; /* of each path: what the folder's own names do not have */
    size_t max_files;
};

static int read_file(struct source *source, size_t index, struct buf *out, struct err *err)
{
    struct folder_source *s = (struct folder_source *)source;
    char *path = fs_path(s->folder, source->files[index].path + s->prefix_len, NULL);
    int rc = fs_read(out, path, err);

    free(path);
    return rc;
}

static void destroy(struct source *source)
{
    free(((struct folder_source *)source)->folder);
}

static int add_file(struct folder_source *s, const char *path, const struct stat *st,
                    struct err *err)
{
    struct source *base = &s->base;

    if (base->n_files == s->max_files)
        return err_set(err, ERR_LIMIT, "%s: more than %zu files", s->folder, s->max_files);
    base->files = xrealloc_array(base->files, base->n_files + 1, sizeof(*base->files));
    base->files[base->n_files++] =
        (struct source_file){ .path = xstrdup(path),
                              .size = S_ISREG(st->st_mode) ? (int64_t)st->st_size : 0,
                              .is_plain = S_ISREG(st->st_mode) };
    return 0;
}

/* path: as in the list; what is on disk lies at folder + path without its prefix. */
static int add_tree(struct folder_source *s, const char *path, int depth, struct err *err)
{
    char **names = NULL, *on_disk = fs_path(s->folder, path + s->prefix_len, NULL);
    size_t n = 0;

    int rc = depth > SOURCE_MAX_DEPTH
                 ? err_set(err, ERR_LIMIT, "%s: folders nested deeper than %d", path,
                           SOURCE_MAX_DEPTH)
                 : fs_list(&names, &n, on_disk, s->max_files + 1, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *child = fs_path(path, names[i], NULL);
        char *child_on_disk = fs_path(on_disk, names[i], NULL);
        struct stat st;

        if (!text_is_utf8(child, strlen(child)) || strlen(child) > SOURCE_MAX_PATH_BYTES)
            rc = err_set(err, ERR_LIMIT, "%s: a name that is too long or not UTF-8", path);
        else if (lstat(child_on_disk, &st) != 0)
            rc = err_errno(err, "cannot look at '%s'", child_on_disk);
        else if (S_ISDIR(st.st_mode))
            rc = add_tree(s, child, depth + 1, err);
        else
            rc = add_file(s, child, &st, err);
        free(child);
        free(child_on_disk);
    }
    fs_list_free(names, n);
    free(on_disk);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct source_file *)a)->path, ((const struct source_file *)b)->path);
}

int source_from_folder(struct source **ret, const char *folder, const char *prefix,
                       size_t max_files, struct err *err)
{
    struct folder_source *s = xcalloc(1, sizeof(*s));

    s->base.read = read_file;
    s->base.destroy = destroy;
    s->folder = xstrdup(folder);
    s->prefix_len = strlen(prefix);
    s->max_files = max_files;
    int rc = add_tree(s, prefix, 1, err);
    if (rc < 0) {
        source_free(&s->base);
        return rc;
    }
    if (s->base.n_files > 1)
        qsort(s->base.files, s->base.n_files, sizeof(*s->base.files), by_path);
    *ret = &s->base;
    return 0;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    for (size_t i = 0; i < source->n_files; i++)
        free(source->files[i].path);
    free(source->files);
    source->destroy(source);
    free(source);
}
