/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_file.h
 * httpd_file: a reply whose body is part of a file.
 * Private to base/httpd*.c. microhttpd sends small ones; large ones are sent by httpd_send,
 * while their connection is suspended, and end it. */
#ifndef BASE_HTTPD_FILE_H
#define BASE_HTTPD_FILE_H
struct MHD_Response;
struct httpd_request;
struct httpd_response;

/* The part of res's file that it names; NULL when that is not there, or is no regular file. */
struct MHD_Response *httpd_file_reply(struct httpd_request *req,
                                      const struct httpd_response *res);

#endif
