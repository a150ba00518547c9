/* SPDX-License-Identifier: Apache-2.0
 * From the text of a value to its place in struct config. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parse.h"
#include "base/text.h"
#include "config/config.h"
#include "config/options.h"

enum { MAX_ITEM_BYTES = 200 };

static void *place_of(struct config *config, const struct option *option)
{
    return (char *)config + option->offset;
}

static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);

    for (const char *p = choices; *p; p += *p == '|') {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, text, n) == 0)
            return true;
        p += n;
    }
    return false;
}

static int check_text(const struct option *option, const char *text, struct err *err)
{
    size_t len = strlen(text);
    size_t max = option->type == OPTION_TEXT ? (size_t)option->max : MAX_ITEM_BYTES;

    if (option->choices && !is_choice(option->choices, text))
        return err_set(err, ERR_CONFIG, "'%s' is not one of %s", text, option->choices);
    if (option->type == OPTION_TEXT && (double)len < option->min)
        return err_set(err, ERR_CONFIG, "must not be empty");
    if (len > max)
        return err_set(err, ERR_CONFIG, "longer than %zu bytes", max);
    return option->check ? option->check(text, err) : 0;
}

static int set_text(char **place, const struct option *option, const char *text,
                    struct err *err)
{
    int rc = check_text(option, text, err);

    if (rc == 0) {
        free(*place);
        *place = xstrdup(text);
    }
    return rc;
}

static int add_item(struct string_list *list, const struct option *option, const char *text,
                    struct err *err)
{
    int rc = check_text(option, text, err);

    if (rc < 0)
        return rc;
    if (list->n >= (size_t)option->max)
        return err_set(err, ERR_CONFIG, "more than %.0f items", option->max);
    list->items = xrealloc_array(list->items, list->n + 1, sizeof(*list->items));
    list->items[list->n++] = xstrdup(text);
    return 0;
}

static int set_bool(bool *place, const char *text, struct err *err)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return err_set(err, ERR_CONFIG, "'%s' is neither true nor false", text);
    *place = text[0] == 't';
    return 0;
}

/* The parsers' messages begin with the field's name, which the caller names already. */
static int shorten(struct err *err)
{
    static const char prefix[] = "value: ";

    if (err && text_has_prefix(err->msg, prefix))
        memmove(err->msg, err->msg + sizeof(prefix) - 1,
                strlen(err->msg + sizeof(prefix) - 1) + 1);
    return -ERR_CONFIG;
}

static int set_number(void *place, const struct option *o, const char *text, struct err *err)
{
    int64_t min = (int64_t)o->min, max = (int64_t)o->max;
    int rc = -ERR_CONFIG;

    switch (o->type) {
    case OPTION_INT: rc = parse_i64(place, text, min, max, "value", err); break;
    case OPTION_SIZE: rc = parse_size(place, text, min, max, "value", err); break;
    case OPTION_DURATION: rc = parse_duration(place, text, min, max, "value", err); break;
    default: rc = parse_f64(place, text, o->min, o->max, "value", err); break;
    }
    return rc < 0 ? shorten(err) : 0;
}

int option_set(struct config *config, const struct option *option, const char *text,
               struct err *err)
{
    void *place = place_of(config, option);

    switch (option->type) {
    case OPTION_TEXT: return set_text(place, option, text, err);
    case OPTION_LIST: return add_item(place, option, text, err);
    case OPTION_BOOL: return set_bool(place, text, err);
    default: return set_number(place, option, text, err);
    }
}

void option_clear_list(struct config *config, const struct option *option)
{
    struct string_list *list = place_of(config, option);

    for (size_t i = 0; i < list->n; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct string_list){ 0 };
}

/* Our own defaults fit their own bounds; a test sets them all. */
static void set_default_list(struct config *config, const struct option *option)
{
    const char *p = option->fallback;

    while (*p) {
        size_t n = strcspn(p, ",");
        char *item = xstrndup(p, n);
        (void)option_set(config, option, item, NULL);
        free(item);
        p += n;
        p += strspn(p, ", ");
    }
}

void options_set_defaults(struct config *config)
{
    for (const struct option *o = options; o->key; o++)
        if (o->type == OPTION_LIST)
            set_default_list(config, o);
        else
            (void)option_set(config, o, o->fallback, NULL);
}

void options_finish(struct config *config)
{
    for (const struct option *o = options; o->key; o++) {
        if (o->type == OPTION_TEXT)
            free(*(char **)place_of(config, o));
        else if (o->type == OPTION_LIST)
            option_clear_list(config, o);
    }
}

const struct option *option_find(const char *key, size_t len)
{
    for (const struct option *o = options; o->key; o++)
        if (strlen(o->key) == len && memcmp(o->key, key, len) == 0)
            return o;
    return NULL;
}

/* The edits between the keys, where one is near: no more than a third of the last word is
 * different, or it is a part of the other's, or all of it. SIZE_MAX: far. */
static size_t distance_of(const char *key, const char *word, const char *other)
{
    const char *other_word = strrchr(other, '.') + 1;
    size_t distance = text_distance(key, other);

    if (strcmp(word, other_word) == 0)
        return 1;
    if (strlen(word) > 2 && strstr(other_word, word))
        return 2;
    return distance < strlen(word) / 3 + 2 ? distance : SIZE_MAX;
}

const struct option *option_nearest(const char *key)
{
    const struct option *best = NULL;
    size_t best_distance = SIZE_MAX;
    const char *word = strrchr(key, '.') ? strrchr(key, '.') + 1 : key;

    for (const struct option *o = options; o->key; o++) {
        size_t distance = distance_of(key, word, o->key);
        if (distance < best_distance) {
            best_distance = distance;
            best = o;
        }
    }
    return best;
}
