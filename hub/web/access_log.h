/* SPDX-License-Identifier: Apache-2.0
 * hub/web/access_log.h
 * access_log: one line for each request, in the combined log format.
 * Queries are left out, since signed addresses are good for whoever reads them. Any thread may
 * write; lines come whole. */
#ifndef HUB_WEB_ACCESS_LOG_H
#define HUB_WEB_ACCESS_LOG_H
struct access_log;
struct buf;
struct err;
struct httpd_done;

/* path is appended to and made for its owner and group; "-" is standard error. */
int access_log_open(struct access_log **ret, const char *path, struct err *err);
/* The same path anew, after its file was moved away. The old one stays on an error. */
int access_log_reopen(struct access_log *log, struct err *err);
void access_log_close(struct access_log *log); /* NULL is fine */

void access_log_write(struct access_log *log, const struct httpd_done *done);
/* One line with its end, as it is written. */
void access_log_add_line(struct buf *out, const struct httpd_done *done);

#endif
