/* SPDX-License-Identifier: Apache-2.0
 * hub/web/api.h
 * api: what the handlers of /api share. Private to hub/web. */
#ifndef HUB_WEB_API_H
#define HUB_WEB_API_H
#include "base/form.h"
#include "base/httpd.h"
#include "base/json.h"

enum { API_MAX_FIELDS = 1100, API_MAX_PATHS = 1000 };

/* Sends doc, whose reference it takes. Returns the status. */
int api_reply(struct httpd_request *req, struct httpd_response *res, json_t *doc);

/* The query's fields; form_finish() in every case. */
int api_query(struct form *form, const struct httpd_request *req);

#endif
