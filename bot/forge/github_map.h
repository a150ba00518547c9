/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/github_map.h
 * github_map: GitHub's JSON to the structs of forge.h.
 * The contract of bot/forge/map.h holds: checked, borrowed, counted only without an error. */
#ifndef BOT_FORGE_GITHUB_MAP_H
#define BOT_FORGE_GITHUB_MAP_H
#include "base/json.h"
#include "bot/forge/forge.h"

/* ret->labels is owned. */
void github_map_thread(struct json_reader *r, const json_t *obj, struct forge_thread *ret);
void github_map_entry(struct json_reader *r, const json_t *obj, enum forge_entry_kind kind,
                      struct forge_entry *ret);
void github_map_event(struct json_reader *r, const json_t *obj, struct forge_event *ret);
void github_map_moment(struct json_reader *r, const json_t *obj, struct forge_moment *ret);
enum forge_role github_map_role(struct json_reader *r, const json_t *obj);

#endif
