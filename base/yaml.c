/* SPDX-License-Identifier: Apache-2.0
 *
 * libyaml reports events; a stack of levels turns them into paths. A level is a mapping that
 * waits for a key or for a key's value, or a sequence that counts its items:
 *
 *   place()        a value begins: where does it belong? Names it, or takes it as a key.
 *   level_open()   a collection begins      level_close()  it ends; empty ones become a value
 */
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

enum { MAX_LEVELS = 16, MAX_KEY_BYTES = 256, MAX_PATH_BYTES = 4096 };

struct level {
    bool is_sequence;
    bool has_key;    /* a mapping's key was read, its value comes next */
    size_t n_items;  /* of a sequence, or keys of a mapping */
    size_t path_len; /* of the collection itself */
    char **keys;     /* of a mapping, n_items of them; to see a key twice */
};

struct parser {
    yaml_parser_t yaml;
    struct yaml_doc *doc;
    const char *file;
    size_t max_values;
    struct buf path;
    struct level levels[MAX_LEVELS];
    size_t n_levels;
    size_t n_documents;
};

static int fault(const struct parser *p, yaml_mark_t at, const char *what, struct err *err)
{
    return err_set(err, ERR_PARSE, "%s:%zu:%zu: %s", p->file, at.line + 1, at.column + 1, what);
}

static struct level *top(struct parser *p)
{
    return p->n_levels ? &p->levels[p->n_levels - 1] : NULL;
}

static int value_add(struct parser *p, yaml_mark_t at, const char *text, size_t len,
                     struct yaml_value kind, struct err *err)
{
    struct yaml_doc *doc = p->doc;

    if (doc->n_values == p->max_values)
        return err_set(err, ERR_LIMIT, "%s:%zu: more than %zu values", p->file, at.line + 1,
                       p->max_values);
    doc->values = xrealloc_array(doc->values, doc->n_values + 1, sizeof(*doc->values));
    kind.path = xstrdup(p->path.data);
    kind.text = xstrndup(text, len);
    kind.line = (int)at.line + 1;
    kind.column = (int)at.column + 1;
    doc->values[doc->n_values++] = kind;
    return 0;
}

static int key_check(const struct parser *p, const yaml_event_t *event, struct err *err)
{
    const char *key = (const char *)event->data.scalar.value;
    const size_t len = event->data.scalar.length;

    if (len == 0 || len > MAX_KEY_BYTES)
        return fault(p, event->start_mark, "a key has 1 to 256 bytes", err);
    if (strlen(key) != len || strpbrk(key, ".[]"))
        return fault(p, event->start_mark, "a key has no '.', '[' or ']'", err);
    return 0;
}

static bool has_key(const struct level *level, const char *key)
{
    for (size_t i = 0; i < level->n_items; i++)
        if (strcmp(level->keys[i], key) == 0)
            return true;
    return false;
}

/* "a.b" and key "c" make "a.b.c". */
static int key_take(struct parser *p, struct level *level, const yaml_event_t *event,
                    struct err *err)
{
    const char *key = (const char *)event->data.scalar.value;

    int rc = key_check(p, event, err);
    if (rc < 0)
        return rc;
    if (level->n_items == p->max_values)
        return err_set(err, ERR_LIMIT, "%s:%zu: more than %zu keys", p->file,
                       event->start_mark.line + 1, p->max_values);
    level->has_key = true;
    buf_truncate(&p->path, level->path_len);
    if (p->path.len > 0)
        buf_add_char(&p->path, '.');
    buf_add_str(&p->path, key);
    if (has_key(level, key))
        return value_add(p, event->start_mark, "", 0, (struct yaml_value){ .is_repeat = true },
                         err);
    level->keys = xrealloc_array(level->keys, level->n_items + 1, sizeof(*level->keys));
    level->keys[level->n_items++] = xstrdup(key);
    return 0;
}

enum place { PLACE_VALUE, PLACE_KEY };

/* Whether the event is a key or a value; for a value, p->path names it afterwards. */
static enum place place(struct parser *p)
{
    struct level *level = top(p);

    if (level && level->is_sequence) {
        buf_truncate(&p->path, level->path_len);
        buf_printf(&p->path, "[%zu]", level->n_items++);
        return PLACE_VALUE;
    }
    if (level && !level->has_key)
        return PLACE_KEY;
    if (level)
        level->has_key = false;
    return PLACE_VALUE;
}

static bool is_null_text(const char *text)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        if (strcmp(text, nulls[i]) == 0)
            return true;
    return false;
}

static int on_scalar(struct parser *p, const yaml_event_t *event, struct err *err)
{
    const char *text = (const char *)event->data.scalar.value;
    const bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const bool is_null = is_plain && is_null_text(text);

    if (event->data.scalar.anchor || event->data.scalar.tag)
        return fault(p, event->start_mark, "anchors and tags are not accepted", err);
    if (!top(p) && is_null)
        return 0; /* "---" and nothing below */
    if (!top(p))
        return fault(p, event->start_mark, "expected 'key: value'", err);
    if (place(p) == PLACE_KEY)
        return key_take(p, top(p), event, err);
    return value_add(p, event->start_mark, is_null ? "" : text,
                     is_null ? 0 : event->data.scalar.length,
                     (struct yaml_value){ .is_null = is_null, .is_quoted = !is_plain }, err);
}

