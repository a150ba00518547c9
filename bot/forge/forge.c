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
#include "bot/forge/gitea_write.h"
#include "bot/forge/paging.h"
#include "bot/forge/server.h"

enum { MAX_URL = 1000, MAX_PATH = 4000 };

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

static struct transport_options transport_options_of(const struct forge_options *options,
                                                     struct app *app)
{
    return (struct transport_options){
        .url = options->url,
        .upload_url = "",
        .accept = "application/json",
        .token = app ? NULL : options->token,
        .app = app,
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
}

static int make_transport(struct forge *f, const struct forge_options *options, struct err *err)
{
    struct transport_options to = transport_options_of(options, f->app);
    struct buf upload;

    int rc = server_dialect(&f->dialect, options->dialect, f->repo, &to, err);
    if (rc < 0)
        return rc;
    buf_init(&upload, MAX_URL);
    buf_add_str(&upload, options->upload_url ? options->upload_url : "");
    if (upload.len == 0)
        f->dialect->add_upload_base(&upload, options->url);
    f->knows_upload = upload.len > 0;

    to.upload_url = upload.data;
    to.accept = f->dialect->accept;
    to.headers = f->dialect->headers;
    to.scheme = f->dialect->scheme;
    to.ignores_links = f->dialect->counts_pages;
    rc = buf_check(&upload, "forge.upload_url", err);
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

    int rc = buf_check(&repo, "forge.repo", err);
    f->repo = buf_take(&repo);
    if (rc == 0)
        rc = make_app(f, options, err);
    if (rc == 0)
        rc = make_transport(f, options, err);
    if (rc == 0)
        rc = http_url_parse(&url, options->url, err);
    if (rc < 0) {
        forge_free(f);
        return rc;
    }
    f->origin = xstrdup(url.origin);
    f->base = xstrdup(strcmp(url.path, "/") == 0 ? "" : url.path);
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
    label_ids_free(f->labels);
    free(f->origin);
    free(f->base);
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

int forge_permission(const struct forge *f, const char *thing)
{
    return f->app ? (int)app_access(f->app, thing) : -1;
}

const char *forge_scopes(const struct forge *f)
{
    return transport_scopes(f->transport);
}

int forge_token(struct forge *f, const char **ret, struct err *err)
{
    return transport_token(f->transport, ret, err);
}

int forge_get(struct forge *f, const struct transport_request *req,
              struct transport_reply *reply, struct err *err)
{
    int rc = transport_send(f->transport, req, reply, err);

    if (rc < 0 || !f->dialect->counts_pages)
        return rc;
    if (req->place == PLACE_BASE)
        buf_add_str(&reply->next, f->base);
    size_t base_len = reply->next.len;
    paging_next(&reply->next, req->path, json_array_size(reply->doc), reply->total);
    if (reply->next.len == base_len)
        buf_clear(&reply->next);
    rc = buf_check(&reply->next, "the next page's address", err);
    if (rc < 0)
        transport_reply_finish(reply);
    else
        transport_announce_next(f->transport, req, reply);
    return rc;
}

int forge_get_path(struct forge *f, char *path, struct transport_reply *reply, struct err *err)
{
    const struct transport_request req = { .method = "GET", .path = path };
    int rc = forge_get(f, &req, reply, err);

    free(path);
    return rc;
}

int forge_get_named(struct forge *f, const char *before, const char *name, const char *after,
                    struct transport_reply *reply, struct err *err)
{
    struct buf path;

    buf_init(&path, MAX_PATH);
    buf_printf(&path, "%s%s", f->repo, before);
    text_add_url(&path, name, TEXT_SLASH_ENCODED);
    buf_add_str(&path, after);
    int rc = buf_check(&path, name, err);
    if (rc == 0)
        rc = forge_get_path(f, xstrdup(path.data), reply, err);
    buf_finish(&path);
    return rc;
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

bool forge_has(const struct forge *f, enum forge_feature feature)
{
    return f->dialect->features >> feature & 1u;
}

const char *forge_dialect(const struct forge *f)
{
    return f->dialect->name;
}

int forge_get_server(struct forge *f, struct buf *out, struct err *err)
{
    if (f->dialect == &dialect_github)
        return 0; /* which does not tell */
    return server_add_name(out, f->transport, err);
}

int64_t forge_now(const struct forge *f)
{
    return transport_now(f->transport);
}
