/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/xet_xorb.h"

#include <stdlib.h>
#include <string.h>

#include <lz4frame.h>

#include "base/alloc.h"
#include "base/err.h"

enum { HEADER = 8, PACKING_NONE = 0, PACKING_LZ4 = 1, PACKING_GROUPED = 2, GROUP = 4 };

static const char footer[] = "XETBLOB";

static uint32_t u24_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

/* A header: version 0, packed length u24, packing, unpacked length u24. */
static int read_header(struct xet_chunk *ret, const uint8_t *xorb, size_t len, size_t at,
                       struct err *err)
{
    const uint8_t *head = xorb + at;

    if (len - at < HEADER)
        return err_set(err, ERR_PARSE, "xorb: cut within the header at byte %zu", at);
    *ret = (struct xet_chunk){ .at = (uint32_t)(at + HEADER),
                               .packed = u24_at(head + 1),
                               .packing = head[4],
                               .size = u24_at(head + 5) };
    if (head[0] != 0 || ret->packing > PACKING_GROUPED)
        return err_set(err, ERR_PARSE, "xorb: unknown version or packing at byte %zu", at);
    if (ret->size == 0 || ret->size > XET_MAX_CHUNK_BYTES)
        return err_set(err, ERR_LIMIT, "xorb: chunk of %u bytes at byte %zu, 1 to %d may be",
                       (unsigned)ret->size, at, XET_MAX_CHUNK_BYTES);
    if (ret->packed > len - at - HEADER)
        return err_set(err, ERR_PARSE, "xorb: cut within the chunk at byte %zu", at);
    if (ret->packing == PACKING_NONE && ret->packed != ret->size)
        return err_set(err, ERR_PARSE, "xorb: chunk at byte %zu has two lengths", at);
    return 0;
}

int xet_xorb_index(struct xet_chunk **ret, size_t *ret_n, const uint8_t *xorb, size_t len,
                   struct err *err)
{
    size_t n = 0, at = 0, n_footer = sizeof(footer) - 1;
    int rc = 0;

    if (len > XET_MAX_XORB_BYTES)
        return err_set(err, ERR_LIMIT, "xorb: larger than %d bytes", XET_MAX_XORB_BYTES);
    struct xet_chunk *chunks = xcalloc(XET_MAX_XORB_CHUNKS, sizeof(*chunks));
    while (rc == 0 && at < len) {
        if (len - at >= n_footer && memcmp(xorb + at, footer, n_footer) == 0)
            break;
        if (n == XET_MAX_XORB_CHUNKS)
            rc = err_set(err, ERR_LIMIT, "xorb: more than %d chunks", XET_MAX_XORB_CHUNKS);
        else
            rc = read_header(&chunks[n], xorb, len, at, err);
        if (rc == 0)
            at = (size_t)chunks[n].at + chunks[n].packed;
        n++;
    }
    if (rc == 0 && n == 0)
        rc = err_set(err, ERR_PARSE, "xorb: it has no chunk");
    if (rc < 0) {
        free(chunks);
        return rc;
    }
    *ret = chunks;
    *ret_n = n;
    return 0;
}

/* One LZ4 frame, whole: all of its input makes exactly `size` bytes. */
static int unpack_frame(uint8_t *out, size_t size, const uint8_t *in, size_t len,
                        struct err *err)
{
    LZ4F_dctx *frame = NULL;
    size_t wanted = 1, in_done = 0, out_done = 0;

    if (LZ4F_isError(LZ4F_createDecompressionContext(&frame, LZ4F_VERSION)))
        return err_set(err, ERR_NOMEM, "xorb: cannot prepare LZ4");
    while (wanted != 0) {
        size_t n_in = len - in_done, n_out = size - out_done;

        wanted = LZ4F_decompress(frame, out + out_done, &n_out, in + in_done, &n_in, NULL);
        if (LZ4F_isError(wanted) || (n_in == 0 && n_out == 0))
            break;
        in_done += n_in;
        out_done += n_out;
    }
    (void)LZ4F_freeDecompressionContext(frame);
    if (wanted != 0 || in_done != len || out_done != size)
        return err_set(err, ERR_PARSE, "xorb: a chunk is no LZ4 frame of %zu bytes", size);
    return 0;
}

/* The bytes lie in four planes, byte i of plane k belongs to place 4 i + k. */
static void ungroup(uint8_t *out, const uint8_t *planes, size_t size)
{
    for (size_t k = 0; k < GROUP; k++)
        for (size_t at = k; at < size; at += GROUP)
            out[at] = *planes++;
}

int xet_chunk_unpack(uint8_t out[XET_MAX_CHUNK_BYTES], const struct xet_chunk *chunk,
                     const uint8_t *xorb, struct err *err)
{
    const uint8_t *packed = xorb + chunk->at;

    if (chunk->packing == PACKING_NONE) {
        memcpy(out, packed, chunk->size);
        return 0;
    }
    if (chunk->packing == PACKING_LZ4)
        return unpack_frame(out, chunk->size, packed, chunk->packed, err);

    uint8_t *planes = xmalloc(chunk->size);
    int rc = unpack_frame(planes, chunk->size, packed, chunk->packed, err);
    if (rc == 0)
        ungroup(out, planes, chunk->size);
    free(planes);
    return rc;
}
