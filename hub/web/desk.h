/* SPDX-License-Identifier: Apache-2.0
 * hub/web/desk.h
 * desk: a repository, open for who has a right to it, and what the request says in JSON.
 * Private to hub/web. */
#ifndef HUB_WEB_DESK_H
#define HUB_WEB_DESK_H
#include "base/json.h"
#include "hub/web/visit.h"

struct hub_repo;

struct desk {
    struct visit visit;
    struct hub_repo *repo;
    json_t *doc; /* the body; NULL without one */
};

/* 0, or the status of the error that is filled in. desk_close() in every case. */
int desk_open(struct desk *ret, const struct site *site, struct httpd_request *req,
              struct httpd_response *res, enum access_right right);
void desk_close(struct desk *desk); /* zeroed is fine */

#endif
