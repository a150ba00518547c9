/* SPDX-License-Identifier: Apache-2.0
 * What is said about commits: statuses, and the refs that name them. */
#include "practice/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/git.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/moves.h"

enum { DESCRIPTION_MAX_BYTES = 140 * 4, STATUSES_MAX = 1000, REF_MAX = 512 };

/* The {ref} of the route as a commit: a branch, a tag or an object name. */
static int resolve(char ret[GIT_HEX_SIZE], const struct call *c, const char *param)
{
    static const char *const places[] = { "", "refs/heads/", "refs/tags/" };
    char *text = call_param(c, param), name[REF_MAX];
    int rc = -ERR_NOTFOUND;

    for (size_t i = 0; rc < 0 && i < sizeof(places) / sizeof(places[0]); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", places[i], text);
        rc = git_resolve(ret, c->forge->git, name, NULL);
    }
    free(text);
    return rc;
}

static size_t count_statuses(const struct state *s, const struct status_words *words)
{
    size_t n = 0, i;
    json_t *row;

    json_array_foreach(state_table(s, STATUSES), i, row)
    {
        n += strcmp(row_str(row, "sha"), words->sha) == 0 &&
             strcmp(row_str(row, "context"), words->context) == 0;
    }
    return n;
}

/* GitHub's four words, and for Gitea one more. */
static bool is_state(const struct call *c, const char *state)
{
    static const char *const states[] = { "error", "failure", "pending", "success", "warning" };
    size_t n = sizeof(states) / sizeof(states[0]) - (c->view.dialect->has_warnings ? 0 : 1);

    for (size_t i = 0; state && i < n; i++) {
        if (strcmp(states[i], state) == 0)
            return true;
    }
    return false;
}

int api_status_create(struct call *c)
{
    const char *state = call_text(c, "state"), *context = call_text(c, "context");
    const char *description = call_text(c, "description");
    char sha[GIT_HEX_SIZE];

    if (!is_state(c, state))
        return call_invalid(c, "Status", "state", "invalid");
    if (description && strlen(description) > DESCRIPTION_MAX_BYTES)
        return call_invalid(c, "Status", "description", "too_long");
    if (resolve(sha, c, "sha") < 0)
        return call_error(c, c->view.dialect->status_unknown_sha, "No commit found for SHA");
    struct status_words words = { .sha = sha,
                                  .state = state,
                                  .context = context && *context ? context : "default",
                                  .description = description,
                                  .target_url = call_text(c, "target_url") };
    if (count_statuses(&c->forge->state, &words) >= STATUSES_MAX)
        return call_error(c, 422,
                          "This SHA and context has reached the maximum number of statuses.");
    return call_show(c, 201,
                     c->shapes->status(&c->view, move_status(c->forge, c->view.me, &words)));
}

/* The statuses of a commit, the newest first. */
static json_t *statuses_of(const struct state *s, const char *sha)
{
    const json_t *all = state_table(s, STATUSES);
    json_t *rows = json_array();

    for (size_t i = json_array_size(all); i-- > 0;) {
        json_t *row = json_array_get(all, i);

        if (strcmp(row_str(row, "sha"), sha) == 0)
            (void)json_array_append(rows, row);
    }
    return rows;
}

int api_statuses_list(struct call *c)
{
    char sha[GIT_HEX_SIZE];

    if (resolve(sha, c, "ref") < 0)
        return call_not_found(c);
    return call_list(c, statuses_of(&c->forge->state, sha), c->shapes->status);
}

/* The newest of each context. */
static json_t *latest_of(const json_t *rows)
{
    json_t *seen = json_object(), *latest = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        const char *context = row_str(row, "context");

        if (json_object_get(seen, context))
            continue;
        row_set(seen, context, json_true());
        (void)json_array_append(latest, row);
    }
    json_decref(seen);
    return latest;
}

int api_status_combined(struct call *c)
{
    char sha[GIT_HEX_SIZE];

    if (resolve(sha, c, "ref") < 0)
        return call_not_found(c);
    json_t *rows = statuses_of(&c->forge->state, sha), *latest = latest_of(rows);
    int status = call_show(c, 200, c->shapes->combined_status(&c->view, sha, latest));
    json_decref(latest);
    json_decref(rows);
    return status;
}

/* GET /git/ref/tags/v1.0.0 */
int api_ref_get(struct call *c)
{
    char *name = call_param(c, "ref"), full[REF_MAX], sha[GIT_HEX_SIZE];
    int status;

    (void)snprintf(full, sizeof(full), "refs/%s", name);
    if (git_resolve(sha, c->forge->git, full, NULL) == 0)
        status = call_show(c, 200, render_ref(&c->view, full, sha));
    else
        status = call_not_found(c);
    free(name);
    return status;
}

int api_ref_create(struct call *c)
{
    const char *ref = call_text(c, "ref"), *want = call_text(c, "sha");
    char sha[GIT_HEX_SIZE];
    struct err err = { 0 };

    if (!ref || strncmp(ref, "refs/", 5) != 0 || strncmp(ref, "refs/pull/", 10) == 0)
        return call_error(c, 422, "Reference name must start with 'refs/'");
    if (!want || git_resolve(sha, c->forge->git, want, NULL) < 0)
        return call_error(c, 422, "Object does not exist");
    if (git_set_ref(c->forge->git, ref, sha, NULL, &err) < 0)
        return call_error(c, 422,
                          err.code == ERR_CONFLICT ? "Reference already exists" : err.msg);
    return call_show(c, 201, render_ref(&c->view, ref, sha));
}
