/* SPDX-License-Identifier: Apache-2.0
 * hub/web/xet.h
 * xet: the endpoints that Xet clients upload to. Private to hub/web. */
#ifndef HUB_WEB_XET_H
#define HUB_WEB_XET_H
#include "base/httpd.h"

httpd_handler xet_write_token, xet_xorb, xet_shard, xet_shard_with_progress, xet_absent;
/* Their streams. */
httpd_handler xet_xorb_begin, xet_shard_begin, xet_progress_begin;
int xet_xorb_take(struct httpd_request *req, const void *data, size_t len, void *ctx);
int xet_shard_take(struct httpd_request *req, const void *data, size_t len, void *ctx);
int xet_progress_take(struct httpd_request *req, const void *data, size_t len, void *ctx);

#endif
