/* SPDX-License-Identifier: Apache-2.0
 * base/spool.h
 * spool: a body that is gathered in a file without a name, gone when it is closed.
 * The descriptor is the caller's; nothing else is owned. */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H
#include <stddef.h>

struct err;

/* A descriptor under dir, or a negative error. */
int spool_open(const char *dir, struct err *err);
int spool_add(int fd, const void *data, size_t len, struct err *err);

/* The whole of it, to be read; spool_unmap(). An empty one gives "". */
int spool_map(const void **ret, size_t *ret_len, int fd, struct err *err);
void spool_unmap(const void *data, size_t len);

#endif
