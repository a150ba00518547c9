/* SPDX-License-Identifier: Apache-2.0
 * The GitHub dialect: github.com and GitHub Enterprise Server. */
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

static const char *const headers[] = { "X-GitHub-Api-Version", "2022-11-28", NULL };

const struct dialect dialect_github = {
    .name = "github",
    .accept = "application/vnd.github+json",
    .headers = headers,
    .add_upload_base = add_upload_base,
    .add_list_query = add_list_query,
    .map_me = github_map_me,
    .map_repo = github_map_repo,
    .map_thread = github_map_thread,
    .map_entry = github_map_entry,
    .map_event = github_map_event,
    .map_pull = github_map_pull,
    .map_moment = github_map_moment,
    .map_status = github_map_status,
    .map_release = github_map_release,
    .map_role = github_map_role,
};
