/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_strict.h
 * httpd_strict: refuses requests that two servers in a row could read in two ways.
 * Private to base/httpd*.c. What a proxy and we understand differently is how one person's
 * request is smuggled into another's connection (RFC 9112 section 11.2). */
#ifndef BASE_HTTPD_STRICT_H
#define BASE_HTTPD_STRICT_H
struct MHD_Connection;

/* What is wrong with the headers, as text of ours; NULL when nothing is. version:
 * "HTTP/1.1". */
const char *httpd_strict_fault(struct MHD_Connection *connection, const char *version);

#endif
