/* SPDX-License-Identifier: Apache-2.0
 * tests/support/ledger_scene.h
 * ledger_scene: an empty database, a fake forge with an issue and a pull request, and a bot
 * between them, for the tests of the ledger. */
#ifndef TESTS_SUPPORT_LEDGER_SCENE_H
#define TESTS_SUPPORT_LEDGER_SCENE_H
#include <stdint.h>

#include "base/clock.h"
#include "bot/bot.h"
#include "bot/ledger.h"
#include "config/config.h"
#include "store/db.h"
#include "store/thread.h"
#include "tests/support/fake_forge.h"

enum { SCENE_REPO = 5, SCENE_ISSUE = 3, SCENE_PULL = 7, SCENE_NOW = 1700000000 };
#define SCENE_HEAD "4fd1c0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct scene {
    struct forge forge;
    struct db *db;
    struct clock clock;
    struct config config;
    struct bot bot;
    char *dir;
};

/* cmocka's setup and teardown: *state is the scene. */
int scene_open(void **state);
int scene_close(void **state);

/* In database and forge. */
void scene_put_thread(struct scene *s, int64_t number, enum thread_kind kind);

struct ledger_item comment_item(const char *key, int64_t number, const char *markdown);
struct ledger_item label_item(enum action_kind kind, const char *key, const char *name);
struct ledger_item status_item(const char *key, const char *state);

enum action_plan_result scene_plan(struct scene *s, const struct ledger_item *item);
struct ledger_counts scene_apply(struct scene *s); /* which must succeed */

struct seen {
    enum action_state state;
    char error[256];
    int64_t object_id;
};
struct seen scene_look(struct scene *s, const char *key);

/* As a kill leaves it: `sent` is on disk, nothing after it. */
void scene_set_sent(struct scene *s, const char *key);

/* The next writes answer -failure, having taken effect or not. */
void scene_fail_next(struct scene *s, int failure, int times, enum fake_effect effect);

#endif
