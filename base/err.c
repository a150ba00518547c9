/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const names[] = {
    [0] = "ok",
    [ERR_IO] = "io",
    [ERR_NOMEM] = "nomem",
    [ERR_RANGE] = "range",
    [ERR_LIMIT] = "limit",
    [ERR_PARSE] = "parse",
    [ERR_USAGE] = "usage",
    [ERR_CONFIG] = "config",
    [ERR_DB] = "db",
    [ERR_SCHEMA] = "schema",
    [ERR_NOTFOUND] = "notfound",
    [ERR_EXISTS] = "exists",
    [ERR_AUTH] = "auth",
    [ERR_DENIED] = "denied",
    [ERR_MOVED] = "moved",
    [ERR_NET] = "net",
    [ERR_TIMEOUT] = "timeout",
    [ERR_FORGE] = "forge",
    [ERR_BUDGET] = "budget",
    [ERR_LOCKED] = "locked",
    [ERR_GIT] = "git",
    [ERR_CRASH] = "crash",
    [ERR_CONFLICT] = "conflict",
    [ERR_REFUSED] = "refused",
};

/* A message is one line of UTF-8, also where it was cut: what strangers put into it can break
 * neither a log nor a terminal nor JSON. */
static void one_line(char *text)
{
    for (char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    }
    text_make_utf8(text);
}

__attribute__((format(printf, 3, 0))) static void set_text(struct err *err, int code,
                                                           const char *fmt, va_list args)
{
    err->code = code;
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, args);
    one_line(err->msg);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (err) {
        va_list args;

        va_start(args, fmt);
        set_text(err, (int)code, fmt, args);
        va_end(args);
    }
    return -(int)code;
}

int err_errno(struct err *err, const char *fmt, ...)
{
    int cause = errno;
    enum err_code code = cause == ENOENT ? ERR_NOTFOUND : ERR_IO;

    if (err) {
        va_list args;

        va_start(args, fmt);
        set_text(err, (int)code, fmt, args);
        va_end(args);
        size_t len = strlen(err->msg);
        (void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", strerror(cause));
        text_make_utf8(err->msg);
    }
    return -(int)code;
}

int err_wrap(struct err *err, int rc, const char *fmt, ...)
{
    if (!err)
        return rc;

    struct err inner = *err;
    va_list args;

    va_start(args, fmt);
    set_text(err, inner.code ? inner.code : -rc, fmt, args);
    va_end(args);
    size_t len = strlen(err->msg);
    (void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", inner.msg);
    text_make_utf8(err->msg);
    return rc;
}

const char *err_name(int code)
{
    size_t at = (size_t)(code < 0 ? -code : code);

    return at < sizeof(names) / sizeof(names[0]) && names[at] ? names[at] : "unknown";
}
