/* SPDX-License-Identifier: Apache-2.0
 * Repositories, names and revisions. Two traps of libgit2 1.5 shape this file: the text of the
 * last error may belong to an older one (so it is cleared before calls whose text we show), and
 * revision expressions had a denial of service (so git_revparse is never called: a revision is
 * a ref, a branch, a tag or a full object name). */
#include "base/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git_impl.h"
#include "base/hash.h"
#include "base/text.h"

enum { MAX_TAG_BYTES = 1 << 16, MAX_COMMIT_BYTES = 1 << 20, MAX_TAGS_IN_A_ROW = 8 };
enum { MAX_PACK_OBJECTS = 5000000, MAX_DELTA_BYTES = 1 << 30 };

int git_setup(struct err *err)
{
    const git_config_level_t levels[] = { GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                          GIT_CONFIG_LEVEL_GLOBAL,
                                          GIT_CONFIG_LEVEL_PROGRAMDATA };
    const char *certificates = getenv("SSL_CERT_FILE");
    int rc = git_libgit2_init();

    if (rc > 1) { /* of how many times: it is done, and this one does not count */
        (void)git_libgit2_shutdown();
        return 0;
    }
    /* Nobody's own configuration changes what we do. */
    for (size_t i = 0; rc >= 0 && i < sizeof(levels) / sizeof(levels[0]); i++)
        rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    /* The instance folder may belong to another user of our group. */
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)MAX_PACK_OBJECTS);
#ifdef HEARTH_GIT_PACK_MAX_OBJECT_SIZE
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, (size_t)MAX_DELTA_BYTES);
#endif
    if (rc >= 0 && certificates)
        rc = git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, certificates, NULL);
    return rc < 0 ? git_fail(err, rc, "cannot set libgit2 up") : 0;
}

static int take_repo(struct git_repo **ret, git_repository *git, const char *path,
                     struct err *err)
{
    git_odb *odb = NULL;

    int rc = git_repository_odb(&odb, git);
    if (rc < 0) {
        git_repository_free(git);
        return git_fail(err, rc, "%s", path);
    }
    *ret = xmalloc(sizeof(**ret));
    **ret = (struct git_repo){ .git = git, .odb = odb };
    return 0;
}

int git_open(struct git_repo **ret, const char *path, struct err *err)
{
    git_repository *git = NULL;

    if (!fs_exists(path))
        return err_set(err, ERR_NOTFOUND, "no git repository at '%s'", path);
    int rc = git_setup(err);
    if (rc < 0)
        return rc;
    rc = git_repository_open_bare(&git, path);
    if (rc < 0) /* its -3 may mean anything here: not "not found" */
        return err_set(err, ERR_GIT, "'%s' is not a git repository that can be read", path);
    return take_repo(ret, git, path, err);
}

int git_open_incoming(struct git_repo **ret, struct err *err)
{
    git_repository *git = NULL;

    int rc = git_setup(err);
    if (rc < 0)
        return rc;
    rc = git_repository_open_ext(&git, NULL, GIT_REPOSITORY_OPEN_FROM_ENV, NULL);
    if (rc < 0)
        return git_fail(err, rc, "cannot open what was pushed");
    return take_repo(ret, git, "what was pushed", err);
}

int git_init_bare(struct git_repo **ret, const char *path, struct err *err)
{
    git_repository_init_options options;
    git_repository *git = NULL;

    int rc = git_setup(err);
    if (rc == 0 && fs_exists(path))
        rc = git_remove_stale_locks(path, err);
    if (rc < 0)
        return rc;
    char *head = fs_path(path, "HEAD", NULL);
    bool is_there = fs_exists(head);
    free(head);
    if (is_there && git_open(ret, path, NULL) == 0)
        return 0;

    (void)git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags =
        GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH;
    options.initial_head = "main";
    rc = git_repository_init_ext(&git, path, &options);
    if (rc < 0)
        return git_fail(err, rc, "cannot create git repository '%s'", path);
    return take_repo(ret, git, path, err);
}

void git_close(struct git_repo *repo)
{
    if (!repo)
        return;
    git_odb_free(repo->odb);
    git_repository_free(repo->git);
    free(repo);
}

/* Only its owner may change a folder's mode: one that is right already is left alone. */
static int open_to_group(const char *root, const char *folder, struct err *err)
{
    char *path = fs_path(root, folder, NULL);
    const mode_t shared = S_ISGID | 0770, all = S_ISGID | 0777;
    struct stat st;

    int rc = fs_mkdirs(path, 0770, err);
    if (rc == 0 &&
        (stat(path, &st) != 0 || ((st.st_mode & all) != shared && chmod(path, shared) != 0)))
        rc = err_errno(err, "cannot share '%s'", path);
    free(path);
    return rc;
}

int git_share_with_group(struct git_repo *repo, struct err *err)
{
    static const char *const folders[] = { "",     "objects",    "objects/pack", "objects/info",
                                           "refs", "refs/heads", "refs/tags" };
    static const char shared_key[] = "core.sharedRepository";
    const char *root = git_repository_path(repo->git);
    git_config *config = NULL;
    git_buf value = { 0 };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof(folders) / sizeof(folders[0]); i++)
        rc = open_to_group(root, folders[i], err);
    /* libgit2 would make these on demand, closed to the group. */
    for (unsigned i = 0; rc == 0 && i < 256; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "objects/%02x", i);
        rc = open_to_group(root, name, err);
    }
    if (rc < 0)
        return rc;

    rc = git_repository_config(&config, repo->git);
    if (rc == 0 && git_config_get_string_buf(&value, config, shared_key) != 0)
        rc = git_config_set_string(config, shared_key, "0660");
    git_buf_dispose(&value);
    git_config_free(config);
    return rc < 0 ? git_fail(err, rc, "cannot share '%s'", root) : 0;
}

