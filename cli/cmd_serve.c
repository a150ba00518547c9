/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/git.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "config/config.h"
#include "hub/web/web.h"

static int print_address(const struct web *web, struct err *err)
{
    json_t *line = json_pack("{s:s}", "url", web_url(web));
    struct buf text;

    buf_init(&text, 4096);
    json_write(&text, line, 0);
    json_decref(line);
    (void)printf("%s\n", text.data);
    buf_finish(&text);
    return fflush(stdout) == 0 ? 0 : err_errno(err, "cannot write to standard output");
}

/* Blocked before the server's threads start, the signals reach only the thread that waits. */
static void block_stop_signals(sigset_t *stop)
{
    (void)sigemptyset(stop);
    (void)sigaddset(stop, SIGTERM);
    (void)sigaddset(stop, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, stop, NULL);
}

static int run_serve(struct app *app, const struct cmd_args *args, struct err *err)
{
    char *hub_dir = config_path(app->config, "hub");
    char *reports_dir = config_path(app->config, "reports");
    const char *repo = app->config->forge.repo;
    const struct web_options options = {
        .listen = cmd_value(args, "--listen", app->config->serve.listen),
        .public_url = app->config->serve.public_url,
        .title = repo[0] ? repo : "Hearth",
        .hub_dir = hub_dir,
        .reports_dir = reports_dir,
    };
    struct web *web = NULL;
    sigset_t stop;
    int signal_seen = 0;

    block_stop_signals(&stop);
    int rc = git_setup(err);
    if (rc == 0)
        rc = web_start(&web, &options, err);
    if (rc == 0)
        rc = print_address(web, err);
    if (rc == 0) {
        (void)sigwait(&stop, &signal_seen);
        log_event(LOG_INFO, "stopping", "signal=%d", signal_seen);
    }
    web_stop(web);
    free(hub_dir);
    free(reports_dir);
    return rc;
}

static const struct cmd_option serve_options[] = {
    { "--listen", "ADDR", "Address and port, instead of serve.listen; port 0 takes a free one",
      false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_serve = {
    .name = "serve",
    .args = "[--listen ADDR]",
    .summary = "Serve the hub and the report pages",
    .options = serve_options,
    .needs = NEED_CONFIG,
    .run = run_serve,
};
