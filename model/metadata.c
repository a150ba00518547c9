/* SPDX-License-Identifier: Apache-2.0 */
#include "model/metadata.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/lines.h"

static const char HEADER[] = "file_name,label";

static bool is_header(const char *line, size_t len)
{
    return len == sizeof(HEADER) - 1 && memcmp(line, HEADER, len) == 0;
}

/* "NAME,LABEL": a file inside the folder and one digit. */
static int parse_line(struct metadata_entry *entry, const char *line, size_t len,
                      struct err *err)
{
    if (len < 3 || line[len - 2] != ',' || line[len - 1] < '0' || line[len - 1] > '9' ||
        memchr(line, '\0', len))
        return err_set(err, ERR_PARSE, "expected a file name and a label 0..9");
    size_t n = len - 2;
    if (n > METADATA_MAX_NAME)
        return err_set(err, ERR_LIMIT, "file_name: longer than %d bytes", METADATA_MAX_NAME);
    memcpy(entry->name, line, n);
    entry->name[n] = '\0';
    entry->label = line[len - 1] - '0';
    if (entry->name[0] == '/' || strstr(entry->name, ".."))
        return err_set(err, ERR_REFUSED, "'%s' leaves the folder", entry->name);
    return 0;
}

int metadata_read(const char *text, size_t len, const char *what,
                  int (*add)(void *ctx, const struct metadata_entry *entry, struct err *err),
                  void *ctx, struct err *err)
{
    struct metadata_entry entry;
    struct lines lines;
    struct line line;

    lines_init(&lines, text, len);
    while (lines_next(&lines, &line)) {
        int rc = 0;

        if (line.number > 1)
            rc = parse_line(&entry, line.text, line.len, err);
        else if (!is_header(line.text, line.len))
            rc = err_set(err, ERR_PARSE, "expected '%s'", HEADER);
        if (rc == 0 && line.number > 1)
            rc = add(ctx, &entry, err);
        if (rc < 0)
            return err_wrap(err, rc, "%s:%zu", what, line.number);
    }
    return 0;
}
