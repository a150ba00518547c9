/* SPDX-License-Identifier: Apache-2.0
 * A card's metadata as JSON: the flat list of YAML values becomes a tree again. */
#include "hub/web/card.h"

#include <string.h>

#include "base/parse.h"

enum { MAX_INDEX = 10000, MAX_KEY = 256 };

static json_t *scalar(const struct yaml_value *value)
{
    const char *text = value->text;
    int64_t whole;
    double real;

    if (value->is_null)
        return json_null();
    if (value->is_quoted)
        return json_string(text);
    if (text[0] == '\0')
        return json_array(); /* an empty collection */
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    if (parse_i64(&whole, text, INT64_MIN, INT64_MAX, "number", NULL) == 0)
        return json_integer(whole);
    if (parse_f64(&real, text, -1e300, 1e300, "number", NULL) == 0)
        return json_real(real);
    return json_string(text);
}

/* Puts value at a step ("key" of an object, index of an array) unless something is there. */
static json_t *put(json_t *in, const char *key, size_t index, json_t *value)
{
    int rc = 0;

    if (json_is_object(in))
        rc = json_object_set_new(in, key, value);
    else if (json_is_array(in) && index == json_array_size(in))
        rc = json_array_append_new(in, value);
    else {
        json_decref(value);
        return NULL;
    }
    return rc == 0 ? value : NULL;
}

static json_t *get(json_t *in, const char *key, size_t index)
{
    return json_is_object(in) ? json_object_get(in, key) : json_array_get(in, index);
}

/* Takes "key", ".key" or "[3]" off the front of *path. */
static bool next_step(const char **path, char key[MAX_KEY], size_t *index)
{
    int64_t number;
    bool is_item = **path == '[';
    const char *from = *path + (is_item || **path == '.');
    size_t len = is_item ? strcspn(from, "]") : strcspn(from, ".[");

    if (len == 0 || len >= MAX_KEY)
        return false;
    memcpy(key, from, len);
    key[len] = '\0';
    *path = from + len;
    if (!is_item)
        return true;
    if (parse_i64(&number, key, 0, MAX_INDEX, "index", NULL) < 0 || **path != ']')
        return false;
    *index = (size_t)number;
    (*path)++;
    return true;
}

static void add_value(json_t *root, const struct yaml_value *value)
{
    const char *path = value->path;
    char key[MAX_KEY];
    json_t *at = root;
    size_t index = 0;

    while (at && next_step(&path, key, &index)) {
        if (*path == '\0') {
            (void)put(at, key, index, scalar(value));
            return;
        }
        json_t *next = get(at, key, index);
        at = next ? next : put(at, key, index, *path == '[' ? json_array() : json_object());
    }
}

json_t *card_json(const struct card *card)
{
    json_t *root = json_object();

    for (size_t i = 0; i < card->meta.n_values; i++)
        add_value(root, &card->meta.values[i]);
    return root;
}
