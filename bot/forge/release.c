/* SPDX-License-Identifier: Apache-2.0
 * Releases and their files, which may live on another origin. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/http.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/link.h"
#include "bot/forge/map.h"
#include "bot/forge/send.h"

typedef int release_fn(void *ctx, const struct forge_release *release, struct err *err);

static int take_release(const json_t *doc, release_fn *fn, void *ctx, struct err *err)
{
    struct forge_release release = { 0 };
    struct json_reader r;

    json_reader_init(&r, "release");
    map_release(&r, doc, &release);
    int rc = forge_check_map(&r, err);
    if (rc == 0)
        rc = fn(ctx, &release, err);
    free((void *)(uintptr_t)release.assets);
    return rc;
}

/* A draft is not found by its tag: it stands in the list. Takes no older page than the first,
 * since a draft of ours is as young as the cycle that was interrupted. */
static int find_draft(struct forge *f, const char *tag, release_fn *fn, void *ctx,
                      struct err *err)
{
    struct transport_reply reply;
    const json_t *found = NULL;
    json_t *item;
    size_t i;

    int rc =
        forge_get_path(f, forge_path(f, "/releases%s", f->dialect->page_query), &reply, err);
    if (rc < 0)
        return rc;
    json_array_foreach(reply.doc, i, item)
    {
        const char *name = json_string_value(json_object_get(item, "tag_name"));
        if (!found && name && strcmp(name, tag) == 0)
            found = item;
    }
    rc = found ? take_release(found, fn, ctx, err)
               : err_set(err, ERR_NOTFOUND, "no release %.100s", tag);
    transport_reply_finish(&reply);
    return rc;
}

int forge_find_release(struct forge *f, const char *tag, release_fn *fn, void *ctx,
                       struct err *err)
{
    struct transport_reply reply;
    struct buf path;

    buf_init(&path, 2000);
    buf_printf(&path, "%s/releases/tags/", f->repo);
    text_add_url(&path, tag, TEXT_SLASH_KEPT);
    int rc = buf_check(&path, "tag", err);
    if (rc == 0)
        rc = forge_get_path(f, xstrdup(path.data), &reply, err);
    buf_finish(&path);
    if (rc == -ERR_NOTFOUND)
        return find_draft(f, tag, fn, ctx, err);
    if (rc < 0)
        return rc;
    rc = take_release(reply.doc, fn, ctx, err);
    transport_reply_finish(&reply);
    return rc;
}

int forge_create_release(struct forge *f, const struct forge_release *release,
                         const char *target_sha, int64_t *ret_id, struct err *err)
{
    json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "tag_name", release->tag,
                            "target_commitish", target_sha, "name", release->name, "body",
                            release->body, "draft", release->is_draft, "prerelease", 0);

    if (!doc)
        return err_set(err, ERR_PARSE, "text for the forge is not UTF-8");
    const struct send what = { "POST", forge_path(f, "/releases"), EFFECT_ONCE };
    return forge_send(f, &what, doc, ret_id, err);
}

/* Where the files of a release go when neither policy nor dialect tells the upload base. */
struct upload_place {
    const struct forge *forge;
    char *path; /* owned */
};

static int take_upload_path(void *ctx, const struct forge_release *release, struct err *err)
{
    struct upload_place *place = ctx;
    char *url = xstrndup(release->upload_url, strcspn(release->upload_url, "{"));
    struct http_url parts;

    int rc = http_url_parse(&parts, url, err);
    if (rc == 0 && strcmp(parts.origin, place->forge->origin) != 0)
        rc = err_set(err, ERR_CONFIG,
                     "files of releases go to %s, which gets no token unless forge.upload_url "
                     "says so",
                     parts.origin);
    if (rc == 0)
        place->path = xstrdup(parts.path);
    free(url);
    return rc;
}

static int ask_upload_path(struct forge *f, int64_t release_id, char **ret, struct err *err)
{
    struct upload_place place = { .forge = f };
    struct transport_reply reply;

    int rc = forge_get_path(f, forge_path(f, "/releases/%" PRId64, release_id), &reply, err);
    if (rc < 0)
        return rc;
    rc = take_release(reply.doc, take_upload_path, &place, err);
    transport_reply_finish(&reply);
    if (rc == 0)
        *ret = place.path;
    return rc;
}

static int upload(struct forge *f, const struct transport_request *req, int64_t *ret_id,
                  struct err *err)
{
    struct transport_reply reply;
    struct json_reader r;

    int rc = transport_send(f->transport, req, &reply, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, "asset");
    int64_t id = json_i64(&r, reply.doc, "id", 1, INT64_MAX);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        *ret_id = id;
    transport_reply_finish(&reply);
    return rc;
}

int forge_upload_asset(struct forge *f, int64_t release_id, const char *name,
                       const char *content_type, const char *path, int64_t *ret_id,
                       struct err *err)
{
    char *folder = NULL;
    struct buf where;
    int rc = 0;

    if (f->knows_upload)
        folder = forge_path(f, "/releases/%" PRId64 "/assets", release_id);
    else
        rc = ask_upload_path(f, release_id, &folder, err);
    if (rc < 0)
        return rc;

    buf_init(&where, LINK_MAX_TARGET);
    buf_printf(&where, "%s?name=", folder);
    text_add_url(&where, name, TEXT_SLASH_ENCODED);
    const struct transport_request req = {
        .method = "POST",
        .place = f->knows_upload ? PLACE_UPLOAD : PLACE_ORIGIN,
        .path = where.data,
        .effect = EFFECT_ONCE,
        .is_content = true,
        .content_type = content_type,
        .body_file = path,
        .form_field = f->dialect->upload_field,
        .form_name = name,
    };
    rc = buf_check(&where, "name of a file", err);
    if (rc == 0)
        rc = upload(f, &req, ret_id, err);
    buf_finish(&where);
    free(folder);
    return rc;
}

static char *asset_path(const struct forge *f, int64_t release_id, int64_t asset_id)
{
    struct buf path;

    buf_init(&path, LINK_MAX_TARGET);
    buf_add_str(&path, f->repo);
    f->dialect->add_asset_path(&path, release_id, asset_id);
    return buf_take(&path);
}

/* One that is not there (any more) is deleted already. */
int forge_delete_asset(struct forge *f, int64_t release_id, int64_t asset_id, struct err *err)
{
    const struct send what = { "DELETE", asset_path(f, release_id, asset_id),
                               EFFECT_IDEMPOTENT };
    int rc = forge_send(f, &what, NULL, NULL, err);

    return rc == -ERR_NOTFOUND ? 0 : rc;
}

static int read_asset(struct forge *f, const char *path, struct buf *out, struct err *err)
{
    const struct transport_request req = { .method = "GET",
                                           .path = path,
                                           .effect = EFFECT_READ_LAX,
                                           .accept = "application/octet-stream" };
    struct transport_reply reply;

    int rc = transport_send(f->transport, &req, &reply, err);
    if (rc < 0)
        return rc;
    buf_add(out, reply.body.data, reply.body.len);
    rc = buf_check(out, "file of a release", err);
    transport_reply_finish(&reply);
    return rc;
}

int forge_read_asset(struct forge *f, int64_t release_id, int64_t asset_id, struct buf *out,
                     struct err *err)
{
    char *path = asset_path(f, release_id, asset_id);
    int rc = f->dialect->read_asset ? f->dialect->read_asset(f, path, out, err)
                                    : read_asset(f, path, out, err);

    free(path);
    return rc;
}
