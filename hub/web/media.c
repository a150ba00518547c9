/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/media.h"

#include <stddef.h>

#include "base/text.h"

struct media {
    const char *suffix;
    const char *file;   /* as a hosted file; never a page */
    const char *report; /* as a report of ours; NULL: not served */
};

static const char TEXT[] = "text/plain; charset=utf-8";

static const struct media table[] = {
    { ".atom", TEXT, "application/atom+xml; charset=utf-8" },
    { ".csv", "text/csv; charset=utf-8", "text/csv; charset=utf-8" },
    { ".html", TEXT, "text/html; charset=utf-8" },
    { ".ics", TEXT, "text/calendar; charset=utf-8" },
    { ".json", "application/json", "application/json" },
    { ".jsonl", TEXT, NULL },
    { ".md", "text/markdown; charset=utf-8", "text/markdown; charset=utf-8" },
    { ".png", "image/png", "image/png" },
    { ".svg", TEXT, "image/svg+xml" },
    { ".txt", TEXT, TEXT },
    { ".yaml", TEXT, NULL },
    { ".yml", TEXT, NULL },
    { "LICENSE", TEXT, NULL },
    { "NOTICE", TEXT, NULL },
    { "SHA256SUMS", TEXT, NULL },
    { ".gitattributes", TEXT, NULL },
};

static const struct media *find(const char *path)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (text_has_suffix(path, table[i].suffix))
            return &table[i];
    return NULL;
}

const char *media_of_file(const char *path)
{
    const struct media *media = find(path);

    return media && media->file ? media->file : "application/octet-stream";
}

const char *media_of_report(const char *path)
{
    const struct media *media = find(path);

    return media ? media->report : NULL;
}
