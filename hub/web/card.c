/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/card.h"

#include <stdbool.h>
#include <string.h>

enum { MAX_META_VALUES = 2000 };

static const char FENCE[] = "---";

/* The line behind the one at s. */
static const char *next_line(const char *s, const char *end)
{
    const char *newline = memchr(s, '\n', (size_t)(end - s));

    return newline ? newline + 1 : end;
}

static bool is_fence(const char *s, const char *end)
{
    size_t len = (size_t)(next_line(s, end) - s);

    while (len > 0 && strchr(" \t\r\n", s[len - 1]))
        len--;
    return len == sizeof(FENCE) - 1 && memcmp(s, FENCE, len) == 0;
}

/* Broken metadata is the uploader's to mend; the page shows the text all the same. */
void card_init(struct card *card, const char *readme, size_t len)
{
    (void)card_parse(card, readme, len, NULL);
}

int card_parse(struct card *card, const char *readme, size_t len, struct err *err)
{
    const char *end = readme + len;

    *card = (struct card){ .text = readme, .text_len = len };
    if (!is_fence(readme, end))
        return 0;

    const char *meta = next_line(readme, end);
    const char *line = meta;
    while (line < end && !is_fence(line, end))
        line = next_line(line, end);
    if (line == end)
        return 0;
    int rc =
        yaml_parse(&card->meta, meta, (size_t)(line - meta), "README.md", MAX_META_VALUES, err);
    card->text = next_line(line, end);
    card->text_len = (size_t)(end - card->text);
    return rc;
}

void card_finish(struct card *card)
{
    yaml_finish(&card->meta);
}

const char *card_get(const struct card *card, const char *path)
{
    const struct yaml_value *value = yaml_find(&card->meta, path);

    return value && value->text[0] ? value->text : NULL;
}
