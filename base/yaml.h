/* SPDX-License-Identifier: Apache-2.0
 * base/yaml.h
 * yaml: a YAML file as a flat list of values, each with its line.
 * The door to libyaml. Only what a configuration needs: mappings, sequences and scalars, at
 * most 16 levels. Anchors, aliases, tags, several documents are refused. Owns its strings. */
#ifndef BASE_YAML_H
#define BASE_YAML_H
#include <stdbool.h>
#include <stddef.h>

struct err;

struct yaml_value {
    char *path; /* "retrain.label"; an item of a sequence is "rules.trusted[0]" */
    char *text; /* the scalar; "" for null or an empty collection */
    bool is_null;
    bool is_quoted;
    bool is_repeat;   /* no value, but a key that its mapping has already: yaml_parse_all() */
    int line, column; /* 1-based */
};

struct yaml_doc {
    struct yaml_value *values; /* scalars and empty collections, in the file's order */
    size_t n_values;
};

/* Writes *ret on success only; an empty file has no values. Text is UTF-8. Faults are
 * "file:line:column: what is wrong" with -ERR_PARSE; a key twice in one mapping is a fault;
 * more than max_values values are -ERR_LIMIT. */
int yaml_parse(struct yaml_doc *ret, const char *text, size_t len, const char *file,
               size_t max_values, struct err *err);
/* The same for who tells every fault of a file at once: a key that stands again is marked in
 * the list, before what belongs to it. */
int yaml_parse_all(struct yaml_doc *ret, const char *text, size_t len, const char *file,
                   size_t max_values, struct err *err);
void yaml_finish(struct yaml_doc *doc);

/* The value at exactly that path, or NULL. Borrowed. */
const struct yaml_value *yaml_find(const struct yaml_doc *doc, const char *path);

#endif
