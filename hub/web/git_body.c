/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/git_body.h"

#include <ctype.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/gzip.h"
#include "base/spool.h"
#include "base/text.h"

enum { PKT_HEAD = 4 };

bool git_body_is_gzip(const char *encoding)
{
    return text_equal_ignoring_case(encoding, "gzip") ||
           text_equal_ignoring_case(encoding, "x-gzip");
}

int git_body_unpack(int *fd, const char *dir, struct err *err)
{
    const void *data = NULL;
    size_t len = 0;
    struct buf out;
    int unpacked = -1;

    buf_init(&out, GIT_UNPACKED_MAX_BYTES);
    int rc = spool_map(&data, &len, *fd, err);
    if (rc == 0) {
        rc = gzip_unpack(&out, data, len, "the request", err);
        spool_unmap(data, len);
    }
    if (rc == 0 && (unpacked = spool_open(dir, err)) < 0)
        rc = unpacked;
    if (rc == 0)
        rc = spool_add(unpacked, out.data, out.len, err);
    buf_finish(&out);
    if (rc < 0) {
        if (unpacked >= 0)
            (void)close(unpacked);
        return rc;
    }
    (void)close(*fd);
    *fd = unpacked;
    return 0;
}

/* The length that a pkt-line begins with; -1 for none. */
static int pkt_length(const char *at)
{
    int length = 0;

    for (size_t i = 0; i < PKT_HEAD; i++) {
        if (!isxdigit((unsigned char)at[i]))
            return -1;
        int digit = isdigit((unsigned char)at[i]) ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10;
        length = length << 4 | digit;
    }
    return length;
}

/* A flush ends them; at anything else that is no line, git ends. */
bool git_body_commands_fit(const void *data, size_t len)
{
    const char *text = data;

    for (size_t at = 0; at <= GIT_COMMANDS_MAX_BYTES;) {
        int length = len - at < PKT_HEAD ? -1 : pkt_length(text + at);

        if (length < PKT_HEAD || (size_t)length > len - at)
            return true;
        at += (size_t)length;
    }
    return false;
}

int git_body_check_commands(int fd, struct err *err)
{
    const void *data = NULL;
    size_t len = 0;

    int rc = spool_map(&data, &len, fd, err);
    if (rc < 0)
        return rc;
    bool is_fitting = git_body_commands_fit(data, len);
    spool_unmap(data, len);
    return is_fitting ? 0
                      : err_set(err, ERR_LIMIT,
                                "the names of what is pushed take more than %d bytes: push "
                                "fewer refs at once",
                                GIT_COMMANDS_MAX_BYTES);
}
