/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"

enum { LINE_MAX_BYTES = 4096 };

static const char *const level_names[] = { "error", "warn", "info" };

static void add_escaped(struct buf *line, const char *text)
{
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (c < 0x20 || c == 0x7f)
            buf_printf(line, "\\x%02x", c);
        else
            buf_add_char(line, (char)c);
    }
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES];
    struct buf line;
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    buf_init(&line, 5 * LINE_MAX_BYTES);
    buf_printf(&line, "%s %s ", level_names[level], event);
    add_escaped(&line, text);
    buf_add_char(&line, '\n');
    (void)fwrite(line.data, 1, line.len, stderr);
    buf_finish(&line);
}
