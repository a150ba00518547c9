/* SPDX-License-Identifier: Apache-2.0
 * hub/web/gitweb.h
 * gitweb: the handlers of clone, fetch and push. Private to hub/web. */
#ifndef HUB_WEB_GITWEB_H
#define HUB_WEB_GITWEB_H
#include "base/httpd.h"

struct err;

enum { GIT_FETCH_MAX_BYTES = 16 << 20, GIT_PUSH_MAX_BYTES = 1 << 30 };

/* program: run as git's hook for each push, by a name in hub_dir/.hooks. */
int gitweb_prepare_hook(const char *hub_dir, const char *program, struct err *err);

/* Why a push that takes so many bytes is refused where there is room for fewer. */
void gitweb_refusal(struct buf *out, int64_t bytes, int64_t room);

httpd_handler gitweb_refs, gitweb_fetch, gitweb_push;
httpd_handler gitweb_fetch_begin, gitweb_push_begin;
int gitweb_take(struct httpd_request *req, const void *data, size_t len, void *ctx);

#endif
