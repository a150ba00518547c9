/* SPDX-License-Identifier: Apache-2.0
 * The files of releases as browsers get them: what browser_download_url names. */
#include "practice/server.h"

#include <string.h>

#include "practice/call.h"

static int64_t release_of(const struct state *s, const char *tag)
{
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, RELEASES), i, row)
    {
        if (!row_flag(row, "draft") && strcmp(row_str(row, "tag_name"), tag) == 0)
            return row_int(row, "id");
    }
    return 0;
}

void practice_download(struct practice *p, const char *tag, const char *name,
                       struct reply *reply)
{
    size_t i;
    json_t *row;

    (void)pthread_mutex_lock(&p->lock);
    int64_t release = release_of(&p->forge.state, tag);
    reply->status = 404;
    json_array_foreach(state_table(&p->forge.state, ASSETS), i, row)
    {
        if (reply->file || release == 0 || row_int(row, "release") != release ||
            strcmp(row_str(row, "name"), name) != 0)
            continue;
        reply->status = 200;
        reply->content_type = "application/octet-stream";
        reply->file = forge_asset_path(&p->forge, row_int(row, "id"));
    }
    (void)pthread_mutex_unlock(&p->lock);
}
