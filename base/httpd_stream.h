/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_stream.h
 * httpd_stream: a reply whose bytes another process still makes.
 * Private to base/httpd*.c. While there are none the connection is suspended, so that no thread
 * of the server waits for the writer. */
#ifndef BASE_HTTPD_STREAM_H
#define BASE_HTTPD_STREAM_H
struct MHD_Response;
struct httpd_request;
struct httpd_response;

/* Takes res's body and stream. NULL when microhttpd refuses. */
struct MHD_Response *httpd_stream_reply(struct httpd_request *req, struct httpd_response *res);

#endif
