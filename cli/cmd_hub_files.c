/* SPDX-License-Identifier: Apache-2.0
 * hearth hub upload, download: files between a folder and a repository, without the network. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/hub_access.h"
#include "cli/results.h"
#include "hub/repo/attributes.h"
#include "hub/repo/blob.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"

enum { MAX_IN_FOLDER = 100000, PIECE_BYTES = 1 << 16 };

static int put_large(struct hub_repo *repo, char oid[SHA256_HEX_SIZE], const char *path,
                     struct err *err)
{
    char *piece = xmalloc(PIECE_BYTES);
    struct blob_put *put = NULL;
    ssize_t n = 0;

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 ? err_errno(err, "cannot open '%s'", path)
                    : blob_put_begin(&put, hub_repo_blobs(repo), err);
    while (rc == 0 && (n = read(fd, piece, PIECE_BYTES)) > 0)
        rc = blob_put_add(put, piece, (size_t)n, err);
    if (rc == 0 && n < 0)
        rc = err_errno(err, "cannot read '%s'", path);
    if (rc < 0)
        blob_put_abort(put);
    else
        rc = blob_put_finish(oid, put, NULL, err);
    if (fd >= 0)
        (void)close(fd);
    free(piece);
    return rc < 0 ? rc : hub_repo_add_blob(repo, oid, err);
}

/* What is put where. */
struct upload {
    const char *hub_dir;
    struct hub_repo *repo;
    struct hub_edit *edit;
    struct attributes *attributes; /* the .gitattributes that decides what goes to LFS */
};

/* Those that are uploaded, else those that are there. */
static int read_attributes(struct upload *up, const char *from, const char *to,
                           const char *branch, struct err *err)
{
    static const char name[] = ".gitattributes";
    char *path = fs_path(from, name, NULL);
    char commit[GIT_HEX_SIZE];
    struct buf text;
    int rc = 0;

    buf_init(&text, ATTRIBUTES_MAX_BYTES);
    if (*to == '\0' && fs_size(path) >= 0)
        rc = fs_read(&text, path, err);
    else if (hub_repo_resolve(commit, up->repo, branch, NULL) == 0)
        (void)hub_repo_read_file(&text, up->repo, commit, name, NULL);
    if (rc == 0)
        rc = attributes_parse(&up->attributes, text.data, text.len, name, err);
    buf_finish(&text);
    free(path);
    return rc;
}

static int put_file(struct upload *up, const char *path, const char *to, struct err *err)
{
    int64_t size = fs_size(path);
    char oid[SHA256_HEX_SIZE];
    struct buf bytes;
    bool is_large = size >= HUB_LFS_BYTES;
    int rc = fs_check_room(up->hub_dir, size, err);

    if (rc == 0 && !is_large && size > 0)
        rc = attributes_find_lfs(&is_large, up->attributes, to, err);
    if (rc < 0)
        return rc;
    if (is_large) {
        rc = put_large(up->repo, oid, path, err);
        return rc < 0 ? rc : hub_edit_put_blob(up->edit, to, oid, err);
    }
    buf_init(&bytes, HUB_LFS_BYTES);
    rc = fs_read(&bytes, path, err);
    if (rc == 0)
        rc = hub_edit_put(up->edit, to, bytes.data, bytes.len, err);
    buf_finish(&bytes);
    return rc;
}

