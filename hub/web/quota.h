/* SPDX-License-Identifier: Apache-2.0
 * hub/web/quota.h
 * quota: what the repositories of a namespace may take on disk, so that many who come at once
 * do not pass together. Private to hub/web.
 * Who is about to keep bytes holds them first; what is held counts like what is there. A hold
 * becomes what is there in one step with the count in hub.db, and ends with the request. */
#ifndef HUB_WEB_QUOTA_H
#define HUB_WEB_QUOTA_H
#include <stdint.h>

#include "store/hosted_repo.h"

struct access;
struct err;
struct quota;
struct quota_hold;

/* default_bytes: of a namespace that has none of its own; 0: no limit. */
struct quota *quota_new(struct access *access, int64_t default_bytes);
void quota_free(struct quota *quota); /* after the last hold; NULL is fine */

/* Bytes that a namespace may take in all; 0: any number. */
int64_t quota_of(struct quota *quota, const char *ns);
/* What is neither taken nor held; negative: any number. */
int64_t quota_left(struct quota *quota, const char *ns);

/* -ERR_LIMIT when fewer are left. */
int quota_take(struct quota_hold **ret, struct quota *quota, const char *ns, int64_t bytes,
               struct err *err);
/* Holds at least so many from now on, for who learns only by and by how many there are. */
int quota_grow(struct quota_hold *hold, int64_t bytes, struct err *err);
/* What it could grow to now; negative: anything. */
int64_t quota_room(const struct quota_hold *hold);
/* Bytes that were held are there now: in this repository, if hub.db knows it. */
void quota_count(struct quota_hold *hold, const struct hosted_name *name, int64_t bytes);
/* Bytes of it are gone. */
void quota_uncount(struct quota *quota, const struct hosted_name *name, int64_t bytes);
void quota_release(struct quota_hold *hold); /* NULL is fine */

#endif
