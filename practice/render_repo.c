/* SPDX-License-Identifier: Apache-2.0
 * The repository, its refs and commit statuses as the API shows them. */
#include "practice/render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/forge.h"
#include "practice/moves.h"

enum { FORK_IDS = 1000000000 }; /* plus the owner's id: forks are shown, not kept */

/* The URL fields of a repository: the key, and what follows /repos/OWNER/NAME. */
static const struct {
    const char *key, *rest;
} repo_urls[] = {
    { "url", "" },
    { "archive_url", "/{archive_format}{/ref}" },
    { "assignees_url", "/assignees{/user}" },
    { "blobs_url", "/git/blobs{/sha}" },
    { "branches_url", "/branches{/branch}" },
    { "collaborators_url", "/collaborators{/collaborator}" },
    { "comments_url", "/comments{/number}" },
    { "commits_url", "/commits{/sha}" },
    { "compare_url", "/compare/{base}...{head}" },
    { "contents_url", "/contents/{+path}" },
    { "contributors_url", "/contributors" },
    { "deployments_url", "/deployments" },
    { "downloads_url", "/downloads" },
    { "events_url", "/events" },
    { "forks_url", "/forks" },
    { "git_commits_url", "/git/commits{/sha}" },
    { "git_refs_url", "/git/refs{/sha}" },
    { "git_tags_url", "/git/tags{/sha}" },
    { "hooks_url", "/hooks" },
    { "issue_comment_url", "/issues/comments{/number}" },
    { "issue_events_url", "/issues/events{/number}" },
    { "issues_url", "/issues{/number}" },
    { "keys_url", "/keys{/key_id}" },
    { "labels_url", "/labels{/name}" },
    { "languages_url", "/languages" },
    { "merges_url", "/merges" },
    { "milestones_url", "/milestones{/number}" },
    { "notifications_url", "/notifications{?since,all,participating}" },
    { "pulls_url", "/pulls{/number}" },
    { "releases_url", "/releases{/id}" },
    { "stargazers_url", "/stargazers" },
    { "statuses_url", "/statuses/{sha}" },
    { "subscribers_url", "/subscribers" },
    { "subscription_url", "/subscription" },
    { "tags_url", "/tags" },
    { "teams_url", "/teams" },
    { "trees_url", "/git/trees{/sha}" },
};

static int64_t count_open(const struct state *s)
{
    int64_t n = 0;
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, THREADS), i, row)
    {
        n += !row_flag(row, "deleted") && !state_hides(s, row) &&
             strcmp(row_str(row, "state"), "open") == 0;
    }
    return n;
}

/* What a listed repository does not show; the counts people look at among it. */
static json_t *full_fields(const struct view *v, const json_t *repo)
{
    int64_t stars = row_int(repo, "stargazers_count"), forks = row_int(repo, "forks_count");
    int64_t open = v->fork ? 0 : count_open(&v->forge->state);
    json_t *more = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "stargazers_count", (json_int_t)stars,
        "watchers_count", (json_int_t)stars, "watchers", (json_int_t)stars, "forks_count",
        (json_int_t)forks, "forks", (json_int_t)forks, "network_count", (json_int_t)forks,
        "subscribers_count", (json_int_t)row_int(repo, "subscribers_count"), "open_issues",
        (json_int_t)open, "open_issues_count", (json_int_t)open);
    json_t *flags = json_pack(
        "{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:i, s:n, s:n, s:n, s:n, s:[], s:s}",
        "has_issues", !row_flag(repo, "issues_off"), "has_projects", 0, "has_wiki", 0,
        "has_pages", 0, "has_discussions", 0, "has_downloads", 0, "archived",
        row_flag(repo, "archived"), "disabled", 0, "size", 1, "homepage", "language",
        "mirror_url", "license", "topics", "visibility", "public");

    (void)json_object_update(more, flags);
    json_decref(flags);
    row_set_str(more, "default_branch", row_str(repo, "default_branch"));
    row_set_str(more, "created_at", row_str(repo, "created_at"));
    row_set_str(more, "updated_at", row_str(repo, "pushed_at"));
    row_set_str(more, "pushed_at", row_str(repo, "pushed_at"));
    row_set(more, "clone_url", view_html_url(v, ".git"));
    row_set(more, "git_url", view_html_url(v, ".git"));
    row_set(more, "ssh_url", view_html_url(v, ".git"));
    row_set(more, "svn_url", view_html_url(v, "%s", ""));
    return more;
}

