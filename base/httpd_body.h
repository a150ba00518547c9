/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_body.h
 * httpd_body: what becomes of a request's body: kept up to the route's limit, handed to the
 * route's stream piece by piece, or thrown away so that the peer hears the answer.
 * Private to base/httpd*.c. */
#ifndef BASE_HTTPD_BODY_H
#define BASE_HTTPD_BODY_H
#include <stdbool.h>
#include <stddef.h>

struct httpd_request;
struct httpd_stream;

/* The headers are complete and the route is matched. Negative: close the connection. */
int httpd_body_begin(struct httpd_request *req, const struct httpd_stream *streams, void *ctx);
int httpd_body_take(struct httpd_request *req, const char *data, size_t len, void *ctx);

/* Whether the answer stands already: the body is too large, or the stream wants none of it. */
bool httpd_body_is_refused(const struct httpd_request *req);
int httpd_body_refuse(struct httpd_request *req); /* queues that answer */

#endif
