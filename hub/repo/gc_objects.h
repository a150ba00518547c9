/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/gc_objects.h
 * gc_objects: those git objects of one repository go that nothing leads to. Private to
 * hub/repo/. */
#ifndef HUB_REPO_GC_OBJECTS_H
#define HUB_REPO_GC_OBJECTS_H
#include <stddef.h>
#include <stdint.h>

struct err;
struct hub_repo;

struct hub_collected {
    size_t n_objects, n_leftovers; /* removed */
    int64_t bytes;                 /* by which it is smaller now */
};

/* Objects that no ref leads to and that were touched before that time, and what killed
 * programs left. Writers wait meanwhile; a repository in which there is nothing to do since the
 * last time is only looked at. Handles that are open see objects that are gone until they are
 * opened anew. */
int hub_repo_collect(struct hub_collected *ret, struct hub_repo *repo, int64_t before_at,
                     struct err *err);

#endif
