/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/actions.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "bot/cycle.h"
#include "cli/cmd.h"
#include "config/config.h"

enum { MAX_EVENT_BYTES = 32 << 20, MAX_SUMMARY_BYTES = 1 << 20, MAX_OUTPUT_BYTES = 16 << 10 };
enum { DELIMITER_BYTES = 16, MARKDOWN_MAX = 500 };

/* The account of GitHub's own job token. Elsewhere that token has none. */
static const char job_login[] = "github-actions[bot]";

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

static bool is_true(const char *name)
{
    return strcmp(variable(name), "true") == 0;
}

bool actions_is_on(void)
{
    return is_true("GITHUB_ACTIONS");
}

/* What we take the policy from ------------------------------------------------------------- */

/* The folder that the job checked out, in which a stranger's commit may lie. */
static bool is_in_checkout(const struct config *config)
{
    const char *workspace = variable("GITHUB_WORKSPACE");
    char *inside = NULL, *outside = NULL;
    bool is_in = true;

    if (workspace[0] && fs_real_path(&outside, workspace, NULL) == 0 &&
        fs_real_path(&inside, config->dir, NULL) == 0) {
        size_t len = strlen(outside);

        is_in = strncmp(inside, outside, len) == 0 && strchr("/", inside[len]);
    }
    free(inside);
    free(outside);
    return is_in;
}

