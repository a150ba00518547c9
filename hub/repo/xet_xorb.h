/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/xet_xorb.h
 * xet_xorb: chunks of files, compressed one by one, as Xet clients upload them.
 * Parsing only; input is a stranger's. The door to LZ4. Xet's specification (Apache-2.0) says
 * more. */
#ifndef HUB_REPO_XET_XORB_H
#define HUB_REPO_XET_XORB_H
#include <stddef.h>
#include <stdint.h>

struct err;

enum {
    XET_MAX_XORB_BYTES = 65 << 20, /* 64 MiB of content, and what stands around it */
    XET_MAX_XORB_CHUNKS = 8192,
    XET_MAX_CHUNK_BYTES = 128 << 10,
};

struct xet_chunk {
    uint32_t at;     /* where its packed bytes are in the xorb */
    uint32_t packed; /* bytes there */
    uint32_t size;   /* bytes unpacked, at most XET_MAX_CHUNK_BYTES */
    uint8_t packing; /* 0 none, 1 LZ4, 2 grouped by fours and LZ4 */
};

/* Finds the chunks without unpacking any; the caller frees the list. -ERR_PARSE, -ERR_LIMIT. */
int xet_xorb_index(struct xet_chunk **ret, size_t *ret_n, const uint8_t *xorb, size_t len,
                   struct err *err);

/* Writes the chunk's `size` bytes to out. -ERR_PARSE when they are not that many. */
int xet_chunk_unpack(uint8_t out[XET_MAX_CHUNK_BYTES], const struct xet_chunk *chunk,
                     const uint8_t *xorb, struct err *err);

#endif
