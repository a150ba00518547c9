/* SPDX-License-Identifier: Apache-2.0
 * The dialect of Gitea and Forgejo.
 *
 * 1. Lists come in the order of the server's choice: Gitea knows no `sort` for issues, and
 *    comments come by creation always. Whoever reads them relies on none.
 * 2. A timeline is asked for without a page: then it comes whole. In pages, what is left out
 *    after paging makes empty ones that are not the last. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/gitea_map.h"
#include "bot/forge/gitea_write.h"

#define PAGE "limit=50&page=1" /* servers give 50 at most, and clip what is more */

static void add_upload_base(struct buf *out, const char *url)
{
    buf_add_str(out, url);
}

/* The comments of one thread come all at once, and are not filtered. */
static void add_list_query(struct buf *out, const struct forge_read *what)
{
    bool has_since = what->list == FORGE_ISSUES || what->list == FORGE_COMMENTS;
    char since[RFC3339_SIZE];

    if (what->number > 0)
        return;
    buf_add_str(out, "?" PAGE);
    if (what->list == FORGE_ISSUES)
        buf_printf(out, "&state=%s", what->only_open ? "open" : "all");
    if (has_since && what->since_at > 0)
        buf_printf(out, "&since=%s", rfc3339_format(since, what->since_at));
}

static void add_branch_path(struct buf *out, const char *branch)
{
    buf_add_str(out, "/branches/");
    text_add_url(out, branch, TEXT_SLASH_KEPT);
}

static void add_asset_path(struct buf *out, int64_t release_id, int64_t asset_id)
{
    buf_printf(out, "/releases/%" PRId64 "/assets/%" PRId64, release_id, asset_id);
}

static const char *map_branch(struct json_reader *r, const json_t *doc)
{
    const json_t *commit = json_obj(r, doc, "commit", JSON_REQUIRED);
    size_t mark = json_enter(r, "commit");
    const char *sha = json_str(r, commit, "id", JSON_REQUIRED);

    json_leave(r, mark);
    return sha;
}

const struct dialect dialect_gitea = {
    .name = "gitea",
    .accept = "application/json",
    .scheme = "token", /* in this case */
    .features = 1u << FORGE_ANSWERS_SIDE_BY_SIDE,
    .counts_pages = true,
    .page_query = "?" PAGE,
    .timeline_query = "",
    .count_query = "?limit=1&page=1",
    .add_upload_base = add_upload_base,
    .upload_field = "attachment",
    .add_list_query = add_list_query,
    .add_branch_path = add_branch_path,
    .add_asset_path = add_asset_path,
    .map_thread = gitea_map_thread,
    .map_entry = gitea_map_entry,
    .map_moment = gitea_map_moment,
    .status_key = "status",
    .map_role = gitea_map_role,
    .map_branch = map_branch,
    .role_unseen = gitea_role_unseen,
    .add_label = gitea_add_label,
    .remove_label = gitea_remove_label,
    .read_asset = gitea_read_asset,
};