/* *ret, the caller's: the default branch as the job's event tells it, "" when it does not. */
static int read_default_branch(char **ret, struct err *err)
{
    const char *path = variable("GITHUB_EVENT_PATH");
    json_t *event = NULL;
    struct buf text;
    int rc = 0;

    *ret = xstrdup("");
    if (!path[0])
        return 0;
    buf_init(&text, MAX_EVENT_BYTES);
    rc = fs_read(&text, path, err);
    if (rc == 0)
        rc = json_parse(&event, text.data, text.len, "GITHUB_EVENT_PATH", err);
    const char *branch = json_string_value(
        json_object_get(json_object_get(event, "repository"), "default_branch"));
    if (branch) {
        free(*ret);
        *ret = xstrdup(branch);
    }
    json_decref(event);
    buf_finish(&text);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

static int check_checkout(struct err *err)
{
    static const char branches[] = "refs/heads/";
    const char *ref = variable("GITHUB_REF");
    char *branch = NULL;

    if (text_has_prefix(ref, "refs/pull/"))
        return err_set(
            err, ERR_CONFIG,
            "this job runs for a pull request (%.100s), whose own policy would count; "
            "let it run on schedule, issues, issue_comment or pull_request_target",
            ref);
    int rc = read_default_branch(&branch, err);
    if (rc == 0 && branch[0] && text_has_prefix(ref, branches) &&
        strcmp(ref + strlen(branches), branch) != 0)
        rc =
            err_set(err, ERR_CONFIG,
                    "this job runs on %.100s, and policy counts on the default branch, %.100s, "
                    "only",
                    ref, branch);
    free(branch);
    return rc;
}

static void fill(char **field, const char *value)
{
    if ((*field)[0] || !value[0])
        return;
    free(*field);
    *field = xstrdup(value);
}

int actions_prepare(struct config *config, struct err *err)
{
    bool has_token =
        config->forge.token_file[0] || config->forge.app_id[0] || variable("HEARTH_TOKEN")[0];
    int rc = is_in_checkout(config) ? check_checkout(err) : 0;

    if (rc < 0)
        return rc;
    fill(&config->forge.url, variable("GITHUB_API_URL"));
    fill(&config->forge.repo, variable("GITHUB_REPOSITORY"));
    if (has_token)
        return 0;
    if (is_true("GITEA_ACTIONS") || is_true("FORGEJO_ACTIONS"))
        return err_set(
            err, ERR_CONFIG,
            "the token of a job has no account of its own on Gitea and Forgejo; give "
            "an access token of the bot's account as HEARTH_TOKEN");
    fill(&config->forge.login, job_login);
    return 0;
}

/* What we tell ----------------------------------------------------------------------------- */

/* Nothing is ever cut from it: other steps have written there. */
static int append(const char *path, const struct buf *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    int rc = 0;

    if (fd < 0 || fs_write_all(fd, text->data, text->len) != 0)
        rc = err_errno(err, "cannot write '%s'", path);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* A value may hold line ends, and words that strangers chose: nobody guesses the delimiter. */
static void add_output(struct buf *out, const char *name, const char *value)
{
    uint8_t secret[DELIMITER_BYTES];
    char delimiter[2 * DELIMITER_BYTES + 1];

    fs_random(secret, sizeof(secret));
    (void)hex_encode(delimiter, secret, sizeof(secret));
    buf_printf(out, "%s<<%s\n%s\n%s\n", name, delimiter, value, delimiter);
}

static void add_number(struct buf *out, const char *name, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%lld", (long long)value);
    add_output(out, name, text);
}

static int write_outputs(const struct cycle_result *result, int code, struct err *err)
{
    const char *path = variable("GITHUB_OUTPUT");
    struct buf out;

    if (!path[0])
        return 0;
    buf_init(&out, MAX_OUTPUT_BYTES);
    add_number(&out, "exit-code", code);
    add_number(&out, "sent", result->ledger.sent);
    add_number(&out, "left", result->ledger.left);
    add_number(&out, "runs", result->retrain.runs);
    add_number(&out, "releases", result->release.published);
    add_output(&out, "why-left", result->why_left);
    int rc = buf_check(&out, "outputs", err);
    if (rc == 0)
        rc = append(path, &out, err);
    buf_finish(&out);
    return rc;
}

static void add_row(struct buf *out, const char *what, int64_t n)
{
    buf_printf(out, "| %s | %lld |\n", what, (long long)n);
}

static void add_summary(struct buf *out, const char *repository,
                        const struct cycle_result *result)
{
    buf_add_str(out, "### Hearth: ");
    text_add_markdown(out, repository, MARKDOWN_MAX);
    buf_add_str(out, "\n\n| | |\n|---|---:|\n");
    add_row(out, "read: new", result->rows.n_new);
    add_row(out, "read: changed", result->rows.n_changed);
    add_row(out, "feedback added", result->feedback.added);
    add_row(out, "candidates judged", result->retrain.runs);
    add_row(out, "requests refused", result->retrain.refused);
    add_row(out, "sent", result->ledger.sent);
    add_row(out, "failed", result->ledger.failed);
    add_row(out, "left", result->ledger.left);
    add_row(out, "releases published", result->release.published);
    if (result->is_left) {
        buf_add_str(out, "\n**Work is left over:** ");
        text_add_markdown(out, result->why_left, MARKDOWN_MAX);
        buf_add_char(out, '\n');
    }
    buf_add_char(out, '\n');
}

/* The file holds 1 MiB; what would pass it is left out, since all of it would be lost. */
static int write_summary(const char *repository, const struct cycle_result *result,
                         struct err *err)
{
    const char *path = variable("GITHUB_STEP_SUMMARY");
    struct buf out;
    int rc = 0;

    if (!path[0])
        return 0;
    buf_init(&out, MAX_SUMMARY_BYTES);
    add_summary(&out, repository, result);
    int64_t size = fs_size(path);
    if ((size < 0 ? 0 : size) + (int64_t)out.len <= MAX_SUMMARY_BYTES)
        rc = append(path, &out, err);
    buf_finish(&out);
    return rc;
}

int actions_report(const char *repository, const struct cycle_result *result, int code,
                   struct err *err)
{
    int rc = write_outputs(result, code, err);

    if (rc == 0)
        rc = write_summary(repository, result, err);
    if (rc == 0 && code == EXIT_LEFT_OVER) {
        struct buf text;

        /* A command of the runner: a warning that is seen on the job's page. */
        buf_init(&text, MAX_OUTPUT_BYTES);
        text_add_markdown(&text, result->why_left, MARKDOWN_MAX);
        (void)fprintf(stderr, "::warning title=Hearth left work over::%s\n", text.data);
        buf_finish(&text);
    }
    return rc;
}
