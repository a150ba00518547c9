/* SPDX-License-Identifier: Apache-2.0
 * The GitHub dialect: github.com and GitHub Enterprise Server. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/github_map.h"

static const char api_com[] = "https://api.github.com";
static const char api_enterprise[] = "/api/v3";

static void add_upload_base(struct buf *out, const char *url)
{
    size_t len = strlen(url);

    while (len > 0 && url[len - 1] == '/')
        len--;
    size_t tail = strlen(api_enterprise);

    if (len == strlen(api_com) && strncmp(url, api_com, len) == 0)
        buf_add_str(out, "https://uploads.github.com");
    else if (len > tail && strncmp(url + len - tail, api_enterprise, tail) == 0)
        buf_printf(out, "%.*s/api/uploads", (int)(len - tail), url);
}

/* Only issues and the two repository-wide lists of comments can be ordered and filtered. */
static void add_list_query(struct buf *out, const struct forge_read *what)
{
    bool has_order = what->number == 0 && what->list <= FORGE_REVIEW_COMMENTS;
    char since[RFC3339_SIZE];

    buf_add_str(out, "?per_page=100");
    if (what->list == FORGE_ISSUES)
        buf_printf(out, "&state=%s", what->only_open ? "open" : "all");
    if (has_order)
        buf_printf(out, "&sort=%s&direction=asc", what->oldest_first ? "created" : "updated");
    if (has_order && what->since_at > 0)
        buf_printf(out, "&since=%s", rfc3339_format(since, what->since_at));
}

static void add_branch_path(struct buf *out, const char *branch)
{
    buf_add_str(out, "/git/ref/heads%2F"); /* one parameter of the path */
    text_add_url(out, branch, TEXT_SLASH_ENCODED);
}

static void add_asset_path(struct buf *out, int64_t release_id, int64_t asset_id)
{
    (void)release_id;
    buf_printf(out, "/releases/assets/%" PRId64, asset_id);
}

static const char *map_branch(struct json_reader *r, const json_t *doc)
{
    const json_t *object = json_obj(r, doc, "object", JSON_REQUIRED);
    size_t mark = json_enter(r, "object");
    const char *sha = json_str(r, object, "sha", JSON_REQUIRED);

    json_leave(r, mark);
    return sha;
}

static const char *const headers[] = { "X-GitHub-Api-Version", "2022-11-28", NULL };

const struct dialect dialect_github = {
    .name = "github",
    .accept = "application/vnd.github+json",
    .scheme = "Bearer",
    .headers = headers,
    .features = 1u << FORGE_SHOWS_ROLES_TO_WRITERS | 1u << FORGE_LISTS_ALL |
                1u << FORGE_LISTS_BY_UPDATE | 1u << FORGE_HIDES_DENIALS |
                1u << FORGE_CHECK_RUNS | 1u << FORGE_LOCKS | 1u << FORGE_CONTRIBUTORS,
    .page_query = "?per_page=100",
    .timeline_query = "?per_page=100",
    .add_upload_base = add_upload_base,
    .add_list_query = add_list_query,
    .add_branch_path = add_branch_path,
    .add_asset_path = add_asset_path,
    .map_thread = github_map_thread,
    .map_entry = github_map_entry,
    .map_event = github_map_event,
    .map_moment = github_map_moment,
    .status_key = "state",
    .map_role = github_map_role,
    .map_branch = map_branch,
};
