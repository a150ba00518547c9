/* SPDX-License-Identifier: Apache-2.0
 * The files of a release. Their bytes lie in the forge's folder, named by id. */
#include "practice/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "practice/call.h"
#include "practice/forge.h"

enum { NAME_MAX_BYTES = 255 };

static json_t *assets_of(const struct state *s, int64_t release)
{
    json_t *rows = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, ASSETS), i, row)
    {
        if (row_int(row, "release") == release)
            (void)json_array_append(rows, row);
    }
    return rows;
}

int api_assets_list(struct call *c)
{
    const json_t *release = call_row(c, RELEASES, "id");

    if (!release)
        return call_not_found(c);
    return call_list(c, assets_of(&c->forge->state, row_int(release, "id")), c->shapes->asset);
}

/* GitHub puts a dot in place of what it does not like in a name. */
static char *clean_name(const char *name)
{
    char *clean = xstrndup(name, NAME_MAX_BYTES);

    for (char *p = clean; *p; p++) {
        bool is_fine = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                       (*p >= '0' && *p <= '9') || strchr("._-+", *p);

        if (!is_fine)
            *p = '.';
    }
    return clean;
}

static bool has_asset(const struct state *s, int64_t release, const char *name)
{
    json_t *rows = assets_of(s, release);
    bool is_there = false;
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        is_there = is_there || strcmp(row_str(row, "name"), name) == 0;
    }
    json_decref(rows);
    return is_there;
}

static json_t *new_asset(const struct call *c, int64_t release, const struct upload *file)
{
    char now[RFC3339_SIZE], hex[SHA256_HEX_SIZE];

    sha256_hex(hex, file->data, file->len);
    (void)forge_now_text(c->forge, now);
    return json_pack(
        "{s:I, s:s, s:s?, s:s, s:I, s:o, s:s, s:i, s:s, s:s, s:s}", "release",
        (json_int_t)release, "name", file->name, "label", call_arg(c, "label", NULL),
        "content_type", file->type ? file->type : "application/octet-stream", "size",
        (json_int_t)file->len, "digest", json_sprintf("sha256:%s", hex), "state", "uploaded",
        "download_count", 0, "created_at", now, "updated_at", now, "uploader", c->view.me);
}

int api_asset_keep(struct call *c, int64_t release, const struct upload *file)
{
    struct err err = { 0 };
    const json_t *asset = state_add(&c->forge->state, ASSETS, new_asset(c, release, file));
    int64_t id = row_int(asset, "id");
    char *path = forge_asset_path(c->forge, id);
    int rc = fs_write(path, file->data, file->len, 0644, &err);
    free(path);
    if (rc < 0) {
        state_remove(&c->forge->state, ASSETS, id);
        return call_error(c, 500, err.msg);
    }
    return call_show(c, 201, c->shapes->asset(&c->view, asset));
}

int api_asset_upload(struct call *c)
{
    const json_t *release = call_row(c, RELEASES, "id");
    const char *wanted = call_arg(c, "name", NULL);

    if (!release)
        return call_not_found(c);
    if (!wanted)
        return call_invalid(c, "ReleaseAsset", "name", "missing_field");
    char *name = clean_name(wanted);
    const struct upload file = { .name = name,
                                 .type = c->ask->header(c->ask->ctx, "Content-Type"),
                                 .data = c->ask->body,
                                 .len = c->ask->body_len };
    int status = has_asset(&c->forge->state, row_int(release, "id"), name)
                     ? call_invalid(c, "ReleaseAsset", "name", "already_exists")
                     : api_asset_keep(c, row_int(release, "id"), &file);
    free(name);
    return status;
}

/* The bytes to those who ask for an octet stream, the description to all others. */
int api_asset_get(struct call *c)
{
    const char *accept = c->ask->header(c->ask->ctx, "Accept");
    const json_t *asset = call_row(c, ASSETS, "id");

    if (!asset)
        return call_not_found(c);
    if (!accept || !strstr(accept, "application/octet-stream"))
        return call_show(c, 200, c->shapes->asset(&c->view, asset));
    c->reply->file = forge_asset_path(c->forge, row_int(asset, "id"));
    c->reply->content_type = "application/octet-stream";
    return call_show(c, 200, NULL);
}

int api_asset_delete(struct call *c)
{
    const json_t *asset = call_row(c, ASSETS, "id");

    if (!asset)
        return call_not_found(c);
    forge_remove_asset(c->forge, row_int(asset, "id"));
    return call_show(c, 204, NULL);
}
