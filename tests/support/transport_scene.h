/* SPDX-License-Identifier: Apache-2.0
 * tests/support/transport_scene.h
 * transport_scene: a transport between an empty database and answers from a list. */
#ifndef TESTS_SUPPORT_TRANSPORT_SCENE_H
#define TESTS_SUPPORT_TRANSPORT_SCENE_H
#include "base/err.h"
#include "bot/forge/transport.h"
#include "tests/support/scripted_http.h"

#define API    "https://forge.test/api/v3"
#define BEARER "Bearer s3cret"

struct db;

struct scene {
    struct scripted_http script;
    struct db *db;
    struct transport *t;
    struct err err;
};

/* cmocka's setup and teardown; *state is the scene. */
int scene_set_up(void **state);
int scene_tear_down(void **state);

struct transport_options scene_options(struct scene *s);
void scene_reopen(struct scene *s, int64_t deadline_ms); /* as a new process */

/* Plays the answers for one request; asserts that every one of them was used. */
int scene_send(struct scene *s, const struct transport_request *req,
               struct transport_reply *reply, const struct scripted_answer *answers, size_t n);

#define SEND(s, req, reply, answers)                                                           \
    scene_send(s, req, reply, answers, sizeof(answers) / sizeof((answers)[0]))

extern const struct transport_request get_issues; /* conditional */
extern const struct transport_request post_once, patch;

#endif
