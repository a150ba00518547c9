/* SPDX-License-Identifier: Apache-2.0
 * hub/web/api.h
 * api: what the handlers of /api share. Private to hub/web. */
#ifndef HUB_WEB_API_H
#define HUB_WEB_API_H
#include "base/form.h"
#include "base/httpd.h"
#include "base/json.h"

enum { API_MAX_FIELDS = 1100 };

/* Sends doc, whose reference it takes. Returns the status. */
int api_reply(struct httpd_request *req, struct httpd_response *res, json_t *doc);

/* {"oid", "size", "pointerSize"} of a large file. */
struct hub_file;
json_t *api_lfs(const struct hub_file *file);

/* The request's body as one JSON object, the caller's; 0, or the status of a 400. */
struct site;
int api_body(json_t **ret, const struct site *site, struct httpd_request *req,
             struct httpd_response *res);

/* The query's fields: 0, or the status of a 400. form_finish() in every case. */
int api_query(struct form *ret, const struct site *site, struct httpd_request *req,
              struct httpd_response *res);

#endif
