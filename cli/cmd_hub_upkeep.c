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
#include "hub/repo/upkeep.h"

enum { BAR_WIDTH = 40, DAY_S = 86400 };
#define MAX_AGE_S ((int64_t)3650 * DAY_S)

struct report {
    json_t *lines;
    bool is_json;
    int shown; /* percent of the bar on the terminal; -1: there is none */
};

static void tell(void *ctx, const char *line)
{
    struct report *report = ctx;

    (void)json_array_append_new(report->lines, json_string(line));
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

static int run_gc(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct report report = { .lines = json_array(), .is_json = app->json, .shown = -1 };
    char *hub_dir = config_path(app->config, "hub");
    struct gc_result result = { 0 };
    int64_t age_s = DAY_S;

    int rc =
        parse_duration(&age_s, cmd_value(args, "--older", "1d"), 0, MAX_AGE_S, "--older", err);
    const struct upkeep upkeep = { .hub_dir = hub_dir,
                                   .before_at = clock_now(&app->clock) - age_s,
                                   .tell = tell,
                                   .ctx = &report };
    if (rc < 0)
        rc = err_set(err, ERR_USAGE, "--older: expected a time such as 12h or 7d");
    if (rc == 0)
        rc = git_setup(err);
    if (rc == 0)
        rc = hub_gc(&result, &upkeep, err);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:I,s:I,s:I}", "blobs", (json_int_t)result.n_blobs,
                                     "bytes", (json_int_t)result.bytes, "leftovers",
                                     (json_int_t)result.n_leftovers));
    else if (rc == 0)
        (void)printf("removed %zu files of %lld bytes, and %zu leftovers of broken uploads\n",
                     result.n_blobs, (long long)result.bytes, result.n_leftovers);
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
    .summary = "Remove large files that no revision needs, safe beside uploads",
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
