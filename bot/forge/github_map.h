/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/github_map.h
 * github_map: GitHub's JSON to the structs of forge.h.
 * Every reply is hostile until it went through here: ids and numbers are checked, a null or an
 * absent field is its default, a wrong type is an error that names the path, a deleted account
 * is a user with id 0. Strings are borrowed from the JSON; the arrays named "owned" are the
 * caller's to free. Results count only while the reader has no error. */
#ifndef BOT_FORGE_GITHUB_MAP_H
#define BOT_FORGE_GITHUB_MAP_H
#include "base/json.h"
#include "bot/forge/forge.h"

/* obj[key] is a user, null or absent. */
void github_map_user(struct json_reader *r, const json_t *obj, const char *key,
                     struct forge_user *ret);
void github_map_me(struct json_reader *r, const json_t *obj, struct forge_user *ret);
void github_map_repo(struct json_reader *r, const json_t *obj, struct forge_repo *ret);
/* ret->labels is owned. */
void github_map_thread(struct json_reader *r, const json_t *obj, struct forge_thread *ret);
void github_map_entry(struct json_reader *r, const json_t *obj, enum forge_entry_kind kind,
                      struct forge_entry *ret);
void github_map_event(struct json_reader *r, const json_t *obj, struct forge_event *ret);
void github_map_pull(struct json_reader *r, const json_t *obj, struct forge_pull *ret);
void github_map_moment(struct json_reader *r, const json_t *obj, struct forge_moment *ret);
void github_map_status(struct json_reader *r, const json_t *obj, struct forge_status *ret);
/* ret->assets is owned. */
void github_map_release(struct json_reader *r, const json_t *obj, struct forge_release *ret);
enum forge_role github_map_role(struct json_reader *r, const json_t *obj);

#endif
