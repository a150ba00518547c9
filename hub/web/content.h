/* SPDX-License-Identifier: Apache-2.0
 * hub/web/content.h
 * content: one file's bytes out of the text of a JSON string, base64 or UTF-8, in pieces.
 * Which of the two it is may be known only behind the text, so base64 is tried along the way.
 * At most CONTENT_IN_MEMORY bytes are held; more go to a blob that is being written. */
#ifndef HUB_WEB_CONTENT_H
#define HUB_WEB_CONTENT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "hub/repo/blob.h"

enum { CONTENT_IN_MEMORY = 1 << 20, CONTENT_GROUP = 8192 };

struct content {
    struct blob_store *blobs;
    struct buf text;           /* as it came, while it may be UTF-8 */
    struct buf bytes;          /* decoded; at most CONTENT_IN_MEMORY */
    struct blob_put *put;      /* takes them over when they are more */
    char group[CONTENT_GROUP]; /* base64 that is not decoded yet */
    size_t group_len;
    bool is_escaped, is_padded, is_not_base64;
};

void content_init(struct content *c, struct blob_store *blobs);
void content_reset(struct content *c); /* forgets it all, for the next file */
void content_finish(struct content *c);

int content_add(struct content *c, const char *text, size_t len, struct err *err);

/* The text is complete, and in this encoding ("base64", "utf-8"). After it the bytes are in
 * c->bytes, or in c->put, which the caller takes. */
int content_end(struct content *c, const char *encoding, struct err *err);

/* As the bytes are, moved into a blob that is begun where there is none. */
int content_to_blob(struct content *c, struct err *err);

#endif
