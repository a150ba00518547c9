/* SPDX-License-Identifier: Apache-2.0
 * From the command line to a command and its exit code: globals, the table, what the command
 * needs, the command itself, and one line on stderr when something failed. */
#include "cli/cmd.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/worker.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/hook.h"
#include "cli/prepare.h"
#include "cli/workers.h"

/* What is not named here is EXIT_FAILED. */
static const enum exit_code exit_codes[] = {
    [ERR_USAGE] = EXIT_WRONG,    [ERR_CONFIG] = EXIT_WRONG, [ERR_SCHEMA] = EXIT_WRONG,
    [ERR_NOTFOUND] = EXIT_WRONG, [ERR_AUTH] = EXIT_WRONG,   [ERR_DENIED] = EXIT_WRONG,
    [ERR_MOVED] = EXIT_WRONG,    [ERR_LOCKED] = EXIT_BUSY,  [ERR_BUDGET] = EXIT_LEFT_OVER,
};

int cmd_exit_code(int rc)
{
    size_t n = sizeof(exit_codes) / sizeof(exit_codes[0]);

    if (rc >= 0)
        return rc;
    if ((size_t)-rc < n && exit_codes[-rc] != EXIT_DONE)
        return exit_codes[-rc];
    return EXIT_FAILED;
}

static int print_overview(FILE *to)
{
    struct buf out;

    buf_init(&out, 1 << 16);
    help_overview(&out);
    (void)fputs(out.data, to);
    buf_finish(&out);
    return 0;
}

static int print_help_of(const struct cmd *cmd)
{
    struct buf out;

    buf_init(&out, 1 << 16);
    help_command(&out, cmd);
    (void)fputs(out.data, stdout);
    buf_finish(&out);
    return 0;
}

/* Of "feedback" or "hub org", which are no commands. False when there is nothing below them. */
static bool print_help_below(const char *const *words, size_t n)
{
    struct buf out;

    buf_init(&out, 1 << 16);
    help_below(&out, words, n);
    bool is_any = out.len > 0;
    (void)fputs(out.data, stdout);
    buf_finish(&out);
    return is_any;
}

static int run_command(struct app *app, const struct cmd *cmd, const char *const *words,
                       size_t n, struct err *err)
{
    struct cmd_args args = { 0 };
    int rc;

    if ((rc = args_parse(&args, cmd, words, n, err)) == 0 &&
        (rc = app_prepare(app, cmd->needs, err)) == 0)
        rc = cmd->run(app, &args, err);
    app_finish(app);
    args_finish(&args);
    return rc;
}

static int dispatch(struct app *app, const char **words, size_t n, struct err *err)
{
    struct global_args globals;
    const struct cmd *cmd;
    size_t used;
    int rc;

    if ((rc = args_take_globals(&globals, words, &n, err)) < 0)
        return rc;
    if (globals.version) {
        (void)puts("hearth " HEARTH_VERSION);
        return 0;
    }
    if (n == 0 && globals.help)
        return print_overview(stdout);
    if (n == 0) {
        (void)print_overview(stderr);
        return err_set(err, ERR_USAGE, "a command is missing");
    }
    if (globals.help && print_help_below(words, n))
        return 0;
    if ((rc = commands_find(&cmd, &used, words, n, err)) < 0)
        return rc;
    if (globals.help)
        return print_help_of(cmd);
    app->json = globals.json;
    app->repository = globals.repository;
    if (globals.config_path)
        app->config_path = globals.config_path;
    return run_command(app, cmd, words + used, n - used, err);
}

/* Has who reads standard output gone, such as `head` after its lines? */
static bool is_reader_gone(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

    return poll(&out, 1, 0) == 1 && out.revents & POLLERR;
}

/* A result that did not reach its reader is no result. */
static int flush_results(int rc, struct err *err)
{
    bool failed = fflush(stdout) != 0 || ferror(stdout);

    return failed && rc >= 0 ? err_errno(err, "cannot write to standard output") : rc;
}

/* One line, unless it could only say that nobody wanted to read on. */
static void say_failure(int rc, bool was_fine, const struct err *err)
{
    if (rc < 0 && !(was_fine && is_reader_gone()))
        (void)fprintf(stderr, "hearth: %s\n", err->msg[0] ? err->msg : err_name(rc));
}

int hearth_main(int argc, char **argv, struct clock clock)
{
    struct app app = { .clock = clock, .config_path = "hearth.yml", .lock_fd = -1 };
    size_t n = argc > 1 ? (size_t)argc - 1 : 0;
    struct err err = { 0 };
    int code;

    if (worker_main(&code, argc, argv, workers) || hook_main(&code, argv))
        return code;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file past a limit fails as on a full disk */
    const char **words = xcalloc(n + 1, sizeof(*words));
    for (size_t i = 0; i < n; i++)
        words[i] = argv[i + 1];
    int done = dispatch(&app, words, n, &err);
    int rc = flush_results(done, &err);
    say_failure(rc, done >= 0, &err);
    free(words);
    return cmd_exit_code(rc);
}
