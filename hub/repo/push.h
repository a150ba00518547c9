/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/push.h
 * hub_push: what a push by git must be like before its refs move.
 * For git's pre-receive hook: what came lies in quarantine, and is thrown away when this says
 * no. Looks at the files of each new tip; what git itself checks (paths, connected objects) is
 * git's. */
#ifndef HUB_REPO_PUSH_H
#define HUB_REPO_PUSH_H
#include <stddef.h>

struct err;

enum { HUB_PUSH_MAX_PLAIN_BYTES = 10 << 20 };

struct hub_push {
    const char *root, *id;
    const char *updates; /* "OLD NEW REF" lines, as git gives them to the hook */
    size_t updates_len;
    /* What the README of a tip must be like; negative refuses. NULL: anything. */
    int (*check_card)(void *ctx, const char *text, size_t len, struct err *err);
    void *ctx;
};

/* 0, or an error whose text tells the person who pushes what to do. */
int hub_push_check(const struct hub_push *push, struct err *err);

#endif
