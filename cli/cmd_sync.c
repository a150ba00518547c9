/* SPDX-License-Identifier: Apache-2.0
 * hearth sync: reads the forge and stores what it shows. Writes nothing to the forge. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "bot/forge/forge.h"
#include "bot/sync/sync.h"
#include "cli/cmd.h"
#include "cli/connect.h"
#include "config/config.h"

static void print_json(const struct sync_result *r, const struct forge_counts *counts)
{
    struct buf out;
    json_t *doc =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "new", (json_int_t)r->n_new,
                  "changed", (json_int_t)r->n_changed, "deleted", (json_int_t)r->n_deleted,
                  "gone", (json_int_t)r->n_gone, "requests", (json_int_t)counts->requests,
                  "conditional", (json_int_t)counts->conditional, "unchanged",
                  (json_int_t)counts->unchanged, "left", r->why_left);

    buf_init(&out, 4096);
    json_write(&out, doc, 2);
    (void)puts(out.data);
    buf_finish(&out);
    json_decref(doc);
}

static void print_text(const struct sync_result *r, const struct forge_counts *counts)
{
    (void)printf("%s/%s: %" PRId64 " new, %" PRId64 " changed, %" PRId64 " deleted, %" PRId64
                 " gone; %" PRId64 " requests, %" PRId64 " of them unchanged\n",
                 r->owner, r->name, r->n_new, r->n_changed, r->n_deleted, r->n_gone,
                 counts->requests, counts->unchanged);
}

static int run_sync(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct connection c;
    struct sync_result result;

    int rc = connect_forge(&c, app, app->db, err);
    if (rc < 0)
        return rc;
    const struct sync_options options = {
        .db = app->db,
        .forge = c.forge,
        .clock = &app->clock,
        .bots = &app->config->report.bots,
        .mode = cmd_has(args, "--full") ? SYNC_FULL : SYNC_NEWS,
    };
    rc = sync_run(&options, &result, err);
    if (rc == 0) {
        struct forge_counts counts = forge_counts(c.forge);
        (app->json ? print_json : print_text)(&result, &counts);
    }
    if (rc == 0 && result.is_left) {
        (void)fprintf(stderr, "hearth: work is left over: %s\n", result.why_left);
        rc = EXIT_LEFT_OVER;
    }
    sync_result_finish(&result);
    connect_finish(&c);
    return rc;
}

static const struct cmd_option options[] = {
    { "--full", NULL, "read everything again and mark what has vanished", false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_sync = {
    .name = "sync",
    .args = "[--full]",
    .summary = "Read the forge and store what it shows",
    .options = options,
    .needs = NEED_DB_WRITE,
    .run = run_sync,
};
