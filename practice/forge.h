/* SPDX-License-Identifier: Apache-2.0
 * practice/forge.h
 * forge: the pretend forge without its network: state, time and repository in one place.
 * What people do to it is moves.h; what clients see of it is the api_*.c files. Not locked: the
 * server takes its lock around every use. */
#ifndef PRACTICE_FORGE_H
#define PRACTICE_FORGE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/rfc3339.h"
#include "practice/state.h"

struct err;
struct git_repo;

struct forge {
    struct state state;
    struct clock clock;
    bool deletes_unseen;  /* as the dialect does: see there */
    int64_t pretend_at;   /* unix seconds; while not 0, "now" for moves (the sample's past) */
    char *dir;            /* absolute; holds git/OWNER/NAME.git, assets/, state.json, token */
    struct git_repo *git; /* OWNER/NAME.git; NULL in tests that need none */
    json_t *shown_users;  /* as render_user made them */
};

/* Opens what dir holds, or leaves an empty state; makes the folders. */
int forge_init(struct forge *f, const char *dir, struct clock clock, struct err *err);
void forge_finish(struct forge *f); /* NULL and half-built are fine */

/* Opens the bare repository of state's owner and name, creating it empty. */
int forge_open_git(struct forge *f, struct err *err);
int forge_save(const struct forge *f, struct err *err);

char *forge_asset_path(const struct forge *f, int64_t id); /* the caller frees */
void forge_remove_asset(struct forge *f, int64_t id);      /* the row and its bytes */
int64_t forge_time(const struct forge *f);
const char *forge_now_text(const struct forge *f, char out[RFC3339_SIZE]);

#endif