static int level_open(struct parser *p, const yaml_event_t *event, struct err *err)
{
    const bool is_sequence = event->type == YAML_SEQUENCE_START_EVENT;
    const bool is_marked =
        is_sequence ? event->data.sequence_start.anchor || event->data.sequence_start.tag
                    : event->data.mapping_start.anchor || event->data.mapping_start.tag;

    if (is_marked)
        return fault(p, event->start_mark, "anchors and tags are not accepted", err);
    if (p->n_levels == MAX_LEVELS)
        return fault(p, event->start_mark, "more than 16 levels", err);
    if (!top(p) && is_sequence)
        return fault(p, event->start_mark, "expected 'key: value', not a list", err);
    if (top(p) && place(p) == PLACE_KEY)
        return fault(p, event->start_mark, "a key is one word, not a collection", err);

    p->levels[p->n_levels++] =
        (struct level){ .is_sequence = is_sequence, .path_len = p->path.len };
    return 0;
}

static void keys_free(struct level *level)
{
    for (size_t i = 0; level->keys && i < level->n_items; i++)
        free(level->keys[i]);
    free(level->keys);
    level->keys = NULL;
}

static int level_close(struct parser *p, const yaml_event_t *event, struct err *err)
{
    struct level *level = top(p);
    const bool is_empty = level->n_items == 0;

    buf_truncate(&p->path, level->path_len);
    keys_free(level);
    p->n_levels--;
    if (!is_empty || p->n_levels == 0)
        return 0;
    return value_add(p, event->start_mark, "", 0, (struct yaml_value){ 0 }, err);
}

static int on_event(struct parser *p, const yaml_event_t *event, struct err *err)
{
    int rc = 0;

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (p->n_documents++ > 0)
            rc = fault(p, event->start_mark, "a second document begins", err);
        break;
    case YAML_ALIAS_EVENT:
        rc = fault(p, event->start_mark, "aliases are not accepted", err);
        break;
    case YAML_SCALAR_EVENT: rc = on_scalar(p, event, err); break;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: rc = level_open(p, event, err); break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: rc = level_close(p, event, err); break;
    default: break;
    }
    if (rc == 0 && p->path.overflow)
        rc = fault(p, event->start_mark, "keys nest into a path over 4096 bytes", err);
    return rc;
}

static int syntax_fault(const struct parser *p, struct err *err)
{
    const yaml_parser_t *yaml = &p->yaml;
    yaml_mark_t at = yaml->problem_mark;

    if (yaml->error == YAML_READER_ERROR)
        at = yaml->mark;
    return fault(p, at, yaml->problem ? yaml->problem : "not YAML", err);
}

static int parse_events(struct parser *p, struct err *err)
{
    bool is_over = false;

    while (!is_over) {
        yaml_event_t event;

        if (!yaml_parser_parse(&p->yaml, &event))
            return syntax_fault(p, err);
        is_over = event.type == YAML_STREAM_END_EVENT;
        int rc = on_event(p, &event, err);
        yaml_event_delete(&event);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int yaml_parse_all(struct yaml_doc *ret, const char *text, size_t len, const char *file,
                   size_t max_values, struct err *err)
{
    struct yaml_doc doc = { 0 };
    struct parser p = { .doc = &doc, .file = file, .max_values = max_values };

    if (!yaml_parser_initialize(&p.yaml))
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", file);
    yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&p.yaml, (const unsigned char *)text, len);
    buf_init(&p.path, MAX_PATH_BYTES);

    int rc = parse_events(&p, err);
    for (size_t i = 0; i < p.n_levels; i++)
        keys_free(&p.levels[i]);
    buf_finish(&p.path);
    yaml_parser_delete(&p.yaml);
    if (rc < 0)
        yaml_finish(&doc);
    else
        *ret = doc;
    return rc;
}

int yaml_parse(struct yaml_doc *ret, const char *text, size_t len, const char *file,
               size_t max_values, struct err *err)
{
    struct yaml_doc doc = { 0 };

    int rc = yaml_parse_all(&doc, text, len, file, max_values, err);
    for (size_t i = 0; rc == 0 && i < doc.n_values; i++) {
        const struct yaml_value *v = &doc.values[i];

        if (v->is_repeat)
            rc = err_set(err, ERR_PARSE, "%s:%d:%d: key '%s' stands here twice", file, v->line,
                         v->column, v->path);
    }
    if (rc < 0)
        yaml_finish(&doc);
    else
        *ret = doc;
    return rc;
}

void yaml_finish(struct yaml_doc *doc)
{
    if (!doc)
        return;
    for (size_t i = 0; i < doc->n_values; i++) {
        free(doc->values[i].path);
        free(doc->values[i].text);
    }
    free(doc->values);
    *doc = (struct yaml_doc){ 0 };
}

const struct yaml_value *yaml_find(const struct yaml_doc *doc, const char *path)
{
    for (size_t i = 0; i < doc->n_values; i++)
        if (strcmp(doc->values[i].path, path) == 0)
            return &doc->values[i];
    return NULL;
}
