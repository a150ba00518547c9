/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gzip.h"

#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/buf.h"
#include "base/err.h"

enum {
    PIECE_BYTES = 65536,
    INPUT_MAX_BYTES = 1 << 30, /* given to zlib at once; its counters have 32 bits */
    GZIP_ONLY = MAX_WBITS + 16,
};

bool gzip_is(const void *data, size_t len)
{
    return len >= 2 && memcmp(data, "\x1f\x8b", 2) == 0;
}

static int explain(int code, const z_stream *z, const char *what, struct err *err)
{
    if (code == Z_MEM_ERROR)
        return err_set(err, ERR_NOMEM, "%s: no memory to unpack it", what);
    if (code == Z_BUF_ERROR || code == Z_OK)
        return err_set(err, ERR_PARSE, "%s: gzip data ends too early", what);
    return err_set(err, ERR_PARSE, "%s: not gzip data: %s", what, z->msg ? z->msg : "damaged");
}

/* One member, from *data on; both are moved to what follows it. */
static int unpack_member(z_stream *z, struct buf *out, const unsigned char **data, size_t *len,
                         const char *what, struct err *err)
{
    unsigned char piece[PIECE_BYTES];
    int code = Z_OK;

    while (code == Z_OK) {
        const size_t given = *len < INPUT_MAX_BYTES ? *len : INPUT_MAX_BYTES;

        z->next_in = *data;
        z->avail_in = (uInt)given;
        z->next_out = piece;
        z->avail_out = sizeof(piece);
        code = inflate(z, Z_NO_FLUSH);
        *data += given - z->avail_in;
        *len -= given - z->avail_in;
        buf_add(out, piece, sizeof(piece) - z->avail_out);
        if (out->overflow)
            return buf_check(out, what, err);
    }
    return code == Z_STREAM_END ? 0 : explain(code, z, what, err);
}

int gzip_unpack(struct buf *out, const void *data, size_t len, const char *what,
                struct err *err)
{
    const unsigned char *at = data;
    z_stream z = { 0 };
    int rc = 0;

    int code = inflateInit2(&z, GZIP_ONLY);
    if (code != Z_OK)
        return explain(code, &z, what, err);
    do {
        rc = unpack_member(&z, out, &at, &len, what, err);
        (void)inflateReset(&z);
    } while (rc == 0 && len > 0);
    (void)inflateEnd(&z);
    return rc;
}

int gzip_pack(struct buf *out, const void *data, size_t len, const char *what, struct err *err)
{
    enum { MEMORY = 8 }; /* zlib's default */
    unsigned char piece[PIECE_BYTES];
    const unsigned char *at = data;
    z_stream z = { 0 };
    int code = deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_ONLY, MEMORY,
                            Z_DEFAULT_STRATEGY);

    if (code != Z_OK)
        return err_set(err, ERR_NOMEM, "%s: no memory to pack it", what);
    while (code == Z_OK && !out->overflow) {
        const size_t given = len < INPUT_MAX_BYTES ? len : INPUT_MAX_BYTES;

        z.next_in = at;
        z.avail_in = (uInt)given;
        z.next_out = piece;
        z.avail_out = sizeof(piece);
        code = deflate(&z, given == len ? Z_FINISH : Z_NO_FLUSH);
        at += given - z.avail_in;
        len -= given - z.avail_in;
        buf_add(out, piece, sizeof(piece) - z.avail_out);
    }
    (void)deflateEnd(&z);
    return buf_check(out, what, err);
}
