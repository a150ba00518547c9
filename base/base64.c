/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *out, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (; len > 0; len -= len < 3 ? len : 3, p += 3) {
        uint32_t three = (uint32_t)p[0] << 16;
        if (len > 1)
            three |= (uint32_t)p[1] << 8;
        if (len > 2)
            three |= p[2];
        const char four[4] = {
            digits[three >> 18],
            digits[three >> 12 & 63],
            len > 1 ? digits[three >> 6 & 63] : '=',
            len > 2 ? digits[three & 63] : '=',
        };
        buf_add(out, four, sizeof(four));
    }
}

/* 0..63, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters to three bytes, or fewer by as many '=' as end them. */
static int decode_group(struct buf *out, const char *text, size_t n_pad)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - n_pad ? value_of(text[i]) : 0;

        if (value < 0)
            return -1;
        bits = bits << 6 | (uint32_t)value;
    }
    if ((bits & ((1U << 8 * n_pad) - 1)) != 0)
        return -1;
    const char three[3] = { (char)(bits >> 16), (char)(bits >> 8), (char)bits };
    buf_add(out, three, 3 - n_pad);
    return 0;
}

int base64_decode(struct buf *out, const char *text, size_t len, const char *what,
                  struct err *err)
{
    if (len % 4 != 0)
        return err_set(err, ERR_PARSE, "%s: base64 of %zu characters, not a multiple of 4",
                       what, len);
    for (size_t i = 0; i < len; i += 4) {
        bool is_last = i + 4 == len;
        size_t n_pad = is_last && text[i + 3] == '=' ? 1 : 0;

        if (n_pad > 0 && text[i + 2] == '=')
            n_pad++;
        if (decode_group(out, text + i, n_pad) < 0)
            return err_set(err, ERR_PARSE, "%s: no base64 at character %zu", what, i + 1);
    }
    return buf_check(out, what, err);
}

void base64url_add(struct buf *out, const void *data, size_t len)
{
    size_t from = out->len;

    base64_add(out, data, len);
    for (size_t i = from; i < out->len; i++) {
        if (out->data[i] == '+')
            out->data[i] = '-';
        else if (out->data[i] == '/')
            out->data[i] = '_';
    }
    while (out->len > from && out->data[out->len - 1] == '=')
        buf_truncate(out, out->len - 1);
}

/* What is of the other alphabet becomes something that is of none. */
static char plain_digit(char c)
{
    static const char from[] = "-_+/=", to[] = "+/...";
    const char *place = c ? strchr(from, c) : NULL;

    return place ? to[place - from] : c;
}

int base64url_decode(struct buf *out, const char *text, size_t len, const char *what,
                     struct err *err)
{
    char *plain = xmalloc(len + 4);

    for (size_t i = 0; i < len; i++)
        plain[i] = plain_digit(text[i]);
    while (len % 4 != 0)
        plain[len++] = '=';
    int rc = base64_decode(out, plain, len, what, err);
    free(plain);
    return rc;
}
