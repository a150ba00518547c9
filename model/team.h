/* SPDX-License-Identifier: Apache-2.0
 * model/team.h
 * team: threads that do one small thing together, many thousand times a second.
 * They wait by spinning (a step takes 10 us) and yield when that takes long. What a part
 * computes may depend on its number only through which elements it owns. */
#ifndef MODEL_TEAM_H
#define MODEL_TEAM_H
#include <stddef.h>

struct err;
struct team;

/* n_parts >= 1: the calling thread and n_parts - 1 new ones. */
int team_new(struct team **ret, size_t n_parts, struct err *err);
void team_free(struct team *team); /* NULL is fine */

/* Calls work(ctx, part, n_parts) once for every part, and returns when all have. A NULL team
 * is this thread alone. */
void team_run(struct team *team, void (*work)(void *ctx, size_t part, size_t n_parts),
              void *ctx);

/* Inside work: goes on when every part is here. What was written before is seen after. */
void team_sync(struct team *team);

/* The share of n items, in units of `unit`, that belongs to a part: [*from, *to). */
void team_share(size_t *from, size_t *to, size_t n, size_t unit, size_t part, size_t n_parts);

#endif