/* A file, or everything in a folder but links and .git. */
static int put_tree(struct upload *up, const char *path, const char *to, struct err *err)
{
    char **names = NULL;
    struct stat st;
    size_t n = 0;

    if (lstat(path, &st) != 0)
        return err_errno(err, "cannot find '%s'", path);
    if (S_ISREG(st.st_mode))
        return put_file(up, path, to, err);
    if (!S_ISDIR(st.st_mode))
        return 0;
    int rc = fs_list(&names, &n, path, MAX_IN_FOLDER, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *from = fs_path(path, names[i], NULL);
        char *target = *to ? fs_path(to, names[i], NULL) : xstrdup(names[i]);

        if (strcmp(names[i], ".git") != 0)
            rc = put_tree(up, from, target, err);
        free(target);
        free(from);
    }
    fs_list_free(names, n);
    return rc;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool has_branch(struct hub_repo *repo, const char *branch)
{
    char *ref = xasprintf("refs/heads/%s", branch);
    char tip[GIT_HEX_SIZE];
    int rc = hub_repo_resolve(tip, repo, ref, NULL);

    free(ref);
    return rc == 0;
}

static int commit(char oid[GIT_HEX_SIZE], const struct upload *up, const struct app *app,
                  const struct cmd_args *args, struct err *err)
{
    const struct hub_commit c = {
        .branch = cmd_value(args, "--branch", "main"),
        .author_name = "admin",
        .author_email = "admin@users.noreply.invalid",
        .at = clock_now(&app->clock),
        .message = cmd_value(args, "--message", "Upload with hearth"),
    };

    if (hub_edit_count(up->edit) == 0)
        return err_set(err, ERR_USAGE, "'%s' holds no file", args->operands[1]);
    if (strcmp(c.branch, "main") != 0 && !has_branch(up->repo, c.branch))
        return err_set(err, ERR_NOTFOUND, "'%s' has no branch '%s': `git push` makes one",
                       args->operands[0], c.branch);
    return hub_edit_commit(oid, up->edit, &c, err);
}

static int run_upload(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *from = args->operands[1];
    struct hub_access hub = { 0 };
    struct upload up = { 0 };
    char oid[GIT_HEX_SIZE];
    size_t n = 0;

    const char *to = cmd_value(args, "--to", fs_size(from) >= 0 ? base_name(from) : "");
    int rc = hub_access_open(&hub, app, err);
    up.hub_dir = hub.hub_dir;
    if (rc == 0)
        rc =
            hub_access_open_repo(&up.repo, &hub, args->operands[0], hub_access_kind(args), err);
    if (rc == 0) {
        up.edit = hub_edit_new(up.repo);
        rc = read_attributes(&up, from, to, cmd_value(args, "--branch", "main"), err);
    }
    if (rc == 0)
        rc = put_tree(&up, from, to, err);
    if (rc == 0)
        rc = hub_access_usage(commit(oid, &up, app, args, err));
    if (up.edit)
        n = hub_edit_count(up.edit);
    hub_edit_free(up.edit);
    hub_repo_close(up.repo);
    attributes_free(up.attributes);
    hub_access_close(&hub);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:s,s:I}", "commit", oid, "files", (json_int_t)n));
    else if (rc == 0)
        (void)printf("%zu %s in commit %s\n", n, n == 1 ? "file" : "files", oid);
    return rc;
}

static int save(struct hub_repo *repo, const struct hub_file *file, const char *dir,
                struct err *err)
{
    char *path = fs_path(dir, file->path, NULL);
    char *folder = xstrndup(path, (size_t)(base_name(path) - path) - 1);
    char *stored = file->lfs[0] ? blob_path(hub_repo_blobs(repo), file->lfs) : NULL;
    struct buf bytes;

    buf_init(&bytes, (size_t)(file->lfs[0] ? 0 : file->size));
    int rc = fs_mkdirs(folder, 0755, err);
    if (rc == 0 && file->lfs[0])
        rc = stored ? fs_copy(stored, path, 0644, err)
                    : err_set(err, ERR_IO, "the content of '%s' is missing", file->path);
    else if (rc == 0)
        rc = hub_repo_load(&bytes, repo, file, err);
    if (rc == 0 && !file->lfs[0])
        rc = fs_write(path, bytes.data, bytes.len, 0644, err);
    buf_finish(&bytes);
    free(stored);
    free(folder);
    free(path);
    return rc;
}

static int run_download(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct hub_access hub = { 0 };
    struct hub_repo *repo = NULL;
    struct hub_file *files = NULL;
    char oid[GIT_HEX_SIZE];
    size_t n = 0;

    int rc = hub_access_open(&hub, app, err);
    if (rc == 0)
        rc = hub_access_open_repo(&repo, &hub, args->operands[0], hub_access_kind(args), err);
    if (rc == 0)
        rc = hub_repo_resolve(oid, repo, cmd_value(args, "--revision", "main"), err);
    if (rc == 0)
        rc = hub_repo_list_files(&files, &n, repo, oid, "", err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = save(repo, &files[i], args->operands[1], err);
    hub_files_free(files, n);
    hub_repo_close(repo);
    hub_access_close(&hub);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:s,s:I}", "commit", oid, "files", (json_int_t)n));
    else if (rc == 0)
        (void)printf("%zu %s of commit %s\n", n, n == 1 ? "file" : "files", oid);
    return rc;
}

static const struct cmd_option upload_options[] = {
    { "--dataset", NULL, "a repository of data instead of a model", false },
    { "--to", "PATH", "where in the repository; default: a file's name, or the root", false },
    { "--branch", "NAME", "default: main", false },
    { "--message", "TEXT", "of the commit", false },
    { 0 },
};
static const struct cmd_option download_options[] = {
    { "--dataset", NULL, "a repository of data instead of a model", false },
    { "--revision", "REV", "branch, tag or commit; default: main", false },
    { 0 },
};

const struct cmd cmd_hub_upload = {
    .name = "hub upload",
    .args = "NAMESPACE/NAME PATH [--dataset] [--to PATH] [--branch NAME] [--message TEXT]",
    .summary = "Commit a file, or all files of a folder, to a repository",
    .options = upload_options,
    .needs = NEED_CONFIG,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_upload,
};
const struct cmd cmd_hub_download = {
    .name = "hub download",
    .args = "NAMESPACE/NAME DIR [--dataset] [--revision REV]",
    .summary = "Write all files of a revision into a folder",
    .options = download_options,
    .needs = NEED_CONFIG,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_download,
};
