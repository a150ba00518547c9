/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check_rights.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "bot/forge/forge.h"

enum { NEEDS_MAX = 400 };

/* What the account needs in the repository, where no App tells it more exactly. */
enum account_need { ACCOUNT_READS, ACCOUNT_TRIAGES, ACCOUNT_PUSHES, ACCOUNT_SEES_ROLES };

static const char *const account_words[] = {
    [ACCOUNT_READS] = "read access",
    [ACCOUNT_TRIAGES] = "the role triage (on Gitea and Forgejo: write)",
    [ACCOUNT_PUSHES] = "the role write",
    [ACCOUNT_SEES_ROLES] = "the role write (on Gitea and Forgejo: admin)",
};

static const struct feature {
    const char *name;
    const char *things[3]; /* an App's permissions; ends with NULL */
    int access;            /* 1 read, 2 write */
    enum account_need account;
} features[] = {
    { "read what people say", { "issues", "pull_requests", NULL }, 1, ACCOUNT_READS },
    { "fetch contributions", { "contents", NULL }, 1, ACCOUNT_READS },
    { "look up who may ask for a run", { "metadata", NULL }, 1, ACCOUNT_SEES_ROLES },
    { "comment", { "issues", "pull_requests", NULL }, 2, ACCOUNT_READS },
    { "label", { "issues", "pull_requests", NULL }, 2, ACCOUNT_TRIAGES },
    { "set commit statuses", { "statuses", NULL }, 2, ACCOUNT_PUSHES },
    { "publish releases", { "contents", NULL }, 2, ACCOUNT_PUSHES },
};

static void add_things(struct buf *needs, const struct forge *forge, const struct feature *f)
{
    for (size_t i = 0; f->things[i]; i++)
        if (forge_permission(forge, f->things[i]) < f->access)
            buf_printf(needs, "%s%s: %s", needs->len > 0 ? ", " : "", f->things[i],
                       f->access == 2 ? "write" : "read");
}

static void add_account(struct buf *needs, const struct forge_repo *repo,
                        const struct feature *f)
{
    const bool has[] = {
        [ACCOUNT_READS] = true,
        [ACCOUNT_TRIAGES] = repo->may_triage,
        [ACCOUNT_PUSHES] = repo->may_push,
        [ACCOUNT_SEES_ROLES] = repo->may_see_roles,
    };

    if (!has[f->account])
        buf_add_str(needs, account_words[f->account]);
}

/* scopes: "read:org, repo" */
static bool has_scope(const char *scopes, const char *wanted)
{
    size_t len = strlen(wanted);

    for (const char *at = scopes; *at;) {
        at += strspn(at, ", ");
        size_t n = strcspn(at, ", ");
        if (n == len && memcmp(at, wanted, len) == 0)
            return true;
        at += n;
    }
    return false;
}

/* A token may do less than its account. Reading what is public takes no scope. */
static void add_scope(struct buf *needs, const struct forge *forge, const struct feature *f)
{
    const char *scopes = forge_scopes(forge);

    if (!scopes || f->access < 2 || has_scope(scopes, "repo") ||
        has_scope(scopes, "public_repo"))
        return;
    buf_printf(needs, "%sthe token's scope repo (or public_repo)", needs->len > 0 ? ", " : "");
}

json_t *check_rights(const struct forge *forge, const struct forge_repo *repo)
{
    bool is_app = forge_permission(forge, "metadata") >= 0;
    json_t *rows = json_array();

    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        struct buf needs;

        buf_init(&needs, NEEDS_MAX);
        if (is_app)
            add_things(&needs, forge, &features[i]);
        else {
            add_account(&needs, repo, &features[i]);
            add_scope(&needs, forge, &features[i]);
        }
        (void)json_array_append_new(rows,
                                    json_pack("{s:s, s:b, s:s}", "feature", features[i].name,
                                              "ok", needs.len == 0, "needs", needs.data));
        buf_finish(&needs);
    }
    return rows;
}
