/* SPDX-License-Identifier: Apache-2.0
 * tests/support/gitea_scene.h
 * gitea_scene: a forge of the gitea dialect between an empty database and answers from a
 * list. */
#ifndef TESTS_SUPPORT_GITEA_SCENE_H
#define TESTS_SUPPORT_GITEA_SCENE_H
#include "base/err.h"
#include "bot/forge/forge.h"
#include "tests/support/scripted_http.h"

#define API  "https://git.example/sub/api/v1"
#define REPO API "/repos/o/n"

struct db;

struct scene {
    struct scripted_http script;
    struct db *db;
    struct forge *forge;
    struct err err;
    size_t n_items; /* of the last page */
    char next[200];
};

/* cmocka's setup and teardown; *state is the scene. */
int scene_set_up(void **state);
int scene_tear_down(void **state);
struct forge_options scene_options(struct scene *s);

#define PLAY(s, answers)                                                                       \
    scripted_http_play(&(s)->script, answers, sizeof(answers) / sizeof((answers)[0]))

/* Asserts that all answers were used, and that these lines were asked. */
void scene_check_asked(const struct scene *s, const char *const *lines, size_t n);

#define ASKED(s, ...)                                                                          \
    scene_check_asked(s, (const char *const[]){ __VA_ARGS__ },                                 \
                      sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

#endif
