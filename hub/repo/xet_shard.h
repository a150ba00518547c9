/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/xet_shard.h
 * xet_shard: how files are put together from chunks, as Xet clients upload it.
 * Parsing only, and nothing is copied; input is a stranger's. A shard names files by SHA-256,
 * each a list of terms: a run of chunks of one xorb. Hashes are hex text; see Xet's
 * specification (Apache-2.0). */
#ifndef HUB_REPO_XET_SHARD_H
#define HUB_REPO_XET_SHARD_H
#include <stddef.h>
#include <stdint.h>

struct err;

enum { XET_HEX_SIZE = 65, XET_MAX_SHARD_BYTES = 64 << 20, XET_MAX_CHUNKS = 8192 };

/* Of one file put together: a chunk may be named again and again, so that a few bytes sent
 * could ask for any number stored. Clients download no more than this over plain HTTP. */
#define XET_MAX_FILE_BYTES INT64_C(50000000000)

struct xet_term {
    char xorb[XET_HEX_SIZE];
    uint32_t first, end; /* chunks [first, end) of it, at least one */
    uint32_t bytes;      /* of these chunks together */
};

struct xet_file {
    char sha256[XET_HEX_SIZE];
    const uint8_t *records; /* of its terms, inside the shard's bytes */
    size_t n_terms;
    int64_t bytes;
};
struct xet_term xet_file_term(const struct xet_file *file, size_t i);

/* A place in a list of files, in bytes that are the caller's. */
struct xet_shard {
    const uint8_t *at;
    size_t n_records; /* left */
    size_t n_files;   /* passed */
};

/* Looks at every file, and then stands before the first. -ERR_PARSE or -ERR_LIMIT, naming the
 * file's number in the shard. */
int xet_shard_open(struct xet_shard *ret, const void *data, size_t len, struct err *err);
/* The next file: 1, or 0 behind the last; or an error as above. */
int xet_shard_next(struct xet_file *ret, struct xet_shard *shard, struct err *err);

#endif
