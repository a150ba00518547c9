/* SPDX-License-Identifier: Apache-2.0
 * Values as bytes. jansson's own writer looks at every character by itself, which is most of
 * what a large reply costs; here what needs no escape is copied as it stands. */
#include "base/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char letters[] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };

    if (c >= sizeof(letters) || letters[c] == '\0') {
        buf_printf(out, "\\u%04X", (unsigned)c);
        return;
    }
    buf_add_char(out, '\\');
    buf_add_char(out, letters[c]);
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static void add_string(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;

    buf_add_char(out, '"');
    while (text < end) {
        const char *from = text;

        while (text < end && is_plain(*text))
            text++;
        buf_add(out, from, (size_t)(text - from));
        if (text < end)
            add_escaped(out, (unsigned char)*text++);
    }
    buf_add_char(out, '"');
}

static int add_piece(const char *piece, size_t size, void *out)
{
    buf_add(out, piece, size);
    return 0;
}

static void add_array(struct buf *out, const json_t *array)
{
    size_t i;
    json_t *item;

    buf_add_char(out, '[');
    json_array_foreach(array, i, item)
    {
        if (i > 0)
            buf_add_char(out, ',');
        json_write_as_is(out, item);
    }
    buf_add_char(out, ']');
}

static void add_object(struct buf *out, const json_t *object)
{
    const char *separator = "", *key;
    json_t *value;

    buf_add_char(out, '{');
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        buf_add_str(out, separator);
        add_string(out, key, strlen(key));
        buf_add_char(out, ':');
        json_write_as_is(out, value);
        separator = ",";
    }
    buf_add_char(out, '}');
}

void json_write_as_is(struct buf *out, const json_t *doc)
{
    switch (json_typeof(doc)) {
    case JSON_OBJECT: add_object(out, doc); break;
    case JSON_ARRAY: add_array(out, doc); break;
    case JSON_STRING: add_string(out, json_string_value(doc), json_string_length(doc)); break;
    case JSON_INTEGER: buf_printf(out, "%" PRId64, (int64_t)json_integer_value(doc)); break;
    case JSON_TRUE: buf_add_str(out, "true"); break;
    case JSON_FALSE: buf_add_str(out, "false"); break;
    case JSON_NULL: buf_add_str(out, "null"); break;
    case JSON_REAL: (void)json_dump_callback(doc, add_piece, out, JSON_ENCODE_ANY); break;
    }
}

void json_write(struct buf *out, const json_t *doc, size_t indent)
{
    size_t flags =
        JSON_SORT_KEYS | JSON_ENCODE_ANY | (indent > 0 ? JSON_INDENT(indent) : JSON_COMPACT);

    (void)json_dump_callback(doc, add_piece, out, flags);
}

json_t *json_any_text(const char *s)
{
    char *copy = xstrdup(s);

    text_make_utf8(copy);
    json_t *text = json_string(copy);
    free(copy);
    return text;
}
