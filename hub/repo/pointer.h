/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/pointer.h
 * pointer: the short text that stands in git for a large file (Git LFS, version 1).
 * Only the form that clients write is taken: version, oid, size, in this order. */
#ifndef HUB_REPO_POINTER_H
#define HUB_REPO_POINTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

enum { POINTER_MIN_BYTES = 120, POINTER_MAX_BYTES = 200 }; /* any pointer lies in between */

struct pointer {
    char oid[SHA256_HEX_SIZE];
    int64_t size; /* bytes of the file it stands for */
};

bool pointer_parse(struct pointer *ret, const char *text, size_t len);

/* Writes the text and its NUL; returns its length. */
size_t pointer_format(char out[POINTER_MAX_BYTES], const struct pointer *pointer);

#endif
