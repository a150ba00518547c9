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
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

enum { RECORD = 48, HASH = 32, VERSION = 2 };

static const uint32_t HAS_VERIFICATION = 0x80000000, HAS_SHA256 = 0x40000000;

static const uint8_t tag[HASH] = { 'H', 'F', 'R', 'e', 'p', 'o', 'M', 'e', 't', 'a', 'D',
                                   'a', 't', 'a', 0,   85,  105, 103, 69,  106, 123, 129,
                                   87,  131, 165, 189, 217, 92,  205, 209, 74,  169 };

static uint32_t u32_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static const uint8_t *next(struct xet_shard *shard)
{
    const uint8_t *record = shard->at;

    if (shard->n_records == 0)
        return NULL;
    shard->at += RECORD;
    shard->n_records--;
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

struct xet_term xet_file_term(const struct xet_file *file, size_t i)
{
    const uint8_t *record = file->records + i * RECORD;
    struct xet_term term = { .bytes = u32_at(record + 36),
                             .first = u32_at(record + 40),
                             .end = u32_at(record + 44) };

    read_hash(term.xorb, record);
    return term;
}

static int check_terms(struct xet_file *file, size_t number, struct err *err)
{
    for (size_t i = 0; i < file->n_terms; i++) {
        const uint8_t *record = file->records + i * RECORD;
        uint32_t bytes = u32_at(record + 36), first = u32_at(record + 40),
                 end = u32_at(record + 44);

        if (first >= end || end > XET_MAX_CHUNKS || bytes == 0)
            return err_set(err, ERR_PARSE, "shard: file %zu, term %zu: chunks %u to %u", number,
                           i, (unsigned)first, (unsigned)end);
        file->bytes += bytes;
        if (file->bytes > XET_MAX_FILE_BYTES)
            return err_set(err, ERR_LIMIT, "shard: file %zu is larger than %" PRId64 " bytes",
                           number, XET_MAX_FILE_BYTES);
    }
    return 0;
}

/* One block, whose first record is given. */
static int read_file(struct xet_file *file, struct xet_shard *shard, const uint8_t *head,
                     struct err *err)
{
    uint32_t flags = u32_at(head + HASH), n = u32_at(head + 36);
    uint64_t n_skipped = flags & HAS_VERIFICATION ? n : 0;

    if (!(flags & HAS_SHA256))
        return err_set(err, ERR_PARSE, "shard: file %zu has no sha256", shard->n_files);
    if (n + n_skipped + 1 > shard->n_records)
        return err_set(err, ERR_PARSE, "shard: file %zu: %u terms do not fit", shard->n_files,
                       (unsigned)n);
    *file = (struct xet_file){ .records = shard->at, .n_terms = n };
    int rc = check_terms(file, shard->n_files, err);
    if (rc < 0)
        return rc;
    shard->at += (n + n_skipped) * RECORD;
    shard->n_records -= n + n_skipped;
    read_hash(file->sha256, next(shard));
    shard->n_files++;
    return 0;
}

int xet_shard_next(struct xet_file *ret, struct xet_shard *shard, struct err *err)
{
    const uint8_t *record = next(shard);

    if (!record)
        return err_set(err, ERR_PARSE, "shard: it ends within the list of files");
    if (is_end(record))
        return 0;
    int rc = read_file(ret, shard, record, err);
    return rc < 0 ? rc : 1;
}

static int check_header(struct xet_shard *shard, struct err *err)
{
    const uint8_t *record = next(shard);

    if (!record || memcmp(record, tag, HASH) != 0)
        return err_set(err, ERR_PARSE, "shard: it does not begin as one");
    if (u32_at(record + HASH) != VERSION || u32_at(record + HASH + 4) != 0)
        return err_set(err, ERR_PARSE, "shard: version %u, only %d is known",
                       (unsigned)u32_at(record + HASH), VERSION);
    return 0;
}

int xet_shard_open(struct xet_shard *ret, const void *data, size_t len, struct err *err)
{
    struct xet_shard shard = { .at = data, .n_records = len / RECORD };
    struct xet_file file;

    if (len > XET_MAX_SHARD_BYTES)
        return err_set(err, ERR_LIMIT, "shard: larger than %d bytes", XET_MAX_SHARD_BYTES);
    int rc = check_header(&shard, err);
    if (rc < 0)
        return rc;
    *ret = shard;
    do
        rc = xet_shard_next(&file, &shard, err);
    while (rc > 0);
    return rc;
}
