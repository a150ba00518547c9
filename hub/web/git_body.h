/* SPDX-License-Identifier: Apache-2.0
 * hub/web/git_body.h
 * git_body: what a request to git must be like before git reads it.
 * Private to hub/web. git unpacks and keeps what it is sent without a limit, so both are looked
 * at here; what the bytes mean is git's. */
#ifndef HUB_WEB_GIT_BODY_H
#define HUB_WEB_GIT_BODY_H
#include <stdbool.h>
#include <stddef.h>

struct err;

/* An unpacked request for objects, which may name as many as one that came plain; and the refs,
 * by name and commit, that a push moves. */
enum { GIT_UNPACKED_MAX_BYTES = 16 << 20, GIT_COMMANDS_MAX_BYTES = 16 << 20 };

/* Whether that is gzip's name in a Content-Encoding. */
bool git_body_is_gzip(const char *encoding);

/* Replaces *fd, a spooled body, with what is packed in it, in another under dir. Past the limit
 * -ERR_LIMIT, what is no gzip -ERR_PARSE. */
int git_body_unpack(int *fd, const char *dir, struct err *err);

/* Whether the commands at the beginning of a push end within their limit. */
bool git_body_commands_fit(const void *data, size_t len);

/* The same of a spooled body: 0, -ERR_LIMIT, or -ERR_IO. */
int git_body_check_commands(int fd, struct err *err);

#endif
