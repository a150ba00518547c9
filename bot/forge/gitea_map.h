/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/gitea_map.h
 * gitea_map: the JSON of Gitea and Forgejo to the structs of forge.h.
 * The contract of bot/forge/map.h holds: checked, borrowed, counted only without an error. What
 * they name otherwise than GitHub gets GitHub's word here. */
#ifndef BOT_FORGE_GITEA_MAP_H
#define BOT_FORGE_GITEA_MAP_H
#include "base/json.h"
#include "bot/forge/forge.h"

/* ret->labels is owned. */
void gitea_map_thread(struct json_reader *r, const json_t *obj, struct forge_thread *ret);
void gitea_map_entry(struct json_reader *r, const json_t *obj, enum forge_entry_kind kind,
                     struct forge_entry *ret);
void gitea_map_moment(struct json_reader *r, const json_t *obj, struct forge_moment *ret);
enum forge_role gitea_map_role(struct json_reader *r, const json_t *obj);

#endif
