/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_call.h
 * httpd_call: the call of a request's handler, and what is said where none answers.
 * Private to base/httpd*.c. */
#ifndef BASE_HTTPD_CALL_H
#define BASE_HTTPD_CALL_H
struct httpd_options;
struct httpd_request;
struct httpd_response;

/* Fills req's reply. Returns the status as a handler does: of the route's handler, or of the
 * options' not_found, or a plain 404 or 405. */
int httpd_call(struct httpd_request *req, const struct httpd_options *options);

/* A line of plain text. Returns status. */
int httpd_call_say(struct httpd_response *res, int status, const char *line);

/* Queues a 400 that names the fault and ends the connection. 0, or -1 when that failed. */
int httpd_call_refuse(struct httpd_request *req, const char *fault);

#endif
