/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_reply.h
 * httpd_reply: what a handler filled, handed to microhttpd.
 * Private to base/httpd*.c. */
#ifndef BASE_HTTPD_REPLY_H
#define BASE_HTTPD_REPLY_H
#include "base/httpd.h"

struct MHD_Response;

void httpd_response_init(struct httpd_response *res);
void httpd_response_finish(struct httpd_response *res);

/* Queues the answer and takes res's body, file and stream. 0, or -1 when the connection must be
 * closed instead. */
int httpd_reply(struct httpd_request *req, int status, struct httpd_response *res);

/* A blank stands for an empty value, which microhttpd takes for none. */
void httpd_reply_add(struct MHD_Response *reply, const char *name, const char *value);
/* Queues one that is made: takes it, and adds the request's id. */
int httpd_reply_queue(struct httpd_request *req, int status, struct MHD_Response *reply);

#endif
