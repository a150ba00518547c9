/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"

#include <string.h>

static const char MARK[] = "\xef\xbb\xbf"; /* U+FEFF, as spreadsheets put it first */

void lines_init(struct lines *lines, const char *text, size_t len)
{
    size_t mark = sizeof(MARK) - 1;
    size_t skip = len >= mark && memcmp(text, MARK, mark) == 0 ? mark : 0;

    *lines = (struct lines){ .at = text + skip, .end = text + len };
}

bool lines_next(struct lines *lines, struct line *ret)
{
    size_t left = (size_t)(lines->end - lines->at);

    if (left == 0)
        return false;
    const char *newline = memchr(lines->at, '\n', left);
    size_t len = newline ? (size_t)(newline - lines->at) : left;

    ret->text = lines->at;
    ret->number = ++lines->n;
    lines->at += len + (newline != NULL);
    ret->len = len - (len > 0 && ret->text[len - 1] == '\r');
    return true;
}
