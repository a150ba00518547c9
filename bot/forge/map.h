/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/map.h
 * map: JSON to the structs of forge.h, as far as all dialects say it alike.
 * Every reply is hostile until it went through a mapper: ids and numbers are checked, a null or
 * an absent field is its default, a wrong type is an error that names the path, a deleted
 * account is a user with id 0. Strings are borrowed from the JSON; the arrays named "owned" are
 * the caller's to free. Results count only while the reader has no error. */
#ifndef BOT_FORGE_MAP_H
#define BOT_FORGE_MAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "bot/forge/forge.h"

int64_t map_id(struct json_reader *r, const json_t *obj);
bool map_is_open(struct json_reader *r, const json_t *obj);

/* obj[key] is a user, null or absent. */
void map_user(struct json_reader *r, const json_t *obj, const char *key,
              struct forge_user *ret);
void map_me(struct json_reader *r, const json_t *obj, struct forge_user *ret);
void map_repo(struct json_reader *r, const json_t *obj, struct forge_repo *ret);

void map_labels(struct json_reader *r, const json_t *obj,
                struct forge_thread *ret); /* ret->labels is owned */
/* The name in obj["label"], "" where there is none. */
const char *map_label_name(struct json_reader *r, const json_t *obj);

/* The thread's number at the end of a URL: ".../issues/12", ".../pulls/12". */
int64_t map_url_number(struct json_reader *r, const json_t *obj, const char *key);

/* Their word for a thing, and ours. */
struct map_word {
    const char *theirs, *ours;
};
/* Ours for theirs, case ignored; NULL when the table has none. */
const char *map_word(const struct map_word *table, size_t n, const char *theirs);

void map_pull(struct json_reader *r, const json_t *obj, struct forge_pull *ret);
/* state_key: the field that holds the state. */
void map_status(struct json_reader *r, const json_t *obj, const char *state_key,
                struct forge_status *ret);
/* ret->assets is owned. */
void map_release(struct json_reader *r, const json_t *obj, struct forge_release *ret);

#endif
