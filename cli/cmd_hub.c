/* SPDX-License-Identifier: Apache-2.0
 * hearth hub create, list, tag: repositories of the hub beside hearth.yml. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "cli/cmd.h"
#include "cli/hub_access.h"
#include "cli/results.h"
#include "hub/license/license.h"
#include "hub/repo/repo.h"
#include "hub/web/hosting.h"

enum { MAX_REPOS = 1000000 };

/* The licence, if one is given, is one that the check of cards knows. */
static int check_new(const char *id, const char *licence, struct err *err)
{
    const struct license *known = NULL;
    struct err why;
    int rc = hub_access_usage(hub_check_id(id, err));

    if (rc < 0 || !licence)
        return rc;
    if (license_get(&known, licence, &why) == 0)
        return 0;
    return err_set(err, ERR_USAGE, "--license: %s (`hearth license list` shows all)", why.msg);
}

static int run_create(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *id = args->operands[0];
    const char *licence = cmd_value(args, "--license", NULL);
    struct hub_access hub = { 0 };
    char *ns = xstrndup(id, strcspn(id, "/"));
    const struct hosting_new wanted = {
        .name = { hub_access_kind(args), ns, id[strlen(ns)] ? id + strlen(ns) + 1 : "" },
        .is_private = cmd_has(args, "--private"),
        .licence = licence ? licence : "",
    };

    int rc = check_new(id, licence, err);
    if (rc == 0)
        rc = hub_access_open(&hub, app, err);
    if (rc == 0)
        rc = hosting_create(hub.access, hub.hub_dir, &hub.who, &wanted, err);
    hub_access_close(&hub);
    free(ns);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:s,s:b}", "created", id, "private", wanted.is_private));
    else if (rc == 0)
        (void)printf("created %s\n", id);
    return rc;
}

static json_t *row_of(const struct hub_access *hub, const char *id, enum hosted_kind kind)
{
    struct hub_repo *repo = NULL;
    struct hosted hosted = { 0 };
    struct hub_file *files = NULL;
    char commit[GIT_HEX_SIZE] = "";
    int64_t at = 0, bytes = 0;
    size_t n = 0;

    access_look(&hosted, hub->access, kind, id);
    if (hub_access_open_repo(&repo, hub, id, kind, NULL) == 0 &&
        hub_repo_resolve(commit, repo, "main", NULL) == 0) {
        (void)hub_repo_date(&at, repo, commit, NULL);
        (void)hub_repo_list_files(&files, &n, repo, commit, "", NULL);
    }
    for (size_t i = 0; i < n; i++)
        bytes += files[i].size;
    hub_files_free(files, n);
    hub_repo_close(repo);
    return json_pack("{s:s,s:b,s:s,s:o,s:I,s:I}", "id", id, "private", hosted.is_private,
                     "commit", commit, "changed", results_time(at), "files", (json_int_t)n,
                     "bytes", (json_int_t)bytes);
}

static void print_row(const json_t *row)
{
    const char *changed = json_string_value(json_object_get(row, "changed"));

    (void)printf("%-40s %-8s %5lld files %13lld bytes  %s\n",
                 json_string_value(json_object_get(row, "id")),
                 json_is_true(json_object_get(row, "private")) ? "private" : "public",
                 (long long)json_integer_value(json_object_get(row, "files")),
                 (long long)json_integer_value(json_object_get(row, "bytes")),
                 changed ? changed : "empty");
}

static int run_list(struct app *app, const struct cmd_args *args, struct err *err)
{
    const enum hosted_kind kind = hub_access_kind(args);
    struct hub_access hub = { 0 };
    json_t *rows = json_array();
    char **ids = NULL;
    size_t n = 0;

    int rc = hub_access_open(&hub, app, err);
    char *root = hosting_root(hub.hub_dir, kind);
    if (rc == 0)
        rc = hub_repo_list(&ids, &n, root, MAX_REPOS, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        (void)json_array_append_new(rows, row_of(&hub, ids[i], kind));
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:O}", "repositories", rows));
    for (size_t i = 0; rc == 0 && !app->json && i < json_array_size(rows); i++)
        print_row(json_array_get(rows, i));
    if (rc == 0 && !app->json && n == 0)
        (void)puts(kind == HOSTED_DATASET
                       ? "no data set is hosted yet: `hearth hub create --dataset` makes one"
                       : "no model is hosted yet: `hearth hub create` makes a repository");
    hub_repo_list_free(ids, n);
    json_decref(rows);
    free(root);
    hub_access_close(&hub);
    return rc;
}

static int run_tag(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *id = args->operands[0], *tag = args->operands[1];
    const char *message = cmd_value(args, "--message", "");
    const struct hub_tagger tagger = { message, "admin", "admin@users.noreply.invalid",
                                       clock_now(&app->clock) };
    char *ref = xasprintf("refs/tags/%s", tag);
    struct hub_access hub = { 0 };
    struct hub_repo *repo = NULL;
    char commit[GIT_HEX_SIZE];

    int rc = hub_access_open(&hub, app, err);
    if (rc == 0)
        rc = hub_access_usage(hub_check_ref(ref, err));
    if (rc == 0)
        rc = hub_access_open_repo(&repo, &hub, id, hub_access_kind(args), err);
    if (rc == 0)
        rc = hub_repo_resolve(commit, repo, cmd_value(args, "--revision", "main"), err);
    if (rc == 0)
        rc = hub_repo_add_ref(repo, ref, commit, *message ? &tagger : NULL, err);
    hub_repo_close(repo);
    hub_access_close(&hub);
    free(ref);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:s,s:s}", "tag", tag, "commit", commit));
    else if (rc == 0)
        (void)printf("%s is %.12s\n", tag, commit);
    return rc;
}

static const struct cmd_option create_options[] = {
    { "--dataset", NULL, "a repository of data instead of a model", false },
    { "--private", NULL, "seen by its members only", false },
    { "--license", "ID", "for the card it begins with", false },
    { 0 },
};
static const struct cmd_option list_options[] = {
    { "--dataset", NULL, "repositories of data instead of models", false },
    { 0 },
};
static const struct cmd_option tag_options[] = {
    { "--dataset", NULL, "a repository of data instead of a model", false },
    { "--revision", "REV", "branch, tag or commit; default: main", false },
    { "--message", "TEXT", "makes it an annotated tag", false },
    { 0 },
};

const struct cmd cmd_hub_create = {
    .name = "hub create",
    .args = "NAMESPACE/NAME [--dataset] [--private] [--license ID]",
    .summary = "Make a repository on the hub",
    .options = create_options,
    .needs = NEED_CONFIG,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_create,
};
const struct cmd cmd_hub_list = {
    .name = "hub list",
    .args = "[--dataset]",
    .summary = "List the hub's repositories, private ones too",
    .options = list_options,
    .needs = NEED_CONFIG,
    .run = run_list,
};
const struct cmd cmd_hub_tag = {
    .name = "hub tag",
    .args = "NAMESPACE/NAME TAG [--dataset] [--revision REV] [--message TEXT]",
    .summary = "Give a revision of a repository a name",
    .options = tag_options,
    .needs = NEED_CONFIG,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_tag,
};
