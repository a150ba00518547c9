/* SPDX-License-Identifier: Apache-2.0
 * hearth report: the community's figures, to a file or to the terminal. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "config/config.h"
#include "report/report.h"

enum { MAX_REPORT_BYTES = 16 << 20 };

static const struct cmd_option report_options[] = {
    { "--format", "NAME", "html, md (default), json or csv", false },
    { "--since", "DATE", "what happened from then on: 2026-01-31, or RFC 3339", false },
    { "--out", "PATH", "write to a file, as a whole or not at all", false },
    { 0 },
};

static int write_out(const struct buf *out, const char *path, struct err *err)
{
    if (path)
        return fs_write(path, out->data, out->len, 0644, err);
    (void)fwrite(out->data, 1, out->len, stdout);
    return 0;
}

static int run_report(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *since = cmd_value(args, "--since", NULL);
    struct report_options options = { .title = app->config->report.title,
                                      .now = clock_now(&app->clock) };
    enum report_format format;
    struct buf out;

    buf_init(&out, MAX_REPORT_BYTES);
    int rc = report_format_parse(&format,
                                 cmd_value(args, "--format", app->json ? "json" : "md"), err);
    if (rc == 0 && since)
        rc = results_parse_date(&options.since_at, since, "--since", err);
    if (rc == 0 && app->repository)
        rc = results_repo_id(&options.repo_id, app, err);
    if (rc == 0)
        rc = report_write(&out, app->db, &options, format, err);
    if (rc == 0)
        rc = write_out(&out, cmd_value(args, "--out", NULL), err);
    buf_finish(&out);
    return rc;
}

const struct cmd cmd_report = {
    .name = "report",
    .args = "[--format html|md|json|csv] [--since DATE] [--out PATH]",
    .summary = "Feedback, contributors, runs and releases in figures",
    .options = report_options,
    .needs = NEED_DB_READ,
    .run = run_report,
};
