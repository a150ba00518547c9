/* SPDX-License-Identifier: Apache-2.0
 * hub/web/write.h
 * write: what the handlers that change repositories share. Private to hub/web. */
#ifndef HUB_WEB_WRITE_H
#define HUB_WEB_WRITE_H
#include "hub/web/access.h"

struct httpd_request;

/* Who a commit is by: the person's name, and no address that anybody could write to. */
struct write_author {
    char name[ACCESS_NAME_SIZE];
    char email[ACCESS_NAME_SIZE + 32];
};
void write_author_init(struct write_author *ret, const struct principal *who);

/* "X-HF-Warning: topic; message", which clients print once. */
void write_warn(struct httpd_request *req, const char *topic, const char *message);

/* A rest parameter ("branch", "rev"), percent-decoded; NULL when it is missing or broken. The
 * caller frees. */
char *write_param(const struct httpd_request *req, const char *name);

#endif
