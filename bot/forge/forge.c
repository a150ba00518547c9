/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/forge.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/http.h"
#include "base/text.h"
#include "bot/forge/dialect.h"

enum { MAX_URL = 1000, MAX_PATH = 4000 };

static const struct dialect *const dialects[] = { &dialect_github };

static int find_dialect(const struct dialect **ret, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
        if (strcmp(dialects[i]->name, name) == 0) {
            *ret = dialects[i];
            return 0;
        }
    return err_set(err, ERR_CONFIG, "forge.dialect: '%.40s' is not supported; github is", name);
}

static int make_app(struct forge *f, const struct forge_options *options, struct err *err)
{
    const struct app_options app = {
        .id = options->app_id,
        .key = options->app_key,
        .owner = options->owner,
        .name = options->name,
    };

    return options->app_id && options->app_id[0] ? app_new(&f->app, &app, err) : 0;
}

static int make_transport(struct forge *f, const struct forge_options *options, struct err *err)
{
    struct buf upload;

    buf_init(&upload, MAX_URL);
    buf_add_str(&upload, options->upload_url ? options->upload_url : "");
    if (upload.len == 0)
        f->dialect->add_upload_base(&upload, options->url);
    f->knows_upload = upload.len > 0;

    const struct transport_options to = {
        .url = options->url,
        .upload_url = upload.data,
        .accept = f->dialect->accept,
        .headers = f->dialect->headers,
        .token = f->app ? NULL : options->token,
        .app = f->app,
        .http = options->http,
        .pace = { .db = options->db,
                  .clock = options->clock,
                  .reserve_percent = options->reserve_percent,
                  .points_per_minute = options->points_per_minute,
                  .content_per_minute = options->content_per_minute,
                  .content_per_hour = options->content_per_hour,
                  .content_gap_ms = options->content_gap_ms,
                  .deadline_ms = options->deadline_ms },
    };
    int rc = buf_check(&upload, "forge.upload_url", err);
    if (rc == 0)
        rc = transport_new(&f->transport, &to, err);
    buf_finish(&upload);
    return rc;
}

int forge_new(struct forge **ret, const struct forge_options *options, struct err *err)
{
    struct forge *f = xcalloc(1, sizeof(*f));
    struct http_url url;
    struct buf repo;

    buf_init(&repo, MAX_URL);
    buf_add_str(&repo, "/repos/");
    text_add_url(&repo, options->owner, TEXT_SLASH_ENCODED);
    buf_add_char(&repo, '/');
    text_add_url(&repo, options->name, TEXT_SLASH_ENCODED);
    f->owner = xstrdup(options->owner);
    f->name = xstrdup(options->name);
    f->login = xstrdup(options->login ? options->login : "");

    int rc = find_dialect(&f->dialect, options->dialect, err);
    if (rc == 0)
        rc = buf_check(&repo, "forge.repo", err);
    if (rc == 0)
        rc = make_app(f, options, err);
    if (rc == 0)
        rc = make_transport(f, options, err);
    if (rc == 0)
        rc = http_url_parse(&url, options->url, err);
    if (rc < 0) {
        buf_finish(&repo);
        forge_free(f);
        return rc;
    }
    f->origin = xstrdup(url.origin);
    f->repo = buf_take(&repo);
    *ret = f;
    return 0;
}

void forge_free(struct forge *f)
{
    if (!f)
        return;
    transport_free(f->transport);
    app_free(f->app);
    free(f->login);
    free(f->origin);
    free(f->owner);
    free(f->name);
    free(f->repo);
    free(f);
}

char *forge_path(const struct forge *f, const char *fmt, ...)
{
    struct buf path;
    va_list args;

    buf_init(&path, MAX_PATH);
    buf_add_str(&path, f->repo);
    va_start(args, fmt);
    buf_vprintf(&path, fmt, args);
    va_end(args);
    return buf_take(&path);
}

int forge_token(struct forge *f, const char **ret, struct err *err)
{
    return transport_token(f->transport, ret, err);
}

int forge_check_map(const struct json_reader *r, struct err *err)
{
    if (json_reader_check(r, err) == 0)
        return 0;
    if (err)
        err->code = ERR_FORGE;
    return err_wrap(err, -ERR_FORGE, "the forge sent something that cannot be");
}

struct forge_counts forge_counts(const struct forge *f)
{
    struct transport_counts counts = transport_counts(f->transport);

    return (struct forge_counts){
        .requests = counts.requests,
        .conditional = counts.conditional,
        .unchanged = counts.unchanged,
        .writes = counts.writes,
        .retries = counts.retries,
        .timelines = f->n_timelines,
        .pulls = f->n_pulls,
        .wire_bytes = counts.wire_bytes,
    };
}

int64_t forge_now(const struct forge *f)
{
    return transport_now(f->transport);
}
