/* SPDX-License-Identifier: Apache-2.0
 * practice/control.h
 * control: what a person or a test does to the practice forge beside its API.
 *
 *   GET    /_practice/state     the whole state and the refs, canonical JSON
 *   GET    /_practice/effects   what the token's owner did, without ids and times, sorted
 *   POST   /_practice/do        {"as": LOGIN, "do": MOVE, ...}, see control_moves.c
 *   GET    /_practice/faults    {"500": 0.1}
 *   POST   /_practice/faults    {"set": ["500=0.1", ..]}; "none" clears them
 *   POST   /_practice/rate      {"limit": N, "used": N}
 *   POST   /_practice/app       {"id", "slug", "public_key", "permissions"}: an App, see app.h
 *   POST   /_practice/ids       {"next": N}: ids go on from N
 *   GET    /_practice/requests  ["GET /user 200", ..]; DELETE forgets them
 *   POST   /_practice/save      writes state.json now
 *
 * On loopback for whoever can reach it: no token, no faults, no limit. */
#ifndef PRACTICE_CONTROL_H
#define PRACTICE_CONTROL_H
#include "base/git.h"
#include "base/json.h"

struct err;
struct forge;

/* One move. *ret_row, borrowed, is the row that was made or changed, or NULL. */
int control_do(json_t **ret_row, struct forge *f, const json_t *order, struct err *err);

json_t *control_effects(const struct forge *f); /* new; also under /_practice/effects */

/* A commit on top of parent with files {PATH: text, or {"base64": text}, or null to remove}. */
int control_commit(char ret[GIT_HEX_SIZE], struct forge *f, const char *who, const char *parent,
                   const json_t *files, struct err *err);

#endif
