/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/push_updates.h
 * push_updates: the list of refs that git gives its hook pre-receive, "OLD NEW REF" a line.
 * Read whole before any of it counts. Says what a line may look like; what a ref may become is
 * push's. Private to hub/repo. */
#ifndef HUB_REPO_PUSH_UPDATES_H
#define HUB_REPO_PUSH_UPDATES_H
#include <stdbool.h>
#include <stddef.h>

#include "base/git.h"

struct err;

enum { PUSH_MAX_UPDATES = 1000, PUSH_MAX_REF_BYTES = 255 };

struct push_update {
    char before[GIT_HEX_SIZE], after[GIT_HEX_SIZE]; /* all zeros: there is no such ref */
    char ref[PUSH_MAX_REF_BYTES + 1];               /* no blank, no control character */
};

struct push_updates {
    struct push_update *items;
    size_t n, n_new; /* n_new of them are of refs that were not there */
};

/* push_updates_finish() in every case. */
int push_updates_parse(struct push_updates *ret, const char *text, size_t len, struct err *err);
void push_updates_finish(struct push_updates *updates);

bool push_update_makes(const struct push_update *update); /* a ref that was not there */
bool push_update_removes(const struct push_update *update);

#endif
