/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/upkeep_walk.h
 * upkeep_walk: every repository of one kind. Private to hub/repo. */
#ifndef HUB_REPO_UPKEEP_WALK_H
#define HUB_REPO_UPKEEP_WALK_H

struct err;
struct hub_repo;

/* One that vanishes meanwhile is skipped. what: "model a/b", for messages. */
typedef int upkeep_repo_fn(void *ctx, struct hub_repo *repo, const char *what, struct err *err);
int upkeep_each_repo(const char *root, const char *kind, upkeep_repo_fn *fn, void *ctx,
                     struct err *err);

#endif
