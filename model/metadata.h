/* SPDX-License-Identifier: Apache-2.0
 * model/metadata.h
 * metadata: the labels of a folder of pictures, "metadata.csv".
 *     file_name,label
 *     3/a.png,3
 * Reads text from strangers and opens nothing: a name that leaves the folder is refused here,
 * before anybody opens it. */
#ifndef MODEL_METADATA_H
#define MODEL_METADATA_H
#include <stddef.h>

struct err;

enum { METADATA_MAX_NAME = 255 };

/* One line. */
struct metadata_entry {
    char name[METADATA_MAX_NAME + 1]; /* a path inside the folder */
    int label;                        /* 0..9 */
};

/* Calls add for each line behind the header, in their order; a negative result ends the reading
 * with it. LF or CRLF. what names the file; errors name the line too. */
int metadata_read(const char *text, size_t len, const char *what,
                  int (*add)(void *ctx, const struct metadata_entry *entry, struct err *err),
                  void *ctx, struct err *err);

#endif
