/* SPDX-License-Identifier: Apache-2.0
 * hearth hub gc, fsck: what nobody needs goes, and what is there is checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/git.h"
#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/hub_access.h"
#include "cli/results.h"
#include "config/config.h"
#include "hub/repo/repo.h"
#include "hub/repo/upkeep.h"
#include "hub/web/hosting.h"

enum { BAR_WIDTH = 40, DAY_S = 86400, MAX_REPOS = 1000000 };
#define MAX_AGE_S ((int64_t)3650 * DAY_S)

struct report {
    json_t *lines;
    bool is_json;
    int shown; /* percent of the bar on the terminal; -1: there is none */
};

static void tell(void *ctx, const char *line)
{
    struct report *report = ctx;

    (void)json_array_append_new(report->lines, json_any_text(line));
    if (!report->is_json)
        (void)printf("%s\n", line);
}

static void show_bar(void *ctx, int64_t done, int64_t total)
{
    struct report *report = ctx;
    int percent = total > 0 ? (int)((double)done * 100 / (double)total) : 100;

    if (report->shown < 0 || percent == report->shown)
        return;
    report->shown = percent;
    (void)fprintf(stderr, "\r[%-*.*s] %3d%%", BAR_WIDTH, percent * BAR_WIDTH / 100,
                  "########################################", percent);
    if (percent == 100)
        (void)fputc('\n', stderr);
}

/* What a repository takes now, for the quota of its namespace. */
static int64_t count_bytes(const struct hub_repo *repo)
{
    return hub_repo_blob_bytes(repo) + hub_repo_git_bytes(repo);
}

static int count_again(const struct hub_access *hub, enum hosted_kind kind, struct err *err)
{
    char *root = hosting_root(hub->hub_dir, kind);
    char **ids = NULL;
    size_t n = 0;

    int rc = hub_repo_list(&ids, &n, root, MAX_REPOS, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct hosted hosted = { 0 };
        struct hub_repo *repo = NULL;

        access_look(&hosted, hub->access, kind, ids[i]);
        if (hosted.id && hub_repo_open(&repo, root, ids[i], NULL) == 0) {
            rc = hosted_repo_add_bytes(access_lock(hub->access), hosted.id,
                                       count_bytes(repo) - hosted.blob_bytes, err);
            access_unlock(hub->access);
        }
        hub_repo_close(repo);
    }
    hub_repo_list_free(ids, n);
    free(root);
    return rc;
}

static void print_collected(const struct gc_result *result, const struct report *report)
{
    if (report->is_json)
        results_print_json(json_pack(
            "{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:O}", "blobs", (json_int_t)result->n_blobs, "bytes",
            (json_int_t)result->bytes, "objects", (json_int_t)result->n_objects, "object_bytes",
            (json_int_t)result->object_bytes, "xorbs", (json_int_t)result->xorbs.n_xorbs,
            "xorb_bytes", (json_int_t)result->xorbs.bytes, "leftovers",
            (json_int_t)result->n_leftovers, "left_alone", report->lines));
    else
        (void)printf("removed %zu files of %lld bytes, %zu git objects (which take %lld bytes "
                     "less), %zu packets of past Xet uploads of %lld bytes, and %zu leftovers "
                     "of broken uploads\n",
                     result->n_blobs, (long long)result->bytes, result->n_objects,
                     (long long)result->object_bytes, result->xorbs.n_xorbs,
                     (long long)result->xorbs.bytes, result->n_leftovers);
}

static int run_gc(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct report report = { .lines = json_array(), .is_json = app->json, .shown = -1 };
    char *hub_dir = config_path(app->config, "hub");
    struct gc_result result = { 0 };
    struct hub_access hub = { 0 };
    int64_t age_s = DAY_S, now = clock_now(&app->clock);

    int rc =
        parse_duration(&age_s, cmd_value(args, "--older", "1d"), 0, MAX_AGE_S, "--older", err);
    const struct upkeep upkeep = { .hub_dir = hub_dir,
                                   .before_at = now - age_s,
                                   .xorbs_before_at =
                                       now - (age_s > XET_KEPT_S ? age_s : XET_KEPT_S),
                                   .tell = tell,
                                   .ctx = &report };
    if (rc < 0)
        rc = err_set(err, ERR_USAGE, "--older: expected a time such as 12h or 7d");
    if (rc == 0)
        rc = hub_access_open(&hub, app, err);
    if (rc == 0)
        rc = hub_gc(&result, &upkeep, err);
    if (rc == 0)
        rc = count_again(&hub, HOSTED_MODEL, err);
    if (rc == 0)
        rc = count_again(&hub, HOSTED_DATASET, err);
    hub_access_close(&hub);
    if (rc == 0)
        print_collected(&result, &report);
    json_decref(report.lines);
    free(hub_dir);
    return rc;
}

static int run_fsck(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct report report = { .lines = json_array(),
                             .is_json = app->json,
                             .shown = isatty(STDERR_FILENO) ? 0 : -1 };
    char *hub_dir = config_path(app->config, "hub");
    const struct upkeep upkeep = {
        .hub_dir = hub_dir, .progress = show_bar, .tell = tell, .ctx = &report
    };
    struct fsck_result result = { 0 };

    (void)args;
    int rc = git_setup(err);
    if (rc == 0)
        rc = hub_fsck(&result, &upkeep, err);
    if (rc == 0 && app->json)
        results_print_json(json_pack(
            "{s:I,s:I,s:I,s:I,s:O}", "repositories", (json_int_t)result.n_repos, "commits",
            (json_int_t)result.n_commits, "blobs", (json_int_t)result.n_blobs, "bytes",
            (json_int_t)result.bytes, "faults", report.lines));
    else if (rc == 0)
        (void)printf(
            "%zu repositories, %zu commits, %zu large files of %lld bytes: %zu faults\n",
            result.n_repos, result.n_commits, result.n_blobs, (long long)result.bytes,
            result.n_faults);
    if (rc == 0 && result.n_faults > 0)
        rc = err_set(err, ERR_REFUSED, "%zu faults were found", result.n_faults);
    json_decref(report.lines);
    free(hub_dir);
    return rc;
}

static const struct cmd_option gc_options[] = {
    { "--older", "TIME", "spare what was touched within it; default: 1d", false },
    { 0 },
};

const struct cmd cmd_hub_gc = {
    .name = "hub gc",
    .args = "[--older TIME]",
    .summary = "Remove files and git objects that no revision needs, safe beside uploads",
    .options = gc_options,
    .needs = NEED_CONFIG,
    .run = run_gc,
};
const struct cmd cmd_hub_fsck = {
    .name = "hub fsck",
    .summary = "Read and hash everything that is hosted",
    .needs = NEED_CONFIG,
    .run = run_fsck,
};
