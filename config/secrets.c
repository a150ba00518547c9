/* SPDX-License-Identifier: Apache-2.0
 * Secrets are in files of their own or in the environment, never in the configuration. */
#include "config/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"

enum { SECRET_MAX_BYTES = 64 << 10 };

static const struct secret {
    const char *what, *key, *variable;
    const char *job_variable; /* in a job of Actions, when the other is not set; or NULL */
    size_t offset;            /* of the file's name in struct config */
    bool has_lines;
} secrets[] = {
    [CONFIG_TOKEN] = { "access token", "forge.token_file", "HEARTH_TOKEN", "GITHUB_TOKEN",
                       offsetof(struct config, forge.token_file), false },
    [CONFIG_APP_KEY] = { "key of the App", "forge.app_key_file", "HEARTH_APP_KEY", NULL,
                         offsetof(struct config, forge.app_key_file), true },
    [CONFIG_WEBHOOK] = { "secret of webhooks", "serve.webhook_secret_file",
                         "HEARTH_WEBHOOK_SECRET", NULL,
                         offsetof(struct config, serve.webhook_secret_file), false },
};

/* All of a file; without lines, the first one. */
static int read_file(char **ret, const struct secret *secret, const char *path, struct err *err)
{
    struct buf text;

    if (!secret->has_lines)
        return fs_read_secret(ret, path, err);
    buf_init(&text, SECRET_MAX_BYTES);
    int rc = fs_read_private(&text, path, err);
    if (rc == 0 && strlen(text.data) != text.len)
        rc = err_set(err, ERR_CONFIG, "secret '%s' is no text", path);
    if (rc == 0)
        *ret = buf_take(&text);
    buf_finish(&text);
    return rc;
}

static int read_variable(char **ret, const struct secret *secret, struct err *err)
{
    const char *text = getenv(secret->variable), *in_job = getenv("GITHUB_ACTIONS");

    if ((!text || !*text) && secret->job_variable && in_job && strcmp(in_job, "true") == 0)
        text = getenv(secret->job_variable);
    if (!text || !*text)
        return err_set(err, ERR_CONFIG, "no %s: neither %s nor %s is set", secret->what,
                       secret->key, secret->variable);
    if (!secret->has_lines && strpbrk(text, "\r\n"))
        return err_set(err, ERR_CONFIG, "%s holds a line break", secret->variable);
    if (strlen(text) > SECRET_MAX_BYTES)
        return err_set(err, ERR_CONFIG, "%s is longer than %d bytes", secret->variable,
                       SECRET_MAX_BYTES);
    *ret = xstrdup(text);
    return 0;
}

static const char *file_of(const struct config *config, const struct secret *secret)
{
    return *(char *const *)((const char *)config + secret->offset);
}

bool config_has_secret(const struct config *config, enum config_secret which)
{
    const char *text = getenv(secrets[which].variable);

    return file_of(config, &secrets[which])[0] || (text && text[0]);
}

int config_read_secret(char **ret, const struct config *config, enum config_secret which,
                       struct err *err)
{
    const struct secret *secret = &secrets[which];
    const char *file = file_of(config, secret);

    if (!file[0])
        return read_variable(ret, secret, err);
    char *path = config_path(config, file);
    int rc = read_file(ret, secret, path, err);
    if (rc < 0) {
        (void)err_wrap(err, rc, "%s", secret->key);
        rc = -ERR_CONFIG;
    }
    free(path);
    return rc;
}

void config_forget_secret(char *secret)
{
    volatile char *at = secret;

    while (at && *at)
        *at++ = '\0';
    free(secret);
}
