/* SPDX-License-Identifier: Apache-2.0
 * libpng reports faults by not returning: only here, and from both halves to one place. */
#include "model/image_interlaced.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

#include "base/buf.h"

static void on_fault(png_structp png, png_const_charp message)
{
    (void)snprintf(png_get_error_ptr(png), IMAGE_FAULT_SIZE, "%s", message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

struct source {
    const unsigned char *at;
    size_t left;
};

static void take_bytes(png_structp png, png_bytep out, size_t n)
{
    struct source *source = png_get_io_ptr(png);

    if (n > source->left)
        png_error(png, "it ends too early");
    memcpy(out, source->at, n);
    source->at += n;
    source->left -= n;
}

static void put_bytes(png_structp png, png_bytep bytes, size_t n)
{
    buf_add(png_get_io_ptr(png), bytes, n);
}

static void put_nothing(png_structp png)
{
    (void)png;
}

bool image_deinterlace(struct buf *out, char fault[IMAGE_FAULT_SIZE], const void *bytes,
                       size_t len)
{
    struct source source = { bytes, len };
    png_structp in = png_create_read_struct(PNG_LIBPNG_VER_STRING, fault, on_fault, on_warning);
    png_structp to =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, fault, on_fault, on_warning);
    png_infop info = in ? png_create_info_struct(in) : NULL;
    volatile bool done = false;

    if (!info || !to)
        (void)snprintf(fault, IMAGE_FAULT_SIZE, "no memory");
    if (info && to && setjmp(png_jmpbuf(in)) == 0 && setjmp(png_jmpbuf(to)) == 0) {
        png_set_read_fn(in, &source, take_bytes);
        png_read_png(in, info, PNG_TRANSFORM_IDENTITY, NULL);
        png_set_IHDR(in, info, png_get_image_width(in, info), png_get_image_height(in, info),
                     png_get_bit_depth(in, info), png_get_color_type(in, info),
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
        png_set_write_fn(to, out, put_bytes, put_nothing);
        png_set_compression_level(to, 1);
        png_write_png(to, info, PNG_TRANSFORM_IDENTITY, NULL);
        done = true;
    }
    png_destroy_write_struct(&to, NULL);
    png_destroy_read_struct(&in, &info, NULL);
    return done;
}
