/* SPDX-License-Identifier: Apache-2.0 */
#include "model/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/image_interlaced.h"

enum {
    SIGNATURE = 8,
    CHUNK_FRAME = 12, /* length, type and check sum of a chunk */
    IHDR = SIGNATURE + 8,
    IHDR_DEPTH = IHDR + 8,
    IHDR_INTERLACE = IHDR + 12,
    IHDR_END = SIGNATURE + CHUNK_FRAME + 13,
    REWRITTEN_MAX_BYTES = 160 << 20, /* 8 bytes a pixel, if nothing can be packed */
};

void image_finish(struct image *image)
{
    if (!image)
        return;
    free(image->grey);
    memset(image, 0, sizeof(*image));
}

static uint32_t read_u32be(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int damaged(const char *what, const char *fault, struct err *err)
{
    return err_set(err, ERR_PARSE, "%s: damaged PNG: %s", what, fault);
}

/* A whole file ends with IEND; an animation says so before the first picture data. */
static int check_chunks(const unsigned char *file, size_t len, const char *what,
                        struct err *err)
{
    bool has_data = false;

    for (size_t at = SIGNATURE; len - at >= CHUNK_FRAME;) {
        const unsigned char *type = file + at + 4;
        size_t size = read_u32be(file + at);

        if (!has_data && memcmp(type, "acTL", 4) == 0)
            return err_set(err, ERR_REFUSED, "%s: animated pictures are not taken", what);
        if (size > len - at - CHUNK_FRAME)
            break;
        if (memcmp(type, "IEND", 4) == 0)
            return 0;
        has_data = has_data || memcmp(type, "IDAT", 4) == 0;
        at += CHUNK_FRAME + size;
    }
    return damaged(what, "it ends too early", err);
}

/* Before libpng sees a byte: is this one picture of a size we take? */
static int check_png(const unsigned char *file, size_t len, const char *what, struct err *err)
{
    if (len < IHDR_END || png_sig_cmp(file, 0, SIGNATURE) != 0 ||
        memcmp(file + SIGNATURE + 4, "IHDR", 4) != 0)
        return err_set(err, ERR_PARSE, "%s: not a PNG picture", what);

    uint32_t width = read_u32be(file + IHDR);
    uint32_t height = read_u32be(file + IHDR + 4);
    if (width == 0 || height == 0)
        return err_set(err, ERR_PARSE, "%s: a picture of %u x %u pixels", what, width, height);
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE)
        return err_set(err, ERR_LIMIT, "%s: %u x %u pixels; the limit is %d a side", what,
                       width, height, IMAGE_MAX_SIDE);
    if ((size_t)width * height > IMAGE_MAX_PIXELS)
        return err_set(err, ERR_LIMIT, "%s: %u x %u pixels; the limit is 16 Mpixel", what,
                       width, height);
    return check_chunks(file, len, what, err);
}

/* What libpng's simplified interface decodes wrongly. */
static bool is_interlaced16(const unsigned char *file)
{
    return file[IHDR_DEPTH] == 16 && file[IHDR_INTERLACE] != 0;
}

static int decode(struct image *out, const void *bytes, size_t len, const char *what,
                  struct err *err)
{
    static const png_color white = { 255, 255, 255 };
    png_image png = { .version = PNG_IMAGE_VERSION };
    uint8_t *grey = NULL;
    int rc = 0;

    if (!png_image_begin_read_from_memory(&png, bytes, len))
        return damaged(what, png.message, err);
    png.format = PNG_FORMAT_GRAY;
    png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* 16 bits without a gamma are no linear light */
    grey = xmalloc(PNG_IMAGE_SIZE(png));
    if (png_image_finish_read(&png, &white, grey, 0, NULL)) {
        *out = (struct image){ .width = png.width, .height = png.height, .grey = grey };
        return 0;
    }
    free(grey);
    rc = damaged(what, png.message, err);
    png_image_free(&png);
    return rc;
}

int image_decode_png(struct image *out, const void *bytes, size_t len, const char *what,
                     struct err *err)
{
    char fault[IMAGE_FAULT_SIZE] = "";
    struct buf plain;

    int rc = check_png(bytes, len, what, err);
    if (rc < 0)
        return rc;
    if (!is_interlaced16(bytes))
        return decode(out, bytes, len, what, err);
    buf_init(&plain, REWRITTEN_MAX_BYTES);
    rc = image_deinterlace(&plain, fault, bytes, len) ? buf_check(&plain, what, err)
                                                      : damaged(what, fault, err);
    if (rc == 0)
        rc = decode(out, plain.data, plain.len, what, err);
    buf_finish(&plain);
    return rc;
}

int image_encode_png(struct buf *out, const uint8_t *grey, size_t width, size_t height,
                     struct err *err)
{
    png_image png = { .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_GRAY };
    png_alloc_size_t size = 0;

    if (width == 0 || height == 0 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE)
        return err_set(err, ERR_RANGE, "%zu x %zu pixels are not 1..%d a side", width, height,
                       IMAGE_MAX_SIDE);
    png.width = (png_uint_32)width;
    png.height = (png_uint_32)height;
    size = PNG_IMAGE_PNG_SIZE_MAX(png);
    unsigned char *file = xmalloc(size);
    int ok = png_image_write_to_memory(&png, file, &size, 0, grey, 0, NULL);
    if (ok)
        buf_add(out, file, size);
    free(file);
    if (!ok)
        return err_set(err, ERR_NOMEM, "cannot write a PNG: %s", png.message);
    return buf_check(out, "PNG picture", err);
}
