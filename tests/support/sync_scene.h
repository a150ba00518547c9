/* SPDX-License-Identifier: Apache-2.0
 * tests/support/sync_scene.h
 * sync_scene: a practice forge, an empty database, and the sync between them. */
#ifndef TESTS_SUPPORT_SYNC_SCENE_H
#define TESTS_SUPPORT_SYNC_SCENE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "bot/forge/forge.h"
#include "bot/sync/sync.h"
#include "tests/support/practice_client.h"

struct db;

struct scene {
    struct practice_client *client;
    struct db *db;
    struct forge *forge;
    char url[60];              /* of the API */
    struct sync_result result; /* of the last sync */
    struct err err;
};

/* cmocka's setup and teardown; *state is the scene. */
int scene_set_up(void **state);
int scene_set_up_gitea(void **state);
int scene_tear_down(void **state);

struct forge_options scene_options(const struct scene *s);
void scene_connect(struct scene *s, const struct forge_options *options); /* as a new process */
void scene_reconnect(struct scene *s);                                    /* same options */
void scene_empty_database(struct scene *s);

int scene_sync(struct scene *s, enum sync_mode mode);
void scene_sync_well(struct scene *s, enum sync_mode mode); /* asserts that it is complete */
char *scene_dump(struct scene *s);                          /* canonical; the caller frees */

/* One move of the practice forge, a second after the last one; "as" is put before. Returns the
 * id or number of what was made. */
int64_t scene_do(struct scene *s, const char *who, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void scene_open_issues(struct scene *s, int n);
int64_t scene_open_issue(struct scene *s);

/* What the database holds of a thread. */
struct held {
    int n_entries, n_deleted;
    bool is_gone, is_open;
    char title[200], last_body[200];
};
struct held scene_held(struct scene *s, int64_t number);

#endif
