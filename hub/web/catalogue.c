/* SPDX-License-Identifier: Apache-2.0
 * Invariants:
 * 1. An entry's stamp was taken before its content was read: a write in between makes the stamp
 *    differ at the next look, and the content is read again.
 * 2. An entry whose stamp might stay the same after another write is not kept.
 * 3. A content that was handed out once never changes; its counter of references is atomic. */
#include "hub/web/catalogue.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hub/repo/stamp.h"
#include "hub/web/model_json.h"
#include "hub/web/shelf.h"

enum { BUCKETS = 1 << 15, KINDS = 2 };

struct entry {
    struct entry *next;
    enum hosted_kind kind;
    char *id;
    struct hub_stamp stamp;
    json_t *content;
    size_t bytes;
};

struct catalogue {
    struct clock clock;
    pthread_mutex_t lock; /* of all below */
    struct entry *buckets[BUCKETS];
    size_t n_of_kind[KINDS];
    size_t bytes;
    int64_t n_read;
};

struct catalogue *catalogue_new(const struct clock *clock)
{
    struct catalogue *catalogue = xcalloc(1, sizeof(*catalogue));

    catalogue->clock = *clock;
    (void)pthread_mutex_init(&catalogue->lock, NULL);
    return catalogue;
}

/* About what jansson allocates. */
static size_t bytes_of(json_t *value)
{
    enum { STRING = 48, ARRAY = 112, OBJECT = 256, MEMBER = 64 };
    const char *key;
    size_t sum = 0;
    json_t *item;

    if (json_is_string(value))
        return STRING + json_string_length(value);
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            sum += sizeof(item) + bytes_of(json_array_get(value, i));
        return ARRAY + sum;
    }
    json_object_foreach(value, key, item) /* nothing for numbers */
        sum += MEMBER + strlen(key) + bytes_of(item);
    return json_is_object(value) ? OBJECT + sum : STRING;
}

/* Where the entry of a repository hangs, or would. */
static struct entry **find(struct catalogue *catalogue, enum hosted_kind kind, const char *id)
{
    size_t hash = (size_t)kind;

    for (const char *at = id; *at; at++)
        hash = hash * 31 + (unsigned char)*at;
    struct entry **place = &catalogue->buckets[hash % BUCKETS];
    while (*place && ((*place)->kind != kind || strcmp((*place)->id, id) != 0))
        place = &(*place)->next;
    return place;
}

static void drop(struct catalogue *catalogue, struct entry **place)
{
    struct entry *entry = *place;

    if (!entry)
        return;
    *place = entry->next;
    catalogue->bytes -= entry->bytes;
    catalogue->n_of_kind[entry->kind]--;
    json_decref(entry->content);
    free(entry->id);
    free(entry);
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (catalogue->buckets[i])
            drop(catalogue, &catalogue->buckets[i]);
    (void)pthread_mutex_destroy(&catalogue->lock);
    free(catalogue);
}

/* A new reference, if the entry is there and nothing was written since. */
static json_t *recall(struct catalogue *catalogue, enum hosted_kind kind, const char *id,
                      const struct hub_stamp *stamp)
{
    json_t *content = NULL;

    (void)pthread_mutex_lock(&catalogue->lock);
    const struct entry *entry = *find(catalogue, kind, id);
    if (entry && hub_stamp_equals(&entry->stamp, stamp))
        content = json_incref(entry->content);
    (void)pthread_mutex_unlock(&catalogue->lock);
    return content;
}

/* In the place of what was known; stamp is NULL when the content is not to be kept. */
static void note(struct catalogue *catalogue, enum hosted_kind kind, const char *id,
                 const struct hub_stamp *stamp, json_t *content)
{
    size_t bytes = sizeof(struct entry) + strlen(id) + bytes_of(content);

    (void)pthread_mutex_lock(&catalogue->lock);
    struct entry **place = find(catalogue, kind, id);
    drop(catalogue, place);
    catalogue->n_read++;
    if (stamp && content && bytes <= CATALOGUE_MAX_ENTRY_BYTES &&
        bytes <= CATALOGUE_MAX_BYTES - catalogue->bytes) {
        struct entry *entry = xmalloc(sizeof(*entry));

        *entry = (struct entry){ .next = *place,
                                 .kind = kind,
                                 .id = xstrdup(id),
                                 .stamp = *stamp,
                                 .content = json_incref(content),
                                 .bytes = bytes };
        *place = entry;
        catalogue->bytes += bytes;
        catalogue->n_of_kind[kind]++;
    }
    (void)pthread_mutex_unlock(&catalogue->lock);
}

/* By its whole name: a tag may be called main, too. */
static json_t *read_content(enum hosted_kind kind, const char *root, const char *id)
{
    struct shelf shelf;
    json_t *content = NULL;

    if (shelf_open(&shelf, root, id, "refs/heads/main", NULL) == 0) {
        shelf.hosted.kind = kind;
        content = model_content(&shelf);
    }
    shelf_close(&shelf);
    return content;
}

json_t *catalogue_get(struct catalogue *catalogue, enum hosted_kind kind, const char *root,
                      const char *id)
{
    int64_t now = clock_now(&catalogue->clock);
    struct hub_stamp stamp;

    if (!hub_stamp_take(&stamp, root, id))
        return NULL;
    json_t *content = recall(catalogue, kind, id, &stamp);
    if (!content) {
        content = read_content(kind, root, id);
        note(catalogue, kind, id, hub_stamp_is_quiet(&stamp, now) ? &stamp : NULL, content);
    }
    return content;
}

static int compare_id(const void *key, const void *item)
{
    return strcmp(key, *(char *const *)item);
}

void catalogue_keep(struct catalogue *catalogue, enum hosted_kind kind, char **ids, size_t n)
{
    (void)pthread_mutex_lock(&catalogue->lock);
    for (size_t i = 0; i < BUCKETS && catalogue->n_of_kind[kind] > n; i++) {
        struct entry **place = &catalogue->buckets[i];

        while (*place) {
            const struct entry *entry = *place;

            if (entry->kind == kind &&
                (n == 0 || !bsearch(entry->id, ids, n, sizeof(*ids), compare_id)))
                drop(catalogue, place);
            else
                place = &(*place)->next;
        }
    }
    (void)pthread_mutex_unlock(&catalogue->lock);
}

void catalogue_look(struct catalogue_state *ret, struct catalogue *catalogue)
{
    (void)pthread_mutex_lock(&catalogue->lock);
    *ret = (struct catalogue_state){ .bytes = catalogue->bytes, .n_read = catalogue->n_read };
    for (size_t i = 0; i < KINDS; i++)
        ret->n += catalogue->n_of_kind[i];
    (void)pthread_mutex_unlock(&catalogue->lock);
}
