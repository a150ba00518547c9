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

static const char attributes_path[] = ".gitattributes";

/* By path, the latest change first. */
static int by_path(const void *a, const void *b)
{
    const struct change *x = *(const struct change *const *)a;
    const struct change *y = *(const struct change *const *)b;
    int order = strcmp(x->path, y->path);

    return order ? order : (x->order < y->order) - (x->order > y->order);
}

/* Of a path the part before a slash. */
struct above {
    const char *path;
    size_t len;
};

static int compare_to_change(const void *key, const void *change)
{
    const struct above *above = key;
    const struct change *c = *(const struct change *const *)change;
    int order = strncmp(above->path, c->path, above->len);

    return order ? order : -(c->path[above->len] != '\0');
}

/* Whether a folder that the path is in is removed by the change `order` or a later one. */
static bool is_swept(const struct merge *m, const char *path, size_t order)
{
    const char *slash = m->n_folders > 0 ? strchr(path, '/') : NULL;

    for (; slash; slash = strchr(slash + 1, '/')) {
        const struct above above = { path, (size_t)(slash - path) };
        struct change *const *found =
            bsearch(&above, m->folders, m->n_folders, sizeof(*m->folders), compare_to_change);

        if (found && (*found)->order >= order)
            return true;
    }
    return false;
}

/* Files below a folder stand side by side. */
static int compare_to_below(const void *folder, const void *file)
{
    const char *path = ((const struct git_file *)file)->path;
    size_t len = strlen(folder);
    int order = strncmp(folder, path, len);

    return order ? order : '/' - (unsigned char)path[len];
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
    bool is_file = c->kind == CHANGE_REMOVE;

    if (m->n_base > 0 && bsearch(c->path, m->base, m->n_base, sizeof(*m->base),
                                 is_file ? compare_to_file : compare_to_below))
        return 0;
    return err_set(err, ERR_NOTFOUND, "no %s '%.200s' to remove", is_file ? "file" : "folder",
                   c->path);
}

static void add_entry(struct merge *m, const char *path, const char *blob, unsigned mode)
{
    struct git_entry *entry = &m->entries[m->n++];

    entry->path = path;
    entry->mode = mode;
    memcpy(entry->blob, blob, GIT_HEX_SIZE);
}

/* One path that the changes name: the latest decides. */
static void apply(struct merge *m, const struct change *c, const struct git_file *there)
{
    bool is_put = c->kind == CHANGE_PUT || c->kind == CHANGE_PUT_BLOB;

    if (is_put && is_swept(m, c->path, c->order + 1))
        is_put = false;
    if (is_put)
        add_entry(m, c->path, c->blob, there && there->is_plain ? there->mode : GIT_PLAIN);
    m->is_same &=
        is_put ? there && there->is_plain && strcmp(there->blob, c->blob) == 0 : there == NULL;
}

static void keep(struct merge *m, const struct git_file *file)
{
    if (is_swept(m, file->path, 0))
        m->is_same = false;
    else
        add_entry(m, file->path, file->blob, file->mode);
}

/* Two sorted lists into one. */
static void zip(struct merge *m, struct change *const *changes, size_t n)
{
    size_t b = 0, c = 0;

    while (b < m->n_base || c < n) {
        int order = b == m->n_base ? 1
                    : c == n       ? -1
                                   : strcmp(m->base[b].path, changes[c]->path);

        if (order < 0) {
            keep(m, &m->base[b++]);
            continue;
        }
        apply(m, changes[c], order == 0 ? &m->base[b] : NULL);
        b += order == 0;
        for (c++; c < n && strcmp(changes[c]->path, changes[c - 1]->path) == 0; c++)
            ;
    }
}

static void sort(struct change **changes, size_t n)
{
    if (n > 1)
        qsort(changes, n, sizeof(struct change *), by_path);
}

/* The folders that are removed, each once, by the latest change that does. */
static void sort_folders(struct merge *m)
{
    size_t n = 0;

    sort(m->folders, m->n_folders);
    for (size_t i = 0; i < m->n_folders; i++)
        if (n == 0 || strcmp(m->folders[i]->path, m->folders[n - 1]->path) != 0)
            m->folders[n++] = m->folders[i];
    m->n_folders = n;
}

int merge_init(struct merge *m, const struct hub_edit *edit, struct git_file *base,
               size_t n_base, struct err *err)
{
    struct change **files = xcalloc(edit->n + 1, sizeof(struct change *));
    size_t n = 0;
    int rc = 0;

    *m = (struct merge){ .base = base, .n_base = n_base, .is_same = true };
    m->entries = xcalloc(n_base + edit->n + 2, sizeof(*m->entries));
    m->folders = xcalloc(edit->n + 1, sizeof(struct change *));
    for (size_t i = 0; rc == 0 && i < edit->n; i++) {
        struct change *c = &edit->changes[i];

        if (c->kind == CHANGE_REMOVE || c->kind == CHANGE_REMOVE_FOLDER)
            rc = check_removal(m, c, err);
        if (c->kind == CHANGE_REMOVE_FOLDER)
            m->folders[m->n_folders++] = c;
        else
            files[n++] = c;
    }
    sort(files, n);
    sort_folders(m);
    if (rc == 0)
        zip(m, files, n);
    free(files);
    if (rc == 0 && m->n > HUB_MAX_FILES)
        rc = err_set(err, ERR_LIMIT, "%zu files; a repository has at most %d", m->n,
                     HUB_MAX_FILES);
    return rc;
}

void merge_finish(struct merge *m)
{
    git_files_free(m->base, m->n_base);
    free(m->entries);
    free(m->folders);
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

/* Whether the path becomes a large file by this change, and by no later one. */
static bool is_large(const struct merge *m, const struct change *c)
{
    const struct git_entry *entry = find_entry(m, c->path);

    return c->kind == CHANGE_PUT_BLOB && entry && entry->path == c->path;
}

/* Appends a line for each large file that the text does not hand to LFS. */
static int add_lines(struct buf *text, const struct merge *m, const struct hub_edit *edit,
                     struct err *err)
{
    struct attributes *there = NULL;
    int rc = attributes_parse(&there, text->data, text->len, attributes_path, err);

    if (rc < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < edit->n; i++) {
        const struct change *c = &edit->changes[i];
        bool is_lfs = true;

        if (is_large(m, c))
            rc = attributes_find_lfs(&is_lfs, there, c->path, err);
        if (!is_lfs)
            attributes_add_lfs(text, c->path);
    }
    attributes_free(there);
    return rc < 0 ? rc : buf_check(text, attributes_path, err);
}

static bool has_large(const struct merge *m, const struct hub_edit *edit)
{
    for (size_t i = 0; i < edit->n; i++)
        if (is_large(m, &edit->changes[i]))
            return true;
    return false;
}

int merge_attributes(struct merge *m, const struct hub_edit *edit, struct err *err)
{
    const struct git_entry *there = find_entry(m, attributes_path);
    char blob[GIT_HEX_SIZE];
    struct buf text;
    int rc = 0;

    if (!has_large(m, edit))
        return 0;
    buf_init(&text, ATTRIBUTES_MAX_BYTES);
    if (there)
        rc = git_read_blob(&text, edit->repo->git, there->blob, err);
    size_t before = text.len;
    if (rc == 0)
        rc = add_lines(&text, m, edit, err);
    if (rc == 0 && text.len > before) {
        rc = git_write_blob(blob, edit->repo->git, text.data, text.len, err);
        if (rc == 0)
            put_attributes(m, blob);
    }
    buf_finish(&text);
    return rc;
}
