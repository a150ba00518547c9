/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/git_impl.h"

static const struct {
    int from;
    enum err_code to;
} codes[] = {
    { GIT_ENOTFOUND, ERR_NOTFOUND }, { GIT_EEXISTS, ERR_CONFLICT },
    { GIT_EMODIFIED, ERR_CONFLICT }, { GIT_EAUTH, ERR_AUTH },
    { GIT_ECERTIFICATE, ERR_NET },   { GIT_ELOCKED, ERR_CONFLICT },
    { GIT_EINVALIDSPEC, ERR_RANGE },
};

/* All that libgit2 has of errno is its text. */
static bool is_disk_full(const git_error *error)
{
    return error->klass == GIT_ERROR_OS && (strstr(error->message, strerrordesc_np(ENOSPC)) ||
                                            strstr(error->message, strerrordesc_np(EDQUOT)));
}

int git_fail(struct err *err, int code, const char *fmt, ...)
{
    const git_error *last = git_error_last();
    enum err_code ours = ERR_GIT;
    char context[512];
    va_list args;

    if (last && (last->klass == GIT_ERROR_NET || last->klass == GIT_ERROR_SSL))
        ours = ERR_NET;
    if (last && is_disk_full(last))
        ours = ERR_IO;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].from == code)
            ours = codes[i].to;
    }
    va_start(args, fmt);
    (void)vsnprintf(context, sizeof(context), fmt, args);
    va_end(args);
    return err_set(err, ours, "%s: %s", context, last ? last->message : "libgit2 refused");
}