json_t *render_repo(const struct view *v, enum repo_detail detail)
{
    const json_t *row = state_repo(&v->forge->state);
    const char *owner = v->fork ? v->fork : row_str(row, "owner");
    const char *name = row_str(row, "name");
    int64_t id = v->fork ? FORK_IDS + row_int(state_user(&v->forge->state, owner), "id")
                         : row_int(row, "id");
    json_t *repo = json_pack(
        "{s:I, s:o, s:s, s:o, s:o, s:O, s:b, s:b, s:o}", "id", (json_int_t)id, "node_id",
        render_node_id("R", id), "name", name, "full_name", json_sprintf("%s/%s", owner, name),
        "owner", render_user(v, owner), "description", json_object_get(row, "description"),
        "private", 0, "fork", v->fork != NULL, "html_url", view_html_url(v, "%s", ""));

    for (size_t i = 0; i < sizeof(repo_urls) / sizeof(repo_urls[0]); i++)
        row_set(repo, repo_urls[i].key, view_url(v, "%s", repo_urls[i].rest));
    if (detail == REPO_MINIMAL)
        return repo;

    json_t *more = full_fields(v, row);
    (void)json_object_update(repo, more);
    json_decref(more);
    if (v->me && !v->fork) {
        json_t *me = render_collaborator(v, v->me);
        (void)json_object_set(repo, "permissions", json_object_get(me, "permissions"));
        json_decref(me);
    }
    return repo;
}

json_t *render_fork(const struct view *v, const char *owner)
{
    struct view fork = *v;

    if (!state_user(&v->forge->state, owner))
        return json_null();
    fork.fork = owner;
    return render_repo(&fork, REPO_FULL);
}

json_t *render_ref(const struct view *v, const char *name, const char *sha)
{
    return json_pack("{s:s, s:o, s:o, s:{s:s, s:s, s:o}}", "ref", name, "node_id",
                     json_sprintf("REF_%s", name), "url", view_url(v, "/git/%s", name),
                     "object", "type", "commit", "sha", sha, "url",
                     view_url(v, "/git/commits/%s", sha));
}

json_t *render_status(const struct view *v, const json_t *status)
{
    int64_t id = row_int(status, "id");
    json_t *creator = render_user_of(v, status, "creator");
    json_t *out = json_pack("{s:I, s:o, s:o, s:O?, s:o}", "id", (json_int_t)id, "node_id",
                            render_node_id("SC", id), "url",
                            view_url(v, "/statuses/%s", row_str(status, "sha")), "avatar_url",
                            json_object_get(creator, "avatar_url"), "creator", creator);

    for (const char *const *key =
             (const char *const[]){ "state", "context", "description", "target_url",
                                    "created_at", "updated_at", NULL };
         *key; key++)
        (void)json_object_set(out, *key, json_object_get(status, *key));
    return out;
}

/* failure when any failed, else pending when any is (or there are none), else success. */
const char *render_worst_state(const json_t *latest)
{
    bool is_pending = json_array_size(latest) == 0;
    size_t i;
    json_t *row;

    json_array_foreach(latest, i, row)
    {
        const char *state = row_str(row, "state");

        if (strcmp(state, "failure") == 0 || strcmp(state, "error") == 0)
            return "failure";
        is_pending = is_pending || strcmp(state, "pending") == 0;
    }
    return is_pending ? "pending" : "success";
}

json_t *render_combined_status(const struct view *v, const char *sha, const json_t *latest)
{
    json_t *statuses = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(latest, i, row)
    {
        json_t *status = render_status(v, row);

        (void)json_object_del(status, "creator");
        (void)json_array_append_new(statuses, status);
    }
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "state", render_worst_state(latest),
                     "sha", sha, "total_count", (json_int_t)json_array_size(latest), "statuses",
                     statuses, "repository", render_repo(v, REPO_MINIMAL), "commit_url",
                     view_url(v, "/commits/%s", sha), "url",
                     view_url(v, "/commits/%s/status", sha));
}
