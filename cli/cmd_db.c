/* SPDX-License-Identifier: Apache-2.0
 * hearth db migrate, status, backup, check, dump: the databases as files.
 * hub.db is `hearth serve`'s; --hub names it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "config/config.h"
#include "store/db.h"

enum { MAX_OUTPUT_BYTES = 1 << 30 };

static const char *const db_names[] = { [DB_HEARTH] = "hearth.db", [DB_HUB] = "hub.db" };

static const struct cmd_option hub_options[] = {
    { "--hub", NULL, "hub.db instead of hearth.db", false },
    { 0 },
};
static const struct cmd_option dump_options[] = {
    { "--hub", NULL, "hub.db instead of hearth.db", false },
    { "--canonical", NULL, "without what depends on when and how often we ran", false },
    { 0 },
};

static int open_kind(struct db **ret, const struct app *app, enum db_kind kind,
                     enum db_mode mode, struct err *err)
{
    char *path = config_path(app->config, db_names[kind]);
    int rc = db_open(ret, path, kind, mode, err);

    free(path);
    return rc;
}

static int open_named(struct db **ret, const struct app *app, const struct cmd_args *args,
                      struct err *err)
{
    return open_kind(ret, app, cmd_has(args, "--hub") ? DB_HUB : DB_HEARTH, DB_READ, err);
}

/* Opening for writing has migrated hearth.db already. */
static int run_migrate(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct db *hub = NULL;
    int rc = open_kind(&hub, app, DB_HUB, DB_CREATE, err);

    (void)args;
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:i, s:i}", "hearth", db_schema_version(app->db), "hub",
                                     db_schema_version(hub)));
    else if (rc == 0)
        (void)printf("hearth.db schema %d\nhub.db    schema %d\n", db_schema_version(app->db),
                     db_schema_version(hub));
    db_close(hub);
    return rc;
}

/* One database; a fault of it is shown, not returned, so that the other is shown too. */
static json_t *status_of(const struct app *app, enum db_kind kind, int *ret_rc, struct err *err)
{
    char *path = config_path(app->config, db_names[kind]);
    struct db *db = NULL;
    struct err own = { 0 };
    int rc = db_open(&db, path, kind, DB_READ, &own);
    json_t *doc = json_pack("{s:s, s:I}", "file", db_names[kind], "bytes",
                            (json_int_t)(rc == 0 ? fs_size(path) : -1));

    if (rc == 0)
        (void)json_object_set_new(doc, "schema", json_integer(db_schema_version(db)));
    else
        (void)json_object_set_new(doc, "fault", json_string(own.msg));
    if (rc < 0 && *ret_rc == 0)
        *ret_rc = err_set(err, (enum err_code)own.code, "%s", own.msg);
    db_close(db);
    free(path);
    return doc;
}

static int run_status(struct app *app, const struct cmd_args *args, struct err *err)
{
    json_t *rows = json_array(), *row;
    size_t i;
    int rc = 0;

    (void)args;
    for (int kind = DB_HEARTH; kind <= DB_HUB; kind++)
        (void)json_array_append_new(rows, status_of(app, (enum db_kind)kind, &rc, err));
    if (app->json) {
        results_print_json(json_pack("{s:o}", "databases", rows));
        return rc;
    }
    json_array_foreach(rows, i, row)
    {
        const char *fault = json_string_value(json_object_get(row, "fault"));
        (void)printf("%-10s", json_string_value(json_object_get(row, "file")));
        if (fault)
            (void)printf(" %s\n", fault);
        else
            (void)printf(" schema %lld, %lld bytes\n",
                         (long long)json_integer_value(json_object_get(row, "schema")),
                         (long long)json_integer_value(json_object_get(row, "bytes")));
    }
    json_decref(rows);
    return rc;
}

static int run_backup(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct db *db = NULL;
    int rc = open_named(&db, app, args, err);

    if (rc == 0)
        rc = db_backup(db, args->operands[0], err);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:s, s:I}", "backup", args->operands[0], "bytes",
                                     (json_int_t)fs_size(args->operands[0])));
    else if (rc == 0)
        (void)printf("wrote %s, %lld bytes\n", args->operands[0],
                     (long long)fs_size(args->operands[0]));
    db_close(db);
    return rc;
}

static int run_check(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct db *db = NULL;
    struct buf out;

    buf_init(&out, 1 << 20);
    int rc = open_named(&db, app, args, err);
    if (rc == 0)
        rc = db_check(db, &out, err);
    if (app->json && db)
        results_print_json(json_pack("{s:b, s:s}", "ok", rc == 0, "faults", out.data));
    else if (rc == 0)
        (void)puts("ok");
    else
        (void)fputs(out.data, stdout);
    db_close(db);
    buf_finish(&out);
    return rc;
}

static int run_dump(struct app *app, const struct cmd_args *args, struct err *err)
{
    enum db_dump what = cmd_has(args, "--canonical") ? DB_DUMP_CANONICAL : DB_DUMP_ALL;
    struct db *db = NULL;
    struct buf out;

    buf_init(&out, MAX_OUTPUT_BYTES);
    int rc = open_named(&db, app, args, err);
    if (rc == 0)
        rc = app->json ? db_dump_json(db, what, &out, err) : db_dump(db, what, &out, err);
    if (rc == 0)
        (void)fwrite(out.data, 1, out.len, stdout);
    db_close(db);
    buf_finish(&out);
    return rc;
}

const struct cmd cmd_db_migrate = {
    .name = "db migrate",
    .summary = "Bring both databases to this version's schema",
    .needs = NEED_DB_WRITE,
    .run = run_migrate,
};
const struct cmd cmd_db_status = {
    .name = "db status",
    .summary = "Schema and size of both databases",
    .needs = NEED_CONFIG,
    .run = run_status,
};
const struct cmd cmd_db_backup = {
    .name = "db backup",
    .args = "PATH [--hub]",
    .summary = "Copy a database while it is in use",
    .options = hub_options,
    .needs = NEED_CONFIG,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_backup,
};
const struct cmd cmd_db_check = {
    .name = "db check",
    .args = "[--hub]",
    .summary = "Look for damage and for rows that point nowhere",
    .options = hub_options,
    .needs = NEED_CONFIG,
    .run = run_check,
};
const struct cmd cmd_db_dump = {
    .name = "db dump",
    .args = "[--canonical] [--hub]",
    .summary = "Print every table in key order",
    .options = dump_options,
    .needs = NEED_CONFIG,
    .run = run_dump,
};
