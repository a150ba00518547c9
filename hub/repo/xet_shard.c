/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything is little-endian records of 48 bytes:
 *
 *   header      32 bytes that say what this is, u64 version 2, u64 length of a footer
 *   file        hash 32, u32 flags, u32 number of terms, 8 unused     one block for each file
 *     term      xorb 32, u32 flags, u32 bytes, u32 first chunk, u32 end
 *     ...       as many records again when the flags say that the terms are verified
 *     sha256    32, 16 unused; when the flags say so
 *   end         32 bytes of 0xff
 *
 * What follows (facts about the xorbs, a footer) is not needed here. */
#include "hub/repo/xet_shard.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"

enum { RECORD = 48, HASH = 32, VERSION = 2 };

static const uint32_t HAS_VERIFICATION = 0x80000000, HAS_SHA256 = 0x40000000;

static const uint8_t tag[HASH] = { 'H', 'F', 'R', 'e', 'p', 'o', 'M', 'e', 't', 'a', 'D',
                                   'a', 't', 'a', 0,   85,  105, 103, 69,  106, 123, 129,
                                   87,  131, 165, 189, 217, 92,  205, 209, 74,  169 };

/* What is left to read, in whole records. */
struct input {
    const uint8_t *at;
    size_t n_records;
};

static uint32_t u32_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static const uint8_t *next(struct input *in)
{
    const uint8_t *record = in->at;

    if (in->n_records == 0)
        return NULL;
    in->at += RECORD;
    in->n_records--;
    return record;
}

/* The text of a hash has each group of eight bytes the other way round. */
static void read_hash(char out[XET_HEX_SIZE], const uint8_t *bytes)
{
    uint8_t turned[HASH];

    for (size_t i = 0; i < HASH; i++)
        turned[i] = bytes[(i & ~(size_t)7) + 7 - i % 8];
    hex_encode(out, turned, HASH);
}

static bool is_end(const uint8_t *record)
{
    for (size_t i = 0; i < HASH; i++)
        if (record[i] != 0xff)
            return false;
    return true;
}

static int read_terms(struct xet_shard *shard, struct xet_file *file, struct input *in,
                      uint32_t n, struct err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *record = next(in);
        struct xet_term *term = &shard->terms[shard->n_terms++];

        read_hash(term->xorb, record);
        term->bytes = u32_at(record + 36);
        term->first = u32_at(record + 40);
        term->end = u32_at(record + 44);
        if (term->first >= term->end || term->end > XET_MAX_CHUNKS || term->bytes == 0)
            return err_set(err, ERR_PARSE, "shard: file %zu, term %u: chunks %u to %u",
                           shard->n_files, (unsigned)i, (unsigned)term->first,
                           (unsigned)term->end);
        file->bytes += term->bytes;
        if (file->bytes > XET_MAX_FILE_BYTES)
            return err_set(err, ERR_LIMIT, "shard: file %zu is larger than %" PRId64 " bytes",
                           shard->n_files, XET_MAX_FILE_BYTES);
    }
    file->n_terms = n;
    return 0;
}

/* One block, whose first record is given. */
static int read_file(struct xet_shard *shard, struct input *in, const uint8_t *head,
                     struct err *err)
{
    uint32_t flags = u32_at(head + HASH), n = u32_at(head + 36);
    struct xet_file *file = &shard->files[shard->n_files];
    uint64_t n_records = (uint64_t)n + (flags & HAS_VERIFICATION ? n : 0) + 1;

    if (!(flags & HAS_SHA256))
        return err_set(err, ERR_PARSE, "shard: file %zu has no sha256", shard->n_files);
    if (n_records > in->n_records)
        return err_set(err, ERR_PARSE, "shard: file %zu: %u terms do not fit", shard->n_files,
                       (unsigned)n);
    *file = (struct xet_file){ .terms = &shard->terms[shard->n_terms] };
    int rc = read_terms(shard, file, in, n, err);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; (flags & HAS_VERIFICATION) && i < n; i++)
        (void)next(in);
    read_hash(file->sha256, next(in));
    shard->n_files++;
    return 0;
}

static int read_header(struct input *in, struct err *err)
{
    const uint8_t *record = next(in);

    if (!record || memcmp(record, tag, HASH) != 0)
        return err_set(err, ERR_PARSE, "shard: it does not begin as one");
    if (u32_at(record + HASH) != VERSION || u32_at(record + HASH + 4) != 0)
        return err_set(err, ERR_PARSE, "shard: version %u, only %d is known",
                       (unsigned)u32_at(record + HASH), VERSION);
    return 0;
}

int xet_shard_parse(struct xet_shard *ret, const void *data, size_t len, struct err *err)
{
    struct input in = { .at = data, .n_records = len / RECORD };
    const uint8_t *record;

    *ret = (struct xet_shard){ 0 };
    if (len > XET_MAX_SHARD_BYTES)
        return err_set(err, ERR_LIMIT, "shard: larger than %d bytes", XET_MAX_SHARD_BYTES);
    int rc = read_header(&in, err);
    if (rc < 0)
        return rc;

    /* A file takes two records at least, a term one: neither list can grow past these. */
    ret->files = xcalloc(in.n_records + 1, sizeof(*ret->files));
    ret->terms = xcalloc(in.n_records + 1, sizeof(*ret->terms));
    while (rc == 0 && (record = next(&in)) && !is_end(record))
        rc = read_file(ret, &in, record, err);
    if (rc == 0 && !record)
        rc = err_set(err, ERR_PARSE, "shard: it ends within the list of files");
    return rc;
}

void xet_shard_finish(struct xet_shard *shard)
{
    free(shard->files);
    free(shard->terms);
    *shard = (struct xet_shard){ 0 };
}
