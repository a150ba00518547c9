/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/connect.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/http.h"
#include "bot/forge/forge.h"
#include "cli/cmd.h"
#include "config/config.h"

enum { CONNECT_TIMEOUT_MS = 10000, MS = 1000 };

static int open_client(struct connection *c, const struct config *config, struct err *err)
{
    const struct http_curl_options options = {
        .user_agent = "hearth/" HEARTH_VERSION,
        .ca_file = config->forge.ca_file[0] ? config->forge.ca_file : NULL,
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = (int)config->forge.timeout_s * MS,
        .low_speed_s = (int)config->forge.timeout_s,
    };

    return http_curl_new(&c->http, &options, err);
}

static int open_forge(struct connection *c, const struct app *app, struct db *db,
                      struct err *err)
{
    const struct config *config = app->config;
    const struct forge_options options = {
        .dialect = config->forge.dialect,
        .url = config->forge.url,
        .upload_url = config->forge.upload_url,
        .owner = c->owner,
        .name = c->name,
        .token = c->token,
        .app_id = config->forge.app_id,
        .app_key = c->app_key,
        .login = config->forge.login,
        .http = c->http,
        .db = db,
        .clock = &app->clock,
        .reserve_percent = config->budgets.reserve_percent,
        .points_per_minute = config->budgets.points_per_minute,
        .content_per_minute = config->budgets.content_per_minute,
        .content_per_hour = config->budgets.content_per_hour,
        .content_gap_ms = config->budgets.content_gap_ms,
        .deadline_ms = c->deadline_ms,
    };

    return forge_new(&c->forge, &options, err);
}

int64_t connect_deadline_ms(const struct app *app)
{
    return clock_now_ms(&app->clock) + app->config->budgets.cycle_deadline_s * MS;
}

static int read_secret(struct connection *c, const struct config *config, struct err *err)
{
    return config->forge.app_id[0]
               ? config_read_secret(&c->app_key, config, CONFIG_APP_KEY, err)
               : config_read_secret(&c->token, config, CONFIG_TOKEN, err);
}

/* What belongs to one repository. */
static void leave_repository(struct connection *c)
{
    forge_free(c->forge);
    free(c->owner);
    free(c->name);
    c->forge = NULL;
    c->owner = c->name = NULL;
}

int connect_forge(struct connection *c, const struct app *app, struct db *db,
                  const char *repository, int64_t deadline_ms, struct err *err)
{
    const struct config *config = app->config;
    int rc = 0;

    size_t owner_len = strcspn(repository, "/");
    if (config->forge.url[0] == '\0' || repository[owner_len] != '/')
        return err_set(err, ERR_CONFIG, "%s: forge.url and forge.repo name no repository",
                       config->path);
    leave_repository(c);
    c->owner = xstrndup(repository, owner_len);
    c->name = xstrdup(repository + owner_len + 1);
    c->deadline_ms = deadline_ms;
    if (!c->token && !c->app_key)
        rc = read_secret(c, config, err);
    if (rc == 0 && !c->http)
        rc = open_client(c, config, err);
    return rc == 0 ? open_forge(c, app, db, err) : rc;
}

void connect_finish(struct connection *c)
{
    leave_repository(c);
    http_client_free(c->http);
    config_forget_secret(c->token);
    config_forget_secret(c->app_key);
    memset(c, 0, sizeof(*c));
}
