/* SPDX-License-Identifier: Apache-2.0
 * Opening, naming and reading hosted repositories. */
#include "hub/repo/repo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "hub/repo/blob.h"
#include "hub/repo/blob_impl.h"
#include "hub/repo/pointer.h"
#include "hub/repo/repo_impl.h"

enum { MAX_SEGMENT = 96, MAX_ENTRIES = 1000000 };

static const char suffix[] = ".git";

int hub_close_root(const char *root, struct err *err)
{
    const mode_t others = S_IRWXO, all = 07777;
    struct stat st;

    if (stat(root, &st) != 0 || (st.st_mode & others) == 0 ||
        chmod(root, st.st_mode & all & ~others) == 0 || errno == EPERM)
        return 0;
    return err_errno(err, "cannot close '%s' to other users", root);
}

/* what: the kind of thing that id names. */
static int check_segment(const char *segment, size_t len, const char *what, const char *id,
                         struct err *err)
{
    static const char bytes[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

    if (len == 0 || len > MAX_SEGMENT)
        return err_set(err, ERR_RANGE, "%s '%.200s': each part has 1 to %d characters", what,
                       id, MAX_SEGMENT);
    if (strspn(segment, bytes) < len)
        return err_set(err, ERR_RANGE, "%s '%.200s': only A-Z a-z 0-9 _ . -", what, id);
    if (strchr("-.", segment[0]) || strchr("-.", segment[len - 1]))
        return err_set(err, ERR_RANGE, "%s '%.200s': '-' or '.' at an end", what, id);
    for (size_t i = 1; i < len; i++) {
        if (strchr("-.", segment[i]) && segment[i] == segment[i - 1])
            return err_set(err, ERR_RANGE, "%s '%.200s': '--' or '..'", what, id);
    }
    return 0;
}

/* First segments of the hub's own addresses, and of the protocol's; in any case, since some
 * readers do not tell. */
static bool is_reserved(const char *ns, size_t len)
{
    static const char *const reserved[] = { "api",    "datasets", "kernels",
                                            "models", "reports",  "spaces" };

    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        if (strlen(reserved[i]) == len && strncasecmp(reserved[i], ns, len) == 0)
            return true;
    return false;
}

int hub_check_id(const char *id, struct err *err)
{
    const char *slash = strchr(id, '/');

    if (!slash)
        return err_set(err, ERR_RANGE, "repository '%.200s': expected namespace/name", id);
    int rc = check_segment(id, (size_t)(slash - id), "repository", id, err);
    if (rc == 0)
        rc = check_segment(slash + 1, strlen(slash + 1), "repository", id, err);
    if (rc == 0 && text_has_suffix(slash + 1, suffix))
        rc = err_set(err, ERR_RANGE, "repository '%.200s': must not end in .git", id);
    if (rc == 0 && is_reserved(id, (size_t)(slash - id)))
        rc = err_set(err, ERR_RANGE, "repository '%.200s': this namespace is reserved", id);
    return rc;
}

int hub_check_namespace(const char *name, struct err *err)
{
    int rc = check_segment(name, strlen(name), "namespace", name, err);

    if (rc == 0 && is_reserved(name, strlen(name)))
        rc = err_set(err, ERR_RANGE, "namespace '%.96s' is reserved", name);
    return rc;
}

char *hub_repo_path(const char *root, const char *id)
{
    return xasprintf("%s/%s%s", root, id, suffix);
}

bool hub_repo_exists(const char *root, const char *id)
{
    char *path = hub_repo_path(root, id);
    bool is_there = hub_check_id(id, NULL) == 0 && fs_exists(path);

    free(path);
    return is_there;
}

/* Takes git. */
static int take(struct hub_repo **ret, struct git_repo *git, const char *root, const char *id,
                struct err *err)
{
    struct blob_store *blobs = NULL;

