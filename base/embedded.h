/* SPDX-License-Identifier: Apache-2.0
 * base/embedded.h
 * embedded: files of the source tree that live inside the binary.
 * tools/embed writes a C file with one array per group; the array ends with a row of zeros. The
 * bytes live as long as the program; a NUL that `len` does not count follows them. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H
#include <stddef.h>

struct embedded {
    const char *name;          /* file name without its folder; NULL in the last row */
    const unsigned char *data; /* len bytes and a NUL */
    size_t len;
};

#endif
