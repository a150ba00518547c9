/* SPDX-License-Identifier: Apache-2.0
 * The server and its repository, in Gitea's words. */
#include "practice/gitea_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/git.h"
#include "practice/api.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"

enum { REF_MAX = 512, REFS_MAX = 10000, TAG_MAX_BYTES = 255 };

/* A Forgejo, which tells by its suffix which Gitea it is like. */
int gitea_version(struct call *c)
{
    return call_show(c, 200, json_pack("{s:s}", "version", "11.0.1+gitea-1.22.0"));
}

int gitea_settings(struct call *c)
{
    return call_show(c, 200,
                     json_pack("{s:i, s:i, s:i, s:i}", "max_response_items", 50,
                               "default_paging_num", 30, "default_git_trees_per_page", 1000,
                               "default_max_blob_size", 10485760));
}

int gitea_repo_by_id(struct call *c)
{
    return call_param_id(c, "id") == row_int(state_repo(&c->forge->state), "id")
               ? api_repo_get(c)
               : call_not_found(c);
}

/* 204 or 404: whether, not what. */
int gitea_collaborator_get(struct call *c)
{
    char *login = call_param(c, "login");
    bool is_one = strcmp(state_role(&c->forge->state, login), "none") != 0;

    free(login);
    return is_one ? call_show(c, 204, NULL) : call_not_found(c);
}

/* Only admins may ask about others. */
int gitea_permission_get(struct call *c)
{
    char *login = call_param(c, "login");
    int status;

    if (!call_may(c, RIGHT_ADMIN) && strcmp(login, c->view.me) != 0)
        status = call_error(c, 403,
                            "Only admins can query all permissions, repo admins can "
                            "query all repo permissions, collaborators can query only "
                            "their own");
    else if (!state_user(&c->forge->state, login))
        status = call_not_found(c);
    else
        status = call_show(c, 200, gitea_permission(&c->view, login));
    free(login);
    return status;
}

static json_t *show_branch(const struct view *v, const json_t *branch)
{
    const char *sha = row_str(branch, "sha");

    return json_pack("{s:O, s:{s:s, s:s, s:o, s:s}, s:b, s:i, s:b, s:[], s:b, s:b, s:s}",
                     "name", json_object_get(branch, "name"), "commit", "id", sha, "message",
                     "", "url", view_html_url(v, "/commit/%s", sha), "timestamp",
                     "0001-01-01T00:00:00Z", "protected", 0, "required_approvals", 0,
                     "enable_status_check", 0, "status_check_contexts", "user_can_push",
                     right_of(&v->forge->state, v->me) >= RIGHT_PUSH, "user_can_merge",
                     right_of(&v->forge->state, v->me) >= RIGHT_PUSH,
                     "effective_branch_protection_name", "");
}

/* [{name, sha}] of refs/heads/ */
static json_t *branches_of(const struct call *c)
{
    static const char prefix[] = "refs/heads/";
    struct git_ref *refs = NULL;
    json_t *rows = json_array();
    size_t n = 0;

    (void)git_list_refs(&refs, &n, c->forge->git, prefix, REFS_MAX, NULL);
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(rows, json_pack("{s:s, s:s}", "name",
                                                    refs[i].name + strlen(prefix), "sha",
                                                    refs[i].commit));
    git_refs_free(refs, n);
    return rows;
}

int gitea_branches(struct call *c)
{
    return call_list(c, branches_of(c), show_branch);
}

int gitea_branch_get(struct call *c)
{
    char *wanted = call_param(c, "branch");
    json_t *rows = branches_of(c), *row;
    int status = 0;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (strcmp(row_str(row, "name"), wanted) == 0)
            status = call_show(c, 200, show_branch(&c->view, row));
    }
    json_decref(rows);
    free(wanted);
    return status != 0 ? status : call_not_found(c);
}

/* GET /git/refs/heads/main: a list of all refs that begin so. */
int gitea_refs_get(struct call *c)
{
    char *name = call_param(c, "ref"), full[REF_MAX];
    struct git_ref *refs = NULL;
    json_t *out = json_array();
    size_t n = 0;

    (void)snprintf(full, sizeof(full), "refs/%s", name);
    free(name);
    (void)git_list_refs(&refs, &n, c->forge->git, full, REFS_MAX, NULL);
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(
            out, json_pack("{s:s, s:o, s:{s:s, s:s, s:o}}", "ref", refs[i].name, "url",
                           view_url(&c->view, "/git/%s", refs[i].name), "object", "type",
                           "commit", "sha", refs[i].commit, "url",
                           view_url(&c->view, "/git/commits/%s", refs[i].commit)));
    git_refs_free(refs, n);
    if (n > 0)
        return call_show(c, 200, out);
    json_decref(out);
    return call_not_found(c);
}

int gitea_commit_get(struct call *c)
{
    char *wanted = call_param(c, "sha"), sha[GIT_HEX_SIZE];
    int rc = git_resolve(sha, c->forge->git, wanted, NULL);

    free(wanted);
    if (rc < 0)
        return call_not_found(c);
    return call_show(c, 200,
                     gitea_commit(&c->view, sha, "ghost",
                                  row_str(state_repo(&c->forge->state), "created_at"), ""));
}

static json_t *show_tag(const struct view *v, const char *tag, const char *sha)
{
    return json_pack("{s:s, s:s, s:s, s:{s:s, s:o, s:s}, s:o, s:o}", "name", tag, "message", "",
                     "id", sha, "commit", "sha", sha, "url",
                     view_url(v, "/git/commits/%s", sha), "created", "0001-01-01T00:00:00Z",
                     "zipball_url", view_html_url(v, "/archive/%s.zip", tag), "tarball_url",
                     view_html_url(v, "/archive/%s.tar.gz", tag));
}

/* There is no POST of refs: a tag is made by its own call. */
int gitea_tag_create(struct call *c)
{
    const char *tag = call_text(c, "tag_name"), *target = call_text(c, "target");
    char ref[REF_MAX], sha[GIT_HEX_SIZE];
    struct git_repo *git = c->forge->git;

    if (!tag || !*tag || strlen(tag) > TAG_MAX_BYTES)
        return call_invalid(c, "Tag", "tagName", tag && *tag ? "invalid" : "missing_field");
    (void)snprintf(ref, sizeof(ref), "refs/tags/%s", tag);
    if (git_resolve(sha, git, ref, NULL) == 0)
        return call_error(c, 409, "tag already exists");
    if (git_resolve(sha, git,
                    target && *target ? target
                                      : row_str(state_repo(&c->forge->state), "default_branch"),
                    NULL) < 0)
        return call_error(c, 404, "target not found");
    if (git_set_ref(git, ref, sha, NULL, NULL) < 0)
        return call_error(c, 422, "invalid tag name");
    return call_show(c, 201, show_tag(&c->view, tag, sha));
}

int gitea_topics(struct call *c)
{
    return call_show(c, 200, json_pack("{s:[]}", "topics"));
}