    int rc = blob_store_open(&blobs, root, err);
    if (rc < 0) {
        git_close(git);
        return rc;
    }
    *ret = xmalloc(sizeof(**ret));
    **ret = (struct hub_repo){ .git = git,
                               .blobs = blobs,
                               .id = xstrdup(id),
                               .root = xstrdup(root),
                               .path = hub_repo_path(root, id) };
    return 0;
}

int hub_repo_open(struct hub_repo **ret, const char *root, const char *id, struct err *err)
{
    struct git_repo *git = NULL;

    int rc = hub_check_id(id, err);
    if (rc < 0)
        return rc;
    char *path = hub_repo_path(root, id);
    if (!fs_exists(path))
        rc = err_set(err, ERR_NOTFOUND, "no repository '%s' on this hub", id);
    if (rc == 0)
        rc = git_open(&git, path, err);
    free(path);
    return rc < 0 ? rc : take(ret, git, root, id, err);
}

/* Completes what is there, or makes it; alone, so that no living writer loses its locks. The
 * folders above it are the group's too: another user of it makes the namespace's next one. */
static int init(struct git_repo **ret, const char *root, const char *id, struct err *err)
{
    char *path = hub_repo_path(root, id);
    char *above = xstrndup(path, (size_t)(strrchr(path, '/') - path));
    int lock = -1;

    int rc = blob_make_folder(above, err);
    if (rc == 0)
        rc = hub_lock(&lock, root, id, HUB_HOLD_IF_ALONE, err);
    if (rc == 0) {
        rc = git_init_bare(ret, path, err);
        if (rc == 0)
            rc = git_share_with_group(*ret, err);
        (void)close(lock);
    } else if (rc == -ERR_LOCKED) {
        rc = git_open(ret, path, err);
    }
    free(above);
    free(path);
    return rc;
}

int hub_repo_create(struct hub_repo **ret, const char *root, const char *id, struct err *err)
{
    struct git_repo *git = NULL;

    int rc = hub_check_id(id, err);
    if (rc == 0)
        rc = init(&git, root, id, err);
    if (rc < 0) {
        git_close(git);
        return rc;
    }
    return take(ret, git, root, id, err);
}

void hub_repo_close(struct hub_repo *repo)
{
    if (!repo)
        return;
    git_close(repo->git);
    blob_store_close(repo->blobs);
    free(repo->id);
    free(repo->root);
    free(repo->path);
    free(repo);
}

struct id_list {
    char **ids;
    size_t n, max;
};

static int add_namespace(struct id_list *list, const char *root, const char *name,
                         struct err *err)
{
    char *folder = fs_path(root, name, NULL);
    char **repos = NULL;
    size_t n = 0;
    int rc = 0;

    char *itself = fs_path(folder, ".", NULL);
    if (fs_exists(itself)) /* a folder, that is */
        rc = fs_list(&repos, &n, folder, MAX_ENTRIES, err);
    free(itself);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *head = fs_path(folder, repos[i], "HEAD", NULL);
        bool is_repo = text_has_suffix(repos[i], suffix) && fs_exists(head);

        free(head);
        if (!is_repo)
            continue;
        char *id =
            xasprintf("%s/%.*s", name, (int)(strlen(repos[i]) - strlen(suffix)), repos[i]);
        if (hub_check_id(id, NULL) < 0) {
            free(id); /* not made by us */
        } else if (list->n == list->max) {
            free(id);
            rc = err_set(err, ERR_LIMIT, "hub: more than %zu repositories", list->max);
        } else {
            list->ids = xrealloc_array(list->ids, list->n + 1, sizeof(*list->ids));
            list->ids[list->n++] = id;
        }
    }
    fs_list_free(repos, n);
    free(folder);
    return rc;
}

int hub_repo_list(char ***ret_ids, size_t *ret_n, const char *root, size_t max_repos,
                  struct err *err)
{
    struct id_list list = { .max = max_repos };
    char **names = NULL;
    size_t n = 0;
    int rc = 0;

    if (fs_exists(root))
        rc = fs_list(&names, &n, root, MAX_ENTRIES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (check_segment(names[i], strlen(names[i]), "namespace", names[i], NULL) == 0)
            rc = add_namespace(&list, root, names[i], err);
    }
    fs_list_free(names, n);
    if (rc < 0) {
        fs_list_free(list.ids, list.n);
        return rc;
    }
    *ret_ids = list.ids;
    *ret_n = list.n;
    return 0;
}