int git_parse_id(git_oid *ret, const char *hex, struct err *err)
{
    if (!hex_is(hex, GIT_HEX_SIZE - 1) || git_oid_fromstr(ret, hex) != 0)
        return err_set(err, ERR_RANGE, "'%.64s' is not a git object name", hex);
    return 0;
}

int git_look_at(git_object_t *ret_type, int64_t *ret_size, struct git_repo *repo,
                const git_oid *id, struct err *err)
{
    char hex[GIT_HEX_SIZE];
    size_t size = 0;

    git_error_clear();
    int rc = git_odb_read_header(&size, ret_type, repo->odb, id);
    if (rc < 0)
        return git_fail(err, rc, "object %s", git_oid_tostr(hex, sizeof(hex), id));
    if (ret_size)
        *ret_size = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    return 0;
}

int git_peel_to_commit(git_oid *commit, struct git_repo *repo, const git_oid *id,
                       struct err *err)
{
    git_oid at = *id;

    for (int i = 0; i < MAX_TAGS_IN_A_ROW; i++) {
        git_object_t type;
        git_tag *tag = NULL;
        int64_t size;

        int rc = git_look_at(&type, &size, repo, &at, err);
        if (rc < 0)
            return rc;
        if (type == GIT_OBJECT_COMMIT && size <= MAX_COMMIT_BYTES) {
            *commit = at;
            return 0;
        }
        if (type != GIT_OBJECT_TAG || size > MAX_TAG_BYTES)
            break;
        rc = git_tag_lookup(&tag, repo->git, &at);
        if (rc < 0)
            return git_fail(err, rc, "tag object");
        at = *git_tag_target_id(tag);
        git_tag_free(tag);
    }
    return err_set(err, ERR_NOTFOUND, "%s does not lead to a commit", git_oid_tostr_s(id));
}

/* The object that a ref, branch or tag of that name stands at. */
static int find_ref(git_oid *ret, struct git_repo *repo, const char *rev)
{
    static const char *const folders[] = { "refs/heads/", "refs/tags/" };
    char name[GIT_MAX_PATH];

    if (strcmp(rev, "HEAD") == 0 || text_has_prefix(rev, "refs/"))
        return git_reference_name_to_id(ret, repo->git, rev);
    for (size_t i = 0; i < 2; i++) {
        int len = snprintf(name, sizeof(name), "%s%s", folders[i], rev);

        if (len > 0 && (size_t)len < sizeof(name) &&
            git_reference_name_to_id(ret, repo->git, name) == 0)
            return 0;
    }
    return GIT_ENOTFOUND;
}

int git_resolve(char ret[GIT_HEX_SIZE], struct git_repo *repo, const char *rev, struct err *err)
{
    git_oid id, commit;
    int rc = 0;

    if (hex_is(rev, GIT_HEX_SIZE - 1)) {
        rc = git_oid_fromstr(&id, rev);
    } else {
        if (git_check_packed_refs(repo, err) < 0)
            return -ERR_LIMIT;
        rc = find_ref(&id, repo, rev);
    }
    if (rc < 0)
        return err_set(err, ERR_NOTFOUND, "no revision '%.200s'", rev);
    rc = git_peel_to_commit(&commit, repo, &id, err);
    if (rc < 0)
        return err_wrap(err, rc, "revision '%.200s'", rev);
    (void)git_oid_tostr(ret, GIT_HEX_SIZE, &commit);
    return 0;
}

int git_find_base(char ret[GIT_HEX_SIZE], struct git_repo *repo, const char *a, const char *b,
                  struct err *err)
{
    git_oid one, other, base;

    int rc = git_parse_id(&one, a, err);
    if (rc == 0)
        rc = git_parse_id(&other, b, err);
    if (rc < 0)
        return rc;
    git_error_clear();
    rc = git_merge_base(&base, repo->git, &one, &other);
    if (rc < 0)
        return git_fail(err, rc, "common ancestor of %.12s and %.12s", a, b);
    (void)git_oid_tostr(ret, GIT_HEX_SIZE, &base);
    return 0;
}

int git_set_ref(struct git_repo *repo, const char *ref, const char *commit,
                const char *expected, struct err *err)
{
    git_reference *made = NULL;
    git_oid to, from;

    int rc = git_parse_id(&to, commit, err);
    if (rc == 0 && expected)
        rc = git_parse_id(&from, expected, err);
    if (rc < 0)
        return rc;

    git_error_clear();
    if (expected)
        rc = git_reference_create_matching(&made, repo->git, ref, &to, 1, &from, NULL);
    else
        rc = git_reference_create(&made, repo->git, ref, &to, 0, NULL);
    git_reference_free(made);
    if (rc == GIT_ENOTFOUND) /* expected somewhere, but it is nowhere */
        return err_set(err, ERR_CONFLICT, "ref '%.200s' is gone", ref);
    return rc < 0 ? git_fail(err, rc, "cannot move ref '%.200s'", ref) : 0;
}
