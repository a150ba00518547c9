/* SPDX-License-Identifier: Apache-2.0
 * PNG (W3C 2003), zlib (RFC 1950) and stored deflate blocks (RFC 1951 3.2.4). */
#include "practice/png.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"

enum { STORED_MAX_BYTES = 65535, DEPTH_BITS = 8, ADLER_BASE = 65521 };

static void add_be32(struct buf *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_char(out, (char)(value >> shift & 0xFF));
}

static uint32_t crc32_of(const char *data, size_t len)
{
    uint32_t crc = 0xFFFFFFFF;

    for (size_t i = 0; i < len; i++) {
        crc ^= (uint8_t)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static uint32_t adler32_of(const char *data, size_t len)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < len; i++) {
        a = (a + (uint8_t)data[i]) % ADLER_BASE;
        b = (b + a) % ADLER_BASE;
    }
    return b << 16 | a;
}

/* Length, four letters, content, and the check over letters and content. */
static void add_chunk(struct buf *out, const char *name, const struct buf *content)
{
    size_t start = out->len + 4;

    add_be32(out, (uint32_t)content->len);
    buf_add_str(out, name);
    buf_add(out, content->data, content->len);
    add_be32(out, crc32_of(out->data + start, out->len - start));
}

static void add_header(struct buf *out, size_t width, size_t height)
{
    static const char kind[] = { DEPTH_BITS, 0, 0, 0, 0 }; /* grey, not interlaced */
    struct buf content;

    buf_init(&content, 64);
    add_be32(&content, (uint32_t)width);
    add_be32(&content, (uint32_t)height);
    buf_add(&content, kind, sizeof(kind));
    add_chunk(out, "IHDR", &content);
    buf_finish(&content);
}

/* One stored block: its length, the complement of that, the bytes. */
static void add_pixels(struct buf *out, const struct buf *rows)
{
    const uint32_t len = (uint32_t)rows->len;
    const unsigned char head[] = {
        0x78, 0x01, 1, len & 0xFF, len >> 8, ~len & 0xFF, ~len >> 8 & 0xFF
    };
    struct buf content;

    buf_init(&content, STORED_MAX_BYTES + 64);
    buf_add(&content, head, sizeof(head));
    buf_add(&content, rows->data, rows->len);
    add_be32(&content, adler32_of(rows->data, rows->len));
    add_chunk(out, "IDAT", &content);
    buf_finish(&content);
}

void png_write_grey(struct buf *out, const uint8_t *pixels, size_t width, size_t height)
{
    struct buf rows;

    assert(width > 0 && width <= PNG_MAX_SIDE && height > 0 && height <= PNG_MAX_SIDE);
    buf_init(&rows, STORED_MAX_BYTES);
    for (size_t y = 0; y < height; y++) {
        buf_add_char(&rows, 0); /* no filter */
        buf_add(&rows, pixels + y * width, width);
    }
    buf_add(out, "\x89PNG\r\n\x1a\n", 8);
    add_header(out, width, height);
    add_pixels(out, &rows);
    buf_clear(&rows);
    add_chunk(out, "IEND", &rows);
    buf_finish(&rows);
}
