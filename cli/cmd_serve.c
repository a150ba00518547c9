/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/git.h"
#include "base/json.h"
#include "base/log.h"
#include "base/systemd.h"
#include "cli/cmd.h"
#include "config/config.h"
#include "hub/web/web.h"

enum { MAX_FAULTS_BYTES = 256 << 10 };

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
static void block_signals(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, signals, NULL);
}

/* Where the log goes; NULL for nowhere. The caller frees. */
static char *access_log_of(const struct config *config)
{
    const char *name = config->serve.access_log;

    if (name[0] == '\0')
        return NULL;
    return strcmp(name, "-") == 0 ? xstrdup(name) : config_path(config, name);
}

/* What the configuration says to hub/web; other strings than these are the configuration's. */
struct setup {
    struct web_options options;
    char *hub_dir, *reports_dir, *hub_db, *access_log, *program, *wake_file;
    char *hook_secret; /* NULL: no webhooks; read once, at the start */
};

static void setup_init(struct setup *setup, const struct app *app, const struct config *config)
{
    setup->hub_dir = config_path(config, "hub");
    setup->reports_dir = config_path(config, "reports");
    setup->hub_db = config_path(config, "hub.db");
    setup->access_log = access_log_of(config);
    setup->program = NULL;
    setup->wake_file = config_path(config, "wake");
    setup->hook_secret = NULL;
    setup->options = (struct web_options){
        .listen = config->serve.listen,
        .public_url = config->serve.public_url,
        .title = config->forge.repo[0] ? config->forge.repo : "Hearth",
        .hub_dir = setup->hub_dir,
        .reports_dir = setup->reports_dir,
        .hub_db = setup->hub_db,
        .wake_file = setup->wake_file,
        .clock = app->clock,
        .quota_bytes = config->serve.quota,
        .multipart_bytes = config->serve.part_size,
        .rate_limit = config->serve.rate_limit,
        .access_log = setup->access_log,
        .proxy = config->serve.proxy,
        .accel = config->serve.accel,
        .max_connections = (unsigned)config->serve.max_connections,
        .max_per_peer = (int)config->serve.max_per_address,
    };
}

static void setup_finish(struct setup *setup)
{
    free(setup->hub_dir);
    free(setup->reports_dir);
    free(setup->hub_db);
    free(setup->access_log);
    free(setup->program);
    free(setup->wake_file);
    config_forget_secret(setup->hook_secret);
}

/* A configuration that cannot be used leaves the one in use alone. */
static void reload(struct web *web, const struct app *app)
{
    struct config *config = NULL;
    struct err err = { 0 };
    struct buf faults;

    systemd_notify("RELOADING=1");
    buf_init(&faults, MAX_FAULTS_BYTES);
    int rc = config_load(&config, app->config_path, &faults, &err);
    (void)fputs(faults.data, stderr);
    if (rc == 0) {
        struct setup setup;

        setup_init(&setup, app, config);
        rc = web_reload(web, &setup.options, &err);
        setup_finish(&setup);
    }
    if (rc < 0)
        log_event(LOG_WARN, "not-reloaded", "error=\"%s\" serving on as before", err.msg);
    else
        log_event(LOG_INFO, "reloaded", "config=%s", app->config_path);
    buf_finish(&faults);
    config_free(config);
    systemd_notify("READY=1");
}

static void serve_until_stopped(struct web *web, const struct app *app, const sigset_t *signals)
{
    int seen = 0;

    systemd_notify("READY=1");
    while (sigwait(signals, &seen) != 0 || seen == SIGHUP) {
        if (seen == SIGHUP)
            reload(web, app);
    }
    systemd_notify("STOPPING=1");
    log_event(LOG_INFO, "stopping", "signal=%d", seen);
}

static int read_hook_secret(struct setup *setup, const struct config *config, struct err *err)
{
    if (!config_has_secret(config, CONFIG_WEBHOOK))
        return 0;
    int rc = config_read_secret(&setup->hook_secret, config, CONFIG_WEBHOOK, err);
    setup->options.hook_secret = setup->hook_secret;
    return rc;
}

static int run_serve(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct web *web = NULL;
    struct setup setup;
    sigset_t signals;

    setup_init(&setup, app, app->config);
    setup.options.listen = cmd_value(args, "--listen", setup.options.listen);
    block_signals(&signals);
    int rc = fs_real_path(&setup.program, "/proc/self/exe", err);
    setup.options.program = setup.program;
    if (rc == 0)
        rc = read_hook_secret(&setup, app->config, err);
    if (rc == 0)
        rc = systemd_take_socket(&setup.options.listen_fd, err);
    if (rc == 0)
        rc = git_setup(err);
    if (rc == 0)
        rc = web_start(&web, &setup.options, err);
    if (rc == 0)
        rc = print_address(web, err);
    if (rc == 0)
        serve_until_stopped(web, app, &signals);
    web_stop(web);
    setup_finish(&setup);
    return rc;
}

static const struct cmd_option serve_options[] = {
    { "--listen", "ADDR", "address and port, instead of serve.listen; port 0 takes a free one",
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
