/* SPDX-License-Identifier: Apache-2.0
 * What the token's owner did, without ids and times: two runs that had the same effects read
 * the same here, however often one was interrupted, and what was done twice stands twice. */
#include "practice/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "practice/forge.h"
#include "practice/practice.h"

enum { KEYS_MAX = 8, EFFECT_MAX_BYTES = 1 << 20 };

/* Which rows are effects: the key that names who, and the keys that tell what. */
static const struct {
    enum table table;
    const char *name, *who;
    const char *keys[KEYS_MAX];
} kinds[] = {
    { COMMENTS, "comments", "user", { "thread", "body" } },
    { EVENTS, "events", "actor", { "thread", "event", "label", "rename", "lock_reason" } },
    { REACTIONS, "reactions", "user", { "on", "to", "content" } },
    { REVIEWS, "reviews", "user", { "thread", "state", "body", "commit_id" } },
    { STATUSES, "statuses", "creator", { "sha", "context", "state", "description" } },
    { RELEASES, "releases", "author", { "tag_name", "name", "body", "draft", "prerelease" } },
    { THREADS, "threads", "user", { "title", "body" } },
};

/* One effect and its text, by which effects are put in order. */
struct effect {
    char *text;
    json_t *value;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct effect *)a)->text, ((const struct effect *)b)->text);
}

/* Takes the effects of an array and gives them back sorted. */
static json_t *sorted(json_t *effects)
{
    size_t n = json_array_size(effects);
    struct effect *list = xcalloc(n > 0 ? n : 1, sizeof(*list));
    json_t *out = json_array();

    for (size_t i = 0; i < n; i++) {
        struct buf text;

        buf_init(&text, EFFECT_MAX_BYTES);
        json_write(&text, json_array_get(effects, i), 0);
        list[i] = (struct effect){ buf_take(&text), json_array_get(effects, i) };
    }
    if (n > 1)
        qsort(list, n, sizeof(*list), by_text);
    for (size_t i = 0; i < n; i++) {
        (void)json_array_append(out, list[i].value);
        free(list[i].text);
    }
    free(list);
    json_decref(effects);
    return out;
}

/* The files of a release by name and digest. */
static json_t *assets_of(const struct state *s, int64_t release)
{
    json_t *assets = json_array(), *row;
    size_t i;

    json_array_foreach(state_table(s, ASSETS), i, row)
    {
        if (row_int(row, "release") == release)
            (void)json_array_append_new(assets,
                                        json_pack("{s:s, s:s}", "name", row_str(row, "name"),
                                                  "digest", row_str(row, "digest")));
    }
    return sorted(assets);
}

static json_t *effects_of(const struct state *s, size_t kind)
{
    json_t *effects = json_array(), *row;
    size_t i;

    json_array_foreach(state_table(s, kinds[kind].table), i, row)
    {
        if (strcmp(row_str(row, kinds[kind].who), PRACTICE_BOT) != 0)
            continue;
        json_t *effect = json_object();
        for (const char *const *key = kinds[kind].keys; *key; key++) {
            if (row_has(row, *key))
                (void)json_object_set(effect, *key, json_object_get(row, *key));
        }
        if (kinds[kind].table == RELEASES)
            row_set(effect, "assets", assets_of(s, row_int(row, "id")));
        (void)json_array_append_new(effects, effect);
    }
    return sorted(effects);
}

json_t *control_effects(const struct forge *f)
{
    json_t *out = json_object();

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        row_set(out, kinds[i].name, effects_of(&f->state, i));
    return out;
}
