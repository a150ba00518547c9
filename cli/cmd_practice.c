/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/parse.h"
#include "cli/cmd.h"
#include "practice/practice.h"

enum { LINE_MAX_BYTES = 16384 };

static const struct cmd_option options[] = {
    { "--port", "N", "listen on this port of 127.0.0.1; default: any free one", false },
    { "--dialect", "NAME", "github or gitea", false },
    { "--public-url", "URL", "the API's address as clients reach it, behind a proxy", false },
    { "--load", "FILE.json", "a community of GitHub API objects instead of the sample", false },
    { "--fault", "NAME[=P]", "misbehave: 500 502-html 403 429 truncate slow drop ...", true },
    { "--seed", "N", "of the faults", false },
    { "--latency", "MS", "hold each reply back so long, as a distant forge does", false },
    { "--rate-limit", "on|off", "count requests as GitHub does; default: on", false },
    { 0 },
};

static int read_numbers(struct practice_options *o, const struct cmd_args *args,
                        struct err *err)
{
    int64_t port = 0, seed = 0, latency_ms = 0;
    int rc = parse_i64(&port, cmd_value(args, "--port", "0"), 0, UINT16_MAX, "--port", err);

    if (rc == 0)
        rc = parse_i64(&seed, cmd_value(args, "--seed", "0"), 0, INT64_MAX, "--seed", err);
    if (rc == 0)
        rc = parse_i64(&latency_ms, cmd_value(args, "--latency", "0"), 0,
                       PRACTICE_MAX_LATENCY_MS, "--latency", err);
    o->latency_ms = latency_ms;
    o->port = (uint16_t)port;
    o->seed = (uint64_t)seed;
    return rc < 0 ? -ERR_USAGE : 0;
}

static int read_options(struct practice_options *o, const struct app *app,
                        const struct cmd_args *args, struct err *err)
{
    const char *rate_limit = cmd_value(args, "--rate-limit", "on");

    *o = (struct practice_options){ .dir = args->operands[0],
                                    .clock = app->clock,
                                    .dialect = cmd_value(args, "--dialect", "github"),
                                    .public_url = cmd_value(args, "--public-url", NULL),
                                    .load = cmd_value(args, "--load", NULL),
                                    .faults = cmd_values(args, "--fault"),
                                    .has_rate_limit = strcmp(rate_limit, "on") == 0 };
    if (!o->has_rate_limit && strcmp(rate_limit, "off") != 0)
        return err_set(err, ERR_USAGE, "--rate-limit: expected on or off, got '%s'",
                       rate_limit);
    return read_numbers(o, args, err);
}

static int greet(const struct practice *p, struct err *err)
{
    json_t *greeting = practice_greeting(p);
    struct buf line;
    int rc = 0;

    buf_init(&line, LINE_MAX_BYTES);
    json_write(&line, greeting, 0);
    if (printf("%s\n", line.data) < 0 || fflush(stdout) != 0)
        rc = err_errno(err, "cannot write to stdout");
    buf_finish(&line);
    json_decref(greeting);
    return rc;
}

/* The signals that end it are waited for, not handled: blocked before the first thread. */
static int run_practice(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct practice_options o;
    struct practice *p = NULL;
    sigset_t ends;
    int signal_number;

    int rc = read_options(&o, app, args, err);
    if (rc < 0)
        return rc;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
    rc = practice_start(&p, &o, err);
    if (rc < 0)
        return rc;
    rc = greet(p, err);
    if (rc == 0)
        (void)sigwait(&ends, &signal_number);
    int stopped = practice_stop(p, rc == 0 ? err : NULL);
    return rc < 0 ? rc : stopped;
}

const struct cmd cmd_practice = {
    .name = "practice",
    .args = "DIR [--dialect github|gitea] [--port N] [--public-url URL] [--load FILE.json] "
            "[--fault NAME[=P]].. [--seed N] [--latency MS] [--rate-limit on|off]",
    .summary = "Serve a small local forge with a sample community",
    .options = options,
    .needs = NEED_NOTHING,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_practice,
};
