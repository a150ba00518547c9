/* SPDX-License-Identifier: Apache-2.0
 * Releases and their files as the API shows them. */
#include "practice/render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/forge.h"

json_t *render_asset(const struct view *v, const json_t *asset)
{
    static const char *const keys[] = { "name",           "label",      "content_type",
                                        "size",           "digest",     "state",
                                        "download_count", "created_at", "updated_at" };
    int64_t id = row_int(asset, "id");
    const json_t *release = state_row(&v->forge->state, RELEASES, row_int(asset, "release"));
    json_t *out = json_pack(
        "{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)id, "node_id", render_node_id("RA", id),
        "url", view_url(v, "/releases/assets/%" PRId64, id), "browser_download_url",
        view_html_url(v, "/releases/download/%s/%s", row_str(release, "tag_name"),
                      row_str(asset, "name")),
        "uploader", render_user_of(v, asset, "uploader"));

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)json_object_set(out, keys[i], json_object_get(asset, keys[i]));
    return out;
}

static json_t *assets_of(const struct view *v, int64_t release)
{
    json_t *assets = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(state_table(&v->forge->state, ASSETS), i, row)
    {
        if (row_int(row, "release") == release)
            (void)json_array_append_new(assets, render_asset(v, row));
    }
    return assets;
}

json_t *render_release(const struct view *v, const json_t *release)
{
    static const char *const keys[] = { "tag_name",   "target_commitish",
                                        "name",       "body",
                                        "draft",      "prerelease",
                                        "created_at", "published_at" };
    int64_t id = row_int(release, "id");
    const char *tag = row_str(release, "tag_name");
    const json_t *repo = state_repo(&v->forge->state);
    json_t *out = json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)id, "node_id",
        render_node_id("RE", id), "url", view_url(v, "/releases/%" PRId64, id), "assets_url",
        view_url(v, "/releases/%" PRId64 "/assets", id), "upload_url",
        json_sprintf("%s/repos/%s/%s/releases/%" PRId64 "/assets{?name,label}", v->upload,
                     row_str(repo, "owner"), row_str(repo, "name"), id),
        "html_url", view_html_url(v, "/releases/tag/%s", tag), "tarball_url",
        view_url(v, "/tarball/%s", tag), "zipball_url", view_url(v, "/zipball/%s", tag),
        "author", render_user_of(v, release, "author"), "assets", assets_of(v, id));

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)json_object_set(out, keys[i], json_object_get(release, keys[i]));
    return out;
}
