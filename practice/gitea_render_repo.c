/* SPDX-License-Identifier: Apache-2.0
 * The repository, its commits and their statuses as Gitea shows them. */
#include "practice/gitea_render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"

enum { FORK_IDS = 1000000000 }; /* plus the owner's id: forks are shown, not kept */

static int64_t count_open(const struct state *s, bool is_pull)
{
    int64_t n = 0;
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, THREADS), i, row)
    {
        n += row_has(row, "pull") == is_pull && !row_flag(row, "deleted") &&
             !state_hides(s, row) && strcmp(row_str(row, "state"), "open") == 0;
    }
    return n;
}

static json_t *counts(const struct view *v, const json_t *repo)
{
    const struct state *s = &v->forge->state;

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:i}", "stars_count",
                     (json_int_t)row_int(repo, "stargazers_count"), "forks_count",
                     (json_int_t)row_int(repo, "forks_count"), "watchers_count",
                     (json_int_t)row_int(repo, "subscribers_count"), "open_issues_count",
                     (json_int_t)(v->fork ? 0 : count_open(s, false)), "open_pr_counter",
                     (json_int_t)(v->fork ? 0 : count_open(s, true)), "release_counter",
                     (json_int_t)(v->fork ? 0 : json_array_size(state_table(s, RELEASES))),
                     "size", 24);
}

/* What the caller may do here. */
static json_t *rights(const struct view *v)
{
    enum right right = right_of(&v->forge->state, v->me);

    return json_pack("{s:b, s:b, s:b}", "admin", !v->fork && right >= RIGHT_ADMIN, "push",
                     !v->fork && right >= RIGHT_PUSH, "pull", 1);
}

json_t *gitea_repo(const struct view *v)
{
    const json_t *row = state_repo(&v->forge->state);
    const char *owner = v->fork ? v->fork : row_str(row, "owner");
    const char *name = row_str(row, "name");
    int64_t id = v->fork ? FORK_IDS + row_int(state_user(&v->forge->state, owner), "id")
                         : row_int(row, "id");
    json_t *repo = json_pack(
        "{s:I, s:o, s:s, s:o, s:s, s:b, s:b, s:b, s:b, s:b, s:s, s:s, s:n}", "id",
        (json_int_t)id, "owner", gitea_user(v, owner), "name", name, "full_name",
        json_sprintf("%s/%s", owner, name), "description", row_str(row, "description"), "empty",
        0, "private", 0, "fork", v->fork != NULL, "template", 0, "mirror", 0, "language", "",
        "original_url", "", "parent");
    json_t *more = json_pack(
        "{s:o, s:o, s:o, s:o, s:s, s:s, s:O, s:b, s:[], s:s, s:b, s:b, s:b, s:s}", "url",
        view_url(v, "%s", ""), "html_url", view_html_url(v, "%s", ""), "clone_url",
        view_html_url(v, ".git"), "ssh_url", view_html_url(v, ".git"), "link", "", "website",
        "", "default_branch", json_object_get(row, "default_branch"), "archived",
        row_flag(row, "archived"), "topics", "avatar_url", "", "internal", 0, "has_issues",
        !row_flag(row, "issues_off"), "has_pull_requests", 1, "object_format_name", "sha1");
    json_t *sums = counts(v, row);

    (void)json_object_update(repo, more);
    (void)json_object_update(repo, sums);
    json_decref(more);
    json_decref(sums);
    row_set(repo, "created_at", gitea_time(row, "created_at"));
    row_set(repo, "updated_at", gitea_time(row, "pushed_at"));
    row_set_str(repo, "archived_at", "1970-01-01T00:00:00Z");
    row_set(repo, "permissions", rights(v));
    return repo;
}

json_t *gitea_fork(const struct view *v, const char *owner)
{
    struct view fork = *v;

    if (!state_user(&v->forge->state, owner))
        return json_null();
    fork.fork = owner;
    return gitea_repo(&fork);
}

json_t *gitea_commit(const struct view *v, const char *sha, const char *who, const char *at,
                     const char *message)
{
    json_t *row = json_pack("{s:s}", "date", at);
    json_t *date = gitea_time(row, "date");
    json_t *person = json_pack("{s:s, s:o, s:O}", "name", who, "email",
                               json_sprintf("%s@practice.invalid", who), "date", date);
    json_t *commit = json_pack(
        "{s:o, s:s, s:o, s:O, s:o, s:{s:o, s:s, s:O, s:O, s:{s:o, s:s}}, s:o, s:o, s:[]}",
        "url", view_url(v, "/git/commits/%s", sha), "sha", sha, "html_url",
        view_html_url(v, "/commit/%s", sha), "created", date, "files", json_array(), "commit",
        "url", view_url(v, "/git/commits/%s", sha), "message", message, "author", person,
        "committer", person, "tree", "url", view_url(v, "/git/trees/%s", sha), "sha", sha,
        "author", gitea_user(v, who), "committer", gitea_user(v, who), "parents");

    json_decref(person);
    json_decref(date);
    json_decref(row);
    return commit;
}

json_t *gitea_pull_commit(const struct view *v, const json_t *commit)
{
    return gitea_commit(v, row_str(commit, "sha"), row_str(commit, "who"),
                        row_str(commit, "at"), row_str(commit, "message"));
}

/* Its word for a state is `status`. */
json_t *gitea_status(const struct view *v, const json_t *status)
{
    return json_pack(
        "{s:I, s:O, s:s, s:s, s:O, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)row_int(status, "id"), "status", json_object_get(status, "state"),
        "target_url", row_str(status, "target_url"), "description",
        row_str(status, "description"), "context", json_object_get(status, "context"),
        "creator", gitea_user_of(v, status, "creator"), "url",
        view_url(v, "/statuses/%s", row_str(status, "sha")), "created_at",
        gitea_time(status, "created_at"), "updated_at", gitea_time(status, "updated_at"));
}

/* Of a commit without any, nothing but zeros. */
json_t *gitea_combined_status(const struct view *v, const char *sha, const json_t *latest)
{
    json_t *statuses = json_array();
    size_t i;
    json_t *row;

    if (json_array_size(latest) == 0) {
        json_decref(statuses);
        return json_pack("{s:s, s:s, s:i, s:n, s:n, s:s, s:s}", "state", "", "sha", "",
                         "total_count", 0, "statuses", "repository", "commit_url", "", "url",
                         "");
    }
    json_array_foreach(latest, i, row)
    {
        (void)json_array_append_new(statuses, gitea_status(v, row));
    }
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "state", render_worst_state(latest),
                     "sha", sha, "total_count", (json_int_t)json_array_size(latest), "statuses",
                     statuses, "repository", gitea_repo(v), "commit_url",
                     view_url(v, "/commits/%s", sha), "url",
                     view_url(v, "/commits/%s/status", sha));
}
