/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/rfc3339.h"

/* jansson's own limit is 2048 levels: ours is checked before it recurses. */
static int check_depth(const char *text, size_t len, const char *what, struct err *err)
{
    bool in_string = false;
    int depth = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"')
            in_string = true;
        else if (c == '[' || c == '{')
            depth++;
        else if (c == ']' || c == '}')
            depth--;
        if (depth > JSON_MAX_DEPTH)
            return err_set(err, ERR_LIMIT, "%s: nested deeper than %d levels", what,
                           JSON_MAX_DEPTH);
    }
    return 0;
}

int json_parse(json_t **ret, const char *text, size_t len, const char *what, struct err *err)
{
    json_error_t at;

    int rc = check_depth(text, len, what, err);
    if (rc < 0)
        return rc;

    json_t *doc = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &at);
    if (!doc)
        return err_set(err, ERR_PARSE, "%s:%d:%d: %s", what, at.line, at.column, at.text);
    *ret = doc;
    return 0;
}

void json_replace_nul(char *text, size_t len)
{
    static const char escaped_nul[] = "\\u0000", replacement[] = "\\ufffd";
    const size_t n = sizeof(escaped_nul) - 1;
    char *end = text + len, *at = text;

    while ((at = memmem(at, (size_t)(end - at), escaped_nul, n))) {
        size_t slashes = 0;

        while (at - slashes > text && at[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            memcpy(at, replacement, n);
        at += n;
    }
}

void json_reader_init(struct json_reader *r, const char *path)
{
    memset(&r->first, 0, sizeof(r->first));
    (void)snprintf(r->path, sizeof(r->path), "%s", path);
}

int json_reader_check(const struct json_reader *r, struct err *err)
{
    if (r->first.code == 0)
        return 0;
    if (err)
        *err = r->first;
    return -r->first.code;
}

/* As much of it as has room; no snprintf, since it is done for each object that is read. */
static size_t add_to_path(struct json_reader *r, size_t at, const char *text)
{
    size_t len = strlen(text), room = sizeof(r->path) - 1 - at;

    len = len < room ? len : room;
    memcpy(r->path + at, text, len);
    r->path[at + len] = '\0';
    return at + len;
}

size_t json_enter(struct json_reader *r, const char *key)
{
    size_t mark = strlen(r->path);

    (void)add_to_path(r, mark > 0 ? add_to_path(r, mark, ".") : 0, key);
    return mark;
}

size_t json_enter_item(struct json_reader *r, size_t index)
{
    size_t mark = strlen(r->path);

    (void)snprintf(r->path + mark, sizeof(r->path) - mark, "[%zu]", index);
    return mark;
}

void json_leave(struct json_reader *r, size_t mark)
{
    r->path[mark] = '\0';
}

void json_fail(struct json_reader *r, const char *key, enum err_code code, const char *fmt, ...)
{
    char text[512];
    va_list args;

    if (r->first.code != 0)
        return;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    (void)err_set(&r->first, code, "%s%s%s: %s", r->path, r->path[0] && key[0] ? "." : "", key,
                  text);
}

static const char *type_name(const json_t *value)
{
    static const char *const type_names[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a real",    [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null",
    };

    return value ? type_names[json_typeof(value)] : "nothing";
}

/* The field, or NULL; complains when it is needed and not there. */
static const json_t *field(struct json_reader *r, const json_t *obj, const char *key,
                           enum json_need need, const char *expected)
{
    const json_t *value = json_object_get(obj, key);

    if (value && !json_is_null(value))
        return value;
    if (need == JSON_REQUIRED)
        json_fail(r, key, ERR_PARSE, "expected %s, got %s", expected, type_name(value));
    return NULL;
}

static int64_t integer(struct json_reader *r, const json_t *obj, const char *key, int64_t min,
                       int64_t max, enum json_need need, int64_t fallback)
{
    const json_t *value = field(r, obj, key, need, "an integer");

    if (!value)
        return fallback;
    if (!json_is_integer(value)) {
        json_fail(r, key, ERR_PARSE, "expected an integer, got %s", type_name(value));
        return fallback;
    }
    int64_t number = json_integer_value(value);
    if (number < min || number > max) {
        json_fail(r, key, ERR_RANGE, "%" PRId64 " is outside %" PRId64 "..%" PRId64, number,
                  min, max);
        return fallback;
    }
    return number;
}

int64_t json_i64(struct json_reader *r, const json_t *obj, const char *key, int64_t min,
                 int64_t max)
{
    return integer(r, obj, key, min, max, JSON_REQUIRED, min);
}

int64_t json_i64_or(struct json_reader *r, const json_t *obj, const char *key, int64_t min,
                    int64_t max, int64_t fallback)
{
    return integer(r, obj, key, min, max, JSON_OPTIONAL, fallback);
}

double json_f64_or(struct json_reader *r, const json_t *obj, const char *key, double fallback)
{
    const json_t *value = field(r, obj, key, JSON_OPTIONAL, "a number");

    if (value && !json_is_number(value))
        json_fail(r, key, ERR_PARSE, "expected a number, got %s", type_name(value));
    return value && json_is_number(value) ? json_number_value(value) : fallback;
}

bool json_bool_or(struct json_reader *r, const json_t *obj, const char *key, bool fallback)
{
    const json_t *value = field(r, obj, key, JSON_OPTIONAL, "true or false");

    if (value && !json_is_boolean(value))
        json_fail(r, key, ERR_PARSE, "expected true or false, got %s", type_name(value));
    return value && json_is_boolean(value) ? json_is_true(value) : fallback;
}

const char *json_str(struct json_reader *r, const json_t *obj, const char *key,
                     enum json_need need)
{
    const json_t *value = field(r, obj, key, need, "a string");

    if (value && !json_is_string(value))
        json_fail(r, key, ERR_PARSE, "expected a string, got %s", type_name(value));
    return value && json_is_string(value) ? json_string_value(value) : "";
}

int64_t json_time(struct json_reader *r, const json_t *obj, const char *key,
                  enum json_need need)
{
    const char *text = json_str(r, obj, key, need);
    struct err err = { 0 };
    int64_t at = 0;

    if (text[0] != '\0' && rfc3339_parse(&at, text, &err) < 0)
        json_fail(r, key, ERR_PARSE, "%s", err.msg);
    return at;
}

const json_t *json_obj(struct json_reader *r, const json_t *obj, const char *key,
                       enum json_need need)
{
    const json_t *value = field(r, obj, key, need, "an object");

    if (value && !json_is_object(value))
        json_fail(r, key, ERR_PARSE, "expected an object, got %s", type_name(value));
    return value && json_is_object(value) ? value : NULL;
}

const json_t *json_arr(struct json_reader *r, const json_t *obj, const char *key,
                       enum json_need need)
{
    const json_t *value = field(r, obj, key, need, "an array");

    if (value && !json_is_array(value))
        json_fail(r, key, ERR_PARSE, "expected an array, got %s", type_name(value));
    return value && json_is_array(value) ? value : NULL;
}

const json_t *json_list(struct json_reader *r, const json_t *obj, const char *key,
                        enum json_need need, size_t max)
{
    const json_t *items = json_arr(r, obj, key, need);

    if (json_array_size(items) > max)
        json_fail(r, key, ERR_LIMIT, "%zu are more than %zu", json_array_size(items), max);
    return items;
}
