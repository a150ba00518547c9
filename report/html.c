/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* One conversion of a format: "%lld", "%.2f". */
struct conversion {
    int longs;     /* number of 'l' */
    int precision; /* 0..9, -1 for none */
    bool is_size;  /* 'z' */
    char type;
};

/* fmt stands behind the '%'; returns what stands behind the conversion. */
static const char *conversion_read(struct conversion *c, const char *fmt)
{
    *c = (struct conversion){ .precision = -1 };
    if (fmt[0] == '.' && fmt[1] >= '0' && fmt[1] <= '9') {
        c->precision = fmt[1] - '0';
        fmt += 2;
    }
    for (; *fmt == 'l'; fmt++)
        c->longs++;
    if (*fmt == 'z') {
        c->is_size = true;
        fmt++;
    }
    c->type = *fmt;
    assert(*fmt && strchr("scduf%", *fmt));
    return fmt + 1;
}

static void add_char(struct buf *out, char c)
{
    const char text[] = { c, '\0' };

    text_add_html(out, text);
}

static void add_signed(struct buf *out, const struct conversion *c, va_list *args)
{
    if (c->is_size)
        buf_printf(out, "%td", va_arg(*args, ptrdiff_t));
    else if (c->longs == 2)
        buf_printf(out, "%lld", va_arg(*args, long long));
    else if (c->longs == 1)
        buf_printf(out, "%ld", va_arg(*args, long));
    else
        buf_printf(out, "%d", va_arg(*args, int));
}

static void add_unsigned(struct buf *out, const struct conversion *c, va_list *args)
{
    if (c->is_size)
        buf_printf(out, "%zu", va_arg(*args, size_t));
    else if (c->longs == 2)
        buf_printf(out, "%llu", va_arg(*args, unsigned long long));
    else if (c->longs == 1)
        buf_printf(out, "%lu", va_arg(*args, unsigned long));
    else
        buf_printf(out, "%u", va_arg(*args, unsigned));
}

/* "%.7s" cuts, but never inside a character. */
static void add_text(struct buf *out, const struct conversion *c, const char *text)
{
    char cut[16];

    if (c->precision < 0 || strlen(text) <= (size_t)c->precision) {
        text_add_html(out, text);
        return;
    }
    size_t len = text_cut(text, (size_t)c->precision);
    memcpy(cut, text, len);
    cut[len] = '\0';
    text_add_html(out, cut);
}

static void add_value(struct buf *out, const struct conversion *c, va_list *args)
{
    const char *text;

    switch (c->type) {
    case 's':
        text = va_arg(*args, const char *);
        add_text(out, c, text ? text : "");
        break;
    case 'c': add_char(out, (char)va_arg(*args, int)); break;
    case 'd': add_signed(out, c, args); break;
    case 'u': add_unsigned(out, c, args); break;
    case 'f':
        buf_printf(out, "%.*f", c->precision < 0 ? 6 : c->precision, va_arg(*args, double));
        break;
    default: buf_add_char(out, '%'); break;
    }
}

void html_printf(struct buf *out, const char *fmt, ...)
{
    struct conversion c;
    va_list args;

    va_start(args, fmt);
    for (const char *percent; (percent = strchr(fmt, '%')) != NULL;) {
        buf_add(out, fmt, (size_t)(percent - fmt));
        fmt = conversion_read(&c, percent + 1);
        add_value(out, &c, &args);
    }
    buf_add_str(out, fmt);
    va_end(args);
}
