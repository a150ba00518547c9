/* SPDX-License-Identifier: Apache-2.0
 * hearth log: who caused what. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "store/action_log.h"

enum { SHOWN_ROWS = 100, MAX_ROWS = 1000000 };

static int add_row(void *ctx, const struct action_log *row, struct err *err)
{
    (void)err;
    (void)json_array_append_new(ctx, json_pack("{s:o, s:s, s:I, s:s, s:s, s:s}", "at",
                                               results_time(row->at), "key", row->key, "thread",
                                               (json_int_t)row->number, "what", row->what,
                                               "who", row->who, "why", row->why));
    return 0;
}

/* Errors and reasons hold strangers' words: what the terminal obeys is left out. */
static void print_clean(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x20 && *text != 0x7f)
            (void)putchar(*text);
}

static int print_row(void *ctx, const struct action_log *row, struct err *err)
{
    char at[RFC3339_SIZE];

    (void)ctx;
    (void)err;
    (void)printf("%s  %-9s  ", rfc3339_format(at, row->at), row->what);
    print_clean(row->who);
    (void)printf("  %s", row->key[0] ? row->key : "all");
    if (row->why[0]) {
        (void)printf("  ");
        print_clean(row->why);
    }
    (void)putchar('\n');
    return 0;
}

static int run_log(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct action_log_filter filter = { .key = cmd_value(args, "--key", ""),
                                        .limit = SHOWN_ROWS };
    json_t *rows = json_array();
    int64_t repo_id = 0;

    int rc = cmd_i64(&filter.number, args, "--thread", 1, INT64_MAX, err);
    if (rc == 0)
        rc = cmd_i64(&filter.limit, args, "--limit", 1, MAX_ROWS, err);
    if (rc == 0)
        rc = results_repo_id(&repo_id, app, err);
    if (rc == 0)
        rc = action_log_each(app->db, repo_id, &filter, app->json ? add_row : print_row, rows,
                             err);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:O}", "log", rows));
    json_decref(rows);
    return rc;
}

static const struct cmd_option options[] = {
    { "--thread", "N", "only of this issue or pull request", false },
    { "--key", "KEY", "only of this action", false },
    { "--limit", "N", "the newest so many; 100 without it", false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_log = {
    .name = "log",
    .args = "[--thread N] [--key KEY] [--limit N]",
    .summary = "Who caused what: each move of each planned write",
    .options = options,
    .needs = NEED_DB_READ,
    .run = run_log,
};
