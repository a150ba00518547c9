/* SPDX-License-Identifier: Apache-2.0
 * hub/web/routes.h
 * routes: which handler answers which address. Private to hub/web. */
#ifndef HUB_WEB_ROUTES_H
#define HUB_WEB_ROUTES_H
#include "base/httpd.h"

extern const struct httpd_route routes[];
extern const struct httpd_stream streams[];   /* of uploads */
extern httpd_handler *const quick_handlers[]; /* answered from memory */
httpd_handler send_not_found;

#endif
