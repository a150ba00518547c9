/* SPDX-License-Identifier: Apache-2.0
 * config/options.h
 * options: the one table of what may be set. For config/ and the reference in docs/ only.
 * Each row gives a key its type, bounds, default and help, and its place in struct config. */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H
#include <stddef.h>

struct config;
struct err;

enum option_type {
    OPTION_TEXT,     /* char *; min..max bytes */
    OPTION_LIST,     /* struct string_list; at most max items */
    OPTION_BOOL,     /* bool */
    OPTION_INT,      /* int64_t; min..max */
    OPTION_SIZE,     /* int64_t bytes; min..max; "16M" */
    OPTION_DURATION, /* int64_t seconds; min..max; "10m" */
    OPTION_NUMBER,   /* double; min..max */
};

/* What a text, or an item of a list, must look like beyond its length. 0 or -ERR_CONFIG; the
 * message continues "key: ". */
typedef int option_check_fn(const char *text, struct err *err);

struct option {
    const char *key; /* "section.name" */
    enum option_type type;
    size_t offset;
    double min, max;        /* whole numbers below 2^53 */
    const char *fallback;   /* as it would stand in the file; lists: items between commas */
    const char *choices;    /* "a|b|c", NULL for any */
    option_check_fn *check; /* NULL for none */
    const char *help;
};
extern const struct option options[]; /* ends with a row whose key is NULL */

/* Fills the option's place from a text as in the file; OPTION_LIST appends one item. Whatever
 * stood there goes. -ERR_CONFIG: what is wrong, without the key. */
int option_set(struct config *config, const struct option *option, const char *text,
               struct err *err);
/* All places get their defaults. */
void options_set_defaults(struct config *config);
void options_finish(struct config *config); /* frees what texts and lists own */
void option_clear_list(struct config *config, const struct option *option);

const struct option *option_find(const char *key, size_t len); /* NULL */
/* The nearest key, or NULL when none is near. */
const struct option *option_nearest(const char *key);

#endif