void hub_repo_list_free(char **ids, size_t n)
{
    fs_list_free(ids, n);
}

const struct git_tree_limits hub_tree_limits = { HUB_MAX_FILES, 64, 1024 };

int hub_repo_list_all(struct git_file **ret, size_t *ret_n, struct hub_repo *repo,
                      const char *commit, const char *prefix, struct err *err)
{
    int rc = git_list_files(ret, ret_n, repo->git, commit, prefix, &hub_tree_limits, err);

    return rc < 0 ? err_wrap(err, rc, "repository '%s'", repo->id) : 0;
}

/* A pointer to a blob of this repository's is seen as the file that it stands for. */
static void look_through_pointer(struct hub_file *file, struct hub_repo *repo)
{
    struct pointer pointer;
    struct buf text;

    if (file->size < POINTER_MIN_BYTES || file->size > POINTER_MAX_BYTES)
        return;
    buf_init(&text, POINTER_MAX_BYTES);
    if (git_read_blob(&text, repo->git, file->blob, NULL) == 0 &&
        pointer_parse(&pointer, text.data, text.len) && hub_repo_has_blob(repo, pointer.oid)) {
        file->pointer_size = file->size;
        file->size = pointer.size;
        memcpy(file->lfs, pointer.oid, sizeof(file->lfs));
    }
    buf_finish(&text);
}

int hub_repo_list_files(struct hub_file **ret, size_t *ret_n, struct hub_repo *repo,
                        const char *commit, const char *prefix, struct err *err)
{
    struct git_file *found = NULL;
    size_t n_found = 0, n = 0;

    int rc = hub_repo_list_all(&found, &n_found, repo, commit, prefix, err);
    if (rc < 0)
        return rc;
    struct hub_file *files = xcalloc(n_found + 1, sizeof(*files));
    for (size_t i = 0; i < n_found; i++) {
        if (!found[i].is_plain)
            continue;
        files[n].path = xstrdup(found[i].path);
        files[n].size = found[i].size;
        memcpy(files[n].blob, found[i].blob, GIT_HEX_SIZE);
        look_through_pointer(&files[n++], repo);
    }
    git_files_free(found, n_found);
    *ret = files;
    *ret_n = n;
    return 0;
}

void hub_files_free(struct hub_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(files[i].path);
    free(files);
}

static int compare_path(const void *key, const void *file)
{
    return strcmp(key, ((const struct hub_file *)file)->path);
}

static int load_blob(struct buf *out, const struct hub_repo *repo, const struct hub_file *file,
                     struct err *err)
{
    if ((uint64_t)file->size > out->max - out->len)
        return err_set(err, ERR_LIMIT, "'%.200s': %lld bytes, limit %zu", file->path,
                       (long long)file->size, out->max - out->len);
    char *path = blob_path(repo->blobs, file->lfs);
    int rc = path ? fs_read(out, path, err)
                  : err_set(err, ERR_IO, "'%.200s': its content %.12s is not in the store",
                            file->path, file->lfs);

    free(path);
    return rc;
}

int hub_repo_load(struct buf *out, struct hub_repo *repo, const struct hub_file *file,
                  struct err *err)
{
    return file->lfs[0] ? load_blob(out, repo, file, err)
                        : git_read_blob(out, repo->git, file->blob, err);
}

int hub_repo_read_file(struct buf *out, struct hub_repo *repo, const char *commit,
                       const char *path, struct err *err)
{
    struct hub_file *files = NULL;
    size_t n = 0;

    int rc = hub_repo_list_files(&files, &n, repo, commit, "", err);
    if (rc < 0)
        return rc;
    const struct hub_file *file = bsearch(path, files, n, sizeof(*files), compare_path);
    if (!file)
        rc = err_set(err, ERR_NOTFOUND, "repository '%s': no file '%.200s' at %.12s", repo->id,
                     path, commit);
    else
        rc = hub_repo_load(out, repo, file, err);
    hub_files_free(files, n);
    return rc;
}
