/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd.h
 * cmd: one struct per command, one file per struct; main prepares what `needs` says.
 * The only layer that knows everybody, logs errors and decides exit codes. */
#ifndef CLI_CMD_H
#define CLI_CMD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct cmd_args;
struct config;
struct db;

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,    /* or refused */
    EXIT_WRONG = 2,     /* usage, configuration, token, right, repository, schema */
    EXIT_LEFT_OVER = 3, /* finished, but work is left */
    EXIT_BUSY = 4,      /* another instance holds the lock */
};

enum cmd_needs {
    NEED_NOTHING = 0,
    NEED_CONFIG = 1 << 0,   /* app->config */
    NEED_DB_READ = 1 << 1,  /* app->db, read-only; implies config */
    NEED_DB_WRITE = 1 << 2, /* app->db for writing, under the instance lock; implies config */
};

/* Lives on main's stack and is passed down; there is no other global state. */
struct app {
    struct clock clock;
    const char *config_path; /* --config, default "hearth.yml" */
    const char *repository;  /* --repository, NULL: the first of the configuration */
    bool json;               /* --json */
    struct config *config;
    struct db *db;
    int lock_fd; /* of hearth.lock, -1 when not held */
};

struct cmd_option {
    const char *name; /* "--data" */
    const char *arg;  /* "PATH", NULL for a flag */
    const char *help;
    bool repeated; /* takes one or more arguments, up to the next option */
};

struct cmd {
    const char *name;    /* "train", "db dump": a space separates command and subcommand */
    const char *args;    /* "--data PATH.. --out DIR" */
    const char *summary; /* one line for the list of commands */
    const struct cmd_option *options; /* ends with a row of NULLs; NULL for none */
    unsigned needs;                   /* enum cmd_needs, added up */
    size_t min_operands, max_operands;
    /* 0 or a negative error, which main prints and maps to an exit code; or a positive
     * enum exit_code of the command's own (EXIT_LEFT_OVER). */
    int (*run)(struct app *app, const struct cmd_args *args, struct err *err);
};

/* The parsed command line. Strings are borrowed from argv. */
struct cmd_args {
    const struct cmd *cmd;
    const char *
        *values; /* values[i]: the last argument of options[i] ("" for a flag), or NULL */
    const char ***lists; /* lists[i]: all arguments of options[i], NULL-terminated */
    const char **operands;
    size_t n_operands;
};

/* By name as it stands in the table; asking for one that is not there is our bug. */
bool cmd_has(const struct cmd_args *args, const char *option);
const char *cmd_value(const struct cmd_args *args, const char *option, const char *fallback);
const char *const *cmd_values(const struct cmd_args *args,
                              const char *option); /* NULL-terminated, empty when absent */

/* The option's argument as a number, *ret left alone when it is absent; -ERR_USAGE. */
int cmd_i64(int64_t *ret, const struct cmd_args *args, const char *option, int64_t min,
            int64_t max, struct err *err);

int cmd_exit_code(int rc); /* 0 or -ERR_X to enum exit_code */

/* The whole program but for the clock: main.c passes the system's, a test its own. Returns the
 * exit code. */
int hearth_main(int argc, char **argv, struct clock clock);

#endif
