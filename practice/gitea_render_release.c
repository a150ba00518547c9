/* SPDX-License-Identifier: Apache-2.0
 * Releases and their files as Gitea shows them. */
#include "practice/gitea_render.h"

#include <inttypes.h>
#include <string.h>

#include "practice/forge.h"

json_t *gitea_asset(const struct view *v, const json_t *asset)
{
    int64_t id = row_int(asset, "id");
    const json_t *release = state_row(&v->forge->state, RELEASES, row_int(asset, "release"));

    return json_pack("{s:I, s:O, s:O, s:i, s:o, s:o, s:o, s:s}", "id", (json_int_t)id, "name",
                     json_object_get(asset, "name"), "size", json_object_get(asset, "size"),
                     "download_count", 0, "created_at", gitea_time(asset, "created_at"), "uuid",
                     json_sprintf("00000000-0000-4000-8000-%012" PRIx64, (uint64_t)id),
                     "browser_download_url",
                     view_html_url(v, "/releases/download/%s/%s", row_str(release, "tag_name"),
                                   row_str(asset, "name")),
                     "type", "attachment");
}

json_t *gitea_release(const struct view *v, const json_t *release)
{
    int64_t id = row_int(release, "id");
    const char *tag = row_str(release, "tag_name");
    json_t *assets = json_array(), *row;
    size_t i;

    json_array_foreach(state_table(&v->forge->state, ASSETS), i, row)
    {
        if (row_int(row, "release") == id)
            (void)json_array_append_new(assets, gitea_asset(v, row));
    }
    json_t *out = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b}", "id",
        (json_int_t)id, "tag_name", tag, "target_commitish",
        row_str(release, "target_commitish"), "name", row_str(release, "name"), "body",
        row_str(release, "body"), "url", view_url(v, "/releases/%" PRId64, id), "html_url",
        view_html_url(v, "/releases/tag/%s", tag), "tarball_url",
        view_html_url(v, "/archive/%s.tar.gz", tag), "zipball_url",
        view_html_url(v, "/archive/%s.zip", tag), "upload_url",
        view_url(v, "/releases/%" PRId64 "/assets", id), "hide_archive_links", 0, "draft",
        row_flag(release, "draft"), "prerelease", row_flag(release, "prerelease"));
    row_set(out, "created_at", gitea_time(release, "created_at"));
    row_set(
        out, "published_at",
        gitea_time(release, row_has(release, "published_at") ? "published_at" : "created_at"));
    row_set(out, "author", gitea_user_of(v, release, "author"));
    row_set(out, "assets", assets);
    row_set(out, "archive_download_count", json_pack("{s:i, s:i}", "zip", 0, "tar_gz", 0));
    return out;
}
