/* SPDX-License-Identifier: Apache-2.0
 * hearth init: a commented hearth.yml and empty databases, and what to do next.
 * The configuration is written last: an init that was killed can be run again. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "config/config.h"
#include "store/db.h"
#include "store/instance.h"

enum { MAX_FILE_BYTES = 256 << 10, MAX_SETTINGS = 8 };

static const struct cmd_option init_options[] = {
    { "--forge", "URL", "base of the forge's API; without it a hub-only instance", false },
    { "--dialect", "NAME", "github or gitea; without it by the address, or by asking", false },
    { "--repo", "OWNER/NAME", "the repository whose community this is", false },
    { "--token-file", "PATH", "file with the access token, mode 0600", false },
    { 0 },
};

static const struct {
    const char *option, *key;
} settings_of[] = {
    { "--forge", "forge.url" },
    { "--dialect", "forge.dialect" },
    { "--repo", "forge.repo" },
};

/* A path given on the command line is relative to where we stand, one in the file to DIR. */
static char *absolute(const char *path)
{
    char here[PATH_MAX];

    if (path[0] == '/' || !getcwd(here, sizeof(here)))
        return xstrdup(path);
    return fs_path(here, path, NULL);
}

static size_t collect(struct config_setting *set, const struct cmd_args *args,
                      const char *token_file)
{
    size_t n = 0;

    for (size_t i = 0; i < sizeof(settings_of) / sizeof(*settings_of); i++) {
        const char *value = cmd_value(args, settings_of[i].option, NULL);
        if (value)
            set[n++] = (struct config_setting){ settings_of[i].key, value };
    }
    if (token_file)
        set[n++] = (struct config_setting){ "forge.token_file", token_file };
    return n;
}

/* The file must load before it is written; faults are those of the arguments. */
static int write_text(struct buf *out, const char *path, const struct cmd_args *args,
                      struct err *err)
{
    const char *given = cmd_value(args, "--token-file", NULL);
    char *token_file = given ? absolute(given) : NULL;
    struct config_setting set[MAX_SETTINGS];
    struct config *config = NULL;
    struct buf faults;

    buf_init(&faults, MAX_FILE_BYTES);
    int rc = config_write_template(out, set, collect(set, args, token_file), err);
    if (rc == 0 && config_load_text(&config, path, out->data, out->len, &faults, NULL) < 0)
        rc = err_set(err, ERR_USAGE, "these arguments make a faulty configuration");
    if (rc < 0)
        (void)fputs(faults.data, stderr);
    config_free(config);
    buf_finish(&faults);
    free(token_file);
    return rc;
}

static int make_db(const char *dir, const char *name, enum db_kind kind, int64_t now,
                   struct err *err)
{
    char *path = fs_path(dir, name, NULL);
    struct db *db = NULL;
    int rc = db_open(&db, path, kind, DB_CREATE, err);

    if (rc == 0 && kind == DB_HEARTH)
        rc = instance_set_init_at(db, now, err);
    db_close(db);
    free(path);
    return rc;
}

static int make_instance(const char *dir, const char *path, const struct buf *text, int64_t now,
                         struct err *err)
{
    int rc = fs_mkdirs(dir, 0755, err);

    if (rc == 0)
        rc = make_db(dir, "hearth.db", DB_HEARTH, now, err);
    if (rc == 0)
        rc = make_db(dir, "hub.db", DB_HUB, now, err);
    return rc == 0 ? fs_write(path, text->data, text->len, 0644, err) : rc;
}

static void say_next(const struct app *app, const char *dir, const char *path,
                     const struct cmd_args *args)
{
    bool has_forge = cmd_has(args, "--forge");

    if (app->json) {
        results_print_json(json_pack("{s:s, s:s}", "config", path, "dir", dir));
        return;
    }
    bool is_here = strcmp(dir, ".") == 0;
    (void)printf("wrote %s\n\nNext%s%s:\n", path, is_here ? "" : ", in ", is_here ? "" : dir);
    if (!has_forge)
        (void)printf("  hearth serve     the hub; set forge.url and forge.repo to run a "
                     "community\n");
    else if (!cmd_has(args, "--token-file"))
        (void)printf("  set forge.token_file in hearth.yml, or HEARTH_TOKEN\n");
    (void)printf("  hearth check     what works and what does not\n");
    if (has_forge)
        (void)printf("  hearth run       the first cycle plans and prints, and sends nothing\n"
                     "  hearth apply     sends what the first plan holds\n");
}

static int run_init(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *dir = args->n_operands > 0 ? args->operands[0] : ".";
    char *path = fs_path(dir, "hearth.yml", NULL);
    struct buf text;
    int rc;

    buf_init(&text, MAX_FILE_BYTES);
    if (fs_exists(path))
        rc = err_set(err, ERR_EXISTS, "'%s' is there already and stays as it is", path);
    else
        rc = write_text(&text, path, args, err);
    if (rc == 0)
        rc = make_instance(dir, path, &text, clock_now(&app->clock), err);
    if (rc == 0)
        say_next(app, dir, path, args);
    buf_finish(&text);
    free(path);
    return rc;
}

const struct cmd cmd_init = {
    .name = "init",
    .args = "[DIR] [--forge URL] [--dialect github|gitea] [--repo OWNER/NAME] "
            "[--token-file PATH]",
    .summary = "Write a commented hearth.yml and an empty database",
    .options = init_options,
    .max_operands = 1,
    .run = run_init,
};
