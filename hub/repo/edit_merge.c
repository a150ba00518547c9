/* SPDX-License-Identifier: Apache-2.0
 * The files of a commit and a list of changes become the files of the next commit. */
#include "hub/repo/edit_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"

enum { MAX_ATTRIBUTES_BYTES = 1 << 20 };

static const char attributes_path[] = ".gitattributes";

/* By path, the latest change first. */
static int by_path(const void *a, const void *b)
{
    const struct change *x = *(const struct change *const *)a;
    const struct change *y = *(const struct change *const *)b;
    int order = strcmp(x->path, y->path);

    return order ? order : (x->order < y->order) - (x->order > y->order);
}

static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* Whether a folder that the path is in is removed after `order`. */
static bool is_swept(const struct hub_edit *edit, const char *path, size_t order)
{
    for (size_t i = order; edit->n_folders > 0 && i < edit->n; i++)
        if (edit->changes[i].kind == CHANGE_REMOVE_FOLDER &&
            is_below(path, edit->changes[i].path))
            return true;
    return false;
}

static int compare_to_file(const void *key, const void *file)
{
    return strcmp(key, ((const struct git_file *)file)->path);
}

static int compare_to_entry(const void *key, const void *entry)
{
    return strcmp(key, ((const struct git_entry *)entry)->path);
}

static int check_removal(const struct merge *m, const struct change *c, struct err *err)
{
    bool is_there = false;

    if (c->kind == CHANGE_REMOVE)
        is_there = m->n_base && bsearch(c->path, m->base, m->n_base, sizeof(*m->base),
                                        compare_to_file) != NULL;
    for (size_t i = 0; c->kind == CHANGE_REMOVE_FOLDER && !is_there && i < m->n_base; i++)
        is_there = is_below(m->base[i].path, c->path);
    if (is_there)
        return 0;
    return err_set(err, ERR_NOTFOUND, "no %s '%.200s' to remove",
                   c->kind == CHANGE_REMOVE ? "file" : "folder", c->path);
}

static void add_entry(struct merge *m, const char *path, const char *blob, unsigned mode)
{
    struct git_entry *entry = &m->entries[m->n++];

    entry->path = path;
    entry->mode = mode;
    memcpy(entry->blob, blob, GIT_HEX_SIZE);
}

/* One path that the changes name: the latest decides. */
static void apply(struct merge *m, const struct hub_edit *edit, const struct change *c,
                  const struct git_file *there)
{
    bool is_put = c->kind == CHANGE_PUT || c->kind == CHANGE_PUT_BLOB;

    if (is_put && is_swept(edit, c->path, c->order + 1))
        is_put = false;
    if (is_put)
        add_entry(m, c->path, c->blob, there && there->is_plain ? there->mode : GIT_PLAIN);
    m->is_same &=
        is_put ? there && there->is_plain && strcmp(there->blob, c->blob) == 0 : there == NULL;
}

static void keep(struct merge *m, const struct hub_edit *edit, const struct git_file *file)
{
    if (is_swept(edit, file->path, 0))
        m->is_same = false;
    else
        add_entry(m, file->path, file->blob, file->mode);
}

/* Two sorted lists into one. */
static void zip(struct merge *m, const struct hub_edit *edit, struct change *const *changes,
                size_t n)
{
    size_t b = 0, c = 0;

    while (b < m->n_base || c < n) {
        int order = b == m->n_base ? 1
                    : c == n       ? -1
                                   : strcmp(m->base[b].path, changes[c]->path);

        if (order < 0) {
            keep(m, edit, &m->base[b++]);
            continue;
        }
        apply(m, edit, changes[c], order == 0 ? &m->base[b] : NULL);
        b += order == 0;
        for (c++; c < n && strcmp(changes[c]->path, changes[c - 1]->path) == 0; c++)
            ;
    }
}

int merge_init(struct merge *m, const struct hub_edit *edit, struct git_file *base,
               size_t n_base, struct err *err)
{
    struct change **sorted = xcalloc(edit->n + 1, sizeof(*sorted));
    size_t n = 0;
    int rc = 0;

    *m = (struct merge){ .base = base, .n_base = n_base, .is_same = true };
    m->entries = xcalloc(n_base + edit->n + 2, sizeof(*m->entries));
    for (size_t i = 0; rc == 0 && i < edit->n; i++) {
        struct change *c = &edit->changes[i];

        if (c->kind == CHANGE_REMOVE || c->kind == CHANGE_REMOVE_FOLDER)
            rc = check_removal(m, c, err);
        if (c->kind != CHANGE_REMOVE_FOLDER)
            sorted[n++] = c;
    }
    if (n > 1)
        qsort(sorted, n, sizeof(struct change *), by_path);
    if (rc == 0)
        zip(m, edit, sorted, n);
    free(sorted);
    if (rc == 0 && m->n > HUB_MAX_FILES)
        rc = err_set(err, ERR_LIMIT, "%zu files; a repository has at most %d", m->n,
                     HUB_MAX_FILES);
    return rc;
}

void merge_finish(struct merge *m)
{
    git_files_free(m->base, m->n_base);
    free(m->entries);
}

static struct git_entry *find_entry(const struct merge *m, const char *path)
{
    return m->n ? bsearch(path, m->entries, m->n, sizeof(*m->entries), compare_to_entry) : NULL;
}

static void put_attributes(struct merge *m, const char *blob)
{
    struct git_entry *entry = find_entry(m, attributes_path);
    size_t at = 0;

    if (!entry) {
        while (at < m->n && strcmp(m->entries[at].path, attributes_path) < 0)
            at++;
        entry = &m->entries[at];
        memmove(entry + 1, entry, (m->n++ - at) * sizeof(*entry));
        *entry = (struct git_entry){ .path = attributes_path, .mode = GIT_PLAIN };
    }
    memcpy(entry->blob, blob, GIT_HEX_SIZE);
}

int merge_attributes(struct merge *m, const struct hub_edit *edit, struct err *err)
{
    const struct git_entry *there = find_entry(m, attributes_path);
    char blob[GIT_HEX_SIZE];
    struct buf text;
    int rc = 0;

    buf_init(&text, MAX_ATTRIBUTES_BYTES);
    if (there)
        rc = git_read_blob(&text, edit->repo->git, there->blob, err);
    size_t before = text.len;
    for (size_t i = 0; rc == 0 && i < edit->n; i++) {
        const struct change *c = &edit->changes[i];

        if (c->kind == CHANGE_PUT_BLOB && find_entry(m, c->path) &&
            !attributes_is_lfs(text.data, c->path))
            attributes_add_lfs(&text, c->path);
    }
    if (rc == 0)
        rc = buf_check(&text, attributes_path, err);
    if (rc == 0 && text.len > before) {
        rc = git_write_blob(blob, edit->repo->git, text.data, text.len, err);
        if (rc == 0)
            put_attributes(m, blob);
    }
    buf_finish(&text);
    return rc;
}
