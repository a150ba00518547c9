/* SPDX-License-Identifier: Apache-2.0
 * tests/support/fake_forge.h
 * fake_forge: all of bot/forge/forge.h over plain arrays, in the place of the real one.
 * A test sets what stands on the forge, lets the code under test run, and counts what it wrote.
 * The next write can be made to fail before or after it takes effect. */
#ifndef TESTS_SUPPORT_FAKE_FORGE_H
#define TESTS_SUPPORT_FAKE_FORGE_H
#include <stdbool.h>
#include <stdint.h>

struct forge_status;

enum { FAKE_MAX = 64, FAKE_FIRST_ID = 1000, FAKE_SELF_ID = 900, FAKE_STRANGER_ID = 7 };

struct fake_comment {
    int64_t id, number, author_id;
    char *body;
};

struct fake_thread {
    int64_t number;
    bool is_locked, is_gone;
    const char *head_sha; /* NULL: no pull request */
    char *labels[FAKE_MAX];
    int n_labels;
    const char *set_label; /* NULL: nobody did */
    const char *set_kind;  /* of that moment; NULL: "labeled" */
    int64_t set_event;     /* the labelling of set_label */
};

struct fake_status {
    char *sha, *context, *state, *description;
    int64_t creator_id, id;
};

struct fake_asset {
    int64_t id, size;
    char *name;
    const char *state;
};

struct fake_release {
    int64_t id, author_id;
    char *tag, *body;
    struct fake_asset assets[FAKE_MAX];
    int n_assets;
};

enum fake_effect { FAKE_NOT_DONE, FAKE_DONE };

struct forge {
    struct fake_thread threads[FAKE_MAX];
    struct fake_comment comments[FAKE_MAX];
    struct fake_status statuses[FAKE_MAX]; /* oldest first */
    struct fake_release releases[FAKE_MAX];
    int n_threads, n_comments, n_statuses, n_releases;
    int64_t next_id;
    int n_writes, n_deletes;
    bool lists_oldest_first; /* statuses */

    /* The next n_failures writes answer -failure, having taken effect or not. */
    int failure, n_failures;
    enum fake_effect effect;
};

void fake_forge_init(struct forge *f);
void fake_forge_finish(struct forge *f);
struct fake_thread *fake_add_thread(struct forge *f, int64_t number, const char *head_sha);
void fake_add_label(struct fake_thread *t, const char *label);
bool fake_has_label(const struct forge *f, int64_t number, const char *label);
int64_t fake_add_comment(struct forge *f, int64_t number, int64_t author_id, const char *body);
void fake_delete_comment(struct forge *f, int64_t id);
/* Words are copied, an id is given. */
void fake_add_status(struct forge *f, const char *sha, const struct forge_status *status);
void fake_forget_statuses(struct forge *f);

#endif
